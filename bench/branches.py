"""Forks two recorded hours of the demo plant and computes a shift ahead, beside the same run of the model alone."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xushi import simulate
from xushi.demo._physics import PlantModel
from xushi.kernel import ManualClock
from xushi.runtime import SYSTEM, Platform
from xushi.testing import import_plant, record_plant

SHIFT_H = 8.0
_S = 1_000_000_000
_START_NS = 1_800_000_000 * _S


def run() -> Iterator[dict[str, Any]]:
    """Yield what packaging a fork and computing a shift take, in s of one core."""
    simulate.prepare()
    with tempfile.TemporaryDirectory() as folder, Platform.open(Path(folder) / "data", ManualClock(_START_NS)) as plant:
        asyncio.run(import_plant(plant))
        record_plant(plant, PlantModel(1, _START_NS), 7200.0)
        _shift(plant, 0.1)  # whatever is compiled or read from the cache
        package_s, path_s, alone_s, values = _shift(plant, SHIFT_H)
    yield {"name": "branches.fork", "value": round(package_s, 2), "unit": "s of one core, records and fits"}
    yield {
        "name": "branches.shift", "value": round(path_s, 2), "unit": "s of one core, 8 h of the demo line as signals",
        "values": values, "baseline": round(alone_s, 4), "ratio": round(path_s / alone_s, 1),
    }  # fmt: skip


def _shift(plant: Platform, hours: float) -> tuple[float, float, float, int]:
    """(s to package, s to compute and write, s of the model alone, values written)."""
    params = {"timeline": "live", "at_ms": (_START_NS + 3637 * _S) / 1e6, "hours": hours, "seed": 1}
    branch = asyncio.run(plant.bus.run("branch.fork", params, SYSTEM)).result["branch"]
    began = time.process_time()
    start = plant.branches.package(branch)
    packaged = time.process_time()
    plant.branches.compute(branch)
    computed = time.process_time()
    alone = simulate.Simulation(start.model, start.state, seed=1)
    alone.advance(hours * 3600)
    ended = time.process_time()
    path = plant.branches.standing(plant.branches.get(branch)).path
    return packaged - began, computed - packaged, ended - computed, 0 if path is None else path.values
