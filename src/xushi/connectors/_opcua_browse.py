"""Browses an OPC UA server in batches: its own reader of Browse answers, continuation points, operation limits."""

from __future__ import annotations

import asyncio
import base64
import struct
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from asyncua import ua
from asyncua.client.client import Client

from ._opcua_address import parse_node, resolve_node
from ._opcua_publish import PublishError, after_head, count_at

BROWSE_RESPONSE = 530  # BrowseResponse_Encoding_DefaultBinary (OPC 10000-6, Annex A)
BROWSE_NEXT_RESPONSE = 536
READ_RESPONSE = 634
OBJECT, VARIABLE, METHOD = 1, 2, 4
OBJECTS = "i=85"
HIERARCHICAL = ua.NodeId(33, 0)
HAS_SUBTYPE = ua.NodeId(45, 0)
NODES_PER_CALL = 500
REFERENCES_PER_NODE = 5_000
_LONG_BYTES = 100_000

_I32 = struct.Struct("<i").unpack_from
_U32 = struct.Struct("<I").unpack_from
_U16 = struct.Struct("<H").unpack_from
_GUID = struct.Struct("<IHH8s").unpack_from


class Reference(NamedTuple):
    """One reference to a node below; ids as the text that `Point.address` holds, and as asyncua's object."""

    address: str
    node: ua.NodeId
    kind: str
    browse_name: str
    display_name: str
    node_class: int
    type: str


class Browsed(NamedTuple):
    """The references of one node; `point` is a continuation point where there are more."""

    status: int
    references: list[Reference]
    point: bytes


