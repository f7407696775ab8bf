"""The distribution families that can be fitted: maximum likelihood, distribution function, samples.

Each function takes many rows at once, [rows, values], so that the bootstrap of `fit` is one call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ._distributions import Distribution, Exponential, Gamma, Lognormal, Normal, Weibull

_Floats = NDArray[np.float64]
_Parameters = tuple[_Floats, ...]


@dataclass(frozen=True)
class Family:
    """One family; parameters are arrays [rows, 1].

    Attributes:
        needs_positive: no duration may be zero.
        estimate: maximum likelihood.
        below: distribution function.
        log_density: logarithm of the density.
        sample: random values [rows, count] from a generator.
        make: the distribution as data, from the parameters of one row.
    """

    name: str
    needs_positive: bool
    estimate: Callable[[_Floats], _Parameters]
    below: Callable[[_Floats, _Parameters], _Floats]
    log_density: Callable[[_Floats, _Parameters], _Floats]
    sample: Callable[[np.random.Generator, _Parameters, tuple[int, int]], _Floats]
    make: Callable[..., Distribution]


def _mean(values: _Floats) -> _Floats:
    found: _Floats = values.mean(axis=1, keepdims=True)
    return found


def _normal(values: _Floats) -> _Parameters:
    return _mean(values), np.maximum(values.std(axis=1, keepdims=True), 1e-300)


def _gamma(values: _Floats) -> _Parameters:
    """Solve log k - psi(k) = log mean - mean log by Newton (Minka, "Estimating a gamma distribution", 2002)."""
    gap = np.maximum(np.log(_mean(values)) - _mean(np.log(values)), 1e-12)
    k = (3 - gap + np.sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap)
    for _ in range(8):
        step = (np.log(k) - special.psi(k) - gap) / (k**2 * (1 / k - special.polygamma(1, k)))
        k = 1 / (1 / k + step)
    return k, _mean(values) / k


def _weibull(values: _Floats) -> _Parameters:
    """Solve the likelihood equation of the shape by Newton, from the moments of the logarithm."""
    logs = np.log(values)
    logs = logs - logs.max(axis=1, keepdims=True)  # so that no power overflows; the shape does not depend on the scale
    k = np.pi / np.sqrt(6) / np.maximum(logs.std(axis=1, keepdims=True), 1e-9)
    mean_log = _mean(logs)
    for _ in range(30):
        powers = np.exp(k * logs)
        total = powers.sum(axis=1, keepdims=True)
        first = (powers * logs).sum(axis=1, keepdims=True) / total
        second = (powers * logs**2).sum(axis=1, keepdims=True) / total
        slope = second - first**2 + 1 / k**2
        k = np.maximum(k - (first - 1 / k - mean_log) / slope, k / 2)
    scale = values.max(axis=1, keepdims=True) * _mean(np.exp(k * logs)) ** (1 / k)
    return k, scale


def _weibull_log_density(x: _Floats, p: _Parameters) -> _Floats:
    k, scale = p
    found: _Floats = np.log(k / scale) + (k - 1) * np.log(x / scale) - (x / scale) ** k
    return found


def _scipy(value: Any) -> _Floats:
    return np.asarray(value, np.float64)


FAMILIES = (
    Family(
        "exponential",
        False,
        lambda values: (_mean(values),),
        lambda x, p: -np.expm1(-x / p[0]),
        lambda x, p: -np.log(p[0]) - x / p[0],
        lambda random, p, shape: random.exponential(1.0, shape) * p[0],
        lambda mean_s: Exponential(mean_s=mean_s),
    ),
    Family(
        "normal",
        False,
        _normal,
        lambda x, p: _scipy(special.ndtr((x - p[0]) / p[1])),
        lambda x, p: -np.log(p[1] * np.sqrt(2 * np.pi)) - ((x - p[0]) / p[1]) ** 2 / 2,
        lambda random, p, shape: random.normal(0.0, 1.0, shape) * p[1] + p[0],
        lambda mean_s, deviation_s: Normal(mean_s=mean_s, deviation_s=deviation_s),
    ),
    Family(
        "lognormal",
        True,
        lambda values: _normal(np.log(values)),
        lambda x, p: _scipy(special.ndtr((np.log(x) - p[0]) / p[1])),
        lambda x, p: -np.log(x * p[1] * np.sqrt(2 * np.pi)) - ((np.log(x) - p[0]) / p[1]) ** 2 / 2,
        lambda random, p, shape: np.exp(random.normal(0.0, 1.0, shape) * p[1] + p[0]),
        lambda mu, sigma: Lognormal(mu=mu, sigma=sigma),
    ),
    Family(
        "gamma",
        True,
        _gamma,
        lambda x, p: _scipy(special.gammainc(p[0], x / p[1])),
        lambda x, p: (p[0] - 1) * np.log(x) - x / p[1] - special.gammaln(p[0]) - p[0] * np.log(p[1]),
        lambda random, p, shape: random.gamma(np.broadcast_to(p[0], shape)) * p[1],
        lambda shape, scale_s: Gamma(shape=shape, scale_s=scale_s),
    ),
    Family(
        "weibull",
        True,
        _weibull,
        lambda x, p: -np.expm1(-((x / p[1]) ** p[0])),
        _weibull_log_density,
        lambda random, p, shape: random.exponential(1.0, shape) ** (1 / p[0]) * p[1],
        lambda shape, scale_s: Weibull(shape=shape, scale_s=scale_s),
    ),
)
