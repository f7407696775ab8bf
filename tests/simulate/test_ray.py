"""A sweep on a real Ray cluster of two nodes, one of which dies: nothing is missing, and the numbers are the same."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from xushi.kernel import XushiError
from xushi.simulate import (
    Buffer,
    Cancellation,
    Constant,
    Experiment,
    Machine,
    Route,
    Source,
    ThreadPool,
    make_pool,
    run,
    run_alternatives,
)

from .plants import cell, serial, step

ray = pytest.importorskip("ray", reason="the extra `ray` is not installed: pip install 'xushi[ray]'")
pytestmark = pytest.mark.xdist_group("ray")

MEMORY = 100 * 1024 * 1024


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two nodes with one processor each, every one with processes of its own; RAY_ADDRESS names the first."""
    from ray.cluster_utils import Cluster

    made = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 1, "object_store_memory": MEMORY, "include_dashboard": False},
    )
    before = os.environ.get("RAY_ADDRESS")
    os.environ["RAY_ADDRESS"] = made.address
    try:
        yield made
    finally:
        ray.shutdown()
        made.shutdown()
        os.environ.pop("RAY_ADDRESS")
        if before is not None:
            os.environ["RAY_ADDRESS"] = before


def test_a_sweep_is_complete_and_identical_though_a_node_dies(cluster: Any) -> None:
    second = cluster.add_node(num_cpus=1, object_store_memory=MEMORY)
    cluster.wait_for_nodes()
    models = {str(i): serial(6, 3, mean_s=1.0 + i / 50) for i in range(40)}
    experiment = Experiment(horizon_s=40_000.0, replications=32, engine="kernel", sample_every_s=4_000.0)
    pool = make_pool("ray")
    died_at: list[float] = []

    def kill_the_second(share: float) -> None:
        # the first answers come when both have started their processes
        if not died_at and share > 0.2 and ray.available_resources().get("CPU", 0.0) < 1.0:
            assert sum(node["Alive"] for node in ray.nodes()) == 2
            cluster.remove_node(second, allow_graceful=False)
            died_at.append(share)

    try:
        found = run_alternatives(models, experiment, pool=pool, progress=kill_the_second)
        end = time.monotonic() + 60
        while sum(node["Alive"] for node in ray.nodes()) > 1 and time.monotonic() < end:
            time.sleep(0.2)
        assert sum(node["Alive"] for node in ray.nodes()) == 1
    finally:
        pool.close()
    assert died_at
    assert died_at[0] < 1.0
    here = run_alternatives(models, experiment, pool=ThreadPool())
    assert found.keys() == here.keys()
    for name, outcome in here.items():
        assert found[name].engine == outcome.engine
        for mine, theirs in ((found[name].kpis, outcome.kpis), (found[name].samples, outcome.samples)):
            assert list(mine) == list(theirs)
            for figure, values in theirs.items():
                np.testing.assert_array_equal(mine[figure], values, err_msg=f"{name} {figure}")


def test_an_error_on_a_node_is_told_here_and_a_sweep_can_be_stopped(cluster: Any) -> None:
    pool = make_pool("ray")
    flood = cell(
        Machine(id="M", operations=(step(1e6, "a", "out"),)),
        buffers=(Buffer(id="a"),),
        sources=(Source(id="in", interval=Constant(value_s=1e-4), to=(Route(to="a"),)),),
    )
    try:
        with pytest.raises(XushiError) as caught:
            run(flood, Experiment(horizon_s=1e5, replications=1, engine="kernel"), pool=pool)
        assert caught.value.code == "simulate.diverges"
        stop = Cancellation()
        threading.Timer(1.0, stop.cancel).start()
        long = Experiment(horizon_s=3e7, replications=64, engine="kernel")
        with pytest.raises(XushiError) as caught:
            run(serial(8, 3), long, pool=pool, cancellation=stop)
        assert caught.value.code == "simulate.cancelled"
        assert run(serial(2), Experiment(horizon_s=50.0, replications=2), pool=pool).engine == "recursion"
    finally:
        pool.close()


def test_a_cluster_that_is_not_there_is_told() -> None:
    pool = make_pool("ray://127.0.0.1:9")
    with pytest.raises(XushiError) as caught:
        run(serial(2), Experiment(horizon_s=50.0, replications=2), pool=pool)
    assert caught.value.code == "simulate.ray_unreachable"
