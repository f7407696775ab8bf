"""Puts the promise of a plan beside what happened, out of the history, by itself once the span is over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from xushi.kernel import OWN_RIGHT, Actor, Change, Command, CommandContext, Progress, XushiError
from xushi.runtime.branches import find_roles
from xushi.runtime.foresight import Node, Plant, last_machines, plant_of, read_machine
from xushi.runtime.plans._commands import PlanId, PlanParams, told
from xushi.runtime.plans._content import PromisedFigure
from xushi.runtime.plans._order_figures import happened_to_orders
from xushi.runtime.plans._plant_time import plant_now_ns
from xushi.runtime.plans._promising import MEASURABLE, is_less_better
from xushi.runtime.plans._records import Measured, Measurement, Plan, changed, plan_of, plans
from xushi.signals import Timeline

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

log = logging.getLogger("xushi.runtime")

_NS = 1_000_000_000
_LOOK_S = 20.0
_BEFORE_NS = 3_600 * _NS  # a part that leaves within the span must have been seen coming
_TITLE = {"en": "Promise and what happened", "zh-CN": "承诺与实际"}


class KeepParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a promise came to: the platform's own note."""

    plan: PlanId
    measurement: Measurement


def measure_commands() -> list[Command]:
    """The commands of this file."""
    return [
        Command(
            "plan.measure", PlanParams, "view",
            {"en": "Measure the promise", "zh-CN": "核对承诺"},
            {"en": "Puts what happened since the plan was executed beside what it promised.",
             "zh-CN": "将计划执行以来的实际情况与其承诺并列。"},
            _prepare_measure, is_undoable=False,
        ),
        Command(
            "plan.keep_measurement", KeepParams, OWN_RIGHT,
            {"en": "Keep what a promise came to", "zh-CN": "保存承诺的结果"},
            {"en": "The platform's own note of promise and outcome.", "zh-CN": "平台对承诺与结果的记录。"},
            _prepare_keep, is_undoable=False,
        ),
    ]  # fmt: skip


def _prepare_measure(context: CommandContext, params: PlanParams) -> Change:
    platform: Platform = context.services["platform"]
    plan = plan_of(context.store, params.plan)
    if plan.run is None or plan.content.promise is None:
        raise XushiError("runtime.plan_not_measurable", plan=plan.content.title)
    return Change(effects=(_Start(platform, plan.id, context.actor.id),), summary=told(plan))


def _prepare_keep(context: CommandContext, params: KeepParams) -> Change:
    plan = plan_of(context.store, params.plan)
    after = msgspec.structs.replace(plan, measurement=params.measurement)
    summary = {**told(plan), "promise": params.measurement.state}
    return Change(diff=changed(context.store, after), summary=summary)


@dataclass(frozen=True)
class _Start:
    """Starts the job; the history is read after the command is done."""

    platform: Platform
    plan: str
    owner: str

    def describe(self) -> dict[str, Any]:
        return {"kind": "measurement", "plan": self.plan}

    async def apply(self) -> dict[str, Any]:
        job = self.platform.jobs.start(_TITLE, self.owner, self._work)
        return {**self.describe(), "job": job.id}

    async def _work(self, tell: Progress) -> dict[str, Any]:
        found = await self.platform.plans.measure(self.plan)
        plain: dict[str, Any] = msgspec.to_builtins(found)
        return plain


class Measurer:
    """Measures a plan when it is asked to, and each executed plan once its span is over."""

    def __init__(self, platform: Platform, own_hand: Actor) -> None:
        self._platform = platform
        self._own_hand = own_hand
        self._turn = asyncio.Semaphore(1)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for spans that are over; needs a running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._look())

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def measure(self, plan_id: str) -> Measurement:
        """Measure a plan and keep the result.

        Raises:
            XushiError: `runtime.plan_unknown`, `runtime.plan_not_measurable`.
        """
        async with self._turn:
            plan = plan_of(self._platform.store, plan_id)
            found = await asyncio.to_thread(measure, self._platform, plan)
            params = {"plan": plan_id, "measurement": msgspec.to_builtins(found)}
            await self._platform.bus.run("plan.keep_measurement", params, self._own_hand)
            return found

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            for plan in plans(self._platform.store):
                if not self._may_be_due(plan) or not await asyncio.to_thread(self._is_over, plan):
                    continue
                try:
                    await self.measure(plan.id)
                except XushiError as error:
                    log.warning("a plan could not be measured: %s", error)

    @staticmethod
    def _may_be_due(plan: Plan) -> bool:
        is_open = plan.measurement is None or plan.measurement.state == "not_yet"
        return plan.state == "done" and is_open

    def _is_over(self, plan: Plan) -> bool:
        if plan.run is None or plan.content.promise is None:
            return False
        until_ns = plan.run.plant_ns + int(plan.content.promise.span_s * _NS)
        return plant_now_ns(self._platform) >= until_ns


