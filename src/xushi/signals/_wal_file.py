"""Says how frames stand in a file of the log, and reads back what a crash left of one."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from xushi.kernel import Diagnosis
from xushi.signals._frame import Frame

FILE_HEAD = struct.Struct("<8sII")  # magic, version, segment number
_RECORD_HEAD = struct.Struct("<II")  # bytes of the body, CRC-32 of the body
_BODY_HEAD = struct.Struct("<IIq")  # values, bytes of objects, received_ns
MAGIC = b"XUSHIWAL"
VERSION = 1
_BYTES_PER_VALUE = 24
_LARGEST_BODY = 1 << 30


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
    at = FILE_HEAD.size
    head = FILE_HEAD.unpack_from(data) if len(data) >= at else (b"", 0, 0)
    if head[:2] != (MAGIC, VERSION):
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
            diagnoses.append(Diagnosis("signals.wal_damaged", f"{segment.path.name}@{at}", {"lost_bytes": end - at}))
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
