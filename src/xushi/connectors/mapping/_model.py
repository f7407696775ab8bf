"""What a mapping is: machines that become shells, and rows that say which node fills which property."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, get_args

import msgspec

from .._action_input import ActionInput

KindName: TypeAlias = Literal["double", "int", "bool", "enum", "time", "string", "array", "action"]
MachineKind: TypeAlias = Literal["machine", "robot", "conveyor", "pump", "tank", "cabinet", "sensor", "vehicle"]
KINDS: tuple[str, ...] = get_args(KindName)
MACHINE_KINDS: tuple[str, ...] = get_args(MachineKind)
OPERATIONAL_DATA = "OperationalData"
TECHNICAL_DATA = "TechnicalData"
MOST_ROWS = 200_000


class Reason(msgspec.Struct, frozen=True, gc=False):
    """Why something is suggested: a code of `connectors/messages.json` with its parameters."""

    code: str
    params: dict[str, Any] = {}


class Machine(msgspec.Struct, frozen=True):
    """A machine that becomes a shell.

    Attributes:
        key: short name, an idShort, unique in the mapping; rows name it.
        kind: what its 3D model looks like.
        address: the node it was found at; empty where no single node stands for it.
        nameplate: what its identification says, by field of the Digital Nameplate (IDTA 02006).
        asset: global id of the asset; empty where the machine does not say.
        area: name or id of the place that it stands on; empty where that is left open.
        x_m, y_m: where it stands on the floor, in the plant's frame (x east, y north); None: on a free spot.
    """

    key: str
    name: dict[str, str]
    kind: MachineKind = "machine"
    address: str = ""
    nameplate: dict[str, str] = {}
    asset: str = ""
    is_included: bool = True
    reason: Reason = Reason("connectors.reason_sheet")
    area: str = ""
    x_m: float | None = None
    y_m: float | None = None


class Row(msgspec.Struct, frozen=True, gc=False):
    """One node and the property that it fills, or the action that it offers.

    Attributes:
        number: its place in the mapping, from 1.
        source: names from the root of the server to the node, joined by ` / `.
        property: idShort path within the submodel; of an action, its idShort in the interface.
        unit: the sign people write, such as `°C`.
        options: what `Point.options` must hold beyond what the address says.
        inputs: the arguments of an action, in order.
        inverse: the action of the same machine that takes this one back; empty where none does.
    """

    number: int
    address: str
    machine: str
    property: str
    name: dict[str, str]
    kind: KindName
    submodel: str = OPERATIONAL_DATA
    source: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    is_writable: bool = False
    is_included: bool = True
    semantic_id: str = ""
    labels: dict[str, str] = {}
    options: dict[str, Any] = {}
    reasons: tuple[Reason, ...] = ()
    inputs: tuple[ActionInput, ...] = ()
    inverse: str = ""


class Mapping(msgspec.Struct, frozen=True):
    """A whole mapping: machines by key, and rows in the order of their numbers."""

    machines: dict[str, Machine] = {}
    rows: tuple[Row, ...] = ()

    def included(self) -> list[Row]:
        """Return the rows to be imported: those of included machines that are included themselves."""
        left = {key for key, machine in self.machines.items() if machine.is_included}
        return [row for row in self.rows if row.is_included and row.machine in left]


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a cell: its row as a spreadsheet counts it (header is 1), column, value, and why."""

    row: int
    column: str
    value: str
    code: str
    params: dict[str, Any] = {}
