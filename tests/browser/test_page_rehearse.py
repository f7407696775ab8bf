"""Rehearse, then do, in a real browser: fork, change, compare, plan, approve, execute, and the promise measured."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from visiting import Demo, Visit, started

SLOW_MS = 90_000
SPEED = 60.0
AHEAD_H = 1
MINUTES_BEFORE = 12  # of the line's time, so that there is a past to learn from


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A line whose hour lasts a minute."""
    with started(tmp_path_factory.mktemp("fast"), SPEED) as one:
        time.sleep(MINUTES_BEFORE * 60 / SPEED)
        yield one


def hold(page: Page, name: str) -> None:
    """Hold a button for as long as what moves metal asks for."""
    button = page.get_by_role("button", name=name)
    button.scroll_into_view_if_needed()
    button.focus()
    page.keyboard.down("Enter")
    page.wait_for_timeout(1_600)
    page.keyboard.up("Enter")


def test_a_change_is_forked_compared_planned_approved_executed_and_held_to_its_promise(
    visit: Visit, demo: Demo
) -> None:
    page = visit(1440, 900).open(shell="urn:xushi:demo:shell:OP90", inspector="1")
    expect(page.get_by_role("region", name="Details")).to_contain_text("Progress of the cycle")

    page.get_by_role("region", name="Time").get_by_role("button", name="Fork here").click()
    dialog = page.get_by_role("dialog", name="Fork here")
    dialog.get_by_label("Name").fill("OP90 quicker")
    dialog.get_by_label("How far ahead").select_option(str(AHEAD_H))
    dialog.get_by_role("button", name="Fork", exact=True).click()
    expect(page.get_by_text("Branch “OP90 quicker”: not the live line.")).to_be_visible(timeout=SLOW_MS)

    page.get_by_role("button", name="Change Cycle-time factor").click()
    page.get_by_label("New value").fill("0.8")
    hold(page, "Hold to write on the branch")
    expect(page.get_by_text("Done: Run a command on a branch")).to_be_visible(timeout=SLOW_MS)

    page.keyboard.press("Alt+r")
    branch = page.get_by_role("region", name="OP90 quicker")
    branch.get_by_role("button", name="Compare", exact=True).click()
    expect(branch.get_by_text(re.compile("^Best: "))).to_be_visible(timeout=SLOW_MS)

    page.keyboard.press("Alt+j")
    page.get_by_role("combobox", name="Plan from a branch").select_option(label="OP90 quicker")
    page.get_by_role("form", name="Plan from a branch").get_by_role("button", name="Make a plan").click()
    promise = page.get_by_role("region", name="Promise and what happened").get_by_role("table")
    expect(promise.get_by_role("row")).to_have_count(4, timeout=SLOW_MS)
    expect(page.get_by_role("table", name="Steps")).to_contain_text("OP90.CycleTimeFactor")

    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("own plan, the only person here")).to_be_visible()
    hold(page, "Hold to execute")
    expect(page.get_by_role("article").get_by_text("executed", exact=True)).to_be_visible(timeout=SLOW_MS)

    # The line is held to it from now on; when the hour is over the verdict stands there by itself.
    page.get_by_role("button", name="Measure now").click()
    expect(page.get_by_text(re.compile("^(The span ends at|The promise was)"))).to_be_visible(timeout=SLOW_MS)
    factor = "urn:xushi:demo:submodel:OP90:OperationalData#CycleTimeFactor"
    (written,) = [one for one in demo.remote.get("/api/evidence?limit=200") if one["command"] == "signal.write"]
    assert written["entry"]["summary"]["signal"] == factor
