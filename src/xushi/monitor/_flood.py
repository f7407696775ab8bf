"""Tells an alarm flood: more alarms than a person can answer (ISA-18.2-2016, 16.5.4; EEMUA 191)."""

from __future__ import annotations

from collections import Counter, deque

import msgspec

from xushi.monitor._rules import PRIORITIES, Priority

WINDOW_NS = 600 * 1_000_000_000
BEGINS_ABOVE = 10  # alarms in ten minutes
ENDS_BELOW = 5


class Flood(msgspec.Struct, frozen=True):
    """A flood: since when, how many alarms came in the last ten minutes, and which priorities to group."""

    since_ns: int
    count: int
    grouped: tuple[Priority, ...]


class FloodWatch:
    """Counts the alarms that came in the last ten minutes; only whether to group depends on it, nothing is dropped."""

    def __init__(self) -> None:
        self._came: deque[tuple[int, Priority]] = deque()
        self._since_ns: int | None = None

    def note(self, at_ns: int, priority: Priority) -> None:
        """An alarm was announced."""
        self._came.append((at_ns, priority))
        self._look(at_ns)

    def state(self, now_ns: int) -> Flood | None:
        """The flood at an instant, or None."""
        self._look(now_ns)
        if self._since_ns is None:
            return None
        return Flood(self._since_ns, len(self._came), self._grouped())

    def _look(self, now_ns: int) -> None:
        while self._came and self._came[0][0] <= now_ns - WINDOW_NS:
            self._came.popleft()
        if self._since_ns is None and len(self._came) > BEGINS_ABOVE:
            self._since_ns = now_ns
        elif self._since_ns is not None and len(self._came) < ENDS_BELOW:
            self._since_ns = None

    def _grouped(self) -> tuple[Priority, ...]:
        """Lower priorities first, until what is left alone is no flood; critical alarms always stand alone."""
        counts = Counter(priority for _, priority in self._came)
        rest, grouped = len(self._came), []
        for priority in reversed(PRIORITIES[1:]):
            if rest <= BEGINS_ABOVE:
                break
            grouped.append(priority)
            rest -= counts[priority]
        return tuple(grouped)
