"""Local search for plain flexible job shops: tabu searches from a pool of plans that are crossed with each other.

A child of two plans takes each operation's start as a mixture of its starts in both, and sorts the machines by it: such
an order never contradicts itself. One search with a pool of its own runs on each core.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from ._chance import draw
from ._check import operations_of
from ._problem import Problem
from ._result import Assignment
from ._shop import Plan, Shop, empty_plan, sort
from ._tabu import BEST, STEP, arrange, begin, copy, search

_SLICE = 1 << 19  # steps times operations between two looks at the clock: some hundredths of a second
_PATIENCE = 12_500  # steps without a better plan
_PATIENCE_AMONG_MACHINES = 2_500  # where operations have a choice, crossing plans leads further than staying with one
_POOL = 10
_FAR = 1 << 60

Progress = Callable[[int], None]


class Found(NamedTuple):
    """The best plan of a search, its length and the steps made."""

    plan: Plan
    length: int
    steps: int


def refusals(problem: Problem) -> tuple[str, ...]:
    """Return the elements of the problem that the local search does not know; empty where it can be used."""
    reasons = {
        "setups": bool(problem.setups),
        "transports": any(one.duration_s for one in problem.transports),
        "frozen": bool(problem.frozen),
        "closed": any(resource.closed for resource in problem.resources),
        "after": any(operation.after for operation in operations_of(problem)),
        "tardiness": problem.objective == "tardiness",
    }
    return tuple(name for name, is_there in reasons.items() if is_there)


def shop_of(problem: Problem) -> tuple[Shop, int]:
    """Return the problem in arrays, and what to add to the length of a plan to get the objective."""
    row = {resource.id: i for i, resource in enumerate(problem.resources)}
    operations = list(operations_of(problem))
    n = len(operations)
    before, behind = np.full(n + 1, n), np.full(n + 1, n)
    release, rest = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    latest = max((job.due_s for job in problem.jobs if job.due_s is not None), default=0)
    is_late = problem.objective == "lateness"
    x = 0
    for job in problem.jobs:
        for i, operation in enumerate(job.operations):
            release[x] = max(problem.start_s, operation.material_s, job.release_s)
            before[x], behind[x] = (x - 1 if i else n), (x + 1 if i < len(job.operations) - 1 else n)
            x += 1
        if is_late:
            rest[x - 1] = latest - job.due_s if job.due_s is not None else -_FAR
    choices = [[(row[choice.resource], choice.duration_s) for choice in one.choices] for one in operations]
    first = np.cumsum([0, *(len(some) for some in choices)])
    flat = np.array([pair for some in choices for pair in some], np.int64)
    shop = Shop(before, behind, release, rest, first, flat[:, 0].copy(), flat[:, 1].copy())
    return shop, (-latest if is_late else 0)


def local_search(
    shop: Shop, limit_s: float, *, seed: int = 1, workers: int | None = None, target: int = 0,
    is_cancelled: Callable[[], bool] = lambda: False, progress: Progress = lambda length: None,
) -> Found:  # fmt: skip
    """Search until the time is over, somebody cancels or the length reaches `target`.

    Args:
        shop: what to plan.
        limit_s: wall-clock time.
        seed: of all random choices; how far a search comes in its time still depends on the machine.
        workers: threads; one per core by default.
        target: a known lower bound.
        is_cancelled: asked every few hundredths of a second.
        progress: told each better length, from the searching threads.
    """
    workers = workers or len(os.sched_getaffinity(0))
    end = time.monotonic() + limit_s
    shared = [_FAR]

    def is_over() -> bool:
        return time.monotonic() >= end or shared[0] <= target or is_cancelled()

    def tell(length: int) -> None:
        if length < shared[0]:
            shared[0] = length
            progress(length)

    with ThreadPoolExecutor(workers) as pool:
        searches = [_Search(shop, seed * 1_000 + i, target, is_over, tell) for i in range(workers)]
        found = list(pool.map(_Search.run, searches))
    best = min(found, key=lambda one: one.length)
    return best._replace(steps=sum(one.steps for one in found))


class _Search:
    """The search of one thread."""

    def __init__(
        self, shop: Shop, seed: int, target: int, is_over: Callable[[], bool], tell: Callable[[int], None]
    ) -> None:
        self._shop, self._target, self._is_over, self._tell = shop, target, is_over, tell
        self._n = len(shop.before) - 1
        self._patience = _PATIENCE_AMONG_MACHINES if len(shop.machine) > self._n else _PATIENCE
        self._rng = np.array([(seed + 1) * 0x9E3779B97F4A7C15 % (1 << 64) | 1], np.uint64)
        self._plan, self._best = empty_plan(shop), empty_plan(shop)
        self._arcs = np.zeros(min(self._n**2, 1 << 20), np.int32)
        self._bans = np.zeros(self._n * len(self._plan.lead), np.int32)
        self._steps = 0

    def run(self) -> Found:
        pool: list[Found] = []
        while len(pool) < _POOL:
            begin(self._shop, self._plan, self._rng, 20 if pool else 0)
            pool.append(self._improve())
            if self._is_over():
                break
        while not self._is_over():
            i, j = draw(self._rng, len(pool)), draw(self._rng, len(pool))
            if i != j and self._cross(pool[i].plan, pool[j].plan):
                self._replace(pool, self._improve())
        return min(pool, key=lambda one: one.length)._replace(steps=self._steps)

    def _improve(self) -> Found:
        """Search from the present plan until patience is at its end."""
        state = np.array([0, _FAR, 0], np.int64)
        self._arcs[:] = 0
        self._bans[:] = 0
        slice_steps = max(50, _SLICE // self._n)
        while not search(
            self._shop, self._plan, self._best, self._arcs, self._bans, state, self._rng, slice_steps, self._patience,
            self._target,
        ):  # fmt: skip
            self._tell(int(state[BEST]))
            if self._is_over():
                break
        self._tell(int(state[BEST]))
        self._steps += int(state[STEP])
        kept = empty_plan(self._shop)
        copy(self._best, kept)
        return Found(kept, int(state[BEST]), int(state[STEP]))

    def _cross(self, one: Plan, other: Plan) -> bool:
        """Make a plan between two; each operation's machine is that of one of them."""
        n = self._n
        share = 0.3 + 0.4 * draw(self._rng, 1000) / 1000
        key = (1 - share) * one.head[:n] + share * other.head[:n]
        order = one.topo[:n][np.argsort(key[one.topo[:n]], kind="stable")]
        takes = np.array([draw(self._rng, 1000) < 1000 * share for _ in range(n)])
        self._plan.on[:n] = np.where(takes, other.on[:n], one.on[:n])
        self._plan.time[:n] = np.where(takes, other.time[:n], one.time[:n])
        return arrange(self._shop, self._plan, order)

    def _replace(self, pool: list[Found], child: Found) -> None:
        """Let a child take the place of the worst, unless its like is there."""
        for i, one in enumerate(pool):
            if one.length == child.length and np.array_equal(one.plan.following, child.plan.following):
                pool[i] = child
                return
        worst = max(range(len(pool)), key=lambda i: pool[i].length)
        if child.length <= pool[worst].length:
            pool[worst] = child


def assignments_of(problem: Problem, shop: Shop, plan: Plan) -> list[Assignment]:
    """Return a plan in the words of the problem."""
    sort(shop, plan)
    names = [resource.id for resource in problem.resources]
    return [
        Assignment(
            operation=operation.id,
            resource=names[plan.on[x]],
            start_s=int(plan.head[x]),
            end_s=int(plan.head[x] + plan.time[x]),
        )
        for x, operation in enumerate(operations_of(problem))
    ]
