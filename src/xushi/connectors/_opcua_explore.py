"""Looks around in an OPC UA server: lazily, or all of it, with types, units, ranges and identification."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.uaerrors import UaError

from xushi.kernel import Clock, XushiError

from ._explore import FoundNode, NodePage, PeerCard, Sample, Walked
from ._opcua_address import method_address, method_parts
from ._opcua_browse import HIERARCHICAL, METHOD, OBJECTS, Browser, Reference
from ._opcua_nodes import NodeBook, plain_sample
from ._opcua_trust import SecurityRefused, secure
from ._times import datetime_ns
from ._unreachable import unreachable

CONNECT_TIMEOUT_S = 8.0
REQUEST_TIMEOUT_S = 30.0
READ_TIMEOUT_S = 1.0
SESSION_TIMEOUT_MS = 60_000
BATCH = 1_000
DEEPEST = 40
_SKIPPED = frozenset({"i=2253", "i=23470", "i=31915", "i=32852"})  # Server, Aliases, Locations, Resources and the like
_LIMITS = {"per_browse": 11710, "per_read": 11705}  # MaxNodesPerBrowse, MaxNodesPerRead


class OpcuaExplorer:
    """One session for one draft; see `Explorer`."""

    def __init__(self, endpoint: str, settings: dict[str, Any], data_dir: Path, clock: Clock) -> None:
        self._endpoint = endpoint
        self._settings = settings
        self._folder = data_dir / "opcua"
        self._clock = clock
        self._client: Client | None = None
        self._known: dict[str, FoundNode] = {}

    async def open(self) -> PeerCard:
        """Connect; see `Explorer.open`."""
        client = Client(self._endpoint, REQUEST_TIMEOUT_S, watchdog_intervall=REQUEST_TIMEOUT_S)
        client.name = client.description = "Xushi"
        client.session_timeout = SESSION_TIMEOUT_MS
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await secure(client, self._settings, self._folder, self._clock.now_ns())
                await client.connect()
            self._client = client
            namespaces = await client.get_namespace_array()
            limits = await self._limits(client)
            self._browser = Browser(client, namespaces, **limits)
            self._book = NodeBook(self._browser)
            details = await self._details(client)
        except SecurityRefused as error:
            await _drop(client)
            raise XushiError(error.text, error=str(error)) from error
        except (OSError, TimeoutError, UaError, ValueError) as error:
            await _drop(client)
            raise _told(self._endpoint, error) from error
        return PeerCard(details.get("product") or self._endpoint, details)

    async def _limits(self, client: Client) -> dict[str, int]:
        parameters = ua.ReadParameters()
        parameters.NodesToRead = [
            ua.ReadValueId(NodeId=ua.NodeId(id, 0), AttributeId=ua.AttributeIds.Value) for id in _LIMITS.values()
        ]
        values = await client.uaclient.read(parameters)
        found: dict[str, int] = {}
        for name, value in zip(_LIMITS, values, strict=False):
            limit = value.Value.Value if value.Value is not None else 0
            found[name] = limit if isinstance(limit, int) else 0
        return found

    async def _details(self, client: Client) -> dict[str, str]:
        values = await self._browser.values([ua.NodeId(id, 0) for id in (2261, 2263, 2264)])
        names = ("product", "manufacturer", "version")
        found = {
            name: str(value.Value.Value)[:200]
            for name, value in zip(names, values, strict=False)
            if value.Value is not None and value.Value.Value
        }
        policy = str(getattr(client.security_policy, "URI", "")).rpartition("#")[2]
        return {**found, **({"security": policy} if policy else {})}

    async def children(self, address: str, cursor: str, limit: int) -> NodePage:
        """Return what is below a node; see `Explorer.children`."""
        try:
            node = self._browser.reader.node_id(address or OBJECTS)
            if cursor:
                (found,) = await self._browser.more([base64.urlsafe_b64decode(cursor)])
            else:
                (found,) = await self._browser.browse([node], limit)
            references = [one for one in found.references if one.address not in _SKIPPED]
            if address and address not in self._known:  # opened in an earlier session
                await self._lineage(address)
            parent = self._known.get(address)
            nodes, _ = await self._book.describe([parent] * len(references), references)
        except (OSError, TimeoutError, UaError, ValueError) as error:
            raise _told(self._endpoint, error) from error
        if found.status >> 31:
            raise XushiError("connectors.browse_failed", endpoint=self._endpoint, reason=f"0x{found.status:08X}")
        if len(self._known) < 100_000:
            self._known.update({one.address: one for one in nodes})
        return NodePage(tuple(nodes), base64.urlsafe_b64encode(found.point).decode())

    async def walk(self, roots: Sequence[str], limit: int) -> AsyncIterator[Walked]:
        """Yield everything below the roots, level by level; see `Explorer.walk`."""
        try:
            async for batch in self._walk(roots, limit):
                yield batch
        except (OSError, TimeoutError, UaError, ValueError) as error:
            raise _told(self._endpoint, error) from error

    async def _walk(self, roots: Sequence[str], limit: int) -> AsyncIterator[Walked]:
        seen: set[str] = set(_SKIPPED)
        waiting: list[tuple[FoundNode | None, Reference]] = []
        for root in roots or ("",):
            owner, method = method_parts(root)
            folder = owner or root  # of a method, the object that has it
            lineage = await self._lineage(folder) if folder else []
            fresh = [one for one in lineage if one.address not in seen]
            seen.update(one.address for one in fresh)
            if fresh:
                yield Walked(tuple(fresh))
            (references,) = await self._browser.below([self._browser.reader.node_id(folder or OBJECTS)])
            parent = lineage[-1] if lineage else None
            asked = [one for one in references if not owner or one.address == method]
            waiting.extend((parent, one) for one in _new(folder, asked, seen))
        told = 0
        while waiting and told < limit:
            batch, waiting = waiting[:BATCH], waiting[BATCH:]
            batch = batch[: limit - told]
            nodes, below = await self._book.describe([one for one, _ in batch], [one for _, one in batch])
            for node, references in zip(nodes, below, strict=True):
                if len(node.path) < DEEPEST:
                    waiting.extend((node, one) for one in _new(node.address, references, seen))
            told += len(nodes)
            nodes = await self._with_identification(nodes)
            yield Walked(tuple(nodes), told / (told + len(waiting)) if waiting else 1.0)

    async def _lineage(self, address: str) -> list[FoundNode]:
        """Return the nodes from below Objects down to this one: where a node stands says whose it is."""
        chain = [address]
        while chain[-1] != OBJECTS and len(chain) < DEEPEST:
            above = await self._browser.above(self._browser.reader.node_id(chain[-1]), HIERARCHICAL)
            if not above or above in chain:
                break
            chain.append(above)
        found: list[FoundNode] = []
        for upper, lower in pairwise(reversed(chain)):
            (references,) = await self._browser.below([self._browser.reader.node_id(upper)])
            here = [one for one in references if one.address == lower]
            nodes, _ = await self._book.describe([found[-1] if found else None], here[:1]) if here else ([], [])
            found.extend(nodes)
        self._known.update({one.address: one for one in found})
        return found

    async def _with_identification(self, nodes: list[FoundNode]) -> list[FoundNode]:
        """Read what identification nodes say, for nameplates."""
        asked = [
            at
            for at, one in enumerate(nodes)
            if one.is_value and len(one.path) > 1 and one.path[-2] == "Identification"
        ]
        if not asked:
            return nodes
        samples = await self._samples([nodes[at].address for at in asked])
        for at, sample in zip(asked, samples, strict=True):
            node = nodes[at]
            nodes[at] = FoundNode(**{**{name: getattr(node, name) for name in node.__struct_fields__},
                                     "sample": sample.value})  # fmt: skip
        return nodes

    async def read(self, addresses: Sequence[str]) -> list[Sample]:
        """Return present values; see `Explorer.read`."""
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                return await self._samples(addresses)
        except (OSError, TimeoutError, UaError) as error:
            raise _told(self._endpoint, error) from error

    async def _samples(self, addresses: Sequence[str]) -> list[Sample]:
        found = [Sample(address, quality=0x8034_0000, text="BadNodeIdUnknown") for address in addresses]
        nodes: list[tuple[int, ua.NodeId]] = []
        for at, address in enumerate(addresses):
            try:
                nodes.append((at, self._browser.reader.node_id(address)))
            except ValueError as error:
                found[at] = Sample(address, quality=0x8034_0000, text=str(error))
        values = await self._browser.values([node for _, node in nodes])
        for (at, _), value in zip(nodes, values, strict=False):
            status = value.StatusCode.value if value.StatusCode is not None else 0
            held = value.Value.Value if value.Value is not None else None
            stamp = value.SourceTimestamp or value.ServerTimestamp
            text = value.StatusCode.name if status >> 30 and value.StatusCode is not None else ""
            found[at] = Sample(addresses[at], plain_sample(held), datetime_ns(stamp) if stamp else 0, status, text)
        return found

    async def close(self) -> None:
        """Take leave of the server."""
        if self._client is not None:
            client, self._client = self._client, None
            await _drop(client)


def _new(owner: str, references: Sequence[Reference], seen: set[str]) -> list[Reference]:
    """Return what was not seen before; a method that several objects share is met at each of them."""
    fresh = []
    for one in references:
        name = method_address(owner or OBJECTS, one.address) if one.node_class == METHOD else one.address
        if name not in seen:
            seen.add(name)
            fresh.append(one)
    return fresh


def _told(endpoint: str, error: BaseException) -> XushiError:
    reason = str(error) or type(error).__name__
    if isinstance(error, UaError) and any(word in reason for word in ("Identity", "UserAccess", "Security", "Certif")):
        return XushiError("connectors.server_refused", error=reason)
    if isinstance(error, OSError | UaError | asyncio.TimeoutError):
        return unreachable(endpoint, error)
    return XushiError("connectors.browse_failed", endpoint=endpoint, reason=reason)


async def _drop(client: Client) -> None:
    try:
        async with asyncio.timeout(2.0):
            await client.disconnect()
    except (OSError, TimeoutError, UaError):
        client.disconnect_socket()
