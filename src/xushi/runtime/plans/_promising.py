"""Makes the promise of a plan out of its rehearsed futures: figures that all hold together with a stated probability.

What counts against a figure is one side of its band: less than promised, or more where less is better. Bands of each
figure alone would leave all of them together with less; so the ends of all bands are moved out alike until nine of ten
futures hold all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi import simulate
from xushi.runtime.foresight import CONFIDENCE, NOW, plain
from xushi.runtime.foresight import figure as figure_of
from xushi.runtime.plans._content import LONGEST_NOTE, PlanPromise, PromisedFigure, PromisedLocks

Futures: TypeAlias = NDArray[np.float64]  # [replications]
LEVEL = 0.9
MEASURABLE = ("plant.good", "plant.throughput_per_h", "plant.energy_kwh")  # what the history tells afterwards
_LESS_IS_BETTER = ("plant.energy_kwh", "finished.flow_s")
_OF_ORDERS = "order."


def is_less_better(figure: str) -> bool:
    """Whether less than promised is no harm: energy, and how long and how late orders are."""
    return figure in _LESS_IS_BETTER or figure.startswith(_OF_ORDERS)


def promise_of(
    comparison: dict[str, Any], outcomes: Mapping[str, simulate.Outcome], name: str, span_s: float,
    orders: Mapping[str, tuple[Futures, Futures]], measurable: Sequence[str],
) -> PlanPromise:  # fmt: skip
    """The promise that an alternative of a comparison makes, of what can be measured afterwards.

    Args:
        comparison: what is told of the outcomes.
        outcomes: by alternative, `now` among them.
        name: of the alternative.
        orders: figures of orders, in each future with the plan and without it.
        measurable: those of `MEASURABLE` that this plant measures; nobody could tell whether another was kept.
    """
    told_by = {one["name"]: one for one in comparison["alternatives"]}
    chosen, without = told_by[name], told_by[NOW]
    values = {kpi: outcomes[name].values(kpi) for kpi in measurable} | {kpi: one for kpi, (one, _) in orders.items()}
    bands, level = joint_bands(values, LEVEL)
    figures = []
    for kpi in measurable:
        figure, difference = chosen["figures"][kpi], chosen["differences"][kpi]
        low, high = bands[kpi]
        figures.append(
            PromisedFigure(
                id=kpi, mean=figure["mean"], low=figure["low"], high=figure["high"], band_low=plain(low),
                band_high=plain(high), without=without["figures"][kpi]["mean"], gain=difference["mean"],
                gain_low=difference["low"], gain_high=difference["high"],
            )
        )  # fmt: skip
    for kpi, (one, other) in orders.items():
        told, gained = figure_of(one), simulate.interval(one - other, CONFIDENCE)
        low, high = bands[kpi]
        figures.append(
            PromisedFigure(
                id=kpi, mean=told["mean"], low=told["low"], high=told["high"], band_low=plain(low),
                band_high=plain(high), without=figure_of(other)["mean"], gain=plain(gained.mean),
                gain_low=plain(gained.low), gain_high=plain(gained.high),
            )
        )  # fmt: skip
    return PlanPromise(
        span_s=span_s, replications=comparison["replications"], level=level, figures=tuple(figures),
        locks=_locks_of(chosen["locks"]),
    )  # fmt: skip


def _locks_of(told: dict[str, Any] | None) -> PromisedLocks | msgspec.UnsetType:
    """The futures that lock, as a comparison tells them."""
    if told is None:
        return msgspec.UNSET
    text, repair = [{language: words[:LONGEST_NOTE] for language, words in told[name].items()}
                    for name in ("text", "repair")]  # fmt: skip
    return PromisedLocks(
        count=told["count"], futures=told["futures"], low=told["low"], high=told["high"], text=text, repair=repair
    )


def joint_bands(
    values: Mapping[str, NDArray[np.float64]], level: float
) -> tuple[dict[str, tuple[float, float]], float]:  # fmt: skip
    """Return low and high of each figure, so that a further future holds all of them with the level; and that level.

    The k-th worst of each figure is its bound, and the k-th best the other end, with the largest k that leaves enough
    futures. Whether a future would hold bounds made of the others (leave-one-out) is asked at k + 1: that is where the
    bound lies once the future itself is taken away. Where even the worst of all leaves too few futures, that is taken,
    and the level is the share that it leaves.

    Args:
        values: [replications] by figure; those of one replication belong together.
    """
    worst_first = {
        kpi: np.sort(one)[::-1] if is_less_better(kpi) else np.sort(one) for kpi, one in values.items()
    }  # fmt: skip
    count = min(len(one) for one in values.values())
    best, reached = 1, _held(values, worst_first, 1)
    while best + 1 < count and _held(values, worst_first, best + 1) >= level:
        best += 1
    bands = {}
    for kpi, ordered in worst_first.items():
        ends = float(ordered[best - 1]), float(ordered[count - best])
        bands[kpi] = (min(ends), max(ends))
    return bands, min(level, reached)


def _held(
    values: Mapping[str, NDArray[np.float64]], worst_first: Mapping[str, NDArray[np.float64]], place: int
) -> float:  # fmt: skip
    """The share of futures that hold the bounds which the others give at a place from 1."""
    broken = np.zeros(len(next(iter(values.values()))), bool)
    if place < len(broken):
        for kpi, one in values.items():
            bound = worst_first[kpi][place]
            broken |= one > bound if is_less_better(kpi) else one < bound
    return float(1 - broken.mean())
