"""Finds the machine that holds the plant back, and says by which figures."""

from __future__ import annotations

from ._model import _Data
from ._outcome import Outcome
from ._statistics import Interval, interval


class Bottleneck(_Data, frozen=True, kw_only=True):
    """The machine with the least idle and blocked time on shift.

    Attributes:
        machine: its name in the results.
        waiting: share of the time in which it was idle or blocked, with interval.
        lead: by how much the next one waited more; where the interval contains 0, noise cannot be told from a lead.
        runner_up: the next one; None in a plant of one machine.
        causes: what its own time goes into: busy, setup, down, waits_for_crew (shares of the time).
    """

    machine: str
    waiting: Interval
    lead: Interval
    runner_up: str | None
    causes: dict[str, float]


def find_bottleneck(outcome: Outcome, confidence: float = 0.95) -> Bottleneck:
    """Return the bottleneck of a simulated plant.

    The others wait for it and it waits for nobody: its idle and blocked times are the smallest
    (Kuo, Lim, Meerkov, "Bottlenecks in serial production lines", Mathematical Problems in Engineering 2, 1996).
    """
    names = [name.removesuffix(".busy_share") for name in outcome.kpis if name.endswith(".busy_share")]
    waits = {name: outcome.values(f"{name}.idle_share") + outcome.values(f"{name}.blocked_share") for name in names}
    ranked = sorted(names, key=lambda name: float(waits[name].mean()))
    first, second = ranked[0], ranked[1] if len(ranked) > 1 else None
    return Bottleneck(
        machine=first,
        waiting=interval(waits[first], confidence),
        lead=interval(waits[second or first] - waits[first], confidence),
        runner_up=second,
        causes={
            cause: float(outcome.values(f"{first}.{cause}_share").mean())
            for cause in ("busy", "setup", "down", "waits_for_crew")
        },
    )
