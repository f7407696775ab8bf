"""The routes of reports: the list, their files and seals, and what schedules and shifts are set."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.responses import FileResponse, Response

from xushi.kernel import XushiError
from xushi.reports import seal_file
from xushi.runtime import MEDIA_TYPES, calendar_of, schedule_of, section_makers
from xushi.runtime.branches import calendar_on
from xushi.server import _messages as m
from xushi.server._doors import Doors, to_ms
from xushi.server._routes import OF_TIMELINE, Call, RouteSpec, answer_json


class ListQuery(msgspec.Struct, frozen=True):
    """How many at most, the newest first."""

    limit: int = 200


class SetupQuery(msgspec.Struct, frozen=True):
    """Whose shifts: those of the plant, or of a branch."""

    timeline: str = "live"


def _info(doors: Doors, report_id: str, record: dict[str, Any], language: str) -> m.ReportInfo:
    return m.ReportInfo(
        id=report_id,
        title=record["title"],
        state=record["state"],
        start_ms=to_ms(record["start_ns"]),
        end_ms=to_ms(record["end_ns"]),
        zone=record["zone"],
        timeline=record["timeline"],
        line=record["content"]["line"],
        ordered_ms=to_ms(record["ordered_ns"]),
        ordered_by=record["ordered_by"],
        made_ms=None if record["made_ns"] is None else to_ms(record["made_ns"]),
        schedule=record["schedule"],
        job=doors.platform.reports.job_of(report_id),
        files=[m.ReportFile(**file) for file in record["files"]],
        error=doors.error(record["error"], language),
    )


async def reports(doors: Doors, call: Call) -> Response:
    """The reports, the newest first: ids sort by the time they were given."""
    store = doors.platform.store
    wanted = list(store.ids("report"))[::-1][: min(max(call.query.limit, 1), 1000)]
    found = ((report_id, store.get("report", report_id)) for report_id in wanted)
    return answer_json([_info(doors, report_id, record, call.language) for report_id, record in found if record])


async def report(doors: Doors, call: Call) -> Response:
    """One report."""
    return answer_json(_info(doors, call.path("report_id"), _record(doors, call), call.language))


async def file(doors: Doors, call: Call) -> Response:
    """A file of a report, to be saved."""
    sha256 = call.path("sha256")
    named = [one for one in _record(doors, call)["files"] if one["sha256"] == sha256]
    if not named:
        raise XushiError("server.asset_unknown", sha256=sha256[:64])
    headers = {"Cache-Control": "private, no-cache", "ETag": f'"{sha256}"', "Content-Security-Policy": "sandbox"}
    path = doors.platform.blobs.path(sha256)
    return FileResponse(path, media_type=MEDIA_TYPES[named[0]["format"]], headers=headers, filename=named[0]["name"])


async def seal(doors: Doors, call: Call) -> Response:
    """The seal: hashes of the files, proof of the evidence, signature; `xushi verify FILE` checks it offline."""
    made = await asyncio.to_thread(doors.platform.reports.seal, call.path("report_id"))
    stem = made.files[0].name.split(".")[0] if made.files else "report"
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{stem}.seal.json"'}
    return Response(seal_file(made), headers=headers, media_type="application/json")


async def setup(doors: Doors, call: Call) -> Response:
    """What reports can be made of and when they are made by themselves."""
    platform = doors.platform
    calendar, now_ns = calendar_of(platform.store), platform.clock.now_ns()
    schedules = []
    for schedule_id, record in platform.store.list("report_schedule"):
        next_ns = schedule_of(record).next_ns(calendar, now_ns) if record["enabled"] else None
        schedules.append(
            m.ScheduleInfo(
                schedule_id, record["when"], record["content"], record["enabled"],
                None if next_ns is None else to_ms(next_ns),
            )
        )  # fmt: skip
    if call.query.timeline != "live":
        calendar = calendar_on(platform, platform.branches.get(call.query.timeline))
    shifts = [m.ShiftInfo(one.id, one.name, one.start, one.end) for one in calendar.shifts]
    sections = [m.SectionInfo(maker.id, dict(maker.title)) for maker in section_makers()]
    is_set = bool(platform.store.ids("shift_calendar"))
    return answer_json(m.ReportSetup(calendar.zone, shifts, is_set, schedules, sections, platform.key.fingerprint))


def _record(doors: Doors, call: Call) -> dict[str, Any]:
    report_id = call.path("report_id")
    record = doors.platform.store.get("report", report_id)
    if record is None:
        raise XushiError("runtime.report_unknown", report=report_id[:100])
    return record


_TAGS = ("reports",)
ROUTES = (
    RouteSpec("GET", "/api/reports", "view", reports, "The reports", ListQuery, answer=list[m.ReportInfo], tags=_TAGS),
    RouteSpec("GET", "/api/report-setup", "view", setup, "Shifts, schedules and chapters of reports",
              SetupQuery, answer=m.ReportSetup, tags=_TAGS, refusals=OF_TIMELINE),
    RouteSpec("GET", "/api/reports/{report_id}", "view", report, "One report", answer=m.ReportInfo, tags=_TAGS),
    RouteSpec("GET", "/api/reports/{report_id}/files/{sha256}", "view", file, "A file of a report",
              media_type="application/octet-stream", tags=_TAGS),
    RouteSpec("GET", "/api/reports/{report_id}/seal", "view", seal, "The seal of a report", answer=dict[str, Any],
              tags=_TAGS, refusals=(409, 422)),
)  # fmt: skip
