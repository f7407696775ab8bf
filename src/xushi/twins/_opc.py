"""The relationships and content types of a package (ECMA-376-2), read tolerantly."""

from __future__ import annotations

import posixpath
from typing import NamedTuple
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from ..kernel import XushiError
from ._files import extension, media_type_of
from ._findings import Findings
from ._limits import Limits
from ._xml_tree import parse_xml
from ._zip import Archive, Damaged

CONTENT_TYPES = "[Content_Types].xml"


class Relationship(NamedTuple):
    """One arrow from a part to another: the last word of its type, the target's path, is it outside."""

    kind: str
    target: str
    is_outside: bool


def rels_path(part: str) -> str:
    """Return the name of the part that holds the relationships of `part` ("" is the package itself)."""
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"


def relationships(archive: Archive, part: str, findings: Findings, limits: Limits) -> list[Relationship]:
    """Return the relationships of a part; empty where it has none or they are damaged (which is told)."""
    root = _read_xml(archive, rels_path(part), findings, limits)
    if root is None:
        return []
    folder = part.rpartition("/")[0]
    found = []
    for node in root:
        target, kind = node.attrib.get("Target", ""), node.attrib.get("Type", "")
        if node.tag != "Relationship" or not target:
            continue
        path = _resolved(folder, target)
        is_external = node.attrib.get("TargetMode", "").casefold() == "external"
        is_outside = ":" in target.partition("/")[0] and archive.find(path) is None
        if is_external and not is_outside:
            findings.tally("twins.external_mode", f"/{rels_path(part)}")
        found.append(Relationship(kind.rstrip("/").rpartition("/")[2].casefold(), path, is_outside))
    return found


def _resolved(folder: str, target: str) -> str:
    """Return the path of a target: absolute, or relative to the folder of the part that names it."""
    path = target.replace("\\", "/").partition("#")[0]
    if path.casefold().startswith("file:"):
        path = "/" + path[5:].lstrip("/")
    joined = path if path.startswith("/") else posixpath.join("/", folder, path)
    return unquote(posixpath.normpath(joined)).lstrip("/")


def _read_xml(archive: Archive, path: str, findings: Findings, limits: Limits) -> Element | None:
    entry = archive.find(path)
    if entry is None:
        return None
    try:
        data = archive.read(entry, min(limits.payload_bytes, 16 << 20))
    except Damaged as damaged:
        findings.add("twins.part_damaged", f"/{path}", reason=damaged.args[0])
        data = damaged.partial
    try:
        return parse_xml(data, findings, limits).root
    except XushiError as error:
        findings.add(error.code, f"/{path}", **error.params)
        return None


class ContentTypes:
    """The media types a package declares for its parts."""

    def __init__(self, archive: Archive, findings: Findings, limits: Limits) -> None:
        self._by_part: dict[str, str] = {}
        self._by_extension: dict[str, str] = {}
        root = _read_xml(archive, CONTENT_TYPES, findings, limits)
        if root is None:
            findings.add("twins.missing_content_types", "/")
            return
        for node in root:
            media_type = node.attrib.get("ContentType", "")
            if node.tag == "Default":
                self._by_extension[node.attrib.get("Extension", "").lower().lstrip(".")] = media_type
            elif node.tag == "Override":
                name = unquote(node.attrib.get("PartName", "")).lstrip("/")
                self._by_part[name.casefold()] = media_type

    def of(self, path: str) -> str:
        """Return the media type of a part; by its extension where the package says nothing useful."""
        declared = self._by_part.get(path.casefold()) or self._by_extension.get(extension(path))
        if declared and "/" in declared and declared != "application/octet-stream":
            return declared
        return media_type_of(path)
