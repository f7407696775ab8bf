"""Connections being prepared: who answers, what was found there, how it is mapped; in memory until it is imported."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from xushi.connectors import (
    Explorer,
    FoundNode,
    NodePage,
    PeerCard,
    Placement,
    Sample,
    Setup,
    connector_class,
    protocols,
)
from xushi.connectors.mapping import (
    Fault,
    check,
    read_sheet,
    read_table,
    suggest,
    words,
)
from xushi.connectors.mapping import Mapping as NodeMapping
from xushi.kernel import Actor, Clock, Progress, Record, XushiError, new_id

MOST_DRAFTS = 20
IDLE_NS = 12 * 3600 * 1_000_000_000
MOST_NODES = 200_000
MOST_SETTINGS = 50
_T = TypeVar("_T")


class Draft:
    """One connection being prepared by one person."""

    def __init__(self, id: str, protocol: str, endpoint: str, settings: Mapping[str, str], owner: Actor, now_ns: int):
        self.id, self.protocol, self.endpoint = id, protocol, endpoint
        self.connector: Any = connector_class(protocol)
        self.settings = dict(settings)
        self.owner = owner.id
        self.owner_name = owner.name
        self.made_ns = self.used_ns = now_ns
        self.explorer: Explorer | None = None
        self.card = PeerCard(endpoint)
        self.nodes: dict[str, FoundNode] = {}
        self.is_scanned = False
        self.is_cut = False
        self.mapping = NodeMapping()
        self.job: str | None = None
        self.lock = asyncio.Lock()

    @property
    def setup(self) -> Setup | None:
        """How the protocol introduces itself."""
        return getattr(self.connector, "setup", None)

    def secrets(self) -> dict[str, str]:
        """The settings that nobody is shown."""
        names = {field.name for field in self.setup.fields if field.kind == "secret"} if self.setup else set()
        return {name: value for name, value in self.settings.items() if name in names and value}

    def shown_settings(self) -> dict[str, str]:
        """The settings without secrets."""
        hidden = self.secrets()
        return {name: value for name, value in self.settings.items() if name not in hidden and value}

    def kept_settings(self) -> dict[str, str]:
        """The settings without secrets that the running connection needs."""
        only = {field.name for field in self.setup.fields if not field.is_kept} if self.setup else set()
        return {name: value for name, value in self.shown_settings().items() if name not in only}

    def form(self, endpoint: str, placement: Placement) -> Any:
        """How an address is written in an Asset Interfaces Description."""
        return self.connector.form(endpoint, placement)

    def faults(self, mapping: NodeMapping, is_whole: bool = True) -> list[Fault]:
        """Return the faults of a mapping; `is_whole` also checks that each address can be written down."""
        place = getattr(self.connector, "place", None)
        prove = getattr(self.connector, "prove", None)
        return check(mapping, self.endpoint, self.connector.form if is_whole else None, place, prove)


class DraftDesk:
    """All drafts of this process."""

    def __init__(self, folder: Path, clock: Clock, concepts: Callable[[], Mapping[str, Record]]) -> None:
        """``concepts`` gives the concept descriptions in use, by id: known meanings are suggested again."""
        self._folder = folder
        self._clock = clock
        self._concepts = concepts
        self._drafts: dict[str, Draft] = {}

    # ---- drafts
    async def open(self, endpoint: str, settings: Mapping[str, str], owner: Actor) -> Draft:
        """Connect to an endpoint and keep a draft of it.

        Raises:
            XushiError: ``connectors.endpoint_invalid``, ``runtime.drafts_full``, or why there is no connection.
        """
        protocol = protocol_of(endpoint)
        await self._make_room()
        draft = Draft(new_id(), protocol, endpoint, checked_settings(protocol, settings), owner, self._clock.now_ns())
        await self._connect(draft)
        self._drafts[draft.id] = draft
        return draft

    async def _make_room(self) -> None:
        horizon = self._clock.now_ns() - IDLE_NS
        for draft in [one for one in self._drafts.values() if one.used_ns < horizon]:
            await self.drop(draft)
        if len(self._drafts) >= MOST_DRAFTS:
            raise XushiError("runtime.drafts_full", limit=MOST_DRAFTS)

    async def _connect(self, draft: Draft) -> None:
        make = getattr(draft.connector, "explorer", None)
        if make is None:
            return
        explorer: Explorer = make(draft.endpoint, dict(draft.settings), self._folder, self._clock)
        try:
            draft.card = await explorer.open()
        except BaseException:
            await explorer.close()
            raise
        draft.explorer = explorer

    def of(self, owner: Actor) -> list[Draft]:
        """The drafts of a person, the newest first."""
        own = [draft for draft in self._drafts.values() if draft.owner == owner.id]
        return sorted(own, key=lambda draft: draft.made_ns, reverse=True)

    def get(self, draft_id: str, owner: Actor) -> Draft:
        """A draft of this person. Raises ``runtime.draft_unknown``: others' drafts hold their secrets."""
        draft = self._drafts.get(draft_id)
        if draft is None or draft.owner != owner.id:
            raise XushiError("runtime.draft_unknown", draft=draft_id[:80])
        draft.used_ns = self._clock.now_ns()
        return draft

    async def drop(self, draft: Draft) -> None:
        """Forget a draft and take leave of its peer."""
        self._drafts.pop(draft.id, None)
        if draft.explorer is not None:
            await draft.explorer.close()

    async def close(self) -> None:
        """Forget every draft."""
        for draft in list(self._drafts.values()):
            await self.drop(draft)

    # ---- looking around
    async def _ask(self, draft: Draft, ask: Callable[[Explorer], Awaitable[_T]]) -> _T:
        """Ask the peer; one that was lost since is connected once more."""
        if getattr(draft.connector, "explorer", None) is None:
            raise XushiError("runtime.browse_unsupported", protocol=draft.protocol)
        explorer = await self._explorer(draft, None)
        try:
            return await ask(explorer)
        except XushiError as error:
            if error.code != "connectors.peer_silent":
                raise
        return await ask(await self._explorer(draft, explorer))

    async def _explorer(self, draft: Draft, lost: Explorer | None) -> Explorer:
        """The explorer of a draft, connected anew where there is none or it is the one that was lost."""
        async with draft.lock:
            if draft.explorer is None or draft.explorer is lost:
                if draft.explorer is not None:
                    await draft.explorer.close()
                    draft.explorer = None
                await self._connect(draft)
            assert draft.explorer is not None
            return draft.explorer

    async def children(self, draft: Draft, address: str, cursor: str, limit: int) -> NodePage:
        """What is below a node."""
        return await self._ask(draft, lambda explorer: explorer.children(address, cursor, limit))

    async def preview(self, draft: Draft, addresses: Sequence[str]) -> list[Sample]:
        """Present values."""
        return await self._ask(draft, lambda explorer: explorer.read(addresses))

    async def scan(self, draft: Draft, roots: Sequence[str], progress: Progress) -> dict[str, Any]:
        """Read everything below the roots; what was read stays when the job is cancelled."""

        async def walk(explorer: Explorer) -> None:
            draft.is_cut = True
            async for batch in explorer.walk(roots, MOST_NODES):
                draft.nodes.update({node.address: node for node in batch.nodes})
                progress(0.99 * batch.share, f"{len(draft.nodes):,}")
                await asyncio.sleep(0)
            draft.is_cut = len(draft.nodes) >= MOST_NODES
            draft.is_scanned = draft.is_scanned or not roots

        if not roots:
            draft.nodes = {}
        await self._ask(draft, walk)
        values = sum(1 for node in draft.nodes.values() if node.is_value)
        machines = sum(1 for node in draft.nodes.values() if node.role == "machine")
        return {"nodes": len(draft.nodes), "values": values, "machines": machines, "is_cut": draft.is_cut}

    async def search(self, draft: Draft, text: str, limit: int, is_value: bool) -> list[FoundNode]:
        """Nodes read so far in whose name, path or address every word of the text occurs."""
        return await asyncio.to_thread(search, list(draft.nodes.values()), text, limit, is_value)

    # ---- mapping
    async def suggest(self, draft: Draft, addresses: Sequence[str], progress: Progress) -> dict[str, Any]:
        """Suggest a mapping of what is below the addresses, reading it first where that was not done yet."""
        if not draft.is_scanned:
            await self.scan(draft, addresses, lambda share, message: progress(0.7 * share, message))
        nodes = list(below(draft.nodes, addresses)) if addresses else list(draft.nodes.values())
        progress(0.75, f"{len(nodes):,}")
        concepts = concept_index(self._concepts())
        draft.mapping = await asyncio.to_thread(suggest, nodes, draft.endpoint, concepts)
        return {"machines": len(draft.mapping.machines), "rows": len(draft.mapping.rows)}

    async def take_sheet(self, draft: Draft, content: bytes) -> list[Fault]:
        """Take an edited sheet over as a whole, or leave the mapping as it is and return the faults."""

        def read() -> tuple[NodeMapping, list[Fault]]:
            mapping, faults = read_table(read_sheet(content), draft.mapping)
            if not any(fault.code == "connectors.sheet_column" for fault in faults):
                faults = sorted([*faults, *draft.faults(mapping)], key=lambda fault: (fault.row, fault.column))
            return mapping, faults

        mapping, faults = await asyncio.to_thread(read)
        if not faults:
            draft.mapping = mapping
        return faults


