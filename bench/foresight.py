"""Forks recorded days of the demo plant at past instants, and holds each forecast against what then happened."""

from __future__ import annotations

import asyncio
import math
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from xushi import simulate
from xushi.demo._physics import PlantModel
from xushi.kernel import ManualClock
from xushi.runtime import Platform
from xushi.runtime.foresight import Plant, fork, level_of, plant_of, read_records
from xushi.signals import Timeline
from xushi.testing import import_plant, record_plant

SEEDS = (11, 12)
HOURS, FIRST_FORK_H, LOOK_BACK_H = 24, 8, 8
HORIZONS_MIN = (30, 60, 120)
BAND = 0.9
Z = 1.96  # of a 95 % interval
REPLICATIONS = 100
_S = 1_000_000_000
_START_NS = 1_800_000_000 * _S
_AHEAD_H = max(HORIZONS_MIN) // 60
_COUNT = "urn:xushi:demo:submodel:{}:OperationalData#Count"
_FINISHED = "urn:xushi:demo:submodel:PLC1:OperationalData#Engines.Finished"


def run() -> Iterator[dict[str, Any]]:
    """Yield the coverage of the 90 % bands, the error beside that of persistence, and the time a forecast takes."""
    simulate.prepare()
    inside: dict[int, list[bool]] = defaultdict(list)
    others: dict[str, list[list[bool]]] = defaultdict(list)  # by figure, a list for each fork
    errors: dict[int, list[tuple[float, float]]] = defaultdict(list)
    took_s = []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder, _day(Path(folder), seed) as (platform, energy_kwh):
            plant, timeline = plant_of(platform), platform.timelines.get("live")
            for hour in range(FIRST_FORK_H, HOURS - 2):
                at_ns = _START_NS + hour * 3600 * _S
                began = time.perf_counter()
                outcome = _futures(plant, timeline, at_ns)
                took_s.append(time.perf_counter() - began)
                for minutes in HORIZONS_MIN:
                    futures, span_ns = outcome.samples["finished"][:, minutes - 1], minutes * 60 * _S
                    happened = _finished(timeline, at_ns + span_ns) - _finished(timeline, at_ns)
                    before = _finished(timeline, at_ns) - _finished(timeline, at_ns - span_ns)
                    inside[minutes].append(_holds(futures, happened))
                    errors[minutes].append((abs(happened - float(np.median(futures))), abs(happened - before)))
                others["levels"].append(list(_levels_hold(plant, timeline, outcome, at_ns)))
                others["oee"].append(list(_oee_holds(plant, timeline, outcome, at_ns)))
                taken_kwh = energy_kwh[hour + _AHEAD_H] - energy_kwh[hour]
                others["energy"].append([_holds(outcome.values("plant.energy_kwh"), taken_kwh)])
    for minutes in HORIZONS_MIN:
        yield _coverage(f"foresight.coverage_{minutes}min", [[one] for one in inside[minutes]])
        ours, persistence = np.mean(errors[minutes], axis=0).tolist()
        yield {
            "name": f"foresight.error_{minutes}min", "value": round(ours, 2), "unit": "engines, mean absolute error",
            "baseline": round(persistence, 2), "ratio": round(persistence / ours, 2) if ours else None,
        }  # fmt: skip
    yield _coverage("foresight.coverage", list(map(list, zip(*inside.values(), strict=True))))
    for figure, hits in others.items():
        yield _coverage(f"foresight.coverage_{figure}", hits)
    yield {
        "name": "foresight.forecast", "value": round(float(np.median(took_s)), 2), "replications": REPLICATIONS,
        "unit": "s, records, fits and two hours ahead",
    }  # fmt: skip


def _coverage(name: str, hits: list[list[bool]]) -> dict[str, Any]:
    """How often the band held; its goal is the least share of which the 95 % interval has in it what is claimed.

    That is Wilson's interval turned round. Forecasts of one fork share its luck, so it is as wide as the number of
    forks makes it. A band that holds more often than claimed says too little, but nothing false.
    """
    everything = [one for fork_hits in hits for one in fork_hits]
    share, forks = sum(everything) / len(everything), len(hits)
    low, high = simulate.share_interval(share * forks, forks)
    return {
        "name": name, "value": round(share, 3), "claimed": BAND, "is_at_least": True, "tolerance": 1,
        "goal": round(BAND - Z * math.sqrt(BAND * (1 - BAND) / forks), 3), "unit": "share of forecasts inside the band",
        "baseline": f"claimed {BAND}; {len(everything)} forecasts of {forks} forks",
        "low": round(low, 3), "high": round(high, 3),
    }  # fmt: skip


def _holds(futures: Any, happened: float) -> bool:
    low, _, high = simulate.band(futures, BAND)
    return bool(low <= happened <= high)


def _levels_hold(plant: Plant, timeline: Timeline, outcome: simulate.Outcome, at_ns: int) -> Iterator[bool]:
    """Whether the band of each buffer's level held, at each horizon."""
    for buffer in plant.buffers():
        levels = level_of(buffer, outcome)
        for minutes in HORIZONS_MIN:
            seen = _value(timeline, _COUNT.format(buffer.id), at_ns + minutes * 60 * _S)
            yield _holds(levels[:, minutes - 1], seen)


def _oee_holds(plant: Plant, timeline: Timeline, outcome: simulate.Outcome, at_ns: int) -> Iterator[bool]:
    """Whether the band of each machine's OEE held over the longest horizon.

    With the same planned run time an item, and all of the time planned, that is the band of what the machine made.
    """
    records = read_records(timeline, plant, at_ns, at_ns + _AHEAD_H * 3600 * _S)
    for machine in plant.machines():
        yield _holds(outcome.values(f"{machine.id}.made"), len(records.machines[machine.id].left_ns))


@contextmanager
def _day(folder: Path, seed: int) -> Iterator[tuple[Platform, list[float]]]:
    """A platform with a recorded day in it, and what its machines had taken by each full hour, in kWh."""
    with Platform.open(folder / "data", ManualClock(_START_NS)) as platform:
        asyncio.run(import_plant(platform))
        model, energy_kwh = PlantModel(seed, _START_NS), [0.0]
        machines = [node.id for node in plant_of(platform).machines()]
        for hour in range(1, HOURS + 1):
            record_plant(platform, model, hour * 3600.0)
            energy_kwh.append(sum(model.accounts[one].energy_kwh for one in machines))
        yield platform, energy_kwh


def _futures(plant: Plant, timeline: Timeline, at_ns: int) -> simulate.Outcome:
    """The next two hours, a sample a minute."""
    begun = fork(plant, timeline, max(_START_NS, at_ns - LOOK_BACK_H * 3600 * _S), at_ns)
    experiment = simulate.Experiment(horizon_s=_AHEAD_H * 3600.0, replications=REPLICATIONS, sample_every_s=60.0)
    return simulate.run(begun.model, experiment, begun.state)


def _finished(timeline: Timeline, at_ns: int) -> float:
    return _value(timeline, _FINISHED, at_ns)


def _value(timeline: Timeline, key: str, at_ns: int) -> float:
    rows = list(timeline.snapshot(at_ns, [timeline.registry.handle(key)]).rows(timeline.registry))
    return float(rows[0][2]) if rows else 0.0
