"""Connections being prepared: who answers, what was found there, how it is mapped; each edit is kept at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar
from urllib.parse import urlsplit

from xushi.connectors import (
    Explorer,
    FoundNode,
    NodePage,
    PeerCard,
    Placement,
    Point,
    Sample,
    Setup,
    connector_class,
    protocols,
)
from xushi.connectors.mapping import (
    Fault,
    Standing,
    check,
    left_standing,
    read_sheet,
    read_table,
    standing,
    suggest,
    words,
)
from xushi.connectors.mapping import Mapping as NodeMapping
from xushi.kernel import Actor, Clock, Progress, Record, XushiError, new_id
from xushi.runtime._draft_edits import EditKind, Edits, Step
from xushi.runtime._draft_store import DraftCard, DraftStore
from xushi.runtime._floor import Floor
from xushi.runtime._sign_in import SecretFile

MOST_DRAFTS = 20
_HOUR_NS = 3600 * 1_000_000_000
LONGEST_IDLE_NS = 30 * 24 * _HOUR_NS
LONGEST_VISIT_NS = 12 * _HOUR_NS
MOST_NODES = 200_000
MOST_SETTINGS = 50
# Steps and rows beyond the bounds of undo that may wait on disk before the base of the mapping is written anew
_SLACK = 20
_SLACK_ROWS = 50_000
_T = TypeVar("_T")


class DraftCounts(NamedTuple):
    """How much a draft holds."""

    nodes: int = 0
    machines: int = 0
    rows: int = 0
    included: int = 0


class Draft:
    """One connection being prepared by one person.

    ``edition`` names the state of its mapping: any edit, undo and redo begins another. What an import brought in
    carries it (`imported_link`), so that undoing the import, or editing on, makes the draft unfinished again.
    """

    def __init__(self, id: str, protocol: str, endpoint: str, settings: Mapping[str, str], owner: Actor, now_ns: int):
        self.id, self.protocol, self.endpoint = id, protocol, endpoint
        self.connector: Any = connector_class(protocol)
        self.settings = dict(settings)
        self.owner = owner.id
        self.owner_name = owner.name
        self.made_ns = self.used_ns = now_ns
        self.explorer: Explorer | None = None
        self.card = PeerCard(endpoint)
        self.is_scanned = False
        self.is_cut = False
        self.edition = ""
        self.job: str | None = None
        self.lock = asyncio.Lock()
        self.edit_lock = asyncio.Lock()
        self.counts = DraftCounts()
        self._load: Callable[[], tuple[list[FoundNode], Edits]] | None = None
        self._load_lock = threading.Lock()
        self._nodes: dict[str, FoundNode] = {}
        self._edits = Edits(NodeMapping())

    @classmethod
    def kept(cls, card: DraftCard, owner: Actor, secrets: Mapping[str, str], store: DraftStore) -> Draft:
        """A draft of an earlier run; its nodes and its mapping are read when they are first wanted."""
        draft = cls(card.id, card.protocol, card.endpoint, {**card.settings, **secrets}, owner, card.made_ns)
        draft.used_ns, draft.card = card.used_ns, card.peer
        draft.is_scanned, draft.is_cut = card.is_scanned, card.is_cut
        draft.counts = DraftCounts(card.nodes, card.machines, card.rows, card.included)
        draft.edition = card.edition
        draft._load = lambda: (store.nodes(card.id), store.edits(card.id))
        return draft

    def load(self) -> None:
        """Read what an earlier run has left, if that was not done yet."""
        with self._load_lock:
            if self._load is not None:
                nodes, self._edits = self._load()
                self._nodes = {node.address: node for node in nodes}
                self._load = None

    @property
    def nodes(self) -> dict[str, FoundNode]:
        """What was found, by address."""
        self.load()
        return self._nodes

    @nodes.setter
    def nodes(self, nodes: dict[str, FoundNode]) -> None:
        self.load()
        self._nodes = nodes

    @property
    def edits(self) -> Edits:
        """The mapping with the steps that led to it."""
        self.load()
        return self._edits

    @property
    def mapping(self) -> NodeMapping:
        """The mapping as it is."""
        return self.edits.mapping

    def begin(self, mapping: NodeMapping) -> None:
        """Begin with a mapping, without anything to undo."""
        self.load()
        self._edits = Edits(mapping)

    def record(self) -> DraftCard:
        """What is kept of it, without its secrets; counts everything anew."""
        mapping = self.mapping
        self.counts = DraftCounts(len(self.nodes), len(mapping.machines), len(mapping.rows), len(mapping.included()))
        return DraftCard(
            self.id, self.protocol, self.endpoint, self.shown_settings(), self.owner, self.owner_name, self.made_ns,
            self.used_ns, self.card, self.is_scanned, self.is_cut, self.counts.nodes, self.counts.machines,
            self.counts.rows, self.counts.included, self.edition,
        )  # fmt: skip

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
        settable = getattr(self.connector, "settable", None)
        return check(mapping, self.endpoint, self.connector.form if is_whole else None, place, prove, settable)


class Edited(NamedTuple):
    """What an edit makes of a mapping, how many rows or machines it changes, and what is wrong with it."""

    mapping: NodeMapping
    changed: int
    faults: tuple[Fault, ...] = ()


class DraftDesk:
    """All drafts of a data folder."""

    def __init__(
        self, folder: Path, clock: Clock, concepts: Callable[[], Mapping[str, Record]], store: DraftStore,
        secrets: SecretFile, floor: Callable[[], Floor], is_imported: Callable[[Draft], bool],
        points: Callable[[], Iterable[Point]],
    ) -> None:  # fmt: skip
        """Take over what an earlier run has left.

        Args:
            concepts: gives the concept descriptions in use, by id: known meanings are suggested again.
            floor: gives the floor as it is, on which machines are placed.
            is_imported: tells whether a draft was brought in as it stands.
            points: gives what is connected now: it keeps its place in a mapping that is suggested anew.
        """
        self._folder = folder
        self._clock = clock
        self._concepts = concepts
        self._store = store
        self._secrets = secrets
        self.floor = floor
        self._is_imported = is_imported
        self._points = points
        self._drafts: dict[str, Draft] = {}
        for card in store.cards():
            owner = Actor(card.owner, card.owner_name)
            with suppress(XushiError):  # its connector is not installed now; it comes back with it
                self._drafts[card.id] = Draft.kept(card, owner, secrets.of(_secret_name(card.id)), store)

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
        await asyncio.to_thread(self._begin, draft)
        return draft

    def _begin(self, draft: Draft) -> None:
        if secrets := draft.secrets():
            self._secrets.put(_secret_name(draft.id), secrets)
        self._store.put(draft.record(), 0)

    async def _make_room(self) -> None:
        now_ns = self._clock.now_ns()
        for draft in list(self._drafts.values()):
            if draft.used_ns < now_ns - LONGEST_IDLE_NS:
                await self.drop(draft)
            elif draft.used_ns < now_ns - LONGEST_VISIT_NS:
                await self._leave(draft)  # who goes on is connected anew
        if len(self._drafts) >= MOST_DRAFTS:
            finished = [draft for draft in self._drafts.values() if self._is_imported(draft)]
            if not finished:
                raise XushiError("runtime.drafts_full", limit=MOST_DRAFTS)
            await self.drop(min(finished, key=lambda draft: draft.used_ns))

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
        await self._leave(draft)
        await asyncio.to_thread(self._forget, draft)

    def _forget(self, draft: Draft) -> None:
        self._store.remove(draft.id)
        if draft.secrets():
            self._secrets.put(_secret_name(draft.id), {})

    async def _leave(self, draft: Draft) -> None:
        explorer, draft.explorer = draft.explorer, None
        if explorer is not None:
            await explorer.close()

    async def close(self) -> None:
        """Take leave of every peer; the drafts stay for the next run."""
        for draft in list(self._drafts.values()):
            await self._leave(draft)

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
                draft.counts = draft.counts._replace(nodes=len(draft.nodes))
                progress(0.99 * batch.share, f"{len(draft.nodes):,}")
                await asyncio.sleep(0)
            draft.is_cut = len(draft.nodes) >= MOST_NODES
            draft.is_scanned = draft.is_scanned or not roots

        await asyncio.to_thread(draft.load)
        if not roots:
            draft.nodes = {}
        try:
            await self._ask(draft, walk)
        finally:
            await asyncio.shield(asyncio.to_thread(self._keep_nodes, draft))
        values = sum(1 for node in draft.nodes.values() if node.is_value)
        machines = sum(1 for node in draft.nodes.values() if node.role == "machine")
        return {"nodes": len(draft.nodes), "values": values, "machines": machines, "is_cut": draft.is_cut}

    def _keep_nodes(self, draft: Draft) -> None:
        self._store.put_nodes(draft.record(), draft.edits.done, list(draft.nodes.values()))

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
        suggested = await asyncio.to_thread(suggest, nodes, draft.endpoint, concepts)
        suggested = left_standing(suggested, self.standing(draft.endpoint))
        await self.edit(draft, "suggestion", lambda before: Edited(suggested, len(suggested.rows)))
        return {"machines": len(draft.mapping.machines), "rows": len(draft.mapping.rows)}

    def standing(self, endpoint: str) -> Standing:
        """Where the values of an endpoint live already, by address."""
        return standing(self._points(), endpoint)

    async def edit(self, draft: Draft, kind: EditKind, change: Callable[[NodeMapping], Edited]) -> Edited:
        """Take an edit over as one step that can be undone, or leave the mapping as it is where it has faults.

        The step is on disk when this returns. `change` runs in a thread of its own.
        """

        def work() -> Edited:
            edited = change(draft.mapping)
            if not edited.faults:
                self._take(draft, edited, kind)
            return edited

        async with draft.edit_lock:
            return await asyncio.to_thread(work)

    def _take(self, draft: Draft, edited: Edited, kind: EditKind) -> None:
        edits = draft.edits
        if not edits.mapping.rows and not edits.steps:  # the first mapping is where a person begins
            draft.edition = new_id()
            draft.begin(edited.mapping)
            self._store.put_base(draft.record(), draft.edits)
            return
        step = edits.take(edited.mapping, kind, edited.changed)
        if step is None:
            return
        draft.edition = new_id()
        surplus = edits.surplus()
        if surplus > _SLACK or (surplus and edits.steps[surplus - 1].size > _SLACK_ROWS):
            # the steps kept on disk are those from the base on: now and then the base follows
            edits.forget(surplus)
            self._store.put_base(draft.record(), edits)
        else:
            self._store.put_step(draft.record(), edits.done, step)

    async def undo(self, draft: Draft) -> Step:
        """Take the last edit back. Raises ``runtime.nothing_to_undo``."""
        return await self._turn(draft, "undo")

    async def redo(self, draft: Draft) -> Step:
        """Do the edit again that was undone last. Raises ``runtime.nothing_to_redo``."""
        return await self._turn(draft, "redo")

    async def _turn(self, draft: Draft, way: Literal["undo", "redo"]) -> Step:
        def work() -> Step | None:
            edits = draft.edits
            step = edits.undo() if way == "undo" else edits.redo()
            if step is not None:
                draft.edition = new_id()
                self._store.put(draft.record(), edits.done)
            return step

        async with draft.edit_lock:
            step = await asyncio.to_thread(work)
        if step is None:
            raise XushiError(f"runtime.nothing_to_{way}")
        return step

    async def take_sheet(self, draft: Draft, content: bytes) -> list[Fault]:
        """Take an edited sheet over as a whole, or leave the mapping as it is and return the faults."""

        def read(before: NodeMapping) -> Edited:
            mapping, faults = read_table(read_sheet(content), before)
            if not any(fault.code == "connectors.sheet_column" for fault in faults):
                faults = sorted(
                    [*faults, *draft.faults(mapping), *self.floor().faults(mapping)],
                    key=lambda fault: (fault.row, fault.column),
                )
            return Edited(mapping, len(mapping.rows), tuple(faults))

        return list((await self.edit(draft, "sheet", read)).faults)


def _secret_name(draft: str) -> str:
    return f"draft:{draft}"


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
