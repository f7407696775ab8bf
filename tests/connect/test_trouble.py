"""Trouble while connecting: a cancelled scan, a server that goes, two drafts at once, undo and redo, kill -9."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from wizard import Wizard

from xushi.kernel import XushiError
from xushi.remote import Remote, local_access
from xushi.testing import PLANT, Broker, NodeOpcua, Served, start_node_opcua, until

SHOP = "nsu=http://foreign.example/paintshop;s="


@pytest.fixture
def large(tmp_path: Path) -> Iterator[NodeOpcua]:
    """A server whose reading takes long enough to be disturbed."""
    with start_node_opcua(tmp_path / "large", extra_nodes=12_000, script=PLANT) as running:
        yield running


def _job(wizard: Wizard, job: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = wizard.remote.get(f"/api/jobs/{job['id']}")
    return found


def _under_way(wizard: Wizard) -> dict[str, Any]:
    """Start a scan and return its job once some of it was read."""
    job: dict[str, Any] = wizard.post("scan", {})
    until(lambda: wizard.remote.get(wizard.draft)["nodes"] > 500 or _job(wizard, job)["state"] != "running")
    return job


def test_a_scan_that_is_cancelled_keeps_what_was_read_and_can_be_used(wizard: Wizard, large: NodeOpcua) -> None:
    wizard.connect(large.url)
    job = _under_way(wizard)
    wizard.remote.post(f"/api/jobs/{job['id']}/cancel")
    until(lambda: _job(wizard, job)["state"] == "cancelled")
    info = wizard.remote.get(wizard.draft)
    assert 0 < info["nodes"] < 12_000
    assert (info["is_scanned"], info["is_cut"]) == (False, True)
    page = wizard.get("search", q="Value")
    assert page["nodes"]
    assert not page["is_whole"]
    assert wizard.suggest(page["nodes"][0]["address"])["rows"] == 1
    assert wizard.job("scan", {})["values"] > 12_000
    assert wizard.get("search", q="Value11999")["is_whole"]


def test_a_server_that_goes_during_a_scan_is_told_and_a_new_scan_works_when_it_is_back(
    wizard: Wizard, large: NodeOpcua
) -> None:
    wizard.connect(large.url)
    job = _under_way(wizard)
    large.kill()
    ended = until(lambda: _job(wizard, job) if _job(wizard, job)["state"] != "running" else None)
    assert ended["state"] == "failed"
    assert ended["error"]["code"] in ("connectors.peer_silent", "connectors.port_closed")
    assert ended["error"]["next"]
    with pytest.raises(XushiError) as told:
        wizard.post("preview", {"addresses": [f"{SHOP}CoolantPump.Flow"]})
    assert told.value.code in ("connectors.peer_silent", "connectors.port_closed")
    large.start()
    assert wizard.job("scan", {})["values"] > 12_000
    assert wizard.post("preview", {"addresses": [f"{SHOP}CoolantPump.Flow"]})[0]["is_good"]


def test_two_drafts_are_prepared_at_once_without_mixing(
    wizard: Wizard, plant: NodeOpcua, mosquitto: Broker, served: Served
) -> None:
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", mosquitto.port)
    client.loop_start()
    client.publish("hall2/mixer9/telemetry", '{"speed_rpm": 20.5}', qos=1, retain=True).wait_for_publish(5)
    other = Wizard(served)
    wizard.connect(plant.url)
    other.connect(mosquitto.url, filter="hall2/#", listen_s="0.5")
    jobs = [(one, one.post("suggest", {})) for one in (wizard, other)]
    until(lambda: all(_job(one, job)["state"] == "done" for one, job in jobs))
    wizard.post("scan", {})
    with pytest.raises(XushiError) as told:
        wizard.post("scan", {})
    assert told.value.code == "runtime.job_running"
    assert set(other.machines()) == {"mixer9"}
    assert "mixer9" not in wizard.machines()
    other.import_()
    assert [one["id"].rpartition(":")[2] for one in other.remote.get("/api/twins")] == ["mixer9"]
    client.loop_stop()


def test_undo_removes_everything_and_redo_brings_it_back_alive(wizard: Wizard, plant: NodeOpcua) -> None:
    remote = wizard.remote
    wizard.connect(plant.url)
    wizard.suggest(f"{SHOP}CoolantPump", f"{SHOP}PaintRobot")
    done = wizard.import_()
    until(lambda: [one["state"] for one in remote.get("/api/links")] == ["live"])

    def everything() -> dict[str, dict[str, Any]]:
        store = wizard.served.platform.store
        return {kind: dict(store.list(kind)) for kind in ("shell", "submodel", "place", "file", "link")}

    before = everything()
    taken_back = remote.undo(done["command_id"])
    assert (remote.get("/api/twins"), remote.get("/api/places")) == ([], [])
    assert not any(everything().values())
    until(lambda: remote.get("/api/links") == [])
    remote.undo(taken_back["command_id"])
    assert everything() == before
    until(lambda: [one["state"] for one in remote.get("/api/links")] == ["live"])


@pytest.mark.parametrize("wait_s", [0.0, 0.01, 0.05, 0.1, 0.2, 0.4])
def test_an_import_that_is_cancelled_is_there_as_a_whole_or_not_at_all(
    wizard: Wizard, plant: NodeOpcua, wait_s: float
) -> None:
    wizard.connect(plant.url)
    wizard.suggest()
    machines = set(wizard.machines())
    job = wizard.post("import", {})
    time.sleep(wait_s)
    wizard.remote.post(f"/api/jobs/{job['id']}/cancel")
    ended = until(lambda: _job(wizard, job) if _job(wizard, job)["state"] != "running" else None)
    shown = {one["id"].rpartition(":")[2] for one in wizard.remote.get("/api/twins")}
    kept = {one.rpartition(":")[2] for one in wizard.served.platform.store.ids("shell")}
    assert shown == kept == (machines if ended["state"] == "done" else set())


class _Process:
    """`xushi serve` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "xushi.cli", "serve", "--data", str(folder), "--port", "0", "--no-browser"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while (access := local_access(folder)) is None or access.pid != self._process.pid:
            assert self._process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        self.remote = Remote(access.url, access.token)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(20)


def test_an_acknowledged_import_survives_kill_9_with_its_links_secrets_and_undo(
    tmp_path: Path, plant: NodeOpcua
) -> None:
    server = _Process(tmp_path / "data")
    try:
        wizard = Wizard(server)  # type: ignore[arg-type]
        wizard.connect(plant.url, username="line", password="secret-1")
        wizard.suggest(f"{SHOP}CoolantPump")
        done = wizard.import_()
        assert done["state"] == "done"
        server.kill()
        server = _Process(tmp_path / "data")
        remote = server.remote
        assert [one["id"].rpartition(":")[2] for one in remote.get("/api/twins")] == ["CoolantPump"]
        assert [bool(one["model"]) for one in remote.get("/api/places")] == [True]
        until(lambda: [one["state"] for one in remote.get("/api/links")] == ["live"])
        assert [one["id"] for one in remote.get("/api/connect/drafts")] == [wizard.draft.rpartition("/")[2]]
        remote.undo(done["command_id"])
        assert (remote.get("/api/twins"), remote.get("/api/places")) == ([], [])
        server.kill()
        server = _Process(tmp_path / "data")
        assert server.remote.get("/api/twins") == []
    finally:
        server.kill()
