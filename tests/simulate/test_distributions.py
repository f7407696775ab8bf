"""What the kernel draws has the distribution it is named after, and streams are independent of each other."""

import numpy as np
import pytest
from scipy import stats

from xushi.kernel import XushiError
from xushi.simulate import (
    Buffer,
    Constant,
    Empirical,
    Experiment,
    Exponential,
    Gamma,
    Geometric,
    Lognormal,
    Machine,
    Normal,
    Triangular,
    Uniform,
    Weibull,
    check,
    run,
    scaled,
)
from xushi.simulate._compile import compile_model
from xushi.simulate._compiled import compiled
from xushi.simulate._random import seed_streams, stream_key, uniform
from xushi.simulate._variates import draw

from .plants import cell, step


@compiled
def many(dists, values, streams, out):
    for i in range(len(out)):
        out[i] = draw(dists, 0, values, streams, 0)


@compiled
def many_uniform(streams, stream, out):
    for i in range(len(out)):
        out[i] = uniform(streams, stream)


def sample(distribution, count=20_000):
    model = cell(Machine(id="M", operations=(step(distribution, "a", "out"),)), buffers=(Buffer(id="a"),))
    world, _ = compile_model(model)
    seed_streams(world.streams, world.keys, 3, 0)
    out = np.empty(count)
    many(world.dists, world.values, world.streams, out)
    return out


@pytest.mark.parametrize(
    ("distribution", "theirs"),
    [
        (Exponential(mean_s=4.0), stats.expon(scale=4.0)),
        (Uniform(low_s=2.0, high_s=5.0), stats.uniform(2.0, 3.0)),
        (Triangular(low_s=1.0, mode_s=2.0, high_s=6.0), stats.triang(0.2, 1.0, 5.0)),
        (Normal(mean_s=3.0, deviation_s=2.0), stats.truncnorm(-1.5, np.inf, 3.0, 2.0)),
        (Lognormal(mu=1.0, sigma=0.5), stats.lognorm(0.5, scale=np.e)),
        (Gamma(shape=2.5, scale_s=2.0), stats.gamma(2.5, scale=2.0)),
        (Gamma(shape=0.4, scale_s=2.0), stats.gamma(0.4, scale=2.0)),
        (Weibull(shape=1.7, scale_s=3.0), stats.weibull_min(1.7, scale=3.0)),
    ],
)
def test_drawn_durations_are_those_of_the_distribution(distribution, theirs):
    drawn = sample(distribution)
    assert stats.kstest(drawn, theirs.cdf).pvalue > 0.001
    assert theirs.mean() == pytest.approx(drawn.mean(), rel=0.05)
    if not isinstance(distribution, Normal):
        assert distribution.mean_s == pytest.approx(theirs.mean())


def test_whole_slots_and_seen_values_are_drawn_as_often_as_they_should():
    slots = sample(Geometric(probability=0.3, slot_s=2.0))
    assert set(slots % 2.0) == {0.0}
    assert (slots == 2.0).mean() == pytest.approx(0.3, abs=0.02)
    seen = Empirical(values_s=(3.0, 1.0, 2.0, 10.0))
    drawn = sample(seen)
    assert drawn.min() >= 1.0
    assert drawn.max() <= 10.0
    assert (drawn < 2.0).mean() == pytest.approx(1 / 3, abs=0.02)
    assert drawn.mean() == pytest.approx(seen.mean_s, rel=0.03)
    assert set(sample(Empirical(values_s=(7.0,)), 5)) == {7.0}


def test_streams_are_uniform_and_know_nothing_of_each_other():
    keys = np.array([stream_key("M1/work"), stream_key("M2/work")], np.uint64)
    streams = np.zeros((2, 4), np.uint32)
    drawn = []
    for seed, replication, stream in ((1, 0, 0), (1, 0, 1), (1, 1, 0), (2, 0, 0)):
        seed_streams(streams, keys, seed, replication)
        out = np.empty(20_000)
        many_uniform(streams, stream, out)
        assert stats.kstest(out, "uniform").pvalue > 0.001
        drawn.append(out)
    correlations = np.corrcoef(drawn) - np.eye(4)
    assert abs(correlations).max() < 0.03


def test_the_generator_gives_its_published_numbers():
    """xoshiro128++ from state 1, 2, 3, 4: the first outputs of the reference implementation."""
    streams = np.array([[1, 2, 3, 4]], np.uint32)
    out = np.empty(1)
    many_uniform(streams, 0, out)
    first, second = 641, 1_573_767
    assert out[0] == ((first >> 5) * 67_108_864.0 + (second >> 6) + 0.5) / 2**53


@pytest.mark.parametrize(
    "distribution",
    [
        Constant(value_s=-1.0),
        Exponential(mean_s=0.0),
        Uniform(low_s=3.0, high_s=2.0),
        Triangular(low_s=1.0, mode_s=9.0, high_s=5.0),
        Lognormal(mu=0.0, sigma=-1.0),
        Gamma(shape=0.0, scale_s=1.0),
        Geometric(probability=0.0),
        Empirical(values_s=()),
        Exponential(mean_s=float("nan")),
    ],
)
def test_a_distribution_that_cannot_be_drawn_from_is_refused_by_name(distribution):
    model = cell(Machine(id="M", operations=(step(distribution, "a", "out"),)), buffers=(Buffer(id="a"),))
    with pytest.raises(XushiError) as caught:
        check(model)
    assert caught.value.code == "simulate.distribution_invalid"
    assert caught.value.params["where"] == "M.operations[0].duration"
    with pytest.raises(XushiError):
        run(model, Experiment(horizon_s=1.0))


def test_scaling_a_distribution_scales_its_mean():
    families = (
        Constant(3.0), Exponential(3.0), Uniform(1.0, 4.0), Triangular(1.0, 2.0, 5.0), Normal(9.0, 1.0),
        Lognormal(1.0, 0.5), Gamma(2.0, 3.0), Weibull(1.5, 3.0), Geometric(0.2, 3.0), Empirical((1.0, 2.0, 5.0)),
    )  # fmt: skip
    for one in families:
        assert scaled(one, 0.5).mean_s == pytest.approx(0.5 * one.mean_s)
