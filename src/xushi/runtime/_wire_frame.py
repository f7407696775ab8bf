"""The one binary message browsers and the Python client read: a frame of values on the wire, both ways."""

from __future__ import annotations

import struct

import msgspec
import numpy as np

from xushi.signals import Frame, Kind

VERSION = 1
FULL, DELTA = 0, 1
HEADER = struct.Struct("<BBHIdII")
_EXACT_INT = 2**53
_NS_PER_MS = 1e6
_BAD = 0x8000_0000


def encode_body(frame: Frame, kinds: np.ndarray) -> tuple[bytes, int]:
    """Columns and text part of a frame, and the length of the text part in bytes.

    Args:
        frame: n values.
        kinds: value kind by handle, int8.

    Layout, little-endian: f64 values[n], f64 times_ms[n], u32 handles[n], u32 qualities[n], then UTF-8 JSON
    ``[[i, value], …]`` of what no f64 can carry exactly (strings, arrays, integers above 2^53); their
    ``values[i]`` is NaN, as is that of a value of Bad quality.
    """
    bits = frame.bits
    kind = kinds[frame.signals]
    values = bits.view(np.float64).copy()
    is_whole = (kind == Kind.INT) | (kind == Kind.BOOL) | (kind == Kind.ENUM)
    is_time = kind == Kind.TIME
    is_object = kind >= Kind.STRING
    values[is_whole] = bits[is_whole]
    values[is_time] = bits[is_time] / _NS_PER_MS
    is_bad = frame.qualities >= _BAD
    is_large = is_whole & ~is_bad & ((bits > _EXACT_INT) | (bits < -_EXACT_INT))
    is_object &= ~is_bad & (bits >= 0)
    values[(kind >= Kind.STRING) | is_large | is_bad] = np.nan
    text = b""
    if is_object.any() or is_large.any():
        rows = [[int(i), frame.objects[bits[i]]] for i in np.flatnonzero(is_object)]
        rows += [[int(i), int(bits[i])] for i in np.flatnonzero(is_large)]
        text = msgspec.json.encode(rows)
    parts = (
        values.astype("<f8", copy=False).tobytes(),
        (frame.times_ns / _NS_PER_MS).astype("<f8", copy=False).tobytes(),
        frame.signals.astype("<u4").tobytes(),
        frame.qualities.astype("<u4").tobytes(),
        text,
    )
    return b"".join(parts), len(text)


def encode_header(kind: int, view: int, count: int, time_ms: float, text_bytes: int, sequence: int) -> bytes:
    """The 24 bytes before the columns: what the frame is, for which view, and at which instant (ms since 1970)."""
    return HEADER.pack(VERSION, kind, view, count, time_ms, text_bytes, sequence & 0xFFFFFFFF)


def encode_frame(frame: Frame, kinds: np.ndarray, kind: int, view: int, time_ms: float, sequence: int) -> bytes:
    """Header and body of one message."""
    body, text_bytes = encode_body(frame, kinds)
    return encode_header(kind, view, len(frame.signals), time_ms, text_bytes, sequence) + body


class DecodedFrame(msgspec.Struct, frozen=True):
    """A message as a client sees it; columns are read-only arrays of ``count`` entries."""

    kind: int
    view: int
    time_ms: float
    sequence: int
    values: np.ndarray
    times_ms: np.ndarray
    handles: np.ndarray
    qualities: np.ndarray
    texts: dict[int, object]

    def value(self, index: int) -> object:
        """The value at a position: a float, or the text, array or large integer carried beside the columns."""
        return self.texts.get(index, float(self.values[index]))


def decode_frame(message: bytes) -> DecodedFrame:
    """Read a message back; the mirror of :func:`encode_frame`, used by the Python client and the tests.

    Raises ValueError when the message is of another version or its length does not fit its header.
    """
    version, kind, view, count, time_ms, text_bytes, sequence = HEADER.unpack_from(message)
    if version != VERSION or len(message) != HEADER.size + count * 24 + text_bytes:
        raise ValueError(f"not a frame of version {VERSION} with {count} values: {len(message)} bytes")
    start = HEADER.size
    values = np.frombuffer(message, "<f8", count, start)
    times_ms = np.frombuffer(message, "<f8", count, start + 8 * count)
    handles = np.frombuffer(message, "<u4", count, start + 16 * count)
    qualities = np.frombuffer(message, "<u4", count, start + 20 * count)
    rows = msgspec.json.decode(message[start + 24 * count :]) if text_bytes else []
    texts = {row[0]: row[1] for row in rows}
    return DecodedFrame(kind, view, time_ms, sequence, values, times_ms, handles, qualities, texts)
