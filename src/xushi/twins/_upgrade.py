"""Upgrades plain objects of AAS 1.0, 2.0 and 3.0RC01 to version 3, and says what became what."""

from __future__ import annotations

from typing import Any

from ._findings import Findings
from ._upgrade_parts import (
    data_specifications,
    first_text,
    has_content,
    lang_strings,
    qualifiers,
    reference,
    value_type,
)

_REFERENCES = {"semanticId", "valueId", "first", "second", "observed", "derivedFrom", "messageBroker"}
_DROPPED = {"parent", "idShortPath", "checksum", "allowDuplicates", "extension", "conceptDictionaries"}
_VARIABLES = {
    "inputVariable": "inputVariables",
    "inputVariables": "inputVariables",
    "in": "inputVariables",
    "outputVariable": "outputVariables",
    "outputVariables": "outputVariables",
    "out": "outputVariables",
    "inoutputVariable": "inoutputVariables",
    "inoutputVariables": "inoutputVariables",
}


def is_old(plain: dict[str, Any]) -> bool:
    """Tell whether a plain JSON environment was written for version 1 or 2."""
    if "assets" in plain:
        return True
    for name in ("assetAdministrationShells", "submodels", "conceptDescriptions"):
        for item in _objects(plain.get(name)):
            return "identification" in item or isinstance(item.get("modelType"), dict)
    return False


def upgrade_environment(plain: dict[str, Any], findings: Findings, version: str = "2.0") -> dict[str, Any]:
    """Return the environment in the shape of version 3; the repair pass afterwards checks every attribute."""
    findings.add("twins.upgraded", "/", version=version)
    assets = _objects(plain.get("assets"))
    by_id = {_identifier(asset): asset for asset in assets}
    upgraded = {
        "assetAdministrationShells": [
            _shell(shell, by_id, f"/assetAdministrationShells/{_name(shell, index)}", findings)
            for index, shell in enumerate(_objects(plain.get("assetAdministrationShells")))
        ],
        "submodels": [
            _submodel(submodel, f"/submodels/{_name(submodel, index)}", findings)
            for index, submodel in enumerate(_objects(plain.get("submodels")))
        ],
        "conceptDescriptions": [
            _concept(concept, f"/conceptDescriptions/{_name(concept, index)}", findings)
            for index, concept in enumerate(_objects(plain.get("conceptDescriptions")))
        ],
    }
    for asset in assets:
        if _identifier(asset) in by_id:
            findings.tally("twins.upgrade_asset_alone", f"/assets/{_name(asset, 0)}")
    return {name: items for name, items in upgraded.items() if items}


def _objects(value: Any) -> list[dict[str, Any]]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def _name(item: dict[str, Any], index: int) -> str:
    name = item.get("idShort")
    return name if isinstance(name, str) and name else str(index)


def _identifier(item: dict[str, Any]) -> str:
    given = item.get("identification", item.get("id"))
    if isinstance(given, list):
        given = given[0] if given else None
    if isinstance(given, dict):
        given = given.get("id")
    return str(given).strip() if given else ""


def _shell(shell: dict[str, Any], assets: dict[str, Any], place: str, findings: Findings) -> dict[str, Any]:
    found = _identifiable(shell, place, findings)
    about = found.pop("assetRef", None) or found.pop("asset", None)
    if "assetInformation" in found:
        found["assetInformation"] = _asset_information(found["assetInformation"], place, findings)
    else:
        asset_id = first_text(about)
        asset = assets.pop(asset_id, None) if asset_id else None
        kind = asset.get("kind", "Instance") if asset else "Instance"
        information: dict[str, Any] = {"assetKind": "Type" if kind in ("Type", "Template") else "Instance"}
        if asset_id:
            information["globalAssetId"] = asset_id
        found["assetInformation"] = information
        findings.tally("twins.upgrade_asset", place)
    members = found.pop("submodelRefs", None) or found.pop("submodels", None)
    references = [reference(item, place, findings, "ModelReference") for item in _objects(members)]
    if any(references):
        found["submodels"] = [item for item in references if item]
    for lost in ("views", "security"):
        if has_content(found.pop(lost, None)):
            findings.tally("twins.upgrade_lost", f"{place}/{lost}")
    return found


def _asset_information(given: Any, place: str, findings: Findings) -> dict[str, Any]:
    if not isinstance(given, dict):
        return {"assetKind": "Instance"}
    found = {key: value for key, value in given.items() if has_content(value)}
    if "globalAssetId" in found:
        found["globalAssetId"] = first_text(found["globalAssetId"])
        findings.tally("twins.upgrade_asset", place)
    return {key: value for key, value in found.items() if value is not None}


def _submodel(submodel: dict[str, Any], place: str, findings: Findings) -> dict[str, Any]:
    found = _identifiable(submodel, place, findings)
    if found.get("kind") in ("Type", "Template"):
        found["kind"] = "Template"
    elements = _elements(found.pop("submodelElements", None), f"{place}/submodelElements", findings)
    if elements:
        found["submodelElements"] = elements
    return found


