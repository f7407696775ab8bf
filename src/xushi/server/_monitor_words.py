"""Puts alarms, journal entries and KPI figures into the JSON messages that pages read."""

from __future__ import annotations

import math

from xushi.kernel import pair_text
from xushi.monitor import TITLES, WINDOW_NS, AlarmView, Aside, Entry, Figure, Flood, Rule, Why
from xushi.server import _monitor_messages as m
from xushi.server._doors import to_ms
from xushi.signals import SignalDef, SignalRegistry, unit_display


def _ms(time_ns: int) -> float | None:
    return to_ms(time_ns) if time_ns else None


def _signal(registry: SignalRegistry, rule: Rule) -> SignalDef | None:
    return registry.get(registry.handle(rule.signal)) if rule.signal in registry else None


def alarm_info(view: AlarmView, registry: SignalRegistry) -> m.AlarmInfo:
    """An alarm as pages read it."""
    rule, occurred, handled = view.rule, view.occurred, view.handled
    signal = _signal(registry, rule)
    is_acked = view.is_acknowledged and handled.acknowledged >= occurred.count
    return m.AlarmInfo(
        id=rule.id, rule=rule.id, title=rule.title, text=rule.text, priority=rule.priority, state=view.state,
        is_active=occurred.is_active, since_ms=to_ms(view.since_ns), raised_ms=_ms(occurred.raised_ns),
        cleared_ms=None if occurred.is_active else _ms(occurred.cleared_ns),
        acked_ms=_ms(handled.acked_ns) if is_acked else None, acked_by=handled.acked_by or None if is_acked else None,
        shell=signal.shell if signal else "", signal=rule.signal, condition=rule.condition, value=occurred.value,
        limit=rule.limit, unit=unit_display(signal.unit) if signal else "", count=occurred.count,
        shelved=_shelved(handled.shelved) if view.state == "shelved" else None,
        suppressed=_suppressed(view), consequence=rule.consequence, action=rule.action,
        notes=[m.NoteInfo(to_ms(note.at_ns), note.by, note.text) for note in handled.notes],
    )  # fmt: skip


def _shelved(aside: Aside | None) -> m.ShelvedInfo | None:
    return None if aside is None else m.ShelvedInfo(aside.by, to_ms(aside.at_ns), to_ms(aside.until_ns), aside.reason)


def _suppressed(view: AlarmView) -> m.SuppressedInfo | None:
    aside, guarded_ns = view.handled.suppressed, view.occurred.guarded_ns
    if aside is not None:
        return m.SuppressedInfo(aside.by, to_ms(aside.at_ns), aside.reason, None)
    return m.SuppressedInfo("", to_ms(guarded_ns), "", view.rule.suppress_while) if guarded_ns else None


def flood_info(flood: Flood | None) -> m.FloodInfo | None:
    """A flood as pages read it."""
    if flood is None:
        return None
    return m.FloodInfo(to_ms(flood.since_ns), flood.count, to_ms(WINDOW_NS), list(flood.grouped))


def journal_entry(entry: Entry, rule: Rule | None) -> m.JournalEntry:
    """A journal entry as pages read it; an alarm whose rule is gone goes by its id."""
    return m.JournalEntry(
        entry.number, to_ms(entry.at_ns), entry.alarm, entry.event, entry.by, entry.reason, entry.value,
        entry.evidence, rule.title if rule else {"en": entry.alarm, "zh-CN": entry.alarm},
        rule.priority if rule else "low",
    )  # fmt: skip


def kpi_info(figure: Figure) -> m.KpiInfo:
    """A figure as pages read it."""
    of, title = figure.definition.title, TITLES[figure.kind]
    names = {
        language: pair_text(of.get(language) or of.get("en") or figure.definition.id, words, language)
        for language, words in title.items()
    }
    return m.KpiInfo(
        figure.id, figure.definition.id, figure.kind, names, figure.definition.shell, figure.value, figure.unit,
        figure.is_abnormal, figure.band.low, figure.band.high, figure.why_not, [_finite(one) for one in figure.trend],
    )  # fmt: skip


def kpi_why(why: Why, start_ms: float, end_ms: float) -> m.KpiWhy:
    """The reason for a figure as pages read it."""
    children = [kpi_why(child, start_ms, end_ms) for child in why.children]
    return m.KpiWhy(
        why.label,
        _finite(why.value),
        why.unit,
        why.formula,
        why.clause,
        why.note,
        why.signal,
        start_ms,
        end_ms,
        children,
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
