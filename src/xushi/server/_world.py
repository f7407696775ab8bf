"""The routes that show what there is: status, places, twins, connections, products, files."""

from __future__ import annotations

import asyncio
import importlib.metadata
import resource
import sys

import msgspec
from starlette.responses import Response

from xushi.kernel import XushiError
from xushi.runtime import texts
from xushi.scene import Place
from xushi.server import _messages as m
from xushi.server._doors import Doors, to_ms
from xushi.server._routes import OF_TIMELINE, Call, RouteSpec, answer_json
from xushi.server._stored_files import FOR_EVER, file_answer

VERSION = importlib.metadata.version("xushi")


class TimelineQuery(msgspec.Struct, frozen=True):
    """Which timeline; the present run by default."""

    timeline: str = "live"
    limit: int = 500


async def status(doors: Doors, call: Call) -> Response:
    """How the platform is."""
    platform = doors.platform
    return answer_json(
        m.Status(
            version=VERSION,
            started_ms=to_ms(platform.started_ns),
            now_ms=to_ms(platform.clock.now_ns()),
            signals=len(platform.registry),
            shells=sum(1 for _ in platform.twins.shells()),
            places=len(platform.store.ids("place")),
            viewers=len(doors.fanout),
            updates=platform.ingest.values,
            data_dir=str(platform.folder),
            memory_mb=round(_memory_mb(), 1),
        )
    )


def _memory_mb() -> float:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize() / 1048576
    except OSError:
        scale = 1048576 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


class PlacesQuery(msgspec.Struct, frozen=True):
    """On which timeline: a branch has its own placements, and its further machines."""

    timeline: str = "live"


async def places(doors: Doors, call: Call) -> Response:
    """Everything that stands in the scene."""
    timeline, platform = call.query.timeline, doors.platform
    if platform.branches.has(timeline):
        return answer_json(await asyncio.to_thread(platform.branches.places, timeline))
    if timeline != "live" and not platform.timelines.has(timeline):
        raise XushiError("runtime.timeline_unknown", timeline=timeline[:100])
    return answer_json([record for _, record in platform.store.list("place")])


async def twins(doors: Doors, call: Call) -> Response:
    """Every shell with its submodels, for the tree."""
    index = doors.platform.twins
    shown = []
    for shell in index.shells():
        submodels = []
        for reference in shell.submodels:
            submodel = index.submodel(reference.keys[0].value)
            if submodel is not None:
                meaning = submodel.semantic_id.keys[0].value if submodel.semantic_id else ""
                named = texts(submodel.display_name)
                submodels.append(m.SubmodelSummary(submodel.id, submodel.id_short or submodel.id, meaning, named))
        name = texts(shell.display_name) or {"en": shell.id_short or shell.id}
        shown.append(
            m.TwinSummary(
                id=shell.id,
                id_short=shell.id_short or shell.id,
                name=name,
                shell_kind=shell.asset_information.asset_kind,
                submodels=submodels,
            )
        )
    return answer_json(shown)


async def links(doors: Doors, call: Call) -> Response:
    """Every connection and how it is."""
    return answer_json(doors.links(call.language))


async def engines(doors: Doors, call: Call) -> Response:
    """Products that went through the line, the newest first."""
    limit = min(max(call.query.limit, 1), 5000)
    run, first_ns, last_ns = doors.platform.timelines.span(call.query.timeline)
    found = await asyncio.to_thread(doors.platform.products.products, run, first_ns, last_ns, limit)
    return answer_json(
        [
            m.EngineSummary(
                product.serial, to_ms(product.first_ns), to_ms(product.last_ns), product.steps, product.is_good,
                product.station,
            )
            for product in found
        ]
    )  # fmt: skip


async def engine(doors: Doors, call: Call) -> Response:
    """The whole way of one product through the line."""
    serial = call.path("serial")
    run, first_ns, last_ns = doors.platform.timelines.span(call.query.timeline)
    steps = await asyncio.to_thread(doors.platform.products.steps, run, serial, first_ns, last_ns)
    if not steps:
        raise XushiError("server.engine_unknown", serial=serial[:100])
    verdicts = {step.station: step.is_good for step in steps if step.is_good is not None}
    shown = [
        m.EngineStep(step.station, step.shell, to_ms(step.at_ns), step.result, step.signal, step.is_good)
        for step in steps
    ]
    return answer_json(
        m.EngineInfo(serial, to_ms(steps[0].at_ns), to_ms(steps[-1].at_ns), all(verdicts.values()), shown)
    )


async def asset(doors: Doors, call: Call) -> Response:
    """A file by the SHA-256 of its content: it can never change, so every cache may keep it."""
    sha256 = call.path("sha256")
    record = doors.platform.store.get("asset", sha256)
    if record is None:
        raise XushiError("server.asset_unknown", sha256=sha256[:64])
    return file_answer(doors.platform, call, sha256, record["media_type"], record["name"], FOR_EVER)


ROUTES = (
    RouteSpec("GET", "/api/status", "view", status, "How the platform is", answer=m.Status),
    RouteSpec("GET", "/api/places", "view", places, "Everything in the scene", PlacesQuery, answer=list[Place],
              tags=("scene",), refusals=OF_TIMELINE),
    RouteSpec("GET", "/api/twins", "view", twins, "Every shell", answer=list[m.TwinSummary], tags=("twins",)),
    RouteSpec("GET", "/api/links", "view", links, "Every connection", answer=list[m.LinkInfo], tags=("signals",)),
    RouteSpec("GET", "/api/engines", "view", engines, "Products of the line", TimelineQuery,
              answer=list[m.EngineSummary], tags=("products",), refusals=OF_TIMELINE),
    RouteSpec("GET", "/api/engines/{serial}", "view", engine, "One product's way", TimelineQuery, answer=m.EngineInfo,
              tags=("products",), refusals=OF_TIMELINE),
    RouteSpec("GET", "/api/assets/{sha256}", "view", asset, "A file by its content",
              media_type="application/octet-stream", tags=("scene",)),
)  # fmt: skip
