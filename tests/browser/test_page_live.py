"""Looking at the running line: values move, a station tells everything about itself."""

import math
import re
from urllib.parse import unquote

from playwright.sync_api import Page, expect
from visiting import Visit, changes, look_at_chosen, picture

from xushi.testing import until


def choose(page: Page, station: str) -> None:
    """Click a machine in the tree."""
    page.get_by_role("treeitem", name=re.compile(rf"^{station}\b")).click()


def test_values_move_in_the_table(visit: Visit) -> None:
    page = visit().open(view="table")
    page.get_by_role("textbox", name="Find signals").fill("OP40 Spindle current")
    cell = page.get_by_role("row", name=re.compile("OP40")).first.get_by_role("gridcell").nth(2)
    expect(cell).not_to_have_text("–")
    before = cell.inner_text()
    expect(cell).not_to_have_text(before)


def test_a_station_chosen_in_the_tree_shows_live_values_with_unit(visit: Visit) -> None:
    page = visit().open()
    choose(page, "OP40")
    details = page.get_by_role("region", name="Details")
    expect(details.get_by_role("heading", name=re.compile("OP40"))).to_be_visible()
    row = details.get_by_role("listitem").filter(has_text="Electric power")
    expect(row).to_contain_text("kW")
    before = row.inner_text()
    expect(row).not_to_have_text(before, use_inner_text=True)


def test_a_station_tells_where_its_values_come_from(visit: Visit) -> None:
    page = visit().open()
    choose(page, "OP40")
    page.get_by_role("tab", name="Source").click()
    panel = page.get_by_role("tabpanel")
    expect(panel).to_contain_text("opc.tcp://")
    expect(panel).to_contain_text("s=OP40.State")
    expect(panel).to_contain_text("changed")


def test_a_station_shows_its_nameplate_and_trend(visit: Visit) -> None:
    page = visit().open()
    choose(page, "OP40")
    page.get_by_role("tab", name="About").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("Manufacturer")
    page.get_by_role("tab", name="Trend").click()
    expect(page.get_by_role("tabpanel").get_by_role("img", name=re.compile("Trend of"))).to_be_visible()


def test_the_tree_is_walked_by_keys(visit: Visit) -> None:
    page = visit().open()
    tree = page.get_by_role("tree")
    expect(page.get_by_role("treeitem", name=re.compile(r"^OP10\b"))).to_be_visible()
    tree.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("treeitem", selected=True)).to_have_accessible_name(re.compile(r"^OP10\b"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("treeitem", selected=True)).to_have_attribute("aria-expanded", "true")


def test_the_world_is_drawn_and_a_machine_is_picked_by_a_click_on_it(visit: Visit) -> None:
    page = visit().open(place="urn:xushi:demo:shell:OP40", inspector="0")
    expect(page.locator("[data-world=ready]")).to_be_visible()
    look_at_chosen(page)
    choose(page, "OP10")
    machines = picture(page)
    box = page.get_by_role("application").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("treeitem", selected=True)).to_have_accessible_name(re.compile("OP40"))
    page.get_by_role("button", name="What is shown").click()
    for kind in page.get_by_role("group", name="Shown").get_by_role("checkbox").all():
        kind.uncheck()
    page.keyboard.press("Escape")
    changes(page, machines, 0.05)


def test_engines_show_their_way_through_the_line(visit: Visit) -> None:
    page = visit().open(view="engines")
    page.get_by_role("listbox", name="Engines").get_by_role("option").first.click()
    way = page.get_by_role("article")
    expect(way.get_by_role("heading", level=2)).to_contain_text("E15-")
    expect(way.get_by_role("listitem").first).to_contain_text("Verdict")


def test_the_world_is_fetched_only_when_it_is_seen_and_opens_at_what_was_asked_for(visit: Visit) -> None:
    visitor = visit()
    fetched: list[str] = []
    visitor.context.on("request", lambda request: fetched.append(request.url))
    page = visitor.open(view="cockpit")
    station = page.get_by_title(re.compile("Show OP40.* in 3D"))
    expect(station).to_be_visible()
    assert [url for url in fetched if "/assets/scene-" in url or "/api/assets/" in url] == []
    station.click()
    expect(page.locator("[data-world=ready]")).to_be_visible()
    (place,) = (one for one in visitor.demo.remote.get("/api/places") if one["shell"] == "urn:xushi:demo:shell:OP40")

    def is_looked_at() -> bool:
        found = re.search(r"camera=([^&]*)", page.evaluate("location.hash"))
        x, y = (float(part) for part in unquote(found.group(1)).split(",")[3:5]) if found else (math.inf, math.inf)
        return math.dist((x, y), place["position"][:2]) < 3.0

    until(is_looked_at)


def test_a_page_whose_part_is_gone_after_an_upgrade_is_loaded_anew(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open(view="cockpit")
    renewed: list[str] = []
    page.on("request", lambda asked: renewed.append(asked.url) if asked.is_navigation_request() else None)
    page.route(
        re.compile(r"/assets/rules-.*\.js$"),
        lambda route: route.continue_() if renewed else route.fulfill(status=404),
    )
    page.get_by_role("button", name="Rules", exact=True).click()
    expect(page.get_by_role("button", name="New rule")).to_be_visible()
    assert renewed, "the page was loaded anew, and shows the view that was asked for"
    # that the part is gone may be told as an error before the page is left
    visitor.errors[:] = [error for error in visitor.errors if "/assets/rules-" not in error]
