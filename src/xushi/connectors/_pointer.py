"""Follows JSON pointers (RFC 6901) into plain values, whatever they were decoded from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def split_pointer(pointer: str) -> tuple[str, ...]:
    """Return the steps of a JSON pointer (RFC 6901); the empty pointer is the whole document."""
    if not pointer or pointer == "/":
        return ()
    steps = pointer.removeprefix("/").split("/")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def part_at(value: Any, steps: Sequence[str], missing: Any = None) -> Any:
    """Return the part of a plain value that names and indices lead to; `missing` where there is none."""
    for step in steps:
        if isinstance(value, dict):
            value = value.get(step, missing)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return missing
    return value
