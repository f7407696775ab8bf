"""Makes the pictures of README and docs from the running product, in both languages."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from wizard_pictures import make_all as make_wizard_pictures

from xushi.testing import CHROMIUM_ARGUMENTS, RunningDemo, chromium_path, running_demo

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SETTLE_MS = 15_000  # until models, labels and shadows are drawn by a software renderer
STATION = "shell=urn%3Axushi%3Ademo%3Ashell%3AOP40&camera=33.5,4.2,-10.5,38,1,-17.5"
LINE = "camera=5,15,6,27,0,-12"
LOCALES = {"en": "en-GB", "zh-CN": "zh-CN"}


def picture(browser: Browser, running: RunningDemo, language: str, name: str, view: str, size: tuple[int, int]) -> None:
    """Write one picture of the page that `view` (the part of the address after `#`) describes."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=LOCALES[language])
    page = context.new_page()
    page.goto(running.signin_link())
    page.goto(f"{running.remote.url}/#lang={language}&quality=high{view}")
    page.reload()  # only what stands after # changed
    page.wait_for_selector('[data-world="ready"]', timeout=120_000)
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=str(IMAGES / f"{name}.{language}.png"))
    context.close()


def main() -> int:
    """Start the demo, make every picture, stop the demo."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder) / "data", "--no-recording") as running,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(CHROMIUM_ARGUMENTS))
        for language in LOCALES:
            picture(browser, running, language, "line", f"&{LINE}", (1440, 900))
            picture(browser, running, language, "station", f"&{STATION}&inspector=1", (1440, 900))
            picture(browser, running, language, "phone", "", (390, 844))
        make_wizard_pictures(browser)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
