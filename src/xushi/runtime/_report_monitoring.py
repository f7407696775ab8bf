"""The chapters that the monitor answers: OEE and the other figures of ISO 22400-2, and the alarm journal."""

from __future__ import annotations

from collections import Counter
from typing import Any

from xushi.kernel import pair_text
from xushi.monitor import TITLES, Entry, Figure, Monitor, figures
from xushi.reports import Column, Section, Table, Text, person
from xushi.reports import Figure as Tile
from xushi.reports import Figures as Tiles
from xushi.runtime._report_scope import Scope, natural
from xushi.signals import unit_display

_MOST_ENTRIES = 5_000
_MOST_TILES = 8
_ONE_GO_NS = 5_000_000_000
_RATIOS = frozenset({"oee", "availability", "performance", "quality", "fpy"})
_DURATIONS = frozenset({"mtbf", "mttr"})
_EVENTS: dict[str, Text] = {
    "raised": {"en": "raised", "zh-CN": "发生"}, "cleared": {"en": "cleared", "zh-CN": "恢复"},
    "acknowledged": {"en": "acknowledged", "zh-CN": "已确认"}, "shelved": {"en": "shelved", "zh-CN": "搁置"},
    "unshelved": {"en": "unshelved", "zh-CN": "取消搁置"}, "suppressed": {"en": "suppressed", "zh-CN": "抑制"},
    "unsuppressed": {"en": "unsuppressed", "zh-CN": "取消抑制"}, "reset": {"en": "reset", "zh-CN": "复位"},
    "noted": {"en": "note", "zh-CN": "备注"}, "undone": {"en": "taken back", "zh-CN": "撤销"},
    "enabled": {"en": "enabled", "zh-CN": "启用"}, "disabled": {"en": "disabled", "zh-CN": "停用"},
    "removed": {"en": "removed", "zh-CN": "移除"}, "rule_changed": {"en": "rule changed", "zh-CN": "规则变更"},
}  # fmt: skip
_PRIORITIES: dict[str, Text] = {
    "critical": {"en": "critical", "zh-CN": "紧急"}, "high": {"en": "high", "zh-CN": "高"},
    "medium": {"en": "medium", "zh-CN": "中"}, "low": {"en": "low", "zh-CN": "低"},
}  # fmt: skip


def kpi_section(scope: Scope) -> Section:
    """OEE and its factors, and every other figure that is defined, by what it is about."""
    monitor: Monitor = scope.services["monitor"]
    definitions = [one for one in monitor.kpis.values() if one.shell is None or one.shell in scope.shells]
    title: Text = {"en": "Key figures", "zh-CN": "关键指标"}
    if not definitions:
        return Section("kpi", title, (), {
            "en": "No key figure is defined for these machines; define them under Rules.",
            "zh-CN": "尚未为这些设备定义关键指标，请在“规则”中定义。",
        })  # fmt: skip
    definitions.sort(key=lambda one: natural(one.title.get("en", one.id)))
    found = figures(definitions, scope.run, (scope.start_ns, scope.end_ns), scope.bounds[1])
    kinds = [kind for kind in TITLES if any(figure.kind == kind for figure in found)]
    by_definition: dict[str, dict[str, Figure]] = {}
    for figure in found:
        by_definition.setdefault(figure.definition.id, {})[figure.kind] = figure
    columns = [Column({"en": "Of", "zh-CN": "对象"}, share=2.4)]
    for kind in kinds:
        units = {unit_display(figure.unit) for figure in found if figure.kind == kind}
        unit = units.pop() if len(units) == 1 and kind not in _RATIOS | _DURATIONS else ""
        columns.append(Column(dict(TITLES[kind]), _kind(kind), unit, 2 if kind == "energy_per_piece" else 1))
    rows = [
        (_title(of), *(None if kind not in of else of[kind].value for kind in kinds)) for of in by_definition.values()
    ]
    first = next(iter(by_definition.values()))
    tiles = [_tile(figure) for figure in first.values()][:_MOST_TILES] if len(by_definition) == 1 else []
    abnormal = [_tile(figure, has_owner=True) for figure in found if figure.is_abnormal][:_MOST_TILES]
    blocks: list[Any] = [Tiles({}, tuple(tiles))] if tiles else []
    if abnormal and not tiles:
        blocks.append(Tiles({"en": "Outside of what is usual", "zh-CN": "超出正常范围"}, tuple(abnormal)))
    if len(by_definition) > 1:
        blocks.append(Table({}, tuple(columns), tuple(rows)))
    return Section("kpi", title, tuple(blocks), {
        "en": "After ISO 22400-2: OEE = availability × performance × quality ratio.",
        "zh-CN": "依据 ISO 22400-2：设备综合效率 = 可用率 × 性能率 × 合格率。",
    })  # fmt: skip


