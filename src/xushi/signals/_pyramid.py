"""Answers buckets from the chunks' pyramids, and decodes only what an edge or a late value touches."""

from __future__ import annotations

import threading
from collections import OrderedDict

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi.signals._buckets import (
    Buckets,
    Items,
    bucket_edges,
    chosen_items,
    items_of_blocks,
    items_of_points,
    join_items,
    reduce_items,
)
from xushi.signals._chunks import ChunkIndex, ChunkStore, coarse_blocks
from xushi.signals._codec import BLOCK, BLOCK_POINTS, Records
from xushi.signals._frame import Int64s
from xushi.signals._kinds import Kind
from xushi.signals._points import Points, merge

# Below so many points a bucket, all are decoded and the buckets are even to the nanosecond.
_DENSE_POINTS = 4 * BLOCK_POINTS
_KEPT_SIGNALS = 64


class _Blocks(msgspec.Struct, frozen=True):
    """The lowest level of the pyramid of a signal's chunks; chunk k owns items[first[k]:first[k + 1]]."""

    ids: Int64s
    items: Items
    first: Int64s


class PyramidReader:
    """Makes buckets of one signal's chunks and tail; keeps the pyramids that were used last."""

    def __init__(self, store: ChunkStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, _Blocks] = OrderedDict()

    def buckets(
        self,
        handle: int,
        kind: Kind,
        index: ChunkIndex,
        tail: Points,
        span: tuple[int, int],
        n: int,
        is_even: bool,
    ) -> Buckets:
        """Return n buckets over span; with `is_even` their edges are even at any cost.

        Raises:
            StaleIndex: a chunk of `index` has just been replaced.
        """
        start_ns, end_ns = span
        edges = bucket_edges(start_ns, end_ns, n)
        low, high = int(index.ends.searchsorted(start_ns)), int(index.starts.searchsorted(end_ns))
        entries = index.entries[low:high]
        starts, ends = index.starts[low:high], index.ends[low:high]
        tail = tail.between(start_ns, end_ns)
        total = int(entries["points"].sum()) + len(tail)
        if is_even or kind.is_object or total <= _DENSE_POINTS * n:
            is_whole = np.zeros(len(entries), np.bool_)
        else:
            is_whole = (starts >= start_ns) & (ends < end_ns)
            is_whole &= tail.times.searchsorted(starts) == tail.times.searchsorted(ends, "right")
        parts: list[Items] = []
        if is_whole.any():
            width = (end_ns - start_ns) / n
            items, is_whole = self._from_pyramid(handle, index, (low, high), is_whole, width)
            parts.append(items)
        parts.append(items_of_points(self._decoded(entries[~is_whole], tail, span), kind))
        return reduce_items(join_items(parts) if any(len(p.start) for p in parts) else parts[-1], edges)

    def _decoded(self, entries: Records, tail: Points, span: tuple[int, int]) -> Points:
        ids = entries["id"].tolist()
        pieces: list[Points] = []
        for low in range(0, len(ids), 64):
            some = ids[low : low + 64]
            found = self._store.read(some)
            pieces.extend(found[chunk_id].between(*span) for chunk_id in some)
        return merge([*pieces, tail])

    def _from_pyramid(
        self, handle: int, index: ChunkIndex, run: tuple[int, int], is_whole: NDArray[np.bool_], width: float
    ) -> tuple[Items, NDArray[np.bool_]]:
        """Return (items, which chunks they stand for); chunks with too long blocks are left out."""
        low, high = run
        starts, ends = index.starts[low:high], index.ends[low:high]
        if bool(((ends - starts)[is_whole] <= width / 16).all()):
            return items_of_blocks(coarse_blocks(index.entries[low:high][is_whole]), ends[is_whole]), is_whole
        fine = self._blocks(handle, index)
        first = fine.first[low : high + 1]
        # From the first whole chunk to the last: mostly those at the two ends only are not whole.
        whole = np.flatnonzero(is_whole)
        head, stop = int(whole[0]), int(whole[-1]) + 1
        items = chosen_items(fine.items, slice(int(first[head]), int(first[stop])))
        owners = np.repeat(np.arange(head, stop), np.diff(first[head : stop + 1]))
        is_long = (items.end - items.start) > width / 2
        if is_long.any():
            is_whole = is_whole.copy()
            is_whole[owners[is_long]] = False
        is_taken = is_whole[owners]
        return items if is_taken.all() else chosen_items(items, is_taken), is_whole

    def _blocks(self, handle: int, index: ChunkIndex) -> _Blocks:
        ids = index.ids
        with self._lock:
            kept = self._kept.get(handle)
            if kept is not None:
                self._kept.move_to_end(handle)
        if kept is not None and np.array_equal(kept.ids, ids):
            return kept
        is_longer = kept is not None and np.array_equal(kept.ids, ids[: len(kept.ids)])
        known = kept if is_longer else None
        fresh = self._load(index, known)
        with self._lock:
            self._kept[handle] = fresh
            while len(self._kept) > _KEPT_SIGNALS:
                self._kept.popitem(last=False)
        return fresh

    def _load(self, index: ChunkIndex, known: _Blocks | None) -> _Blocks:
        have = 0 if known is None else len(known.ids)
        entries = index.entries[have:]
        lists = self._store.blocks(entries)
        counts = np.array([len(blocks) for blocks in lists], np.int64)
        blocks = np.concatenate(lists) if lists else np.empty(0, BLOCK)
        # A block ends before the next one of its chunk starts, the last one where the chunk ends.
        ends = np.append(blocks["start"][1:] - 1, 0)
        ends[np.cumsum(counts) - 1] = index.ends[have:]
        first = np.concatenate([[0], np.cumsum(counts)])
        items = items_of_blocks(blocks, ends)
        if known is not None:
            items = join_items([known.items, items])
            first = np.concatenate([known.first, known.first[-1] + first[1:]])
        return _Blocks(index.ids, items, first)
