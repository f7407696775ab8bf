"""The time bar: back to any second, forward again, live, and links that reproduce the view."""

import re

from playwright.sync_api import Locator, Page, expect
from visiting import Visit


def clock(page: Page) -> str:
    return page.locator("time").first.inner_text()


def go_back(page: Page, seconds: int) -> None:
    bar = page.get_by_role("slider", name="Shown instant")
    bar.focus()
    for _ in range(seconds):
        page.keyboard.press("ArrowLeft")


def progress_row(page: Page) -> Locator:
    return page.get_by_role("region", name="Details").get_by_role("listitem").filter(has_text="Progress of the cycle")


def progress(page: Page) -> str:
    return progress_row(page).inner_text()


def test_scrubbing_stops_time_and_live_resumes_it(visit: Visit) -> None:
    page = visit().open(place="urn:xushi:demo:shell:OP40")
    expect(page.get_by_role("region", name="Details")).to_contain_text("Progress of the cycle")
    go_back(page, 5)
    time = page.get_by_role("region", name="Time")
    expect(time).to_contain_text("Past")
    page.wait_for_timeout(1500)
    held, held_clock = progress(page), clock(page)
    page.wait_for_timeout(2500)
    assert (progress(page), clock(page)) == (held, held_clock)
    time.get_by_role("button", name="Live").click()
    expect(page.locator("time").first).not_to_have_text(held_clock)
    expect(time).not_to_contain_text("Past")


def test_a_link_from_the_past_opens_the_same_view_elsewhere(visit: Visit) -> None:
    first = visit().open(place="urn:xushi:demo:shell:OP40")
    expect(first.get_by_role("region", name="Details")).to_contain_text("Progress of the cycle")
    go_back(first, 3)
    expect(first.get_by_role("region", name="Time")).to_contain_text("Past")
    first.wait_for_timeout(1000)
    first.get_by_role("button", name="Copy link to this view").click()
    expect(first.get_by_text("Link copied")).to_be_visible()
    link = first.evaluate("navigator.clipboard.readText()")
    assert re.search(r"at=.*place=urn.*camera=.*lang=en", link)
    second = visit(locale="zh-CN").page
    second.goto(link)
    expect(second.locator("time").first).to_have_text(clock(first))
    expect(second.get_by_role("region", name="Details").get_by_role("heading", level=2)).to_contain_text(
        "OP40 Head bolting"
    )
    expect(progress_row(second)).to_have_text(progress(first), use_inner_text=True)


def test_playing_goes_on_from_the_shown_instant(visit: Visit) -> None:
    page = visit().open()
    expect(page.locator("time").first).not_to_have_text("–")
    go_back(page, 8)
    held = clock(page)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("region", name="Time")).to_contain_text("Playing")
    expect(page.locator("time").first).not_to_have_text(held)
