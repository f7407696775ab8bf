"""Puts the live values of the board into a submodel's JSON, as its readers expect to find them."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

from xushi.kernel import Record
from xushi.signals import Board, Kind, SignalRegistry

_CHILDREN = ("submodelElements", "value", "statements")


def with_live_values(submodel: Record, registry: SignalRegistry, board: Board) -> Record:
    """A copy of a submodel in which every Property that is a signal has its newest good value."""
    prefix = f"{submodel['id']}#"
    if not any(definition.key.startswith(prefix) for definition in registry.all()):
        return submodel
    shown = copy.deepcopy(submodel)
    _fill(shown, "", prefix, registry, board)
    return shown


def _fill(record: Record, path: str, prefix: str, registry: SignalRegistry, board: Board) -> None:
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
                _take(child, prefix + below, registry, board)
            else:
                _fill(child, below, prefix, registry, board)


def _take(element: Record, key: str, registry: SignalRegistry, board: Board) -> None:
    handle = registry.handle(key)
    sample = board.value(handle)
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
