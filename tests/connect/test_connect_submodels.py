"""Which IDTA submodel a value goes to: suggested by its meaning, corrected by hand or by sheet, valid when imported."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from samples import IDTA, needs_samples
from wizard import Wizard

from xushi.connectors import FoundNode, Point, connector_class
from xushi.connectors.mapping import left_standing, records_of, shell_id, standing, suggest
from xushi.runtime._drafts import concept_index
from xushi.testing import Broker, until
from xushi.twins import read_technical_data, to_json, validate

sys.path.insert(0, str(Path(__file__).parents[1] / "demo"))
from test_shells_templates import _missing

ENDPOINT = "opc.tcp://h:4840"
TECHNICAL = "0173-1#01-AHX837#002"


def value(name: str, **more: Any) -> FoundNode:
    return FoundNode(f"nsu=urn:x;s={name}", name, path=(name,), is_value=True, type="number", **more)


@pytest.mark.parametrize(
    ("name", "submodel"),
    [
        ("RatedPower_kW", "TechnicalData"), ("nominal_voltage", "TechnicalData"), ("MaxSpeed", "TechnicalData"),
        ("max_payload_kg", "TechnicalData"), ("额定功率", "TechnicalData"), ("最大转速", "TechnicalData"),
        ("Speed", "OperationalData"), ("MaxTemperature", "OperationalData"), ("MaxSpeedSetpoint", "OperationalData"),
        ("peak_power_max", "OperationalData"), ("Minutes", "OperationalData"), ("maximum", "OperationalData"),
    ],
)  # fmt: skip
def test_a_constant_figure_is_technical_data_and_what_moves_is_operational_data(name: str, submodel: str) -> None:
    (row,) = suggest([value(name)], ENDPOINT).rows
    assert row.submodel == submodel
    assert any(reason.code == "connectors.reason_rating" for reason in row.reasons) == (submodel == "TechnicalData")


def test_what_a_person_may_set_is_no_constant_figure() -> None:
    (row,) = suggest([value("MaxSpeed", is_writable=True)], ENDPOINT).rows
    assert row.submodel == "OperationalData"


def concept(id: str, name: str, unit: str) -> dict[str, Any]:
    content = {"preferredName": [{"language": "en", "text": name}], "unit": unit}
    return {"id": id, "embeddedDataSpecifications": [{"dataSpecificationContent": content}]}


def test_a_value_means_the_one_known_concept_of_its_name_and_unit() -> None:
    known = {
        one["id"]: one
        for one in (
            concept("0173-1#02-AAB713#007", "Rated power", "kW"), concept("urn:speed", "Speed", "m/s"),
            concept("urn:flow:1", "Flow", "L/min"), concept("urn:flow:2", "Flow", "L/min"),
        )
    }  # fmt: skip
    found = [value("rated_power", unit="kW"), value("Speed", unit="r/min"), value("Flow", unit="L/min")]
    mapping = suggest(found, ENDPOINT, concept_index(known))
    meant = {row.property: row.semantic_id for row in mapping.rows}
    assert meant == {"rated_power": "0173-1#02-AAB713#007", "Speed": "", "Flow": ""}
    form = connector_class("opcua").form  # type: ignore[attr-defined]
    records = records_of(mapping, ENDPOINT, "opcua", form, True)
    (technical,) = [one for one in records.values() if one["idShort"] == "TechnicalData"]
    assert "0173-1#02-AAB713#007" in json.dumps(technical)


@pytest.fixture
def press(mosquitto: Broker) -> Iterator[paho.Client]:
    """A press of its own that tells its figures with its values."""
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", mosquitto.port)
    client.loop_start()
    told = {"rated_power_kw": 7.5, "max_speed_rpm": 3000.0, "oil_temperature_c": 41.5, "capacity": 12.0}
    client.publish("hall/press9/telemetry", json.dumps(told), qos=1, retain=True).wait_for_publish(5)
    yield client
    client.loop_stop()
    client.disconnect()


def submodels(wizard: Wizard) -> dict[str, Any]:
    return {str(one.id_short): one for one in wizard.served.platform.twins.environment().submodels}


def test_technical_data_is_imported_by_its_template_and_shows_live_values(
    wizard: Wizard, mosquitto: Broker, press: paho.Client
) -> None:
    wizard.connect(mosquitto.url, filter="hall/press9/#", listen_s="0.5")
    wizard.suggest()
    by_name = {row["property"].rpartition(".")[2]: row for row in wizard.rows()}
    assert {key: row["submodel"] for key, row in by_name.items()} == {
        "rated_power_kw": "TechnicalData", "max_speed_rpm": "TechnicalData", "oil_temperature_c": "OperationalData",
        "capacity": "OperationalData",
    }  # fmt: skip
    by_hand = {"numbers": [by_name["capacity"]["number"]], "submodel": "TechnicalData"}
    assert wizard.patch("rows", by_hand)["is_taken"]
    sheet = wizard.sheet("csv").decode("utf-8-sig").splitlines()
    moved = [line.replace("TechnicalData", "MyFigures") if "max_speed" in line else line for line in sheet]
    assert wizard.take("\n".join(moved).encode())["is_taken"]
    planned = wizard.import_(dry_run=True)["result"]
    (machine,) = planned["machines"]
    assert planned["signals"] == 4
    assert "TechnicalData.telemetry.rated_power_kw" in machine["added"]
    wizard.import_()
    assert {one["state"] for one in wizard.import_(dry_run=True)["result"]["machines"]} == {"same"}

    environment = wizard.served.platform.twins.environment()
    assert list(validate(environment)) == []
    held = submodels(wizard)
    assert held["TechnicalData"].semantic_id.keys[0].value == TECHNICAL
    own = held["MyFigures"].semantic_id.keys[0].value
    assert own == "urn:xushi:submodel:MyFigures:1:0", "a name of one's own has a meaning, but not somebody else's"
    read = read_technical_data(held["TechnicalData"], environment)
    assert "Press 9" in str(read.general)
    paths = {one["path"]: one["handle"] for one in wizard.remote.get("/api/signals")["signals"]}
    power = "TechnicalPropertyAreas[0].telemetry.rated_power_kw"
    assert {path for path in paths if "Information" in path} == set(), "who made it is no signal"
    board = wizard.served.platform.board

    def rated() -> Any:
        sample = board.value(paths[power])
        return sample is not None and sample.value == 7.5

    until(rated)


def test_a_reconnect_leaves_every_value_where_it_lives_and_tells_what_a_person_moves(
    wizard: Wizard, mosquitto: Broker, press: paho.Client
) -> None:
    wizard.connect(mosquitto.url, filter="hall/press9/#", listen_s="0.5")
    wizard.suggest()
    by_name = {row["property"].rpartition(".")[2]: row for row in wizard.rows()}
    places = {"rated_power_kw": ("OperationalData", "Power"), "capacity": ("TechnicalData", "telemetry.capacity"),
              "max_speed_rpm": ("MyFigures", "telemetry.max_speed_rpm")}  # fmt: skip
    for name, (submodel, property) in places.items():
        wanted = {"numbers": [by_name[name]["number"]], "submodel": submodel, "property": property}
        assert wizard.patch("rows", wanted)["is_taken"]
    wizard.import_()
    keys = {one["key"] for one in wizard.remote.get("/api/signals")["signals"]}
    described = set(wizard.served.platform.store.ids("submodel"))

    again = Wizard(wizard.served)
    again.connect(mosquitto.url, filter="hall/press9/#", listen_s="0.5")
    again.suggest()
    rows = {row["address"]: row for row in again.rows()}
    for name, place in places.items():
        row = rows[by_name[name]["address"]]
        assert (row["submodel"], row["property"]) == place
        assert any(".".join(place) in reason for reason in row["reasons"])
    planned = again.import_(dry_run=True)["result"]["machines"]
    assert [(one["state"], one["moved"]) for one in planned] == [("same", [])]
    again.import_()
    assert {one["key"] for one in wizard.remote.get("/api/signals")["signals"]} == keys
    assert set(wizard.served.platform.store.ids("submodel")) == described

    number = rows[by_name["rated_power_kw"]["address"]]["number"]
    assert again.patch("rows", {"numbers": [number], "submodel": "TechnicalData"})["is_taken"]
    (machine,) = again.import_(dry_run=True)["result"]["machines"]
    assert machine["moved"] == [{"from": "OperationalData.Power", "to": "TechnicalData.Power"}]
    assert (machine["added"], machine["removed"]) == (["TechnicalData.Power"], ["OperationalData.Power"])


def test_a_new_value_makes_room_for_one_that_lives_under_its_name() -> None:
    suggested = suggest([value("Feed"), value("Speed")], ENDPOINT)
    (machine,) = suggested.machines
    old = Point(0, f"{shell_id(ENDPOINT, machine)}:OperationalData#Speed", value("Feed").address)
    mapping = left_standing(suggested, standing([old], ENDPOINT))
    assert [row.property for row in mapping.rows] == ["Speed", "Speed_2"]
    renamed = Point(0, f"{shell_id(ENDPOINT, 'Pump7')}:OperationalData#Flow", value("Feed").address)
    mapping = left_standing(suggested, standing([renamed], ENDPOINT))
    assert [(row.machine, row.property) for row in mapping.rows] == [("Pump7", "Flow"), ("Pump7", "Speed")]
    assert {key: one.key for key, one in mapping.machines.items()} == {"Pump7": "Pump7"}
    elsewhere = Point(0, f"{shell_id('opc.tcp://other:4840', machine)}:OperationalData#Speed", value("Feed").address)
    assert standing([elsewhere], ENDPOINT) == {}


@needs_samples
def test_imported_technical_data_lacks_nothing_that_the_template_requires(
    wizard: Wizard, mosquitto: Broker, press: paho.Client
) -> None:
    wizard.connect(mosquitto.url, filter="hall/press9/#", listen_s="0.5")
    wizard.suggest()
    wizard.import_()
    name = "02003_2-0-1_Template_TechnicalData.json"
    path = max(path for path in IDTA.glob("*.json") if name in path.name)
    template = json.loads(path.read_text(encoding="utf-8"))["submodels"][0]
    ours = json.loads(to_json(wizard.served.platform.twins.environment()))["submodels"]
    (technical,) = [one for one in ours if one["idShort"] == "TechnicalData"]
    assert technical["semanticId"]["keys"][0]["value"] == template["semanticId"]["keys"][0]["value"]
    assert _missing(template, technical, "TechnicalData") == []
