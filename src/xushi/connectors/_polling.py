"""What polled protocols share: beats on a fixed grid, and passing on only what has changed since the last beat."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xushi.signals import Frame, Kind

SHORTEST_PERIOD_S = 0.01
LONGEST_PERIOD_S = 3600.0
DEFAULT_PERIOD_S = 1.0


def period_s(stated_ms: Any) -> float:
    """Return the polling period of a point in seconds; one that is missing or no number is the default."""
    try:
        period = float(stated_ms) / 1000
    except (TypeError, ValueError):
        return DEFAULT_PERIOD_S
    return min(max(period, SHORTEST_PERIOD_S), LONGEST_PERIOD_S) if period > 0 else DEFAULT_PERIOD_S


class Beats:
    """Says which of several periods is due next.

    Every beat lies at start + k * period: a late one does not push those after it, and beats that were missed
    altogether are left out rather than made up for.
    """

    def __init__(self, periods_s: Iterable[float]) -> None:
        now_s = asyncio.get_running_loop().time()
        self._due = dict.fromkeys(sorted(set(periods_s)), now_s)
        self.missed = 0

    async def next(self) -> float:
        """Wait for the next beat and return its period, in seconds."""
        period = min(self._due, key=self._due.__getitem__)
        due_s = self._due[period]
        now_s = asyncio.get_running_loop().time()
        if due_s > now_s:
            await asyncio.sleep(due_s - now_s)
            now_s = asyncio.get_running_loop().time()
        late = int((now_s - due_s) // period)
        self.missed += late
        self._due[period] = due_s + (late + 1) * period
        return period


class Changes:
    """Keeps the last value and quality of each signal and passes on entries that differ from it."""

    def __init__(self, signals: Iterable[int], kinds: Iterable[Kind]) -> None:
        kind_of = dict(zip(signals, kinds, strict=True))
        size = max(kind_of, default=-1) + 1
        self._bits = np.zeros(size, np.int64)
        self._qualities = np.zeros(size, np.uint32)
        self._times = np.zeros(size, np.int64)
        self._is_known = np.zeros(size, bool)
        self._is_boxed = np.zeros(size, bool)
        self._objects: dict[int, Any] = {}
        for signal, kind in kind_of.items():
            self._is_boxed[signal] = kind.is_object

    def forget(self) -> None:
        """Take every value that comes next as new: after a gap each signal is stated again."""
        self._is_known[:] = False
        self._objects.clear()

    def fresh(self, frame: Frame) -> Frame:
        """Return the entries that say something new.

        A frame that holds a signal more than once is a stretch of history; of it all is new that lies behind the
        newest time already passed on.
        """
        signals = frame.signals
        if len(np.unique(signals)) < len(signals):
            return self._later(frame)
        is_fresh: NDArray[np.bool_] = ~self._is_known[signals] | (frame.qualities != self._qualities[signals])
        is_boxed = self._is_boxed[signals]
        is_fresh |= ~is_boxed & (frame.bits != self._bits[signals])
        for i in np.flatnonzero(is_boxed).tolist():
            signal, index = int(signals[i]), int(frame.bits[i])
            value = frame.objects[index] if 0 <= index < len(frame.objects) else None
            if value != self._objects.get(signal):
                is_fresh[i] = True
            self._objects[signal] = value
        self._is_known[signals] = True
        self._bits[signals] = frame.bits
        self._qualities[signals] = frame.qualities
        self._times[signals] = frame.times_ns
        return frame if is_fresh.all() else frame.take(is_fresh)

    def _later(self, frame: Frame) -> Frame:
        later = frame.take(frame.times_ns > self._times[frame.signals])
        np.maximum.at(self._times, later.signals, later.times_ns)
        self._is_known[later.signals] = False
        return later
