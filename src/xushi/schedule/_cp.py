"""The problem as a constraint model for OR-Tools CP-SAT: every side constraint, a lower bound, and proofs."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from xushi.kernel import XushiError

from ._check import before_of, operations_of
from ._problem import Closed, Operation, Problem
from ._result import Assignment

try:
    from ortools.sat.python import cp_model
except ImportError:
    raise XushiError("schedule.extra_missing", package="ortools") from None


class Answer(NamedTuple):
    """What CP-SAT found: assignments, absent where it found none in time, and a bound on the objective."""

    assignments: list[Assignment] | None
    bound_s: int


class _Model:
    """Variables by operation: `start`, `end`, and for each resource that can do it a literal and an interval."""

    def __init__(self, problem: Problem, horizon_s: int) -> None:
        self.problem, self.horizon_s = problem, horizon_s
        self.cp = cp_model.CpModel()
        self.start: dict[str, Any] = {}
        self.end: dict[str, Any] = {}
        self.literal: dict[tuple[str, str], Any] = {}
        self.on: dict[str, list[tuple[Operation, Any]]] = defaultdict(list)
        self.intervals: dict[str, list[Any]] = defaultdict(list)
        self.frozen = {one.operation: one for one in problem.frozen}
        for job in problem.jobs:
            for operation in job.operations:
                self._add(operation, max(problem.start_s, job.release_s, operation.material_s))
        self._add_precedence()
        self._add_resources()
        self._add_objective()

    def _add(self, operation: Operation, release_s: int) -> None:
        cp, name, fact = self.cp, operation.id, self.frozen.get(operation.id)
        if fact is not None:
            self.start[name], self.end[name] = cp.new_constant(fact.start_s), cp.new_constant(fact.end_s)
            self.literal[name, fact.resource] = True
            self.on[fact.resource].append((operation, True))
            interval = cp.new_fixed_size_interval_var(fact.start_s, fact.end_s - fact.start_s, name)
            self.intervals[fact.resource].append(interval)
            return
        start, end = cp.new_int_var(release_s, self.horizon_s, name), cp.new_int_var(release_s, self.horizon_s, "")
        self.start[name], self.end[name] = start, end
        for choice in operation.choices:
            literal: Any = True
            if len(operation.choices) == 1:
                interval = cp.new_interval_var(start, choice.duration_s, end, "")
            else:
                literal = cp.new_bool_var("")
                interval = cp.new_optional_interval_var(start, choice.duration_s, end, literal, "")
            self.literal[name, choice.resource] = literal
            self.on[choice.resource].append((operation, literal))
            self.intervals[choice.resource].append(interval)
        if len(operation.choices) > 1:
            cp.add_exactly_one(self.literal[name, choice.resource] for choice in operation.choices)
            cp.add(end - start >= min(choice.duration_s for choice in operation.choices))

    def places(self, operation: Operation) -> list[str]:
        """Return the resources an operation may be on."""
        fact = self.frozen.get(operation.id)
        return [fact.resource] if fact is not None else [choice.resource for choice in operation.choices]

    def _add_precedence(self) -> None:
        operations = {operation.id: operation for operation in operations_of(self.problem)}
        travel_s = {(one.start, one.end): one.duration_s for one in self.problem.transports if one.duration_s}
        for name, before in before_of(self.problem).items():
            if name in self.frozen:
                continue
            for earlier in before:
                self.cp.add(self.start[name] >= self.end[earlier])
                for k in self.places(operations[earlier]):
                    for to in self.places(operations[name]):
                        if (k, to) in travel_s:
                            self._when(
                                self.start[name] >= self.end[earlier] + travel_s[k, to],
                                self.literal[earlier, k],
                                self.literal[name, to],
                            )

    def _when(self, constraint: Any, *literals: Any) -> None:
        self.cp.add(constraint).only_enforce_if([one for one in literals if one is not True])

    def _add_resources(self) -> None:
        for resource in self.problem.resources:
            closed = [
                self.cp.new_fixed_size_interval_var(one.start_s, one.end_s - one.start_s, "")
                for one in _merged(resource.closed)
            ]
            self.cp.add_no_overlap(self.intervals[resource.id])
            if closed:  # a frozen operation may reach into a closed time: it is a fact
                here = zip(self.on[resource.id], self.intervals[resource.id], strict=True)
                free = [interval for (operation, _), interval in here if operation.id not in self.frozen]
                self.cp.add_no_overlap(free + closed)
            self._add_setups(resource.id, resource.family)

    def _add_setups(self, resource: str, at_start: str | None) -> None:
        """Let a circuit say which operation follows which on a resource, where set-ups make that matter."""
        here = self.on[resource]
        setup_s: dict[tuple[str | None, str | None], int] = {}
        for named in (None, resource):
            for setup in self.problem.setups:
                if setup.resource == named:
                    setup_s[setup.before, setup.after] = setup.duration_s
        kinds = {operation.family for operation, _ in here}
        if not any(setup_s.get((f, g)) for f in (*kinds, at_start) for g in kinds):
            return
        arcs: list[tuple[int, int, Any]] = [(0, 0, self.cp.new_bool_var(""))]
        for i, (operation, literal) in enumerate(here, 1):
            name = operation.id
            first, last = self.cp.new_bool_var(""), self.cp.new_bool_var("")
            arcs += [(0, i, first), (i, 0, last)]
            if literal is not True:
                arcs.append((i, i, ~literal))
            at_once_s = setup_s.get((at_start, operation.family), 0)
            if at_once_s and name not in self.frozen:
                self._when(self.start[name] >= self.problem.start_s + at_once_s, first)
            for j, (other, _) in enumerate(here, 1):
                if i == j or (name in self.frozen and other.id in self.frozen and not self._meets(name, other.id)):
                    continue
                arc = self.cp.new_bool_var("")
                arcs.append((i, j, arc))
                both = name in self.frozen and other.id in self.frozen
                gap_s = 0 if both else setup_s.get((operation.family, other.family), 0)
                self._when(self.start[other.id] >= self.end[name] + gap_s, arc)
        self.cp.add_circuit(arcs)

    def _meets(self, name: str, other: str) -> bool:
        return self.frozen[name].end_s <= self.frozen[other].start_s

    def _add_objective(self) -> None:
        last = [(job, self.end[job.operations[-1].id]) for job in self.problem.jobs]
        if self.problem.objective == "makespan":
            most = self.cp.new_int_var(0, self.horizon_s, "makespan")
            self.cp.add_max_equality(most, [end for _, end in last])
            self.cp.minimize(most)
            return
        if self.problem.objective == "lateness":
            most = self.cp.new_int_var(-(10**9), self.horizon_s + 10**9, "lateness")
            self.cp.add_max_equality(most, [end - job.due_s for job, end in last if job.due_s is not None])
            self.cp.minimize(most)
            return
        late = []
        for job, end in last:
            if job.due_s is not None and job.weight:
                tardiness = self.cp.new_int_var(0, self.horizon_s + 10**9, "")
                self.cp.add(tardiness >= end - job.due_s)
                late.append(job.weight * tardiness)
        self.cp.minimize(sum(late))

    def hint(self, assignments: Sequence[Assignment]) -> None:
        """Tell CP-SAT a schedule to begin with."""
        operations = {operation.id: operation for operation in operations_of(self.problem)}
        for one in assignments:
            if one.operation in self.frozen:
                continue
            self.cp.add_hint(self.start[one.operation], one.start_s)
            for place in self.places(operations[one.operation]):
                if self.literal[one.operation, place] is not True:
                    self.cp.add_hint(self.literal[one.operation, place], place == one.resource)


class _Watch(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
    """Tells each better answer."""

    def __init__(self, progress: Callable[[int], None]) -> None:
        super().__init__()
        self._progress = progress

    def on_solution_callback(self) -> None:
        """Be told by CP-SAT, which names it so."""
        self._progress(int(self.objective_value))


def _run(solver: Any, model: Any, is_cancelled: Callable[[], bool], progress: Callable[[int], None]) -> Any:
    """Solve, and look every 50 ms whether somebody cancels."""
    is_done = threading.Event()

    def watch() -> None:
        while not is_done.wait(0.05):
            if is_cancelled():
                solver.stop_search()  # again and again: before the search has begun it is not heard

    watcher = threading.Thread(target=watch, name="schedule-cancel", daemon=True)
    watcher.start()
    try:
        return solver.solve(model, _Watch(progress))
    finally:
        is_done.set()
        watcher.join()


def _merged(spans: Iterable[Closed]) -> list[Closed]:
    """Return spans of time that do not overlap any more."""
    merged: list[Closed] = []
    for one in sorted(spans, key=lambda one: one.start_s):
        if merged and one.start_s <= merged[-1].end_s:
            merged[-1] = Closed(start_s=merged[-1].start_s, end_s=max(one.end_s, merged[-1].end_s))
        else:
            merged.append(one)
    return merged


def horizon_of(problem: Problem) -> int:
    """Return an instant by which an optimal schedule ends."""
    instants = [problem.start_s, *(job.release_s for job in problem.jobs), *(one.end_s for one in problem.frozen)]
    instants += [operation.material_s for operation in operations_of(problem)]
    instants += [closed.end_s for resource in problem.resources for closed in resource.closed]
    longest = max((setup.duration_s for setup in problem.setups), default=0)
    longest += max((transport.duration_s for transport in problem.transports), default=0)
    work = [max(choice.duration_s for choice in operation.choices) + longest for operation in operations_of(problem)]
    return max(instants) + longest + sum(work)


def count_arcs(problem: Problem) -> int:
    """Return how many arcs the circuits of the set-ups would have; so many variables, and more constraints."""
    if not problem.setups:
        return 0
    there: Counter[str] = Counter(choice.resource for one in operations_of(problem) for choice in one.choices)
    return sum((count + 1) ** 2 for count in there.values())


def solve_cp(
    problem: Problem, limit_s: float, *, seed: int = 1, workers: int = 1, hint: Sequence[Assignment] = (),
    later_hint: Callable[[], Sequence[Assignment]] | None = None,
    is_cancelled: Callable[[], bool] = lambda: False, progress: Callable[[int], None] = lambda value: None,
) -> Answer:  # fmt: skip
    """Let CP-SAT work on a checked problem for so long, the time to build its model included.

    Args:
        hint: a schedule it begins with; none of a later end is looked for.
        later_hint: asked for a better one once the model is built.

    Raises:
        XushiError: `schedule.infeasible` where the frozen operations leave no way.
    """
    end_s = time.monotonic() + limit_s
    horizon_s = horizon_of(problem)
    if hint and problem.objective == "makespan":
        horizon_s = min(horizon_s, max(one.end_s for one in hint))
    model = _Model(problem, horizon_s)
    model.hint(hint if later_hint is None else later_hint())
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.05, end_s - time.monotonic())
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed % (1 << 31)
    status = _run(solver, model.cp, is_cancelled, progress)
    if status == cp_model.INFEASIBLE:
        raise XushiError("schedule.infeasible", problem=problem.name)
    bound = solver.best_objective_bound
    bound_s = -(10**18) if abs(bound) > 10**17 else -int(-bound // 1)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(None, bound_s)
    assignments = []
    for operation in operations_of(problem):
        resource = next(
            place
            for place in model.places(operation)
            if model.literal[operation.id, place] is True or solver.boolean_value(model.literal[operation.id, place])
        )
        start_s, end_s = solver.value(model.start[operation.id]), solver.value(model.end[operation.id])
        assignments.append(
            Assignment(operation=operation.id, resource=resource, start_s=int(start_s), end_s=int(end_s))
        )
    return Answer(assignments, bound_s)
