"""Puts the values of the present or of any instant into a submodel's JSON, as its readers expect to find them."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any, Protocol

from xushi.kernel import Record
from xushi.signals import Frame, Kind, Sample, SignalRegistry, decode_value, is_bad

_CHILDREN = ("submodelElements", "value", "statements")


class Values(Protocol):
    """Where values are looked up: the board for the present, a frame for an instant of any timeline."""

    def value(self, handle: int) -> Sample | None:
        """The value of a signal, None where it has none."""
        ...


class FrameValues:
    """The values of a frame by handle, told as the board tells its own."""

    def __init__(self, frame: Frame, registry: SignalRegistry) -> None:
        self._frame = frame
        self._registry = registry
        self._rows = {handle: row for row, handle in enumerate(frame.signals.tolist())}

    def value(self, handle: int) -> Sample | None:
        """The value of a signal, None where the frame has none."""
        row = self._rows.get(handle)
        if row is None:
            return None
        frame, kind = self._frame, self._registry.get(handle).kind
        quality = int(frame.qualities[row])
        value = None if is_bad(quality) else decode_value(kind, int(frame.bits[row]), frame.objects)
        return Sample(int(frame.times_ns[row]), value, quality, frame.received_ns)


def with_values_of(submodel: Record, registry: SignalRegistry, values: Values) -> Record:
    """A copy of a submodel in which every Property that is a signal has its value, unless that is bad."""
    prefix = f"{submodel['id']}#"
    if not any(definition.key.startswith(prefix) for definition in registry.all()):
        return submodel
    shown = copy.deepcopy(submodel)
    _fill(shown, "", prefix, registry, values)
    return shown


def _fill(record: Record, path: str, prefix: str, registry: SignalRegistry, values: Values) -> None:
    for key in _CHILDREN:
        children = record.get(key)
        if not isinstance(children, list):
            continue
        is_list = record.get("modelType") == "SubmodelElementList"
        for index, child in enumerate(children):
            if not isinstance(child, dict) or "modelType" not in child:
                continue
            name = child.get("idShort", "")
            below = f"{path}[{index}]" if is_list else f"{path}.{name}" if path else name
            if prefix + below in registry:
                _take(child, prefix + below, registry, values)
            else:
                _fill(child, below, prefix, registry, values)


def _take(element: Record, key: str, registry: SignalRegistry, values: Values) -> None:
    handle = registry.handle(key)
    sample = values.value(handle)
    if sample is None or sample.value is None:
        return
    kind = registry.get(handle).kind
    if element["modelType"] == "Property":
        element["value"] = lexical(kind, sample.value)
    elif element["modelType"] == "SubmodelElementList" and kind is Kind.ARRAY:
        value_type = element.get("valueTypeListElement", "xs:double")
        element["value"] = [
            {"modelType": "Property", "valueType": value_type, "value": _word(item)} for item in sample.value
        ]
        if not sample.value:
            del element["value"]


def lexical(kind: Kind, value: Any) -> str:
    """A value in the lexical form of its XML Schema type (IDTA-01001, 5.3.12)."""
    if kind is Kind.TIME:
        seconds, rest = divmod(int(value), 1_000_000_000)
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"
    return _word(value)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return {"nan": "NaN", "inf": "INF", "-inf": "-INF"}.get(repr(value), repr(value))
    return str(value)
