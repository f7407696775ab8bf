"""A part of a benchmark in a process of its own, which answers a line of text with a line of JSON."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any


class Child:
    """A Python module as a process; `end` it at the end."""

    def __init__(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def say(self, line: str) -> None:
        """Send a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self) -> Any:
        """Return the next answer. Raises RuntimeError where the process has ended."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"a part of the benchmark ended: {self.process.args}")
        return json.loads(line)

    def ask(self, line: str) -> Any:
        """Send a line and return its answer."""
        self.say(line)
        return self.hear()

    def end(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.wait()


def answer_each(answer: Callable[[str], Any]) -> None:
    """In a child that is busy: answer every line that the parent says, beside the work."""

    def listen() -> None:
        for line in sys.stdin:
            print(json.dumps(answer(line.strip())), flush=True)

    threading.Thread(target=listen, daemon=True).start()
