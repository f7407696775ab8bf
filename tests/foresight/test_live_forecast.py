"""The running demo plant is forecast over its real sockets: shells in, values in, a forecast by REST out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from xushi.demo.shells import ensure_assets
from xushi.testing import Served, ended, running_plant, served, until

pytestmark = pytest.mark.xdist_group("demo")

SPEED = 60
SEEN_S = 1_500.0  # of plant time


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("demo")
    start = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    with (
        running_plant("--speed", str(SPEED), "--start-time", start, log=folder / "log") as plant,
        served(folder / "data", endpoints=plant.endpoints) as one,
    ):
        one.remote.import_files([ensure_assets()])
        yield one


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
    told = ended(running.remote, running.remote.run("foresight.forecast", {**ahead, "replications": 50}))["result"]
    output = next(one for one in told["figures"] if one["id"] == "output")
    assert 60 < output["mean"] < 121  # a takt of 30 s
    assert output["low"] <= output["mean"] <= output["high"]
    assert {one["element"] for one in told["calibration"] if one["figure"] == "work" and one["records"] > 20}
    assert any(machine["made"]["mean"] > 60 for machine in told["machines"])

    changes = [{"element": "OP90", "figure": "cycle_time", "factor": 2.0}]
    params = {**ahead, "replications": 20, "alternatives": [{"name": "slow", "changes": changes}]}
    compared = ended(running.remote, running.remote.run("foresight.compare", params))["result"]
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
