"""A schedule of the order book keeps every constraint of the real stations, and so does whatever is done to it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.schedule.verifier import faults
from xushi.kernel import Diff, ManualClock, XushiError, diff_key
from xushi.reports import Shift, ShiftCalendar
from xushi.runtime import SYSTEM, Platform
from xushi.runtime.orders import (
    Kept,
    Stock,
    find_materials,
    gantt,
    lots_of,
    made_of_products,
    make_plan,
    place,
    plan_now,
    products_of,
    read_book,
    read_schedule,
    receipts,
    requirements_told,
    run_material,
    stocks_of,
)
from xushi.runtime.orders._placing import Wish
from xushi.runtime.orders._receipts import Receipt
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


def waits_s(plan: Any) -> dict[str, int]:
    """The latest material date of each order, in s from now."""
    found: dict[str, int] = {}
    for job in plan.problem.jobs:
        for one in job.operations:
            order = lots_of(plan)[one.id].order
            found[order] = max(found.get(order, 0), one.material_s)
    return {order: seconds for order, seconds in found.items() if seconds}


async def test_material_comes_when_the_requirements_say_and_does_not_slide_on_with_each_new_plan(
    book: Platform,
) -> None:
    first = waits_s(plan_now(book, NOW_NS))
    # The starter-generator pulleys last for 72 engines. Those of CO-2405, due in 3.6 h and made in well over half an
    # hour, are needed in the sixth half hour: an order of 1.5 h goes out in time for that.
    assert first["CO-2405"] == 9_000
    assert "CO-2402" not in first
    told = requirements_told(book.orders.material_run(NOW_NS, 0.5))
    (line,) = (one for one in told["orders"] if one["item"].endswith("E15-7103"))
    assert line["arrives_ms"] == NOW_MS + 9_000e3
    later = waits_s(plan_now(book, NOW_NS + 1_800 * S))
    assert later["CO-2405"] == 9_000 - 1_800


async def test_a_stated_receipt_comes_into_requirements_and_schedule_and_can_be_taken_back(book: Platform) -> None:
    pulley = "urn:xushi:demo:shell:E15-7103"
    receipt = {"material": pulley, "quantity": 100, "at_ms": NOW_MS + 12_600e3, "note": "PO 17"}
    done = await book.bus.run("material.receive", receipt, SYSTEM)
    assert waits_s(plan_now(book, NOW_NS))["CO-2405"] == 9_000  # too late for the need: that is ordered beside it
    early = {**receipt, "at_ms": NOW_MS + 3_600e3}
    await book.bus.run("material.receive", early, SYSTEM)
    assert waits_s(plan_now(book, NOW_NS))["CO-2405"] == 3_600
    told = requirements_told(book.orders.material_run(NOW_NS, 0.5))
    item = next(one for one in told["items"] if one["id"] == pulley)
    assert (item["to_come"], sum(item["net"])) == (200, 0)
    assert [one.note for one in receipts(book.store)] == ["PO 17", "PO 17"]
    await book.bus.undo(done.command_id, SYSTEM)
    assert len(receipts(book.store)) == 1
    await book.bus.run("material.remove_receipt", {"id": receipts(book.store)[0].id}, SYSTEM)
    for command, params, code in (
        ("material.receive", {**receipt, "material": "none"}, "runtime.material_unknown"),
        ("material.remove_receipt", {"id": "none"}, "runtime.receipt_unknown"),
    ):
        with pytest.raises(XushiError) as caught:
            await book.bus.run(command, params, SYSTEM)
        assert caught.value.code == code


async def test_stock_is_what_finished_pieces_have_left_or_what_a_signal_shows(book: Platform) -> None:
    import msgspec

    materials = find_materials(book.twins)
    head, engine = (f"urn:xushi:demo:shell:{one}" for one in ("E15-4001", "E15"))
    arrived = Receipt("r", head, 10, NOW_MS - 1.0)
    coming = Receipt("s", head, 20, NOW_MS + 1.0)

    def stock(live: float | None, made: int) -> Stock:
        found = stocks_of(
            materials, {engine: made}, (coming, arrived), NOW_MS, lambda key: live if "4001" in key else None
        )
        return found[head]

    assert stock(None, 0) == Stock(370, ((NOW_MS + 1.0, 20),))
    assert stock(None, 100).left == 270
    assert stock(None, 9_999).left == 0
    assert stock(33.0, 100).left == 33
    assert "E15-4001" in materials[head].stock_key
    kept = read_book(book.store)
    kept = msgspec.structs.replace(kept, gone={engine: 5})
    assert made_of_products(kept, {"CO-2401": 3})[engine] == 8


async def test_what_was_made_for_an_order_stays_used_when_the_order_is_removed(book: Platform) -> None:
    record = book.store.get("order_book", "main")
    assert record is not None
    key = diff_key("order_book", "main")
    book.store.commit(Diff(updated={key: (record, {**record, "made": {"CO-2401": 7}, "since_ns": NOW_NS})}))
    await book.bus.run("order.remove", {"id": "CO-2401"}, SYSTEM)
    assert read_book(book.store).gone == {"urn:xushi:demo:shell:E15": 7}


async def test_a_planned_stop_of_a_machine_that_is_not_there_says_so(book: Platform) -> None:
    with pytest.raises(XushiError) as caught:
        await book.bus.run("maintenance.add", {"machine": "OP99", "start_ms": NOW_MS, "end_ms": NOW_MS + 1.0}, SYSTEM)
    assert caught.value.text("zh-CN").what == "没有设备 OP99。"


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
        assert caught.value.text("en").what.startswith("CO-2406 on OP50 cannot begin ")
        assert caught.value.text("zh-CN").what.startswith("OP50 上的 CO-2406 不能提前 ")
    with pytest.raises(XushiError) as caught:
        await book.bus.run("schedule.move", {"operations": ["nothing"], "start_ms": NOW_MS}, SYSTEM)
    assert caught.value.code == "runtime.move_unknown"


async def test_what_is_not_a_machine_is_told_in_both_languages_where_a_move_waits_for_it(book: Platform) -> None:
    later_ms = NOW_MS + 120 * MINUTE_MS
    await book.bus.run("order.change", {"id": "CO-2408", "release_ms": later_ms}, SYSTEM)
    kept = await made(book)
    of_order = [one for one in kept.assignments if lots_of(kept.plan)[one.operation].order == "CO-2408"]
    held = min(of_order, key=lambda one: one.start_s)
    with pytest.raises(XushiError) as caught:
        await book.bus.run("schedule.move", {"operations": [held.operation], "start_ms": later_ms - MINUTE_MS}, SYSTEM)
    assert "the earliest start of its order" in caught.value.text("en").why
    assert "订单的最早开始时间" in caught.value.text("zh-CN").why


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
    stocks = stocks_of(materials, {}, (), NOW_MS, lambda key: None)
    told = requirements_told(run_material(read_book(book.store), {}, materials, stocks, NOW_MS, 1.0, {}))
    items = {one["id"].rpartition(":")[2]: one for one in told["items"]}
    assert sum(items["E15-4001"]["gross"]) == 420  # one head an engine
    assert sum(items["E15-3001"]["gross"]) == 4 * (420 - 48)  # the sport engine has other pistons
    assert sum(items["E15-3101"]["gross"]) == 4 * 48
    assert sum(items["E15-4001"]["net"]) == 60  # 360 in stock
    orders = [one for one in told["orders"] if one["item"].endswith("E15-3101")]
    assert [one["quantity"] for one in orders] == [32]
    assert orders[0]["order_ms"] == pytest.approx(NOW_MS + 4 * 3.6e6)  # wanted in the sixth hour, two hours to come
    assert not any(one["item"].endswith("E15") for one in told["orders"])  # engines are made, not ordered


def needed_of(book: Platform, *materials: str) -> list[dict[str, Any]]:
    """What the requirements say of materials, in periods of eight hours."""
    told = requirements_told(book.orders.material_run(NOW_NS, 8.0))["items"]
    return [next(one for one in told if one["id"] == material) for material in materials]


async def test_lots_are_kept_within_the_capacity_of_a_supplier_once_somebody_says_so(book: Platform) -> None:
    piston, pulley = (f"urn:xushi:demo:shell:{one}" for one in ("E15-3101", "E15-7103"))
    before = needed_of(book, piston, pulley)
    assert [one["lots"] for one in before] == ["lot_for_lot", "lot_for_lot"]
    # What both need of one supplier: just enough a day for it not to be short.
    for material in (piston, pulley):
        rule = {"material": material, "lots": "within_capacity", "capacity_per_day": 600, "supplier": "Hub"}
        await book.bus.run("material.set_lots", rule, SYSTEM)
    wide = needed_of(book, piston, pulley)
    assert [(one["lots"], one["capacity_per_day"], one["supplier"], one["short_ms"]) for one in wide] == [
        ("within_capacity", 600.0, "Hub", None)
    ] * 2
    assert [sum(one["orders"]) + one["overdue"] for one in wide] == [sum(one["net"]) for one in before]
    await book.bus.run("material.set_lots", {**rule, "capacity_per_day": 3}, SYSTEM)
    assert all(one["short_ms"] is not None for one in needed_of(book, piston, pulley))
    await book.bus.run("material.set_lots", {"material": piston}, SYSTEM)
    assert needed_of(book, piston)[0]["lots"] == "lot_for_lot"
    assert needed_of(book, pulley)[0]["short_ms"] is not None
    await book.bus.run("material.set_lots", {"material": pulley, "lots": "wagner_whitin"}, SYSTEM)
    assert needed_of(book, pulley)[0]["lots"] == "wagner_whitin"


async def test_lots_within_a_capacity_need_one_and_a_material_that_is_known(book: Platform) -> None:
    limited = {"lots": "within_capacity"}
    for params, code in (
        ({"material": "none", **limited, "capacity_per_day": 5}, "runtime.material_unknown"),
        ({"material": "urn:xushi:demo:shell:E15-7103", **limited}, "runtime.lots_without_capacity"),
    ):
        with pytest.raises(XushiError) as caught:
            await book.bus.run("material.set_lots", params, SYSTEM)
        assert caught.value.code == code


async def test_a_bill_that_goes_in_a_circle_is_refused_with_its_parts(book: Platform) -> None:
    import msgspec

    from xushi.runtime.orders import Used

    materials = dict(find_materials(book.twins))
    head = next(one for name, one in materials.items() if name.endswith("E15-4001"))
    engine = "urn:xushi:demo:shell:E15"
    materials[head.id] = msgspec.structs.replace(head, parts=(Used(engine, 1.0),))
    with pytest.raises(XushiError) as caught:
        run_material(read_book(book.store), {}, materials, {}, NOW_MS, 8.0, {})
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
