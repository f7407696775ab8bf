"""Every JSON message of the server, REST and WebSocket, as one struct each; TypeScript and OpenAPI come from here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from xushi.server._monitor_messages import AlarmsMessage

Text = dict[str, str]


class ErrorBody(msgspec.Struct, frozen=True):
    """What happened, why, and what to do next, in the asker's language."""

    code: str
    what: str
    why: str
    next: str


class ErrorAnswer(msgspec.Struct, frozen=True):
    """The one shape of every error."""

    error: ErrorBody


class DiagnosisInfo(msgspec.Struct, frozen=True):
    """A finding about something that still opens, in the asker's language."""

    code: str
    place: str
    text: str
    repair: str


class Status(msgspec.Struct, frozen=True):
    """How the platform is."""

    version: str
    started_ms: float
    now_ms: float
    signals: int
    shells: int
    places: int
    viewers: int
    updates: int
    data_dir: str
    memory_mb: float


class Me(msgspec.Struct, frozen=True):
    """Who is signed in."""

    id: str
    name: str
    scopes: list[str]


class SourceInfo(msgspec.Struct, frozen=True):
    """Where a signal's value comes from."""

    link: str
    protocol: str
    endpoint: str
    address: str


class SignalInfo(msgspec.Struct, frozen=True):
    """One signal: a leaf of a twin with a live value. ``kind``: 0 double, 1 int, 2 bool, 3 enum, 4 time (ms), 5 text, 6 array."""  # noqa: E501

    handle: int
    key: str
    kind: int
    unit: str
    name: Text
    shell: str
    submodel: str
    path: str
    labels: Text
    low: float | None
    high: float | None
    writable: bool
    source: SourceInfo | None


class SignalList(msgspec.Struct, frozen=True):
    """Signals; ``total`` counts those that fit the question, ``registered`` those that there are."""

    signals: list[SignalInfo]
    total: int
    registered: int


class SignalNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Signals asked for by their key or handle; unknown ones are left out of the answer."""

    keys: Annotated[list[Annotated[str, msgspec.Meta(max_length=4_096)]], msgspec.Meta(max_length=1_000)] = []
    handles: Annotated[list[int], msgspec.Meta(max_length=1_000)] = []


class ElementInfo(msgspec.Struct, frozen=True):
    """An element of a submodel in a tree: its idShort path, how many are below it, and its live value if it has one."""

    path: str
    id_short: str
    model_type: str
    name: Text
    children: int
    signal: SignalInfo | None


class ElementPage(msgspec.Struct, frozen=True):
    """Some of the elements below one; ``offset`` counts those before them, ``total`` all."""

    elements: list[ElementInfo]
    offset: int
    total: int


class TimelineInfo(msgspec.Struct, frozen=True):
    """A run of time that can be shown. ``end_ms`` is null while it still grows; a branch has a parent."""

    id: str
    kind: Literal["live", "recorded", "branch"]
    title: Text
    start_ms: float
    end_ms: float | None
    parent: str | None = None
    fork_ms: float | None = None


class SampleRows(msgspec.Struct, frozen=True):
    """Values of one signal in the order of time; ``more`` when the limit cut them."""

    times_ms: list[float]
    values: list[Any]
    qualities: list[int]
    more: bool


class BucketColumns(msgspec.Struct, frozen=True):
    """Minimum, maximum, mean, count and last value in equal steps of time; null where nothing was.

    `at_start` and `at_end` are the values in force at the edges, since one that does not change is not said again;
    null where it is no number, or not to be trusted. `gaps`: places [from, to) of steps in which nothing was known,
    since the connection was lost or the value bad.
    """

    start_ms: list[float]
    min: list[float | None]
    max: list[float | None]
    mean: list[float | None]
    count: list[int]
    last: list[float | None]
    at_start: float | None
    at_end: float | None
    gaps: list[tuple[int, int]] = []


class SubmodelSummary(msgspec.Struct, frozen=True, rename="camel"):
    """A submodel in the tree; its name is empty where it has none beside its idShort."""

    id: str
    id_short: str
    semantic_id: str
    name: Text = {}


class TwinSummary(msgspec.Struct, frozen=True, rename="camel"):
    """A shell in the tree."""

    id: str
    id_short: str
    name: Text
    shell_kind: str = msgspec.field(name="shell_kind")
    submodels: list[SubmodelSummary] = []


class LinkInfo(msgspec.Struct, frozen=True):
    """A connection and how it is; `ready` of its points are subscribed while it comes up."""

    id: str
    title: Text
    protocol: str
    endpoint: str
    state: Literal["connecting", "live", "lost", "refused", "off"]
    since_ms: float
    points: int
    updates: int
    error: ErrorBody | None = None
    ready: int = 0


class QueuedWriteInfo(msgspec.Struct, frozen=True):
    """A write that waits, or waited, for its machine."""

    id: str
    signal: str
    link: str
    value: Any
    actor: str
    queued_ms: float
    until_ms: float
    state: Literal["queued", "sending", "delivered", "refused", "expired", "unknown"]
    ended_ms: float
    error: ErrorBody | None = None


class CertificateCard(msgspec.Struct, frozen=True):
    """What a person needs to recognise a certificate: SHA-256 fingerprint and SHA-1 thumbprint in hexadecimal."""

    fingerprint: str
    thumbprint: str
    subject: str
    issuer: str
    application_uri: str
    valid_from_ms: float
    valid_until_ms: float
    key: str


class ServerCertificateInfo(msgspec.Struct, frozen=True):
    """A server's certificate, where it was first met, and what was decided."""

    card: CertificateCard
    place: str
    first_seen_ms: float
    state: Literal["held", "trusted", "rejected"]


