"""Control charts after Shewhart (ISO 7870-2): limits, points and broken rules of one column of values."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi.kernel import XushiError
from xushi.monitor._chart_constants import LARGEST_SUBGROUP, c4, d2, d3
from xushi.monitor._nelson import nelson_rules

ChartKind: TypeAlias = Literal["individuals", "xbar_r", "xbar_s", "p", "np", "c", "u"]
Doubles = NDArray[np.float64]
_LEAST_POINTS = 2


class Panel(msgspec.Struct, frozen=True):
    """One chart.

    Attributes:
        name: x, mr, r, s, p, np, c or u.
        centre, lower, upper, values: float64[n]; limits are three standard deviations off the centre.
        last: int[n], index of the last value that went into each point.
        broken: for each of Nelson's rules 1 to 8, bool[n]; the charts of spread and of counts use rules 1 to 4 alone.
    """

    name: str
    centre: Doubles
    lower: Doubles
    upper: Doubles
    values: Doubles
    last: NDArray[np.int64]
    broken: list[NDArray[np.bool_]]


class Chart(msgspec.Struct, frozen=True):
    """The panels of a chart, and the standard deviation within subgroups (NaN for charts of counts)."""

    kind: ChartKind
    subgroup: int
    panels: list[Panel]
    sigma: float


def control_chart(values: Doubles, kind: ChartKind, subgroup: int = 5, baseline: slice | None = None) -> Chart | None:
    """Return the chart of values in the order of time, or None where there are too few.

    Args:
        values: measured values; for `p` and `np` 1 where a piece does not conform and else 0; for `c` and `u` the
            nonconformities of each unit.
        subgroup: values to a point; individuals and c charts have one. A last subgroup that is not full is left out.
        baseline: the values that give the limits; all of them where left out.

    Raises:
        XushiError: `monitor.spc_invalid`.
    """
    size = 1 if kind in ("individuals", "c") else subgroup
    least = 2 if kind in ("xbar_r", "xbar_s") else 1
    if not least <= size <= (LARGEST_SUBGROUP if least == 2 else 100_000):
        raise XushiError("monitor.spc_invalid", reason=f"subgroup of {size}")
    count = len(values) // size
    groups = values[: count * size].reshape(count, size)
    chosen = groups if baseline is None else groups[_points(baseline, size, count)]
    if count < _LEAST_POINTS or len(chosen) < _LEAST_POINTS:
        return None
    last = np.arange(1, count + 1) * size - 1
    if kind == "individuals":
        return _individuals(groups[:, 0], chosen[:, 0], last)
    if kind in ("xbar_r", "xbar_s"):
        return _means(groups, chosen, last, kind)
    return _counts(groups, chosen, last, kind)


def _points(baseline: slice, size: int, count: int) -> slice:
    """The subgroups that lie wholly inside a slice of values."""
    start, stop, _ = baseline.indices(count * size)
    return slice(-(-start // size), stop // size)


def _individuals(values: Doubles, chosen: Doubles, last: NDArray[np.int64]) -> Chart:
    moving = np.abs(np.diff(values))
    mean_range = float(np.abs(np.diff(chosen)).mean())
    sigma = mean_range / d2(2)
    x = _panel("x", values, last, float(chosen.mean()), sigma, all_rules=True)
    mr = _panel("mr", moving, last[1:], mean_range, d3(2) * sigma, floor=0.0)
    return Chart("individuals", 1, [x, mr], sigma)


def _means(groups: Doubles, chosen: Doubles, last: NDArray[np.int64], kind: ChartKind) -> Chart:
    n = groups.shape[1]
    centre = float(chosen.mean())
    if kind == "xbar_r":
        spread, mean_spread = np.ptp(groups, axis=1), float(np.ptp(chosen, axis=1).mean())
        sigma = mean_spread / d2(n)
        name, spread_sigma = "r", d3(n) * sigma
    else:
        spread, mean_spread = groups.std(axis=1, ddof=1), float(chosen.std(axis=1, ddof=1).mean())
        sigma = mean_spread / c4(n)
        name, spread_sigma = "s", math.sqrt(1 - c4(n) ** 2) * sigma
    x = _panel("x", groups.mean(axis=1), last, centre, sigma / math.sqrt(n), all_rules=True)
    return Chart(kind, n, [x, _panel(name, spread, last, mean_spread, spread_sigma, floor=0.0)], sigma)


def _counts(groups: Doubles, chosen: Doubles, last: NDArray[np.int64], kind: ChartKind) -> Chart:
    """Binomial limits for p and np, Poisson limits for c and u."""
    n = groups.shape[1]
    share = float(chosen.mean())
    if kind in ("p", "np"):
        if bool(((groups != 0) & (groups != 1)).any()):
            raise XushiError("monitor.spc_invalid", reason="p and np need pieces that conform or not")
        sigma = math.sqrt(share * (1 - share) / n)
        ceiling = 1.0
    else:
        if bool((groups < 0).any()):
            raise XushiError("monitor.spc_invalid", reason="a count is below zero")
        sigma = math.sqrt(share / n)
        ceiling = math.inf
    scale = n if kind == "np" else 1
    points = groups.mean(axis=1) * scale
    panel = _panel(kind, points, last, share * scale, sigma * scale, floor=0.0, ceiling=ceiling * scale)
    return Chart(kind, n, [panel], math.nan)


def _panel(
    name: str, values: Doubles, last: NDArray[np.int64], centre: float, sigma: float, *,
    floor: float = -math.inf, ceiling: float = math.inf, all_rules: bool = False,
) -> Panel:  # fmt: skip
    lower, upper = max(centre - 3 * sigma, floor), min(centre + 3 * sigma, ceiling)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviations = (values - centre) / sigma if sigma > 0 else np.where(values == centre, 0.0, np.inf)
    broken = nelson_rules(deviations)
    if not all_rules:
        broken = broken[:4] + [np.zeros(len(values), bool)] * 4
    n = len(values)
    return Panel(name, np.full(n, centre), np.full(n, lower), np.full(n, upper), values, last, broken)


class Capability(msgspec.Struct, frozen=True):
    """Capability of a process (ISO 22514-2); an index is None where its specification limit is not set."""

    cp: float | None
    cpk: float | None
    pp: float | None
    ppk: float | None
    mean: float
    sigma: float
    sigma_total: float
    n: int


def capability(values: Doubles, sigma: float, lsl: float | None, usl: float | None) -> Capability | None:
    """Cp and Cpk from the standard deviation within subgroups, Pp and Ppk from that of all values.

    None where there are fewer than two values or no spread.
    """
    if len(values) < 2:
        return None
    mean, total = float(values.mean()), float(values.std(ddof=1))
    if not (sigma > 0 and total > 0):
        return None
    both = None if lsl is None or usl is None else usl - lsl
    sides = [
        side for side in (None if usl is None else usl - mean, None if lsl is None else mean - lsl) if side is not None
    ]
    nearest = min(sides) if sides else None
    return Capability(
        cp=None if both is None else both / (6 * sigma), cpk=None if nearest is None else nearest / (3 * sigma),
        pp=None if both is None else both / (6 * total), ppk=None if nearest is None else nearest / (3 * total),
        mean=mean, sigma=sigma, sigma_total=total, n=len(values),
    )  # fmt: skip
