"""Holds the promises of plans against what then happened on the demo plant, and against what doing nothing had brought.

Each plan goes through the commands of the product: made, rehearsed, approved by another person, executed (its step is a
person's, who sets the factor on the plant's physics and confirms), measured. The control is the same plant with the
same chance, to which the plan is not done: the share of promises that it keeps tells how much the plans had to do with.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from xushi import simulate
from xushi.demo._physics import PlantModel
from xushi.kernel import Actor, ManualClock
from xushi.runtime import Platform
from xushi.runtime.foresight import ModelChange
from xushi.runtime.plans import ManualStep, Plan, PlanContent, measure, plan_of, write_content
from xushi.signals import Frame
from xushi.testing import import_plant, record_plant
from xushi.trust import ALL_SCOPES

SEEDS = (1, 2, 3, 4, 5)
PLANS = 5  # one after another in each plant: OP90 quicker, then as it was, and so on
FIRST_S, SPAN_S, DELAYS_MIN = 900.0, 3_600.0, (0, 20)
REPLICATIONS = 30
MACHINE, QUICKER = "OP90", 0.8
MAKER, CHECKER = Actor("maker", "Ma", ALL_SCOPES), Actor("checker", "Chen", ALL_SCOPES)
_S = 1_000_000_000
_START_NS = 1_800_000_000 * _S
_PIECE_S = 20.0
_STEP = {"en": "Write", "zh-CN": "写入"}
_Write = tuple[float, float]  # at a time of the plant, s, to a factor


def run() -> Iterator[dict[str, Any]]:
    """Yield the share of promises that were kept, executed at once and some time after the rehearsal."""
    simulate.prepare()
    for delay_min in DELAYS_MIN:
        states: list[str] = []
        without: list[str] = []
        for seed in SEEDS:
            for done, undone in asyncio.run(_states(seed, delay_min * 60.0)):
                states.append(done)
                without.append(undone)
        kept, count = states.count("kept"), len(states)
        low, high = simulate.share_interval(kept, count)
        yield {
            "name": f"plans.kept_{delay_min}min", "value": round(kept / count, 3), "claimed": 0.9, "plans": count,
            "unit": f"share of promises kept, executed {delay_min} min after the rehearsal", "low": round(low, 3),
            "high": round(high, 3), "baseline": round(without.count("kept") / count, 3),
        }  # fmt: skip


async def _states(seed: int, delay_s: float) -> list[tuple[str, str]]:
    """What became of the promises of one plant, each with what would have become of it had nothing been done."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        clocks = ManualClock(_START_NS), ManualClock(_START_NS)
        opened = [
            stack.enter_context(Platform.open(Path(folder) / name, clock))
            for name, clock in zip(("done", "control"), clocks, strict=True)
        ]
        for platform in opened:
            await import_plant(platform)
        control = _Control(opened[1], clocks[1], seed)
        return [(plan_state, control.state(plan, writes)) async for plan, plan_state, writes in _plans(
            opened[0], clocks[0], seed, delay_s
        )]  # fmt: skip


async def _plans(
    platform: Platform, clock: ManualClock, seed: int, delay_s: float
) -> AsyncIterator[tuple[Plan, str, list[_Write]]]:
    """Each plan once it was measured, the state of its promise, and what had been written before it."""
    line, factor, at_s = PlantModel(seed, _START_NS), 1.0, FIRST_S
    writes: list[_Write] = []
    for _ in range(PLANS):
        _run_to(platform, clock, line, at_s)
        becomes = QUICKER if factor == 1.0 else 1.0
        change = ModelChange(element=MACHINE, figure="cycle_time", factor=becomes / factor)
        plan = await _made_and_rehearsed(platform, PlanContent(title="Plan", steps=(_step(change),)))
        await _run(platform, "approve", CHECKER, plan=plan, digest=plan_of(platform.store, plan).digest)
        begins_s = at_s + delay_s
        _run_to(platform, clock, line, begins_s)
        job = await _run(platform, "execute", MAKER, plan=plan)
        await _asked(platform, plan)
        line.write(f"{MACHINE}.CycleTimeFactor", becomes)
        await _run(platform, "confirm", MAKER, plan=plan, step=1)
        await platform.jobs.wait(job)
        at_s, factor = begins_s + SPAN_S + 1.0, becomes
        _run_to(platform, clock, line, at_s)
        measured = await platform.jobs.wait(await _run(platform, "measure", MAKER, plan=plan))
        yield plan_of(platform.store, plan), measured.result["state"], list(writes)
        writes.append((begins_s, becomes))


def _step(change: ModelChange) -> ManualStep:
    return ManualStep(text=_STEP, changes=(change,))


async def _made_and_rehearsed(platform: Platform, content: PlanContent) -> str:
    made = await platform.bus.run("plan.make", {"content": _plain(content)}, MAKER)
    plan: str = made.result["plan"]
    job = await _run(platform, "rehearse", MAKER, plan=plan, hours=SPAN_S / 3600.0, replications=REPLICATIONS)
    done = await platform.jobs.wait(job)
    if done.state != "done":
        raise RuntimeError(f"not rehearsed: {done.error}")
    return plan


def _plain(content: PlanContent) -> Any:
    return msgspec.json.decode(write_content(content))


async def _run(platform: Platform, name: str, actor: Actor, **params: Any) -> str:
    """Run a command of plans and return the job that it started, if any."""
    outcome = await platform.bus.run(f"plan.{name}", params, actor)
    return next((one["job"] for one in outcome.effects if "job" in one), "")


async def _asked(platform: Platform, plan: str) -> None:
    """Wait until the plan asks for its step."""
    while (run := plan_of(platform.store, plan).run) is None or run.steps[0].state != "asked":  # noqa: ASYNC110
        await asyncio.sleep(0.01)


def _run_to(platform: Platform, clock: ManualClock, line: PlantModel, until_s: float) -> None:
    while line.loop.now_s < until_s:
        record_plant(platform, line, min(until_s, line.loop.now_s + _PIECE_S))
        line.sample()
    clock.advance(_START_NS + int(until_s * _S) - clock.now_ns())


class _Control:
    """The same plant with the same chance, without the plan; its spans lie in a history of their own."""

    def __init__(self, platform: Platform, clock: ManualClock, seed: int) -> None:
        self._platform, self._clock, self._seed = platform, clock, seed

    def state(self, plan: Plan, writes: Sequence[_Write]) -> str:
        """What had become of the promise of a plan; only what was written before it is written."""
        if plan.run is None:
            raise RuntimeError("the plan was not executed")
        line, begins_s = PlantModel(self._seed, _START_NS), (plan.run.plant_ns - _START_NS) / _S
        for at_s, factor in writes:
            line.run_until(at_s)
            line.write(f"{MACHINE}.CycleTimeFactor", factor)
        line.run_until(begins_s)
        line.sample()
        line.values.take_changes()
        self._show_all(line)
        _run_to(self._platform, self._clock, line, begins_s + SPAN_S + 1.0)
        return str(measure(self._platform, plan).state)

    def _show_all(self, line: PlantModel) -> None:
        """Let the history begin anew with every value that the plant has."""
        registry = self._platform.registry
        keys = {one.key.replace("urn:xushi:demo:submodel:", "").replace(":OperationalData#", "."): one.key
                for one in registry.all()}  # fmt: skip
        rows = [
            (registry.handle(keys[key]), line.loop.now_ns, value, 0)
            for key, value in line.values.current.items()
            if key in keys
        ]
        self._platform.history.append(Frame.from_rows(registry, rows))
