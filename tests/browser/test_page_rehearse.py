"""Rehearse, then do, in a real browser: fork, change, compare, plan, approve, execute, and the promise kept."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from visiting import Demo, Visit, hold, started

SLOW_MS = 90_000
SPEED = 1.0  # as its shells describe it
AHEAD_H = 1
HELD_H = 0.05  # 3 min, as long as a test can wait
SECONDS_BEFORE = 60  # so that there is a past to learn from
ATTEMPTS = 3  # a promise is kept nine times in ten: all of three are broken once in a thousand runs


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A line of its own, which works as its shells describe it: what they promise of it can be kept."""
    with started(tmp_path_factory.mktemp("line"), SPEED) as one:
        time.sleep(SECONDS_BEFORE)
        yield one


def planned(page: Page, name: str) -> None:
    """Fork the line, let OP90 work quicker on the branch, compare, and make a plan with its promise."""
    page.get_by_role("region", name="Time").get_by_role("button", name="Fork here").click()
    dialog = page.get_by_role("dialog", name="Fork here")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("How far ahead").select_option(str(AHEAD_H))
    dialog.get_by_role("button", name="Fork", exact=True).click()
    expect(page.get_by_text(f"Branch “{name}”: not the live line.")).to_be_visible(timeout=SLOW_MS)

    page.get_by_role("button", name="Change Cycle-time factor").click()
    page.get_by_label("New value").fill("0.8")
    hold(page.get_by_role("button", name="Hold to write on the branch"), by_key=True)
    expect(page.get_by_text("Done: Run a command on a branch")).to_be_visible(timeout=SLOW_MS)

    page.keyboard.press("Alt+r")
    branch = page.get_by_role("region", name=name)
    branch.get_by_role("button", name="Compare", exact=True).click()
    expect(branch.get_by_text(re.compile("^Best: "))).to_be_visible(timeout=SLOW_MS)

    page.keyboard.press("Alt+j")
    page.get_by_role("combobox", name="Plan from a branch").select_option(label=name)
    page.get_by_role("form", name="Plan from a branch").get_by_role("button", name="Make a plan").click()
    promise = page.get_by_role("region", name="Promise and what happened").get_by_role("table")
    expect(promise.get_by_role("row")).to_have_count(4, timeout=SLOW_MS)
    expect(page.get_by_text("With 90 % all figures are kept together")).to_be_visible()
    expect(page.get_by_role("table", name="Steps")).to_contain_text("OP90.CycleTimeFactor")


def executed(page: Page) -> None:
    """Rehearse the plan once more, from now and for a span that can be waited for; approve it, and execute it."""
    page.get_by_label("Hours ahead").fill(str(HELD_H))
    page.get_by_role("button", name="Rehearse", exact=True).click()
    expect(page.get_by_text(re.compile("^Over 3.min from the start"))).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("own plan, the only person here")).to_be_visible()
    hold(page.get_by_role("button", name="Hold to execute"), by_key=True)
    expect(page.get_by_role("article").get_by_text("executed", exact=True)).to_be_visible(timeout=SLOW_MS)


def test_a_change_is_forked_compared_planned_approved_executed_and_keeps_its_promise(visit: Visit, demo: Demo) -> None:
    page = visit(1440, 900).open(shell="urn:xushi:demo:shell:OP90", inspector="1")
    expect(page.get_by_role("region", name="Details")).to_contain_text("Progress of the cycle")
    verdicts = []
    for attempt in range(1, ATTEMPTS + 1):
        planned(page, f"OP90 quicker {attempt}")
        executed(page)
        # When the span is over, the verdict stands there by itself.
        verdict = page.get_by_text(re.compile("^(The promise was|The records have gaps)"))
        expect(verdict).to_be_visible(timeout=SLOW_MS + HELD_H * 3_600_000)
        verdicts.append(verdict.inner_text())
        if verdicts[-1] == "The promise was kept.":
            break
        hold(page.get_by_role("button", name="Hold to roll back"), by_key=True)
        expect(page.get_by_role("article").get_by_text("rolled back", exact=True)).to_be_visible(timeout=SLOW_MS)
        page.get_by_role("button", name="Back to live").first.click()
    assert verdicts[-1] == "The promise was kept.", verdicts

    factor = "urn:xushi:demo:submodel:OP90:OperationalData#CycleTimeFactor"
    writes = [one for one in demo.remote.get("/api/evidence?limit=500") if one["command"] == "signal.write"]
    assert {one["entry"]["summary"]["signal"] for one in writes} == {factor}
    assert writes[-1]["entry"]["summary"]["value"] == 0.8
