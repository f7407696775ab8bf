"""The commands that let a plan run: execute, pause, resume, confirm, stop, roll back, and the platform's own notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from xushi.kernel import OWN_RIGHT, Actor, Change, Command, CommandContext, XushiError
from xushi.runtime.plans._commands import PlanId, PlanParams, told
from xushi.runtime.plans._content import MOST_STEPS, ManualStep, Note
from xushi.runtime.plans._order_figures import promised_book
from xushi.runtime.plans._plant_time import plant_now_ns
from xushi.runtime.plans._records import (
    ENDED,
    STARTED,
    UNDER_WAY,
    Plan,
    PlanState,
    Reason,
    Run,
    StepRun,
    changed,
    plan_of,
    plans,
    require,
)

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

RUN = "device:write"
MOST_RUNNING = 10
_LATE_NS = 60 * 1_000_000_000
_StepNumber = Annotated[int, msgspec.Meta(ge=1, le=MOST_STEPS)]


class ResumeParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A paused plan, and what to do with a step that failed or whose outcome nobody knows.

    Attributes:
        step: `repeat` runs its command again; `done` takes it as done, after a look at the machine.
    """

    plan: PlanId
    step: Literal["repeat", "done"] | None = None


class ConfirmParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A manual step that was done, by its number from 1."""

    plan: PlanId
    step: _StepNumber
    note: Note = ""


class NoteParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How far a plan is: the platform's own note.

    Attributes:
        expected: states in which the note still holds; in another, or in a later attempt, it is refused.
        step: number of the step, from 1, and how it stands now.
    """

    plan: PlanId
    expected: tuple[PlanState, ...]
    attempt: int
    state: PlanState | None = None
    step: _StepNumber | None = None
    stands: StepRun | None = None
    reason: Reason | None = None


def run_commands() -> list[Command]:
    """The commands of this file."""
    return [
        Command(
            "plan.execute", PlanParams, RUN,
            {"en": "Execute a plan", "zh-CN": "执行计划"},
            {"en": "Runs an approved plan step by step on the devices, with its conditions watched.",
             "zh-CN": "在设备上逐步执行已批准的计划，并监视其条件。"},
            _prepare_execute, is_undoable=False, moves_metal=True,
        ),
        Command(
            "plan.pause", PlanParams, RUN,
            {"en": "Pause a plan", "zh-CN": "暂停计划"},
            {"en": "Sends no further step until it is resumed.", "zh-CN": "在继续之前不再发送任何步骤。"},
            _prepare_pause, is_undoable=False,
        ),
        Command(
            "plan.resume", ResumeParams, RUN,
            {"en": "Resume a plan", "zh-CN": "继续计划"},
            {"en": "Goes on with the next step; of one whose outcome is unknown it must be said what to do.",
             "zh-CN": "从下一步继续；若某步结果未知，必须说明如何处理。"},
            _prepare_resume, is_undoable=False, moves_metal=True,
        ),
        Command(
            "plan.confirm", ConfirmParams, RUN,
            {"en": "Confirm a manual step", "zh-CN": "确认手动步骤"},
            {"en": "Tells a running plan that its manual step was done.",
             "zh-CN": "告知正在执行的计划其手动步骤已完成。"},
            _prepare_confirm, is_undoable=False,
        ),
        Command(
            "plan.stop", PlanParams, RUN,
            {"en": "Stop a plan", "zh-CN": "停止计划"},
            {"en": "Ends a plan where it is; what was done stays until it is rolled back.",
             "zh-CN": "在当前位置结束计划；已执行的内容保留，直至回滚。"},
            _prepare_stop, is_undoable=False,
        ),
        Command(
            "plan.roll_back", PlanParams, RUN,
            {"en": "Roll a plan back", "zh-CN": "回滚计划"},
            {"en": "Runs the inverse of each step that has one, the last first, and tells which have none.",
             "zh-CN": "从最后一步起逐步执行有逆操作的步骤，并指出哪些没有逆操作。"},
            _prepare_roll_back, is_undoable=False, moves_metal=True,
        ),
        Command(
            "plan.note", NoteParams, OWN_RIGHT,
            {"en": "Note how far a plan is", "zh-CN": "记录计划进度"},
            {"en": "The platform's own note of a step of a running plan.", "zh-CN": "平台对执行中计划步骤的记录。"},
            _prepare_note, is_undoable=False,
        ),
    ]  # fmt: skip


