"""The recursion and the event kernel are one: same random numbers, same figures."""

import numpy as np
import pytest

from xushi.simulate import (
    Buffer,
    Constant,
    Experiment,
    Exponential,
    Failure,
    Gamma,
    Lognormal,
    Machine,
    MachineState,
    Model,
    PartState,
    PlantState,
    Product,
    Route,
    Sink,
    Source,
    Weibull,
    run,
)

from .plants import changed, serial, step


def assert_same(model: Model, state: PlantState | None = None, **experiment) -> None:
    settings = {"horizon_s": 2_000.0, "replications": 3, **experiment}
    ours = run(model, Experiment(**settings), state)
    kernel = run(model, Experiment(**settings, engine="kernel"), state)
    assert (ours.engine, kernel.engine) == ("recursion", "kernel")
    for name, values in kernel.kpis.items():
        np.testing.assert_allclose(ours.kpis[name], values, rtol=1e-9, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("capacity", [0, 1, 7])
@pytest.mark.parametrize("warm_up_s", [0.0, 333.0])
def test_a_line_with_failures_has_the_same_figures(capacity, warm_up_s):
    assert_same(serial(5, capacity), warm_up_s=warm_up_s)


def test_two_failures_of_one_machine_and_other_distributions_have_the_same_figures():
    failures = (
        Failure(id="jam", after=Weibull(shape=1.5, scale_s=40), repair=Lognormal(mu=1, sigma=0.5)),
        Failure(id="fault", after=Exponential(mean_s=200), repair=Gamma(shape=3, scale_s=5)),
    )
    line = serial(3, 2)
    machines = tuple(
        Machine(id=machine.id, operations=machine.operations, failures=failures) for machine in line.machines
    )
    assert_same(changed(line, machines=machines))


def test_a_rate_that_is_not_known_for_sure_has_the_same_figures_and_spreads_them():
    def line(evidence):
        model = serial(3, 2)
        return changed(
            model,
            machines=tuple(
                Machine(
                    id=one.id,
                    operations=one.operations,
                    failures=(
                        Failure(
                            id="wear",
                            after=Weibull(shape=2, scale_s=60),
                            repair=Exponential(mean_s=8),
                            evidence=evidence,
                        ),
                    ),
                )
                for one in model.machines
            ),
        )

    assert_same(line(4.0))
    sure, unsure = (run(line(evidence), Experiment(horizon_s=8_000.0, replications=64)) for evidence in (None, 4.0))
    down = [one.values("M0.down_share") / one.values("M0.busy_share") for one in (sure, unsure)]
    assert down[1].std() > 1.5 * down[0].std()


def test_a_source_and_unlimited_buffers_have_the_same_figures():
    model = Model(
        name="queue",
        sources=(Source(id="in", interval=Exponential(mean_s=1.25), to=(Route(to="a"),)),),
        buffers=(Buffer(id="a"), Buffer(id="b", capacity=2)),
        machines=(
            Machine(id="M1", operations=(step(Exponential(mean_s=1.0), "a", "b"),)),
            Machine(id="M2", operations=(step(Constant(value_s=0.9), "b", "out"),)),
        ),
        sinks=(Sink(id="out"),),
    )
    assert_same(model, warm_up_s=100.0)


def test_a_live_start_has_the_same_figures():
    part = PartState(product="part", age_s=50.0)
    state = PlantState(
        buffers={"B1": (PartState(product="part", quantity=2, age_s=9.0),), "B3": (PartState(product="part"),) * 3},
        machines={
            "M0": MachineState(parts=(part,), work_left_s=0.5, wear={"jam": 2.0}),
            "M1": MachineState(parts=(part,), down="jam", down_left_s=25.0, work_left_s=None),
            "M2": MachineState(held={"B3": (part,)}),
            "M3": MachineState(down="jam", down_left_s=None),
        },
    )
    for horizon_s in (10.0, 60.0, 800.0):
        assert_same(serial(4, 3), state, horizon_s=horizon_s)


def test_what_is_no_serial_line_goes_to_the_kernel():
    line = serial(3)
    two = changed(line, products=(Product(id="part"), Product(id="other")))
    assert run(two, Experiment(horizon_s=10.0, replications=1)).engine == "kernel"
    sampled = run(line, Experiment(horizon_s=10.0, replications=1, sample_every_s=5.0))
    assert sampled.engine == "kernel"
