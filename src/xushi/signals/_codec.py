"""Turns some thousands of points of one signal into a small checksummed block of bytes, and back."""

from __future__ import annotations

import struct
import zlib
from typing import Any, cast

import msgspec
import numpy as np
from numpy.typing import NDArray
from pcodec import ChunkConfig, standalone

from xushi.signals._frame import Int64s, Qualities
from xushi.signals._kinds import FIRST_OBJECT_KIND, Kind
from xushi.signals._points import Points, compact

BLOCK_POINTS = 256  # points of one entry of the pyramid's lowest level

# version, kind, quality coding, spare, points, bytes of times, bits, qualities, objects
_HEADER = struct.Struct("<BBBBIIIII")
_CHECK = struct.Struct("<I")
_VERSION = 1
_ONE_QUALITY, _RUNS = 0, 1
_CONFIG = ChunkConfig(compression_level=4)  # a third faster than 6, and larger by less than a hundredth

SUMMARY = np.dtype(
    [
        ("min", "<f8"), ("max", "<f8"), ("sum", "<f8"), ("first", "<i8"), ("last", "<i8"),
        ("last_number", "<f8"), ("usable", "<u4"), ("last_quality", "<u4"),
    ]
)  # fmt: skip
BLOCK = np.dtype([("start", "<i8"), ("min", "<f8"), ("max", "<f8"), ("sum", "<f8"), ("last", "<f8"), ("usable", "<u4")])

Records = NDArray[np.void]


class DamagedChunk(Exception):
    """The bytes are not what was written."""


def encode_points(points: Points, kind: Kind) -> bytes:
    """Return the compressed points: times and values by pcodec, qualities as runs, objects once each."""
    bits, objects = points.bits, b""
    if kind.is_object:
        bits, used = compact(points.bits, points.objects)
        objects = zlib.compress(msgspec.msgpack.encode(used), 6)
    values = np.ascontiguousarray(bits)
    lanes = values.view(np.float64) if kind is Kind.DOUBLE else values
    times = standalone.simple_compress(np.ascontiguousarray(points.times), _CONFIG)
    packed = standalone.simple_compress(lanes, _CONFIG)
    coding, qualities = _encode_qualities(points.qualities)
    body = b"".join(
        (
            _HEADER.pack(
                _VERSION, kind, coding, 0, len(points), len(times), len(packed), len(qualities), len(objects)
            ),
            times, packed, qualities, objects,
        )
    )  # fmt: skip
    return body + _CHECK.pack(zlib.crc32(body))


def _checked_header(data: bytes) -> tuple[int, ...]:
    """Return kind, quality coding, spare, points, bytes of times, bits, qualities, objects."""
    if len(data) < _HEADER.size + 4 or zlib.crc32(data[:-4]) != _CHECK.unpack_from(data, len(data) - 4)[0]:
        raise DamagedChunk("checksum")
    version, *rest = _HEADER.unpack_from(data)
    if version != _VERSION:
        raise DamagedChunk(f"version {version}")
    return tuple(rest)


def decode_points(data: bytes) -> Points:
    """Return what `encode_points` was given.

    Raises:
        DamagedChunk: the checksum does not fit, or the version is not known.
    """
    kind, coding, _, n, of_times, of_bits, of_qualities, of_objects = _checked_header(data)
    at = _HEADER.size
    times = cast(Int64s, standalone.simple_decompress(data[at : at + of_times]))
    at += of_times
    bits = cast(Int64s, standalone.simple_decompress(data[at : at + of_bits]))
    at += of_bits
    qualities = _decode_qualities(coding, data[at : at + of_qualities], n)
    at += of_qualities
    objects: tuple[Any, ...] = ()
    if kind >= FIRST_OBJECT_KIND:
        objects = tuple(msgspec.msgpack.decode(zlib.decompress(data[at : at + of_objects])))
    return Points(times, bits.view(np.int64), qualities, objects)


