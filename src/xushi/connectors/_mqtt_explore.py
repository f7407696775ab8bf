"""Looks around at an MQTT broker: listens for a while, and shows topics, JSON fields and Sparkplug metrics."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from xushi.kernel import Clock, XushiError, new_id, plain_reason

from ._explore import FoundNode, NodePage, PeerCard, Role, Sample, Walked
from ._json_leaves import leaves_of, pointer_text, type_of
from ._mqtt_session import MqttRefused, MqttSession, open_session
from ._pointer import split_pointer
from ._unreachable import unreachable
from .sparkplug import Metric, decode_payload, encode_payload, is_sparkplug
from .sparkplug._births import born_metrics
from .sparkplug._host import REBIRTH_METRIC
from .sparkplug._payload import DataType

LISTEN_S = 5.0
LONGEST_LISTEN_S = 300.0
MOST_TOPICS = 20_000
MOST_NODES = 200_000
SAMPLES = 5
BIGGEST_PAYLOAD = 256 * 1024
READ_WAIT_S = 0.8
BAD_NO_DATA = 0x809B_0000
_EVERYTHING = "#"


class _Topic:
    """What was heard of one topic."""

    def __init__(self) -> None:
        self.payloads: deque[bytes] = deque(maxlen=SAMPLES)
        self.heard_ns = 0
        self.count = 0


class MqttExplorer:
    """One session for one draft; see `Explorer`.

    Settings: `username`, `password`, `ca_file`, `filter` (topic filter to listen to, everything unless given),
    `listen_s`. At most 20,000 topics are kept; what comes beyond is counted as left out.
    """

    def __init__(self, endpoint: str, settings: dict[str, Any], data_dir: Path, clock: Clock) -> None:
        self._endpoint = endpoint
        self._settings = settings
        self._clock = clock
        self._topics: dict[str, _Topic] = {}
        self._births: dict[str, bytes] = {}
        self._asked: set[str] = set()
        self._metrics: dict[str, Sample] = {}
        self._aliases: dict[str, dict[int, tuple[str, int]]] = {}
        self._session: MqttSession | None = None
        self._nodes: dict[str, FoundNode] = {}
        self._below: dict[str, list[str]] = {}
        self.left_out = 0
        self._listen_s = _seconds(settings.get("listen_s"))
        self._opened_at = 0.0

    async def open(self) -> PeerCard:
        """Connect and begin to listen; see `Explorer.open`."""

        def make() -> MqttSession:
            return MqttSession(self._heard, lambda: None, lambda size: None, BIGGEST_PAYLOAD)

        wanted = str(self._settings.get("filter") or _EVERYTHING)
        try:
            session = await open_session(self._endpoint, self._settings, make)
            self._session = session
            name = f"xushi-look-{new_id(self._clock.now_ns())[-8:]}"
            await session.sign_in(name, self._settings.get("username"), self._settings.get("password"))
            refused = await session.subscribe([(wanted, 0)])
        except MqttRefused as error:
            raise XushiError("connectors.broker_refused", error=str(error)) from error
        except (OSError, TimeoutError, ValueError) as error:
            raise unreachable(self._endpoint, error) from error
        if refused:
            raise XushiError("connectors.filter_refused", filter=wanted)
        self._opened_at = asyncio.get_running_loop().time()
        return PeerCard("MQTT", {"filter": wanted})

    def _heard(self, topic: bytes, payload: bytes, is_retained: bool) -> None:
        try:
            name = topic.decode("utf-8")
        except UnicodeDecodeError:
            self.left_out += 1
            return
        if name.startswith("$SYS/"):
            return
        known = self._topics.get(name)
        if known is None:
            if len(self._topics) >= MOST_TOPICS:
                self.left_out += 1
                return
            known = self._topics[name] = _Topic()
        known.payloads.append(payload)
        known.heard_ns = self._clock.now_ns()
        known.count += 1
        if is_sparkplug(name):
            self._heard_sparkplug(name, payload, known.heard_ns)

    def _heard_sparkplug(self, topic: str, payload: bytes, now_ns: int) -> None:
        parts = topic.split("/")
        if len(parts) not in (4, 5):
            return
        place = "/".join((parts[0], parts[1], *parts[3:]))
        if parts[2] in ("NBIRTH", "DBIRTH"):
            self._births[place] = payload
        elif parts[2] not in ("NDATA", "DDATA"):
            return
        elif place not in self._births:
            self._ask_rebirth(parts[1], parts[3])
        self._keep_metrics(place, payload, now_ns)

    def _keep_metrics(self, place: str, payload: bytes, now_ns: int) -> None:
        """Keep the newest value of each metric; data names metrics by the aliases of the birth (6.4.8)."""
        node = "/".join(place.split("/")[:3])
        aliases = self._aliases.setdefault(node, {})
        try:
            found = decode_payload(payload, {alias: kind for alias, (_, kind) in aliases.items()})
        except ValueError:
            return
        for metric in found.metrics:
            name = metric.name
            if name and metric.alias is not None:
                aliases[metric.alias] = (f"{place}:{name}", metric.datatype)
            address = f"{place}:{name}" if name else aliases.get(metric.alias or 0, ("", 0))[0]
            if address and (address in self._metrics or len(self._metrics) < MOST_NODES):
                time_ns = metric.timestamp_ns or found.timestamp_ns or now_ns
                self._metrics[address] = Sample(address, metric.value, time_ns, metric.quality)

    def _ask_rebirth(self, group: str, node: str) -> None:
        """Ask a node once to say what its metrics are (Sparkplug 3.0, 5.9)."""
        address = f"spBv1.0/{group}/NCMD/{node}"
        if address in self._asked or self._session is None or len(self._asked) >= 1_000:
            return
        self._asked.add(address)
        command = Metric(REBIRTH_METRIC, DataType.BOOLEAN, True)
        payload = encode_payload([command], self._clock.now_ns())
        asyncio.get_running_loop().create_task(self._send(address, payload))

    async def _send(self, topic: str, payload: bytes) -> None:
        try:
            if self._session is not None:
                await self._session.publish(topic, payload)
        except (OSError, TimeoutError):
            return  # the walk shows what was heard; a node that was not asked stays without metrics

    # The tree

    def _rebuild(self) -> None:
        self._nodes, self._below = {}, {"": []}
        for topic in sorted(self._topics):
            if len(self._nodes) >= MOST_NODES:
                self.left_out += 1
            elif not is_sparkplug(topic):
                self._add_topic(topic, self._topics[topic])
        for place in sorted(self._births):
            self._add_birth(place, self._births[place])

    def _put(self, node: FoundNode) -> None:
        if node.address not in self._nodes and len(self._nodes) < MOST_NODES:
            self._nodes[node.address] = node
            self._below.setdefault(node.parent, []).append(node.address)

    def _folders(self, steps: Sequence[str], role: Role = "") -> str:
        """Add a folder for each level of a topic; return the address of the last: `level/level/`."""
        parent = ""
        for depth, step in enumerate(steps):
            address = "/".join(steps[: depth + 1]) + "/"
            is_last = depth == len(steps) - 1
            path = tuple(steps[: depth + 1])
            self._put(FoundNode(address, step or "/", parent, path, has_children=True, role=role if is_last else ""))
            parent = address
        return parent

    def _add_topic(self, topic: str, heard: _Topic) -> None:
        steps = topic.split("/")
        documents, is_text = _documents(heard.payloads)
        if is_text or not isinstance(documents[-1], dict | list):
            parent = self._folders(steps[:-1])
            samples = documents
            type = type_of(steps[-1], samples)
            options = {"content_type": "text/plain"} if is_text else {}
            if type:
                self._put(FoundNode(
                    topic, steps[-1], parent, tuple(steps), is_value=True, has_children=False, type=type,
                    data_type="text" if is_text else "JSON", sample=_short(samples[-1]), options=options,
                ))  # fmt: skip
            return
        parent = self._folders(steps)
        held: dict[tuple[str, ...], list[Any]] = {}
        units: dict[tuple[str, ...], str] = {}
        for document in documents:
            for leaf in leaves_of(document):
                held.setdefault(leaf.pointer, []).append(leaf.sample)
                units[leaf.pointer] = leaf.unit or units.get(leaf.pointer, "")
        for pointer, samples in held.items():
            self._add_leaf(topic, tuple(steps), parent, pointer, samples, units[pointer])

    def _add_leaf(
        self, topic: str, steps: tuple[str, ...], parent: str, pointer: tuple[str, ...], samples: list[Any], unit: str
    ) -> None:
        for depth in range(1, len(pointer)):
            address = f"{topic}#{pointer_text(pointer[:depth])}/"
            path = (*steps, *pointer[:depth])
            self._put(FoundNode(address, pointer[depth - 1], parent, path, has_children=True))
            parent = address
        named = next((step for step in reversed(pointer) if step not in ("value", "val", "v")), pointer[-1])
        type = type_of(named, samples)
        if type:
            self._put(FoundNode(
                f"{topic}#{pointer_text(pointer)}", pointer[-1], parent, (*steps, *pointer), is_value=True,
                has_children=False, type=type, data_type="JSON", unit=unit, sample=_short(samples[-1]),
            ))  # fmt: skip

    def _add_birth(self, place: str, payload: bytes) -> None:
        try:
            metrics = born_metrics(payload)
        except ValueError:
            self.left_out += 1
            return
        steps = place.split("/")
        parent = self._folders(steps, "machine" if len(steps) == 4 else "")
        for metric in metrics:
            if metric.name == "bdSeq" or metric.name.startswith("Node Control/"):
                continue
            about = metric.properties
            names = metric.name.split("/")
            above = self._metric_folders(place, parent, names)
            self._put(FoundNode(
                f"{place}:{metric.name}", names[-1], above, (*steps, *names), is_value=True, has_children=False,
                type=metric.type, data_type=metric.data_type, unit=str(about.get("engUnit", ""))[:50],  # type: ignore[arg-type]
                low=_number(about.get("engLow")), high=_number(about.get("engHigh")),
                description=str(about.get("Documentation", about.get("description", "")))[:500],
                is_writable=about.get("readOnly") is False or about.get("writable") is True,
                sample=_short(metric.value), options={"metric": metric.name},
            ))  # fmt: skip

    def _metric_folders(self, place: str, parent: str, names: Sequence[str]) -> str:
        """Add a folder for each step of a metric's name, which `/` parts as levels; return the last."""
        steps = tuple(place.split("/"))
        for depth in range(1, len(names)):
            address = f"{place}:{'/'.join(names[:depth])}/"
            self._put(FoundNode(address, names[depth - 1] or "/", parent, (*steps, *names[:depth]), has_children=True))
            parent = address
        return parent

    # What the wizard asks

    async def children(self, address: str, cursor: str, limit: int) -> NodePage:
        """Return what was heard below a topic level; see `Explorer.children`."""
        await self._listen(min(1.0, self._listen_s))
        self._rebuild()
        below = self._below.get(address, [])
        start = int(cursor) if cursor.isdigit() else 0
        shown = tuple(self._nodes[one] for one in below[start : start + limit])
        return NodePage(shown, str(start + limit) if start + limit < len(below) else "")

    async def walk(self, roots: Sequence[str], limit: int) -> AsyncIterator[Walked]:
        """Listen until the time is over, then yield what was heard; see `Explorer.walk`."""
        start = asyncio.get_running_loop().time()
        while (left_s := self._listen_s - (asyncio.get_running_loop().time() - start)) > 0:
            self._check()
            await asyncio.sleep(min(0.25, left_s))
            yield Walked((), 0.9 * min(1.0, 1 - left_s / self._listen_s))
        self._rebuild()
        chosen = list(self._chosen(roots))[:limit]
        for at in range(0, len(chosen), 1_000):
            yield Walked(tuple(chosen[at : at + 1_000]), 0.9 + 0.1 * (at + 1_000) / len(chosen))
            await asyncio.sleep(0)

    def _chosen(self, roots: Sequence[str]) -> Iterable[FoundNode]:
        if not roots:
            return self._nodes.values()
        picked: dict[str, FoundNode] = {}
        for root in roots:
            lineage = []
            above = self._nodes.get(root)
            while above is not None:
                lineage.append(above)
                above = self._nodes.get(above.parent)
            picked.update({one.address: one for one in reversed(lineage)})
        waiting = [root for root in reversed(roots) if root in self._nodes]
        while waiting:
            address = waiting.pop()
            picked[address] = self._nodes[address]
            waiting.extend(reversed(self._below.get(address, [])))
        return picked.values()

    async def read(self, addresses: Sequence[str]) -> list[Sample]:
        """Return what each address said last; waits a moment for those that were silent so far."""
        await self._listen(min(READ_WAIT_S, self._listen_s))
        return [self._sample(address) for address in addresses]

    def _sample(self, address: str) -> Sample:
        missing = Sample(address, quality=BAD_NO_DATA, text="nothing heard yet")
        if is_sparkplug(address):
            return self._metrics.get(address, missing)
        topic, _, pointer = address.partition("#/")
        heard = self._topics.get(topic)
        if heard is None:
            return missing
        documents, _ = _documents([heard.payloads[-1]])
        value = documents[0]
        for step in split_pointer("/" + pointer if pointer else ""):
            if isinstance(value, list) and step.isdigit() and int(step) < len(value):
                value = value[int(step)]
            elif isinstance(value, dict) and step in value:
                value = value[step]
            else:
                return missing
        return Sample(address, _short(value), heard.heard_ns)

    async def _listen(self, least_s: float) -> None:
        """Wait until at least so long was listened since the draft was opened."""
        self._check()
        left_s = least_s - (asyncio.get_running_loop().time() - self._opened_at)
        if left_s > 0:
            await asyncio.sleep(left_s)

    def _check(self) -> None:
        if self._session is not None and self._session.lost.done():
            raise XushiError(
                "connectors.peer_silent",
                endpoint=self._endpoint,
                reason=plain_reason(self._endpoint, self._session.lost.result()),
            )

    async def close(self) -> None:
        """Take leave of the broker."""
        if self._session is not None:
            session, self._session = self._session, None
            session.say_goodbye()


def _documents(payloads: Iterable[bytes]) -> tuple[list[Any], bool]:
    """Return payloads as JSON values, or all as texts where one of them is no JSON."""
    held = list(payloads)
    try:
        return [msgspec.json.decode(payload) for payload in held], False
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return [payload.decode("utf-8", "replace").strip()[:1_000] for payload in held], True


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value[:1_000]
    return value[:100] if isinstance(value, list) else value


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _seconds(value: Any) -> float:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return LISTEN_S
    return min(max(seconds, 0.2), LONGEST_LISTEN_S) if math.isfinite(seconds) else LISTEN_S
