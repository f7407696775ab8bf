"""The constants of control charts for subgroups of n, from the distribution of the range of n normal values."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

LARGEST_SUBGROUP = 100
_COARSE, _FINE = 401, 801  # points of the two grids
_REACH = 7.0  # standard deviations; beyond it a normal value is rarer than 1e-11


def _quadrature(n: int, points: int) -> tuple[float, float]:
    """(mean, mean square) of the range of n standard normal values, by the trapezoidal rule."""
    x = np.linspace(-_REACH, _REACH, points)
    step = float(x[1] - x[0])
    below = np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in x.tolist()])
    mean = float((1.0 - below**n - (1.0 - below) ** n).sum()) * step
    low, high = below[:, None], below[None, :]
    joint = 1.0 - high**n - (1.0 - low) ** n + np.maximum(high - low, 0.0) ** n
    weight = np.triu(np.ones((points, points)), 1) + 0.5 * np.eye(points)
    return mean, 2.0 * float((joint * weight).sum()) * step * step


@cache
def _moments_of_range(n: int) -> tuple[float, float]:
    """(mean, standard deviation) of the range of n standard normal values (Tippett 1925).

    The error of the rule goes with the square of the step, so two grids together give six digits (Richardson).
    """
    (mean, coarse), (_, fine) = _quadrature(n, _COARSE), _quadrature(n, _FINE)
    square = (4 * fine - coarse) / 3
    return mean, math.sqrt(square - mean * mean)


def d2(n: int) -> float:
    """Mean range of n values over their standard deviation."""
    return _moments_of_range(n)[0]


def d3(n: int) -> float:
    """Standard deviation of the range of n values over their standard deviation."""
    return _moments_of_range(n)[1]


def c4(n: int) -> float:
    """Mean of the sample standard deviation of n values over their standard deviation."""
    return math.sqrt(2 / (n - 1)) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2))
