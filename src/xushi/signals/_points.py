"""Holds the points of one signal in time order, and merges late ones into place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xushi.signals._frame import Doubles, Frame, Int64s, Qualities
from xushi.signals._kinds import Kind


class Points:
    """Points of one signal, times strictly rising unless said otherwise.

    Attributes:
        times: int64[n], ns since the Unix epoch.
        bits: int64[n], see `Kind`; for STRING and ARRAY an index into `objects`.
        qualities: uint32[n], OPC UA status codes.
        objects: append-only while shared, so that a view stays true.
    """

    __slots__ = ("bits", "objects", "qualities", "times")

    def __init__(self, times: Int64s, bits: Int64s, qualities: Qualities, objects: Sequence[Any] = ()) -> None:
        self.times = times
        self.bits = bits
        self.qualities = qualities
        self.objects = objects

    def __len__(self) -> int:
        return len(self.times)

    @property
    def nbytes(self) -> int:
        """Memory held, roughly; an object is counted as 100 bytes and an element of an array as 32."""
        held = self.times.nbytes + self.bits.nbytes
        held += self.qualities.nbytes if self.qualities.strides[0] else 4
        return held + sum(100 + (32 * len(item) if isinstance(item, list) else 0) for item in self.objects)

    def slice(self, low: int, high: int) -> Points:
        """Return the points from index `low` up to, not with, `high`."""
        return Points(self.times[low:high], self.bits[low:high], self.qualities[low:high], self.objects)

    def between(self, start_ns: int, end_ns: int) -> Points:
        """Return the points with start_ns <= time < end_ns."""
        low, high = np.searchsorted(self.times, [start_ns, end_ns]).tolist()
        return self if low == 0 and high == len(self) else self.slice(low, max(low, high))

    def numbers(self, kind: Kind) -> Doubles:
        """Return float64[n], the values as numbers; NaN for objects."""
        if kind is Kind.DOUBLE:
            return np.ascontiguousarray(self.bits).view(np.float64)
        if kind.is_object:
            return np.full(len(self), np.nan)
        return self.bits.astype(np.float64)

    def usable(self, kind: Kind) -> NDArray[np.bool_]:
        """Return bool[n]: quality is not Bad and the value is a number, or an object."""
        is_usable = self.qualities < 0x8000_0000
        if kind is Kind.DOUBLE:
            is_usable &= ~np.isnan(self.numbers(kind))
        return is_usable

    def frame(self, handle: int) -> Frame:
        """Return the points as a frame of the signal `handle`, with only the objects that it needs."""
        bits, objects = (self.bits, ()) if not len(self.objects) else compact(self.bits, self.objects)
        signals = np.full(len(self), handle, np.int32)
        return Frame(signals, self.times, bits, self.qualities, objects)


EMPTY = Points(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.uint32))


def compact(bits: Int64s, objects: Sequence[Any]) -> tuple[Int64s, tuple[Any, ...]]:
    """Return (bits, objects) with each object that `bits` points at once, in order of first index."""
    used, lane = np.unique(bits, return_inverse=True)
    is_missing = (used < 0) | (used >= len(objects))
    shift = int(is_missing.sum())
    if bool(is_missing[:shift].all()):  # missing ones sort first: the usual case
        kept = used[shift:].tolist()
        lane = np.maximum(lane.astype(np.int64) - shift, -1)
    else:
        place = np.where(is_missing, -1, np.cumsum(~is_missing) - 1)
        kept = used[~is_missing].tolist()
        lane = place[lane].astype(np.int64)
    return lane, tuple(objects[index] for index in kept)


def merge(parts: Sequence[Points]) -> Points:
    """Return all points in time order, one for each instant: the part and entry written last.

    The parts are in the order of writing and need not be sorted themselves.
    """
    full = [part for part in parts if len(part)]
    if not full:
        return EMPTY
    joined = full[0] if len(full) == 1 else _join(full)
    times = joined.times
    if bool((times[1:] > times[:-1]).all()):
        return joined
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    is_last = np.append(ordered[1:] != ordered[:-1], True)
    kept = order[is_last]
    return Points(times[kept], joined.bits[kept], joined.qualities[kept], joined.objects)


def _join(parts: Sequence[Points]) -> Points:
    bits = np.concatenate([part.bits for part in parts])
    objects: list[Any] = []
    at = 0
    for part in parts:
        if objects:
            lane = bits[at : at + len(part)]
            lane[lane >= 0] += len(objects)
        objects.extend(part.objects)
        at += len(part)
    return Points(
        np.concatenate([part.times for part in parts]),
        bits,
        np.concatenate([part.qualities for part in parts]),
        objects,
    )