def _kind(kind: str) -> Any:
    return "percent" if kind in _RATIOS else "duration" if kind in _DURATIONS else "number"


def _title(of: dict[str, Figure]) -> Text:
    definition = next(iter(of.values())).definition
    return definition.title or {"en": definition.id}


def _tile(figure: Figure, *, has_owner: bool = False) -> Tile:
    label = dict(TITLES[figure.kind])
    if has_owner:
        of = figure.definition.title or {"en": figure.definition.id}
        label = {
            language: pair_text(of.get(language) or of.get("en", ""), text, language)
            for language, text in label.items()
        }
    unit = "" if figure.kind in _RATIOS | _DURATIONS else unit_display(figure.unit)
    return Tile(
        label, figure.value, unit, _kind(figure.kind), 2 if figure.kind == "energy_per_piece" else 1,
        figure.why_not or {}, figure.is_abnormal,
    )  # fmt: skip


def _runs(entries: list[Entry]) -> list[list[Entry]]:
    """The entries, each alone; only rules that one person changed in one go are told together."""
    runs: list[list[Entry]] = []
    for entry in entries:
        last = runs[-1][-1] if runs else None
        is_same_go = (
            last is not None and entry.event == last.event == "rule_changed"
            and entry.by == last.by and entry.at_ns - last.at_ns < _ONE_GO_NS
        )  # fmt: skip
        if is_same_go:
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return runs


def journal_rows(entries: list[Entry], title_of: dict[str, Text]) -> list[tuple[Any, ...]]:
    """The rows of the journal, the oldest first."""
    return [_entry_row(run, title_of) for run in _runs(entries)]


def _entry_row(run: list[Entry], title_of: dict[str, Text]) -> tuple[Any, ...]:
    """One row of the journal: an entry, or how many rules were changed in one go."""
    entry = run[0]
    many = {"en": f"{len(run)} rules", "zh-CN": f"{len(run)} 条规则"}
    return (
        entry.at_ns, title_of[entry.alarm] if len(run) == 1 else many, _EVENTS.get(entry.event, {"en": entry.event}),
        entry.value, person(entry.by) if entry.by else None, entry.reason or None,
    )  # fmt: skip


def alarms_section(scope: Scope) -> Section:
    """The alarms of the journal: how often each was raised, and what happened in order."""
    monitor: Monitor = scope.services["monitor"]
    known = [rule for rule in monitor.rules.values() if rule.signal in scope.registry]
    shell_of = {rule.id: scope.registry.get(scope.registry.handle(rule.signal)).shell for rule in known}
    mine = {rule.id: rule for rule in known if shell_of[rule.id] in scope.shells}
    entries = monitor.entries(scope.run, (scope.start_ns, scope.end_ns), scope.bounds, None, _MOST_ENTRIES)
    happened: list[Entry] = [entry for entry in reversed(entries) if entry.alarm in mine]
    counts = Counter(entry.alarm for entry in happened if entry.event == "raised")
    title_of = {rule.id: rule.title or {"en": rule.id} for rule in mine.values()}
    by_alarm = Table(
        {"en": "By alarm", "zh-CN": "按报警汇总"},
        (
            Column({"en": "Alarm", "zh-CN": "报警"}, share=3.2),
            Column({"en": "Priority", "zh-CN": "优先级"}, share=1.0),
            Column({"en": "Raised", "zh-CN": "次数"}, "integer", share=0.8),
        ),
        tuple((title_of[alarm], _PRIORITIES[mine[alarm].priority], count) for alarm, count in counts.most_common()),
        empty={"en": "No alarm was raised.", "zh-CN": "没有报警发生。"},
    )
    journal = Table(
        {"en": "In order", "zh-CN": "按时间顺序"},
        (
            Column({"en": "Time", "zh-CN": "时间"}, "time", share=1.3),
            Column({"en": "Alarm", "zh-CN": "报警"}, share=2.3),
            Column({"en": "Event", "zh-CN": "事件"}, share=1.3),
            Column({"en": "Value", "zh-CN": "数值"}, "number", digits=2, share=0.9),
            Column({"en": "By", "zh-CN": "人员"}, share=1.0),
            Column({"en": "Reason", "zh-CN": "理由"}, share=1.6),
        ),
        tuple(journal_rows(happened, title_of)),
        on_paper=30,
    )  # fmt: skip
    note = {
        "en": "Alarms by the rules of the platform (IEC 62682); stops name what machines say of themselves.",
        "zh-CN": "按平台规则产生的报警（IEC 62682）；设备自身的信息见“停机”。",
    }
    return Section("alarms", {"en": "Alarms", "zh-CN": "报警"}, (by_alarm, journal) if happened else (by_alarm,), note)
