"""The JSON messages of connecting a plant, as one struct each; TypeScript and OpenAPI come from here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from xushi.server._messages import ActionInputInfo, Text

_Address = Annotated[str, msgspec.Meta(max_length=4_096)]
_Word = Annotated[str, msgspec.Meta(max_length=500)]


class ConnectChoice(msgspec.Struct, frozen=True):
    """One allowed value of a setting."""

    value: str
    title: Text


class ConnectSetting(msgspec.Struct, frozen=True):
    """One setting to ask for before connecting; ``default`` is its text form."""

    name: str
    title: Text
    help: Text
    kind: Literal["text", "secret", "choice", "number", "switch"]
    choices: list[ConnectChoice]
    default: str
    is_required: bool


class ConnectProtocol(msgspec.Struct, frozen=True):
    """A protocol the wizard offers. One that cannot be browsed takes its signals from an imported sheet.

    ``package``: who brings it; ``grade``: the quality rules it keeps, see GET /api/connectors.
    """

    protocol: str
    schemes: list[str]
    title: Text
    summary: Text
    example: str
    settings: list[ConnectSetting]
    can_browse: bool
    package: str
    grade: Literal["none", "bronze", "silver", "gold"]


class NewDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to connect, and the settings of the protocol by name; secrets are kept in a file of the
    server's owner alone until the draft is discarded."""

    endpoint: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    settings: dict[_Word, _Address] = {}


class EditStep(msgspec.Struct, frozen=True):
    """One edit of a mapping; ``count``: the rows or machines that it changed."""

    kind: Literal["rows", "machine", "sheet", "suggestion"]
    count: int


class DraftInfo(msgspec.Struct, frozen=True):
    """A connection being prepared: who answers, what was read so far, how much is mapped.

    ``settings`` are without secrets. ``nodes``: read by a scan; ``rows``: in the mapping; ``job``: the one at work.
    ``link``: the connection into which it was brought as it stands now, "" while that is still to be done.
    ``undo``, ``redo``: the edits that can be taken back and done again; not told in a list of drafts.
    """

    id: str
    protocol: str
    endpoint: str
    settings: dict[str, str]
    owner: str
    made_ms: float
    peer: str
    details: dict[str, str]
    can_browse: bool
    nodes: int
    is_scanned: bool
    is_cut: bool
    machines: int
    rows: int
    included: int
    link: str
    job: str | None
    undo: EditStep | None
    redo: EditStep | None


class ConnectNode(msgspec.Struct, frozen=True):
    """A node found. ``has_children`` is null where only a look tells. ``type``: "", number, integer, boolean, …

    ``is_action``: the machine can be told to do it, with ``inputs`` as its arguments.
    """

    address: str
    parent: str
    name: str
    path: list[str]
    is_value: bool
    has_children: bool | None
    role: Literal["", "machine", "component", "identification"]
    type: str
    data_type: str
    unit: str
    low: float | None
    high: float | None
    is_writable: bool
    type_name: str
    description: str
    is_action: bool
    inputs: list[ActionInputInfo]


class ConnectNodes(msgspec.Struct, frozen=True):
    """Some nodes; an empty cursor means that there are no more. ``is_whole``: the search saw everything."""

    nodes: list[ConnectNode]
    cursor: str
    is_whole: bool = True


class Addresses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nodes by address; none means everything."""

    addresses: Annotated[list[_Address], msgspec.Meta(max_length=10_000)] = []


class PreviewOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The nodes whose present values are asked for."""

    addresses: Annotated[list[_Address], msgspec.Meta(min_length=1, max_length=200)]


class PreviewValue(msgspec.Struct, frozen=True):
    """A value as it is now; ``text`` says why there is none. ``is_good``: its status code is of severity Good."""

    address: str
    value: Any
    time_ms: float | None
    quality: int
    is_good: bool
    text: str


class FoundMachine(msgspec.Struct, frozen=True):
    """A machine that becomes a shell.

    Attributes:
        machine: short name, unique in the draft; rows name it.
        shell: id of the shell.
        kind: what its 3D model looks like.
        nameplate: what its identification says, by field of the Digital Nameplate (IDTA 02006).
        reason: why it is taken for a machine, in the asker's language.
    """

    machine: str
    shell: str
    name: Text
    kind: Literal["machine", "robot", "conveyor", "pump", "tank", "cabinet", "sensor", "vehicle"]
    address: str
    nameplate: dict[str, str]
    is_included: bool
    rows: int
    actions: int
    reason: str
    area: str
    x_m: float | None
    y_m: float | None
    width_m: float
    depth_m: float


class FloorBox(msgspec.Struct, frozen=True):
    """A rectangle on the floor in m: x east, y north."""

    west: float
    south: float
    east: float
    north: float


