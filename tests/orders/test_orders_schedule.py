"""A schedule of the order book keeps every constraint of the real stations, and so does whatever is done to it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.schedule.verifier import faults
from xushi.kernel import ManualClock, XushiError
from xushi.reports import Shift, ShiftCalendar
from xushi.runtime import SYSTEM, Platform
from xushi.runtime.orders import (
    Kept,
    find_materials,
    gantt,
    lots_of,
    make_plan,
    place,
    plan_material,
    plan_now,
    products_of,
    read_book,
    read_schedule,
)
from xushi.runtime.orders._placing import Wish
from xushi.schedule import Closed, Job, Operation, solve

from .conftest import NOW_MS, NOW_NS, S

MINUTE_MS = 60_000


async def made(platform: Platform, **params: Any) -> Kept:
    outcome = await platform.bus.run("schedule.make", {"limit_s": 2, **params}, SYSTEM)
    job = await platform.jobs.wait(outcome.effects[0]["job"])
    assert job.state == "done", job.error
    kept = read_schedule(platform.store)
    assert kept is not None
    return kept


def check(kept: Kept | None) -> Kept:
    assert kept is not None
    assert faults(kept.plan.problem, kept.assignments) == []
    return kept


async def test_the_schedule_of_the_sample_book_keeps_all_constraints_and_makes_every_piece(book: Platform) -> None:
    kept = check(await made(book))
    lots = lots_of(kept.plan)
    for order in read_book(book.store).orders:
        last = {one.operation for one in kept.assignments if one.resource in ("OP100", "RWK1")}
        count = sum(lots[name].quantity for name in last if lots[name].order == order.id and name.endswith("/10"))
        assert count == order.quantity
    assert {one.resource for one in kept.assignments} >= {f"OP{n}0" for n in range(1, 11)}
    assert kept.bound_s is not None
    assert kept.bound_s <= kept.value_s
    told = gantt(kept, read_book(book.store), {"OP40": "shell"}, NOW_NS)
    assert sum(len(bar["operations"]) for bar in told["bars"]) == len(kept.assignments)
    assert any(bar["setup_ms"] > 0 for bar in told["bars"] if bar["machine"] == "OP30")
    assert next(one for one in told["machines"] if one["id"] == "OP40")["shell"] == "shell"


async def test_a_second_order_waits_for_material_that_the_first_one_used_up(book: Platform) -> None:
    plan = plan_now(book, NOW_NS)
    waits = {
        lots_of(plan)[one.id].order: one.material_s
        for job in plan.problem.jobs
        for one in job.operations
        if one.material_s
    }
    assert waits["CO-2405"] == 5400  # the starter-generator pulleys last for 72 engines; an order takes 1.5 h
    assert "CO-2402" not in waits


async def test_a_planned_stop_and_the_night_stay_free_of_work(book: Platform) -> None:
    stop = {"machine": "OP60", "start_ms": NOW_MS + 60 * MINUTE_MS, "end_ms": NOW_MS + 90 * MINUTE_MS}
    await book.bus.run("maintenance.add", stop, SYSTEM)
    plan = plan_now(book, NOW_NS)
    closed = next(one for one in plan.problem.resources if one.id == "OP60").closed
    assert Closed(start_s=3600, end_s=5400) in closed
    check(await made(book))
    shop, stops = book.orders.shop(NOW_NS)
    from datetime import datetime

    hour = datetime.fromtimestamp(NOW_NS / S).astimezone().hour
    day = ShiftCalendar("UTC", (Shift("day", {"en": "day"}, f"{(hour - 6) % 24:02}:00", f"{(hour - 1) % 24:02}:00"),))
    night = make_plan(shop, read_book(book.store), {}, find_materials(book.twins), day, stops, NOW_NS)
    answer = solve(night.problem, 2, engine="search")
    assert faults(night.problem, answer.assignments) == []
    assert all(one.closed for one in night.problem.resources)


async def test_orders_begin_in_the_sequence_of_the_book_where_that_is_wanted(book: Platform) -> None:
    await book.bus.run("order.sequence", {"sequence": ["CO-2406", "CO-2401"]}, SYSTEM)
    kept = check(await made(book, keep_sequence=True))
    lots = lots_of(kept.plan)
    begun = [lots[one.operation].order for one in kept.assignments if one.operation.endswith("/1")]
    assert list(dict.fromkeys(begun))[:2] == ["CO-2406", "CO-2401"]


async def test_pieces_on_the_line_lack_the_steps_behind_them(book: Platform) -> None:
    plan = plan_now(book, NOW_NS)
    on_line = [job for job in plan.problem.jobs if ".line" in job.id]
    assert len({len(job.operations) for job in on_line}) > 5
    assert all(job.operations[-1].id.endswith("/10") for job in on_line)


async def test_a_moved_bar_pushes_its_followers_and_undo_puts_all_back(book: Platform) -> None:
    kept = await made(book)
    told = gantt(kept, read_book(book.store), {}, NOW_NS)
    bar = next(one for one in told["bars"] if one["machine"] == "OP40" and one["order"] == "CO-2405")
    params = {"operations": bar["operations"], "start_ms": bar["start_ms"] + 30 * MINUTE_MS}
    outcome = await book.bus.run("schedule.move", params, SYSTEM)
    after = check(read_schedule(book.store))
    moved = {one.operation: one for one in after.assignments}
    wanted_s = round((params["start_ms"] - NOW_MS) / 1e3)
    assert wanted_s <= moved[bar["operations"][0]].start_s < wanted_s + 600  # there, or behind what is under way there
    before = {one.operation: one for one in kept.assignments}
    assert all(moved[name].start_s >= before[name].start_s for name in before)  # nothing else is pulled forward
    assert outcome.summary["shifted"] > 0
    await book.bus.undo(outcome.command_id, SYSTEM)
    assert read_schedule(book.store) == kept


async def test_a_bar_moves_to_a_machine_that_can_do_it_and_to_no_other(book: Platform) -> None:
    kept = await made(book)
    name = next(one.operation for one in kept.assignments if one.resource == "OP70" and one.start_s > 9000)
    at = next(one for one in kept.assignments if one.operation == name)
    params = {"operations": [name], "start_ms": NOW_MS + at.start_s * 1e3}
    await book.bus.run("schedule.move", {**params, "machine": "RWK1"}, SYSTEM)
    after = check(read_schedule(book.store))
    assert next(one for one in after.assignments if one.operation == name).resource == "RWK1"
    with pytest.raises(XushiError) as caught:
        await book.bus.run("schedule.move", {**params, "machine": "OP10"}, SYSTEM)
    assert caught.value.code == "runtime.move_machine_wrong"
    assert "OP70" in caught.value.params["known"]


async def test_a_move_before_what_it_waits_for_is_refused_with_the_reason(book: Platform) -> None:
    kept = await made(book)
    lots = lots_of(kept.plan)
    name = next(
        one.operation for one in kept.assignments if one.resource == "OP50" and lots[one.operation].order == "CO-2406"
    )
    for start_ms, why in ((NOW_MS - 10 * MINUTE_MS, "OP40"), (NOW_MS + MINUTE_MS, "OP40")):
        with pytest.raises(XushiError) as caught:
            await book.bus.run("schedule.move", {"operations": [name], "start_ms": start_ms}, SYSTEM)
        assert caught.value.code == "runtime.move_too_early"
        assert caught.value.params["why"] == why
    with pytest.raises(XushiError) as caught:
        await book.bus.run("schedule.move", {"operations": ["nothing"], "start_ms": NOW_MS}, SYSTEM)
    assert caught.value.code == "runtime.move_unknown"


async def test_what_is_frozen_is_not_moved_and_stays_when_the_schedule_is_made_anew(book: Platform) -> None:
    kept = await made(book)
    until_ms = NOW_MS + 45 * MINUTE_MS
    await book.bus.run("schedule.freeze", {"until_ms": until_ms}, SYSTEM)
    near = next(one for one in kept.assignments if 600 < one.start_s < 45 * 60)
    with pytest.raises(XushiError) as caught:
        await book.bus.run(
            "schedule.move", {"operations": [near.operation], "start_ms": NOW_MS + 90 * MINUTE_MS}, SYSTEM
        )
    assert caught.value.code == "runtime.move_frozen"
    await book.bus.run(
        "order.change", {"id": "CO-2408", "release_ms": None, "due_ms": NOW_MS + 100 * MINUTE_MS, "priority": 9}, SYSTEM
    )
    again = check(await made(book))
    frozen = {one for one in kept.assignments if one.start_s < 45 * 60}
    assert frozen <= set(again.assignments)
    lots = lots_of(again.plan)
    for order in read_book(book.store).orders:
        pieces = sum(lots[one.operation].quantity for one in again.assignments
                     if lots[one.operation].order == order.id and one.operation.endswith("/10"))  # fmt: skip
        assert pieces == order.quantity


async def test_a_repair_goes_round_the_broken_machine_and_changes_no_more_than_it_must(
    book: Platform, recorded: tuple[Platform, ManualClock]
) -> None:
    kept = await made(book)
    outcome = await book.bus.run("schedule.repair", {"machine": "OP30", "minutes": 40}, SYSTEM)
    after = check(read_schedule(book.store))
    assert all(one.start_s >= 2400 for one in after.assignments if one.resource == "OP30" and one.start_s > 0)
    assert outcome.summary["changed"] > 0
    with pytest.raises(XushiError) as caught:
        await book.bus.run("schedule.repair", {"machine": "OP31", "minutes": 40}, SYSTEM)
    assert caught.value.code == "runtime.schedule_machine_unknown"
    assert kept.plan.start_ns == after.plan.start_ns


async def test_commands_on_a_schedule_that_is_not_there_say_so(book: Platform) -> None:
    for command, params in (
        ("schedule.move", {"operations": ["a"], "start_ms": NOW_MS}),
        ("schedule.freeze", {"until_ms": NOW_MS}),
        ("schedule.repair", {"machine": "OP30", "minutes": 5}),
    ):
        with pytest.raises(XushiError) as caught:
            await book.bus.run(command, params, SYSTEM)
        assert caught.value.code == "runtime.schedule_none"
    with pytest.raises(XushiError) as caught:
        await book.bus.run("schedule.keep", {"found": "nothing"}, SYSTEM)
    assert caught.value.code == "runtime.schedule_found_unknown"


async def test_without_the_extra_the_answer_is_how_to_get_it(book: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None)
    with pytest.raises(XushiError) as caught:
        await book.bus.run("schedule.make", {}, SYSTEM)
    assert caught.value.code == "schedule.extra_missing"


async def test_the_bills_of_the_engines_are_exploded_to_what_must_be_ordered_when(book: Platform) -> None:
    materials = find_materials(book.twins)
    assert [one.id[-4:].strip(":") for one in products_of(materials)] == ["E15", "E15H", "E15S"]
    told = plan_material(read_book(book.store), {}, materials, NOW_MS, 1.0)
    items = {one["id"].rpartition(":")[2]: one for one in told["items"]}
    assert sum(items["E15-4001"]["gross"]) == 420  # one head an engine
    assert sum(items["E15-3001"]["gross"]) == 4 * (420 - 48)  # the sport engine has other pistons
    assert sum(items["E15-3101"]["gross"]) == 4 * 48
    assert sum(items["E15-4001"]["net"]) == 60  # 360 in stock
    orders = [one for one in told["orders"] if one["item"].endswith("E15-3101")]
    assert [one["quantity"] for one in orders] == [32]
    assert orders[0]["order_ms"] == pytest.approx(NOW_MS + 4 * 3.6e6)  # wanted in the sixth hour, two hours to come
    assert not any(one["item"].endswith("E15") for one in told["orders"])  # engines are made, not ordered


async def test_a_bill_that_goes_in_a_circle_is_refused_with_its_parts(book: Platform) -> None:
    import msgspec

    from xushi.runtime.orders import Used

    materials = dict(find_materials(book.twins))
    head = next(one for name, one in materials.items() if name.endswith("E15-4001"))
    engine = "urn:xushi:demo:shell:E15"
    materials[head.id] = msgspec.structs.replace(head, parts=(Used(engine, 1.0),))
    with pytest.raises(XushiError) as caught:
        plan_material(read_book(book.store), {}, materials, NOW_MS, 8.0)
    assert caught.value.code == "schedule.bill_cycle"
    assert "E15-4001" in caught.value.params["items"]


def test_placing_keeps_a_wanted_start_and_pushes_who_is_in_its_way() -> None:
    from xushi.schedule import Choice, Problem, Resource, Setup

    problem = Problem(
        name="two", resources=(Resource(id="M", closed=(Closed(start_s=50, end_s=60),)),),
        jobs=tuple(
            Job(id=one, operations=(
                Operation(id=f"{one}/1", choices=(Choice(resource="M", duration_s=10),), family=one),
            ))
            for one in "ab"
        ),
        setups=(Setup(before="a", after="b", duration_s=5), Setup(before="b", after="a", duration_s=5)),
    )  # fmt: skip
    found = place(problem, {"a/1": Wish("M", 42), "b/1": Wish("M", 44)})
    assert [(one.operation, one.start_s) for one in found] == [("a/1", 60), ("b/1", 75)]
    assert faults(problem, found) == []
