"""Acting on the demo plant over its own protocols: stations, a poka-yoke stop, vehicles, and proposals."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_plant_link import Joined, board, joined

from xushi.demo.shells import ensure_assets
from xushi.remote import Remote, RemoteError
from xushi.testing import Served, served, until

pytestmark = pytest.mark.xdist_group("demo")

STANDS, RUNS = 2, 3
DATA = "urn:xushi:demo:submodel:{}:OperationalData#{}"


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Joined]:
    with joined(tmp_path_factory.mktemp("acting"), "--mislay", "OP20@0") as both:
        yield both


def action(one: Served, machine: str, name: str) -> dict[str, Any]:
    found = [
        each
        for each in one.remote.get("/api/actions")
        if each["shell"] == f"urn:xushi:demo:shell:{machine}" and each["id_short"] == name
    ]
    assert len(found) == 1
    return dict(found[0])


def value(one: Served, machine: str, path: str) -> Any:
    found = board(one).get(DATA.format(machine, path))
    return None if found is None else found[0]


def test_every_station_lists_its_actions_with_names_in_both_languages(connected: Joined) -> None:
    one, _ = connected
    found = one.remote.get("/api/actions")
    names = {(each["shell"].rpartition(":")[2], each["id_short"]) for each in found}
    assert {("OP40", "Start"), ("OP40", "Stop"), ("OP40", "AnswerPokaYoke"), ("KIT1", "AnswerPokaYoke")} <= names
    assert all(set(each["name"]) == {"en", "zh-CN"} for each in found)


def test_a_station_stops_says_why_in_the_evidence_and_starts_again_by_undo(connected: Joined) -> None:
    one, _ = connected
    stop = action(one, "OP70", "Stop")
    outcome = one.remote.run("device.act", {"action": stop["key"]}, reason="guard door check")
    assert (outcome["state"], outcome["is_undoable"], outcome["effects"][0]["status"]) == ("done", True, 0)
    until(lambda: value(one, "OP70", "State") == 2, "the station stands")
    entry = [each for each in one.remote.get("/api/evidence") if each["command"] == "device.act"][-1]
    assert (entry["reason"], entry["entry"]["summary"]["shell"]) == ("guard door check", stop["shell"])
    undone = one.remote.undo(outcome["command_id"])
    assert undone["effects"][0]["action"] == action(one, "OP70", "Start")["key"]


def test_what_the_machine_refuses_comes_back_with_its_reason(connected: Joined) -> None:
    one, _ = connected
    answer = action(one, "OP10", "AnswerPokaYoke")
    outcome = one.remote.run("device.act", {"action": answer["key"]})
    assert (outcome["state"], outcome["error"]["code"]) == ("failed", "runtime.device_refused")
    assert "BadInvalidState" in outcome["error"]["why"]


def test_an_answer_to_a_poka_yoke_stop_reaches_the_station_which_goes_on_and_says_who_and_why(
    connected: Joined,
) -> None:
    one, _ = connected
    until(lambda: value(one, "OP20", "PokaYoke.Stopped") == 1, "a wrong part stops the station")
    found = value(one, "OP20", "PokaYoke.Found")
    assert value(one, "OP20", "State") == STANDS
    fitter = Remote(one.remote.url, one.token("view", "device:write"))
    answer = {"action": action(one, "OP20", "AnswerPokaYoke")["key"]}
    outcome = fitter.run("device.act", answer, reason=f"{found} went back to its bin")
    assert (outcome["state"], outcome["effects"][0]["status"]) == ("done", 0)
    until(lambda: value(one, "OP20", "PokaYoke.Stopped") == 0, "the stop is over")
    until(lambda: value(one, "OP20", "State") == RUNS, "the station goes on")
    entry = [each for each in one.remote.get("/api/evidence") if each["command"] == "device.act"][-1]
    assert (entry["actor"], entry["reason"]) == ("test", f"{found} went back to its bin")
    assert entry["entry"]["summary"]["shell"] == "urn:xushi:demo:shell:OP20"
    again = fitter.run("device.act", answer)
    assert (again["state"], again["error"]["code"]) == ("failed", "runtime.device_refused")  # nothing waits any more


def test_an_unknown_action_and_unfit_inputs_are_refused_before_anything_is_sent(connected: Joined) -> None:
    one, _ = connected
    with pytest.raises(RemoteError) as caught:
        one.remote.run("device.act", {"action": "urn:none#x"})
    assert caught.value.code == "runtime.action_unknown"
    with pytest.raises(RemoteError) as caught:
        one.remote.run("device.act", {"action": action(one, "OP10", "Stop")["key"], "inputs": {"x": 1}})
    assert caught.value.code == "runtime.inputs_invalid"


def test_the_vehicles_and_their_road_map_are_found_in_the_twins(connected: Joined) -> None:
    one, _ = connected
    found = one.remote.get("/api/vehicles")
    assert [each["serial"] for each in found["vehicles"]] == ["AGV1", "AGV2"]
    assert {each["station"] for each in found["goals"]} >= {"OP10", "KIT1", "PS1", "AGV1"}
    assert all(each["signal_node"] >= 0 and each["signal_order"] >= 0 for each in found["vehicles"])


def test_an_order_is_accepted_by_the_vehicle_itself_and_a_second_one_refused(connected: Joined) -> None:
    one, _ = connected
    outcome = free_order(one)
    effect = outcome["effects"][0]
    assert (outcome["state"], effect["route"][-1]) == ("done", "N_OP50")
    assert len(effect["edges"]) == len(effect["route"]) - 1
    vehicle = outcome["summary"]["vehicle"]
    until(lambda: value(one, vehicle, "OrderId") == effect["order_id"], "the order in the vehicle's state")
    second = one.remote.run("agv.order", {"vehicle": vehicle, "goal": "OP10"})
    assert (second["state"], second["error"]["code"]) == ("failed", "connectors.vehicle_refused")
    assert "orderUpdateError" in second["error"]["why"]
    taken_back = one.remote.undo(outcome["command_id"])
    assert (taken_back["command"], taken_back["state"]) == ("agv.instant", "done")


def free_order(one: Served, limit_s: float = 60.0) -> dict[str, Any]:
    """Send a vehicle that is free; the plant's own fleet control may be faster, then try again."""
    end = time.monotonic() + limit_s
    while True:
        for vehicle in ("AGV1", "AGV2"):
            outcome = one.remote.run("agv.order", {"vehicle": vehicle, "goal": "OP50"}, reason="bring tools")
            if outcome["state"] == "done":
                return outcome
        assert time.monotonic() < end, f"no vehicle takes an order: {outcome}"
        time.sleep(0.3)


