"""Writes over a broker: done is what the device reported, and nothing is lost in silence between the two."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import paho.mqtt.client as paho
import pytest

from xushi.kernel import Outcome, message
from xushi.runtime import SYSTEM, Platform, queued_writes
from xushi.testing import Broker, start_mosquitto

sys.path.insert(0, str(Path(__file__).parents[1] / "connectors"))
from edge_node import EdgeNode
from modbus_machine import DATA, put, until, whole
from test_links import affordance, environment, interface, mapping, prop, smc, sml, steps

NODE = "spBv1.0/G/DDATA/N/D"


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    monkeypatch.setattr("xushi.runtime._devices.CONFIRM_TIMEOUT_S", 1.8)  # a node that says nothing is asked after 1 s
    with start_mosquitto(tmp_path / "broker") as running:
        yield running


@asynccontextmanager
async def started(folder: Path, broker: Broker) -> AsyncIterator[Platform]:
    """A platform with a Sparkplug device, a drive that reports on a topic of its own, and a lamp that never does."""

    def field(name: str) -> dict[str, Any]:
        return smc(name, prop("key", name), prop("type", "number"), prop("readOnly", "false"))

    ways = [("drive/actual", "observeproperty"), ("drive/set", "writeproperty")]
    forms = sml("forms", *[smc(None, prop("href", href), prop("op", op)) for href, op in ways])
    faces = [
        interface(
            "Spark", broker.url, "application/x-sparkplug-b",
            affordance("metrics", NODE, smc("properties", field("Target"), field("Mode"))),
        ),
        interface(
            "Json", broker.url, "application/json",
            smc("drive", smc("properties", field("Speed")), forms),
            affordance("lamp", "lamp", smc("properties", field("Lamp"))),
        ),
    ]  # fmt: skip
    places = {
        "Target": steps("Spark", "metrics", "properties", "Target"),
        "Mode": steps("Spark", "metrics", "properties", "Mode"),
        "Speed": steps("Json", "drive", "properties", "Speed"),
        "Lamp": steps("Json", "lamp", "properties", "Lamp"),
    }
    maps = [mapping((place, name)) for name, place in places.items()]
    sinks = [prop(name, "0", "xs:int" if name == "Mode" else "xs:double") for name in places]
    with Platform.open(folder) as platform:
        if not platform.store.ids("shell"):
            put(platform, whole(environment(faces, maps, sinks)))
        await platform.start()
        try:
            await until(lambda: {status.state for status in platform.links.statuses.values()} == {"live"})
            yield platform
        finally:
            await platform.stop()


async def write(platform: Platform, name: str, value: float, **more: Any) -> Outcome:
    return await platform.bus.run("signal.write", {"signal": DATA + name, "value": value, **more}, SYSTEM)


def value_of(platform: Platform, name: str) -> Any:
    found = platform.board.value(platform.registry.handle(DATA + name))
    return None if found is None or found.quality >= 0x8000_0000 else found.value


async def born(platform: Platform) -> None:
    await until(lambda: value_of(platform, "Target") is not None)


async def mourned(platform: Platform) -> None:
    await until(lambda: value_of(platform, "Target") is None)


def states(platform: Platform) -> list[str]:
    return [one.state for one in queued_writes(platform.store)]


def assert_unknown(outcome: Outcome, code: str = "kernel.outcome_unknown") -> None:
    assert (outcome.state, outcome.is_undoable) == ("unknown", False)
    assert outcome.error is not None
    assert outcome.error["code"] == code
    english, chinese = (message(code, outcome.error["params"], language) for language in ("en", "zh-CN"))
    assert english.why
    assert chinese.why
    assert english.why != chinese.why


async def test_a_metric_is_done_when_it_comes_back_and_is_asked_for_where_it_says_nothing(
    tmp_path: Path, broker: Broker
) -> None:
    async with started(tmp_path / "data", broker) as platform:
        with EdgeNode(broker.port) as node:
            await born(platform)
            for name, value in (("Target", 5.5), ("Mode", 3)):
                outcome = await write(platform, name, value)
                assert (outcome.state, outcome.effects[0]["status"]) == ("done", 0)
                assert (value_of(platform, name), node.taken[-1]) == (value, (name, value))
            births = node.births
            again = await write(platform, "Target", 5.5)  # reported by exception: nothing changes, nothing is said
            assert (again.state, node.births) == ("done", births + 1)
            node.is_mute = True
            mute = await write(platform, "Target", 6.5)
            assert (mute.state, node.births) == ("done", births + 2)


async def test_a_command_that_the_device_does_not_take_over_is_unknown_and_never_done(
    tmp_path: Path, broker: Broker
) -> None:
    async with started(tmp_path / "data", broker) as platform:
        with EdgeNode(broker.port) as node:
            await born(platform)
            node.highest = 10.0
            assert_unknown(await write(platform, "Target", 50.0))
            assert value_of(platform, "Target") == 10.0
            node.is_deaf = True
            assert_unknown(await write(platform, "Target", 5.0))
            queued = await write(platform, "Target", 6.0, when_offline="queue")
            assert_unknown(queued)
            assert states(platform) == []
        statements = platform.evidence.entries(0, 1000)
    assert [one["state"] for one in statements if one["state"] == "unknown"] == ["unknown"] * 3


async def test_a_frozen_broker_leaves_every_write_unknown(tmp_path: Path, broker: Broker) -> None:
    async with started(tmp_path / "data", broker) as platform:
        with EdgeNode(broker.port):
            await born(platform)
            broker.freeze()
            try:
                for name in ("Target", "Speed", "Lamp"):
                    assert_unknown(await write(platform, name, 4.0))
            finally:
                broker.thaw()
            await until(
                lambda: value_of(platform, "Target") == 4.0
            )  # it was on its way: hence neither done nor refused


async def test_a_write_to_a_dead_edge_node_is_refused_or_queued_and_delivered_when_it_is_confirmed(
    tmp_path: Path, broker: Broker
) -> None:
    async with started(tmp_path / "data", broker) as platform:
        never_born = await write(platform, "Target", 2.0)
        assert never_born.state == "failed"
        assert never_born.error is not None
        assert never_born.error["code"] == "runtime.device_away"
        node = EdgeNode(broker.port).start()
        await born(platform)
        node.kill()
        await mourned(platform)
        refused = await write(platform, "Target", 3.0)
        assert (refused.state, refused.error["code"] if refused.error else "") == ("failed", "runtime.device_away")
        for value in (21.0, 22.0, 23.0):
            kept = await write(platform, "Target", value, when_offline="queue")
            assert (kept.state, kept.summary["queued"]) == ("done", True)
        assert states(platform) == ["queued"] * 3
        assert node.taken == []
        node.start()
        await until(lambda: states(platform) == ["delivered"] * 3)
        assert node.taken == [("Target", 21.0), ("Target", 22.0), ("Target", 23.0)]
        node.kill()
        await mourned(platform)
        node.is_deaf = True
        await write(platform, "Target", 24.0, when_offline="queue")
        node.start()
        await until(lambda: states(platform) == ["delivered"] * 3 + ["unknown"])
        node.close()


async def test_a_write_that_cannot_be_sent_over_a_link_that_looks_live_is_queued(
    tmp_path: Path, broker: Broker
) -> None:
    async with started(tmp_path / "data", broker) as platform:
        node = EdgeNode(broker.port).start()
        await born(platform)
        ((link, status),) = platform.links.statuses.items()
        node.kill()
        broker.kill()
        await until(lambda: platform.links.statuses[link].state == "lost")
        platform.links.statuses[link] = msgspec.structs.replace(status, state="live")  # as if it had not noticed yet
        refused = await write(platform, "Speed", 1.0)
        assert (refused.state, refused.error["code"] if refused.error else "") == ("failed", "runtime.device_away")
        kept = await write(platform, "Speed", 2.0, when_offline="queue", valid_s=30.0)
        assert (kept.state, kept.summary["queued"], kept.error) == ("done", True, None)
        (one,) = queued_writes(platform.store)
        assert kept.result == {"queued": one.id, "until_ns": one.until_ns}
        # The queue tries by itself, and nothing goes out: the write waits on
        attempts = "signal.send_queued"
        await until(lambda: any(one.get("command") == attempts for one in platform.evidence.entries(0, 1000)))
        await until(lambda: states(platform) == ["queued"])
        broker.start()
        with drive(broker) as taken:
            await until(lambda: states(platform) == ["delivered"])
            assert taken == [{"Speed": 2.0}]


@contextmanager
def drive(broker: Broker) -> Iterator[list[Any]]:
    """A drive that takes `drive/set` and reports on `drive/actual`; gives what it took."""
    taken: list[Any] = []

    def take(client: Any, data: Any, message: Any) -> None:
        taken.append(json.loads(message.payload))
        client.publish("drive/actual", message.payload)

    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.on_message = take
    client.on_connect = lambda *_: client.subscribe("drive/set", 1)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    try:
        yield taken
    finally:
        client.disconnect()
        client.loop_stop()


async def test_json_is_done_when_the_topic_that_reports_it_says_so_and_else_only_with_the_broker(
    tmp_path: Path, broker: Broker
) -> None:
    async with started(tmp_path / "data", broker) as platform:
        with drive(broker) as taken:
            done = await write(platform, "Speed", 0.75)
            assert (done.state, taken) == ("done", [{"Speed": 0.75}])
        assert_unknown(await write(platform, "Speed", 0.5))  # the broker has it, and nobody reports it
        assert_unknown(await write(platform, "Lamp", 1.0), "runtime.outcome_unconfirmed")
        called = {"link": next(iter(platform.links.statuses)), "address": "drive/reset", "arguments": [True]}
        assert_unknown(await platform.bus.run("device.call", called, SYSTEM), "runtime.outcome_unconfirmed")
        broker.kill()
        await until(lambda: {status.state for status in platform.links.statuses.values()} == {"lost"})
        await write(platform, "Lamp", 2.0, when_offline="queue")
        broker.start()
        await until(lambda: states(platform) == ["unknown"])
        (kept,) = queued_writes(platform.store)
        assert kept.error is not None
        assert kept.error["code"] == "runtime.outcome_unconfirmed"
