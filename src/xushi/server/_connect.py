"""The routes of connecting a plant: drafts, browsing, preview, suggestion, editing, sheet, import."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import msgspec
from starlette.responses import Response

from xushi.connectors import FoundNode, Setup, connector_cards, connector_class
from xushi.connectors.mapping import MOST_FAULTS, XLSX, Fault, Machine, Reason, Row, shell_id, table, to_csv, to_xlsx
from xushi.connectors.mapping import Mapping as NodeMapping
from xushi.kernel import Job, Progress, XushiError, message, to_its_end
from xushi.runtime import Draft, Edited, footprint_of, imported_link
from xushi.server import _connect_messages as c
from xushi.server import _messages as m
from xushi.server._acting import action_input
from xushi.server._doors import Doors, to_ms
from xushi.server._routes import KIB, Call, RouteSpec, answer_json
from xushi.signals import is_good, unit_display

_MOST_SHOWN = 1_000
_SHEET_BODY = 64 * KIB * KIB
_RIGHT = "link:write"


class NodesQuery(msgspec.Struct, frozen=True):
    """The node whose children are wanted (the root when left out), where to go on, and how many at most."""

    parent: str = ""
    cursor: str = ""
    limit: int = 200


class SearchQuery(msgspec.Struct, frozen=True):
    """Words that must occur in name, path or address of what was scanned."""

    q: str = ""
    limit: int = 100
    is_value: bool = False


class RowsQuery(msgspec.Struct, frozen=True):
    """Which rows: words in them, of one machine, included or not."""

    offset: int = 0
    limit: int = 200
    q: str = ""
    machine: str = ""
    is_included: bool | None = None


class SheetQuery(msgspec.Struct, frozen=True):
    """The form of the sheet: xlsx or csv."""

    format: Literal["xlsx", "csv"] = "xlsx"


async def offered(doors: Doors, call: Call) -> Response:
    """Every protocol the wizard offers, ours and outsiders' alike, with its settings as data."""
    return answer_json(await asyncio.to_thread(_offered))


def _offered() -> list[c.ConnectProtocol]:
    found = []
    for card in connector_cards():
        if not card.schemes:
            continue  # GET /api/connectors says why it cannot be used
        connector = connector_class(card.protocol)
        setup = getattr(connector, "setup", None)
        if not isinstance(setup, Setup) or not hasattr(connector, "form"):
            continue
        settings = [
            c.ConnectSetting(
                one.name, one.title, one.help, one.kind, [c.ConnectChoice(it.value, it.title) for it in one.choices],
                one.default, one.is_required,
            )
            for one in setup.fields
        ]  # fmt: skip
        found.append(
            c.ConnectProtocol(
                card.protocol, list(card.schemes), setup.title, setup.summary, setup.example, settings,
                hasattr(connector, "explorer"), card.package, card.grade,
            )
        )  # fmt: skip
    return found


async def make(doors: Doors, call: Call) -> Response:
    """Connect to an endpoint; the answer says who is there."""
    body: c.NewDraft = call.body
    draft = await doors.platform.drafts.open(body.endpoint.strip(), body.settings, call.actor)
    return answer_json(_draft(doors, draft, is_whole=True))


async def drafts(doors: Doors, call: Call) -> Response:
    """The caller's own drafts, the newest first."""
    return answer_json([_draft(doors, one) for one in doors.platform.drafts.of(call.actor)])


async def draft(doors: Doors, call: Call) -> Response:
    """One draft."""
    return answer_json(_draft(doors, await _get(doors, call), is_whole=True))


async def drop(doors: Doors, call: Call) -> Response:
    """Discard a draft and leave its peer."""
    found = await _get(doors, call)
    if _running(doors, found) is not None:
        doors.platform.jobs.cancel(found.job or "")
    await doors.platform.drafts.drop(found)
    return Response(status_code=204)


async def nodes(doors: Doors, call: Call) -> Response:
    """What is directly below a node, read now."""
    query: NodesQuery = call.query
    limit = min(max(query.limit, 1), _MOST_SHOWN)
    page = await doors.platform.drafts.children(
        await _get(doors, call), query.parent[:4_096], query.cursor[:4_096], limit
    )
    return answer_json(c.ConnectNodes([_node(one) for one in page.nodes], page.cursor))


