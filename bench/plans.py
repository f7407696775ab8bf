"""Holds the promises of plans against what then happened on the recorded demo plant: how often they are kept."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.foresight import wilson
from xushi import simulate
from xushi.demo._physics import PlantModel
from xushi.kernel import ManualClock
from xushi.runtime import Platform
from xushi.runtime.foresight import Alternative, ModelChange, fork, make_alternatives, plant_of, tell_comparison
from xushi.runtime.plans import ManualStep, Plan, PlanContent, measure, promise_of
from xushi.runtime.plans._records import Run, StepRun
from xushi.testing import import_plant, record_plant

SEEDS = (1, 2, 3, 4, 5)
PLANS = 5  # one after another in each plant: OP90 quicker, then as it was, and so on
FIRST_S, SPAN_S, DELAYS_MIN = 900.0, 3_600.0, (0, 20)
REPLICATIONS = 30
MACHINE, QUICKER = "OP90", 0.8
_S = 1_000_000_000
_START_NS = 1_800_000_000 * _S
_PIECE_S = 20.0


def run() -> Iterator[dict[str, Any]]:
    """Yield the share of promises that were kept, executed at once and some time after the rehearsal."""
    simulate.prepare()
    for delay_min in DELAYS_MIN:
        states: list[str] = []
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as folder:
                states += _states(Path(folder), seed, delay_min * 60.0)
        kept, count = states.count("kept"), len(states)
        low, high = wilson(kept, count)
        yield {
            "name": f"plans.kept_{delay_min}min", "value": round(kept / count, 3), "claimed": 0.9, "plans": count,
            "unit": f"share of promises kept, executed {delay_min} min after the rehearsal", "low": round(low, 3),
            "high": round(high, 3),
        }  # fmt: skip


def _states(folder: Path, seed: int, delay_s: float) -> Iterator[str]:
    """What became of the promises of one plant."""
    clock = ManualClock(_START_NS)
    with Platform.open(folder / "data", clock) as platform:
        asyncio.run(import_plant(platform))
        line, factor, at_s = PlantModel(seed, _START_NS), 1.0, FIRST_S
        plant, timeline = plant_of(platform), platform.timelines.get("live")

        def run_to(until_s: float) -> None:
            while line.loop.now_s < until_s:
                record_plant(platform, line, min(until_s, line.loop.now_s + _PIECE_S))
                line.sample()
            clock.advance(_START_NS + int(until_s * _S) - clock.now_ns())

        for _ in range(PLANS):
            run_to(at_s)
            becomes = QUICKER if factor == 1.0 else 1.0
            begun = fork(plant, timeline, _START_NS, _START_NS + int(at_s * _S))
            change = ModelChange(element=MACHINE, figure="cycle_time", factor=becomes / factor)
            models = make_alternatives(begun, [Alternative("plan", (change,))])
            experiment = simulate.Experiment(horizon_s=SPAN_S, replications=REPLICATIONS)
            outcomes = simulate.run_alternatives(models, experiment, begun.state)
            promise = promise_of(tell_comparison(begun, outcomes, SPAN_S), outcomes, "plan", SPAN_S)
            run_to(at_s + delay_s)
            line.write(f"{MACHINE}.CycleTimeFactor", becomes)
            factor, began_ns = becomes, _START_NS + int((at_s + delay_s) * _S)
            at_s += delay_s + SPAN_S + 1.0
            run_to(at_s)
            step = ManualStep(text={"en": "Write", "zh-CN": "写入"})
            content = PlanContent(title="Plan", steps=(step,), promise=promise)
            ran = Run(by="", by_name="", began_ns=began_ns, plant_ns=began_ns, steps=(StepRun(),))
            yield measure(platform, Plan(
                id="plan", content=content, digest="", made_by="", made_by_name="", made_ns=0, changed_by="",
                changed_by_name="", changed_ns=0, state="done", run=ran,
            )).state  # fmt: skip
