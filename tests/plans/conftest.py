"""A machine with two registers over Modbus TCP, spoken by pymodbus, and a signal that the tests move by hand."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from xushi.kernel import Actor
from xushi.runtime import Platform
from xushi.runtime.plans import Plan, plan_of
from xushi.signals import GOOD, Frame, SignalDef
from xushi.testing import free_port
from xushi.trust import ALL_SCOPES

sys.path.insert(0, str(Path(__file__).parents[1] / "connectors"))
from modbus_machine import DATA, until
from modbus_machine import started as machine_started
from modbus_peer import serving

FIRST, SECOND = f"{DATA}First", f"{DATA}Second"
GUARD, WISH = "urn:x:test#Guard", "urn:x:test#Wish"
MAKER = Actor("maker", "Ma", ALL_SCOPES)
CHECKER = Actor("checker", "Chen", ALL_SCOPES)


def started(folder: Path, port: int) -> AbstractAsyncContextManager[Platform]:
    """A platform with the machine, and the signals that the tests move by hand."""
    registers = {"First": "/1/40001", "Second": "/1/40004"}
    return machine_started(folder, port, registers, SignalDef(key=GUARD), SignalDef(key=WISH))


class Bench:
    """The platform with its machine, and short words for what tests do with plans."""

    def __init__(self, platform: Platform, server: Any, requests: list[Any]) -> None:
        self.platform = platform
        self.server = server
        self.requests = requests

    def show(self, key: str, value: float, quality: int = GOOD) -> None:
        """Let a signal have a value now."""
        handle = self.platform.registry.handle(key)
        rows = [(handle, self.platform.clock.now_ns(), value, quality)]
        self.platform.ingest.push(Frame.from_rows(self.platform.registry, rows))

    async def run(self, name: str, actor: Actor = MAKER, **params: Any) -> Any:
        """Run a command of plans."""
        return await self.platform.bus.run(f"plan.{name}", params, actor)

    async def make(self, *steps: dict[str, Any], guards: tuple[dict[str, Any], ...] = (), **more: Any) -> str:
        """Make a plan and return its id."""
        content = {"title": "Test", "steps": list(steps), "guards": list(guards), **more}
        made: str = (await self.run("make", content=content)).result["plan"]
        return made

    async def approve(self, plan: str, actor: Actor = CHECKER) -> Any:
        """Approve what the plan is now."""
        return await self.run("approve", actor, plan=plan, digest=self.of(plan).digest)

    async def begin(self, *steps: dict[str, Any], guards: tuple[dict[str, Any], ...] = ()) -> str:
        """Make, approve and execute a plan."""
        plan = await self.make(*steps, guards=guards)
        await self.approve(plan)
        assert (await self.run("execute", plan=plan)).state == "done"
        return plan

    def of(self, plan: str) -> Plan:
        """The plan as it is kept."""
        return plan_of(self.platform.store, plan)

    def states(self, plan: str) -> list[str]:
        """How each step stands."""
        run = self.of(plan).run
        assert run is not None
        return [step.state for step in run.steps]

    async def until_state(self, plan: str, state: str) -> Plan:
        """Wait until a plan is in a state."""
        await until(lambda: self.of(plan).state == state)
        return self.of(plan)

    def written(self) -> list[int]:
        """The values that came over the wire, in order."""
        return [request.registers[0] for request in self.requests if request.function_code == 6]

    async def registers(self) -> tuple[int, int]:
        """What the machine has in its two registers."""
        first = (await self.server.async_getValues(1, 3, 0, 1))[0]
        return int(first), int((await self.server.async_getValues(1, 3, 3, 1))[0])


def write(signal: str, value: int, **more: Any) -> dict[str, Any]:
    """A step that writes to the machine."""
    return {"kind": "command", "command": "signal.write", "params": {"signal": signal, "value": value}, **more}


def by_hand(**more: Any) -> dict[str, Any]:
    """A step that a person does."""
    return {"kind": "manual", "text": {"en": "Open the valve", "zh-CN": "打开阀门"}, **more}


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    port = free_port()
    requests: list[Any] = []
    async with serving(port, requests) as server, started(tmp_path, port) as platform:
        handles = [platform.registry.handle(key) for key in (FIRST, SECOND)]
        await until(lambda: all((one := platform.board.value(each)) and one.value is not None for each in handles))
        yield Bench(platform, server, requests)
