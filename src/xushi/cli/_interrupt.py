"""What Ctrl-C means for work at the server: a job of ours is cancelled, a command that was sent is said to go on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import quote

from xushi.cli._words import words
from xushi.kernel import XushiError
from xushi.remote import Remote


@contextmanager
def cancelling(remote: Remote, job: str) -> Iterator[None]:
    """Cancel a job where the person stops waiting for it."""
    try:
        yield
    except KeyboardInterrupt:
        with suppress(XushiError):  # the server is gone, and its job with it
            remote.post(f"/api/jobs/{quote(job, safe='')}/cancel")
        raise


@contextmanager
def sending(language: str) -> Iterator[None]:
    """Say what becomes of a command where the person does not wait for its outcome."""
    try:
        yield
    except KeyboardInterrupt:
        print(words("goes-on", language), file=sys.stderr)
        raise