async def search(doors: Doors, call: Call) -> Response:
    """Nodes read by a scan in which every word occurs."""
    found = await _get(doors, call)
    query: SearchQuery = call.query
    limit = min(max(query.limit, 1), _MOST_SHOWN)
    hits = await doors.platform.drafts.search(found, query.q[:500], limit, query.is_value)
    return answer_json(c.ConnectNodes([_node(one) for one in hits], "", found.is_scanned and not found.is_cut))


async def scan(doors: Doors, call: Call) -> Response:
    """Read everything below the given nodes, or all; a job with progress."""
    found, addresses = await _get(doors, call), list(call.body.addresses)
    title = {"en": f"Read {found.endpoint}", "zh-CN": f"读取 {found.endpoint}"}
    return _start(doors, call, found, title, lambda progress: doors.platform.drafts.scan(found, addresses, progress))


async def preview(doors: Doors, call: Call) -> Response:
    """Present values of up to 200 nodes, in their order."""
    samples = await doors.platform.drafts.preview(await _get(doors, call), list(call.body.addresses))
    return answer_json(
        [
            c.PreviewValue(
                one.address, _json(one.value), to_ms(one.time_ns) if one.time_ns else None, one.quality,
                is_good(one.quality), one.text,
            )
            for one in samples
        ]
    )  # fmt: skip


async def suggest(doors: Doors, call: Call) -> Response:
    """Suggest machines and rows for what was found; replaces the mapping. A job with progress."""
    found, addresses = await _get(doors, call), list(call.body.addresses)
    title = {"en": f"Suggest a mapping for {found.endpoint}", "zh-CN": f"为 {found.endpoint} 建议映射"}
    return _start(doors, call, found, title, lambda progress: doors.platform.drafts.suggest(found, addresses, progress))


async def machines(doors: Doors, call: Call) -> Response:
    """The machines of the mapping."""
    found = await _get(doors, call)
    counts: Counter[tuple[str, bool]] = Counter(
        (row.machine, row.kind == "action") for row in found.mapping.rows if row.is_included
    )
    shown = [
        c.FoundMachine(
            one.key, shell_id(found.endpoint, one.key), one.name, one.kind, one.address, one.nameplate,
            one.is_included, counts[one.key, False], counts[one.key, True], _reason(one.reason, call.language),
            one.area, one.x_m, one.y_m, *_size(one),
        )
        for one in found.mapping.machines.values()
    ]  # fmt: skip
    return answer_json(shown)


def _size(machine: Machine) -> tuple[float, float]:
    own = footprint_of(machine)
    return round(own.east - own.west, 2), round(own.north - own.south, 2)


async def floor(doors: Doors, call: Call) -> Response:
    """The floor seen from above, for choosing where the machines of a draft stand."""
    found = await _get(doors, call)
    whole = await asyncio.to_thread(doors.platform.drafts.floor)
    own = {shell_id(found.endpoint, key): key for key in found.mapping.machines}
    return answer_json(
        c.FloorPlan(
            None if whole.bounds is None else c.FloorBox(*whole.bounds),
            [
                c.FloorArea(area.key, area.name, None if area.box is None else c.FloorBox(*area.box))
                for area in whole.areas.values()
            ],
            [
                c.FloorThing(thing.name, own.get(thing.shell or "", ""), c.FloorBox(*thing.box))
                for thing in whole.things
            ],
        )
    )


async def change_machine(doors: Doors, call: Call) -> Response:
    """Change a machine's name, kind, or whether it is included."""
    found, body = await _get(doors, call), call.body
    ground = await asyncio.to_thread(doors.platform.drafts.floor)

    def change(mapping: NodeMapping) -> Edited:
        before = mapping.machines.get(body.machine)
        if before is None:
            raise XushiError("runtime.machine_unknown", machine=body.machine)
        given = {"name": body.name and {**before.name, **body.name}, "kind": body.kind, "is_included": body.is_included}
        if (body.x_m is None) != (body.y_m is None):
            raise XushiError("connectors.sheet_place_half", machine=body.machine)
        given |= {"area": body.area, "x_m": body.x_m, "y_m": body.y_m}
        after: Machine = msgspec.structs.replace(before, **{key: one for key, one in given.items() if one is not None})
        if body.is_spot_free:
            after = msgspec.structs.replace(after, x_m=None, y_m=None)
        misplaced = ground.fault(after, 0)
        long = [word for word in after.name.values() if not 0 < len(word) <= 128]
        faults = (Fault(0, "Machine", long[0][:200], "connectors.sheet_name"),) if long else ()
        if misplaced is not None:
            faults = (*faults, misplaced)
        machines = {**mapping.machines, body.machine: after}
        return Edited(msgspec.structs.replace(mapping, machines=machines), 1, faults)

    edited = await doors.platform.drafts.edit(found, "machine", change)
    return answer_json(_edited(call, 1, list(edited.faults)))


