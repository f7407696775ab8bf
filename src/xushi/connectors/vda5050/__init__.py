"""VDA 5050 2.x: finds vehicles, sends orders and instant actions, waits for the vehicle's own word."""

from ._layout import Layout, LayoutNode, read_layout
from ._messages import NodeAction, VehicleState, instant_message, order_message, read_state
from ._talk import VehicleTalk
from ._vehicles import Vehicle, find_vehicles

__all__ = [
    "Layout",
    "LayoutNode",
    "NodeAction",
    "Vehicle",
    "VehicleState",
    "VehicleTalk",
    "find_vehicles",
    "instant_message",
    "order_message",
    "read_layout",
    "read_state",
]
