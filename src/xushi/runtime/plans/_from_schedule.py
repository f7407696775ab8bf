"""Promotes the schedule: the line's controller gets job orders in its sequence, planned stops are carried out.

Where no controller takes job orders, the sequence of the order book is all that becomes another one.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import msgspec

from xushi.kernel import Change, Command, CommandContext, XushiError, canonical_json
from xushi.runtime._timelines import LIVE
from xushi.runtime.foresight import Ahead, ModelChange, Plant, need_engine, plant_of
from xushi.runtime.orders import (
    JOB_ID,
    PRODUCT,
    QUANTITY,
    Book,
    JobControl,
    JobOrder,
    Kept,
    find_job_control,
    maintenance,
    order_of,
    pieces_on_line,
    read_schedule,
    runs_of,
)
from xushi.runtime.plans._commands import WRITE, make_plan
from xushi.runtime.plans._content import (
    MOST_STEPS,
    CommandStep,
    PlanCondition,
    PlanContent,
    PlanOrigin,
    ScheduleOrigin,
    Step,
)
from xushi.runtime.plans._plant_time import plant_now_ns
from xushi.runtime.plans._rehearsing import rehearse_ahead
from xushi.runtime.plans._stops import in_time, stop_steps

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_S = 1_000_000_000
_MS = 1_000_000
_LOOK_BACK_NS = 8 * 3_600 * _S
_LONGEST_H = 24.0
_LONGER = 1.25  # than by the schedule: so far the promise reaches, so that orders are done within it
_TAKEN_S = 30.0  # in which the controller shows a job order that it was sent


class FromScheduleParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the schedule in force becomes a plan.

    Attributes:
        hours: how far the promise reaches; a quarter longer than the schedule, and at most a day, when left out.
        replications: futures behind the promise.
    """

    title: Annotated[str, msgspec.Meta(max_length=120)] = ""
    hours: Annotated[float, msgspec.Meta(gt=0, le=168)] | None = None
    replications: Annotated[int, msgspec.Meta(ge=10, le=1_000)] = 60
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)] = 1


def from_schedule_commands() -> list[Command]:
    """The command of this file."""
    return [
        Command(
            "plan.from_schedule", FromScheduleParams, WRITE,
            {"en": "Promote the schedule", "zh-CN": "将排程转为计划"},
            {"en": "Makes a plan that sends the scheduled orders to the line; when they will be done is its promise.",
             "zh-CN": "制定将排程订单下达到产线的计划，并以各订单的完成时间作为承诺。"},
            _prepare, is_undoable=False,
        ),
    ]  # fmt: skip


def _prepare(context: CommandContext, params: FromScheduleParams) -> Change:
    need_engine()
    platform: Platform = context.services["platform"]
    kept = read_schedule(context.store)
    if kept is None:
        raise XushiError("runtime.schedule_none")
    now_ns = context.clock.now_ns()
    plant, at_ns = plant_of(platform), plant_now_ns(platform)
    book = platform.orders.book_at(plant, LIVE, at_ns)
    control, job_orders = find_job_control(platform), platform.orders.job_orders(LIVE, at_ns)
    last_s = (kept.plan.start_ns - now_ns) / _S + max(one.end_s for one in kept.assignments)
    span_s = params.hours * 3_600 if params.hours else min(_LONGEST_H * 3_600, max(900.0, last_s * _LONGER))
    runs = trimmed(runs_of(kept), book, pieces_on_line(platform, book, job_orders, at_ns))
    steps: list[Step] = [_sequence(book, runs)] if len(book.orders) > 1 else []
    if control is not None:
        steps += _told(control, job_orders, book, runs)
    steps += _stops(platform, plant, now_ns, span_s, at_ns)
    if not runs or not steps:
        raise XushiError("runtime.schedule_nothing")
    if len(steps) > MOST_STEPS:
        raise XushiError("runtime.plan_steps_many", count=len(steps), limit=MOST_STEPS)
    begun_ns = max(platform.timelines.span(LIVE)[1], at_ns - _LOOK_BACK_NS)
    origin = PlanOrigin(
        timeline=LIVE, fork_ms=at_ns / 1e6, schedule=schedule_origin(kept), seed=params.seed,
        data_from_ms=begun_ns / 1e6, data_until_ms=at_ns / 1e6,
    )  # fmt: skip
    content = PlanContent(title=params.title or _title(kept), steps=in_time(steps), origin=origin)
    made = make_plan(context, content)
    ahead = Ahead(begun_ns, at_ns, at_ns + int(span_s * _S), None)
    effect = rehearse_ahead(context, made.result["plan"], origin, ahead, params.replications)
    return msgspec.structs.replace(made, effects=(effect,))


