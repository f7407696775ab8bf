"""The order book in a real browser: put in sequence, scheduled, moved, and prepared for trouble."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import FloatRect, Page, expect
from visiting import Demo, Visit

from xushi.testing import until

SLOW_MS = 90_000


def made(demo: Demo) -> None:
    """Have a schedule made, without waiting for the page."""
    outcome = demo.remote.run("schedule.make", {"limit_s": 2})
    path = f"/api/jobs/{outcome['effects'][0]['job']}"
    while demo.remote.get(path)["state"] == "running":
        time.sleep(0.3)
    assert demo.remote.get(path)["state"] == "done", demo.remote.get(path)


def sequence(demo: Demo) -> list[str]:
    return [order["id"] for order in demo.remote.get("/api/orders")["orders"]]


def test_orders_are_added_put_in_sequence_by_keys_and_taken_back(visit: Visit, demo: Demo) -> None:
    page = visit(1280, 800).open(view="orders", inspector="0")
    book = page.get_by_role("table", name="Orders in the sequence in which they are made")
    expect(book.get_by_role("row", name=re.compile("CO-2401"))).to_be_visible()
    before = sequence(demo)
    page.get_by_role("button", name="Add order").click()
    page.get_by_label(re.compile(r"^Order( \*)?$")).fill("RUSH-1")
    page.get_by_label("Quantity").fill("6")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(book.get_by_role("row", name=re.compile("RUSH-1"))).to_be_visible()
    grip = page.get_by_role("button", name=re.compile("^Order RUSH-1, place"))
    for place in range(len(before), 0, -1):
        grip.press("ArrowUp")
        expect(page.get_by_role("button", name=f"Order RUSH-1, place {place}:")).to_be_visible()
    assert sequence(demo) == ["RUSH-1", *before]
    page.get_by_role("button", name="Remove order RUSH-1").click()
    expect(book.get_by_role("row", name=re.compile("RUSH-1"))).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(book.get_by_role("row", name=re.compile("RUSH-1"))).to_be_visible()
    demo.remote.run("order.remove", {"id": "RUSH-1"})
    assert sequence(demo) == before


def test_a_bar_of_the_schedule_is_moved_by_key_and_mouse_and_leads_to_its_machine(visit: Visit, demo: Demo) -> None:
    made(demo)
    page = visit(1280, 800).open(view="orders", page="schedule", inspector="0")
    chart = page.get_by_role("group", name="Gantt chart of the machines")
    bar = chart.get_by_role("button", name=re.compile("CO-2408 on OP100")).first
    expect(bar).to_be_visible(timeout=SLOW_MS)

    def bars() -> list[dict[str, Any]]:
        return [
            one
            for one in demo.remote.get("/api/orders/schedule")["schedule"]["bars"]
            if one["machine"] == "OP100" and one["order"] == "CO-2408"
        ]

    moved = bars()[0]["id"]

    def start() -> float:
        """When the bar begins that is moved; another of the same order may stand before it then."""
        return next(float(one["start_ms"]) for one in bars() if one["id"] == moved)

    def begins_after(instant_ms: float) -> None:
        """Wait until the server has moved it; on a busy machine that takes a moment."""
        until = time.monotonic() + SLOW_MS / 1_000
        while start() <= instant_ms:
            assert time.monotonic() < until, f"the bar still begins at {start()}"
            time.sleep(0.1)

    def box() -> FloatRect:
        found = page.locator(f"[data-bar='{moved}']").bounding_box()
        assert found is not None
        return found

    def grasp(right_of: float) -> tuple[float, float]:
        """Press the mouse on the middle of the bar as soon as it is drawn further right; answers where."""
        # Two pixels: one and the same place comes back with a rounding.
        until(lambda: box()["x"] > right_of + 2)
        drawn = box()
        x, y = drawn["x"] + drawn["width"] / 2, drawn["y"] + drawn["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        return x, y

    before, edge = start(), box()["x"]
    bar.focus()
    bar.press("Enter")
    expect(page.get_by_role("button", name="OP100", exact=True)).to_have_attribute("aria-pressed", "true")
    bar.press("Shift+ArrowRight")
    expect(page.get_by_text(re.compile("Move in the schedule"))).to_be_visible()
    assert start() - before == 300_000
    x, y = grasp(edge)
    edge = box()["x"]
    page.mouse.move(x + 40, y, steps=5)
    page.mouse.up()
    begins_after(before + 300_000)
    x, y = grasp(edge)  # where it is now
    page.mouse.move(x - 500, y, steps=5)  # what it waits for is not done then
    page.mouse.up()
    expect(page.get_by_text(re.compile("cannot begin .* earlier")).first).to_be_visible()
    page.get_by_role("button", name="Show OP100 in the world").click()
    expect(page).to_have_url(re.compile("OP100"))


def test_a_schedule_is_promoted_to_a_plan_with_its_job_orders_and_the_times_it_promises(
    visit: Visit, demo: Demo
) -> None:
    made(demo)
    page = visit(1280, 800).open(view="orders", page="schedule", inspector="0")
    page.get_by_role("button", name="Promote this schedule").click()
    steps = page.get_by_role("table", name="Steps")
    sent = steps.get_by_role("row", name=re.compile("StoreAndStart")).first
    expect(sent).to_contain_text("OPC UA")
    expect(sent).to_contain_text("PLC1.StoreAndStartJobOrder")
    expect(sent).to_contain_text(re.compile("Product: E15[A-Z]?, Quantity: [0-9]+"))  # by its name, not its id
    expect(sent).to_contain_text("Job order stored last = CO-")
    promise = page.get_by_role("region", name="Promise and what happened").get_by_role("table")
    expect(promise).to_contain_text(re.compile(r"CO-24\d\d done after, min"), timeout=SLOW_MS)
    expect(page.get_by_text(re.compile("^.*Schedule of .* found by"))).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()


def test_a_supposed_breakdown_brings_ranked_plans(visit: Visit, demo: Demo) -> None:
    page = visit(1280, 800).open(view="orders", page="contingency", inspector="0")
    page.get_by_label("If this machine stands").select_option("OP80")
    page.get_by_label("For, in minutes").fill("45")
    page.get_by_text("What the plant does not tell").click()
    page.get_by_label("Places beside the line").fill("6")
    page.get_by_role("button", name="Rehearse", exact=True).click()
    plans = page.get_by_role("region", name="Contingency plans for OP80").first
    expect(plans.get_by_role("row", name=re.compile("Wait for the repair of OP80"))).to_be_visible(timeout=SLOW_MS)
    expect(plans.get_by_role("row", name=re.compile("Work at RWK1 meanwhile"))).to_be_visible()
    expect(plans.get_by_text(re.compile("Places beside the line 6 \\(stated\\)"))).to_be_visible()


def test_a_rehearsal_tells_how_far_it_is_and_brings_no_plans_when_it_is_cancelled(visit: Visit, demo: Demo) -> None:
    page = visit(1280, 800).open(view="orders", page="contingency", inspector="0")
    page.get_by_label("If this machine stands").select_option("OP30")
    kept = demo.remote.get("/api/contingencies")
    page.get_by_role("button", name="Rehearse", exact=True).click()
    progress = page.get_by_role("progressbar", name="Plans are being rehearsed")
    expect(progress).to_have_attribute("aria-valuenow", re.compile("^([4-9]|[1-9][0-9])$"), timeout=SLOW_MS)
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(progress).to_have_count(0, timeout=SLOW_MS)
    assert demo.remote.get("/api/jobs")[0]["state"] == "cancelled"
    now = demo.remote.get("/api/contingencies")
    # A machine of the running demo may go out of service meanwhile: those plans are made without anybody's asking.
    asked_for = [one["id"] for one in now if not one["is_live"]]
    assert asked_for == [one["id"] for one in kept if not one["is_live"]]
    of_op30 = sum(one["machine"] == "OP30" for one in now)
    expect(page.get_by_role("region", name="Contingency plans for OP30")).to_have_count(of_op30)
    expect(page.get_by_role("button", name="Rehearse", exact=True)).to_be_enabled()


def test_the_pages_of_orders_in_chinese_on_a_phone_are_accessible(
    visit: Visit, demo: Demo, axe: Callable[[Page], list[str]]
) -> None:
    made(demo)
    for name, shown in (("book", "CO-2401"), ("schedule", "甘特图"), ("material", "曲轴箱"), ("contingency", "预演")):
        page = visit(390, 844).open(view="orders", page=name, lang="zh-CN")
        region = page.get_by_role("region", name={"book": "订单簿", "schedule": "排程", "material": "物料",
                                                  "contingency": "预案"}[name], exact=True)  # fmt: skip
        expect(region).to_be_visible(timeout=SLOW_MS)
        if name == "material":
            expect(region.get_by_role("rowheader").filter(has_text=shown).first).to_be_visible()
        elif name != "schedule":
            expect(region.get_by_text(shown).first).to_be_visible()
        else:
            expect(region.get_by_role("group", name="设备甘特图")).to_be_visible()
        assert axe(page) == []


def test_a_schedule_that_is_looked_for_is_cancelled_and_the_one_in_force_stays(visit: Visit, demo: Demo) -> None:
    made(demo)
    before = demo.remote.get("/api/orders/schedule")["schedule"]
    book = demo.remote.get("/api/orders")
    # Orders that cannot all be in time: a search that has nothing left to better ends by itself.
    urgent = [
        demo.remote.run("order.add", {
            "id": f"RUSH-{place}", "product": product["id"], "quantity": 40, "due_ms": book["now_ms"] + 600_000,
        })
        for place, product in enumerate(book["products"] * 2)
    ]  # fmt: skip
    earlier = [one["id"] for one in demo.remote.get("/api/jobs")]
    page = visit(1280, 800).open(view="orders", page="schedule", inspector="0")
    page.get_by_label("Search, s").fill("60")
    page.get_by_role("button", name="Make a schedule").click()
    working = page.get_by_role("button", name="Cancel", exact=True)
    expect(page.get_by_role("progressbar")).to_be_attached()  # of no width at first
    working.click()
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=SLOW_MS)
    (state,) = [one["state"] for one in demo.remote.get("/api/jobs") if one["id"] not in earlier]
    assert state == "cancelled"
    after = demo.remote.get("/api/orders/schedule")["schedule"]
    assert after["made_ms"] == before["made_ms"]
    expect(page.get_by_role("button", name="Make a schedule")).to_be_enabled()
    for outcome in reversed(urgent):
        demo.remote.undo(outcome["command_id"])


def test_the_lots_of_a_material_are_kept_within_what_its_supplier_delivers(visit: Visit, demo: Demo) -> None:
    page = visit(1280, 800).open(view="orders", page="material", inspector="0")
    page.get_by_text("How lots are sized").click()
    form = page.get_by_role("form", name="Set the rule")
    item = next(one for one in demo.remote.get("/api/orders/requirements")["items"] if sum(one["net"]) > 1)
    form.get_by_label("Item").select_option(item["id"])
    form.get_by_label("Lots").select_option("within capacity")
    form.get_by_label("Pieces a day at most").fill("1")
    form.get_by_label("Supplier").fill("Foundry")
    form.get_by_role("button", name="Set the rule").click()
    needs = page.get_by_role("table", name=re.compile("^Gross to net"))
    row = needs.get_by_role("row", name=f"{item['name']['en']} {item['id'].split(':')[-1]} ")
    expect(row).to_contain_text("1 a day, supplier: Foundry")
    expect(row).to_contain_text("capacity too small from")
    form.get_by_label("Lots").select_option("as its twin says")
    form.get_by_role("button", name="Set the rule").click()
    expect(row).not_to_contain_text("capacity too small")
