"""When the orders of a book will be done: each future's output goes to them in sequence; who will be late, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi import simulate
from xushi.kernel import Diagnosis
from xushi.runtime.foresight._build import FINISHED
from xushi.runtime.foresight._change import stations_of
from xushi.runtime.foresight._warnings import in_time
from xushi.runtime.foresight._working_times import YEARS_S, Windows, open_windows

Times: TypeAlias = Mapping[str, NDArray[np.float64]]
_MOST_OF_IT = 0.5  # of a delay
LIKELY = 0.5  # of the futures: more often late than not


class WantedOrder(msgspec.Struct, frozen=True):
    """What is left of an order, in pieces.

    Attributes:
        due_s: from the start of the forecast, None where it has no due date.
        product: of which it is; empty where that is not known.
        through: it is done with the so-manieth piece of all that are finished; where None, those in sequence count.
    """

    id: str
    pieces: int
    due_s: float | None = None
    weight: float = 1.0
    through: int | None = None
    product: str = ""


class LateOrder(msgspec.Struct, frozen=True):
    """An order that will be late in most futures.

    Attributes:
        in_s, spread_s: mean and standard deviation of when it is done.
        late_s: mean of that after its due date.
        culprit, cause: the machine that is the reason; `down` where it stands now, and the order would be done much
            sooner if it did not; else `bottleneck`.
    """

    order: str
    in_s: float
    spread_s: float
    late_s: float
    probability: float
    culprit: str
    cause: str

    def diagnosis(self, language: str) -> Diagnosis:
        """The warning in words."""
        is_zh = language.startswith("zh")
        words = {"down": ("stands", "停机"), "bottleneck": ("holds the line back", "是全线瓶颈")}[self.cause]
        return Diagnosis(
            "runtime.order_late",
            self.order,
            {
                "when": in_time(self.in_s, self.spread_s, language),
                "late": in_time(max(60.0, self.late_s), None, language), "percent": round(100 * self.probability),
                "culprit": self.culprit, "cause": f"{self.culprit} {words[is_zh]}",
            },
        )  # fmt: skip


class _OpenTime:
    """Seconds from the start of the forecast, and how many of them the line is to work."""

    def __init__(self, windows: Windows, calendar_s: float) -> None:
        edges = [(max(0.0, start - calendar_s), end - calendar_s) for start, end in windows if end > calendar_s]
        self._at_s = np.array([0.0, *(one for edge in edges for one in edge), 2 * YEARS_S])
        is_open = np.zeros(len(self._at_s) - 1)
        is_open[1::2] = 1.0
        is_open[-1] = 1.0  # beyond what the calendar tells
        self._open_s = np.concatenate([[0.0], np.cumsum(np.diff(self._at_s) * is_open)])

    def of(self, at_s: float) -> float:
        """So much of the time until then the line is to work."""
        return float(np.interp(at_s, self._at_s, self._open_s))

    def at(self, open_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """When the line has worked so long."""
        found: NDArray[np.float64] = np.interp(open_s, self._open_s, self._at_s)
        return np.where(np.isfinite(open_s), found, np.inf)


def order_times(
    outcome: simulate.Outcome, wanted: Sequence[WantedOrder], calendar_s: float = 0.0
) -> dict[str, NDArray[np.float64]]:  # fmt: skip
    """Return when each order is done, in s, one number a future.

    Between two samples the output grows evenly. What is not done within the horizon is put behind it at the future's
    own mean rate in the time in which the line is to work; infinite where a future makes nothing at all, or has locked.

    Args:
        calendar_s: the calendar's time at the start, `PlantState.calendar_s`.
    """
    at_s = np.concatenate([[0.0], outcome.sample_at_s])
    counts = np.asarray(outcome.samples[FINISHED], np.float64)
    counts = np.concatenate([np.zeros((len(counts), 1)), counts], axis=1)
    time = _OpenTime(open_windows(outcome.model, stations_of(outcome.model)), calendar_s)
    worked_s = time.of(float(at_s[-1]))
    with np.errstate(divide="ignore"):
        pace_s = np.where(counts[:, -1] > 0, worked_s / counts[:, -1], np.inf)
    pace_s[[lock.replication for lock in outcome.locks]] = np.inf
    found, need = {}, 0
    for order in wanted:
        need += order.pieces
        end = need if order.through is None else order.through
        missing = np.maximum(end - counts[:, -1], 1.0)
        found[order.id] = _reached(at_s, counts, end, time.at(worked_s + missing * pace_s))
    return found


def _reached(
    at_s: NDArray[np.float64], counts: NDArray[np.float64], need: int, behind_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """When so many pieces are done: within the samples, or `behind_s`."""
    is_there = counts >= need
    first = is_there.argmax(axis=1)
    rows = np.arange(len(counts))
    before = np.maximum(first - 1, 0)
    have, get = counts[rows, before], counts[rows, first]
    share = np.divide(need - have, get - have, out=np.ones(len(rows)), where=get > have)
    inside = at_s[before] + share * (at_s[first] - at_s[before])
    found: NDArray[np.float64] = np.where(is_there.any(axis=1), inside, behind_s)
    return found


def likely_late(wanted: Sequence[WantedOrder], times: Times) -> list[WantedOrder]:
    """The orders that will be late more often than not, in sequence."""
    return [
        order
        for order in wanted
        if order.due_s is not None
        and order.pieces
        and (times[order.id] > order.due_s).mean() > LIKELY
        and np.isfinite(times[order.id]).any()
    ]


def find_late(
    wanted: Sequence[WantedOrder], times: Times, if_up: Mapping[str, Times], bottleneck: str
) -> Iterator[LateOrder]:
    """Yield the orders that will be late, in sequence, each with its reason.

    The reason is the machine that stands without which the order would be done soonest, where that is told from
    chance and makes up for half the delay and more; else the bottleneck.

    Args:
        if_up: by machine that stands now, when the orders would be done in the same futures if it did not.
        bottleneck: the machine that holds the plant back in the futures.
    """
    for order in likely_late(wanted, times):
        done_s, due_s = times[order.id], order.due_s or 0.0
        known = done_s[np.isfinite(done_s)]
        late_s = max(1.0, float(known.mean()) - due_s)
        gained_s = {
            machine: gain_s
            for machine, others in if_up.items()
            if (gain_s := _clear_gain_s(done_s, others[order.id])) >= _MOST_OF_IT * late_s
        }
        down = max(gained_s, key=lambda machine: gained_s[machine], default=None)
        culprit, cause = (bottleneck, "bottleneck") if down is None else (down, "down")
        yield LateOrder(
            order.id, float(known.mean()), float(known.std()), late_s, float((done_s > due_s).mean()), culprit, cause
        )  # fmt: skip


def _clear_gain_s(done_s: NDArray[np.float64], sooner_s: NDArray[np.float64]) -> float:
    """By how much sooner in the mean; 0 where that may be chance."""
    both = np.isfinite(done_s) & np.isfinite(sooner_s)
    if both.sum() < 2:
        return 0.0
    found = simulate.interval(done_s[both] - sooner_s[both])
    return found.mean if found.low > 0 else 0.0


def lateness_min(wanted: Sequence[WantedOrder], times: Times) -> NDArray[np.float64]:
    """Return the weighted minutes by which orders are late, added up, one number a future."""
    total: Any = 0.0
    for order in wanted:
        if order.due_s is not None and order.pieces:
            total = total + order.weight * np.maximum(0.0, times[order.id] - order.due_s) / 60
    return np.asarray(total, np.float64) * np.ones(len(next(iter(times.values())))) if times else np.zeros(0)
