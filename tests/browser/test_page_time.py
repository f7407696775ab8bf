"""The time bar: back to any second, forward again, live, a recorded shift, and links that reproduce the view."""

from __future__ import annotations

import json
import math
import re
import time
from bisect import bisect_right
from typing import Any

from playwright.sync_api import Locator, Page, expect
from visiting import WAIT_MS, Demo, Visit, look_at_chosen, part_of, shown_ms

from xushi.demo._physics import PlantModel
from xushi.demo._runner import WARM_UP_S
from xushi.runtime import decode_frame

OP40 = "urn:xushi:demo:shell:OP40"
ROOT = "urn:xushi:demo:submodel:"
DATA = ":OperationalData#"
TIMED = {"Progress", "Energy.Total"}  # read by the wall clock, so that no second run of the plant has the same
RECORDED_WITHIN_S = 60


def clock(page: Page) -> str:
    return page.locator("time").first.inner_text()


def go_back(page: Page, seconds: int) -> None:
    bar = page.get_by_role("slider", name="Shown instant")
    bar.focus()
    for _ in range(seconds):
        page.keyboard.press("ArrowLeft")


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name="Details").get_by_role("listitem").filter(has_text=name)


def number_in(shown: Locator) -> tuple[float, float]:
    """The number that a row shows, and half of its last digit; no number while it is being read."""
    text = re.search(r"\n(-?[\d,]+(?:\.(\d+))?)\b", shown.inner_text())
    if text is None:
        return math.nan, 0.0
    return float(text[1].replace(",", "")), 0.5 * 10.0 ** -len(text[2] or "")


def shows_the_instant(page: Page, demo: Demo, timeline: str = "live") -> None:
    """What the page comes to show of OP40 is what its history holds at the instant that its own address names."""
    for name, path in (("Progress of the cycle", "Progress"), ("Good engines", "Counters.Good")):
        until_s = time.monotonic() + WAIT_MS / 1e3
        while True:
            at_ms, (shown, half_digit) = shown_ms(page), number_in(row(page, name))
            # The address gives whole milliseconds.
            held = {demo.as_of(f"{ROOT}OP40{DATA}{path}", at_ms + late_ms, timeline) for late_ms in (0, 1)}
            if any(abs(shown - value) <= half_digit * 1.001 for value in held):
                break
            assert time.monotonic() < until_s, (name, shown, held, at_ms)
            page.wait_for_timeout(100)


def stands_still(page: Page) -> str:
    """Wait until what is shown stays as it is, though what came late of that instant may still change it; its clock."""
    until_s = time.monotonic() + WAIT_MS / 1e3
    while True:
        before = row(page, "Progress of the cycle").inner_text(), clock(page)
        page.wait_for_timeout(1500)
        if (row(page, "Progress of the cycle").inner_text(), clock(page)) == before:
            return before[1]
        assert time.monotonic() < until_s, f"it goes on: {before}"


def test_scrubbing_shows_that_instant_and_live_resumes_time(visit: Visit, demo: Demo) -> None:
    page = visit().open(place=OP40)
    expect(row(page, "Progress of the cycle")).to_be_visible()
    page.wait_for_timeout(5_000)  # a demo may just have begun: five seconds ago it then had its first value
    go_back(page, 5)
    bar = page.get_by_role("region", name="Time")
    expect(bar).to_contain_text("Past")
    held_clock = stands_still(page)
    shows_the_instant(page, demo)
    assert stands_still(page) == held_clock
    bar.get_by_role("button", name="Live").click()
    expect(page.locator("time").first).not_to_have_text(held_clock)
    expect(bar).not_to_contain_text("Past")


def recorded(demo: Demo) -> dict[str, Any]:
    """The shift that the demo records by itself."""
    deadline_s = time.monotonic() + RECORDED_WITHIN_S
    while True:
        found: list[dict[str, Any]] = [one for one in demo.remote.get("/api/timelines") if one["kind"] == "recorded"]
        if found:
            return found[0]
        assert time.monotonic() < deadline_s, "no shift was recorded"
        time.sleep(0.2)


