"""Means over independent replications with confidence intervals, and where a single future lies."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xushi.kernel import XushiError

from ._model import _Data


class Interval(_Data, frozen=True, kw_only=True):
    """A mean over replications and half the width of its confidence interval (Student's t).

    Attributes:
        mean: over the replications that have a value.
        half_width: 0 where they are all equal, infinite for fewer than two.
        count: of replications that have a value.
    """

    mean: float
    half_width: float
    count: int

    @property
    def low(self) -> float:
        """Return the lower end."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """Return the upper end."""
        return self.mean + self.half_width

    def has(self, value: float) -> bool:
        """Return whether the value lies in the interval."""
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.mean:.6g} ± {self.half_width:.2g}"


def interval(values: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return the mean of independent values with its confidence interval; not-a-number counts as missing.

    Source: A. Law, "Simulation Modeling and Analysis", 5th ed., 4.5 (fixed sample size).

    Raises:
        XushiError: `simulate.numba_missing`, where scipy is not installed.
    """
    try:
        from scipy.special import stdtrit
    except ImportError:
        raise XushiError("simulate.numba_missing") from None

    found = np.asarray(values, np.float64)
    found = found[~np.isnan(found)]
    if len(found) == 0:
        return Interval(mean=math.nan, half_width=math.inf, count=0)
    mean = float(found.mean())
    if len(found) == 1:
        return Interval(mean=mean, half_width=math.inf, count=1)
    deviation = float(found.std(ddof=1))
    half_width = float(stdtrit(len(found) - 1, 0.5 + confidence / 2)) * deviation / math.sqrt(len(found))
    return Interval(mean=mean, half_width=half_width, count=len(found))


def ratio_interval(tops: ArrayLike, bottoms: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return the ratio of two means with its interval (jackknife), where a mean of ratios would be biased.

    Source: A. Law, "Simulation Modeling and Analysis", 5th ed., 9.5.3.
    """
    top, bottom = np.asarray(tops, np.float64), np.asarray(bottoms, np.float64)
    count = len(top)
    if count < 2:
        return Interval(mean=float(top.sum() / bottom.sum()), half_width=math.inf, count=count)
    whole = top.sum() / bottom.sum()
    without = (top.sum() - top) / (bottom.sum() - bottom)
    return interval(count * whole - (count - 1) * without, confidence)


def share_interval(hits: float, count: float, confidence: float = 0.95) -> tuple[float, float]:
    """Return the interval of a share of which `hits` of `count` independent cases were seen: also for none and all.

    Source: E. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
    """
    z2 = NormalDist().inv_cdf(0.5 + confidence / 2) ** 2
    share = hits / count
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = math.sqrt(z2 * (share * (1 - share) / count + z2 / (4 * count * count))) / (1 + z2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def band(values: ArrayLike, share: float) -> NDArray[np.float64]:
    """Return low, middle and high so that a single further future lies between low and high with this probability.

    Quantiles at p (n + 1): the next of exchangeable values lies below the k-th smallest of n with k / (n + 1). Plain
    quantiles of the n would hold fewer: of thirty, 84 % in place of 90 %. Where n is too small, the extremes.

    Args:
        values: [replications, …]; what is behind the first axis stays.

    Source: H. A. David, H. N. Nagaraja, "Order Statistics", 3rd ed., 7.3 (prediction intervals).
    """
    tail = (1 - share) / 2
    found: NDArray[np.float64] = np.quantile(
        np.asarray(values, np.float64), [tail, 0.5, 1 - tail], axis=0, method="weibull"
    )
    return found
