"""Branches in a real browser: fork the running plant, play, change, undo, compare, and show it beside the live line."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from visiting import Demo, Visit, branches_of, hold, part_of, shown_ms

from xushi.testing import until

pytestmark = pytest.mark.usefixtures("no_branches_are_left")

SLOW_MS = 90_000
FACTOR = "urn:xushi:demo:submodel:OP40:OperationalData#CycleTimeFactor"

# What holds the views cannot be scrolled sideways: a focus or a find would shift the whole page.
SCROLLED = """() => {
  const found = [];
  for (let one = document.querySelector("main"); one; one = one.parentElement) {
    one.scrollLeft = 100;
    if (one.scrollLeft > 0) found.push(one.className);
  }
  return found;
}"""
WIDTH_OF_ITS_WORDS = """one => {
  const style = getComputedStyle(one);
  const context = document.createElement("canvas").getContext("2d");
  context.font = style.font;
  const beside = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
  return context.measureText(one.selectedOptions[0].label).width + beside;
}"""


def fork(page: Page, name: str) -> None:
    """Fork what is shown, for an hour, by the button of the time bar."""
    page.get_by_role("region", name="Time").get_by_role("button", name="Fork here").click()
    dialog = page.get_by_role("dialog", name="Fork here")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("How far ahead").select_option("1")
    dialog.get_by_role("button", name="Fork", exact=True).click()
    expect(page.get_by_text(f"Branch “{name}”: not the live line.")).to_be_visible(timeout=SLOW_MS)


def test_a_fork_opens_a_branch_that_plays_is_changed_and_compared(
    visit: Visit, demo: Demo, axe: Callable[[Page], list[str]]
) -> None:
    page = visit(1280, 800).open()
    expect(page.locator("time").first).not_to_have_text("–")
    fork(page, "Quicker")
    clock = page.locator("time").first
    shown = clock.inner_text()
    expect(clock).not_to_have_text(shown)  # it plays by itself
    shown_s = "Number(document.querySelector('[role=slider][aria-label=\"Shown instant\"]').ariaValueNow)"
    begun_s = page.evaluate(shown_s)
    page.get_by_role("region", name="Time").get_by_label("Speed").select_option("As fast as possible")
    until(lambda: page.evaluate(shown_s) > begun_s + 600)

    page.get_by_role("button", name="Changes", exact=True).click()
    open_one = page.get_by_role("region", name="Quicker")
    expect(open_one.get_by_text("Nothing was changed")).to_be_visible(timeout=SLOW_MS)
    open_one.get_by_label("Element").select_option("OP40")
    open_one.get_by_label("By, in %").fill("100")
    open_one.get_by_role("button", name="Change", exact=True).click()
    change = open_one.get_by_role("listitem").filter(has_text="OP40: cycle time +100 %")
    expect(change).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="Undo").first.click()
    expect(change).to_have_count(0, timeout=SLOW_MS)
    open_one.get_by_label("By, in %").fill("100")
    open_one.get_by_role("button", name="Change", exact=True).click()
    expect(change).to_be_visible(timeout=SLOW_MS)

    open_one.get_by_role("button", name="Compare", exact=True).click()
    expect(open_one.get_by_text(re.compile("^Best: "))).to_be_visible(timeout=SLOW_MS)
    expect(open_one.get_by_role("figure")).to_be_visible()
    expect(open_one.get_by_text(re.compile("holds the line back"))).to_be_visible()
    assert axe(page) == []
    page.reload()
    expect(open_one.get_by_text(re.compile("^Best: "))).to_be_visible(timeout=SLOW_MS)  # it need not be computed again

    change.get_by_role("button", name=re.compile("^Take back")).click()
    expect(open_one.get_by_text("Nothing was changed")).to_be_visible(timeout=SLOW_MS)


def test_vehicles_and_roads_are_changed_on_a_branch(visit: Visit) -> None:
    page = visit(1280, 800).open()
    expect(page.locator("time").first).not_to_have_text("–")
    fork(page, "One vehicle")
    page.get_by_role("button", name="Changes", exact=True).click()
    open_one = page.get_by_role("region", name="One vehicle")
    expect(open_one.get_by_text("Nothing was changed")).to_be_visible(timeout=SLOW_MS)
    open_one.get_by_label("Element").select_option("XD-AGV")
    open_one.get_by_label("Number").fill("1")
    open_one.get_by_role("button", name="Change", exact=True).click()
    expect(open_one.get_by_role("listitem").filter(has_text="XD-AGV: vehicles 1")).to_be_visible(timeout=SLOW_MS)
    open_one.get_by_label("Element").select_option("N_X1-N_X2")
    open_one.get_by_role("combobox", name="What changes").select_option("closed")
    open_one.get_by_role("button", name="Change", exact=True).click()
    expect(open_one.get_by_role("listitem").filter(has_text="crossing N_X1 → crossing N_X2: closed")).to_be_visible(
        timeout=SLOW_MS
    )
    open_one.get_by_label("Element").select_option("N_OP10-N_OP20")
    expect(open_one.get_by_role("combobox", name="What changes").get_by_role("option")).to_have_text(["travel time"])


def test_a_write_on_a_branch_changes_the_branch_and_not_the_line(visit: Visit, demo: Demo) -> None:
    page = visit(1440, 900).open(shell="urn:xushi:demo:shell:OP40", inspector="1")
    expect(page.get_by_role("region", name="Details")).to_contain_text("Progress of the cycle")
    fork(page, "Written")
    branch = branches_of(demo)[0]["id"]
    page.get_by_role("button", name="Change Cycle-time factor").click()
    expect(page.get_by_text("On the branch “Written”")).to_be_visible()
    page.get_by_label("New value").fill("1.4")
    hold(page.get_by_role("button", name="Hold to write on the branch"), by_key=True)
    expect(page.get_by_text("Done: Run a command on a branch")).to_be_visible()
    (edit,) = demo.remote.get(f"/api/branches/{branch}")["edits"]
    assert (edit["command"], edit["params"]) == ("signal.write", {"signal": FACTOR, "value": 1.4})
    handle = next(each["handle"] for each in demo.remote.get("/api/signals")["signals"] if each["key"] == FACTOR)
    now_ms = time.time() * 1e3
    rows = demo.remote.get(f"/api/timelines/live/signals/{handle}/range?start_ms={now_ms - 60_000}&end_ms={now_ms}")
    assert 1.4 not in rows["values"]


def test_the_live_line_stands_beside_the_branch_and_a_link_brings_both_back(visit: Visit, demo: Demo) -> None:
    page = visit(1280, 800).open()
    expect(page.locator("time").first).not_to_have_text("–")
    fork(page, "Beside")
    page.keyboard.press("Alt+v")
    second = page.get_by_role("region", name="Side by side with")
    expect(second.get_by_label("Timeline beside")).to_have_value("live", timeout=SLOW_MS)
    figures = page.get_by_role("region", name="Both in figures")
    expect(figures.get_by_role("columnheader", name=re.compile(r"^Beside ?\d"))).to_be_visible()
    expect(figures.get_by_role("columnheader", name=re.compile(r"^Live ?\d"))).to_be_visible()
    demo.remote.run("branch.fork", {"timeline": branches_of(demo)[0]["id"], "hours": 0.2, "title": "Again"})
    second.get_by_label("Timeline beside").select_option("Again", timeout=SLOW_MS)  # a branch beside a branch
    expect(figures.get_by_role("columnheader", name=re.compile(r"^Again ?\d"))).to_be_visible(timeout=SLOW_MS)
    close, pane = second.get_by_role("button", name="Close the second picture").bounding_box(), second.bounding_box()
    assert close is not None
    assert pane is not None
    assert close["x"] + close["width"] <= pane["x"] + pane["width"]
    page.get_by_role("region", name="Time").evaluate("one => one.style.minWidth = '200vw'")  # wider than the page
    assert page.evaluate(SCROLLED) == []
    page.get_by_role("region", name="Time").evaluate("one => one.style.minWidth = ''")
    speed = page.get_by_role("combobox", name="Speed", exact=True)
    speed.select_option("As fast as possible")
    assert speed.evaluate(WIDTH_OF_ITS_WORDS) < speed.evaluate("one => one.clientWidth")
    second.get_by_label("Timeline beside").select_option("Live")
    second.get_by_role("button", name="Pause beside").click()
    expect(page).to_have_url(re.compile("timeline=.*beside=live.*besideAt="))
    link = page.evaluate("location.href")
    other = visit(390, 844).page
    other.goto(link)
    expect(other.get_by_text("Branch “Beside”: not the live line.")).to_be_visible(timeout=SLOW_MS)
    expect(other.get_by_role("region", name="World, beside")).to_be_visible(timeout=SLOW_MS)
    panes = [other.get_by_role("region", name=name).bounding_box() for name in ("3D world", "World, beside")]
    assert panes[0] is not None
    assert panes[1] is not None
    assert panes[0]["y"] + panes[0]["height"] <= panes[1]["y"]  # one above the other


def test_a_deleted_branch_comes_back_by_undo(visit: Visit, demo: Demo) -> None:
    page = visit(1280, 800).open()
    expect(page.locator("time").first).not_to_have_text("–")
    fork(page, "Away")
    page.keyboard.press("Alt+r")
    page.get_by_role("button", name="Actions for Away").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_text("No branches yet")).to_be_visible()
    expect(page.get_by_text("not the live line")).to_have_count(0)
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("button", name=re.compile("^Away"))).to_be_visible()


def test_a_past_instant_is_forked_in_chinese_on_a_phone(visit: Visit, demo: Demo) -> None:
    page = visit(390, 844, is_phone=True).open(lang="zh-CN")
    expect(page.locator("time").first).not_to_have_text("–")
    bar = page.get_by_role("slider", name="显示时刻")
    bar.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="从此处分叉").click()
    dialog = page.get_by_role("dialog", name="从此处分叉")
    dialog.get_by_label("推演多远").select_option("1")
    dialog.get_by_role("button", name="分叉", exact=True).click()
    expect(page.get_by_text("不是实时产线")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="返回实时").click()
    expect(page.get_by_text("不是实时产线")).to_have_count(0)


def view(page: Page, name: str) -> None:
    """Open one of the views of the centre."""
    page.get_by_role("group", name="Views").get_by_role("button", name=name, exact=True).click()


def test_orders_stops_and_shifts_are_changed_on_a_branch_by_the_gestures_of_the_line(visit: Visit, demo: Demo) -> None:
    def of_the_line() -> tuple[list[str], list[str], list[str]]:
        book, setup = demo.remote.get("/api/orders"), demo.remote.get("/api/report-setup")
        shifts = [f"{one['start']}-{one['end']}" for one in setup["shifts"]]
        return [one["id"] for one in book["orders"]], [one["machine"] for one in book["stops"]], shifts

    page = visit(1440, 900).open(shell="urn:xushi:demo:shell:AGV1", tab="act", inspector="1")
    details = page.get_by_role("region", name="Details")
    expect(details.get_by_role("combobox", name="Send to")).to_be_visible()
    before = of_the_line()
    fork(page, "Ordered")
    branch = branches_of(demo)[0]["id"]

    def edits() -> list[str]:
        return [one["command"] for one in demo.remote.get(f"/api/branches/{branch}")["edits"]]

    # A single vehicle takes no order on a branch, and the form says so before anybody holds the button.
    expect(details.get_by_text("it takes no order for a single one")).to_be_visible()
    expect(details.get_by_role("button", name="Hold to cancel its order")).to_be_disabled()

    view(page, "Orders")
    orders = page.get_by_role("region", name="Orders", exact=True).first
    second = before[0][1]
    page.get_by_role("button", name=re.compile(f"^Order {second}, place 2")).press("ArrowUp")
    expect(page.get_by_role("button", name=re.compile(f"^Order {second}, place 1"))).to_be_visible(timeout=SLOW_MS)
    orders.get_by_text("Schedule", exact=True).click()
    form = page.get_by_role("form", name="Plan a stop")
    form.get_by_label("Machine").select_option("OP40")
    form.get_by_role("button", name="Plan a stop").click()
    drop = page.get_by_role("button", name="Remove the planned stop of OP40")
    expect(drop).to_be_visible(timeout=SLOW_MS)
    drop.click()
    expect(drop).to_have_count(0, timeout=SLOW_MS)

    view(page, "Reports")
    page.get_by_text("Shifts and schedules", exact=True).click()
    shifts = page.get_by_role("region", name="Shifts of a day")
    expect(shifts.get_by_text("On the branch “Ordered”")).to_be_visible()
    shifts.get_by_label("End").first.fill("13:30")
    shifts.get_by_role("button", name="Save shifts").click()
    expect(page.get_by_text("Shifts saved")).to_be_visible(timeout=SLOW_MS)
    expect(shifts.get_by_label("End").first).to_have_value("13:30")
    assert edits() == ["order.sequence", "maintenance.add", "maintenance.remove", "report.set_shifts"]
    assert of_the_line() == before
    page.get_by_role("button", name="Back to live").click()
    expect(shifts.get_by_label("End").first).to_have_value(before[2][0].partition("-")[2])


def test_material_and_contingency_plans_of_a_branch_are_its_own_and_their_steps_are_put_on_it(
    visit: Visit, demo: Demo, axe: Callable[[Page], list[str]]
) -> None:
    page = visit(1280, 800).open(view="orders", page="material", inspector="0")
    of_the_line = demo.remote.get("/api/orders/requirements")["receipts"]
    fork(page, "Supplied")
    branch = branches_of(demo)[0]["id"]

    def edits() -> list[str | None]:
        return [one["command"] for one in demo.remote.get(f"/api/branches/{branch}")["edits"]]

    expect(page.get_by_text("For the orders of the branch as it is at its fork")).to_be_visible(timeout=SLOW_MS)
    page.get_by_text("Receipts of material", exact=False).click(timeout=SLOW_MS)
    form = page.get_by_role("form", name="State a receipt")
    form.get_by_label("Quantity").fill("40")
    form.get_by_role("button", name="State a receipt").click()
    drop = page.get_by_role("button", name=re.compile("^Remove the receipt"))
    expect(drop).to_have_count(len(of_the_line) + 1, timeout=SLOW_MS)
    assert edits() == ["material.receive"]
    assert demo.remote.get("/api/orders/requirements")["receipts"] == of_the_line
    assert axe(page) == []

    page.get_by_role("region", name="Orders", exact=True).first.get_by_text("Contingency", exact=True).click()
    page.get_by_label("If this machine stands").select_option("OP80")
    page.get_by_label("For, in minutes").fill("45")
    page.get_by_role("button", name="Rehearse", exact=True).click()
    plans = page.get_by_role("region", name="Contingency plans for OP80").first
    helped = plans.get_by_role("row", name=re.compile("Work at RWK1 meanwhile"))
    expect(helped).to_be_visible(timeout=SLOW_MS)
    expect(plans.get_by_role("button", name="Make this a plan")).to_have_count(0)
    helped.get_by_role("button", name="Put on the branch").click()
    until(lambda: len(edits()) == 2)
    assert edits()[1] is None  # what a person does changes the model of the branch
    assert all(one["timeline"] == "live" for one in demo.remote.get("/api/contingencies"))
    assert axe(page) == []
    view(page, "Activity")
    expect(page.get_by_text("it belongs to the line itself")).to_be_visible()


def test_a_branch_with_another_buffer_is_forked_again_scrubbed_and_looked_at_in_every_view(
    visit: Visit, demo: Demo
) -> None:
    page = visit(1440, 900).open(shell="urn:xushi:demo:shell:OP40", inspector="1")
    row = page.get_by_role("region", name="Details").get_by_role("listitem").filter(has_text="Good engines")
    expect(row).to_be_visible()
    fork(page, "Roomier")
    view(page, "Branches")
    open_one = page.get_by_role("region", name="Roomier")
    expect(open_one.get_by_text("Nothing was changed")).to_be_visible(timeout=SLOW_MS)
    open_one.get_by_label("Element").select_option("B40")
    open_one.get_by_label("Number").fill("12")
    open_one.get_by_role("button", name="Change", exact=True).click()
    expect(open_one.get_by_role("listitem").filter(has_text="B40: places 12")).to_be_visible(timeout=SLOW_MS)

    open_one.get_by_role("button", name="Fork again").click()
    dialog = page.get_by_role("dialog", name="Fork here")
    dialog.get_by_label("Name").fill("Once more")
    dialog.get_by_label("How far ahead").select_option("1")
    dialog.get_by_role("button", name="Fork", exact=True).click()
    expect(page.get_by_text("Branch “Once more”: not the live line.")).to_be_visible(timeout=SLOW_MS)
    titles = {one["title"]["en"]: one for one in branches_of(demo)}
    again = titles["Once more"]
    assert again["parent"] == titles["Roomier"]["id"]
    elements = demo.remote.get(f"/api/branches/{again['id']}")["elements"]
    (buffer,) = (one for one in elements if one["element"] == "B40")
    assert next(one["present"] for one in buffer["figures"] if one["figure"] == "capacity") == 12

    # What the form is about is what the details show.
    page.get_by_role("region", name="Once more").get_by_label("Element").select_option("OP40", timeout=SLOW_MS)
    expect(row).to_be_visible()
    page.get_by_role("slider", name="Shown instant").focus()
    page.keyboard.press("End")
    until(lambda: abs(shown_ms(page) - again["end_ms"]) < 1_000)
    page.keyboard.press("PageDown")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    assert part_of(page.url, "timeline") == again["id"]
    good = "urn:xushi:demo:submodel:OP40:OperationalData#Counters.Good"

    def is_shown() -> bool:
        told = re.search(r"\n([\d,]+)\b", row.inner_text())
        held = demo.as_of(good, shown_ms(page), again["id"])
        return told is not None and int(told[1].replace(",", "")) == held

    until(is_shown)

    for name, question in (("Cockpit", "/api/kpis?"), ("Alarms", "/api/alarms/journal?")):
        with page.expect_response(lambda one, q=question: q in one.url and again["id"] in one.url) as answer:
            view(page, name)
            if name == "Alarms":
                page.get_by_role("region", name="Alarms").get_by_text("Journal", exact=True).click()
        assert answer.value.ok
        expect(page.get_by_text("Branch “Once more”: not the live line.")).to_be_visible()
    view(page, "Signals")
    table = page.get_by_role("region", name="Signals")
    table.get_by_label("Find signals").fill("OP40 Good engines")
    expect(table.get_by_role("row").filter(has_text="Good engines").first).to_be_visible()