@dataclass(frozen=True)
class _Begin:
    """Starts the job that carries a plan out, or takes it back."""

    platform: Platform
    plan: Plan
    actor: Actor

    def describe(self) -> dict[str, Any]:
        return {"kind": "plan", "plan": self.plan.id, "digest": self.plan.digest}

    async def apply(self) -> dict[str, Any]:
        job = self.platform.plans.begin(self.plan.id, self.actor)
        return {**self.describe(), "job": job.id}


def _prepare_execute(context: CommandContext, params: PlanParams) -> Change:
    platform: Platform = context.services["platform"]
    plan = plan_of(context.store, params.plan)
    require(plan, "approved")
    if not plan.is_approved():
        raise XushiError("runtime.plan_not_approved", plan=plan.content.title)
    now_ns = context.clock.now_ns()
    _require_in_time(plan, now_ns)
    plant_ns = plant_now_ns(platform)
    run = Run(
        by=context.actor.id, by_name=context.actor.name, began_ns=now_ns, plant_ns=plant_ns,
        steps=tuple(StepRun() for _ in plan.content.steps), book=promised_book(platform, plan.content, plant_ns),
    )  # fmt: skip
    return _begun(context, msgspec.structs.replace(plan, state="running", run=run, measurement=None))


def _require_in_time(plan: Plan, now_ns: int) -> None:
    """Refuse a plan with a step whose instant is over: it is not what was rehearsed and approved any more."""
    for number, step in enumerate(plan.content.steps, 1):
        if step.at_ms is not None and step.at_ms * 1e6 < now_ns - _LATE_NS:
            raise XushiError("runtime.plan_late", plan=plan.content.title, step=number, at_ms=step.at_ms)


def _begun(context: CommandContext, after: Plan) -> Change:
    platform: Platform = context.services["platform"]
    under_way = sum(one.state in UNDER_WAY for one in plans(context.store) if one.id != after.id)
    if under_way >= MOST_RUNNING:
        raise XushiError("runtime.plans_running", limit=MOST_RUNNING)
    approval = after.decisions[-1] if after.decisions else None
    summary = {**told(after), "approved_by": approval.by_name if approval is not None else ""}
    return Change(
        diff=changed(context.store, after), effects=(_Begin(platform, after, context.actor),), summary=summary
    )


def _prepare_pause(context: CommandContext, params: PlanParams) -> Change:
    plan = plan_of(context.store, params.plan)
    require(plan, "running")
    reason = Reason(code="runtime.plan_paused_by", params={"actor": context.actor.name})
    return _moved(context, plan, "paused", reason)


def _prepare_stop(context: CommandContext, params: PlanParams) -> Change:
    plan = plan_of(context.store, params.plan)
    require(plan, *STARTED)
    reason = Reason(code="runtime.plan_stopped_by", params={"actor": context.actor.name})
    return _moved(context, plan, "stopped", reason)


def _moved(context: CommandContext, plan: Plan, state: PlanState, reason: Reason | None) -> Change:
    after = _with_state(plan, state, reason, context.clock.now_ns())
    return Change(diff=changed(context.store, after), summary={**told(plan), "state": state})


def _with_state(plan: Plan, state: PlanState, reason: Reason | None, now_ns: int) -> Plan:
    run = _run_of(plan)
    ended_ns = run.ended_ns if run.ended_ns is not None or state not in ENDED else now_ns
    return msgspec.structs.replace(
        plan, state=state, run=msgspec.structs.replace(run, reason=reason, ended_ns=ended_ns)
    )  # fmt: skip


