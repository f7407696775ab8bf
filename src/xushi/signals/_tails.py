"""Holds in memory, signal by signal, the newest points that are not yet in a chunk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from xushi.signals._frame import Frame, Int8s
from xushi.signals._kinds import FIRST_OBJECT_KIND, NO_OBJECT
from xushi.signals._points import EMPTY, Points, merge

_Number = TypeVar("_Number", bound=np.generic)


class Tail:
    """The open end of one signal: points in growing columns, plus those on their way to a chunk.

    Attributes:
        count: points in the open columns.
        oldest_segment: the first file of the log that may hold any of them.
        leaving: points that are being written to a chunk, with `leaving_segment`; still to be read.
    """

    __slots__ = (
        "_bits", "_is_sorted", "_objects", "_qualities", "_times", "count",
        "leaving", "leaving_segment", "oldest_segment",
    )  # fmt: skip

    def __init__(self) -> None:
        self.leaving: Points | None = None
        self.leaving_segment = 0
        self._clear()

    def _clear(self) -> None:
        self._times = np.empty(16, np.int64)
        self._bits = np.empty(16, np.int64)
        self._qualities = np.empty(16, np.uint32)
        self._objects: list[Any] = []
        self._is_sorted = True
        self.count = 0
        self.oldest_segment = 0

    def extend(self, points: Points, is_sorted: bool, segment: int) -> None:
        """Add points behind the others; `is_sorted` says that their own times rise strictly."""
        n, more = self.count, len(points)
        if n + more > len(self._times):
            self._grow(n + more)
        if n == 0:
            self.oldest_segment = segment
            self._is_sorted = is_sorted
        elif self._is_sorted:
            self._is_sorted = is_sorted and bool(points.times[0] > self._times[n - 1])
        self._times[n : n + more] = points.times
        self._bits[n : n + more] = points.bits
        self._qualities[n : n + more] = points.qualities
        self.count = n + more

    def extend_objects(self, points: Points, is_sorted: bool, segment: int) -> None:
        """Add STRING or ARRAY points: their objects are taken along."""
        lane = np.full(len(points), NO_OBJECT, np.int64)
        for place, index in enumerate(points.bits.tolist()):
            if 0 <= index < len(points.objects):
                lane[place] = len(self._objects)
                self._objects.append(points.objects[index])
        self.extend(Points(points.times, lane, points.qualities), is_sorted, segment)

    def _grow(self, need: int) -> None:
        room = max(need, 2 * len(self._times))
        # New arrays, so that views given out before stay as they were.
        self._times = _roomier(self._times, room)
        self._bits = _roomier(self._bits, room)
        self._qualities = _roomier(self._qualities, room)

    def open_points(self) -> Points:
        """Return the open points in time order, each instant once; a view that later points do not touch."""
        n = self.count
        if not n:
            return EMPTY
        if not self._is_sorted:
            merged = merge([Points(self._times[:n], self._bits[:n], self._qualities[:n], self._objects)])
            self._times, self._bits, self._qualities = merged.times, merged.bits, merged.qualities
            self.count = n = len(merged)
            self._is_sorted = True
        return Points(self._times[:n], self._bits[:n], self._qualities[:n], self._objects)

    def points(self) -> Points:
        """Return all points not yet in the chunk index, in time order."""
        if self.leaving is None:
            return self.open_points()
        return merge([self.leaving, self.open_points()])

    def begin_leave(self) -> Points:
        """Move the open points to `leaving` and return them."""
        self.leaving, self.leaving_segment = self.open_points(), self.oldest_segment
        self._clear()
        return self.leaving

    def end_leave(self) -> None:
        """Forget `leaving`: it is in a chunk now."""
        self.leaving = None

    def cancel_leave(self) -> None:
        """Take `leaving` back before the points that came since."""
        if self.leaving is None:
            return
        both, segment = self.points(), self.leaving_segment
        self._clear()
        self.leaving = None
        self._objects = list(both.objects)
        self.extend(Points(both.times, both.bits, both.qualities), True, segment)

    def needed_segment(self) -> int | None:
        """Return the first file of the log that this tail still needs, or None."""
        if self.leaving is not None:
            return self.leaving_segment
        return self.oldest_segment if self.count else None


def _roomier(column: NDArray[_Number], room: int) -> NDArray[_Number]:
    wider = np.empty(room, column.dtype)
    wider[: len(column)] = column
    return wider


def distribute(
    frames: Sequence[Frame], kinds: Int8s, segment: int, tails: dict[int, Tail]
) -> tuple[list[int], tuple[int, int] | None]:
    """Sort the frames by signal and add them to the tails; return the signals, and (first, last) instant.

    Costs a few µs for each signal, and little for each value.
    """
    batch = Frame.concat(frames, kinds)
    n = len(batch)
    if not n:
        return [], None
    # numpy sorts 16-bit integers by radix, in time proportional to n
    keys = batch.signals.astype(np.uint16) if len(kinds) <= 1 << 16 else batch.signals
    order = np.argsort(keys, kind="stable")
    signals, times = batch.signals[order], batch.times_ns[order]
    bits, qualities = batch.bits[order], batch.qualities[order]
    is_new = signals[1:] != signals[:-1]
    cuts = [0, *(np.flatnonzero(is_new) + 1).tolist(), n]
    falls = np.flatnonzero((times[1:] <= times[:-1]) & ~is_new)
    unsorted = set(signals[falls].tolist())
    is_object = kinds[signals[cuts[:-1]]] >= FIRST_OBJECT_KIND
    owners = signals[cuts[:-1]].tolist()
    for place, handle in enumerate(owners):
        low, high = cuts[place], cuts[place + 1]
        tail = tails.get(handle)
        if tail is None:
            tail = tails[handle] = Tail()
        points = Points(times[low:high], bits[low:high], qualities[low:high], batch.objects)
        if is_object[place]:
            tail.extend_objects(points, handle not in unsorted, segment)
        else:
            tail.extend(points, handle not in unsorted, segment)
    return owners, (int(times.min()), int(times.max()))
