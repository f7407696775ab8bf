"""The forecast of the running plant in a real browser, and a change compared with the line as it is."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page, expect
from visiting import Demo, Visit

from xushi.simulate import read_model
from xushi.testing import until

SLOW_MS = 90_000


def test_the_forecast_appears_by_itself_and_a_change_is_told_from_noise(visit: Visit, demo: Demo) -> None:
    page = visit(1280, 800).open(view="forecast")
    figures = page.get_by_role("table", name="Until the end of the shift")
    expect(figures.get_by_role("row", name=re.compile("^Parts finished"))).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text(re.compile("^[A-Z0-9-]+ holds the line back:$"))).to_be_visible()
    page.get_by_label("Element").select_option("OP40")
    page.get_by_label("Change").select_option("cycle time")
    page.get_by_label("By, in %").fill("150")
    page.get_by_role("button", name="Add alternative").click()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text("Best: as it is.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("All others are clearly worse.")).to_be_visible()
    outcome = page.get_by_role("table", name=re.compile("^Means, and differences"))
    expect(outcome.get_by_role("row")).to_have_count(3)
    page.get_by_label("Element").select_option("XD-AGV")
    page.get_by_label("Vehicles").fill("1")
    page.get_by_role("button", name="Add alternative").click()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(outcome.get_by_role("row", name=re.compile("^XD-AGV vehicles 1"))).to_be_visible(timeout=SLOW_MS)


def cancelled(page: Page, demo: Demo) -> None:
    """Stop at once what was just asked for, perhaps before the server has named its job; nothing may come of it."""
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=SLOW_MS)
    until(lambda: all(one["state"] != "running" for one in demo.remote.get("/api/jobs")))
    assert demo.remote.get("/api/jobs")[0]["state"] == "cancelled"


def test_a_forecast_and_a_comparison_that_are_cancelled_show_nothing_of_themselves(visit: Visit, demo: Demo) -> None:
    page = visit(1280, 800).open(view="forecast")
    forecast = page.get_by_role("button", name="Forecast again", exact=True)
    expect(forecast).to_be_visible(timeout=SLOW_MS)  # the first one is there
    forecast.click()
    cancelled(page, demo)
    expect(forecast).to_be_enabled()
    expect(page.get_by_text(re.compile("futures$")).first).to_be_visible()  # what was known before, or a newer one
    page.get_by_label("Element").select_option("OP40")
    page.get_by_label("By, in %").fill("150")
    page.get_by_role("button", name="Add alternative").click()
    page.get_by_role("button", name="Compare", exact=True).click()
    cancelled(page, demo)
    expect(page.get_by_role("table", name=re.compile("^Means, and differences"))).to_have_count(0)
    expect(page.get_by_role("button", name="Compare", exact=True)).to_be_enabled()


def test_what_will_be_late_is_told_on_every_view_with_nobody_looking(
    visit: Visit, demo: Demo, axe: Callable[[Page], list[str]]
) -> None:
    page = visit(1280, 800).open(view="alarms")
    phone = visit(390, 844, is_phone=True).open(view="world", lang="zh-CN")
    product = demo.remote.get("/api/orders")["products"][0]["id"]
    due_ms = time.time() * 1e3 + 300_000
    demo.remote.run("order.add", {"id": "L-1", "product": product, "quantity": 500, "due_ms": due_ms})
    demo.remote.run("foresight.watch", {"every_s": 1})
    try:
        strip = page.get_by_role("status").filter(has_text="Order L-1 will be late: done in")
        expect(strip).to_be_visible(timeout=SLOW_MS)
        expect(phone.get_by_text("订单 L-1 将延误")).to_be_visible()
        assert axe(phone) == []
        strip.get_by_role("button", name="Show the forecast").click()
        expect(page.get_by_role("table", name="Orders")).to_be_visible(timeout=SLOW_MS)
        assert axe(page) == []
        strip.get_by_role("button", name="Hide").click()
        expect(phone.get_by_text("订单 L-1 将延误")).to_have_count(0)
    finally:
        demo.remote.run("foresight.watch", {"every_s": 60})
        demo.remote.run("order.remove", {"id": "L-1"})


def test_the_forecast_on_a_phone_in_chinese_shows_what_it_was_estimated_from(visit: Visit, demo: Demo) -> None:
    page = visit(390, 844).open(view="forecast", lang="zh-CN")
    expect(page.get_by_role("table", name="至本班结束")).to_be_visible(timeout=SLOW_MS)
    page.get_by_text(re.compile("^模型的估计依据")).click()
    expect(page.get_by_role("table", name="估计值")).to_be_visible()


def test_the_model_is_packaged_downloaded_and_run_from_the_inspector(visit: Visit, demo: Demo) -> None:
    page = visit(1280, 800).open(view="forecast")
    package = page.get_by_role("region", name="Keep the model")
    package.get_by_label("What is new in it").fill("first", timeout=SLOW_MS)
    package.get_by_role("button", name="Package the model").click()
    expect(package.get_by_text(re.compile("^Version 1 of the model"))).to_be_visible(timeout=SLOW_MS)
    with page.expect_download() as download:
        package.get_by_role("link", name="Download the model").click()
    assert {machine.id for machine in read_model(download.value.path().read_bytes()).machines} >= {"OP10", "OP90"}
    package.get_by_role("button", name="Show it").click()
    model = page.get_by_role("region", name="Run the model")
    model.get_by_label("How far, h").fill("1")
    model.get_by_role("button", name="Run", exact=True).click()
    found = model.get_by_role("table", name=re.compile("1 h ahead, 30 futures"))
    expect(found.get_by_role("row", name=re.compile("^Good parts"))).to_be_visible(timeout=SLOW_MS)
    expect(model.get_by_text(re.compile("holds the line back"))).to_be_visible()

    model.get_by_label("How far, h").fill("200")
    model.get_by_label("Futures").fill("1000")
    model.get_by_role("button", name="Run", exact=True).click()
    progress = model.get_by_role("progressbar")
    expect(progress).not_to_have_attribute("aria-valuenow", "0", timeout=SLOW_MS)
    model.get_by_role("button", name="Cancel", exact=True).click()
    expect(progress).to_have_count(0)
    expect(found).to_be_visible()  # what was found before stays
    assert demo.remote.get("/api/jobs")[0]["state"] == "cancelled"
