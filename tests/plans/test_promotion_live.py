"""A schedule promoted on the running line over OPC UA: job orders, a planned stop, orders counted by their stamp."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from xushi.demo._quicker import write_quicker
from xushi.demo.shells import ensure_assets
from xushi.remote import Remote
from xushi.testing import Served, ended, running_plant, served, until

pytestmark = pytest.mark.xdist_group("demo")

SPEED = 60  # an engine every half second
SEEN_S = 8.0
SPAN_S = 55.0
STOP_AFTER_S, STOP_S = 25.0, 3.0  # where a plan is made quickly
LEAD = 5  # so many times as long as it takes to make a plan, the planned stop lies ahead
PLC = "urn:xushi:demo:submodel:PLC1:OperationalData#"
QUANTITIES = {"CO-A": 70, "CO-B": 8, "CO-C": 6}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A line that is really so quick, as its shells say, and a platform that is connected to it."""
    folder = tmp_path_factory.mktemp("promotion")
    with (
        running_plant("--speed", str(SPEED), "--wall-time") as plant,
        served(folder / "data", endpoints=plant.endpoints) as one,
    ):
        one.remote.import_files([write_quicker(ensure_assets(), SPEED, folder / "plant.aasx")])
        until(lambda: value(one, f"{PLC}Heartbeat"), "a first heartbeat")
        time.sleep(SEEN_S)  # so that there is a past to learn from
        yield one


def value(one: Served, key: str) -> Any:
    sample = one.platform.board.value(one.platform.registry.handle(key))
    return None if sample is None else sample.value


def done(one: Served) -> dict[str, int]:
    return {order["id"]: order["done"] for order in one.remote.get("/api/orders")["orders"]}


def made_of_schedule(one: Served) -> tuple[str, float]:
    """Make a plan of the schedule, with its rehearsal; return its id and how long that took."""
    began_s = time.monotonic()
    made = one.remote.run("plan.from_schedule", {"hours": SPAN_S / 3600, "replications": 20})
    ended(one.remote, made)
    return made["result"]["plan"], time.monotonic() - began_s


def test_a_schedule_becomes_job_orders_of_the_line_and_is_held_to_the_times_it_promised(running: Served) -> None:
    one = running
    for name, quantity in QUANTITIES.items():
        product = "urn:xushi:demo:shell:E15H" if name == "CO-B" else "urn:xushi:demo:shell:E15"
        due_ms = time.time() * 1e3 + (20e3 if name == "CO-C" else 600e3)
        one.remote.run("order.add", {"id": name, "product": product, "quantity": quantity, "due_ms": due_ms})
    ended(one.remote, one.remote.run("schedule.make", {"limit_s": 1}))
    # A stop that begins before the plan is executed makes it late, which is refused: a slow machine needs more time.
    first, took_s = made_of_schedule(one)
    one.remote.run("plan.delete", {"plan": first})
    stop_s = max(STOP_S, took_s)
    start_ms = round((time.time() + max(STOP_AFTER_S, LEAD * took_s)) * 1e3)
    end_ms = start_ms + round(stop_s * 1e3)
    one.remote.run("maintenance.add", {"machine": "OP20", "start_ms": start_ms, "end_ms": end_ms})

    plan, _ = made_of_schedule(one)
    kept = one.remote.get(f"/api/plans/{plan}")
    steps, origin = kept["content"]["steps"], kept["content"]["origin"]
    schedule = one.remote.get("/api/orders/schedule")["schedule"]
    assert one.remote.get("/api/orders")["is_told"]
    assert steps[0]["command"] == "order.sequence"
    told = [step["params"]["inputs"] for step in steps if step.get("params", {}).get("inputs")]
    assert {each["JobOrderID"].partition("/")[0] for each in told} <= set(QUANTITIES)
    assert "CO-C" in [each["JobOrderID"] for each in told]
    timed = [step for step in steps if step["at_ms"] is not None]
    assert [(step["at_ms"], step["params"]["action"].rpartition(".")[2]) for step in timed] == [
        (start_ms, "Stop"), (end_ms, "Start")
    ]  # fmt: skip
    assert origin["schedule"]["made_ms"] == schedule["made_ms"]
    assert len(origin["schedule"]["problem_sha256"]) == len(origin["model_sha256"]) == 64
    assert origin["schedule"]["solver"] == schedule["engine"]
    assert origin["schedule"]["data_from_ms"] < origin["schedule"]["data_until_ms"]
    assert origin["not_modelled"] == []
    promised = {each["id"]: each for each in kept["content"]["promise"]["figures"]}
    assert {"plant.good", "order.late_min", "order.CO-C.done_min"} <= set(promised)
    check = one.remote.run("plan.check", {"plan": plan})["result"]
    assert check["is_ready"], check
    sent = next(each for each in check["steps"] if each.get("inverse") and "StoreAndStart" in str(each["effects"]))
    assert sent["devices"][0]["protocol"] == "opcua"
    assert sent["inverse"]["params"]["action"].endswith("ClearJobOrder")

    checker = Remote(one.running.base_url, one.token("view", "plan:approve"))
    checker.run("plan.approve", {"plan": plan, "digest": kept["digest"]})
    one.remote.run("plan.execute", {"plan": plan})
    names = [each["JobOrderID"] for each in told]
    until(lambda: value(one, f"{PLC}JobOrders.List") == names, "the controller has all job orders in sequence")
    state = "urn:xushi:demo:submodel:OP20:OperationalData#Detail"
    until(lambda: time.time() * 1e3 > start_ms, "the planned stop begins", STOP_AFTER_S + LEAD * took_s)
    until(lambda: value(one, state) == 4, "the machine is stopped", stop_s)
    assert time.time() * 1e3 >= start_ms
    until(lambda: one.remote.get(f"/api/plans/{plan}")["line"]["state"] == "done", "all steps are done")
    until(lambda: value(one, state) != 4, "the machine works again")
    assert value(one, "urn:xushi:demo:submodel:OP10:OperationalData#JobOrder") in (*names, "")
    until(lambda: done(one)["CO-C"] == QUANTITIES["CO-C"], "the urgent order is done")
    stamped = dict(zip(names, value(one, f"{PLC}JobOrders.Finished"), strict=True))
    assert stamped["CO-C"] > 0
    assert done(one)["CO-B"] >= stamped.get("CO-B", 0)

    over_ms = one.remote.get(f"/api/plans/{plan}")["began_ms"] + (SPAN_S + 0.5) * 1e3
    until(lambda: time.time() * 1e3 > over_ms, "the span is over")
    ended(one.remote, one.remote.run("plan.measure", {"plan": plan}))
    measured = {each["id"]: each for each in one.remote.get(f"/api/plans/{plan}")["measurement"]["figures"]}
    urgent = measured["order.CO-C.done_min"]
    assert urgent["state"] in ("kept", "broken")
    assert 0 < urgent["happened"] < SPAN_S / 60
    assert abs(urgent["happened"] - promised["order.CO-C.done_min"]["mean"]) < 0.5

    ended(one.remote, one.remote.run("plan.roll_back", {"plan": plan}))
    back = one.remote.get(f"/api/plans/{plan}")
    assert {step["undo"] for step in back["steps"]} == {"done"}, [step["undo"] for step in back["steps"]]
    until(lambda: value(one, f"{PLC}JobOrders.List") == [], "the controller has let the job orders go")
