"""Turns XML of AAS 1.0, 2.0 and 3.0RC01 into plain objects shaped as the JSON of version 2 was."""

from __future__ import annotations

from typing import Any

from ..kernel import XushiError
from ._schema import ELEMENTS, lower_first
from ._xml_tree import Node

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


def old_environment(root: Node) -> dict[str, Any]:
    """Return the plain environment of version 2 in the tree.

    Raises:
        XushiError: `twins.not_aas` where the root is something else.
    """
    names = {child.tag for child in root.children}
    if root.tag not in ("aasenv", "environment") and not names & {"assetAdministrationShells", "submodels"}:
        raise XushiError("twins.not_aas")
    plain = _plain(root)
    return plain if isinstance(plain, dict) else {}


def _plain(node: Node) -> Any:
    if not node.children:
        return _leaf(node)
    tags = {child.tag for child in node.children}
    if node.tag in ("keys", "values"):
        return [_key(child) for child in node.children]
    if tags <= {"langString"}:
        return [{"language": _language(child), "text": child.text} for child in node.children]
    if tags <= {"keys"} or tags <= {"values"}:
        return {"keys": [_key(key) for inner in node.children for key in inner.children]}
    if node.tag in _ELEMENT_LISTS and tags <= _WRAPPERS | OLD_ELEMENT_NAMES.keys():
        return [_element(child) for child in node.children]
    if node.tag in ("qualifier", "qualifiers") and tags <= {"qualifier", "formula"}:
        return [_plain(child) for child in node.children]
    if node.tag in _LISTS:
        return [_plain(child) for child in node.children]
    return _object(node)


def _object(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = dict(node.attributes)
    for child in node.children:
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


def _element(node: Node) -> dict[str, Any]:
    while node.tag in _WRAPPERS and node.children:
        node = node.children[0]
    return {"modelType": OLD_ELEMENT_NAMES.get(node.tag, node.tag), **_object(node)}


def _leaf(node: Node) -> Any:
    if node.tag == "identification":
        return {"id": node.text.strip(), **node.attributes}
    return node.text if node.text.strip() else None


def _language(node: Node) -> str:
    return node.attributes.get("lang") or node.attributes.get("language") or "und"


def _key(node: Node) -> dict[str, Any]:
    kind = node.attributes.get("type", "GlobalReference")
    return {"type": kind, "idType": node.attributes.get("idType", ""), "value": node.text.strip()}
