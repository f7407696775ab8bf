"""Reads a span of one signal chunk by chunk, with late points in their places."""

from __future__ import annotations

from collections.abc import Iterator

from xushi.signals._chunks import ChunkIndex, ChunkStore
from xushi.signals._points import Points, merge


def walk(index: ChunkIndex, tail: Points, start_ns: int, end_ns: int, store: ChunkStore) -> Iterator[Points]:
    """Yield chunk after chunk of a span, each with the open points that fall before the next chunk.

    Raises:
        StaleIndex: a chunk has just been replaced; what was yielded before is right.
    """
    low, high = int(index.ends.searchsorted(start_ns)), int(index.starts.searchsorted(end_ns))
    tail = tail.between(start_ns, end_ns)
    if low >= high:
        if len(tail):
            yield tail
        return
    ids = index.entries["id"][low:high].tolist()
    limits = [*index.starts[low + 1 : high].tolist(), end_ns]
    ahead = 1
    at = place = 0
    while place < len(ids):
        some = ids[place : place + ahead]
        found = store.read(some)
        for chunk_id in some:
            upto = int(tail.times.searchsorted(limits[place]))
            piece = found[chunk_id].between(start_ns, end_ns)
            if upto > at:
                piece = merge([piece, tail.slice(at, upto)])
                at = upto
            if len(piece):
                yield piece
            place += 1
        ahead = min(64, 2 * ahead)
