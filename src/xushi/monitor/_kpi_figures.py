"""Computes the figures of ISO 22400-2 over a span of any timeline, each with the tree of what it is made of."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import msgspec

from xushi.kernel import Text, XushiError
from xushi.monitor._kpi_definitions import Band, FigureKind, KpiDefinition
from xushi.monitor._kpi_inputs import Inputs, Intervals, parts
from xushi.signals import Timeline, unit_display

TITLES: dict[FigureKind, Text] = {
    "oee": {"en": "OEE", "zh-CN": "设备综合效率"},
    "availability": {"en": "Availability", "zh-CN": "可用率"},
    "performance": {"en": "Performance", "zh-CN": "性能率"},
    "quality": {"en": "Quality ratio", "zh-CN": "合格率"},
    "fpy": {"en": "First-pass yield", "zh-CN": "一次合格率"},
    "mtbf": {"en": "Mean time between failures", "zh-CN": "平均故障间隔时间"},
    "mttr": {"en": "Mean time to restoration", "zh-CN": "平均修复时间"},
    "throughput": {"en": "Throughput", "zh-CN": "产出率"},
    "energy_per_piece": {"en": "Energy per piece", "zh-CN": "单件能耗"},
}
_ISO = "ISO 22400-2:2014, KPI"
CLAUSES: dict[FigureKind, str] = {
    "oee": f"{_ISO} “Overall equipment effectiveness index”",
    "availability": f"{_ISO} “Availability”",
    "performance": f"{_ISO} “Effectiveness”",
    "quality": f"{_ISO} “Quality ratio”",
    "fpy": f"{_ISO} “First pass yield”",
    "mtbf": f"{_ISO} “Mean operating time between failures”; IEC 60050-192, 192-05-13",
    "mttr": f"{_ISO} “Mean time to restoration”; IEC 60050-192, 192-07-23",
    "throughput": f"{_ISO} “Throughput rate”",
    "energy_per_piece": f"{_ISO} “Comprehensive energy consumption”",
}
MOST_PARTS = 500


class Why(msgspec.Struct, frozen=True):
    """One step of the reason for a figure; `formula` names its children by their symbols."""

    label: dict[str, str]
    value: float | None
    unit: str
    formula: str = ""
    clause: str = ""
    note: dict[str, str] = {}
    signal: str | None = None
    children: list[Why] = []


class Figure(msgspec.Struct, frozen=True):
    """One figure over one span. `why_not` says why there is no value."""

    id: str
    kind: FigureKind
    definition: KpiDefinition
    value: float | None
    unit: str
    why: Why
    why_not: dict[str, str] | None = None
    trend: list[float | None] = []

    @property
    def band(self) -> Band:
        """What is usual."""
        return self.definition.figures[self.kind]

    @property
    def is_abnormal(self) -> bool:
        """Whether the value lies outside of what is usual."""
        low, high = self.band.low, self.band.high
        return self.value is not None and (
            (low is not None and self.value < low) or (high is not None and self.value > high)
        )


def oee_index(availability: float, effectiveness: float, quality_ratio: float) -> float:
    """OEE index = availability × effectiveness × quality ratio, all 0…1 (ISO 22400-2:2014, 9)."""
    return availability * effectiveness * quality_ratio


def ratio(part: float | None, whole: float | None) -> float | None:
    """part / whole; None where either is unknown or the whole is nothing."""
    if part is None or whole is None or whole <= 0:
        return None
    return part / whole


def figures(
    definitions: list[KpiDefinition], timeline: Timeline, start_ns: int, end_ns: int, trend: int = 0
) -> list[Figure]:
    """Every figure of the definitions over start_ns <= time < end_ns, each with `trend` equal parts of it."""
    inputs = Inputs(timeline, start_ns, end_ns)
    found = []
    for definition in definitions:
        unit = _WorkUnit(definition, inputs)
        for kind in (one for one in TITLES if one in definition.figures):  # records keep no order
            figure = unit.figure(kind, start_ns, end_ns)
            if trend:
                spans = parts(start_ns, end_ns, min(trend, MOST_PARTS))
                figure = msgspec.structs.replace(figure, trend=[unit.figure(kind, *span).value for span in spans])
            found.append(figure)
    return found


def figure_of(
    definitions: dict[str, KpiDefinition],
    figure_id: str,
    timeline: Timeline,
    start_ns: int,
    end_ns: int,
    trend: int = 0,
) -> Figure:
    """One figure by its id, `{definition}.{kind}`.

    Raises:
        XushiError: `monitor.kpi_unknown`.
    """
    name, _, kind = figure_id.rpartition(".")
    definition = definitions.get(name)
    if definition is None or kind not in definition.figures:
        raise XushiError("monitor.kpi_unknown", id=figure_id[:120])
    (chosen,) = (one for one in definition.figures if one == kind)
    alone = msgspec.structs.replace(definition, figures={chosen: definition.figures[chosen]})
    found = figures([alone], timeline, start_ns, end_ns, trend)[0]
    return msgspec.structs.replace(found, definition=definition)


class _WorkUnit:
    """The figures of one definition."""

    def __init__(self, definition: KpiDefinition, inputs: Inputs) -> None:
        self._is = definition
        self._inputs = inputs

    def figure(self, kind: FigureKind, start_ns: int, end_ns: int) -> Figure:
        makers: dict[FigureKind, Callable[[int, int], Why]] = {
            "oee": self._oee, "availability": self._availability, "performance": self._performance,
            "quality": self._quality, "fpy": self._fpy, "mtbf": self._mtbf, "mttr": self._mttr,
            "throughput": self._throughput, "energy_per_piece": self._energy,
        }  # fmt: skip
        why = makers[kind](start_ns, end_ns)
        value = why.value if why.value is not None and math.isfinite(why.value) else None
        return Figure(
            f"{self._is.id}.{kind}", kind, self._is, value, why.unit, why, None if value is not None else _why_not(why)
        )

    # ---- the figures
    def _oee(self, start_ns: int, end_ns: int) -> Why:
        three = [self._availability(start_ns, end_ns), self._performance(start_ns, end_ns)]
        if self._is.reject is not None:
            three.append(self._quality(start_ns, end_ns))
        factors = [one.value for one in three]
        value = None
        if all(factor is not None for factor in factors):
            numbers = [factor for factor in factors if factor is not None]
            value = oee_index(numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else 1.0)
        return self._why("oee", value, "", "OEE = A × E × QR", three)

    def _availability(self, start_ns: int, end_ns: int) -> Why:
        apt, pbt = self._producing(start_ns, end_ns), self._planned(start_ns, end_ns)
        return self._why("availability", ratio(apt.value, pbt.value), "", "A = APT / PBT", [apt, pbt])

    def _performance(self, start_ns: int, end_ns: int) -> Why:
        apt, pq = self._producing(start_ns, end_ns), self._quantity(start_ns, end_ns)
        pri = Why({"en": "Planned run time per item (PRI)", "zh-CN": "计划单件运行时间（PRI）"}, self._is.cycle_s, "s")
        run = None if pq.value is None or self._is.cycle_s is None else self._is.cycle_s * pq.value
        return self._why("performance", ratio(run, apt.value), "", "E = PRI × PQ / APT", [pri, pq, apt])

    def _quality(self, start_ns: int, end_ns: int) -> Why:
        gq, pq = self._good(start_ns, end_ns), self._quantity(start_ns, end_ns)
        return self._why("quality", ratio(gq.value, pq.value), "", "QR = GQ / PQ", [gq, pq])

    def _fpy(self, start_ns: int, end_ns: int) -> Why:
        verdict = self._is.verdict
        assert verdict is not None
        inspected, good = self._inputs.first_results(verdict, self._is.attempt, start_ns, end_ns)
        ip = Why({"en": "Inspected parts, first attempt (IP)", "zh-CN": "首次检验件数（IP）"}, inspected, "",
                 signal=verdict.signal)  # fmt: skip
        gp = Why({"en": "Of them good (GP)", "zh-CN": "其中合格（GP）"}, good, "", signal=verdict.signal)
        return self._why("fpy", ratio(float(good), float(inspected)), "", "FPY = GP / IP", [gp, ip])

    def _mtbf(self, start_ns: int, end_ns: int) -> Why:
        apt, fe = self._producing(start_ns, end_ns), self._failures(start_ns, end_ns)
        note = {
            "en": "Operating time over the failure events (FE) in this span.",
            "zh-CN": "本时段内运行时间除以故障次数（FE）。",
        }
        return self._why("mtbf", ratio(apt.value, fe.value), "s", "MTBF = APT / FE", [apt, fe], note)

    def _mttr(self, start_ns: int, end_ns: int) -> Why:
        failed = self._is.failed
        assert failed is not None
        down = self._inputs.time_in(failed, start_ns, end_ns)
        ttr = self._time({"en": "Time to restoration (TTR)", "zh-CN": "修复时间（TTR）"}, down, failed.signal,
                         start_ns, end_ns)  # fmt: skip
        fe = self._failures(start_ns, end_ns)
        return self._why("mttr", ratio(ttr.value, fe.value), "s", "MTTR = Σ TTR / FE", [ttr, fe])

    def _throughput(self, start_ns: int, end_ns: int) -> Why:
        pq = self._quantity(start_ns, end_ns)
        hours = (end_ns - start_ns) / 3.6e12
        time = Why({"en": "Time span", "zh-CN": "时间跨度"}, hours, "h")
        return self._why("throughput", ratio(pq.value, hours), "1/h", "TR = PQ / t", [pq, time])

    def _energy(self, start_ns: int, end_ns: int) -> Why:
        key = self._is.energy or ""
        used = self._inputs.increase(key, start_ns, end_ns)
        unit = unit_display(self._inputs.unit(key))
        pq = self._quantity(start_ns, end_ns)
        energy = Why({"en": "Energy used (E)", "zh-CN": "能耗（E）"}, used, unit, signal=key)
        return self._why("energy_per_piece", ratio(used, pq.value), unit, "e = E / PQ", [energy, pq])

    # ---- what they are made of
    def _why(
        self, kind: FigureKind, value: float | None, unit: str, formula: str, children: list[Why], note: Any = None
    ) -> Why:
        return Why(dict(TITLES[kind]), value, unit, formula, CLAUSES[kind], note or {}, None, children)

    def _producing(self, start_ns: int, end_ns: int) -> Why:
        test = self._is.producing
        assert test is not None
        when = self._inputs.time_in(test, start_ns, end_ns)
        if self._is.planned is not None:
            when = when & self._inputs.time_in(self._is.planned, start_ns, end_ns)
        label = {"en": "Actual production time (APT)", "zh-CN": "实际生产时间（APT）"}
        return self._time(label, when, test.signal, start_ns, end_ns)

    def _planned(self, start_ns: int, end_ns: int) -> Why:
        label = {"en": "Planned busy time (PBT)", "zh-CN": "计划占用时间（PBT）"}
        if self._is.planned is not None:
            when = self._inputs.time_in(self._is.planned, start_ns, end_ns)
            if self._is.producing is not None:
                when = when & self._inputs.known(self._is.producing.signal, start_ns, end_ns)
            return self._time(label, when, self._is.planned.signal, start_ns, end_ns)
        key = self._is.producing.signal if self._is.producing is not None else ""
        when = self._inputs.known(key, start_ns, end_ns)
        unknown_s = (end_ns - start_ns) / 1e9 - when.seconds()
        note = {}
        if unknown_s > 0.001:
            note = {
                "en": f"{unknown_s:.1f} s are left out: the state was not known.",
                "zh-CN": f"有 {unknown_s:.1f} 秒状态未知，未计入。",
            }
        return Why(label, when.seconds() or None, "s", note=note, signal=key)

    def _time(self, label: dict[str, str], when: Intervals, key: str, start_ns: int, end_ns: int) -> Why:
        """A time in states, with the durations of every state of the signal below it."""
        states = [
            Why({"en": self._inputs.label(key, state), "zh-CN": self._inputs.label(key, state)}, seconds, "s",
                signal=key)
            for state, seconds in self._inputs.durations(key, start_ns, end_ns)
        ]  # fmt: skip
        return Why(label, when.seconds() if states else None, "s", signal=key, children=states)

    def _failures(self, start_ns: int, end_ns: int) -> Why:
        failed = self._is.failed
        assert failed is not None
        count = self._inputs.entries_into(failed, start_ns, end_ns)
        return Why({"en": "Failure events (FE)", "zh-CN": "故障次数（FE）"}, count, "", signal=failed.signal)

    def _good(self, start_ns: int, end_ns: int) -> Why:
        return self._count({"en": "Good quantity (GQ)", "zh-CN": "合格数量（GQ）"}, self._is.good, start_ns, end_ns)

    def _quantity(self, start_ns: int, end_ns: int) -> Why:
        label = {"en": "Produced quantity (PQ)", "zh-CN": "生产数量（PQ）"}
        good = self._good(start_ns, end_ns)
        if self._is.reject is None:
            return msgspec.structs.replace(good, label=label)
        reject = self._count({"en": "Rejected quantity", "zh-CN": "不合格数量"}, self._is.reject, start_ns, end_ns)
        known = [one.value for one in (good, reject) if one.value is not None]
        return Why(label, sum(known) if known else None, "", "PQ = GQ + RQ", children=[good, reject])

    def _count(self, label: dict[str, str], key: str | None, start_ns: int, end_ns: int) -> Why:
        return Why(label, self._inputs.increase(key or "", start_ns, end_ns), "", signal=key)


def _why_not(why: Why) -> dict[str, str]:
    """Why a figure has no value: the first part that is missing or nothing."""
    for child in why.children:
        if child.value is None:
            return {
                "en": f"Nothing is known of: {child.label['en']}.",
                "zh-CN": f"没有数据：{child.label['zh-CN']}。",
            }
    last = next((child for child in reversed(why.children) if not child.value), None)
    if last is None:
        return {"en": "There is no data in this span.", "zh-CN": "该时段没有数据。"}
    return {"en": f"{last.label['en']} is zero in this span.", "zh-CN": f"该时段内{last.label['zh-CN']}为零。"}
