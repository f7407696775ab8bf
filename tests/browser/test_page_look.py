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
COMPUTED = ("forecast", "whatif")  # their tables come when the model is fitted


def settled(page: Page) -> None:
    """Wait until the plant is on the screen."""
    expect(page.get_by_role("treeitem").first).to_be_visible()
    page.wait_for_timeout(1500)


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


@pytest.mark.parametrize(
    ("view", "look"),
    [(view, look) for look, views in (("dark", VIEWS), ("light", LIGHT), ("contrast", CONTRAST)) for view in views],
)
def test_axe_finds_nothing(visit: Visit, axe: Callable[[Page], list[str]], view: str, look: str) -> None:
    lang = "zh-CN" if look == "dark" else "en"
    page = visit().open(look=look, view=view, lang=lang, place="urn:xushi:demo:shell:OP40")
    settled(page)
    if view in COMPUTED:
        expect(page.get_by_role("main").get_by_role("table").first).to_be_visible(timeout=90_000)
    assert axe(page) == []


@pytest.mark.parametrize("tab", ["trend", "about", "files", "source"])
def test_axe_finds_nothing_in_the_details(visit: Visit, axe: Callable[[Page], list[str]], tab: str) -> None:
    page = visit().open(place="urn:xushi:demo:shell:OP40", tab=tab)
    settled(page)
    assert axe(page) == []


@pytest.mark.parametrize("keys", ["Control+k", "Control+o", "Control+e", "Shift+?", "F2"])
def test_axe_finds_nothing_in_the_dialogs(visit: Visit, axe: Callable[[Page], list[str]], keys: str) -> None:
    page = visit().open(place="urn:xushi:demo:shell:OP40", view="table")
    settled(page)
    page.get_by_role("tree").focus()
    page.keyboard.press(keys)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(500)
    assert axe(page) == []


@pytest.mark.parametrize("tab", ["World", "Plant", "Cockpit", "Alarms", "Details"])
def test_axe_finds_nothing_on_a_phone(visit: Visit, axe: Callable[[Page], list[str]], tab: str) -> None:
    page = visit(390, 844, is_phone=True).open(place="urn:xushi:demo:shell:OP40")
    page.get_by_role("navigation", name="Views").get_by_role("button", name=tab).click()
    page.wait_for_timeout(1500)
    assert axe(page) == []


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
