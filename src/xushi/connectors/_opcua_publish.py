"""Reads an OPC UA PublishResponse straight into columns (OPC 10000-6, 5.2), without an object per change."""

from __future__ import annotations

import struct
from functools import cache
from typing import Any

import msgspec
import numpy as np
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import variant_from_binary
from numpy.typing import NDArray

from xushi.signals import BAD_NO_DATA, NO_OBJECT, Frame, Kind

from ._columns import Columns

DATA_CHANGE = 811  # DataChangeNotification_Encoding_DefaultBinary (OPC 10000-6, Annex A)
STATUS_CHANGE = 820
PUBLISH_RESPONSE = 829
REPUBLISH_RESPONSE = 835

FILETIME_EPOCH = 116_444_736_000_000_000  # 1 January 1970 in 100 ns since 1 January 1601
_LATEST_FILETIME = FILETIME_EPOCH + (2**63 - 1) // 100
BAD_TYPE_MISMATCH = 0x8074_0000
_MAX_ITEMS = 10_000_000

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


class PublishError(Exception):
    """The bytes are no response to a Publish request, or end too early."""


class Publish(msgspec.Struct, frozen=True):
    """The head of a PublishResponse and where its notifications lie.

    Attributes:
        notifications: (encoding id, start, stop) in the body.
        published_ns: when the server sent it, ns since the Unix epoch; 0 when not stated.
        results: what became of the acknowledgements of the request.
    """

    subscription: int
    sequence: int
    has_more: bool
    available: tuple[int, ...]
    published_ns: int
    notifications: tuple[tuple[int, int, int], ...]


class Items:
    """What each client handle of a subscription stands for: its signal and that signal's kind."""

    def __init__(self, signals: NDArray[np.int32], kinds: NDArray[np.int8]) -> None:
        self.signals = signals
        self.kinds = kinds
        self.is_all_double = bool(len(kinds)) and bool((kinds == Kind.DOUBLE).all())

    def __len__(self) -> int:
        return len(self.signals)


def filetime_ns(filetime: int) -> int:
    """Return ns since the Unix epoch; 0 for a time that is not stated or beyond what 64 bits can say."""
    return (filetime - FILETIME_EPOCH) * 100 if FILETIME_EPOCH < filetime < _LATEST_FILETIME else 0


def read_publish(body: bytes) -> Publish:
    """Return the head of a PublishResponse.

    Raises:
        PublishError: the bytes are not one.
    """
    return _guarded(_read_publish, body)


def read_republish(body: bytes) -> Publish:
    """Return the head of a RepublishResponse in the same shape; subscription and `available` are empty.

    Raises:
        PublishError: the bytes are not one.
    """
    return _guarded(_read_republish, body)


def _guarded(read: Any, body: bytes) -> Publish:
    try:
        found: Publish = read(body)
    except (struct.error, IndexError) as error:
        raise PublishError(f"the response ends too early: {error}") from None
    return found


def _read_publish(body: bytes) -> Publish:
    at = _after_head(body, PUBLISH_RESPONSE)
    subscription = _U32(body, at)[0]
    count = _count(body, at + 4, 4)
    available = struct.unpack_from(f"<{count}I", body, at + 8)
    at += 8 + 4 * count
    has_more = bool(body[at])
    sequence, published_ns, notifications = _notification_message(body, at + 1)
    return Publish(subscription, sequence, has_more, available, published_ns, notifications)


def _read_republish(body: bytes) -> Publish:
    sequence, published_ns, notifications = _notification_message(body, _after_head(body, REPUBLISH_RESPONSE))
    return Publish(0, sequence, False, (), published_ns, notifications)


def _notification_message(body: bytes, at: int) -> tuple[int, int, tuple[tuple[int, int, int], ...]]:
    sequence, published_ns = _U32(body, at)[0], filetime_ns(_I64(body, at + 4)[0])
    count = _count(body, at + 12, 3)
    at += 16
    notifications: list[tuple[int, int, int]] = []
    for _ in range(count):
        kind, at = _node_id(body, at)
        encoding = body[at]
        at += 1
        if encoding == 0:
            continue
        length = _I32(body, at)[0]
        at += 4
        if length < 0 or at + length > len(body):
            raise PublishError("a notification is longer than the response")
        notifications.append((kind, at, at + length))
        at += length
    return sequence, published_ns, tuple(notifications)


def _after_head(body: bytes, expected: int) -> int:
    """Skip type id and response header (OPC 10000-4, 7.33), checking the service result."""
    kind, at = _node_id(body, 0)
    if kind != expected:
        raise PublishError(f"a message of type {kind} in place of {expected}")
    result = _U32(body, at + 12)[0]
    if result >> 31:
        raise PublishError(f"the service failed with status 0x{result:08X}")
    at = _after_diagnostics(body, at + 16, 0)
    count = _count(body, at, 4)
    at += 4
    for _ in range(count):
        at = _after_text(body, at)
    _, at = _node_id(body, at)
    encoding = body[at]
    at += 1
    return at + 4 + max(0, _I32(body, at)[0]) if encoding else at


