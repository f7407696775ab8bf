"""The routes of alarms, rules and KPIs."""

from __future__ import annotations

import asyncio
from typing import Literal

import msgspec
from starlette.responses import Response

from xushi.kernel import XushiError
from xushi.monitor import check_rule, figure_of, figures, parts, try_rule, write_rule_file
from xushi.server import _monitor_messages as m
from xushi.server._doors import Doors, edge_ns, instant_ns, to_ms
from xushi.server._monitor_words import alarm_info, flood_info, journal_entry, kpi_info, kpi_why
from xushi.server._routes import OF_TIMELINE, Call, RouteSpec, answer_json
from xushi.signals import Timeline

_MOST_ALARMS = 5_000
_MOST_ENTRIES = 5_000
_MOST_PARTS = 500
_NS_PER_DAY = 86_400_000_000_000


class AlarmQuery(msgspec.Struct, frozen=True):
    """Which timeline, and which instant of it (ms since 1970); now when left out."""

    timeline: str = "live"
    at_ms: float | None = None


class JournalQuery(msgspec.Struct, frozen=True):
    """A stretch of time (ms since 1970; the last day when left out), one alarm or all, and how many entries."""

    start_ms: float | None = None
    end_ms: float | None = None
    timeline: str = "live"
    alarm: str | None = None
    limit: int = 500


class SpanQuery(msgspec.Struct, frozen=True):
    """A stretch of a timeline in ms since 1970; ``trend``: in how many equal parts as well."""

    start_ms: float
    end_ms: float
    timeline: str = "live"
    trend: int = 0


class TrendQuery(msgspec.Struct, frozen=True):
    """A stretch of a timeline in ms since 1970, cut into ``count`` equal parts."""

    start_ms: float
    end_ms: float
    timeline: str = "live"
    count: int = 24


class FileQuery(msgspec.Struct, frozen=True):
    """The form of the file."""

    format: Literal["yaml", "json"] = "yaml"


def span_ns(start_ms: float, end_ms: float) -> tuple[int, int]:
    """A span that is not empty, in ns. Raises ``server.time_invalid``."""
    if not start_ms < end_ms:
        raise XushiError("server.time_invalid", value=end_ms)
    return edge_ns(start_ms), edge_ns(end_ms)


def _timeline(doors: Doors, name: str) -> tuple[Timeline, int, int]:
    shelf = doors.platform.timelines
    timeline = shelf.get(name)
    _, first_ns, last_ns = shelf.span(name)
    return timeline, first_ns, last_ns + 1


async def alarms(doors: Doors, call: Call) -> Response:
    """The alarms that are not normal: now, or at an instant of any timeline."""
    query: AlarmQuery = call.query
    monitor, registry = doors.platform.monitor, doors.platform.registry
    timeline, first_ns, end_ns = _timeline(doors, query.timeline)
    if query.at_ms is None and timeline.kind == "live":
        views, flood = monitor.alarms(), monitor.flood()
    else:
        at_ns = end_ns if query.at_ms is None else instant_ns(query.at_ms)
        views, flood = await asyncio.to_thread(monitor.alarms_at, timeline, at_ns, first_ns, end_ns), None
    shown = [alarm_info(view, registry) for view in views[:_MOST_ALARMS]]
    return answer_json(m.AlarmList(shown, flood_info(flood), len(views) > _MOST_ALARMS))


async def journal(doors: Doors, call: Call) -> Response:
    """What happened to alarms, the newest first."""
    query: JournalQuery = call.query
    timeline, first_ns, end_ns = _timeline(doors, query.timeline)
    last_ms = to_ms(max(end_ns, doors.platform.clock.now_ns()) + 1_000_000) if query.end_ms is None else query.end_ms
    start_ms = last_ms - to_ms(_NS_PER_DAY) if query.start_ms is None else query.start_ms
    span = span_ns(start_ms, last_ms)
    limit = min(max(query.limit, 1), _MOST_ENTRIES)
    found = await asyncio.to_thread(
        doors.platform.monitor.entries, timeline, span, (first_ns, end_ns), query.alarm, limit
    )
    return answer_json([journal_entry(entry, doors.platform.monitor.rules.get(entry.alarm)) for entry in found])


async def rules(doors: Doors, call: Call) -> Response:
    """Every alarm rule and KPI definition."""
    monitor = doors.platform.monitor
    return answer_json(m.RulesAnswer(list(monitor.rules.values()), list(monitor.kpis.values())))


