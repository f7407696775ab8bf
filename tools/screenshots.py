"""Makes the pictures of README and docs from the running product, in both languages."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

from xushi.testing import CHROMIUM_ARGUMENTS, RunningDemo, chromium_path, running_demo

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SETTLE_MS = 15_000  # until models, labels and shadows are drawn by a software renderer
STATION = "shell=urn%3Axushi%3Ademo%3Ashell%3AOP40&camera=33.5,4.2,-10.5,38,1,-17.5"
LINE = "camera=5,15,6,27,0,-12"
ALARM_LIMIT_S = 300.0
LOCALES = {"en": "en-GB", "zh-CN": "zh-CN"}


def picture(
    browser: Browser,
    running: RunningDemo,
    language: str,
    name: str,
    view: str,
    size: tuple[int, int],
    quality: str = "high",
) -> None:
    """Write one picture of the page that `view` (the part of the address after `#`) describes."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=LOCALES[language])
    page = context.new_page()
    page.goto(running.signin_link())
    page.goto(f"{running.remote.url}/#lang={language}&quality={quality}{view}")
    page.reload()  # only what stands after # changed
    page.wait_for_selector('[data-world="ready"]', state="attached", timeout=120_000)
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=str(IMAGES / f"{name}.{language}.png"), timeout=120_000)
    context.close()


def first_alarm(running: RunningDemo) -> str:
    """Return the id of the most urgent alarm, as soon as there is one."""
    ends = time.monotonic() + ALARM_LIMIT_S
    while not (alarms := running.remote.get("/api/alarms")["alarms"]) and time.monotonic() < ends:
        time.sleep(1)
    return quote(alarms[0]["id"]) if alarms else ""


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
            alarm = first_alarm(running)
            picture(browser, running, language, "line", f"&{LINE}", (1440, 900))
            picture(browser, running, language, "station", f"&{STATION}&inspector=1", (1440, 900))
            picture(browser, running, language, "phone", "", (390, 844))
            picture(browser, running, language, "cockpit", "&view=cockpit&range=ten", (1440, 900), "low")
            picture(browser, running, language, "alarms", f"&view=alarms&alarm={alarm}", (1440, 900), "low")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
