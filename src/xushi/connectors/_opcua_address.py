"""Reads the ways in which an OPC UA node is named: node ids by namespace URI or index, browse paths."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import msgspec
from asyncua import ua

_NODE_ID = re.compile(r"^(?:nsu=(?P<uri>[^;]*);|ns=(?P<ns>\d+);)?(?P<form>[isgb])=(?P<id>.*)$", re.DOTALL)
# A bar within an identifier is common; one that a second node id follows parts an object from its method
_METHOD = re.compile(r"\|(?=(?:nsu=[^;]*;|ns=\d+;)?[isgb]=)")


class NodeName(msgspec.Struct, frozen=True):
    """A node id whose namespace may still be a URI, or a browse path from the root."""

    form: str
    identifier: str
    uri: str = ""
    index: int = 0
    path: str = ""


def node_text(href: str, browse_path: str = "") -> str:
    """Return the node id text of a form's href, or `path:<browse path>`.

    The href may be `/?id=nsu=…;s=…`, a whole IRI with such a query, or the node id itself.
    The empty text means that neither names a node.
    """
    text = href.strip()
    if "?" in text:
        query = urlsplit(text).query if "://" in text else text.partition("?")[2]
        marked = re.search(r"(?:^|&)(?:id|nodeId)=(.*)$", query, re.IGNORECASE | re.DOTALL)
        text = marked.group(1) if marked else "".join(parse_qs(query).get("id", [""]))
    text = unquote(text).strip().lstrip("/")
    if _NODE_ID.match(text):
        return text
    return f"path:{browse_path.strip()}" if browse_path.strip() else ""


def parse_node(text: str) -> NodeName:
    """Return the node that `text` names.

    Raises:
        ValueError: it names none.
    """
    if text.startswith("path:"):
        return NodeName("p", "", path=text[5:])
    found = _NODE_ID.match(text)
    if found is None:
        raise ValueError(f"{text[:80]!r} is no OPC UA node id")
    return NodeName(found["form"], found["id"], found["uri"] or "", int(found["ns"] or 0))


def method_address(owner: str, method: str) -> str:
    """Return how a method of an object is named: several objects may have the same method (OPC 10000-3, 4.7)."""
    return f"{owner}|{method}"


def method_parts(address: str) -> tuple[str, str]:
    """Return the node ids of object and method; the first is empty where only the method is named."""
    bars = list(_METHOD.finditer(address))
    return (address[: bars[-1].start()], address[bars[-1].end() :]) if bars else ("", address)


def resolve_node(name: NodeName, namespaces: Sequence[str]) -> ua.NodeId:
    """Return the node id for a server with this namespace array.

    Raises:
        ValueError: the server does not have the namespace, or the identifier is malformed.
    """
    index = name.index
    if name.uri:
        if name.uri not in namespaces:
            raise ValueError(f"the server has no namespace {name.uri}")
        index = namespaces.index(name.uri)
    identifier: Any = name.identifier
    if name.form == "i":
        identifier = int(identifier)
    elif name.form == "g":
        identifier = UUID(identifier)
    elif name.form == "b":
        identifier = base64.b64decode(identifier)
    kinds = {
        "i": ua.NodeIdType.Numeric,
        "s": ua.NodeIdType.String,
        "g": ua.NodeIdType.Guid,
        "b": ua.NodeIdType.ByteString,
    }
    return ua.NodeId(identifier, ua.Int16(index), kinds[name.form])


def browse_steps(path: str) -> list[str]:
    """Return the steps below the root, as `0:Objects`, of `/0:Objects/2:Line` or `/Root/Objects`."""
    steps = [step for step in re.split(r"[/.](?=\d+:)|/", path.strip().lstrip("/.")) if step]
    if steps and steps[0] in ("Root", "0:Root"):
        steps = steps[1:]
    return [step if re.match(r"\d+:", step) else f"0:{step}" for step in steps]
