"""Reads the evidence from its end back, page by page: nothing is out of reach because much has happened since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xushi.remote import Remote

_PAGE = 1_000  # entries that one question to the server returns


def newest_first(remote: Remote) -> Iterator[dict[str, Any]]:
    """Yield every entry of the evidence, the newest first; a page is asked for only when it is needed."""
    entries = remote.get("/api/evidence", limit=_PAGE)
    while entries:
        yield from reversed(entries)
        before = entries[0]["number"] - 1
        count = min(before, _PAGE)
        entries = remote.get("/api/evidence", after=before - count, limit=count) if count else []
