"""The schedule in force: made by a job from the order book, moved, frozen and repaired by commands; a record."""

from __future__ import annotations

import asyncio
import importlib.util
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from xushi import schedule
from xushi.kernel import (
    Actor,
    Change,
    Command,
    CommandContext,
    Diff,
    Progress,
    Record,
    RecordStore,
    Text,
    XushiError,
    diff_key,
)
from xushi.runtime._report_orders import calendar_of
from xushi.runtime.orders._book import LATEST_MS, Book, Instant, read_book
from xushi.runtime.orders._placing import Wish, before_of, drawn_together, one_behind_the_other, place
from xushi.runtime.orders._problem import Lot, Plan, make_plan
from xushi.runtime.orders._requirements import MOST_PERIODS
from xushi.schedule import Assignment, Frozen, Problem, value_of
from xushi.schedule import Schedule as Answer

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

KIND, CURRENT = "production_schedule", "current"
RIGHT = "twin:write"
_S = 1_000_000_000
_MOST_MOVED = 4_000
_REPAIR_S = 0.3
_WAITS: dict[str, Text] = {
    "now": {"en": "the present", "zh-CN": "当前时刻"},
    "release": {"en": "the earliest start of its order", "zh-CN": "订单的最早开始时间"},
    "material": {"en": "material", "zh-CN": "物料"},
}
_Operation = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
_Machine = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A schedule as it is kept.

    Attributes:
        value_s, bound_s: of the objective, as `schedule.Schedule` says.
        frozen_until_ns: what begins before stays as it is.
        data_from_ns: since when the records were used that times come from, until it was made; 0 where nobody noted it.
    """

    plan: Plan
    assignments: tuple[Assignment, ...]
    value_s: int
    bound_s: int | None
    engine: str
    made_ns: int
    made_by: str
    frozen_until_ns: int = 0
    data_from_ns: int = 0

    def frozen(self, now_ns: int) -> tuple[Frozen, ...]:
        """What has begun, or begins within the frozen zone."""
        until_s = (max(now_ns, self.frozen_until_ns) - self.plan.start_ns) / _S
        return tuple(
            Frozen(operation=one.operation, resource=one.resource, start_s=one.start_s, end_s=one.end_s)
            for one in self.assignments
            if one.start_s < until_s
        )


class MakeParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How to look for a schedule.

    Attributes:
        limit_s: seconds to search.
        lot_size: pieces that go from station to station together; 0 chooses.
        keep_sequence: begin the orders in the sequence of the book.
    """

    limit_s: Annotated[float, msgspec.Meta(ge=1, le=300)] = 10.0
    lot_size: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    keep_sequence: bool = False
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 1


class KeepParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A schedule that was found, by its name: the end of the job of schedule.make."""

    found: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class MoveParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A bar to move: its operations, where they are to begin (ms since 1970), and on which machine if another one."""

    operations: Annotated[tuple[_Operation, ...], msgspec.Meta(min_length=1, max_length=_MOST_MOVED)]
    start_ms: Instant
    machine: _Machine | None = None


class FreezeParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Until when nothing is to be moved any more, ms since 1970; an instant of the past ends the frozen zone."""

    until_ms: Annotated[float, msgspec.Meta(ge=0, le=LATEST_MS)]


class RepairParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The machine that stands, and how long it is likely to."""

    machine: _Machine
    minutes: Annotated[float, msgspec.Meta(gt=0, le=7 * 24 * 60)]


