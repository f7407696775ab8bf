"""Fits distributions to recorded durations, and says how well each of them fits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xushi.kernel import XushiError

from ._distributions import Distribution, Empirical
from ._families import FAMILIES, Family
from ._model import _Data

_Floats = NDArray[np.float64]
_BOOTSTRAPS = 199
_MOST_TESTED = 1_000  # values; with more, every family is rejected for differences that do not matter
_MOST_KEPT = 2_000  # values of an empirical distribution
_LEAST = 10


class Fit(_Data, frozen=True, kw_only=True):
    """One family fitted to the data.

    Attributes:
        distribution: with its estimated parameters.
        family: its name.
        ks: Kolmogorov-Smirnov distance, the largest between data and distribution function.
        ks_p: how often data of this very family would be as far off; below 0.05 the family is doubtful.
        ad, ad_p: the same for Anderson-Darling, which weighs the tails.
        aic: Akaike's criterion; the lowest is the best description.
    """

    distribution: Distribution
    family: str
    ks: float
    ks_p: float
    ad: float
    ad_p: float
    aic: float

    @property
    def is_good(self) -> bool:
        """Return whether neither test speaks against it at 5 %."""
        return self.ks_p >= 0.05 and self.ad_p >= 0.05


def fit(values_s: ArrayLike, seed: int = 1) -> list[Fit]:
    """Fit every family to durations in seconds, the best first.

    The parameters come from the same data, so tables of the tests do not hold: their p-values are found by parametric
    bootstrap (Stute, Manteiga, Quindimil, "Bootstrap based goodness-of-fit tests", Metrika 40, 1993). Of more than
    1,000 values a random 1,000 are tested, all are estimated from.

    Raises:
        XushiError: `simulate.data_invalid` for fewer than ten values, negative or not finite ones, or all the same.
    """
    values = np.asarray(values_s, np.float64).ravel()
    for reason in _faults(values):
        raise XushiError("simulate.data_invalid", reason=reason)
    random = np.random.default_rng(seed)
    tested = values if len(values) <= _MOST_TESTED else random.choice(values, _MOST_TESTED, replace=False)
    able = [family for family in FAMILIES if values.min() > 0 or not family.needs_positive]
    return sorted((_fit_one(family, values, tested, random) for family in able), key=lambda one: one.aic)


def fit_best(values_s: ArrayLike, seed: int = 1) -> Distribution:
    """Return the best family that no test rejects, or the data themselves as an empirical distribution.

    Raises:
        XushiError: see `fit`.
    """
    for one in fit(values_s, seed):
        if one.is_good:
            return one.distribution
    values = np.sort(np.asarray(values_s, np.float64).ravel())
    if len(values) > _MOST_KEPT:
        values = np.quantile(values, np.linspace(0, 1, _MOST_KEPT))
    return Empirical(values_s=tuple(values.tolist()))


def _faults(values: _Floats) -> Iterator[str]:
    if len(values) < _LEAST:
        yield f"There are {len(values)}."
    elif not np.isfinite(values).all():
        yield "One is not finite."
    elif values.min() < 0:
        yield "One is negative."
    elif values.min() == values.max():
        yield f"All are {values[0]}."


def _fit_one(family: Family, values: _Floats, tested: _Floats, random: np.random.Generator) -> Fit:
    estimated = family.estimate(values[None])
    ks, ad = _distances(family, tested[None], family.estimate(tested[None]))
    samples = family.sample(random, family.estimate(tested[None]), (_BOOTSTRAPS, len(tested)))
    others_ks, others_ad = _distances(family, samples, family.estimate(samples))
    likelihood = float(family.log_density(values[None], estimated).sum())
    return Fit(
        distribution=family.make(*(float(one[0, 0]) for one in estimated)),
        family=family.name,
        ks=float(ks[0]),
        ks_p=float((1 + (others_ks >= ks).sum()) / (_BOOTSTRAPS + 1)),
        ad=float(ad[0]),
        ad_p=float((1 + (others_ad >= ad).sum()) / (_BOOTSTRAPS + 1)),
        aic=2 * len(estimated) - 2 * likelihood,
    )


def _distances(family: Family, values: _Floats, estimated: tuple[_Floats, ...]) -> tuple[_Floats, _Floats]:
    """Return the Kolmogorov-Smirnov and the Anderson-Darling distance of each row."""
    count = values.shape[1]
    below = np.clip(family.below(np.sort(values, axis=1), estimated), 1e-300, 1 - 1e-16)
    ranks = np.arange(1, count + 1)
    ks = np.maximum(ranks / count - below, below - (ranks - 1) / count).max(axis=1)
    ad = -count - ((2 * ranks - 1) * (np.log(below) + np.log1p(-below[:, ::-1]))).sum(axis=1) / count
    return ks, ad
