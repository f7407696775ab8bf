"""Follows Sparkplug nodes through birth, data and death, and asks for a rebirth when something was missed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from xushi.kernel import Clock
from xushi.signals import Frame, Kind

from .._link import Point, WriteResult
from ._device import Device, UnknownMetric
from ._payload import DataType, Metric, decode_payload, encode_payload, parse

NAMESPACE = "spBv1.0"
REBIRTH_METRIC = "Node Control/Rebirth"
REBIRTH_INTERVAL_NS = 5_000_000_000
READ_BACK_INTERVAL_NS = 500_000_000
BAD_NO_COMMUNICATION = 0x8031_0000
BAD_TYPE_MISMATCH = 0x8074_0000
BAD_NODE_ID_UNKNOWN = 0x8034_0000

_BY_KIND = {
    Kind.DOUBLE: DataType.DOUBLE,
    Kind.INT: DataType.INT64,
    Kind.BOOL: DataType.BOOLEAN,
    Kind.ENUM: DataType.INT32,
    Kind.TIME: DataType.DATETIME,
    Kind.STRING: DataType.STRING,
    Kind.ARRAY: DataType.DOUBLE_ARRAY,
}


def is_sparkplug(address: str) -> bool:
    """Say whether a point's address or a topic belongs to Sparkplug B."""
    return address.startswith(NAMESPACE + "/")


def metric_of(point: Point) -> str:
    """Return the metric name of a point's address; `options["metric"]` settles names that hold a colon."""
    return str(point.options.get("metric") or point.address.partition(":")[2])


def device_of(point: Point) -> tuple[str, str, str]:
    """Return group, node and device ("" for the node itself) of a point's address."""
    path = point.address.removesuffix(f":{metric_of(point)}").split("/")
    _, group, node, device = (*path, "", "", "")[:4]
    return group, node, device


class _Node:
    """One edge node: its sequence number, its birth certificate number, its devices."""

    def __init__(self) -> None:
        self.devices: dict[str, Device] = {}
        self.seq: int | None = None
        self.birth_number: int | None = None
        self.asked_ns = 0


