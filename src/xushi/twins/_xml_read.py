"""Reads XML of any AAS version into an environment."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import msgspec

from ..kernel import XushiError
from ._environment import Environment
from ._findings import Findings
from ._limits import Limits
from ._old_xml import old_environment
from ._repair import repair_environment
from ._schema import IDENTIFIABLES, Attribute, attributes, has_model_type, lower_first
from ._semantics import Part
from ._upgrade import upgrade_environment
from ._xml_tree import parse_xml, text_in

NAMESPACES = {
    "https://admin-shell.io/aas/3/0": "3.0",
    "https://admin-shell.io/aas/3/1": "3.1",
    "https://admin-shell.io/aas/3/2": "3.2",
    "https://admin-shell.io/aas/3/0/RC02": "3.0RC02",
    "http://www.admin-shell.io/aas/3/0": "3.0RC01",
    "http://www.admin-shell.io/aas/2/0": "2.0",
    "http://www.admin-shell.io/aas/1/0": "1.0",
}
_OLD = ("1.0", "2.0", "3.0RC01")
_IDENTIFIERS = {"id", "idShort", "globalAssetId", "language"}
"""Texts around which line breaks are formatting."""
_WRAPPERS = ("submodelElement", "dataElement", "submodelElementChoice")


def read_xml(data: bytes, findings: Findings, limits: Limits) -> tuple[Environment, str]:
    """Return the environment in an XML document and its metamodel version.

    Raises:
        XushiError: `twins.xml_damaged`, `twins.xml_doctype`, `twins.not_aas`, `twins.too_deep`,
            `twins.too_large`, `twins.too_many_nodes`.
    """
    tree = parse_xml(data, findings, limits)
    root = tree.root
    if root is None:
        raise XushiError("twins.not_aas")
    version = _version(tree.namespace, root, findings)
    try:
        return _environment(root, version, findings), version
    except RecursionError:
        raise XushiError("twins.too_deep", limit=limits.depth) from None


def _environment(root: Element, version: str, findings: Findings) -> Environment:
    if version in _OLD:
        plain = upgrade_environment(old_environment(root), findings, version)
    else:
        plain = _new_environment(root, findings)
    try:
        environment: Environment = msgspec.convert(plain, Environment)
    except msgspec.ValidationError:
        environment = msgspec.convert(repair_environment(plain, findings), Environment)
    return environment


def _version(namespace: str, root: Element, findings: Findings) -> str:
    known = NAMESPACES.get(namespace.rstrip("/"))
    if known is not None:
        return known
    folded = namespace.casefold()
    guessed = next((version for part, version in (("/1/0", "1.0"), ("/2/0", "2.0")) if part in folded), None)
    if guessed is None:
        guessed = "2.0" if root.tag == "aasenv" else "3.1"
    findings.add("twins.unknown_namespace", f"<{root.tag}>", namespace=namespace or "-", version=guessed)
    return guessed


def _new_environment(root: Element, findings: Findings) -> dict[str, Any]:
    if root.tag in ("environment", "aasenv"):
        return _part(root, Environment)
    for name, cls in IDENTIFIABLES.items():
        tag = lower_first(name)
        if root.tag == tag:
            findings.add("twins.not_environment", f"<{root.tag}>")
            return {f"{tag}s": [_part(root, cls)]}
        if root.tag == f"{tag}s":
            findings.add("twins.not_environment", f"<{root.tag}>")
            return {root.tag: [_part(child, cls) for child in root]}
    for child in root:
        if child.tag in ("environment", "aasenv"):
            findings.add("twins.unwrapped", f"<{child.tag}>", name=root.tag)
            return _part(child, Environment)
    raise XushiError("twins.not_aas")


def _part(node: Element, cls: type[Part]) -> dict[str, Any]:
    """Return the plain object of an element; what the class does not know stays in for the repair."""
    table = attributes(cls)
    found: dict[str, Any] = {"modelType": cls.__name__} if has_model_type(cls) else {}
    if node.attrib:
        found.update(node.attrib)
    for child in node:
        attribute = table.get(child.tag)
        if attribute is not None and not len(child) and attribute.kind == "text":
            text = child.text or ""
            value: Any = text.strip() if "\n" in text and child.tag in _IDENTIFIERS else text
        else:
            value = _value(child, attribute) if attribute is not None else _any(child)
        present = found.get(child.tag)
        if isinstance(present, list) and isinstance(value, list):
            present.extend(value)
        elif present is not None and child.tag in found:
            found[f"{child.tag} (repeated)"] = value
        else:
            found[child.tag] = value
    if not len(node) and node.text and not node.text.isspace():
        found["text"] = node.text
    return found


def _value(node: Element, attribute: Attribute) -> Any:
    kind = attribute.kind
    if kind == "text":
        return text_in(node) if not len(node) else _any(node)
    if kind == "word":
        return text_in(node).strip() if not len(node) else _any(node)
    if kind == "flag":
        text = text_in(node).strip()
        return {"true": True, "1": True, "false": False, "0": False}.get(text, text)
    if kind == "part":
        if not len(node) and not node.attrib and text_in(node).strip():
            return text_in(node).strip()
        return _part(node, attribute.part)
    if kind == "parts":
        if not len(node) and text_in(node).strip():
            return text_in(node).strip()
        if any(child.tag == "keys" for child in node):  # one reference where 3.1 has a list of them
            return [_part(node, attribute.part)]
        return [_part(child, attribute.part) for child in node]
    if kind == "choice":
        return _choice(node[0], attribute) if len(node) else _any(node)
    return [_choice(child, attribute) for child in node]


def _choice(node: Element, attribute: Attribute) -> dict[str, Any]:
    name = node.tag[:1].upper() + node.tag[1:]
    cls = attribute.classes.get(name)
    if cls is not None:
        return _part(node, cls)
    if node.tag in _WRAPPERS and len(node) == 1:
        return _choice(node[0], attribute)
    plain = _any(node)
    return {"modelType": name, **plain} if isinstance(plain, dict) else {"modelType": name, "value": plain}


def _any(node: Element) -> Any:
    """Return an element outside the schema as text, or as an object of its attributes and children."""
    if not len(node) and not node.attrib:
        return text_in(node)
    plain: dict[str, Any] = dict(node.attrib)
    for child in node:
        value = _any(child)
        if child.tag in plain:
            present = plain[child.tag]
            plain[child.tag] = [*present, value] if isinstance(present, list) else [present, value]
        else:
            plain[child.tag] = value
    if text_in(node).strip():
        plain["value"] = text_in(node).strip()
    return plain
