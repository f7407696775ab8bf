"""The routes of orders: the book and its sheet, the schedule as bars, material requirements, contingency plans."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from starlette.responses import Response

from xushi.connectors.mapping import XLSX, to_csv, to_xlsx
from xushi.runtime import calendar_of
from xushi.runtime.branches import need_start, stops_of_line
from xushi.runtime.foresight import plant_of
from xushi.runtime.orders import (
    Book,
    Receipt,
    contingencies,
    gantt,
    is_open,
    order_table,
    products_of,
    read_book,
    read_schedule,
    receipts,
    requirements_told,
)
from xushi.server import _order_messages as m
from xushi.server._doors import Doors, to_ms
from xushi.server._routes import OF_TIMELINE, Call, RouteSpec, answer_json


class SheetQuery(msgspec.Struct, frozen=True):
    """The form of the sheet: xlsx or csv."""

    format: Literal["xlsx", "csv"] = "xlsx"


class PeriodQuery(msgspec.Struct, frozen=True):
    """Length of a period in hours, and whose material: that of the line, or of a branch as it is at its fork."""

    timeline: str = "live"
    period_h: Annotated[float, msgspec.Meta(ge=0.25, le=744)] = 8.0


class ContingencyQuery(msgspec.Struct, frozen=True):
    """Whose: the line's or a branch's; with `is_open` only of machines that stand and that nobody sees to."""

    timeline: str = "live"
    is_open: bool = False


class BookQuery(msgspec.Struct, frozen=True):
    """Whose book: that of the line, or of a branch as it is at its fork."""

    timeline: str = "live"


async def book(doors: Doors, call: Call) -> Response:
    """The order book in its sequence, with what is done of each order."""
    return answer_json(await asyncio.to_thread(_book, doors, call.query.timeline))


def _book(doors: Doors, timeline: str) -> m.OrderBook:
    platform = doors.platform
    now_ns = platform.clock.now_ns()
    if timeline == "live":
        found, done, stops = read_book(platform.store), platform.orders.done(now_ns), stops_of_line(platform.store)
    else:
        branch = platform.branches.get(timeline)
        start = platform.branches.start_of(branch)
        found = Book() if start is None else platform.branches.book(branch, start)
        stops = {} if start is None else platform.branches.stops(branch, start)
        now_ns, done = branch.fork_ns, found.made
    return m.OrderBook(
        now_ms=to_ms(now_ns),
        orders=[
            m.OrderInfo(**msgspec.structs.asdict(order), done=done.get(order.id, 0)) for order in found.orders
        ],
        products=[m.OrderedProduct(one.id, one.name) for one in products_of(platform.orders.materials())],
        machines=[node.id for node in plant_of(platform).machines()],
        stops=[
            m.StopInfo(id, one.machine, to_ms(one.start_ns), to_ms(one.end_ns), one.reason)
            for id, one in sorted(stops.items(), key=lambda each: each[1].start_ns)
        ],
        is_told=platform.orders.is_told(),
    )  # fmt: skip


async def sheet(doors: Doors, call: Call) -> Response:
    """The order book as a sheet; filled in, it is what order.import takes."""
    return await asyncio.to_thread(_sheet, doors, call.query.format)


def _sheet(doors: Doors, form: str) -> Response:
    platform = doors.platform
    found, done = read_book(platform.store), platform.orders.done(platform.clock.now_ns())
    lines = order_table(found, done, calendar_of(platform.store).zone)
    content, media_type = (to_csv(lines), "text/csv") if form == "csv" else (to_xlsx(lines, "Orders"), XLSX)
    headers = {"Content-Disposition": f'attachment; filename="orders.{form}"', "Cache-Control": "no-store"}
    return Response(content, headers=headers, media_type=media_type)


async def schedule(doors: Doors, call: Call) -> Response:
    """The schedule in force as bars by machine."""
    return answer_json(await asyncio.to_thread(_schedule, doors))


def _schedule(doors: Doors) -> dict[str, Any]:
    platform = doors.platform
    kept = read_schedule(platform.store)
    if kept is None:
        return {"schedule": None}
    shells = {node.id: node.shell for node in plant_of(platform).machines()}
    return {"schedule": gantt(kept, read_book(platform.store), shells, platform.clock.now_ns())}


async def requirements(doors: Doors, call: Call) -> Response:
    """What must be ordered by when, for the open orders."""
    return answer_json(await asyncio.to_thread(_requirements, doors, call.query.timeline, call.query.period_h))


def _requirements(doors: Doors, timeline: str, period_h: float) -> dict[str, Any]:
    platform = doors.platform
    stated: Sequence[Receipt]
    if timeline == "live":
        run, stated = platform.orders.material_run(platform.clock.now_ns(), period_h), receipts(platform.store)
    else:
        branch = platform.branches.get(timeline)
        start = need_start(platform.branches.start_of(branch), branch)
        run = platform.branches.material_run(branch, start, period_h)
        stated = platform.branches.receipts(branch, start)
    return {**requirements_told(run), "receipts": [msgspec.to_builtins(one) for one in stated]}


async def plans(doors: Doors, call: Call) -> Response:
    """Rehearsed contingency plans, the newest first."""
    return answer_json(await asyncio.to_thread(_plans, doors, call.query.timeline, call.query.is_open))


def _plans(doors: Doors, timeline: str, only_open: bool) -> list[dict[str, Any]]:
    if timeline != "live":
        doors.platform.branches.get(timeline)  # refuses one that is none
    found = [one for one in contingencies(doors.platform.store, timeline) if is_open(one) or not only_open]
    if not found:
        return []
    shells = {node.id: node.shell for node in plant_of(doors.platform).machines()}
    return [
        {
            **one, "shell": shells.get(one["machine"]), "made_ms": to_ms(one["made_ns"]),
            "over_ms": None if one["over_ns"] is None else to_ms(one["over_ns"]),
        }
        for one in found
    ]  # fmt: skip


_TAGS = ("orders",)
ROUTES = (
    RouteSpec("GET", "/api/orders", "view", book, "The order book", BookQuery, answer=m.OrderBook, tags=_TAGS,
              refusals=OF_TIMELINE),
    RouteSpec("GET", "/api/orders/sheet", "view", sheet, "The order book as a sheet", SheetQuery,
              media_type=f"{XLSX}, text/csv", tags=_TAGS),
    RouteSpec("GET", "/api/orders/schedule", "view", schedule, "The schedule of the orders", answer=m.ScheduleAnswer,
              tags=_TAGS),
    RouteSpec("GET", "/api/orders/requirements", "view", requirements, "Material requirements of the orders",
              PeriodQuery, answer=m.MaterialPlan, tags=_TAGS, refusals=OF_TIMELINE),
    RouteSpec("GET", "/api/contingencies", "view", plans, "Rehearsed contingency plans",
              ContingencyQuery, answer=list[m.ContingencyInfo], tags=_TAGS, refusals=(404,)),
)  # fmt: skip
