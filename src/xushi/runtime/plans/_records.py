"""A plan as it is kept: its content, what was decided on it, how far it has run, and what came of its promise."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from xushi.kernel import Diff, Record, RecordStore, XushiError, diff_key
from xushi.runtime.orders import Book
from xushi.runtime.plans._content import PlanContent, digest_of

KIND = "plan"
MOST_PLANS = 200
MOST_DECISIONS = 50

PlanState: TypeAlias = Literal[
    "draft", "approved", "rejected", "running", "paused", "done", "stopped", "aborted", "rolling_back", "rolled_back"
]
StepState: TypeAlias = Literal["pending", "sending", "asked", "waiting", "done", "skipped", "failed", "unknown"]
UndoState: TypeAlias = Literal["", "sending", "done", "failed", "unknown", "none", "by_hand"]
OPEN: tuple[PlanState, ...] = ("draft", "approved", "rejected")
STARTED: tuple[PlanState, ...] = ("running", "paused")
ENDED: tuple[PlanState, ...] = ("done", "stopped", "aborted")
SETTLED: tuple[StepState, ...] = ("done", "skipped")
UNDER_WAY: tuple[PlanState, ...] = ("running", "rolling_back")


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a plan paused or ended: a code with its texts in `messages.json`."""

    code: str
    params: dict[str, Any] = {}


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One approval or rejection.

    Attributes:
        digest: of the content that was decided on.
        is_own: whether the person who made the plan decided, being the only one here who can.
    """

    by: str
    by_name: str
    at_ns: int
    is_approval: bool
    digest: str
    note: str = ""
    is_own: bool = False


class StepRun(msgspec.Struct, frozen=True, kw_only=True):
    """How far one step is.

    Attributes:
        state: `unknown` where nobody can tell whether the command took effect.
        command_id: of the command in the evidence.
        undo: how its inverse went: `none` where it has none, `by_hand` for manual steps.
        confirmed_by: who confirmed a manual step, or settled one whose outcome was unknown.
    """

    state: StepState = "pending"
    began_ns: int | None = None
    ended_ns: int | None = None
    command_id: str = ""
    is_undoable: bool = False
    error: Reason | None = None
    undo: UndoState = ""
    confirmed_by: str = ""
    note: str = ""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """The execution of a plan.

    Attributes:
        plant_ns: the plant's own time when it began: from there on the promise is measured.
        book: the order book as the plan leaves it, with what was made until `plant_ns`, where orders are promised.
        attempt: counts execution, resumptions and roll-backs, so that none of them goes on beside a later one.
        reason: why it is paused or has ended, where not by its last step.
    """

    by: str
    by_name: str
    began_ns: int
    plant_ns: int
    steps: tuple[StepRun, ...]
    book: Book | None = None
    attempt: int = 1
    ended_ns: int | None = None
    reason: Reason | None = None

    def next_step(self) -> int | None:
        """The number of the first step that is not settled, from 0; None where all are."""
        return next((number for number, step in enumerate(self.steps) if step.state not in SETTLED), None)


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One promised figure and what happened.

    Attributes:
        happened: None where nothing tells it.
        is_least: it was not over at the end of the span: so much, or more.
    """

    id: str
    happened: float | None
    state: Literal["kept", "broken", "not_yet", "unknown"]
    is_least: bool = False


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """The promise beside what happened, from `from_ns` to `until_ns` of the plant's time."""

    at_ns: int
    from_ns: int
    until_ns: int
    state: Literal["kept", "broken", "not_yet", "unknown"]
    figures: tuple[Measured, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One plan of this installation."""

    id: str
    content: PlanContent
    digest: str
    state: PlanState = "draft"
    revision: int = 1
    made_by: str
    made_by_name: str
    made_ns: int
    changed_by: str
    changed_by_name: str
    changed_ns: int
    rehearsal: dict[str, Any] | None = None
    decisions: tuple[Decision, ...] = ()
    run: Run | None = None
    measurement: Measurement | None = None

    def is_approved(self) -> bool:
        """Whether exactly this content was approved by the last decision."""
        last = self.decisions[-1] if self.decisions else None
        return last is not None and last.is_approval and last.digest == self.digest == digest_of(self.content)


def plans(store: RecordStore) -> list[Plan]:
    """Return every plan, the newest change first."""
    found = [_convert(plan_id, record) for plan_id, record in store.list(KIND)]
    return sorted(found, key=lambda plan: plan.changed_ns, reverse=True)


def plan_of(store: RecordStore, plan_id: str) -> Plan:
    """Return a plan by id.

    Raises:
        XushiError: `runtime.plan_unknown`.
    """
    record = store.get(KIND, plan_id)
    if record is None:
        raise XushiError("runtime.plan_unknown", plan=plan_id[:100])
    return _convert(plan_id, record)


def _convert(plan_id: str, record: Record) -> Plan:
    return msgspec.convert({**record, "id": plan_id}, Plan)


def require(plan: Plan, *states: PlanState) -> None:
    """Refuse what does not fit the state of a plan.

    Raises:
        XushiError: `runtime.plan_state_wrong` with both.
    """
    if plan.state not in states:
        raise XushiError(
            "runtime.plan_state_wrong", plan=plan.content.title, state=plan.state, wanted=", ".join(states)
        )


def stored(plan: Plan) -> Record:
    """Return a plan as its record."""
    record: Record = msgspec.to_builtins(plan)
    del record["id"]
    return record


def changed(store: RecordStore, plan: Plan) -> Diff:
    """Return the diff that puts a plan in the place of what is kept of it."""
    key, before = diff_key(KIND, plan.id), store.get(KIND, plan.id)
    if before is None:
        return Diff(added={key: stored(plan)})
    return Diff(updated={key: (before, stored(plan))})
