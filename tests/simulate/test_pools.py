"""The outcome of an experiment does not depend on who computes it, nor on who dies meanwhile."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import numpy as np
import psutil
import pytest

from xushi.kernel import XushiError
from xushi.simulate import (
    Buffer,
    Cancellation,
    Constant,
    Experiment,
    Exponential,
    Machine,
    MachineState,
    PartState,
    PlantState,
    Pool,
    ProcessPool,
    Route,
    Source,
    ThreadPool,
    make_pool,
    read_compute,
    run,
    run_alternatives,
)

from .plants import cell, serial, step

LIVE = PlantState(
    buffers={"B1": (PartState(product="part", quantity=2, age_s=9.0),)},
    machines={"M1": MachineState(parts=(PartState(product="part"),), down="jam", down_left_s=25.0)},
)


@pytest.fixture(scope="module", params=["threads:3", "processes:2"])
def pool(request: pytest.FixtureRequest) -> Iterator[Pool]:
    made = make_pool(request.param)
    yield made
    made.close()


def assert_equal(one, other):
    assert one.keys() == other.keys()
    for name, outcome in one.items():
        assert outcome.engine == other[name].engine
        for mine, theirs in ((outcome.kpis, other[name].kpis), (outcome.samples, other[name].samples)):
            assert list(mine) == list(theirs)
            for figure, values in mine.items():
                np.testing.assert_array_equal(values, theirs[figure], err_msg=f"{name} {figure}")


@pytest.mark.parametrize(
    "experiment",
    [
        Experiment(horizon_s=500.0, replications=70, warm_up_s=20.0),
        Experiment(horizon_s=300.0, replications=40, seed=2**63 - 1, sample_every_s=30.0),
        Experiment(horizon_s=200.0, replications=1, engine="kernel"),
    ],
)
def test_every_pool_gives_the_same_numbers(pool: Pool, experiment: Experiment) -> None:
    models = {"now": serial(4, 3), "slow": serial(4, 3, mean_s=1.3), "wide": serial(4, 9)}
    told: list[float] = []
    found = run_alternatives(models, experiment, LIVE, pool=pool, progress=told.append)
    assert_equal(found, run_alternatives(models, experiment, LIVE, workers=1))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_every_pool_tells_what_is_wrong_with_a_model(pool: Pool) -> None:
    flood = cell(
        Machine(id="M", operations=(step(1e6, "a", "out"),)),
        buffers=(Buffer(id="a"),),
        sources=(Source(id="in", interval=Constant(value_s=1e-4), to=(Route(to="a"),)),),
    )
    with pytest.raises(XushiError) as caught:
        run(flood, Experiment(horizon_s=1e5, replications=1, engine="kernel"), pool=pool)
    assert caught.value.code == "simulate.diverges"
    assert caught.value.params["buffer"] == "a"


def test_every_pool_can_be_stopped_and_used_again(pool: Pool) -> None:
    long = Experiment(horizon_s=3e7, replications=64, engine="kernel")
    stop = Cancellation()
    threading.Timer(0.5, stop.cancel).start()
    began = time.monotonic()
    with pytest.raises(XushiError) as caught:
        run(serial(8, 3), long, pool=pool, cancellation=stop)
    assert caught.value.code == "simulate.cancelled"
    assert time.monotonic() - began < 30
    assert run(serial(2), Experiment(horizon_s=50.0, replications=2), pool=pool).engine == "recursion"


def test_what_a_dying_process_was_doing_is_done_again() -> None:
    models = {str(i): serial(6, 3, mean_s=1.0 + i / 50) for i in range(12)}
    experiment = Experiment(horizon_s=20_000.0, replications=32, engine="kernel")
    pool = ProcessPool(2)
    killed: list[int] = []

    def kill_one(share: float) -> None:
        if len(killed) < 2 and share > 0.2 * (1 + len(killed)):
            victim = next(pid for pid in _children() if pid not in killed)
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)

    try:
        found = run_alternatives(models, experiment, pool=pool, progress=kill_one)
    finally:
        pool.close()
    assert len(killed) == 2
    assert_equal(found, run_alternatives(models, experiment, pool=ThreadPool()))


def _children() -> list[int]:
    """Processes of the pool: those that run the worker and have this process as their parent."""

    def is_worker(one: psutil.Process) -> bool:
        return one.status() != psutil.STATUS_ZOMBIE and "xushi.simulate._worker" in " ".join(one.cmdline())

    return [one.pid for one in psutil.Process().children() if is_worker(one)]


def test_processes_that_ended_while_they_were_idle_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xushi.simulate._pools.ATTEMPTS", 1)  # a dead one is not even tried
    pool = ProcessPool(2)
    experiment = Experiment(horizon_s=50.0, replications=64)
    before = set(_children())
    try:
        first = run(serial(2), experiment, pool=pool)
        for pid in set(_children()) - before:
            os.kill(pid, signal.SIGKILL)
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # it is dead, and nobody was told
        again = run(serial(2), experiment, pool=pool)
    finally:
        pool.close()
    np.testing.assert_array_equal(first.values("plant.good"), again.values("plant.good"))


def test_processes_end_with_their_pool() -> None:
    before = set(_children())
    pool = ProcessPool(1)
    run(serial(2), Experiment(horizon_s=50.0, replications=2), pool=pool)
    (mine,) = set(_children()) - before
    pool.close()
    assert mine not in _children()


@pytest.mark.parametrize("setting", ["", "thread", "threads:", "threads:0", "threads:x", "processes:99999", "ray:1"])
def test_a_setting_that_means_nothing_is_refused(setting: str) -> None:
    if setting == "threads:":
        assert read_compute(setting).workers is None
        return
    with pytest.raises(XushiError) as caught:
        read_compute(setting)
    assert caught.value.code == "simulate.compute_unknown"


def test_exponential_work_is_still_drawn_alike_when_the_work_is_cut_otherwise() -> None:
    model = serial(3, 2)
    whole = run(model, Experiment(horizon_s=400.0, replications=2_100))
    part = run(model, Experiment(horizon_s=400.0, replications=33))
    np.testing.assert_array_equal(whole.values("plant.good")[:33], part.values("plant.good"))
    assert isinstance(model.machines[0].operations[0].duration, Exponential)
