"""The routes of foresight: early warnings, the forecast that runs by itself, the main line for a what-if."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from starlette.responses import Response

from xushi import simulate
from xushi.runtime import planned_times
from xushi.runtime.foresight import (
    ForecastParams,
    fork,
    main_line,
    plant_of,
    times_of,
    warnings,
    watched_every_s,
)
from xushi.server import _foresight_messages as f
from xushi.server import _messages as m
from xushi.server._doors import Doors, to_ms, to_ns
from xushi.server._routes import OF_COMMAND, Call, RouteSpec, answer_json


class ModelQuery(msgspec.Struct, frozen=True):
    """Where to fork (now, where `at_ms` is left out), and how much of the past times are estimated from."""

    timeline: str = "live"
    at_ms: float | None = None
    look_back_hours: Annotated[float, msgspec.Meta(gt=0, le=168)] = 8.0


class ForesightModel(msgspec.Struct, frozen=True):
    """A serial line as data (see `simulate.write_model`), where it stands, and what of the plant is not in it."""

    at_ms: float
    until_ms: float
    model: dict[str, Any]
    state: dict[str, Any]
    left_out: list[m.DiagnosisInfo]


class WarningsQuery(msgspec.Struct, frozen=True):
    """With `is_open` only those that hold now and that nobody has hidden."""

    is_open: bool = False


async def early(doors: Doors, call: Call) -> Response:
    """Early warnings, the newest first."""
    now_ns = doors.platform.clock.now_ns()
    found = [
        f.WarningInfo(
            id=key, **one.told(now_ns), at_ms=to_ms(one.at_ns), spread_s=one.spread_s, probability=one.probability,
            culprit=one.culprit, cause=one.cause, raised_ms=to_ms(one.raised_ns),
            over_ms=None if one.over_ns is None else to_ms(one.over_ns), hidden_by=one.hidden_by,
        )
        for key, one in warnings(doors.platform.store).items()
        if one.is_open or not call.query.is_open
    ]  # fmt: skip
    return answer_json(found)


async def latest(doors: Doors, call: Call) -> Response:
    """The last forecast that was made by itself."""
    kept = doors.platform.forecasts.latest
    every_s = watched_every_s(doors.platform.store)
    made_ms = None if kept is None else to_ms(kept.made_ns)
    return answer_json(f.LatestForecast(every_s, made_ms, None if kept is None else kept.forecast))


async def model(doors: Doors, call: Call) -> Response:
    """The main line at an instant, as a model that a browser can run."""
    query: ModelQuery = call.query
    platform = doors.platform
    if query.at_ms is not None:
        to_ns(query.at_ms)
    params = ForecastParams(timeline=query.timeline, at_ms=query.at_ms, look_back_hours=query.look_back_hours)
    ahead = times_of(platform, params)
    plant = plant_of(platform)
    timeline = platform.timelines.get(query.timeline)
    planned = planned_times(platform.store)
    begun = await asyncio.to_thread(fork, plant, timeline, ahead.start_ns, ahead.at_ns, planned)
    line = main_line(begun)
    answer = ForesightModel(
        to_ms(ahead.at_ns), to_ms(ahead.until_ns), msgspec.json.decode(simulate.write_model(line.model)),
        msgspec.to_builtins(line.state), doors.diagnoses(list(line.left_out), call.language),
    )  # fmt: skip
    return answer_json(answer)


ROUTES = (
    RouteSpec("GET", "/api/warnings", "view", early, "Early warnings", WarningsQuery, answer=list[f.WarningInfo],
              tags=("foresight",)),
    RouteSpec("GET", "/api/forecast", "view", latest, "The last forecast that was made by itself",
              answer=f.LatestForecast, tags=("foresight",)),
    RouteSpec("GET", "/api/foresight/model", "view", model, "The main line as a model", ModelQuery,
              answer=ForesightModel, tags=("foresight",), refusals=OF_COMMAND),
)  # fmt: skip
