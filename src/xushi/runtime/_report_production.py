"""The chapters on what was made: output by the hour, good and rejected by station, products, energy, trends."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from typing import Any, TypeAlias

import msgspec

from xushi.monitor import Monitor, pieces
from xushi.reports import Bars, Column, Figure, Figures, Section, Series, Table, Trend, local_time, zone_of
from xushi.runtime._products import ResultSource
from xushi.runtime._report_scope import Machine, Scope, natural
from xushi.signals import Buckets, Kind, decode_value, unit_display

_HOUR_NS = 3_600_000_000_000
_TREND_STEPS = 240
_MOST_PRODUCTS = 2_000
_KWH = {"kWh": 1.0, "Wh": 1e-3, "MWh": 1e3}
_MOST_BARS = 24
_MOST_COUNTED = 12
_PRODUCTION = {"en": "Production", "zh-CN": "产量"}
_NO_SINGLE = {"en": "No machine reports single products.", "zh-CN": "没有设备报告单件产品。"}
_NO_LAST = {"en": "no product passed two stations", "zh-CN": "没有产品经过两个工位"}
_GOOD = {"en": "Good", "zh-CN": "合格"}
_REJECTED = {"en": "Rejected", "zh-CN": "不合格"}
Values: TypeAlias = tuple[float | None, ...]


class Output(msgspec.Struct, frozen=True):
    """Results by station, and each product's steps in the order of time."""

    results: dict[int, list[tuple[int, str, bool | None]]]
    ways: dict[str, list[tuple[int, ResultSource, bool | None]]]
    final: ResultSource | None

    def finished(self) -> list[tuple[int, str]]:
        """(instant, serial) of the products that left the last station in order, each once."""
        if self.final is None:
            return []
        first: dict[str, int] = {}
        for at_ns, serial, is_good in self.results[self.final.serial]:
            if is_good is not False:
                first.setdefault(serial, at_ns)
        return sorted((at_ns, serial) for serial, at_ns in first.items())


def gather_output(scope: Scope) -> Output:
    """Read every station's results in the span."""
    results = {
        source.serial: scope.products.results(scope.run, source, scope.start_ns, scope.end_ns)
        for source in scope.sources
    }
    ways: dict[str, list[tuple[int, ResultSource, bool | None]]] = defaultdict(list)
    for source in scope.sources:
        for at_ns, serial, is_good in results[source.serial]:
            ways[serial].append((at_ns, source, is_good))
    for way in ways.values():
        way.sort(key=lambda step: step[0])
    return Output(results, dict(ways), final_station(scope.sources, ways))


def final_station(sources: tuple[ResultSource, ...], ways: dict[str, Any]) -> ResultSource | None:
    """The station after which products go nowhere: the one from which the smallest share goes on.

    None where no product was seen at two stations, as right after the start: then nobody can tell.
    """
    if len({source.serial for way in ways.values() for _, source, _ in way}) > 1 and not any(
        len({source.serial for _, source, _ in way}) > 1 for way in ways.values()
    ):
        return None
    seen: dict[int, int] = defaultdict(int)
    went_on: dict[int, int] = defaultdict(int)
    for way in ways.values():
        last = way[-1][1].serial
        for serial in {source.serial for _, source, _ in way}:
            seen[serial] += 1
            went_on[serial] += serial != last
    ranked = [source for source in sources if seen[source.serial]]
    return min(ranked, key=lambda one: (went_on[one.serial] / seen[one.serial], -seen[one.serial]), default=None)


def production_section(scope: Scope) -> Section:
    """How many were finished, hour by hour, and what each station let through."""
    if not scope.sources:
        return _counted_section(scope)
    output = gather_output(scope)
    finished = output.finished()
    hours = (scope.end_ns - scope.start_ns) / _HOUR_NS
    rejects = sum(1 for results in output.results.values() for _, _, is_good in results if is_good is False)
    place = {"en": f"at {output.final.station}", "zh-CN": f"于 {output.final.station}"} if output.final else _NO_LAST
    count = len(finished) if output.final else None
    rate = count / hours if hours and count is not None else None
    figures = (
        Figure({"en": "Products finished", "zh-CN": "完工产品"}, count, "pcs", "integer", note=place),
        Figure({"en": "Products in the line", "zh-CN": "经过产线的产品"}, len(output.ways), "pcs", "integer"),
        Figure({"en": "Finished an hour", "zh-CN": "每小时完工"}, rate, "1/h"),
        Figure({"en": "Rejections", "zh-CN": "不合格次数"}, rejects, "", "integer"),
    )  # fmt: skip
    spans, labels = _intervals(scope)
    made = [sum(1 for at_ns, _ in finished if start_ns <= at_ns < end_ns) for start_ns, end_ns in spans]
    hourly = Bars(
        {"en": "Products finished, by the begin of the interval", "zh-CN": "完工产品（按时段开始）"}, "pcs", labels,
        (Series({"en": "Finished", "zh-CN": "完工"}, tuple(map(float, made))),),
    )  # fmt: skip
    return Section("production", _PRODUCTION, (Figures({}, figures), hourly))


