"""Parses XML from strangers into a tree: no DTD, no entities, bounded depth and size."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, XMLParser
from xml.parsers import expat

from ..kernel import XushiError
from ._findings import Findings
from ._limits import Limits

_CHUNK = 1 << 18
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]{0,200}\?>")
_PLAIN_ENCODING = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:<\?xml\s(?:(?!encoding)[^>])*(?:encoding\s*=\s*["'](?:utf-8|us-ascii|iso-8859-1)["'][^>]*)?\?>|<[a-z_!])""",
    re.IGNORECASE,
)
"""How a document begins whose markup is ASCII, so that `<!DOCTYPE` cannot hide in another encoding."""


class Tree(NamedTuple):
    """A parsed document: its root element, tags and attributes by local name, and the root's namespace."""

    root: Element | None
    namespace: str


class _Builder:
    """Receives the parser's events and builds the tree, refusing what is too much."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._root: Element | None = None
        self._namespace = ""
        self._open: list[Element] = []
        self._pieces: list[str] = []
        self._nodes = 0
        self.characters = self._pieces.append

    def tree(self) -> Tree:
        """Return what was built so far."""
        return Tree(self._root, self._namespace)

    def start(self, name: str, pairs: list[str]) -> None:
        """Open an element. `pairs` are attribute names and values in turn."""
        self._nodes += 1 + len(pairs) // 2
        if self._nodes > self._limits.nodes:
            raise XushiError("twins.too_many_nodes", limit=self._limits.nodes)
        if len(self._open) >= self._limits.depth:
            raise XushiError("twins.too_deep", limit=self._limits.depth)
        given = dict(zip(pairs[::2], pairs[1::2], strict=True))
        node = Element(_local(name), _attributes(given))
        if self._open:
            self._open[-1].append(node)
        elif self._root is None:
            self._root = node
            self._namespace = _namespace(name, given)
        self._open.append(node)
        self._pieces.clear()

    def end(self, _name: str) -> None:
        """Close the innermost element; the text of an element that has children is formatting."""
        node = self._open.pop()
        if not len(node):
            node.text = "".join(self._pieces)
        self._pieces.clear()


def text_in(node: Element) -> str:
    """Return the text of an element."""
    return node.text or ""


def _local(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2]


def _attributes(given: dict[str, str]) -> dict[str, str]:
    """Return attributes by local name, without those that only concern XML itself."""
    skipped = ("xmlns", "xsi:", "{http://www.w3.org/2001/XMLSchema-instance}")
    return {_local(key): value for key, value in given.items() if not key.startswith(skipped)}


def _namespace(name: str, given: dict[str, str]) -> str:
    prefix = name.rpartition(":")[0]
    return given.get(f"xmlns:{prefix}" if prefix else "xmlns", "")


def _refuse_doctype(*_: object) -> None:
    raise XushiError("twins.xml_doctype")


def _parse_sound(data: bytes, limits: Limits) -> Tree | None:
    """Parse with the C tree builder what is well-formed and cannot hold a DTD; None where that is not so."""
    if b"<!DOCTYPE" in data or b"\0" in data or _PLAIN_ENCODING.match(data) is None:
        return None
    if data.count(b"<") > 2 * limits.nodes:
        return None
    parser = XMLParser()  # noqa: S314 - without a DTD there are no entities
    try:
        parser.feed(data)
        root = parser.close()
    except (ParseError, ValueError, LookupError):
        return None
    namespace = root.tag[1:].rpartition("}")[0] if root.tag.startswith("{") else ""
    local: dict[str, str] = {}
    level: list[Element] = [root]
    for _ in range(limits.depth):
        below: list[Element] = []
        for node in level:
            tag = node.tag
            node.tag = local.get(tag) or local.setdefault(tag, _local(tag))
            if node.attrib:
                node.attrib = _attributes(node.attrib)
            below.extend(node)
        if not below:
            return Tree(root, namespace)
        level = below
    raise XushiError("twins.too_deep", limit=limits.depth)


class _Break(NamedTuple):
    """Where and why the parser stopped."""

    line: int
    column: int
    detail: str


def _parse(data: bytes, encoding: str | None, limits: Limits) -> tuple[Tree, _Break | None]:
    parser = expat.ParserCreate(encoding)
    builder = _Builder(limits)
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    parser.ExternalEntityRefHandler = lambda *_: 0
    try:
        for start in range(0, len(data), _CHUNK):
            parser.Parse(data[start : start + _CHUNK], False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        detail = expat.errors.messages.get(error.code, str(error))
        return builder.tree(), _Break(error.lineno, error.offset, detail)
    except (LookupError, ValueError) as error:  # an encoding that Python does not know
        return builder.tree(), _Break(1, 0, str(error))
    finally:
        parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
    return builder.tree(), None


def parse_xml(data: bytes, findings: Findings, limits: Limits) -> Tree:
    """Return the tree of an XML document, or of what stands before the place where it breaks.

    Raises:
        XushiError: `twins.xml_damaged`, `twins.xml_doctype`, `twins.too_deep`, `twins.too_large`,
            `twins.too_many_nodes`.
    """
    if len(data) > limits.payload_bytes:
        raise XushiError("twins.too_large", size=len(data), limit=limits.payload_bytes)
    data = data.lstrip(b" \t\r\n\0")
    tree = _parse_sound(data, limits)
    if tree is not None:
        return tree
    tree, stop = _parse(data, None, limits)
    if stop is None:
        return tree
    again, later_stop = _parse(_reencoded(data), "utf-8", limits)
    if later_stop is None or (later_stop.line, later_stop.column) > (stop.line, stop.column):
        findings.add("twins.encoding", f"line {stop.line}", encoding="windows-1252")
        tree, stop = again, later_stop
    if stop is None:
        return tree
    if tree.root is None or not len(tree.root):
        raise XushiError("twins.xml_damaged", line=stop.line, column=stop.column, detail=stop.detail)
    findings.add("twins.cut_short", f"line {stop.line}", line=stop.line, detail=stop.detail)
    return tree


def _reencoded(data: bytes) -> bytes:
    """Return the document as UTF-8 without its declaration, where it lies about its encoding."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return _DECLARATION.sub(b"", text.encode())
