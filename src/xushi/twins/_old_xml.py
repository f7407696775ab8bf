"""Turns XML of AAS 1.0, 2.0 and 3.0RC01 into plain objects shaped as the JSON of version 2 was."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from ..kernel import XushiError
from ._schema import ELEMENTS, lower_first
from ._xml_tree import text_in

OLD_ELEMENT_NAMES = {
    **{lower_first(name): name for name in ELEMENTS},
    "basicEvent": "BasicEventElement",
    "event": "BasicEventElement",
    "submodelElementStruct": "SubmodelElementCollection",
}
_WRAPPERS = {"submodelElement", "dataElement"}
_LISTS = {
    "assetAdministrationShells",
    "assets",
    "submodels",
    "conceptDescriptions",
    "submodelRefs",
    "conceptDictionaries",
    "conceptDescriptionRefs",
    "views",
    "containedElements",
    "isCaseOf",
    "valueList",
    "valueReferencePairs",
    "inputVariable",
    "inputVariables",
    "outputVariable",
    "outputVariables",
    "inoutputVariable",
    "inoutputVariables",
    "in",
    "out",
    "supplementalSemanticIds",
    "specificAssetIds",
}
_ELEMENT_LISTS = {"submodelElements", "value", "statements", "statement", "annotations", "annotation"}


def old_environment(root: Element) -> dict[str, Any]:
    """Return the plain environment of version 2 in the tree.

    Raises:
        XushiError: `twins.not_aas` where the root is something else.
    """
    names = {child.tag for child in root}
    if root.tag not in ("aasenv", "environment") and not names & {"assetAdministrationShells", "submodels"}:
        raise XushiError("twins.not_aas")
    plain = _plain(root)
    return plain if isinstance(plain, dict) else {}


def _plain(node: Element) -> Any:
    if not len(node):
        return _leaf(node)
    tags = {child.tag for child in node}
    if node.tag in ("keys", "values"):
        return [_key(child) for child in node]
    if tags <= {"langString"}:
        return [{"language": _language(child), "text": text_in(child)} for child in node]
    if tags <= {"keys"} or tags <= {"values"}:
        return {"keys": [_key(key) for inner in node for key in inner]}
    if node.tag in _ELEMENT_LISTS and tags <= _WRAPPERS | OLD_ELEMENT_NAMES.keys():
        return [_element(child) for child in node]
    if node.tag in ("qualifier", "qualifiers") and tags <= {"qualifier", "formula"}:
        return [_plain(child) for child in node]
    if node.tag in _LISTS:
        return [_plain(child) for child in node]
    return _object(node)


def _object(node: Element) -> dict[str, Any]:
    found: dict[str, Any] = dict(node.attrib)
    for child in node:
        value = _plain(child)
        if value is None:
            continue
        present = found.get(child.tag)
        if present is None:
            found[child.tag] = value
        elif isinstance(present, list):
            found[child.tag] = [*present, *(value if isinstance(value, list) else [value])]
        else:
            found[child.tag] = [present, value]
    return found


def _element(node: Element) -> dict[str, Any]:
    while node.tag in _WRAPPERS and len(node):
        node = node[0]
    return {"modelType": OLD_ELEMENT_NAMES.get(node.tag, node.tag), **_object(node)}


def _leaf(node: Element) -> Any:
    if node.tag == "identification":
        return {"id": text_in(node).strip(), **node.attrib}
    return text_in(node) if text_in(node).strip() else None


def _language(node: Element) -> str:
    return node.attrib.get("lang") or node.attrib.get("language") or "und"


def _key(node: Element) -> dict[str, Any]:
    kind = node.attrib.get("type", "GlobalReference")
    return {"type": kind, "idType": node.attrib.get("idType", ""), "value": text_in(node).strip()}
