"""The routes of history: timelines, snapshots, ranges, buckets, export."""

from __future__ import annotations

import asyncio
import math
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from xushi.kernel import XushiError
from xushi.runtime import FULL, encode_frame
from xushi.server import _messages as m
from xushi.server._doors import FURTHEST_MS, Doors, edge_ns, instant_ns, to_ms
from xushi.server._routes import OF_TIMELINE, Call, RouteSpec, answer_json
from xushi.signals import (
    Buckets,
    Timeline,
    decode_value,
    export_csv,
    export_parquet,
    export_xlsx,
    is_bad,
    timeseries_submodel,
)

_MOST_ROWS = 100_000
_MOST_BUCKETS = 20_000
_MOST_GAPS = 1_000
_MEDIA_TYPES = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


Instant = Annotated[float, msgspec.Meta(gt=-FURTHEST_MS, lt=FURTHEST_MS)]


class InstantQuery(msgspec.Struct, frozen=True):
    """An instant in ms since 1970; the newest when left out."""

    at_ms: Instant | None = None


class RangeQuery(msgspec.Struct, frozen=True):
    """A stretch of time in ms since 1970, and how many rows at most."""

    start_ms: Instant
    end_ms: Instant
    limit: int = 10_000


class BucketQuery(msgspec.Struct, frozen=True):
    """A stretch of time in ms since 1970, cut into ``count`` equal steps."""

    start_ms: Instant
    end_ms: Instant
    count: int = 500


class ExportQuery(msgspec.Struct, frozen=True):
    """What to write to a file: signal handles with commas between, and a stretch of time in ms since 1970."""

    signals: str
    start_ms: Instant
    end_ms: Instant
    format: Literal["csv", "parquet", "xlsx"] = "csv"


class SeriesQuery(msgspec.Struct, frozen=True):
    """Signal handles with commas between, a stretch of time in ms since 1970, and how many records to carry inside."""

    signals: str
    start_ms: Instant
    end_ms: Instant
    records: int = 1_000


async def timelines(doors: Doors, call: Call) -> Response:
    """Every run of time that can be shown."""
    return answer_json(
        [
            m.TimelineInfo(
                timeline.id, timeline.kind, timeline.title, to_ms(timeline.start_ns),
                None if timeline.end_ns is None else to_ms(timeline.end_ns), timeline.parent,
                None if timeline.fork_ns is None else to_ms(timeline.fork_ns),
            )
            for timeline in doors.platform.timelines.describe()
        ]
    )  # fmt: skip


async def snapshot(doors: Doors, call: Call) -> Response:
    """All values of one instant as one binary frame."""
    timeline = doors.platform.timelines.get(call.path("timeline"))
    at_ns = None if call.query.at_ms is None else instant_ns(call.query.at_ms)
    frame = await asyncio.to_thread(timeline.snapshot, at_ns)
    shown_ms = to_ms(doors.platform.clock.now_ns()) if call.query.at_ms is None else call.query.at_ms
    message = encode_frame(frame, doors.platform.registry.kinds, FULL, 0, shown_ms, 0)
    return Response(message, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})


def _handle(doors: Doors, text: str) -> int:
    if not text.isdigit() or int(text) >= len(doors.platform.registry):
        raise XushiError("server.signal_unknown", handle=text[:40])
    return int(text)


def _checked(start_ms: float, end_ms: float) -> tuple[int, int]:
    if end_ms < start_ms:
        raise XushiError("server.time_invalid", value=end_ms)
    return edge_ns(start_ms), edge_ns(end_ms)


async def rows(doors: Doors, call: Call) -> Response:
    """Values of one signal in the order of time."""
    timeline = doors.platform.timelines.get(call.path("timeline"))
    handle = _handle(doors, call.path("handle"))
    first_ns, end_ns = _checked(call.query.start_ms, call.query.end_ms)
    limit = min(max(call.query.limit, 1), _MOST_ROWS)
    frame = await asyncio.to_thread(timeline.range, handle, first_ns, end_ns, limit + 1)
    kind = doors.platform.registry.get(handle).kind
    values = [
        None if quality >= 0x8000_0000 else decode_value(kind, bits, frame.objects)
        for bits, quality in zip(frame.bits.tolist()[:limit], frame.qualities.tolist()[:limit], strict=True)
    ]
    shown = [None if isinstance(value, float) and not math.isfinite(value) else value for value in values]
    return answer_json(
        m.SampleRows(
            (frame.times_ns[:limit] / 1e6).tolist(), shown, frame.qualities[:limit].tolist(), len(frame) > limit
        )
    )


async def buckets(doors: Doors, call: Call) -> Response:
    """Minimum, maximum, mean, count and last value in equal steps of time."""
    timeline = doors.platform.timelines.get(call.path("timeline"))
    handle = _handle(doors, call.path("handle"))
    first_ns, end_ns = _checked(call.query.start_ms, call.query.end_ms)
    count = min(max(call.query.count, 1), _MOST_BUCKETS)

    def read() -> m.BucketColumns:
        found = timeline.buckets(handle, first_ns, end_ns, count)
        return m.BucketColumns(
            (np.asarray(found.start_ns) / 1e6).tolist(),
            _nullable(found.min),
            _nullable(found.max),
            _nullable(found.mean),
            np.asarray(found.count).tolist(),
            _nullable(found.last),
            _in_force(timeline, handle, first_ns),
            _in_force(timeline, handle, end_ns),
            _gaps(timeline, handle, found),
        )

    return answer_json(await asyncio.to_thread(read))


