"""Rehearses a plan: many futures with and without it from one state and the same chance; the gain is its promise."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from xushi import simulate
from xushi.kernel import OWN_RIGHT, Change, Command, CommandContext, Progress, XushiError, canonical_json
from xushi.runtime import foresight
from xushi.runtime._planned_times import planned_times
from xushi.runtime.branches import Branch, book_after
from xushi.runtime.foresight import (
    NOW,
    Ahead,
    AheadParams,
    Alternative,
    ModelChange,
    fork,
    make_alternatives,
    need_engine,
    plant_of,
    sampled_every_s,
    take_turn,
    tell_comparison,
    times_of,
)
from xushi.runtime.orders import (
    Book,
    JobOrder,
    contingency_fork,
    job_orders_after,
    sequence_changes,
    wanted_of,
)
from xushi.runtime.plans._commands import WRITE, PlanId, revised, told
from xushi.runtime.plans._content import PlanContent, PlanOrigin, PlanPromise
from xushi.runtime.plans._effects import Effects, effects_of
from xushi.runtime.plans._measuring import measurable_figures
from xushi.runtime.plans._order_figures import figures_of_orders
from xushi.runtime.plans._plant_time import plant_now_ns
from xushi.runtime.plans._promising import Futures, promise_of
from xushi.runtime.plans._records import changed, plan_of, require
from xushi.trust import OWN_HAND

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_PLAN = "plan"
_TITLE = {"en": "Rehearsal", "zh-CN": "预演"}
_LARGEST_RESULT = 64 * 1024


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
    promise: PlanPromise
    origin: PlanOrigin
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

    before = plan.content.origin or PlanOrigin(timeline=params.timeline, fork_ms=0.0)
    origin = msgspec.structs.replace(
        before, timeline=params.timeline, fork_ms=ahead.at_ns / 1e6, seed=params.seed,
        data_from_ms=ahead.start_ns / 1e6, data_until_ms=ahead.at_ns / 1e6,
    )  # fmt: skip
    effect = rehearse_ahead(context, plan.id, origin, ahead, params.replications)
    return Change(effects=(effect,), summary={**told(plan), "timeline": params.timeline, "at_ns": ahead.at_ns})


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
class Begun:
    """What a rehearsal starts from.

    Attributes:
        origin: the plant with its model and state.
        factors: the cycle-time factors that the model was made with, by machine.
        book, job_orders: what is wanted, and what the line's controller was told of it.
    """

    origin: foresight.Origin
    factors: Mapping[str, float]
    book: Book
    job_orders: tuple[JobOrder, ...]


@dataclass(frozen=True)
class Rehearsal:
    """Starts the job; the futures are run after the command is done.

    Attributes:
        origin: where it forks, before the model is known.
        horizon_s: how far it runs.
        fork: makes the model and its state.
    """

    platform: Platform
    plan: str
    origin: PlanOrigin
    horizon_s: float
    replications: int
    fork: Callable[[], Begun]
    by: str
    by_name: str

    def describe(self) -> dict[str, Any]:
        return {"kind": "rehearsal", "plan": self.plan, "timeline": self.origin.timeline}

    async def apply(self) -> dict[str, Any]:
        job = self.platform.jobs.start(_TITLE, self.by, self._work)
        return {**self.describe(), "job": job.id}

    async def _work(self, tell: Progress) -> dict[str, Any]:
        plan = plan_of(self.platform.store, self.plan)
        promise, origin, result = await take_turn(self.platform, tell, partial(self._rehearse, plan.content))
        if len(msgspec.json.encode(result)) > _LARGEST_RESULT:
            result = {}
        keep = KeepParams(self.plan, plan.digest, promise, origin, result, self.by, self.by_name)
        await self.platform.bus.run("plan.keep_rehearsal", keep, OWN_HAND)
        return {"plan": self.plan, **result}

    def _rehearse(
        self, content: PlanContent, progress: Callable[[float], None], cancellation: Any
    ) -> tuple[PlanPromise, PlanOrigin, dict[str, Any]]:  # fmt: skip
        start = self.fork()
        begun = start.origin
        effects = effects_of(
            self.platform, begun.plant, content.steps, start.factors, self.horizon_s, begun.at_ns
        )  # fmt: skip
        wanted_now = wanted_of(start.book, start.job_orders)
        names = [_PLAN, *(f"{_PLAN} {number}" for number in range(1, len(effects.stages)))]
        sequence = self._sequence(start, effects)
        stages = [
            Alternative(name, (*changes, *sequence)) for name, (_, changes) in zip(names, effects.stages, strict=True)
        ]
        models = make_alternatives(begun, stages)
        instants = [at_s for at_s, _ in effects.stages[1:]]
        # Both change at the same instants, the plant as it is to itself: so they go on sharing their chance.
        later = {
            NOW: [simulate.Stage(at_s=at_s, model=models[NOW]) for at_s in instants],
            _PLAN: [
                simulate.Stage(at_s=at_s, model=models[name]) for at_s, name in zip(instants, names[1:], strict=True)
            ],
        }
        experiment = simulate.Experiment(
            horizon_s=self.horizon_s, replications=self.replications, seed=self.origin.seed,
            sample_every_s=sampled_every_s(self.horizon_s) if wanted_now else None,
        )  # fmt: skip
        outcomes = simulate.run_alternatives(
            {name: models[name] for name in (NOW, _PLAN)}, experiment, begun.state, progress=progress,
            cancellation=cancellation, pool=self.platform.pool, later=later,
        )  # fmt: skip
        result = tell_comparison(begun, outcomes, self.horizon_s)
        origin = msgspec.structs.replace(
            self.origin, model_sha256=model_digest(begun.model), not_modelled=effects.not_modelled
        )  # fmt: skip
        orders = self._orders(start, effects, outcomes) if wanted_now else {}
        measurable = measurable_figures(self.platform, begun.plant)
        return promise_of(result, outcomes, _PLAN, self.horizon_s, orders, measurable), origin, result

    def _sequence(self, start: Begun, effects: Effects) -> tuple[ModelChange, ...]:
        """What the plan changes in what is made next, for all of its time: that is known from its start on."""
        book = book_after(self.platform, start.book, effects.commands)
        job_orders = job_orders_after(self.platform, start.job_orders, effects.commands)
        if (book, job_orders) == (start.book, start.job_orders):
            return ()
        return sequence_changes(start.origin, book, job_orders, self.platform.orders.is_told())

    def _orders(
        self, start: Begun, effects: Effects, outcomes: Mapping[str, simulate.Outcome]
    ) -> dict[str, tuple[Futures, Futures]]:  # fmt: skip
        """What is promised of orders: nothing where the plan is not about them."""
        book = book_after(self.platform, start.book, effects.commands)
        job_orders = job_orders_after(self.platform, start.job_orders, effects.commands)
        is_about = (book, job_orders) != (start.book, start.job_orders) or self.origin.contingency
        if not is_about:
            return {}
        wanted_now, wanted = wanted_of(start.book, start.job_orders), wanted_of(book, job_orders)
        return figures_of_orders(
            outcomes[NOW], outcomes[_PLAN], wanted_now, wanted, self.horizon_s, start.origin.state.calendar_s
        )


def rehearse_ahead(
    context: CommandContext, plan_id: str, origin: PlanOrigin, ahead: Ahead, replications: int,
    is_at_its_time: bool = False,
) -> Rehearsal:  # fmt: skip
    """The effect that rehearses a plan from an instant of a timeline; a breakdown that it answers is in force.

    Args:
        is_at_its_time: whether that is the instant at which the breakdown was rehearsed.
    """
    platform: Platform = context.services["platform"]

    def forked() -> Begun:
        plant, timeline = plant_of(platform), origin.timeline
        planned = planned_times(context.store)
        mix = platform.orders.mix(plant, timeline, ahead.at_ns)
        begun = fork(plant, platform.timelines.get(timeline), ahead.start_ns, ahead.at_ns, planned, mix)
        set_points = begun.set_points()
        begun = contingency_fork(platform, begun, origin.contingency, is_at_its_time)
        book = platform.orders.book_at(plant, timeline, ahead.at_ns)
        return Begun(begun, set_points, book, platform.orders.job_orders(timeline, ahead.at_ns))

    return Rehearsal(
        platform, plan_id, origin, ahead.horizon_s, replications, forked, context.actor.id, context.actor.name
    )  # fmt: skip


def rehearse_branch(context: CommandContext, plan_id: str, branch: Branch, replications: int) -> Rehearsal:
    """The effect that rehearses a new plan from the fork of its branch, as far as the branch runs."""
    platform: Platform = context.services["platform"]

    def forked() -> Begun:
        start = platform.branches.package(branch.id)
        return Begun(start, start.factors, start.book, start.job_orders)

    origin = PlanOrigin(
        timeline=branch.parent, fork_ms=branch.fork_ns / 1e6, branch=branch.id, seed=branch.seed,
        data_from_ms=branch.look_back_ns / 1e6, data_until_ms=branch.fork_ns / 1e6,
    )  # fmt: skip
    horizon_s = (branch.until_ns - branch.fork_ns) / 1e9
    return Rehearsal(
        platform, plan_id, origin, horizon_s, replications, forked, context.actor.id, context.actor.name
    )  # fmt: skip


def model_digest(model: simulate.Model) -> str:
    """SHA-256 (hex) of the canonical JSON of a model."""
    return hashlib.sha256(canonical_json(model)).hexdigest()
