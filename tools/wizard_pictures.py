"""Makes the pictures of connecting a plant: the wizard at a foreign OPC UA server, step by step, in both languages."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from foreign_plant import foreign_plant
from playwright.sync_api import Browser, Page, sync_playwright

from xushi.testing import CHROMIUM_ARGUMENTS, NodeOpcua, Served, chromium_path, served

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SIZE = (1280, 800)
PHONE = (390, 844)
LONG_MS = 120_000
SCENE_MS = 12_000  # until models, labels and shadows are drawn by a software renderer
LOCALES = {"en": "en-GB", "zh-CN": "zh-CN"}
WORDS = {
    "en": ("Address", "Connect", "Suggest a mapping", "Show the difference", "Reason", "Import", "Show Paint robot"),
    "zh-CN": ("地址", "连接", "建议映射", "查看差异", "原因", "导入", "显示 喷涂机器人"),
}
REASONS = {"en": "Paint shop, first machines", "zh-CN": "涂装车间首批设备"}


def wizard_pictures(browser: Browser, one: Served, plant: NodeOpcua, language: str) -> None:
    """Take a person's way from the address to the scene, with a picture of each step; then take it back."""
    address, connect, suggest, difference, reason, bring_in, show = WORDS[language]
    page = _page(browser, one, language, SIZE, "&view=connections&connect=new&tree=0")
    page.get_by_label(address, exact=True).fill(plant.url)
    _shoot(page, "connect-address", language)
    page.locator("form").get_by_role("button", name=connect, exact=True).click()
    page.get_by_role("treeitem", name="Machines").click()
    page.get_by_role("treeitem", name="PaintRobot").click()
    page.get_by_role("treeitem", name="Monitoring").click()
    page.get_by_role("tree").last.focus()
    for key in ("ArrowUp", "ArrowUp", "Space"):
        page.keyboard.press(key)
    page.wait_for_timeout(2_500)  # live values
    _shoot(page, "connect-browse", language)
    page.keyboard.press("Space")
    _choose(page, "Machines")
    _choose(page, "Conveyor_01")
    page.get_by_role("button", name=suggest).click()
    page.get_by_role("table").wait_for(timeout=LONG_MS)
    _shoot(page, "connect-mapping", language)
    page.get_by_role("button", name=difference).click()
    page.locator("details summary").first.click()
    page.get_by_label(reason).fill(REASONS[language])
    _shoot(page, "connect-difference", language)
    page.get_by_role("button", name=bring_in, exact=True).click()
    page.get_by_role("button", name=show).click(timeout=LONG_MS)
    page.wait_for_selector('[data-world="ready"]', timeout=LONG_MS)
    page.wait_for_timeout(SCENE_MS // 2)
    page.keyboard.press("Alt+h")  # everything at once
    page.wait_for_timeout(SCENE_MS)
    _shoot(page, "connect-scene", language)
    page.context.close()
    phone = _page(browser, one, language, PHONE, "&view=connections")
    phone.wait_for_timeout(1_000)
    _shoot(phone, "connect-phone", language)
    phone.context.close()
    done = [entry for entry in one.remote.get("/api/evidence") if entry["command"] == "connect.import"]
    one.remote.undo(done[-1]["command_id"])


def _choose(page: Page, name: str) -> None:
    """Check a node of the tree by its box."""
    page.get_by_role("treeitem", name=name, exact=True).locator("span").nth(1).click()


def _page(browser: Browser, one: Served, language: str, size: tuple[int, int], view: str) -> Page:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=LOCALES[language])
    page = context.new_page()
    page.goto(one.remote.post("/api/signin-links")["url"])
    page.goto(f"{one.remote.url}/#lang={language}&look=light&quality=high{view}")
    page.reload()  # only what stands after # changed
    return page


def _shoot(page: Page, name: str, language: str) -> None:
    page.wait_for_timeout(700)
    page.screenshot(path=str(IMAGES / f"{name}.{language}.png"))


def make_all(browser: Browser) -> None:
    """Start a platform and a foreign plant, make every picture, stop both."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for language in LOCALES:
        with (
            tempfile.TemporaryDirectory() as folder,
            foreign_plant(Path(folder) / "node") as plant,
            served(Path(folder) / "data") as one,
        ):
            wizard_pictures(browser, one, plant, language)


def main() -> int:
    """Make these pictures alone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(CHROMIUM_ARGUMENTS))
        make_all(browser)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
