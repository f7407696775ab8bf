"""Writes environments as XML of IDTA-01001: the same environment always gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from ..kernel import XushiError
from ._environment import Environment
from ._limits import Limits
from ._repair import FORBIDDEN
from ._schema import attributes, lower_first
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
        raise XushiError("twins.too_deep", limit=Limits().depth) from None
    pieces.append("</environment>\n")
    text = "".join(pieces)
    found = FORBIDDEN.search(text)
    if found is not None:
        before = text[max(0, found.start() - 60) : found.start()]
        raise XushiError("twins.xml_character", character=f"U+{ord(found.group()):04X}", before=before)
    return text.encode()


class _Plan(NamedTuple):
    """How one attribute is written."""

    kind: str
    head: str
    tail: str
    item: str


@cache
def _plan(cls: type[Part]) -> tuple[Callable[[Part], tuple[Any, ...]], tuple[_Plan, ...]]:
    """Return what fetches the values of a class's attributes at once, and how each is written."""
    table = list(attributes(cls).values())
    fields = [attribute.field for attribute in table]
    getter = attrgetter(*fields)
    fetch: Callable[[Part], tuple[Any, ...]] = getter if len(fields) > 1 else lambda part: (getter(part),)
    return fetch, tuple(_Plan(a.kind, f"<{a.name}>", f"</{a.name}>", a.item) for a in table)


@cache
def _tags(cls: type[Part]) -> tuple[str, str]:
    """Return the opening and closing tag of a class."""
    name = lower_first(cls.__name__)
    return f"<{name}>", f"</{name}>"


def _escaped(text: str) -> str:
    if "&" in text or "<" in text or ">" in text or "\r" in text:
        return text.translate(_ESCAPES)
    return text


def _inside(part: Part, write: Write) -> None:
    fetch, plans = _plan(type(part))
    for value, (kind, head, tail, item) in zip(fetch(part), plans, strict=True):
        if value is None or value == ():
            continue
        if kind == "text":
            write(f"{head}{_escaped(value)}{tail}")
        elif kind == "word":
            write(f"{head}{value}{tail}")
        elif kind == "flag":
            write(f"{head}{'true' if value else 'false'}{tail}")
        else:
            write(head)
            _members(value, kind, item, write)
            write(tail)


def _members(value: Any, kind: str, item: str, write: Write) -> None:
    if kind == "part":
        _inside(value, write)
    elif kind == "parts":
        for member in value:
            write(f"<{item}>")
            _inside(member, write)
            write(f"</{item}>")
    else:
        for member in value if kind == "choices" else (value,):
            kind_of: type[Part] = type(member)
            head, tail = _tags(kind_of)
            write(head)
            _inside(member, write)
            write(tail)
