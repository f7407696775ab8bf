"""Reads what a Sparkplug birth says about metrics: type, unit, range, value."""

from __future__ import annotations

from typing import Any

import msgspec

from ._payload import INTEGERS, DataType, parse, value_of

_TEXT = (DataType.STRING, DataType.TEXT, DataType.UUID)


class BornMetric(msgspec.Struct, frozen=True):
    """One metric of a birth; `type` is one of number, integer, boolean, string, time, array, or empty."""

    name: str
    type: str
    data_type: str
    value: Any
    properties: dict[str, Any]


def born_metrics(payload: bytes) -> list[BornMetric]:
    """Return the metrics of an NBIRTH or DBIRTH, templates and data sets left out.

    Raises:
        ValueError: the bytes are no Sparkplug B payload.
    """
    found: list[BornMetric] = []
    for metric in parse(payload).metrics:
        kind = _type_of(metric.datatype)
        if not metric.name or not kind:
            continue
        try:
            value = value_of(metric, metric.datatype)
        except ValueError:
            value = None
        found.append(BornMetric(metric.name, kind, DataType(metric.datatype).name, value, _properties(metric)))
    return found


def _type_of(datatype: int) -> str:
    if datatype in INTEGERS:
        return "integer"
    if datatype in (DataType.FLOAT, DataType.DOUBLE):
        return "number"
    if datatype == DataType.BOOLEAN:
        return "boolean"
    if datatype == DataType.DATETIME:
        return "time"
    if datatype in _TEXT:
        return "string"
    return "array" if DataType.INT8_ARRAY <= datatype <= DataType.DATETIME_ARRAY else ""


def _properties(metric: Any) -> dict[str, Any]:
    if not metric.HasField("properties"):
        return {}
    found: dict[str, Any] = {}
    for key, value in zip(metric.properties.keys, metric.properties.values, strict=False):
        field = value.WhichOneof("value")
        if field is not None and field.endswith("_value") and "property" not in field:
            found[key] = getattr(value, field)
    return found
