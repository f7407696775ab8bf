"""Computes the figures of ISO 22400-2 over a span of any timeline, each with the tree of what it is made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import msgspec
import numpy as np

from xushi.kernel import Text, XushiError
from xushi.monitor._kpi_cycles import Cycles, find_cycles
from xushi.monitor._kpi_definitions import Band, FigureKind, KpiDefinition
from xushi.monitor._kpi_inputs import Doubles, Inputs, Intervals, Spans, parts
from xushi.signals import Timeline, state_text, unit_display

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
_Share = TypeVar("_Share", float, Doubles)


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


def oee_index(availability: _Share, effectiveness: _Share, quality_ratio: _Share) -> _Share:
    """OEE index = availability × effectiveness × quality ratio, all 0…1 (ISO 22400-2:2014)."""
    return availability * effectiveness * quality_ratio


def _ratio(part: Doubles, whole: Doubles) -> Doubles:
    """part / whole; NaN where either is unknown or the whole is nothing."""
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan)


def figures(
    definitions: list[KpiDefinition], timeline: Timeline, span: tuple[int, int], until_ns: int, trend: int = 0
) -> list[Figure]:
    """Every figure of the definitions over a span of a timeline that ends (or is now) at `until_ns`.

    Args:
        span: start_ns <= time < end_ns.
        trend: in how many equal parts of the span each figure is given as well.
    """
    inputs = Inputs(timeline, *span, until_ns)
    spans = [span, *(parts(*span, min(trend, MOST_PARTS)) if trend else ())]
    found = []
    for definition in definitions:
        unit = _WorkUnit(definition, inputs, spans)
        found += [unit.figure(kind) for kind in TITLES if kind in definition.figures]  # records keep no order
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

    def counted(key: str | None) -> list[float | None]:
        if not key:
            return [None] * len(spans)
        return _plain(inputs.increase(key, inputs.known([key]), Spans.of(spans)))

    return list(zip(counted(definition.good), counted(definition.reject), strict=True))


def _plain(values: Doubles) -> list[float | None]:
    """Values as JSON has them."""
    return [value if math.isfinite(value) else None for value in values.tolist()]


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
class _Base:
    """The time in which all that a figure is made of is known.

    Times and counts of one figure cover the same time; what is not known of one of them counts for none.
    """

    when: Intervals
    signals: tuple[str, ...]


@dataclass(frozen=True)
class _Amount:
    """A figure, or what it is made of: its value in each span, NaN where there is none, and why the first is so."""

    values: Doubles
    why: Why

    @classmethod
    def of(cls, values: Doubles, label: dict[str, str], unit: str, **more: Any) -> _Amount:
        """With a reason that tells the first value."""
        return cls(values, Why(label, _plain(values[:1])[0], unit, **more))

    def told(self, **more: Any) -> _Amount:
        """The same values, told otherwise."""
        return replace(self, why=msgspec.structs.replace(self.why, **more))


class _WorkUnit:
    """The figures of one definition, each over many spans at once; the first of them is the one that is explained."""

    def __init__(self, definition: KpiDefinition, inputs: Inputs, spans: Sequence[tuple[int, int]]) -> None:
        self._is = definition
        self._inputs = inputs
        self._start_ns, self._end_ns = spans[0]
        self._all = spans
        self._spans = Spans.of(spans)
        self._cycles: dict[tuple[str, ...], Cycles] = {}
        self._produced: dict[tuple[str, ...], Intervals] = {}

    def figure(self, kind: FigureKind) -> Figure:
        makers: dict[FigureKind, Callable[[_Base], _Amount]] = {
            "oee": self._oee, "availability": self._availability, "performance": self._performance,
            "quality": self._quality, "fpy": self._fpy, "mtbf": self._mtbf, "mttr": self._mttr,
            "throughput": self._throughput, "energy_per_piece": self._energy,
        }  # fmt: skip
        signals = tuple(dict.fromkeys(self._signals(kind)))
        base = _Base(self._inputs.known(signals), signals)
        found = makers[kind](base)
        why = found.why
        if signals and (left_out := self._left_out(base)):
            note = {
                language: " ".join(filter(None, (why.note.get(language), left_out[language]))) for language in left_out
            }
            why = msgspec.structs.replace(why, note=note)
        if why.value is not None and why.value > 1 and kind in ("oee", "performance"):
            note = {
                "en": "More was made than planned in this time: the planned run time per item is too long, or finished "
                "pieces came out of buffers.",
                "zh-CN": "该时段产量超过计划：计划单件运行时间偏长，或有缓冲区中的工件流出。",
            }
            why = msgspec.structs.replace(
                why, note={key: f"{why.note.get(key, '')} {note[key]}".strip() for key in note}
            )
        value, *trend = _plain(found.values)
        why_not = None if value is not None else _why_not(why)
        return Figure(f"{self._is.id}.{kind}", kind, self._is, value, why.unit, why, why_not, trend)

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

    def _left_out(self, base: _Base) -> dict[str, str] | None:
        """The words for the time that is not known."""
        end_ns = max(self._start_ns, min(self._end_ns, self._inputs.span[1]))
        seconds = (end_ns - self._start_ns) / 1e9 - float(base.when.seconds(self._spans)[0])
        if seconds < 0.5:
            return None
        minutes, rest = divmod(round(seconds), 60)
        english = " ".join([f"{minutes} min"] * (minutes > 0) + [f"{rest} s"] * (rest > 0 or not minutes))
        return {
            "en": f"No data for {english} of this span; that time and what was made in it are left out.",
            "zh-CN": f"本时段有 {english.replace('min', '分').replace('s', '秒')}没有数据，其间的时间和产量均未计入。",
        }

    # ---- the figures
    def _oee(self, base: _Base) -> _Amount:
        three = [self._availability(base), self._performance(base)]
        if self._is.reject is not None:
            three.append(self._quality(base))
        factors = [one.values for one in three]
        value = oee_index(factors[0], factors[1], factors[2] if len(factors) > 2 else np.ones(len(factors[0])))
        return self._figure("oee", value, "1", "OEE = A × E × QR", three)

    def _availability(self, base: _Base) -> _Amount:
        apt, pbt = self._producing(base), self._planned(base)
        return self._figure("availability", _ratio(apt.values, pbt.values), "1", "A = APT / PBT", [apt, pbt])

    def _performance(self, base: _Base) -> _Amount:
        cycle_s = self._is.cycle_s
        apt, pq = self._producing(base), self._quantity(base)
        label = {"en": "Planned run time per item (PRI)", "zh-CN": "计划单件运行时间（PRI）"}
        pri = _Amount.of(np.full(len(self._all), np.nan if cycle_s is None else cycle_s), label, "s")
        if cycle_s is not None:
            apt, pq = self._set_against(base, apt, pq, cycle_s)
        value = _ratio(pri.values * pq.values, apt.values)
        return self._figure("performance", value, "1", "E = PRI × PQ / APT", [pri, pq, apt])

    def _set_against(self, base: _Base, apt: _Amount, pq: _Amount, cycle_s: float) -> tuple[_Amount, _Amount]:
        """Production time and the pieces that were made in it, where both are known."""
        cycles = self._cycles_of(base, cycle_s)
        is_known = ~np.isnan(apt.values) & ~np.isnan(pq.values)
        within = [
            cycles.within(*span) if known else (0.0, 0.0) for span, known in zip(self._all, is_known, strict=True)
        ]
        pieces, seconds = np.array(within).T
        seconds = np.where((seconds > 0) | (apt.values == 0), seconds, np.nan)
        made = replace(pq, values=np.where(is_known, pieces, pq.values))
        spent = replace(apt, values=np.where(is_known, seconds, apt.values))
        if not is_known[0]:
            return spent, made
        return spent.told(value=_plain(spent.values[:1])[0], note={
            "en": "Production time of these pieces, without that of a piece not finished at the end.",
            "zh-CN": "这些工件的生产时间，不含结束时尚未完成的工件。",
        }), made.told(value=float(made.values[0]), note={
            "en": f"Of {pq.values[0]:g} counted; a piece in work at an edge of the span counts by the share of its "
                  "production time inside, or not at all where its beginning was not seen.",
            "zh-CN": f"计数 {pq.values[0]:g} 件；跨越时段边界的在制件按其生产时间占比计入，未见其开始的不计入。",
        })  # fmt: skip

    def _cycles_of(self, base: _Base, cycle_s: float) -> Cycles:
        """The cycles of the whole span, found once."""
        if base.signals not in self._cycles:
            when = self._production_time(base)
            self._cycles[base.signals] = find_cycles(self._inputs, self._counters(), base.when, when, cycle_s)
        return self._cycles[base.signals]

    def _quality(self, base: _Base) -> _Amount:
        gq, pq = self._good(base), self._quantity(base)
        return self._figure("quality", _ratio(gq.values, pq.values), "1", "QR = GQ / PQ", [gq, pq])

    def _fpy(self, base: _Base) -> _Amount:
        verdict = self._is.verdict
        assert verdict is not None
        inspected, good = self._inputs.first_results(verdict, self._is.attempt, self._spans)
        inspected_label = {"en": "Inspected parts, first attempt (IP)", "zh-CN": "首次检验件数（IP）"}
        good_label = {"en": "Of them good (GP)", "zh-CN": "其中合格（GP）"}
        ip = _Amount.of(inspected.astype(float), inspected_label, "", signal=verdict.signal)
        gp = _Amount.of(good.astype(float), good_label, "", signal=verdict.signal)
        return self._figure("fpy", _ratio(gp.values, ip.values), "1", "FPY = GP / IP", [gp, ip])

    def _mtbf(self, base: _Base) -> _Amount:
        apt, fe = self._producing(base), self._failures()
        value = _ratio(apt.values, fe.values)
        return self._figure("mtbf", value, "s", "MTBF = APT / FE", [apt, fe], _by_failures(apt, fe))

    def _mttr(self, base: _Base) -> _Amount:
        failed = self._is.failed
        assert failed is not None
        down = self._inputs.time_in(failed) & base.when
        ttr = self._time({"en": "Time to restoration (TTR)", "zh-CN": "修复时间（TTR）"}, down, failed.signal, base)
        fe = self._failures()
        value = _ratio(ttr.values, fe.values)
        return self._figure("mttr", value, "s", "MTTR = Σ TTR / FE", [ttr, fe], _by_failures(ttr, fe))

    def _throughput(self, base: _Base) -> _Amount:
        pq = self._quantity(base)
        label = {"en": "Time with data", "zh-CN": "有数据的时间"}
        time = _Amount.of(base.when.seconds(self._spans) / 3600, label, "h", signal=self._is.good)
        return self._figure("throughput", _ratio(pq.values, time.values), "1/h", "TR = PQ / t", [pq, time])

    def _energy(self, base: _Base) -> _Amount:
        key = self._is.energy or ""
        unit = unit_display(self._inputs.unit(key))
        pq = self._quantity(base)
        energy = self._count({"en": "Energy used (E)", "zh-CN": "能耗（E）"}, key, base).told(unit=unit)
        return self._figure("energy_per_piece", _ratio(energy.values, pq.values), unit, "e = E / PQ", [energy, pq])

    # ---- what they are made of
    def _figure(
        self, kind: FigureKind, values: Doubles, unit: str, formula: str, made_of: list[_Amount], note: Any = None
    ) -> _Amount:
        children = [one.why for one in made_of]
        return _Amount.of(
            values, dict(TITLES[kind]), unit, formula=formula, clause=CLAUSES[kind], note=note or {}, children=children
        )

    def _production_time(self, base: _Base) -> Intervals:
        if base.signals not in self._produced:
            test = self._is.producing
            assert test is not None
            when = self._inputs.time_in(test) & base.when
            if self._is.planned is not None:
                when = when & self._inputs.time_in(self._is.planned)
            self._produced[base.signals] = when
        return self._produced[base.signals]

    def _producing(self, base: _Base) -> _Amount:
        label = {"en": "Actual production time (APT)", "zh-CN": "实际生产时间（APT）"}
        key = self._is.producing.signal if self._is.producing is not None else ""
        return self._time(label, self._production_time(base), key, base)

    def _planned(self, base: _Base) -> _Amount:
        label = {"en": "Planned busy time (PBT)", "zh-CN": "计划占用时间（PBT）"}
        if self._is.planned is not None:
            when = self._inputs.time_in(self._is.planned) & base.when
            return self._time(label, when, self._is.planned.signal, base)
        key = self._is.producing.signal if self._is.producing is not None else ""
        known_s = base.when.seconds(self._spans)
        return _Amount.of(np.where(known_s > 0, known_s, np.nan), label, "s", signal=key)

    def _time(self, label: dict[str, str], when: Intervals, key: str, base: _Base) -> _Amount:
        """A time in states of a signal that `base` knows, with the durations of every state of it below."""
        states = [
            Why(state_text(self._inputs.label(key, state)), seconds, "s", signal=key)
            for state, seconds in self._inputs.durations(key, base.when, self._start_ns, self._end_ns)
        ]  # fmt: skip
        values = np.where(base.when.seconds(self._spans) > 0, when.seconds(self._spans), np.nan)
        return _Amount.of(values, label, "s", signal=key, children=states)

    def _failures(self) -> _Amount:
        failed = self._is.failed
        assert failed is not None
        count = self._inputs.entries_into(failed, self._spans).astype(float)
        return _Amount.of(count, {"en": "Failure events (FE)", "zh-CN": "故障次数（FE）"}, "", signal=failed.signal)

    def _good(self, base: _Base) -> _Amount:
        return self._count({"en": "Good quantity (GQ)", "zh-CN": "合格数量（GQ）"}, self._is.good, base)

    def _quantity(self, base: _Base) -> _Amount:
        label = {"en": "Produced quantity (PQ)", "zh-CN": "生产数量（PQ）"}
        good = self._good(base)
        if self._is.reject is None:
            return good.told(label=label)
        reject = self._count({"en": "Rejected quantity", "zh-CN": "不合格数量"}, self._is.reject, base)
        both = good.values + reject.values
        return _Amount.of(both, label, "", formula="PQ = GQ + RQ", children=[good.why, reject.why])

    def _count(self, label: dict[str, str], key: str | None, base: _Base) -> _Amount:
        note = {}
        if restarts := self._inputs.restarts(key or "", self._start_ns, self._end_ns):
            note = {
                "en": f"The counter began again {restarts} times; what it showed first is not counted.",
                "zh-CN": f"计数器重新开始 {restarts} 次；其首个读数未计入。",
            }
        return _Amount.of(
            self._inputs.increase(key or "", base.when, self._spans), label, "", note=note, signal=key
        )  # fmt: skip


def _by_failures(time: _Amount, failures: _Amount) -> dict[str, str]:
    """The words for what divides a time of failures here, and what the standard's own denominator would make of it."""
    seconds = float(_ratio(time.values, failures.values + 1.0)[0])
    if not math.isfinite(seconds):
        return {}
    return {
        "en": "Divided by the failure events (FE) that began in this span, as IEC 60050-192 does. ISO 22400-2 is "
        f"quoted with FE + 1 below the line, which would give {seconds:.1f} s.",
        "zh-CN": "按 IEC 60050-192，除以本时段内开始的故障次数（FE）。文献引用的 ISO 22400-2 公式以 FE + 1 为分母，"
        f"结果为 {seconds:.1f} s。",
    }


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
