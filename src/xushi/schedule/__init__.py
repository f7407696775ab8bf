"""Scheduling: who does what when under all constraints of a shop, repair after a breakdown, and material requirements.

Nothing here imports a solver or the compiler before the first problem is solved; problems are read and checked without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._check import check
from ._mrp import Item, LotRule, Part, Requirement, lots_within, requirements, wagner_whitin
from ._problem import (
    Choice,
    Closed,
    Frozen,
    Job,
    Operation,
    Problem,
    Resource,
    Setup,
    Transport,
    read_problem,
    write_problem,
)
from ._result import Assignment, Schedule, value_of

if TYPE_CHECKING:
    from ._repair import Breakdown, changes, repair, rest_of
    from ._solve import Cancellation, solve

_LAZY = {
    "Breakdown": "_repair",
    "Cancellation": "_solve",
    "changes": "_repair",
    "repair": "_repair",
    "rest_of": "_repair",
    "solve": "_solve",
}

__all__ = [
    "Assignment",
    "Breakdown",
    "Cancellation",
    "Choice",
    "Closed",
    "Frozen",
    "Item",
    "Job",
    "LotRule",
    "Operation",
    "Part",
    "Problem",
    "Requirement",
    "Resource",
    "Schedule",
    "Setup",
    "Transport",
    "changes",
    "check",
    "lots_within",
    "read_problem",
    "repair",
    "requirements",
    "rest_of",
    "solve",
    "value_of",
    "wagner_whitin",
    "write_problem",
]


def __getattr__(name: str) -> Any:
    """Load what needs a solver or the compiler when it is first asked for."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f".{_LAZY[name]}", __name__), name)
