"""Measures the simulation engine on a line of ten unreliable machines, beside SimPy and salabim on the same line."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import salabim
import simpy

from xushi.simulate import (
    Buffer,
    Experiment,
    Exponential,
    Failure,
    Input,
    Machine,
    MachineState,
    Model,
    Operation,
    PartState,
    PlantState,
    Route,
    Sink,
    make_pool,
    run_alternatives,
)

MACHINES, CAPACITY = 10, 10
WORK_S, TO_FAILURE_S, REPAIR_S = 1.0, 100.0, 10.0
MINUTE_S = 60.0
ROUNDS = 5
ALL_CORES = 256  # replications, so that each worker has several chunks of them
CLIENT = Path(__file__).parent.parent / "web" / "bench" / "foresee.py"


def run() -> Iterator[dict[str, Any]]:
    """Yield the figures; all engines run in this process, in turn."""
    for engine in ("kernel", "auto"):  # compiled or read from the cache before the clock starts
        our_line(engine, 10.0, 1)
    cpu, wall = time.process_time, time.perf_counter
    best = best_rates({
        "simpy": (lambda: simpy_line(10_000.0), cpu),
        "simpy_wall": (lambda: simpy_line(10_000.0), wall),
        "salabim": (lambda: salabim_line(2_000.0), cpu),
        "kernel": (lambda: our_line("kernel", 100_000.0, 1), cpu),
        "kernel_all_cores": (lambda: our_line("kernel", 20_000.0, None, ALL_CORES), wall),
        "recursion": (lambda: our_line("auto", 400_000.0, 1), cpu),
        "recursion_all_cores": (lambda: our_line("auto", 20_000.0, None, ALL_CORES), wall),
    })  # fmt: skip
    unit = "machine-operations a CPU second, one thread"
    for name in ("simpy", "salabim"):
        yield {"name": f"simulate.{name}", "value": round(best[name]), "unit": unit}
    for name, least_ratio in (("kernel", 150), ("recursion", 500)):
        yield {
            "name": f"simulate.{name}", "value": round(best[name]), "unit": unit, "baseline": round(best["simpy"]),
            "ratio": round(best[name] / best["simpy"], 1), "to_salabim": round(best[name] / best["salabim"], 1),
        }  # fmt: skip
        rate, plain = best[f"{name}_all_cores"], best["simpy_wall"]
        yield {
            "name": f"simulate.{name}_all_cores", "value": round(rate),
            "unit": "machine-operations/s on all cores, against one process of SimPy",
            "baseline": round(plain), "ratio": round(rate / plain, 1), "least_ratio": least_ratio,
        }  # fmt: skip
    yield from sweep()
    yield from in_the_browser()


def in_the_browser() -> Iterator[dict[str, Any]]:
    """The same line in a worker of a page, beside one thread of this process."""
    lines = subprocess.run([sys.executable, str(CLIENT)], check=True, stdout=subprocess.PIPE, text=True).stdout
    for one in lines.splitlines():
        yield json.loads(one)


def our_line(engine: str, horizon_s: float, workers: int | None, replications: int = 4) -> float:
    experiment = Experiment(horizon_s=horizon_s, replications=replications, engine=engine)
    outcome = run_alternatives({"": line()}, experiment, workers=workers)[""]
    return float(sum(outcome.values(f"M{i}.made").sum() for i in range(MACHINES)))


def best_rates(engines: dict[str, tuple[Callable[[], float], Callable[[], float]]]) -> dict[str, float]:
    """Return the best operations a second of each, by its own clock.

    They take turns: what else the machine does meets all of them alike.
    """
    best = dict.fromkeys(engines, 0.0)
    for _ in range(ROUNDS):
        for name, (simulate, clock) in engines.items():
            began = clock()
            operations = simulate()
            best[name] = max(best[name], operations / (clock() - began))
    return best


def line(scale: float = 1.0, capacity: int = CAPACITY) -> Model:
    """Return the line, its times multiplied by `scale`."""
    failure = Failure(
        id="failure", after=Exponential(mean_s=TO_FAILURE_S * scale), repair=Exponential(mean_s=REPAIR_S * scale)
    )
    machines = tuple(
        Machine(
            id=f"M{i}",
            operations=(
                Operation(
                    duration=Exponential(mean_s=WORK_S * scale),
                    inputs=(Input(buffer=f"B{i}"),) if i else (),
                    to=(Route(to=f"B{i + 1}" if i < MACHINES - 1 else "out"),),
                ),
            ),
            failures=(failure,),
        )
        for i in range(MACHINES)
    )
    buffers = tuple(Buffer(id=f"B{i}", capacity=capacity) for i in range(1, MACHINES))
    return Model(name="line", machines=machines, buffers=buffers, sinks=(Sink(id="out"),))


def simpy_line(horizon_s: float) -> float:
    env, draws, made = simpy.Environment(), random.Random(1), [0]
    stores = [simpy.Store(env, capacity=CAPACITY) for _ in range(MACHINES - 1)]

    def machine(i: int) -> Iterator[Any]:
        left_s = draws.expovariate(1 / TO_FAILURE_S)
        while True:
            if i:
                yield stores[i - 1].get()
            work_s = draws.expovariate(1 / WORK_S)
            while left_s < work_s:
                work_s -= left_s
                yield env.timeout(left_s)
                yield env.timeout(draws.expovariate(1 / REPAIR_S))
                left_s = draws.expovariate(1 / TO_FAILURE_S)
            left_s -= work_s
            yield env.timeout(work_s)
            made[0] += 1
            if i < MACHINES - 1:
                yield stores[i].put(1)

    for i in range(MACHINES):
        env.process(machine(i))
    env.run(horizon_s)
    return float(made[0])


def salabim_line(horizon_s: float) -> float:
    salabim.yieldless(False)
    env, draws, made = salabim.Environment(trace=False), random.Random(1), [0]
    stores = [salabim.Store(capacity=CAPACITY, env=env) for _ in range(MACHINES - 1)]

    class Station(salabim.Component):  # type: ignore[misc]
        def setup(self, number: int) -> None:
            self.number = number

        def process(self) -> Iterator[Any]:
            left_s = draws.expovariate(1 / TO_FAILURE_S)
            part = None
            while True:
                if self.number:
                    part = yield self.from_store(stores[self.number - 1])
                else:
                    part = salabim.Component(process="", env=env)
                work_s = draws.expovariate(1 / WORK_S)
                while left_s < work_s:
                    work_s -= left_s
                    yield self.hold(left_s)
                    yield self.hold(draws.expovariate(1 / REPAIR_S))
                    left_s = draws.expovariate(1 / TO_FAILURE_S)
                left_s -= work_s
                yield self.hold(work_s)
                made[0] += 1
                if self.number < MACHINES - 1:
                    yield self.to_store(stores[self.number], part)

    for i in range(MACHINES):
        Station(number=i, env=env)
    env.run(till=horizon_s)
    return float(made[0])


def live_state() -> PlantState:
    """Return a line in the middle of its work."""
    part = PartState(product="part", age_s=300.0)
    machines = {f"M{i}": MachineState(parts=(part,)) for i in range(MACHINES)}
    machines["M4"] = msgspec.structs.replace(machines["M4"], down="failure", down_left_s=200.0)
    return PlantState(
        machines=machines, buffers={f"B{i}": (PartState(product="part", quantity=5),) for i in range(1, MACHINES)}
    )


def sweep() -> Iterator[dict[str, Any]]:
    """A thousand alternatives, 30 shifts of 8 h each: cycle 1 min, failures every 100 min, 10 min to repair.

    On threads and on processes; starting the processes is measured, too.
    """
    models = {str(i): line(scale=MINUTE_S * (0.8 + 0.0004 * i), capacity=5 + i % 11) for i in range(1000)}
    experiment = Experiment(horizon_s=8 * 3600.0, replications=30)
    threads_s = 0.0
    for setting in ("threads", "processes"):
        pool = make_pool(setting)
        began = time.perf_counter()
        outcomes = run_alternatives(models, experiment, live_state(), pool=pool)
        spent_s = time.perf_counter() - began
        pool.close()
        best = max(outcomes.values(), key=lambda outcome: outcome.interval("plant.good").mean)
        threads_s = threads_s or spent_s
        yield {
            "name": f"simulate.sweep_{setting}", "value": round(spent_s, 2),
            "unit": "s for 1,000 alternatives x 30 replications x 8 h", "goal": 15,
            "baseline": round(threads_s, 2), "ratio": round(threads_s / spent_s, 2),
            "best": str(best.interval("plant.good")),
        }  # fmt: skip
