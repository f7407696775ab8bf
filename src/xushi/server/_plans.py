"""The routes of plans: the list, one plan as it stands, its file, and the schema of that file."""

from __future__ import annotations

import re
from typing import Any

from starlette.responses import Response

from xushi.kernel import XushiError
from xushi.runtime.plans import (
    APPROVE,
    Plan,
    PlanContent,
    content_schema,
    is_own,
    other_approvers,
    plan_of,
    write_content,
)
from xushi.runtime.plans import plans as kept_plans
from xushi.server import _plan_messages as p
from xushi.server._doors import Doors, to_ms
from xushi.server._messages import ErrorBody
from xushi.server._routes import Call, RouteSpec, answer_json


async def listed(doors: Doors, call: Call) -> Response:
    """Every plan, the one that changed last first."""
    return answer_json([_line(doors, call, plan) for plan in kept_plans(doors.platform.store)])


async def one(doors: Doors, call: Call) -> Response:
    """A plan as it stands."""
    return answer_json(_info(doors, call, plan_of(doors.platform.store, call.path("id"))))


async def as_file(doors: Doors, call: Call) -> Response:
    """A plan as a file of the format `xushi-plan/1`; `plan.make` takes the same object back."""
    plan = plan_of(doors.platform.store, call.path("id"))
    name = re.sub(r"[^A-Za-z0-9]+", "-", plan.content.title).strip("-")[:40] or "plan"
    headers = {"Content-Disposition": f'attachment; filename="{name}.plan.json"'}
    return Response(write_content(plan.content), media_type="application/json", headers=headers)


async def schema(doors: Doors, call: Call) -> Response:
    """The JSON Schema of a plan's file."""
    return answer_json(content_schema())


def _line(doors: Doors, call: Call, plan: Plan) -> p.PlanLine:
    promise = "" if plan.content.promise is None else "promised"
    if plan.measurement is not None:
        promise = plan.measurement.state
    return p.PlanLine(
        id=plan.id,
        title=plan.content.title,
        state=plan.state,
        steps=len(plan.content.steps),
        settled=sum(step.state in ("done", "skipped") for step in plan.run.steps) if plan.run is not None else 0,
        made_by=plan.made_by_name,
        changed_ms=to_ms(plan.changed_ns),
        promise=promise,  # type: ignore[arg-type]
        can_approve=plan.state == "draft" and _forbids(doors, call, plan) is None,
    )


def _forbids(doors: Doors, call: Call, plan: Plan) -> XushiError | None:
    """Why the asker cannot approve; None where nothing forbids it."""
    platform, actor = doors.platform, call.actor
    if not platform.policy.permits(actor, APPROVE):
        return XushiError("kernel.forbidden", name="plan.approve", right=APPROVE, actor=actor.name)
    if is_own(plan, actor) and other_approvers(platform, actor):
        return XushiError("runtime.plan_own", plan=plan.content.title, actor=actor.name)
    return None


def _info(doors: Doors, call: Call, plan: Plan) -> p.PlanInfo:
    run, language = plan.run, call.language

    def told(reason: object) -> ErrorBody | None:
        code, params = getattr(reason, "code", ""), getattr(reason, "params", {})
        return doors.error({"code": code, "params": params}, language) if code else None

    forbids = _forbids(doors, call, plan)
    decisions = [
        p.DecisionInfo(
            by=one.by_name, at_ms=to_ms(one.at_ns), is_approval=one.is_approval,
            is_current=one.digest == plan.digest, note=one.note, is_own=one.is_own,
        )
        for one in plan.decisions
    ]  # fmt: skip
    steps = [
        p.StepRunInfo(
            state=step.state, began_ms=None if step.began_ns is None else to_ms(step.began_ns),
            ended_ms=None if step.ended_ns is None else to_ms(step.ended_ns), command_id=step.command_id,
            is_undoable=step.is_undoable, error=told(step.error), undo=step.undo, confirmed_by=step.confirmed_by,
            note=step.note,
        )
        for step in (run.steps if run is not None else ())
    ]  # fmt: skip
    return p.PlanInfo(
        line=_line(doors, call, plan),
        content=plan.content,
        digest=plan.digest,
        revision=plan.revision,
        made_ms=to_ms(plan.made_ns),
        changed_by=plan.changed_by_name,
        decisions=decisions,
        approval=told(forbids),
        steps=steps,
        run_by=run.by_name if run is not None else "",
        began_ms=to_ms(run.began_ns) if run is not None else None,
        ended_ms=to_ms(run.ended_ns) if run is not None and run.ended_ns is not None else None,
        reason=told(run.reason) if run is not None else None,
        job=doors.platform.plans.job_of(plan.id),
        measurement=_measurement(plan),
    )


def _measurement(plan: Plan) -> p.MeasurementInfo | None:
    found = plan.measurement
    if found is None:
        return None
    figures = [p.MeasuredInfo(one.id, one.happened, one.state, one.is_least) for one in found.figures]
    return p.MeasurementInfo(to_ms(found.at_ns), to_ms(found.from_ns), to_ms(found.until_ns), found.state, figures)


ROUTES = (
    RouteSpec("GET", "/api/plans", "view", listed, "Plans", answer=list[p.PlanLine], tags=("plans",)),
    RouteSpec("GET", "/api/plans/{id}", "view", one, "One plan as it stands", answer=p.PlanInfo, tags=("plans",)),
    RouteSpec("GET", "/api/plans/{id}/file", "view", as_file, "A plan as a file", answer=PlanContent,
              tags=("plans",)),
    RouteSpec("GET", "/api/plan-schema", "view", schema, "The JSON Schema of a plan's file", answer=dict[str, Any],
              tags=("plans",)),
)  # fmt: skip
