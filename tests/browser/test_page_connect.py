"""Connecting a foreign plant in the page, from its address to live values and back, without typing an id."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import paho.mqtt.client as paho
import pytest
from connecting import Wizard
from playwright.sync_api import Locator, Page, Route, expect

from xushi.testing import PLANT, Broker, NodeOpcua, free_port, start_mosquitto, start_node_opcua, until


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeOpcua]:
    """A paint shop by node-opcua: a robot, a pump, a conveyor; a thousand values more in cells."""
    with start_node_opcua(tmp_path_factory.mktemp("node"), extra_nodes=1000, script=PLANT) as running:
        yield running


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with start_mosquitto(tmp_path_factory.mktemp("mosquitto")) as running:
        yield running


def row(wizard: Wizard, name: str) -> Locator:
    """The row of the mapping whose signal has this name."""
    return wizard.table.get_by_role("row").filter(has=wizard.page.get_by_label(f"Name of {name}", exact=True))


def test_a_foreign_server_is_connected_from_the_empty_world_and_taken_back(
    start: Callable[..., Wizard], plant: NodeOpcua
) -> None:
    wizard = start()
    page = wizard.open()
    page.get_by_role("main").get_by_role("button", name="Connect a plant").click()
    expect(page.get_by_role("radio", name=re.compile("OPC UA server.*Gold"))).to_be_visible()
    wizard.connect(plant.url)
    expect(page.get_by_role("heading", name="Paint shop")).to_be_visible()
    wizard.tree.get_by_role("treeitem", name="Machines").click()
    wizard.tree.get_by_role("treeitem", name="CoolantPump").click()
    preview = page.get_by_role("region", name="Live values", exact=True)
    flow = preview.get_by_role("listitem").filter(has_text="Flow")
    expect(flow).to_contain_text("number")
    first = flow.inner_text()
    expect(flow).not_to_have_text(first)  # it lives
    wizard.suggest()
    expect(page.get_by_text("Machines (13)")).to_be_visible()
    machines = page.get_by_role("region", name="Machines").first
    expect(machines.get_by_label("Kind of Paint robot")).to_have_value("robot")
    assert wizard.served.remote.get("/api/twins") == []
    wizard.show_difference()
    difference = page.get_by_role("region", name="Difference")
    expect(difference).to_contain_text("New machines")
    difference.locator("summary").filter(has_text="Coolant pump").click()
    expect(difference).to_contain_text("OperationalData.Flow")
    assert wizard.served.remote.get("/api/twins") == []
    wizard.import_("first look at the paint shop")
    expect(page.get_by_text("connected", exact=True)).to_be_visible()
    (entry,) = [one for one in wizard.served.remote.get("/api/evidence") if one["command"] == "connect.import"]
    assert entry["reason"] == "first look at the paint shop"
    page.get_by_role("button", name="Show Coolant pump").click()
    details = page.get_by_role("complementary", name="Details")
    expect(details.get_by_role("heading", name="Coolant pump")).to_be_visible()
    expect(details.get_by_text("Flow", exact=True)).to_be_visible()
    page.get_by_role("button", name="Connections").click()
    connections, drafts = page.get_by_role("list", name="Connections"), page.get_by_role("list", name="Drafts")
    connections.get_by_text("connected", exact=True).wait_for()
    expect(drafts).to_be_hidden()  # it is finished, and its mapping is found at the connection
    connections.get_by_role("button", name=re.compile("^Change the mapping of")).click()
    expect(wizard.table).to_be_visible()
    page.get_by_role("button", name="To the connections").click()
    connections.wait_for()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("No connections yet")).to_be_visible()
    expect(drafts).to_be_visible()
    assert wizard.served.remote.get("/api/twins") == []


def test_done_shows_the_scene_or_undoes_and_takes_the_mapping_up_again(
    start: Callable[..., Wizard], plant: NodeOpcua
) -> None:
    wizard = start()
    page = wizard.open(view="connections", connect="new")
    wizard.connect(plant.url)
    pump = wizard.tree.get_by_role("treeitem", name="Conveyor_01")
    pump.wait_for()
    wizard.tree.focus()
    while "Conveyor_01" not in (_cursor(wizard).inner_text()):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(pump).to_have_attribute("aria-checked", "true")
    wizard.suggest()
    wizard.show_difference()
    wizard.import_()
    page.get_by_role("main").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The import was taken back.")).to_be_visible()
    until(lambda: wizard.served.remote.get("/api/twins") == [])
    page.get_by_role("button", name="Back to the mapping").click()
    wizard.show_difference()
    wizard.import_()
    page.get_by_role("button", name="Show in the scene").click()
    expect(page.get_by_role("region", name="World")).to_have_attribute("data-world", "ready", timeout=60_000)
    expect(page.get_by_role("complementary", name="Details")).to_contain_text("Conveyor")


def test_the_mapping_goes_to_excel_and_back_and_a_faulty_sheet_is_refused_as_a_whole(
    start: Callable[..., Wizard], plant: NodeOpcua, tmp_path: Path
) -> None:
    wizard = start()
    page = wizard.open(view="connections", connect="new")
    wizard.connect(plant.url)
    wizard.tree.get_by_role("treeitem", name="Machines").wait_for()
    wizard.suggest()
    page.get_by_role("button", name="To a spreadsheet").click()
    with page.expect_download() as downloading:
        page.get_by_role("menuitem", name="Excel (XLSX)").click()
    path = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(path)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    columns = {cell.value: cell.column for cell in sheet[1]}
    at = next(
        line[0].row
        for line in sheet.iter_rows(min_row=2)
        if str(line[columns["Source"] - 1].value).endswith("SprayPressure")
    )
    assert at is not None
    sheet.cell(at, columns["Property"], "no spaces please")
    sheet.cell(at, columns["Kind"], "colour")
    book.save(tmp_path / "faulty.xlsx")
    chooser = page.get_by_label("Edited sheet…")
    chooser.set_input_files(tmp_path / "faulty.xlsx")
    faults = page.get_by_role("list", name="List of faults").get_by_role("listitem")
    expect(faults).to_have_count(2)
    expect(faults.filter(has_text=f"Row {at}, Property")).to_contain_text("no spaces please")
    expect(faults.filter(has_text=f"Row {at}, Kind")).to_contain_text("colour")
    page.get_by_label("Filter signals…").fill("SprayPressure")
    expect(wizard.table.get_by_label("Property of Spray pressure")).to_have_value("Monitoring.SprayPressure")
    sheet.cell(at, columns["Property"], "Paint.Pressure")
    sheet.cell(at, columns["Kind"], "double")
    sheet.cell(at, columns["Name (en)"], "Paint pressure")
    sheet.cell(at, columns["Unit"], "kPa")
    book.save(tmp_path / "edited.xlsx")
    chooser.set_input_files(tmp_path / "edited.xlsx")
    expect(page.get_by_text("The sheet was taken over.")).to_be_visible()
    expect(page.get_by_role("list", name="List of faults")).to_have_count(0)
    expect(wizard.table.get_by_label("Property of Paint pressure")).to_have_value("Paint.Pressure")
    expect(wizard.table.get_by_label("Unit of Paint pressure")).to_have_value("kPa")
    wizard.show_difference()
    wizard.import_()
    keys = {one["key"].rpartition("#")[2]: one for one in wizard.served.remote.get("/api/signals")["signals"]}
    assert keys["Paint.Pressure"]["unit"] == "kPa"


def test_rows_and_machines_are_corrected_in_place_one_by_one_and_many_at_once(
    start: Callable[..., Wizard], plant: NodeOpcua
) -> None:
    wizard = start()
    page = wizard.open(view="connections", connect="new")
    wizard.connect(plant.url)
    wizard.tree.get_by_role("treeitem", name="Machines").wait_for()
    wizard.suggest()
    page.get_by_role("button", name="Show those of Paint robot").click()
    unit = wizard.table.get_by_label("Unit of Spray pressure")
    unit.fill("mbar")
    unit.press("Enter")
    until(lambda: _draft_row(wizard, "SprayPressure")["unit"] == "mbar")
    name = wizard.table.get_by_label("Name of Spray pressure")
    name.fill("Nozzle pressure")
    name.press("Tab")
    expect(wizard.table.get_by_label("Name of Nozzle pressure")).to_be_visible()
    assert _draft_row(wizard, "SprayPressure")["name"]["zh-CN"] == "喷涂压力"
    bad = wizard.table.get_by_label("Property of Nozzle pressure")
    bad.fill("7 up")
    bad.press("Enter")
    fault = page.get_by_role("list", name="List of faults").get_by_role("listitem")
    expect(fault).to_contain_text("Property")
    expect(bad).to_have_attribute("aria-invalid", "true")
    bad.press("Escape")
    expect(bad).to_have_value("Monitoring.SprayPressure")
    page.get_by_role("button", name="Close the list of faults").click()
    included = _draft(wizard)["included"]
    page.get_by_role("combobox", name="Change all that are shown").select_option("leaveOut")
    page.get_by_role("button", name="Apply to 14").click()  # nine signals and five actions
    expect(page.get_by_text("Rows changed: 14")).to_be_visible()
    until(lambda: _draft(wizard)["included"] == included - 13)  # one action was left out before
    page.locator("label").filter(has_text="Left out").click()
    expect(wizard.table.get_by_role("checkbox", name="Take Nozzle pressure")).not_to_be_checked()
    wizard.table.get_by_role("checkbox", name="Take Nozzle pressure").click()
    until(lambda: _draft(wizard)["included"] == included - 12)
    page.get_by_label("Kind of Paint robot").select_option("cabinet")
    page.get_by_label("Name of PaintRobot", exact=True).fill("Robot one")
    page.get_by_label("Name of PaintRobot", exact=True).press("Enter")
    until(lambda: _machines(wizard)["PaintRobot"]["name"]["en"] == "Robot one")
    assert _machines(wizard)["PaintRobot"]["kind"] == "cabinet"


def test_a_refused_address_says_why_and_what_to_do_and_the_next_try_succeeds(
    start: Callable[..., Wizard], plant: NodeOpcua
) -> None:
    wizard = start()
    page = wizard.open(view="connections", connect="new")
    wizard.connect(f"opc.tcp://127.0.0.1:{free_port()}")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Nothing listens at")
    expect(alert).to_contain_text("Start the server, or correct the port")
    page.get_by_label("Address", exact=True).fill("gopher://plant")
    expect(page.get_by_text("No connector speaks this address.")).to_be_visible()
    expect(page.locator("form").get_by_role("button", name="Connect", exact=True)).to_be_disabled()
    page.get_by_label("User name").fill("line")
    page.get_by_label("Password", exact=True).fill("wrong")
    wizard.connect(plant.url)
    expect(alert).to_contain_text("refuses")
    page.get_by_label("Password", exact=True).fill("secret-1")
    wizard.connect(plant.url)
    expect(wizard.tree).to_be_visible()
    assert "secret-1" not in json.dumps(wizard.ask("/api/connect/drafts"))


def test_a_certificate_that_is_held_is_decided_on_from_the_wizard(
    start: Callable[..., Wizard], plant: NodeOpcua
) -> None:
    wizard = start()
    page = wizard.open(view="connections", connect="new")
    page.get_by_role("radio", name=re.compile("OPC UA server")).click()
    page.get_by_label("Message security").select_option("SignAndEncrypt")
    wizard.connect(plant.url)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("certificate is not trusted yet")
    alert.get_by_role("button", name="Certificates").click()
    dialog = page.get_by_role("dialog", name="Certificates")
    dialog.get_by_role("button", name=re.compile("Trust the certificate of 127.0.0.1")).click()
    expect(dialog.get_by_text("trusted", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("form").get_by_role("button", name="Connect", exact=True).click()
    expect(wizard.tree).to_be_visible()


def _cursor(wizard: Wizard) -> Locator:
    """The row of the tree on which the keyboard is."""
    return wizard.page.locator(f"[id='{wizard.tree.get_attribute('aria-activedescendant')}']")


def test_the_tree_is_walked_and_searched_by_keyboard_alone(start: Callable[..., Wizard], plant: NodeOpcua) -> None:
    wizard = start()
    page = wizard.open(view="connections", connect="new")
    page.get_by_label("Address", exact=True).focus()
    page.keyboard.type(plant.url)
    page.keyboard.press("Enter")
    wizard.tree.get_by_role("treeitem", name="Machines").wait_for()
    wizard.tree.focus()
    while "Machines" not in _cursor(wizard).inner_text():
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(_cursor(wizard)).to_have_attribute("aria-expanded", "true")
    wizard.tree.get_by_role("treeitem", name="PaintRobot").wait_for()
    page.keyboard.press("ArrowRight")
    expect(_cursor(wizard)).to_contain_text("PaintRobot")
    expect(_cursor(wizard)).to_have_attribute("aria-level", "2")
    page.keyboard.press("Space")
    expect(_cursor(wizard)).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Enter")
    speed = wizard.tree.get_by_role("treeitem", name="SpeedOverride")
    expect(speed).to_have_attribute("aria-checked", "true")  # it goes along with its folder
    page.keyboard.press("Space")
    expect(speed).to_have_attribute("aria-checked", "false")
    page.keyboard.press("ArrowLeft")
    expect(speed).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    expect(_cursor(wizard)).to_contain_text("Machines")
    page.keyboard.press("End")
    expect(_cursor(wizard)).to_contain_text("Cell9")
    page.get_by_role("button", name="Read everything").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"All \d+ nodes read"))).to_be_visible(timeout=60_000)
    search = page.get_by_label("Search what was read…")
    search.focus()
    page.keyboard.type("motor temp")
    expect(page.get_by_text("1 found.")).to_be_visible()
    wizard.tree.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("Chosen: 1")).to_be_visible()
    expect(wizard.tree.get_by_role("treeitem", name="MotorTemperature")).to_have_attribute("aria-checked", "true")
    wizard.page.get_by_role("button", name="Suggest a mapping").focus()
    page.keyboard.press("Enter")
    expect(wizard.table.get_by_label("Name of Motor temperature")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("1 shown, 1 taken")).to_be_visible()


def test_a_draft_survives_a_reload_by_its_link_and_is_continued_or_discarded(
    start: Callable[..., Wizard], plant: NodeOpcua, axe: Callable[[Page], list[str]]
) -> None:
    wizard = start()
    page = wizard.open(view="connections", connect="new")
    wizard.connect(plant.url)
    wizard.tree.get_by_role("treeitem", name="Machines").wait_for()
    wizard.suggest()
    expect(page).to_have_url(re.compile(r"connect=.+mapping"))
    page.reload()
    page.get_by_label("Filter signals…").fill("SprayPressure")
    expect(row(wizard, "Spray pressure")).to_be_visible()
    page.get_by_role("button", name="To the connections").click()
    drafts = page.get_by_role("list", name="Drafts").get_by_role("listitem")
    expect(drafts).to_have_count(1)
    assert axe(page) == []
    drafts.get_by_role("button", name="Continue Paint shop").click()
    expect(wizard.table).to_be_visible()
    page.get_by_role("button", name="To the connections").click()
    drafts.get_by_role("button", name="Discard Paint shop").click()
    drafts.get_by_role("button", name="Discard now: Paint shop").click()
    expect(drafts).to_have_count(0)
    assert wizard.ask("/api/connect/drafts") == []


def test_what_a_broker_says_is_connected_without_typing_a_topic(
    start: Callable[..., Wizard], mosquitto: Broker
) -> None:
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", mosquitto.port)
    client.loop_start()
    try:
        said = {"oil_temperature_c": 41.5, "motor": {"speed_rpm": 1500.5}, "ok": True}
        client.publish("works/press3/telemetry", json.dumps(said), qos=1, retain=True).wait_for_publish(5)
        wizard = start()
        page = wizard.open(view="connections", connect="new")
        page.get_by_label("Address", exact=True).fill(mosquitto.url)
        page.get_by_label("Listen for (s)").fill("1")
        page.locator("form").get_by_role("button", name="Connect", exact=True).click()
        wizard.tree.get_by_role("treeitem", name="works").wait_for()
        wizard.suggest()
        expect(wizard.table.get_by_label("Unit of Oil temperature")).to_have_value("°C")
        wizard.show_difference()
        wizard.import_()
        expect(page.get_by_text("connected", exact=True)).to_be_visible()
        (speed,) = [
            one for one in wizard.served.remote.get("/api/signals")["signals"] if one["path"].endswith("speed_rpm")
        ]
        said["motor"] = {"speed_rpm": 900.25}
        client.publish("works/press3/telemetry", json.dumps(said), qos=1).wait_for_publish(5)
        until(lambda: _value(wizard, speed["handle"]) == 900.25)
        page.get_by_role("button", name="Signals", exact=True).click()
        expect(page.get_by_role("grid").get_by_role("row").filter(has_text="speed")).to_contain_text("900.25")
    finally:
        client.loop_stop()
        client.disconnect()


def test_long_reading_shows_its_progress_and_can_be_cancelled(start: Callable[..., Wizard], mosquitto: Broker) -> None:
    wizard = start()
    page = wizard.open(view="connections", connect="new")
    page.get_by_label("Address", exact=True).fill(mosquitto.url)
    page.get_by_label("Listen for (s)").fill("300")
    page.locator("form").get_by_role("button", name="Connect", exact=True).click()
    page.get_by_role("button", name="Read everything").click()
    expect(page.get_by_role("progressbar", name="Reading everything…")).to_be_visible()
    expect(page.get_by_role("button", name="Suggest a mapping")).to_be_disabled()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.get_by_role("button", name="Suggest a mapping")).to_be_enabled()
    (job,) = [one for one in wizard.ask("/api/jobs") if one["title"]["en"].startswith("Read ")]
    assert job["state"] == "cancelled"


def test_a_cancel_pressed_before_the_server_has_named_the_job_is_not_lost(
    start: Callable[..., Wizard], mosquitto: Broker
) -> None:
    wizard = start()
    page = wizard.open(view="connections", connect="new")
    page.get_by_label("Address", exact=True).fill(mosquitto.url)
    page.get_by_label("Listen for (s)").fill("300")
    page.locator("form").get_by_role("button", name="Connect", exact=True).click()
    held: list[Route] = []
    page.route(re.compile("/scan$"), lambda route: held.append(route))
    with page.expect_request(re.compile("/scan$")):
        page.get_by_role("button", name="Read everything").click()
    page.get_by_role("button", name="Cancel").click()
    held[0].continue_()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    (job,) = [one for one in wizard.ask("/api/jobs") if one["title"]["en"].startswith("Read ")]
    assert job["state"] == "cancelled"


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_axe_finds_nothing_in_any_step_in_either_language(
    start: Callable[..., Wizard], plant: NodeOpcua, axe: Callable[[Page], list[str]], language: str
) -> None:
    zh = language == "zh-CN"
    wizard = start()
    page = wizard.open(language, view="connections")
    expect(page.get_by_text("尚无连接" if zh else "No connections yet")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="接入工厂" if zh else "Connect a plant").click()
    page.get_by_label("地址" if zh else "Address", exact=True).fill(plant.url)
    assert axe(page) == []
    page.locator("form").get_by_role("button", name="连接" if zh else "Connect", exact=True).click()
    tree = page.get_by_role("tree", name="节点" if zh else "Nodes")
    tree.get_by_role("treeitem", name="Machines").click()
    tree.get_by_role("treeitem", name="PaintRobot").click()
    expect(tree.get_by_role("treeitem", name="SpeedOverride")).to_be_visible()
    tree.focus()
    page.keyboard.press("Space")
    assert axe(page) == []
    page.get_by_role("button", name="建议映射" if zh else "Suggest a mapping").click()
    expect(page.get_by_label("喷涂压力 的单位" if zh else "Unit of Spray pressure")).to_be_visible(timeout=60_000)
    assert axe(page) == []
    page.get_by_role("button", name="查看差异" if zh else "Show the difference").click()
    difference = page.get_by_role("region", name="差异" if zh else "Difference")
    difference.locator("summary").first.click()
    assert axe(page) == []
    page.get_by_role("button", name="导入" if zh else "Import", exact=True).click()
    expect(page.get_by_role("button", name="在场景中显示" if zh else "Show in the scene")).to_be_visible(timeout=60_000)
    assert axe(page) == []


def test_the_whole_wizard_fits_a_phone(start: Callable[..., Wizard], plant: NodeOpcua) -> None:
    wizard = start(390, 844, is_phone=True)
    page = wizard.open(view="connections", connect="new")

    def fits() -> bool:
        return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    assert fits()
    wizard.connect(plant.url)
    wizard.tree.get_by_role("treeitem", name="Machines").click()
    assert fits()
    wizard.suggest()
    assert fits()
    page.locator("label").filter(has_text="Machines").click()
    expect(page.get_by_label("Kind of Conveyor 01")).to_be_visible()
    wizard.show_difference()
    assert fits()
    wizard.import_()
    assert fits()


def _draft(wizard: Wizard) -> dict[str, Any]:
    (draft,) = wizard.ask("/api/connect/drafts")
    return dict(draft)


def _draft_row(wizard: Wizard, source: str) -> dict[str, Any]:
    (found,) = wizard.ask(f"/api/connect/drafts/{_draft(wizard)['id']}/rows?q={source}")["rows"]
    return dict(found)


def _machines(wizard: Wizard) -> dict[str, dict[str, Any]]:
    found = wizard.ask(f"/api/connect/drafts/{_draft(wizard)['id']}/machines")
    return {one["machine"]: one for one in found}


def _value(wizard: Wizard, handle: int) -> object:
    sample = wizard.served.platform.board.value(handle)
    return None if sample is None else sample.value
