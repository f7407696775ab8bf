"""Control charts, capability, gauge studies and sampling plans give the figures of their standards."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xushi.kernel import XushiError
from xushi.monitor import accepted_share, c4, capability, control_chart, d2, d3, gauge_rr, nelson_rules

# ASTM MNL 7, table 49: n, d2, d3, c4
TABLE = [
    (2, 1.128, 0.8525, 0.7979),
    (5, 2.326, 0.8641, 0.9400),
    (10, 3.078, 0.7971, 0.9727),
    (25, 3.931, 0.7084, 0.9896),
]


@pytest.mark.parametrize(("n", "range_mean", "range_sigma", "s_mean"), TABLE)
def test_constants_are_those_of_the_tables(n: int, range_mean: float, range_sigma: float, s_mean: float) -> None:
    assert d2(n) == pytest.approx(range_mean, abs=6e-4)
    assert d3(n) == pytest.approx(range_sigma, abs=6e-4)
    assert c4(n) == pytest.approx(s_mean, abs=6e-5)


def points(*steps: float) -> np.ndarray:
    return np.array(steps, float)


EXAMPLES = {
    1: points(0.5, -0.5, 3.1),
    2: points(*[0.3, 0.6] * 4, 0.4),
    3: points(-1.2, -0.8, -0.2, 0.3, 0.9, 1.4),
    4: points(*[0.5, -0.5] * 7),
    5: points(0.2, 2.2, -0.3, 2.4),
    6: points(1.2, 1.4, 0.2, 1.6, 1.3),
    7: points(*[0.5, 0.4, -0.3, -0.6, 0.2] * 3),
    8: points(1.4, -1.2, 1.6, 1.3, -1.5, -1.1, 1.2, -1.3),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_each_nelson_rule_is_broken_by_the_last_point_of_its_pattern_and_not_before(rule: int) -> None:
    broken = nelson_rules(EXAMPLES[rule])[rule - 1]
    assert broken.tolist() == [False] * (len(broken) - 1) + [True]


@given(st.lists(st.floats(-4, 4), max_size=60))
def test_nelson_rules_agree_with_their_wording(values: list[float]) -> None:
    z = np.array(values)
    found = nelson_rules(z)
    for i in range(len(z)):
        last9, last3, last5, last15, last8 = (z[max(0, i + 1 - k) : i + 1] for k in (9, 3, 5, 15, 8))
        assert found[0][i] == (abs(z[i]) > 3)
        assert found[1][i] == (len(last9) == 9 and (all(last9 > 0) or all(last9 < 0)))
        six = z[max(0, i - 5) : i + 1]
        assert found[2][i] == (len(six) == 6 and (all(np.diff(six) > 0) or all(np.diff(six) < 0)))
        turns = np.diff(z[max(0, i - 13) : i + 1])
        assert found[3][i] == (len(turns) == 13 and bool(all(np.sign(turns[1:]) * np.sign(turns[:-1]) < 0)))
        assert found[4][i] == any(s * z[i] > 2 and (s * last3 > 2).sum() >= 2 for s in (1, -1))
        assert found[5][i] == any(s * z[i] > 1 and (s * last5 > 1).sum() >= 4 for s in (1, -1))
        assert found[6][i] == (len(last15) == 15 and all(abs(last15) < 1))
        assert found[7][i] == (len(last8) == 8 and all(abs(last8) > 1))


def test_xbar_r_limits_follow_the_mean_range() -> None:
    values = np.random.default_rng(7).normal(74.0, 0.01, 125)
    chart = control_chart(values, "xbar_r", 5)
    assert chart is not None
    x, r = chart.panels
    mean_range = float(np.ptp(values.reshape(25, 5), axis=1).mean())
    assert x.upper[0] - x.centre[0] == pytest.approx(0.577 * mean_range, rel=1e-3)  # A2 of 5
    assert r.upper[0] == pytest.approx(2.114 * mean_range, rel=1e-3)  # D4 of 5
    assert r.lower[0] == 0.0  # D3 of 5
    assert x.last.tolist() == list(range(4, 125, 5))


def test_xbar_s_limits_follow_the_mean_standard_deviation() -> None:
    values = np.random.default_rng(8).normal(10.0, 2.0, 300)
    chart = control_chart(values, "xbar_s", 10)
    assert chart is not None
    x, s = chart.panels
    mean_s = float(values.reshape(30, 10).std(axis=1, ddof=1).mean())
    assert x.upper[0] - x.centre[0] == pytest.approx(0.975 * mean_s, rel=1e-3)  # A3 of 10
    assert s.upper[0] == pytest.approx(1.716 * mean_s, rel=1e-3)  # B4 of 10
    assert s.lower[0] == pytest.approx(0.284 * mean_s, rel=2e-3)  # B3 of 10


def test_individuals_limits_follow_the_mean_moving_range() -> None:
    chart = control_chart(points(10, 12, 11, 13, 12, 14, 10, 11), "individuals")
    assert chart is not None
    x, mr = chart.panels
    mean_moving = np.abs(np.diff([10, 12, 11, 13, 12, 14, 10, 11])).mean()
    assert x.upper[0] - x.centre[0] == pytest.approx(2.66 * mean_moving, rel=1e-3)
    assert mr.upper[0] == pytest.approx(3.267 * mean_moving, rel=1e-3)


def test_charts_of_counts_have_binomial_and_poisson_limits() -> None:
    pieces = np.zeros(1000)
    pieces[::20] = 1
    p, np_ = control_chart(pieces, "p", 100), control_chart(pieces, "np", 100)
    assert p is not None
    assert np_ is not None
    assert p.panels[0].upper[0] == pytest.approx(0.05 + 3 * (0.05 * 0.95 / 100) ** 0.5)
    assert np_.panels[0].upper[0] == pytest.approx(5 + 3 * (100 * 0.05 * 0.95) ** 0.5)
    c = control_chart(points(4, 6, 5, 5), "c")
    u = control_chart(points(4, 6, 5, 5), "u", 2)
    assert c is not None
    assert u is not None
    assert c.panels[0].upper[0] == pytest.approx(5 + 3 * 5**0.5)
    assert u.panels[0].upper[0] == pytest.approx(5 + 3 * (5 / 2) ** 0.5)
    with pytest.raises(XushiError):
        control_chart(points(0, 2, 1), "p", 1)


def test_limits_come_from_the_baseline_alone() -> None:
    values = np.concatenate([np.tile([9.0, 11.0], 50), np.full(20, 30.0)])
    chart = control_chart(values, "individuals", baseline=slice(0, 100))
    assert chart is not None
    assert chart.panels[0].centre[0] == 10.0
    assert chart.panels[0].broken[0][100:].all()


def test_too_few_values_give_no_chart() -> None:
    assert control_chart(points(1.0), "individuals") is None
    assert control_chart(points(*range(9)), "xbar_r", 5) is None


def test_capability_is_centred_and_scaled_as_defined() -> None:
    values = np.tile([9.0, 11.0], 50)
    found = capability(values, 1.0, 4.0, 13.0)
    assert found is not None
    assert (found.cp, found.cpk) == (1.5, 1.0)
    assert found.pp == pytest.approx(9 / (6 * values.std(ddof=1)))
    one_sided = capability(values, 1.0, None, 13.0)
    assert one_sided is not None
    assert (one_sided.cp, one_sided.cpk) == (None, 1.0)


def test_an_ill_shaped_gauge_study_is_refused() -> None:
    for values in ([], [[[1.0, 2.0]]], [[[1.0], [2.0]], [[1.0], [2.0]]], [[[1.0, 2.0]] * 2, [[1.0, 2.0]] * 3]):
        with pytest.raises(XushiError):
            gauge_rr(values)


@given(st.integers(2, 500), st.integers(0, 10), st.floats(0.0001, 0.5))
def test_a_worse_process_is_accepted_less_often(n: int, ac: int, share: float) -> None:
    ac = min(ac, n - 1)
    assert 0.0 <= accepted_share(n, ac, share * 1.5) <= accepted_share(n, ac, share) + 1e-12
