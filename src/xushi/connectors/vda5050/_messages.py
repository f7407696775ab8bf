"""The JSON of VDA 5050 2.x: orders and instant actions out, states in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

REFUSALS = frozenset(
    {
        "validationError",
        "orderError",
        "orderUpdateError",
        "noRouteError",
        "unsupportedParameter",
        "orderValidationError",
    }
)


class NodeAction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An action at the last node of an order, or an instant one (6.8)."""

    type: str
    parameters: dict[str, bool | int | float | str] = {}


class _ErrorReference(msgspec.Struct, frozen=True):
    referenceKey: str = ""
    referenceValue: Any = ""


class VehicleError(msgspec.Struct, frozen=True):
    """An entry of `errors` in a state."""

    errorType: str = ""
    errorLevel: str = ""
    errorDescription: str = ""
    errorReferences: list[_ErrorReference] = []

    def concerns(self, name: str, value: str) -> bool:
        """Whether it refers to this order or action."""
        return any(one.referenceKey == name and str(one.referenceValue) == value for one in self.errorReferences)


class ActionState(msgspec.Struct, frozen=True):
    """An entry of `actionStates` in a state."""

    actionId: str = ""
    actionStatus: str = ""
    actionType: str = ""
    resultDescription: str = ""


class VehicleState(msgspec.Struct, frozen=True):
    """The part of a state message (6.10) that confirms or refuses what was asked."""

    version: str = "2.1.0"
    orderId: str = ""
    orderUpdateId: int = 0
    lastNodeId: str = ""
    nodeStates: list[Any] = []
    actionStates: list[ActionState] = []
    errors: list[VehicleError] = []
    operatingMode: str = "AUTOMATIC"

    @property
    def is_busy(self) -> bool:
        """Whether the vehicle has an order that it has not ended (6.6.1: node states are left, or actions run)."""
        return bool(self.nodeStates) or any(one.actionStatus not in ("FINISHED", "FAILED") for one in self.actionStates)


def read_state(payload: bytes) -> VehicleState | None:
    """Return a state message; None for bytes that are none."""
    try:
        return msgspec.json.decode(payload, type=VehicleState)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def read_connection(payload: bytes) -> str:
    """Return ONLINE, OFFLINE or CONNECTIONBROKEN of a connection message (6.14); empty for bytes that are none."""
    try:
        return str(msgspec.json.decode(payload, type=dict[str, Any]).get("connectionState", ""))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""


def order_message(
    order_id: str, route: Sequence[str], edges: Sequence[str], actions: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Return the body of an order (6.6): nodes with even, edges with odd sequence numbers, all released.

    Args:
        route: node ids from where the vehicle stands to the goal.
        edges: edge ids between them, one fewer.
        actions: what `action` made, done at the last node.
    """
    last = len(route) - 1
    return {
        "orderId": order_id,
        "orderUpdateId": 0,
        "nodes": [
            {
                "nodeId": node,
                "sequenceId": 2 * index,
                "released": True,
                "actions": list(actions) if index == last else [],
            }
            for index, node in enumerate(route)
        ],
        "edges": [
            {
                "edgeId": edge,
                "sequenceId": 2 * index + 1,
                "released": True,
                "startNodeId": route[index],
                "endNodeId": route[index + 1],
                "actions": [],
            }
            for index, edge in enumerate(edges)
        ],
    }


def action(action_id: str, wanted: NodeAction, blocking: str = "HARD") -> dict[str, Any]:
    """Return one action (6.8)."""
    return {
        "actionId": action_id,
        "actionType": wanted.type,
        "blockingType": blocking,
        "actionParameters": [{"key": key, "value": value} for key, value in wanted.parameters.items()],
    }


def instant_message(action_id: str, wanted: NodeAction) -> dict[str, Any]:
    """Return the body of an instantActions message (6.9)."""
    return {"actions": [action(action_id, wanted, "NONE")]}
