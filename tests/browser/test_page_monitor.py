"""Watching the line: alarms are answered, figures say why, charts name what is broken, rules are made by pointing."""

import json
import re
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from visiting import Demo, Visit

OP40 = "urn:xushi:demo:shell:OP40"
POWER = "urn:xushi:demo:submodel:OP40:OperationalData#Energy.Power"
FIT = "urn:xushi:demo:submodel:OP40:OperationalData%23CycleTime"
numbers = count(1)


def raised(demo: Demo, priority: str = "high", **more: Any) -> str:
    """Make a rule whose alarm comes at once, since the station always draws power; return its title."""
    number = next(numbers)
    title = f"Power is drawn {number}"
    rule = {
        "id": f"test-{number}",
        "title": {"en": title, "zh-CN": f"正在用电 {number}"},
        "signal": POWER,
        "condition": "above",
        "limit": 0.001,
        "priority": priority,
        **more,
    }
    assert demo.remote.run("rule.put", {"rule": rule})["state"] == "done"
    return title


def row(page: Page, title: str) -> Locator:
    return page.get_by_role("grid", name="Alarms").get_by_role("row").filter(has_text=title)


def narrow(page: Page, title: str) -> None:
    page.get_by_role("textbox", name="Find alarms").fill(title)
    expect(row(page, title)).to_have_count(1)


def test_a_new_alarm_appears_in_the_bell_and_is_read_out(visit: Visit, demo: Demo) -> None:
    page = visit().open(view="table")
    bell = page.get_by_role("button", name=re.compile("^(Unacknowledged alarms|Alarms: none)"))
    expect(bell).to_be_visible()
    page.wait_for_timeout(1500)
    title = raised(demo, "critical")
    expect(page.get_by_role("status").filter(has_text=f"Critical alarm: {title}")).to_be_attached()
    expect(bell).to_have_accessible_name(re.compile(r"Critical \d"))
    bell.click()
    expect(row(page, title)).to_be_visible()
    expect(page.get_by_role("grid", name="Alarms"), "the keys of the list work at once").to_be_focused()


def test_an_alarm_is_acknowledged_by_one_key(visit: Visit, demo: Demo) -> None:
    title = raised(demo)
    page = visit().open(view="alarms")
    narrow(page, title)
    expect(row(page, title)).to_contain_text("Unacknowledged")
    page.get_by_role("grid", name="Alarms").focus()
    page.keyboard.press("a")
    expect(row(page, title)).to_contain_text("Acknowledged")
    expect(row(page, title)).not_to_contain_text("Unacknowledged")


def test_all_shown_alarms_are_acknowledged_at_once(visit: Visit, demo: Demo) -> None:
    first, second = raised(demo), raised(demo)
    page = visit().open(view="alarms")
    page.get_by_role("textbox", name="Find alarms").fill("Power is drawn")
    expect(row(page, first)).to_contain_text("Unacknowledged")
    page.get_by_role("button", name=re.compile("Acknowledge all shown")).click()
    for title in (first, second):
        expect(row(page, title)).not_to_contain_text("Unacknowledged")


def test_an_alarm_is_shelved_with_reason_and_end_and_the_journal_tells_who(visit: Visit, demo: Demo) -> None:
    title = raised(demo)
    page = visit().open(view="alarms")
    narrow(page, title)
    page.get_by_role("grid", name="Alarms").focus()
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Shelve alarms: 1")
    dialog.get_by_role("button", name="Shelve", exact=True).click()
    expect(dialog).to_contain_text("Say why")
    dialog.get_by_label("Reason").fill("Meter is being changed")
    dialog.get_by_label("For how long").select_option(label="1 h")
    dialog.get_by_role("button", name="Shelve", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("No alarm matches")).to_be_visible()
    page.get_by_role("radiogroup", name="Which alarms").get_by_text(re.compile("^Shelved")).click()
    row(page, title).click()
    details = page.get_by_role("article", name=title)
    expect(details).to_contain_text("Meter is being changed")
    expect(details.get_by_role("table")).to_contain_text("Shelved")
    expect(details.get_by_role("link", name=re.compile(r"Evidence \d+")).first).to_be_visible()
    details.get_by_role("button", name="Unshelve").click()
    expect(details).to_contain_text(re.compile("Unacknowledged|Gone"))


