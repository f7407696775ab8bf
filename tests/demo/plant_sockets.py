"""Runs the plant in the test's own process, with its clock in the test's hand, behind its real sockets."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho

from xushi.demo._runner import TICK_S, PlantRunner

START_NS = 1_780_000_000_000_000_000
PATIENCE_S = 20.0


class HandClock:
    """A wall clock that moves only when told."""

    def __init__(self) -> None:
        self.at_s = 0.0

    def __call__(self) -> float:
        return self.at_s


class LivePlant:
    """A started plant and its clock."""

    def __init__(self, runner: PlantRunner, clock: HandClock) -> None:
        self.runner, self.model = runner, runner.model
        self.opcua = f"opc.tcp://127.0.0.1:{runner.opcua_port}"
        self._clock = clock

    async def go_on(self, wall_s: float) -> None:
        """Lets this much wall time pass, tick by tick."""
        for _ in range(round(wall_s / TICK_S)):
            self._clock.at_s += TICK_S
            await self.runner.tick()
            await asyncio.sleep(0)


@asynccontextmanager
async def live_plant(folder: Path, *, speed: float = 20.0, seed: int = 1) -> AsyncIterator[LivePlant]:
    clock = HandClock()
    runner = PlantRunner(
        seed=seed,
        speed=speed,
        start_ns=START_NS,
        host="127.0.0.1",
        opcua_port=0,
        mqtt_port=0,
        data=folder,
        wall_s=clock,
    )
    try:
        await runner.start()
        yield LivePlant(runner, clock)
    finally:
        await runner.stop()


class Listener:
    """A paho client (an MQTT implementation that is not ours) that keeps what it hears."""

    def __init__(self, port: int, *topics: str) -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self._client.on_message = lambda client, data, m: self.heard.append((m.topic, m.payload, m.retain))
        self._client.connect("127.0.0.1", port)
        self._client.subscribe([(topic, 1) for topic in topics])
        self._client.loop_start()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def say(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload, qos=1).wait_for_publish(PATIENCE_S)

    def of(self, part: str) -> list[bytes]:
        """Payloads of all topics that have `part` as one or some of their levels."""
        wanted = part.rstrip("/") + "/"
        return [payload for topic, payload, _ in list(self.heard) if wanted in topic + "/"]


async def until(condition: Callable[[], Any], plant: LivePlant | None = None) -> None:
    """Waits until the condition holds, letting the plant go on meanwhile."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "waited too long"
        if plant is not None:
            await plant.go_on(TICK_S)
        await asyncio.sleep(0.01)


def read_protobuf(data: bytes) -> list[tuple[int, Any]]:
    """Fields of a protobuf message as (number, value), from the wire format; nested messages stay bytes."""
    fields: list[tuple[int, Any]] = []
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        value: Any
        if kind == 0:
            value, at = _varint(data, at)
        elif kind == 1:
            value, at = struct.unpack_from("<d", data, at)[0], at + 8
        elif kind == 2:
            size, at = _varint(data, at)
            value, at = data[at : at + size], at + size
        else:
            value, at = struct.unpack_from("<f", data, at)[0], at + 4
        fields.append((number, value))
    return fields


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 0x80:
            return value, at
