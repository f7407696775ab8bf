"""Holds in memory what the history needs at hand: the inbox, the open points and the index of chunks."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from xushi.signals._chunks import NO_CHUNKS, ChunkIndex
from xushi.signals._flush import Rewrite
from xushi.signals._frame import Frame
from xushi.signals._points import EMPTY, Points
from xushi.signals._registry import SignalRegistry
from xushi.signals._tails import Tail, distribute


class Memory:
    """The part of the history that changes; every look at it is consistent.

    A point is in a chunk of the index or among the open points, never in neither. Safe for several threads;
    no lock is held for long.
    """

    def __init__(self, registry: SignalRegistry, index: dict[int, ChunkIndex]) -> None:
        self._registry = registry
        self._inbox: deque[tuple[int, Frame]] = deque()
        self._tails: dict[int, Tail] = {}
        self._grown: set[int] = set()  # signals that have got points since they were last looked at by `due`
        self._kept_from = 0
        self._index = index
        self._bounds: tuple[int, int] | None = None
        self._recount()
        self._lock = threading.RLock()

    def receive(self, segment: int, frame: Frame) -> None:
        """Take a frame that the log writes to file `segment` or a later one; never waits."""
        self._inbox.append((segment, frame))

    def settle(self) -> None:
        """Bring what was received to the tails of its signals."""
        if not self._inbox:
            return
        with self._lock:
            taken = [self._inbox.popleft() for _ in range(len(self._inbox))]
            if taken:
                frames = [frame for _, frame in taken]
                owners, span = distribute(frames, self._registry.kinds, taken[0][0], self._tails)
                self._grown.update(owners)
                self._widen(span)

    def _widen(self, span: tuple[int, int] | None) -> None:
        if span is not None:
            first, last = self._bounds or span
            self._bounds = (min(first, span[0]), max(last, span[1]))

    def _recount(self) -> None:
        """Work the bounds out anew: removing chunks may have moved the first instant."""
        spans: list[int] = []
        for index in self._index.values():
            if len(index):
                spans += (int(index.starts[0]), int(index.ends[-1]))
        for tail in self._tails.values():
            points = tail.points()
            if len(points):
                spans += (int(points.times[0]), int(points.times[-1]))
        self._bounds = (min(spans), max(spans)) if spans else None

    def bounds(self) -> tuple[int, int] | None:
        """Return (first, last) instant of any value, or None; asked often, so it is kept at hand."""
        self.settle()
        return self._bounds

    def view(self, handle: int) -> tuple[ChunkIndex, Points]:
        """Return the chunks and the open points of a signal."""
        return self.views([handle])[0][1:]

    def views(self, handles: Sequence[int]) -> list[tuple[int, ChunkIndex, Points]]:
        """Return (handle, chunks, open points) of each signal, all of one moment."""
        self.settle()
        with self._lock:
            return [
                (
                    handle,
                    self._index.get(handle, NO_CHUNKS),
                    EMPTY if (tail := self._tails.get(handle)) is None else tail.points(),
                )
                for handle in handles
            ]

    def everything(self) -> list[tuple[int, ChunkIndex, Points]]:
        """Return (handle, chunks, open points) of every signal that has any."""
        self.settle()
        with self._lock:
            return self.views(sorted(self._index.keys() | self._tails.keys()))

    def open_handles(self) -> list[int]:
        """Return the signals that have open points."""
        self.settle()
        with self._lock:
            return [handle for handle, tail in self._tails.items() if tail.count]

    def due(self, chunk_points: Callable[[int], int], first_to_keep: int) -> list[int]:
        """Return the signals whose open points fill a chunk, or need the log from before `first_to_keep`.

        Only those are looked at that have got points since the last time: a plant has 100,000, and few change.
        """
        found: list[int] = []
        with self._lock:
            looked_at = self._tails.keys() if first_to_keep != self._kept_from else self._grown
            self._grown, self._kept_from = set(), first_to_keep
            for handle in looked_at:
                tail, full = self._tails[handle], chunk_points(handle)
                # Signals of one rate would all be full at once: each has its own measure, 3/4 to 1.
                is_full = tail.count >= full - handle * 40503 % (full // 4)
                if is_full or (tail.count and tail.oldest_segment < first_to_keep):
                    found.append(handle)
        return found

    def begin_leave(self, handles: Sequence[int]) -> list[tuple[int, Points, ChunkIndex]]:
        """Set the open points of signals apart, still to be read, and return (handle, points, chunks)."""
        with self._lock:
            return [
                (handle, self._tails[handle].begin_leave(), self._index.get(handle, NO_CHUNKS)) for handle in handles
            ]

    def end_leave(self, rewrites: Sequence[Rewrite]) -> None:
        """Replace points that were set apart by the chunks that now hold them."""
        with self._lock:
            for rewrite in rewrites:
                index = self._index.get(rewrite.handle, NO_CHUNKS)
                self._index[rewrite.handle] = index.replaced(rewrite.gone, rewrite.fresh)
                self._tails[rewrite.handle].end_leave()

    def drop(self, gone: Sequence[Rewrite]) -> None:
        """Forget chunks that were removed."""
        with self._lock:
            for rewrite in gone:
                self._index[rewrite.handle] = self._index[rewrite.handle].replaced(rewrite.gone, [])
            self._recount()

    def cancel_leave(self, handles: Sequence[int]) -> None:
        """Take points back that were set apart."""
        with self._lock:
            for handle in handles:
                self._tails[handle].cancel_leave()

    def look_again(self, handles: Sequence[int]) -> None:
        """Let `due` look at signals again that were due and could not be written."""
        with self._lock:
            self._grown.update(handles)

    def needed_segment(self, active: Callable[[], int]) -> int:
        """Return the first file of the log that any point still needs, at most the `active` one."""
        with self._lock:
            tails = list(self._tails.values())
            # The order matters: what is received after this line goes to the active file or a later one.
            needed = [active()]
            if self._inbox:
                needed.append(self._inbox[0][0])
            return min([*needed, *(n for tail in tails if (n := tail.needed_segment()) is not None)])