def test_a_note_stays_with_the_alarm(visit: Visit, demo: Demo) -> None:
    title = raised(demo)
    page = visit().open(view="alarms")
    narrow(page, title)
    row(page, title).click()
    details = page.get_by_role("article", name=title)
    details.get_by_role("textbox", name="Note").fill("Saw it, all fine")
    details.get_by_role("button", name="Add").click()
    expect(details.get_by_role("list")).to_contain_text("Saw it, all fine")


def test_an_alarm_leads_to_its_station_and_to_its_trend(visit: Visit, demo: Demo) -> None:
    title = raised(demo)
    page = visit().open(view="alarms")
    narrow(page, title)
    row(page, title).click()
    details = page.get_by_role("article", name=title)
    expect(details.get_by_role("img", name=re.compile("around the alarm"))).to_be_visible()
    details.get_by_role("button", name="Trend").click()
    inspector = page.get_by_role("region", name="Details").filter(has=page.get_by_role("tab"))
    expect(inspector.get_by_role("tab", name="Trend")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("region", name="Time")).to_contain_text("Past")
    page.get_by_role("region", name="Time").get_by_role("button", name="Live").click()
    row(page, title).get_by_role("button", name="OP40 Head bolting").click()
    expect(page.get_by_role("application")).to_be_visible()
    expect(page.get_by_role("treeitem", selected=True)).to_have_accessible_name(re.compile("OP40"))


def test_a_rule_is_made_by_pointing_at_a_value(visit: Visit) -> None:
    page = visit(1440, 900).open(place=OP40)
    value = page.get_by_role("region", name="Details").get_by_role("listitem").filter(has_text="Electric power")
    value.hover()
    value.get_by_role("button", name="Make an alarm from Electric power").click()
    form = page.get_by_role("form", name="New alarm rule")
    expect(form.get_by_label("Signal")).to_have_value("OP40 Head bolting · Electric power")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("correct the marked fields")
    form.get_by_label("Title in English").fill("Pointed at power")
    form.get_by_label("Condition").select_option("above")
    form.get_by_role("textbox", name="Limit").fill("0.001")
    expect(form.get_by_text("It would have raised 1× within 1 h.")).to_be_visible()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile("^Done:"))).to_be_visible()
    rules = page.get_by_role("list", name="Rules")
    expect(rules.get_by_role("button", name=re.compile("Pointed at power"))).to_be_visible()
    edit = page.get_by_role("form", name="Alarm rule")
    edit.get_by_role("button", name="Delete").click()
    expect(rules.get_by_role("button", name=re.compile("Pointed at power"))).to_be_hidden()
    page.get_by_role("button", name="Undo").last.click()
    expect(rules.get_by_role("button", name=re.compile("Pointed at power"))).to_be_visible()


def choose(form: Locator, field: str, signal: str) -> None:
    form.get_by_label(field, exact=True).fill(signal)
    form.page.get_by_role("option", name=signal, exact=True).click()


