"""Draws durations: one uniform number turned through the inverse distribution function, wherever there is one.

Inversion keeps alternatives in step: equal uniform numbers give longer durations for a slower machine, draw by draw.
The gamma family is drawn by rejection from the same stream instead (Marsaglia, Tsang, ACM TOMS 26(3), 2000).
"""

from __future__ import annotations

import math
from typing import Any

from ._compiled import compiled, inlined
from ._logarithm import natural_log
from ._random import uniform


@compiled
def standard_normal(p: float) -> float:
    """Return the normal quantile of `p` in (0, 1) (M. Wichura, algorithm AS 241, Applied Statistics 37, 1988)."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = 2509.0809287301226727 * r + 33430.575583588128105
        top = (top * r + 67265.770927008700853) * r + 45921.953931549871457
        top = (top * r + 13731.693765509461125) * r + 1971.5909503065514427
        top = (top * r + 133.14166789178437745) * r + 3.387132872796366608
        low = 5226.495278852854561 * r + 28729.085735721942674
        low = (low * r + 39307.89580009271061) * r + 21213.794301586595867
        low = (low * r + 5394.1960214247511077) * r + 687.1870074920579083
        low = (low * r + 42.313330701600911252) * r + 1.0
        return q * top / low
    r = math.sqrt(-natural_log(min(p, 1.0 - p)))
    if r <= 5.0:
        r -= 1.6
        top = 7.7454501427834140764e-4 * r + 0.0227238449892691845833
        top = (top * r + 0.24178072517745061177) * r + 1.27045825245236838258
        top = (top * r + 3.64784832476320460504) * r + 5.7694972214606914055
        top = (top * r + 4.6303378461565452959) * r + 1.42343711074968357734
        low = 1.05075007164441684324e-9 * r + 5.475938084995344946e-4
        low = (low * r + 0.0151986665636164571966) * r + 0.14810397642748007459
        low = (low * r + 0.68976733498510000455) * r + 1.6763848301838038494
        low = (low * r + 2.05319162663775882187) * r + 1.0
    else:
        r -= 5.0
        top = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5
        top = (top * r + 0.0012426609473880784386) * r + 0.026532189526576123093
        top = (top * r + 0.29656057182850489123) * r + 1.7848265399172913358
        top = (top * r + 5.4637849111641143699) * r + 6.6579046435011037772
        low = 2.04426310338993978564e-15 * r + 1.4215117583164458887e-7
        low = (low * r + 1.8463183175100546818e-5) * r + 7.868691311456132591e-4
        low = (low * r + 0.0148753612908506148525) * r + 0.13692988092273580531
        low = (low * r + 0.59983220655588793769) * r + 1.0
    return math.copysign(top / low, q)


@compiled
def gamma(shape: float, streams: Any, stream: int) -> float:
    """Return a number of the gamma distribution with this shape and scale 1."""
    if shape < 1.0:
        lift = uniform(streams, stream) ** (1.0 / shape)
        shape += 1.0
    else:
        lift = 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        x = standard_normal(uniform(streams, stream))
        v = 1.0 + c * x
        if v <= 0.0:
            continue
        v = v * v * v
        if natural_log(uniform(streams, stream)) < 0.5 * x * x + d - d * v + d * natural_log(v):
            return lift * d * v


@compiled
def _other(family: int, a: float, b: float, c: float, values: Any, first: int, streams: Any, stream: int) -> float:
    """Draw from a family that is neither constant nor exponential."""
    if family == 6:
        return b * gamma(a, streams, stream)
    u = uniform(streams, stream)
    if family == 2:
        return a + (b - a) * u
    if family == 3:
        if u * (c - a) < b - a:
            return a + math.sqrt(u * (c - a) * (b - a))
        return c - math.sqrt((1.0 - u) * (c - a) * (c - b))
    if family == 4:
        if b == 0.0:
            return a
        below = 0.5 * math.erfc(a / b / math.sqrt(2.0))
        return max(0.0, a + b * standard_normal(below + u * (1.0 - below)))
    if family == 5:
        return math.exp(a + b * standard_normal(u))
    if family == 7:
        return b * (-natural_log(u)) ** (1.0 / a)
    if family == 8:
        if a >= 1.0:
            return b
        return b * math.ceil(natural_log(u) / math.log1p(-a))
    count = int(a)
    place = u * (count - 1)
    below_i = min(int(place), count - 2)
    if count == 1:
        return values[first]
    return values[first + below_i] + (place - below_i) * (values[first + below_i + 1] - values[first + below_i])


@inlined
def draw(dists: Any, i: int, values: Any, streams: Any, stream: int) -> float:
    """Draw a duration in seconds from distribution `i` with the numbers of `stream`."""
    dist = dists[i]
    if dist.family == 1:
        return -dist.a * natural_log(uniform(streams, stream))
    if dist.family == 0:
        return dist.a
    return _other(dist.family, dist.a, dist.b, dist.c, values, dist.first, streams, stream)