def schedule_commands() -> list[Command]:
    """The commands of the schedule."""
    return [
        Command(
            "schedule.make", MakeParams, RIGHT,
            {"en": "Make a schedule", "zh-CN": "排产"},
            {"en": "Schedules all open orders on the stations: set-ups, shifts, planned stops, material, due dates.",
             "zh-CN": "将所有未完成订单排到各工位：考虑换型、班次、计划停机、运输、物料和交期。"},
            _prepare_make, is_undoable=False,
        ),
        Command(
            "schedule.keep", KeepParams, RIGHT,
            {"en": "Keep a schedule", "zh-CN": "采用排程"},
            {"en": "Puts a found schedule in force.", "zh-CN": "使找到的排程生效。"},
            _prepare_keep,
        ),
        Command(
            "schedule.move", MoveParams, RIGHT,
            {"en": "Move in the schedule", "zh-CN": "移动工序"},
            {"en": "Moves work to another time or machine; what follows is shifted, what is impossible refused.",
             "zh-CN": "将工序移到其他时间或设备；后续工序顺延，不可行则拒绝。"},
            _prepare_move,
        ),
        Command(
            "schedule.freeze", FreezeParams, RIGHT,
            {"en": "Freeze the schedule", "zh-CN": "冻结排程"},
            {"en": "Keeps what begins before an instant as it is.", "zh-CN": "在某时刻之前开始的工序保持不变。"},
            _prepare_freeze,
        ),
        Command(
            "schedule.repair", RepairParams, RIGHT,
            {"en": "Repair the schedule", "zh-CN": "修复排程"},
            {"en": "Plans anew at once when a machine stands: what has begun stays.",
             "zh-CN": "设备停机时立即重排：已开始的工序不变。"},
            _prepare_repair,
        ),
    ]  # fmt: skip


def need_solver() -> None:
    """Refuse where the extra is not installed, before anything is begun.

    Raises:
        XushiError: `schedule.extra_missing`.
    """
    for package in ("numba", "ortools"):
        if importlib.util.find_spec(package) is None:
            raise XushiError("schedule.extra_missing", package=package)


def read_schedule(store: RecordStore) -> Kept | None:
    """The schedule in force."""
    record = store.get(KIND, CURRENT)
    return None if record is None else msgspec.convert(record, Kept)


def required_schedule(store: RecordStore) -> Kept:
    """The schedule in force.

    Raises:
        XushiError: `runtime.schedule_none`.
    """
    kept = read_schedule(store)
    if kept is None:
        raise XushiError("runtime.schedule_none")
    return kept


def _put(store: RecordStore, kept: Kept) -> Diff:
    key = diff_key(KIND, CURRENT)
    before = store.get(KIND, CURRENT)
    after: Record = msgspec.json.decode(msgspec.json.encode(kept))
    if before is None:
        return Diff(added={key: after})
    return Diff(updated={key: (before, after)}) if before != after else Diff()


def _summary(kept: Kept) -> dict[str, Any]:
    return {"operations": len(kept.assignments), "value_s": kept.value_s, "bound_s": kept.bound_s}


# ---- making
def plan_now(platform: Platform, now_ns: int, lot_size: int = 0, keep_sequence: bool = False) -> Plan:
    """Return the problem of the order book at this instant.

    Raises:
        XushiError: `runtime.schedule_nothing`, `runtime.forecast_no_plant`, `runtime.forecast_blind`.
    """
    book = read_book(platform.store)
    if not book.orders:
        raise XushiError("runtime.schedule_nothing")
    shop, stops = platform.orders.shop(now_ns)
    kept = read_schedule(platform.store)
    is_frozen = kept is not None and kept.frozen_until_ns > now_ns
    return make_plan(
        shop, book, platform.orders.done(now_ns), platform.orders.materials(), calendar_of(platform.store), stops,
        now_ns, coming=platform.orders.material_run(now_ns, _period_h(book, now_ns)).coming(), lot_size=lot_size,
        keep_sequence=keep_sequence,
        kept=kept.plan if kept is not None and is_frozen else None,
        frozen=kept.frozen(now_ns) if kept is not None and is_frozen else (),
    )  # fmt: skip


