"""A connector from a package outside this repository: it appears in the wizard with its grade, browses and delivers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from peers import beside, installed, lines_device
from wizard import Wizard

from xushi.cli import main
from xushi.connectors.mapping import to_csv
from xushi.kernel import XushiError
from xushi.testing import until


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[str]:
    with installed(tmp_path), beside(lines_device) as url:
        yield url


def test_it_is_offered_with_its_texts_and_its_grade(lines: str, wizard: Wizard) -> None:
    offered = {one["protocol"]: one for one in wizard.remote.get("/api/connect/protocols")}
    assert {"opcua", "mqtt", "modbus", "http"} <= set(offered)
    own = offered["lines"]
    assert (own["package"], own["grade"], own["can_browse"]) == ("xushi-lines 1.0", "bronze", True)
    assert own["title"]["zh-CN"] == "TCP 文本行"
    assert all(one["grade"] in ("silver", "gold") for name, one in offered.items() if name != "lines")


def test_the_plain_list_of_the_command_line_tells_its_grade(
    lines: str, wizard: Wizard, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for language, told in (("en", "Lines over TCP  lines://192.168.0.30:7000  (bronze)"), ("zh-CN", "(铜级)")):
        assert main(["connect", "--lang", language, "--data", str(tmp_path / "data")]) == 0
        assert told in capsys.readouterr().out


def test_its_device_is_browsed_suggested_imported_and_live(lines: str, wizard: Wizard) -> None:
    wizard.connect(lines)
    assert [one["name"] for one in wizard.get("nodes")["nodes"]] == ["OvenTemp_degC", "speed_rpm"]
    assert wizard.post("preview", {"addresses": ["speed_rpm"]})[0]["value"] == "1500"
    wizard.suggest()
    units = {row["address"]: row["unit"] for row in wizard.rows()}
    assert units == {"OvenTemp_degC": "°C", "speed_rpm": "r/min"}
    wizard.import_()
    until(lambda: [one["state"] for one in wizard.remote.get("/api/links")] == ["live"])
    handles = [one["handle"] for one in wizard.remote.get("/api/signals")["signals"]]
    board = wizard.served.platform.board
    until(lambda: {sample.value for sample in map(board.value, handles) if sample is not None} == {21.5, 1500.0})


def test_an_address_its_form_cannot_carry_is_a_fault_not_a_crash(lines: str, wizard: Wizard) -> None:
    wizard.connect(lines)
    head = ["Address", "Machine", "Property", "Kind", "Options"]
    result = wizard.take(to_csv([head, ["/two", "Oven", "Two", "double", ""], ["one", "Oven", "One", "double", "x=1"]]))
    assert [(one["row"], one["column"]) for one in result["faults"]] == [(2, "Address"), (3, "Options")]


def test_a_device_that_is_off_is_told_as_such(lines: str, wizard: Wizard) -> None:
    with pytest.raises(XushiError) as told:
        wizard.connect("lines://127.0.0.1:9")
    assert told.value.code == "connectors.unreachable"
