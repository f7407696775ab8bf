"""Reads the answers to OPC UA Publish and CreateMonitoredItems requests from their bytes (OPC 10000-6, clause 5.2)."""

from __future__ import annotations

import struct
from typing import Any

import msgspec
import numpy as np
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary

DATA_CHANGE = 811  # DataChangeNotification_Encoding_DefaultBinary (OPC 10000-6, Annex A)
STATUS_CHANGE = 820
PUBLISH_RESPONSE = 829
REPUBLISH_RESPONSE = 835
CREATE_RESPONSE = 754

FILETIME_EPOCH = 116_444_736_000_000_000  # 1 January 1970 in 100 ns since 1 January 1601
LATEST_FILETIME = FILETIME_EPOCH + (2**63 - 1) // 100

# MonitoredItemCreateResult (OPC 10000-4, 7.23) without a filter: an ExtensionObject that is null has three bytes of 0
_CREATED = np.dtype([("status", "<u4"), ("id", "<u4"), ("sampling_ms", "<f8"), ("queue", "<u4"), ("filter", "u1", 3)])

_I32 = struct.Struct("<i").unpack_from
_U32 = struct.Struct("<I").unpack_from
_I64 = struct.Struct("<q").unpack_from


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


def filetime_ns(filetime: int) -> int:
    """Return ns since the Unix epoch; 0 for a time that is not stated or beyond what 64 bits can say."""
    return (filetime - FILETIME_EPOCH) * 100 if FILETIME_EPOCH < filetime < LATEST_FILETIME else 0


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


def read_created(body: bytes) -> list[int]:
    """Return the status of each item of a CreateMonitoredItemsResponse.

    Raises:
        ConnectionError: the bytes are not one.
    """
    try:
        at = after_head(body, CREATE_RESPONSE)
        count = count_at(body, at, _CREATED.itemsize)
        results = np.frombuffer(body, _CREATED, count, at + 4)
        if not results["filter"].any():
            return [int(status) for status in results["status"].tolist()]
        answer = struct_from_binary(ua.CreateMonitoredItemsResponse, Buffer(body))  # results with filters vary in size
        return [result.StatusCode.value for result in answer.Results]
    except (struct.error, IndexError, ValueError, PublishError) as error:
        raise ConnectionError(f"the server's answer cannot be read: {error}") from error


def _guarded(read: Any, body: bytes) -> Publish:
    try:
        found: Publish = read(body)
    except (struct.error, IndexError) as error:
        raise PublishError(f"the response ends too early: {error}") from None
    return found


def _read_publish(body: bytes) -> Publish:
    at = after_head(body, PUBLISH_RESPONSE)
    subscription = _U32(body, at)[0]
    count = count_at(body, at + 4, 4)
    available = struct.unpack_from(f"<{count}I", body, at + 8)
    at += 8 + 4 * count
    has_more = bool(body[at])
    sequence, published_ns, notifications, at = _notification_message(body, at + 1)
    if not notifications and _after_results(body, at) != len(body):  # a keep-alive ends here
        raise PublishError("a response without notifications that goes on")
    return Publish(subscription, sequence, has_more, available, published_ns, notifications)


def _read_republish(body: bytes) -> Publish:
    sequence, published_ns, notifications, _ = _notification_message(body, after_head(body, REPUBLISH_RESPONSE))
    return Publish(0, sequence, False, (), published_ns, notifications)


def _after_results(body: bytes, at: int) -> int:
    """Skip what became of the acknowledgements, and the diagnostics of that."""
    at += 4 + 4 * count_at(body, at, 4)
    count = count_at(body, at, 1)
    at += 4
    for _ in range(count):
        at = _after_diagnostics(body, at, 0)
    return at


def _notification_message(body: bytes, at: int) -> tuple[int, int, tuple[tuple[int, int, int], ...], int]:
    sequence, published_ns = _U32(body, at)[0], filetime_ns(_I64(body, at + 4)[0])
    count = count_at(body, at + 12, 3)
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
    return sequence, published_ns, tuple(notifications), at


def after_head(body: bytes, expected: int) -> int:
    """Skip type id and response header (OPC 10000-4, 7.33), checking the service result."""
    kind, at = _node_id(body, 0)
    if kind != expected:
        raise PublishError(f"a message of type {kind} in place of {expected}")
    result = _U32(body, at + 12)[0]
    if result >> 31:
        raise PublishError(f"the service failed with status 0x{result:08X}")
    at = _after_diagnostics(body, at + 16, 0)
    count = count_at(body, at, 4)
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
    return at + 4 + max(0, int(_I32(body, at)[0]))


def count_at(body: bytes, at: int, smallest: int) -> int:
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
