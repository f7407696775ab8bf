"""Every exact figure lies in our 95 % interval, and the interval is narrow."""

import pytest

from verify._simulation import BY_EVENTS, Reference, references

# Shorter than in `make verify` by these factors, with which a tenth of a percent still holds.
SHORTER = {f"(5, 5){BY_EVENTS}": 1.0, "unequal": 1.0, BY_EVENTS: 2.0, "M/M/1": 20.0}
WIDEST = {"M/M/1": 0.0045}  # a tenth of a percent takes it twenty times the time


@pytest.mark.parametrize("reference", list(references()), ids=lambda reference: reference.name)
def test_the_exact_figure_is_within_a_tenth_of_a_percent(reference: Reference):
    share = next((factor for name, factor in SHORTER.items() if name in reference.name), 1.0)
    ours = Reference(**{**vars(reference), "run_s": reference.run_s / share}).simulate()
    assert ours.has(reference.exact), f"{ours} does not contain {reference.exact}"
    widest = next((width for name, width in WIDEST.items() if name in reference.name), 0.001)
    assert ours.half_width <= widest * reference.exact