def went_through(demo: Demo, until_ms: float) -> dict[str, list[tuple[int, Any]]]:
    """What the stations of the recorded plant went through, by the same seed, without a socket and without us."""
    ready = json.loads((demo.data / "shift.log").read_text("utf-8").splitlines()[0])
    plant = PlantModel(ready["seed"], ready["start_ns"] - round(WARM_UP_S * 1e9))
    plant.run_until(WARM_UP_S + (until_ms * 1e6 - ready["start_ns"]) / 1e9)
    changes: dict[str, list[tuple[int, Any]]] = {}
    for key, at_ns, value in plant.values.take_changes():
        machine, _, path = key.partition(".")
        if machine.startswith("OP") and path not in TIMED:
            changes.setdefault(f"{ROOT}{machine}{DATA}{path}", []).append((at_ns, value))
    return changes


def test_the_recorded_shift_is_what_its_plant_went_through(demo: Demo) -> None:
    shift = recorded(demo)
    assert shift["end_ms"] - shift["start_ms"] == 2 * 60_000
    changes = went_through(demo, shift["end_ms"])
    handles = {one["key"]: one["handle"] for one in demo.remote.get("/api/signals", limit=5000)["signals"]}
    compared, states = 0, set()
    for share in (0.1, 0.5, 0.99):
        at_ms = shift["start_ms"] + share * (shift["end_ms"] - shift["start_ms"])
        frame = decode_frame(demo.remote.raw("GET", f"/api/timelines/{shift['id']}/snapshot", query={"at_ms": at_ms}))
        shown = {int(handle): frame.value(place) for place, handle in enumerate(frame.handles)}
        for key in handles.keys() & changes.keys():
            times = [at_ns for at_ns, _ in changes[key]]
            if (place := bisect_right(times, at_ms * 1e6)) and handles[key] in shown:
                wanted, value = changes[key][place - 1][1], shown[handles[key]]
                assert value == (list(wanted) if isinstance(wanted, tuple) else wanted), (key, at_ms)
                compared += 1
                states |= {(key, wanted)} if key.endswith("#State") else set()
    assert compared > 300
    assert len(states) > 10, "every station has a state, and some of them change"


def test_the_list_opens_the_recorded_shift_and_scrubbing_shows_its_values(visit: Visit, demo: Demo) -> None:
    shift = recorded(demo)
    page = visit().open(place=OP40)
    expect(row(page, "Progress of the cycle")).to_be_visible()
    page.get_by_label("Timeline").select_option(label="Recorded shift")
    expect(page.get_by_role("region", name="Time")).to_contain_text("Past")
    for _ in range(30):
        page.get_by_role("button", name="One second on").click()
    page.wait_for_timeout(1500)
    assert part_of(page.url, "timeline") == shift["id"]
    assert abs(shown_ms(page) - shift["start_ms"] - 30_000) < 2
    shows_the_instant(page, demo, shift["id"])


def test_a_link_from_the_past_opens_the_same_view_elsewhere(visit: Visit) -> None:
    first = visit().open(place=OP40)
    expect(row(first, "Progress of the cycle")).to_be_visible()
    expect(first.locator("[data-world=ready]")).to_be_visible()
    look_at_chosen(first)  # OP40: no camera that a page has by itself
    go_back(first, 10)  # so far that all of that instant has come in, however loaded the machine is
    expect(first.get_by_role("region", name="Time")).to_contain_text("Past")
    first.wait_for_timeout(1000)
    link = copied(first)
    assert re.search(r"at=.*place=urn.*camera=.*lang=en", link)
    second = visit(locale="zh-CN").page
    second.goto(link)
    expect(second.locator("time").first).to_have_text(clock(first))
    expect(second.get_by_role("region", name="Details").get_by_role("heading", level=2)).to_contain_text(
        "OP40 Head bolting"
    )
    expect(row(second, "Progress of the cycle")).to_have_text(
        row(first, "Progress of the cycle").inner_text(), use_inner_text=True
    )
    expect(second.locator("[data-world=ready]")).to_be_visible()
    assert part_of(copied(second), "camera") == part_of(link, "camera") == part_of(copied(first), "camera")


def copied(page: Page) -> str:
    """The link to this view; its camera is where the eye of the drawn world stands."""
    page.get_by_role("button", name="Copy link to this view").click()
    expect(page.get_by_text("Link copied").last).to_be_visible()
    link: str = page.evaluate("navigator.clipboard.readText()")
    return link


def test_playing_goes_on_from_the_shown_instant(visit: Visit) -> None:
    page = visit().open()
    expect(page.locator("time").first).not_to_have_text("–")
    go_back(page, 8)
    held = clock(page)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("region", name="Time")).to_contain_text("Playing")
    expect(page.locator("time").first).not_to_have_text(held)
