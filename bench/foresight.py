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
from xushi.runtime.foresight import fork, plant_of
from xushi.signals import Timeline
from xushi.testing import import_plant, record_plant

SEEDS = (11, 12)
HOURS, FIRST_FORK_H, LOOK_BACK_H = 24, 8, 8
HORIZONS_MIN = (30, 60, 120)
BAND = 0.9
REPLICATIONS = 100
_S = 1_000_000_000
_START_NS = 1_800_000_000 * _S
_FINISHED = "urn:xushi:demo:submodel:PLC1:OperationalData#Engines.Finished"


def run() -> Iterator[dict[str, Any]]:
    """Yield the coverage of the 90 % bands, the error beside that of persistence, and the time a forecast takes."""
    simulate.prepare()
    inside: dict[int, list[bool]] = defaultdict(list)
    errors: dict[int, list[tuple[float, float]]] = defaultdict(list)
    took_s = []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder, _day(Path(folder), seed) as platform:
            plant, timeline = plant_of(platform), platform.timelines.get("live")
            for at_ns in range(_START_NS + FIRST_FORK_H * 3600 * _S, _START_NS + (HOURS - 2) * 3600 * _S, 3600 * _S):
                began = time.perf_counter()
                made = _futures(plant, timeline, at_ns)
                took_s.append(time.perf_counter() - began)
                for minutes in HORIZONS_MIN:
                    futures, span_ns = made[minutes], minutes * 60 * _S
                    happened = _finished(timeline, at_ns + span_ns) - _finished(timeline, at_ns)
                    before = _finished(timeline, at_ns) - _finished(timeline, at_ns - span_ns)
                    low, _, high = simulate.band(futures, BAND)
                    inside[minutes].append(bool(low <= happened <= high))
                    errors[minutes].append((abs(happened - float(np.median(futures))), abs(happened - before)))
    for minutes in HORIZONS_MIN:
        hits, count = sum(inside[minutes]), len(inside[minutes])
        low, high = wilson(hits, count)
        yield {
            "name": f"foresight.coverage_{minutes}min", "value": round(hits / count, 3), "claimed": BAND,
            "unit": "share of forks inside the band", "forks": count, "low": round(low, 3), "high": round(high, 3),
        }  # fmt: skip
        ours, persistence = np.mean(errors[minutes], axis=0).tolist()
        yield {
            "name": f"foresight.error_{minutes}min", "value": round(ours, 2), "unit": "engines, mean absolute error",
            "baseline": round(persistence, 2), "ratio": round(persistence / ours, 2) if ours else None,
        }  # fmt: skip
    everything = [one for hits in inside.values() for one in hits]
    yield {
        "name": "foresight.coverage", "value": round(sum(everything) / len(everything), 3), "claimed": BAND,
        "unit": "share of forecasts inside the band", "forecasts": len(everything),
    }  # fmt: skip
    yield {
        "name": "foresight.forecast", "value": round(float(np.median(took_s)), 2), "replications": REPLICATIONS,
        "unit": "s, records, fits and two hours ahead",
    }  # fmt: skip


@contextmanager
def _day(folder: Path, seed: int) -> Iterator[Platform]:
    """A platform with a recorded day in it."""
    with Platform.open(folder / "data", ManualClock(_START_NS)) as platform:
        asyncio.run(import_plant(platform))
        record_plant(platform, PlantModel(seed, _START_NS), HOURS * 3600.0)
        yield platform


def _futures(plant: Any, timeline: Timeline, at_ns: int) -> dict[int, Any]:
    """Engines finished within each horizon, one number a future."""
    begun = fork(plant, timeline, max(_START_NS, at_ns - LOOK_BACK_H * 3600 * _S), at_ns)
    experiment = simulate.Experiment(horizon_s=max(HORIZONS_MIN) * 60.0, replications=REPLICATIONS, sample_every_s=60.0)
    outcome = simulate.run(begun.model, experiment, begun.state)
    return {minutes: outcome.samples["finished"][:, minutes - 1] for minutes in HORIZONS_MIN}


def _finished(timeline: Timeline, at_ns: int) -> float:
    handle = timeline.registry.handle(_FINISHED)
    rows = list(timeline.snapshot(at_ns, [handle]).rows(timeline.registry))
    return float(rows[0][2]) if rows else 0.0


def wilson(hits: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """A 95 % interval of a share (E. Wilson, JASA 22, 1927)."""
    share = hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return middle - half, middle + half
