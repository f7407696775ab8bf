"""`xushi connect` as an engineer uses it: look, export, edit in a spreadsheet, check, import, take back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xushi.cli import main
from xushi.testing import NodeOpcua, Served, until

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


def test_what_cannot_be_reached_or_read_is_refused_plainly(line: Line, tmp_path: Path) -> None:
    assert "opc.tcp" in line("connect", "ftp://127.0.0.1", status=1)
    assert line("connect", "opc.tcp://127.0.0.1:9", status=1).strip()
    assert "nosuch" in line("connect", "opc.tcp://127.0.0.1:9", "--set", "nosuch=1", status=1)
    assert "none.xlsx" in line("connect", "opc.tcp://127.0.0.1:9", "--from", tmp_path / "none.xlsx", status=1)
    assert ".csv" in line("connect", "opc.tcp://127.0.0.1:9", "--sheet", tmp_path / "a.ods", status=1)


def test_without_an_address_the_protocols_are_listed_with_their_settings(line: Line) -> None:
    out = line("connect", "--lang", "zh-CN")
    assert "opc.tcp://" in out
    assert "--set password=" in out
    found = {one["protocol"]: one for one in json.loads(line("connect", "--json"))}
    assert {"opcua", "mqtt", "modbus", "http"} <= set(found)
