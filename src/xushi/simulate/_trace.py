"""The course of one replication: every change of what a machine does and holds, of levels, counts and vehicles.

The event kernel is not touched: it is let run from instant to instant, and what has changed in between is written down.
So a traced run has the very numbers of an untraced one, and an untraced one costs nothing more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xushi.kernel import XushiError

from . import _layout as layout
from ._compile import Names
from ._compiled import compiled, inlined
from ._experiment_data import Cancellation
from ._handle import world_at
from ._kernel import advance
from ._layout import HOLDING, NEEDS_PARTS, NONE, REACHED, UP
from ._model import Model
from ._simulation import Run
from ._start import start
from ._state import PlantState

# What a row is about.
MACHINE, BUFFER, SINK, VEHICLE = range(4)
MOST_CHANGES = 5_000_000
_KIND, _INDEX, _STATE, _PART, _MODE, _COUNT, _TO, _OPERATION, _PIECES, _WHOLE = range(10)
_AT_S, _BORN_S, _LEFT_S, _REAL = range(4)
_FIRST_ROWS = 4_096
_SLICES = 64  # looks at cancel, progress and deadlock
_FULL = 100  # beside the kernel's own ways to end


@dataclass(frozen=True)
class Trace:
    """The changes in the order of time; all arrays have a row for each.

    Attributes:
        names: of the elements by kind (MACHINE, BUFFER, SINK, VEHICLE) and index.
        modes: (machine, failure) by number.
        buffers: which buffer a blocked machine waits for, by number (the names of kind BUFFER).
        at_s: when, in s from the start; the first rows, at 0, tell the start of every element.
        kind, index: of what.
        state: of a machine a place in `SEEN`; of a vehicle what it does; else 0.
        part: which part is on it, -1 for none: a number that no other part of the run has; of several the first.
        pieces: how many parts are on a machine at work.
        mode: the failure that a machine is stopped by, -1 for none.
        count: parts a machine has finished, that are in a buffer, that left through a sink; trips of a vehicle.
        to: buffer that a finished part waits for, or the point a vehicle is at; -1 for none.
        operation: number of the machine's operation; the point where a vehicle's task ends, -1 for none.
        left_s: of the work on the part, as of the row.
        until_s: how far it ran.
        stopped: why it ended before its time, if it did.
    """

    names: tuple[list[str], list[str], list[str], list[str]]
    modes: list[tuple[str, str]]
    points: list[str]
    at_s: NDArray[np.float64]
    kind: NDArray[np.int64]
    index: NDArray[np.int64]
    state: NDArray[np.int64]
    part: NDArray[np.int64]
    pieces: NDArray[np.int64]
    mode: NDArray[np.int64]
    count: NDArray[np.int64]
    to: NDArray[np.int64]
    operation: NDArray[np.int64]
    left_s: NDArray[np.float64]
    until_s: float
    stopped: XushiError | None


@inlined
def _note(
    rows: Any, reals: Any, seen: Any, born: Any, place: int, n: int, now: float, kind: int, index: int, state: int,
    part: int, born_s: float, mode: int, count: int, to: int, operation: int, pieces: int, left_s: float,
) -> int:  # fmt: skip
    """Write a row where something differs from what was seen of this element last; return how many rows there are."""
    is_same = (
        seen[place, 0] == state and seen[place, 1] == part and seen[place, 2] == mode and seen[place, 3] == count
        and seen[place, 4] == to and born[place] == born_s
    )  # fmt: skip
    if is_same:
        return n
    seen[place, 0], seen[place, 1], seen[place, 2], seen[place, 3], seen[place, 4] = state, part, mode, count, to
    born[place] = born_s
    rows[n, _KIND], rows[n, _INDEX], rows[n, _STATE], rows[n, _PART] = kind, index, state, part
    rows[n, _MODE], rows[n, _COUNT], rows[n, _TO], rows[n, _OPERATION] = mode, count, to, operation
    rows[n, _PIECES] = pieces
    reals[n, _AT_S], reals[n, _BORN_S], reals[n, _LEFT_S] = now, born_s, left_s
    return n + 1


@compiled
def _held(w: Any, m: int) -> tuple[int, int]:
    """Return a finished part that a machine holds, and the buffer it waits for."""
    for b in range(len(w.buffers)):
        p = w.buffers[b].wait_head
        while p >= 0:
            if w.parts[p].holder == m:
                return int(p), b
            p = w.parts[p].next
    return NONE, NONE


@compiled
def _pieces(w: Any, first: int) -> int:
    """Return how many parts are on a machine from the first one on."""
    count, p = 0, first
    while p >= 0:
        count += 1
        p = w.parts[p].next
    return count


@compiled
def _look(w: Any, rows: Any, reals: Any, seen: Any, born: Any, n: int, now: float) -> int:
    """Write down what has changed since the last look."""
    place = 0
    for m in range(len(w.machines)):
        machine = w.machines[m]
        part, to = machine.first, NONE
        if machine.phase == HOLDING:
            part, to = _held(w, m)
        born_s = w.parts[part].born_s if part >= 0 else 0.0
        mode = machine.down_mode if machine.down != UP else NONE
        n = _note(
            rows, reals, seen, born, place, n, now, 0, m, machine.state, part, born_s, mode, machine.made, to,
            machine.op - machine.op_first, _pieces(w, machine.first), machine.left_s,
        )  # fmt: skip
        place += 1
    for b in range(len(w.buffers)):
        n = _note(rows, reals, seen, born, place, n, now, 1, b, 0, NONE, 0.0, NONE, w.buffers[b].level, NONE, 0, 0, 0.0)
        place += 1
    for s in range(len(w.sinks)):
        n = _note(rows, reals, seen, born, place, n, now, 2, s, 0, NONE, 0.0, NONE, w.sinks[s].count, NONE, 0, 0, 0.0)
        place += 1
    for v in range(len(w.vehicles)):
        vehicle = w.vehicles[v]
        part = vehicle.part
        born_s = w.parts[part].born_s if part >= 0 else 0.0
        goal = w.transports[vehicle.transport].end if vehicle.transport >= 0 else NONE
        n = _note(
            rows, reals, seen, born, place, n, now, 3, v, vehicle.seen, part, born_s, NONE, vehicle.trips, vehicle.at,
            goal, 0, 0.0,
        )  # fmt: skip
        place += 1
    return n


@compiled
def _follow(
    address: int, until_s: float, rows: Any, reals: Any, seen: Any, born: Any, count: int, is_first: bool
) -> tuple[int, int]:
    """Run up to `until_s` from instant to instant; return how it ended and how many rows there are."""
    w = world_at(address)
    if is_first:
        count = _look(w, rows, reals, seen, born, count, 0.0)
    while w.times[1] <= until_s:
        if len(rows) - count < len(seen):
            return _FULL, count
        now = w.times[1]
        status = advance(address, now)
        if status != REACHED:
            return status, count
        count = _look(w, rows, reals, seen, born, count, now)
    return advance(address, until_s), count


def trace(
    model: Model,
    state: PlantState | None = None,
    *,
    until_s: float,
    seed: int = 1,
    replication: int = 0,
    progress: Callable[[float], None] | None = None,
    cancellation: Cancellation | None = None,
) -> Trace:
    """Run a model once and return its course.

    A run that diverges, does not get on, locks itself or changes more than five million times is stopped there; the
    trace then says why and goes as far as it came.

    Raises:
        XushiError: `simulate.cancelled`; what `check` and `start` raise.
    """
    world, names = start(model, state or PlantState())
    if cancellation is not None:
        world = world._replace(stop=cancellation.flag)
    return _Tracer(Run(world, names), names).run(until_s, seed, replication, progress)


class _Tracer:
    """Runs one world slice by slice into arrays that grow."""

    def __init__(self, run: Run, names: Names) -> None:
        self._run = run
        self._names = names
        world = run.world
        count = len(world.machines) + len(world.buffers) + len(world.sinks) + len(world.vehicles)
        self._seen = np.full((count, 5), -2, np.int64)
        self._born = np.full(count, np.nan)
        self._rows = np.zeros((max(_FIRST_ROWS, 2 * count), _WHOLE), np.int64)
        self._reals = np.zeros((len(self._rows), _REAL))
        self._count = 0
        self._is_first = True

    def run(
        self, until_s: float, seed: int, replication: int, progress: Callable[[float], None] | None
    ) -> Trace:  # fmt: skip
        self._run.begin(seed, replication)
        stopped = None
        try:
            for number in range(1, _SLICES + 1):
                self._follow(until_s * number / _SLICES)
                self._run.refuse_lock()
                if progress is not None:
                    progress(number / _SLICES)
        except XushiError as error:
            if error.code == "simulate.cancelled":
                raise
            stopped = error
        return self._told(stopped)

    def _follow(self, until_s: float) -> None:
        while True:
            status, self._count = _follow(
                self._run.address, until_s, self._rows, self._reals, self._seen, self._born, self._count,
                self._is_first,
            )  # fmt: skip
            self._is_first = False
            if status == _FULL:
                self._grow()
            elif status == NEEDS_PARTS:
                self._run.add_parts()
            else:
                self._run.refuse(status)
                return

    def _grow(self) -> None:
        if self._count >= MOST_CHANGES:
            raise XushiError(
                "simulate.trace_too_long", at_s=round(float(self._run.world.plant["now_s"][0]), 3), most=MOST_CHANGES
            )
        self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._reals = np.concatenate([self._reals, np.zeros_like(self._reals)])

    def _told(self, stopped: XushiError | None) -> Trace:
        rows, reals = self._rows[: self._count], self._reals[: self._count]
        names = self._names
        return Trace(
            names=([*names.machines, *names.sources], list(names.buffers), list(names.sinks), list(names.vehicles)),
            modes=list(names.modes), points=list(names.points),
            at_s=reals[:, _AT_S], kind=rows[:, _KIND], index=rows[:, _INDEX], state=rows[:, _STATE],
            part=_identities(rows[:, _PART], reals[:, _BORN_S]), pieces=rows[:, _PIECES], mode=rows[:, _MODE],
            count=rows[:, _COUNT], to=rows[:, _TO], operation=rows[:, _OPERATION], left_s=reals[:, _LEFT_S],
            until_s=float(self._run.world.plant["now_s"][0]), stopped=stopped,
        )  # fmt: skip


def _identities(slots: NDArray[np.int64], born_s: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number the parts: a place in memory is used again, but not for a part born at the same instant."""
    numbers = np.full(len(slots), layout.NONE, np.int64)
    is_part = slots >= 0
    place, born = slots[is_part], born_s[is_part]
    order = np.lexsort((born, place))
    is_another = np.ones(len(order), bool)
    is_another[1:] = (np.diff(place[order]) != 0) | (np.diff(born[order]) != 0)
    mine = np.empty(len(order), np.int64)
    mine[order] = np.cumsum(is_another) - 1
    numbers[is_part] = mine
    return numbers