def _intervals(scope: Scope) -> tuple[list[tuple[int, int]], tuple[dict[str, str], ...]]:
    """The hours of the span, or longer equal parts where there are many, and their labels."""
    hours, zone = (scope.end_ns - scope.start_ns) / _HOUR_NS, zone_of(scope.zone)
    step = max(_HOUR_NS, math.ceil(hours / _MOST_BARS) * _HOUR_NS)
    edges = list(range(scope.start_ns, scope.end_ns, step))
    form = "%H:%M" if hours <= 48 else "%m-%d %H:%M"
    return [(edge, min(edge + step, scope.end_ns)) for edge in edges], tuple(
        {"en": local_time(edge, zone).strftime(form)} for edge in edges
    )


def _counted_section(scope: Scope) -> Section:
    """What the counters of pieces say that key figures name, for machines that do not report single products."""
    monitor: Monitor = scope.services["monitor"]
    definitions = [one for one in monitor.kpis.values() if one.good and (not one.shell or one.shell in scope.shells)]
    definitions.sort(key=lambda one: natural(one.title.get("en", one.id)))
    spans, labels = _intervals(scope)
    rows, bars = [], []
    for place, definition in enumerate(definitions):
        asked = [(scope.start_ns, scope.end_ns), *(spans if place < _MOST_COUNTED else ())]
        whole, *hourly = pieces(definition, scope.run, asked, scope.bounds[1])
        title = definition.title or {"en": definition.id}
        rows.append((title, *whole))
        if not hourly:
            continue
        series = [Series(_GOOD, tuple(good or 0.0 for good, _ in hourly))]
        if definition.reject:
            series.append(Series(_REJECTED, tuple(bad or 0.0 for _, bad in hourly), "fault"))
        bars.append(Bars(title, "pcs", labels, tuple(series)))
    columns = (
        Column({"en": "Machine", "zh-CN": "设备"}, share=2.4), Column(_GOOD, "integer"), Column(_REJECTED, "integer"),
    )  # fmt: skip
    table = Table({}, columns, tuple(rows), empty={"en": "No machine counts pieces.", "zh-CN": "没有设备计数。"})
    return Section("production", _PRODUCTION, (table, *bars), {
        "en": "Pieces by the counters that the key figures name; these machines report no single products.",
        "zh-CN": "按关键指标所指计数器统计；这些设备不报告单件产品。",
    })  # fmt: skip


def quality_section(scope: Scope) -> Section:
    """Good and rejected results of each station."""
    output = gather_output(scope)
    rows, labels, good_counts, bad_counts = [], [], [], []
    for source in scope.sources:
        results = output.results[source.serial]
        good = sum(1 for _, _, is_good in results if is_good)
        bad = sum(1 for _, _, is_good in results if is_good is False)
        label = scope.labels.get(source.shell, {"en": source.station})
        rows.append((label, len(results), good, bad, bad / (good + bad) if good + bad else None))
        labels.append({"en": source.station})
        good_counts.append(float(good))
        bad_counts.append(float(bad))
    table = Table(
        {},
        (
            Column({"en": "Station", "zh-CN": "工位"}, share=2.4),
            Column({"en": "Results", "zh-CN": "结果数"}, "integer"),
            Column(_GOOD, "integer"),
            Column(_REJECTED, "integer"),
            Column({"en": "Rejected share", "zh-CN": "不合格占比"}, "percent", digits=2),
        ),
        tuple(rows),
        empty={"en": "No station reported results.", "zh-CN": "没有工位报告结果。"},
    )
    bars = Bars(
        {"en": "Results by station", "zh-CN": "各工位结果"}, "pcs", tuple(labels),
        (
            Series(_GOOD, tuple(good_counts)),
            Series(_REJECTED, tuple(bad_counts), "fault"),
        ),
    )  # fmt: skip
    return Section("quality", {"en": "Quality", "zh-CN": "质量"}, (bars, table) if rows else (table,))


def products_section(scope: Scope) -> Section:
    """Every product that left the last station, with its way in short."""
    output = gather_output(scope)
    rows = []
    for at_ns, serial in output.finished()[:_MOST_PRODUCTS]:
        way = output.ways[serial]
        rejected = [source.station for _, source, is_good in way if is_good is False]
        rows.append((serial, at_ns, len(way), (way[-1][0] - way[0][0]) / 1e9, ", ".join(rejected) or None))
    table = Table(
        {},
        (
            Column({"en": "Serial number", "zh-CN": "序列号"}, share=1.6),
            Column({"en": "Finished", "zh-CN": "完工"}, "time", share=1.3),
            Column({"en": "Steps", "zh-CN": "步骤"}, "integer", share=0.7),
            Column({"en": "Time in the line", "zh-CN": "在线时间"}, "duration", share=1.2),
            Column({"en": "Rejected at", "zh-CN": "不合格工位"}, share=1.6),
        ),
        tuple(rows),
        more=max(0, len(output.finished()) - _MOST_PRODUCTS),
        on_paper=40,
        empty={"en": "No product was finished.", "zh-CN": "没有产品完工。"} if scope.sources else _NO_SINGLE,
    )
    return Section("products", {"en": "Products made", "zh-CN": "完工产品"}, (table,))


