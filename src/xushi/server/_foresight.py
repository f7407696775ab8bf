"""The route of foresight: the model of the main line, for a what-if in the browser alone."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from starlette.responses import Response

from xushi import simulate
from xushi.runtime import planned_times
from xushi.runtime.foresight import ForecastParams, fork, main_line, plant_of, times_of
from xushi.server import _messages as m
from xushi.server._doors import Doors, to_ms, to_ns
from xushi.server._routes import Call, RouteSpec, answer_json


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
    RouteSpec("GET", "/api/foresight/model", "view", model, "The main line as a model", ModelQuery,
              answer=ForesightModel, tags=("foresight",)),
)  # fmt: skip