def test_a_guard_given_in_the_editor_suppresses_the_alarm_by_design(visit: Visit, demo: Demo) -> None:
    title = raised(demo)
    page = visit(1440, 900).open(view=f"rules&rule=test-{title.split()[-1]}")
    form = page.get_by_role("form", name="Alarm rule")
    choose(form, "Suppress while", "OP40 Head bolting · Machine state")
    form.get_by_role("button", name="Save").click()
    states = form.get_by_role("group", name="is in state")
    expect(states).to_contain_text("Choose at least one state")
    boxes = states.get_by_role("checkbox")
    for place in range(boxes.count()):  # whatever the station does, the guard holds
        boxes.nth(place).check()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile("^Done:"))).to_be_visible()
    page.goto(page.url.replace("view=rules", "view=alarms"))
    page.get_by_role("radiogroup", name="Which alarms").get_by_text(re.compile("^Suppressed")).click()
    narrow(page, title)
    row(page, title).click()
    details = page.get_by_role("article", name=title)
    expect(details).to_contain_text(re.compile("By design, while Machine state: .+, "))
    expect(details.get_by_role("table")).to_contain_text("Suppressed by design")
    expect(details.get_by_role("button", name="Stop suppressing")).to_have_count(0)


def test_a_rule_compares_with_another_signal_that_is_chosen_in_the_editor(visit: Visit, demo: Demo) -> None:
    title = raised(demo, condition="deviation", limit=0.001, target=0.0)
    page = visit(1440, 900).open(view=f"rules&rule=test-{title.split()[-1]}")
    form = page.get_by_role("form", name="Alarm rule")
    expect(form.get_by_role("textbox", name="Target", exact=True)).to_have_value("0")
    choose(form, "Or the value of another signal", "OP50 Valve train · Electric power")
    expect(form.get_by_role("textbox", name="Target", exact=True)).to_have_count(0)
    form.get_by_role("button", name="Save").click()
    rules = page.get_by_role("list", name="Rules")
    changed = rules.get_by_role("button", name=re.compile(title))
    expect(changed).to_contain_text("Electric power deviates from OP50 Valve train Electric power by more than")
    rule = next(each for each in demo.remote.get("/api/rules")["rules"] if title in each["title"].values())
    assert (rule["target"], rule["target_signal"]) == (None, POWER.replace("OP40", "OP50"))


def test_a_file_of_rules_shows_what_it_would_change_before_it_comes_in(visit: Visit, demo: Demo) -> None:
    title = raised(demo, limit=0.001)
    known = next(each for each in demo.remote.get("/api/rules")["rules"] if title in each["title"].values())
    changed = {name: value for name, value in known.items() if name != "source"} | {"limit": 123.5}
    fresh = {**changed, "id": f"{known['id']}-new", "title": {"en": f"{title}, new"}}
    content = json.dumps({"format": "xushi-rules/1", "rules": [changed, fresh], "kpis": []}).encode()
    page = visit(1440, 900).open(view="rules")
    files = page.locator("input[type=file][aria-label='Import…']")
    files.set_input_files({"name": "mine.json", "mimeType": "application/json", "buffer": b"{"})
    refused = page.get_by_role("dialog", name="Import mine.json")
    expect(refused.get_by_role("button", name="Import", exact=True)).to_be_disabled()
    refused.get_by_role("button", name="Cancel").click()
    files.set_input_files({"name": "mine.json", "mimeType": "application/json", "buffer": content})
    dialog = page.get_by_role("dialog", name="Import mine.json")
    differences = dialog.get_by_role("list", name="What would change")
    expect(differences).to_contain_text(f"New: {title}, new")
    expect(differences).to_contain_text("limit: 0.001 → 123.5")

    def limits() -> list[float]:
        rules = demo.remote.get("/api/rules")["rules"]
        return [each["limit"] for each in rules if each["id"].startswith(known["id"])]

    assert limits() == [0.001]
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog).to_be_hidden()
    assert sorted(limits()) == [123.5, 123.5]


def share(said: str, name: str) -> float:
    """A percentage below its name, as a share."""
    found = re.search(rf"^{name}\n([\d.,]+) %$", said, re.MULTILINE)
    assert found, (name, said)
    return float(found[1].replace(",", "")) / 100


def counted(said: str, name: str) -> int:
    """The last count below this name: that of the quality ratio, which leaves nothing out."""
    found = re.findall(rf"^{name}\n([\d,]+)$", said, re.MULTILINE)
    assert found, (name, said)
    return int(found[-1].replace(",", ""))


