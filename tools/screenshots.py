"""Makes the pictures of README and docs from the running product, in both languages: all, or those named."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright
from wizard_pictures import make_all as make_wizard_pictures

from xushi.testing import CHROMIUM_ARGUMENTS, RunningDemo, chromium_path, running_demo

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SETTLE_MS = 15_000  # until models, labels and shadows are drawn by a software renderer
STATION = "shell=urn%3Axushi%3Ademo%3Ashell%3AOP40&camera=33.5,4.2,-10.5,38,1,-17.5"
LINE = "camera=5,15,6,27,0,-12"
ALARM_LIMIT_S = 300.0
WIZARD = "wizard"
LOCALES = {"en": "en-GB", "zh-CN": "zh-CN"}


DESK, PHONE = (1440, 900), (390, 844)
PICTURES = {
    "line": (f"&{LINE}", DESK, "high"),
    "station": (f"&{STATION}&inspector=1", DESK, "high"),
    "phone": ("", PHONE, "high"),
    "act": ("&shell=urn%3Axushi%3Ademo%3Ashell%3AOP70&tab=act&inspector=1", DESK, "high"),
    "vehicle": ("&shell=urn%3Axushi%3Ademo%3Ashell%3AAGV1&tab=act&inspector=1", DESK, "high"),
    "activity": ("&view=activity&inspector=0", DESK, "low"),
    "cockpit": ("&view=cockpit&range=ten", DESK, "low"),
    "alarms": ("&view=alarms", DESK, "low"),
    "forecast": ("&view=forecast&inspector=0", DESK, "low"),
    "orders": ("&view=orders&page=schedule&inspector=0", DESK, "low"),
}
TARGET = "urn:xushi:demo:submodel:OP40:OperationalData#TorqueTarget"


def picture(browser: Browser, running: RunningDemo, language: str, name: str) -> None:
    """Write one picture of a page: the table gives the part of its address after `#`, its size and its quality."""
    view, size, quality = PICTURES[name]
    if name == "orders":
        make_schedule(running)
    if name == "alarms":
        view += f"&alarm={first_alarm(running)}"
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=LOCALES[language])
    page = context.new_page()
    page.goto(running.signin_link())
    page.goto(f"{running.remote.url}/#lang={language}&quality={quality}{view}")
    page.reload()  # only what stands after # changed
    page.wait_for_selector('[data-world="ready"]', state="attached", timeout=120_000)
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=str(IMAGES / f"{name}.{language}.png"), timeout=120_000)
    context.close()


def make_schedule(running: RunningDemo) -> None:
    """Have the order book scheduled."""
    job = running.remote.run("schedule.make", {"limit_s": 5})["effects"][0]["job"]
    while running.remote.get(f"/api/jobs/{job}")["state"] == "running":
        time.sleep(0.5)


def act(running: RunningDemo) -> None:
    """Leave something in the activity to look at: a write, a refusal, and two proposals that wait."""
    remote = running.remote
    remote.run("signal.write", {"signal": TARGET, "value": 86.0}, reason="Bolts at the low end of the angle window")
    actions = {(each["shell"].rpartition(":")[2], each["id_short"]): each["key"] for each in remote.get("/api/actions")}
    remote.run("device.act", {"action": actions["OP10", "AnswerPokaYoke"]}, reason="Operator pressed release")
    params = {"signal": TARGET, "value": 88.5}
    wish = {"command": "signal.write", "params": params, "why": "Torque falls in three engines"}
    remote.run("proposal.make", wish)
    wish = {"command": "device.act", "params": {"action": actions["OP70", "Reset"]}, "why": "Counter of the shift"}
    remote.run("proposal.make", wish)


def first_alarm(running: RunningDemo) -> str:
    """Return the id of the most urgent alarm, as soon as there is one."""
    ends = time.monotonic() + ALARM_LIMIT_S
    while not (alarms := running.remote.get("/api/alarms")["alarms"]) and time.monotonic() < ends:
        time.sleep(1)
    return quote(alarms[0]["id"]) if alarms else ""


def main() -> int:
    """Start the demo, make the pictures, stop the demo."""
    names = sys.argv[1:] or [*PICTURES, WIZARD]
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder) / "data", "--no-recording") as running,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(CHROMIUM_ARGUMENTS))
        for name in (one for one in names if one != WIZARD):
            if name == "activity":
                act(running)
            for language in LOCALES:
                picture(browser, running, language, name)
        if WIZARD in names:
            make_wizard_pictures(browser)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
