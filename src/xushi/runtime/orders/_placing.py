"""Places operations one after the other, each as near to its wanted start as all constraints allow; no search.

This is how a bar that a person moves pushes its followers, and how a found schedule is drawn together.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from xushi.schedule import Assignment, Frozen, Operation, Problem


class Wish(msgspec.Struct, frozen=True):
    """Where an operation is wanted: the resource, and not before this second."""

    resource: str
    start_s: int


class _Place:
    """One resource while it is filled."""

    def __init__(self, problem: Problem, name: str, frozen: Sequence[Frozen], family: Mapping[str, str | None]) -> None:
        resource = next(one for one in problem.resources if one.id == name)
        self.closed = sorted((one.start_s, one.end_s) for one in resource.closed)
        self.family = resource.family
        self.free_s = problem.start_s
        self.pinned = [(one.start_s, one.end_s, family[one.operation]) for one in frozen if one.resource == name]
        self.pinned.sort(key=lambda one: one[0])


def setup_of(problem: Problem) -> dict[tuple[str | None, str, str], int]:
    """Set-up times by resource (None for all) and families."""
    return {(one.resource, one.before, one.after): one.duration_s for one in problem.setups}


def before_of(problem: Problem) -> dict[str, tuple[str, ...]]:
    """For each operation those that must be finished before it."""
    found: dict[str, tuple[str, ...]] = {}
    for job in problem.jobs:
        last: tuple[str, ...] = ()
        for operation in job.operations:
            found[operation.id] = (*last, *operation.after)
            last = (operation.id,)
    return found


def place(problem: Problem, wishes: Mapping[str, Wish]) -> list[Assignment]:
    """Return a schedule that keeps every constraint, in the sequence of the wanted starts.

    Every operation that is not frozen has a wish. It begins when it is wanted, or later, as soon as material,
    predecessors, transport, set-up, calendar and frozen operations allow it.
    """
    operations: dict[str, Operation] = {one.id: one for job in problem.jobs for one in job.operations}
    release = {one.id: max(problem.start_s, job.release_s, one.material_s) for job in problem.jobs
               for one in job.operations}  # fmt: skip
    family = {name: one.family for name, one in operations.items()}
    travel = {(one.start, one.end): one.duration_s for one in problem.transports}
    setups = setup_of(problem)
    before = before_of(problem)
    frozen = {one.operation: one for one in problem.frozen}
    places = {one.id: _Place(problem, one.id, problem.frozen, family) for one in problem.resources}
    done: dict[str, Assignment] = {
        name: Assignment(operation=name, resource=one.resource, start_s=one.start_s, end_s=one.end_s)
        for name, one in frozen.items()
    }
    following: dict[str, list[str]] = defaultdict(list)
    missing: dict[str, int] = {}
    for name in operations:
        if name in frozen:
            continue
        waits = [one for one in before[name] if one not in frozen]
        missing[name] = len(waits)
        for one in waits:
            following[one].append(name)
    order = {name: number for number, name in enumerate(operations)}
    ready = [(wishes[name].start_s, order[name], name) for name, count in missing.items() if not count]
    heapq.heapify(ready)

    def setup_s(resource: str, one: str | None, other: str | None) -> int:
        if one is None or other is None or one == other:
            return 0
        return setups.get((resource, one, other), setups.get((None, one, other), 0))

    while ready:
        _, _, name = heapq.heappop(ready)
        wish, at = wishes[name], places[wishes[name].resource]
        length = next(one.duration_s for one in operations[name].choices if one.resource == wish.resource)
        earliest = max([release[name], wish.start_s, *(
            done[one].end_s + travel.get((done[one].resource, wish.resource), 0) for one in before[name]
        )])  # fmt: skip
        while True:
            start = max(earliest, at.free_s + setup_s(wish.resource, at.family, family[name]))
            for closed_start, closed_end in at.closed:
                if closed_start < start + length and closed_end > start:
                    start = closed_end
            if not at.pinned:
                break
            pinned_start, pinned_end, pinned_family = at.pinned[0]
            if start + length + setup_s(wish.resource, family[name], pinned_family) <= pinned_start:
                break
            at.free_s, at.family = max(at.free_s, pinned_end), pinned_family
            at.pinned.pop(0)
        at.free_s, at.family = start + length, family[name]
        done[name] = Assignment(operation=name, resource=wish.resource, start_s=start, end_s=start + length)
        for one in following[name]:
            missing[one] -= 1
            if not missing[one]:
                heapq.heappush(ready, (wishes[one].start_s, order[one], one))
    return sorted(done.values(), key=lambda one: (one.start_s, one.end_s, one.resource, one.operation))


def one_behind_the_other(problem: Problem, jobs: Sequence[str]) -> list[Assignment]:
    """Return the jobs in this sequence at every step, each step on its first choice: nothing overtakes on a line."""
    rank = {name: number for number, name in enumerate(jobs)}
    frozen = {one.operation for one in problem.frozen}
    wishes = {
        one.id: Wish(one.choices[0].resource, rank[job.id] - 10**12)
        for job in problem.jobs
        for one in job.operations
        if one.id not in frozen
    }
    return place(problem, wishes)


def drawn_together(problem: Problem, assignments: Sequence[Assignment]) -> list[Assignment]:
    """Return the same sequence on the same resources with no needless wait."""
    ranks = {one.operation: number for number, one in enumerate(sorted(assignments, key=lambda one: one.start_s))}
    by_operation = {one.operation: one for one in assignments}
    # A wish in the far past keeps the sequence by its number and asks for the earliest start.
    wishes = {name: Wish(one.resource, ranks[name] - 10**12) for name, one in by_operation.items()}
    return place(problem, wishes)
