"""The one description of the demo plant: physics, address spaces, shells, models, layout start here."""

from __future__ import annotations

from xushi.demo._line_address import (
    AGV_TOPIC,
    BOLTS,
    EDGE,
    GROUP,
    HEARTBEAT_TOPIC,
    KITTING_TOPIC,
    NAMESPACE,
    QUALITY_TOPIC,
    TRACE_POINTS,
)
from xushi.demo._line_floor import AREAS, CONVEYOR_Z, EDGES, FLOOR_X, FLOOR_Y, NODES
from xushi.demo._line_machines import (
    BATTERY_USE_PERCENT_PER_M,
    CHARGE_PERCENT_PER_S,
    HANDLING_S,
    MACHINES,
    STATION_IDS,
    TURN_RAD_PER_S,
    VEHICLE_SPEED_MPS,
    VEHICLE_TYPE,
)
from xushi.demo._line_parts import (
    BIN_PARTS,
    CUSTOMER_ORDERS,
    ISSUE_S,
    PARTS,
    PICK_S,
    PRODUCTS,
    STAGES,
    TRAY_SIZE,
    VARIANT_PARTS,
    parts_in,
    parts_of,
    source_of,
    supply_of,
)
from xushi.demo._line_sensors import COMMON_FAST, FAST, RESULTS
from xushi.demo._line_signals import SIGNALS
from xushi.demo._line_types import (
    Area,
    Edge,
    Failure,
    Machine,
    Nameplate,
    Node,
    Part,
    Plant,
    PowerByState,
    Signal,
    Stage,
    TechnicalValue,
    Text,
)

DEFAULT_OPCUA_PORT = 48400
DEFAULT_MQTT_PORT = 18830
TAKT_S = 30.0

LINE = Plant(
    id="LINE1",
    name=Text("Engine assembly line 1", "发动机装配 1 号线"),
    machines=MACHINES,
    signals=SIGNALS,
    parts=PARTS,
    stages=STAGES,
    nodes=NODES,
    edges=EDGES,
    areas=AREAS,
    takt_s=TAKT_S,
)

_MACHINE_BY_ID = {machine.id: machine for machine in MACHINES}


def machine(id: str) -> Machine:
    """The machine with this id; KeyError when there is none."""
    return _MACHINE_BY_ID[id]


def signals_of(id: str) -> tuple[Signal, ...]:
    """The signals of one machine, in the order of the description."""
    return tuple(signal for signal in SIGNALS if signal.machine == id)


def buffers() -> tuple[Machine, ...]:
    """The conveyors between the stations."""
    return tuple(each for each in MACHINES if each.category == "buffer")


__all__ = [
    "AGV_TOPIC",
    "AREAS",
    "BATTERY_USE_PERCENT_PER_M",
    "BIN_PARTS",
    "BOLTS",
    "CHARGE_PERCENT_PER_S",
    "COMMON_FAST",
    "CONVEYOR_Z",
    "CUSTOMER_ORDERS",
    "DEFAULT_MQTT_PORT",
    "DEFAULT_OPCUA_PORT",
    "EDGE",
    "EDGES",
    "FAST",
    "FLOOR_X",
    "FLOOR_Y",
    "GROUP",
    "HANDLING_S",
    "HEARTBEAT_TOPIC",
    "ISSUE_S",
    "KITTING_TOPIC",
    "LINE",
    "MACHINES",
    "NAMESPACE",
    "NODES",
    "PARTS",
    "PICK_S",
    "PRODUCTS",
    "QUALITY_TOPIC",
    "RESULTS",
    "SIGNALS",
    "STAGES",
    "STATION_IDS",
    "TAKT_S",
    "TRACE_POINTS",
    "TRAY_SIZE",
    "TURN_RAD_PER_S",
    "VARIANT_PARTS",
    "VEHICLE_SPEED_MPS",
    "VEHICLE_TYPE",
    "Area",
    "Edge",
    "Failure",
    "Machine",
    "Nameplate",
    "Node",
    "Part",
    "Plant",
    "PowerByState",
    "Signal",
    "Stage",
    "TechnicalValue",
    "Text",
    "buffers",
    "machine",
    "parts_in",
    "parts_of",
    "signals_of",
    "source_of",
    "supply_of",
]
