"""A schedule as data: which resource does which operation when, and how good that is known to be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

from ._problem import Problem

Engine: TypeAlias = Literal["search", "cp", "dispatch"]


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """An operation on a resource from `start_s` to `end_s`."""

    operation: str
    resource: str
    start_s: int
    end_s: int


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to a problem.

    Attributes:
        assignments: every operation once, in the order of their starts.
        value_s: the objective's value.
        bound_s: no schedule is better than this; absent where none was worked out.
        engine: what found it.
        search_refused: why the local search was not used: elements of the problem that it does not know.
    """

    assignments: tuple[Assignment, ...]
    value_s: int
    bound_s: int | None = None
    engine: Engine = "search"
    search_refused: tuple[str, ...] = ()

    @property
    def is_optimal(self) -> bool:
        """Tell whether nothing better exists."""
        return self.bound_s is not None and self.value_s <= self.bound_s

    @property
    def gap(self) -> float | None:
        """Return how much better an answer could be at most, as a share of the value."""
        if self.bound_s is None:
            return None
        return (self.value_s - self.bound_s) / abs(self.value_s) if self.value_s else 0.0


def value_of(problem: Problem, assignments: Iterable[Assignment]) -> int:
    """Return the objective's value of a complete set of assignments."""
    end_s = {one.operation: one.end_s for one in assignments}
    ends = [(job, max(end_s[operation.id] for operation in job.operations)) for job in problem.jobs]
    if problem.objective == "makespan":
        return max(end for _, end in ends)
    if problem.objective == "lateness":
        return max(end - job.due_s for job, end in ends if job.due_s is not None)
    return sum(job.weight * max(0, end - job.due_s) for job, end in ends if job.due_s is not None)


def least_of(problem: Problem) -> int:
    """Return the weighted tardiness of jobs that never wait for each other: no schedule has less."""
    end_s = {one.operation: one.end_s for one in problem.frozen}
    total = 0
    for job in problem.jobs:
        now_s = max(problem.start_s, job.release_s)
        for operation in job.operations:
            soonest_s = max(now_s, operation.material_s) + min(choice.duration_s for choice in operation.choices)
            now_s = end_s.get(operation.id, soonest_s)
        if job.due_s is not None:
            total += job.weight * max(0, now_s - job.due_s)
    return total


def in_order(assignments: Iterable[Assignment]) -> tuple[Assignment, ...]:
    """Return assignments sorted by start."""
    return tuple(sorted(assignments, key=lambda one: (one.start_s, one.end_s, one.resource, one.operation)))