def test_a_vehicle_pauses_and_goes_on_by_undo(connected: Joined) -> None:
    one, _ = connected
    outcome = one.remote.run("agv.instant", {"vehicle": "AGV1", "action": "startPause"})
    assert outcome["state"] == "done"
    until(lambda: value(one, "AGV1", "Paused") == 1, "the vehicle is paused")
    assert one.remote.undo(outcome["command_id"])["state"] == "done"
    until(lambda: value(one, "AGV1", "Paused") == 0, "the vehicle goes on")


def test_an_instant_action_that_the_vehicle_does_not_know_is_refused_with_its_reason(connected: Joined) -> None:
    one, _ = connected
    outcome = one.remote.run("agv.instant", {"vehicle": "AGV2", "action": "singAndDance"})
    assert (outcome["state"], outcome["error"]["code"]) == ("failed", "connectors.vehicle_refused")
    assert "singAndDance" in outcome["error"]["why"]


def test_an_order_needs_a_goal_and_a_vehicle_that_exists(connected: Joined) -> None:
    one, _ = connected
    for params, code in (({"vehicle": "AGV1"}, "goal_missing"), ({"vehicle": "X", "goal": "OP10"}, "vehicle_unknown")):
        with pytest.raises(RemoteError) as caught:
            one.remote.run("agv.order", params)
        assert caught.value.code == f"runtime.{code}"


# ---- proposals
def proposal(one: Served, proposal_id: str) -> dict[str, Any]:
    return next(each for each in one.remote.get("/api/proposals") if each["id"] == proposal_id)


def test_a_proposal_waits_for_somebody_with_the_right_and_is_done_as_that_person(connected: Joined) -> None:
    one, _ = connected
    helper = Remote(one.remote.url, one.token("view", "propose"))
    params = {"signal": DATA.format("OP40", "TorqueTarget"), "value": 91.0}
    with pytest.raises(RemoteError) as caught:
        helper.run("signal.write", params)
    assert caught.value.code == "kernel.forbidden"
    wish = {"command": "signal.write", "params": params, "why": "bolts too loose"}
    made = helper.run("proposal.make", wish)["result"]["proposal"]
    assert proposal(one, made)["state"] == "pending"
    assert proposal(one, made)["plan"]["summary"]["value"] == 91.0
    with pytest.raises(RemoteError) as caught:
        helper.run("proposal.confirm", {"proposal": made})
    assert caught.value.code == "runtime.proposal_forbidden"
    outcome = one.remote.run("proposal.confirm", {"proposal": made})
    assert outcome["state"] == "done"
    until(lambda: value(one, "OP40", "TorqueTarget") == 91.0, "the confirmed value on the machine")
    shown = proposal(one, made)
    assert (shown["state"], shown["outcome"], shown["decided_by"]) == ("confirmed", "done", "tests")
    written = [each for each in one.remote.get("/api/evidence") if each["command"] == "signal.write"][-1]
    proposed_by = shown["by"]
    assert (written["actor"], written["reason"]) == ("tests", f"{proposed_by}: bolts too loose")
    assert made not in written["reason"]
    with pytest.raises(RemoteError) as caught:
        one.remote.run("proposal.confirm", {"proposal": made})
    assert caught.value.code == "runtime.proposal_closed"


