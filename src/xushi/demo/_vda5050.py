"""VDA 5050 2.1 messages: what a vehicle tells, and orders and instant actions as it understands them."""

from __future__ import annotations

from typing import Any

import msgspec

from xushi.demo._line import VEHICLE_SPEED_MPS
from xushi.demo._values import iso_time
from xushi.demo._vehicle import Action, Order, Stop, Vehicle

VERSION = "2.1.0"
MANUFACTURER = "Xushi"
MAP = "hall1"


class Headers:
    """Counts messages of one vehicle by topic: headerId rises by one with each message sent (6.1.1)."""

    def __init__(self, serial: str) -> None:
        self._serial = serial
        self._counts: dict[str, int] = {}

    def next(self, topic: str, at_ns: int) -> dict[str, Any]:
        count = self._counts.get(topic, 0)
        self._counts[topic] = count + 1
        return {
            "headerId": count,
            "timestamp": iso_time(at_ns),
            "version": VERSION,
            "manufacturer": MANUFACTURER,
            "serialNumber": self._serial,
        }


def position(vehicle: Vehicle) -> dict[str, Any]:
    """agvPosition and velocity; theta lies within −π … π (6.10.2)."""
    pose = vehicle.pose()
    return {
        "agvPosition": {
            "x": round(pose.x, 4),
            "y": round(pose.y, 4),
            "theta": round(pose.theta, 5),
            "mapId": MAP,
            "positionInitialized": True,
        },
        "velocity": {"vx": pose.speed_mps, "vy": 0.0, "omega": 0.0},
    }


def state(vehicle: Vehicle) -> dict[str, Any]:
    """The body of a state message."""
    errand = vehicle.errand
    order_id, update = vehicle.last_order
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []
    if errand is not None:
        first = len(errand.order.stops) - len(errand.ahead)
        for index, stop in enumerate(list(errand.ahead)[1:], start=first + 1):
            edges.append({"edgeId": f"E{index}", "sequenceId": 2 * index - 1, "released": True})
            nodes.append({"nodeId": stop.node, "sequenceId": 2 * index, "released": True})
    actions = [
        {"actionId": s.action.id, "actionType": s.action.type, "actionStatus": s.status} for s in vehicle.action_states
    ]
    load = vehicle.load
    return {
        "orderId": order_id,
        "orderUpdateId": update,
        "lastNodeId": vehicle.node,
        "lastNodeSequenceId": vehicle.last_sequence,
        "nodeStates": nodes,
        "edgeStates": edges,
        "driving": vehicle.is_driving,
        "paused": vehicle.is_paused,
        "actionStates": actions,
        "loads": [] if load is None else [{"loadId": load.id, "loadType": "kit" if load.kind == 2 else "container"}],
        "batteryState": {"batteryCharge": round(vehicle.battery_percent, 2), "charging": vehicle.is_charging},
        "operatingMode": "AUTOMATIC",
        "errors": list(vehicle.errors),
        "safetyState": {"eStop": "NONE", "fieldViolation": False},
        **position(vehicle),
    }


def factsheet(vehicle: Vehicle) -> dict[str, Any]:
    """The body of a factsheet message (6.15)."""
    length, width, height = vehicle.spec.size
    return {
        "typeSpecification": {
            "seriesName": vehicle.spec.nameplate.type_code,
            "agvKinematic": "DIFF",
            "agvClass": "CARRIER",
            "maxLoadMass": 400.0,
            "localizationTypes": ["NATURAL"],
            "navigationTypes": ["VIRTUAL_LINE_GUIDED"],
        },
        "physicalParameters": {
            "speedMin": 0.1,
            "speedMax": VEHICLE_SPEED_MPS,
            "accelerationMax": 0.8,
            "decelerationMax": 1.2,
            "heightMin": height,
            "heightMax": height,
            "width": width,
            "length": length,
        },
        "protocolLimits": {
            "maxStringLens": {},
            "maxArrayLens": {},
            "timing": {"minOrderInterval": 0.1, "minStateInterval": 0.05},
        },
        "protocolFeatures": {
            "optionalParameters": [],
            "agvActions": [
                {"actionType": name, "actionScopes": scopes}
                for name, scopes in (
                    ("pick", ["NODE"]),
                    ("drop", ["NODE"]),
                    ("startCharging", ["NODE"]),
                    ("startPause", ["INSTANT"]),
                    ("stopPause", ["INSTANT"]),
                    ("cancelOrder", ["INSTANT"]),
                    ("stateRequest", ["INSTANT"]),
                    ("factsheetRequest", ["INSTANT"]),
                )
            ],
        },
        "agvGeometry": {},
        "loadSpecification": {
            "loadSets": [{"setName": "tray", "loadType": "kit"}, {"setName": "box", "loadType": "container"}]
        },
    }


class _ActionMessage(msgspec.Struct):
    actionId: str
    actionType: str
    blockingType: str = "HARD"
    actionParameters: list[dict[str, Any]] = []


class _NodeMessage(msgspec.Struct):
    nodeId: str
    sequenceId: int
    released: bool = True
    actions: list[_ActionMessage] = []


class OrderMessage(msgspec.Struct):
    """The fields of an order that these vehicles use."""

    orderId: str
    orderUpdateId: int
    nodes: list[_NodeMessage]
    edges: list[dict[str, Any]] = []


class InstantActions(msgspec.Struct):
    actions: list[_ActionMessage]


def read_order(payload: bytes) -> Order:
    """An order message as the vehicle's own form; raises msgspec.DecodeError when it is malformed."""
    message = msgspec.json.decode(payload, type=OrderMessage)
    nodes = sorted((node for node in message.nodes if node.released), key=lambda node: node.sequenceId)
    stops = tuple(
        Stop(node.nodeId, tuple(Action(a.actionId, a.actionType, _parameters(a)) for a in node.actions))
        for node in nodes
    )
    return Order(message.orderId, message.orderUpdateId, stops)


def order_message(order: Order) -> dict[str, Any]:
    """The body of an order message, nodes with even and edges with odd sequence numbers (6.6.1)."""
    stops = order.stops
    return {
        "orderId": order.id,
        "orderUpdateId": order.update,
        "nodes": [
            {
                "nodeId": stop.node,
                "sequenceId": 2 * index,
                "released": True,
                "actions": [_action(a) for a in stop.actions],
            }
            for index, stop in enumerate(stops)
        ],
        "edges": [
            {
                "edgeId": f"E{index}",
                "sequenceId": 2 * index - 1,
                "released": True,
                "startNodeId": stops[index - 1].node,
                "endNodeId": stops[index].node,
                "actions": [],
            }
            for index in range(1, len(stops))
        ],
    }


def _parameters(action: _ActionMessage) -> dict[str, Any]:
    return {str(each.get("key")): each.get("value") for each in action.actionParameters}


def _action(action: Action) -> dict[str, Any]:
    return {
        "actionId": action.id,
        "actionType": action.type,
        "blockingType": "HARD",
        "actionParameters": [{"key": key, "value": value} for key, value in action.parameters.items()],
    }
