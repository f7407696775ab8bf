"""Writes every frame to a checksummed log before it is compressed, so that a crash loses next to nothing."""

from __future__ import annotations

import os
import struct
import threading
import time
import zlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from xushi.kernel import Diagnosis, XushiError
from xushi.signals._frame import Frame

_FILE_HEAD = struct.Struct("<8sII")  # magic, version, segment number
_RECORD_HEAD = struct.Struct("<II")  # bytes of the body, CRC-32 of the body
_BODY_HEAD = struct.Struct("<IIq")  # values, bytes of objects, received_ns
_MAGIC = b"XUSHIWAL"
_VERSION = 1
_BYTES_PER_VALUE = 24
_LARGEST_BODY = 1 << 30
_sync = getattr(os, "fdatasync", os.fsync)  # macOS and Windows have only fsync


def encode_record(frame: Frame) -> bytes:
    """Return the frame as one record: lengths, CRC-32, columns, objects as MessagePack."""
    objects = msgspec.msgpack.encode(frame.objects) if frame.objects else b""
    body = b"".join(
        (
            _BODY_HEAD.pack(len(frame), len(objects), frame.received_ns),
            frame.times_ns.tobytes(), frame.bits.tobytes(),
            frame.signals.tobytes(), frame.qualities.tobytes(), objects,
        )
    )  # fmt: skip
    return _RECORD_HEAD.pack(len(body), zlib.crc32(body)) + body


def decode_record(body: memoryview) -> Frame:
    """Return the frame of a record's body whose checksum has been tested."""
    n, of_objects, received_ns = _BODY_HEAD.unpack_from(body)
    at = _BODY_HEAD.size
    times = np.frombuffer(body, np.int64, n, at)
    bits = np.frombuffer(body, np.int64, n, at + 8 * n)
    signals = np.frombuffer(body, np.int32, n, at + 16 * n)
    qualities = np.frombuffer(body, np.uint32, n, at + 20 * n)
    objects = msgspec.msgpack.decode(body[at + 24 * n :]) if of_objects else ()
    return Frame(signals, times, bits, qualities, objects, received_ns)


class Segment(msgspec.Struct, frozen=True):
    """One file of the log."""

    number: int
    path: Path


def segments(folder: Path) -> list[Segment]:
    """Return the files of the log, oldest first."""
    found = [Segment(int(path.stem), path) for path in folder.glob("*.wal") if path.stem.isdigit()]
    return sorted(found, key=lambda segment: segment.number)


def read_segment(segment: Segment, diagnoses: list[Diagnosis], *, is_cut: bool) -> Iterator[Frame]:
    """Yield the whole records of a file; a torn end is diagnosed and, with `is_cut`, cut off.

    A damaged record that is followed by a whole one is left out and diagnosed, the rest is kept.
    """
    data = memoryview(segment.path.read_bytes())
    at = _FILE_HEAD.size
    head = _FILE_HEAD.unpack_from(data) if len(data) >= at else (b"", 0, 0)
    if head[:2] != (_MAGIC, _VERSION):
        if len(data):
            diagnoses.append(_torn(segment, 0, len(data)))
        if is_cut:
            segment.path.unlink()
        return
    while at < len(data):
        end = _record_end(data, at)
        if end is not None and _is_whole(data, at, end):
            yield decode_record(data[at + _RECORD_HEAD.size : end])
        elif end is not None and (following := _record_end(data, end)) and _is_whole(data, end, following):
            diagnoses.append(
                Diagnosis("signals.wal_damaged", f"{segment.path.name}@{at}", {"lost_bytes": end - at})
            )
        else:
            diagnoses.append(_torn(segment, at, len(data) - at))
            if is_cut:
                with segment.path.open("r+b") as file:
                    file.truncate(at)
            return
        at = end


def _torn(segment: Segment, at: int, lost: int) -> Diagnosis:
    return Diagnosis("signals.wal_torn", f"{segment.path.name}@{at}", {"lost_bytes": lost})


def _record_end(data: memoryview, at: int) -> int | None:
    """Return where the record at `at` ends by its own length, or None when that cannot be."""
    if at + _RECORD_HEAD.size + _BODY_HEAD.size > len(data):
        return None
    length, _ = _RECORD_HEAD.unpack_from(data, at)
    end: int = at + _RECORD_HEAD.size + length
    if not _BODY_HEAD.size <= length <= _LARGEST_BODY or end > len(data):
        return None
    return end


