"""Finds the leaves of JSON messages and guesses from samples and names what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from ._explore import ValueType
from ._times import stated_ns

MOST_LEAVES = 2_000
MOST_ITEMS = 20
DEEPEST = 12
_WHOLE = re.compile(
    r"(count|counter|counts|total|number|index|state|status|code|mode|step|id|shift|seq|sequence)s?$", re.IGNORECASE
)
_TIME = re.compile(r"(time|timestamp|date|_at|ts)$", re.IGNORECASE)
_VALUE = ("value", "val", "v")
_UNIT = ("unit", "units", "uom", "engUnit", "eu")
_MESSAGE_TIME = ("timestamp",)


class Leaf(msgspec.Struct, frozen=True):
    """One value in a message: where it is, a sample, and the unit its neighbour states."""

    pointer: tuple[str, ...]
    sample: Any
    unit: str = ""


def leaves_of(document: Any) -> list[Leaf]:
    """Return the leaves of a message in its order; the message's own time and stated units are none."""
    found: list[Leaf] = []
    for leaf in _walk(document, ()):
        found.append(leaf)
        if len(found) >= MOST_LEAVES:
            break
    return found


def _walk(value: Any, pointer: tuple[str, ...]) -> Iterator[Leaf]:
    if len(pointer) > DEEPEST:
        return
    if isinstance(value, dict):
        unit = next((value[name] for name in _UNIT if isinstance(value.get(name), str)), "")
        for key, inner in value.items():
            at = (*pointer, key)
            if at == _MESSAGE_TIME or (unit and key in _UNIT):
                continue
            if isinstance(inner, dict | list) and not _is_array(inner):
                yield from _walk(inner, at)
            else:
                yield Leaf(at, inner, unit if key in _VALUE else "")
    elif isinstance(value, list) and not _is_array(value):
        if not pointer:
            yield from _walk(value[0] if value else None, ())  # a list of records of one form
            return
        for index, inner in enumerate(value[:MOST_ITEMS]):
            at = (*pointer, str(index))
            if isinstance(inner, dict | list) and not _is_array(inner):
                yield from _walk(inner, at)
            else:
                yield Leaf(at, inner)
    elif value is not None:
        yield Leaf(pointer, value)


def _is_array(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, int | float | str) and not isinstance(item, bool) for item in value
    )


def type_of(name: str, samples: list[Any]) -> ValueType:
    """Return the type that samples and the name suggest; a whole number is a counter only where its name says so."""
    held = [sample for sample in samples if sample is not None]
    if not held:
        return ""
    if all(isinstance(sample, bool) for sample in held):
        return "boolean"
    if all(isinstance(sample, list) for sample in held):
        return "array"
    if all(isinstance(sample, int | float) and not isinstance(sample, bool) for sample in held):
        is_time = _TIME.search(name) and all(isinstance(sample, int) and sample > 1e9 for sample in held)
        if is_time:
            return "time"
        is_whole = all(isinstance(sample, int) for sample in held) and _WHOLE.search(name)
        return "integer" if is_whole else "number"
    if all(isinstance(sample, str) for sample in held) and all(_is_time(sample) for sample in held):
        return "time"
    return "string"


def _is_time(text: str) -> bool:
    if len(text) < 10 or "-" not in text[:8]:
        return False
    try:
        stated_ns(text)
    except ValueError:
        return False
    return True


def pointer_text(pointer: tuple[str, ...]) -> str:
    """Return the JSON pointer of steps (RFC 6901)."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in pointer)
