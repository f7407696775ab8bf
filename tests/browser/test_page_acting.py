"""Acting in the page: a station stops and starts, a vehicle is sent, a proposal decided, the activity narrowed."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect
from visiting import Demo, Visit, hold

from xushi.testing import until

OP70 = "urn:xushi:demo:shell:OP70"
TARGET = "urn:xushi:demo:submodel:OP40:OperationalData#TorqueTarget"
GOAL = "urn:xushi:demo:submodel:AGV1:OperationalData#Target"
NODE = "urn:xushi:demo:submodel:AGV1:OperationalData#LastNode"


def details(page: Page) -> Locator:
    return page.get_by_role("region", name="Details")


def test_a_station_is_stopped_with_a_reason_and_started_again_from_the_activity(visit: Visit) -> None:
    page = visit().open(shell=OP70, tab="act")
    panel = details(page)
    panel.get_by_label("Why").fill("guard door check")
    stop = panel.get_by_role("button", name="Hold: Stop")
    stop.click()
    expect(panel).to_contain_text("Keep holding")
    hold(stop)
    expect(page.get_by_text(re.compile("^Done:"))).to_be_visible()
    page.get_by_role("button", name="Activity", exact=True).first.click()
    row = page.get_by_role("row").filter(has_text="guard door check").first
    expect(row).to_contain_text("OP70 Timing cover")
    expect(row).to_contain_text("Stop")
    row.get_by_role("button", name=re.compile("^Undo")).click()
    expect(page.get_by_role("row").filter(has_text="Undo: Do an action of a machine").first).to_contain_text("Start")


def test_a_machines_refusal_is_told_with_its_reason(visit: Visit, demo: Demo) -> None:
    answer = next(each for each in demo.remote.get("/api/actions") if each["id_short"] == "AnswerPokaYoke")
    demo.remote.run("device.act", {"action": answer["key"]}, reason="nobody asked")
    page = visit().open(view="activity")
    row = page.get_by_role("row").filter(has_text="nobody asked").first
    expect(row).to_contain_text("Refused")
    expect(row).to_contain_text("BadInvalidState")


def test_a_vehicle_is_sent_to_a_place_chosen_by_name_and_serves_it(visit: Visit, demo: Demo) -> None:
    page = visit().open(shell="urn:xushi:demo:shell:AGV1", tab="live")
    panel = details(page)
    target = panel.get_by_role("listitem").filter(has_text="Machine to serve")
    # the plant's own fleet control leaves a vehicle alone that a person has paused
    assert demo.remote.run("agv.instant", {"vehicle": "AGV1", "action": "startPause"})["state"] == "done"
    demo.remote.run("agv.instant", {"vehicle": "AGV1", "action": "cancelOrder"})  # refused where it has none
    expect(target).not_to_contain_text(re.compile("OP|KIT|PS|AGV"))  # it stands at the next node, without an order
    goal = "OP10" if "OP50" in demo.as_of(NODE, time.time() * 1e3) else "OP50"  # not where it stands already
    panel.get_by_role("tab", name="Act").click()
    panel.get_by_role("combobox", name="Send to").click()
    page.get_by_role("option", name=re.compile(f"^{goal}\\b")).click()
    panel.get_by_label("Why").first.fill("bring tools")
    hold(panel.get_by_role("button", name="Hold to send"))
    told = panel.get_by_role("status").filter(has_text="The vehicle accepted order")
    expect(told).to_contain_text(f"N_{goal}")
    since_ms = time.time() * 1e3
    hold(panel.get_by_role("button", name="Hold to go on"))
    # it is shown as long as it drives, which is but a moment where the place is near
    until(lambda: goal in demo.values_since(GOAL, since_ms))


def test_a_proposal_waits_in_the_page_until_a_person_confirms_it(visit: Visit, demo: Demo) -> None:
    wish = {"command": "signal.write", "params": {"signal": TARGET, "value": 87.0}, "why": "too loose"}
    demo.remote.run("proposal.make", wish)
    page = visit().open()
    page.get_by_role("button", name=re.compile("to decide$")).click()
    card = page.get_by_role("listitem", name="Write to the device").filter(has_text="too loose")
    expect(card).to_contain_text("87")
    hold(card.get_by_role("button", name="Hold to confirm"))
    expect(card).to_be_hidden()
    confirmed = next(each for each in demo.remote.get("/api/proposals") if each["why"] == "too loose")
    assert (confirmed["state"], confirmed["outcome"]) == ("confirmed", "done")


def test_a_proposal_is_rejected_with_a_reason(visit: Visit, demo: Demo) -> None:
    wish = {"command": "twin.rename", "params": {"id": OP70, "name": {"en": "X"}}, "why": "shorter"}
    demo.remote.run("proposal.make", wish)
    page = visit().open(view="activity")
    card = page.get_by_role("listitem", name="Rename a twin").filter(has_text="shorter")
    card.get_by_role("textbox").fill("unclear")
    card.get_by_role("button", name="Reject").click()
    expect(card).to_be_hidden()
    assert next(each for each in demo.remote.get("/api/proposals") if each["why"] == "shorter")["state"] == "rejected"


def test_the_activity_is_narrowed_by_machine_outcome_and_words(visit: Visit, demo: Demo) -> None:
    demo.remote.run("signal.write", {"signal": TARGET, "value": 86.5}, reason="narrow me")
    page = visit().open(view="activity")
    table = page.get_by_role("table")
    expect(table).to_contain_text("Import files")
    page.get_by_label("What", exact=True).select_option(label="Write to the device")
    expect(table).not_to_contain_text("Import files")
    page.get_by_label("Machine").select_option(label="OP40 Head bolting")
    page.get_by_role("textbox", name="Words").fill("narrow me")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table).to_contain_text("86.5")
    table.get_by_role("button", name=re.compile("^Details")).click()
    expect(table.get_by_role("link", name="Proof of this entry")).to_be_visible()
    expect(table.get_by_role("link", name="Proof of its outcome")).to_be_visible()
    page.get_by_label("Outcome").select_option(label="Refused")
    expect(page.get_by_text("No command fits.")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(table).to_contain_text("Import files")


@pytest.mark.parametrize("view", ["shell=urn:xushi:demo:shell:AGV1&tab=act", f"shell={OP70}&tab=act", "view=activity"])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_acting_is_within_reach_of_everybody(visit: Visit, axe, view: str, width: int, height: int) -> None:  # type: ignore[no-untyped-def]
    parts = dict(part.split("=", 1) for part in view.split("&"))
    page = visit(width, height, is_phone=width < 500).open(lang="zh-CN", **parts)
    if width < 500 and "tab" in parts:
        page.get_by_role("button", name="详情").last.click()
    expect(page.get_by_text(re.compile("原因（留作证据）|条命令中的")).first).to_be_visible()
    assert axe(page) == []