def _is_whole(data: memoryview, at: int, end: int) -> bool:
    body = data[at + _RECORD_HEAD.size : end]
    _, check = _RECORD_HEAD.unpack_from(data, at)
    n, of_objects, _ = _BODY_HEAD.unpack_from(body)
    is_of_length = len(body) == _BODY_HEAD.size + _BYTES_PER_VALUE * n + of_objects
    return is_of_length and zlib.crc32(body) == int(check)


class WriteAheadLog:
    """Appends frames to files in a thread of its own.

    `put` never touches the disk. The thread gathers for `gather_s`, writes, and makes durable with fdatasync:
    what was put is on disk after `gather_s`, one write and one sync, which is under 100 ms on any disk that
    syncs in 60 ms.
    """

    def __init__(self, folder: Path, first_number: int, segment_bytes: int, gather_s: float = 0.02) -> None:
        self.folder = folder
        self.active = first_number
        self.failure: OSError | None = None
        self._segment_bytes = segment_bytes
        self._gather_s = gather_s
        self._queue: deque[Frame] = deque()
        self._put = 0
        self._durable = 0
        self._wake = threading.Event()
        self._is_urgent = threading.Event()
        self._is_closing = False
        self._progress = threading.Condition()
        self._size = 0
        self._sizes: dict[int, int] = {}
        self._pending: list[bytes] = []
        self._pending_frames = 0
        self._file = self._create(first_number)
        self._thread = threading.Thread(target=self._run, name="xushi-history-log", daemon=True)
        self._thread.start()

    @property
    def total_bytes(self) -> int:
        """Bytes of all files of the log that this process wrote and has not removed."""
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
        self._is_urgent.set()
        self._wake.set()
        with self._progress:
            done = self._progress.wait_for(lambda: self._durable >= target or self.failure, timeout_s)
        if not done or self.failure is not None:
            raise XushiError(
                "signals.write_failed", path=str(self.folder), reason=str(self.failure or "timeout")
            )

    def release(self, before: int) -> None:
        """Remove the files with numbers below `before`: their values are durable elsewhere."""
        for number in [number for number in list(self._sizes) if number < before]:
            (self.folder / _name(number)).unlink(missing_ok=True)
            self._sizes.pop(number, None)

    def close(self, *, is_spent: bool = False) -> None:
        """Write what is left and stop; with `is_spent` all of it is durable elsewhere, and removed."""
        self._is_closing = True
        self._is_urgent.set()
        self._wake.set()
        self._thread.join()
        os.close(self._file)
        if is_spent and self.failure is None:
            self.release(self.active)
            (self.folder / _name(self.active)).unlink(missing_ok=True)

    def _create(self, number: int) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / _name(number)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
        _write_all(file, _FILE_HEAD.pack(_MAGIC, _VERSION, number))
        os.fsync(file)
        _sync_folder(self.folder)
        self._size = _FILE_HEAD.size
        return file

    def _run(self) -> None:
        while True:
            self._wake.wait()
            if not self._is_urgent.wait(self._gather_s):
                self._wake.clear()
            else:
                self._is_urgent.clear()
                if not self._is_closing:
                    self._wake.clear()
            try:
                self._write()
                self.failure = None
            except OSError as error:
                self.failure = error
                self._rewind()
            with self._progress:
                self._progress.notify_all()
            if self._is_closing and (self.failure is not None or not self._queue):
                return
            if self.failure is not None:
                time.sleep(0.5)
                self._wake.set()

    def _write(self) -> None:
        while self._queue or self._pending:
            while self._queue and len(self._pending) < 4096:
                self._pending.append(encode_record(self._queue.popleft()))
            batch = b"".join(self._pending)
            _write_all(self._file, batch)
            _sync(self._file)
            self._size += len(batch)
            self._durable += len(self._pending)
            self._pending.clear()
            if self._size >= self._segment_bytes:
                self._rotate()

    def _rotate(self) -> None:
        fresh_number, old, old_size = self.active + 1, self._file, self._size
        self._file = self._create(fresh_number)
        self._sizes[self.active] = old_size
        self.active = fresh_number
        os.close(old)

    def _rewind(self) -> None:
        """Take back what a failed write left, so that the next try follows whole records."""
        try:
            os.ftruncate(self._file, self._size)
            os.lseek(self._file, self._size, os.SEEK_SET)
        except OSError as error:
            self.failure = error


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
