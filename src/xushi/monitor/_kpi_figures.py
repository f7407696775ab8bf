"""Computes the figures of ISO 22400-2 over a span of any timeline, each with the tree of what it is made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from xushi.kernel import Text, XushiError
from xushi.monitor._kpi_cycles import Cycles, find_cycles
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
    """One step of the reason for a figure; `formula` names its children by their symbols.

    `unit` is UCUM's "1" for a share, 0…1, and empty for a count.
    """

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
    definitions: list[KpiDefinition], timeline: Timeline, span: tuple[int, int], until_ns: int, trend: int = 0
) -> list[Figure]:
    """Every figure of the definitions over a span of a timeline that ends (or is now) at `until_ns`.

    Args:
        span: start_ns <= time < end_ns.
        trend: in how many equal parts of the span each figure is given as well.
    """
    start_ns, end_ns = span
    inputs = Inputs(timeline, start_ns, end_ns, until_ns)
    found = []
    for definition in definitions:
        unit = _WorkUnit(definition, inputs)
        for kind in (one for one in TITLES if one in definition.figures):  # records keep no order
            figure = unit.figure(kind, start_ns, end_ns)
            if trend:
                spans = parts(start_ns, end_ns, min(trend, MOST_PARTS))
                figure = msgspec.structs.replace(figure, trend=[unit.figure(kind, *part).value for part in spans])
            found.append(figure)
    return found


def pieces(
    definition: KpiDefinition, timeline: Timeline, spans: Sequence[tuple[int, int]], until_ns: int
) -> list[tuple[float | None, float | None]]:
    """(good, rejected) pieces that the counters of a work unit were seen to count in each span.

    Args:
        spans: start_ns <= time < end_ns each.

    Returns:
        None for a counter that is not named, or of which nothing is known in the span.
    """
    inputs = Inputs(timeline, min(start for start, _ in spans), max(end for _, end in spans), until_ns)

    def counted(key: str | None, start_ns: int, end_ns: int) -> float | None:
        return inputs.increase(key, inputs.known([key], start_ns, end_ns), start_ns, end_ns) if key else None

    return [(counted(definition.good, *span), counted(definition.reject, *span)) for span in spans]


def figure_of(
    definitions: dict[str, KpiDefinition],
    figure_id: str,
    timeline: Timeline,
    span: tuple[int, int],
    until_ns: int,
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
    found = figures([alone], timeline, span, until_ns, trend)[0]
    return msgspec.structs.replace(found, definition=definition)


@dataclass(frozen=True)
class _Part:
    """A part of the span, and the time in it in which all that a figure is made of is known.

    Times and counts of one figure cover the same time; what is not known of one of them counts for none.
    """

    start_ns: int
    end_ns: int
    base: Intervals
    signals: tuple[str, ...]


class _WorkUnit:
    """The figures of one definition."""

    def __init__(self, definition: KpiDefinition, inputs: Inputs) -> None:
        self._is = definition
        self._inputs = inputs
        self._cycles: dict[tuple[str, ...], Cycles] = {}

    def figure(self, kind: FigureKind, start_ns: int, end_ns: int) -> Figure:
        makers: dict[FigureKind, Callable[[_Part], Why]] = {
            "oee": self._oee, "availability": self._availability, "performance": self._performance,
            "quality": self._quality, "fpy": self._fpy, "mtbf": self._mtbf, "mttr": self._mttr,
            "throughput": self._throughput, "energy_per_piece": self._energy,
        }  # fmt: skip
        signals = tuple(dict.fromkeys(self._signals(kind)))
        part = _Part(start_ns, end_ns, self._inputs.known(signals, start_ns, end_ns), signals)
        why = makers[kind](part)
        if signals and (left_out := self._left_out(part)):
            note = {
                language: " ".join(filter(None, (why.note.get(language), left_out[language]))) for language in left_out
            }
            why = msgspec.structs.replace(why, note=note)
        if why.value is not None and why.value > 1 and kind in ("oee", "performance"):
            note = {
                "en": "More was made than planned in this time: the planned run time per item is too long, or finished "
                "pieces came out of buffers.",
                "zh-CN": "该时段产量超过计划：计划单件运行时间偏长，或有缓存中的工件流出。",
            }
            why = msgspec.structs.replace(
                why, note={key: f"{why.note.get(key, '')} {note[key]}".strip() for key in note}
            )
        value = why.value if why.value is not None and math.isfinite(why.value) else None
        return Figure(
            f"{self._is.id}.{kind}", kind, self._is, value, why.unit, why, None if value is not None else _why_not(why)
        )

    def _signals(self, kind: FigureKind) -> list[str]:
        """The signals that must be known for a figure."""
        states = [test.signal for test in (self._is.producing, self._is.planned) if test is not None]
        counters = self._counters()
        failed = [] if self._is.failed is None else [self._is.failed.signal]
        return {
            "oee": states + counters, "availability": states, "performance": states + counters, "quality": counters,
            "fpy": [], "mtbf": states + failed, "mttr": failed, "throughput": counters,
            "energy_per_piece": [*counters, self._is.energy or ""],
        }[kind]  # fmt: skip

    def _counters(self) -> list[str]:
        return [key for key in (self._is.good, self._is.reject) if key is not None]

    def _left_out(self, part: _Part) -> dict[str, str] | None:
        """The words for the time that is not known."""
        end_ns = max(part.start_ns, min(part.end_ns, self._inputs.span[1]))
        seconds = (end_ns - part.start_ns) / 1e9 - part.base.seconds()
        if seconds < 0.5:
            return None
        minutes, rest = divmod(round(seconds), 60)
        english = " ".join([f"{minutes} min"] * (minutes > 0) + [f"{rest} s"] * (rest > 0 or not minutes))
        return {
            "en": f"No data for {english} of this span; that time and what was made in it are left out.",
            "zh-CN": f"本时段有 {english.replace('min', '分').replace('s', '秒')}没有数据，其间的时间和产量均未计入。",
        }

    # ---- the figures
    def _oee(self, part: _Part) -> Why:
        three = [self._availability(part), self._performance(part)]
        if self._is.reject is not None:
            three.append(self._quality(part))
        factors = [one.value for one in three]
        value = None
        if all(factor is not None for factor in factors):
            numbers = [factor for factor in factors if factor is not None]
            value = oee_index(numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else 1.0)
        return self._why("oee", value, "1", "OEE = A × E × QR", three)

    def _availability(self, part: _Part) -> Why:
        apt, pbt = self._producing(part), self._planned(part)
        return self._why("availability", ratio(apt.value, pbt.value), "1", "A = APT / PBT", [apt, pbt])

    def _performance(self, part: _Part) -> Why:
        cycle_s = self._is.cycle_s
        apt, pq = self._producing(part), self._quantity(part)
        pri = Why({"en": "Planned run time per item (PRI)", "zh-CN": "计划单件运行时间（PRI）"}, cycle_s, "s")
        if cycle_s is not None and apt.value is not None and pq.value is not None:
            pieces, seconds = self._cycles_of(part, cycle_s).within(part.start_ns, part.end_ns)
            pq = msgspec.structs.replace(pq, value=pieces, note={
                "en": f"Of {pq.value:g} counted; a piece in work at an edge of the span counts by the share of its "
                      "production time inside, or not at all where its beginning was not seen.",
                "zh-CN": f"计数 {pq.value:g} 件；跨越时段边界的在制件按其生产时间占比计入，未见其开始的不计入。",
            })  # fmt: skip
            apt = msgspec.structs.replace(apt, value=seconds if seconds or not apt.value else None, note={
                "en": "Production time of these pieces, without that of a piece not finished at the end.",
                "zh-CN": "这些工件的生产时间，不含结束时尚未完成的工件。",
            })  # fmt: skip
        run = None if pq.value is None or cycle_s is None else cycle_s * pq.value
        return self._why("performance", ratio(run, apt.value), "1", "E = PRI × PQ / APT", [pri, pq, apt])

    def _cycles_of(self, part: _Part, cycle_s: float) -> Cycles:
        """The cycles of the whole span, found once."""
        if part.signals not in self._cycles:
            span = self._inputs.span
            base = self._inputs.known(part.signals, *span)
            when = self._production_time(_Part(*span, base, part.signals))
            self._cycles[part.signals] = find_cycles(self._inputs, self._counters(), base, when, cycle_s)
        return self._cycles[part.signals]

    def _quality(self, part: _Part) -> Why:
        gq, pq = self._good(part), self._quantity(part)
        return self._why("quality", ratio(gq.value, pq.value), "1", "QR = GQ / PQ", [gq, pq])

    def _fpy(self, part: _Part) -> Why:
        verdict = self._is.verdict
        assert verdict is not None
        inspected, good = self._inputs.first_results(verdict, self._is.attempt, part.start_ns, part.end_ns)
        ip = Why({"en": "Inspected parts, first attempt (IP)", "zh-CN": "首次检验件数（IP）"}, inspected, "",
                 signal=verdict.signal)  # fmt: skip
        gp = Why({"en": "Of them good (GP)", "zh-CN": "其中合格（GP）"}, good, "", signal=verdict.signal)
        return self._why("fpy", ratio(float(good), float(inspected)), "1", "FPY = GP / IP", [gp, ip])

    def _mtbf(self, part: _Part) -> Why:
        apt, fe = self._producing(part), self._failures(part)
        note = {
            "en": "Operating time over the failure events (FE) in this span.",
            "zh-CN": "本时段内运行时间除以故障次数（FE）。",
        }
        return self._why("mtbf", ratio(apt.value, fe.value), "s", "MTBF = APT / FE", [apt, fe], note)

    def _mttr(self, part: _Part) -> Why:
        failed = self._is.failed
        assert failed is not None
        down = self._inputs.time_in(failed, part.start_ns, part.end_ns) & part.base
        ttr = self._time({"en": "Time to restoration (TTR)", "zh-CN": "修复时间（TTR）"}, down, failed.signal, part)
        fe = self._failures(part)
        return self._why("mttr", ratio(ttr.value, fe.value), "s", "MTTR = Σ TTR / FE", [ttr, fe])

    def _throughput(self, part: _Part) -> Why:
        pq = self._quantity(part)
        hours = part.base.seconds() / 3600
        time = Why({"en": "Time with data", "zh-CN": "有数据的时间"}, hours, "h", signal=self._is.good)
        return self._why("throughput", ratio(pq.value, hours), "1/h", "TR = PQ / t", [pq, time])

    def _energy(self, part: _Part) -> Why:
        key = self._is.energy or ""
        unit = unit_display(self._inputs.unit(key))
        pq = self._quantity(part)
        energy = msgspec.structs.replace(
            self._count({"en": "Energy used (E)", "zh-CN": "能耗（E）"}, key, part), unit=unit
        )
        return self._why("energy_per_piece", ratio(energy.value, pq.value), unit, "e = E / PQ", [energy, pq])

    # ---- what they are made of
    def _why(
        self, kind: FigureKind, value: float | None, unit: str, formula: str, children: list[Why], note: Any = None
    ) -> Why:
        return Why(dict(TITLES[kind]), value, unit, formula, CLAUSES[kind], note or {}, None, children)

    def _production_time(self, part: _Part) -> Intervals:
        test = self._is.producing
        assert test is not None
        when = self._inputs.time_in(test, part.start_ns, part.end_ns) & part.base
        if self._is.planned is not None:
            when = when & self._inputs.time_in(self._is.planned, part.start_ns, part.end_ns)
        return when

    def _producing(self, part: _Part) -> Why:
        label = {"en": "Actual production time (APT)", "zh-CN": "实际生产时间（APT）"}
        key = self._is.producing.signal if self._is.producing is not None else ""
        return self._time(label, self._production_time(part), key, part)

    def _planned(self, part: _Part) -> Why:
        label = {"en": "Planned busy time (PBT)", "zh-CN": "计划占用时间（PBT）"}
        if self._is.planned is not None:
            when = self._inputs.time_in(self._is.planned, part.start_ns, part.end_ns) & part.base
            return self._time(label, when, self._is.planned.signal, part)
        key = self._is.producing.signal if self._is.producing is not None else ""
        return Why(label, part.base.seconds() or None, "s", signal=key)

    def _time(self, label: dict[str, str], when: Intervals, key: str, part: _Part) -> Why:
        """A time in states, with the durations of every state of the signal below it."""
        states = [
            Why({"en": self._inputs.label(key, state), "zh-CN": self._inputs.label(key, state)}, seconds, "s",
                signal=key)
            for state, seconds in self._inputs.durations(key, part.base, part.start_ns, part.end_ns)
        ]  # fmt: skip
        return Why(label, when.seconds() if states else None, "s", signal=key, children=states)

    def _failures(self, part: _Part) -> Why:
        failed = self._is.failed
        assert failed is not None
        count = self._inputs.entries_into(failed, part.start_ns, part.end_ns)
        return Why({"en": "Failure events (FE)", "zh-CN": "故障次数（FE）"}, count, "", signal=failed.signal)

    def _good(self, part: _Part) -> Why:
        return self._count({"en": "Good quantity (GQ)", "zh-CN": "合格数量（GQ）"}, self._is.good, part)

    def _quantity(self, part: _Part) -> Why:
        label = {"en": "Produced quantity (PQ)", "zh-CN": "生产数量（PQ）"}
        good = self._good(part)
        if self._is.reject is None:
            return msgspec.structs.replace(good, label=label)
        reject = self._count({"en": "Rejected quantity", "zh-CN": "不合格数量"}, self._is.reject, part)
        known = [one.value for one in (good, reject) if one.value is not None]
        return Why(label, sum(known) if len(known) == 2 else None, "", "PQ = GQ + RQ", children=[good, reject])

    def _count(self, label: dict[str, str], key: str | None, part: _Part) -> Why:
        span = part.start_ns, part.end_ns
        note = {}
        if restarts := self._inputs.restarts(key or "", *span):
            note = {
                "en": f"The counter began again {restarts} times; what it showed first is not counted.",
                "zh-CN": f"计数器重新开始 {restarts} 次；其首个读数未计入。",
            }
        return Why(label, self._inputs.increase(key or "", part.base, *span), "", note=note, signal=key)


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
