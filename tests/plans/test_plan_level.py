"""A promise is kept as often as its level says: all figures together, also when it rests on few futures."""

from __future__ import annotations

import numpy as np
import pytest

from xushi.runtime.plans._promising import joint_bands
from xushi.simulate import band

PLANTS, CHANCE = 4_000, np.random.default_rng(7)


def futures(count: int) -> dict[str, np.ndarray]:
    """Parts, the same per hour, and energy that grows with the parts: [plants, futures]."""
    good = CHANCE.normal(100.0, 8.0, (PLANTS, count)).round()
    energy = 0.3 * good + CHANCE.normal(20.0, 2.0, (PLANTS, count))
    return {"plant.good": good, "plant.throughput_per_h": good, "plant.energy_kwh": energy}


def kept_share(count: int, level: float) -> tuple[float, float]:
    """How often a further future holds all bounds that `count` others gave, and the mean of the levels stated."""
    values = futures(count + 1)
    kept, stated = 0, 0.0
    for plant in range(PLANTS):
        bands, told = joint_bands({name: one[plant, :-1] for name, one in values.items()}, level)
        new = {name: one[plant, -1] for name, one in values.items()}
        kept += new["plant.good"] >= bands["plant.good"][0] and new["plant.energy_kwh"] <= bands["plant.energy_kwh"][1]
        stated += told
    return kept / PLANTS, stated / PLANTS


@pytest.mark.parametrize("count", [30, 100, 300])
def test_all_figures_hold_together_at_least_as_often_as_the_level_says(count: int) -> None:
    share, stated = kept_share(count, 0.9)
    assert stated == pytest.approx(0.9, abs=0.015)
    assert 0.885 < share < 0.96  # ranks are whole: of thirty futures two or three are left out, never a tenth


def test_where_the_futures_are_too_few_the_level_says_so() -> None:
    share, stated = kept_share(10, 0.9)
    assert stated < 0.88
    assert share > stated - 0.02


def test_the_better_end_of_a_band_is_as_far_out_as_the_worse_one() -> None:
    values = np.arange(1.0, 101.0)
    bands, level = joint_bands({"plant.good": values, "plant.energy_kwh": values}, 0.9)
    assert level == 0.9
    assert bands["plant.good"] == bands["plant.energy_kwh"] == (5.0, 96.0)


def test_a_band_of_few_futures_holds_a_further_one_with_its_share() -> None:
    values = CHANCE.gamma(3.0, 2.0, (31, 20_000))
    low, _, high = band(values[:-1], 0.9)
    assert np.mean((low <= values[-1]) & (values[-1] <= high)) == pytest.approx(0.9, abs=0.015)