def _in_force(timeline: Timeline, handle: int, at_ns: int) -> float | None:
    """The number that holds at an instant; None where there is none, or its quality is bad."""
    frame = timeline.snapshot(at_ns, [handle])
    return next(iter(_nullable(frame.numbers(timeline.registry.kinds))), None)


def _gaps(timeline: Timeline, handle: int, found: Buckets) -> list[tuple[int, int]]:
    """The runs of steps without a value at whose end the newest value is a bad one: silence alone is no gap.

    Of very many runs only the longest are looked at.
    """
    is_empty = np.concatenate([[False], np.asarray(found.count) == 0, [False]])
    edges = np.flatnonzero(is_empty[1:] != is_empty[:-1]).reshape(-1, 2).tolist()
    edges = sorted(sorted(edges, key=lambda run: run[0] - run[1])[:_MOST_GAPS])
    starts_ns = np.asarray(found.start_ns).tolist()
    return [(first, end) for first, end in edges if _is_bad(timeline, handle, starts_ns[end - 1])]


def _is_bad(timeline: Timeline, handle: int, at_ns: int) -> bool:
    newest = timeline.history.value_as_of([handle], at_ns)
    return len(newest) > 0 and is_bad(int(newest.qualities[0]))


def _nullable(column: np.ndarray) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in np.asarray(column, np.float64).tolist()]


async def export(doors: Doors, call: Call) -> Response:
    """A file of values for a spreadsheet or an analysis."""
    query: ExportQuery = call.query
    timeline = doors.platform.timelines.get(call.path("timeline"))
    handles = _handles(doors, query.signals)
    first_ns, end_ns = _checked(query.start_ms, query.end_ms)
    with tempfile.NamedTemporaryFile(suffix=f".{query.format}", delete=False) as file:
        path = Path(file.name)
    write = {"csv": export_csv, "parquet": export_parquet, "xlsx": export_xlsx}[query.format]
    try:
        await asyncio.to_thread(write, timeline, path, handles, first_ns, end_ns)
    except BaseException:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        raise
    return FileResponse(
        path, media_type=_MEDIA_TYPES[query.format], filename=f"xushi.{query.format}",
        headers={"Cache-Control": "no-store"}, background=BackgroundTask(path.unlink, missing_ok=True),
    )  # fmt: skip


async def time_series(doors: Doors, call: Call) -> Response:
    """The values of a stretch as an IDTA Time Series Data submodel (IDTA 02008 1.1), in AAS JSON."""
    query: SeriesQuery = call.query
    timeline = call.path("timeline")
    source = doors.platform.timelines.get(timeline)
    handles = _handles(doors, query.signals)
    first_ns, end_ns = _checked(query.start_ms, query.end_ms)
    made = await asyncio.to_thread(
        timeseries_submodel,
        f"urn:xushi:timeseries:{timeline}:{query.signals}:{first_ns}:{end_ns}",
        source,
        handles,
        first_ns,
        end_ns,
        endpoint=doors.base_url,
        timeline=timeline,
        max_records=query.records,
    )
    return answer_json(made)


def _handles(doors: Doors, text: str) -> list[int]:
    """Handles with commas between."""
    handles = [_handle(doors, part.strip()) for part in text.split(",") if part.strip()]
    if not handles:
        raise XushiError("server.signal_unknown", handle=text[:40])
    return handles


_SIGNAL = "/api/timelines/{timeline}/signals/{handle}"
ROUTES = (
    RouteSpec("GET", "/api/timelines", "view", timelines, "Every timeline", answer=list[m.TimelineInfo],
              tags=("history",)),
    RouteSpec("GET", "/api/timelines/{timeline}/snapshot", "view", snapshot, "All values of one instant", InstantQuery,
              media_type="application/octet-stream", tags=("history",), refusals=OF_TIMELINE),
    RouteSpec("GET", f"{_SIGNAL}/range", "view", rows, "Values of one signal", RangeQuery, answer=m.SampleRows,
              tags=("history",), refusals=OF_TIMELINE),
    RouteSpec("GET", f"{_SIGNAL}/buckets", "view", buckets, "One signal in equal steps of time", BucketQuery,
              answer=m.BucketColumns, tags=("history",), refusals=OF_TIMELINE),
    RouteSpec("GET", "/api/timelines/{timeline}/export", "view", export, "A file of values", ExportQuery,
              media_type="application/octet-stream", tags=("history",), refusals=OF_TIMELINE),
    RouteSpec("GET", "/api/timelines/{timeline}/time-series", "view", time_series, "Values as an IDTA 02008 submodel",
              SeriesQuery, answer=dict[str, Any], tags=("history",), refusals=OF_TIMELINE),
)  # fmt: skip