class CertificateList(msgspec.Struct, frozen=True):
    """Our own certificate (null before it was first needed) and those of servers."""

    own: CertificateCard | None
    servers: list[ServerCertificateInfo]


class ConnectorRule(msgspec.Struct, frozen=True):
    """One rule of quality and whether a connector keeps it; an exempt one says why."""

    rule: str
    title: Text
    state: Literal["done", "exempt", "open"]
    reason: Text


class ConnectorInfo(msgspec.Struct, frozen=True):
    """A connector that is installed: its address schemes, the package it comes from, and its quality."""

    protocol: str
    schemes: list[str]
    package: str
    grade: Literal["none", "bronze", "silver", "gold"]
    rules: list[ConnectorRule]
    error: str = ""


class CommandInfo(msgspec.Struct, frozen=True):
    """One action of the platform. ``params`` is a JSON Schema; ``labels``: what a form calls each parameter."""

    name: str
    right: str
    title: Text
    summary: Text
    undoable: bool
    moves_metal: bool
    params: dict[str, Any]
    labels: dict[str, Text]


class RunCommand(msgspec.Struct, frozen=True):
    """A request to run a command."""

    params: dict[str, Any] = {}
    dry_run: bool = False
    reason: str = ""


class DiffInfo(msgspec.Struct, frozen=True):
    """What a change added, updated (before, after) and removed, by ``kind/id``."""

    added: dict[str, Any] = {}
    updated: dict[str, tuple[Any, Any]] = {}
    removed: dict[str, Any] = {}


class OutcomeInfo(msgspec.Struct, frozen=True):
    """What became of a command."""

    command_id: str
    command: str
    state: Literal["planned", "done", "failed", "unknown"]
    is_undoable: bool
    at_ms: float
    result: Any
    summary: dict[str, Any]
    effects: list[dict[str, Any]]
    diagnoses: list[DiagnosisInfo]
    diff: DiffInfo
    error: ErrorBody | None = None


class EvidenceInfo(msgspec.Struct, frozen=True):
    """One entry of the evidence log."""

    number: int
    at_ms: float
    command: str
    command_id: str
    actor: str
    state: str
    reason: str
    touched: list[str]
    is_undoable: bool
    entry: dict[str, Any]


class EngineStep(msgspec.Struct, frozen=True):
    """What one station did to one product."""

    station: str
    shell: str
    at_ms: float
    result: dict[str, Any]
    signal: int
    is_good: bool | None


class EngineSummary(msgspec.Struct, frozen=True):
    """A product that went through the line."""

    serial: str
    first_ms: float
    last_ms: float
    steps: int
    is_good: bool
    station: str


class EngineInfo(msgspec.Struct, frozen=True):
    """The whole way of one product."""

    serial: str
    first_ms: float
    last_ms: float
    is_good: bool
    steps: list[EngineStep]


