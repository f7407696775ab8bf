"""Peers killed and started again under load: back within five seconds, the gap marked, nothing twice.

A few rounds in every run; `make outage` does twenty of each (XUSHI_OUTAGE_ROUNDS).
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import paho.mqtt.client as paho

from xushi.connectors import Link, Point
from xushi.connectors._mqtt import MqttConnector
from xushi.connectors._opcua import OpcuaConnector
from xushi.kernel import SystemClock
from xushi.signals import BAD_NO_COMMUNICATION, Kind
from xushi.testing import free_port, start_node_opcua

sys.path.insert(0, str(Path(__file__).parent))
from opcua_peer import LOADED
from opcua_peer import URI as ASYNCUA_URI

ROUNDS = int(os.environ.get("XUSHI_OUTAGE_ROUNDS", "2"))
BACK_WITHIN_S = 5.0
TOPICS = 50


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
    gathered: Any, handles: list[int], kill: Callable[[], None], start: Callable[[], None]
) -> list[float]:
    """Kill and start the peer again and again; return how long each return took, in seconds."""
    await gathered.until(lambda: {*handles} <= seen(gathered, 0), 30.0)
    took: list[float] = []
    for number in range(ROUNDS):
        await asyncio.to_thread(kill)
        await gathered.until(lambda: gathered.statuses[-1].state != "live")
        gap = gap_counts(gathered, handles)
        assert gap == dict.fromkeys(handles, number + 1)
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


def check(gathered: Any, handles: list[int], took: list[float]) -> None:
    print(f"\nback after {max(took):.2f} s at worst of {len(took)}")
    assert max(took) < BACK_WITHIN_S
    for handle, values in good_values(gathered, handles).items():
        assert all(earlier < later for earlier, later in itertools.pairwise(values)), handle
    times = dict.fromkeys(handles, 0)
    for frame in gathered.frames:
        for handle, time_ns in zip(frame.signals.tolist(), frame.times_ns.tolist(), strict=True):
            assert time_ns > times[handle]
            times[handle] = time_ns


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


class Writer:
    """Writes one number after the other, whatever happens to the broker, and keeps what it was told of each."""

    def __init__(self, connector: MqttConnector, point: Point) -> None:
        self.told: dict[int, str] = {}
        self._connector, self._point = connector, point

    async def work(self) -> None:
        for number in itertools.count(1):
            try:
                result = await asyncio.wait_for(self._connector.write(self._point, number), 1.0)
            except TimeoutError:
                self.told[number] = "unknown"
            else:
                assert result.is_unsent or result.status == 0, result
                self.told[number] = "unsent" if result.is_unsent else "done"
            await asyncio.sleep(0.02)

    def account(self, taken: list[int]) -> Counter[str]:
        """Check that what is done arrived, and that what was not sent never did."""
        assert taken == sorted(set(taken)), "a write arrived twice or out of order"
        for number, state in self.told.items():
            assert state == "unknown" or (number in taken) == (state == "done"), (number, state)
        return Counter(self.told.values())


async def test_a_broker_that_is_killed_again_and_again(tmp_path, gathered, define, broker) -> None:
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
    check(gathered, handles, took)
    told = writer.account(taken)
    print(f"writes: {dict(told)}")
    assert told["done"] >= ROUNDS
    assert told["unsent"] >= ROUNDS


async def test_an_opcua_server_that_is_killed_again_and_again(tmp_path, gathered, define) -> None:
    handles = define(*[(f"v{n}", Kind.DOUBLE) for n in range(LOADED)])
    points = tuple(Point(h, f"v{n}", f"nsu={ASYNCUA_URI};s=L{n}") for n, h in enumerate(handles))
    port = free_port()
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        command = [sys.executable, str(Path(__file__).parent / "opcua_peer.py"), str(port), "load"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"

    def kill() -> None:
        running[-1].kill()
        running[-1].wait(10)

    await asyncio.to_thread(start)
    try:
        link = Link("test", "opcua", f"opc.tcp://127.0.0.1:{port}", {}, points)
        async with serving(OpcuaConnector(tmp_path, SystemClock()), link, gathered):
            took = await outages(gathered, handles, kill, start)
    finally:
        kill()
    check(gathered, handles, took)


async def test_an_opcua_server_that_nobody_here_wrote_is_killed_again_and_again(tmp_path, gathered, define) -> None:
    server = await asyncio.to_thread(start_node_opcua, tmp_path / "node")
    (handle,) = define(("v", Kind.DOUBLE))
    ended = threading.Event()

    def load() -> None:
        while not ended.wait(0.02):
            try:
                server.set("Double", time.time())
            except (OSError, AssertionError, ValueError):
                continue  # it is dead just now

    thread = threading.Thread(target=load, daemon=True)
    thread.start()
    try:
        link = Link("test", "opcua", server.url, {}, (Point(handle, "v", "nsu=urn:xushi:test:node;s=Double"),))
        async with serving(OpcuaConnector(tmp_path, SystemClock()), link, gathered):
            took = await outages(gathered, [handle], server.kill, server.start)
    finally:
        ended.set()
        thread.join(10)
        server.kill()
    print(f"back after {max(took):.2f} s at worst of {len(took)}")
    assert max(took) < BACK_WITHIN_S
    assert gap_counts(gathered, [handle])[handle] == ROUNDS + 1