async def rows(doors: Doors, call: Call) -> Response:
    """Some rows of the mapping."""
    found, query = await _get(doors, call), call.query
    chosen = await asyncio.to_thread(_chosen, found.mapping, query.q, query.machine, query.is_included)
    start, limit = max(query.offset, 0), min(max(query.limit, 1), _MOST_SHOWN)
    shown = [_row(one, call.language) for one in chosen[start : start + limit]]
    return answer_json(c.RowPage(shown, len(chosen), len(found.mapping.included())))


async def change_rows(doors: Doors, call: Call) -> Response:
    """Change rows, all of them or none."""
    found, body = await _get(doors, call), call.body
    if not body.numbers and not body.q and not body.machine and (body.property or body.name or body.inverse):
        raise XushiError("server.rows_unnamed")
    given = {
        "is_included": body.is_included, "machine": body.to_machine, "property": body.property,
        "semantic_id": body.semantic_id,
    }  # fmt: skip
    of_values = {"submodel": body.submodel, "kind": body.kind, "unit": body.unit, "is_writable": body.is_writable}
    own = {False: {**given, **of_values}, True: {**given, "inverse": body.inverse}}
    fields = {sort: {key: one for key, one in some.items() if one is not None} for sort, some in own.items()}

    def change(mapping: NodeMapping) -> Edited:
        wanted = set(body.numbers) or {one.number for one in _chosen(mapping, body.q, body.machine, None)}
        wanted = {
            one.number for one in mapping.rows if one.number in wanted and (fields[one.kind == "action"] or body.name)
        }
        made = []
        for one in mapping.rows:
            if one.number in wanted:
                name = {**one.name, **body.name} if body.name is not None else one.name
                one = msgspec.structs.replace(one, **fields[one.kind == "action"], name=name)
            made.append(one)
        renamed = {
            (before.machine, before.property): after.property
            for before, after in zip(mapping.rows, made, strict=True)
            if before.kind == "action" and before.property != after.property
        }
        if renamed:  # what an action takes back goes by its new name
            made = [msgspec.structs.replace(one, inverse=renamed.get((one.machine, one.inverse), one.inverse))
                    for one in made]  # fmt: skip
        after = msgspec.structs.replace(mapping, rows=tuple(made))
        numbers = {number + 1 for number in wanted}
        faults = tuple(fault for fault in found.faults(after, is_whole=False) if fault.row in numbers)
        return Edited(after, len(wanted), faults)

    edited = await doors.platform.drafts.edit(found, "rows", change)
    return answer_json(_edited(call, edited.changed, list(edited.faults)))


async def undo(doors: Doors, call: Call) -> Response:
    """Take the last edit of the mapping back."""
    step = await doors.platform.drafts.undo(await _get(doors, call))
    return answer_json(c.EditStep(step.kind, step.count))


async def redo(doors: Doors, call: Call) -> Response:
    """Do the edit again that was taken back last."""
    step = await doors.platform.drafts.redo(await _get(doors, call))
    return answer_json(c.EditStep(step.kind, step.count))


async def sheet(doors: Doors, call: Call) -> Response:
    """The mapping as a table for a spreadsheet."""
    found, form = await _get(doors, call), call.query.format
    content = await asyncio.to_thread(to_xlsx if form == "xlsx" else to_csv, table(found.mapping))
    headers = {"Content-Disposition": f'attachment; filename="mapping.{form}"', "Cache-Control": "no-store"}
    return Response(content, headers=headers, media_type=XLSX if form == "xlsx" else "text/csv; charset=utf-8")


async def take_sheet(doors: Doors, call: Call) -> Response:
    """Take an edited sheet over as a whole; where it has faults, all are told and nothing is taken."""
    found, content = await _get(doors, call), await call.request.body()
    if not content:
        raise XushiError("connectors.sheet_unreadable", reason="It is empty.")
    faults = await doors.platform.drafts.take_sheet(found, content)
    return answer_json(_edited(call, len(found.mapping.rows), faults))


