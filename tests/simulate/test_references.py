"""Every exact figure lies in our 95 % interval, and the interval is narrow."""

import pytest

from verify._simulation import BY_EVENTS, Reference, references

# These need ten times the time; `make verify` runs them at full length.
SHORTER = {"M/M/1": 20, "M/M/3": 4, BY_EVENTS: 16}


@pytest.mark.parametrize("reference", list(references()), ids=lambda reference: reference.name)
def test_the_exact_figure_is_within_a_tenth_of_a_percent(reference: Reference):
    share = next((factor for name, factor in SHORTER.items() if name in reference.name), 1)
    ours = Reference(**{**vars(reference), "run_s": reference.run_s / share}).simulate()
    assert ours.has(reference.exact), f"{ours} does not contain {reference.exact}"
    assert ours.half_width <= 0.001 * share**0.5 * 1.1 * reference.exact
