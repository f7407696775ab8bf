"""What a connector must know beyond the address, as one cell: `type=float32; scale=0.1`, exact on the way back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_NAME = re.compile(r'\s*(?:("(?:[^"\\]|\\.){1,1000}")|([^\s=;"]{1,80}))\s*=\s*')
_WORD = re.compile(r'[^\s=;"]{1,80}')
_END = re.compile(r"\s*(?:;|$)")
_DECODER = json.JSONDecoder()


def options_text(options: Mapping[str, Any]) -> str:
    """Return options as `name=value; …`: a plain word as it is, anything else as JSON (RFC 8259)."""
    return "; ".join(f"{_name(name)}={_value(value)}" for name, value in options.items())


def _name(name: str) -> str:
    return name if _WORD.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def options_of(text: str) -> dict[str, Any]:
    """Return what `options_text` was given.

    Raises:
        ValueError: the text is no list of `name=value`.
    """
    found: dict[str, Any] = {}
    at, stop = 0, len(text.rstrip().rstrip(";"))
    while at < stop:
        name = _NAME.match(text, at)
        key = "" if name is None else json.loads(name[1]) if name[1] else name[2]
        if name is None or key in found:
            raise ValueError(text[at : at + 80])
        found[key], at = _read(text, name.end())
    return found


def _read(text: str, at: int) -> tuple[Any, int]:
    """Return a value and where the next begins."""
    try:
        value, stop = _DECODER.raw_decode(text, at)
        end = _END.match(text, stop)
    except (ValueError, RecursionError):
        end = None
    if end is not None:
        return value, end.end()
    word, _, _ = text[at:].partition(";")
    return word.strip(), at + len(word) + 1


def _value(value: Any) -> str:
    if isinstance(value, str) and ";" not in value and value == value.strip() and value and _read(value, 0)[0] == value:
        return value
    return json.dumps(value, ensure_ascii=False)
