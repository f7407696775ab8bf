"""Makes the pictures of README and docs from the running product, in both languages: all, or those named."""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright
from wizard_pictures import make_all as make_wizard_pictures

from xushi.testing import CHROMIUM_ARGUMENTS, RunningDemo, chromium_path, running_demo

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SETTLE_MS = 15_000  # until models, labels and shadows are drawn by a software renderer
STATION = "shell=urn%3Axushi%3Ademo%3Ashell%3AOP40&camera=33.5,4.2,-10.5,38,1,-17.5"
LINE = "camera=5,15,6,27,0,-12"
ALARM_LIMIT_S = 300.0
WIZARD = "wizard"
LOCALES = {"en": "en-GB", "zh-CN": "zh-CN"}
BRANCHES = {
    "OP40 -15 %": {"element": "OP40", "figure": "cycle_time", "factor": 0.85},
    "B40 14": {"element": "B40", "figure": "capacity", "value": 14},
}
COMPARE = {"en": "Compare", "zh-CN": "比较"}
COMPARE_LIMIT_MS = 120_000


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
    "plans": ("&view=plans&tree=0&inspector=0", DESK, "low"),
    "branches": ("&view=branches&inspector=0&tree=0", DESK, "low"),
    "beside": ("&inspector=0&beside=live", DESK, "low"),
    "whatif": ("&view=whatif&inspector=0", DESK, "low"),
}
TARGET = "urn:xushi:demo:submodel:OP40:OperationalData#TorqueTarget"


def picture(browser: Browser, running: RunningDemo, language: str, name: str) -> None:
    """Write one picture of a page: the table gives the part of its address after `#`, its size and its quality."""
    view, size, quality = PICTURES[name]
    if name == "orders":
        make_schedule(running)
    if name == "alarms":
        view += f"&alarm={first_alarm(running)}"
    if name == "plans":
        view += f"&plan={a_plan(running)}"
    if name in ("branches", "beside"):
        view += branches(running)
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=LOCALES[language])
    page = context.new_page()
    page.goto(running.signin_link())
    page.goto(f"{running.remote.url}/#lang={language}&quality={quality}{view}")
    page.reload()  # only what stands after # changed
    page.get_by_role("main").wait_for(timeout=120_000)
    if page.locator("[data-world]").count():  # other views come without it
        page.locator('[data-world="ready"]').first.wait_for(state="attached", timeout=120_000)
    page.wait_for_timeout(SETTLE_MS)
    if name == "branches":
        compare(page, language)
    page.screenshot(path=str(IMAGES / f"{name}.{language}.png"), timeout=120_000)
    context.close()


def make_schedule(running: RunningDemo) -> None:
    """Have the order book scheduled."""
    job = running.remote.run("schedule.make", {"limit_s": 5})["effects"][0]["job"]
    while running.remote.get(f"/api/jobs/{job}")["state"] == "running":
        time.sleep(0.5)


def a_plan(running: RunningDemo) -> str:
    """The id of a plan with steps, conditions and a promise, made where there is none yet."""
    remote = running.remote
    made: list[str] = [plan["id"] for plan in remote.get("/api/plans")]
    if made:
        return made[0]
    data = "urn:xushi:demo:submodel:{}:OperationalData#{}"
    factor = data.format("OP90", "CycleTimeFactor")
    steps = [
        {
            "kind": "command", "command": "signal.write", "params": {"signal": factor, "value": 0.9},
            "wait_until": {"signal": factor, "test": "=", "value": 0.9}, "timeout_s": 20,
        },
        {"kind": "manual", "text": {"en": "Open the second rack behind OP90", "zh-CN": "打开 OP90 后的第二个料架"}},
    ]  # fmt: skip
    guard = {"signal": data.format("PLC1", "LineSpeed"), "test": "<", "value": 0.5, "for_s": 2}
    content = {"title": "OP90 ≤ 0.9", "steps": steps, "guards": [{"condition": guard}]}
    plan: str = remote.run("plan.make", {"content": content})["result"]["plan"]
    job = remote.run("plan.rehearse", {"plan": plan, "hours": 1})["effects"][0]["job"]
    while remote.get(f"/api/jobs/{job}")["state"] == "running":
        time.sleep(1)
    return plan


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


def branches(running: RunningDemo) -> str:
    """Fork the line at one instant into branches that differ; return the part of the address that shows the first."""
    remote = running.remote
    if not remote.get("/api/branches"):
        time.sleep(SETTLE_MS / 1e3)  # something has to have happened before
        at_ms = time.time() * 1e3 - 1_000
        for title, change in BRANCHES.items():
            remote.run("branch.fork", {"timeline": "live", "at_ms": at_ms, "hours": 2, "title": title})
            branch = remote.get("/api/branches")[-1]["id"]
            until_computed(running)
            remote.run("branch.change", {"branch": branch, "changes": [change]})
            until_computed(running)
    first = remote.get("/api/branches")[0]
    instant = datetime.fromtimestamp(first["fork_ms"] / 1e3 + 2_700, UTC).isoformat(timespec="milliseconds")
    return f"&timeline={first['id']}&at={quote(instant)}"


def until_computed(running: RunningDemo) -> None:
    """Wait until every branch has a path."""
    ends = time.monotonic() + COMPARE_LIMIT_MS / 1e3
    while any(one["state"] == "computing" for one in running.remote.get("/api/branches")) and time.monotonic() < ends:
        time.sleep(0.5)


def compare(page: Page, language: str) -> None:
    """Compare both branches with no change, and bring the outcome into the picture."""
    page.get_by_role("checkbox", name=list(BRANCHES)[1]).check()
    page.get_by_role("button", name=COMPARE[language], exact=True).click()
    figure = page.get_by_role("figure")
    figure.wait_for(timeout=COMPARE_LIMIT_MS)
    figure.evaluate("element => element.scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(1_000)


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
