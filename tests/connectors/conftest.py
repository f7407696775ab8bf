"""Real brokers and a small gathering place for frames, shared by the connector tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xushi.connectors import LinkStatus
from xushi.signals import Board, Frame, SignalDef, SignalRegistry
from xushi.testing import Broker, start_mosquitto, start_nats


class Gathered:
    """Keeps every frame and status a connector hands on, and waits for what a test expects."""

    def __init__(self, registry: SignalRegistry) -> None:
        self.registry = registry
        self.board = Board(registry)
        self.frames: list[Frame] = []
        self.statuses: list[LinkStatus] = []

    def sink(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.board.apply(frame)

    def listen(self, status: LinkStatus) -> None:
        self.statuses.append(status)

    @property
    def rows(self) -> list[tuple[int, int, Any, int]]:
        return [row for frame in self.frames for row in frame.rows(self.registry)]

    def values(self, handle: int) -> list[Any]:
        return [value for signal, _, value, quality in self.rows if signal == handle and quality < 0x8000_0000]

    def qualities(self, handle: int) -> list[int]:
        return [quality for signal, _, _, quality in self.rows if signal == handle]

    async def until(self, holds: Callable[[], Any], timeout_s: float = 15.0) -> Any:
        deadline = asyncio.get_running_loop().time() + timeout_s
        while not (found := holds()):
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"did not come true; statuses {self.statuses[-3:]}, rows {self.rows[-5:]}")
            await asyncio.sleep(0.01)
        return found

    async def until_state(self, state: str) -> None:
        await self.until(lambda: self.statuses and self.statuses[-1].state == state)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[SignalRegistry]:
    registry = SignalRegistry(tmp_path / "signals.db")
    yield registry
    registry.close()


@pytest.fixture
def gathered(registry: SignalRegistry) -> Gathered:
    return Gathered(registry)


@pytest.fixture
def define(registry: SignalRegistry) -> Callable[..., list[int]]:
    """Define signals by (name, kind) pairs and return their handles."""

    def make(*wanted: tuple[str, Any]) -> list[int]:
        defs = [SignalDef(key=f"urn:test#{name}", kind=kind, path=name) for name, kind in wanted]
        return np.asarray(registry.define(defs)).tolist()

    return make


@pytest.fixture(params=["nats", "mosquitto"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """The same rule against two brokers that nobody here wrote."""
    start = start_nats if request.param == "nats" else start_mosquitto
    with start(tmp_path / request.param) as running:
        yield running
