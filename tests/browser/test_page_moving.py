"""Moving a machine on a branch in a real browser: by its handles and by the keyboard, there alone, and back by undo."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from visiting import Demo, Visit, branches_of

pytestmark = pytest.mark.usefixtures("no_branches_are_left")

SLOW_MS = 90_000
OP30 = "urn:xushi:demo:shell:OP30"


def fork(page: Page, name: str) -> None:
    page.keyboard.press("Alt+k")
    dialog = page.get_by_role("dialog", name="Fork here")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("How far ahead").select_option("1")
    dialog.get_by_role("button", name="Fork", exact=True).click()
    expect(page.get_by_text(f"Branch “{name}”: not the live line.")).to_be_visible(timeout=SLOW_MS)


def stands(demo: Demo, timeline: str) -> list[float]:
    places = demo.remote.get(f"/api/places?timeline={timeline}")
    position: list[float] = next(one["position"] for one in places if one["id"] == OP30)
    return position


def move_dialog(page: Page) -> Locator:
    """Opened by the keyboard, wherever the focus is."""
    page.keyboard.press("Alt+m")
    return page.get_by_role("dialog", name=re.compile("^Move OP30"))


def test_a_station_is_moved_by_the_keyboard_on_the_branch_alone_and_undo_brings_it_back(
    visit: Visit, demo: Demo, axe: Callable[[Page], list[str]]
) -> None:
    page = visit(1280, 800).open(shell=OP30)
    expect(page.locator("time").first).not_to_have_text("–")
    fork(page, "Moved")
    branch = branches_of(demo)[0]["id"]
    x, _, z = stands(demo, "live")
    dialog = move_dialog(page)
    expect(dialog.get_by_text("On the branch “Moved”")).to_be_visible()
    field = dialog.get_by_label("z (m)")
    expect(field).to_have_value(f"{z:g}")
    field.fill(f"{z - 3.4:g}")
    expect(dialog.get_by_text("transfer time B20 × 1.414, B30 × 1.414")).to_be_visible()  # before it is done
    assert axe(page) == []
    dialog.get_by_role("button", name="Move", exact=True).press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.get_by_text(re.compile(r"moved by 3\.4 m \(3\.4 m north\)")).first).to_be_visible()
    assert stands(demo, branch) == pytest.approx([x, 0, z - 3.4])
    assert stands(demo, "live") == [x, 0, z]
    dialog = move_dialog(page)  # the page shows it there, too
    expect(dialog.get_by_label("z (m)")).to_have_value(f"{z - 3.4:g}")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Back to live").click()
    dialog = move_dialog(page)
    expect(dialog.get_by_label("z (m)")).to_have_value(f"{z:g}")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    expect(page.get_by_text(re.compile("^Undone"))).to_be_visible()
    assert stands(demo, branch) == [x, 0, z]


def test_a_station_is_dragged_by_its_handles_on_the_branch_and_its_details_list_the_change(
    visit: Visit, demo: Demo
) -> None:
    x, _, z = stands(demo, "live")
    above = f"{x},14,{z + 0.5},{x},0,{z}"  # looks down on it: the handle to the east points to the right
    page = visit(1280, 800).open(shell=OP30, camera=above)
    world = page.locator('section[data-world="ready"]')
    expect(world).to_be_visible(timeout=SLOW_MS)
    fork(page, "Dragged")
    branch = branches_of(demo)[0]["id"]
    page.get_by_role("button", name="Move things by dragging").click()
    box = world.locator("canvas").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(middle[0] + 0.08 * box["height"], middle[1], steps=5)
    page.wait_for_timeout(300)
    page.mouse.down()
    page.mouse.move(middle[0] + 0.28 * box["height"], middle[1], steps=10)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"moved by .* m east")).first).to_be_visible()
    moved_m = stands(demo, branch)[0] - x
    assert 0.5 < moved_m < 10
    assert stands(demo, "live")[0] == x
    page.keyboard.press("Alt+r")
    change = page.get_by_role("region", name="Dragged").get_by_role("listitem").filter(has_text="OP30")
    expect(change).to_contain_text("transfer time B20 ×", timeout=SLOW_MS)
    change.get_by_role("button", name=re.compile("^Take back")).click()
    expect(change).to_have_count(0, timeout=SLOW_MS)
    assert stands(demo, branch)[0] == x