async def start_import(doors: Doors, call: Call) -> Response:
    """Bring the mapping in, or show what that would do; the job's result is the outcome of the command."""
    found, body = await _get(doors, call), call.body
    title = {"en": f"Connect {found.endpoint}", "zh-CN": f"接入 {found.endpoint}"}

    async def work(progress: Progress) -> Any:
        progress(0.05, f"{len(found.mapping.rows):,}")
        running = doors.platform.bus.run(
            "connect.import", {"draft": found.id}, call.actor, dry_run=body.dry_run, reason=body.reason
        )
        # What is being written is written whole; undo takes it back.
        outcome = await (running if body.dry_run else to_its_end(running))
        return msgspec.to_builtins(doors.outcome(outcome, call.language))

    return _start(doors, call, found, title, work)


# ---- shared
async def _get(doors: Doors, call: Call) -> Draft:
    found = doors.platform.drafts.get(call.path("draft_id"), call.actor)
    await asyncio.to_thread(found.load)
    return found


def _running(doors: Doors, draft: Draft) -> Job | None:
    if draft.job is None:
        return None
    try:
        job = doors.platform.jobs.get(draft.job)
    except XushiError:
        return None
    return job if job.state == "running" else None


def _start(
    doors: Doors, call: Call, draft: Draft, title: dict[str, str], work: Callable[[Progress], Awaitable[Any]]
) -> Response:
    """Start a job of a draft; a draft does one thing at a time."""
    if _running(doors, draft) is not None:
        raise XushiError("runtime.job_running")
    job = doors.platform.jobs.start(title, call.actor.id, work)
    draft.job = job.id
    return answer_json(doors.job(job, call.language), status=202)


def _draft(doors: Doors, one: Draft, is_whole: bool = False) -> c.DraftInfo:
    """A draft as its owner sees it; `is_whole`: what an earlier run has left is read, and its steps are told."""
    undo = one.edits.undo_step() if is_whole else None
    redo = one.edits.redo_step() if is_whole else None
    return c.DraftInfo(
        id=one.id,
        protocol=one.protocol,
        endpoint=one.endpoint,
        settings=one.shown_settings(),
        owner=one.owner_name,
        made_ms=to_ms(one.made_ns),
        peer=one.card.title,
        details=one.card.details,
        can_browse=hasattr(one.connector, "explorer"),
        nodes=one.counts.nodes,
        is_scanned=one.is_scanned,
        is_cut=one.is_cut,
        machines=one.counts.machines,
        rows=one.counts.rows,
        included=one.counts.included,
        link=imported_link(doors.platform.store, one),
        job=one.job,
        undo=None if undo is None else c.EditStep(undo.kind, undo.count),
        redo=None if redo is None else c.EditStep(redo.kind, redo.count),
    )


def _node(one: FoundNode) -> c.ConnectNode:
    return c.ConnectNode(
        one.address, one.parent, one.name, list(one.path), one.is_value, one.has_children, one.role, one.type,
        one.data_type, unit_display(one.unit), one.low, one.high, one.is_writable, one.type_name, one.description,
        one.is_action, [action_input(each) for each in one.inputs],
    )  # fmt: skip


def _row(one: Row, language: str) -> c.MappingRow:
    return c.MappingRow(
        one.number, one.is_included, one.address, one.source, one.machine, one.submodel, one.property, one.name,
        one.kind, one.unit, one.low, one.high, one.is_writable, one.semantic_id,
        [action_input(each) for each in one.inputs], one.inverse, [_reason(reason, language) for reason in one.reasons],
    )  # fmt: skip


def _reason(reason: Reason, language: str) -> str:
    return message(reason.code, reason.params, language).what


def _chosen(mapping: NodeMapping, q: str, machine: str, is_included: bool | None) -> list[Row]:
    wanted = q.lower().split()
    found = []
    for row in mapping.rows:
        if (machine and row.machine != machine) or (is_included is not None and row.is_included != is_included):
            continue
        if wanted:
            within = f"{row.source} {row.property} {row.address} {row.unit} {' '.join(row.name.values())}".lower()
            if not all(word in within for word in wanted):
                continue
        found.append(row)
    return found


def _edited(call: Call, changed: int, faults: list[Fault]) -> c.EditResult:
    shown = []
    for one in faults[:MOST_FAULTS]:
        text = message(one.code, {**one.params, "value": one.value}, call.language)
        what = f"{text.what} {text.why}".strip()
        shown.append(c.SheetFault(one.row, one.column, one.value, what, text.next))
    return c.EditResult(not faults, 0 if faults else changed, shown, len(faults))


def _json(value: Any) -> Any:
    """A sample as JSON has it: no NaN, no bytes."""
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _json(item) for key, item in value.items()}
    return value if isinstance(value, str | int | bool) or value is None else str(value)


