"""The commands that make, change, check and decide on a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from xushi.kernel import Change, Command, CommandContext, Diff, XushiError, diff_key, new_id
from xushi.runtime.plans._checking import check_content, dry_run
from xushi.runtime.plans._content import Note, PlanContent, digest_of
from xushi.runtime.plans._records import (
    ENDED,
    KIND,
    MOST_DECISIONS,
    MOST_PLANS,
    OPEN,
    Decision,
    Plan,
    changed,
    plan_of,
    require,
)

if TYPE_CHECKING:
    from xushi.kernel import Actor
    from xushi.runtime._platform import Platform

WRITE, APPROVE = "plan:write", "plan:approve"
PlanId = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
# Whoever holds the data folder signs in as the operator and has the token of this computer: one person.
_AT_THIS_COMPUTER = ("operator", "token:this computer")


class MakeParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The plan, in the format `xushi-plan/1`; a promise in it, and where that comes from, are left out.

    What this plant will do only a rehearsal here can promise.
    """

    content: PlanContent


class ReviseParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan and what it becomes; its promise is gone then, until it is rehearsed again."""

    plan: PlanId
    content: PlanContent


class PlanParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan, by id."""

    plan: PlanId


class DecideParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan and the note to the decision.

    Attributes:
        digest: of the content that was looked at (`GET /api/plans/{id}`): what changed since is not decided on.
    """

    plan: PlanId
    digest: Annotated[str, msgspec.Meta(min_length=64, max_length=64)]
    note: Note = ""


def plan_commands() -> list[Command]:
    """The commands of this file."""
    return [
        Command(
            "plan.make", MakeParams, WRITE,
            {"en": "Make a plan", "zh-CN": "制定计划"},
            {"en": "Keeps steps, conditions and promise as a plan that waits for approval.",
             "zh-CN": "将步骤、条件和承诺保存为待批准的计划。"},
            _prepare_make,
        ),
        Command(
            "plan.revise", ReviseParams, WRITE,
            {"en": "Revise a plan", "zh-CN": "修订计划"},
            {"en": "Changes a plan that has not run yet; what was approved before counts no more.",
             "zh-CN": "修改尚未执行的计划；此前的批准随之失效。"},
            _prepare_revise,
        ),
        Command(
            "plan.delete", PlanParams, WRITE,
            {"en": "Delete a plan", "zh-CN": "删除计划"},
            {"en": "Removes a plan that is not under way; its evidence stays.",
             "zh-CN": "删除未在执行的计划，其证据保留。"},
            _prepare_delete,
        ),
        Command(
            "plan.check", PlanParams, "view",
            {"en": "Check a plan", "zh-CN": "检查计划"},
            {"en": "Shows exactly what each step would send to which device, and what can be taken back.",
             "zh-CN": "准确显示每一步将向哪台设备发送什么，以及哪些可以撤回。"},
            _prepare_check, is_undoable=False,
        ),
        Command(
            "plan.approve", DecideParams, APPROVE,
            {"en": "Approve a plan", "zh-CN": "批准计划"},
            {"en": "Lets exactly this content run; who made the plan cannot approve it where somebody else can.",
             "zh-CN": "允许执行这一确切内容；若有他人可批准，制定者不能自行批准。"},
            _prepare_approve, is_undoable=False,
        ),
        Command(
            "plan.reject", DecideParams, APPROVE,
            {"en": "Reject a plan", "zh-CN": "驳回计划"},
            {"en": "Keeps a plan from running, with the reason.", "zh-CN": "禁止执行计划并说明原因。"},
            _prepare_reject, is_undoable=False,
        ),
    ]  # fmt: skip


def _prepare_make(context: CommandContext, params: MakeParams) -> Change:
    content = msgspec.structs.replace(params.content, promise=None, origin=None)
    made = make_plan(context, content)
    is_dropped = content != params.content
    return msgspec.structs.replace(made, result={**made.result, "is_promise_dropped": is_dropped})


def make_plan(context: CommandContext, content: PlanContent) -> Change:
    """Return the change that keeps a new plan.

    Raises:
        XushiError: `runtime.plans_full`, and as `check_content`.
    """
    check_content(context.services["platform"], content)
    if len(context.store.ids(KIND)) >= MOST_PLANS:
        raise XushiError("runtime.plans_full", limit=MOST_PLANS)
    now_ns, actor = context.clock.now_ns(), context.actor
    plan = Plan(
        id=new_id(now_ns), content=content, digest=digest_of(content), made_by=actor.id, made_by_name=actor.name,
        made_ns=now_ns, changed_by=actor.id, changed_by_name=actor.name, changed_ns=now_ns,
    )  # fmt: skip
    return Change(
        diff=changed(context.store, plan), result={"plan": plan.id, "digest": plan.digest}, summary=told(plan)
    )  # fmt: skip


def told(plan: Plan) -> dict[str, Any]:
    """What the evidence says of a plan: which, with exactly which content, and where its promise comes from."""
    origin = plan.content.origin
    return {
        "plan": plan.id,
        "title": plan.content.title,
        "digest": plan.digest,
        "steps": len(plan.content.steps),
        "origin": None if origin is None else msgspec.to_builtins(origin),
    }


def _prepare_revise(context: CommandContext, params: ReviseParams) -> Change:
    plan = plan_of(context.store, params.plan)
    require(plan, *OPEN)
    # Whatever the content says: what was promised was promised of other steps, and where it began stays true.
    content = msgspec.structs.replace(params.content, promise=None, origin=plan.content.origin)
    check_content(context.services["platform"], content)
    return Change(diff=changed(context.store, revised(context, plan, content)), summary=told(plan))


def revised(context: CommandContext, plan: Plan, content: PlanContent, **more: Any) -> Plan:
    """The plan with another content: a draft again, whatever was decided before."""
    return msgspec.structs.replace(
        plan, content=content, digest=digest_of(content), state="draft", revision=plan.revision + 1,
        changed_by=context.actor.id, changed_by_name=context.actor.name, changed_ns=context.clock.now_ns(), **more,
    )  # fmt: skip


def _prepare_delete(context: CommandContext, params: PlanParams) -> Change:
    plan = plan_of(context.store, params.plan)
    require(plan, *OPEN, *ENDED, "rolled_back")
    record = context.store.get(KIND, plan.id) or {}
    return Change(diff=Diff(removed={diff_key(KIND, plan.id): record}), summary=told(plan))


def _prepare_check(context: CommandContext, params: PlanParams) -> Change:
    plan = plan_of(context.store, params.plan)
    found = dry_run(context, plan.content)
    return Change(result={"plan": plan.id, "digest": plan.digest, **found}, summary=told(plan))


def _prepare_approve(context: CommandContext, params: DecideParams) -> Change:
    plan, is_theirs = _decidable(context, params)
    if is_theirs and other_approvers(context.services["platform"], context.actor):
        raise XushiError("runtime.plan_own", plan=plan.content.title, actor=context.actor.name)
    return _decided(context, plan, params, is_approval=True, is_own=is_theirs)


def _prepare_reject(context: CommandContext, params: DecideParams) -> Change:
    plan, is_theirs = _decidable(context, params)
    return _decided(context, plan, params, is_approval=False, is_own=is_theirs)


def _decidable(context: CommandContext, params: DecideParams) -> tuple[Plan, bool]:
    """The plan, and whether it is the actor's own."""
    plan = plan_of(context.store, params.plan)
    require(plan, *OPEN)
    if params.digest != plan.digest:
        raise XushiError("runtime.plan_changed", plan=plan.content.title, name=plan.changed_by_name)
    return plan, is_own(plan, context.actor)


def _decided(context: CommandContext, plan: Plan, params: DecideParams, *, is_approval: bool, is_own: bool) -> Change:
    decision = Decision(
        by=context.actor.id, by_name=context.actor.name, at_ns=context.clock.now_ns(), is_approval=is_approval,
        digest=plan.digest, note=params.note, is_own=is_own,
    )  # fmt: skip
    after = msgspec.structs.replace(
        plan, state="approved" if is_approval else "rejected", decisions=(*plan.decisions, decision)[-MOST_DECISIONS:]
    )
    return Change(diff=changed(context.store, after), summary={**told(plan), "is_own": is_own, "note": params.note})


def is_own(plan: Plan, actor: Actor) -> bool:
    """Whether the actor made or last changed the plan."""
    return _person(actor.id) in (_person(plan.made_by), _person(plan.changed_by))


def other_approvers(platform: Platform, actor: Actor) -> set[str]:
    """Everybody else who could approve here now: holders of a live session or token with the right."""
    holders = {_person(one) for one in platform.gate.holders(APPROVE)}
    return holders - {_person(actor.id)}


def _person(actor_id: str) -> str:
    return _AT_THIS_COMPUTER[0] if actor_id in _AT_THIS_COMPUTER else actor_id
