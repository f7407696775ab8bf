"""When the orders of a book will be done: each future's output goes to them in sequence; who will be late, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi import simulate
from xushi.kernel import Diagnosis
from xushi.runtime.foresight._build import FINISHED

LIKELY = 0.5  # of the futures: more often late than not


class WantedOrder(msgspec.Struct, frozen=True):
    """What is left of an order, in pieces.

    Attributes:
        due_s: from the start of the forecast, None where it has no due date.
        through: it is done with the so-manieth piece of all that are finished; where None, those in sequence count.
    """

    id: str
    pieces: int
    due_s: float | None = None
    weight: float = 1.0
    through: int | None = None


class LateOrder(msgspec.Struct, frozen=True):
    """An order that will be late in most futures.

    Attributes:
        in_s, spread_s: mean and standard deviation of when it is done.
        late_s: mean of that after its due date.
        culprit, cause: the machine that is the reason; `down` where it stands now, else `bottleneck`.
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
                "minutes": round(self.in_s / 60), "spread": max(1, round(self.spread_s / 60)),
                "late": max(1, round(self.late_s / 60)), "percent": round(100 * self.probability),
                "culprit": self.culprit, "cause": f"{self.culprit} {words[is_zh]}",
            },
        )  # fmt: skip


def order_times(outcome: simulate.Outcome, wanted: Sequence[WantedOrder]) -> dict[str, NDArray[np.float64]]:
    """Return when each order is done, in s, one number a future.

    Between two samples the output grows evenly. What is not done within the horizon is put behind it at the future's
    own mean rate; infinite where a future makes nothing at all.
    """
    at_s = np.concatenate([[0.0], outcome.sample_at_s])
    counts = np.asarray(outcome.samples[FINISHED], np.float64)
    counts = np.concatenate([np.zeros((len(counts), 1)), counts], axis=1)
    with np.errstate(divide="ignore"):
        rate = counts[:, -1] / at_s[-1]
        pace_s = np.where(rate > 0, 1.0 / rate, np.inf)
    found, need = {}, 0
    for order in wanted:
        need += order.pieces
        found[order.id] = _reached(at_s, counts, need if order.through is None else order.through, pace_s)
    return found


def _reached(
    at_s: NDArray[np.float64], counts: NDArray[np.float64], need: int, pace_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    is_there = counts >= need
    first = is_there.argmax(axis=1)
    rows = np.arange(len(counts))
    before = np.maximum(first - 1, 0)
    have, get = counts[rows, before], counts[rows, first]
    share = np.divide(need - have, get - have, out=np.ones(len(rows)), where=get > have)
    inside = at_s[before] + share * (at_s[first] - at_s[before])
    missing = need - counts[:, -1]
    behind = at_s[-1] + np.where(missing > 0, missing, 1) * pace_s
    found: NDArray[np.float64] = np.where(is_there.any(axis=1), inside, behind)
    return found


def find_late(
    wanted: Sequence[WantedOrder], times: dict[str, NDArray[np.float64]], down: Sequence[str], bottleneck: str
) -> Iterator[LateOrder]:
    """Yield the orders that will be late, in sequence.

    Args:
        down: machines that stand now.
        bottleneck: the machine that holds the plant back in the futures.
    """
    for order in wanted:
        if order.due_s is None or not order.pieces:
            continue
        done_s = times[order.id]
        probability = float((done_s > order.due_s).mean())
        known = done_s[np.isfinite(done_s)]
        if probability <= LIKELY or not len(known):
            continue
        culprit, cause = (down[0], "down") if down else (bottleneck, "bottleneck")
        yield LateOrder(
            order.id, float(known.mean()), float(known.std()), float(known.mean()) - order.due_s, probability, culprit,
            cause,
        )  # fmt: skip


def lateness_min(wanted: Sequence[WantedOrder], times: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the weighted minutes by which orders are late, added up, one number a future."""
    total: Any = 0.0
    for order in wanted:
        if order.due_s is not None and order.pieces:
            total = total + order.weight * np.maximum(0.0, times[order.id] - order.due_s) / 60
    return np.asarray(total, np.float64) * np.ones(len(next(iter(times.values())))) if times else np.zeros(0)
