"""Schedules quickly under all side constraints: a priority order, decoded, and improved while there is time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ._check import before_of, operations_of, order_of
from ._decode import Ints, Rules, Timing, decode, improve
from ._problem import Problem
from ._result import Assignment

_FAR = 1 << 60
_SLICE_S = 0.02  # between two looks at the clock: long beside the waits for the interpreter's lock
_OBJECTIVES = {"makespan": 0, "lateness": 1, "tardiness": 2}


def rules_of(problem: Problem) -> Rules:
    """Return a checked problem in arrays."""
    operations = list(operations_of(problem))
    row = {operation.id: x for x, operation in enumerate(operations)}
    resource = {one.id: k for k, one in enumerate(problem.resources)}
    before = before_of(problem)
    release = [max(problem.start_s, job.release_s, one.material_s) for job in problem.jobs for one in job.operations]
    choices = [[(resource[choice.resource], choice.duration_s) for choice in one.choices] for one in operations]
    pinned: list[list[int]] = [[] for _ in problem.resources]
    fixed = np.full((3, len(operations)), -1, np.int64)
    for frozen in sorted(problem.frozen, key=lambda one: one.start_s):
        x, k = row[frozen.operation], resource[frozen.resource]
        pinned[k].append(x)
        fixed[:, x] = k, frozen.start_s, frozen.end_s
    closed = [sorted((one.start_s, one.end_s) for one in res.closed) for res in problem.resources]
    families, setup_row, setup = _setups(problem, resource)
    travel = np.zeros((len(resource), len(resource)), np.int64)
    for transport in problem.transports:
        travel[resource[transport.start], resource[transport.end]] = transport.duration_s
    before_first, before_flat = _rows([[row[name] for name in before[one.id]] for one in operations])
    first, flat = _rows(choices, width=2)
    closed_first, closed_flat = _rows(closed, width=2)
    pinned_first, pinned_flat = _rows(pinned)
    return Rules(
        release=np.array(release, np.int64), before_first=before_first, before=before_flat, first=first,
        machine=flat[:, 0].copy(), duration=flat[:, 1].copy(),
        family=np.array([families.get(one.family, 0) for one in operations], np.int64),
        resource_family=np.array([families.get(one.family, 0) for one in problem.resources], np.int64),
        setup_row=setup_row, setup=setup, travel=travel, closed_first=closed_first,
        closed_start=closed_flat[:, 0].copy(), closed_end=closed_flat[:, 1].copy(),
        pinned_first=pinned_first, pinned=pinned_flat,
        fixed_on=fixed[0].copy(), fixed_start=fixed[1].copy(), fixed_end=fixed[2].copy(),
        job_last=np.array([row[job.operations[-1].id] for job in problem.jobs], np.int64),
        due=np.array([_FAR if job.due_s is None else job.due_s for job in problem.jobs], np.int64),
        weight=np.array([job.weight for job in problem.jobs], np.int64),
        objective=_OBJECTIVES[problem.objective], start=problem.start_s,
    )  # fmt: skip


def _rows(lists: Sequence[Sequence[Any]], width: int = 0) -> tuple[Ints, Ints]:
    first = np.cumsum([0, *(len(some) for some in lists)], dtype=np.int64)
    flat = np.array([one for some in lists for one in some], np.int64)
    return first, flat.reshape(-1, width) if width else flat


def _setups(problem: Problem, resource: dict[str, int]) -> tuple[dict[str | None, int], Ints, Ints]:
    """Return rows of families, of the table of each resource, and the tables; table 0 is of those without own times."""
    names = sorted({name for setup in problem.setups for name in (setup.before, setup.after)})
    families: dict[str | None, int] = {name: i for i, name in enumerate(names, 1)}
    own = {setup.resource for setup in problem.setups if setup.resource is not None}
    setup_row = np.zeros(len(resource), np.int64)
    for i, name in enumerate(sorted(own), 1):
        setup_row[resource[name]] = i
    setup = np.zeros((len(own) + 1, len(families) + 1, len(families) + 1), np.int64)
    for one in sorted(problem.setups, key=lambda one: one.resource is not None):
        rows = slice(None) if one.resource is None else setup_row[resource[one.resource]]
        setup[rows, families[one.before], families[one.after]] = one.duration_s
    return families, setup_row, setup


class OrderSearch:
    """Improves an order of operations under all constraints; what it has can be asked for from another thread.

    Args:
        problem: checked.
        like: assignments whose order and resources it starts from (unknown resources are chosen anew); most urgent
            first by default.
        seed: of the random moves.
    """

    def __init__(self, problem: Problem, *, like: Iterable[Assignment] = (), seed: int = 1) -> None:
        self._problem = problem
        self._rules = rules = rules_of(problem)
        self._order, self._wanted = _order(problem, rules, {one.operation: one for one in like})
        self._timing = _no_timing(rules)
        self._rng = np.array([seed * 0x9E3779B97F4A7C15 % (1 << 64) | 1], np.uint64)
        self.value_s = int(decode(rules, self._order, self._wanted, self._timing))
        n = len(rules.release)
        self._wanted = np.array([_row(rules, x, int(self._timing.on[x])) for x in range(n)], np.int64)
        self._best = self._order.copy(), self._wanted.copy()

    def run(self, end_s: float, is_over: Callable[[], bool], progress: Callable[[int], None] = lambda _: None) -> None:
        """Improve until `end_s` (monotonic clock), or until it is over: asked every few hundredths of a second."""
        steps, reach = 1, max(3, len(self._rules.release) // 10)
        while len(self._order) and time.monotonic() < end_s and not is_over():
            began_s = time.monotonic()
            value_s = int(
                improve(self._rules, self._order, self._wanted, self._timing, self.value_s, steps, reach, self._rng)
            )
            if value_s < self.value_s:
                self._best = self._order.copy(), self._wanted.copy()
                self.value_s = value_s
                progress(value_s)
            spent_s = time.monotonic() - began_s
            steps = min(2 * steps, max(1, round(steps * _SLICE_S / max(spent_s, 1e-9))))

    def assignments(self) -> list[Assignment]:
        """Return the best schedule so far."""
        order, wanted = self._best
        timing = _no_timing(self._rules)
        decode(self._rules, order, wanted, timing)
        names = [resource.id for resource in self._problem.resources]
        operations = operations_of(self._problem)
        return [
            Assignment(operation=one.id, resource=names[k], start_s=int(start), end_s=int(stop))
            for one, k, start, stop in zip(operations, timing.on, timing.start, timing.end, strict=True)
        ]


def dispatch(
    problem: Problem, limit_s: float, *, like: Iterable[Assignment] = (), seed: int = 1,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> list[Assignment]:  # fmt: skip
    """Return a schedule that obeys everything, improved until `limit_s` is over; see `OrderSearch`.

    Args:
        limit_s: wall-clock time; at 0 the first schedule is returned.
        is_cancelled: asked every few hundredths of a second.
    """
    end_s = time.monotonic() + limit_s
    search = OrderSearch(problem, like=like, seed=seed)
    search.run(end_s, is_cancelled)
    return search.assignments()


def _no_timing(rules: Rules) -> Timing:
    n, resources = len(rules.release), len(rules.resource_family)
    return Timing(*(np.zeros(n, np.int64) for _ in range(3)), *(np.zeros(resources, np.int64) for _ in range(4)))


def _row(rules: Rules, x: int, machine: int) -> int:
    """Return the row of the choice of x on a machine."""
    return next((c for c in range(rules.first[x], rules.first[x + 1]) if rules.machine[c] == machine), -1)


def _order(problem: Problem, rules: Rules, like: dict[str, Assignment]) -> tuple[Ints, Ints]:
    """Return the operations that are not frozen in a sequence that respects precedence, and their resources.

    Known starts come first and are kept; otherwise due dates less the work behind, latest start first in time.
    """
    row = {operation.id: x for x, operation in enumerate(operations_of(problem))}
    resource = {one.id: k for k, one in enumerate(problem.resources)}
    frozen = {one.operation for one in problem.frozen}
    wanted = np.full(len(row), -1, np.int64)
    urgency: dict[str, float] = {}
    for job in problem.jobs:
        latest = float(job.due_s) if job.due_s is not None else 0.0
        for operation in reversed(job.operations):
            latest -= min(choice.duration_s for choice in operation.choices)
            urgency[operation.id] = latest
    key: dict[str, tuple[float, float]] = {}
    before = before_of(problem)
    for name in order_of(problem):
        known = like.get(name)
        if known is not None and known.resource in resource:
            wanted[row[name]] = _row(rules, row[name], resource[known.resource])
        own = (float(known.start_s), urgency[name]) if known is not None else (0.0, urgency[name])
        key[name] = max([own, *(key[one] for one in before[name])])
    position = {name: i for i, name in enumerate(order_of(problem))}
    names = sorted((name for name in row if name not in frozen), key=lambda name: (*key[name], position[name]))
    return np.array([row[name] for name in names], np.int64), wanted
