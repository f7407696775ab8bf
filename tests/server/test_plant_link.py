"""The platform and the demo plant: values, writes and recordings go over the sockets, and over nothing else."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from xushi.demo.shells import ensure_assets
from xushi.remote import RemoteError
from xushi.runtime import decode_frame
from xushi.testing import RunningPlant, Served, running_plant, served, until

pytestmark = pytest.mark.xdist_group("demo")

TARGET = "urn:xushi:demo:submodel:OP40:OperationalData#TorqueTarget"
PRESSURE = "urn:xushi:demo:submodel:CMP1:OperationalData#PressureLow"
BAD = 0x8000_0000

Joined: TypeAlias = tuple[Served, RunningPlant]


def states(one: Served) -> set[str]:
    return {link["state"] for link in one.remote.get("/api/links")}


@contextmanager
def joined(folder: Path, *options: str) -> Iterator[Joined]:
    """The plant at five times its pace, and a platform to which both its links are live and have told of the target."""
    with (
        running_plant("--speed", "5", "--data", str(folder / "plant"), *options, log=folder / "plant.log") as plant,
        served(folder / "data", endpoints=plant.endpoints) as one,
    ):
        one.remote.import_files([ensure_assets()])
        until(lambda: states(one) == {"live"}, "both links live")
        until(lambda: TARGET in board(one), "a first value of the target")
        yield one, plant


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Joined]:
    with joined(tmp_path_factory.mktemp("demo")) as both:
        yield both


def board(one: Served) -> dict[str, Any]:
    frame = decode_frame(one.remote.raw("GET", "/api/timelines/live/snapshot"))
    registry = one.platform.registry
    return {
        registry.get(handle).key: (frame.value(i), int(frame.qualities[i]), float(frame.times_ms[i]))
        for i, handle in enumerate(frame.handles.tolist())
    }


def test_every_mapped_signal_has_a_source_and_most_have_good_values(connected: Joined) -> None:
    one, _ = connected
    signals = one.remote.get("/api/signals")["signals"]
    assert len(signals) > 500
    assert all(signal["source"] for signal in signals)
    wanted = 0.9 * len(signals)
    until(lambda: sum(1 for _, quality, _ in board(one).values() if quality < BAD) > wanted, "nine of ten good")


def test_a_write_reaches_the_device_and_comes_back_as_a_value(connected: Joined) -> None:
    one, _ = connected
    before = board(one)[TARGET][0]
    outcome = one.remote.run("signal.write", {"signal": TARGET, "value": 88.5}, reason="test")
    assert outcome["state"] == "done"
    assert outcome["effects"][0]["status"] == 0
    until(lambda: board(one)[TARGET][0] == 88.5, "the written value reported back")
    one.remote.undo(outcome["command_id"])
    until(lambda: board(one)[TARGET][0] == before, "the old value back")


def test_a_sparkplug_metric_is_written_when_the_edge_node_reports_it(connected: Joined) -> None:
    one, _ = connected
    until(lambda: board(one).get(PRESSURE, (0, BAD))[1] < BAD, "a first value of the pressure")
    for value in (6.4, 6.4, 6.1):  # a value that does not change is not reported by itself: it is asked for
        outcome = one.remote.run("signal.write", {"signal": PRESSURE, "value": value})
        assert (outcome["state"], outcome["effects"][0]["status"]) == ("done", 0)
        until(lambda value=value: board(one)[PRESSURE][0] == value, "the written value reported back")


def test_a_write_outside_the_limits_is_never_sent(connected: Joined) -> None:
    one, _ = connected
    with pytest.raises(RemoteError) as caught:
        one.remote.run("signal.write", {"signal": TARGET, "value": 1e6})
    assert caught.value.code == "runtime.value_out_of_range"
    with pytest.raises(RemoteError) as caught:
        one.remote.run("signal.write", {"signal": TARGET.replace("TorqueTarget", "State"), "value": 1})
    assert caught.value.code == "runtime.signal_readonly"


def test_a_dry_run_of_a_write_shows_it_and_sends_nothing(connected: Joined) -> None:
    one, _ = connected
    before = board(one)[TARGET][0]
    planned = one.remote.run("signal.write", {"signal": TARGET, "value": 77.0}, dry_run=True)
    assert (planned["state"], planned["effects"][0]["value"]) == ("planned", 77.0)
    time.sleep(0.5)
    assert board(one)[TARGET][0] == before


def test_a_stretch_of_time_is_recorded_over_the_same_protocols(connected: Joined) -> None:
    one, _ = connected
    params = {"timeline": "test", "title": {"en": "Test"}, "minutes": 0.2}
    job_id = one.remote.run("recording.make", params)["effects"][0]["job"]
    until(lambda: one.remote.get(f"/api/jobs/{job_id}")["state"] != "running", "the recording ends")
    job = one.remote.get(f"/api/jobs/{job_id}")
    assert job["state"] == "done", job["error"]
    (line,) = [line for line in one.remote.get("/api/timelines") if line["id"] == "test"]
    assert line["end_ms"] - line["start_ms"] == pytest.approx(12_000, abs=1)
    frame = decode_frame(one.remote.raw("GET", "/api/timelines/test/snapshot", query={"at_ms": line["end_ms"]}))
    assert len(frame.handles) > 400


def test_silence_after_a_write_is_told_as_an_unknown_outcome(connected: Joined) -> None:
    one, plant = connected
    os.kill(plant.process.pid, signal.SIGSTOP)
    try:
        outcome = one.remote.run("signal.write", {"signal": TARGET, "value": 90.0})
    finally:
        os.kill(plant.process.pid, signal.SIGCONT)
    assert outcome["state"] == "unknown"
    assert outcome["error"]["code"] == "kernel.outcome_unknown"
    assert not outcome["is_undoable"]


def test_without_the_sockets_nothing_arrives_and_every_quality_turns_bad(connected: Joined) -> None:
    one, plant = connected
    until(lambda: states(one) == {"live"}, "both links live again")
    plant.process.kill()
    plant.process.wait()
    until(lambda: "live" not in states(one), "both links lost")
    until(lambda: all(quality >= BAD for _, quality, _ in board(one).values()), "every quality bad")
    before = one.remote.get("/api/status")["updates"]
    time.sleep(2.0)
    assert one.remote.get("/api/status")["updates"] == before
    outcome = one.remote.run("signal.write", {"signal": TARGET, "value": 90.0})
    assert (outcome["state"], outcome["error"]["code"]) == ("failed", "runtime.link_down")
