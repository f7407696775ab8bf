"""Makes the pictures of README and docs from the running product, in both languages: all, or those named."""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Locator, Page, sync_playwright
from wizard_pictures import make_all as make_wizard_pictures

from xushi.testing import CHROMIUM_ARGUMENTS, RunningDemo, chromium_path, ended, running_demo, until

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SETTLE_MS = 15_000  # until models, labels and shadows are drawn by a software renderer
STATION = "shell=urn%3Axushi%3Ademo%3Ashell%3AOP40&camera=33.5,4.2,-10.5,38,1,-17.5"
LINE = "camera=5,15,6,27,0,-12"
ALARM_LIMIT_S = 300.0
RECORDS_S = 180.0  # of which a rehearsal estimates its times
WIZARD = "wizard"
LOCALES = {"en": "en-GB", "zh-CN": "zh-CN"}
BRANCHES = {
    "OP40 -15 %": {"element": "OP40", "figure": "cycle_time", "factor": 0.85},
    "B40 14": {"element": "B40", "figure": "capacity", "value": 14},
}
COMPARE = {"en": "Compare", "zh-CN": "比较"}
COMPARE_LIMIT_MS = 120_000
EXECUTED = "executed"
# So fast that what is promised for half a minute is more than an engine, and without a breakdown meanwhile.
EXECUTED_OPTIONS = ("--speed", "15", "--seed", "6")
EXECUTED_H = 0.01
SLOW_S = 60.0  # how long OP90 is slow before: so its records say so
PROMISE = {"en": "Promise and what happened", "zh-CN": "承诺与实际"}
MOST_TRIES = 3  # a promise is broken one time in ten
LATE_ORDER = "L-1"

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
    "material": ("&view=orders&page=material&inspector=0", DESK, "low"),
    "contingency": ("&view=orders&page=contingency&inspector=0", DESK, "low"),
    EXECUTED: ("&view=plans&tree=0&inspector=0", DESK, "low"),
    "warning": (f"&{LINE}&inspector=0", DESK, "high"),  # the last: what it warns of stays
}
DATA = "urn:xushi:demo:submodel:{}:OperationalData#{}"
TARGET = DATA.format("OP40", "TorqueTarget")


def prepared(running: RunningDemo, name: str) -> str:
    """Bring about what a picture shows, where that is not done yet; return what its address says of it."""
    if name == "orders":
        ended(running.remote, running.remote.run("schedule.make", {"limit_s": 5}))
    if name == "alarms":
        return f"&alarm={first_alarm(running)}"
    if name == "plans":
        return f"&plan={a_plan(running)}"
    if name == EXECUTED:
        return f"&plan={an_executed_plan(running)}"
    if name in ("branches", "beside"):
        return branches(running)
    if name == "contingency" and not running.remote.get("/api/contingencies"):
        ended(running.remote, running.remote.run("contingency.rehearse", {"machine": "OP70", "minutes": 30}))
    if name == "warning":
        warn(running)
    return ""


def picture(browser: Browser, running: RunningDemo, language: str, name: str) -> None:
    """Write one picture of a page: the table gives the part of its address after `#`, its size and its quality."""
    view, size, quality = PICTURES[name]
    view += prepared(running, name)
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
    if name == EXECUTED:
        show(page.get_by_role("region", name=PROMISE[language]).first)
    page.screenshot(path=str(IMAGES / f"{name}.{language}.png"), timeout=120_000)
    context.close()


def wait_for_records(running: RunningDemo) -> None:
    """Wait until the line has run long enough for its times to be estimated."""
    status = running.remote.get("/api/status")
    time.sleep(max(0.0, RECORDS_S - (status["now_ms"] - status["started_ms"]) / 1e3))


def set_factor(value: float) -> dict[str, object]:
    """A step that sets the cycle-time factor of OP90, and waits until OP90 says so."""
    factor = DATA.format("OP90", "CycleTimeFactor")
    return {
        "kind": "command", "command": "signal.write", "params": {"signal": factor, "value": value},
        "wait_until": {"signal": factor, "test": "=", "value": value}, "timeout_s": 20,
    }  # fmt: skip


