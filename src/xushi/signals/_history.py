"""Keeps every value, in a log at first and in compressed chunks later, and answers questions of any time."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import ArrayLike

from xushi.kernel import Clock, Diagnosis, XushiError
from xushi.signals._as_of import newest_until
from xushi.signals._buckets import Buckets
from xushi.signals._chunks import ChunkIndex, ChunkStore, StaleIndex
from xushi.signals._flush import Rewrite, plan_rewrite
from xushi.signals._folder_lock import FolderLock
from xushi.signals._frame import Frame
from xushi.signals._limits import HistoryLimits, HistoryState
from xushi.signals._memory import Memory
from xushi.signals._points import Points, merge
from xushi.signals._pyramid import PyramidReader
from xushi.signals._registry import SignalRegistry
from xushi.signals._table import export_csv, export_parquet, export_xlsx
from xushi.signals._wal import WriteAheadLog
from xushi.signals._wal_file import read_segment, segments
from xushi.signals._walk import walk

MAX_BUCKETS = 100_000


class History:
    """The recorded values of all signals, in one folder.

    `append` is called from the event loop's thread and never touches the disk; questions may come from any
    thread. For each signal and instant one value is kept, the one written last. A time span is
    start_ns <= time < end_ns.
    """

    def __init__(
        self,
        folder: Path | str,
        registry: SignalRegistry,
        clock: Clock,
        limits: HistoryLimits | None = None,
        *,
        is_read_only: bool = False,
    ) -> None:
        """Open or create the folder and take in what a crash left in the log.

        Raises:
            XushiError: `signals.history_in_use`, `signals.history_unreadable`.
        """
        self.folder = Path(folder)
        self.registry = registry
        self.limits = limits or HistoryLimits()
        self.diagnoses: list[Diagnosis] = []
        self._clock = clock
        self._failure: Exception | None = None
        self._writing = threading.RLock()  # held by whoever rewrites chunks
        self._is_closing = threading.Event()
        self._lock: FolderLock | None = None
        self._log: WriteAheadLog | None = None
        if not is_read_only:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = FolderLock(self.folder)
        try:
            self._open(is_read_only)
        except BaseException:
            if self._lock is not None:
                self._lock.release()
            raise
        if not is_read_only:
            self._thread = threading.Thread(target=self._run, name="xushi-history-chunks", daemon=True)
            self._thread.start()

    def _open(self, is_read_only: bool) -> None:
        path = self.folder / "history.sqlite"
        self._store = ChunkStore(path, self.limits.cache_bytes, self.diagnoses, is_read_only=is_read_only)
        self._pyramid = PyramidReader(self._store)
        index, first_id = self._store.load()
        self._memory = Memory(self.registry, index)
        self._ids = itertools.count(first_id)
        self._recover(is_read_only)

    def _recover(self, is_read_only: bool) -> None:
        """Replay the log into the open points; then begin a new file of the log."""
        folder = self.folder / "log"
        old = segments(folder)
        known = len(self.registry)
        for segment in old:
            for frame in read_segment(segment, self.diagnoses, is_cut=not is_read_only):
                is_known = (frame.signals >= 0) & (frame.signals < known)
                if not is_known.all():
                    lost = int((~is_known).sum())
                    self.diagnoses.append(Diagnosis("signals.wal_unknown_signal", segment.path.name, {"values": lost}))
                    frame = frame.take(is_known)
                self._memory.receive(segment.number, frame)
            self._memory.settle()
        if is_read_only:
            return
        first = old[-1].number + 1 if old else 1
        self._log = WriteAheadLog(folder, first, self.limits.segment_bytes, self.limits.gather_s)
        for segment in old:
            if segment.path.exists():
                self._log.add_old(segment.number, segment.path.stat().st_size)

    # ------------------------------------------------------------------ writing

    def append(self, frame: Frame) -> None:
        """Take the frame over; within 100 ms it survives a kill, and after the next sync a loss of power.

        The frame's arrays must not change afterwards.

        Raises:
            XushiError: `signals.write_failed` while the disk refuses, `signals.history_read_only`.
            IndexError: the frame names a handle that the registry never gave out.
        """
        if not len(frame):
            return
        log = self._log
        if log is None:
            raise XushiError("signals.history_read_only", path=str(self.folder))
        if int(frame.signals.min()) < 0 or int(frame.signals.max()) >= len(self.registry):
            raise IndexError("a frame names a signal that is not registered")
        # The file of the log that is open now, or a later one, will hold the frame: noted before it is handed
        # over, so that the file cannot be removed in between.
        self._memory.receive(log.active, frame)
        log.put(frame)

    def sync(self) -> None:
        """Wait until everything appended so far is on disk.

        Raises:
            XushiError: `signals.write_failed`.
        """
        if self._log is not None:
            self._log.sync()

    def flush(self) -> None:
        """Write all open points to chunks; the log is then no longer needed for them.

        Raises:
            XushiError: `signals.write_failed`.
        """
        log = self._log
        if log is None:
            return
        try:
            with self._writing:  # whatever is on its way to a chunk has then arrived
                self._write_chunks(self._memory.open_handles())
                self._store.checkpoint()  # never beside a transaction of its own connection: SQLite would refuse it
            log.release(self._memory.needed_segment(lambda: log.active))
        except (sqlite3.Error, OSError) as error:
            raise XushiError("signals.write_failed", path=str(self.folder), reason=str(error)) from error

    def snapshot(self, target: Path) -> None:
        """Write a copy of the folder as of now into `target`, while appending goes on.

        Everything appended before the call is in it: what is in no chunk yet is in the copied log.

        Raises:
            XushiError: `signals.write_failed`, `signals.history_read_only`.
        """
        if self._log is None:
            raise XushiError("signals.history_read_only", path=str(self.folder))
        self._log.sync()
        try:
            (target / "log").mkdir(parents=True)
            with self._writing:  # no chunk is on its way: what is not in the database is in the log
                copy = self._store.begin_copy()
                for segment in segments(self.folder / "log"):
                    with suppress(FileNotFoundError):  # removed just now, because its values are in the database
                        shutil.copyfile(segment.path, target / "log" / segment.path.name)
            copy(target / "history.sqlite")
        except (sqlite3.Error, OSError) as error:
            raise XushiError("signals.write_failed", path=str(target), reason=str(error)) from error

    def retention(self, keep_ns: int) -> int:
        """Remove whole chunks that ended more than `keep_ns` ago; return the number of points removed.

        The chunk that holds the value in force at that instant stays, so that no later value-as-of changes.

        Raises:
            XushiError: `signals.write_failed`.
        """
        cutoff_ns = self._clock.now_ns() - keep_ns
        with self._writing:
            gone: list[Rewrite] = []
            removed = 0
            for handle, index, _ in self._memory.everything():
                count = max(0, int(index.starts.searchsorted(cutoff_ns, "right")) - 1)
                if count:
                    gone.append(Rewrite(handle, [], index.ids[:count].tolist()))
                    removed += int(index.entries["points"][:count].sum())
            try:
                self._store.write([], [chunk_id for rewrite in gone for chunk_id in rewrite.gone])
            except sqlite3.Error as error:
                raise XushiError("signals.write_failed", path=str(self.folder), reason=str(error)) from error
            self._memory.drop(gone)
        return removed

    def close(self) -> None:
        """Bring everything into chunks, stop the threads and let go of the folder.

        Raises:
            XushiError: `signals.write_failed`; the log then keeps what could not be written.
        """
        if self._log is None or self._is_closing.is_set():
            self._store.close()
            return
        self._is_closing.set()
        self._thread.join()
        is_spent = False
        try:
            self._log.sync()
            self.flush()
            is_spent = not self._memory.open_handles()
        finally:
            self._log.close(is_spent=is_spent)
            self._store.close()
            if self._lock is not None:
                self._lock.release()

    def _run(self) -> None:
        while not self._is_closing.wait(self.limits.tick_s):
            try:
                self._write_due()
                self._failure = None
            except Exception as error:  # whatever it is, the thread must live on to try again
                self._failure = error  # told by `state`; the log keeps the values meanwhile

    def _chunk_points(self, handle: int) -> int:
        kind = self.registry.get(handle).kind
        return self.limits.object_chunk_points if kind.is_object else self.limits.chunk_points

    def _write_chunks(self, handles: Sequence[int]) -> None:
        """Write the open points of `handles` to chunks, some signals at a time.

        Raises:
            sqlite3.Error, OSError: nothing is lost, the points stay open.
        """
        for low in range(0, len(handles), self.limits.step_chunks):
            with self._writing:
                self._write_step(handles[low : low + self.limits.step_chunks])

    def _write_step(self, handles: Sequence[int]) -> None:
        leaving = self._memory.begin_leave(handles)
        try:
            rewrites = [self._plan(*left) for left in leaving]
            fresh = [(rewrite.handle, chunk) for rewrite in rewrites for chunk in rewrite.fresh]
            self._store.write(fresh, [chunk_id for rewrite in rewrites for chunk_id in rewrite.gone])
        except BaseException:
            self._memory.cancel_leave(handles)
            raise
        self._memory.end_leave(rewrites)

    def _plan(self, handle: int, points: Points, index: ChunkIndex) -> Rewrite:
        if not len(points):
            return Rewrite(handle, [], [])
        kind, size = self.registry.get(handle).kind, self._chunk_points(handle)
        return plan_rewrite(handle, kind, points, index, self._store, size, lambda: next(self._ids))

    def _write_due(self) -> None:
        """Write what is due to chunks, and remove the files of the log that nothing needs any more."""
        log = self._log
        if log is None:
            return
        self._memory.settle()
        due = self._memory.due(self._chunk_points, log.first_to_keep(self.limits.log_bytes))
        try:
            self._write_chunks(due)
        except BaseException:
            self._memory.look_again(due)
            raise
        if log.files > 1:
            log.release(self._memory.needed_segment(lambda: log.active))

    # ------------------------------------------------------------------ questions

    def value_as_of(self, handles: ArrayLike, at_ns: int) -> Frame:
        """Return for each of `handles` its newest value with time <= at_ns; those without are left out."""
        asked = np.atleast_1d(np.asarray(handles, dtype=np.int32)).tolist()
        while True:
            views = self._memory.views(asked)
            try:
                return newest_until(views, at_ns, self._store, self.registry.kinds)
            except StaleIndex:
                self._wait_for_writer()

    def range(self, handle: int, start_ns: int, end_ns: int, limit: int | None = None) -> Frame:
        """Return the points of a signal in a span in time order, the first `limit` of them."""
        pieces: list[Points] = []
        count = 0
        for piece in self.pieces(handle, start_ns, end_ns):
            pieces.append(piece)
            count += len(piece)
            if limit is not None and count >= limit:
                break
        points = merge(pieces)
        return (points if limit is None else points.slice(0, max(0, limit))).frame(handle)

    def pieces(self, handle: int, start_ns: int, end_ns: int) -> Iterator[Points]:
        """Yield the points of a span in time order, piece by piece: any length costs little memory."""
        self.registry.get(handle)
        at_ns = start_ns
        while at_ns < end_ns:
            index, tail = self._memory.view(handle)
            try:
                for piece in walk(index, tail, at_ns, end_ns, self._store):
                    yield piece
                    at_ns = int(piece.times[-1]) + 1
                return
            except StaleIndex:
                self._wait_for_writer()

    def buckets(self, handle: int, start_ns: int, end_ns: int, n: int, *, is_even: bool = False) -> Buckets:
        """Return n intervals of a span with min, max, mean, last and count of their usable values.

        Every number is exact for the interval that is stated. The intervals are even to the nanosecond where
        a bucket holds fewer than about 1,000 points; where it holds more, an edge may lie up to half a bucket
        later, at the end of a pyramid block of 256 points, unless `is_even` asks for decoding every edge.

        Raises:
            XushiError: `signals.span_refused` for an empty span or a count that is not 1 to 100,000.
        """
        kind = self.registry.get(handle).kind
        if not start_ns < end_ns or not 1 <= n <= MAX_BUCKETS:
            raise XushiError("signals.span_refused", start_ns=start_ns, end_ns=end_ns, count=n)
        while True:
            index, tail = self._memory.view(handle)
            try:
                return self._pyramid.buckets(handle, kind, index, tail, (start_ns, end_ns), n, is_even)
            except StaleIndex:
                self._wait_for_writer()

    def bounds(self) -> tuple[int, int] | None:
        """Return (first, last) instant of any value, ns since the Unix epoch, or None without values."""
        return self._memory.bounds()

    def export_csv(
        self,
        target: Path | str | IO[bytes],
        handles: Sequence[int],
        start_ns: int,
        end_ns: int,
        language: str = "en",
    ) -> int:
        """Write a CSV file, see `xushi.signals.export_csv`; return its length in bytes."""
        return export_csv(self, target, handles, start_ns, end_ns, language)

    def export_xlsx(
        self,
        target: Path | str | IO[bytes],
        handles: Sequence[int],
        start_ns: int,
        end_ns: int,
        language: str = "en",
    ) -> int:
        """Write an XLSX file, see `xushi.signals.export_xlsx`; return the number of values."""
        return export_xlsx(self, target, handles, start_ns, end_ns, language)

    def export_parquet(
        self,
        target: Path | str | IO[bytes],
        handles: Sequence[int],
        start_ns: int,
        end_ns: int,
        language: str = "en",
    ) -> int:
        """Write a Parquet file, see `xushi.signals.export_parquet`; return the number of values.

        Raises:
            XushiError: `signals.parquet_missing`.
        """
        return export_parquet(self, target, handles, start_ns, end_ns, language)

    def state(self) -> HistoryState:
        """Return how the history fares."""
        log = self._log
        failure = self._failure or (log.failure if log is not None else None)
        every = self._memory.everything()
        return HistoryState(
            chunks=sum(len(index) for _, index, _ in every),
            stored_points=sum(int(index.entries["points"].sum()) for _, index, _ in every),
            open_points=sum(len(tail) for _, _, tail in every),
            file_bytes=self._store.file_bytes(),
            log_bytes=log.total_bytes if log is not None else 0,
            failure=str(failure or ""),
        )

    def _wait_for_writer(self) -> None:
        with self._writing:
            return