def protocol_of(endpoint: str) -> str:
    """The protocol that speaks an address. Raises ``connectors.endpoint_invalid``.

    Only schemes of installed connectors are ever opened; user names in addresses would end in logs.
    """
    by_scheme: dict[str, str] = {}
    for protocol in protocols():
        try:
            found = connector_class(protocol)
        except XushiError:
            continue
        if hasattr(found, "setup") and hasattr(found, "form"):
            by_scheme.update(dict.fromkeys(found.schemes, protocol))
    try:
        parts = urlsplit(endpoint)
        is_whole = bool(parts.hostname) and (parts.port is None or 0 < parts.port < 65536)
        is_plain = parts.username is None and not parts.fragment and not parts.query and endpoint.isprintable()
    except ValueError:
        is_whole = is_plain = False
    scheme = endpoint.partition("://")[0].lower()
    if not is_whole or not is_plain or " " in endpoint or scheme not in by_scheme:
        raise XushiError(
            "connectors.endpoint_invalid", endpoint=endpoint[:200], schemes=", ".join(sorted(by_scheme)) or "-"
        )
    return by_scheme[scheme]


def checked_settings(protocol: str, settings: Mapping[str, str]) -> dict[str, str]:
    """Settings that the protocol has. Raises ``runtime.setting_unknown``: a path to a file is no setting of a page."""
    setup: Setup | None = getattr(connector_class(protocol), "setup", None)
    fields = {field.name: field for field in setup.fields} if setup else {}
    for name, value in settings.items():
        field = fields.get(name)
        choices = {choice.value for choice in field.choices} if field else set()
        if field is None or (choices and value and value not in choices) or len(settings) > MOST_SETTINGS:
            raise XushiError("runtime.setting_unknown", name=name[:80], known=", ".join(fields) or "-")
    for field in fields.values():
        if field.is_required and not settings.get(field.name):
            raise XushiError("runtime.setting_missing", name=field.title["en"])
    return {name: value for name, value in settings.items() if value}


