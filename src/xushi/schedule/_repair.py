"""Repairs a running schedule after a breakdown: what has begun or is near stays, the rest is planned anew at once."""

from __future__ import annotations

import msgspec

from ._check import before_of, check
from ._dispatch import dispatch
from ._problem import Closed, Frozen, Problem
from ._result import Assignment, Schedule, in_order, value_of


class Breakdown(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A resource that is out of service from `start_s` to (as far as is known) `end_s`."""

    resource: str
    start_s: int
    end_s: int


def rest_of(
    problem: Problem, schedule: Schedule, breakdown: Breakdown, *, now_s: int, frozen_until_s: int | None = None
) -> Problem:
    """Return what is left to decide at `now_s`: the same problem with what stays as it is frozen.

    Done and running operations stay, and those that begin before `frozen_until_s`. What runs on the broken resource
    goes on there after the repair, as much longer as it is interrupted. What was to begin there during the breakdown,
    and what follows it in its job, is free even within the frozen zone.
    """
    closed = Closed(start_s=breakdown.start_s, end_s=breakdown.end_s)
    resources = tuple(
        msgspec.structs.replace(one, closed=(*one.closed, closed)) if one.id == breakdown.resource else one
        for one in problem.resources
    )
    until_s = max(now_s, frozen_until_s if frozen_until_s is not None else now_s)
    facts: dict[str, Frozen] = {}
    before = before_of(problem)
    busy_until_s: dict[str, int] = {}
    for one in in_order(schedule.assignments):
        if one.start_s >= until_s:
            continue
        is_hit = one.resource == breakdown.resource and one.end_s > breakdown.start_s and one.start_s < breakdown.end_s
        has_begun = one.start_s < now_s
        end_s = one.end_s
        if is_hit and has_begun and one.start_s < breakdown.start_s:
            end_s += breakdown.end_s - breakdown.start_s
        elif is_hit and not has_begun:
            continue
        waits = [facts.get(name) for name in before[one.operation]]
        is_late = any(fact is None or fact.end_s > one.start_s for fact in waits)
        if not has_begun and (is_late or busy_until_s.get(one.resource, one.start_s) > one.start_s):
            continue
        facts[one.operation] = Frozen(operation=one.operation, resource=one.resource, start_s=one.start_s, end_s=end_s)
        busy_until_s[one.resource] = end_s
    return msgspec.structs.replace(problem, resources=resources, frozen=tuple(facts.values()), start_s=now_s)


def repair(
    problem: Problem, schedule: Schedule, breakdown: Breakdown, *, now_s: int, frozen_until_s: int | None = None,
    limit_s: float = 0.3, seed: int = 1,
) -> tuple[Problem, Schedule]:  # fmt: skip
    """Return the rest of the problem and a schedule for it, in about `limit_s` seconds.

    Two starts are tried: the old sequence on the old resources, which changes least, and the old sequence with each
    operation where it ends first, which goes round the broken resource. The better is improved for the time left.
    `solve(rest)` can look for a better one afterwards.

    Args:
        problem: what the schedule answers.
        schedule: the one that is running.
        breakdown: what happened.
        now_s: nothing new begins before.
        frozen_until_s: what begins before this stays where it is; nothing beyond what has begun by default.
        limit_s: wall-clock time to improve.
        seed: of the random moves.

    Raises:
        XushiError: as `check` says of the rest.
    """
    rest = rest_of(problem, schedule, breakdown, now_s=now_s, frozen_until_s=frozen_until_s)
    check(rest)
    kept = dispatch(rest, 0.0, like=schedule.assignments)
    moved = dispatch(rest, 0.0, like=_without_resources(schedule.assignments))
    best = min((kept, moved), key=lambda some: value_of(rest, some))
    best = dispatch(rest, limit_s, like=best, seed=seed)
    return rest, Schedule(assignments=in_order(best), value_s=value_of(rest, best), engine="dispatch")


def changes(before: Schedule, after: Schedule) -> tuple[Assignment, ...]:
    """Return the assignments of `after` that are not those of `before`: what the shop has to be told."""
    return tuple(sorted(set(after.assignments) - set(before.assignments), key=lambda one: one.start_s))


def _without_resources(assignments: tuple[Assignment, ...]) -> list[Assignment]:
    return [msgspec.structs.replace(one, resource="") for one in assignments]
