"""The next timer to ring is the earliest, and the lowest of equal ones; the logarithm is exact to a last digit."""

import math

import numpy as np
import pytest

from xushi.simulate._compiled import compiled
from xushi.simulate._logarithm import natural_log
from xushi.simulate._timers import set_timer, silence_all


@compiled
def begin(times, winners):
    silence_all(times, winners)


@compiled
def change(times, winners, i, at_s):
    set_timer(times, winners, i, at_s)


@compiled
def logarithms(numbers, out):
    for i in range(len(numbers)):
        out[i] = natural_log(numbers[i])


@pytest.mark.parametrize("size", [2, 8, 64])
def test_the_earliest_timer_rings_first_and_the_lowest_of_equal_ones(size):
    random = np.random.default_rng(size)
    times, winners = np.zeros(2 * size), np.zeros(2 * size, np.int64)
    begin(times, winners)
    plain = np.full(size, math.inf)
    for _ in range(2_000):
        i = int(random.integers(size))
        at_s = math.inf if random.random() < 0.2 else float(random.integers(10))  # few instants, so many are equal
        change(times, winners, i, at_s)
        plain[i] = at_s
        assert times[1] == plain.min()
        assert winners[1] == plain.argmin()


def test_the_logarithm_is_that_of_the_standard_library_to_the_last_digit_but_one():
    random = np.random.default_rng(3)
    numbers = np.concatenate(
        [random.random(50_000), 2.0 ** -np.arange(1, 54), 1 - 2.0 ** -np.arange(2, 53), [1.0, 7e9]]
    )
    numbers = numbers[numbers > 0]
    ours = np.empty_like(numbers)
    logarithms(numbers, ours)
    exact = np.array([math.log(number) for number in numbers])
    assert (abs(ours - exact) <= np.spacing(abs(exact))).all()
