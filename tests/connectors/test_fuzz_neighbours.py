"""Five hundred damaged messages of each protocol over the real way in: each is told, none takes a neighbour along."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import paho.mqtt.client as paho
import pytest
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary
from mutating import damaged_bytes, damaged_json
from processor import LONGEST_HANG_S, OwnTime

from xushi.connectors import Link, LinkReporter, Outage, Point
from xushi.connectors._mqtt import MqttConnector
from xushi.connectors._opcua import OpcuaConnector
from xushi.connectors._opcua_changes import Items
from xushi.connectors._opcua_publish import PublishError, read_publish
from xushi.connectors._opcua_structures import Field, Structure
from xushi.connectors._opcua_subscription import SubscriptionLost
from xushi.connectors.sparkplug import DataType, Metric, decode_payload, encode_payload
from xushi.kernel import ManualClock, SystemClock
from xushi.signals import Kind

VARIANTS = 500
NOW = 1_795_248_000_000_000_000

READING = {
    "timestamp": "2026-11-21T08:00:00Z",
    "value": 1.5,
    "deep": {"count": 3, "text": "a", "list": [1, 2.5]},
    "ok": True,
}
READING_POINTS = [
    ("fuzz/reading#/value", Kind.DOUBLE),
    ("fuzz/reading#/deep/count", Kind.INT),
    ("fuzz/reading#/deep/text", Kind.STRING),
    ("fuzz/reading#/deep/list", Kind.ARRAY),
    ("fuzz/reading#/ok", Kind.BOOL),
    ("fuzz/reading#/timestamp", Kind.TIME),
]

# VDA 5050 2.1, 6.10: a state as vehicles send it, on `<interface>/<version>/<manufacturer>/<serial>/state`
STATE = {
    "headerId": 7,
    "timestamp": "2026-11-21T08:00:00.00Z",
    "version": "2.1.0",
    "manufacturer": "Maker",
    "serialNumber": "AGV-1",
    "orderId": "O-1",
    "orderUpdateId": 0,
    "lastNodeId": "n3",
    "lastNodeSequenceId": 4,
    "driving": True,
    "operatingMode": "AUTOMATIC",
    "nodeStates": [{"nodeId": "n4", "sequenceId": 6, "released": True}],
    "edgeStates": [],
    "agvPosition": {"x": 1.5, "y": -2.5, "theta": 0.7, "mapId": "hall", "positionInitialized": True},
    "velocity": {"vx": 0.8, "vy": 0.0, "omega": 0.1},
    "batteryState": {"batteryCharge": 81.5, "charging": False},
    "actionStates": [{"actionId": "a1", "actionStatus": "RUNNING"}],
    "errors": [],
    "safetyState": {"eStop": "NONE", "fieldViolation": False},
}
_AGV = "uagv/v2/Maker/AGV-1/state"
STATE_POINTS = [
    (f"{_AGV}#/agvPosition/x", Kind.DOUBLE),
    (f"{_AGV}#/agvPosition/theta", Kind.DOUBLE),
    (f"{_AGV}#/lastNodeSequenceId", Kind.INT),
    (f"{_AGV}#/driving", Kind.BOOL),
    (f"{_AGV}#/operatingMode", Kind.STRING),
    (f"{_AGV}#/batteryState/batteryCharge", Kind.DOUBLE),
    (f"{_AGV}#/nodeStates/0/nodeId", Kind.STRING),
]

_TYPES = [DataType.DOUBLE, DataType.INT64, DataType.BOOLEAN, DataType.STRING, DataType.DATETIME]
_KINDS = [Kind.DOUBLE, Kind.INT, Kind.BOOL, Kind.STRING, Kind.TIME]
_VALUES = [1.5, -7, True, "engine", NOW]
BIRTH = encode_payload([Metric(f"m{i}", type, None, i) for i, type in enumerate(_TYPES)], NOW, 1)
DATA = encode_payload(
    [Metric("", type, value, i) for i, (type, value) in enumerate(zip(_TYPES, _VALUES, strict=True))], NOW
)
SPARKPLUG_POINTS = [(f"spBv1.0/G/N/D:m{i}", kind) for i, kind in enumerate(_KINDS)]

CASES: dict[str, tuple[list[tuple[str, Kind]], str, Callable[[Random], bytes]]] = {
    "json": (READING_POINTS, "fuzz/reading", lambda random: damaged_json(random, READING)),
    "vda5050": (STATE_POINTS, _AGV, lambda random: damaged_json(random, STATE)),
    "sparkplug": (SPARKPLUG_POINTS, "spBv1.0/G/DDATA/N/D", lambda random: damaged_bytes(random, DATA)),
}


@asynccontextmanager
async def never_hanging() -> AsyncIterator[None]:
    """Measure the longest time for which the event loop did nothing else, by its own doing."""
    longest_s = 0.0

    async def beat() -> None:
        nonlocal longest_s
        while True:
            began = OwnTime(os.getpid())
            await asyncio.sleep(0.05)
            longest_s = max(longest_s, began.taken_s())

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
    assert 0 < longest_s < LONGEST_HANG_S


class Accounting(MqttConnector):
    """Notes of each message on one topic whether it was told as unusable, gave values, or neither."""

    def __init__(self, folder: Path, topic: str) -> None:
        super().__init__(folder, SystemClock())
        self._topic = topic.encode()
        self.outcomes: list[tuple[bytes, str]] = []

    def _message(self, topic: bytes, payload: bytes, is_retained: bool) -> None:
        refused, rows = self._report.refused, self._rows()
        super()._message(topic, payload, is_retained)
        if topic == self._topic:
            is_told = self._report.refused > refused
            self.outcomes.append((payload, "told" if is_told else "taken" if self._rows() > rows else "nothing"))

    def _rows(self) -> int:
        return len(self._columns) + self._frame_rows


def says_nothing(case: str, payload: bytes) -> bool:
    """Whether a message is sound and holds no value at all."""
    if case == "sparkplug":
        return not decode_payload(payload).metrics
    return json.loads(payload) in ([], {})


@pytest.mark.parametrize("case", list(CASES))
async def test_damaged_messages_are_told_and_every_good_one_beside_them_arrives(
    tmp_path, gathered, define, broker, case
) -> None:
    named, topic, damage = CASES[case]
    *handles, neighbour = define(*named, ("neighbour", Kind.INT))
    points = [Point(h, name, name, kind) for h, (name, kind) in zip(handles, named, strict=True)]
    points.append(Point(neighbour, "n", "fuzz/neighbour#/n", Kind.INT))
    peer = paho.Client(paho.CallbackAPIVersion.VERSION2)
    peer.max_inflight_messages_set(VARIANTS * 3)
    peer.connect("127.0.0.1", broker.port)
    peer.loop_start()
    connector = Accounting(tmp_path, topic)
    task = asyncio.create_task(
        connector.run(Link("t", "mqtt", broker.url, {}, tuple(points)), gathered.sink, gathered.listen)
    )
    random = Random(case)
    try:
        async with never_hanging():
            await gathered.until_state("live")
            if case == "sparkplug":
                peer.publish("spBv1.0/G/NBIRTH/N", encode_payload([Metric("bdSeq", DataType.INT64, 0)], NOW, 0))
                peer.publish("spBv1.0/G/DBIRTH/N/D", BIRTH)
            for number in range(VARIANTS):
                peer.publish(topic, damage(random))
                peer.publish("fuzz/neighbour", json.dumps({"n": number}))
                if number % 50 == 49:
                    await gathered.until(lambda n=number: gathered.values(neighbour)[-1:] == [n])
            assert gathered.values(neighbour) == list(range(VARIANTS))
            assert not task.done()
            await gathered.until(lambda: len(connector.outcomes) == VARIANTS)
            for payload, outcome in connector.outcomes:
                assert outcome != "nothing" or says_nothing(case, payload), payload
            assert {"told", "taken"} <= {outcome for _, outcome in connector.outcomes}
            assert gathered.qualities(neighbour) == [0] * VARIANTS
            await gathered.until(lambda: gathered.statuses[-1].refused > 0)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        peer.disconnect()
        peer.loop_stop()
    assert {status.state for status in gathered.statuses[:-1]} <= {"connecting", "live"}
    told = gathered.statuses[-2].error
    assert told
    assert "Traceback" not in told


# ---- OPC UA: the way of a response from the subscription to the sink, without a socket

_RESULT = ua.NodeId("Result", 2)
_ENCODING = ua.NodeId(5001, 2)


def response(sequence: int) -> bytes:
    body = struct_to_binary_of_double(98.5) + b"\x02\x00\x00\x00" + b"\x00\x00\x20\x41" * 2
    values = [
        (0, ua.Variant(1.5, ua.VariantType.Double)),
        (1, ua.Variant("text", ua.VariantType.String)),
        (2, ua.Variant([1.0, 2.0], ua.VariantType.Double)),
        (3, ua.Variant(ua.ExtensionObject(_ENCODING, body), ua.VariantType.ExtensionObject)),
        (4, ua.Variant(ua.LocalizedText("a", "b"), ua.VariantType.LocalizedText)),
        (5, ua.Variant(True, ua.VariantType.Boolean)),
    ]
    publish = ua.PublishResponse()
    publish.Parameters.SubscriptionId = 1
    publish.Parameters.NotificationMessage.SequenceNumber = sequence
    changes = [ua.MonitoredItemNotification(handle, ua.DataValue(value)) for handle, value in values]
    publish.Parameters.NotificationMessage.NotificationData = [ua.DataChangeNotification(MonitoredItems=changes)]
    encoded: bytes = struct_to_binary(publish)
    return encoded


def struct_to_binary_of_double(value: float) -> bytes:
    return np.float64(value).tobytes()


def prepared(gathered: Any, handles: list[int], kinds: list[Kind], tmp_path: Any) -> OpcuaConnector:
    """A connector in the middle of its work: its items, its book of types, its report."""
    clock = ManualClock(NOW)
    connector = OpcuaConnector(tmp_path, clock)
    connector._report = LinkReporter("t", clock, gathered.listen)
    connector._sink = gathered.sink
    connector._outage = connector._refused = Outage(handles)
    connector._items = Items(np.array(handles, np.int32), np.array(kinds, np.int8), {3: ("Torque",)})
    book = connector._items.book
    fields = (Field("Torque", int(ua.VariantType.Double)), Field("Steps", int(ua.VariantType.Float), rank=1))
    book._structures[_RESULT] = Structure("Result", fields)
    book._by_encoding[_ENCODING] = _RESULT
    learning: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    connector._learning = learning  # as if it were learning already: there is no server to ask here
    return connector


async def test_damaged_opcua_responses_are_told_and_the_next_good_one_arrives(tmp_path, gathered, define) -> None:
    kinds = [Kind.DOUBLE, Kind.STRING, Kind.ARRAY, Kind.DOUBLE, Kind.STRING, Kind.BOOL]
    handles = define(*[(f"v{i}", kind) for i, kind in enumerate(kinds)])
    connector = prepared(gathered, handles, kinds, tmp_path)
    good = response(1)
    random = Random("opcua")
    outcomes: list[tuple[bytes, bool, bool]] = []
    async with never_hanging():
        for _ in range(VARIANTS * 2):
            body = damaged_bytes(random, good)
            gathered.frames.clear()
            refused, told = connector._report.refused, False
            try:
                connector._deliver(body, read_publish(body), False)
            except (PublishError, SubscriptionLost):
                told = True
            outcomes.append((body, told or connector._report.refused > refused, bool(gathered.frames)))
            gathered.frames.clear()
            connector._deliver(good, read_publish(good), False)
            found = {signal: value for signal, _, value, quality in gathered.rows if quality == 0}
            assert found == dict(zip(handles, [1.5, "text", [1.0, 2.0], 98.5, "a", True], strict=True))
            await asyncio.sleep(0)
    nothing = [body for body, told, taken in outcomes if not told and not taken]
    for body in nothing:
        message = struct_from_binary(ua.PublishResponse, Buffer(body)).Parameters.NotificationMessage
        assert not any(one.MonitoredItems for one in message.NotificationData or ()), body.hex()
    assert len(nothing) < VARIANTS / 10
    assert connector._report.refused > 0


def test_a_structure_that_claims_to_be_endless_is_refused_at_once() -> None:
    items = Items(np.array([0], np.int32), np.array([Kind.STRING], np.int8))
    loop = Structure("Loop", (Field("Again", 0, _RESULT),))
    items.book._structures[_RESULT] = loop
    items.book._by_encoding[_ENCODING] = _RESULT
    with pytest.raises(ValueError, match="deep"):
        items.book.plain(ua.ExtensionObject(_ENCODING, b"\x00" * 100))
    many = Structure("Many", (Field("All", int(ua.VariantType.Double), rank=1),))
    items.book._structures[_RESULT] = many
    with pytest.raises(ValueError, match="elements"):
        items.book.plain(ua.ExtensionObject(_ENCODING, b"\xff\xff\xff\x7f" + b"\x00" * 100))
