"""Runs replications of one or many models over a pool, with progress and cancel, and with common random numbers."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from xushi.kernel import XushiError

from ._chunks import SHORTEST, Portion, cut, join
from ._distributions import Constant
from ._experiment_data import Cancellation, Experiment
from ._model import Machine, Model, Operation, Route, Sink
from ._outcome import Outcome
from ._pools import Pool, ThreadPool
from ._stages import Stage, check_stages
from ._state import PlantState

Progress = Callable[[float], None]
_MOST_LOCKED = 0.9  # of the futures of a model; one that locks more often does not run


def run(
    model: Model,
    experiment: Experiment,
    state: PlantState | None = None,
    *,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
    workers: int | None = None,
    pool: Pool | None = None,
) -> Outcome:
    """Simulate a model; see `run_alternatives`."""
    given = run_alternatives(
        {"": model}, experiment, state, progress=progress, cancellation=cancellation, workers=workers, pool=pool
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
    pool: Pool | None = None,
    later: Mapping[str, Sequence[Stage]] | None = None,
) -> dict[str, Outcome]:
    """Simulate alternatives from the same state with common random numbers.

    Args:
        models: the alternatives by name.
        experiment: length, replications, seed.
        state: where all of them start; empty and idle by default.
        progress: called with the share done, 0 to 1.
        cancellation: stops it from another thread.
        workers: threads where no pool is given; one a core by default.
        pool: who does the work; threads of this process by default. The outcome does not depend on it.
        later: by alternative, the models that take the place of its first one on the way. Alternatives share their
            random numbers only where all of them change at the same instants, be it to the model that they have.

    Replications that lock themselves are counted, and told in `Outcome.locks`.

    Raises:
        XushiError: `simulate.experiment_invalid`, `simulate.cancelled`, `simulate.worker_lost`; `simulate.deadlock` or
            `.gridlock` where more than nine of ten replications of every alternative lock; and what `check`, `start`
            and `Run.advance` raise.
    """
    experiment.check()
    for stages in (later or {}).values():
        check_stages(stages, experiment)
    stop = cancellation or Cancellation()
    stop.check()
    chunks = cut(models, experiment, state or PlantState(), later or {})
    portions: list[Portion | None] = [None] * len(chunks)
    for done, (number, portion) in enumerate((pool or ThreadPool(workers)).work(chunks, stop), 1):
        portions[number] = portion
        if progress is not None:
            progress(done / len(chunks))
    found: dict[str, list[Portion]] = {name: [] for name in models}
    for chunk, one in zip(chunks, portions, strict=True):
        if one is None:
            raise XushiError("simulate.worker_lost")
        found[chunk.name].append(one)
    outcomes = {name: join(model, experiment, found[name]) for name, model in models.items()}
    if all(len(one.locks) > _MOST_LOCKED * experiment.replications for one in outcomes.values()):
        raise next(lock for one in outcomes.values() for lock in one.locks).refusal()
    return outcomes


def prepare(pool: Pool | None = None) -> None:
    """Compile both engines, or read them from the cache: 20 to 40 s the first time, a second later on.

    Args:
        pool: whose workers are started and made ready, too: so much the sooner comes their first answer.
    """
    work = Operation(duration=Constant(value_s=1.0), to=(Route(to="out"),))
    model = Model(name="", machines=(Machine(id="M", operations=(work,)),), sinks=(Sink(id="out"),))
    run(model, Experiment(horizon_s=1.0, replications=1))
    run(model, Experiment(horizon_s=1.0, replications=1, engine="kernel"))
    if pool is not None:
        count = SHORTEST * len(os.sched_getaffinity(0))  # a chunk for each worker of this computer
        run(model, Experiment(horizon_s=1.0, replications=count, engine="kernel"), pool=pool)
