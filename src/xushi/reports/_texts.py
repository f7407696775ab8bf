"""Puts times, durations and numbers into the words and digits of a report."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from xushi.reports._content import CellKind, said
from xushi.reports._words import word

NONE_SHOWN = "–"


def local_time(at_ns: int, zone: ZoneInfo) -> datetime:
    """The instant in a time zone."""
    return datetime.fromtimestamp(at_ns / 1e9, zone)


def time_text(at_ns: int, zone: ZoneInfo, form: str = "%Y-%m-%d %H:%M") -> str:
    """An instant as text, ISO 8601 with a space; whole digits in both languages."""
    return local_time(at_ns, zone).strftime(form)


def duration_text(seconds: float, language: str) -> str:
    """A duration in its two largest useful units, e.g. 1 h 05 min, 4 min 10 s, 12 s."""
    hour, minute, second = ("小时", "分", "秒") if language == "zh-CN" else ("h", "min", "s")
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    gap = "" if language == "zh-CN" else "\u00a0"
    if hours:
        return f"{hours}{gap}{hour} {minutes:02d}{gap}{minute}"
    if minutes:
        return f"{minutes}{gap}{minute} {left:02d}{gap}{second}"
    return f"{left}{gap}{second}"


def period_text(start_ns: int, end_ns: int, zone: ZoneInfo, language: str) -> str:
    """A span of time; the day is not said twice."""
    start, end = local_time(start_ns, zone), local_time(end_ns, zone)
    form = "%H:%M" if start.date() == end.date() else "%Y-%m-%d %H:%M"
    length = duration_text((end_ns - start_ns) / 1e9, language)
    return word("period", language, start=start.strftime("%Y-%m-%d %H:%M"), end=end.strftime(form), length=length)


def cell_text(value: Any, kind: CellKind, digits: int, zone: ZoneInfo, language: str) -> str:
    """A cell of a table as text."""
    if value is None:
        return NONE_SHOWN
    if isinstance(value, dict):
        return said(value, language)
    if isinstance(value, str):
        return value
    if kind == "time":
        return time_text(int(value), zone, "%m-%d %H:%M:%S")
    if kind == "duration":
        return duration_text(float(value), language)
    if kind == "percent":
        return f"{100 * value:.{digits}f}\u00a0%"
    if kind == "integer":
        return f"{round(value):,}"
    return f"{value:,.{digits}f}"
