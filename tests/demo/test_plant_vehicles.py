"""The vehicles' VDA 5050 messages and the plant's JSON messages, heard by paho."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from plant_sockets import START_NS, Listener, LivePlant, live_plant, until

from xushi.demo._values import iso_time

# VDA 5050 2.1, 6.10: the fields that a state message must carry.
REQUIRED = {
    "headerId",
    "timestamp",
    "version",
    "manufacturer",
    "serialNumber",
    "orderId",
    "orderUpdateId",
    "lastNodeId",
    "lastNodeSequenceId",
    "nodeStates",
    "edgeStates",
    "driving",
    "actionStates",
    "batteryState",
    "operatingMode",
    "errors",
    "safetyState",
}
HEAD = {"headerId", "timestamp", "version", "manufacturer", "serialNumber"}


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plant(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LivePlant]:
    async with live_plant(tmp_path_factory.mktemp("plant")) as running:
        yield running


def messages(listener: Listener, part: str) -> list[dict[str, Any]]:
    return [json.loads(data) for data in listener.of(part)]


async def drive(listener: Listener, plant: LivePlant) -> None:
    """Lets the plant run until a vehicle has got and finished an order that came over MQTT."""
    await until(lambda: len(messages(listener, "/order")) >= 2, plant)
    trips = sum(vehicle.trips for vehicle in plant.model.vehicles.values())
    for _ in range(400):
        await plant.go_on(0.25)
        if sum(vehicle.trips for vehicle in plant.model.vehicles.values()) > trips:
            return
    raise AssertionError("no vehicle brought anything")


async def test_states_are_complete_counted_and_true_to_the_floor(plant: LivePlant) -> None:
    with Listener(plant.runner.mqtt_port, "uagv/#") as listener:
        await drive(listener, plant)
        for id in ("AGV1", "AGV2"):
            states = messages(listener, f"/{id}/state")
            assert len(states) > 10
            for state in states:
                assert set(state) >= REQUIRED
                assert state["serialNumber"] == id
                assert -math.pi <= state["agvPosition"]["theta"] <= math.pi
                assert 0.0 < state["agvPosition"]["x"] < 60.0
                assert 0.0 <= state["batteryState"]["batteryCharge"] <= 100.0
                assert all(node["sequenceId"] % 2 == 0 for node in state["nodeStates"])
                assert all(edge["sequenceId"] % 2 == 1 for edge in state["edgeStates"])
                assert len(state["nodeStates"]) == len(state["edgeStates"])
            for kind in ("state", "visualization"):
                counts = [each["headerId"] for each in messages(listener, f"/{id}/{kind}")]
                assert counts == list(range(counts[0], counts[0] + len(counts)))


async def test_timestamps_are_the_plants_own(plant: LivePlant) -> None:
    with Listener(plant.runner.mqtt_port, "uagv/#", "demo/#") as listener:
        await plant.go_on(3.0)
        await until(lambda: messages(listener, "/heartbeat"), plant)
        begin = iso_time(START_NS)
        live = [m for t, m, retained in listener.heard if not retained]
        assert all(json.loads(data)["timestamp"] >= begin for data in live)


async def test_fleet_orders_travel_over_mqtt_and_are_driven(plant: LivePlant) -> None:
    with Listener(plant.runner.mqtt_port, "uagv/#") as listener:
        await drive(listener, plant)
        orders = messages(listener, "/order")
        for order in orders:
            assert HEAD | {"orderId", "orderUpdateId", "nodes", "edges"} <= set(order)
            assert len(order["edges"]) == len(order["nodes"]) - 1
        states = messages(listener, "/state")
        done = {a["actionId"] for s in states for a in s["actionStates"] if a["actionStatus"] == "FINISHED"}
        assert any(action.endswith("d") for action in done), "a drop was told as finished"
        driven = {state["orderId"] for state in states}
        assert driven & {order["orderId"] for order in orders}


async def test_connection_is_retained_and_the_will_says_broken(plant: LivePlant) -> None:
    def said(listener: Listener) -> list[str]:
        return [m["connectionState"] for m in messages(listener, "/AGV1/connection")]

    with Listener(plant.runner.mqtt_port, "uagv/#") as listener:
        await until(lambda: said(listener), plant)
        writer = plant.runner._vehicles[0]._client._writer
        assert writer is not None
        writer.transport.abort()
        await until(lambda: said(listener)[-2:] == ["CONNECTIONBROKEN", "ONLINE"], plant)
    with Listener(plant.runner.mqtt_port, "uagv/#") as latecomer:
        await until(lambda: said(latecomer))
        assert said(latecomer)[0] == "ONLINE"
        assert next(retained for topic, _, retained in latecomer.heard if topic.endswith("AGV1/connection"))


async def test_a_foreign_order_is_driven_and_a_bad_one_is_reported(plant: LivePlant) -> None:
    vehicle = plant.model.vehicles["AGV2"]
    send, plant.model.fleet.send = (
        plant.model.fleet.send,
        lambda id, order: None,
    )  # the fleet keeps quiet here
    with Listener(plant.runner.mqtt_port, "uagv/#") as listener:
        while not vehicle.is_idle:
            await plant.go_on(0.25)
        way = [vehicle.node, plant.model.roads._next[vehicle.node][0][0]]
        nodes = [{"nodeId": n, "sequenceId": 2 * i, "released": True, "actions": []} for i, n in enumerate(way)]
        order = {"orderId": "mine", "orderUpdateId": 0, "nodes": nodes, "edges": []}
        listener.say("uagv/v2/Xushi/AGV2/order", json.dumps(order).encode())
        await until(lambda: vehicle.last_order[0] == "mine" and vehicle.is_idle, plant)
        assert vehicle.node == way[1]
        nodes[1]["nodeId"] = "nowhere"
        order = {"orderId": "bad", "orderUpdateId": 0, "nodes": nodes, "edges": []}
        listener.say("uagv/v2/Xushi/AGV2/order", json.dumps(order).encode())
        await until(lambda: [m for m in messages(listener, "/AGV2/state") if m["errors"]], plant)
        error = next(m for m in messages(listener, "/AGV2/state") if m["errors"])["errors"][0]
        assert error["errorType"] == "validationError"
        assert error["errorLevel"] == "WARNING"
        listener.say("uagv/v2/Xushi/AGV2/order", b"{not json")
        await until(lambda: any(len(m["errors"]) > 1 for m in messages(listener, "/AGV2/state")), plant)
    plant.model.fleet.send = send


async def test_pause_and_factsheet_requests_are_answered(plant: LivePlant) -> None:
    vehicle = plant.model.vehicles["AGV1"]
    with Listener(plant.runner.mqtt_port, "uagv/#") as listener:

        def ask(kind: str) -> None:
            action = {
                "actionId": f"id-{kind}",
                "actionType": kind,
                "blockingType": "HARD",
                "actionParameters": [],
            }
            listener.say("uagv/v2/Xushi/AGV1/instantActions", json.dumps({"actions": [action]}).encode())

        before = len(messages(listener, "/AGV1/factsheet"))
        ask("factsheetRequest")
        await until(lambda: len(messages(listener, "/AGV1/factsheet")) > before, plant)
        assert messages(listener, "/AGV1/factsheet")[-1]["typeSpecification"]["agvClass"] == "CARRIER"
        ask("startPause")
        await until(lambda: vehicle.is_paused and any(m["paused"] for m in messages(listener, "/AGV1/state")), plant)
        ask("stopPause")
        await until(lambda: not vehicle.is_paused, plant)
        ask("fly")
        await until(
            lambda: any(
                a["actionStatus"] == "FAILED" for m in messages(listener, "/AGV1/state") for a in m["actionStates"]
            ),
            plant,
        )


async def test_what_was_said_while_the_broker_was_away_is_sent_when_it_is_back(plant: LivePlant) -> None:
    broker, json_client = plant.runner._broker, plant.runner._json._client
    assert broker is not None
    broker.stop()
    await until(lambda: not json_client.is_connected, plant)
    await plant.go_on(3.0)
    assert json_client._unacknowledged, "results wait for their acknowledgement"
    await broker.start()
    await until(lambda: json_client.is_connected and not json_client._unacknowledged, plant)
    with Listener(plant.runner.mqtt_port, "uagv/#") as listener:
        await until(lambda: messages(listener, "/AGV1/state") and messages(listener, "/AGV2/state"), plant)


async def test_quality_results_and_heartbeats_come_without_a_gap(plant: LivePlant) -> None:
    with Listener(plant.runner.mqtt_port, "demo/#") as listener:
        await plant.go_on(12.0)
        await until(lambda: len(messages(listener, "/quality/OP10")) >= 4, plant)
        for op in ("OP10", "OP40", "OP100"):
            counts = [each["sequence"] for each in messages(listener, f"/quality/{op}")]
            assert counts == list(range(counts[0], counts[0] + len(counts)))
        bolted = messages(listener, "/quality/OP40")[0]
        assert bolted["verdict"] in (1, 2)
        assert len(bolted["finalTorque"]) == 10
        assert any(entry.startswith("E15-4001|") for entry in bolted["parts"])
        beats = [each["sequence"] for each in messages(listener, "/heartbeat")]
        assert beats == list(range(beats[0], beats[0] + len(beats)))
