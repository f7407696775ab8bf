"""Connecting a foreign broker with a foreign publisher: JSON, plain text and Sparkplug B, without typing a topic."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import paho.mqtt.client as paho
import pytest
from wizard import Wizard

from xushi.connectors.sparkplug._schema import PayloadMessage
from xushi.testing import Broker, until


@pytest.fixture
def publisher(mosquitto: Broker) -> Iterator[paho.Client]:
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", mosquitto.port)
    client.loop_start()
    yield client
    client.loop_stop()
    client.disconnect()


def _say(client: paho.Client, topic: str, value: Any, retain: bool = True) -> None:
    payload = value if isinstance(value, bytes | str) else json.dumps(value)
    client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(5)


def _birth(metrics: dict[str, tuple[int, str, Any, dict[str, str]]], seq: int) -> bytes:
    """A Sparkplug payload written field by field: name → (data type, field, value, properties)."""
    message = PayloadMessage(timestamp=int(time.time() * 1000), seq=seq)
    for name, (datatype, field, value, properties) in metrics.items():
        metric = message.metrics.add(name=name, datatype=datatype, timestamp=int(time.time() * 1000))
        setattr(metric, field, value)
        for key, text in properties.items():
            metric.properties.keys.append(key)
            metric.properties.values.add(type=12, string_value=text)
    found: bytes = message.SerializeToString()
    return found


def test_json_fields_become_signals_of_the_machine_they_belong_to(
    wizard: Wizard, mosquitto: Broker, publisher: paho.Client
) -> None:
    for step in range(3):
        _say(publisher, "works/press3/telemetry", {
            "timestamp": time.time(), "oil_temperature_c": 40 + step, "motor": {"speed_rpm": 1500.5},
            "pressure": {"value": 3.25, "unit": "bar"}, "ok": True, "pieces_total": 7, "trace": [1, 2.5],
        })  # fmt: skip
    _say(publisher, "works/press3/state", "RUNNING")
    wizard.connect(mosquitto.url, listen_s="0.5")
    wizard.suggest()
    assert {key: one["kind"] for key, one in wizard.machines().items()} == {"press3": "machine"}
    rows = {row["property"]: row for row in wizard.rows()}
    told = {key: (row["kind"], row["unit"]) for key, row in rows.items()}
    assert told == {
        "state": ("string", ""),
        "telemetry.oil_temperature_c": ("double", "°C"),
        "telemetry.motor.speed_rpm": ("double", "r/min"),
        "telemetry.pressure.value_": ("double", "bar"),
        "telemetry.ok": ("bool", ""),
        "telemetry.pieces_total": ("int", ""),
        "telemetry.trace": ("array", ""),
    } or told == {**told, "telemetry.pressure.value": ("double", "bar")}
    preview = wizard.post("preview", {"addresses": ["works/press3/telemetry#/pressure/value"]})
    assert preview[0]["value"] == 3.25
    wizard.import_()
    until(lambda: [one["state"] for one in wizard.remote.get("/api/links")] == ["live"])
    platform = wizard.served.platform
    handles = {one["path"]: one["handle"] for one in wizard.remote.get("/api/signals")["signals"]}
    _say(publisher, "works/press3/telemetry", {"timestamp": time.time(), "motor": {"speed_rpm": 900.25}}, False)

    def speed() -> Any:
        sample = platform.board.value(handles["telemetry.motor.speed_rpm"])
        return sample is not None and sample.value == 900.25

    until(speed)
    state = platform.board.value(handles["state"])
    assert state is not None
    assert state.value == "RUNNING"


def test_sparkplug_births_tell_metrics_with_their_engineering_units(
    wizard: Wizard, mosquitto: Broker, publisher: paho.Client
) -> None:
    _say(publisher, "spBv1.0/Paint/NBIRTH/Edge1", _birth({"bdSeq": (8, "long_value", 0, {})}, 0))
    metrics = {
        "Spindle/Temperature": (10, "double_value", 61.5, {"engUnit": "°C"}),
        "Running": (11, "boolean_value", True, {}),
    }
    _say(publisher, "spBv1.0/Paint/DBIRTH/Edge1/Mill7", _birth(metrics, 1))
    wizard.connect(mosquitto.url, filter="spBv1.0/#", listen_s="0.5")
    wizard.suggest()
    assert wizard.machines()["Mill7"]["kind"] == "machine"
    rows = {row["property"]: row for row in wizard.rows()}
    assert (rows["Spindle.Temperature"]["unit"], rows["Spindle.Temperature"]["kind"]) == ("°C", "double")
    assert rows["Spindle.Temperature"]["address"] == "spBv1.0/Paint/Edge1/Mill7:Spindle/Temperature"
    assert "bdSeq" not in str(rows)
    wizard.import_()
    until(lambda: [one["state"] for one in wizard.remote.get("/api/links")] == ["live"])
    _say(publisher, "spBv1.0/Paint/NBIRTH/Edge1", _birth({"bdSeq": (8, "long_value", 0, {})}, 0), False)
    _say(publisher, "spBv1.0/Paint/DBIRTH/Edge1/Mill7", _birth(metrics, 1), False)
    handles = {one["path"]: one["handle"] for one in wizard.remote.get("/api/signals")["signals"]}

    def temperature() -> Any:
        sample = wizard.served.platform.board.value(handles["Spindle.Temperature"])
        return sample is not None and sample.value == 61.5

    until(temperature)


def test_a_node_that_was_never_heard_born_is_asked_to_say_what_it_has(
    wizard: Wizard, mosquitto: Broker, publisher: paho.Client
) -> None:
    asked: list[str] = []
    publisher.subscribe("spBv1.0/Quiet/NCMD/#", 1)
    publisher.on_message = lambda client, data, message: asked.append(message.topic)
    wizard.connect(mosquitto.url, filter="spBv1.0/Quiet/#", listen_s="5")
    _say(publisher, "spBv1.0/Quiet/DDATA/Edge2/Dev", _birth({"x": (10, "double_value", 1.0, {})}, 5), False)
    until(lambda: asked == ["spBv1.0/Quiet/NCMD/Edge2"])