class JobInfo(msgspec.Struct, frozen=True):
    """Long work: its progress 0…1 and its result."""

    id: str
    title: Text
    state: Literal["running", "done", "failed", "cancelled", "interrupted"]
    progress: float
    message: str
    result: Any
    error: ErrorBody | None
    started_ms: float
    ended_ms: float | None


class ActionInputInfo(msgspec.Struct, frozen=True):
    """One input of an action; ``type`` is a JSON Schema type; ``summary``: what the device says about it."""

    name: str
    type: str
    title: Text
    unit: str
    minimum: float | None
    maximum: float | None
    summary: Text


class ActionInfo(msgspec.Struct, frozen=True):
    """Something a machine offers to do, for ``device.act``. ``inverse`` is the key of what takes it back."""

    key: str
    id_short: str
    name: Text
    summary: Text
    shell: str
    submodel: str
    link: str
    protocol: str
    inputs: list[ActionInputInfo]
    inverse: str
    is_safe: bool


class VehicleInfo(msgspec.Struct, frozen=True):
    """A vehicle that speaks VDA 5050, for ``agv.order``. ``signal_node`` tells where it stands, -1 for unknown."""

    shell: str
    serial: str
    manufacturer: str
    link: str
    signal_node: int
    signal_order: int


class GoalInfo(msgspec.Struct, frozen=True):
    """A point of the vehicles' road map; ``station`` names what is served there."""

    node: str
    x_m: float
    y_m: float
    station: str
    name: str


class VehicleList(msgspec.Struct, frozen=True):
    """All vehicles and where they can be sent."""

    vehicles: list[VehicleInfo]
    goals: list[GoalInfo]


class ProposalInfo(msgspec.Struct, frozen=True):
    """A command that waits for a person with the right to confirm or reject it."""

    id: str
    command: str
    params: dict[str, Any]
    why: str
    by: str
    made_ms: float
    expires_ms: float
    state: Literal["pending", "confirmed", "rejected", "expired"]
    decided_by: str
    decided_ms: float | None
    plan: dict[str, Any]
    outcome: str
    error: ErrorBody | None
    right: str
    can_decide: bool


class RpcError(msgspec.Struct, frozen=True, omit_defaults=True):
    """A JSON-RPC 2.0 error; ``data`` may hold what, why and what to do next."""

    code: int
    message: str
    data: Any = None


class RpcAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A JSON-RPC 2.0 answer: a result or an error."""

    jsonrpc: str
    id: int | str | None
    result: dict[str, Any] | None = None
    error: RpcError | None = None


class ReportFile(msgspec.Struct, frozen=True):
    """One file of a report, to be fetched from `/api/reports/{id}/files/{sha256}`."""

    name: str
    language: str
    format: str
    sha256: str
    size: int


class ReportInfo(msgspec.Struct, frozen=True):
    """A report: ordered, made, failed or cancelled. `job` is the long work that makes it."""

    id: str
    title: Text
    state: Literal["ordered", "made", "failed", "cancelled"]
    start_ms: float
    end_ms: float
    zone: str
    timeline: str
    line: str
    ordered_ms: float
    ordered_by: str
    made_ms: float | None
    schedule: str
    job: str | None
    files: list[ReportFile]
    error: ErrorBody | None


class ShiftInfo(msgspec.Struct, frozen=True):
    """A shift of every day, by its local times."""

    id: str
    name: Text
    start: str
    end: str


class SectionInfo(msgspec.Struct, frozen=True):
    """A chapter that a report can have."""

    id: str
    title: Text


class ScheduleInfo(msgspec.Struct, frozen=True):
    """A schedule of reports, and when the next is due."""

    id: str
    when: dict[str, Any]
    content: dict[str, Any]
    enabled: bool
    next_ms: float | None


class ReportSetup(msgspec.Struct, frozen=True):
    """Shift calendar, schedules, chapters, and the fingerprint of the key that signs."""

    zone: str
    shifts: list[ShiftInfo]
    is_calendar_set: bool
    schedules: list[ScheduleInfo]
    sections: list[SectionInfo]
    fingerprint: str


class BackupInfo(msgspec.Struct, frozen=True):
    """A backup file. `is_locked` when its secrets need a passphrase; not `is_readable` when it is damaged."""

    name: str
    bytes: int
    made_ms: float
    program: str
    has_secrets: bool
    is_locked: bool
    is_readable: bool = True


class NewToken(msgspec.Struct, frozen=True):
    """A request for an API token."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    scopes: list[str]
    days: Annotated[float, msgspec.Meta(gt=0, le=3650)] = 90


