"""What a foreign machine can be told to do: found, mapped, imported, done, refused and taken back; no id is typed."""

from __future__ import annotations

from typing import Any

import pytest
from asyncua.sync import Client
from wizard import Wizard

from xushi.connectors import ActionInput, FoundNode, connector_class
from xushi.connectors.mapping import COLUMNS, Mapping, check, read_sheet, read_table, suggest, table, to_xlsx
from xushi.remote import RemoteError
from xushi.testing import NodeOpcua, until
from xushi.twins import validate

SHOP = "nsu=http://foreign.example/paintshop;s="
RUNNING, IDLE = 1, 0


def on_server(plant: NodeOpcua, name: str) -> Any:
    """What the server itself holds, asked by a client of its own."""
    with Client(plant.url) as client:
        namespace = client.get_namespace_index("http://foreign.example/paintshop")
        return client.get_node(f"ns={namespace};s=PaintRobot.Monitoring.{name}").read_value()


def found_actions(wizard: Wizard) -> dict[str, dict[str, Any]]:
    return {row["property"]: row for row in wizard.rows(machine="PaintRobot") if row["kind"] == "action"}


def test_methods_are_found_as_actions_with_their_inputs_and_what_takes_them_back(
    wizard: Wizard, plant: NodeOpcua
) -> None:
    wizard.connect(plant.url)
    listed = wizard.get("nodes", parent=f"{SHOP}PaintRobot")["nodes"]
    assert {node["name"] for node in listed if node["is_action"]} == {"Start", "Stop", "Home", "LoadJob", "Calibrate"}
    (stop,) = [node["address"] for node in listed if node["name"] == "Stop"]
    wizard.suggest(stop)  # one method alone is a choice too
    assert [row["property"] for row in wizard.rows()] == ["Stop"]
    wizard.suggest()
    actions = found_actions(wizard)
    assert {key: row["inverse"] for key, row in actions.items()} == {
        "Start": "Stop", "Stop": "Start", "Home": "", "LoadJob": "", "Calibrate": "",
    }  # fmt: skip
    assert [(one["name"], one["type"]) for one in actions["LoadJob"]["inputs"]] == [
        ("Job", "string"), ("Pieces", "integer"),
    ]  # fmt: skip
    assert actions["LoadJob"]["inputs"][0]["summary"] == {"en": "Name of the paint job"}
    assert actions["Start"]["name"] == {"en": "Start", "zh-CN": "启动"}
    assert not actions["Calibrate"]["is_included"]  # a list of numbers is nothing that a person types
    assert any("Double[]" in reason for reason in actions["Calibrate"]["reasons"])
    assert wizard.machines()["PaintRobot"]["actions"] == 4


def test_an_imported_action_moves_the_machine_and_is_undone_by_its_opposite(wizard: Wizard, plant: NodeOpcua) -> None:
    wizard.connect(plant.url)
    wizard.suggest()
    start = found_actions(wizard)["Start"]
    assert wizard.patch("rows", {"numbers": [start["number"]], "property": "Begin", "kind": "int"})["changed"] == 1
    planned = wizard.import_(dry_run=True)["result"]
    assert planned["actions"] == 4
    assert "Begin()" in next(one for one in planned["machines"] if one["machine"] == "PaintRobot")["added"]
    done = wizard.import_()
    assert list(validate(wizard.served.platform.twins.environment())) == []
    again = wizard.import_(dry_run=True)["result"]
    assert {one["state"] for one in again["machines"]} == {"same"}
    until(lambda: [one["state"] for one in wizard.remote.get("/api/links")] == ["live"])
    keys = {one["id_short"]: one["key"] for one in wizard.remote.get("/api/actions")}
    assert set(keys) == {"Begin", "Stop", "Home", "LoadJob"}

    def act(name: str, **inputs: Any) -> dict[str, Any]:
        outcome: dict[str, Any] = wizard.remote.run(
            "device.act", {"action": keys[name], "inputs": inputs}, reason="try"
        )
        return outcome

    assert act("Begin")["state"] == "done"
    refused = act("Home")  # only a robot at rest goes home
    assert (refused["state"], refused["error"]["code"]) == ("failed", "runtime.device_refused")
    assert "BadInvalidState" in refused["error"]["why"]
    stopped = act("Stop")
    assert on_server(plant, "State") == IDLE
    assert wizard.remote.undo(stopped["command_id"])["effects"][0]["action"] == keys["Begin"]
    assert on_server(plant, "State") == RUNNING
    assert act("LoadJob", Job="white", Pieces=3)["state"] == "done"
    assert on_server(plant, "LastJob") == "white x 3"
    with pytest.raises(RemoteError) as caught:
        act("LoadJob", Job="white", Pieces=1.5)
    assert caught.value.code == "runtime.inputs_invalid"
    wizard.remote.undo(done["command_id"])
    assert wizard.remote.get("/api/actions") == []