class Reader:
    """Reads answers with the namespace array of one server."""

    def __init__(self, namespaces: Sequence[str]) -> None:
        self._prefixes = ["", *(f"nsu={uri};" for uri in namespaces[1:])]
        self._uris = list(namespaces)
        self._types: dict[bytes, str] = {}

    def browsed(self, body: bytes, expected: int = BROWSE_RESPONSE, is_inverse: bool = False) -> list[Browsed]:
        """Return the results of a BrowseResponse or BrowseNextResponse (OPC 10000-4, 5.9.2 and 7.6).

        Raises:
            ConnectionError: the bytes are not one.
        """
        try:
            return self._browsed(body, after_head(body, expected), is_inverse)
        except (struct.error, IndexError, UnicodeDecodeError, ValueError, PublishError) as error:
            raise ConnectionError(f"the server's answer cannot be read: {error}") from error

    def _browsed(self, body: bytes, at: int, is_inverse: bool) -> list[Browsed]:
        found: list[Browsed] = []
        count = count_at(body, at, 12)
        at += 4
        for _ in range(count):
            status = _U32(body, at)[0]
            point, at = _bytes(body, at + 4)
            references: list[Reference] = []
            several = count_at(body, at, 20)
            at += 4
            for _ in range(several):
                at = self._reference(body, at, references, is_inverse)
            found.append(Browsed(status, references, point))
        return found

    def _reference(self, body: bytes, at: int, into: list[Reference], is_inverse: bool) -> int:
        start = at
        at = _after_node(body, at)
        kind = self._type(body, start, at)
        is_forward = body[at]
        at += 1
        start = at
        encoding = body[at]
        at = _after_node(body, at)
        is_local = True
        address, node = "", ua.NodeId()
        if encoding & 0xC0:  # with a namespace URI or of another server
            address, node, is_local, at = self._expanded(body, start, at)
        else:
            address, node = self._node(body, start)
        at += 2
        name, at = _text(body, at)
        mask = body[at]
        at += 1
        if mask & 1:
            _, at = _text(body, at)
        shown = ""
        if mask & 2:
            shown, at = _text(body, at)
        node_class = _U32(body, at)[0]
        at += 4
        start = at
        encoding = body[at]
        at = _after_node(body, at)
        type = self._type(body, start, at)
        if encoding & 0xC0:
            type, _, _, at = self._expanded(body, start, at)
        if is_local and bool(is_forward) is not is_inverse:
            into.append(Reference(address, node, kind, name, shown or name, node_class, type))
        return at

    def _type(self, body: bytes, start: int, stop: int) -> str:
        raw = body[start:stop]
        known = self._types.get(raw)
        if known is None:
            known = self._types[raw] = self._node(body, start)[0]
        return known

    def _expanded(self, body: bytes, start: int, at: int) -> tuple[str, ua.NodeId, bool, int]:
        encoding, uri, server = body[start], "", 0
        address, node = self._node(body, start)
        if encoding & 0x80:
            uri, at = _text(body, at)
        if encoding & 0x40:
            server, at = _U32(body, at)[0], at + 4
        if uri in self._uris:
            index = self._uris.index(uri)
            node = ua.NodeId(node.Identifier, ua.Int16(index), node.NodeIdType)
            address = self._prefixes[index] + address.rpartition(";")[2]
        return address, node, not server and (not uri or uri in self._uris), at

    def _node(self, body: bytes, at: int) -> tuple[str, ua.NodeId]:
        """Return the address text and the node id that starts at `at` (OPC 10000-6, 5.2.2.9)."""
        form = body[at] & 0x3F
        if form == 0:
            number = body[at + 1]
            return f"i={number}", ua.NodeId(number, 0)
        if form == 1:
            index, number = body[at + 1], _U16(body, at + 2)[0]
            return f"{self._prefix(index)}i={number}", ua.NodeId(number, index)
        index = _U16(body, at + 1)[0]
        prefix = self._prefix(index)
        if form == 2:
            number = _U32(body, at + 3)[0]
            return f"{prefix}i={number}", ua.NodeId(number, index)
        if form == 3:
            text, _ = _text(body, at + 3)
            return f"{prefix}s={text}", ua.NodeId(text, index)
        if form == 4:
            one, two, three, rest = _GUID(body, at + 3)
            guid = UUID(bytes=struct.pack(">IHH8s", one, two, three, rest))
            return f"{prefix}g={guid}", ua.NodeId(guid, index)
        raw, _ = _bytes(body, at + 3)
        return f"{prefix}b={base64.b64encode(raw).decode()}", ua.NodeId(raw, index)

    def node_id(self, address: str) -> ua.NodeId:
        """Return the node that an address of this reader names. Raises ValueError where it names none here."""
        return resolve_node(parse_node(address), self._uris)

    def address(self, node: ua.NodeId) -> str:
        """Return the text that names a node."""
        value, form = node.Identifier, "isgb"[max(0, node.NodeIdType.value - 2)]
        text = base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
        return f"{self._prefix(node.NamespaceIndex)}{form}={text}"

    def _prefix(self, index: int) -> str:
        return self._prefixes[index] if index < len(self._prefixes) else f"ns={index};"

    def attributes(self, body: bytes) -> list[int | str | None]:
        """Return the results of a Read of numbers and node ids, scalars; None for anything else or a bad status."""
        try:
            at = after_head(body, READ_RESPONSE)
            count = count_at(body, at, 1)
            at += 4
            found: list[int | str | None] = []
            for _ in range(count):
                at = self._data_value(body, at, found)
            return found
        except (struct.error, IndexError, PublishError) as error:
            raise ConnectionError(f"the server's answer cannot be read: {error}") from error

    def _data_value(self, body: bytes, at: int, into: list[int | str | None]) -> int:
        mask = body[at]
        at += 1
        value: int | str | None = None
        if mask & 1:
            kind = body[at]
            at += 1
            if kind == 17:
                stop = _after_node(body, at)
                value, at = self._type(body, at, stop), stop
            elif kind in (6, 7):
                value, at = _I32(body, at)[0], at + 4
            elif kind in (2, 3):
                value, at = body[at], at + 1
            else:
                raise PublishError(f"an attribute of type {kind}")
        if mask & 2:
            if _U32(body, at)[0] >> 31:
                value = None
            at += 4
        at += (8 if mask & 4 else 0) + (2 if mask & 0x10 else 0) + (8 if mask & 8 else 0) + (2 if mask & 0x20 else 0)
        into.append(value)
        return at


def _after_node(body: bytes, at: int) -> int:
    form = body[at] & 0x3F
    if form < 2:
        return at + (2 if form == 0 else 4)
    if form == 2:
        return at + 7
    if form == 4:
        return at + 19
    if form in (3, 5):
        return at + 7 + max(0, int(_I32(body, at + 3)[0]))
    raise PublishError(f"a node id of form {form}")


def _bytes(body: bytes, at: int) -> tuple[bytes, int]:
    length = _I32(body, at)[0]
    at += 4
    if length <= 0:
        return b"", at
    if at + length > len(body):
        raise PublishError("a text that ends too early")
    return bytes(body[at : at + length]), at + length


def _text(body: bytes, at: int) -> tuple[str, int]:
    raw, at = _bytes(body, at)
    return raw.decode("utf-8", "replace"), at


