"""The tools that read: twins, values, history, and every other route of the table that only looks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar
from urllib.parse import quote, urlencode

import msgspec
import numpy as np

from xushi.kernel import XushiError
from xushi.runtime import LIVE
from xushi.server._doors import Doors
from xushi.server._past import Instant
from xushi.server._reading import read_route
from xushi.server._routes import Call
from xushi.server._values import values_at
from xushi.signals import Sample, SignalDef

_MOST = 500
_NS_PER_MIN = 60_000_000_000
_MOST_MINUTES = 60 * 24 * 366
_BAD = 0x8000_0000
_GRADES = ("good", "uncertain", "bad", "bad")  # OPC 10000-4, 7.39: the two severity bits
_Text = Annotated[str, msgspec.Meta(max_length=2_048)]
_Limit = Annotated[int, msgspec.Meta(ge=1, le=_MOST)]


class SearchTwins(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words of the name, idShort or id; all twins when left out."""

    query: _Text = ""
    limit: _Limit = 20


class ReadValues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Signals by key, or by the end of the key; or all signals of one shell by id or idShort.

    Of any timeline, at an instant of it (ms since 1970); the newest when left out.
    """

    signals: Annotated[list[_Text], msgspec.Meta(max_length=_MOST)] = []
    shell: _Text = ""
    limit: _Limit = 200
    timeline: _Text = LIVE
    at_ms: Instant | None = None


class ListAlarms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A timeline, and an instant of it (ms since 1970); the newest when left out."""

    timeline: _Text = LIVE
    at_ms: Instant | None = None


class ReadHistory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One signal's minimum, mean, maximum and last value in equal steps of the last minutes."""

    signal: _Text
    minutes: Annotated[float, msgspec.Meta(gt=0, le=_MOST_MINUTES)] = 60.0
    count: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 60
    timeline: _Text = LIVE


