"""Walks over submodel elements and finds one by its idShort path (IDTA-01002, clause 10.4: `a.b[2].c`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from ._elements import (
    AnnotatedRelationshipElement,
    Element,
    Entity,
    File,
    Operation,
    SubmodelElementCollection,
    SubmodelElementList,
)
from ._environment import Environment, Submodel

_STEP = re.compile(r"\[(\d{1,9})\]|([^.\[\]]+)")
_OUTSIDE = re.compile(r"^(?!file:)[A-Za-z][A-Za-z0-9+.-]+:", re.IGNORECASE)


def _operation_elements(operation: Operation) -> Sequence[Element]:
    groups = (operation.input_variables, operation.output_variables, operation.inoutput_variables)
    return tuple(variable.value for group in groups for variable in group)


_BELOW: dict[type, Callable[[Any], Sequence[Element]]] = {
    Submodel: attrgetter("submodel_elements"),
    SubmodelElementCollection: attrgetter("value"),
    SubmodelElementList: attrgetter("value"),
    Entity: attrgetter("statements"),
    AnnotatedRelationshipElement: attrgetter("annotations"),
    Operation: _operation_elements,
}


def children(parent: Submodel | Element) -> Sequence[Element]:
    """Return the elements directly below a submodel or an element; empty for leaves."""
    below = _BELOW.get(type(parent))
    return below(parent) if below is not None else ()


def child_path(path: str, parent: Submodel | Element, child: Element, index: int) -> str:
    """Return the idShort path of a child: by index in a list or where it has no idShort, else by idShort."""
    if isinstance(parent, SubmodelElementList) or not child.id_short:
        return f"{path}[{index}]"
    return f"{path}.{child.id_short}" if path else child.id_short


def walk(parent: Submodel | Element, path: str = "") -> Iterator[tuple[str, Element]]:
    """Yield (idShort path, element) of everything below, each parent before its children, in file order."""
    stack: list[Iterator[tuple[str, Element]]] = [_level(parent, path)]
    while stack:
        entry = next(stack[-1], None)
        if entry is None:
            stack.pop()
            continue
        yield entry
        below = children(entry[1])
        if below:
            stack.append(_level(entry[1], entry[0]))


def _level(parent: Submodel | Element, path: str) -> Iterator[tuple[str, Element]]:
    return iter([(child_path(path, parent, child, i), child) for i, child in enumerate(children(parent))])


def find(parent: Submodel | Element, path: str) -> Element | None:
    """Return the element at an idShort path below a submodel or element; None where there is none."""
    here: Submodel | Element = parent
    found: Element | None = None
    position = 0
    for match in _STEP.finditer(path):
        if path[position : match.start()] not in ("", "."):
            return None
        position = match.end()
        found = _step(here, match.group(1), match.group(2))
        if found is None:
            return None
        here = found
    return found if position == len(path) else None


def _step(parent: Submodel | Element, index: str | None, name: str | None) -> Element | None:
    below = children(parent)
    if index is not None:
        return below[int(index)] if int(index) < len(below) else None
    return next((child for child in below if child.id_short == name), None)


def count_elements(environment: Environment) -> int:
    """Return how many submodel elements an environment has, at all levels."""
    return sum(1 for submodel in environment.submodels for _ in walk(submodel))


def file_values(environment: Environment) -> Iterator[tuple[str, str]]:
    """Yield (place, path) of each file in the package that a thumbnail or a File element names."""
    for shell in environment.asset_administration_shells:
        thumbnail = shell.asset_information.default_thumbnail
        if thumbnail is not None and thumbnail.path and not _OUTSIDE.match(thumbnail.path):
            yield f"{shell.id_short or shell.id}/defaultThumbnail", thumbnail.path
    for submodel in environment.submodels:
        for path, element in walk(submodel):
            if isinstance(element, File) and element.value and not _OUTSIDE.match(element.value):
                yield f"{submodel.id_short or submodel.id}#{path}", element.value