class Browser:
    """Asks one server; `limits` of the server are kept (OPC 10000-5, 6.3.11)."""

    def __init__(self, client: Client, namespaces: Sequence[str], per_browse: int = 0, per_read: int = 0) -> None:
        self._client = client
        self.reader = Reader(namespaces)
        self._per_browse = min(per_browse or NODES_PER_CALL, NODES_PER_CALL)
        self.per_read = min(per_read or 3 * NODES_PER_CALL, 3 * NODES_PER_CALL)

    async def below(self, nodes: Sequence[ua.NodeId]) -> list[list[Reference]]:
        """Return the objects, variables and methods directly below each node, following continuation points."""
        every: list[list[Reference]] = []
        for start in range(0, len(nodes), self._per_browse):
            batch = nodes[start : start + self._per_browse]
            results = await self.browse(batch, REFERENCES_PER_NODE)
            waiting = {at: one.point for at, one in enumerate(results) if one.point}
            found = [one.references for one in results]
            while waiting:
                places = list(waiting)[: self._per_browse]
                more = await self.more([waiting[at] for at in places])
                for at, one in zip(places, more, strict=True):
                    found[at].extend(one.references)
                    waiting[at] = one.point
                    if not one.point:
                        del waiting[at]
            every.extend(found)
        return every

    async def browse(self, nodes: Sequence[ua.NodeId], most: int) -> list[Browsed]:
        """Send one Browse for hierarchical references."""
        request = ua.BrowseRequest()
        request.Parameters.RequestedMaxReferencesPerNode = most
        request.Parameters.NodesToBrowse = [
            ua.BrowseDescription(
                NodeId=node,
                BrowseDirection=ua.BrowseDirection.Forward,
                ReferenceTypeId=HIERARCHICAL,
                IncludeSubtypes=True,
                NodeClassMask=OBJECT | VARIABLE | METHOD,
                ResultMask=63,
            )
            for node in nodes
        ]
        body = await self.send(request)
        # 50,000 references take a second to read; those who wait for values must not
        is_long = len(body) > _LONG_BYTES
        results = await asyncio.to_thread(self.reader.browsed, body) if is_long else self.reader.browsed(body)
        if len(results) != len(nodes):
            raise ConnectionError("the server answered for another number of nodes")
        return results

    async def more(self, points: Sequence[bytes], is_release: bool = False) -> list[Browsed]:
        """Send one BrowseNext; with `is_release` the server only forgets the points."""
        request = ua.BrowseNextRequest()
        request.Parameters.ReleaseContinuationPoints = is_release
        request.Parameters.ContinuationPoints = list(points)
        results = self.reader.browsed(await self.send(request), BROWSE_NEXT_RESPONSE)
        if not is_release and len(results) != len(points):
            raise ConnectionError("the server answered for another number of continuation points")
        return results

    async def above(self, node: ua.NodeId, kind: ua.NodeId) -> str:
        """Return the address of the first node that refers to this one; empty where there is none."""
        request = ua.BrowseRequest()
        request.Parameters.NodesToBrowse = [
            ua.BrowseDescription(
                NodeId=node,
                BrowseDirection=ua.BrowseDirection.Inverse,
                ReferenceTypeId=kind,
                IncludeSubtypes=True,
                NodeClassMask=0,
                ResultMask=63,
            )
        ]
        (result,) = self.reader.browsed(await self.send(request), is_inverse=True)
        return result.references[0].address if result.references else ""

    async def attributes(self, nodes: Sequence[ua.NodeId], wanted: Sequence[int]) -> list[list[int | str | None]]:
        """Return attributes that are numbers or node ids, one list per node."""
        per_call = max(1, self.per_read // len(wanted))
        found: list[list[int | str | None]] = []
        for start in range(0, len(nodes), per_call):
            request = ua.ReadRequest()
            request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Neither
            batch = nodes[start : start + per_call]
            request.Parameters.NodesToRead = [
                ua.ReadValueId(NodeId=node, AttributeId=attribute) for node in batch for attribute in wanted
            ]
            answers = self.reader.attributes(await self.send(request))
            if len(answers) != len(batch) * len(wanted):
                raise ConnectionError("the server answered for another number of attributes")
            found.extend(answers[at : at + len(wanted)] for at in range(0, len(answers), len(wanted)))
        return found

    async def values(self, nodes: Sequence[ua.NodeId], attribute: int = 13) -> list[ua.DataValue]:
        """Return whole data values, read by asyncua."""
        found: list[ua.DataValue] = []
        for start in range(0, len(nodes), self.per_read):
            parameters = ua.ReadParameters()
            parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
            batch = nodes[start : start + self.per_read]
            parameters.NodesToRead = [ua.ReadValueId(NodeId=node, AttributeId=attribute) for node in batch]
            found.extend(await self._client.uaclient.read(parameters))
        return found

    async def send(self, request: object) -> bytes:
        """Send a request and return the bytes of the answer."""
        protocol = self._client.uaclient.protocol
        if protocol is None:
            raise ConnectionError("the connection is closed")
        return bytes(await protocol.send_request(request))