def search(nodes: Sequence[FoundNode], text: str, limit: int, is_value: bool) -> list[FoundNode]:
    """The first nodes in whose name, path or address every word of the text occurs."""
    wanted = text.lower().split()
    found: list[FoundNode] = []
    for node in nodes:
        if is_value and not node.is_value:
            continue
        within = f"{' / '.join(node.path)} {node.address} {node.type_name}".lower()
        if all(word in within for word in wanted):
            found.append(node)
            if len(found) >= limit:
                break
    return found


def below(nodes: Mapping[str, FoundNode], roots: Sequence[str]) -> Iterator[FoundNode]:
    """The nodes at and below the roots, and those above them, parents first."""
    wanted: set[str] = set()
    for root in roots:
        above = nodes.get(root)
        while above is not None and above.address not in wanted:
            wanted.add(above.address)
            above = nodes.get(above.parent)
    chosen = set(roots)
    for node in nodes.values():
        if node.parent in chosen:
            chosen.add(node.address)
        if node.address in chosen or (node.address in wanted and not node.is_value):
            yield node


def concept_index(concepts: Mapping[str, Record]) -> dict[tuple[str, str], str]:
    """Ids of concepts by (words of a preferred or short name, unit); what two concepts share is left out."""
    found: dict[tuple[str, str], str] = {}
    shared: set[tuple[str, str]] = set()
    for concept_id, record in concepts.items():
        for specification in record.get("embeddedDataSpecifications") or ():
            content = specification.get("dataSpecificationContent") or {}
            names = {item.get("text", "") for key in ("preferredName", "shortName") for item in content.get(key) or ()}
            for name in names:
                key = ("".join(words(name)), str(content.get("unit") or ""))
                if key[0] and found.setdefault(key, concept_id) != concept_id:
                    shared.add(key)
    return {key: value for key, value in found.items() if key not in shared}
