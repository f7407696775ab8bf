"""Rules of VDA 5050 2.1 that the platform keeps, with a vehicle played by a few lines, and damaged messages."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from processor import promptly

from xushi.connectors import Link, Point, WriteResult
from xushi.connectors.vda5050 import (
    Layout,
    LayoutNode,
    NodeAction,
    Vehicle,
    VehicleTalk,
    find_vehicles,
    order_message,
    read_layout,
    read_state,
)
from xushi.kernel import ManualClock, XushiError

BASE = "uagv/v2/Maker/AGV9"
AGV = Vehicle("urn:agv", "mqtt:x", BASE, "Maker", "AGV9")
STATE: dict[str, Any] = {
    "headerId": 1, "timestamp": "2026-11-27T00:00:00.000Z", "version": "2.0.0", "manufacturer": "Maker",
    "serialNumber": "AGV9", "orderId": "", "orderUpdateId": 0, "lastNodeId": "A", "lastNodeSequenceId": 0,
    "nodeStates": [], "edgeStates": [], "driving": False, "actionStates": [], "operatingMode": "AUTOMATIC",
    "batteryState": {"batteryCharge": 80.0, "charging": False}, "errors": [],
    "safetyState": {"eStop": "NONE", "fieldViolation": False},
}  # fmt: skip


class Floor:
    """A broker with one vehicle on it: `answer` is given each message and returns what the vehicle then reports."""

    def __init__(self, answer: Callable[[str, dict[str, Any]], list[dict[str, Any]]]) -> None:
        self._answer = answer
        self._ears: list[asyncio.Queue[tuple[str, bytes]]] = []
        self.said: list[tuple[str, dict[str, Any]]] = []

    @asynccontextmanager
    async def hearing(self, topics: Sequence[str]) -> AsyncIterator[asyncio.Queue[tuple[str, bytes]]]:
        heard: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self._ears.append(heard)
        yield heard
        self._ears.remove(heard)

    async def say(self, topic: str, payload: bytes) -> WriteResult:
        message = json.loads(payload)
        kind = topic.removeprefix(f"{BASE}/")
        self.said.append((kind, message))
        for report in self._answer(kind, message):
            for ear in self._ears:
                ear.put_nowait((f"{BASE}/state", json.dumps({**STATE, **report}).encode()))
        return WriteResult(0)


def talk() -> VehicleTalk:
    return VehicleTalk(ManualClock(1_795_000_000_000_000_000), 0.2)


def square() -> Layout:
    nodes = {name: LayoutNode(name, x, y) for name, x, y in (("A", 0, 0), ("B", 5, 0), ("C", 5, 5), ("D", 0, 50))}
    nodes["C"] = LayoutNode("C", 5, 5, "PRESS", "Press")
    edges = {pair: f"{pair[0]}{pair[1]}" for pair in (("A", "B"), ("B", "C"), ("A", "D"), ("D", "C"))}
    return Layout(nodes, edges)


def accepting(kind: str, message: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"orderId": message["orderId"]}] if kind == "order" else [{}]


async def test_an_order_goes_the_shortest_way_to_a_station_and_is_done_once_the_state_carries_it() -> None:
    floor = Floor(accepting)
    done = await talk().order(floor, AGV, "O1", "PRESS", (), [NodeAction("drop", {"loadId": "K1"})], square())
    assert (done["route"], done["edges"]) == (["A", "B", "C"], ["AB", "BC"])
    kind, order = floor.said[-1]
    assert (kind, order["version"], order["manufacturer"], order["serialNumber"]) == ("order", "2.0.0", "Maker", "AGV9")
    assert [node["sequenceId"] for node in order["nodes"]] == [0, 2, 4]
    assert [edge["sequenceId"] for edge in order["edges"]] == [1, 3]
    assert [len(node["actions"]) for node in order["nodes"]] == [0, 0, 1]
    assert order["nodes"][2]["actions"][0]["actionParameters"] == [{"key": "loadId", "value": "K1"}]


async def test_header_ids_rise_by_one_for_each_topic() -> None:
    floor, mouth = Floor(accepting), talk()
    for number in range(3):
        await mouth.order(floor, AGV, f"O{number}", "PRESS", (), [], square())
    for wanted in ("order", "instantActions"):
        assert [message["headerId"] for kind, message in floor.said if kind == wanted] == [0, 1, 2]


async def test_a_refusal_that_names_the_order_is_told_with_its_reason() -> None:
    def refusing(kind: str, message: dict[str, Any]) -> list[dict[str, Any]]:
        error = {"errorType": "noRouteError", "errorLevel": "WARNING", "errorDescription": "door is shut"}
        concerned = [{"referenceKey": "orderId", "referenceValue": message.get("orderId", "")}]
        return [{"errors": [{**error, "errorReferences": concerned}]}] if kind == "order" else [{}]

    with pytest.raises(XushiError) as caught:
        await talk().order(Floor(refusing), AGV, "O1", "C", (), [], square())
    assert (caught.value.code, caught.value.params["text"]) == ("connectors.vehicle_refused", "door is shut")


async def test_an_old_error_and_one_of_another_order_refuse_nothing() -> None:
    old = {"errorType": "orderError", "errorDescription": "yesterday", "errorReferences": []}
    other = {"errorType": "orderError", "errorReferences": [{"referenceKey": "orderId", "referenceValue": "O0"}]}

    def slow(kind: str, message: dict[str, Any]) -> list[dict[str, Any]]:
        if kind != "order":
            return [{"errors": [old]}]
        return [{"errors": [old, other]}, {"errors": [old, other], "orderId": message["orderId"]}]

    assert (await talk().order(Floor(slow), AGV, "O1", "C", (), [], square()))["order_id"] == "O1"


async def test_a_vehicle_that_reports_and_never_answers_leaves_the_outcome_unknown() -> None:
    with pytest.raises(XushiError) as caught:
        await talk().order(Floor(lambda kind, message: [{}]), AGV, "O1", "C", (), [], square())
    assert caught.value.code == "kernel.outcome_unknown"


async def test_nothing_is_sent_to_a_vehicle_that_does_not_report() -> None:
    floor = Floor(lambda kind, message: [])
    with pytest.raises(XushiError) as caught:
        await talk().order(floor, AGV, "O1", "C", (), [], square())
    assert caught.value.code == "connectors.vehicle_silent"
    assert [kind for kind, _ in floor.said] == ["instantActions"]


async def test_a_goal_that_no_road_leads_to_is_refused_before_anything_is_sent() -> None:
    floor = Floor(lambda kind, message: [{"lastNodeId": "C"}])
    with pytest.raises(XushiError) as caught:
        await talk().order(floor, AGV, "O1", "A", (), [], square())
    assert caught.value.code == "connectors.vehicle_refused"
    assert [kind for kind, _ in floor.said] == ["instantActions"]


async def test_an_instant_action_is_done_when_it_has_finished_not_when_it_runs() -> None:
    def acting(kind: str, message: dict[str, Any]) -> list[dict[str, Any]]:
        one = message["actions"][0]
        if one["actionType"] == "stateRequest":
            return [{}]
        states = ("WAITING", "RUNNING", "FINISHED")
        return [{"actionStates": [{"actionId": one["actionId"], "actionStatus": state}]} for state in states]

    done = await talk().instant(Floor(acting), AGV, "A1", NodeAction("cancelOrder"))
    assert done == {"action_id": "A1", "type": "cancelOrder"}


def test_a_vehicle_is_whoever_reports_on_a_vda_5050_topic() -> None:
    def point(signal: int, address: str) -> Point:
        return Point(signal, f"urn:sm{signal}#x", address)

    points = (point(1, f"{BASE}/state#/lastNodeId"), point(2, f"{BASE}/state#/orderId"), point(3, "plant/oven#/temp"))
    (found,) = find_vehicles([Link("mqtt:x", "mqtt", "mqtt://x", points=points)], {"urn:sm1": "urn:agv"}.__getitem__)
    assert (found.shell, found.serial, found.node_signal, found.order_signal) == ("urn:agv", "AGV9", 1, 2)


@given(st.integers(1, 60))
def test_nodes_are_even_edges_odd_and_they_alternate(length: int) -> None:
    route = [f"N{number}" for number in range(length)]
    order = order_message("O", route, [f"E{number}" for number in range(length - 1)], [])
    both = sorted([*order["nodes"], *order["edges"]], key=lambda one: one["sequenceId"])
    assert [one["sequenceId"] for one in both] == list(range(2 * length - 1))
    for edge in order["edges"]:
        at = edge["sequenceId"]
        assert (both[at - 1]["nodeId"], both[at + 1]["nodeId"]) == (edge["startNodeId"], edge["endNodeId"])


@promptly
def neither_confirms(body: bytes) -> None:
    state = read_state(body)
    assert state is None or state.orderId != "O1"
    assert read_layout(body) is None


async def test_damaged_states_neither_confirm_nor_harm() -> None:
    dice = random.Random(5050)
    good = bytearray(json.dumps({**STATE, "errors": [{"errorType": "x", "errorReferences": []}]}).encode())
    for _ in range(600):
        body = bytearray(good)
        for _ in range(dice.randint(1, 8)):
            at = dice.randrange(len(body))
            body[at : at + dice.randint(0, 3)] = bytes(dice.randrange(256) for _ in range(dice.randint(0, 3)))
        neither_confirms(bytes(body))
    for odd in (b"", b"[" * 100_000, b"null", b'{"orderId": 7}', b"\xff\xfe", b'{"errors": [null]}'):
        assert read_state(odd) is None