class FloorArea(msgspec.Struct, frozen=True):
    """A place on which machines may stand; ``key`` is what a machine's area says."""

    key: str
    name: Text
    box: FloorBox | None


class FloorThing(msgspec.Struct, frozen=True):
    """What stands on the floor; ``machine``: the machine of this draft that it is, "" for another thing."""

    name: Text
    machine: str
    box: FloorBox


class FloorPlan(msgspec.Struct, frozen=True):
    """The floor seen from above. ``bounds`` is null where no building tells how large it is."""

    bounds: FloorBox | None
    areas: list[FloorArea]
    things: list[FloorThing]


class MappingRow(msgspec.Struct, frozen=True):
    """One row of the mapping: a node and the property that it fills; also one line of the sheet.

    ``number`` is the row's number, from 1; ``reasons`` say why it is suggested so, in the asker's language.
    A row of kind ``action`` is something to tell the machine: ``inputs`` are its arguments, ``inverse`` is the
    ``property`` of the action that takes it back.
    """

    number: int
    is_included: bool
    address: str
    source: str
    machine: str
    submodel: str
    property: str
    name: Text
    kind: Literal["double", "int", "bool", "enum", "time", "string", "array", "action"]
    unit: str
    low: float | None
    high: float | None
    is_writable: bool
    semantic_id: str
    inputs: list[ActionInputInfo]
    inverse: str
    reasons: list[str]


class RowPage(msgspec.Struct, frozen=True):
    """Some rows; ``total`` counts those that fit the question, ``included`` those to be imported of all."""

    rows: list[MappingRow]
    total: int
    included: int


class RowChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change in rows; fields left out (null) stay. ``numbers`` empty: every row that fits ``q``/``machine``.

    What an action does not have (submodel, kind, unit, writing) stays as it is there; only actions have ``inverse``.
    """

    numbers: Annotated[list[int], msgspec.Meta(max_length=100_000)] = []
    q: _Word = ""
    machine: _Word = ""
    is_included: bool | None = None
    to_machine: _Word | None = None
    submodel: _Word | None = None
    property: _Word | None = None
    name: dict[str, _Word] | None = None
    kind: Literal["double", "int", "bool", "enum", "time", "string", "array"] | None = None
    unit: _Word | None = None
    is_writable: bool | None = None
    semantic_id: _Address | None = None
    inverse: _Word | None = None


class MachineChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change in a machine; fields left out (null) stay.

    ``is_spot_free``: the chosen spot is given up for a free one; ``x_m`` and ``y_m`` choose one, both together.
    """

    machine: _Word
    name: dict[str, _Word] | None = None
    kind: Literal["machine", "robot", "conveyor", "pump", "tank", "cabinet", "sensor", "vehicle"] | None = None
    is_included: bool | None = None
    area: _Word | None = None
    x_m: float | None = None
    y_m: float | None = None
    is_spot_free: bool = False


class SheetFault(msgspec.Struct, frozen=True):
    """A fault in a sheet or an edit: row (as the spreadsheet counts, header is 1), column, what, how to repair."""

    row: int
    column: str
    value: str
    what: str
    repair: str


class EditResult(msgspec.Struct, frozen=True):
    """What became of an edit or of a sheet: taken over as a whole, or not at all where there are faults.

    ``fault_count`` counts all; ``faults`` shows the first 1,000.
    """

    is_taken: bool
    changed: int
    faults: list[SheetFault]
    fault_count: int


class ImportPlan(msgspec.Struct, frozen=True):
    """What an import would do or did, machine by machine: the result of the command ``connect.import``."""

    machines: list[MachinePlan]
    signals: int
    actions: int
    added: int
    changed: int
    removed: int


class MachinePlan(msgspec.Struct, frozen=True):
    """One machine of an import. ``removed``: what is there now and would go. Actions end in ``()``.

    ``moved``: values that leave the key by which history and rules know them; told as removed and added as well.
    """

    machine: str
    shell: str
    name: Text
    state: Literal["new", "changed", "same"]
    added: list[str]
    changed: list[str]
    removed: list[str]
    moved: list[MovedValue]
    signals: int
    actions: int
    has_model: bool
    place: PlannedPlace | None


class MovedValue(msgspec.Struct, frozen=True, rename={"source": "from", "target": "to"}):
    """A value that would live elsewhere: `Submodel.path` now and after the import."""

    source: str
    target: str


class PlannedPlace(msgspec.Struct, frozen=True):
    """Where a machine comes to stand: on the floor in m, x east, y north.

    ``beside``: names of what stood at the chosen spot; the machine was then moved away by ``shifted_m``.
    ``is_move``: it stands somewhere else now.
    """

    x_m: float
    y_m: float
    area: Text | None
    is_chosen: bool
    is_move: bool
    shifted_m: float
    beside: Text | None


class StartImport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Import a draft, or show what that would do."""

    dry_run: bool = False
    reason: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
