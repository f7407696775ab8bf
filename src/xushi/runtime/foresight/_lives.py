"""How long machines and tools live, and how long it takes to set them right: data sheet and records weighed as one.

A description counts as so many observations (`WORTH`), the records count as what they are, and no number of records
turns the one into the other at a stroke.

- A life in processing time is Weibull of the described shape (1, without memory, where none is described). Its rate
  `scale ** -shape` has a gamma distribution: the description is the prior, each life ended adds one to its shape, and
  each life, ended or not, adds `life ** shape` to its rate (R. Soland, IEEE Transactions on Reliability R-17(2), 1968;
  data of lives that go on: IEC 61649:2008, 5). So machines that never failed speak, too.
- The life during which the record begins is seen from somewhere in its middle on. In a plant that has run for long its
  rest has the density `survival / mean` (D. Cox, "Renewal Theory", 1962, 5.2), which is one failure by its shape.
- A life that is counted in parts hardly varies: normal, its spread shrunk towards a tenth.
- Durations of repairs are lognormal, mean and spread shrunk towards the described mean and a deviation of that size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from xushi import simulate

WORTH = 2.0  # observations that a description counts for
_SURE = 0.95
_COUNTED_VARIATION = 0.1  # of a life counted in parts, before anything was seen
_LEAST_COUNTED = 4  # lives, below which equal numbers of parts are chance
_REGULAR = 0.2  # deviation over mean of the parts between, below which parts are what counts


class Life(msgspec.Struct, frozen=True):
    """How long something lives.

    Attributes:
        after: seconds of processing, or parts.
        evidence: the observations that its scale is known from, those of the description included.
        low, high: where its mean lies with 95 %.
    """

    after: simulate.Distribution
    evidence: float
    low: float
    high: float


def life_in_work(
    ended_s: Sequence[float], begun_s: Sequence[float], first_s: float | None, shape: float, described_s: float | None
) -> Life | None:
    """Estimate a life in processing time; None where there is neither a description nor an end.

    Args:
        ended_s: lives seen from begin to end.
        begun_s: how old those are that go on.
        first_s: what was seen of the one during which the record began, where it ended.
        shape: of the Weibull distribution.
        described_s: the described scale.
    """
    from scipy import special

    seen = [*ended_s, *begun_s, *([] if first_s is None else [first_s])]
    evidence = len(ended_s) + (0.0 if first_s is None else 1.0 / shape)
    exposure = float(np.sum(np.asarray(seen, np.float64) ** shape))
    if described_s is not None:
        evidence += WORTH
        exposure += WORTH * described_s**shape
    if evidence <= 0 or exposure <= 0:
        return None
    scale_s = (exposure / evidence) ** (1 / shape)
    mean = math.gamma(1 + 1 / shape)
    rates = special.gammaincinv(evidence, [(1 + _SURE) / 2, (1 - _SURE) / 2]) / exposure
    low, high = (float(mean * rate ** (-1 / shape)) for rate in rates)
    after: simulate.Distribution = simulate.Weibull(shape=shape, scale_s=scale_s)
    if shape == 1.0:
        after = simulate.Exponential(mean_s=scale_s)
    return Life(after, evidence, low, high)


def life_in_parts(ended: Sequence[int], expected: float | None = None) -> Life:
    """Estimate a life that is counted in parts.

    Args:
        ended: parts in lives seen from begin to end.
        expected: their mean where the wear tells it; that of the lives, where absent.
    """
    mean = float(np.mean(ended)) if expected is None else expected
    squares = float(np.sum((np.asarray(ended, np.float64) - mean) ** 2))
    deviation = math.sqrt((WORTH * (_COUNTED_VARIATION * mean) ** 2 + squares) / (WORTH + len(ended)))
    half = 1.96 * deviation / math.sqrt(WORTH + len(ended))
    after = simulate.Normal(mean_s=mean, deviation_s=deviation)
    return Life(after, WORTH + len(ended), max(0.0, mean - half), mean + half)


def is_counted(parts: Sequence[int]) -> bool:
    """Whether something comes after so many parts, and not by chance: the numbers of parts between hardly differ."""
    if len(parts) < _LEAST_COUNTED or min(parts) <= 0:
        return False
    return float(np.std(parts, ddof=1)) <= _REGULAR * float(np.mean(parts))


def few_durations(seen_s: Sequence[float], described_s: float | None) -> simulate.Distribution | None:
    """Estimate a duration from a few of them and from its described mean; None where there is neither."""
    seen = np.asarray([one for one in seen_s if one > 0], np.float64)
    weight = 0.0 if described_s is None else WORTH
    if weight + len(seen) <= 0:
        return None
    mean_s = ((described_s or 0.0) * weight + float(seen.sum())) / (weight + len(seen))
    squares = float(np.sum((np.log(seen) - np.log(seen).mean()) ** 2)) if len(seen) else 0.0
    variance = (WORTH * math.log(2.0) + squares) / (WORTH + max(0, len(seen) - 1))
    return simulate.Lognormal(mu=math.log(mean_s) - variance / 2, sigma=math.sqrt(variance))
