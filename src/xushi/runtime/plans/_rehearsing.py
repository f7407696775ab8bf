"""Rehearses a plan: many futures with and without it from one state and the same chance; the gain is its promise."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from xushi import simulate
from xushi.kernel import Change, Command, CommandContext, Progress, XushiError, canonical_json
from xushi.runtime._report_orders import OWN_RIGHT
from xushi.runtime.foresight import (
    Ahead,
    AheadParams,
    Alternative,
    Fork,
    ModelChange,
    consequences_of_all,
    find_plant,
    fork,
    need_engine,
    run_comparison,
    times_of,
)
from xushi.runtime.plans._commands import WRITE, PlanId, revised, told
from xushi.runtime.plans._content import CommandStep, Origin, PlanContent, Promise, PromisedFigure
from xushi.runtime.plans._desk import OWN_HAND
from xushi.runtime.plans._plant_time import plant_now_ns
from xushi.runtime.plans._records import Plan, changed, plan_of, require

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_PLAN = "plan"
_MEASURABLE = ("plant.good", "plant.throughput_per_h")  # what the history tells afterwards
_TITLE = {"en": "Rehearsal", "zh-CN": "预演"}
_LARGEST_RESULT = 512 * 1024


class RehearseParams(AheadParams, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A plan to rehearse, from where and how far, as a comparison; from the present when no instant is given."""

    plan: PlanId
    replications: Annotated[int, msgspec.Meta(ge=10, le=1_000)] = 30


class KeepParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a rehearsal found: the platform's own note.

    Attributes:
        digest: of the content that was rehearsed; where it has changed since, the result is dropped.
        by, by_name: who had it rehearsed.
    """

    plan: PlanId
    digest: str
    promise: Promise
    origin: Origin
    result: dict[str, Any]
    by: str
    by_name: str


def rehearse_commands() -> list[Command]:
    """The commands of this file."""
    return [
        Command(
            "plan.rehearse", RehearseParams, WRITE,
            {"en": "Rehearse a plan", "zh-CN": "预演计划"},
            {"en": "Runs the plant ahead with and without the plan and keeps the difference as its promise.",
             "zh-CN": "分别在执行与不执行计划的情况下推演工厂，并将差异保存为承诺。"},
            _prepare_rehearse, is_undoable=False,
        ),
        Command(
            "plan.keep_rehearsal", KeepParams, OWN_RIGHT,
            {"en": "Keep a rehearsal", "zh-CN": "保存预演"},
            {"en": "The platform's own note of what a rehearsal found.", "zh-CN": "平台对预演结果的记录。"},
            _prepare_keep, is_undoable=False,
        ),
    ]  # fmt: skip


def _prepare_rehearse(context: CommandContext, params: RehearseParams) -> Change:
    need_engine()
    platform: Platform = context.services["platform"]
    plan = plan_of(context.store, params.plan)
    require(plan, "draft", "rejected")
    if params.at_ms is None and params.timeline == "live":
        params = msgspec.structs.replace(params, at_ms=plant_now_ns(platform) / 1e6)
    ahead = times_of(platform, params)
    start = _Start(platform, plan, params, ahead, context.actor.id, context.actor.name)
    return Change(effects=(start,), summary={**told(plan), "timeline": params.timeline, "at_ns": ahead.at_ns})


def _prepare_keep(context: CommandContext, params: KeepParams) -> Change:
    plan = plan_of(context.store, params.plan)
    require(plan, "draft", "rejected")
    if plan.digest != params.digest:
        raise XushiError("runtime.plan_changed", plan=plan.content.title, name=plan.changed_by_name)
    content = msgspec.structs.replace(plan.content, promise=params.promise, origin=params.origin)
    after = revised(context, plan, content, rehearsal=params.result)
    # The platform only notes it: the plan is still that of the person who had it rehearsed.
    after = msgspec.structs.replace(after, changed_by=params.by, changed_by_name=params.by_name)
    return Change(diff=changed(context.store, after), summary={**told(after), "rehearsed_by": params.by_name})


@dataclass(frozen=True)
class _Start:
    """Starts the job; the futures are run after the command is done."""

    platform: Platform
    plan: Plan
    params: RehearseParams
    ahead: Ahead
    by: str
    by_name: str

    def describe(self) -> dict[str, Any]:
        return {"kind": "rehearsal", "plan": self.plan.id, "until_ns": self.ahead.until_ns}

    async def apply(self) -> dict[str, Any]:
        job = self.platform.jobs.start(_TITLE, self.by, self._work)
        return {**self.describe(), "job": job.id}

    async def _work(self, tell: Progress) -> dict[str, Any]:
        loop = asyncio.get_running_loop()

        def progress(share: float) -> None:
            loop.call_soon_threadsafe(tell, share, f"{round(100 * share)} %")

        async with self.platform.foresight_turn:
            cancellation = simulate.Cancellation()
            thread = asyncio.ensure_future(asyncio.to_thread(self._rehearse, progress, cancellation))
            try:
                promise, origin, result = await asyncio.shield(thread)
            except asyncio.CancelledError:
                cancellation.cancel()
                await asyncio.wait([thread])
                thread.exception()
                raise
        if len(msgspec.json.encode(result)) > _LARGEST_RESULT:
            result = {}
        keep = KeepParams(self.plan.id, self.plan.digest, promise, origin, result, self.by, self.by_name)
        await self.platform.bus.run("plan.keep_rehearsal", keep, OWN_HAND)
        return {"plan": self.plan.id, **result}

    def _rehearse(
        self, progress: Callable[[float], None], cancellation: Any
    ) -> tuple[Promise, Origin, dict[str, Any]]:  # fmt: skip
        platform, params, ahead = self.platform, self.params, self.ahead
        plant = find_plant(platform.twins, platform.registry)
        begun = fork(plant, platform.timelines.get(params.timeline), ahead.start_ns, ahead.at_ns)
        changes, not_modelled = effects_of(platform, begun, self.plan.content)
        result = run_comparison(
            begun, [Alternative(name=_PLAN, changes=changes)], ahead.horizon_s, params.replications, params.seed,
            progress, cancellation,
        )  # fmt: skip
        origin = Origin(
            timeline=params.timeline, fork_ms=ahead.at_ns / 1e6, model_sha256=model_digest(begun.model),
            branch=self.plan.content.origin.branch if self.plan.content.origin is not None else "",
            seed=params.seed, data_from_ms=ahead.start_ns / 1e6, data_until_ms=ahead.at_ns / 1e6,
            not_modelled=not_modelled,
        )  # fmt: skip
        return promise_of(result, _PLAN, ahead.horizon_s), origin, result


def effects_of(
    platform: Platform, begun: Fork, content: PlanContent
) -> tuple[tuple[ModelChange, ...], tuple[int, ...]]:  # fmt: skip
    """What the steps change in the model, all at once, and the numbers of those whose effect it does not know."""
    in_force = {name: record.factor for name, record in begun.records.machines.items()}
    commands: list[tuple[str, Any]] = []
    changes: list[ModelChange] = []
    not_modelled = []
    for number, step in enumerate(content.steps, 1):
        if not isinstance(step, CommandStep):
            changes += step.changes
            if not step.changes:
                not_modelled.append(number)
            continue
        try:
            consequences_of_all(platform, begun.plant, [(step.command, step.params)], in_force)
        except XushiError:
            not_modelled.append(number)
        else:
            commands.append((step.command, step.params))
    changes += consequences_of_all(platform, begun.plant, commands, in_force)
    return tuple(changes), tuple(not_modelled)


def model_digest(model: simulate.Model) -> str:
    """SHA-256 (hex) of the canonical JSON of a model."""
    return hashlib.sha256(canonical_json(model)).hexdigest()


def promise_of(comparison: dict[str, Any], name: str, span_s: float) -> Promise:
    """The promise that an alternative of a comparison makes, of what can be measured afterwards.

    Args:
        name: of the alternative.
    """
    told_by = {one["name"]: one for one in comparison["alternatives"]}
    chosen, without = told_by[name], told_by["now"]
    figures = []
    for kpi in _MEASURABLE:
        figure, difference = chosen["figures"][kpi], chosen["differences"][kpi]
        figures.append(
            PromisedFigure(
                id=kpi, **figure, without=without["figures"][kpi]["mean"], gain=difference["mean"],
                gain_low=difference["low"], gain_high=difference["high"],
            )
        )  # fmt: skip
    return Promise(span_s=span_s, replications=comparison["replications"], figures=tuple(figures))
