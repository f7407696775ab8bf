"""Reduces points and pyramid blocks of one signal to a given number of buckets."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi.signals._codec import Records, last_of
from xushi.signals._frame import Doubles, Int64s
from xushi.signals._kinds import Kind
from xushi.signals._points import Points


class Buckets(msgspec.Struct, frozen=True):
    """Aggregates of n intervals: bucket i covers start_ns[i] <= time < start_ns[i + 1], the last to end_ns.

    Attributes:
        start_ns: int64[n].
        min, max, mean, last: float64[n] over usable values (a number, quality not Bad); NaN where none.
        count: int64[n], usable values.
        end_ns: where the last bucket ends.
    """

    start_ns: Int64s
    min: Doubles
    max: Doubles
    mean: Doubles
    count: Int64s
    last: Doubles
    end_ns: int

    def __len__(self) -> int:
        return len(self.start_ns)


class Items(msgspec.Struct, frozen=True):
    """Things to be put into buckets whole: points, or blocks of points, one after another in time."""

    start: Int64s
    end: Int64s
    min: Doubles
    max: Doubles
    sum: Doubles
    last: Doubles
    usable: Int64s


def items_of_points(points: Points, kind: Kind) -> Items:
    """Return every point as an item of its own."""
    is_usable = points.usable(kind)
    numbers = np.where(is_usable, points.numbers(kind), np.nan)
    sums = np.where(np.isnan(numbers), 0.0, numbers)
    return Items(points.times, points.times, numbers, numbers, sums, numbers, is_usable.astype(np.int64))


def items_of_blocks(blocks: Records, ends: Int64s) -> Items:
    """Return blocks as items; `ends` is the time of each one's last point, or any up to the next."""
    return Items(
        np.ascontiguousarray(blocks["start"]), ends,
        np.ascontiguousarray(blocks["min"]), np.ascontiguousarray(blocks["max"]),
        np.ascontiguousarray(blocks["sum"]), np.ascontiguousarray(blocks["last"]),
        blocks["usable"].astype(np.int64),
    )  # fmt: skip


def chosen_items(items: Items, entries: slice | NDArray[np.bool_]) -> Items:
    """Return some of the items; a slice copies nothing."""
    return Items(*(getattr(items, name)[entries] for name in Items.__struct_fields__))


def join_items(parts: Sequence[Items]) -> Items:
    """Return all items in time order."""
    full = [part for part in parts if len(part.start)]
    if len(full) == 1:
        return full[0]
    columns = [np.concatenate([getattr(part, name) for part in full]) for name in Items.__struct_fields__]
    if bool((columns[0][1:] >= columns[0][:-1]).all()):
        return Items(*columns)
    order = np.argsort(columns[0], kind="stable")
    return Items(*(column[order] for column in columns))


def bucket_edges(start_ns: int, end_ns: int, n: int) -> Int64s:
    """Return n + 1 instants that divide [start_ns, end_ns) evenly, exact to the nanosecond."""
    whole, rest = divmod(end_ns - start_ns, n)
    steps = np.arange(n + 1, dtype=np.int64)
    return start_ns + whole * steps + rest * steps // n


def reduce_items(items: Items, edges: Int64s) -> Buckets:
    """Return the buckets between `edges`. An item belongs where it starts; a bucket then begins after it."""
    n = len(edges) - 1
    starts = edges[:-1].copy()
    empty = Buckets(
        starts, np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan),
        np.zeros(n, np.int64), np.full(n, np.nan), int(edges[-1]),
    )  # fmt: skip
    cuts = np.searchsorted(items.start, edges)
    low, high = cuts[:-1], cuts[1:]
    is_filled = high > low
    if not is_filled.any():
        return empty
    before = np.maximum(low - 1, 0)
    is_straddled = (low > 0) & (items.end[before] >= starts)
    starts[is_straddled] = items.end[before][is_straddled] + 1
    heads, stop = low[is_filled], int(high[-1])
    empty.min[is_filled] = np.fmin.reduceat(items.min[:stop], heads)
    empty.max[is_filled] = np.fmax.reduceat(items.max[:stop], heads)
    empty.count[is_filled] = np.add.reduceat(items.usable[:stop], heads)
    empty.last[is_filled] = last_of(items.last[:stop], heads, high[is_filled])
    sums = np.add.reduceat(items.sum[:stop], heads)
    counts = empty.count[is_filled]
    # An object counts but has no number, so it has no mean.
    is_number = (counts > 0) & ~np.isnan(empty.min[is_filled])
    empty.mean[is_filled] = np.where(is_number, sums / np.maximum(counts, 1), np.nan)
    return empty


def join_buckets(first: Buckets, second: Buckets) -> Buckets:
    """Return the buckets of two spans that follow one another as one."""
    return Buckets(
        start_ns=np.concatenate([first.start_ns, second.start_ns]),
        min=np.concatenate([first.min, second.min]),
        max=np.concatenate([first.max, second.max]),
        mean=np.concatenate([first.mean, second.mean]),
        count=np.concatenate([first.count, second.count]),
        last=np.concatenate([first.last, second.last]),
        end_ns=second.end_ns,
    )
