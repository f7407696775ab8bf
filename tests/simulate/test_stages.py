"""A plant whose model changes on the way goes on from where it stands, and counts as one run from start to end."""

from __future__ import annotations

import numpy as np
import pytest

from xushi.kernel import XushiError
from xushi.simulate import (
    Buffer,
    Constant,
    Distribution,
    Experiment,
    Exponential,
    Failure,
    Input,
    Machine,
    Model,
    Operation,
    Power,
    ProcessPool,
    Route,
    Sink,
    Stage,
    difference,
    run,
    run_alternatives,
)


def machine(id: str, duration: Distribution, before: str | None, behind: str, *failures: Failure) -> Machine:
    inputs = () if before is None else (Input(buffer=before),)
    operation = Operation(duration=duration, inputs=inputs, to=(Route(to=behind),))
    return Machine(id=id, operations=(operation,), failures=failures, power=Power(busy_kw=36.0))


def line(first: Distribution, second: Distribution, *failures: Failure) -> Model:
    return Model(
        name="line", machines=(machine("M1", first, None, "B"), machine("M2", second, "B", "out", *failures)),
        buffers=(Buffer(id="B", capacity=4),), sinks=(Sink(id="out"),),
    )  # fmt: skip


STEADY = line(Constant(value_s=10.0), Constant(value_s=8.0))
JAM = Failure(id="jam", after=Exponential(mean_s=300.0), repair=Exponential(mean_s=60.0))
TORN = line(Exponential(mean_s=10.0), Exponential(mean_s=9.0), JAM)


def test_a_stage_with_the_same_model_changes_nothing_where_nothing_is_chance() -> None:
    experiment = Experiment(horizon_s=1_005.0, replications=2, engine="kernel")
    whole = run(STEADY, experiment)
    stages = [Stage(at_s=at_s, model=STEADY) for at_s in (123.0, 500.0)]
    cut = run_alternatives({"": STEADY}, experiment, later={"": stages})[""]
    for name, values in cut.kpis.items():
        np.testing.assert_allclose(values, whole.kpis[name], rtol=1e-9, err_msg=name)
    assert {"plant.good", "out.flow_s", "M1.busy_share", "plant.energy_kwh", "B.level"} <= cut.kpis.keys()


def test_what_has_left_at_some_instants_is_counted_over_all_stages() -> None:
    experiment = Experiment(horizon_s=1_005.0, replications=2, engine="kernel", sample_every_s=50.0)
    whole = run(STEADY, experiment)
    stages = [Stage(at_s=at_s, model=STEADY) for at_s in (123.0, 500.0)]
    cut = run_alternatives({"": STEADY}, experiment, later={"": stages})[""]
    np.testing.assert_array_equal(cut.sample_at_s, whole.sample_at_s)
    np.testing.assert_array_equal(cut.samples["out"], whole.samples["out"])


def test_from_its_instant_on_the_other_model_counts() -> None:
    quick = line(Constant(value_s=5.0), Constant(value_s=4.0))
    experiment = Experiment(horizon_s=2_000.0, replications=1)
    found = run_alternatives({"": STEADY}, experiment, later={"": [Stage(at_s=1_000.0, model=quick)]})[""]
    assert found.values("plant.good")[0] == pytest.approx(100 + 200, abs=3)
    assert found.values("plant.energy_kwh")[0] == pytest.approx(36.0 * (1.0 + 0.8) * 2_000 / 3_600, rel=0.02)


def test_alternatives_that_change_at_the_same_instants_share_their_chance() -> None:
    better = line(Exponential(mean_s=10.0), Exponential(mean_s=4.0), JAM)
    experiment = Experiment(horizon_s=7_200.0, replications=40)
    outcomes = {
        at_s: run_alternatives(
            {"now": TORN, "plan": TORN}, experiment,
            later={"now": [Stage(at_s=at_s, model=TORN)], "plan": [Stage(at_s=at_s, model=better)]},
        )
        for at_s in (600.0, 6_600.0)
    }  # fmt: skip
    gains = {at_s: difference(one["plan"], one["now"], "plant.good") for at_s, one in outcomes.items()}
    assert gains[600.0].low > gains[6_600.0].high > 0
    same = run_alternatives({"now": TORN}, experiment)["now"].interval("plant.good")
    cut = outcomes[600.0]["now"].interval("plant.good")
    assert abs(cut.mean - same.mean) < 2 * (cut.half_width + same.half_width)


def test_processes_give_the_same_numbers_as_threads() -> None:
    experiment = Experiment(horizon_s=600.0, replications=40)
    later = {"": [Stage(at_s=200.0, model=TORN)]}
    here = run_alternatives({"": TORN}, experiment, later=later)[""]
    pool = ProcessPool(2)
    try:
        there = run_alternatives({"": TORN}, experiment, later=later, pool=pool)[""]
    finally:
        pool.close()
    for name, values in here.kpis.items():
        np.testing.assert_array_equal(values, there.kpis[name], err_msg=name)


@pytest.mark.parametrize("instants", [(0.0,), (600.0,), (300.0, 200.0), (-1.0,), (float("nan"),)])
def test_stages_out_of_order_or_beyond_the_horizon_are_refused(instants: tuple[float, ...]) -> None:
    stages = [Stage(at_s=at_s, model=STEADY) for at_s in instants]
    with pytest.raises(XushiError) as refused:
        run_alternatives({"": STEADY}, Experiment(horizon_s=600.0, replications=1), later={"": stages})
    assert refused.value.code == "simulate.experiment_invalid"
