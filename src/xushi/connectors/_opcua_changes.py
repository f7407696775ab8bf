"""Reads OPC UA data changes straight into columns (OPC 10000-6, 5.2), without an object per change."""

from __future__ import annotations

import struct
from functools import cache
from typing import Any

import msgspec
import numpy as np
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import variant_from_binary
from numpy.typing import NDArray

from xushi.signals import BAD_NO_DATA, MAX_ARRAY_ELEMENTS, NO_OBJECT, Frame, Kind

from ._columns import Columns, numeric_lane
from ._opcua_publish import FILETIME_EPOCH, LATEST_FILETIME, PublishError, count_at, filetime_ns
from ._opcua_structures import TypeBook, UnknownStructure, fit
from ._pointer import part_at

BAD_TYPE_MISMATCH = 0x8074_0000
BAD_DATA_TYPE_UNKNOWN = 0x8011_0000

_I32 = struct.Struct("<i").unpack_from
_U32 = struct.Struct("<I").unpack_from
_I64 = struct.Struct("<q").unpack_from

# Built-in types of fixed size (OPC 10000-6, 5.1.2, and 5.2.2) as they lie in the bytes
_SCALARS: dict[int, str] = {
    1: "u1",
    2: "i1",
    3: "u1",
    4: "<i2",
    5: "<u2",
    6: "<i4",
    7: "<u4",
    8: "<i8",
    9: "<u8",
    10: "<f4",
    11: "<f8",
    13: "<i8",
    19: "<u4",
}
_DATE_TIME = 13
_STRING = 12
_LOCALIZED_TEXT = 21
_HAS_VALUE, _HAS_STATUS, _HAS_SOURCE, _HAS_SERVER, _HAS_SOURCE_PS, _HAS_SERVER_PS = 1, 2, 4, 8, 16, 32


class Items:
    """What each client handle of a subscription stands for: its signal and that signal's kind.

    Attributes:
        fields: names that lead from a structure to the value, for handles of fields.
        labels: texts of an enumeration's numbers, for handles of STRING signals.
        book: the server's data types.
        waiting: handles whose structure could not be read because its type is not known yet.
    """

    def __init__(
        self, signals: NDArray[np.int32], kinds: NDArray[np.int8], fields: dict[int, tuple[str, ...]] | None = None
    ) -> None:
        self.signals = signals
        self.kinds = kinds
        self.fields = fields or {}
        self.labels: dict[int, dict[int, str]] = {}
        self.book = TypeBook()
        self.waiting: set[int] = set()
        self.is_all_double = bool(len(kinds)) and bool((kinds == Kind.DOUBLE).all())

    def __len__(self) -> int:
        return len(self.signals)


class _Layout(msgspec.Struct, frozen=True):
    """How a MonitoredItemNotification with one certain mask and type lies in the bytes; size 0: it varies."""

    size: int
    dtype: Any
    type: int
    mask: int


@cache
def _layout(mask: int, type: int) -> _Layout:
    """Return the layout for a DataValue's mask and its Variant's encoding byte (OPC 10000-6, 5.2.2.16-17)."""
    fields: list[tuple[str, str]] = [("handle", "<u4"), ("mask", "u1")]
    if mask & _HAS_VALUE:
        fields.append(("type", "u1"))
        if type in _SCALARS:
            fields.append(("value", _SCALARS[type]))
        elif type:
            return _Layout(0, None, type, mask)
    for bit, name, form in (
        (_HAS_STATUS, "status", "<u4"),
        (_HAS_SOURCE, "source", "<i8"),
        (_HAS_SOURCE_PS, "source_ps", "<u2"),
        (_HAS_SERVER, "server", "<i8"),
        (_HAS_SERVER_PS, "server_ps", "<u2"),
    ):
        if mask & bit:
            fields.append((name, form))
    dtype = np.dtype(fields)
    return _Layout(dtype.itemsize, dtype, type, mask)


_SIZES: list[int] = [-1] * 0x1_0000


def read_changes(body: bytes, start: int, stop: int, items: Items, now_ns: int) -> tuple[Frame, int]:
    """Return the values of a DataChangeNotification and how many entries could not be used.

    An entry without source time takes the server's, else `now_ns`. One of a type that does not fit its signal
    gets the quality BadTypeMismatch, one without value BadNoData, unless the server itself says it is Bad.

    Raises:
        PublishError: the bytes are not a DataChangeNotification.
    """
    columns = Columns()
    try:
        refused = _read_changes(body, start, stop, items, columns, now_ns)
    except (struct.error, IndexError, OverflowError) as error:
        raise PublishError(f"the notification ends too early: {error}") from None
    return columns.take(now_ns), refused