class PointFinder:
    """Finds single points in encoded chunks with one pair of buffers, in a fifth of the time of decoding all.

    Most of what decoding costs is fresh memory, and only the values up to the wanted one are needed.
    """

    def __init__(self) -> None:
        self._times = np.empty(0, np.int64)
        self._bits = np.empty(0, np.int64)

    def newest_until(self, data: bytes, at_ns: int) -> tuple[int, int, int]:
        """Return (time, bits, quality) of the newest point with time <= at_ns; there must be one.

        Raises:
            DamagedChunk: the checksum does not fit, or the version is not known.
        """
        kind, coding, _, n, of_times, of_bits, of_qualities, _ = _checked_header(data)
        if n > len(self._times):
            self._times, self._bits = np.empty(n, np.int64), np.empty(n + 256, np.int64)
        at = _HEADER.size
        times = self._times[:n]
        standalone.simple_decompress_into(data[at : at + of_times], times)
        at += of_times
        place = int(times.searchsorted(at_ns, "right")) - 1
        bits = self._bits[: min(n, place // 256 * 256 + 256)]
        lanes = bits.view(np.float64) if kind == Kind.DOUBLE else bits
        standalone.simple_decompress_into(data[at : at + of_bits], lanes)
        at += of_bits
        quality = _quality_at(coding, data[at : at + of_qualities], place)
        return int(times[place]), int(bits[place]), quality


def _encode_qualities(qualities: Qualities) -> tuple[int, bytes]:
    if bool((qualities == qualities[0]).all()):
        return _ONE_QUALITY, qualities[:1].astype("<u4").tobytes()
    ends = np.append(np.flatnonzero(qualities[1:] != qualities[:-1]) + 1, len(qualities)).astype("<u4")
    runs = np.concatenate([ends, qualities[ends - 1].astype("<u4")])
    return _RUNS, zlib.compress(runs.astype("<u4").tobytes(), 6)


def _decode_qualities(coding: int, data: bytes, n: int) -> Qualities:
    if coding == _ONE_QUALITY:
        # one quality for all takes no memory: every entry is the same one
        return np.ndarray((n,), np.dtype("<u4"), data, 0, (0,))
    ends, values = np.frombuffer(zlib.decompress(data), "<u4").reshape(2, -1)
    return np.repeat(values.astype(np.uint32), np.diff(ends, prepend=np.uint32(0)))


def _quality_at(coding: int, data: bytes, place: int) -> int:
    if coding == _ONE_QUALITY:
        return int.from_bytes(data, "little")
    ends, values = np.frombuffer(zlib.decompress(data), "<u4").reshape(2, -1)
    return int(values[ends.searchsorted(place, "right")])


def summarise(points: Points, kind: Kind) -> tuple[Records, Records]:
    """Return (summary[1], blocks[ceil(n / BLOCK_POINTS)]) over the usable values of the points.

    `min`, `max` and `last` are NaN where nothing is usable; INT and TIME are rounded to float64.
    """
    is_usable = points.usable(kind)
    heads = np.arange(0, len(points), BLOCK_POINTS)
    blocks = np.zeros(len(heads), BLOCK)
    blocks["start"] = points.times[heads]
    if is_usable.all() and not kind.is_object:  # nearly always, and three times as fast
        numbers = points.numbers(kind)
        blocks["sum"] = np.add.reduceat(numbers, heads)
        blocks["usable"] = np.diff(heads, append=len(points))
    else:
        numbers = np.where(is_usable, points.numbers(kind), np.nan)
        blocks["sum"] = np.add.reduceat(np.nan_to_num(numbers, nan=0.0, posinf=np.inf, neginf=-np.inf), heads)
        blocks["usable"] = np.add.reduceat(is_usable, heads, dtype=np.uint32)
    blocks["min"] = np.fmin.reduceat(numbers, heads)
    blocks["max"] = np.fmax.reduceat(numbers, heads)
    blocks["last"] = last_of(numbers, heads, np.append(heads[1:], len(points)))
    summary = np.zeros(1, SUMMARY)
    summary["min"] = np.fmin.reduce(blocks["min"])
    summary["max"] = np.fmax.reduce(blocks["max"])
    summary["sum"] = blocks["sum"].sum()
    summary["usable"] = blocks["usable"].sum()
    known = blocks["last"][~np.isnan(blocks["last"])]
    summary["last_number"] = known[-1] if len(known) else np.nan
    summary["first"], summary["last"] = points.bits[0], points.bits[-1]
    summary["last_quality"] = points.qualities[-1]
    return summary, blocks


def last_of(numbers: NDArray[np.float64], lows: NDArray[np.int64], highs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return for each [low, high) the last entry that is no NaN, or NaN."""
    is_missing = np.isnan(numbers)
    if not is_missing.any():
        return np.where(highs > lows, numbers[highs - 1], np.nan)
    places = np.maximum.accumulate(np.where(is_missing, -1, np.arange(len(numbers))))
    found = places[highs - 1]
    return np.where(found >= lows, numbers[np.maximum(found, 0)], np.nan)
