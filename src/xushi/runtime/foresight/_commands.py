"""The commands of foresight: a forecast, and a comparison of alternatives; both run as jobs and change nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from xushi import simulate
from xushi.kernel import Change, Command, CommandContext, Progress, XushiError
from xushi.runtime._planned_times import planned_times
from xushi.runtime._report_orders import calendar_of
from xushi.runtime.foresight._change import in_zone
from xushi.runtime.foresight._compare import NOW, Alternative, Goal, Origin, run_comparison
from xushi.runtime.foresight._forecast import run_forecast
from xushi.runtime.foresight._fork import Fork, fork, need_engine
from xushi.runtime.foresight._plant import plant_of
from xushi.runtime.foresight._turn import take_turn

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_S = 1_000_000_000
_DAY_NS = 86_400 * _S
_MOST_HOURS = 250_000  # of all futures of a comparison; about half a minute on two processors
_LARGEST_SEED = 2**53 - 1  # what JSON carries everywhere
_SHORTEST_NS = 600 * _S  # a shift that ends sooner is not worth a forecast; the next one is then looked at as well


class AheadParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From where to run ahead, how far and how often.

    Attributes:
        timeline: which one to fork.
        at_ms: the instant, ms since 1970; now (or the end of a recording) when left out.
        hours: how far; to the end of the shift when left out.
        look_back_hours: how much of the past is used to estimate times and failures.
    """

    timeline: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] = "live"
    at_ms: float | None = None
    hours: Annotated[float, msgspec.Meta(gt=0, le=168)] | None = None
    look_back_hours: Annotated[float, msgspec.Meta(gt=0, le=168)] = 8.0
    seed: Annotated[int, msgspec.Meta(ge=0, le=_LARGEST_SEED)] = 1


