"""Writes every frame to a checksummed log before it is compressed, so that a crash loses next to nothing."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from pathlib import Path

from xushi.kernel import XushiError
from xushi.signals._frame import Frame
from xushi.signals._wal_file import FILE_HEAD, MAGIC, VERSION, encode_record

_RETRY_S = 0.5  # between a failure of the disk and the next try
_SYNC_PAUSE_S = 0.02  # between two syncs, so that an idle disk is not kept busy for every frame
_sync = getattr(os, "fdatasync", os.fsync)  # macOS and Windows have only fsync


class WriteAheadLog:
    """Appends frames to files in threads of its own.

    `put` never touches the disk. One thread gathers frames for `gather_s` and writes them: from then on a
    killed process loses nothing of them. Another makes what was written durable with fdatasync, again and
    again, so that a slow disk delays no write: from then on a failing machine loses nothing of them either.
    """

    def __init__(self, folder: Path, first_number: int, segment_bytes: int, gather_s: float = 0.005) -> None:
        self.folder = folder
        self.active = first_number
        self.failure: OSError | None = None
        self._segment_bytes = segment_bytes
        self._gather_s = gather_s
        self._queue: deque[Frame] = deque()
        self._put = 0
        self._wake = threading.Event()
        self._is_urgent = threading.Event()
        self._is_sync_urgent = threading.Event()
        self._is_closing = False
        self._sizes: dict[int, int] = {}
        self._size = 0
        # What both threads use is guarded by this condition.
        self._progress = threading.Condition()
        self._written = self._durable = 0
        self._unsynced: deque[tuple[int, bytes]] = deque()  # (frames written with it, bytes)
        self._full_files: list[int] = []
        self._must_rewrite = False
        self._is_written_out = False
        self._file = self._create(first_number)
        self._threads = [
            threading.Thread(target=self._write_on, name="xushi-history-write", daemon=True),
            threading.Thread(target=self._sync_on, name="xushi-history-sync", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def total_bytes(self) -> int:
        """Bytes of all files of the log that are known and not removed."""
        return self._size + sum(list(self._sizes.values()))

    def first_to_keep(self, limit_bytes: int) -> int:
        """Return the number below which files must go so that the log fits into `limit_bytes`."""
        total, first = self.total_bytes, 0
        for number, size in sorted(self._sizes.copy().items()):
            if total <= limit_bytes:
                break
            total -= size
            first = number + 1
        return first

    @property
    def files(self) -> int:
        """Return how many files there are, with the active one."""
        return len(self._sizes)

    def add_old(self, number: int, size: int) -> None:
        """Count a file that was there before, so that it is removed in its turn."""
        self._sizes[number] = size

    def put(self, frame: Frame) -> None:
        """Hand over a frame; returns at once.

        Raises:
            XushiError: `signals.write_failed` while the disk refuses what was put before.
        """
        if self.failure is not None:
            raise XushiError("signals.write_failed", path=str(self.folder), reason=str(self.failure))
        self._put += 1
        self._queue.append(frame)
        if not self._wake.is_set():
            self._wake.set()

    def sync(self, timeout_s: float = 30.0) -> None:
        """Wait until everything put before is on disk.

        Raises:
            XushiError: `signals.write_failed` when the disk refuses it or takes longer than `timeout_s`.
        """
        target = self._put
        self._hurry()
        with self._progress:
            done = self._progress.wait_for(lambda: self._durable >= target or self.failure, timeout_s)
        if not done or self.failure is not None:
            raise XushiError("signals.write_failed", path=str(self.folder), reason=str(self.failure or "timeout"))

    def release(self, before: int) -> None:
        """Remove the files with numbers below `before`: their values are durable elsewhere."""
        for number in [number for number in list(self._sizes) if number < before]:
            (self.folder / _name(number)).unlink(missing_ok=True)
            self._sizes.pop(number, None)

    def close(self, *, is_spent: bool = False) -> None:
        """Write what is left and stop; with `is_spent` all of it is durable elsewhere, and removed."""
        self._is_closing = True
        self._hurry()
        for thread in self._threads:
            thread.join()
        for file in [*self._full_files, self._file]:
            os.close(file)
        if is_spent and self.failure is None:
            self.release(self.active)
            (self.folder / _name(self.active)).unlink(missing_ok=True)

    def _hurry(self) -> None:
        self._is_urgent.set()
        self._is_sync_urgent.set()
        self._wake.set()

    def _create(self, number: int) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        file = os.open(self.folder / _name(number), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
        _write_all(file, FILE_HEAD.pack(MAGIC, VERSION, number))
        self._size = FILE_HEAD.size
        return file

    # ------------------------------------------------------------------ the writing thread

    def _write_on(self) -> None:
        while not (self._is_closing and (self.failure is not None or not self._queue)):
            self._wake.wait()
            self._is_urgent.wait(self._gather_s)
            self._is_urgent.clear()
            self._wake.clear()
            try:
                if self._must_rewrite:
                    self._rewrite()
                while self._queue:
                    self._write_batch()
            except OSError as error:
                self._fail(error)
        with self._progress:
            self._is_written_out = True
            self._progress.notify_all()

    def _write_batch(self) -> None:
        records: list[bytes] = []
        size = 0
        while self._queue and size < self._segment_bytes:
            records.append(encode_record(self._queue.popleft()))
            size += len(records[-1])
        data = b"".join(records)
        with self._progress:  # noted before it is written: should that fail, it is written again
            self._unsynced.append((self._written + len(records), data))
        _write_all(self._file, data)
        self._size += size
        if self._size >= self._segment_bytes:
            self._rotate()
        with self._progress:
            self._written += len(records)
            self._progress.notify_all()

    def _rotate(self) -> None:
        old_size = self._size
        fresh = self._create(self.active + 1)
        with self._progress:
            self._full_files.append(self._file)
            self._file = fresh
        self._sizes[self.active] = old_size
        self.active += 1

    def _rewrite(self) -> None:
        """Write everything that is not known to be durable once more, to a new file.

        After a failed sync the system may have dropped what it could not write, so nothing less will do; that
        a record may then stand in two files does no harm.
        """
        with self._progress:
            again = list(self._unsynced)
        self._rotate()
        for _, data in again:
            _write_all(self._file, data)
            self._size += len(data)
        with self._progress:
            self._must_rewrite = False
            self._written = max([self._written, *(frames for frames, _ in again)])
            self._progress.notify_all()

    def _fail(self, error: OSError) -> None:
        """Note a failure of either thread, and have the writing one try again in a while."""
        with self._progress:
            self.failure = error
            self._must_rewrite = True
            self._progress.notify_all()
        if not self._is_closing:
            time.sleep(_RETRY_S)
        self._wake.set()

    # ------------------------------------------------------------------ the syncing thread

    def _sync_on(self) -> None:
        while True:
            with self._progress:
                self._progress.wait_for(self._is_sync_due)
                if self._is_written_out and (self._written == self._durable or self.failure is not None):
                    return
                target, full, active = self._written, list(self._full_files), self._file
            try:
                for file in [*full, active]:
                    _sync(file)
                if full or not self._durable:
                    _sync_folder(self.folder)
            except OSError as error:
                self._fail(error)
            else:
                self._note_durable(target, full)
            if not self._is_closing:
                self._is_sync_urgent.wait(_SYNC_PAUSE_S)
                self._is_sync_urgent.clear()

    def _is_sync_due(self) -> bool:
        return (self._written > self._durable and not self._must_rewrite) or self._is_written_out

    def _note_durable(self, target: int, full: list[int]) -> None:
        with self._progress:
            while self._unsynced and self._unsynced[0][0] <= target:
                self._unsynced.popleft()
            self._durable = target
            if not self._must_rewrite:
                self.failure = None
            self._full_files = [file for file in self._full_files if file not in full]
            self._progress.notify_all()
        for file in full:
            os.close(file)


def _name(number: int) -> str:
    return f"{number:010d}.wal"


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system allows a folder to be synced."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
