"""Peers killed and started again under load: back within five seconds, the gap marked, nothing twice.

Two rounds in every run; `python -m bench outage` does twenty of each and prints what they measure.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import operator
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import paho.mqtt.client as paho
import pytest
from measuring import Record, hand_on, rounds

from xushi.connectors import Connector, Link, Point
from xushi.connectors._mqtt import MqttConnector
from xushi.connectors._opcua import OpcuaConnector
from xushi.kernel import SystemClock
from xushi.runtime import SYSTEM, Platform, queued_writes
from xushi.signals import BAD_NO_COMMUNICATION, Kind
from xushi.testing import free_port, start_node_opcua

sys.path.insert(0, str(Path(__file__).parent))
from edge_node import EdgeNode
from modbus_machine import DATA, put, until, whole
from opcua_peer import LOADED
from opcua_peer import URI as ASYNCUA_URI
from test_links import affordance, environment, interface, mapping, prop, steps

ROUNDS = rounds(2)
BACK_WITHIN_S = 5.0
TOPICS = 50
FOREIGN = 10


@asynccontextmanager
async def serving(connector: Any, link: Link, gathered: Any) -> AsyncIterator[None]:
    task = asyncio.create_task(connector.run(link, gathered.sink, gathered.listen))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def good_values(gathered: Any, handles: list[int]) -> dict[int, list[float]]:
    """The good values of DOUBLE signals in the order in which they came, without a Python object per row until now."""
    found: dict[int, list[float]] = {handle: [] for handle in handles}
    for frame in gathered.frames:
        is_good = frame.qualities < 0x8000_0000
        values = frame.bits.view(np.float64)
        for handle, value in zip(frame.signals[is_good].tolist(), values[is_good].tolist(), strict=True):
            found[handle].append(value)
    return found


async def outages(
    gathered: Any, handles: list[int], kill: Callable[[], None], start: Callable[[], None], also: tuple[int, ...] = ()
) -> list[float]:
    """Kill and start the peer again and again; return how long each return took, in seconds.

    Args:
        also: signals that are only written; each outage is marked in them too.
    """
    await gathered.until(lambda: {*handles} <= seen(gathered, 0), 30.0)
    took: list[float] = []
    for number in range(ROUNDS):
        await asyncio.to_thread(kill)
        await gathered.until(lambda: gathered.statuses[-1].state != "live")
        assert gap_counts(gathered, [*handles, *also]) == dict.fromkeys([*handles, *also], number + 1)
        await asyncio.sleep(0.1 + 0.4 * (number % 5))
        before = len(gathered.frames)
        await asyncio.to_thread(start)
        back = time.monotonic()
        await gathered.until(lambda before=before: {*handles} <= seen(gathered, before), 30.0)
        took.append(time.monotonic() - back)
        assert gathered.statuses[-1].state == "live"
    return took


def seen(gathered: Any, start: int) -> set[int]:
    found: set[int] = set()
    for frame in gathered.frames[start:]:
        found |= set(frame.signals[frame.qualities < 0x8000_0000].tolist())
    return found


def gap_counts(gathered: Any, handles: list[int]) -> dict[int, int]:
    counts = dict.fromkeys(handles, 0)
    for frame in gathered.frames:
        for handle in frame.signals[frame.qualities == BAD_NO_COMMUNICATION].tolist():
            counts[handle] += 1
    return counts


def misplaced(values: Iterable[list[float]], *, may_repeat: bool = False) -> int:
    """How many values came twice or out of order: each signal's grow from one to the next."""
    is_wrong = operator.gt if may_repeat else operator.ge
    return sum(is_wrong(*pair) for of_one in values for pair in itertools.pairwise(of_one))


def misplaced_times(gathered: Any) -> int:
    """How many rows, gaps among them, are not later than the row of the same signal before them."""
    times: dict[int, int] = {}
    found = 0
    for frame in gathered.frames:
        for handle, time_ns in zip(frame.signals.tolist(), frame.times_ns.tolist(), strict=True):
            found += time_ns <= times.get(handle, 0)
            times[handle] = time_ns
    return found


