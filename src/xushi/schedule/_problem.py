"""A scheduling problem as data: jobs of operations, the resources that can do them, and what limits them.

All times are whole seconds from the start of the plan. The same structs are JSON (`read_problem`, `write_problem`).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from xushi.kernel import XushiError

Objective: TypeAlias = Literal["makespan", "lateness", "tardiness"]


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The base of every part of a problem: frozen, and strict about the names of fields."""


class Closed(_Data, frozen=True, kw_only=True):
    """A time in which a resource does not work: a break, a night, a repair. No operation reaches into it."""

    start_s: int
    end_s: int


class Resource(_Data, frozen=True, kw_only=True):
    """Does one operation at a time.

    Attributes:
        closed: when it does not work; always open by default.
        family: what it is set up for at the start; nothing in particular by default.
    """

    id: str
    closed: tuple[Closed, ...] = ()
    family: str | None = None


class Choice(_Data, frozen=True, kw_only=True):
    """A resource that can do an operation, and how long it takes there."""

    resource: str
    duration_s: int


class Operation(_Data, frozen=True, kw_only=True):
    """One step of a job, done without interruption on one of its choices.

    Attributes:
        family: what the resource must be set up for.
        after: operations of other jobs that must be finished, besides the one before it in its own job.
        material_s: when its material is there.
    """

    id: str
    choices: tuple[Choice, ...]
    family: str | None = None
    after: tuple[str, ...] = ()
    material_s: int = 0


class Job(_Data, frozen=True, kw_only=True):
    """Operations in sequence, not begun before `release_s`, wanted by `due_s`; `weight` counts its tardiness."""

    id: str
    operations: tuple[Operation, ...]
    release_s: int = 0
    due_s: int | None = None
    weight: int = 1


class Setup(_Data, frozen=True, kw_only=True):
    """Time between two operations that follow each other on a resource; on every resource where none is named.

    It passes while the resource is closed, too. A change that no set-up names takes no time; an operation without
    family is named by none.
    """

    before: str
    after: str
    duration_s: int
    resource: str | None = None


class Transport(_Data, frozen=True, kw_only=True):
    """Time from one resource to another between operations that follow each other in a job or by `after`."""

    start: str
    end: str
    duration_s: int


class Frozen(_Data, frozen=True, kw_only=True):
    """An operation that is done, running or not to be moved: a fact that the rest of the plan has to respect."""

    operation: str
    resource: str
    start_s: int
    end_s: int


class Problem(_Data, frozen=True, kw_only=True):
    """A flexible job shop with its side constraints.

    Attributes:
        objective: `makespan` is the last end; `lateness` the greatest end minus due date; `tardiness` the weighted sum
            of what is late.
        start_s: nothing that is not frozen begins before.
    """

    name: str
    resources: tuple[Resource, ...]
    jobs: tuple[Job, ...]
    setups: tuple[Setup, ...] = ()
    transports: tuple[Transport, ...] = ()
    frozen: tuple[Frozen, ...] = ()
    objective: Objective = "makespan"
    start_s: int = 0


def read_problem(data: bytes) -> Problem:
    """Read a problem from JSON; it is not checked for sense.

    Raises:
        XushiError: `schedule.problem_unreadable`.
    """
    try:
        return msgspec.json.decode(data, type=Problem)
    except msgspec.DecodeError as error:
        raise XushiError("schedule.problem_unreadable", reason=str(error)) from None


def write_problem(problem: Problem) -> bytes:
    """Return the problem as JSON."""
    return msgspec.json.encode(problem)