class TokenSummary(msgspec.Struct, frozen=True):
    """An API token without its secret."""

    id: str
    name: str
    scopes: list[str]
    made_ms: float
    expires_ms: float


class MadeToken(msgspec.Struct, frozen=True):
    """A new token; ``token`` is shown this once."""

    token: str
    info: TokenSummary


class SigninLink(msgspec.Struct, frozen=True):
    """A fresh one-time sign-in link."""

    url: str


# ---- WebSocket, client to server
class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """Sets the language of texts on this connection."""

    language: str = "en"


class Watch(msgspec.Struct, frozen=True, tag="watch"):
    """Shows signals in a view; the first answer is a full snapshot."""

    view: int
    signals: list[int] | Literal["all"]
    rate_hz: float = 20.0
    timeline: str = "live"


class Unwatch(msgspec.Struct, frozen=True, tag="unwatch"):
    """Ends a view."""

    view: int


class Seek(msgspec.Struct, frozen=True, tag="seek"):
    """Shows one past instant."""

    view: int
    timeline: str
    at_ms: float


class Play(msgspec.Struct, frozen=True, tag="play"):
    """Plays the past from an instant, ``speed`` seconds a second."""

    view: int
    timeline: str
    from_ms: float
    speed: float = 1.0


class Pause(msgspec.Struct, frozen=True, tag="pause"):
    """Stops playing and stays at the instant shown."""

    view: int


class Live(msgspec.Struct, frozen=True, tag="live"):
    """Returns to the present."""

    view: int


class Run(msgspec.Struct, frozen=True, tag="run"):
    """Runs a command; the answer carries ``request``."""

    request: int | str
    command: str
    params: dict[str, Any] = {}
    dry_run: bool = False
    reason: str = ""


class Undo(msgspec.Struct, frozen=True, tag="undo"):
    """Takes a command back; the answer carries ``request``."""

    request: int | str
    command_id: str


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """Reads a GET route that answers with JSON, ``path`` with its query; the answer carries ``request``."""

    request: int | str
    path: Annotated[str, msgspec.Meta(max_length=2_048)]


ClientMessage = Hello | Watch | Unwatch | Seek | Play | Pause | Live | Run | Undo | Ask


# ---- WebSocket, server to client
class Welcome(msgspec.Struct, frozen=True, tag="welcome"):
    """The first message of a connection."""

    user: Me
    server_time_ms: float
    protocol: int = 1


class OutcomeMessage(OutcomeInfo, frozen=True, tag="outcome", kw_only=True):
    """The answer to ``run`` and ``undo``."""

    request: int | str


class AnswerMessage(msgspec.Struct, frozen=True, tag="answer"):
    """The answer to ``ask``: the JSON that the route answers with."""

    request: int | str
    answer: Any


class ErrorMessage(msgspec.Struct, frozen=True, tag="error"):
    """A refusal; ``request`` names what was refused."""

    error: ErrorBody
    request: int | str | None = None


class RecordsMessage(msgspec.Struct, frozen=True, tag="records"):
    """Records that changed: places whole, shells, submodels and links by key only (their value is null)."""

    diff: DiffInfo


class LinksMessage(msgspec.Struct, frozen=True, tag="links"):
    """All connections, where one of them has changed."""

    links: list[LinkInfo]


class JobMessage(JobInfo, frozen=True, tag="job"):
    """A job that started, moved on or ended."""


class SignalsMessage(msgspec.Struct, frozen=True, tag="signals"):
    """Signals were defined or changed; ask GET /api/signals again."""

    count: int


ServerMessage = (
    Welcome
    | OutcomeMessage
    | AnswerMessage
    | ErrorMessage
    | RecordsMessage
    | LinksMessage
    | JobMessage
    | SignalsMessage
    | AlarmsMessage
)
