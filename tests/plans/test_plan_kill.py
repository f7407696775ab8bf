"""`kill -9` while a plan is executed: it is found paused, the open step is named, and nothing is sent again."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from measuring import Ledger, Record, rounds

from xushi.kernel import XushiError
from xushi.runtime.plans import plan_of
from xushi.testing import free_port

from .conftest import MAKER, serving, started, until

LOAD = Path(__file__).with_name("plan_load.py")
ROUNDS = rounds(3)


def run_and_kill(folder: Path, port: int, requests: list[Any], writes: int) -> str:
    """The plan that was under way when the process was killed, once so many of its writes had arrived."""
    with subprocess.Popen(
        [sys.executable, str(LOAD), str(folder), str(port)], stdout=subprocess.PIPE, text=True
    ) as one:
        assert one.stdout is not None
        plan = one.stdout.readline().strip()
        end = time.monotonic() + 60
        while sum(request.function_code == 6 for request in requests) < writes and time.monotonic() < end:
            time.sleep(0.001)
        one.kill()
    assert plan
    return plan


def written(requests: list[Any]) -> list[int]:
    """The values that came over the wire, in order."""
    return [request.registers[0] for request in requests if request.function_code == 6]


async def check(folder: Path, port: int, requests: list[Any], plan_id: str) -> tuple[int, bool]:
    """Open what was killed, look at the plan and carry it on; how many steps were done, whether one was under way."""
    sent = written(requests)
    assert sent == list(range(1, len(sent) + 1))
    async with started(folder, port) as platform:
        plan = plan_of(platform.store, plan_id)
        assert plan.state == "paused"
        assert plan.run is not None
        states = [step.state for step in plan.run.steps]
        done = states.count("done")
        is_open = states[done] == "unknown"
        assert states == ["done"] * done + (["unknown"] if is_open else []) + ["pending"] * (100 - done - is_open)
        assert len(sent) in ((done, done + 1) if is_open else (done,))
        assert plan.run.reason is not None
        if is_open:
            assert plan.run.reason.params == {"step": done + 1}
            with pytest.raises(XushiError) as refused:
                await platform.bus.run("plan.resume", {"plan": plan_id}, MAKER)
            assert refused.value.code == "runtime.plan_step_open"
        await until(lambda: [one.state for one in platform.links.statuses.values()] == ["live"])
        await asyncio.sleep(0.3)
        assert written(requests) == sent, "a restart sent a step by itself"
        await platform.bus.run("plan.resume", {"plan": plan_id, **({"step": "done"} if is_open else {})}, MAKER)
        await until(lambda: plan_of(platform.store, plan_id).state != "running")
        assert plan_of(platform.store, plan_id).state == "done"
        assert written(requests)[len(sent) :] == list(range(done + 1 + is_open, 101))
    return done, is_open


async def test_a_kill_leaves_the_plan_paused_and_repeats_nothing(tmp_path: Path, record_property: Record) -> None:
    chance = random.Random(7)
    opened = 0
    ledger = Ledger()
    for round_ in range(ROUNDS):
        folder, port = tmp_path / str(round_), free_port()
        requests: list[Any] = []
        async with serving(port, requests):
            plan_id = await asyncio.to_thread(run_and_kill, folder, port, requests, chance.randint(2, 30))
            done, is_open = await check(folder, port, requests, plan_id)
        opened += is_open
        ledger.kept.update({"approved plans": 1, "plan steps done": done})
    ledger.close(record_property, "a platform that executes a plan", ROUNDS)
    assert opened, "no kill met a step under way"
