"""Connecting a foreign OPC UA server without typing a node id: browse, preview, suggest, import, live, undo."""

from __future__ import annotations

from typing import Any

import pytest
from wizard import Wizard

from xushi.kernel import XushiError
from xushi.testing import NodeOpcua, free_port, until
from xushi.twins import validate

SHOP = "nsu=http://foreign.example/paintshop;s="


def test_children_come_page_by_page_and_nothing_is_missing_or_twice(wizard: Wizard, plant: NodeOpcua) -> None:
    info = wizard.connect(plant.url)
    assert info["peer"] == "Paint shop"
    assert info["details"]["manufacturer"] == "Foreign Works"
    cell = f"{SHOP}Cell0"
    seen: list[str] = []
    cursor = ""
    while True:
        page = wizard.get("nodes", parent=cell, cursor=cursor, limit=30)
        seen += [node["name"] for node in page["nodes"]]
        cursor = page["cursor"]
        if not cursor:
            break
        assert len(page["nodes"]) == 30
    assert sorted(seen) == sorted(f"Value{n}" for n in range(100))


def test_a_node_tells_type_unit_range_and_whether_it_may_be_written(wizard: Wizard, plant: NodeOpcua) -> None:
    wizard.connect(plant.url)
    (override,) = [n for n in wizard.get("nodes", parent=f"{SHOP}PaintRobot")["nodes"] if n["name"] == "SpeedOverride"]
    assert override["type"] == "number"
    assert override["unit"] == "%"
    assert (override["low"], override["high"]) == (0, 100)
    assert override["is_writable"]
    assert override["type_name"] == "AnalogItemType"


def test_a_preview_shows_live_values_and_says_why_there_is_none(wizard: Wizard, plant: NodeOpcua) -> None:
    wizard.connect(plant.url)
    asked = [f"{SHOP}CoolantPump.Flow", f"{SHOP}Nowhere", f"{SHOP}Conveyor_01.Positions"]
    first = wizard.post("preview", {"addresses": asked})
    assert [one["address"] for one in first] == asked
    assert first[0]["is_good"]
    assert first[0]["time_ms"] > 0
    assert not first[1]["is_good"]
    assert "BadNodeIdUnknown" in first[1]["text"]
    assert first[2]["value"] == [0.1, 0.5]
    until(lambda: wizard.post("preview", {"addresses": asked})[0]["value"] != first[0]["value"])


def test_a_scan_makes_everything_searchable(wizard: Wizard, plant: NodeOpcua) -> None:
    wizard.connect(plant.url)
    result = wizard.job("scan", {})
    assert not result["is_cut"]
    assert result["values"] > 200
    found = wizard.get("search", q="motor temp", is_value="true")
    assert [node["path"][-2:] for node in found["nodes"]] == [["Monitoring", "MotorTemperature"]]
    assert found["is_whole"]


def test_machines_values_units_and_nameplates_are_suggested_with_reasons(wizard: Wizard, plant: NodeOpcua) -> None:
    wizard.connect(plant.url)
    wizard.suggest()
    machines = wizard.machines()
    assert {key: one["kind"] for key, one in machines.items() if not key.startswith("Cell")} == {
        "PaintRobot": "robot", "CoolantPump": "pump", "Conveyor_01": "conveyor",
    }  # fmt: skip
    assert machines["PaintRobot"]["nameplate"]["SerialNumber"] == "PR6-00042"
    assert "identification" in machines["PaintRobot"]["reason"]
    pressure = wizard.row("PaintRobot / Monitoring / SprayPressure")
    assert (pressure["machine"], pressure["property"]) == ("PaintRobot", "Monitoring.SprayPressure")
    assert (pressure["unit"], pressure["kind"], pressure["low"], pressure["high"]) == ("bar", "double", 0, 10)
    assert pressure["name"] == {"en": "Spray pressure", "zh-CN": "喷涂压力"}
    assert any("bar" in reason for reason in pressure["reasons"])
    assert wizard.row("PaintRobot / Monitoring / State")["kind"] == "enum"
    assert wizard.row("Conveyor_01 / Speed_m_s")["unit"] == "m/s"
    assert not [row for row in wizard.rows() if "Identification" in row["source"]]
    assert not [row for row in wizard.rows() if row["address"].startswith(("i=", "nsu=http://opcfoundation.org/"))]


def test_the_import_is_shown_first_then_lives_then_is_taken_back(wizard: Wizard, plant: NodeOpcua) -> None:
    wizard.connect(plant.url)
    wizard.suggest()
    planned = wizard.import_(dry_run=True)
    assert planned["state"] == "planned"
    assert wizard.remote.get("/api/twins") == []
    assert {one["state"] for one in planned["result"]["machines"]} == {"new"}
    done = wizard.import_()
    assert done["state"] == "done"
    assert done["result"] == planned["result"]
    platform = wizard.served.platform
    assert list(validate(platform.twins.environment())) == []
    signals = {one["key"].rpartition(":")[2]: one for one in wizard.remote.get("/api/signals")["signals"]}
    pressure = signals["OperationalData#Monitoring.SprayPressure"]
    assert (pressure["unit"], pressure["low"], pressure["high"]) == ("bar", 0, 10)
    assert pressure["source"]["address"] == f"{SHOP}PaintRobot.Monitoring.SprayPressure"
    until(lambda: [one["state"] for one in wizard.remote.get("/api/links")] == ["live"])
    until(lambda: _value(wizard, pressure["handle"]) not in (None, 0.0))
    state = signals["OperationalData#Monitoring.State"]
    assert state["labels"] == {"0": "Idle", "1": "Running", "3": "Fault"}
    assert _value(wizard, state["handle"]) == 1
    places = {one["shell"].rpartition(":")[2]: one for one in wizard.remote.get("/api/places")}
    assert places["PaintRobot"]["model"]
    assert places["PaintRobot"]["model"] != places["CoolantPump"]["model"]
    assert len({tuple(one["position"]) for one in places.values()}) == len(places)
    wizard.remote.undo(done["command_id"])
    assert wizard.remote.get("/api/twins") == []
    assert wizard.remote.get("/api/places") == []
    until(lambda: wizard.remote.get("/api/links") == [])
    until(lambda: wizard.remote.get("/api/signals")["signals"] == [])
    kept = wizard.remote.get("/api/signals", with_gone=True)["signals"]  # with what they recorded
    assert pressure["key"] in [one["key"] for one in kept]
    wizard.import_()
    until(lambda: len(wizard.remote.get("/api/signals")["signals"]) == len(signals))
    again = {one["key"]: one["handle"] for one in wizard.remote.get("/api/signals")["signals"]}
    assert again[pressure["key"]] == pressure["handle"]