def _period_h(book: Book, now_ns: int) -> float:
    """As fine as the requirements of a book can be told, in half hours."""
    dues_h = [(order.due_ms - now_ns / 1e6) / 3.6e6 for order in book.orders if order.due_ms is not None]
    return max(1, math.ceil(2 * max(dues_h, default=0.0) / (MOST_PERIODS - 1))) / 2


def _prepare_make(context: CommandContext, params: MakeParams) -> Change:
    need_solver()
    platform: Platform = context.services["platform"]
    if not read_book(context.store).orders:
        raise XushiError("runtime.schedule_nothing")
    return Change(effects=(_Make(platform, params, context.actor),), summary={"limit_s": params.limit_s})


@dataclass(frozen=True)
class _Make:
    """Starts the job; the search goes on after the command is done."""

    platform: Platform
    params: MakeParams
    actor: Actor

    def describe(self) -> dict[str, Any]:
        return {"kind": "schedule", "limit_s": self.params.limit_s}

    async def apply(self) -> dict[str, Any]:
        title = {"en": "Schedule", "zh-CN": "排产"}
        job = self.platform.jobs.start(title, self.actor.id, self._work)
        return {**self.describe(), "job": job.id}

    async def _work(self, told: Progress) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        async with self.platform.orders.turn:
            cancellation = schedule.Cancellation()
            began = loop.time()
            best: list[int] = []

            def better(value_s: int) -> None:
                best[:] = [value_s]

            thread = asyncio.ensure_future(asyncio.to_thread(self._search, better, cancellation))
            try:
                while not thread.done():
                    told((loop.time() - began) / (self.params.limit_s + 3), f"{best[0]} s" if best else "…")
                    await asyncio.wait([thread], timeout=0.3)
                kept = thread.result()
            except asyncio.CancelledError:
                cancellation.cancel()
                await asyncio.wait([thread])
                thread.exception()
                raise
            name = self.platform.orders.keep(kept)
            outcome = await self.platform.bus.run("schedule.keep", {"found": name}, self.actor)
            return {**_summary(kept), "command_id": outcome.command_id}

    def _search(self, better: Callable[[int], None], cancellation: Any) -> Kept:
        params, now_ns = self.params, self.platform.clock.now_ns()
        plan = plan_now(self.platform, now_ns, params.lot_size, params.keep_sequence)
        found = schedule.solve(
            plan.problem, params.limit_s, seed=params.seed, progress=better, cancellation=cancellation
        )
        kept = read_schedule(self.platform.store)
        until_ns = kept.frozen_until_ns if kept is not None and kept.frozen_until_ns > now_ns else 0
        made = settled(plan, found, now_ns, self.actor.name, until_ns)
        return msgspec.structs.replace(made, data_from_ns=self.platform.orders.records_from_ns(now_ns))


def settled(plan: Plan, found: Answer, now_ns: int, made_by: str, frozen_until_ns: int = 0) -> Kept:
    """Return a found schedule ready to be kept.

    Of what is as good by the objective, the one is taken that is done soonest: the found one drawn together, or its
    lots one behind the other, in the sequence found or by due date.
    """
    problem = plan.problem
    begins = {one.operation: one.start_s for one in found.assignments}
    by_start = sorted(problem.jobs, key=lambda job: begins[job.operations[-1].id])
    by_due = sorted(by_start, key=lambda job: math.inf if job.due_s is None else job.due_s)
    options = [list(found.assignments), drawn_together(problem, found.assignments)]
    options += [one_behind_the_other(problem, [job.id for job in jobs]) for jobs in (by_start, by_due)]
    values = [value_of(problem, option) for option in options]
    best = min(range(len(options)), key=lambda at: (values[at], sum(one.end_s for one in options[at])))
    assignments, value_s = options[best], values[best]
    return Kept(
        plan=plan, assignments=tuple(assignments), value_s=value_s, bound_s=found.bound_s, engine=found.engine,
        made_ns=now_ns, made_by=made_by, frozen_until_ns=frozen_until_ns,
    )  # fmt: skip


