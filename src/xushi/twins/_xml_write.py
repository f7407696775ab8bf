"""Writes environments as XML of IDTA-01001: the same environment always gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from ..kernel import XushiError
from ._environment import Environment
from ._repair import FORBIDDEN
from ._schema import Attribute, attributes, lower_first
from ._semantics import Part

Write = Callable[[str], None]

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


def to_xml(environment: Environment, version: str = "3.1") -> bytes:
    """Return the environment as an XML document in UTF-8, in the namespace of `version` ("3.0" or "3.1").

    Raises:
        XushiError: `twins.xml_character` where a text holds what XML cannot; `twins.too_deep`.
    """
    pieces: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    major, _, minor = version.partition(".")
    pieces.append(f'<environment xmlns="https://admin-shell.io/aas/{major}/{minor or 0}">')
    try:
        _inside(environment, pieces.append)
    except RecursionError:
        raise XushiError("twins.too_deep", limit="") from None
    pieces.append("</environment>\n")
    text = "".join(pieces)
    found = FORBIDDEN.search(text)
    if found is not None:
        before = text[max(0, found.start() - 60) : found.start()]
        raise XushiError("twins.xml_character", character=f"U+{ord(found.group()):04X}", before=before)
    return text.encode()


@cache
def _attributes(cls: type[Part]) -> tuple[Attribute, ...]:
    return tuple(attributes(cls).values())


def _inside(part: Part, write: Write) -> None:
    for attribute in _attributes(type(part)):
        value = getattr(part, attribute.field)
        if value is None or value == ():
            continue
        name, kind = attribute.name, attribute.kind
        if kind == "text" or kind == "word":
            write(f"<{name}>{value.translate(_ESCAPES)}</{name}>")
            continue
        if kind == "flag":
            write(f"<{name}>{'true' if value else 'false'}</{name}>")
            continue
        write(f"<{name}>")
        _members(value, attribute, write)
        write(f"</{name}>")


def _members(value: Any, attribute: Attribute, write: Write) -> None:
    if attribute.kind == "part":
        _inside(value, write)
    elif attribute.kind == "parts":
        for member in value:
            _tagged(member, attribute.item, write)
    elif attribute.kind == "choice":
        _tagged(value, lower_first(type(value).__name__), write)
    else:
        for member in value:
            _tagged(member, lower_first(type(member).__name__), write)


def _tagged(part: Part, tag: str, write: Write) -> None:
    write(f"<{tag}>")
    _inside(part, write)
    write(f"</{tag}>")