def _value(wizard: Wizard, handle: int) -> Any:
    sample = wizard.served.platform.board.value(handle)
    return None if sample is None else sample.value


def test_a_second_import_tells_only_what_differs_and_keeps_what_a_person_moved(
    wizard: Wizard, plant: NodeOpcua
) -> None:
    wizard.connect(plant.url)
    wizard.suggest()
    first = wizard.import_()
    shell = next(one["shell"] for one in first["result"]["machines"] if one["machine"] == "CoolantPump")
    wizard.remote.run("scene.move", {"place": shell, "position": [11.0, 0.0, 3.0]})
    flow = wizard.row("CoolantPump / Flow")
    assert wizard.patch("rows", {"numbers": [flow["number"]], "is_included": False})["is_taken"]
    planned = wizard.import_(dry_run=True)["result"]
    assert (planned["added"], planned["changed"], planned["removed"]) == (0, 0, 1)
    states = {one["machine"]: one["state"] for one in planned["machines"]}
    assert states["CoolantPump"] == "changed"
    assert states["PaintRobot"] == "same"
    wizard.import_()
    places = {one["shell"]: one for one in wizard.remote.get("/api/places")}
    assert places[shell]["position"] == [11.0, 0.0, 3.0]


def test_a_secret_of_the_draft_signs_the_connection_in_and_is_shown_nowhere(wizard: Wizard, plant: NodeOpcua) -> None:
    info = wizard.connect(plant.url, username="line", password="secret-1")
    assert info["settings"] == {"username": "line"}
    wizard.suggest(f"{SHOP}CoolantPump")
    assert set(wizard.machines()) == {"CoolantPump"}
    outcome = wizard.import_()
    until(lambda: [one["state"] for one in wizard.remote.get("/api/links")] == ["live"])
    shown = str(outcome) + str(wizard.remote.get("/api/evidence")) + str(wizard.remote.get("/api/connect/drafts"))
    assert "secret-1" not in shown
    (link,) = [link for link, _ in wizard.served.platform.links.links()]
    assert link.security["password"] == "secret-1"


def test_a_wrong_password_is_told_as_such(wizard: Wizard, plant: NodeOpcua) -> None:
    with pytest.raises(XushiError, match="BadUserAccessDenied"):
        wizard.connect(plant.url, username="line", password="wrong")
    assert wizard.remote.get("/api/connect/drafts") == []


def test_a_job_that_is_cancelled_keeps_what_was_read(wizard: Wizard, plant: NodeOpcua) -> None:
    info = wizard.connect(plant.url)
    job = wizard.post("scan", {})
    wizard.remote.post(f"/api/jobs/{job['id']}/cancel")
    until(lambda: wizard.remote.get(f"/api/jobs/{job['id']}")["state"] in ("cancelled", "done"))
    assert wizard.remote.get(f"/api/connect/drafts/{info['id']}")["id"] == info["id"]
    assert wizard.job("scan", {})["values"] > 200


def test_why_nobody_answers_is_told_in_plain_words(wizard: Wizard) -> None:
    for scheme in ("opc.tcp", "mqtt", "http"):
        with pytest.raises(XushiError, match="Nothing listens at"):
            wizard.connect(f"{scheme}://127.0.0.1:{free_port()}")
        with pytest.raises(XushiError, match="No computer of this name"):
            wizard.connect(f"{scheme}://no-such-host.invalid:4840")


def test_found_machines_stand_free_on_the_floor_each_with_a_model_of_its_kind(wizard: Wizard, plant: NodeOpcua) -> None:
    wizard.connect(plant.url)
    wizard.suggest(f"{SHOP}CoolantPump")
    wizard.import_()
    (first,) = wizard.remote.get("/api/places")
    wizard.remote.run("scene.move", {"place": first["id"], "position": [4.0, 0.0, 0.0]})
    wizard.suggest(f"{SHOP}PaintRobot", f"{SHOP}Conveyor_01", f"{SHOP}Cell0")
    wizard.import_()
    places = {one["id"].rpartition(":")[2]: one for one in wizard.remote.get("/api/places")}
    assert set(places) == {"CoolantPump", "PaintRobot", "Conveyor_01", "Cell0"}
    assert len({one["model"] for one in places.values()}) == 4
    assert all(wizard.remote.raw("GET", f"/api/assets/{one['model']}")[:4] == b"glTF" for one in places.values())
    spots = [one["position"] for one in places.values()]
    for at, (x, y, z) in enumerate(spots):
        assert y == 0
        assert all(max(abs(x - other[0]), abs(z - other[2])) > 3.9 for other in spots[:at])