def _read_changes(body: bytes, start: int, stop: int, items: Items, columns: Columns, now_ns: int) -> int:
    count = _I32(body, start)[0]
    at = start + 4
    if count < -1:
        raise PublishError(f"{count} changes")
    if count <= 0:
        return 0
    if count * 5 > stop - at:
        raise PublishError(f"{count} changes in {stop - at} bytes")
    first = _layout(body[at + 4], body[at + 5] if body[at + 4] & _HAS_VALUE else 0)
    if first.size and at + count * first.size <= stop:
        block = np.frombuffer(body, first.dtype, count, at)
        is_uniform = (block["mask"] == first.mask).all()
        if is_uniform and (not first.mask & _HAS_VALUE or (block["type"] == first.type).all()):
            return _take_block(block, first, items, columns, now_ns)
    return _read_mixed(body, at, stop, count, items, columns, now_ns)


def _read_mixed(body: bytes, at: int, stop: int, count: int, items: Items, columns: Columns, now_ns: int) -> int:
    """Find where each entry starts, then read those of one layout together; odd ones one by one."""
    places: dict[int, list[int]] = {}
    sizes = _SIZES
    refused = 0
    for _ in range(count):
        mask = body[at + 4]
        key = mask << 8 | body[at + 5] if mask & _HAS_VALUE else mask << 8
        size = sizes[key]
        if size < 0:
            size = sizes[key] = _layout(mask, key & 0xFF).size
        if size:
            found = places.get(key)
            if found is None:
                places[key] = [at]
            else:
                found.append(at)
            at += size
        else:
            at, is_refused = _take_odd(body, at, items, columns, now_ns)
            refused += is_refused
        if at > stop:
            raise PublishError("a change reaches beyond its notification")
    whole = np.frombuffer(body, np.uint8)
    for key, starts in places.items():
        layout = _layout(key >> 8, key & 0xFF)
        rows = whole[np.array(starts)[:, None] + np.arange(layout.size)]
        refused += _take_block(rows.view(layout.dtype)[:, 0], layout, items, columns, now_ns)
    return refused


def _take_block(block: NDArray[Any], layout: _Layout, items: Items, columns: Columns, now_ns: int) -> int:
    """Add entries of one layout to the columns; return how many bore an unknown client handle."""
    handles = block["handle"]
    refused = 0
    if int(handles.max()) >= len(items):
        is_known = handles < len(items)
        refused = int(len(handles) - is_known.sum())
        block, handles = block[is_known], handles[is_known]
        if not len(block):
            return refused
    times_ns = _times(block, layout.mask, now_ns)
    qualities = block["status"].copy() if layout.mask & _HAS_STATUS else np.zeros(len(block), np.uint32)
    signals, kinds = items.signals[handles], items.kinds[handles]
    if not layout.mask & _HAS_VALUE or not layout.type:
        qualities[qualities < 0x8000_0000] = BAD_NO_DATA
        columns.add_block(signals, times_ns, np.full(len(block), NO_OBJECT, np.int64), qualities)
        return refused
    values = block["value"]
    is_boxed = kinds >= Kind.STRING
    if not items.is_all_double and is_boxed.any():
        for i in np.flatnonzero(is_boxed).tolist():
            value = _plain(values[i].item(), layout.type)
            if items.labels:
                value = items.labels.get(int(handles[i]), {}).get(value, value)
            boxed = value if kinds[i] == Kind.STRING else [value]
            columns.add(Kind(int(kinds[i])), int(signals[i]), int(times_ns[i]), boxed, int(qualities[i]))
        keep = ~is_boxed
        signals, kinds, times_ns, qualities, values = (
            signals[keep],
            kinds[keep],
            times_ns[keep],
            qualities[keep],
            values[keep],
        )
        if not len(signals):
            return refused
    columns.add_block(signals, times_ns, _numeric_bits(values, kinds, layout.type), qualities)
    return refused


def _times(block: NDArray[Any], mask: int, now_ns: int) -> NDArray[np.int64]:
    times = np.zeros(len(block), np.int64)
    for bit, name in ((_HAS_SERVER, "server"), (_HAS_SOURCE, "source")):
        if mask & bit:
            stated = block[name]
            is_usable = (stated > FILETIME_EPOCH) & (stated < LATEST_FILETIME)
            if is_usable.all():
                times = (stated - FILETIME_EPOCH) * 100
            else:
                times[is_usable] = (stated[is_usable] - FILETIME_EPOCH) * 100
    if not times.all():
        times[times == 0] = now_ns
    return times