def a_plan(running: RunningDemo) -> str:
    """The id of a plan with steps, conditions and a promise, made where there is none yet."""
    remote = running.remote
    made: list[str] = [plan["id"] for plan in remote.get("/api/plans")]
    if made:
        return made[0]
    wait_for_records(running)
    rack = {"en": "Open the second rack behind OP90", "zh-CN": "打开 OP90 后的第二个料架"}
    steps = [set_factor(0.9), {"kind": "manual", "text": rack}]
    guard = {"signal": DATA.format("PLC1", "LineSpeed"), "test": "<", "value": 0.5, "for_s": 2}
    content = {"title": "OP90 ≤ 0.9", "steps": steps, "guards": [{"condition": guard}]}
    plan: str = remote.run("plan.make", {"content": content})["result"]["plan"]
    ended(remote, remote.run("plan.rehearse", {"plan": plan, "hours": 1}))
    return plan


def an_executed_plan(running: RunningDemo) -> str:
    """The id of a plan whose promise can be seen beside what happened: OP90, set to half its speed, as it can again."""
    remote = running.remote
    slow = {"signal": DATA.format("OP90", "CycleTimeFactor"), "value": 2.0}
    for _ in range(MOST_TRIES):
        kept: list[str] = [one["id"] for one in remote.get("/api/plans") if one["promise"] == "kept"]
        if kept:
            return kept[0]
        until(lambda: remote.run("signal.write", slow)["state"] == "done", "OP90 is reached")
        time.sleep(SLOW_S)
        content = {"title": "OP90 = 1", "steps": [set_factor(1.0)]}
        plan = remote.run("plan.make", {"content": content})["result"]["plan"]
        ended(remote, remote.run("plan.rehearse", {"plan": plan, "hours": EXECUTED_H}))
        remote.run("plan.approve", {"plan": plan, "digest": remote.get(f"/api/plans/{plan}")["digest"]})
        remote.run("plan.execute", {"plan": plan})
        until(lambda plan=plan: is_measured(running, plan), "the promise is measured")
    newest: str = remote.get("/api/plans")[0]["id"]
    return newest


def is_measured(running: RunningDemo, plan: str) -> bool:
    """Whether it is known what became of a promise."""
    measurement = running.remote.get(f"/api/plans/{plan}")["measurement"]
    return measurement is not None and measurement["state"] in ("kept", "broken")


def warn(running: RunningDemo) -> None:
    """Have the forecast warn of an order that is not done in time."""
    remote = running.remote
    if not remote.get("/api/warnings?is_open=true"):
        product = remote.get("/api/orders")["products"][0]["id"]
        due_ms = time.time() * 1e3 + 1_800_000
        remote.run("order.add", {"id": LATE_ORDER, "product": product, "quantity": 200, "due_ms": due_ms})
        remote.run("foresight.watch", {"every_s": 5})
        until(lambda: remote.get("/api/warnings?is_open=true"), "the forecast warns")


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
    show(page.get_by_role("figure"))


def show(part: Locator) -> None:
    """Bring a part of the page into the picture, as soon as it is there."""
    part.wait_for(timeout=COMPARE_LIMIT_MS)
    part.evaluate("element => element.scrollIntoView({ block: 'center' })")
    part.page.wait_for_timeout(1_000)


def first_alarm(running: RunningDemo) -> str:
    """Return the id of the most urgent alarm, as soon as there is one."""
    ends = time.monotonic() + ALARM_LIMIT_S
    while not (alarms := running.remote.get("/api/alarms")["alarms"]) and time.monotonic() < ends:
        time.sleep(1)
    return quote(alarms[0]["id"]) if alarms else ""


def main() -> int:
    """Make the pictures."""
    names = sys.argv[1:] or [*PICTURES, WIZARD]
    if unknown := set(names) - {*PICTURES, WIZARD}:
        sys.exit(f"no such picture: {', '.join(sorted(unknown))}")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(CHROMIUM_ARGUMENTS))
        pictures(browser, [name for name in PICTURES if name in names and name != EXECUTED])
        pictures(browser, [name for name in names if name == EXECUTED], *EXECUTED_OPTIONS)
        if WIZARD in names:
            make_wizard_pictures(browser)
        browser.close()
    return 0


def pictures(browser: Browser, names: list[str], *options: str) -> None:
    """Start the demo, make pictures of it in both languages, stop the demo."""
    if not names:
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder) / "data", "--no-recording", *options) as running,
    ):
        for name in names:
            if name == "activity":
                act(running)
            for language in LOCALES:
                picture(browser, running, language, name)


if __name__ == "__main__":
    sys.exit(main())
