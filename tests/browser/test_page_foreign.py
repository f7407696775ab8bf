"""A plant that nobody here built, worked in the page from the first look to the signed report of its shift."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from asyncua.sync import Client
from connecting import Wizard, windows
from paho.mqtt.publish import single
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader
from visiting import hold

from xushi.testing import PLANT, Broker, NodeOpcua, start_mosquitto, start_node_opcua, until

sys.path.insert(0, str(Path(__file__).parents[1] / "connectors"))
from edge_node import EdgeNode

PRESS = "works/press3/telemetry"
STATE = "PaintRobot.Monitoring.State"
COUNTER = "PaintRobot.Monitoring.CycleCounter"
REJECTS = "PaintRobot.Monitoring.BadCounter"
METER = "PaintRobot.Monitoring.Energy"
OIL = "CoolantPump.OilTemperature"
OVERRIDE = "PaintRobot.SpeedOverride"
LAST_JOB = "PaintRobot.Monitoring.LastJob"
IDLE, RUNNING, FAULT = 0, 1, 3

# keeps whatever the page says meanwhile: progress may be gone before a look at the page
LISTEN = """() => {
  window.told = [];
  new MutationObserver(() => window.told.push(document.body.innerText)).observe(
    document.body, { subtree: true, childList: true, characterData: true });
}"""


def publish(broker: Broker, payload: str) -> None:
    """Say something as the press would, by Eclipse Paho."""
    single(PRESS, payload, qos=1, retain=True, hostname="127.0.0.1", port=broker.port)


@dataclass
class Works:
    """The foreign plant, and the window of the person who has connected it."""

    plant: NodeOpcua
    broker: Broker
    drive: EdgeNode
    window: Wizard

    def open(self, language: str = "en", **view: str) -> Page:
        return self.window.open(language, **view)


@pytest.fixture(scope="module")
def works(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    """A paint shop by node-opcua, and a press and a drive that speak to Mosquitto, all brought in by the wizard."""
    folder = tmp_path_factory.mktemp("foreign")
    with (
        start_node_opcua(folder / "node", script=PLANT) as plant,
        start_mosquitto(folder / "mosquitto") as broker,
        EdgeNode(broker.port) as drive,
        windows(chromium, folder / "data") as make,
    ):
        publish(broker, '{"oil_temperature_c": 41.5, "motor": {"speed_rpm": 1500.5}}')
        window = make()
        connect_plant(window, plant)
        connect_broker(window, broker, drive)
        yield Works(plant, broker, drive, window)


def connect_plant(window: Wizard, plant: NodeOpcua) -> None:
    window.open(view="connections", connect="new")
    window.connect(plant.url)
    window.tree.get_by_role("treeitem", name="Machines").click()
    window.tree.focus()
    window.page.keyboard.press("Space")
    window.suggest()
    window.show_difference()
    window.import_("the paint shop joins")


def connect_broker(window: Wizard, broker: Broker, drive: EdgeNode) -> None:
    """Bring in what speaks to the broker; of the drive, which does not say so itself, all may be written."""
    page = window.open(view="connections", connect="new")
    page.get_by_label("Address", exact=True).fill(broker.url)
    page.get_by_label("Listen for (s)").fill("2")
    page.locator("form").get_by_role("button", name="Connect", exact=True).click()
    node = window.tree.get_by_role("treeitem", name="spBv1.0")
    until(lambda: (drive.report("Mode", 0), node.count())[1])  # whoever is heard is asked what it has
    window.suggest()
    name = page.get_by_label("Name of D_", exact=True)
    name.fill("Drive 7")
    name.press("Enter")
    page.get_by_role("button", name="Show those of Drive 7").click()
    page.get_by_role("combobox", name="Change all that are shown").select_option("writable")
    page.get_by_role("button", name="Apply to 2").click()
    expect(page.get_by_text("Rows changed: 2")).to_be_visible()
    window.show_difference()
    window.import_("the press and the drive join")


def machine(page: Page, name: str) -> Locator:
    """Show a machine; return its panel."""
    page.get_by_role("treeitem", name=name).click()
    panel = page.get_by_role("region", name="Details")
    expect(panel.get_by_role("heading", name=name)).to_be_visible()
    return panel


def robot(page: Page) -> Locator:
    return machine(page, "Paint robot")


def line_of(panel: Locator, name: str) -> Locator:
    return panel.get_by_role("listitem").filter(has_text=name)


def choose(form: Locator, field: str, signal: str) -> None:
    form.get_by_label(field, exact=True).fill(signal)
    form.page.get_by_role("option", name=signal, exact=True).click()


def on_server(plant: NodeOpcua, name: str) -> Any:
    """The value that the foreign server itself holds, asked by a client of its own."""
    with Client(plant.url) as client:
        namespace = client.get_namespace_index("http://foreign.example/paintshop")
        return client.get_node(f"ns={namespace};s={name}").read_value()


def set_speed(page: Page, value: str, reason: str) -> Locator:
    return write(robot(page), "Speed override", value, reason)


def write(panel: Locator, name: str, value: str, reason: str) -> Locator:
    """Fill in a new value with its reason, and hold; return the line of the set-point."""
    line = line_of(panel, name)
    change = line.get_by_role("button", name=f"Change {name}")
    if change.get_attribute("aria-expanded") == "false":  # what was not done stays there to be tried again
        change.click()
    line.get_by_label("New value").fill(value)
    line.get_by_label("Why").fill(reason)
    hold(line.get_by_role("button", name="Hold to write"))
    return line


def test_a_foreign_machine_shows_its_live_values_with_their_units(works: Works) -> None:
    page = works.open()
    pressure = line_of(robot(page), "Spray pressure")
    expect(pressure).to_contain_text("bar")
    expect(page.get_by_role("banner")).not_to_contain_text("Coolant pump")  # one of several is no plant's name
    first = pressure.inner_text()
    expect(pressure).not_to_have_text(first)  # it lives
    page.get_by_role("treeitem", name="Press 3").click()
    oil = line_of(page.get_by_role("region", name="Details"), "Oil temperature")
    publish(works.broker, '{"oil_temperature_c": 55.25, "motor": {"speed_rpm": 900}}')
    expect(oil).to_contain_text("55.25")
    expect(oil).to_contain_text("°C")


def test_an_alarm_on_a_foreign_signal_is_made_acknowledged_and_shelved_with_its_end(works: Works) -> None:
    page = works.open(view="rules", rule="new")
    form = page.get_by_role("form", name="New alarm rule")
    choose(form, "Signal", "Paint robot · State")
    form.get_by_label("Condition").select_option("equal")
    form.get_by_label("State", exact=True).select_option(label="Fault")
    form.get_by_label("Title in English").fill("Paint robot has failed")
    form.get_by_label("Title in Chinese").fill("喷涂机器人故障")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("form", name="Alarm rule", exact=True)).to_be_visible()
    works.plant.set(STATE, FAULT)
    page.get_by_role("button", name=re.compile("^Unacknowledged alarms")).click()
    grid = page.get_by_role("grid", name="Alarms")
    row = grid.get_by_role("row").filter(has_text="Paint robot has failed")
    expect(row).to_contain_text("Unacknowledged")
    grid.focus()
    page.keyboard.press("a")
    expect(row).not_to_contain_text("Unacknowledged")
    row.click()
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Shelve alarms: 1")
    dialog.get_by_label("Reason").fill("nozzle is being changed")
    dialog.get_by_label("For how long").select_option(label="1 h")
    dialog.get_by_role("button", name="Shelve", exact=True).click()
    page.get_by_role("radiogroup", name="Which alarms").get_by_text("Shelved 1").click()
    row.click()
    details = page.get_by_role("article", name="Paint robot has failed")
    expect(details).to_contain_text("nozzle is being changed")
    expect(details).to_contain_text("Shelved until")
    works.plant.set(STATE, RUNNING)


def test_an_alarm_of_a_foreign_machine_is_latched_reset_noted_and_suppressed_until_somebody_ends_it(
    works: Works,
) -> None:
    page = works.open(view="rules", rule="new")
    form = page.get_by_role("form", name="New alarm rule")
    choose(form, "Signal", "Coolant pump · Oil temperature")
    form.get_by_label("Condition").select_option("above")
    form.get_by_role("textbox", name="Limit").fill("60")
    form.get_by_label("Title in English").fill("Oil of the pump is hot")
    form.get_by_label("Latched until reset").check()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("form", name="Alarm rule", exact=True)).to_be_visible()
    works.plant.set(OIL, 70.5)
    page = works.open(view="alarms")
    row = page.get_by_role("grid", name="Alarms").get_by_role("row").filter(has_text="Oil of the pump is hot")
    row.click()
    details = page.get_by_role("article", name="Oil of the pump is hot")
    details.get_by_role("textbox", name="Note").fill("cooler is full of dust")
    details.get_by_role("button", name="Add").click()
    expect(details.get_by_role("list")).to_contain_text("cooler is full of dust")
    details.get_by_role("button", name="Acknowledge", exact=True).click()
    works.plant.set(OIL, 41.5)
    expect(row).to_contain_text("Latched")  # it is over and answered, and still stays
    details.get_by_role("button", name="Reset", exact=True).click()
    expect(row).to_have_count(0)
    works.plant.set(OIL, 72.5)
    expect(row).to_contain_text("Unacknowledged")
    row.click()
    details.get_by_role("button", name="Suppress…").click()
    dialog = page.get_by_role("dialog", name="Suppress alarms: 1")
    dialog.get_by_label("Reason").fill("pump is out for repair")
    dialog.get_by_role("button", name="Suppress", exact=True).click()
    expect(row).to_have_count(0)
    page.get_by_role("radiogroup", name="Which alarms").get_by_text("Suppressed 1").click()
    row.click()
    expect(details).to_contain_text("operator · pump is out for repair")
    works.plant.set(OIL, 41.5)
    details.get_by_role("button", name="Stop suppressing").click()
    expect(page.get_by_role("radiogroup", name="Which alarms")).to_contain_text("Suppressed 0")


def test_a_figure_of_a_foreign_machine_opens_down_to_states_counts_formula_and_clause(works: Works) -> None:
    page = works.open(view="rules", rule="kpi:new")
    form = page.get_by_role("form", name="New key figures")
    form.get_by_label("Title in English").fill("Paint robot")
    form.get_by_label("Title in Chinese").fill("喷涂机器人")
    form.get_by_label("Work unit").select_option(label="Paint robot")
    choose(form, "Producing (APT)", "Paint robot · State")
    form.get_by_label("States that count: Producing (APT)").press("ArrowDown")
    page.get_by_role("option", name="Running").click()
    page.keyboard.press("Escape")
    choose(form, "Down by a failure", "Paint robot · State")
    form.get_by_label("States that count: Down by a failure").press("ArrowDown")
    page.get_by_role("option", name="Fault").click()
    page.keyboard.press("Escape")
    choose(form, "Good pieces (counter)", "Paint robot · Cycle counter")
    choose(form, "Rejected pieces (counter)", "Paint robot · Bad counter")
    choose(form, "Energy (meter)", "Paint robot · Energy")
    form.get_by_label("Planned run time per item (PRI)").fill("1")
    for figure in ("OEE", "Availability", "Throughput", "Quality ratio", "Mean time to restore", "Energy per piece"):
        form.get_by_label(re.compile(f"^{figure}")).check()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("form", name="Key figures", exact=True)).to_be_visible()
    for count in range(8, 12):
        works.plant.set(COUNTER, count)
        works.plant.set(METER, 0.5 * (count - 7))
        page.wait_for_timeout(300)
    works.plant.set(REJECTS, 1)
    works.plant.set(STATE, FAULT)
    page.wait_for_timeout(300)
    works.plant.set(STATE, RUNNING)
    page.get_by_role("button", name="Cockpit", exact=True).click()
    page.get_by_role("button", name=re.compile("^Why, at Paint robot: OEE")).click()
    why = page.get_by_role("complementary", name="Why: OEE")
    expect(why).to_contain_text("Overall equipment effectiveness index")  # the clause of ISO 22400-2
    for step in ("Availability", "PRI × PQ / APT", "Of 5 counted"):
        expect(why).to_contain_text(step)
    why.get_by_role("button", name="Actual production time (APT)", exact=True).first.click()
    expect(why.get_by_role("listitem").filter(has_text=re.compile("^Running"))).to_be_visible()
    for figure, formula, made_of in (
        ("Quality ratio", "QR = GQ / PQ", ("4", "5")),
        ("Mean time to restore", "MTTR = Σ TTR / FE", ("Time to restoration (TTR)",)),
        ("Energy per piece", "e = E / PQ", ("Energy used (E)", "kWh")),
    ):
        page.get_by_role("button", name=re.compile(f"^Why, at Paint robot: {figure}")).click()
        why = page.get_by_role("complementary", name=f"Why: {figure}")
        expect(why).to_contain_text(formula)
        for part in made_of:
            expect(why).to_contain_text(part)


def test_a_control_chart_of_a_foreign_signal_has_its_limits_and_names_the_rules_that_are_broken(works: Works) -> None:
    page = works.open(view="spc")
    panel = page.get_by_role("region", name="Control charts")
    choose(panel, "Signal", "Paint robot · Spray pressure")
    expect(panel.get_by_role("img", name=re.compile(r"^Values: \d+ points"))).to_be_visible()
    expect(panel.get_by_role("img", name=re.compile("^Moving range"))).to_be_visible()
    # Its pressure goes slowly up and down: a drift, whatever the limits are.
    expect(panel.get_by_role("img", name=re.compile(r"^Values: .* [1-9]\d* out of control"))).to_be_visible()
    expect(panel.get_by_role("heading", name=re.compile(r"^Out of control: [1-9]"))).to_be_visible()
    expect(panel.get_by_text(re.compile("^Rule 3: six points in a row rising or falling")).first).to_be_visible()


def test_a_set_point_reaches_the_foreign_server_and_undo_brings_the_old_value_back(works: Works) -> None:
    page = works.open()
    before = on_server(works.plant, OVERRIDE)
    line = set_speed(page, "62.5", "slower for the new varnish")
    done = page.get_by_text(re.compile("^Done: Write to the device"))
    expect(done).to_be_visible()
    expect(line).to_contain_text("62.5")
    assert on_server(works.plant, OVERRIDE) == 62.5
    page.get_by_role("button", name="Undo", exact=True).last.click()
    expect(page.get_by_text(re.compile("^Undone: "))).to_be_visible()
    assert on_server(works.plant, OVERRIDE) == before


def test_a_foreign_machine_is_stopped_by_hand_started_by_undo_and_says_why_it_refuses(works: Works) -> None:
    page = works.open()
    panel = robot(page)
    panel.get_by_role("tab", name="Act").click()
    panel.get_by_label("Why").fill("nozzle is clogged")
    hold(panel.get_by_role("button", name="Hold: Stop"))
    expect(page.get_by_text(re.compile("^Done: Do an action of a machine"))).to_be_visible()
    assert on_server(works.plant, STATE) == IDLE
    page.get_by_role("button", name="Undo", exact=True).last.click()
    expect(page.get_by_text(re.compile("^Undone: "))).to_be_visible()
    assert on_server(works.plant, STATE) == RUNNING
    hold(panel.get_by_role("button", name="Hold: Home"))  # only a robot at rest goes home
    told = page.get_by_role("alert").filter(has_text="Not done: Do an action of a machine")
    expect(told).to_contain_text("BadInvalidState")
    told.get_by_role("button", name="Close").click()
    load = panel.get_by_role("listitem").filter(has_text="Load job")
    expect(load).to_contain_text("How many pieces")
    load.get_by_label("Job").fill("white")
    load.get_by_label("Pieces").fill("3")
    hold(load.get_by_role("button", name="Hold: Load job"))
    until(lambda: on_server(works.plant, LAST_JOB) == "white x 3")
    panel.get_by_role("tab", name="Live").click()  # the page stays at the part that was open last
    page = works.open(view="activity")
    row = page.get_by_role("row").filter(has_text="nozzle is clogged").first
    for word in ("operator", "Paint robot", "Stop"):
        expect(row).to_contain_text(word)


def test_what_the_page_or_the_server_refuses_changes_nothing_and_says_why(works: Works) -> None:
    page = works.open()
    before = on_server(works.plant, OVERRIDE)
    line = line_of(robot(page), "Speed override")
    line.get_by_role("button", name="Change Speed override").click()
    line.get_by_label("New value").fill("150")
    expect(line.get_by_role("status")).to_have_text("The value is outside its limits.")
    expect(line.get_by_role("button", name="Hold to write")).to_be_disabled()
    line.get_by_role("button", name="Cancel").click()
    works.plant.set_writable(OVERRIDE, False)
    set_speed(page, "70", "faster for the last lot")
    told = page.get_by_role("alert").filter(has_text="Not done: Write to the device")
    expect(told).to_contain_text("BadNotWritable")
    works.plant.set_writable(OVERRIDE, True)
    assert on_server(works.plant, OVERRIDE) == before


def test_a_write_that_nobody_confirms_is_told_as_unknown_and_one_to_a_dead_server_as_not_sent(works: Works) -> None:
    page = works.open()
    robot(page)
    with works.plant.frozen():
        set_speed(page, "35", "while the server hangs")
        expect(page.get_by_text("No confirmation came: Write to the device")).to_be_visible()
    works.plant.kill()
    try:
        expect(page.get_by_text("Machine connections down: 1")).to_be_visible()
        set_speed(page, "30", "while the server is dead")
        told = page.get_by_role("alert").filter(has_text="Not done: Write to the device")
        expect(told).to_contain_text("Nothing was sent")
    finally:
        works.plant.start()
    expect(page.get_by_text("Connected", exact=True)).to_be_visible()
    assert on_server(works.plant, OVERRIDE) == 0


def test_a_device_behind_a_broker_confirms_what_it_takes_and_the_page_tells_what_it_does_not(works: Works) -> None:
    page = works.open()
    panel = machine(page, "Drive 7")
    line = write(panel, "Target", "12.5", "quicker over the broker")
    expect(page.get_by_text(re.compile("^Done: Write to the device"))).to_be_visible()
    expect(line).to_contain_text("12.5")
    assert works.drive.taken[-1] == ("Target", 12.5)
    page.get_by_role("button", name="Undo", exact=True).last.click()
    expect(page.get_by_text(re.compile("^Undone: "))).to_be_visible()
    assert works.drive.values["Target"] == 1.0
    works.drive.highest = 10.0  # it takes less than it is told to, and says so
    write(panel, "Target", "50", "more than it can")
    expect(page.get_by_text("No confirmation came: Write to the device")).to_be_visible()
    expect(line).to_contain_text("10")
    works.drive.kill()
    try:
        expect(line).to_contain_text("Bad: no communication")  # which moves the button that is to be held
        write(panel, "Target", "5", "while the drive is off")
        told = page.get_by_role("alert").filter(has_text="Not done: Write to the device")
        expect(told).to_contain_text("Nothing was sent")
    finally:
        works.drive.start()
    assert works.drive.taken[-1] == ("Target", 50.0)
    page = works.open(view="activity")
    for reason, outcome, value in (
        ("quicker over the broker", "Done", "1 → 12.5"),
        ("more than it can", "Unknown", "1 → 50"),
        ("while the drive is off", "Refused", "5"),
    ):
        row = page.get_by_role("row").filter(has_text=reason)
        for word in ("operator", "Write to the device", "Drive 7", value, outcome):
            expect(row).to_contain_text(word)


def test_the_history_names_who_did_it_why_and_what_came_of_it(works: Works) -> None:
    page = works.open(view="activity")
    for reason, outcome, value in (
        ("slower for the new varnish", "Done", "0 → 62.5 %"),
        ("faster for the last lot", "Refused", "0 → 70 %"),
        ("while the server hangs", "Unknown", "0 → 35 %"),
        ("while the server is dead", "Refused", "Speed override: 30 %"),
    ):
        row = page.get_by_role("row").filter(has_text=reason)
        for word in ("operator", "Write to the device", "Paint robot", value, outcome):
            expect(row).to_contain_text(word)
    joined = page.get_by_role("row").filter(has_text="the paint shop joins")
    expect(joined).to_contain_text(re.compile("Coolant pump · Paint robot|Paint robot · Coolant pump"))
    expect(joined).not_to_contain_text("urn:")
    refused = page.get_by_role("row").filter(has_text="faster for the last lot")
    expect(refused).to_contain_text("BadNotWritable")
    expect(refused.get_by_role("button", name=re.compile("^Undo"))).to_have_count(0)


def test_a_shift_report_of_the_foreign_plant_is_made_read_and_checked(works: Works, tmp_path: Path) -> None:
    page = works.open(view="reports")
    form = page.get_by_role("form", name="Make a report")
    form.get_by_label("Time").select_option(label="Shift of now, so far")
    form.get_by_label("中文").check()
    choose(form, "Trends of signals", "Paint robot · Spray pressure")
    page.evaluate(LISTEN)
    form.get_by_role("button", name="Make").click()
    listed = page.get_by_role("list", name="Reports").get_by_role("listitem").first
    expect(listed.get_by_text("Made", exact=True)).to_be_visible(timeout=60_000)
    assert page.evaluate("window.told.some((text) => /Being made, \\d+ %/.test(text))")
    saved: dict[str, Path] = {}
    for label in ("PDF English", "PDF 中文", "XLSX English", "XLSX 中文", "Seal"):
        with page.expect_download() as download:
            listed.get_by_text(label).click()
        saved[label] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[label])
    said = {
        label: " ".join(sheet.extract_text() for sheet in PdfReader(saved[label]).pages)
        for label in saved
        if "PDF" in label
    }
    for word in ("Paint robot", "Running", "Fault", "Paint robot has failed", "nozzle is being changed", "bar"):
        assert word in said["PDF English"]
    for word in ("喷涂机器人", "运行", "喷涂机器人故障", "规则变更", "喷涂压力"):
        assert word in said["PDF 中文"]
    book = openpyxl.load_workbook(saved["XLSX English"])
    assert ("Paint robot", 4, 1) in [row[:3] for row in book["Production"].iter_rows(values_only=True)]
    states = [row[:2] for row in book["States of the machines"].iter_rows(values_only=True)]
    assert {("Paint robot", "Running"), ("Paint robot", "Fault")} <= set(states)
    for label in ("PDF English", "PDF 中文", "XLSX English", "XLSX 中文"):
        command = [sys.executable, "-m", "xushi.cli", "verify", str(saved[label]), "--json"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["sha256"] == hashlib.sha256(saved[label].read_bytes()).hexdigest()


def test_all_of_it_reads_in_chinese_too(works: Works) -> None:
    page = works.open("zh-CN")
    page.get_by_role("treeitem", name="压力机 3").click()
    expect(line_of(page.get_by_role("region", name="详情"), "油温度")).to_contain_text("°C")
    page.get_by_role("treeitem", name="喷涂机器人").click()
    line = line_of(page.get_by_role("region", name="详情"), "速度倍率")
    line.get_by_role("button", name="更改速度倍率").click()
    line.get_by_label("新值").fill("55")
    line.get_by_label("原因").fill("换班提速")
    hold(line.get_by_role("button", name="按住以写入"))
    expect(page.get_by_text("已完成：写入设备")).to_be_visible()
    assert on_server(works.plant, OVERRIDE) == 55
    page = works.open("zh-CN", view="activity")
    row = page.get_by_role("row").filter(has_text="换班提速")
    expect(row).to_contain_text("喷涂机器人 · 速度倍率：0 → 55 %")
    page = works.open("zh-CN", view="cockpit")
    expect(page.get_by_role("button", name=re.compile("喷涂机器人.*设备综合效率"))).to_be_visible()
