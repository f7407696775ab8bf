"""The commands of reports: order one, keep its result, remove it, set shifts, make and end schedules."""

from __future__ import annotations

import base64
import binascii
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from xushi.kernel import OWN_RIGHT, Change, Command, CommandContext, Diff, Record, XushiError, diff_key, new_id
from xushi.reports import Schedule, SealedFile, Shift, ShiftCalendar, ShiftSpan, local_time, zone_of
from xushi.runtime._report_sections import section_makers
from xushi.runtime._system_zone import system_zone

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

ORDER, SCHEDULE, CALENDAR = "report", "report_schedule", "shift_calendar"
CALENDAR_ID = "plant"
_LONGEST_NS = 35 * 86_400 * 1_000_000_000
_LARGEST_PICTURE = 700_000
_Id = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{0,60}$")]
_Text = Annotated[str, msgspec.Meta(max_length=2_048)]
_Title = dict[str, Annotated[str, msgspec.Meta(max_length=120)]]
Language = Literal["en", "zh-CN"]
Format = Literal["pdf", "xlsx"]


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a report is about and in which form; the same for one report and for a schedule.

    Attributes:
        line: id of the place whose machines it covers; all of them when empty.
        signals: keys of the signals whose trends it shows.
        sections: ids of the chapters; all that are installed when empty.
    """

    line: _Text = ""
    languages: Annotated[tuple[Language, ...], msgspec.Meta(min_length=1, max_length=2)] = ("en", "zh-CN")
    formats: Annotated[tuple[Format, ...], msgspec.Meta(min_length=1, max_length=2)] = ("pdf", "xlsx")
    signals: Annotated[tuple[_Text, ...], msgspec.Meta(max_length=24)] = ()
    sections: Annotated[tuple[_Text, ...], msgspec.Meta(max_length=40)] = ()


class MakeParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One report to make. Its span is given by a shift, or by times in ms since 1970.

    Attributes:
        shift: id of a shift of the calendar, or `current` or `last`; `day` is the
            local date of its begin, the last one when empty.
        picture: a PNG or JPEG of the plant for the first page, base64.
        schedule: id of the schedule that it is made for; its span is then the one that is due.
    """

    content: Content = Content()
    timeline: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] = "live"
    shift: Annotated[str, msgspec.Meta(max_length=31)] = ""
    day: Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = ""
    start_ms: float | None = None
    end_ms: float | None = None
    title: _Title = {}
    picture: Annotated[str, msgspec.Meta(max_length=4 * _LARGEST_PICTURE // 3 + 4)] = ""
    schedule: Annotated[str, msgspec.Meta(max_length=61)] = ""


class FinishParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a report ended: the platform's own note, which is the evidence of its files."""

    id: _Text
    state: Literal["made", "failed", "cancelled"]
    ordered_by: _Text = ""
    start_ns: int = 0
    end_ns: int = 0
    files: tuple[SealedFile, ...] = ()
    about: tuple[dict[str, str], ...] = ()
    error: dict[str, Any] | None = None


class RemoveParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The report to take off the list; its evidence stays."""

    id: _Text


class ShiftsParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shifts of a day, and the IANA time zone they are meant in."""

    zone: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    shifts: Annotated[tuple[Shift, ...], msgspec.Meta(min_length=1, max_length=12)]


class ScheduleParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A schedule, made or replaced: when, and what."""

    id: _Id
    when: Schedule
    content: Content = Content()
    enabled: bool = True


class UnscheduleParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The schedule to end."""

    id: _Id


def calendar_of(store: Any) -> ShiftCalendar:
    """The shift calendar in force: the one that was set, else early, late and night in the system's time zone."""
    record = store.get(CALENDAR, CALENDAR_ID)
    return ShiftCalendar(zone=system_zone()) if record is None else msgspec.convert(record, ShiftCalendar)


def report_commands() -> list[Command]:
    """The commands of this room."""
    return [
        Command(
            "report.make", MakeParams, "twin:write",
            {"en": "Make a report", "zh-CN": "生成报告"},
            {"en": "Orders a shift report as PDF and XLSX; it is made in the background.",
             "zh-CN": "生成班次报告（PDF 和 XLSX），在后台完成。"},
            _prepare_make, is_undoable=False,
        ),
        Command(
            "report.finish", FinishParams, OWN_RIGHT,
            {"en": "Keep a finished report", "zh-CN": "保存完成的报告"},
            {"en": "The platform's own note of a finished report and its files.",
             "zh-CN": "平台对完成的报告及其文件所作的记录。"},
            _prepare_finish, is_undoable=False,
        ),
        Command(
            "report.remove", RemoveParams, "twin:write",
            {"en": "Remove a report", "zh-CN": "移除报告"},
            {"en": "Takes a report off the list; its evidence stays.", "zh-CN": "将报告移出列表，其证据保留。"},
            _prepare_remove,
        ),
        Command(
            "report.set_shifts", ShiftsParams, "twin:write",
            {"en": "Set the shifts", "zh-CN": "设置班次"},
            {"en": "Sets when the shifts of a day begin and end, and their time zone.",
             "zh-CN": "设置每天各班次的起止时间和时区。"},
            _prepare_shifts,
        ),
        Command(
            "report.schedule", ScheduleParams, "twin:write",
            {"en": "Schedule a report", "zh-CN": "安排定期报告"},
            {"en": "Makes a report by itself at each shift's end, daily or weekly.",
             "zh-CN": "在每班结束时、每天或每周自动生成报告。"},
            _prepare_schedule,
        ),
        Command(
            "report.unschedule", UnscheduleParams, "twin:write",
            {"en": "End a schedule", "zh-CN": "取消定期报告"},
            {"en": "Makes no more reports by this schedule; those made stay.",
             "zh-CN": "不再按此计划生成报告，已生成的保留。"},
            _prepare_unschedule,
        ),
    ]  # fmt: skip


def _prepare_make(context: CommandContext, params: MakeParams) -> Change:
    platform: Platform = context.services["platform"]
    platform.timelines.get(params.timeline)
    updated: dict[str, tuple[Record, Record]] = {}
    content = params.content
    calendar = calendar_of(context.store)
    now_ns = context.clock.now_ns()
    report_id = new_id(now_ns)
    if params.schedule:
        record = context.store.get(SCHEDULE, params.schedule)
        due = [] if record is None else schedule_of(record).due(calendar, record["done_until_ns"], now_ns)
        if record is None or not due:
            raise XushiError("runtime.report_not_due", schedule=params.schedule)
        content = msgspec.convert(record["content"], Content)
        title, start_ns, end_ns = due[0].title, due[0].start_ns, due[0].end_ns
        updated[diff_key(SCHEDULE, params.schedule)] = (record, {**record, "done_until_ns": end_ns})
    else:
        title, start_ns, end_ns = _span(params, calendar, now_ns)
    _check(context, content, start_ns, end_ns)
    order = {
        "title": params.title or title, "timeline": params.timeline, "start_ns": start_ns, "end_ns": end_ns,
        "zone": calendar.zone, "content": msgspec.to_builtins(content), "state": "ordered", "ordered_ns": now_ns,
        "ordered_by": context.actor.name, "schedule": params.schedule, "files": [], "made_ns": None, "error": None,
        "picture": _kept_picture(context, params.picture),
    }  # fmt: skip
    summary = {"report": report_id, "start_ns": start_ns, "end_ns": end_ns}
    return Change(
        diff=Diff(added={diff_key(ORDER, report_id): order}, updated=updated), result={"report": report_id},
        summary=summary,
    )  # fmt: skip


def _span(params: MakeParams, calendar: ShiftCalendar, now_ns: int) -> tuple[dict[str, str], int, int]:
    if params.shift in ("current", "last"):
        return _shift_by_now(params.shift, calendar, now_ns)
    if params.shift:
        day_ns = 86_400 * 1_000_000_000
        until_ns = now_ns
        if params.day:
            until_ns = _noon_ns(params.day, calendar.zone) + 2 * day_ns
        spans = [one for one in calendar.spans(until_ns - 5 * day_ns, until_ns) if one.shift.id == params.shift]
        wanted = [one for one in spans if not params.day or one.day == params.day]
        if not wanted:
            raise XushiError("runtime.shift_unknown", shift=params.shift, day=params.day or "–")
        span = wanted[-1]
        return _of_shift(span, now_ns)
    if params.start_ms is None or params.end_ms is None:
        raise XushiError("runtime.report_span_missing")
    if not 0 <= params.start_ms < params.end_ms < 1e14:
        raise XushiError("runtime.report_span_wrong")
    start_ns, end_ns = int(params.start_ms * 1e6), int(params.end_ms * 1e6)
    day = local_time(start_ns, zone_of(calendar.zone)).date().isoformat()
    return {"en": f"Production report {day}", "zh-CN": f"生产报告 {day}"}, start_ns, end_ns


def _shift_by_now(which: str, calendar: ShiftCalendar, now_ns: int) -> tuple[dict[str, str], int, int]:
    spans = calendar.spans(now_ns - 8 * 86_400 * 1_000_000_000, now_ns)
    ended = [one for one in spans if one.end_ns <= now_ns]
    wanted = ended[-1] if which == "last" else spans[-1]
    return _of_shift(wanted, now_ns)


def _of_shift(span: ShiftSpan, now_ns: int) -> tuple[dict[str, str], int, int]:
    title = {language: f"{text} {span.day}" for language, text in span.shift.name.items()} or {"en": span.day}
    return title, span.start_ns, min(span.end_ns, max(now_ns, span.start_ns + 1))


def _noon_ns(day: str, zone: str) -> int:
    from datetime import datetime, time

    try:
        return int(datetime.combine(date.fromisoformat(day), time(12), zone_of(zone)).timestamp()) * 1_000_000_000
    except ValueError as error:
        raise XushiError("runtime.shift_unknown", shift="", day=day) from error


def _check(context: CommandContext, content: Content, start_ns: int, end_ns: int) -> None:
    if end_ns - start_ns > _LONGEST_NS:
        raise XushiError("runtime.report_too_long", days=round(timedelta(microseconds=(end_ns - start_ns) / 1e3).days))
    if content.line and context.store.get("place", content.line) is None:
        raise XushiError("runtime.report_line_unknown", line=content.line[:100])
    registry = context.services["registry"]
    for key in content.signals:
        registry.handle(key)
    known = {maker.id for maker in section_makers()}
    for section in content.sections:
        if section not in known:
            raise XushiError("runtime.report_section_unknown", section=section[:60], known=", ".join(sorted(known)))


def _kept_picture(context: CommandContext, picture: str) -> str:
    if not picture:
        return ""
    try:
        content = base64.b64decode(picture, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        raise XushiError("runtime.report_picture_wrong")
    return context.blobs.put(content)


def _prepare_finish(context: CommandContext, params: FinishParams) -> Change:
    key = diff_key(ORDER, params.id)
    before = _required(context, ORDER, params.id, "runtime.report_unknown", "report")
    if before["state"] != "ordered":
        raise XushiError("runtime.report_ended", report=params.id, state=before["state"])
    files = [{**msgspec.to_builtins(file), **about} for file, about in zip(params.files, params.about, strict=True)]
    after = {
        **before, "state": params.state, "files": files, "error": params.error, "made_ns": context.clock.now_ns(),
    }  # fmt: skip
    return Change(diff=Diff(updated={key: (before, after)}), summary={"report": params.id, "state": params.state})


def _prepare_remove(context: CommandContext, params: RemoveParams) -> Change:
    before = _required(context, ORDER, params.id, "runtime.report_unknown", "report")
    if before["state"] == "ordered":
        raise XushiError("runtime.report_not_ended", report=params.id)
    return Change(diff=Diff(removed={diff_key(ORDER, params.id): before}), summary={"report": params.id})


def _prepare_shifts(context: CommandContext, params: ShiftsParams) -> Change:
    calendar = ShiftCalendar(params.zone, params.shifts)
    calendar.check()
    after = msgspec.to_builtins(calendar)
    return Change(diff=_put(context, CALENDAR, CALENDAR_ID, after), summary={"zone": params.zone})


def _prepare_schedule(context: CommandContext, params: ScheduleParams) -> Change:
    now_ns = context.clock.now_ns()
    _check(context, params.content, now_ns, now_ns)
    before = context.store.get(SCHEDULE, params.id)
    is_same = before is not None and before["when"] == msgspec.to_builtins(params.when) and before["enabled"]
    after = {
        "when": msgspec.to_builtins(params.when), "content": msgspec.to_builtins(params.content),
        "enabled": params.enabled,
        # What ended before a schedule was made, or changed in its times, is not due by it.
        "done_until_ns": before["done_until_ns"] if before is not None and is_same else now_ns,
    }  # fmt: skip
    diff = _put(context, SCHEDULE, params.id, after)
    next_ns = params.when.next_ns(calendar_of(context.store), now_ns)
    return Change(diff=diff, result={"next_ns": next_ns}, summary={"schedule": params.id})


def _prepare_unschedule(context: CommandContext, params: UnscheduleParams) -> Change:
    before = _required(context, SCHEDULE, params.id, "runtime.schedule_unknown", "schedule")
    return Change(diff=Diff(removed={diff_key(SCHEDULE, params.id): before}), summary={"schedule": params.id})


def schedule_of(record: Record) -> Schedule:
    """The times of a schedule's record."""
    return msgspec.convert(record["when"], Schedule)


def _put(context: CommandContext, kind: str, record_id: str, after: Record) -> Diff:
    before = context.store.get(kind, record_id)
    after = msgspec.json.decode(msgspec.json.encode(after))
    key = diff_key(kind, record_id)
    if before == after:
        return Diff()
    return Diff(added={key: after}) if before is None else Diff(updated={key: (before, after)})


def _required(context: CommandContext, kind: str, record_id: str, code: str, name: str) -> Record:
    record = context.store.get(kind, record_id)
    if record is None:
        raise XushiError(code, **{name: record_id[:100]})
    return record
