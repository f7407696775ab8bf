"""Sparkplug B payloads as plain values: for births, commands, odd types and tests; data goes the fast way."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import msgspec
import numpy as np
from google.protobuf.message import DecodeError

from xushi.signals import BAD_NO_DATA

from ._schema import PayloadMessage

QUALITY_STALE = 0x4090_0000  # UncertainLastUsableValue
QUALITY_BAD = 0x8000_0000
# Values of the property "Quality" (Sparkplug 3.0, 6.4.9): 0 bad, 192 good, 500 stale
_QUALITIES = {0: QUALITY_BAD, 192: 0, 500: QUALITY_STALE}


class DataType(IntEnum):
    """Sparkplug data types (3.0, clause 6.4.16)."""

    UNKNOWN = 0
    INT8 = 1
    INT16 = 2
    INT32 = 3
    INT64 = 4
    UINT8 = 5
    UINT16 = 6
    UINT32 = 7
    UINT64 = 8
    FLOAT = 9
    DOUBLE = 10
    BOOLEAN = 11
    STRING = 12
    DATETIME = 13
    TEXT = 14
    UUID = 15
    DATASET = 16
    BYTES = 17
    FILE = 18
    TEMPLATE = 19
    INT8_ARRAY = 22
    INT16_ARRAY = 23
    INT32_ARRAY = 24
    INT64_ARRAY = 25
    UINT8_ARRAY = 26
    UINT16_ARRAY = 27
    UINT32_ARRAY = 28
    UINT64_ARRAY = 29
    FLOAT_ARRAY = 30
    DOUBLE_ARRAY = 31
    BOOLEAN_ARRAY = 32
    STRING_ARRAY = 33
    DATETIME_ARRAY = 34


INTEGERS: dict[int, Any] = {
    DataType.INT8: np.int8,
    DataType.INT16: np.int16,
    DataType.INT32: np.int32,
    DataType.INT64: np.int64,
    DataType.UINT8: np.uint8,
    DataType.UINT16: np.uint16,
    DataType.UINT32: np.uint32,
    DataType.UINT64: np.uint64,
}
_ARRAYS: dict[int, str] = {
    DataType.INT8_ARRAY: "<i1",
    DataType.INT16_ARRAY: "<i2",
    DataType.INT32_ARRAY: "<i4",
    DataType.INT64_ARRAY: "<i8",
    DataType.UINT8_ARRAY: "<u1",
    DataType.UINT16_ARRAY: "<u2",
    DataType.UINT32_ARRAY: "<u4",
    DataType.UINT64_ARRAY: "<u8",
    DataType.FLOAT_ARRAY: "<f4",
    DataType.DOUBLE_ARRAY: "<f8",
    DataType.DATETIME_ARRAY: "<i8",
}
_TEXTS = (DataType.STRING, DataType.TEXT, DataType.UUID)


class Metric(msgspec.Struct, frozen=True):
    """One metric: by name, alias or both; `value` None is null. DATETIME is ns since the Unix epoch."""

    name: str = ""
    datatype: int = DataType.UNKNOWN
    value: Any = None
    alias: int | None = None
    timestamp_ns: int = 0
    is_historical: bool = False
    quality: int = 0


class SparkplugPayload(msgspec.Struct, frozen=True):
    """A payload as plain values; `seq` is None where the message states none."""

    metrics: tuple[Metric, ...]
    timestamp_ns: int = 0
    seq: int | None = None


def parse(payload: bytes) -> Any:
    """Return the protobuf message of a payload.

    Raises:
        ValueError: the bytes are no Sparkplug B payload.
    """
    try:
        return PayloadMessage.FromString(payload)
    except DecodeError as error:
        raise ValueError(f"not a Sparkplug B payload: {error}") from None


def decode_payload(payload: bytes, datatypes: dict[int, int] | None = None) -> SparkplugPayload:
    """Return a payload as plain values; `datatypes` by alias stands in where a metric states none.

    Raises:
        ValueError: the bytes are no Sparkplug B payload, or a value does not fit its data type.
    """
    message = parse(payload)
    known = datatypes or {}
    metrics = tuple(
        Metric(
            metric.name,
            metric.datatype or known.get(metric.alias, 0),
            value_of(metric, metric.datatype or known.get(metric.alias, 0)),
            metric.alias if metric.HasField("alias") else None,
            metric.timestamp * 1_000_000,
            metric.is_historical,
            quality_of(metric),
        )
        for metric in message.metrics
    )
    return SparkplugPayload(metrics, message.timestamp * 1_000_000, message.seq if message.HasField("seq") else None)


def quality_of(metric: Any) -> int:
    """Return the OPC UA status code that a metric's property "Quality" and its null flag amount to."""
    if metric.HasField("properties"):
        for key, value in zip(metric.properties.keys, metric.properties.values, strict=False):
            if key == "Quality":
                return _QUALITIES.get(value.int_value, QUALITY_BAD)
    return BAD_NO_DATA if metric.is_null else 0


