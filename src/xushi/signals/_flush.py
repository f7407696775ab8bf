"""Works out which chunks a signal's new points become, and which old chunks they replace."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import msgspec
import numpy as np

from xushi.signals._chunks import ChunkIndex, ChunkStore, EncodedChunk, encode_chunk
from xushi.signals._kinds import Kind
from xushi.signals._points import Points, merge


class Rewrite(msgspec.Struct, frozen=True):
    """The new chunks of one signal and the numbers of those that they replace."""

    handle: int
    fresh: list[EncodedChunk]
    gone: list[int]


def plan_rewrite(
    handle: int,
    kind: Kind,
    points: Points,
    index: ChunkIndex,
    store: ChunkStore,
    chunk_points: int,
    next_id: Callable[[], int],
) -> Rewrite:
    """Return how `points` (sorted) become chunks that overlap no other.

    Points that fall into an existing chunk are merged into it; a chunk that is still short is filled up.
    """
    fresh: list[EncodedChunk] = []
    gone: list[int] = []
    for place, group in _groups(points, index):
        merged = group
        if place >= 0:
            entry = index.entries[place]
            is_inside = bool(group.times[0] <= index.ends[place])
            if is_inside or int(entry["points"]) + len(group) <= chunk_points:
                chunk_id = int(entry["id"])
                old = store.read([chunk_id])[chunk_id]
                merged = merge([old, group])
                if is_inside and _is_same(merged, old, kind):
                    continue
                gone.append(chunk_id)
        fresh.extend(encode_chunk(next_id(), piece, kind) for piece in _pieces(merged, chunk_points))
    return Rewrite(handle, fresh, gone)


def _groups(points: Points, index: ChunkIndex) -> Iterator[tuple[int, Points]]:
    """Yield (number of the chunk that the points fall into or follow, -1 before all; those points)."""
    if not len(index) or points.times[0] > index.starts[-1]:
        yield len(index) - 1, points
        return
    places = index.starts.searchsorted(points.times, "right") - 1
    cuts = [0, *(np.flatnonzero(np.diff(places)) + 1).tolist(), len(points)]
    for low, high in itertools.pairwise(cuts):
        yield int(places[low]), points.slice(low, high)


def _is_same(merged: Points, old: Points, kind: Kind) -> bool:
    """Whether the merge added nothing: what a replay of the log brings is mostly in its chunk already."""
    return (
        not kind.is_object
        and len(merged) == len(old)
        and np.array_equal(merged.bits, old.bits)
        and np.array_equal(merged.qualities, old.qualities)
    )


def _pieces(points: Points, chunk_points: int) -> Iterator[Points]:
    """Yield the points in pieces of one size, each at most one and a half chunks long."""
    count = round(len(points) / chunk_points)
    if count <= 1:
        yield points
        return
    edges = np.linspace(0, len(points), count + 1).astype(np.int64).tolist()
    for low, high in itertools.pairwise(edges):
        yield points.slice(low, high)
