"""A module of ours as a process of its own, spoken to over its input and output."""

from __future__ import annotations

import subprocess
import sys
from typing import IO


class Child:
    """One process. It is started by its own command: `multiprocessing` would run the caller's script again.

    It must end with its input, which ends with this process however that comes about.

    Attributes:
        to, back: its input and output.
    """

    def __init__(self, module: str) -> None:
        command = [sys.executable, "-m", module]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        if self._process.stdin is None or self._process.stdout is None:
            raise BrokenPipeError
        self.pid = self._process.pid
        self.to: IO[bytes] = self._process.stdin
        self.back: IO[bytes] = self._process.stdout

    def is_alive(self) -> bool:
        """Tell whether it can be given work."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End it at once and wait until it is gone; whoever reads from it then finds the end."""
        self._process.kill()
        self._process.wait()
        for pipe in (self.to, self.back):
            try:
                pipe.close()
            except OSError:
                continue  # what was still to be written has no reader any more
