"""Upgrades the small parts of version 2: references, texts, qualifiers, value types, data specifications."""

from __future__ import annotations

from typing import Any

from ._findings import Findings
from ._missing import reference_type

_ROOTS = ("AssetAdministrationShell", "Submodel", "ConceptDescription", "GlobalReference")


def has_content(value: Any) -> bool:
    """Tell whether anything stands in a value of version 2, which wrote many empty shells of things."""
    if isinstance(value, dict):
        return any(has_content(inner) for inner in value.values())
    if isinstance(value, list):
        return any(has_content(inner) for inner in value)
    return value is not None and (not isinstance(value, str) or bool(value))


def first_text(value: Any) -> str | None:
    """Return the id that a reference, an identification or a text names: its last key's value."""
    for _ in range(8):
        if isinstance(value, str):
            return value.strip() or None
        if isinstance(value, list):
            value = value[-1] if value else None
        elif isinstance(value, dict):
            named = (value.get(key) for key in ("keys", "values", "value", "id"))
            value = next((found for found in named if found), None)
    return None


def reference(value: Any, place: str, findings: Findings, kind: str | None = None) -> dict[str, Any] | None:
    """Return a reference of version 3; None where it has no key."""
    if isinstance(value, dict) and set(value) == {"reference"}:
        value = value["reference"]
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, dict)), None)
    if not isinstance(value, dict):
        return None
    given = value.get("keys", value.get("values"))
    keys = [_key(key) for key in given if isinstance(key, dict)] if isinstance(given, list) else []
    keys = [key for key in keys if key["value"]]
    if not keys:
        return None
    if keys[0]["type"] not in _ROOTS:
        keys[0]["type"] = "GlobalReference"
        findings.tally("twins.upgrade_reference_root", place)
    findings.tally("twins.upgrade_reference", place)
    guessed = reference_type(keys)
    return {"type": kind if kind and guessed == kind else guessed, "keys": keys}


def _key(key: dict[str, Any]) -> dict[str, str]:
    kind = str(key.get("type") or "GlobalReference")
    return {"type": kind[:1].upper() + kind[1:], "value": str(key.get("value") or "").strip()}


def lang_strings(value: Any) -> list[dict[str, Any]]:
    """Return a list of texts with language."""
    if isinstance(value, dict):
        inner = value.get("langString", value.get("langStrings"))
        value = inner if inner is not None else value
    items = value if isinstance(value, list) else [value]
    found: list[dict[str, Any]] = []
    for item in items:
        if isinstance(item, str) and item:
            found.append({"language": "und", "text": item})
        elif isinstance(item, dict):
            text = item.get("text", item.get("value"))
            if text is not None:
                found.append({"language": item.get("language") or item.get("lang") or "und", "text": text})
    return found


def value_type(value: Any, place: str, findings: Findings) -> str:
    """Return the XSD name of a value type; version 2 wrote names, objects or nothing."""
    for _ in range(4):
        if isinstance(value, dict):
            value = value.get("dataObjectType", value.get("name"))
    findings.tally("twins.upgrade_value_type", place)
    text = value.strip() if isinstance(value, str) else ""
    return text if text.startswith("xs:") else f"xs:{text}" if text else "xs:string"


def qualifiers(value: Any, place: str, findings: Findings) -> list[dict[str, Any]]:
    """Return qualifiers of version 3; formulas are gone since version 2 and are told."""
    if isinstance(value, dict) and isinstance(value.get("qualifier"), dict | list):
        value = value["qualifier"]
    found: list[dict[str, Any]] = []
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict):
            continue
        kind = item.get("type") or item.get("qualifierType")
        if not kind:
            findings.tally("twins.upgrade_lost", place)
            continue
        entry: dict[str, Any] = {
            "type": kind,
            "valueType": value_type(item.get("valueType"), place, findings),
        }
        text = item.get("value", item.get("qualifierValue"))
        if text is not None:
            entry["value"] = text
        for name in ("semanticId", "valueId"):
            target = reference(item.get(name), place, findings)
            if target is not None:
                entry[name] = target
        found.append(entry)
    return found


def data_specifications(value: Any, place: str, findings: Findings) -> list[dict[str, Any]]:
    """Return embedded data specifications; a bare reference to one has no content and is told as lost."""
    found: list[dict[str, Any]] = []
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict):
            continue
        content = item.get("dataSpecificationContent", item.get("content"))
        if isinstance(content, dict):
            named = {key.casefold(): inner for key, inner in content.items()}
            content = named.get("dataspecificationiec61360", content)
        if not isinstance(content, dict):
            if has_content(item):
                findings.tally("twins.upgrade_lost", place)
            continue
        entry: dict[str, Any] = {"dataSpecificationContent": _iec61360(content, place, findings)}
        target = reference(item.get("dataSpecification"), place, findings)
        if target is not None:
            entry["dataSpecification"] = target
        found.append(entry)
        findings.tally("twins.upgrade_data_specification", place)
    return found


def _iec61360(content: dict[str, Any], place: str, findings: Findings) -> dict[str, Any]:
    found: dict[str, Any] = {"modelType": "DataSpecificationIec61360"}
    for key, value in content.items():
        if not has_content(value) or key == "modelType":
            continue
        if key in ("preferredName", "shortName", "definition"):
            found[key] = lang_strings(value)
        elif key == "unitId":
            target = reference(value, place, findings)
            if target is not None:
                found[key] = target
        elif key == "valueList":
            found[key] = {"valueReferencePairs": _value_pairs(value, place, findings)}
        elif key == "levelType":
            named = {str(item).casefold() for item in (value if isinstance(value, list) else [value])}
            found[key] = {name: name in named for name in ("min", "nom", "typ", "max")}
        else:
            found[key] = value
    return found


def _value_pairs(value: Any, place: str, findings: Findings) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        value = value.get("valueReferencePairs", value.get("valueReferencePairTypes", []))
    pairs: list[dict[str, Any]] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and item.get("value") is not None:
            pair = {"value": item["value"], "valueId": reference(item.get("valueId"), place, findings)}
            pairs.append({key: inner for key, inner in pair.items() if inner is not None})
    return pairs
