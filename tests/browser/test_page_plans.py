"""Plans in a real browser: written by hand, checked, approved, executed on the running line, paused and rolled back."""

from __future__ import annotations

import re
import time

from playwright.sync_api import expect
from visiting import Demo, Visit, hold

FACTOR = "urn:xushi:demo:submodel:{}:OperationalData#CycleTimeFactor"
SLOW_MS = 90_000


def make(demo: Demo, title: str, machine: str, amount: float) -> str:
    steps = [
        {"kind": "command", "command": "signal.write", "params": {"signal": FACTOR.format(machine), "value": amount}},
        {"kind": "manual", "text": {"en": "Look at the machine", "zh-CN": "查看设备"}},
    ]
    guard = {"signal": "urn:xushi:demo:submodel:PLC1:OperationalData#LineSpeed", "test": "<", "value": 0.5}
    content = {"title": title, "steps": steps, "guards": [{"condition": guard}]}
    made: str = demo.remote.run("plan.make", {"content": content})["result"]["plan"]
    return made


def test_a_plan_is_checked_approved_executed_and_rolled_back(visit: Visit, demo: Demo) -> None:
    plan = make(demo, "Slow OP70", "OP70", 1.1)
    page = visit(1280, 800).open(view="plans", plan=plan)
    steps = page.get_by_role("table", name="Steps")
    first = steps.get_by_role("row", name=re.compile("Write to the device"))
    expect(first).to_contain_text("OPC UA")
    expect(first).to_contain_text("OP70.CycleTimeFactor")
    expect(first).to_contain_text("yes")
    expect(page.get_by_text("Checked: every step could be sent now")).to_be_visible()
    # The server's own token of this computer made it, and this is the same person: nobody else is here to approve.
    page.get_by_label("Note").fill("fine")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("own plan, the only person here")).to_be_visible()
    hold(page.get_by_role("button", name="Hold to execute"))
    confirm = page.get_by_role("button", name="Confirm: it is done")
    expect(confirm).to_be_visible()
    page.get_by_role("button", name="Pause the plan").click()
    expect(page.get_by_text("paused the plan.")).to_be_visible()
    hold(page.get_by_role("button", name="Hold to resume"))
    confirm.click()
    expect(page.get_by_role("article").get_by_text("executed", exact=True)).to_be_visible()
    hold(page.get_by_role("button", name="Hold to roll back"))
    expect(page.get_by_role("article").get_by_text("rolled back", exact=True)).to_be_visible()
    expect(first).to_contain_text("taken back")


def test_a_plan_is_written_by_hand_and_what_is_missing_is_said(visit: Visit, demo: Demo) -> None:
    page = visit(1280, 800).open(view="plans", plan="new")
    page.get_by_role("button", name="Save plan").click()
    expect(page.get_by_text("Something is missing here.").first).to_be_visible()
    page.get_by_label("Title").fill("By hand")
    page.get_by_role("button", name="Add a manual step").click()
    manual = page.get_by_role("listitem", name="Step 2")
    manual.get_by_label("What to do, in English").fill("Open the door")
    manual.get_by_label("What to do, in Chinese").fill("打开门")
    page.get_by_role("button", name="Remove step 1").click()
    page.get_by_role("button", name="Add a condition").click()
    guard = page.get_by_role("listitem", name="Condition 1")
    guard.get_by_label("Signal").fill("Line speed")
    page.get_by_role("option", name=re.compile("Line speed")).first.click()
    guard.get_by_label("Value").fill("0.5")
    page.get_by_role("button", name="Save plan").click()
    expect(page.get_by_role("heading", name="By hand")).to_be_visible()
    expect(page.get_by_text(re.compile("^Pauses when .*Line speed > 0.5"))).to_be_visible()
    page.get_by_role("button", name="Reject", exact=True).click()
    expect(page.get_by_role("article").get_by_text("rejected", exact=True)).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("heading", name="By hand")).to_have_count(0)


def test_on_a_phone_in_chinese_the_list_leads_to_a_plan_and_back(visit: Visit, demo: Demo) -> None:
    make(demo, "Phone plan", "OP80", 1.05)
    page = visit(390, 844).open(view="plans", lang="zh-CN")
    page.get_by_role("list", name="计划").get_by_role("button", name=re.compile("Phone plan")).click()
    expect(page.get_by_role("table", name="步骤")).to_be_visible()
    expect(page.get_by_text("查看设备")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    page.get_by_role("button", name="全部计划").click()
    expect(page.get_by_role("button", name="新建计划")).to_be_visible()


def test_a_branch_becomes_a_plan_whose_promise_is_rehearsed(visit: Visit, demo: Demo) -> None:
    branch = demo.remote.run("branch.fork", {"hours": 0.2, "title": "Quicker OP90"})["result"]["branch"]
    end = time.monotonic() + SLOW_MS / 1000
    while demo.remote.get(f"/api/branches/{branch}")["branch"]["state"] != "ready":
        assert time.monotonic() < end
        time.sleep(0.5)
    params = {"signal": FACTOR.format("OP90"), "value": 0.9}
    demo.remote.run("branch.run", {"branch": branch, "command": "signal.write", "params": params})
    page = visit(1280, 800).open(view="plans")
    page.get_by_role("combobox", name="Plan from a branch").select_option(label="Quicker OP90")
    page.get_by_role("form", name="Plan from a branch").get_by_role("button", name="Make a plan").click()
    expect(page.get_by_role("heading", name="Quicker OP90")).to_be_visible()
    promise = page.get_by_role("region", name="Promise and what happened").get_by_role("table")
    expect(promise).to_be_visible(timeout=SLOW_MS)
    expect(promise.get_by_role("row")).to_have_count(4)
    page.get_by_role("button", name="Approve", exact=True).click()
    hold(page.get_by_role("button", name="Hold to execute"))
    expect(page.get_by_role("article").get_by_text("executed", exact=True)).to_be_visible()
    page.get_by_role("button", name="Measure now").click()
    expect(page.get_by_text(re.compile("^The span ends at"))).to_be_visible(timeout=SLOW_MS)
    hold(page.get_by_role("button", name="Hold to roll back"))
    expect(page.get_by_role("article").get_by_text("rolled back", exact=True)).to_be_visible()