# ---- the sheet
def methods(*names: str, inputs: tuple[ActionInput, ...] = ()) -> Mapping:
    """The mapping that is suggested for a press with these methods, the last one with inputs."""
    press = FoundNode(f"{SHOP}Press", "Press", path=("Press",), role="machine")
    found = [
        FoundNode(
            f"{press.address}|{SHOP}Press.{name}", name, press.address, ("Press", name), is_action=True,
            inputs=inputs if name == names[-1] else (),
        )
        for name in names
    ]  # fmt: skip
    return suggest([press, *found], "opc.tcp://h:4840")


def edited(mapping: Mapping, row: int, column: str, value: str) -> tuple[Mapping, list[tuple[int, str, str]]]:
    """The mapping after one cell of its sheet was changed, and the faults of the whole."""
    lines = [list(line) for line in table(mapping)]
    lines[row][COLUMNS.index(column)] = value
    after, faults = read_table(read_sheet(to_xlsx(iter(lines))), mapping)
    opcua: Any = connector_class("opcua")
    faults += check(after, "opc.tcp://h:4840", opcua.form, opcua.place)
    return after, [(fault.row, fault.column, fault.code) for fault in faults]


def test_actions_survive_the_sheet_with_their_inputs() -> None:
    inputs = (
        ActionInput("Target level_pct", "number", summary={"en": "how full"}), ActionInput("Mode", "string"),
    )  # fmt: skip
    mapping = methods("Start", "Stop", "SetLevel", inputs=inputs)
    assert mapping.rows[2].inputs[0].unit == "%"
    same, faults = edited(mapping, 1, "Name (en)", mapping.rows[0].name["en"])
    assert (same, faults) == (mapping, [])
    after, faults = edited(mapping, 3, "Inputs", '"Target level_pct"=number mm; Count=integer')
    assert faults == []
    assert [(one.name, one.type, one.unit) for one in after.rows[2].inputs] == [
        ("Target level_pct", "number", "mm"), ("Count", "integer", ""),
    ]  # fmt: skip
    assert after.rows[2].inputs[0].summary == {"en": "how full"}


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("Kind", "double", "sheet_kind_action"),
        ("Property", "Drive.Start", "sheet_id_short"),
        ("Property", "Stop", "sheet_property_twice"),
        ("Undone by", "Nothing", "sheet_inverse"),
        ("Undone by", "Start", "sheet_inverse"),
        ("Inputs", "Points=Double[]", "sheet_inputs"),
        ("Inputs", "no inputs", "sheet_options"),
        ("Address", "Start", "sheet_address"),
    ],
)
def test_a_faulty_action_is_told_with_its_place(column: str, value: str, code: str) -> None:
    _, faults = edited(methods("Start", "Stop"), 1, column, value)
    assert (column, f"connectors.{code}") in {(where, what) for _, where, what in faults}
