"""The work of an experiment cut into chunks that any pool can do: some replications of one model, as plain data.

A chunk and its portion of the outcome are MessagePack, checked when they are read: they may come from another process
or another computer. Replications are numbered, so the outcome does not depend on how the work was cut or who did it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi.kernel import XushiError

from ._compiled import DIGEST
from ._experiment_data import Cancellation, Experiment
from ._locks import Lock
from ._model import Model
from ._outcome import Outcome, key_figures
from ._serial import serial_line
from ._simulation import Run
from ._stages import Stage, work_in_stages
from ._start import start
from ._state import PlantState
from ._tallies import book, empty_tallies

_Number = TypeVar("_Number", bound=np.floating[Any])
SHORTEST = 32  # replications of a model that are not cut further
_CUTS = 64


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """Replications `first` to `first + count - 1` of one model.

    Attributes:
        later: the models that take its place on the way, in the order of time.
        digest: of the sources of this room: another version might give other numbers.
    """

    name: str
    model: Model
    state: PlantState
    experiment: Experiment
    first: int
    count: int
    later: tuple[Stage, ...] = ()
    digest: str = DIGEST


class Portion(msgspec.Struct, frozen=True, kw_only=True):
    """What a chunk gives.

    Attributes:
        kpis: names, and float64 [names, replications] as bytes.
        samples: names, and float32 [names, replications, instants] as bytes.
        locks: what had locked itself by the horizon, of each replication in which something had.
        error: code and parameters of what went wrong, in place of all else.
    """

    engine: str = ""
    kpis: tuple[tuple[str, ...], bytes] = ((), b"")
    samples: tuple[tuple[str, ...], bytes] = ((), b"")
    locks: tuple[Lock, ...] = ()
    error: tuple[str, dict[str, Any]] | None = None


def cut(
    models: Mapping[str, Model], experiment: Experiment, state: PlantState, later: Mapping[str, Sequence[Stage]]
) -> list[Chunk]:
    """Cut an experiment into chunks."""
    size = max(SHORTEST, -(-experiment.replications // _CUTS))
    return [
        Chunk(
            name=name, model=model, state=state, experiment=experiment, first=first,
            count=min(size, experiment.replications - first), later=tuple(later.get(name, ())),
        )
        for name, model in models.items()
        for first in range(0, experiment.replications, size)
    ]  # fmt: skip


def work(chunk: Chunk, cancellation: Cancellation) -> Portion:
    """Run the replications of a chunk.

    Raises:
        XushiError: `simulate.cancelled`, `simulate.versions_differ`, and what `start` and `Run.advance` raise.
    """
    if chunk.digest != DIGEST:
        raise XushiError("simulate.versions_differ")
    experiment = chunk.experiment
    if chunk.later:
        numbers = range(chunk.first, chunk.first + chunk.count)
        instants_s = (experiment.sample_every_s or 0.0) * np.arange(1, _instants(experiment) + 1)
        kpis, left, locked = work_in_stages(
            chunk.model, chunk.later, chunk.state, experiment, numbers, cancellation, instants_s.tolist()
        )  # fmt: skip
        samples = np.array([*left.values()], np.float32).tobytes() if len(instants_s) else b""
        return Portion(
            engine="kernel", kpis=_packed(kpis), samples=(tuple(left) if samples else (), samples), locks=locked
        )  # fmt: skip
    world, names = start(chunk.model, chunk.state)
    instants = _instants(experiment)
    world = world._replace(samples=np.zeros((instants, world.samples.shape[1])), stop=cancellation.flag)
    if experiment.warm_up_s > 0:
        world.plant["warm_up_s"] = experiment.warm_up_s
    if instants:
        world.plant["sample_every_s"] = experiment.sample_every_s
    line = serial_line(world) if experiment.engine == "auto" else None
    tallies = empty_tallies(names, chunk.count, instants, experiment.horizon_s - experiment.warm_up_s)
    run = Run(world, names)
    locks = []
    for row in range(chunk.count):
        if cancellation.flag[0]:
            raise XushiError("simulate.cancelled")
        if line is None:
            run.begin(experiment.seed, chunk.first + row)
            run.advance(experiment.horizon_s)
            if (lock := run.lock(chunk.first + row)) is not None:
                locks.append(lock)
        else:
            run.recur(line, experiment.seed, chunk.first + row, experiment.warm_up_s, experiment.horizon_s)
        book(tallies, row, run.world)
    kpis = key_figures(chunk.model, names, tallies)
    columns = (*names.sinks, *names.buffers, *names.machines)
    return Portion(
        engine="kernel" if line is None else "recursion",
        kpis=_packed(kpis),
        samples=(columns, np.moveaxis(tallies.samples[:, :, : len(columns)], 2, 0).tobytes())
        if instants
        else ((), b""),
        locks=tuple(locks),
    )


def _packed(kpis: Mapping[str, NDArray[np.float64]]) -> tuple[tuple[str, ...], bytes]:
    return tuple(kpis), np.array([*kpis.values()], np.float64).tobytes()


def answer(message: bytes) -> bytes:
    """Do the chunk in a message, in another process or on another computer; an error is an answer, too."""
    try:
        portion = work(msgspec.msgpack.decode(message, type=Chunk), Cancellation())
    except XushiError as error:
        portion = Portion(error=(error.code, {name: _plain(value) for name, value in error.params.items()}))
    return msgspec.msgpack.encode(portion)


def _plain(value: Any) -> int | float | str:
    if isinstance(value, float):
        return float(value)  # numpy's is one, too, but no message knows it
    return value if isinstance(value, int) else str(value)


def ask(chunk: Chunk) -> bytes:
    """Return the message for a chunk."""
    return msgspec.msgpack.encode(chunk)


def read_answer(message: bytes) -> Portion:
    """Return what came back.

    Raises:
        XushiError: what the chunk raised where it was done.
    """
    portion = msgspec.msgpack.decode(message, type=Portion)
    if portion.error is not None:
        raise XushiError(portion.error[0], **portion.error[1])
    return portion


def join(model: Model, experiment: Experiment, portions: Sequence[Portion]) -> Outcome:
    """Return the outcome of a model from its portions in the order of replications."""
    instants = _instants(experiment)
    return Outcome(
        model=model,
        engine=portions[0].engine,
        kpis=_columns([one.kpis for one in portions], np.float64),
        sample_at_s=(experiment.sample_every_s or 0.0) * np.arange(1, instants + 1, dtype=np.float64),
        samples=_columns([one.samples for one in portions], np.float32, instants),
        locks=tuple(lock for one in portions for lock in one.locks),
    )


def _columns(
    parts: Sequence[tuple[tuple[str, ...], bytes]], dtype: type[_Number], *more: int
) -> dict[str, NDArray[_Number]]:
    """Put the portions behind each other: name to [replications, *more]."""
    names = parts[0][0]
    if not names:
        return {}
    shape = (len(names), -1, *more)
    whole = np.concatenate([np.frombuffer(part, dtype).reshape(shape) for _, part in parts], axis=1)
    return dict(zip(names, whole, strict=True))


def _instants(experiment: Experiment) -> int:
    if experiment.sample_every_s is None:
        return 0
    return int(experiment.horizon_s / experiment.sample_every_s + 1e-9)
