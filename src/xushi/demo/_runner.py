"""Runs the plant against the wall clock and keeps its protocol faces fed."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

from xushi.demo._broker import Broker
from xushi.demo._face_json import JsonFace
from xushi.demo._face_opcua import OpcUaFace
from xushi.demo._face_sparkplug import SparkplugFace
from xushi.demo._face_vda5050 import FleetFace, VehicleFace
from xushi.demo._physics import PlantModel
from xushi.demo.ports import free_port, is_taken
from xushi.kernel import XushiError

TICK_S = 0.05  # events are followed this often
FAST_EVERY = 2  # ticks between two rounds of sensors, poses and progress: 10 Hz
POSITIONS_EVERY = 2
BEAT_EVERY = 20
WARM_UP_S = 1500.0  # the line has run this long when it first shows itself


class _Face(Protocol):
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


class PlantRunner:
    """The plant with its sockets. `speed` is plant seconds per second; plant time begins at `start_ns`.

    With `is_wall_time` the plant stamps what it says with real time, as a plant that is really so fast would: nothing
    it says lies in the future. Without, with plant time, which runs ahead.
    """

    def __init__(
        self,
        *,
        seed: int,
        speed: float,
        start_ns: int,
        host: str,
        opcua_port: int,
        mqtt_port: int,
        data: Path,
        broker: tuple[str, int] | None = None,
        has_operators: bool = True,
        is_wall_time: bool = False,
        wall_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.host = host
        self.start_ns = start_ns
        self.opcua_port = opcua_port or free_port(host)
        self.model = PlantModel(seed, start_ns - round(WARM_UP_S * 1e9))
        self._broker = None if broker is not None else Broker(host, mqtt_port, data / "broker")
        self.mqtt_host, self.mqtt_port = (
            broker if broker is not None else (host, self._broker.port if self._broker else 0)
        )
        self._speed, self._wall_s = speed, wall_s
        self.model.run_until(WARM_UP_S)
        if is_wall_time and speed != 1.0:
            self.model.loop.pace(speed)
        if not has_operators:
            self.model.operators_leave()
        self._opcua = OpcUaFace(self.model, host, self.opcua_port, data / "opcua")
        self._sparkplug = SparkplugFace(self.model, self.mqtt_host, self.mqtt_port)
        self._json = JsonFace(self.mqtt_host, self.mqtt_port)
        self._vehicles = [
            VehicleFace(v, self.model, self.mqtt_host, self.mqtt_port) for v in self.model.vehicles.values()
        ]
        self._fleet = FleetFace(self.model, self.mqtt_host, self.mqtt_port)
        self._closers = AsyncExitStack()
        self._ticks = 0
        self._began_s = 0.0

    async def start(self) -> None:
        """Opens all sockets; raises XushiError when a port cannot be had. Call `stop` in either case."""
        self.model.sample()
        self.model.values.take_changes()
        self.model.values.take_messages()
        if self._broker is not None:
            self._closers.callback(self._broker.stop)
            await self._broker.start()
        if is_taken(self.host, self.opcua_port):
            raise XushiError("demo.port_taken", port=self.opcua_port, option="--opcua-port")
        await self._opcua.start()
        self._closers.push_async_callback(self._opcua.stop)
        faces: list[_Face] = [self._sparkplug, self._json, self._fleet, *self._vehicles]
        for face in faces:
            self._closers.push_async_callback(face.stop)
            await face.start()

    async def run(self, until: asyncio.Event) -> None:
        """Follows the clock until `until` is set; until this is called the plant stands still."""
        self._began_s = self._wall_s()
        while not until.is_set():
            await self.tick()
            next_s = self._began_s + self._ticks * TICK_S
            pause_s = next_s - self._wall_s()
            if pause_s < -1.0:  # the machine slept or is overloaded: skip ticks, keep the plant's time right
                self._ticks = int((self._wall_s() - self._began_s) / TICK_S)
            await asyncio.sleep(max(0.001, pause_s))

    async def tick(self) -> None:
        """Brings the plant to now and publishes what changed."""
        self._ticks += 1
        elapsed_s = self._wall_s() - self._began_s
        self.model.run_until(WARM_UP_S + elapsed_s * self._speed)
        is_fast = self._ticks % FAST_EVERY == 0
        is_beat = self._ticks % BEAT_EVERY == 0
        if is_fast:
            self._sample()
        if is_beat:
            self._count()
        for vehicle in self._vehicles:
            vehicle.publish_state(always=is_beat)
            if is_fast:
                vehicle.publish_look()
        if is_fast:
            self._sparkplug.publish()
        self._json.publish(self.model.values.take_messages())
        await self._opcua.publish(self.model.values.take_changes())

    async def stop(self) -> None:
        """Closes what was opened, last first: vehicles say OFFLINE, the edge node NDEATH, the broker ends."""
        await self._closers.aclose()

    def _sample(self) -> None:
        for station in self.model.stations.values():
            station.sample_progress()
        if self._ticks % POSITIONS_EVERY == 0:
            for conveyor in self.model.conveyors.values():
                conveyor.sample()

    def _count(self) -> None:
        """Once a second: energy, and how much each face has published so far."""
        self.model.sample()
        counts = self.published()
        for face, count in counts.items():
            self.model.values.put(f"PLC1.Published.{face}", count)
        self._json.beat(self.model.loop.now_ns, counts)

    def published(self) -> dict[str, int]:
        """Values or messages published so far, by face."""
        return {
            "OpcUa": self._opcua.written,
            "Sparkplug": self._sparkplug.published,
            "Json": self._json.published,
            "Vda5050": self._fleet.published + sum(vehicle.published for vehicle in self._vehicles),
        }

    def messages(self) -> dict[str, int]:
        """JSON messages published so far, by topic."""
        total: Counter[str] = Counter()
        for messages in (self._json.messages, self._fleet.messages, *(one.messages for one in self._vehicles)):
            total.update(messages)
        return dict(total)