def test_a_rejected_and_an_expired_proposal_are_never_done(connected: Joined) -> None:
    one, _ = connected
    wish = {"command": "signal.write", "params": {"signal": DATA.format("OP40", "TorqueTarget"), "value": 70.0}}
    rejected = one.remote.run("proposal.make", wish)["result"]["proposal"]
    one.remote.run("proposal.reject", {"proposal": rejected}, reason="not today")
    late = one.remote.run("proposal.make", {**wish, "minutes": 0.001})["result"]["proposal"]
    until(lambda: proposal(one, late)["state"] == "expired", "the proposal expires")
    for each, state in ((rejected, "rejected"), (late, "expired")):
        with pytest.raises(RemoteError) as caught:
            one.remote.run("proposal.confirm", {"proposal": each})
        assert (caught.value.code, proposal(one, each)["state"]) == ("runtime.proposal_closed", state)
    assert value(one, "OP40", "TorqueTarget") != 70.0


def test_only_what_can_be_done_can_be_proposed(connected: Joined) -> None:
    one, _ = connected
    for wish, code in (
        ({"command": "no.such"}, "kernel.command_unknown"),
        ({"command": "signal.write", "params": {"signal": "x"}}, "runtime.proposal_unfit"),
        ({"command": "proposal.reject", "params": {"proposal": "x"}}, "runtime.proposal_nested"),
    ):
        with pytest.raises(RemoteError) as caught:
            one.remote.run("proposal.make", wish)
        assert caught.value.code == code


def test_a_proposal_survives_a_restart(tmp_path: Path) -> None:
    with served(tmp_path / "data") as one:
        wish = {"command": "link.configure", "params": {"link": "none"}}
        with pytest.raises(RemoteError):
            one.remote.run("proposal.make", wish)
        one.remote.import_files([ensure_assets()])
        key = one.remote.get("/api/twins")[0]["id"]
        wish = {"command": "twin.rename", "params": {"id": key, "name": {"en": "New"}}}
        made = one.remote.run("proposal.make", wish)["result"]["proposal"]
    with served(tmp_path / "data") as one:
        assert proposal(one, made)["state"] == "pending"
        assert one.remote.run("proposal.confirm", {"proposal": made})["state"] == "done"


# Runs the cells of a script as a notebook does: what the last line of a cell comes to shows itself.
AS_NOTEBOOK = """
import ast, pathlib, re, sys
names = {"__name__": "__main__"}
for cell in re.split("(?m)^(?=# %%)", pathlib.Path(sys.argv[1]).read_text()):
    lines = ast.parse(cell)
    last = lines.body.pop() if lines.body and isinstance(lines.body[-1], ast.Expr) else None
    exec(compile(lines, sys.argv[1], "exec"), names)
    value = None if last is None else eval(compile(ast.Expression(last.value), sys.argv[1], "eval"), names)
    for name in ("_repr_html_", "_repr_mimebundle_"):
        if hasattr(value, name):
            print("shown", type(value).__name__, getattr(value, name)())
"""
SHOWN = {
    "01_look.py": {"Plant", "Shell", "Samples", "ControlChart"},
    "02_act.py": set(),
    "03_rehearse.py": {"Forecast", "Comparison", "Schedule", "Contingency", "Plan"},
}
# The values that it reads: on the branch what it wrote there, on the line what the plan wrote, and what was before.
READ = {"03_rehearse.py": ["0.85", "0.85", "1.0"]}


@pytest.mark.parametrize("example", sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.py")), ids=str)
def test_the_numbered_examples_run_as_they_stand(connected: Joined, example: Path) -> None:
    one, _ = connected
    until(lambda: value(one, "OP40", "TorqueTarget") is not None, "a first value")
    environment = {**os.environ, "XUSHI_URL": one.remote.url, "XUSHI_TOKEN": one.remote.token}
    environment["XUSHI_APPROVER"] = one.token("view", "plan:approve")
    done = subprocess.run(
        [sys.executable, "-c", AS_NOTEBOOK, str(example)], capture_output=True, text=True, timeout=120, env=environment
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout
    shown = {line.split()[1] for line in done.stdout.splitlines() if line.startswith("shown ")}
    assert SHOWN[example.name] <= shown, shown
    if example.name in READ:
        assert re.findall(r"Value\(value=([0-9.]+)", done.stdout) == READ[example.name]