def settle(
    record: Record, peer: str, gathered: Any, signals: list[int], took: list[float], misplaced: int,
    writes: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Hand on what the outages of a peer came to, and hold it to what is promised.

    Args:
        signals: each outage is marked in every one of them.
        misplaced: how many values came twice or out of order.
        writes: what was told of them, and how many were `mistold`.
    """
    gaps = gap_counts(gathered, signals)
    figures = {
        "peer": peer,
        "signals": len(signals),
        "returns_s": [round(one, 2) for one in took],
        "values": sum(len(frame.signals) for frame in gathered.frames),
        "unmarked": sum(max(0, ROUNDS - count) for count in gaps.values()),
        "misplaced": misplaced,
        "writes": writes,
    }
    hand_on(record, figures)
    assert max(took) < BACK_WITHIN_S
    assert figures["unmarked"] == 0
    assert misplaced == 0
    assert writes is None or writes["mistold"] == 0


@contextmanager
def publishing(port: int) -> Iterator[None]:
    """A client of somebody else's that publishes a growing number to fifty topics, 2,500 messages a second."""
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.reconnect_delay_set(0.1, 0.2)
    client.max_queued_messages_set(1)  # what was said during the outage is lost, as a sensor's would be
    client.connect_async("127.0.0.1", port)
    client.loop_start()
    ended = threading.Event()

    def publish() -> None:
        number = 0
        while not ended.wait(0.02):
            number += 1
            if client.is_connected():
                for topic in range(TOPICS):
                    body = {"timestamp": time.time_ns(), "value": number * 1.0}
                    client.publish(f"outage/{topic}", json.dumps(body))

    thread = threading.Thread(target=publish, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(10)
        client.disconnect()
        client.loop_stop()


@contextmanager
def taking(port: int) -> Iterator[list[int]]:
    """A device that takes `outage/set` and reports on `outage/actual`; gives what reached it."""
    taken: list[int] = []

    def take(client: Any, data: Any, message: Any) -> None:
        taken.append(json.loads(message.payload)["value"])
        client.publish("outage/actual", message.payload)

    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.on_message = take
    client.on_connect = lambda *_: client.subscribe("outage/set", 1)
    client.reconnect_delay_set(1, 1)
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        yield taken
    finally:
        client.disconnect()
        client.loop_stop()


def running(request: pytest.FixtureRequest) -> str:
    """Which broker the test runs against."""
    name: str = request.node.callspec.params["broker"]
    return name


class Writer:
    """Writes one number after the other, whatever happens to the peer, and keeps what it was told of each."""

    def __init__(self, connector: Connector, point: Point) -> None:
        self.told: dict[int, str] = {}
        self._connector, self._point = connector, point

    async def work(self) -> None:
        for number in itertools.count(1):
            try:
                result = await asyncio.wait_for(self._connector.write(self._point, number), 1.0)
            except TimeoutError:
                self.told[number] = "unknown"
            else:
                assert result.is_unsent or result.is_unsettled or result.status == 0, result
                self.told[number] = "unsent" if result.is_unsent else "unknown" if result.is_unsettled else "done"
            await asyncio.sleep(0.02)

    def account(self, taken: list[int]) -> dict[str, Any]:
        """What was told of the writes, and of how many wrongly: what is done arrived once, what was not sent never."""
        arrived = set(taken)
        wrong = [number for number, told in self.told.items() if told == ("unsent" if number in arrived else "done")]
        return {"told": Counter(self.told.values()), "mistold": len(wrong) + misplaced([taken])}


async def test_a_broker_that_is_killed_again_and_again(
    tmp_path, gathered, define, broker, request, record_property
) -> None:
    handles = define(*[(f"v{n}", Kind.DOUBLE) for n in range(TOPICS)], ("actual", Kind.DOUBLE))
    options = {"write_topic": "outage/set", "write_pointer": "/value"}
    written = Point(handles[-1], "actual", "outage/actual#/value", Kind.DOUBLE, True, options)
    points = tuple(Point(h, f"v{n}", f"outage/{n}#/value") for n, h in enumerate(handles[:-1]))
    link = Link("test", "mqtt", broker.url, {}, (*points, written))
    connector = MqttConnector(tmp_path, SystemClock())
    writer = Writer(connector, written)
    with publishing(broker.port), taking(broker.port) as taken:
        async with serving(connector, link, gathered):
            await gathered.until_state("live")
            working = asyncio.create_task(writer.work())
            took = await outages(gathered, handles, broker.kill, broker.start)
            held = Counter(writer.told.values())["done"]
            await gathered.until(lambda: Counter(writer.told.values())["done"] > held)
            working.cancel()
            await asyncio.wait([working])
    wrong = misplaced(good_values(gathered, handles).values()) + misplaced_times(gathered)
    writes = writer.account(taken)
    settle(record_property, f"MQTT broker ({running(request)})", gathered, handles, took, wrong, writes)
    assert writes["told"]["done"] >= ROUNDS
    assert writes["told"]["unsent"] >= ROUNDS


class OpcuaPeer:
    """A server by asyncua in a process of its own, under load; it keeps what is written to `Set` in a file."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self._taken = folder / "taken.txt"
        self._running: subprocess.Popen[bytes] | None = None
        self.url = f"opc.tcp://127.0.0.1:{self._port}"

    def start(self) -> None:
        command = [sys.executable, str(Path(__file__).parent / "opcua_peer.py"), str(self._port), "load"]
        self._running = subprocess.Popen([*command, str(self._taken)], stdout=subprocess.PIPE)
        assert self._running.stdout is not None
        assert self._running.stdout.readline() == b"ready\n"

    def kill(self) -> None:
        if self._running is not None:
            self._running.kill()
            self._running.wait(10)

    def taken(self) -> list[int]:
        """What was written to it so far, in order."""
        return [int(float(line)) for line in self._taken.read_text("utf-8").split()] if self._taken.exists() else []


@pytest.fixture
def opcua_peer(tmp_path: Path) -> Iterator[OpcuaPeer]:
    peer = OpcuaPeer(tmp_path)
    peer.start()
    yield peer
    peer.kill()


async def test_an_opcua_server_that_is_killed_again_and_again(
    tmp_path, gathered, define, opcua_peer, record_property
) -> None:
    *handles, last = define(*[(f"v{n}", Kind.DOUBLE) for n in range(LOADED)], ("set", Kind.DOUBLE))
    points = tuple(Point(h, f"v{n}", f"nsu={ASYNCUA_URI};s=L{n}") for n, h in enumerate(handles))
    written = Point(last, "set", f"nsu={ASYNCUA_URI};s=Set", Kind.DOUBLE, True)
    link = Link("test", "opcua", opcua_peer.url, {}, (*points, written))
    connector = OpcuaConnector(tmp_path, SystemClock())
    writer = Writer(connector, written)
    async with serving(connector, link, gathered):
        await gathered.until_state("live")
        working = asyncio.create_task(writer.work())
        await gathered.until(lambda: "done" in writer.told.values(), 30.0)
        took = await outages(gathered, handles, opcua_peer.kill, opcua_peer.start, also=(last,))
        held = Counter(writer.told.values())["done"]
        await gathered.until(lambda: Counter(writer.told.values())["done"] > held, 30.0)
        working.cancel()
        await asyncio.wait([working])
    signals = [*handles, last]
    values = good_values(gathered, signals)
    values.pop(last)  # each start begins with the same
    wrong = misplaced(values.values()) + misplaced_times(gathered)
    writes = writer.account(opcua_peer.taken())
    settle(record_property, "OPC UA server (asyncua)", gathered, signals, took, wrong, writes)
    assert writes["told"]["unsent"] >= ROUNDS, "a write to a server that is away is refused at once"


async def test_writes_to_an_opcua_server_that_is_away_are_refused_or_queued_as_the_command_says(
    tmp_path: Path, opcua_peer: OpcuaPeer, record_property: Record
) -> None:
    offered = prop("type", "number"), prop("readOnly", "false")
    face = interface(
        "Ua", opcua_peer.url, "application/octet-stream",
        affordance("set", f"/?id=nsu={ASYNCUA_URI};s=Set", *offered),
    )  # fmt: skip
    described = environment([face], [mapping((steps("Ua", "set"), "Set"))], [prop("Set", "0", "xs:double")])
    with Platform.open(tmp_path / "data") as platform:
        put(platform, whole(described))
        await platform.start()

        async def write(value: float, **more: Any) -> Any:
            return await platform.bus.run("signal.write", {"signal": f"{DATA}Set", "value": value, **more}, SYSTEM)

        def states() -> set[str]:
            return {status.state for status in platform.links.statuses.values()}

        try:
            await until(lambda: states() == {"live"})
            accepted = [0]
            for number in range(1, ROUNDS + 1):
                await asyncio.to_thread(opcua_peer.kill)
                await until(lambda: "live" not in states())
                refused = await write(900 + number)
                assert (refused.state, refused.error["code"]) == ("failed", "runtime.link_down")
                for step in range(3):
                    assert (await write(10 * number + step, when_offline="queue")).state == "done"
                    accepted.append(10 * number + step)
                assert opcua_peer.taken() == accepted[1:-3]
                await asyncio.to_thread(opcua_peer.start)
                await until(lambda: {one.state for one in queued_writes(platform.store)} == {"delivered"})
                assert opcua_peer.taken() == accepted[1:], "in order, each once, and nothing that was refused"
        finally:
            await platform.stop()
    arrived = opcua_peer.taken()
    mistold = len(set(accepted[1:]) ^ set(arrived)) + misplaced([arrived])
    told = {"refused": ROUNDS, "queued": len(accepted) - 1, "delivered": len(arrived)}
    hand_on(
        record_property,
        {"peer": "OPC UA server (asyncua), its queue", "writes": {"told": told, "mistold": mistold}},
    )


async def test_a_broker_of_a_sparkplug_node_is_killed_again_and_again(
    tmp_path, gathered, define, broker, request, record_property
) -> None:
    handles = define(("target", Kind.DOUBLE), ("mode", Kind.INT))
    points = (
        Point(handles[0], "target", "spBv1.0/G/N/D:Target", options={"metric": "Target"}),
        Point(handles[1], "mode", "spBv1.0/G/N/D:Mode", Kind.INT, options={"metric": "Mode"}),
    )
    node = EdgeNode(broker.port)
    ended = threading.Event()

    def measure() -> None:
        number = 1
        while not ended.wait(0.02):
            number += 1
            node.report("Target", float(number))
            node.report("Mode", number)

    with node:
        thread = threading.Thread(target=measure, daemon=True)
        thread.start()
        try:
            connector = MqttConnector(tmp_path, SystemClock())
            async with serving(connector, Link("test", "mqtt", broker.url, {}, points), gathered):
                took = await outages(gathered, handles, broker.kill, broker.start)
        finally:
            ended.set()
            thread.join(10)
    wrong = misplaced([good_values(gathered, handles)[handles[0]]], may_repeat=True)  # a birth says a value again
    settle(record_property, f"Sparkplug broker ({running(request)})", gathered, handles, took, wrong)


async def test_an_opcua_server_that_nobody_here_wrote_is_killed_again_and_again(
    tmp_path, gathered, define, record_property
) -> None:
    server = await asyncio.to_thread(start_node_opcua, tmp_path / "node", extra_nodes=FOREIGN)
    handles = define(*[(f"v{n}", Kind.DOUBLE) for n in range(FOREIGN)])
    ended = threading.Event()

    def load() -> None:
        while not ended.wait(0.02):
            try:
                for n in range(FOREIGN):
                    server.set(f"V{n}", time.time())
            except (OSError, AssertionError, ValueError):
                continue  # it is dead just now

    thread = threading.Thread(target=load, daemon=True)
    thread.start()
    try:
        points = tuple(Point(h, f"v{n}", f"nsu=urn:xushi:test:node;s=V{n}") for n, h in enumerate(handles))
        link = Link("test", "opcua", server.url, {}, points)
        async with serving(OpcuaConnector(tmp_path, SystemClock()), link, gathered):
            took = await outages(gathered, handles, server.kill, server.start)
    finally:
        ended.set()
        thread.join(10)
        server.kill()
    loaded = [  # without what each start begins with
        [value for value in values if value > FOREIGN] for values in good_values(gathered, handles).values()
    ]
    settle(record_property, "OPC UA server (node-opcua)", gathered, handles, took, misplaced(loaded))
    assert gap_counts(gathered, handles) == dict.fromkeys(handles, ROUNDS + 1)
    assert min(map(len, loaded)) > ROUNDS
