"""Tells the time, from the system or by hand, so that any run can be replayed."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """A source of the current instant in ns since the Unix epoch (UTC)."""

    def now_ns(self) -> int:
        """Return the current instant in ns since the Unix epoch, UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_ns(self) -> int:
        """Return the system's wall-clock time in ns since the Unix epoch, UTC."""
        return time.time_ns()


class ManualClock:
    """A clock that stands still until it is moved: for tests and for branches."""

    def __init__(self, start_ns: int = 0) -> None:
        self._now_ns = start_ns

    def now_ns(self) -> int:
        """Return the instant last set, in ns since the Unix epoch, UTC."""
        return self._now_ns

    def advance(self, delta_ns: int) -> None:
        """Move the clock forward by `delta_ns`.

        Raises:
            ValueError: `delta_ns` is negative.
        """
        if delta_ns < 0:
            raise ValueError("a clock does not run backwards")
        self._now_ns += delta_ns
