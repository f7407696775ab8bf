"""Says what stands in for a missing required attribute, and which class an unnamed element is."""

from __future__ import annotations

import uuid
from typing import Any

from ._findings import Findings

IEC_61360 = "https://admin-shell.io/DataSpecificationTemplates/DataSpecificationIec61360/3"
_SPACE = uuid.UUID("6b7a3f1e-50a4-5c0e-9b0e-2f6f3b1c7d10")
_MODEL_ROOTS = ("AssetAdministrationShell", "Submodel", "ConceptDescription", "Identifiable")

_PLAIN_DEFAULTS: dict[tuple[str, str], Any] = {
    ("Property", "valueType"): "xs:string",
    ("Range", "valueType"): "xs:string",
    ("Qualifier", "valueType"): "xs:string",
    ("Qualifier", "type"): "unnamed",
    ("Extension", "name"): "unnamed",
    ("SpecificAssetId", "name"): "unnamed",
    ("Key", "type"): "GlobalReference",
    ("LangString", "language"): "und",
    ("AssetAdministrationShell", "assetInformation"): {"assetKind": "NotApplicable"},
    ("AssetInformation", "assetKind"): "Instance",
    ("BasicEventElement", "direction"): "output",
    ("BasicEventElement", "state"): "off",
    ("BasicEventElement", "observed"): {
        "type": "ExternalReference",
        "keys": [{"type": "GlobalReference", "value": "urn:xushi:unknown"}],
    },
    ("EmbeddedDataSpecification", "dataSpecification"): {
        "type": "ExternalReference",
        "keys": [{"type": "GlobalReference", "value": IEC_61360}],
    },
    ("LevelType", "min"): False,
    ("LevelType", "nom"): False,
    ("LevelType", "typ"): False,
    ("LevelType", "max"): False,
}


def reference_type(keys: list[dict[str, Any]]) -> str:
    """Return the type of a reference by its first key (AASd-122, AASd-123)."""
    first = keys[0].get("type") if keys else None
    return "ModelReference" if first in _MODEL_ROOTS else "ExternalReference"


def invented_id(class_name: str, place: str, id_short: object) -> str:
    """Return an identifier for a thing without one: the same file gives the same identifier each time."""
    return f"urn:xushi:missing:{uuid.uuid5(_SPACE, f'{class_name}|{place}|{id_short}')}"


def _preferred_name(part: dict[str, Any]) -> Any:
    return part.get("shortName") or part.get("definition") or [{"language": "und", "text": "-"}]


def _list_type(part: dict[str, Any]) -> str:
    kinds = {str(child.get("modelType")) for child in part.get("value", ())}
    return kinds.pop() if len(kinds) == 1 else "SubmodelElement"


def stand_in(class_name: str, name: str, part: dict[str, Any], place: str, findings: Findings) -> Any:
    """Return the value for a missing required attribute, noting it; None where the part must go."""
    if name == "id":
        made = invented_id(class_name, place, part.get("idShort"))
        findings.add("twins.missing_id", place, id=made)
        return made
    if (class_name, name) == ("Reference", "type"):
        value: Any = reference_type(part.get("keys", []))
    elif (class_name, name) == ("DataSpecificationIec61360", "preferredName"):
        value = _preferred_name(part)
    elif (class_name, name) == ("SubmodelElementList", "typeValueListElement"):
        value = _list_type(part)
    else:
        value = _PLAIN_DEFAULTS.get((class_name, name))
    if value is not None:
        text = value if isinstance(value, str | bool) else "…"
        findings.add("twins.missing_attribute", place, attribute=name, value=text)
    return value


_MARKS: tuple[tuple[str, str], ...] = (
    ("statements", "Entity"),
    ("entityType", "Entity"),
    ("typeValueListElement", "SubmodelElementList"),
    ("orderRelevant", "SubmodelElementList"),
    ("annotations", "AnnotatedRelationshipElement"),
    ("annotation", "AnnotatedRelationshipElement"),
    ("first", "RelationshipElement"),
    ("second", "RelationshipElement"),
    ("observed", "BasicEventElement"),
    ("inputVariables", "Operation"),
    ("outputVariables", "Operation"),
    ("inoutputVariables", "Operation"),
    ("min", "Range"),
    ("max", "Range"),
    ("contentType", "File"),
    ("mimeType", "File"),
    ("valueType", "Property"),
)


def guess_element(part: dict[str, Any]) -> str:
    """Return the class that an element without model type most likely is, by the attributes it has."""
    for name, class_name in _MARKS:
        if name in part:
            return class_name
    value = part.get("value")
    if isinstance(value, list):
        is_text = any(isinstance(item, dict) and "language" in item for item in value)
        return "MultiLanguageProperty" if is_text else "SubmodelElementCollection"
    if isinstance(value, dict):
        return "ReferenceElement" if "keys" in value else "SubmodelElementCollection"
    return "Property" if value is not None else "Capability"