def _concept(concept: dict[str, Any], place: str, findings: Findings) -> dict[str, Any]:
    found = _identifiable(concept, place, findings)
    cases = [reference(item, place, findings) for item in _objects(found.pop("isCaseOf", None))]
    if any(cases):
        found["isCaseOf"] = [item for item in cases if item]
    return found


def _identifiable(item: dict[str, Any], place: str, findings: Findings) -> dict[str, Any]:
    found = _common(item, place, findings)
    if "identification" in found:
        identifier = _identifier(found)
        del found["identification"]
        if identifier:
            found["id"] = identifier
        findings.tally("twins.upgrade_identification", place)
    return found


def _common(item: dict[str, Any], place: str, findings: Findings) -> dict[str, Any]:
    """Upgrade what all referables have: references, texts, qualifiers, data specifications."""
    found: dict[str, Any] = {}
    specifications: list[Any] = []
    for key, value in item.items():
        if key in _DROPPED or not has_content(value):
            if key in _DROPPED and has_content(value):
                findings.tally("twins.upgrade_dropped", f"{place}/{key}")
        elif key in _REFERENCES:
            upgraded = reference(value, f"{place}/{key}", findings)
            if upgraded is not None:
                found[key] = upgraded
        elif key in ("description", "descriptions", "displayName"):
            found["displayName" if key == "displayName" else "description"] = lang_strings(value)
        elif key in ("qualifier", "qualifiers", "constraints"):
            found["qualifiers"] = qualifiers(value, f"{place}/{key}", findings)
        elif key in ("embeddedDataSpecification", "embeddedDataSpecifications", "hasDataSpecification"):
            specifications += data_specifications(value, f"{place}/{key}", findings)
        elif key != "modelType":
            found[key] = value
    if specifications:
        found["embeddedDataSpecifications"] = specifications
    return found


def _elements(value: Any, place: str, findings: Findings) -> list[dict[str, Any]]:
    return [_element(item, f"{place}/{_name(item, index)}", findings) for index, item in enumerate(_objects(value))]


def _element(element: dict[str, Any], place: str, findings: Findings) -> dict[str, Any]:
    if set(element) <= {"submodelElement", "dataElement"} and element:
        element = next(iter(_objects(next(iter(element.values())))), {})
    name = element.get("modelType")
    class_name = name.get("name", "") if isinstance(name, dict) else str(name or "")
    found = _common(element, place, findings)
    if found.pop("kind", None) is not None:
        findings.tally("twins.upgrade_dropped", f"{place}/kind")
    if class_name:
        found = {"modelType": class_name, **found}
    if "mimeType" in found:
        found["contentType"] = found.pop("mimeType")
    _contents(found, class_name, place, findings)
    return found


def _contents(found: dict[str, Any], class_name: str, place: str, findings: Findings) -> None:
    """Upgrade what is particular to one class of element."""
    match class_name:
        case "Property" | "Range":
            found["valueType"] = value_type(found.get("valueType"), place, findings)
        case "SubmodelElementCollection" | "SubmodelElementList":
            ordered = found.pop("ordered", None)
            if class_name.endswith("Collection") and str(ordered).casefold() == "true":
                findings.tally("twins.upgrade_dropped", f"{place}/ordered")
            children = _elements(found.pop("value", None), f"{place}/value", findings)
            if children:
                found["value"] = children
        case "ReferenceElement":
            upgraded = reference(found.pop("value", None), f"{place}/value", findings)
            if upgraded is not None:
                found["value"] = upgraded
        case "MultiLanguageProperty":
            if "value" in found:
                found["value"] = lang_strings(found["value"])
        case "Entity":
            about = first_text(found.pop("assetRef", None) or found.pop("asset", None))
            if about:
                found["globalAssetId"] = about
            statements = found.pop("statements", None) or found.pop("statement", None)
            children = _elements(statements, f"{place}/statements", findings)
            if children:
                found["statements"] = children
        case "AnnotatedRelationshipElement":
            given = found.pop("annotations", None) or found.pop("annotation", None)
            children = _elements(given, f"{place}/annotations", findings)
            if children:
                found["annotations"] = children
        case "BasicEvent" | "BasicEventElement" | "Event":
            findings.tally("twins.upgrade_event", place)
            found["modelType"] = "BasicEventElement"
            found.setdefault("direction", "output")
            found.setdefault("state", "off")
        case "Operation":
            _variables(found, place, findings)


def _variables(found: dict[str, Any], place: str, findings: Findings) -> None:
    for old, new in _VARIABLES.items():
        given = found.pop(old, None)
        upgraded: list[dict[str, Any]] = []
        for variable in _objects(given):
            inner = variable.get("value", variable.get("operationVariable", variable))
            while isinstance(inner, dict) and set(inner) <= {"value", "operationVariable"} and inner:
                inner = next(iter(inner.values()))
            upgraded += [{"value": element} for element in _elements(inner, f"{place}/{new}", findings)]
        if upgraded:
            found[new] = upgraded
