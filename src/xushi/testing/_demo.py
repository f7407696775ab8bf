"""Starts the whole demo as a user would, on free ports and in a folder of its own, and ends it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xushi.remote import Remote, local_access

START_LIMIT_S = 90.0


@dataclass(frozen=True)
class RunningDemo:
    """The demo while it runs: a way to ask it, the process id of the platform, and how long the start took."""

    remote: Remote
    pid: int
    seconds_to_link: float

    def memory_mb(self) -> float:
        """Return the resident memory of the platform's process, in MB."""
        return float(self.remote.get("/api/status")["memory_mb"])

    def signin_link(self) -> str:
        """Return a fresh one-time link."""
        url: str = self.remote.post("/api/signin-links")["url"]
        return url


@contextlib.contextmanager
def running_demo(folder: Path, *options: str) -> Iterator[RunningDemo]:
    """Run `xushi demo` in `folder` while this is open.

    Raises:
        TimeoutError: it does not answer within 90 s.
    """
    command = [sys.executable, "-m", "xushi.cli", "demo", "--data", str(folder), "--port", "0", *options]
    started = time.monotonic()
    with (folder.parent / f"{folder.name}.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)  # noqa: S603 - our own program
    try:
        while (access := local_access(folder)) is None or "/signin?code=" not in Path(log.name).read_text("utf-8"):
            if process.poll() is not None or time.monotonic() - started > START_LIMIT_S:
                raise TimeoutError(f"the demo does not answer; see {log.name}")
            time.sleep(0.02)
        remote = Remote(access.url, access.token)
        yield RunningDemo(remote, access.pid, time.monotonic() - started)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