def _numeric_bits(values: NDArray[Any], kinds: NDArray[np.int8], type: int) -> NDArray[np.int64]:
    """Return the 64-bit lane of numbers for signals of kinds DOUBLE to TIME."""
    is_double = kinds == Kind.DOUBLE
    if type == _DATE_TIME:
        nanoseconds = (np.clip(values, FILETIME_EPOCH, LATEST_FILETIME) - FILETIME_EPOCH) * 100
        lanes: NDArray[np.int64] = np.where(is_double, nanoseconds.astype(np.float64).view(np.int64), nanoseconds)
        return lanes
    return numeric_lane(values, kinds)


def _plain(value: Any, type: int) -> Any:
    if type == _DATE_TIME:
        return filetime_ns(value)
    return bool(value) if type == 1 else value


def _take_odd(body: bytes, at: int, items: Items, columns: Columns, now_ns: int) -> tuple[int, int]:
    """Add one entry of varying size; return where it ends and 1 if it could not be used."""
    handle, mask, type = _U32(body, at)[0], body[at + 4], body[at + 5]
    value, at = _read_variant(body, at + 5, type)
    status, source, server = 0, 0, 0
    if mask & _HAS_STATUS:
        status, at = _U32(body, at)[0], at + 4
    if mask & _HAS_SOURCE:
        source, at = filetime_ns(_I64(body, at)[0]), at + 8
    if mask & _HAS_SOURCE_PS:
        at += 2
    if mask & _HAS_SERVER:
        server, at = filetime_ns(_I64(body, at)[0]), at + 8
    if mask & _HAS_SERVER_PS:
        at += 2
    if handle >= len(items):
        return at, 1
    return at, take_value(handle, value, source or server or now_ns, status, items, columns)


def take_value(handle: int, value: Any, time_ns: int, status: int, items: Items, columns: Columns) -> int:
    """Add one value as asyncua or the fast lane read it; return 1 if its signal cannot take it."""
    kind, signal = Kind(int(items.kinds[handle])), int(items.signals[handle])
    if kind is Kind.ARRAY and value.__class__ is Numbers and handle not in items.fields:
        columns.objects.add(signal, time_ns, value.values, status)
        return 0
    try:
        plain = items.book.plain(value.values if value.__class__ is Numbers else value, kind is Kind.STRING)
        if handle in items.fields:
            plain = part_at(plain, items.fields[handle])
        if plain is None and status < 0x8000_0000:
            status = BAD_NO_DATA
        columns.add(kind, signal, time_ns, fit(plain, kind), status)
    except UnknownStructure:
        items.waiting.add(handle)
        columns.add(kind, signal, time_ns, None, BAD_DATA_TYPE_UNKNOWN)
        return 1
    except Exception:  # asyncua raises whatever its parts raise when a structure's bytes are damaged
        columns.add(kind, signal, time_ns, None, BAD_TYPE_MISMATCH)
        return 1
    return 0


class Numbers:
    """An array of numbers from the fast lane: plain already, and within the limit on its length."""

    __slots__ = ("values",)

    def __init__(self, values: list[Any]) -> None:
        self.values = values


def _read_variant(body: bytes, at: int, type: int) -> tuple[Any, int]:
    """Return the value of a Variant that starts at `at` and where it ends (OPC 10000-6, 5.2.2.16)."""
    if type == _STRING:
        return _read_text(body, at + 1)
    if type & 0xC0 == 0x80:
        base = type & 0x3F
        count = count_at(body, at + 1, np.dtype(_SCALARS.get(base, "u1")).itemsize)
        if base in _SCALARS:
            numbers = np.frombuffer(body, _SCALARS[base], count, at + 5) if count else np.empty(0)
            end = at + 5 + (numbers.nbytes if count else 0)
            if base == _DATE_TIME:
                return [filetime_ns(int(number)) for number in numbers.tolist()], end
            plain = (numbers.astype(bool) if base == 1 else numbers).tolist()
            return (Numbers(plain) if count <= MAX_ARRAY_ELEMENTS else plain), end
        if base == _STRING:
            at += 5
            texts: list[str] = []
            for _ in range(count):
                text, at = _read_text(body, at)
                texts.append(text or "")
            return texts, at
    return _read_by_asyncua(body, at)


def _read_text(body: bytes, at: int) -> tuple[str | None, int]:
    length = _I32(body, at)[0]
    if length < 0:
        return None, at + 4
    end = at + 4 + length
    if end > len(body):
        raise PublishError("a text is longer than the response")
    return body[at + 4 : end].decode("utf-8", "replace"), end


def _read_by_asyncua(body: bytes, at: int) -> tuple[Any, int]:
    """Leave the rarer types to asyncua."""
    buffer = Buffer(body, at)
    try:
        variant = variant_from_binary(buffer)
    except Exception as error:  # asyncua raises whatever its parts raise; any of it means: not decodable
        raise PublishError(f"a value of type {body[at]:#x}: {error}") from None
    return variant.Value, buffer.cur_pos
