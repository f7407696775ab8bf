"""Runs replications of one or many models on all cores, with progress and cancel, and with common random numbers."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Literal

import numpy as np

from xushi.kernel import XushiError

from ._compile import Names
from ._distributions import Constant
from ._layout import World
from ._model import Machine, Model, Operation, Route, Sink, _Data
from ._outcome import Outcome, key_figures
from ._serial import Line, serial_line
from ._simulation import Run
from ._start import start
from ._state import PlantState
from ._tallies import Tallies, book, empty_tallies

_LONGEST_SLICE = 32  # replications a thread does before it looks for other work


class Experiment(_Data, frozen=True, kw_only=True):
    """How long, how often, and from which random numbers.

    Attributes:
        horizon_s: where each replication ends.
        warm_up_s: what happens before is not counted (0 when it starts from the state of a live plant).
        replications: independent runs; the same seed gives alternatives the same numbers in replication 1, 2, ….
        seed: 0 to 2^63 - 1.
        sample_every_s: records levels and output at these intervals; never, where absent.
        engine: `auto` takes the recursion where the model allows it; `kernel` always the event kernel.
    """

    horizon_s: float
    warm_up_s: float = 0.0
    replications: int = 30
    seed: int = 1
    sample_every_s: float | None = None
    engine: Literal["auto", "kernel"] = "auto"


class Cancellation:
    """Stops an experiment from another thread."""

    def __init__(self) -> None:
        self.flag = np.zeros(1, np.int8)

    def cancel(self) -> None:
        """Let every replication stop within a few thousand events."""
        self.flag[0] = 1


Progress = Callable[[float], None]


@dataclass
class _Task:
    """One model ready to run, and where its counts go."""

    model: Model
    world: World
    names: Names
    line: Line | None
    tallies: Tallies


def run(
    model: Model,
    experiment: Experiment,
    state: PlantState | None = None,
    *,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
    workers: int | None = None,
) -> Outcome:
    """Simulate a model; see `run_alternatives`."""
    given = run_alternatives(
        {"": model}, experiment, state, progress=progress, cancellation=cancellation, workers=workers
    )
    return given[""]


def run_alternatives(
    models: Mapping[str, Model],
    experiment: Experiment,
    state: PlantState | None = None,
    *,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
    workers: int | None = None,
) -> dict[str, Outcome]:
    """Simulate alternatives from the same state with common random numbers.

    Args:
        models: the alternatives by name.
        experiment: length, replications, seed.
        state: where all of them start; empty and idle by default.
        progress: called with the share done, 0 to 1.
        cancellation: stops it from another thread.
        workers: threads; one a core by default. The compiled code holds no lock.

    Raises:
        XushiError: `simulate.experiment_invalid`, `simulate.cancelled`, and what `check`, `start` and
            `Simulation.advance` raise.
    """
    _check(experiment)
    stop = cancellation or Cancellation()
    tasks = {name: _prepare(model, experiment, state or PlantState(), stop) for name, model in models.items()}
    slices = [
        (task, rows)
        for task in tasks.values()
        for first in range(0, experiment.replications, _LONGEST_SLICE)
        for rows in [range(first, min(first + _LONGEST_SLICE, experiment.replications))]
    ]
    with ThreadPoolExecutor(workers or len(os.sched_getaffinity(0))) as pool:
        futures = [pool.submit(_work, task, rows, experiment, stop) for task, rows in slices]
        try:
            for done, future in enumerate(as_completed(futures), 1):
                future.result()
                if progress is not None:
                    progress(done / len(futures))
        except BaseException:
            stop.cancel()
            pool.shutdown(cancel_futures=True)
            raise
    return {name: _conclude(task, experiment) for name, task in tasks.items()}


def _check(experiment: Experiment) -> None:
    is_sound = (
        0 <= experiment.warm_up_s < experiment.horizon_s < np.inf
        and experiment.replications >= 1
        and 0 <= experiment.seed < 2**63
        and (experiment.sample_every_s is None or experiment.horizon_s / 1e6 <= experiment.sample_every_s)
    )
    if not is_sound:
        raise XushiError("simulate.experiment_invalid")


def _prepare(model: Model, experiment: Experiment, state: PlantState, stop: Cancellation) -> _Task:
    world, names = start(model, state)
    instants = 0
    if experiment.sample_every_s is not None:
        instants = int(experiment.horizon_s / experiment.sample_every_s + 1e-9)
    world = world._replace(samples=np.zeros((instants, world.samples.shape[1])), stop=stop.flag)
    if experiment.warm_up_s > 0:
        world.plant["warm_up_s"] = experiment.warm_up_s
    if instants:
        world.plant["sample_every_s"] = experiment.sample_every_s
    line = serial_line(world) if experiment.engine == "auto" else None
    counted_s = experiment.horizon_s - experiment.warm_up_s
    return _Task(model, world, names, line, empty_tallies(names, experiment.replications, instants, counted_s))


def _work(task: _Task, rows: range, experiment: Experiment, stop: Cancellation) -> None:
    run = Run(task.world, task.names)
    for row in rows:
        if stop.flag[0]:
            raise XushiError("simulate.cancelled")
        if task.line is None:
            run.begin(experiment.seed, row)
            run.advance(experiment.horizon_s)
        else:
            run.recur(task.line, experiment.seed, row, experiment.warm_up_s, experiment.horizon_s)
        book(task.tallies, row, run.world)


def _conclude(task: _Task, experiment: Experiment) -> Outcome:
    columns = [*task.names.sinks, *task.names.buffers, *task.names.machines]
    instants = task.tallies.samples.shape[1]
    return Outcome(
        model=task.model,
        engine="kernel" if task.line is None else "recursion",
        kpis=key_figures(task.model, task.names, task.tallies),
        sample_at_s=(experiment.sample_every_s or 0.0) * np.arange(1, instants + 1),
        samples={name: task.tallies.samples[:, :, k] for k, name in enumerate(columns)},
    )


def prepare() -> None:
    """Compile both engines, or read them from the cache: 20 to 40 s the first time, a second later on."""
    work = Operation(duration=Constant(value_s=1.0), to=(Route(to="out"),))
    model = Model(name="", machines=(Machine(id="M", operations=(work,)),), sinks=(Sink(id="out"),))
    run(model, Experiment(horizon_s=1.0, replications=1))
    run(model, Experiment(horizon_s=1.0, replications=1, engine="kernel"))
