"""A plan on the running demo line over its protocols: fork, change, compare, approve, execute, roll back, measure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from xushi.demo.shells import ensure_assets
from xushi.remote import Remote, RemoteError
from xushi.runtime.plans._plant_time import plant_now_ns
from xushi.testing import Served, ended, running_plant, served, until

pytestmark = pytest.mark.xdist_group("demo")

SPEED = 60
SEEN_S = 1_500.0  # of plant time
ROOT = "urn:xushi:demo:submodel:"
FACTOR = ROOT + "{}:OperationalData#CycleTimeFactor"
SPEED_OF_LINE = f"{ROOT}PLC1:OperationalData#LineSpeed"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo plant at sixty times its speed, three hours behind at first, and a platform connected to it."""
    folder = tmp_path_factory.mktemp("plans")
    start = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    with (
        running_plant("--speed", str(SPEED), "--start-time", start, log=folder / "log") as plant,
        served(folder / "data", endpoints=plant.endpoints) as one,
    ):
        one.remote.import_files([ensure_assets()])
        first = seen(one)[0]
        until(lambda: seen(one)[0] > max(first, 1.0), "a first heartbeat")
        enough_s = seen(one)[0] + SEEN_S
        until(lambda: seen(one)[0] > enough_s, "25 minutes of plant time")
        yield one


def value(one: Served, key: str) -> Any:
    sample = one.platform.board.value(one.platform.registry.handle(key))
    return None if sample is None else sample.value


def seen(one: Served) -> tuple[float, float]:
    """The plant's seconds since its start, and its time in ms since 1970."""
    handle = one.platform.registry.handle(f"{ROOT}PLC1:OperationalData#Heartbeat")
    sample = one.platform.board.value(handle)
    return (0.0, 0.0) if sample is None or sample.value is None else (float(sample.value), sample.time_ns / 1e6)


def plan(one: Served, plan_id: str) -> dict[str, Any]:
    found: dict[str, Any] = one.remote.get(f"/api/plans/{plan_id}")
    return found


def approved(one: Served, plan_id: str) -> None:
    """Somebody else approves the plan as it is now."""
    checker = Remote(one.running.base_url, one.token("view", "plan:approve"))
    digest = plan(one, plan_id)["digest"]
    with pytest.raises(RemoteError) as own:
        one.remote.run("plan.approve", {"plan": plan_id, "digest": digest})
    assert own.value.code == "runtime.plan_own"
    checker.run("plan.approve", {"plan": plan_id, "digest": digest, "note": "looks good"})


