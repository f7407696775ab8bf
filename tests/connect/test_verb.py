"""`xushi connect` as an engineer uses it: look, export, edit in a spreadsheet, check, import, take back."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import openpyxl
import paho.mqtt.client as paho
import pytest

from xushi.cli import main
from xushi.signals import unit_display
from xushi.testing import Broker, NodeOpcua, Served, until

SHOP = "nsu=http://foreign.example/paintshop;s="


class Line:
    """The command line beside a running server."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._capsys, self._folder = capsys, folder

    def __call__(self, *words: object, status: int = 0) -> str:
        code = main([*map(str, words), "--data", str(self._folder)])
        out, err = self._capsys.readouterr()
        assert "Traceback" not in out + err
        assert code == status, (code, out, err)
        return out + err


@pytest.fixture
def line(capsys: pytest.CaptureFixture[str], served: Served, tmp_path: Path) -> Line:
    return Line(capsys, tmp_path / "data")


def test_machines_and_signals_are_shown_and_nothing_is_imported_unless_wanted(
    line: Line, plant: NodeOpcua, served: Served
) -> None:
    out = line("connect", plant.url, "--rows", "3", "--lang", "en")
    assert "Paint shop" in out
    assert "PaintRobot" in out
    assert "--yes imports" in out
    assert served.remote.get("/api/twins") == []
    assert served.remote.get("/api/connect/drafts") == []


def test_one_json_object_tells_everything_and_yes_imports_undoably(
    line: Line, plant: NodeOpcua, served: Served
) -> None:
    below = f"{SHOP}CoolantPump"
    planned = json.loads(line("connect", plant.url, "--below", below, "--dry-run", "--json"))
    assert [one["machine"] for one in planned["machines"]] == ["CoolantPump"]
    assert planned["plan"]["machines"][0]["state"] == "new"
    assert "outcome" not in planned
    done = json.loads(line("connect", plant.url, "--below", below, "--yes", "--json", "--reason", "new pump"))
    assert done["outcome"]["state"] == "done"
    assert done["plan"] == planned["plan"]
    until(lambda: [one["state"] for one in served.remote.get("/api/links")] == ["live"])
    assert "new pump" in str(served.remote.get("/api/evidence"))
    line("undo", done["outcome"]["command_id"])
    assert served.remote.get("/api/twins") == []


def test_a_server_is_looked_around_by_names_level_by_level(line: Line, plant: NodeOpcua) -> None:
    top = json.loads(line("connect", plant.url, "--list", "--json"))
    shop = next("/".join(one["path"]) for one in top["nodes"] if one["name"] == "Machines")
    pump = json.loads(line("connect", plant.url, "--list", f"{shop}/CoolantPump", "--values", "--json"))
    (flow,) = [one for one in pump["nodes"] if one["path"][-1] == "Flow"]
    assert isinstance(flow["live"]["value"], float)
    assert (flow["live"]["is_good"], flow["live"]["quality_name"]) == (True, "Good")
    out = line("connect", plant.url, "--list", f"{shop} / CoolantPump", "--values", "--lang", "en")
    (shown,) = [each for each in out.splitlines() if each.startswith(f"{shop}/CoolantPump/Flow ")]
    assert shown.lower().endswith("good")
    assert flow["unit"]
    assert f" {unit_display(flow['unit'])} " in shown
    assert SHOP not in out
    assert f"{shop}/Compressor" in line("connect", plant.url, "--list", f"{shop}/Compressor", status=1)


def test_what_holds_the_words_is_found_with_its_path_and_its_value(
    line: Line, plant: NodeOpcua, served: Served
) -> None:
    found = json.loads(line("connect", plant.url, "--find", "motor temp", "--values", "--json"))
    node = next(one for one in found["nodes"] if one["is_value"])
    assert node["path"][-3:] == ["PaintRobot", "Monitoring", "MotorTemperature"]
    assert node["live"]["is_good"]
    assert "/".join(node["path"]) in line("connect", plant.url, "--find", "motor temp")
    assert "没有内容。" in line("connect", plant.url, "--find", "no such thing", "--lang", "zh-CN")
    assert served.remote.get("/api/connect/drafts") == []


def test_a_part_of_a_server_is_taken_by_its_name_path(line: Line, plant: NodeOpcua) -> None:
    shown = json.loads(line("connect", plant.url, "--list", "Machines", "--json"))
    path = next("/".join(one["path"]) for one in shown["nodes"] if one["name"] == "CoolantPump")
    named = json.loads(line("connect", plant.url, "--below", path, "--values", "--dry-run", "--json"))
    assert [one["machine"] for one in named["machines"]] == ["CoolantPump"]
    assert any(isinstance(one["live"]["value"], float) for one in named["rows"] if one["live"])
    by_id = json.loads(line("connect", plant.url, "--below", f"{SHOP}CoolantPump", "--dry-run", "--json"))
    assert by_id["plan"] == named["plan"]
    assert "数值" in line("connect", plant.url, "--below", path, "--values", "--dry-run", "--lang", "zh-CN")
    assert "Pumpe" in line("connect", plant.url, "--below", "Machines/Pumpe", status=1)