class ReadFigures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The figures of ISO 22400-2 over the last minutes: of one shell by id or idShort, or of the whole plant.

    With the id of a figure as ``why`` (like OP40.oee), what that one is made of instead.
    """

    shell: _Text = ""
    minutes: Annotated[float, msgspec.Meta(gt=0, le=_MOST_MINUTES)] = 60.0
    why: _Text = ""
    timeline: _Text = LIVE


class ReadRoute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A path of the server that answers GET with JSON, with its query."""

    path: _Text


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No arguments."""


@dataclass(frozen=True)
class ReadTool:
    """One reading tool."""

    name: str
    title: str
    description: str
    arguments: type[msgspec.Struct]
    work: Callable[[Doors, Call, Any], Awaitable[Any]]

    HINTS: ClassVar[dict[str, bool]] = {"readOnlyHint": True, "openWorldHint": False}

    def describe(self) -> dict[str, Any]:
        """The tool as `tools/list` shows it."""
        (schema,), parts = msgspec.json.schema_components([self.arguments], ref_template="#/$defs/{name}")
        whole = parts.pop(schema["$ref"].rpartition("/")[2]) if "$ref" in schema else schema
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": {**whole, **({"$defs": parts} if parts else {})},
            "annotations": self.HINTS,
        }

    async def use(self, doors: Doors, call: Call, given: dict[str, Any]) -> Any:
        """Read. Raises ``server.tool_arguments_invalid`` or what the reading refuses with."""
        try:
            arguments = msgspec.convert(given, self.arguments)
        except msgspec.ValidationError as error:
            raise XushiError("server.tool_arguments_invalid", tool=self.name, reason=str(error)) from error
        return await self.work(doors, call, arguments)


async def _search(doors: Doors, call: Call, wanted: SearchTwins) -> Any:
    words = wanted.query.lower().split()
    found = []
    for shell in doors.platform.twins.records["shell"].values():
        names = {text["language"]: text["text"] for text in shell.get("displayName", [])}
        text = " ".join((shell["id"], shell.get("idShort", ""), *names.values())).lower()
        if all(word in text for word in words):
            submodels = [reference["keys"][0]["value"] for reference in shell.get("submodels", [])]
            found.append(
                {"id": shell["id"], "idShort": shell.get("idShort", ""), "name": names, "submodels": submodels}
            )
    return {"found": len(found), "twins": found[: wanted.limit]}


async def _values(doors: Doors, call: Call, wanted: ReadValues) -> Any:
    registry = doors.platform.registry
    chosen = [_signal(doors, name) for name in wanted.signals]
    if wanted.shell:
        named = _shells_named(doors, wanted.shell)
        chosen += [one for one in registry.all() if one.shell in named]
    shown = [(one, registry.handle(one.key)) for one in chosen[: wanted.limit]]
    values = await values_at(doors, wanted.timeline, wanted.at_ms, {handle for _, handle in shown})
    return {"found": len(chosen), "values": [_shown(one, values.value(handle)) for one, handle in shown]}


def _shown(definition: SignalDef, sample: Sample | None) -> dict[str, Any]:
    named = {"signal": definition.key, "name": dict(definition.name), "unit": definition.unit}
    if sample is None:
        return {**named, "value": None, "quality": "none", "at": None}
    value = None if sample.quality >= _BAD else _json_value(sample.value)
    return {**named, "value": value, "quality": _GRADES[sample.quality >> 30], "at": _iso(sample.time_ns)}


def _signal(doors: Doors, name: str) -> SignalDef:
    """A signal by key, or by the end of its key where only one fits. Raises ``server.signal_unnamed``."""
    registry = doors.platform.registry
    if name in registry:
        return registry.get(registry.handle(name))
    found = [one for one in registry.all() if one.key.endswith(name)] if name else []
    if len(found) != 1:
        raise XushiError("server.signal_unnamed", name=name[:200], count=len(found))
    return found[0]


async def _history(doors: Doors, call: Call, wanted: ReadHistory) -> Any:
    platform = doors.platform
    definition = _signal(doors, wanted.signal)
    timeline, first_ns, last_ns = platform.timelines.span(wanted.timeline)
    end_ns = platform.clock.now_ns() if wanted.timeline == LIVE else last_ns
    start_ns = max(end_ns - int(wanted.minutes * _NS_PER_MIN), min(first_ns, end_ns - 1))
    handle = platform.registry.handle(definition.key)
    found = await asyncio.to_thread(timeline.buckets, handle, start_ns, end_ns, wanted.count)
    steps = [
        {
            "at": _iso(int(found.start_ns[i])),
            "min": _number(found.min[i]),
            "mean": _number(found.mean[i]),
            "max": _number(found.max[i]),
            "count": int(found.count[i]),
            "last": _number(found.last[i]),
        }
        for i in range(len(found.count))
    ]
    return {"signal": definition.key, "unit": definition.unit, "steps": [one for one in steps if one["count"]]}


async def _route(doors: Doors, call: Call, wanted: ReadRoute) -> Any:
    return json.loads(await read_route(doors, call.actor, call.language, wanted.path))


async def _alarms(doors: Doors, call: Call, wanted: ListAlarms) -> Any:
    query = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not None}
    return await _route(doors, call, ReadRoute(f"/api/alarms?{urlencode(query)}"))


async def _figures(doors: Doors, call: Call, wanted: ReadFigures) -> Any:
    platform = doors.platform
    _, _, last_ns = platform.timelines.span(wanted.timeline)
    end_ms = (platform.clock.now_ns() if wanted.timeline == LIVE else last_ns) / 1e6
    span = {"start_ms": end_ms - wanted.minutes * 60_000, "end_ms": end_ms, "timeline": wanted.timeline}
    path = f"/api/kpis/{quote(wanted.why, safe='')}/why" if wanted.why else "/api/kpis"
    found = await _route(doors, call, ReadRoute(f"{path}?{urlencode(span)}"))
    if wanted.why or not wanted.shell:
        return found
    named = _shells_named(doors, wanted.shell)
    return {**found, "kpis": [one for one in found["kpis"] if one.get("shell") in named]}


def _shells_named(doors: Doors, name: str) -> set[str]:
    """The ids of the shells of this id or idShort."""
    shells = doors.platform.twins.records["shell"]
    return {name} | {key for key, one in shells.items() if one.get("idShort") == name}


def _shortcut(path: str) -> Callable[[Doors, Call, Any], Awaitable[Any]]:
    async def work(doors: Doors, call: Call, wanted: Any) -> Any:
        return await _route(doors, call, ReadRoute(path))

    return work


def _json_value(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value if not isinstance(value, float) or np.isfinite(value) else None


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def _iso(time_ns: int) -> str:
    return datetime.fromtimestamp(time_ns / 1e9, UTC).isoformat(timespec="milliseconds")


TOOLS = {
    tool.name: tool
    for tool in (
        ReadTool("search_twins", "Search twins", "Finds machines and other twins by words of their name or id.",
                 SearchTwins, _search),
        ReadTool("read_values", "Read values", "Values of signals with unit, quality and time: the newest, "
                 "or those of an instant of a recording or a branch (see /api/timelines).",
                 ReadValues, _values),
        ReadTool("read_history", "Read history", "A numeric signal's past in equal steps of time.",
                 ReadHistory, _history),
        ReadTool("list_actions", "List actions", "What machines can be told to do; the keys are for device_act.",
                 Nothing, _shortcut("/api/actions")),
        ReadTool("list_vehicles", "List vehicles", "Vehicles and the places to which agv_order can send them.",
                 Nothing, _shortcut("/api/vehicles")),
        ReadTool("list_plans", "List plans", "Plans with their state, and whether their promise was kept.",
                 Nothing, _shortcut("/api/plans")),
        ReadTool("list_proposals", "List proposals", "Commands that wait for a person, and what became of others.",
                 Nothing, _shortcut("/api/proposals")),
        ReadTool("list_alarms", "List alarms", "The alarms as the plant has them now, or as they are at an "
                 "instant of a recording or a branch.", ListAlarms, _alarms),
        ReadTool("read_figures", "Read figures", "OEE and the other figures of ISO 22400-2 of every station and of "
                 "the line over the last minutes, or why one of them is what it is.", ReadFigures, _figures),
        ReadTool("read_route", "Read a route", "Any other GET route of the server that answers with JSON, e.g. "
                 "/api/links or /api/evidence?limit=20; a path that does not exist is answered with the list.",
                 ReadRoute, _route),
    )
}  # fmt: skip


def offered(doors: Doors) -> dict[str, ReadTool]:
    """The reading tools that this server has something to read for."""
    paths = {spec.path for spec in doors.routes}
    needs = {"list_alarms": "/api/alarms", "read_figures": "/api/kpis"}
    return {name: tool for name, tool in TOOLS.items() if needs.get(name, "") in {"", *paths}}
