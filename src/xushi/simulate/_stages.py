"""Runs a plant whose model changes on the way: at stated instants another model goes on from where the plant stands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from xushi.kernel import XushiError

from ._experiment_data import Cancellation, Experiment
from ._locks import Lock
from ._model import Model, _Data
from ._outcome import key_figures
from ._simulation import Run
from ._start import start
from ._state import PlantState
from ._tallies import book, empty_tallies
from ._tell import tell

_Kpis = dict[str, NDArray[np.float64]]
_APART = 1 << 32  # replications of a stage and of the next draw numbers of their own
_SUMS = ("count", "made", "arrived", "lost", "trips", "distance_m", "energy_kwh", "good")
_MEANS = ("throughput_per_h", "level", "availability")  # over time, as all shares of time


class Stage(_Data, frozen=True, kw_only=True):
    """A model that takes the place of the one before it.

    Attributes:
        at_s: when, after the start.
        model: everything that is in the plant by then must have its place in it.
    """

    at_s: float
    model: Model


def check_stages(stages: Sequence[Stage], experiment: Experiment) -> None:
    """Refuse stages that are not in the order of time within the horizon; and a warm-up beside stages.

    Raises:
        XushiError: `simulate.experiment_invalid`.
    """
    instants = [0.0, *(stage.at_s for stage in stages), experiment.horizon_s]
    is_ordered = all(one < other for one, other in pairwise(instants))
    if stages and not (is_ordered and experiment.warm_up_s == 0):
        raise XushiError("simulate.experiment_invalid")


def work_in_stages(
    model: Model, stages: Sequence[Stage], state: PlantState, experiment: Experiment, numbers: range,
    cancellation: Cancellation, instants_s: Sequence[float] = (),
) -> tuple[_Kpis, dict[str, NDArray[np.float32]], tuple[Lock, ...]]:  # fmt: skip
    """Return the key figures over all stages, one number a replication; by sink what had left at some instants; locks.

    What locks in a stage and goes on in a later one, which may change just that, is not locked.

    Left out are figures of which the stages do not tell the whole: waiting times and the times of orders. The random
    numbers of a stage are its own, so alternatives with common ones must have their stages at the same instants.

    Args:
        instants_s: in rising order, within the horizon.

    Raises:
        XushiError: `simulate.cancelled`, and what `start` and `Run.advance` raise.
    """
    whole = (Stage(at_s=0.0, model=model), *stages)
    ends_s = [*(stage.at_s for stage in stages), experiment.horizon_s]
    rows: list[list[_Kpis]] = [[] for _ in whole]
    first = start(model, state)
    sinks = list(first[1].sinks)
    left = np.zeros((len(sinks), len(numbers), len(instants_s)), np.float32)
    locks = []
    for row, number in enumerate(numbers):
        world, names = first
        now = state
        before = np.zeros(len(sinks))
        for k, (stage, end_s) in enumerate(zip(whole, ends_s, strict=True)):
            if cancellation.flag[0]:
                raise XushiError("simulate.cancelled")
            if k:
                world, names = start(stage.model, now)
            run = Run(world._replace(stop=cancellation.flag), names)
            run.begin(experiment.seed, number + k * _APART)
            for at, instant_s in enumerate(instants_s):
                if stage.at_s < instant_s <= end_s:
                    run.advance(instant_s - stage.at_s)
                    left[:, row, at] = before + _counts(run, sinks)
            run.advance(end_s - stage.at_s)
            before = before + _counts(run, sinks)
            tallies = empty_tallies(names, 1, 0, end_s - stage.at_s)
            book(tallies, 0, run.world)
            rows[k].append(key_figures(stage.model, names, tallies))
            now = tell(run.world, run.names, now.calendar_s)
        if (lock := run.lock(number)) is not None:
            locks.append(lock)
    spans_s = np.array([end_s - stage.at_s for stage, end_s in zip(whole, ends_s, strict=True)])
    return _joined([_stacked(one) for one in rows], spans_s), dict(zip(sinks, left, strict=True)), tuple(locks)


def _counts(run: Run, sinks: Sequence[str]) -> NDArray[np.float64]:
    """What has left through each sink since the run began."""
    places = [run.names.sinks[sink] for sink in sinks]
    return np.asarray(run.world.sinks["count"], np.float64)[places]


def _stacked(rows: Sequence[_Kpis]) -> _Kpis:
    return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}


def _joined(stages: Sequence[_Kpis], spans_s: NDArray[np.float64]) -> _Kpis:
    """The figures of the whole time: counts are added, shares weighted by time, times in the plant by parts."""
    found: _Kpis = {}
    for name in dict.fromkeys(name for stage in stages for name in stage):
        element, _, figure = name.rpartition(".")
        here = [(stage, span_s) for stage, span_s in zip(stages, spans_s, strict=True) if name in stage]
        values = np.array([stage[name] for stage, _ in here])
        if figure in _SUMS:
            found[name] = values.sum(axis=0)
        elif figure in _MEANS or (figure.endswith("_share") and figure != "delayed_share"):
            found[name] = np.average(values, axis=0, weights=[span_s for _, span_s in here])
        elif figure == "flow_s":
            found[name] = _weighted(values, np.array([stage[f"{element}.count"] for stage, _ in here]))
    return found


def _weighted(values: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: NDArray[np.float64] = np.nansum(values * counts, axis=0) / counts.sum(axis=0)
    return mean