def test_a_broker_is_looked_around_and_imported_in_part_without_a_topic(
    line: Line, mosquitto: Broker, served: Served
) -> None:
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", mosquitto.port)
    client.loop_start()
    try:
        for press in ("press3", "press4"):
            said = json.dumps({"timestamp": time.time(), "oil_temperature_c": 41.5})
            client.publish(f"verb/{press}/telemetry", said, qos=1, retain=True).wait_for_publish(5)
        listen = ("--set", "listen_s=0.5", "--set", "filter=verb/#")
        top = json.loads(line("connect", mosquitto.url, *listen, "--list", "verb", "--json"))
        assert [one["path"] for one in top["nodes"]] == [["verb", "press3"], ["verb", "press4"]]
        found = json.loads(line("connect", mosquitto.url, *listen, "--find", "oil", "--values", "--json"))
        assert [one["live"]["value"] for one in found["nodes"]] == [41.5, 41.5]
        done = json.loads(line("connect", mosquitto.url, *listen, "--below", "verb/press4", "--yes", "--json"))
        assert [one["machine"] for one in done["outcome"]["result"]["machines"]] == ["press4"]
        until(lambda: [one["state"] for one in served.remote.get("/api/links")] == ["live"])
        assert [one["unit"] for one in served.remote.get("/api/signals")["signals"]] == ["°C"]
    finally:
        client.loop_stop()
        client.disconnect()


def _edit(path: Path, change: Any) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.active
    columns = {cell.value: cell.column for cell in sheet[1]}
    change(sheet, columns)
    book.save(path)


def test_a_sheet_goes_out_is_edited_in_a_spreadsheet_and_comes_back(
    line: Line, plant: NodeOpcua, served: Served, tmp_path: Path
) -> None:
    path = tmp_path / "shop.xlsx"
    below = ("--below", f"{SHOP}CoolantPump")
    assert "shop.xlsx" in line("connect", plant.url, *below, "--sheet", path)

    def rename(sheet: Any, columns: dict[str, int]) -> None:
        for number in range(2, sheet.max_row + 1):
            sheet.cell(number, columns["Machine"]).value = "Pump7"
            if sheet.cell(number, columns["Property"]).value == "Flow":
                sheet.cell(number, columns["Unit"]).value = "m³/h"
                sheet.cell(number, columns["High"]).value = 250
                sheet.cell(number, columns["Name (zh-CN)"]).value = "冷却液流量"

    _edit(path, rename)
    told = json.loads(line("connect", plant.url, *below, "--from", path, "--yes", "--json"))
    assert [one["machine"] for one in told["outcome"]["result"]["machines"]] == ["Pump7"]
    (flow,) = [one for one in served.remote.get("/api/signals")["signals"] if one["path"] == "Flow"]
    assert (flow["unit"], flow["high"]) == ("m³/h", 250)
    (place,) = served.remote.get("/api/places")
    assert place["model"]
    again = json.loads(line("connect", plant.url, *below, "--dry-run", "--json"))["plan"]["machines"]
    assert [(one["machine"], one["added"], one["removed"], one["moved"]) for one in again] == [("Pump7", [], [], [])]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_sheet_with_faults_is_refused_as_a_whole_each_fault_with_its_place(
    line: Line, plant: NodeOpcua, served: Served, tmp_path: Path, language: str
) -> None:
    path = tmp_path / "shop.xlsx"
    below = ("--below", f"{SHOP}CoolantPump")
    line("connect", plant.url, *below, "--sheet", path)

    def spoil(sheet: Any, columns: dict[str, int]) -> None:
        sheet.cell(2, columns["Kind"]).value = "decimal"
        sheet.cell(2, columns["Property"]).value = "1 flow"

    _edit(path, spoil)
    out = line("connect", plant.url, *below, "--from", path, "--yes", "--lang", language, status=1)
    assert "Kind" in out
    assert "Property" in out
    told = json.loads(line("connect", plant.url, *below, "--from", path, "--yes", "--json", status=1))
    assert {(one["row"], one["column"]) for one in told["faults"]} == {(2, "Kind"), (2, "Property")}
    assert all(one["what"] and one["repair"] for one in told["faults"])
    assert served.remote.get("/api/twins") == []


def test_a_write_that_nobody_confirms_ends_with_the_status_of_an_unknown_outcome(
    line: Line, plant: NodeOpcua, served: Served
) -> None:
    line("connect", plant.url, "--below", "Machines/PaintRobot", "--yes")
    until(lambda: [one["state"] for one in served.remote.get("/api/links")] == ["live"])
    (key,) = [one["key"] for one in served.remote.get("/api/signals")["signals"] if one["path"] == "SpeedOverride"]
    write = ("command", "signal.write", "--signal", key, "--reason", "slower")
    assert json.loads(line(*write, "--value", "40", "--json"))["state"] == "done"
    with plant.frozen():
        told = json.loads(line(*write, "--value", "35", "--json", status=3))
    assert told["state"] == "unknown"
    activity = json.loads(line("activity", "--machine", "PaintRobot", "--command", "signal.write", "--json"))
    assert [one["state"] for one in activity["commands"]] == ["unknown", "done"]


def test_what_cannot_be_reached_or_read_is_refused_plainly(line: Line, tmp_path: Path) -> None:
    assert "opc.tcp" in line("connect", "ftp://127.0.0.1", status=1)
    assert line("connect", "opc.tcp://127.0.0.1:9", status=1).strip()
    assert "nosuch" in line("connect", "opc.tcp://127.0.0.1:9", "--set", "nosuch=1", status=1)
    assert "none.xlsx" in line("connect", "opc.tcp://127.0.0.1:9", "--from", tmp_path / "none.xlsx", status=1)
    assert ".csv" in line("connect", "opc.tcp://127.0.0.1:9", "--sheet", tmp_path / "a.ods", status=1)


def test_without_an_address_the_protocols_are_listed_with_their_settings(line: Line) -> None:
    out = line("connect", "--lang", "zh-CN")
    assert "opc.tcp://" in out
    assert "主题过滤器：监听范围" in out
    assert "--set password=" in out
    found = {one["protocol"]: one for one in json.loads(line("connect", "--json"))}
    assert {"opcua", "mqtt", "modbus", "http"} <= set(found)