def _after_diagnostics(body: bytes, at: int, depth: int) -> int:
    """Skip a DiagnosticInfo (OPC 10000-6, 5.2.2.12)."""
    mask = body[at]
    at += 1
    at += 4 * (mask & 15).bit_count()
    if mask & 16:
        at = _after_text(body, at)
    if mask & 32:
        at += 4
    if mask & 64:
        if depth > 16:
            raise PublishError("diagnostics nested too deeply")
        at = _after_diagnostics(body, at, depth + 1)
    return at


def _after_text(body: bytes, at: int) -> int:
    return at + 4 + max(0, _I32(body, at)[0])


def _count(body: bytes, at: int, smallest: int) -> int:
    """Return the length of an array, refusing one that the bytes cannot hold."""
    count = int(_I32(body, at)[0])
    if count * smallest > len(body) - at - 4:
        raise PublishError(f"an array of {count} elements in {len(body)} bytes")
    return 0 if count < 0 else count


def _node_id(body: bytes, at: int) -> tuple[int, int]:
    """Return the numeric identifier of a node id (0 for any other sort) and where it ends."""
    form = body[at] & 0x3F
    if form == 0:
        return body[at + 1], at + 2
    if form == 1:
        return body[at + 2] | body[at + 3] << 8, at + 4
    if form == 2:
        return _U32(body, at + 3)[0], at + 7
    if form in (3, 5):
        return 0, _after_text(body, at + 3)
    if form == 4:
        return 0, at + 19
    raise PublishError(f"a node id of form {form}")


def status_of(body: bytes, start: int) -> int:
    """Return the status of a StatusChangeNotification."""
    status: int = _U32(body, start)[0]
    return status


# Data changes


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


def _read_mixed(
    body: bytes, at: int, stop: int, count: int, items: Items, columns: Columns, now_ns: int
) -> int:
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
            is_usable = (stated > FILETIME_EPOCH) & (stated < _LATEST_FILETIME)
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
        nanoseconds = (np.clip(values, FILETIME_EPOCH, _LATEST_FILETIME) - FILETIME_EPOCH) * 100
        lanes: NDArray[np.int64] = np.where(
            is_double, nanoseconds.astype(np.float64).view(np.int64), nanoseconds
        )
        return lanes
    if is_double.all():
        return np.ascontiguousarray(values, np.float64).view(np.int64)
    if values.dtype.kind == "f":
        rounded = np.rint(np.nan_to_num(np.clip(values.astype(np.float64), -9.2e18, 9.2e18))).astype(np.int64)
    elif values.dtype == np.uint64:
        rounded = np.minimum(values, np.uint64(2**63 - 1)).astype(np.int64)
    else:
        rounded = values.astype(np.int64)
    rounded[kinds == Kind.BOOL] = rounded[kinds == Kind.BOOL] != 0
    if is_double.any():
        rounded[is_double] = values[is_double].astype(np.float64).view(np.int64)
    return rounded


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
    kind, signal, time_ns = (
        Kind(int(items.kinds[handle])),
        int(items.signals[handle]),
        source or server or now_ns,
    )
    if value is None and status < 0x8000_0000:
        status = BAD_NO_DATA
    try:
        columns.add(kind, signal, time_ns, value, status)
    except (TypeError, ValueError, OverflowError):
        columns.add(kind, signal, time_ns, None, BAD_TYPE_MISMATCH)
        return at, 1
    return at, 0


def _read_variant(body: bytes, at: int, type: int) -> tuple[Any, int]:
    """Return the value of a Variant that starts at `at` and where it ends (OPC 10000-6, 5.2.2.16)."""
    if type == _STRING:
        return _read_text(body, at + 1)
    if type & 0xC0 == 0x80:
        base = type & 0x3F
        count = _count(body, at + 1, np.dtype(_SCALARS.get(base, "u1")).itemsize)
        if base in _SCALARS:
            numbers = np.frombuffer(body, _SCALARS[base], count, at + 5) if count else np.empty(0)
            end = at + 5 + (numbers.nbytes if count else 0)
            if base == _DATE_TIME:
                return [filetime_ns(int(number)) for number in numbers.tolist()], end
            return (numbers.astype(bool) if base == 1 else numbers).tolist(), end
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
    """Leave the rarer types to asyncua, and take from what it returns what a signal can carry."""
    buffer = Buffer(body, at)
    try:
        variant = variant_from_binary(buffer)
    except Exception as error:  # asyncua raises whatever its parts raise; any of it means: not decodable
        raise PublishError(f"a value of type {body[at]:#x}: {error}") from None
    return _simple(variant.Value), buffer.cur_pos


def _simple(value: Any) -> Any:
    if isinstance(value, ua.LocalizedText):
        return value.Text
    if isinstance(value, ua.QualifiedName):
        return value.Name
    if isinstance(value, ua.NodeId | ua.ExpandedNodeId):
        return value.to_string()
    if isinstance(value, ua.DataValue | ua.Variant):
        return _simple(value.Value)
    if isinstance(value, list):
        flat: list[Any] = []
        for part in value:
            simple = _simple(part)
            flat.extend(simple) if isinstance(simple, list) else flat.append(simple)
        return flat
    if value is None or isinstance(value, str | int | float):
        return value
    return bytes(value).hex() if isinstance(value, bytes) else str(value)
