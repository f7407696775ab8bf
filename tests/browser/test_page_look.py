"""Languages, looks, sizes and accessibility: complete in both languages, usable on a phone, nothing for axe to find."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from visiting import Demo, Visit

# Reports and backups are looked at in test_page_reports.py, with what they show there.
VIEWS = (
    "world", "cockpit", "forecast", "orders", "branches", "plans", "alarms", "table", "engines", "spc", "rules",
    "connections", "activity", "whatif",
)  # fmt: skip
LIGHT = ("world", "cockpit", "table")
CONTRAST = ("world", "alarms", "spc")
TABS = ("trend", "about", "files", "source")
DIALOGS = ("Control+k", "Control+o", "Control+e", "Shift+?", "F2")
ON_A_PHONE = ("World", "Plant", "Cockpit", "Alarms", "Details")
COMPUTED = ("forecast", "whatif")  # their tables come when the model is fitted


def settled(page: Page) -> None:
    """Wait until the plant is on the screen."""
    expect(page.get_by_role("treeitem").first).to_be_visible()
    page.wait_for_timeout(1000)


def test_the_language_is_switched_on_the_spot(visit: Visit) -> None:
    page = visit().open(view="table")
    expect(page.get_by_role("columnheader", name="Machine")).to_be_visible()
    page.get_by_role("button", name="Switch to 中文").click()
    expect(page.get_by_role("columnheader", name="设备")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("treeitem", name=re.compile("OP40 缸盖拧紧"))).to_be_visible()
    page.reload()
    expect(page.get_by_role("columnheader", name="设备")).to_be_visible()


def test_a_phone_shows_one_thing_at_a_time(visit: Visit) -> None:
    page = visit(390, 844, is_phone=True).open()
    tabs = page.get_by_role("navigation", name="Views")
    expect(tabs).to_be_visible()
    tabs.get_by_role("button", name="Plant").click()
    page.get_by_role("treeitem", name=re.compile(r"^OP40\b")).click()
    expect(page.get_by_role("heading", name="OP40 Head bolting")).to_be_visible()
    tabs.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Signals").click()
    expect(page.get_by_role("grid", name="Signals")).to_be_visible()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


def test_a_tablet_keeps_tree_and_centre(visit: Visit) -> None:
    page = visit(820, 1180).open(tree="1")
    expect(page.get_by_role("treeitem", name=re.compile(r"^OP40\b"))).to_be_visible()
    expect(page.get_by_role("application")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 820


@pytest.mark.parametrize(("look", "views"), [("dark", VIEWS), ("light", LIGHT), ("contrast", CONTRAST)])
def test_axe_finds_nothing_in_any_view(
    visit: Visit, axe: Callable[[Page], list[str]], look: str, views: tuple[str, ...]
) -> None:
    visitor = visit()
    found = {}
    tabs: set[str] = set()
    for view in views:
        lang = "zh-CN" if look == "dark" else "en"
        page = visitor.open(look=look, view=view, lang=lang, place="urn:xushi:demo:shell:OP40")
        settled(page)
        tabs.update(page.get_by_role("main").locator("[role=group] > [aria-pressed=true]").all_inner_texts())
        if view in COMPUTED:
            expect(page.get_by_role("main").get_by_role("table").first).to_be_visible(timeout=90_000)
        found[view] = axe(page)
    assert found == {key: [] for key in views}
    assert len(tabs) == len(set(views))  # each was really shown


def test_axe_finds_nothing_in_the_details_and_the_dialogs(visit: Visit, axe: Callable[[Page], list[str]]) -> None:
    visitor = visit()
    found = {}
    for tab in TABS:
        page = visitor.open(place="urn:xushi:demo:shell:OP40", tab=tab, view="table")
        settled(page)
        found[tab] = axe(page)
    for keys in DIALOGS:
        page.get_by_role("tree").focus()
        page.keyboard.press(keys)
        expect(page.get_by_role("dialog")).to_be_visible()
        page.wait_for_timeout(500)
        found[keys] = axe(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert found == {key: [] for key in (*TABS, *DIALOGS)}


def test_axe_finds_nothing_on_a_phone(visit: Visit, axe: Callable[[Page], list[str]]) -> None:
    page = visit(390, 844, is_phone=True).open(place="urn:xushi:demo:shell:OP40")
    found = {}
    for tab in ON_A_PHONE:
        page.get_by_role("navigation", name="Views").get_by_role("button", name=tab).click()
        page.wait_for_timeout(1000)
        found[tab] = axe(page)
    assert found == {key: [] for key in ON_A_PHONE}


def test_axe_finds_nothing_at_the_door(visit: Visit, axe: Callable[[Page], list[str]], demo: Demo) -> None:
    page = visit(is_signed_in=False).page
    page.goto(demo.url + "/#lang=en")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert axe(page) == []


def test_without_webgl_the_rest_still_works(visit: Visit) -> None:
    visitor = visit()
    visitor.context.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page = visitor.open()
    expect(page.get_by_text("The 3D view cannot start here")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Show the signals").click()
    expect(page.get_by_role("grid", name="Signals")).to_be_visible()