def _prepare_keep(context: CommandContext, params: KeepParams) -> Change:
    platform: Platform = context.services["platform"]
    kept: Kept | None = platform.orders.found(params.found)
    if kept is None:
        raise XushiError("runtime.schedule_found_unknown", found=params.found)
    return Change(diff=_put(context.store, kept), summary=_summary(kept))


# ---- moving
def moved(kept: Kept, params: MoveParams, now_ns: int) -> Kept:
    """Return the schedule with some operations where they are wanted and their followers shifted as far as needed.

    Raises:
        XushiError: `runtime.move_unknown`, `runtime.move_frozen`, `runtime.move_machine_wrong`,
            `runtime.move_too_early` with what it has to wait for, `runtime.move_closed`.
    """
    frozen = kept.frozen(now_ns)
    base_ns = kept.plan.start_ns
    now_s = max(kept.plan.problem.start_s, math.ceil((now_ns - base_ns) / _S))
    problem = msgspec.structs.replace(kept.plan.problem, frozen=frozen, start_s=now_s)
    at = {one.operation: one for one in kept.assignments}
    facts = {one.operation for one in frozen}
    for name in params.operations:
        if name not in at:
            raise XushiError("runtime.move_unknown", operation=name)
        if name in facts:
            raise XushiError("runtime.move_frozen", operation=_bar_words(kept.plan, at[name]))
    wishes = {name: Wish(one.resource, one.start_s) for name, one in at.items() if name not in facts}
    wanted_s = round((params.start_ms * 1e6 - base_ns) / _S)
    choices = {one.id: one for job in problem.jobs for one in job.operations}
    following_s = wanted_s
    bar = sorted(dict.fromkeys(params.operations), key=lambda name: at[name].start_s)
    for name in bar:
        resource = params.machine or at[name].resource
        length = next((one.duration_s for one in choices[name].choices if one.resource == resource), None)
        if length is None:
            known = ", ".join(one.resource for one in choices[name].choices)
            bar_words = _bar_words(kept.plan, at[name])
            raise XushiError("runtime.move_machine_wrong", operation=bar_words, machine=resource, known=known)
        wishes[name] = Wish(resource, following_s)
        following_s += length
    _check_wish(kept.plan, problem, at, bar[0], wishes[bar[0]])
    assignments = tuple(place(problem, wishes))
    plan = msgspec.structs.replace(kept.plan, problem=problem)
    return msgspec.structs.replace(kept, plan=plan, assignments=assignments, value_s=value_of(problem, assignments))


def _bar_words(plan: Plan, assignment: Assignment) -> Text:
    """How the chart calls a bar: its order and its machine."""
    order, machine = lots_of(plan)[assignment.operation].order, assignment.resource
    return {"en": f"{order} on {machine}", "zh-CN": f"{machine} 上的 {order}"}


def _check_wish(plan: Plan, problem: Problem, at: dict[str, Assignment], name: str, wish: Wish) -> None:
    """Refuse a start that material, release, the step before or the calendar forbids, and say which."""
    job, operation = next((job, one) for job in problem.jobs for one in job.operations if one.id == name)
    travel = {(one.start, one.end): one.duration_s for one in problem.transports}
    limits: list[tuple[int, str | Text]] = [
        (problem.start_s, _WAITS["now"]), (job.release_s, _WAITS["release"]), (operation.material_s, _WAITS["material"])
    ]  # fmt: skip
    limits += [
        (at[one].end_s + travel.get((at[one].resource, wish.resource), 0), at[one].resource)
        for one in before_of(problem)[name]
    ]  # fmt: skip
    earliest_s, why = max(limits, key=lambda one: one[0])
    if wish.start_s < earliest_s:
        raise XushiError(
            "runtime.move_too_early", operation=_bar_words(plan, at[name]),
            earliest_ms=plan.start_ns / 1e6 + earliest_s * 1e3,
            minutes=math.ceil((earliest_s - wish.start_s) / 60), why=why,
        )  # fmt: skip
    length = next(one.duration_s for one in operation.choices if one.resource == wish.resource)
    resource = next(one for one in problem.resources if one.id == wish.resource)
    if any(one.start_s < wish.start_s + length and one.end_s > wish.start_s for one in resource.closed):
        raise XushiError("runtime.move_closed", operation=_bar_words(plan, at[name]), machine=wish.resource)