def measure(platform: Platform, plan: Plan) -> Measurement:
    """Read what happened in the span of a plan's promise, so far as it is over.

    Raises:
        XushiError: `runtime.plan_not_measurable`.
    """
    run, promise = plan.run, plan.content.promise
    if run is None or promise is None:
        raise XushiError("runtime.plan_not_measurable", plan=plan.content.title)
    plant = plant_of(platform)
    until_ns = run.plant_ns + int(promise.span_s * _NS)
    now_ns = plant_now_ns(platform, plant)
    end_ns = min(until_ns, now_ns)
    timeline = platform.timelines.get("live")
    happened = _happened(platform, timeline, plant, run.plant_ns, end_ns)
    late: frozenset[str] = frozenset()
    if run.book is not None and end_ns > run.plant_ns:
        told, late = happened_to_orders(run.book, plant, timeline, run.plant_ns, end_ns)
        has_gap = any(
            _has_gap(timeline, node.signals.get("CurrentPart"), run.plant_ns, end_ns) for node in last_machines(plant)
        )
        happened |= {} if has_gap else told
    figures = tuple(
        _compared(one, happened.get(one.id), now_ns >= until_ns, one.id in late) for one in promise.figures
    )  # fmt: skip
    return Measurement(
        at_ns=platform.clock.now_ns(), from_ns=run.plant_ns, until_ns=until_ns, state=_of_all(figures),
        figures=figures,
    )  # fmt: skip


def _of_all(figures: Sequence[Measured]) -> Any:
    """A promise is broken where one figure is, and kept only where all of them are known to be."""
    states = {one.state for one in figures}
    return next((one for one in ("not_yet", "broken", "unknown") if one in states), "kept" if states else "unknown")


def _compared(promised: PromisedFigure, happened: float | None, is_over: bool, is_least: bool) -> Measured:
    """A figure is kept where it lies in its band, or beyond it on the better side.

    Of what was to be over within the span and is not, only the least is known: it is broken.
    """
    low, high = promised.band_low, promised.band_high
    state: Any = "kept"
    if not is_over:
        state = "not_yet"
    elif happened is None or low is None or high is None:
        state = "unknown"
    elif is_least or (happened > high if is_less_better(promised.id) else happened < low):
        state = "broken"
    return Measured(id=promised.id, happened=happened, state=state, is_least=is_least)


def _happened(
    platform: Platform, timeline: Timeline, plant: Plant, start_ns: int, end_ns: int
) -> dict[str, float | None]:
    """What the history tells of the promised figures; None where its records have gaps."""
    if end_ns <= start_ns:
        return {}
    energy = _energy(platform, timeline, plant, start_ns, end_ns)
    ends = [node for node in plant.nodes.values() if not plant.out_of(node.id)]
    counts = [_left(timeline, plant, node, start_ns, end_ns) for node in ends]
    known = [one for one in counts if one is not None]
    good = float(sum(known)) if known and len(known) == len(counts) else None
    per_h = None if good is None else good / ((end_ns - start_ns) / _NS / 3600.0)
    return {"plant.good": good, "plant.throughput_per_h": per_h, "plant.energy_kwh": energy}


def measurable_figures(platform: Platform, plant: Plant) -> tuple[str, ...]:
    """The figures of which the history can tell what happened: of energy, where every machine has a meter."""
    roles = find_roles(platform, plant)
    has_meters = all(roles[node.id].get("Energy") for node in plant.machines())
    return tuple(one for one in MEASURABLE if has_meters or one != "plant.energy_kwh")


def _energy(platform: Platform, timeline: Timeline, plant: Plant, start_ns: int, end_ns: int) -> float | None:
    """What the meters of all machines counted, kW h; None where one of them has none, or a gap."""
    roles = find_roles(platform, plant)
    total = 0.0
    for node in plant.machines():
        key = roles[node.id].get("Energy")
        if _has_gap(timeline, key, start_ns, end_ns) or key is None:
            return None
        first, last = (_value(timeline, key, at_ns) for at_ns in (start_ns, end_ns))
        total += last - first
    return total


def _value(timeline: Timeline, key: str, at_ns: int) -> float:
    rows = timeline.snapshot(at_ns, [timeline.registry.handle(key)]).rows(timeline.registry)
    return next((float(value) for _, _, value, _ in rows if value is not None), 0.0)


def _left(timeline: Timeline, plant: Plant, node: Node, start_ns: int, end_ns: int) -> int | None:
    """How many parts left a node at the end of the line: by the falls of its level, or by its parts."""
    if not node.is_buffer:
        if _has_gap(timeline, node.signals.get("CurrentPart"), start_ns, end_ns):
            return None
        record = read_machine(timeline, node, start_ns - _BEFORE_NS, end_ns)
        left = zip(record.left_ns, record.left_pieces, strict=True)
        return sum(plant.pieces_on(node.id, pieces) for at_ns, pieces in left if at_ns >= start_ns)
    key = node.signals.get("Level")
    if _has_gap(timeline, key, start_ns, end_ns) or key is None:
        return None
    handle = timeline.registry.handle(key)
    kind = timeline.registry.get(handle).kind
    (first,) = (value for _, _, value, _ in timeline.snapshot(start_ns, [handle]).rows(timeline.registry))
    levels = [np.asarray([first], np.float64)]
    levels += [piece.numbers(kind) for piece in timeline.pieces(handle, start_ns + 1, end_ns)]
    falls = np.diff(np.concatenate(levels))
    return int(-falls[falls < 0].sum())


def _has_gap(timeline: Timeline, key: str | None, start_ns: int, end_ns: int) -> bool:
    """Whether a signal was not recorded all the time."""
    if key is None or key not in timeline.registry:
        return True
    handle = timeline.registry.handle(key)
    rows = list(timeline.snapshot(start_ns, [handle]).rows(timeline.registry))
    if not rows or rows[0][2] is None:
        return True
    return any(
        bool(np.any(piece.qualities >= 0x8000_0000)) for piece in timeline.pieces(handle, start_ns + 1, end_ns)
    )  # fmt: skip