def test_a_figure_opens_down_to_states_formula_and_clause(visit: Visit) -> None:
    page = visit().open(view="cockpit")
    page.get_by_role("button", name="Why? OEE").first.click()
    why = page.get_by_role("complementary", name=re.compile("^Why: "))
    expect(why).to_contain_text("ISO 22400-2")
    expect(why).to_contain_text("OEE = A × E × QR")
    while (closed := why.locator("button[aria-expanded=false]")).count():
        closed.first.click()
    said = why.inner_text()
    assert re.search(r"Executing\n[\d.,]+ (s|min|h)", said), "the states that the times were counted from"
    oee, available, effective, quality = (
        share(said, name) for name in ("OEE", "Availability", "Performance", "Quality ratio")
    )
    assert abs(oee - available * effective * quality) < 0.002, said
    made, good, rejected = (
        counted(said, n) for n in (r"Produced quantity \(PQ\)", r"Good quantity \(GQ\)", "Rejected .*")
    )
    assert made == good + rejected, said
    assert abs(quality - (good / made if made else quality)) < 0.001, said
    expect(page).to_have_url(re.compile("[#&]figure="))
    again = visit().page
    again.goto(page.url)
    expect(again.get_by_role("complementary", name=re.compile("^Why: "))).to_contain_text("ISO 22400-2")


def test_a_station_tile_leads_to_the_station_in_3d(visit: Visit) -> None:
    page = visit().open(view="cockpit")
    page.get_by_role("main").get_by_role("button", name="OP40 Head bolting", exact=True).click()
    expect(page.get_by_role("application")).to_be_visible()
    expect(page.get_by_role("treeitem", selected=True)).to_have_accessible_name(re.compile("OP40"))


def test_a_control_chart_shows_limits_and_says_what_is_broken(visit: Visit) -> None:
    page = visit().open(view="spc", element=FIT)
    panel = page.get_by_role("region", name="Control charts")
    expect(panel.get_by_role("img", name=re.compile(r"^Values: \d+ points, \d+ out of control"))).to_be_visible()
    expect(panel.get_by_role("img", name=re.compile("^Moving range"))).to_be_visible()
    expect(panel.get_by_role("heading", name=re.compile("Out of control: "))).to_be_visible()
    panel.get_by_label("Kind of chart").select_option("xbar_r")
    expect(panel.get_by_label("Subgroup size")).to_be_visible()


def test_what_is_typed_into_a_field_of_signals_takes_the_place_of_the_chosen_one(visit: Visit) -> None:
    page = visit().open(view="spc", element=FIT)
    signal = page.get_by_role("region", name="Control charts").get_by_role("combobox", name="Signal")
    expect(signal).not_to_have_value("")
    signal.click()
    page.keyboard.type("OP40 Head bolting · Tool")
    expect(signal).to_have_value("OP40 Head bolting · Tool")
    page.get_by_role("option", name="OP40 Head bolting · Tool wear", exact=True).click()
    expect(signal).to_have_value("OP40 Head bolting · Tool wear")


def test_axe_finds_nothing_in_the_details_of_an_alarm(
    visit: Visit, demo: Demo, axe: Callable[[Page], list[str]]
) -> None:
    title = raised(demo)
    page = visit().open(view="alarms")
    narrow(page, title)
    row(page, title).click()
    expect(page.get_by_role("article", name=title)).to_be_visible()
    page.wait_for_timeout(1000)
    assert axe(page) == []
    page.get_by_role("grid", name="Alarms").focus()
    page.keyboard.press("s")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(500)
    assert axe(page) == []


@pytest.mark.parametrize("part", ["rules&rule=new", "rules&rule=kpi:new", "cockpit&figure=line.oee"])
def test_axe_finds_nothing_in_forms_and_reasons(visit: Visit, axe: Callable[[Page], list[str]], part: str) -> None:
    page = visit().open(view=part)
    page.wait_for_timeout(2500)
    assert axe(page) == []