def value_of(metric: Any, datatype: int) -> Any:
    """Return a metric's value as a Python value; None when it is null or of a type that is no signal.

    Raises:
        ValueError: the value does not fit the data type.
    """
    field = metric.WhichOneof("value")
    if field is None or metric.is_null or field in ("dataset_value", "template_value"):
        return None
    raw = getattr(metric, field)
    if datatype in INTEGERS and field in ("int_value", "long_value"):
        return int(np.uint64(raw).astype(INTEGERS[datatype]))
    if datatype == DataType.DATETIME and field == "long_value":
        return raw * 1_000_000
    if field == "bytes_value":
        return _array_of(raw, datatype)
    return raw


def _array_of(raw: bytes, datatype: int) -> Any:
    if datatype in _ARRAYS:
        numbers = np.frombuffer(raw, _ARRAYS[datatype])
        return (numbers * 1_000_000 if datatype == DataType.DATETIME_ARRAY else numbers).tolist()
    if datatype == DataType.BOOLEAN_ARRAY:
        if len(raw) < 4 or (count := struct.unpack_from("<I", raw)[0]) > (len(raw) - 4) * 8:
            raise ValueError("a Boolean array that is too short")
        return np.unpackbits(np.frombuffer(raw, np.uint8, offset=4))[:count].astype(bool).tolist()
    if datatype == DataType.STRING_ARRAY:
        return [text.decode("utf-8") for text in raw.split(b"\x00")[:-1]]
    return None  # bytes and files are no signal


def encode_payload(
    metrics: Sequence[Metric], timestamp_ns: int, seq: int | None = None, *, uuid: str | None = None
) -> bytes:
    """Return the bytes of a payload.

    Raises:
        ValueError, TypeError: a value does not fit its data type.
    """
    message = PayloadMessage(timestamp=timestamp_ns // 1_000_000)
    if seq is not None:
        message.seq = seq
    if uuid is not None:
        message.uuid = uuid
    for metric in metrics:
        added = message.metrics.add()
        if metric.name:
            added.name = metric.name
        if metric.alias is not None:
            added.alias = metric.alias
        if metric.datatype:
            added.datatype = metric.datatype
        added.timestamp = (metric.timestamp_ns or timestamp_ns) // 1_000_000
        if metric.is_historical:
            added.is_historical = True
        if metric.value is None:
            added.is_null = True
        else:
            _set_value(added, metric.datatype, metric.value)
    encoded: bytes = message.SerializeToString()
    return encoded


def _set_value(metric: Any, datatype: int, value: Any) -> None:
    if datatype in INTEGERS:
        number = int(value)
        limits = np.iinfo(INTEGERS[datatype])
        if not limits.min <= number <= limits.max:
            raise ValueError(f"{number} does not fit {DataType(datatype).name}")
        if datatype in (DataType.INT64, DataType.UINT64):
            metric.long_value = number & 0xFFFF_FFFF_FFFF_FFFF
        else:
            metric.int_value = number & 0xFFFF_FFFF
    elif datatype == DataType.FLOAT:
        metric.float_value = float(value)
    elif datatype == DataType.DOUBLE:
        metric.double_value = float(value)
    elif datatype == DataType.BOOLEAN:
        metric.boolean_value = bool(value)
    elif datatype in _TEXTS:
        metric.string_value = str(value)
    elif datatype == DataType.DATETIME:
        metric.long_value = int(value) // 1_000_000
    elif datatype in _ARRAYS:
        numbers = np.asarray(value)
        if datatype == DataType.DATETIME_ARRAY:
            numbers = numbers // 1_000_000
        metric.bytes_value = numbers.astype(_ARRAYS[datatype]).tobytes()
    elif datatype == DataType.BOOLEAN_ARRAY:
        metric.bytes_value = struct.pack("<I", len(value)) + np.packbits(np.array(value, bool)).tobytes()
    elif datatype == DataType.STRING_ARRAY:
        metric.bytes_value = b"".join(str(text).encode("utf-8") + b"\x00" for text in value)
    elif datatype == DataType.BYTES:
        metric.bytes_value = bytes(value)
    else:
        raise ValueError(f"a value of Sparkplug data type {datatype} cannot be written")
