"""Reads XML of any AAS version into an environment."""

from __future__ import annotations

from typing import Any

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
from ._xml_tree import Node, parse_xml

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


def _environment(root: Node, version: str, findings: Findings) -> Environment:
    if version in _OLD:
        plain = upgrade_environment(old_environment(root), findings, version)
    else:
        plain = _new_environment(root, findings)
    try:
        environment: Environment = msgspec.convert(plain, Environment)
    except msgspec.ValidationError:
        environment = msgspec.convert(repair_environment(plain, findings), Environment)
    return environment


def _version(namespace: str, root: Node, findings: Findings) -> str:
    known = NAMESPACES.get(namespace.rstrip("/"))
    if known is not None:
        return known
    folded = namespace.casefold()
    guessed = next((version for part, version in (("/1/0", "1.0"), ("/2/0", "2.0")) if part in folded), None)
    if guessed is None:
        guessed = "2.0" if root.tag == "aasenv" else "3.1"
    findings.add("twins.unknown_namespace", f"line {root.line}", namespace=namespace or "-", version=guessed)
    return guessed


def _new_environment(root: Node, findings: Findings) -> dict[str, Any]:
    if root.tag in ("environment", "aasenv"):
        return _part(root, Environment)
    for name, cls in IDENTIFIABLES.items():
        tag = lower_first(name)
        if root.tag == tag:
            findings.add("twins.not_environment", f"line {root.line}")
            return {f"{tag}s": [_part(root, cls)]}
        if root.tag == f"{tag}s":
            findings.add("twins.not_environment", f"line {root.line}")
            return {root.tag: [_part(child, cls) for child in root.children]}
    for child in root.children:
        if child.tag in ("environment", "aasenv"):
            findings.add("twins.unwrapped", f"line {child.line}", name=root.tag)
            return _part(child, Environment)
    raise XushiError("twins.not_aas")


def _part(node: Node, cls: type[Part]) -> dict[str, Any]:
    """Return the plain object of an element; what the class does not know stays in for the repair."""
    table = attributes(cls)
    found: dict[str, Any] = {"modelType": cls.__name__} if has_model_type(cls) else {}
    found.update(node.attributes)
    for child in node.children:
        attribute = table.get(child.tag)
        value = _value(child, attribute) if attribute is not None else _any(child)
        present = found.get(child.tag)
        if isinstance(present, list) and isinstance(value, list):
            present.extend(value)
        elif present is not None and child.tag in found:
            found[f"{child.tag} (line {child.line})"] = value
        else:
            found[child.tag] = value
    if node.text and not node.children and not node.text.isspace():
        found["text"] = node.text
    return found


def _value(node: Node, attribute: Attribute) -> Any:
    kind = attribute.kind
    if kind == "text":
        return node.text if not node.children else _any(node)
    if kind == "word":
        return node.text.strip() if not node.children else _any(node)
    if kind == "flag":
        text = node.text.strip()
        return {"true": True, "1": True, "false": False, "0": False}.get(text, text)
    if kind == "part":
        if not node.children and not node.attributes and node.text.strip():
            return node.text.strip()
        return _part(node, attribute.part)
    if kind == "parts":
        if not node.children and node.text.strip():
            return node.text.strip()
        return [_part(child, attribute.part) for child in node.children]
    if kind == "choice":
        return _choice(node.children[0], attribute) if node.children else _any(node)
    return [_choice(child, attribute) for child in node.children]


def _choice(node: Node, attribute: Attribute) -> dict[str, Any]:
    name = node.tag[:1].upper() + node.tag[1:]
    cls = attribute.classes.get(name)
    if cls is not None:
        return _part(node, cls)
    if node.tag in _WRAPPERS and len(node.children) == 1:
        return _choice(node.children[0], attribute)
    plain = _any(node)
    return {"modelType": name, **plain} if isinstance(plain, dict) else {"modelType": name, "value": plain}


def _any(node: Node) -> Any:
    """Return an element outside the schema as text, or as an object of its attributes and children."""
    if not node.children and not node.attributes:
        return node.text
    plain: dict[str, Any] = dict(node.attributes)
    for child in node.children:
        value = _any(child)
        if child.tag in plain:
            present = plain[child.tag]
            plain[child.tag] = [*present, value] if isinstance(present, list) else [present, value]
        else:
            plain[child.tag] = value
    if node.text.strip():
        plain["value"] = node.text.strip()
    return plain