def _title(kept: Kept) -> str:
    from datetime import UTC, datetime

    return f"Schedule {datetime.fromtimestamp(kept.made_ns / 1e9, UTC):%Y-%m-%d %H:%M} UTC"


def schedule_origin(kept: Kept) -> ScheduleOrigin:
    """What the evidence says of a schedule."""
    return ScheduleOrigin(
        made_ms=kept.made_ns / 1e6, made_by=kept.made_by[:200],
        problem_sha256=hashlib.sha256(canonical_json(kept.plan.problem)).hexdigest(), solver=kept.engine,
        value_s=kept.value_s, bound_s=kept.bound_s,
        data_from_ms=kept.data_from_ns / 1e6 if kept.data_from_ns else None, data_until_ms=kept.made_ns / 1e6,
    )  # fmt: skip


def trimmed(
    runs: Sequence[tuple[str, int]], book: Book, on_line: Mapping[str, int]
) -> list[tuple[str, int]]:  # fmt: skip
    """Return the runs with as many pieces of each order as are left to release now.

    What was released since the schedule was made is taken from the front; what is missing comes with the first.
    """
    left = {one.id: one.quantity - book.made.get(one.id, 0) - on_line.get(one.id, 0) for one in book.orders}
    found: list[tuple[str, int]] = []
    for order, pieces in reversed(runs):
        taken = min(pieces, left.get(order, 0))
        if taken > 0:
            left[order] -= taken
            found.insert(0, (order, taken))
    for order, pieces in left.items():
        at = next((number for number, run in enumerate(found) if run[0] == order), None)
        if pieces > 0 and at is not None:
            found[at] = (order, found[at][1] + pieces)
        elif pieces > 0 and any(run[0] == order for run in runs):
            found.append((order, pieces))
    return found


def _sequence(book: Book, runs: Sequence[tuple[str, int]]) -> Step:
    """The sequence of the book: what is all but made first, then as the schedule begins the orders."""
    begun = list(dict.fromkeys(order for order, _ in runs))
    done = [one.id for one in book.orders if one.id not in begun]
    return CommandStep(command="order.sequence", params={"sequence": [*done, *begun]})


def _told(
    control: JobControl, known: Sequence[JobOrder], book: Book, runs: Sequence[tuple[str, int]]
) -> Iterator[Step]:  # fmt: skip
    """What the controller is told: to hold what it has, the last first, then each run in its turn."""
    for old in reversed(known):
        if old.is_started and old.released < old.quantity:
            yield CommandStep(
                command="device.act", params={"action": control.actions["Stop"].key, "inputs": {JOB_ID: old.id}}
            )
    taken = Counter(order_of(one.id) for one in known)
    names = {one.id for one in known}
    products = {one.id: one.product for one in book.orders}
    for order, pieces in runs:
        name = order
        while name in names:
            taken[order] += 1
            name = f"{order}/{taken[order]}"
        names.add(name)
        shown = control.signals.get("LastStored")
        inputs = {JOB_ID: name, PRODUCT: products[order], QUANTITY: pieces}
        yield CommandStep(
            command="device.act", params={"action": control.actions["StoreAndStart"].key, "inputs": inputs},
            wait_until=None if shown is None else PlanCondition(signal=shown, test="=", value=name), timeout_s=_TAKEN_S,
        )  # fmt: skip


def _stops(platform: Platform, plant: Plant, now_ns: int, span_s: float, at_ns: int) -> Iterator[Step]:
    """The planned stops that begin within the span."""
    for stop in maintenance(platform.store):
        if not now_ns < stop["start_ns"] < now_ns + span_s * _S or stop["machine"] not in plant.nodes:
            continue
        from_min, to_min = ((one - at_ns) / _S / 60 for one in (stop["start_ns"], stop["end_ns"]))
        pause = ModelChange(element=stop["machine"], figure="pause", from_min=max(0.0, from_min), to_min=to_min)
        start_ms, end_ms = (float(stop[name] // _MS) for name in ("start_ns", "end_ns"))
        yield from stop_steps(platform, plant, stop["machine"], start_ms, end_ms, (pause,))
