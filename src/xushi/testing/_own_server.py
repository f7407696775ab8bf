"""A platform server as a process of its own, as a user starts it: for what must be seen from outside."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from xushi.remote import Remote, local_access


@dataclass(frozen=True)
class OwnServer:
    """The server while it runs.

    Attributes:
        environment: what the process got besides ours; give it to further processes that shall see the same.
    """

    folder: Path
    remote: Remote
    signin: str
    log: Path
    environment: dict[str, str]

    def cli(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run `xushi` on this server's data folder, as its user would."""
        command = [sys.executable, "-m", "xushi.cli", *arguments, "--data", str(self.folder)]
        return subprocess.run(  # noqa: S603 - our own program
            command, input=stdin, capture_output=True, text=True, timeout=60, check=False, env=self.environment
        )

    def token(self, *scopes: str, days: float = 1) -> str:
        """Return a fresh API token with these scopes."""
        body = {"name": "test", "scopes": list(scopes), "days": days}
        made: str = self.remote.post("/api/tokens", body)["token"]
        return made


@contextlib.contextmanager
def own_server(folder: Path, *options: str, environment: Mapping[str, str] | None = None) -> Iterator[OwnServer]:
    """Run `xushi serve` on `folder` while this is open.

    Raises:
        RuntimeError: it did not start; the error holds what it wrote.
    """
    command = [sys.executable, "-m", "xushi.cli", "serve", "--data", str(folder), "--port", "0", "--json", *options]
    whole = {**os.environ, **(environment or {})}
    log = folder.parent / f"{folder.name}.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=whole)  # noqa: S603
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server did not start: {log.read_text('utf-8', 'replace')[-2000:]}")
        access = local_access(folder)
        assert access is not None
        yield OwnServer(folder, Remote(access.url, access.token), json.loads(line)["signin"], log, whole)
    finally:
        process.terminate()
        process.wait(20)
