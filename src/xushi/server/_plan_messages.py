"""What the routes of plans answer: a plan with its state, and the list of them."""

from __future__ import annotations

from typing import Literal

import msgspec

from xushi.runtime.plans import PlanContent
from xushi.server._messages import ErrorBody


class DecisionInfo(msgspec.Struct, frozen=True):
    """One approval or rejection; `is_own` where the maker decided, being the only one who can."""

    by: str
    at_ms: float
    is_approval: bool
    is_current: bool
    note: str
    is_own: bool


class StepRunInfo(msgspec.Struct, frozen=True):
    """How far one step is, and how its inverse went."""

    state: Literal["pending", "sending", "asked", "waiting", "done", "skipped", "failed", "unknown"]
    began_ms: float | None
    ended_ms: float | None
    command_id: str
    is_undoable: bool
    error: ErrorBody | None
    undo: Literal["", "sending", "done", "failed", "unknown", "none", "by_hand"]
    confirmed_by: str
    note: str


class MeasuredInfo(msgspec.Struct, frozen=True):
    """One promised figure and what happened; with `is_least` so much or more: it was not over at the end."""

    id: str
    happened: float | None
    state: Literal["kept", "broken", "not_yet", "unknown"]
    is_least: bool


class MeasurementInfo(msgspec.Struct, frozen=True):
    """The promise beside what happened, over a span of the plant's time."""

    at_ms: float
    from_ms: float
    until_ms: float
    state: Literal["kept", "broken", "not_yet", "unknown"]
    figures: list[MeasuredInfo]


class PlanLine(msgspec.Struct, frozen=True):
    """A plan in the list."""

    id: str
    title: str
    state: Literal[
        "draft", "approved", "rejected", "running", "paused", "done", "stopped", "aborted", "rolling_back",
        "rolled_back",
    ]  # fmt: skip
    steps: int
    settled: int
    made_by: str
    changed_ms: float
    promise: Literal["", "promised", "kept", "broken", "not_yet", "unknown"]
    can_approve: bool


class PlanInfo(msgspec.Struct, frozen=True):
    """A whole plan; `digest` is what a decision pins, `job` carries it out."""

    line: PlanLine
    content: PlanContent
    digest: str
    revision: int
    made_ms: float
    changed_by: str
    decisions: list[DecisionInfo]
    approval: ErrorBody | None
    steps: list[StepRunInfo]
    run_by: str
    began_ms: float | None
    ended_ms: float | None
    reason: ErrorBody | None
    job: str
    measurement: MeasurementInfo | None
