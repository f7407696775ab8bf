"""The forecast of the running plant in a real browser, and a change compared with the line as it is."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from visiting import Demo, Visit

from xushi.simulate import read_model

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
