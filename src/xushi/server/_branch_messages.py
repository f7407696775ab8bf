"""What the routes of branches answer."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from xushi.runtime.branches import Changeable
from xushi.runtime.foresight import Estimate, ModelChange
from xushi.server._messages import DiagnosisInfo, ErrorBody


class BranchEdit(msgspec.Struct, frozen=True):
    """One change of a branch: a command of the live line with its title, or changes of the model alone.

    ``words`` says a move in one sentence per language, with what it does to the conveyors; empty for all else.
    """

    index: int
    command: str | None
    params: dict[str, Any]
    title: dict[str, str]
    changes: list[ModelChange]
    words: dict[str, str]


class BranchMachine(msgspec.Struct, frozen=True):
    """What a machine of the model did on a path: parts made, and the share of time by what it was seen doing."""

    id: str
    made: int
    shares: dict[str, float]


class BranchFigures(msgspec.Struct, frozen=True):
    """What one path comes to; one future among many, so nothing to decide by alone."""

    finished: int
    scrapped: int
    throughput_per_h: float | None
    energy_kwh: float
    machines: list[BranchMachine]


class BranchSummary(msgspec.Struct, frozen=True):
    """A branch in the list. ``end_ms`` is where its path ends: before ``until_ms`` where it was stopped.

    ``state``: computing (until then its last path is shown), ready, stopped (it ends before its time), failed.
    """

    id: str
    title: str
    parent: str
    fork_ms: float
    until_ms: float
    end_ms: float | None
    seed: int
    edits: int
    created_by: str
    created_ms: float
    state: Literal["computing", "ready", "stopped", "failed"]
    job: str | None
    error: ErrorBody | None


class BranchInfo(msgspec.Struct, frozen=True):
    """A branch with its changes, what can be changed and is now, and what its path comes to."""

    branch: BranchSummary
    edits: list[BranchEdit]
    elements: list[Changeable]
    figures: BranchFigures | None
    estimates: list[Estimate]
    diagnoses: list[DiagnosisInfo]
