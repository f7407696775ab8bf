"""The routes of signals: all, the few that a page needs first, those found by words, and the tree of elements."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, Literal

import msgspec
import numpy as np
from starlette.responses import Response

from xushi.kernel import Record, XushiError
from xushi.runtime import Platform, texts
from xushi.server import _messages as m
from xushi.server._doors import Doors
from xushi.server._routes import Call, RouteSpec, answer_json
from xushi.server._shells_api import children_of, find_element
from xushi.server._signal_search import Column, Handles
from xushi.signals import SignalDef

FIRST_MOST = 5_000
_MOST_SHOWN = 2_000
# What people look for first stands first, as in the tree and the table of the client
_ORDER = ("building", "station", "robot", "rack", "agv", "conveyor", "utility", "other", "product")


class SignalsQuery(msgspec.Struct, frozen=True):
    """Which signals, in which order. Without a word: every signal.

    ``scope`` first: all where they are few, else those that the scene shows. ``limit`` 0: no limit. ``with_gone``:
    those too that a device filled and no twin describes any more, as after an undone import; their history is kept.
    """

    scope: Literal["all", "first"] = "all"
    q: str = ""
    shell: str = ""
    submodel: str = ""
    is_not_good: bool = False
    with_gone: bool = False
    sort: Column = ""
    is_down: bool = False
    offset: int = 0
    limit: int = 0


class ElementsQuery(msgspec.Struct, frozen=True):
    """The elements directly below a path of a submodel; the page that leads ``to`` a path below it, where given."""

    submodel: str
    path: str = ""
    offset: int = 0
    limit: int = 200
    to: str = ""


async def signals(doors: Doors, call: Call) -> Response:
    """Signals with their meaning and their source; those of devices that are gone only ``with_gone``."""
    query: SignalsQuery = call.query
    platform = doors.platform
    present = _present(platform, query.with_gone)
    if query.scope == "first":
        handles = present if len(present) <= FIRST_MOST else _of_scene(platform)
        return answer_json(_list(platform, handles, len(handles), len(present)))
    is_plain = not (query.q or query.shell or query.submodel or query.sort or query.is_not_good)
    if is_plain:
        handles = present
    else:
        handles = await asyncio.to_thread(_chosen, doors, query, call.language)
        handles = handles[np.isin(handles, present)]
    count = len(handles)
    start = min(max(query.offset, 0), count)
    stop = count if query.limit <= 0 else min(count, start + query.limit)
    return answer_json(_list(platform, handles[start:stop], count, len(present)))


def _present(platform: Platform, with_gone: bool) -> Handles:
    """All signals, but for those that a device filled and no twin describes any more."""
    is_present = np.ones(len(platform.registry), bool)
    if not with_gone:
        is_present[platform.links.gone] = False
    return np.flatnonzero(is_present)


def _chosen(doors: Doors, query: SignalsQuery, language: str) -> Handles:
    names, owners = _machines(doors.platform)
    handles = doors.search.find(query.q[:500], names)
    if query.shell or query.submodel:
        own = doors.search.of(query.shell, query.submodel)
        handles = handles[np.isin(handles, own)]
    if query.is_not_good:
        handles = doors.search.not_good(handles)
    return doors.search.ordered(handles, query.sort, query.is_down, language, owners) if query.sort else handles


def _machines(platform: Platform) -> tuple[dict[str, str], list[str]]:
    """The names of every shell in small letters, and the shells in the order in which machines are shown."""
    ranks = {record["shell"]: record["category"] for _, record in platform.store.list("place") if record["shell"]}
    names: dict[str, str] = {}
    order: list[tuple[int, str, str]] = []
    for shell in platform.twins.shells():
        name = texts(shell.display_name) or {"en": shell.id_short or shell.id}
        names[shell.id] = " ".join([*name.values(), shell.id_short or ""]).lower()
        category = ranks.get(shell.id, "")
        rank = _ORDER.index(category) if category in _ORDER else len(_ORDER)
        order.append((rank, (name.get("en") or "").lower(), shell.id))
    return names, [shell for _, _, shell in sorted(order)]


def _of_scene(platform: Platform) -> Handles:
    """The signals that move or mark something in the scene."""
    registry = platform.registry

    def words(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            for one in value:
                yield from words(one)
        elif isinstance(value, dict):
            for one in value.values():
                yield from words(one)

    found = {
        registry.handle(word)
        for _, record in platform.store.list("place")
        for word in words(record["behaviours"])
        if word in registry
    }
    return np.array(sorted(found), np.int64)


def _list(platform: Platform, handles: Handles, count: int, registered: int) -> m.SignalList:
    registry = platform.registry
    shown = [signal_info(handle, registry.get(handle)) for handle in handles.tolist()]
    return m.SignalList(shown, count, registered)


async def named(doors: Doors, call: Call) -> Response:
    """The signals of some keys and handles; what is not there is left out."""
    body: m.SignalNames = call.body
    registry = doors.platform.registry
    wanted = {registry.handle(key) for key in body.keys if key in registry}
    wanted.update(handle for handle in body.handles if 0 <= handle < len(registry))
    present = _present(doors.platform, with_gone=False)
    return answer_json(_list(doors.platform, np.array(sorted(wanted), np.int64), len(wanted), len(present)))


async def elements(doors: Doors, call: Call) -> Response:
    """The elements directly below an element of a submodel, page by page, as a tree opens them."""
    query: ElementsQuery = call.query
    record = doors.platform.twins.records["submodel"].get(query.submodel)
    if record is None:
        raise XushiError("runtime.twin_unknown", id=query.submodel[:200])
    parent = find_element(record, query.path) if query.path else record
    if parent is None:
        raise XushiError("server.element_unknown", path=query.path[:200])
    children = children_of(parent)
    limit = min(max(query.limit, 1), _MOST_SHOWN)
    start = min(max(query.offset, 0), len(children))
    paths = _paths(query.path, parent, children)
    if query.to:
        at = next((at for at, path in enumerate(paths) if _leads(path, query.to)), 0)
        start = at - at % limit
    found = [
        _element(doors.platform, query.submodel, path, one)
        for path, one in zip(paths[start : start + limit], children[start : start + limit], strict=True)
    ]
    return answer_json(m.ElementPage(found, start, len(children)))


def _paths(above: str, parent: Record, children: list[Record]) -> list[str]:
    is_list = parent.get("modelType") == "SubmodelElementList"
    dot = f"{above}." if above else ""
    return [
        f"{above}[{at}]" if is_list or not one.get("idShort") else f"{dot}{one['idShort']}"
        for at, one in enumerate(children)
    ]


def _leads(path: str, to: str) -> bool:
    return to == path or to.startswith((f"{path}.", f"{path}["))


def _element(platform: Platform, submodel: str, path: str, one: Record) -> m.ElementInfo:
    key = f"{submodel}#{path}"
    registry = platform.registry
    handle = registry.handle(key) if key in registry else None
    return m.ElementInfo(
        path=path,
        id_short=one.get("idShort") or "",
        model_type=one["modelType"],
        name={text["language"]: text["text"] for text in one.get("displayName") or ()},
        children=len(children_of(one)),
        signal=None if handle is None else signal_info(handle, registry.get(handle)),
    )


def signal_info(handle: int, signal: SignalDef) -> m.SignalInfo:
    """A signal as a page sees it."""
    source = signal.source
    return m.SignalInfo(
        handle=handle,
        key=signal.key,
        kind=int(signal.kind),
        unit=signal.unit,
        name=dict(signal.name),
        shell=signal.shell,
        submodel=signal.submodel,
        path=signal.path,
        labels=dict(signal.labels),
        low=signal.low,
        high=signal.high,
        writable=signal.writable,
        source=None if source is None else m.SourceInfo(source.link, source.protocol, source.endpoint, source.address),
    )


ROUTES = (
    RouteSpec("GET", "/api/signals", "view", signals, "Signals", SignalsQuery, answer=m.SignalList, tags=("signals",)),
    RouteSpec("POST", "/api/signals/named", "view", named, "Signals by key or handle", body=m.SignalNames,
              answer=m.SignalList, tags=("signals",)),
    RouteSpec("GET", "/api/elements", "view", elements, "Elements of a submodel", ElementsQuery,
              answer=m.ElementPage, tags=("twins",), refusals=(404,)),
)  # fmt: skip
