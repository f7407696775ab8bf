"""The running demo plant is forecast over its real sockets: shells in, values in, a forecast by REST out."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from xushi.demo.plant import default_endpoints
from xushi.demo.shells import ensure_assets
from xushi.testing import Served, served

pytestmark = pytest.mark.xdist_group("demo")

SPEED = 60
SEEN_S = 1_500.0  # of plant time


def until(condition: Callable[[], bool], what: str, limit_s: float = 120.0) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, f"did not happen: {what}"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("demo")
    with (folder / "log").open("wb") as log:
        plant = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "xushi.demo.plant",
                "--speed",
                str(SPEED),
                "--opcua-port",
                "0",
                "--mqtt-port",
                "0",
                "--start-time",
                (datetime.now(UTC) - timedelta(hours=3)).isoformat(),
            ],
            stdout=subprocess.PIPE,
            stderr=log,
        )
    try:
        assert plant.stdout is not None
        ready = json.loads(plant.stdout.readline())
        endpoints = {described: ready[protocol] for protocol, described in default_endpoints().items()}
        with served(Path(folder) / "data", endpoints=endpoints) as one:
            one.remote.import_files([ensure_assets()])
            yield one
    finally:
        plant.terminate()
        plant.wait(20)


def ended(one: Served, outcome: dict[str, Any]) -> dict[str, Any]:
    path = f"/api/jobs/{outcome['effects'][0]['job']}"
    until(lambda: one.remote.get(path)["state"] != "running", "the job ends")
    job: dict[str, Any] = one.remote.get(path)
    assert job["state"] == "done", job["error"]
    return job


def seen(running: Served) -> tuple[float, float]:
    """The plant's seconds since its start, and its time in ms since 1970."""
    clock = running.platform.registry.handle("urn:xushi:demo:submodel:PLC1:OperationalData#Heartbeat")
    rows = list(running.platform.board.read([clock]).rows(running.platform.registry))
    return (rows[0][2], rows[0][1] / 1e6) if rows and rows[0][2] is not None else (0.0, 0.0)


@pytest.fixture(scope="module")
def watched(running: Served) -> Served:
    """The line after 25 minutes of its time."""
    until(lambda: seen(running)[0] > 0, "a first heartbeat")
    enough_s = seen(running)[0] + SEEN_S
    until(lambda: seen(running)[0] > enough_s, "25 minutes of plant time")
    return running


def test_the_live_line_is_forecast_and_alternatives_are_compared(watched: Served) -> None:
    running = watched
    ahead = {"at_ms": seen(running)[1], "hours": 1}
    told = ended(running, running.remote.run("foresight.forecast", {**ahead, "replications": 50}))["result"]
    output = next(one for one in told["figures"] if one["id"] == "output")
    assert 60 < output["mean"] < 121  # a takt of 30 s
    assert output["low"] <= output["mean"] <= output["high"]
    assert {one["element"] for one in told["calibration"] if one["figure"] == "work" and one["records"] > 20}
    assert any(machine["made"]["mean"] > 60 for machine in told["machines"])

    changes = [{"element": "OP90", "figure": "cycle_time", "factor": 2.0}]
    params = {**ahead, "replications": 20, "alternatives": [{"name": "slow", "changes": changes}]}
    compared = ended(running, running.remote.run("foresight.compare", params))["result"]
    slow = next(one for one in compared["alternatives"] if one["name"] == "slow")
    assert compared["best"] == "now"
    assert slow["differences"]["plant.good"]["high"] < 0
    assert slow["bottleneck"]["machine"] == "OP90"


def test_the_live_line_is_forked_and_goes_on_in_the_branch_while_it_runs(watched: Served) -> None:
    remote, at_ms = watched.remote, seen(watched)[1]
    branch = remote.run("branch.fork", {"timeline": "live", "at_ms": at_ms, "hours": 1})["result"]["branch"]
    until(lambda: remote.get(f"/api/branches/{branch}")["branch"]["state"] != "computing", "the path is there")
    told = remote.get(f"/api/branches/{branch}")
    assert told["branch"]["state"] == "ready", told["branch"]["error"]
    assert 60 < told["figures"]["finished"] < 125
    state = watched.platform.registry.handle("urn:xushi:demo:submodel:OP40:OperationalData#CurrentEngine")
    span = f"start_ms={at_ms}&end_ms={at_ms + 3_600_000}"
    assert len(remote.get(f"/api/timelines/{branch}/signals/{state}/range?{span}")["values"]) > 60
    fleet = next(one for one in told["elements"] if one["kind"] == "fleet")
    assert {one["figure"]: one["present"] for one in fleet["figures"]} == {"vehicles": 2.0, "vehicle_speed": 1.4}
    codes = {one["code"] for one in told["diagnoses"]}
    assert not codes & {"runtime.stock_unknown", "runtime.vehicle_place_assumed"}  # OPC UA and VDA 5050 tell both
    for path, least in (("AGV1:OperationalData#Pose.PositionX", 500), ("OP20:OperationalData#Material.Stock", 60)):
        handle = watched.platform.registry.handle(f"urn:xushi:demo:submodel:{path}")
        assert len(remote.get(f"/api/timelines/{branch}/signals/{handle}/range?{span}")["values"]) > least
    reached = seen(watched)[0]
    until(lambda: seen(watched)[0] > reached, "the live line goes on")
