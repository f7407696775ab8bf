"""What goes wrong on the line, in a real browser: a wrong part that waits for an answer, and a breakdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from visiting import Demo, Visit, hold, started

SLOW_MS = 120_000
SPEED = 4
ATTEMPTS = 3


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A line of which two stations fail: one for a minute or two, the other for longer than the test lasts.

    Before that a third one stops for a wrong part.
    """
    faults = ("--fail", f"OP70@{60 * SPEED}:{90 * SPEED}", "--fail", f"OP80@{90 * SPEED}:{3600 * SPEED}")
    with started(tmp_path_factory.mktemp("fault"), SPEED, "--mislay", "OP20@0", *faults) as one:
        yield one


def answered(card: Locator) -> None:
    """Release the stop; where a busy plant leaves the outcome unknown, look and answer again, as a person would."""
    for _ in range(ATTEMPTS):
        hold(card.get_by_role("button", name="Hold to release"))
        expect(card.get_by_text("Waiting for its answer…")).to_have_count(0)
        if not card.get_by_role("checkbox", checked=True).count():  # it was confirmed
            break
    expect(card).to_contain_text("No stop waits for an answer.")


def test_a_station_that_a_wrong_part_has_stopped_goes_on_when_a_person_answers(visit: Visit) -> None:
    page = visit().open(shell="urn:xushi:demo:shell:OP20", tab="act")
    card = page.get_by_role("region", name="Poka-yoke")
    expect(card).to_contain_text("Stopped: a wrong part was scanned.")
    expect(card.get_by_role("button", name="Hold to release")).to_be_disabled()  # not before the part is out
    card.get_by_label(re.compile("has been removed$")).check()
    answered(card)
    page.get_by_role("tab", name="Live").click()
    state = page.get_by_role("region", name="Details").get_by_role("listitem").filter(has_text="Machine state")
    expect(state).to_contain_text("Executing")
    page.get_by_role("group", name="Views").get_by_role("button", name="Activity").click()
    row = page.get_by_role("row").filter(has_text=re.compile("Wrong part .* removed; .* expected"))
    for word in ("operator", "OP20", "Release the poka-yoke stop", "Done"):
        expect(row).to_contain_text(word)


def test_a_breakdown_is_told_on_every_view_until_the_machine_is_back_or_somebody_sees_to_it(
    visit: Visit, demo: Demo, axe: Callable[[Page], list[str]]
) -> None:
    page = visit(1280, 800).open(view="alarms", inspector="0")
    phone = visit(390, 844, is_phone=True).open(view="world", lang="zh-CN")
    notice = page.get_by_role("status").filter(has_text="Contingency plans are ready.")
    expect(notice).to_contain_text("OP80", timeout=SLOW_MS)
    expect(phone.get_by_text("预案已就绪。")).to_be_visible()
    assert axe(phone) == []
    notice.get_by_role("button", name="Show the plans").click()
    expect(page.get_by_role("region", name="Contingency plans for OP80")).to_be_visible(timeout=SLOW_MS)
    alone = page.get_by_text("Standing: OP80. Contingency plans are ready.")  # OP70 is back
    expect(alone).to_be_visible(timeout=SLOW_MS)
    assert axe(page) == []
    notice.get_by_role("button", name="Handled").click()
    expect(notice).to_have_count(0)
    expect(phone.get_by_text("预案已就绪。")).to_have_count(0)
    expect(page.get_by_text("operator sees to it.")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(phone.get_by_text("停机：OP80。预案已就绪。")).to_be_visible()
    button = page.get_by_role("region", name="Contingency plans for OP80").get_by_role(
        "button", name="Make this a plan"
    )
    table = button.first.locator("xpath=ancestor::table/..")
    assert table.evaluate("one => one.scrollWidth <= one.clientWidth")  # every button stands on the screen
    button.first.click()
    expect(page.get_by_role("heading", name=re.compile("^OP80: "), level=2)).to_be_visible()  # it leads to the plan
    expect(notice).to_have_count(0)  # who plans for it sees to it
