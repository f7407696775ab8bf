"""Compares alternatives: each a list of changes of the model, all run from one state with common random numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, Protocol, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi import simulate
from xushi.kernel import Diagnosis, XushiError
from xushi.runtime.foresight._build import FINISHED
from xushi.runtime.foresight._change import ModelChange, changed_model, check_room
from xushi.runtime.foresight._forecast import (
    CONFIDENCE,
    bottleneck,
    figure,
    in_words,
    order_told,
    plain,
    sampled_every_s,
)
from xushi.runtime.foresight._locks import locks_told
from xushi.runtime.foresight._order_times import WantedOrder, lateness_min, order_times
from xushi.runtime.foresight._plant import Plant

NOW = "now"
Orders: TypeAlias = Mapping[str, Sequence[WantedOrder]]
Goal: TypeAlias = Literal["output", "lateness", "energy"]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
_MOST_SAMPLED = 5_000  # futures whose output is recorded over time, which bounds the memory of a comparison
_COMPARED = ("plant.good", "plant.throughput_per_h", f"{FINISHED}.flow_s", "plant.energy_kwh")


class Origin(Protocol):
    """Where alternatives start from: a fork made just now, or the one that a branch has kept."""

    @property
    def plant(self) -> Plant:
        """What takes part."""
        ...

    @property
    def model(self) -> simulate.Model:
        """The model as it is."""
        ...

    @property
    def state(self) -> simulate.PlantState:
        """Where the plant stands."""
        ...

    @property
    def at_ns(self) -> int:
        """The instant, ns since 1970."""
        ...

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """What is doubtful about it."""
        ...


class Alternative(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named list of changes."""

    name: _Name
    changes: Annotated[tuple[ModelChange, ...], msgspec.Meta(min_length=1, max_length=100)]


def make_alternatives(fork: Origin, alternatives: Sequence[Alternative]) -> dict[str, simulate.Model]:
    """Return the models by name, with the unchanged one as `now` first.

    Raises:
        XushiError: as `changed_model`; `runtime.alternative_taken`; `runtime.change_wrong` where what is in a
            buffer now would not fit.
    """
    models = {NOW: fork.model}
    for one in alternatives:
        if one.name in models:
            raise XushiError("runtime.alternative_taken", name=one.name)
        models[one.name] = changed_model(fork.model, one.changes, fork.state.calendar_s, fork.at_ns)
        check_room(models[one.name], fork.state)
    return models


def run_comparison(
    fork: Origin,
    alternatives: Sequence[Alternative],
    horizon_s: float,
    replications: int,
    seed: int,
    progress: Callable[[float], None] | None = None,
    cancellation: Any = None,
    pool: simulate.Pool | None = None,
    orders: Orders | None = None,
    judge_by: Goal | None = None,
) -> dict[str, Any]:
    """Run all alternatives and return figures, differences to `now`, and bottlenecks as plain JSON.

    Args:
        orders: what is left of the order book in its sequence, by the name of the alternative that has its own, and
            under `now` for all others.
        judge_by: what the best is best in; see `tell_comparison`.

    Raises:
        XushiError: as `make_alternatives` and `simulate.run_alternatives`; `runtime.nothing_due` where lateness is to
            judge, and cannot be told.
    """
    models = make_alternatives(fork, alternatives)
    books = {name: (orders or {}).get(name, (orders or {}).get(NOW, ())) for name in models}
    is_sampled = any(books.values()) and len(models) * replications <= _MOST_SAMPLED
    is_due = is_sampled and any(one.due_s is not None and one.pieces for book in books.values() for one in book)
    if judge_by == "lateness" and not is_due:
        raise XushiError("runtime.nothing_due", limit=_MOST_SAMPLED)
    experiment = simulate.Experiment(
        horizon_s=horizon_s, replications=replications, seed=seed,
        sample_every_s=sampled_every_s(horizon_s) if is_sampled else None,
    )  # fmt: skip
    outcomes = simulate.run_alternatives(
        models, experiment, fork.state, progress=progress, cancellation=cancellation, pool=pool
    )  # fmt: skip
    times = {
        name: order_times(outcome, books[name], fork.state.calendar_s) if is_sampled else {}
        for name, outcome in outcomes.items()
    }
    late = {name: lateness_min(books[name], times[name]) for name in outcomes} if is_due else None
    told = tell_comparison(fork, outcomes, horizon_s, late, judge_by)
    if is_sampled:
        for one in told["alternatives"]:
            one |= _orders_told(one["name"], books, times, fork.at_ns / 1e6, horizon_s)
    return told


