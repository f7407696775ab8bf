"""A family is found again from its own samples, and the tests reject a wrong one and accept the right one."""

import warnings

import numpy as np
import pytest
from scipy import stats

from xushi.kernel import XushiError
from xushi.simulate import Empirical, Exponential, Gamma, Lognormal, Normal, Weibull, fit, fit_best

SAMPLES = {
    "exponential": lambda random: random.exponential(4.0, 800),
    "normal": lambda random: random.normal(30.0, 2.0, 800),
    "lognormal": lambda random: random.lognormal(1.0, 0.7, 800),
    "gamma": lambda random: random.gamma(3.0, 2.0, 800),
    "weibull": lambda random: random.weibull(2.5, 800) * 10,
}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_true_family_is_not_rejected_and_its_parameters_are_those_of_scipy(name):
    values = SAMPLES[name](np.random.default_rng(5))
    found = {one.family: one for one in fit(values)}
    assert min(found[name].ks_p, found[name].ad_p) > 0.01
    match found[name].distribution:
        case Exponential(mean_s=mean_s):
            assert mean_s == pytest.approx(values.mean())
        case Normal(mean_s=mean_s, deviation_s=deviation_s):
            assert (mean_s, deviation_s) == pytest.approx(stats.norm.fit(values))
        case Lognormal(mu=mu, sigma=sigma):
            shape, _, scale = stats.lognorm.fit(values, floc=0)
            assert (mu, sigma) == pytest.approx((np.log(scale), shape), rel=1e-3)
        case Gamma(shape=shape, scale_s=scale_s):
            k, _, scale = stats.gamma.fit(values, floc=0)
            assert (shape, scale_s) == pytest.approx((k, scale), rel=1e-3)
        case Weibull(shape=shape, scale_s=scale_s):
            k, _, scale = stats.weibull_min.fit(values, floc=0)
            assert (shape, scale_s) == pytest.approx((k, scale), rel=1e-3)


def test_the_distances_are_those_of_scipy():
    values = np.random.default_rng(6).exponential(4.0, 200)
    found = next(one for one in fit(values) if one.family == "exponential")
    assert found.ks == pytest.approx(stats.kstest(values, "expon", args=(0, values.mean())).statistic)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert found.ad == pytest.approx(stats.anderson(values, "expon").statistic, rel=1e-6)


def test_a_true_family_is_rejected_about_as_often_as_the_test_says():
    random = np.random.default_rng(7)
    rejected = sum(
        next(one for one in fit(random.exponential(2.0, 60), seed=i) if one.family == "exponential").ks_p < 0.1
        for i in range(100)
    )
    assert 2 <= rejected <= 20


def test_two_humps_are_kept_as_they_were_seen():
    random = np.random.default_rng(8)
    values = np.concatenate([random.normal(10, 0.5, 400), random.normal(30, 1, 400)])
    assert not any(one.is_good for one in fit(values))
    best = fit_best(values)
    assert isinstance(best, Empirical)
    assert best.mean_s == pytest.approx(values.mean(), rel=0.01)


@pytest.mark.parametrize("values", [[1.0] * 5, [2.0] * 50, [1.0] * 20 + [-1.0], [1.0] * 20 + [np.nan]])
def test_data_that_describe_no_duration_are_refused(values):
    with pytest.raises(XushiError) as caught:
        fit(values)
    assert caught.value.code == "simulate.data_invalid"