class SparkplugHost:
    """The host application of the standard (3.0, clause 5), for the nodes that the points belong to.

    Args:
        request: called with topic and payload to publish a command of our own.
    """

    def __init__(
        self,
        points: Sequence[Point],
        clock: Clock,
        refuse: Callable[[str], None],
        request: Callable[[str, bytes], None],
    ) -> None:
        self._clock = clock
        self._refuse = refuse
        self._request = request
        self._nodes: dict[tuple[str, str], _Node] = {}
        self._waiting: dict[Device, None] = {}  # in the order in which their first messages came
        sorted_out: dict[tuple[str, str, str], list[Point]] = {}
        for point in points:
            sorted_out.setdefault(device_of(point), []).append(point)
        for (group, node, device), theirs in sorted_out.items():
            owner = self._nodes.setdefault((group, node), _Node())
            owner.devices[device] = Device(theirs, metric_of)
        for owner in self._nodes.values():
            owner.devices.setdefault("", Device((), metric_of))

    def filters(self) -> list[tuple[str, int]]:
        """Return the topic filters to subscribe to, with QoS: all that the nodes and their devices say."""
        return [
            (f"{NAMESPACE}/{group}/{kind}/{node}{tail}", 1 if kind.endswith("DEATH") else 0)
            for group, node in self._nodes
            for kind, tail in (
                ("NBIRTH", ""),
                ("NDATA", ""),
                ("NDEATH", ""),
                ("DBIRTH", "/+"),
                ("DDATA", "/+"),
                ("DDEATH", "/+"),
            )
        ]

    def request_all(self) -> None:
        """Ask every node to be born again: births are not retained, so a newcomer must ask."""
        for group, node in self._nodes:
            self._ask_for_rebirth(group, node, self._nodes[group, node], is_forced=True)

    def lose_all(self, now_ns: int) -> list[Frame]:
        """Mark every device as lost, for the connection to the broker is; return the gap frames."""
        return [frame for node in self._nodes.values() for frame in self._lose(node, now_ns)]

    def feed(self, topic: str, payload: bytes) -> list[Frame]:
        """Take one message; return its values, or the gap that a death leaves, behind those of messages before it.

        Data messages that are laid out alike are kept, to be read together at `settle`.
        """
        parts = topic.split("/")
        if len(parts) not in (4, 5) or parts[2] not in _KINDS:
            return []
        _, group, kind, name, device_name = (*parts, "")[:5]
        node = self._nodes.get((group, name))
        if node is None:
            return []
        now_ns = self._clock.now_ns()
        device = node.devices.get(device_name)
        if device is None or kind not in ("DDATA", "NDATA"):
            frames = self.settle()  # a birth or a death ends what was valid before it
        else:
            plan = device.plan_of(payload)
            if plan is not None:
                self._follow(node, plan.layout.seq(payload), topic, group, name)
                self._waiting[device] = None
                return device.keep(plan, payload, now_ns, self._refuse)
            frames = device.settle(now_ns, self._refuse)
        frame = self._take(topic, payload, kind, (group, name, node), device)
        return frames if frame is None else [*frames, frame]

    def settle(self) -> list[Frame]:
        """Return the values of all messages that were kept."""
        now_ns = self._clock.now_ns()
        frames = [frame for device in self._waiting for frame in device.settle(now_ns, self._refuse)]
        self._waiting.clear()
        return frames

    def _take(
        self, topic: str, payload: bytes, kind: str, owner: tuple[str, str, _Node], device: Device | None
    ) -> Frame | None:
        group, name, node = owner
        now_ns = self._clock.now_ns()
        try:
            message = parse(payload)
        except ValueError as error:
            self._refuse(f"{topic}: {error}")
            return None
        if kind == "NDEATH":
            return self._on_node_death(node, message, now_ns)
        if kind == "NBIRTH":
            node.seq = None
            for other in node.devices.values():
                other.forget()
            node.birth_number = _birth_number(message)
        self._follow(node, message.seq if message.HasField("seq") else None, topic, group, name)
        if device is None:
            return None
        if kind in ("NBIRTH", "DBIRTH"):
            return device.be_born(message, now_ns, self._refuse)
        if kind == "DDEATH":
            device.forget()
            return device.outage.mark(now_ns)
        return self._on_data(device, message, payload, now_ns, topic, owner)

    def _on_data(
        self,
        device: Device,
        message: Any,
        payload: bytes,
        now_ns: int,
        topic: str,
        owner: tuple[str, str, _Node],
    ) -> Frame | None:
        if device.is_born:
            try:
                return device.read(message, payload, now_ns, self._refuse)
            except UnknownMetric as error:
                self._refuse(f"{topic}: {error} was not announced by a birth")
        self._ask_for_rebirth(*owner)
        return None

    def _on_node_death(self, node: _Node, message: Any, now_ns: int) -> Frame | None:
        """A death counts only for the birth of the same number: the will of an older session comes late."""
        number = _birth_number(message)
        if None not in (number, node.birth_number) and number != node.birth_number:
            return None
        frames = self._lose(node, now_ns)
        if not frames:
            return None
        if len(frames) == 1:
            return frames[0]
        return _joined(frames)

    def _lose(self, node: _Node, now_ns: int) -> list[Frame]:
        node.seq = None
        for device in node.devices.values():
            device.forget()
        gaps = [device.outage.mark(now_ns) for device in node.devices.values()]
        return [gap for gap in gaps if gap is not None]

    def _follow(self, node: _Node, seq: int | None, topic: str, group: str, name: str) -> None:
        """Keep the node's sequence number (0 to 255, then 0 again); a hole asks for a rebirth."""
        if seq is None:
            return
        expected = seq if node.seq is None else (node.seq + 1) & 0xFF
        node.seq = seq
        if seq != expected:
            self._refuse(f"{topic}: sequence number {seq} is not the next")
            self._ask_for_rebirth(group, name, node)

    def ask_back(self, point: Point) -> None:
        """Ask the point's node to state its values again, as no command reads a single metric (3.0, 5.9)."""
        group, name, _ = device_of(point)
        node = self._nodes.get((group, name))
        if node is not None:
            self._ask_for_rebirth(group, name, node, READ_BACK_INTERVAL_NS)

    def away(self, point: Point) -> str:
        """Return which device of the point is not online now, or nothing."""
        group, name, device_name = device_of(point)
        node = self._nodes.get((group, name))
        device = node.devices.get(device_name) if node is not None else None
        if device is not None and device.is_born:
            return ""
        return f"{'/'.join(part for part in (group, name, device_name) if part)} is not online"

    def _ask_for_rebirth(
        self, group: str, name: str, node: _Node, interval_ns: int = REBIRTH_INTERVAL_NS, is_forced: bool = False
    ) -> None:
        now_ns = self._clock.now_ns()
        if not is_forced and now_ns - node.asked_ns < interval_ns:
            return
        node.asked_ns = now_ns
        payload = encode_payload([Metric(REBIRTH_METRIC, DataType.BOOLEAN, True)], now_ns)
        self._request(f"{NAMESPACE}/{group}/NCMD/{name}", payload)

    def command(self, point: Point, value: Any) -> tuple[str, bytes, Any] | WriteResult:
        """Return topic, payload and value of the command that sets a metric, or why it cannot be set.

        The value is as the metric's data type holds it: 12 where 12.6 is written to a whole number.
        """
        group, name, device_name = device_of(point)
        node = self._nodes.get((group, name))
        device = node.devices.get(device_name) if node is not None else None
        if device is None or not device.is_born:
            return WriteResult(BAD_NO_COMMUNICATION, self.away(point))
        known = device.by_name.get(metric_of(point))
        if known is None:
            return WriteResult(BAD_NODE_ID_UNKNOWN, "the device has no metric of this name")
        datatype = known.datatype or _BY_KIND[point.kind]
        # Where the birth gave an alias, a command names the metric by it alone (3.0, 6.4.7).
        name_or_none = known.name if known.alias is None else ""
        now_ns = self._clock.now_ns()
        try:
            payload = encode_payload([Metric(name_or_none, datatype, value, known.alias)], now_ns)
        except (TypeError, ValueError) as error:
            return WriteResult(BAD_TYPE_MISMATCH, str(error))
        kind, tail = ("DCMD", f"/{device_name}") if device_name else ("NCMD", "")
        (told,) = decode_payload(payload).metrics
        return f"{NAMESPACE}/{group}/{kind}/{name}{tail}", payload, told.value


_KINDS = frozenset({"NBIRTH", "NDATA", "NDEATH", "DBIRTH", "DDATA", "DDEATH"})


def _birth_number(message: Any) -> int | None:
    for metric in message.metrics:
        if metric.name == "bdSeq":
            return int(metric.long_value or metric.int_value)
    return None


def _joined(frames: list[Frame]) -> Frame:
    """Gap frames carry no objects, so the kinds of their signals do not matter."""
    highest = max(int(frame.signals.max()) for frame in frames)
    return Frame.concat(frames, np.zeros(highest + 1, np.int8))
