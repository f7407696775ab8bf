"""Forks two recorded hours of the demo plant and computes a shift ahead, beside the same run of the model alone."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from xushi import simulate
from xushi.demo._physics import PlantModel
from xushi.kernel import ManualClock
from xushi.runtime import SYSTEM, Platform
from xushi.testing import import_plant, record_plant

SHIFT_H = 8.0
_S = 1_000_000_000
_LOOK_S = 0.005
_START_NS = 1_800_000_000 * _S


def run() -> Iterator[dict[str, Any]]:
    """Yield what packaging a fork and computing a shift take, and how long that keeps the platform from an answer."""
    simulate.prepare()
    with tempfile.TemporaryDirectory() as folder, Platform.open(Path(folder) / "data", ManualClock(_START_NS)) as plant:
        asyncio.run(import_plant(plant))
        record_plant(plant, PlantModel(1, _START_NS), 7200.0)
        _shift(plant, 0.1)  # whatever is compiled or read from the cache
        package_s, path_s, alone_s, values, kept_s = _shift(plant, SHIFT_H)
    yield {"name": "branches.fork", "value": round(package_s, 2), "unit": "s of one core, records and fits"}
    yield {
        "name": "branches.shift", "value": round(path_s, 2), "unit": "s, 8 h of the demo line as signals",
        "values": values, "baseline": round(alone_s, 4), "ratio": round(path_s / alone_s, 1),
    }  # fmt: skip
    yield {
        "name": "branches.beside", "value": round(1e3 * kept_s, 1), "goal": 100.0,
        "unit": "ms, longest time for which an answer waited while the shift was computed",
    }  # fmt: skip


def _shift(plant: Platform, hours: float) -> tuple[float, float, float, int, float]:
    """(s to package here, s to compute and write, s of the model alone, values written, longest wait in s)."""
    params = {"timeline": "live", "at_ms": (_START_NS + 3637 * _S) / 1e6, "hours": hours, "seed": 1}
    branch = asyncio.run(plant.bus.run("branch.fork", params, SYSTEM)).result["branch"]
    began = time.process_time()
    start = plant.branches.package(branch)
    package_s = time.process_time() - began
    began = time.perf_counter()
    kept_s = asyncio.run(_longest_wait_s(lambda: plant.branches.compute(branch)))
    path_s = time.perf_counter() - began
    alone = simulate.Simulation(start.model, start.state, seed=1)
    began = time.perf_counter()
    alone.advance(hours * 3600)
    alone_s = time.perf_counter() - began
    path = plant.branches.standing(plant.branches.get(branch)).path
    return package_s, path_s, alone_s, 0 if path is None else path.values, kept_s


async def _longest_wait_s(work: Callable[[], None]) -> float:
    """Do the work in a thread, as a job does, and return by how much an event loop beside it was late at most."""
    thread = asyncio.ensure_future(asyncio.to_thread(work))
    longest_s = 0.0
    while not thread.done():
        began = time.perf_counter()
        await asyncio.sleep(_LOOK_S)
        longest_s = max(longest_s, time.perf_counter() - began - _LOOK_S)
    await thread
    return longest_s
