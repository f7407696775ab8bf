"""Short hands for AAS elements as the plain JSON that records hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Json = dict[str, Any]


def outside(value: str) -> Json:
    """Return a reference to a concept outside the environment."""
    return {"type": "ExternalReference", "keys": [{"type": "GlobalReference", "value": value}]}


def inside(submodel: str, *path: tuple[str, str]) -> Json:
    """Return a reference to an element: (key type, idShort) steps from the submodel downwards."""
    keys = [{"type": "Submodel", "value": submodel}, *({"type": kind, "value": value} for kind, value in path)]
    return {"type": "ModelReference", "keys": keys}


def text(id_short: str, value: str | None, meaning: str = "", type: str = "xs:string") -> Json:
    """Return a Property."""
    element: Json = {"modelType": "Property", "idShort": id_short}
    if meaning:
        element["semanticId"] = outside(meaning)
    element["valueType"] = type
    if value is not None:
        element["value"] = value
    return element


def words(id_short: str, value: dict[str, str], meaning: str = "") -> Json:
    """Return a MultiLanguageProperty."""
    element: Json = {"modelType": "MultiLanguageProperty", "idShort": id_short}
    if meaning:
        element["semanticId"] = outside(meaning)
    return {**element, "value": strings(value)}


def strings(value: dict[str, str]) -> list[Json]:
    """Return language strings."""
    return [{"language": language, "text": word} for language, word in value.items() if word]


def group(id_short: str | None, value: Sequence[Json], meaning: str = "", also: Iterable[str] = ()) -> Json:
    """Return a SubmodelElementCollection; without an idShort as a member of a list."""
    element: Json = {"modelType": "SubmodelElementCollection"}
    if id_short is not None:
        element["idShort"] = id_short
    if meaning:
        element["semanticId"] = outside(meaning)
    supplements = [outside(one) for one in also]
    if supplements:
        element["supplementalSemanticIds"] = supplements
    if value:
        element["value"] = list(value)
    return element


def series(id_short: str, value: Sequence[Json], of: str, meaning: str = "", value_type: str = "") -> Json:
    """Return a SubmodelElementList whose order says nothing."""
    element: Json = {"modelType": "SubmodelElementList", "idShort": id_short}
    if meaning:
        element["semanticId"] = outside(meaning)
    element |= {"orderRelevant": bool(value_type), "typeValueListElement": of}
    if value_type:
        element["valueTypeListElement"] = value_type
    if value:
        element["value"] = list(value)
    return element


def qualifier(type: str, value_type: str, value: str) -> Json:
    """Return a qualifier that says something about what an element means."""
    return {"kind": "ConceptQualifier", "type": type, "valueType": value_type, "value": value}


def pointer(id_short: str | None, target: Json, meaning: str = "") -> Json:
    """Return a ReferenceElement."""
    element: Json = {"modelType": "ReferenceElement"}
    if id_short is not None:
        element["idShort"] = id_short
    if meaning:
        element["semanticId"] = outside(meaning)
    return {**element, "value": target}


def submodel(id: str, id_short: str, meaning: str, name: dict[str, str], elements: Sequence[Json]) -> Json:
    """Return a Submodel."""
    made: Json = {
        "modelType": "Submodel", "idShort": id_short, "displayName": strings(name), "id": id, "kind": "Instance",
    }  # fmt: skip
    if meaning:
        made["semanticId"] = outside(meaning)
    if elements:
        made["submodelElements"] = list(elements)
    return made
