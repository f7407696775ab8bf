"""Parses XML from strangers into a light tree: no DTD, no entities, bounded depth and size."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.parsers import expat

from ..kernel import XushiError
from ._findings import Findings
from ._limits import Limits

_CHUNK = 1 << 18
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]{0,200}\?>")


class Node:
    """One XML element: local name, attributes by local name, text, children, line in the file."""

    __slots__ = ("attributes", "children", "line", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str], line: int) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Node] = []
        self.text = ""
        self.line = line


class Tree:
    """A parsed document: its root element and the namespace of the root."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.namespace = ""


class _Builder:
    """Receives the parser's events and builds the tree, refusing what is too much."""

    def __init__(self, parser: expat.XMLParserType, limits: Limits) -> None:
        self.tree = Tree()
        self._parser = parser
        self._limits = limits
        self._open: list[Node] = []
        self._texts: list[list[str]] = []
        self._nodes = 0

    def start(self, name: str, pairs: list[str]) -> None:
        """Open an element. `pairs` are attribute names and values in turn."""
        self._nodes += 1 + len(pairs) // 2
        if self._nodes > self._limits.nodes:
            raise XushiError("twins.too_many_nodes", limit=self._limits.nodes)
        if len(self._open) >= self._limits.depth:
            raise XushiError("twins.too_deep", limit=self._limits.depth)
        if self.tree.root is None:
            self.tree.namespace = _namespace(name, pairs)
        attributes = dict(zip(pairs[::2], pairs[1::2], strict=True)) if pairs else {}
        if attributes:
            attributes = {
                key.rpartition(":")[2]: value
                for key, value in attributes.items()
                if not key.startswith("xmlns") and not key.startswith("xsi:")
            }
        node = Node(name.rpartition(":")[2], attributes, self._parser.CurrentLineNumber)
        if self._open:
            self._open[-1].children.append(node)
        elif self.tree.root is None:
            self.tree.root = node
        self._open.append(node)
        self._texts.append([])

    def end(self, _name: str) -> None:
        """Close the innermost element."""
        self._open.pop().text = "".join(self._texts.pop())

    def characters(self, text: str) -> None:
        """Add text to the innermost element."""
        self._texts[-1].append(text)


def _namespace(name: str, pairs: list[str]) -> str:
    prefix = name.rpartition(":")[0]
    wanted = f"xmlns:{prefix}" if prefix else "xmlns"
    return dict(zip(pairs[::2], pairs[1::2], strict=True)).get(wanted, "")


def _refuse_doctype(*_: object) -> None:
    raise XushiError("twins.xml_doctype")


class _Break(NamedTuple):
    """Where and why the parser stopped."""

    line: int
    column: int
    detail: str


def _parse(data: bytes, encoding: str | None, limits: Limits) -> tuple[Tree, _Break | None]:
    parser = expat.ParserCreate(encoding)
    builder = _Builder(parser, limits)
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
        return builder.tree, _Break(error.lineno, error.offset, detail)
    except (LookupError, ValueError) as error:  # an encoding that Python does not know
        return builder.tree, _Break(1, 0, str(error))
    finally:
        parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
    return builder.tree, None


def parse_xml(data: bytes, findings: Findings, limits: Limits) -> Tree:
    """Return the tree of an XML document, or of what stands before the place where it breaks.

    Raises:
        XushiError: `twins.xml_damaged`, `twins.xml_doctype`, `twins.too_deep`, `twins.too_large`,
            `twins.too_many_nodes`.
    """
    if len(data) > limits.payload_bytes:
        raise XushiError("twins.too_large", size=len(data), limit=limits.payload_bytes)
    data = data.lstrip(b" \t\r\n\0")
    tree, stop = _parse(data, None, limits)
    if stop is None:
        return tree
    again, later_stop = _parse(_reencoded(data), "utf-8", limits)
    if later_stop is None or (later_stop.line, later_stop.column) > (stop.line, stop.column):
        findings.add("twins.encoding", f"line {stop.line}", encoding="windows-1252")
        tree, stop = again, later_stop
    if stop is None:
        return tree
    if tree.root is None or not tree.root.children:
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
