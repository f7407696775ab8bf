"""Marks the gap when a source is lost, and places what the source says afterwards behind that mark."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xushi.signals import BAD_NO_COMMUNICATION, Frame

Int64s = NDArray[np.int64]


class Outage:
    """Knows the newest source time of a set of signals and when they were lost last.

    The gap mark lies after every value already seen, even where the device's clock runs ahead of ours.
    A source that comes back restates values whose own time lies before the gap: the restatement says the
    value holds *now*, so it is moved behind the gap, where the board will show it.
    """

    def __init__(self, signals: Sequence[int]) -> None:
        self._signals = np.array(sorted(set(signals)), np.int32)
        self._newest_ns = 0
        self.gap_ns = 0
        self.is_lost = False

    def observe(self, times_ns: Int64s) -> None:
        """Remember the newest of these source times (int64[n], n > 0)."""
        newest = int(times_ns.max())
        if newest > self._newest_ns:
            self._newest_ns = newest

    def mark(self, now_ns: int) -> Frame | None:
        """Return the frame that marks the loss; None when it is marked already or no value was ever seen."""
        if self.is_lost or not self._newest_ns or not len(self._signals):
            return None
        self.is_lost = True
        self.gap_ns = max(now_ns, self._newest_ns + 1)
        self._newest_ns = self.gap_ns
        return Frame.gap(self._signals, self.gap_ns, BAD_NO_COMMUNICATION, now_ns)

    def restate(self, times_ns: Int64s, now_ns: int) -> Int64s:
        """Return the times with those at or before the last gap moved behind it."""
        if not self.gap_ns or int(times_ns.min()) > self.gap_ns:
            return times_ns
        return np.where(times_ns <= self.gap_ns, max(now_ns, self.gap_ns + 1), times_ns)

    def restate_own(self, signals: NDArray[np.int32], times_ns: Int64s, now_ns: int) -> Int64s:
        """Return the times as `restate` does, but only where the entry belongs to these signals."""
        if not len(self._signals):
            return times_ns
        is_own = np.isin(signals, self._signals)
        return np.where(is_own, self.restate(times_ns, now_ns), times_ns) if is_own.any() else times_ns

    def restate_one(self, time_ns: int, now_ns: int) -> int:
        """Return `time_ns`, moved behind the last gap where it lies before it."""
        return time_ns if time_ns > self.gap_ns else max(now_ns, self.gap_ns + 1)