_ONE = "/api/connect/drafts/{draft_id}"
_TAGS = ("connect",)
_OF_DRAFT = (404, 409, 422)

ROUTES = (
    RouteSpec("GET", "/api/connect/protocols", _RIGHT, offered, "Protocols to connect", tags=_TAGS,
              answer=list[c.ConnectProtocol]),
    RouteSpec("POST", "/api/connect/drafts", _RIGHT, make, "Connect to an endpoint", body=c.NewDraft, tags=_TAGS,
              answer=c.DraftInfo, refusals=(404, 422)),
    RouteSpec("GET", "/api/connect/drafts", _RIGHT, drafts, "Own drafts", answer=list[c.DraftInfo], tags=_TAGS),
    RouteSpec("GET", _ONE, _RIGHT, draft, "One draft", answer=c.DraftInfo, tags=_TAGS, refusals=_OF_DRAFT),
    RouteSpec("DELETE", _ONE, _RIGHT, drop, "Discard a draft", status=204, tags=_TAGS, refusals=_OF_DRAFT),
    RouteSpec("GET", f"{_ONE}/nodes", _RIGHT, nodes, "Browse", NodesQuery, answer=c.ConnectNodes, tags=_TAGS,
              refusals=_OF_DRAFT),
    RouteSpec("POST", f"{_ONE}/scan", _RIGHT, scan, "Read everything", body=c.Addresses, answer=m.JobInfo, status=202,
              tags=_TAGS, refusals=_OF_DRAFT),
    RouteSpec("GET", f"{_ONE}/search", _RIGHT, search, "Search what was read", SearchQuery, answer=c.ConnectNodes,
              tags=_TAGS, refusals=_OF_DRAFT),
    RouteSpec("POST", f"{_ONE}/preview", _RIGHT, preview, "Present values", body=c.PreviewOf,
              answer=list[c.PreviewValue], tags=_TAGS, refusals=_OF_DRAFT),
    RouteSpec("POST", f"{_ONE}/suggest", _RIGHT, suggest, "Suggest a mapping", body=c.Addresses, answer=m.JobInfo,
              status=202, tags=_TAGS, refusals=_OF_DRAFT),
    RouteSpec("GET", f"{_ONE}/machines", _RIGHT, machines, "Machines of a mapping", answer=list[c.FoundMachine],
              tags=_TAGS, refusals=_OF_DRAFT),
    RouteSpec("PATCH", f"{_ONE}/machines", _RIGHT, change_machine, "Change a machine", body=c.MachineChange,
              answer=c.EditResult, tags=_TAGS, refusals=_OF_DRAFT),
    RouteSpec("GET", f"{_ONE}/floor", _RIGHT, floor, "The floor for the machines", answer=c.FloorPlan, tags=_TAGS,
              refusals=_OF_DRAFT),
    RouteSpec("GET", f"{_ONE}/rows", _RIGHT, rows, "Rows of a mapping", RowsQuery, answer=c.RowPage, tags=_TAGS,
              refusals=_OF_DRAFT),
    RouteSpec("PATCH", f"{_ONE}/rows", _RIGHT, change_rows, "Change rows", body=c.RowChange, answer=c.EditResult,
              tags=_TAGS, refusals=_OF_DRAFT),
    RouteSpec("POST", f"{_ONE}/undo", _RIGHT, undo, "Take the last edit back", answer=c.EditStep, tags=_TAGS,
              refusals=_OF_DRAFT),
    RouteSpec("POST", f"{_ONE}/redo", _RIGHT, redo, "Do an edit again", answer=c.EditStep, tags=_TAGS,
              refusals=_OF_DRAFT),
    RouteSpec("GET", f"{_ONE}/sheet", _RIGHT, sheet, "The mapping as a sheet", SheetQuery,
              media_type=f"{XLSX}, text/csv", tags=_TAGS, refusals=_OF_DRAFT),
    RouteSpec("PUT", f"{_ONE}/sheet", _RIGHT, take_sheet, "Take an edited sheet", answer=c.EditResult, tags=_TAGS,
              body_limit=_SHEET_BODY, body_media_type="application/octet-stream", refusals=_OF_DRAFT),
    RouteSpec("POST", f"{_ONE}/import", _RIGHT, start_import, "Import a draft", body=c.StartImport, answer=m.JobInfo,
              status=202, tags=_TAGS, refusals=_OF_DRAFT),
)  # fmt: skip
