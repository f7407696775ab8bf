"""Finds round marks for the axes of charts: numbers, and local times of the day."""

from __future__ import annotations

import math
from zoneinfo import ZoneInfo

from xushi.reports._texts import local_time

_NS = 1_000_000_000
_STEPS_S = (1, 2, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800)


def number_marks(low: float, high: float, count: int = 4) -> list[float]:
    """Return about `count` round numbers that enclose low…high."""
    if not high > low:
        pad = abs(low) * 0.1 or 1.0
        low, high = low - pad, high + pad
    rough = (high - low) / count
    power = 10 ** math.floor(math.log10(rough))
    step = next(one * power for one in (1, 2, 2.5, 5, 10) if one * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def number_text(value: float, marks: list[float]) -> str:
    """A mark as text, with the digits its neighbours need."""
    step = marks[1] - marks[0] if len(marks) > 1 else 1.0
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step else 0
    if digits and abs(step * 10**digits - round(step * 10**digits)) > 1e-6:
        digits += 1
    return f"{value:,.{digits}f}"


def time_marks(start_ns: int, end_ns: int, zone: ZoneInfo, count: int = 8) -> list[tuple[int, str]]:
    """Return (instant, text) of about `count` round local times within a span."""
    length_s = max(1e-9, (end_ns - start_ns) / _NS)
    step = next((one for one in _STEPS_S if length_s / one <= count), _STEPS_S[-1])
    offset = local_time(start_ns, zone).utcoffset()
    shift_s = int(offset.total_seconds()) if offset else 0
    first = -(-(start_ns // _NS + shift_s) // step) * step - shift_s
    form = "%m-%d" if step >= 86400 else "%H:%M" if step >= 60 else "%H:%M:%S"
    found = []
    at = first
    while at * _NS <= end_ns:
        if at * _NS >= start_ns:
            found.append((at * _NS, local_time(at * _NS, zone).strftime(form)))
        at += step
    return found
