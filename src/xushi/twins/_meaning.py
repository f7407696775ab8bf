"""Recognises what a submodel or an element is about: by semantic id whatever its version, else by idShort."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal

from ._elements import (
    Blob,
    Element,
    File,
    MultiLanguageProperty,
    Property,
    Range,
    ReferenceElement,
    SubmodelElement,
)
from ._environment import Submodel
from ._semantics import LangString
from ._walk import children

Topic = Literal[
    "nameplate",
    "technical_data",
    "structure",
    "models_3d",
    "time_series",
    "documentation",
    "interfaces",
    "mapping",
    "",
]
"""What a submodel is about; empty where it follows no template that is known here."""

_TOPIC_IDS: Mapping[str, Topic] = {
    "admin-shell.io/idta/nameplate/3/0/nameplate": "nameplate",
    "admin-shell.io/zvei/nameplate/2/0/nameplate": "nameplate",
    "admin-shell.io/zvei/nameplate/1/0/nameplate": "nameplate",
    "www.hsu-hh.de/aut/aas/nameplate": "nameplate",
    "0173-1#01-ahx837": "technical_data",
    "admin-shell.io/zvei/technicaldata/submodel": "technical_data",
    "admin-shell.io/idta/technicaldata/submodel": "technical_data",
    "admin-shell.io/idta/hierarchicalstructures/1/1/submodel": "structure",
    "admin-shell.io/idta/hierarchicalstructures/1/0/submodel": "structure",
    "admin-shell.io/idta/hierarchicalstructures/template/1/1/submodel": "structure",
    "admin-shell.io/idta/models3d": "models_3d",
    "admin-shell.io/idta/timeseries": "time_series",
    "0173-1#01-ahf578": "documentation",
    "admin-shell.io/zvei/handoverdocumentation": "documentation",
    "admin-shell.io/vdi/2770/1/0/documentation": "documentation",
    "admin-shell.io/idta/assetinterfacesdescription/1/0/submodel": "interfaces",
    "admin-shell.io/idta/assetinterfacesdescription/1/1/submodel": "interfaces",
    "admin-shell.io/idta/assetinterfacesmappingconfiguration/1/0/submodel": "mapping",
    "admin-shell.io/idta/assetinterfacesmappingconfiguration/2/0/submodel": "mapping",
}
_TOPIC_WORDS: tuple[tuple[str, Topic], ...] = (
    ("assetinterfacesmappingconfiguration", "mapping"),
    ("assetinterfacesdescription", "interfaces"),
    ("nameplate", "nameplate"),
    ("technicaldata", "technical_data"),
    ("hierarchicalstructures", "structure"),
    ("models3d", "models_3d"),
    ("timeseries", "time_series"),
    ("handoverdocumentation", "documentation"),
)
_SCHEME = re.compile(r"^(?:https?://|urn:)")
_VERSION = re.compile(r"(?:/\d+){1,3}$")
_IRDI_VERSION = re.compile(r"#\d{3}$")
_COUNTER = re.compile(r"(?:_*\d+_*)$")


@lru_cache(maxsize=8192)
def plain_meaning(identifier: str) -> str:
    """Return a semantic id without scheme, letter case, trailing slash and version."""
    text = _SCHEME.sub("", identifier.strip().casefold()).rstrip("/")
    return _IRDI_VERSION.sub("", _VERSION.sub("", text))


def _split(identifier: str) -> list[str]:
    """Return the parts of a composite IRDI ("0173-1#02-…#002/0173-1#01-…#002"), or the identifier itself."""
    if identifier[:5] in ("0173-", "0112/") and "/0173-" in identifier:
        first, _, rest = identifier.partition("/0173-")
        return [first, "0173-" + rest]
    return [identifier]


def meanings(part: Submodel | SubmodelElement) -> set[str]:
    """Return all meanings of a submodel or element: its semantic id and the supplemental ones, plain."""
    references = (*((part.semantic_id,) if part.semantic_id else ()), *part.supplemental_semantic_ids)
    return {plain_meaning(each) for ref in references for key in ref.keys for each in _split(key.value)}


def means(part: Submodel | SubmodelElement, *identifiers: str) -> bool:
    """Tell whether a submodel or element has one of the semantic ids, whatever their version."""
    found = meanings(part)
    return any(plain_meaning(identifier) in found for identifier in identifiers)


def topic_of(submodel: Submodel) -> Topic:
    """Return what a submodel is about, by semantic id, else by a telling idShort."""
    wanted = {plain_meaning(key): topic for key, topic in _TOPIC_IDS.items()}
    found = meanings(submodel)
    for meaning in found:
        if meaning in wanted:
            return wanted[meaning]
    for text in (*found, (submodel.id_short or "").casefold()):
        steps = text.replace("_", "").replace("-", "").split("/")
        for word, topic in _TOPIC_WORDS:
            if steps[-1] == word or (steps[-1] == "submodel" and word in steps):
                return topic
    return ""


def named(parent: Submodel | Element | None, *names: str) -> Element | None:
    """Return the first child with one of the idShorts, in the order of `names`; letter case is ignored."""
    if parent is None:
        return None
    below = {(child.id_short or "").casefold(): child for child in reversed(children(parent))}
    return next((below[name.casefold()] for name in names if name.casefold() in below), None)


def numbered(parent: Submodel | Element | None, *names: str) -> list[Element]:
    """Return children with one of the idShorts, counters such as `Document00` or `Document__1__` aside."""
    if parent is None:
        return []
    wanted = {name.casefold() for name in names}
    return [
        child
        for child in children(parent)
        if _COUNTER.sub("", (child.id_short or "").casefold()) in wanted or (child.id_short or "").casefold() in wanted
    ]


def texts(strings: Iterable[LangString]) -> dict[str, str]:
    """Return language → text; the first text of a language counts."""
    found: dict[str, str] = {}
    for string in strings:
        found.setdefault(string.language, string.text)
    return found


def texts_of(element: Element | None) -> dict[str, str]:
    """Return an element's value by language; a value without language stands under ""."""
    if isinstance(element, MultiLanguageProperty):
        return texts(element.value)
    value = text_of(element)
    return {"": value} if value else {}


def text_of(element: Element | None) -> str:
    """Return an element's value as one text: English, else the first language; empty where it has none."""
    if isinstance(element, Property | File | Blob):
        return element.value or ""
    if isinstance(element, MultiLanguageProperty):
        found = texts(element.value)
        english = next((text for tag, text in found.items() if tag.casefold().startswith("en")), None)
        return english if english is not None else next(iter(found.values()), "")
    if isinstance(element, Range):
        return f"{element.min or ''} … {element.max or ''}" if element.min or element.max else ""
    if isinstance(element, ReferenceElement) and element.value is not None:
        return element.value.keys[-1].value
    return ""


def name_of(part: Submodel | SubmodelElement) -> dict[str, str]:
    """Return the display names by language; the idShort under "" where there is none."""
    return texts(part.display_name) or {"": part.id_short or ""}
