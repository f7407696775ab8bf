"""Finds the value in force at an instant, for many signals at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xushi.signals._chunks import ChunkIndex, ChunkStore
from xushi.signals._frame import Frame, Int8s
from xushi.signals._kinds import FIRST_OBJECT_KIND, NO_OBJECT
from xushi.signals._points import Points


class _Answer:
    """Collects one row for each signal that has a value."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int, int]] = []
        self.objects: list[Any] = []

    def take(self, handle: int, points: Points, place: int, is_object: bool) -> None:
        """Add the point at `place`."""
        bits = int(points.bits[place])
        if is_object:
            if 0 <= bits < len(points.objects):
                self.objects.append(points.objects[bits])
                bits = len(self.objects) - 1
            else:
                bits = NO_OBJECT
        self.rows.append((handle, int(points.times[place]), bits, int(points.qualities[place])))


def newest_until(views: Sequence[tuple[int, ChunkIndex, Points]], at_ns: int, store: ChunkStore, kinds: Int8s) -> Frame:
    """Return the newest value with time <= at_ns of each view (handle, its chunks, its open points).

    Only chunks that have `at_ns` inside are decoded; a chunk that ended before tells its last value itself.

    Raises:
        StaleIndex: a chunk has just been replaced.
    """
    answer = _Answer()
    to_decode: list[tuple[int, int, Points, int]] = []
    kind_of = kinds.tolist()
    for handle, index, tail in views:
        is_object = kind_of[handle] >= FIRST_OBJECT_KIND
        open_at = int(tail.times.searchsorted(at_ns, "right")) - 1 if len(tail) else -1
        chunk = int(index.starts.searchsorted(at_ns, "right")) - 1 if len(index) else -1
        if chunk < 0:
            if open_at >= 0:
                answer.take(handle, tail, open_at, is_object)
            continue
        end_ns = int(index.ends[chunk])
        if open_at >= 0 and int(tail.times[open_at]) >= min(at_ns, end_ns):
            answer.take(handle, tail, open_at, is_object)
        elif at_ns >= end_ns and not is_object:
            summary = index.entries[chunk]["summary"]
            answer.rows.append((handle, end_ns, int(summary["last"]), int(summary["last_quality"])))
        else:
            to_decode.append((handle, int(index.ids[chunk]), tail, open_at))
    of_numbers = [chunk_id for handle, chunk_id, _, _ in to_decode if kind_of[handle] < FIRST_OBJECT_KIND]
    of_objects = [chunk_id for handle, chunk_id, _, _ in to_decode if kind_of[handle] >= FIRST_OBJECT_KIND]
    numbers = store.newest_until(of_numbers, at_ns)
    objects = store.read(of_objects)
    for handle, chunk_id, tail, open_at in to_decode:
        open_ns = int(tail.times[open_at]) if open_at >= 0 else None
        if chunk_id in numbers:
            time_ns, bits, quality = numbers[chunk_id]
            if open_ns is not None and open_ns >= time_ns:
                answer.take(handle, tail, open_at, False)
            else:
                answer.rows.append((handle, time_ns, bits, quality))
            continue
        points = objects[chunk_id]
        place = int(points.times.searchsorted(at_ns, "right")) - 1
        if open_ns is not None and open_ns >= int(points.times[place]):
            answer.take(handle, tail, open_at, True)
        else:
            answer.take(handle, points, place, True)
    if not answer.rows:
        return Frame.empty()
    columns = np.array(answer.rows, np.int64).T.copy()
    return Frame(columns[0], columns[1], columns[2], columns[3], answer.objects)