async def test_rule(doors: Doors, call: Call) -> Response:
    """What a rule would have done in the recorded past; nothing is changed."""
    trial: m.RuleTrial = call.body
    check_rule(trial.rule, doors.platform.registry)
    timeline, _, until_ns = _timeline(doors, trial.timeline)
    start_ns, end_ns = span_ns(trial.start_ms, trial.end_ms)
    end_ns = max(min(end_ns, until_ns), start_ns + 1)  # nothing is stale in the future yet
    found = await asyncio.to_thread(try_rule, trial.rule, timeline, start_ns, end_ns)
    episodes = [
        m.RuleEpisode(to_ms(one.start_ns), None if one.end_ns is None else to_ms(one.end_ns), one.peak)
        for one in found.episodes
    ]
    return answer_json(m.RuleTrialAnswer(found.raised, episodes, found.sampled))


async def rule_file(doors: Doors, call: Call) -> Response:
    """All rules and KPI definitions as one file, to be kept and imported again."""
    monitor, form = doors.platform.monitor, call.query.format
    text = await asyncio.to_thread(write_rule_file, list(monitor.rules.values()), list(monitor.kpis.values()), form)
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="xushi-rules.{form}"'}
    return Response(text, media_type=f"application/{form}", headers=headers)


async def kpis(doors: Doors, call: Call) -> Response:
    """Every figure over a stretch of time, with its trend where it is asked for."""
    query: SpanQuery = call.query
    timeline, _, until_ns = _timeline(doors, query.timeline)
    span = span_ns(query.start_ms, query.end_ms)
    trend = min(max(query.trend, 0), _MOST_PARTS)
    definitions = list(doors.platform.monitor.kpis.values())
    found = await asyncio.to_thread(figures, definitions, timeline, span, until_ns, trend)
    return answer_json(m.KpiList([kpi_info(figure) for figure in found], query.start_ms, query.end_ms))


async def kpi_trend(doors: Doors, call: Call) -> Response:
    """One figure in equal parts of a stretch of time."""
    query: TrendQuery = call.query
    timeline, _, until_ns = _timeline(doors, query.timeline)
    span = span_ns(query.start_ms, query.end_ms)
    count = min(max(query.count, 1), _MOST_PARTS)
    found = await asyncio.to_thread(
        figure_of, doors.platform.monitor.kpis, call.path("figure"), timeline, span, until_ns, count
    )
    starts = [to_ms(start_ns) for start_ns, _ in parts(*span, count)]
    return answer_json(m.KpiTrend(starts, found.trend, found.unit))


async def kpi_reason(doors: Doors, call: Call) -> Response:
    """Why a figure is what it is: formula, inputs, durations of states, counts, clause."""
    query: SpanQuery = call.query
    timeline, _, until_ns = _timeline(doors, query.timeline)
    span = span_ns(query.start_ms, query.end_ms)
    found = await asyncio.to_thread(
        figure_of, doors.platform.monitor.kpis, call.path("figure"), timeline, span, until_ns
    )
    return answer_json(kpi_why(found.why, query.start_ms, query.end_ms))


ROUTES = (
    RouteSpec("GET", "/api/alarms", "view", alarms, "Alarms that are not normal", AlarmQuery, answer=m.AlarmList,
              tags=("monitor",), refusals=OF_TIMELINE),
    RouteSpec("GET", "/api/alarms/journal", "view", journal, "What happened to alarms", JournalQuery,
              answer=list[m.JournalEntry], tags=("monitor",), refusals=OF_TIMELINE),
    RouteSpec("GET", "/api/rules", "view", rules, "Alarm rules and KPI definitions", answer=m.RulesAnswer,
              tags=("monitor",)),
    RouteSpec("GET", "/api/rules/file", "view", rule_file, "All rules and KPI definitions as a file", FileQuery,
              media_type="application/yaml, application/json", tags=("monitor",)),
    RouteSpec("POST", "/api/rules/test", "view", test_rule, "Try a rule on the past", body=m.RuleTrial,
              answer=m.RuleTrialAnswer, tags=("monitor",), refusals=OF_TIMELINE),
    RouteSpec("GET", "/api/kpis", "view", kpis, "Every figure over a stretch of time", SpanQuery, answer=m.KpiList,
              tags=("monitor",), refusals=OF_TIMELINE),
    RouteSpec("GET", "/api/kpis/{figure}/trend", "view", kpi_trend, "A figure over time", TrendQuery,
              answer=m.KpiTrend, tags=("monitor",), refusals=OF_TIMELINE),
    RouteSpec("GET", "/api/kpis/{figure}/why", "view", kpi_reason, "Why a figure is what it is", SpanQuery,
              answer=m.KpiWhy, tags=("monitor",), refusals=OF_TIMELINE),
)  # fmt: skip