def test_a_branch_becomes_a_plan_that_runs_on_the_line_and_is_measured(running: Served) -> None:
    one = running
    at_ms = seen(one)[1]
    branch = one.remote.run("branch.fork", {"at_ms": at_ms, "hours": 0.5, "title": "Quicker"})["result"]["branch"]
    until(lambda: one.remote.get(f"/api/branches/{branch}")["branch"]["state"] == "ready", "the branch has a path")
    for machine in ("OP30", "OP40", "OP90"):
        params = {"signal": FACTOR.format(machine), "value": 0.9}
        one.remote.run("branch.run", {"branch": branch, "command": "signal.write", "params": params})
    change = {"element": "B40", "figure": "capacity", "value": 12}
    one.remote.run("branch.change", {"branch": branch, "changes": [change]})
    compared = ended(one.remote, one.remote.run("foresight.compare", {"branches": [branch], "replications": 20}))[
        "result"
    ]
    assert {each["name"] for each in compared["alternatives"]} == {"now", "Quicker"}

    made = one.remote.run("plan.from_branch", {"branch": branch, "replications": 20})
    plan_id = made["result"]["plan"]
    ended(one.remote, made)
    kept = plan(one, plan_id)
    assert [step["kind"] for step in kept["content"]["steps"]] == ["command"] * 3 + ["manual"]
    assert "B40" in kept["content"]["steps"][3]["text"]["zh-CN"]
    promised = {each["id"]: each for each in kept["content"]["promise"]["figures"]}
    figures = {each["name"]: each["figures"] for each in compared["alternatives"]}
    assert promised["plant.good"]["mean"] == figures["Quicker"]["plant.good"]["mean"]  # the same fork, the same chance
    assert promised["plant.good"]["without"] == figures["now"]["plant.good"]["mean"]
    assert kept["content"]["origin"]["branch"] == branch
    assert len(kept["content"]["origin"]["model_sha256"]) == 64
    assert kept["line"]["state"] == "draft"

    check = one.remote.run("plan.check", {"plan": plan_id})["result"]
    assert check["is_ready"]
    assert [step["devices"][0]["protocol"] for step in check["steps"][:3]] == ["opcua"] * 3
    assert check["steps"][0]["inverse"]["params"]["value"] == 1.0
    assert check["steps"][0]["right"] == "device:write"

    approved(one, plan_id)
    one.remote.run("plan.execute", {"plan": plan_id})
    until(lambda: plan(one, plan_id)["steps"][3]["state"] == "asked", "the manual step is asked for")
    quick = [FACTOR.format(machine) for machine in ("OP30", "OP40", "OP90")]
    until(lambda: [value(one, key) for key in quick] == [0.9] * 3, "the line shows its new set-points")
    one.remote.run("plan.confirm", {"plan": plan_id, "step": 4})
    until(lambda: plan(one, plan_id)["line"]["state"] == "done", "all steps are done")

    early = ended(one.remote, one.remote.run("plan.measure", {"plan": plan_id}))["result"]
    assert early["state"] == "not_yet"
    over_ms = early["until_ns"] / 1e6
    until(lambda: plant_now_ns(one.platform) / 1e6 >= over_ms, "half an hour of plant time")
    ended(one.remote, one.remote.run("plan.measure", {"plan": plan_id}))
    found = plan(one, plan_id)["measurement"]
    assert found["state"] in ("kept", "broken")
    happened = {each["id"]: each["happened"] for each in found["figures"]}
    spread = promised["plant.good"]["band_high"] - promised["plant.good"]["band_low"]
    assert abs(happened["plant.good"] - promised["plant.good"]["mean"]) < 3 * spread
    assert happened["plant.energy_kwh"] == pytest.approx(promised["plant.energy_kwh"]["mean"], rel=0.3)
    said = [each["command"] for each in one.remote.get("/api/evidence?limit=1000")]
    wanted = ["branch.fork", "plan.from_branch", "plan.keep_rehearsal", "plan.approve", "plan.execute", "signal.write"]
    assert [name for name in dict.fromkeys(said) if name in wanted] == wanted


def test_a_condition_broken_on_purpose_pauses_the_plan_and_what_it_did_is_rolled_back(running: Served) -> None:
    one = running
    before = value(one, FACTOR.format("OP60"))
    actions = one.remote.get("/api/actions")
    stop = next(each for each in actions if each["shell"].endswith(":OP20") and each["id_short"] == "Stop")
    content = {
        "title": "Slow OP60, stop OP20",
        "steps": [
            {"kind": "command", "command": "signal.write", "params": {"signal": FACTOR.format("OP60"), "value": 1.5},
             "wait_until": {"signal": FACTOR.format("OP60"), "test": "=", "value": 1.5}},
            {"kind": "command", "command": "device.act", "params": {"action": stop["key"]}},
            {"kind": "manual", "text": {"en": "Look at the line", "zh-CN": "查看产线"}},
            {"kind": "command", "command": "signal.write", "params": {"signal": FACTOR.format("OP70"), "value": 1.5}},
        ],
        "guards": [{"condition": {"signal": SPEED_OF_LINE, "test": "<", "value": 0.8, "for_s": 0.2}}],
    }  # fmt: skip
    plan_id = one.remote.run("plan.make", {"content": content})["result"]["plan"]
    approved(one, plan_id)
    one.remote.run("plan.execute", {"plan": plan_id})
    until(lambda: plan(one, plan_id)["steps"][2]["state"] == "asked", "two steps are done")
    assert value(one, FACTOR.format("OP60")) == 1.5
    until(lambda: value(one, f"{ROOT}OP20:OperationalData#State") == 2, "the station stands")

    slowed = one.remote.run("signal.write", {"signal": SPEED_OF_LINE, "value": 0.5})
    until(lambda: plan(one, plan_id)["line"]["state"] == "paused", "the plan pauses by itself")
    reason = plan(one, plan_id)["reason"]
    assert reason["code"] == "runtime.plan_guard_true"
    assert "< 0.8" in reason["what"]
    one.remote.undo(slowed["command_id"])

    ended(one.remote, one.remote.run("plan.roll_back", {"plan": plan_id}))
    back = plan(one, plan_id)
    assert back["line"]["state"] == "rolled_back"
    assert [step["undo"] for step in back["steps"]] == ["done", "done", "", ""]
    until(lambda: value(one, FACTOR.format("OP60")) == before, "the set-point is what it was")
    assert value(one, FACTOR.format("OP70")) != 1.5