def _run_of(plan: Plan) -> Run:
    if plan.run is None:
        raise XushiError("runtime.plan_state_wrong", plan=plan.content.title, state=plan.state, wanted="running")
    return plan.run


def _require_answered(plan: Plan, run: Run) -> None:
    """Refuse to go on or back while a device has not answered yet: it does within seconds, or is noted as unknown."""
    number = next((number for number, step in enumerate(run.steps, 1) if step.state == "sending"), None)
    if number is not None:
        raise XushiError("runtime.plan_step_sending", step=number, plan=plan.content.title)


def with_step(run: Run, number: int, stands: StepRun) -> Run:
    """The run with one step, by its number from 0, as it stands now."""
    steps = list(run.steps)
    steps[number] = stands
    return msgspec.structs.replace(run, steps=tuple(steps))


def _prepare_resume(context: CommandContext, params: ResumeParams) -> Change:
    plan = plan_of(context.store, params.plan)
    require(plan, "paused")
    run = _run_of(plan)
    _require_answered(plan, run)
    number = run.next_step()
    seen = run.steps[number] if number is not None else None
    if number is not None and seen is not None and seen.state in ("failed", "unknown"):
        if params.step is None:
            raise XushiError("runtime.plan_step_open", step=number + 1, state=seen.state, plan=plan.content.title)
        step = plan.content.steps[number]
        if params.step == "repeat":
            seen = StepRun()
        else:
            seen = msgspec.structs.replace(
                seen, state="done" if step.wait_until is None else "waiting", confirmed_by=context.actor.name,
                ended_ns=context.clock.now_ns(),
            )  # fmt: skip
        run = with_step(run, number, seen)
    run = msgspec.structs.replace(run, reason=None, attempt=run.attempt + 1)
    return _begun(context, msgspec.structs.replace(plan, state="running", run=run))


def _prepare_confirm(context: CommandContext, params: ConfirmParams) -> Change:
    plan = plan_of(context.store, params.plan)
    require(plan, "running")
    run, number = _run_of(plan), params.step - 1
    step = plan.content.steps[number] if number < len(plan.content.steps) else None
    if not isinstance(step, ManualStep) or run.steps[number].state != "asked":
        raise XushiError("runtime.plan_nothing_to_confirm", step=params.step, plan=plan.content.title)
    stands = msgspec.structs.replace(
        run.steps[number], state="done" if step.wait_until is None else "waiting", confirmed_by=context.actor.name,
        note=params.note, ended_ns=context.clock.now_ns(),
    )  # fmt: skip
    after = msgspec.structs.replace(plan, run=with_step(run, number, stands))
    return Change(diff=changed(context.store, after), summary={**told(plan), "step": params.step, "note": params.note})


def _prepare_roll_back(context: CommandContext, params: PlanParams) -> Change:
    plan = plan_of(context.store, params.plan)
    require(plan, "paused", *ENDED)
    run = _run_of(plan)
    _require_answered(plan, run)
    ended_ns = run.ended_ns or context.clock.now_ns()
    run = msgspec.structs.replace(run, reason=None, attempt=run.attempt + 1, ended_ns=ended_ns)
    return _begun(context, msgspec.structs.replace(plan, state="rolling_back", run=run))


def _prepare_note(context: CommandContext, params: NoteParams) -> Change:
    plan = plan_of(context.store, params.plan)
    require(plan, *params.expected)
    run = _run_of(plan)
    if run.attempt != params.attempt:
        raise XushiError(
            "runtime.plan_state_wrong", plan=plan.content.title, state=plan.state, wanted="an earlier attempt"
        )
    if params.step is not None and params.stands is not None:
        run = with_step(run, params.step - 1, params.stands)
    after = msgspec.structs.replace(plan, run=run)
    if params.state is not None:
        after = _with_state(after, params.state, params.reason, context.clock.now_ns())
    summary: dict[str, Any] = {
        "plan": plan.id, "title": plan.content.title, "digest": plan.digest, "state": after.state,
    }  # fmt: skip
    if params.step is not None:
        summary["step"] = params.step
    return Change(diff=changed(context.store, after), summary=summary)
