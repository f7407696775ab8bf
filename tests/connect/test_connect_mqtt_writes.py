"""Set-points of a JSON machine brought in by the wizard: which topic sets a value, and what confirms it."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Iterator
from typing import Any

import paho.mqtt.client as paho
import pytest
from wizard import Wizard

from xushi.connectors import Placement
from xushi.connectors._aid import read_interfaces
from xushi.connectors._mqtt import MqttConnector
from xushi.connectors.mapping import Row
from xushi.connectors.mapping._interfaces import Described, description
from xushi.kernel import message
from xushi.remote import RemoteError
from xushi.testing import Broker, until
from xushi.twins import validate

SPEED = "works/kiln2/telemetry#/rotor/speed_rpm"
MODE = "works/kiln2/mode"
LIMIT = 1200.0


class Kiln:
    """A device that is none of ours: it takes set-points on topics of their own and reports what it made of them."""

    def __init__(self, port: int) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.is_deaf = False
        self._speed, self._mode = 900.0, "IDLE"
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self._client.on_message = self._told
        self._client.on_connect = lambda client, *rest: client.subscribe([("works/kiln2/cmd/#", 1)])
        listening = threading.Event()
        self._client.on_subscribe = lambda *rest: listening.set()
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert listening.wait(10)
        self.report()

    def _told(self, client: paho.Client, data: Any, message: paho.MQTTMessage) -> None:
        self.heard.append((message.topic, message.payload))
        if self.is_deaf:
            return
        if message.topic == "works/kiln2/cmd/speed":
            self._speed = min(float(json.loads(message.payload)["set"]), LIMIT)
        elif message.topic == "works/kiln2/cmd/mode":
            self._mode = message.payload.decode()
        self.report()

    def report(self) -> None:
        telemetry = json.dumps({"rotor": {"speed_rpm": self._speed}, "heat_c": 640.5})
        self._client.publish("works/kiln2/telemetry", telemetry, qos=1, retain=True)
        self._client.publish(MODE, self._mode, qos=1, retain=True)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def kiln(mosquitto: Broker, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiln]:
    monkeypatch.setattr("xushi.runtime._devices.CONFIRM_TIMEOUT_S", 1.5)
    device = Kiln(mosquitto.port)
    yield device
    device.close()


def sheet_with(wizard: Wizard, **cells: dict[str, str]) -> bytes:
    """The exported sheet with cells changed: address → column → text, written as a person would in a spreadsheet."""
    lines = list(csv.DictReader(io.StringIO(wizard.sheet("csv").decode("utf-8-sig"))))
    for line in lines:
        line.update(cells.get(line["Address"], {}))
    written = io.StringIO()
    table = csv.DictWriter(written, list(lines[0]))
    table.writeheader()
    table.writerows(lines)
    return written.getvalue().encode()


def looked_around(wizard: Wizard, mosquitto: Broker) -> None:
    wizard.connect(mosquitto.url, filter="works/kiln2/#", listen_s="0.5")
    wizard.suggest()


def write(wizard: Wizard, path: str, value: Any) -> dict[str, Any]:
    (signal,) = [one["key"] for one in wizard.remote.get("/api/signals")["signals"] if one["path"] == path]
    outcome: dict[str, Any] = wizard.remote.run("signal.write", {"signal": signal, "value": value}, reason="test")
    return outcome


def test_a_set_point_goes_to_the_topic_of_its_row_and_is_done_when_the_machine_reports_it(
    wizard: Wizard, mosquitto: Broker, kiln: Kiln
) -> None:
    looked_around(wizard, mosquitto)
    options = "write_topic=works/kiln2/cmd/speed; write_pointer=/set; qos=1"
    cells = {
        SPEED: {"Writable": "yes", "Options": options},
        MODE: {"Writable": "yes", "Options": "content_type=text/plain; write_topic=works/kiln2/cmd/mode"},
    }
    taken = wizard.take(sheet_with(wizard, **cells))
    assert taken["is_taken"], taken
    wizard.import_()
    assert list(validate(wizard.served.platform.twins.environment())) == []
    until(lambda: [one["state"] for one in wizard.remote.get("/api/links")] == ["live"])
    done = write(wizard, "telemetry.rotor.speed_rpm", 750.0)
    assert (done["state"], done["effects"][0]["status"]) == ("done", 0)
    assert write(wizard, "mode", "RUN")["state"] == "done"
    assert kiln.heard == [("works/kiln2/cmd/speed", b'{"set":750.0}'), ("works/kiln2/cmd/mode", b"RUN")]
    limited = write(wizard, "telemetry.rotor.speed_rpm", 5_000.0)
    assert limited["state"] == "unknown", "the machine kept its limit"
    kiln.is_deaf = True
    assert write(wizard, "telemetry.rotor.speed_rpm", 700.0)["state"] == "unknown"
    with pytest.raises(RemoteError) as refused:
        write(wizard, "telemetry.heat_c", 1.0)
    assert refused.value.code == "runtime.signal_readonly"
    assert len(kiln.heard) == 4


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("", "connectors.sheet_write_topic"),
        ("write_topic=works/+/cmd", "connectors.sheet_option_wrong"),
        ("write_topic=works/kiln2/cmd/speed; write_qos=1", "connectors.sheet_option_unknown"),
    ],
)
def test_a_row_made_writable_must_say_one_topic_that_sets_it(
    wizard: Wizard, mosquitto: Broker, kiln: Kiln, options: str, code: str
) -> None:
    looked_around(wizard, mosquitto)
    answer = wizard.take(sheet_with(wizard, **{SPEED: {"Writable": "yes", "Options": options}}))
    assert not answer["is_taken"]
    (fault,) = answer["faults"]
    assert fault["column"] == "Options"
    assert fault["what"].startswith(message(code, {}, "en").what)
    assert fault["repair"]


def test_a_row_is_not_made_writable_by_hand_as_long_as_no_topic_sets_it(
    wizard: Wizard, mosquitto: Broker, kiln: Kiln
) -> None:
    looked_around(wizard, mosquitto)
    number = next(row["number"] for row in wizard.rows() if row["address"] == SPEED)
    answer = wizard.patch("rows", {"numbers": [number], "is_writable": True})
    assert not answer["is_taken"]
    (fault,) = answer["faults"]
    assert "works/kiln2/telemetry" in fault["what"]
    assert "write_topic" in fault["repair"]
    assert not wizard.row("speed_rpm")["is_writable"]


@pytest.mark.parametrize(
    "options",
    [
        {"pointer": "/a", "write_topic": "m/set"},
        {"pointer": "/a", "write_topic": "m/set", "write_pointer": ""},
        {"pointer": "/a", "write_topic": "m/set", "write_pointer": "/x~1y/ä #", "retain": True, "qos": 2},
        {"pointer": "/a", "qos": 0, "retain": True},
    ],
)
def test_what_a_row_says_about_writing_survives_the_interface_description(options: dict[str, Any]) -> None:
    form = MqttConnector.form("mqtt://h:1883", Placement("m/state#/a", options))
    row = Row(1, "m/state#/a", "M", "A", {"en": "A"}, "double", is_writable=True, options=options)
    written, _ = description("urn:x", "mqtt", "M", [Described(row, form)], True)
    (read,) = read_interfaces(written)
    assert (read.is_writable, MqttConnector.place(read)) == (True, Placement("m/state#/a", options))
