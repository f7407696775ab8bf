"""The routes of statistical process control: control charts, gauge studies, sampling plans."""

from __future__ import annotations

import asyncio
import math
from typing import Literal

import msgspec
import numpy as np
from starlette.responses import Response

from xushi.kernel import XushiError
from xushi.monitor import ChartOfSignal, GaugeResult, Panel, accepted_share, chart_of_signal, gauge_rr
from xushi.server import _monitor_messages as m
from xushi.server._doors import Doors, edge_ns
from xushi.server._monitor import span_ns
from xushi.server._routes import OF_TIMELINE, Call, RouteSpec, answer_json
from xushi.signals import SignalDef, unit_display

_PLAN_POINTS = 101
_TOO_FEW = {
    "en": "There are too few values in this span: at least two points are needed.",
    "zh-CN": "该时段内的值太少：至少需要两个点。",
}


class SpcQuery(msgspec.Struct, frozen=True):
    """A stretch of time in ms since 1970, the chart, the values to a point, and the specification limits.

    Limits left out are those of the signal. ``good``: the value of a piece that conforms, for p and np.
    """

    start_ms: float
    end_ms: float
    chart: Literal["individuals", "xbar_r", "xbar_s", "p", "np", "c", "u"] = "individuals"
    subgroup: int = 5
    good: float = 1.0
    lsl: float | None = None
    usl: float | None = None
    baseline_start_ms: float | None = None
    baseline_end_ms: float | None = None


class PlanQuery(msgspec.Struct, frozen=True):
    """A single sampling plan: sample size and acceptance number, and the largest share nonconforming to show."""

    n: int
    ac: int
    until: float = 0.1


async def spc(doors: Doors, call: Call) -> Response:
    """Control charts of one signal with Nelson's rules, and its capability."""
    query: SpcQuery = call.query
    timeline = doors.platform.timelines.get(call.path("timeline"))
    text = call.path("handle")
    if not text.isdigit() or int(text) >= len(doors.platform.registry):
        raise XushiError("server.signal_unknown", handle=text[:40])
    signal = doors.platform.registry.get(int(text))
    baseline = None
    if query.baseline_start_ms is not None and query.baseline_end_ms is not None:
        baseline = (edge_ns(query.baseline_start_ms), edge_ns(query.baseline_end_ms))
    found = await asyncio.to_thread(
        chart_of_signal, timeline, int(text), span_ns(query.start_ms, query.end_ms), query.chart, query.subgroup,
        good=query.good, lsl=signal.low if query.lsl is None else query.lsl,
        usl=signal.high if query.usl is None else query.usl, baseline=baseline,
    )  # fmt: skip
    return answer_json(_answer(query, signal, found))


def _answer(query: SpcQuery, signal: SignalDef, found: ChartOfSignal) -> m.SpcAnswer:
    able = None
    if found.capability is not None:
        of = found.capability
        able = m.SpcCapability(
            of.cp, of.cpk, of.pp, of.ppk, of.mean, of.sigma, of.sigma_total,
            signal.low if query.lsl is None else query.lsl, signal.high if query.usl is None else query.usl, of.n,
        )  # fmt: skip
    chart = found.chart
    return m.SpcAnswer(
        chart=query.chart,
        subgroup=chart.subgroup if chart is not None else query.subgroup,
        unit=unit_display(signal.unit) if query.chart not in ("p", "np", "c", "u") else "",
        used=len(found.times_ns),
        panels=[_panel(panel, found.times_ns) for panel in chart.panels] if chart is not None else [],
        capability=able,
        why_not=None if chart is not None else _TOO_FEW,
        truncated=found.is_truncated,
    )


def _panel(panel: Panel, times_ns: np.ndarray) -> m.SpcPanel:
    broken = np.array(panel.broken)
    violations = [
        m.SpcViolation(index, (np.flatnonzero(broken[:, index]) + 1).tolist())
        for index in np.flatnonzero(broken.any(axis=0)).tolist()
    ]
    centre, lower, upper = (_nullable(column) for column in (panel.centre, panel.lower, panel.upper))
    times_ms = (times_ns[panel.last] / 1e6).tolist()
    return m.SpcPanel(panel.name, centre, lower, upper, times_ms, _nullable(panel.values), violations)


def _nullable(column: np.ndarray) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in column.tolist()]


async def gauge(doors: Doors, call: Call) -> Response:
    """Gauge repeatability and reproducibility of a study."""
    study: m.GaugeStudy = call.body
    return answer_json(gauge_rr(study.values))


async def plan(doors: Doors, call: Call) -> Response:
    """How often a sampling plan accepts a lot, by the share that does not conform."""
    query: PlanQuery = call.query
    if not 0 < query.until <= 1:
        raise XushiError("monitor.plan_invalid")
    shares = np.linspace(0.0, query.until, _PLAN_POINTS).tolist()
    accepted = [accepted_share(query.n, query.ac, share) for share in shares]
    return answer_json(m.PlanAnswer(query.n, query.ac, shares, accepted))


ROUTES = (
    RouteSpec("GET", "/api/timelines/{timeline}/signals/{handle}/spc", "view", spc, "Control charts of one signal",
              SpcQuery, answer=m.SpcAnswer, tags=("monitor",), refusals=OF_TIMELINE),
    RouteSpec("POST", "/api/spc/gauge", "view", gauge, "Gauge repeatability and reproducibility", body=m.GaugeStudy,
              answer=GaugeResult, tags=("monitor",), refusals=(422,)),
    RouteSpec("GET", "/api/spc/plan", "view", plan, "Operating characteristic of a sampling plan", PlanQuery,
              answer=m.PlanAnswer, tags=("monitor",), refusals=(422,)),
)  # fmt: skip
