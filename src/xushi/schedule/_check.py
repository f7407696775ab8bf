"""Refuses problems that no schedule can answer, and names the element and the reason."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from xushi.kernel import XushiError

from ._problem import Operation, Problem

MOST_OPERATIONS = 20_000
MOST_S = 10**9


def check(problem: Problem) -> None:
    """Refuse a problem that no schedule can answer.

    Raises:
        XushiError: `schedule.nothing_to_do`, `.too_large`, `.duplicate_id`, `.no_choice`, `.unknown_element`,
            `.number_invalid`, `.closed_invalid`, `.cycle`, `.frozen_conflict` or `.no_due_date`.
    """
    if not problem.jobs:
        raise XushiError("schedule.nothing_to_do", where=problem.name)
    _check_ids(problem)
    _check_numbers(problem)
    _check_references(problem)
    order_of(problem)
    _check_frozen(problem)
    if problem.objective != "makespan" and all(job.due_s is None for job in problem.jobs):
        raise XushiError("schedule.no_due_date", objective=problem.objective)


def operations_of(problem: Problem) -> Iterator[Operation]:
    """Yield all operations, job after job."""
    for job in problem.jobs:
        yield from job.operations


def before_of(problem: Problem) -> dict[str, tuple[str, ...]]:
    """Return for each operation those that must be finished before it."""
    before: dict[str, tuple[str, ...]] = {}
    for job in problem.jobs:
        last: tuple[str, ...] = ()
        for operation in job.operations:
            before[operation.id] = (*last, *operation.after)
            last = (operation.id,)
    return before


def order_of(problem: Problem) -> list[str]:
    """Return the operations in an order in which each comes after those it waits for.

    Raises:
        XushiError: `schedule.cycle`.
    """
    try:
        return list(TopologicalSorter(before_of(problem)).static_order())
    except CycleError as error:
        raise XushiError("schedule.cycle", operations=" → ".join(error.args[1][::-1])) from None


def _check_ids(problem: Problem) -> None:
    operations = [operation.id for operation in operations_of(problem)]
    if len(operations) > MOST_OPERATIONS:
        raise XushiError("schedule.too_large", operations=len(operations), most=MOST_OPERATIONS)
    names = ([one.id for one in problem.resources], [one.id for one in problem.jobs], operations)
    for kind in names:
        for name, count in Counter(kind).items():
            if count > 1 or not name:
                raise XushiError("schedule.duplicate_id", id=name)
    for job in problem.jobs:
        if not job.operations:
            raise XushiError("schedule.nothing_to_do", where=job.id)
        for operation in job.operations:
            if not operation.choices:
                raise XushiError("schedule.no_choice", operation=operation.id)
            for name, count in Counter(choice.resource for choice in operation.choices).items():
                if count > 1:
                    raise XushiError("schedule.duplicate_id", id=f"{operation.id}.choices[{name}]")


def _numbers(problem: Problem) -> Iterator[tuple[str, int, int]]:
    for job in problem.jobs:
        yield f"{job.id}.release_s", job.release_s, 0
        yield f"{job.id}.weight", job.weight, 0
        if job.due_s is not None:
            yield f"{job.id}.due_s", job.due_s, -MOST_S
        for operation in job.operations:
            yield f"{operation.id}.material_s", operation.material_s, 0
            for choice in operation.choices:
                yield f"{operation.id}.choices[{choice.resource}].duration_s", choice.duration_s, 1
    yield f"{problem.name}.start_s", problem.start_s, 0
    for setup in problem.setups:
        yield f"setups[{setup.before}-{setup.after}].duration_s", setup.duration_s, 0
    for transport in problem.transports:
        yield f"transports[{transport.start}-{transport.end}].duration_s", transport.duration_s, 0


def _check_numbers(problem: Problem) -> None:
    for where, number, least in _numbers(problem):
        if not least <= number <= MOST_S:
            raise XushiError("schedule.number_invalid", where=where, number=number, least=least, most=MOST_S)
    for resource in problem.resources:
        for closed in resource.closed:
            if not -MOST_S <= closed.start_s < closed.end_s <= MOST_S:
                raise XushiError(
                    "schedule.closed_invalid", resource=resource.id, start_s=closed.start_s, end_s=closed.end_s
                )


def _check_references(problem: Problem) -> None:
    resources = {one.id for one in problem.resources}
    operations = {operation.id for operation in operations_of(problem)}

    def known(where: str, names: Iterable[str | None], among: set[str]) -> None:
        for name in names:
            if name is not None and name not in among:
                raise XushiError("schedule.unknown_element", where=where, name=name)

    for operation in operations_of(problem):
        known(operation.id, (choice.resource for choice in operation.choices), resources)
        known(operation.id, operation.after, operations)
    for setup in problem.setups:
        known(f"setups[{setup.before}-{setup.after}]", (setup.resource,), resources)
    for transport in problem.transports:
        known(f"transports[{transport.start}-{transport.end}]", (transport.start, transport.end), resources)
    for frozen in problem.frozen:
        known("frozen", (frozen.operation,), operations)
        known(f"frozen[{frozen.operation}]", (frozen.resource,), resources)


def _check_frozen(problem: Problem) -> None:
    frozen = {one.operation: one for one in problem.frozen}
    if len(frozen) < len(problem.frozen):
        twice = next(name for name, n in Counter(one.operation for one in problem.frozen).items() if n > 1)
        raise XushiError("schedule.duplicate_id", id=f"frozen[{twice}]")
    for name, before in before_of(problem).items():
        for earlier in before if name in frozen else ():
            if earlier not in frozen or frozen[earlier].end_s > frozen[name].start_s:
                raise XushiError("schedule.frozen_conflict", operation=name, other=earlier)
    by_time = sorted(problem.frozen, key=lambda one: (one.resource, one.start_s))
    for one in by_time:
        if not -MOST_S <= one.start_s < one.end_s <= MOST_S:
            raise XushiError("schedule.closed_invalid", resource=one.operation, start_s=one.start_s, end_s=one.end_s)
    for one, following in itertools.pairwise(by_time):
        if one.resource == following.resource and one.end_s > following.start_s:
            raise XushiError("schedule.frozen_conflict", operation=one.operation, other=following.operation)
