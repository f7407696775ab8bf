"""Keeps a connector running for every connection the twins describe, and knows how each one is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Container, Mapping
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi.connectors import (
    Attentive,
    Connector,
    DeviceAction,
    Link,
    LinkReader,
    LinkStatus,
    Point,
    Reading,
    WriteResult,
    actions_from_environment,
    make_connector,
)
from xushi.connectors.vda5050 import Vehicle, find_vehicles
from xushi.kernel import Clock, Diagnosis, NothingSent, Record, XushiError
from xushi.runtime._sign_in import SecretFile
from xushi.runtime._signals_of_twins import SignalReader
from xushi.runtime._source_time import SourceTime
from xushi.runtime._twins import TwinSnapshot
from xushi.signals import Frame, History, SignalDef, SignalRegistry, SourceRef

log = logging.getLogger("xushi.runtime")

_RESTART_DELAY_S = 2.0
_LONGEST_NS = 2**63 - 1


class _Running:
    """One connector at work."""

    def __init__(self, link: Link, connector: Connector) -> None:
        self.link = link
        self.connector = connector
        self.task: asyncio.Task[None] | None = None


class Derived(msgspec.Struct, frozen=True):
    """What the twins say of connections.

    Attributes:
        described, wanted: connections by id, as the shells tell, and as they are to run.
        points: link id and point by the handle of the signal.
        actions: by key.
        signal_submodels: the submodels that carry signals.
        gone: handles of signals that a device filled and no twin describes any more; what they recorded is kept.
    """

    described: dict[str, Link]
    wanted: dict[str, Link]
    points: dict[int, tuple[str, Point]]
    actions: dict[str, DeviceAction]
    vehicles: list[Vehicle]
    diagnoses: list[Diagnosis]
    signal_submodels: frozenset[str]
    gone: NDArray[np.int64]


class _Sourced(msgspec.Struct, frozen=True):
    """The signals of a submodel with their sources, and all that these came from."""

    plain: tuple[SignalDef, ...]
    filling: tuple[object, ...]
    used: dict[str, str]
    definitions: tuple[SignalDef, ...]
    diagnoses: tuple[Diagnosis, ...]


def _as_set(link: Link, override: Record, secrets: SecretFile) -> Link:
    """A described connection as the operator set it up."""
    security = {**link.security, **override.get("security", {}), **secrets.of(link.id)}
    return msgspec.structs.replace(link, endpoint=override.get("endpoint") or link.endpoint, security=security)


class LinkKeeper:
    """Starts, stops and restarts connectors so that they match the twins and the operator's settings."""

    def __init__(
        self,
        registry: SignalRegistry,
        history: History,
        source_time: SourceTime,
        clock: Clock,
        folder: Path,
        endpoints: Mapping[str, str],
    ) -> None:
        """``endpoints`` are addresses to use by described address; ``folder`` is for the connectors' own files."""
        self._registry = registry
        self._signal_reader = SignalReader()
        self._link_reader = LinkReader(endpoints)
        self._sourced_before: dict[str, _Sourced] = {}
        self._history = history
        self._source_time = source_time
        self._clock = clock
        self._folder = folder
        self.secrets = SecretFile(folder / "secrets.json")
        self._described: dict[str, Link] = {}
        self._wanted: dict[str, Link] = {}
        self._running: dict[str, _Running] = {}
        self._points: dict[int, tuple[str, Point]] = {}
        self._listeners: list[Callable[[LinkStatus], None]] = []
        self._is_started = False
        self._reconciler: asyncio.Task[None] | None = None
        self.statuses: dict[str, LinkStatus] = {}
        self.diagnoses: list[Diagnosis] = []
        self.actions: dict[str, DeviceAction] = {}
        self.vehicles: list[Vehicle] = []
        self.gone: NDArray[np.int64] = np.zeros(0, np.int64)

    # ---- what there is
    def derive(self, twins: TwinSnapshot) -> Derived:
        """Define the signals of the twins and settle which connections are wanted; `take` then puts that in force.

        Runs in any thread, one call at a time. What has not changed since the last call is not worked out again.
        """
        plain = self._signal_reader.read(twins)
        environment = twins.plain_environment()
        reading = self._link_reader.read(environment)
        described = {id: _as_set(link, twins.overrides.get(id, {}), self.secrets) for id, link in reading.links.items()}
        endpoints = {id: link.endpoint for id, link in described.items()}
        diagnoses: list[Diagnosis] = []
        sourced = {id: self._sourced(id, found, reading, endpoints) for id, found in plain.items()}
        changed = {id: found for id, found in sourced.items() if self._sourced_before.get(id) is not found}
        known = {definition.key for found in sourced.values() for definition in found.definitions}
        fresh = [one for one in reading.undefined(known) if one.key not in self._registry]
        self._registry.define([*chain.from_iterable(found.definitions for found in changed.values()), *fresh])
        self._sourced_before = sourced
        for found in sourced.values():
            diagnoses += found.diagnoses
        links = reading.bind(self._registry, changed)
        points = {point.signal: (link.id, point) for link in links for point in link.points}
        set_up = {link.id: msgspec.structs.replace(described[link.id], points=link.points) for link in links}
        return Derived(
            described={link.id: link for link in links},
            wanted={id: link for id, link in set_up.items() if twins.overrides.get(id, {}).get("enabled", True)},
            points=points,
            actions={action.key: action for action in actions_from_environment(environment, links)},
            vehicles=find_vehicles(links, lambda submodel: twins.shell_of_submodel.get(submodel, "")),
            diagnoses=[*diagnoses, *reading.diagnoses],
            signal_submodels=frozenset(id for id, found in sourced.items() if found.definitions),
            gone=self._gone(known, points),
        )

    def _gone(self, described: Container[str], filled: Container[int]) -> NDArray[np.int64]:
        """The signals that devices filled and that no twin describes any more."""
        found = [
            handle
            for handle, one in enumerate(self._registry.all())
            if one.source is not None and one.key not in described and handle not in filled
        ]
        return np.array(found, np.int64)

    def _sourced(
        self, submodel: str, definitions: tuple[SignalDef, ...], reading: Reading, endpoints: Mapping[str, str]
    ) -> _Sourced:
        """The signals of a submodel with their sources, and those left out: of another kind than their history."""
        before = self._sourced_before.get(submodel)
        filling, used = reading.of_submodel(submodel), {id: endpoints[id] for id in reading.links_of(submodel)}
        if before is not None and (before.plain is definitions) and before.filling == filling and before.used == used:
            return before
        found = {one.key: (link, one) for link, one in reading.filling(submodel)}
        kept, diagnoses = [], []
        for definition in definitions:
            if definition.key in self._registry:
                kind = self._registry.get(self._registry.handle(definition.key)).kind
                if kind != definition.kind:
                    params = {"before": kind.name, "after": definition.kind.name}
                    diagnoses.append(Diagnosis("runtime.signal_kind_changed", definition.key, params))
                    continue
            if definition.key in found:
                link, place = found[definition.key]
                source = SourceRef(link.id, endpoints[link.id], place.placement.address, link.protocol)
                definition = msgspec.structs.replace(definition, source=source, writable=place.is_writable)
            kept.append(definition)
        return _Sourced(definitions, filling, used, tuple(kept), tuple(diagnoses))

    def take(self, derived: Derived) -> None:
        """Put in force what `derive` found; connections follow where they are other ones now."""
        self._described, self._wanted, self._points = derived.described, derived.wanted, derived.points
        self.actions, self.vehicles, self.diagnoses = derived.actions, derived.vehicles, derived.diagnoses
        self.gone = derived.gone
        if self._is_started:
            self._reconcile_soon()

    def links(self) -> list[tuple[Link, bool]]:
        """Every described connection and whether it is wanted."""
        return [
            (self._wanted.get(link_id, link), link_id in self._wanted)
            for link_id, link in sorted(self._described.items())
        ]

    def require(self, link_id: str) -> Link:
        """The described connection of that id. Raises ``runtime.link_unknown``."""
        if link_id not in self._described:
            raise XushiError("runtime.link_unknown", link=link_id[:200])
        return self._described[link_id]

    def checked_endpoint(self, link_id: str, endpoint: str) -> str:
        """The endpoint, where it fits the connection's protocol. Raises ``runtime.endpoint_invalid``."""
        scheme = urlsplit(self.require(link_id).endpoint).scheme
        parts = urlsplit(endpoint)
        try:
            is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:
            is_whole = False
        if not is_whole or parts.scheme.rstrip("s") != scheme.rstrip("s"):
            raise XushiError("runtime.endpoint_invalid", endpoint=endpoint[:200], scheme=scheme)
        return endpoint

    def subscribe(self, listener: Callable[[LinkStatus], None]) -> Callable[[], None]:
        """Call ``listener(status)`` whenever a connection changes; returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # ---- running
    def start(self) -> None:
        """Bring the wanted connections up."""
        self._is_started = True
        handles = sorted(self._points)
        if handles:
            newest = self._history.value_as_of(np.array(handles, np.int32), _LONGEST_NS)
            self._source_time.look_again(self._signals(), newest)
        self._reconcile_soon()

    def _signals(self) -> dict[str, list[int]]:
        return {link.id: [point.signal for point in link.points] for link in self._described.values()}

    async def stop(self) -> None:
        """Take every connection down."""
        self._is_started = False
        if self._reconciler is not None:
            await asyncio.wait([self._reconciler])
        await self._end(list(self._running))
        self._source_time.look_away(self._signals())

    def _reconcile_soon(self) -> None:
        before = self._reconciler

        async def follow() -> None:
            if before is not None and not before.done():
                await asyncio.wait([before])
            await self._reconcile()

        self._reconciler = asyncio.get_running_loop().create_task(follow())

    async def _reconcile(self) -> None:
        wanted = dict(self._wanted)
        stale = [link_id for link_id, running in self._running.items() if wanted.get(link_id) != running.link]
        await self._end(stale)
        for link_id in [link_id for link_id in self.statuses if link_id not in wanted]:
            del self.statuses[link_id]
        for link_id, link in wanted.items():
            if link_id not in self._running and self._is_started:
                self._begin(link)

    def _begin(self, link: Link) -> None:
        try:
            connector = make_connector(link.protocol, self._folder, self._clock)
        except XushiError as error:
            self._tell(LinkStatus(link.id, "refused", self._clock.now_ns(), error.code, error=str(error)))
            return
        running = _Running(link, connector)
        self._running[link.id] = running
        running.task = asyncio.get_running_loop().create_task(self._serve(running))

    async def _serve(self, running: _Running) -> None:
        def take(frame: Frame) -> None:
            self._source_time.take(running.link.id, frame)

        while True:
            try:
                await running.connector.run(running.link, take, self._tell)
            except XushiError as error:
                reason, code = str(error), error.code
            except Exception as error:  # a plugin's defect must not take the platform down
                log.exception("the connector of %s failed", running.link.id)
                reason, code = f"{type(error).__name__}: {error}", "runtime.connector_broken"
            else:
                reason, code = "", "runtime.connector_ended"
            self._tell(LinkStatus(running.link.id, "refused", self._clock.now_ns(), code, error=reason))
            await asyncio.sleep(_RESTART_DELAY_S)

    async def _end(self, link_ids: list[str]) -> None:
        tasks = [task for link_id in link_ids if (task := self._running.pop(link_id).task) is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _tell(self, status: LinkStatus) -> None:
        self.statuses[status.link] = status
        for listener in list(self._listeners):
            listener(status)

    # ---- writing
    def point(self, handle: int) -> tuple[str, Point]:
        """Link id and point of a signal that a device takes. Raises ``runtime.signal_readonly``."""
        found = self._points.get(handle)
        if found is None or not found[1].writable:
            raise XushiError("runtime.signal_readonly", key=self._registry.get(handle).key)
        return found

    async def write(self, link_id: str, point: Point, value: Any) -> WriteResult:
        """Write to the device. Raises ``runtime.link_down`` where nothing was sent."""
        return await self.live(link_id).write(point, value)

    async def call(self, link_id: str, address: str, arguments: list[Any]) -> WriteResult:
        """Call a method of the device. Raises ``runtime.link_down`` where nothing was sent."""
        return await self.live(link_id).call(address, arguments)

    def live(self, link_id: str) -> Connector:
        """The connector of a connection that is up. Raises ``runtime.link_down``."""
        running = self._running.get(link_id)
        status = self.statuses.get(link_id)
        if running is None or status is None or status.state != "live":
            raise NothingSent("runtime.link_down", link=link_id, state=status.state if status else "off")
        return running.connector

    def is_away(self, link_id: str, key: str) -> bool:
        """Whether a write to the device of this signal is known not to go out now."""
        try:
            connector = self.live(link_id)
        except NothingSent:
            return True
        found = self._points.get(self._registry.handle(key)) if key in self._registry else None
        return found is not None and isinstance(connector, Attentive) and bool(connector.away(found[1]))
