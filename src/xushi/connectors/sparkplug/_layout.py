"""Reads data messages whose bytes lie as those of an earlier one: a few array operations in place of a parse each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

_MS = 1_000_000
_FREE, _CONTINUES, _ONE_BIT, _FIXED = 0x00, 0x80, 0xFE, 0xFF
_VARINT, _BYTES = 0, 2
_TIMESTAMP_BYTES = 6  # 2004 to 2109 in ms; no other length is worth a layout
# Keys of a payload's fields (3.0, 6.4.1): timestamp, metrics, seq
_SENT_AT, _METRIC, _SEQ = 0x08, 0x12, 0x18
# Keys of a metric's fields: alias, timestamp, datatype; values of one length: float, double, boolean
_ALIAS, _TIMESTAMP, _DATATYPE = 0x10, 0x18, 0x20
_VALUES = {0x65: ("float_value", 4, "<f4"), 0x69: ("double_value", 8, "<f8"), 0x70: ("boolean_value", 1, "u1")}


class Block(msgspec.Struct, frozen=True):
    """Values of one field: where their bytes stand (int[n, width]) and how they are read."""

    at: NDArray[np.intp]
    dtype: str


class Layout(msgspec.Struct, frozen=True):
    """Where everything stands in a data message whose metrics have aliases, times and values of one length.

    Attributes:
        size: bytes of the message.
        mask, expected: a message, as one number, is laid out like this where `number & mask == expected`.
        times_at: places of the metrics' timestamps, int[n, 6].
        seq_at: places of the sequence number; empty where the message states none.
    """

    size: int
    mask: int
    expected: int
    times_at: NDArray[np.intp]
    seq_at: tuple[int, ...]
    fields: tuple[str, ...]
    values_at: tuple[tuple[int, ...], ...]

    def block(self, field: str, places: tuple[int, ...]) -> Block | None:
        """Return the block of the metrics at `places`; None where one of them carries another field."""
        if any(self.fields[place] != field for place in places):
            return None
        dtype = next(dtype for name, _, dtype in _VALUES.values() if name == field)
        return Block(np.array([self.values_at[place] for place in places], np.intp), dtype)

    def fits(self, payload: bytes) -> bool:
        """Say whether a message is laid out like this."""
        # numpy would hand the interpreter to other threads for each long array, and wait to have it back
        return len(payload) == self.size and int.from_bytes(payload, "little") & self.mask == self.expected

    def seq(self, payload: bytes) -> int | None:
        """Return the sequence number of a message that fits."""
        if not self.seq_at:
            return None
        number = 0
        for digit, at in enumerate(self.seq_at):
            number |= (payload[at] & 0x7F) << 7 * digit
        return number

    def times_ns(self, data: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Return int64[messages, metrics], the metrics' times, 0 where one states none, of uint8[messages, bytes]."""
        times: NDArray[np.int64] = (data.take(self.times_at, 1) & 0x7F) @ _SEVEN_BITS
        return times


_SEVEN_BITS = np.array([_MS << 7 * digit for digit in range(_TIMESTAMP_BYTES)], np.int64)


def read_block(block: Block, data: NDArray[np.uint8]) -> NDArray[Any]:
    """Return [messages, metrics of the block], floats as float64, booleans as int64, of uint8[messages, bytes]."""
    raw = data.take(block.at, 1).view(block.dtype)[..., 0]
    return raw.astype(np.int64 if block.dtype == "u1" else np.float64)


class _Odd(Exception):
    """The message holds something that has no fixed place."""


def learn_layout(payload: bytes) -> Layout | None:
    """Return the layout of a message that was understood; None where its values have no fixed places."""
    try:
        return _learn(payload)
    except (_Odd, IndexError):
        return None


def _learn(payload: bytes) -> Layout:
    mask = np.full(len(payload), _FIXED, np.uint8)
    times: list[tuple[int, ...]] = []
    values: list[tuple[int, ...]] = []
    fields: list[str] = []
    seq_at: tuple[int, ...] = ()
    for key, start, stop in _walk(payload, 0, len(payload)):
        if key == _METRIC:
            time_at, value_at, field = _learn_metric(payload, start, stop, mask)
            times.append(time_at)
            values.append(value_at)
            fields.append(field)
        elif key == _SENT_AT:
            mask[start:stop] = _CONTINUES
        elif key == _SEQ and not seq_at and stop - start <= 2:
            mask[start:stop] = _CONTINUES
            seq_at = tuple(range(start, stop))
        else:
            raise _Odd
    if not times:
        raise _Odd
    covered = int.from_bytes(mask.tobytes(), "little")
    expected = int.from_bytes(payload, "little") & covered
    return Layout(len(payload), covered, expected, np.array(times, np.intp), seq_at, tuple(fields), tuple(values))


def _learn_metric(
    payload: bytes, start: int, stop: int, mask: NDArray[np.uint8]
) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    places: dict[int, tuple[int, int]] = {}
    for key, at, end in _walk(payload, start, stop):
        if key in places:
            raise _Odd
        places[key] = at, end
    chosen = [key for key in places if key in _VALUES]
    if len(chosen) != 1 or _ALIAS not in places or not places.keys() <= {_ALIAS, _TIMESTAMP, _DATATYPE, *chosen}:
        raise _Odd
    time_start, time_stop = places.get(_TIMESTAMP, (0, 0))
    field, width, _ = _VALUES[chosen[0]]
    value_start, value_stop = places[chosen[0]]
    if time_stop - time_start != _TIMESTAMP_BYTES or value_stop - value_start != width:
        raise _Odd
    mask[time_start:time_stop] = _CONTINUES
    mask[value_start:value_stop] = _ONE_BIT if width == 1 else _FREE
    return tuple(range(time_start, time_stop)), tuple(range(value_start, value_stop)), field


def _walk(payload: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield key, start and stop of each field's content; the keys used here have one byte."""
    while at < end:
        key = payload[at]
        at += 1
        kind = key & 7
        if key & 0x80:
            raise _Odd
        if kind == _VARINT:
            stop = _varint_end(payload, at)
        elif kind == _BYTES:
            content = _varint_end(payload, at)
            length = sum((payload[place] & 0x7F) << 7 * digit for digit, place in enumerate(range(at, content)))
            at, stop = content, content + length
        elif kind in (1, 5):
            stop = at + (8 if kind == 1 else 4)
        else:
            raise _Odd
        if stop > end:
            raise _Odd
        yield key, at, stop
        at = stop


def _varint_end(payload: bytes, at: int) -> int:
    while payload[at] & 0x80:
        at += 1
    return at + 1
