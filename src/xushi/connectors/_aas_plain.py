"""Reads AAS elements as plain JSON objects: children by idShort, texts, references, qualifiers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

Element = dict[str, Any]
_HOLDING = ("submodelElements", "value", "statements")


def plain(thing: Any) -> Element:
    """Return an AAS object as its JSON object, whether it is a struct or plain already."""
    found: Element = thing if isinstance(thing, dict) else msgspec.to_builtins(thing)
    return found


def members(environment: Any, json_name: str, attribute: str) -> Sequence[Any]:
    """Return a list of an environment, whether it is a struct or plain JSON."""
    if isinstance(environment, dict):
        return environment.get(json_name) or ()
    return getattr(environment, attribute, None) or ()


def attribute(thing: Any, json_name: str, name: str) -> Any:
    """Return an attribute of a struct or a plain JSON object; None when absent."""
    return thing.get(json_name) if isinstance(thing, dict) else getattr(thing, name, None)


def children(element: Element | None) -> Sequence[Element]:
    """Return the elements inside a submodel, collection, list or entity."""
    if element is None:
        return ()
    for name in _HOLDING:
        inner = element.get(name)
        if isinstance(inner, list | tuple):
            return [child for child in inner if isinstance(child, dict)]
    return ()


def child(element: Element | None, name: str) -> Element | None:
    """Return the child with that idShort; capitals do not matter where no child fits exactly."""
    among = children(element)
    for one in among:
        if one.get("idShort") == name:
            return one
    wanted = name.lower()
    for one in among:
        if str(one.get("idShort", "")).lower() == wanted:
            return one
    return None


def text_of(element: Element | None, name: str) -> str:
    """Return the value of a Property child as text without white space around it; empty when absent."""
    found = child(element, name)
    value = found.get("value") if found else None
    return value.strip() if isinstance(value, str) else ""


def reference_of(element: Element | None, name: str) -> list[tuple[str, str]]:
    """Return the keys (type, value) of a ReferenceElement child; empty when absent."""
    found = child(element, name)
    return keys_of(found.get("value") if found else None)


def keys_of(reference: Any) -> list[tuple[str, str]]:
    """Return the keys (type, value) of a reference; empty for anything else."""
    if not isinstance(reference, dict):
        return []
    return [(str(key.get("type", "")), str(key.get("value", ""))) for key in reference.get("keys") or ()]


def meaning_of(element: Element) -> str:
    """Return the last key of the semanticId; empty when there is none."""
    keys = keys_of(element.get("semanticId"))
    return keys[-1][1] if keys else ""


def supplemental_meanings_of(element: Element) -> tuple[str, ...]:
    """Return the last key of each supplemental semantic id."""
    return tuple(keys[-1][1] for one in element.get("supplementalSemanticIds") or () if (keys := keys_of(one)))


def qualifier(element: Element, *types: str) -> str:
    """Return the value of the first qualifier of one of these types, in any capitals; empty if absent."""
    wanted = {type.lower() for type in types}
    for one in element.get("qualifiers") or ():
        if str(one.get("type", "")).lower() in wanted:
            return str(one.get("value") or "")
    return ""


def path_text(steps: Sequence[str]) -> str:
    """Return the idShort path of reference steps: dots between names, brackets around list indices."""
    path = ""
    for step in steps:
        path += f"[{step}]" if step.isdigit() and path else f".{step}" if path else step
    return path


def named_children(element: Element) -> tuple[dict[str, Element], Sequence[Element]]:
    """Return the children by idShort, and in their order: members of a list are named by their index."""
    among = children(element)
    by_name: dict[str, Element] = {}
    for one in among:
        by_name.setdefault(str(one.get("idShort", "")), one)
    return by_name, among


def texts_by_language(strings: Any) -> dict[str, str]:
    """Return language strings by the languages of the product; any Chinese tag counts as zh-CN."""
    named: dict[str, str] = {}
    for item in strings or ():
        tag = str(item.get("language", "")).lower()
        language = "zh-CN" if tag.startswith("zh") else "en" if tag.startswith("en") else tag
        named.setdefault(language, str(item.get("text", "")))
    return named


def iec61360(concept: Element | None) -> Iterator[Element]:
    """Yield the IEC 61360 contents of a concept description (IDTA-01003-a)."""
    for one in (concept or {}).get("embeddedDataSpecifications") or ():
        content = one.get("dataSpecificationContent")
        if isinstance(content, dict):
            yield content
