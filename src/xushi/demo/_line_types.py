"""The shapes in which the demo plant is described: machines, signals, parts, routes."""

from __future__ import annotations

from typing import Literal

import msgspec

Protocol = Literal["opcua", "sparkplug", "json", "vda5050"]
ValueType = Literal["double", "int", "bool", "enum", "string", "time", "double[]", "int[]", "string[]"]
Category = Literal["station", "buffer", "rework", "store", "kitting", "agv", "plc", "meter", "compressor"]

IDEAL_SHARE = 0.9  # no machine is quicker than this share of its usual cycle


class Text(msgspec.Struct, frozen=True):
    """One text in both languages of the product."""

    en: str
    zh: str


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One value that a machine reports, and where on which protocol it is found.

    `path` is the dotted idShort path under the machine's submodel `OperationalData`.
    `address` is the OPC UA string node id (`OP40.State`), or the MQTT topic; `pointer` holds the keys that
    lead to the value inside a JSON payload; for Sparkplug B `pointer` is the one metric name.
    """

    machine: str
    path: str
    type: ValueType
    protocol: Protocol
    address: str
    name: Text
    unit: str = ""
    pointer: tuple[str, ...] = ()
    writable: bool = False
    labels: tuple[Text, ...] = ()  # enum label by value 0, 1, 2 …
    low: float | None = None
    high: float | None = None

    @property
    def key(self) -> str:
        """`machine.path`, unique in the plant."""
        return f"{self.machine}.{self.path}"


class Nameplate(msgspec.Struct, frozen=True, kw_only=True):
    manufacturer: Text
    product: Text
    family: str
    type_code: str
    serial: str
    year: int
    country: str = "CN"


class TechnicalValue(msgspec.Struct, frozen=True):
    """One figure; `meaning` names its concept where the idShort is another one."""

    id_short: str
    value: float | int | str
    unit: str
    name: Text
    meaning: str = ""


class Failure(msgspec.Struct, frozen=True):
    """Weibull time to failure in seconds of busy time, lognormal repair in seconds."""

    scale_s: float
    shape: float
    repair_mean_s: float
    repair_sigma: float


class PowerByState(msgspec.Struct, frozen=True):
    off_kw: float
    idle_kw: float
    busy_kw: float
    failed_kw: float


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """One machine in the plant frame: x east, y north, metres; rotation counter-clockwise from above.

    In the machine's own frame x is the flow direction and −y the operator's (front) side; `size` is length
    along x, depth along y, height, in metres. Buffers carry a `path`: the points (x, y, z in the plant frame)
    along which engines travel, the first at the inlet.
    """

    id: str
    category: Category
    name: Text
    x: float
    y: float
    rotation_deg: float
    size: tuple[float, float, float]
    nameplate: Nameplate
    technical: tuple[TechnicalValue, ...] = ()
    cycle_s: float = 0.0
    cycle_sigma: float = 0.05
    failure: Failure | None = None
    power: PowerByState = PowerByState(0.0, 0.0, 0.0, 0.0)
    tools: tuple[str, ...] = ()
    stage: int = 0  # the engine's stage of assembly after this station
    path: tuple[tuple[float, float, float], ...] = ()
    capacity: int = 0
    source: str = ""  # buffers: the station before
    target: str = ""  # buffers: the station behind
    robot: bool = False
    z: float = 0.0

    @property
    def ideal_cycle_s(self) -> float:
        """The shortest cycle that the machine can do, in s: what its planned run time per item is measured by."""
        return round(IDEAL_SHARE * self.cycle_s, 2)


class Supply(msgspec.Struct, frozen=True, kw_only=True):
    """What is in stock of a part, and how more of it is ordered: hours, and costs of a lot and of a piece and day."""

    stock: int
    lead_time_h: float
    policy: Literal["lot_for_lot", "wagner_whitin"] = "lot_for_lot"
    order_cost: float = 0.0
    holding_cost: float = 0.0


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """A variant of the engine: parts in place of others, and how much longer it takes at some stations."""

    id: str
    name: Text
    type_code: str
    in_place_of: tuple[tuple[str, str], ...] = ()
    work: tuple[tuple[str, float], ...] = ()


class CustomerOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One order of the sample book; times in hours from the start of the demo."""

    id: str
    product: str
    quantity: int
    due_h: float
    release_h: float = 0.0
    priority: int = 0
    customer: str = ""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the engine's bill of material: how many, mounted where, traced by serial or batch."""

    number: str
    name: Text
    quantity: int
    station: str
    tracing: Literal["serial", "batch"]
    supplier: str
    mass_kg: float
    bin: int = -1  # the kitting-rack bin, −1 when it comes from the store in a container


class Stage(msgspec.Struct, frozen=True):
    number: int
    station: str
    name: Text


class Node(msgspec.Struct, frozen=True):
    """A point of the AGV road map; `serves` is the machine that is loaded or unloaded there."""

    id: str
    x: float
    y: float
    serves: str = ""
    use: Literal["lane", "stop", "charge"] = "lane"


class Edge(msgspec.Struct, frozen=True):
    start: str
    end: str


class Area(msgspec.Struct, frozen=True):
    """A rectangle marked on the floor, metres."""

    id: str
    use: Literal["floor", "walkway", "agv_lane", "storage"]
    x0: float
    y0: float
    x1: float
    y1: float
    name: Text


class Plant(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: Text
    machines: tuple[Machine, ...]
    signals: tuple[Signal, ...]
    parts: tuple[Part, ...]
    stages: tuple[Stage, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    areas: tuple[Area, ...]
    takt_s: float
