"""Every exact figure lies in our 95 % interval, and the interval is narrow."""

import numpy as np
import pytest

from verify._simulation import BY_EVENTS, Reference, controlled, references
from xushi.simulate import interval

# Shorter than in `make verify` by these factors, with which a tenth of a percent still holds.
SHORTER = {f"(5, 5){BY_EVENTS}": 1.0, "unequal": 1.0, BY_EVENTS: 2.0}


@pytest.mark.parametrize("reference", list(references()), ids=lambda reference: reference.name)
def test_the_exact_figure_is_within_a_tenth_of_a_percent(reference: Reference):
    share = next((factor for name, factor in SHORTER.items() if name in reference.name), 1.0)
    ours = Reference(**{**vars(reference), "run_s": reference.run_s / share}).simulate()
    assert ours.has(reference.exact), f"{ours} does not contain {reference.exact}"
    assert ours.half_width <= 0.001 * reference.exact


def test_control_variates_narrow_the_interval_and_move_the_mean_nowhere():
    chance = np.random.default_rng(1).normal(size=(3, 400))
    values = 4.0 + 2.0 * chance[0] - chance[1] + 0.1 * chance[2]
    plain, ours = interval(values), controlled(values, chance[:2])
    assert ours.half_width < 0.1 * plain.half_width
    assert ours.has(4.0)
    assert ours.half_width == pytest.approx(1.966 * 0.1 / 20, rel=0.15)  # what the controls do not explain