def energy_section(scope: Scope) -> Section:
    """Energy of each machine by its meter; energy per piece is a figure of ISO 22400-2 and stands with these."""
    rows: list[tuple[Any, ...]] = []
    for machine in scope.machines:
        used = _energy_kwh(scope, machine)
        if used is not None:
            rows.append((machine.label, used))
    total = sum(row[1] for row in rows)
    figures = (Figure({"en": "Electric energy", "zh-CN": "电能"}, total if rows else None, "kWh"),)
    columns = (
        Column({"en": "Machine", "zh-CN": "设备"}, share=3.0),
        Column({"en": "Energy", "zh-CN": "电能"}, "number", "kWh", 2),
        Column({"en": "Share", "zh-CN": "占比"}, "percent"),
    )
    table = Table(
        {}, columns, tuple((*row, row[1] / total if total else None) for row in rows),
        empty={"en": "No machine has an energy meter.", "zh-CN": "没有设备带电能表。"},
    )  # fmt: skip
    return Section("energy", {"en": "Energy", "zh-CN": "能耗"}, (Figures({}, figures), table) if rows else (table,))


def _energy_kwh(scope: Scope, machine: Machine) -> float | None:
    """What the machine's meter counted in the span: the sum of its rises, so that a reset meter counts on."""
    for handle, definition in scope.signals_of(machine.shell):
        factor = _KWH.get(unit_display(definition.unit))
        if factor is None or definition.kind is not Kind.DOUBLE:
            continue
        buckets = scope.history.buckets(handle, scope.start_ns, scope.end_ns, 200)
        start = scope.history.value_as_of([handle], scope.start_ns)
        last = [float(value) for value in buckets.last.tolist() if not math.isnan(value)]
        if len(start) and int(start.qualities[0]) < 0x8000_0000:
            last.insert(0, float(start.bits.view("<f8")[0]))
        if len(last) < 2:
            return None
        return factor * sum(max(0.0, after - before) for before, after in itertools.pairwise(last))
    return None


def _held(scope: Scope, handle: int, buckets: Buckets) -> tuple[Values, Values, Values]:
    """Mean, minimum and maximum of each bucket; where nothing came in, the value that was still in force."""
    columns: list[list[float | None]] = [[], [], []]
    kind = scope.registry.get(handle).kind
    for place, (start_ns, count) in enumerate(zip(buckets.start_ns.tolist(), buckets.count.tolist(), strict=True)):
        if count:
            values = [float(column[place]) for column in (buckets.mean, buckets.min, buckets.max)]
        else:
            held = scope.history.value_as_of([handle], start_ns)
            is_known = len(held) and int(held.qualities[0]) < 0x8000_0000
            values = [float(decode_value(kind, int(held.bits[0]), held.objects))] * 3 if is_known else [math.nan] * 3
        for column, value in zip(columns, values, strict=True):
            column.append(value if math.isfinite(value) else None)
    mean, low, high = (tuple(column) for column in columns)
    return mean, low, high


def trends_section(scope: Scope) -> Section | None:
    """A picture of each chosen signal."""
    blocks = []
    for number, handle in enumerate(scope.signals):
        scope.tell(number / len(scope.signals))
        definition = scope.registry.get(handle)
        if definition.kind.is_object:
            continue
        buckets = scope.history.buckets(handle, scope.start_ns, scope.end_ns, _TREND_STEPS, is_even=True)
        owner = scope.labels.get(definition.shell, {})
        name = {
            language: " · ".join(part for part in (owner.get(language) or owner.get("en", ""), text) if part)
            for language, text in (definition.name or {"en": definition.path}).items()
        }
        step = (scope.end_ns - scope.start_ns) // _TREND_STEPS
        mean, low, high = _held(scope, handle, buckets)
        unit = unit_display(definition.unit)
        blocks.append(
            Trend(
                name,
                unit,
                tuple(buckets.start_ns.tolist()),
                step,
                low,
                mean,
                high,
                (definition.low, definition.high),
            )
        )
    if not blocks:
        return None
    return Section(
        "trends", {"en": "Trends", "zh-CN": "趋势"}, tuple(blocks),
        {"en": "Line: mean; band: minimum to maximum; dashed: expected range.",
         "zh-CN": "曲线为平均值，色带为最小值至最大值，虚线为预期范围。"},
    )  # fmt: skip
