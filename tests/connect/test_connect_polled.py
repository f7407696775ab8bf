"""Connecting what is asked at a beat: a Modbus device by pymodbus's server, a web interface by Starlette."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from peers import beside, http_peer, modbus_peer
from wizard import Wizard

from xushi.cli import main
from xushi.connectors.mapping import to_csv
from xushi.testing import Served, free_port, until

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "connect-from-the-command-line.md"

REGISTERS = [
    ["Address", "Machine", "Property", "Kind", "Unit", "Name (en)", "Name (zh-CN)", "Options"],
    ["1/HoldingRegister/4", "Oven3", "Temperature", "double", "°C", "Temperature", "温度", "type=float32"],
    ["1/HoldingRegister/14", "Oven3", "Swapped", "double", "", "", "", "type=float32; high_word_first=false"],
    ["1/HoldingRegister/3", "Oven3", "Scaled", "double", "bar", "", "", "type=uint16; scale=0.1"],
    ["1/HoldingRegister/2", "Oven3", "Door", "bool", "", "", "", "bit=15"],
    ["1/HoldingRegister/2", "Oven3", "Lamp", "bool", "", "", "", "bit=0"],
    ["1/Coil/0", "Oven3", "Heating", "bool", "", "Heating", "加热", ""],
    ["2/HoldingRegister/0", "Pump4", "Level", "int", "%", "", "", ""],
]


@pytest.fixture(scope="module")
def modbus() -> Iterator[str]:
    port = free_port()
    with beside(lambda: modbus_peer.serving(port)):
        yield f"modbus+tcp://127.0.0.1:{port}"


@pytest.fixture
def machine() -> Iterator[tuple[http_peer.Machine, str]]:
    held = http_peer.Machine()
    with beside(lambda: http_peer.serving(held.app())) as url:
        yield held, url


def _values(wizard: Wizard) -> dict[str, Any]:
    board = wizard.served.platform.board
    samples = {one["path"]: board.value(one["handle"]) for one in wizard.remote.get("/api/signals")["signals"]}
    return {path: None if sample is None else sample.value for path, sample in samples.items()}


def test_a_register_list_from_a_spreadsheet_becomes_live_machines(wizard: Wizard, modbus: str) -> None:
    wizard.connect(modbus)
    result = wizard.take(to_csv(REGISTERS))
    assert result["is_taken"], result
    assert wizard.machines()["Pump4"]["kind"] == "pump"
    planned = wizard.import_(dry_run=True)
    assert {one["machine"] for one in planned["result"]["machines"]} == {"Oven3", "Pump4"}
    wizard.import_()
    until(lambda: [one["state"] for one in wizard.remote.get("/api/links")] == ["live"])
    wanted = {
        "Temperature": 21.5, "Swapped": 21.5, "Scaled": pytest.approx(123.4), "Door": True, "Lamp": False,
        "Heating": True, "Level": 99,
    }  # fmt: skip
    until(lambda: None not in _values(wizard).values())
    assert _values(wizard) == wanted
    places = wizard.remote.get("/api/places")
    assert len(places) == len({tuple(one["position"]) for one in places}) == 2
    assert all(one["model"] for one in places)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Options", "type=flaot32"), ("Options", "type"), ("Options", "colour=red"), ("Options", "bit=16"),
        ("Options", "type=float32; type=int16"), ("Options", "scale=much"), ("Options", "quantity=70000"),
        ("Address", "1/HoldingRegister"), ("Address", "one/Coil/1"), ("Address", "1/HoldingRegister/70000"),
        ("Address", "1/Nothing/4"), ("Address", "999/Coil/4"),
    ],
)  # fmt: skip
def test_a_register_that_cannot_be_is_refused_at_its_row(wizard: Wizard, modbus: str, column: str, value: str) -> None:
    wizard.connect(modbus)
    lines = [list(line) for line in REGISTERS]
    lines[1][lines[0].index(column)] = value
    result = wizard.take(to_csv(lines))
    assert not result["is_taken"]
    assert [one["row"] for one in result["faults"]] == [2]
    assert result["faults"][0]["column"] in ("Address", "Options")
    assert result["faults"][0]["repair"]
    assert wizard.rows() == []


def test_registers_are_browsed_previewed_and_exported_to_be_named(wizard: Wizard, modbus: str) -> None:
    wizard.connect(modbus, ranges="HoldingRegister 0-3, Coil 0-2")
    wizard.suggest()
    preview = wizard.post("preview", {"addresses": ["1/HoldingRegister/3", "1/Coil/0", "1/HoldingRegister/9999"]})
    assert [one["value"] for one in preview[:2]] == [1234, True]
    assert not preview[2]["is_good"]
    lines = list(csv.reader(io.StringIO(wizard.sheet("csv").decode("utf-8-sig"))))
    assert [line[1] for line in lines[1:]] == [
        *(f"1/HoldingRegister/{at}" for at in range(4)), *(f"1/Coil/{at}" for at in range(3)),
    ]  # fmt: skip
    assert wizard.take(wizard.sheet("xlsx"))["is_taken"]
    wizard.import_()
    until(lambda: 1234 in _values(wizard).values())


def test_the_fields_of_a_web_interface_become_signals(wizard: Wizard, machine: tuple[http_peer.Machine, str]) -> None:
    held, url = machine
    held.authorization = http_peer.basic("line", "secret-1")
    wizard.connect(f"{url}/api/state", scheme="basic", username="line", password="secret-1")
    wizard.suggest()
    rows = {row["address"].rpartition("#")[2]: row for row in wizard.rows()}
    assert rows["/temperature"]["kind"] == "double"
    assert rows["/order/count"]["kind"] == "int"
    assert wizard.post("preview", {"addresses": ["/api/state#/order/id"]})[0]["value"] == "A-7"
    wizard.import_()
    until(lambda: [one["state"] for one in wizard.remote.get("/api/links")] == ["live"])
    paths = {row["address"].rpartition("#")[2]: row["property"] for row in wizard.rows()}
    until(lambda: _values(wizard).get(paths["/temperature"]) == 21.5)
    held.state["temperature"] = 33.25
    held.version += 1
    until(lambda: _values(wizard).get(paths["/temperature"]) == 33.25)
    assert "secret-1" not in str(wizard.remote.get("/api/evidence"))


def test_a_few_registers_or_fields_may_be_chosen_before_anything_was_read(
    wizard: Wizard, modbus: str, machine: tuple[http_peer.Machine, str]
) -> None:
    wizard.connect(modbus)
    wizard.suggest("1/HoldingRegister/3", "1/Coil/2")
    assert [row["address"] for row in wizard.rows()] == ["1/HoldingRegister/3", "1/Coil/2"]
    wizard.connect(f"{machine[1]}/api/state")
    wizard.suggest("/api/state#/temperature", "/api/state#/order")
    chosen = {row["address"].partition("#")[2] for row in wizard.rows()}
    assert chosen == {"/temperature", "/order/id", "/order/count"}
    wizard.connect(f"{machine[1]}/text")
    wizard.suggest()
    assert [(row["address"], row["property"]) for row in wizard.rows()] == [("/text", "text")]
    wizard.import_()
    until(lambda: 7.25 in _values(wizard).values())


def test_the_register_list_of_the_how_to_page_is_imported_as_the_page_says(
    served: Served, modbus: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (table,) = re.findall(r"```\n(Address,.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "oven.csv").write_text(table, "utf-8")
    command = ["connect", modbus, "--set", "ranges=Coil 0-1", "--from", str(tmp_path / "oven.csv"), "--yes"]
    assert main([*command, "--data", str(tmp_path / "data"), "--lang", "en"]) == 0
    assert "xushi undo" in capsys.readouterr().out
    wizard = Wizard(served)
    until(lambda: len(_values(wizard)) == 5 and None not in _values(wizard).values())
    assert _values(wizard) == {
        "Temperature": 21.5, "Power": 21.5, "Pressure": pytest.approx(123.4), "IsDoorOpen": True, "IsHeating": True,
    }  # fmt: skip