def tell_comparison(
    fork: Origin, outcomes: Mapping[str, simulate.Outcome], horizon_s: float,
    late_min: Mapping[str, NDArray[np.float64]] | None = None, judge_by: Goal | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return what the futures of the alternatives, `now` among them, come to, as plain JSON.

    The intervals of all differences to `now` in one figure hold together with 95 %, and so do those to the best: of
    k alternatives, each of the k - 1 comparisons is made at 1 - 0.05 / (k - 1) (Bonferroni; with common random numbers
    as Clark and Yang, "A Bonferroni selection procedure when using common random numbers with unknown variances",
    WSC 1986, and Nelson and Matejcik, Management Science 41, 1995). The one that is truly best is then, with 95 %,
    `best` or among `not_told_apart`.

    An alternative of which a future has locked is never the best beside one of which none has: that it can lock is
    proved, whatever it makes in the others.

    Args:
        late_min: weighted minutes by which orders are late, by alternative and future; None where nothing is due.
        judge_by: what `best` is best in: most good parts, least lateness or least energy. None judges by lateness
            where it tells at least one alternative from the one with the least of it, else by output.
    """
    stations = [node.id for node in fork.plant.machines()]
    level = level_of_each(len(outcomes))
    told = [_told(name, outcome, outcomes[NOW], stations, level) for name, outcome in outcomes.items()]
    least: dict[Goal, Mapping[str, NDArray[np.float64]]] = {
        "output": {name: -outcome.values("plant.good") for name, outcome in outcomes.items()},
        "energy": {name: outcome.values("plant.energy_kwh") for name, outcome in outcomes.items()},
    }
    if late_min is not None:
        least["lateness"] = late_min
    locking = [name for name, outcome in outcomes.items() if outcome.locks]
    verdicts = {goal: _verdict(values, level, locking) for goal, values in least.items()}
    goal = judge_by or _goal_of(verdicts)
    return {
        "at_ms": fork.at_ns / 1e6,
        "until_ms": fork.at_ns / 1e6 + horizon_s * 1e3,
        "replications": len(outcomes[NOW].values("plant.good")),
        "confidence": CONFIDENCE,
        "level_of_each": level,
        "alternatives": told,
        "judged_by": goal,
        "verdicts": verdicts,
        "best": verdicts[goal]["best"],
        "not_told_apart": verdicts[goal]["not_told_apart"],
        "locking": locking,
        "diagnoses": [in_words(one) for one in fork.diagnoses],
    }


def _verdict(least: Mapping[str, NDArray[np.float64]], level: float, locking: Sequence[str]) -> dict[str, Any]:
    """The alternative with the least in the mean, and those that may have as little; of those that do not lock."""
    least = {name: values for name, values in least.items() if name not in locking} or least
    # Infinite in a future that makes nothing at all: such a pair tells nothing.
    known = {name: np.where(np.isfinite(values), values, np.nan) for name, values in least.items()}
    mean = {name: float(np.nanmean(one)) if np.isfinite(one).any() else math.inf for name, one in known.items()}
    best = min(mean, key=lambda name: mean[name])
    others = [name for name in known if name != best]
    ties = [name for name in others if _may_be_equal(simulate.interval(known[best] - known[name], level))]
    return {"best": best, "not_told_apart": ties, "is_told": len(ties) < len(others)}


def _may_be_equal(difference: simulate.Interval) -> bool:
    return difference.count < 2 or difference.has(0.0)


def _goal_of(verdicts: Mapping[Goal, dict[str, Any]]) -> Goal:
    """Lateness where it tells an alternative from the best, else output."""
    lateness = verdicts.get("lateness")
    return "lateness" if lateness is not None and lateness["is_told"] else "output"


def level_of_each(count: int) -> float:
    """The level of each comparison with one of so many alternatives, for all of them to hold together."""
    return 1.0 - (1.0 - CONFIDENCE) / max(1, count - 1)


def _orders_told(
    name: str, books: Orders, times: Mapping[str, dict[str, NDArray[np.float64]]], at_ms: float, horizon_s: float
) -> dict[str, Any]:
    """When the orders are done in an alternative, and by how many weighted minutes less they are late than now."""
    wanted = books[name]
    late, late_now = (lateness_min(books[one], times[one]) for one in (name, NOW))
    told: dict[str, Any] = {"orders": [order_told(one, times[name][one.id], at_ms, horizon_s) for one in wanted]}
    if len(late) and len(late_now) and any(one.due_s is not None for one in (*wanted, *books[NOW])):
        # Infinite in a future that makes nothing at all: such a pair tells nothing.
        found = simulate.interval(
            np.where(np.isfinite(late) & np.isfinite(late_now), late - late_now, np.nan), level_of_each(len(books))
        )
        told["late_min"] = figure(np.where(np.isfinite(late), late, np.nan))
        told["late_difference"] = {
            "mean": plain(found.mean), "low": plain(found.low), "high": plain(found.high),
            "is_clear": not found.has(0.0),
        }  # fmt: skip
    return told


def _told(
    name: str, outcome: simulate.Outcome, now: simulate.Outcome, stations: list[str], level: float
) -> dict[str, Any]:  # fmt: skip
    differences = {}
    for kpi in _COMPARED:
        found = simulate.difference(outcome, now, kpi, level)
        differences[kpi] = {
            "mean": plain(found.mean), "low": plain(found.low), "high": plain(found.high),
            "is_clear": not found.has(0.0),
        }  # fmt: skip
    return {
        "name": name,
        "figures": {kpi: figure(outcome.values(kpi)) for kpi in _COMPARED},
        "differences": differences,
        "bottleneck": bottleneck(outcome, stations),
        "locks": locks_told(name, outcome),
    }