def _prepare_move(context: CommandContext, params: MoveParams) -> Change:
    kept = required_schedule(context.store)
    after = moved(kept, params, context.clock.now_ns())
    before = {one.operation: one for one in kept.assignments}
    shifted = sum(before[one.operation] != one for one in after.assignments) - len(set(params.operations))
    return Change(diff=_put(context.store, after), summary={**_summary(after), "shifted": max(0, shifted)})


def _prepare_freeze(context: CommandContext, params: FreezeParams) -> Change:
    kept = required_schedule(context.store)
    after = msgspec.structs.replace(kept, frozen_until_ns=round(params.until_ms) * 1_000_000)
    return Change(diff=_put(context.store, after), summary={"until_ms": params.until_ms})


def repaired(kept: Kept, machine: str, minutes: float, now_ns: int) -> Kept:
    """Return the schedule planned anew round a machine that stands from now on.

    Raises:
        XushiError: `runtime.schedule_machine_unknown`, and what `schedule.repair` refuses.
    """
    problem, base_ns = kept.plan.problem, kept.plan.start_ns
    known = [one.id for one in problem.resources]
    if machine not in known:
        raise XushiError("runtime.schedule_machine_unknown", machine=machine, known=", ".join(known))
    now_s = max(problem.start_s, math.ceil((now_ns - base_ns) / _S))
    breakdown = schedule.Breakdown(resource=machine, start_s=now_s, end_s=now_s + max(1, round(minutes * 60)))
    until_s = max(now_s, math.ceil((kept.frozen_until_ns - base_ns) / _S))
    running = Answer(assignments=kept.assignments, value_s=kept.value_s)
    problem = msgspec.structs.replace(problem, frozen=())
    for limit_s in (0.0, _REPAIR_S):  # what is as good as before stays as near to it as it can be
        rest, answer = schedule.repair(
            problem, running, breakdown, now_s=now_s, frozen_until_s=until_s, limit_s=limit_s
        )
        if answer.value_s <= kept.value_s:
            break
    plan = msgspec.structs.replace(kept.plan, problem=rest)
    return msgspec.structs.replace(
        kept, plan=plan, assignments=answer.assignments, value_s=answer.value_s, bound_s=None, engine=answer.engine
    )


def _prepare_repair(context: CommandContext, params: RepairParams) -> Change:
    need_solver()
    kept = required_schedule(context.store)
    after = repaired(kept, params.machine, params.minutes, context.clock.now_ns())
    before = {one.operation: one for one in kept.assignments}
    changed = sum(before[one.operation] != one for one in after.assignments)
    return Change(diff=_put(context.store, after), summary={**_summary(after), "changed": changed})


# ---- telling
def runs_of(kept: Kept) -> list[tuple[str, int]]:
    """Return what begins at the head of the line, in sequence: orders with the pieces that follow each other."""
    lots = lots_of(kept.plan)
    heads = [one for one in kept.assignments if one.operation.endswith("/1")]
    runs: list[tuple[str, int]] = []
    for one in sorted(heads, key=lambda one: one.start_s):
        lot = lots[one.operation]
        if runs and runs[-1][0] == lot.order:
            runs[-1] = (lot.order, runs[-1][1] + lot.quantity)
        else:
            runs.append((lot.order, lot.quantity))
    return runs


def lots_of(plan: Plan) -> dict[str, Lot]:
    """Lots by operation."""
    return {one.id: plan.lots[job.id] for job in plan.problem.jobs for one in job.operations}