_BranchId = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class ForecastParams(AheadParams, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A forecast: `replications` futures."""

    hours: Annotated[float, msgspec.Meta(gt=0, le=24)] | None = None
    replications: Annotated[int, msgspec.Meta(ge=10, le=300)] = 100


class CompareParams(AheadParams, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A comparison: `replications` futures of each alternative; `now` stands for no change and is always among them.

    Attributes:
        branches: ids of branches of one fork, compared from there by their titles; `timeline` and `at_ms` do not count
            then, and without `hours` they run as far as the first.
        hours: all futures together may be 250,000 hours long.
        judge_by: what the best is best in: most good parts, least weighted lateness of the orders, or least energy.
            Left out, lateness judges where it tells alternatives apart, else output.
    """

    alternatives: Annotated[tuple[Alternative, ...], msgspec.Meta(max_length=200)] = ()
    branches: Annotated[tuple[_BranchId, ...], msgspec.Meta(max_length=50)] = ()
    replications: Annotated[int, msgspec.Meta(ge=10, le=1_000)] = 30
    judge_by: Goal | None = None


def foresight_commands() -> list[Command]:
    """The commands of this room."""
    return [
        Command(
            "foresight.forecast", ForecastParams, "view",
            {"en": "Forecast the shift", "zh-CN": "预报本班"},
            {"en": "Runs the plant ahead from its present or any past state: output, levels, warnings, with intervals.",
             "zh-CN": "从当前或任一过去状态起向前推演工厂：给出产量、库存、预警及其区间。"},
            _prepare_forecast, is_undoable=False,
        ),
        Command(
            "foresight.compare", CompareParams, "view",
            {"en": "Compare alternatives", "zh-CN": "比较方案"},
            {"en": "Runs alternatives ahead from the same state and the same chance, and tells winners from noise.",
             "zh-CN": "从同一状态、用相同随机数推演各方案，区分真实差异与噪声。"},
            _prepare_compare, is_undoable=False,
        ),
    ]  # fmt: skip


def _prepare_forecast(context: CommandContext, params: ForecastParams) -> Change:
    return _start(context, params, _FORECAST, _forecast)


def _prepare_compare(context: CommandContext, params: CompareParams) -> Change:
    platform: Platform = context.services["platform"]
    branches = [platform.branches.get(one) for one in params.branches]
    names = [*(one.name for one in params.alternatives), *(one.title for one in branches)]
    if not names:
        raise XushiError("runtime.nothing_to_compare")
    for name in names:
        if names.count(name) > 1 or name == "now":
            raise XushiError("runtime.alternative_taken", name=name)
    for one in branches[1:]:
        if (one.fork_ns, one.parent, one.before) != (branches[0].fork_ns, branches[0].parent, branches[0].before):
            raise XushiError("runtime.branches_apart", one=branches[0].title, other=one.title)
    if not branches:
        _check_length(len(names), params, times_of(platform, params))
        return _start(context, params, _COMPARISON, _compare)
    need_engine()
    platform.foresight_turns.check()
    first = branches[0]
    until_ns = first.until_ns if params.hours is None else first.fork_ns + int(params.hours * 3600 * _S)
    ahead = Ahead(first.look_back_ns, first.fork_ns, until_ns, None)
    _check_length(len(names), params, ahead)
    summary = {"branches": list(params.branches), "at_ns": ahead.at_ns, "until_ns": ahead.until_ns}
    start = _Start(platform, params, ahead, _COMPARISON, context.actor.id, _compare)
    return Change(effects=(start,), summary=summary)


def _check_length(count: int, params: CompareParams, ahead: Ahead) -> None:
    hours = (count + 1) * params.replications * ahead.horizon_s / 3600
    if hours > _MOST_HOURS:
        raise XushiError("runtime.comparison_too_long", hours=round(hours), limit=_MOST_HOURS)


_FORECAST = {"en": "Forecast", "zh-CN": "预报"}
_COMPARISON = {"en": "Comparison of alternatives", "zh-CN": "方案比较"}


class Ahead(msgspec.Struct, frozen=True):
    """Times of one run, ns since 1970."""

    start_ns: int
    at_ns: int
    until_ns: int
    shift_start_ns: int | None

    @property
    def horizon_s(self) -> float:
        """How far it runs ahead."""
        return (self.until_ns - self.at_ns) / _S


def _start(context: CommandContext, params: AheadParams, title: dict[str, str], run: _Run) -> Change:
    need_engine()
    platform: Platform = context.services["platform"]
    platform.foresight_turns.check()
    ahead = times_of(platform, params)
    summary = {"timeline": params.timeline, "at_ns": ahead.at_ns, "until_ns": ahead.until_ns}
    return Change(effects=(_Start(platform, params, ahead, title, context.actor.id, run),), summary=summary)


def times_of(platform: Platform, params: AheadParams) -> Ahead:
    """Where a run forks, from when on the past is looked at, and where it ends.

    Raises:
        XushiError: `runtime.timeline_unknown`, `runtime.forecast_time_wrong`.
    """
    _, first_ns, last_ns = platform.timelines.span(params.timeline)
    at_ns = last_ns if params.at_ms is None else int(params.at_ms * 1e6)
    if not first_ns < at_ns <= last_ns:
        raise XushiError("runtime.forecast_time_wrong")
    spans = calendar_of(platform.store).spans(at_ns - _DAY_NS, at_ns + 2 * _DAY_NS)
    shift_start_ns = next((one.start_ns for one in spans if one.start_ns <= at_ns < one.end_ns), None)
    if params.hours is not None:
        until_ns = at_ns + int(params.hours * 3600 * _S)
    else:
        until_ns = next((one.end_ns for one in spans if one.end_ns > at_ns + _SHORTEST_NS), at_ns + 8 * 3600 * _S)
    start_ns = max(first_ns, at_ns - int(params.look_back_hours * 3600 * _S))
    return Ahead(start_ns, at_ns, until_ns, shift_start_ns)


@dataclass(frozen=True)
class _Start:
    """Starts the job; the futures are run after the command is done."""

    platform: Platform
    params: AheadParams
    ahead: Ahead
    title: dict[str, str]
    owner: str
    run: _Run

    def describe(self) -> dict[str, Any]:
        return {"kind": "foresight", "timeline": self.params.timeline, "until_ns": self.ahead.until_ns}

    async def apply(self) -> dict[str, Any]:
        job = self.platform.jobs.start(self.title, self.owner, self._work)
        return {**self.describe(), "job": job.id}

    async def _work(self, told: Progress) -> dict[str, Any]:
        branches: tuple[str, ...] = getattr(self.params, "branches", ())
        plant = plant_of(self.platform)

        def work(progress: Callable[[float], None], cancellation: Any) -> dict[str, Any]:
            begun: Origin
            if branches:
                begun = self.platform.branches.package(branches[0])
            else:
                timeline = self.platform.timelines.get(self.params.timeline)
                planned = planned_times(self.platform.store)
                mix = self.platform.orders.mix(plant, self.params.timeline, self.ahead.at_ns)
                begun = fork(plant, timeline, self.ahead.start_ns, self.ahead.at_ns, planned, mix)
            cancellation.check()
            return self.run(self, begun, progress, cancellation)

        return await take_turn(self.platform, told, work)


_Run = Callable[[_Start, Any, Callable[[float], None], Any], dict[str, Any]]


def _forecast(start: _Start, begun: Fork, progress: Callable[[float], None], cancellation: Any) -> dict[str, Any]:
    params: Any = start.params
    return forecast_of(start.platform, begun, params, start.ahead, start.platform.pool, progress, cancellation)


def forecast_of(
    platform: Platform, begun: Fork, params: ForecastParams, ahead: Ahead, pool: simulate.Pool,
    progress: Callable[[float], None] | None = None, cancellation: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """Run the futures of a fork with the platform's order book and the cycle times of its KPIs.

    Raises:
        XushiError: as `run_forecast`.
    """
    definitions = platform.monitor.kpis.values()
    by_shell = {one.shell: one.cycle_s for one in definitions if one.shell and one.cycle_s}
    planned = {node.id: by_shell[node.shell] for node in begun.plant.machines() if node.shell in by_shell}
    return run_forecast(
        begun, ahead.horizon_s, params.replications, params.seed, planned, ahead.shift_start_ns, progress,
        cancellation, orders=platform.orders.wanted(begun.plant, params.timeline, ahead.at_ns), pool=pool,
    )  # fmt: skip


def _compare(start: _Start, begun: Origin, progress: Callable[[float], None], cancellation: Any) -> dict[str, Any]:
    params: Any = start.params
    desk = start.platform.branches
    branches = [desk.get(one) for one in params.branches]
    orders = {NOW: start.platform.orders.wanted(begun.plant, params.timeline, start.ahead.at_ns)}
    if branches:
        first = desk.package(branches[0].id)
        orders = {one.title: desk.wanted(one, first) for one in branches} | {NOW: desk.wanted(None, first)}
    zone = calendar_of(start.platform.store).zone
    given = [Alternative(one.name, in_zone(one.changes, zone)) for one in params.alternatives]
    alternatives = [*given, *(Alternative(one.title, one.changes()) for one in branches)]
    return run_comparison(
        begun, alternatives, start.ahead.horizon_s, params.replications, params.seed, progress, cancellation,
        pool=start.platform.pool, orders=orders, judge_by=params.judge_by,
    )  # fmt: skip
