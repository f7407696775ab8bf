"""The shift calendar: which shifts a day has, and when each begins and ends, in a time zone with its summer time."""

from __future__ import annotations

import itertools
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from xushi.kernel import XushiError

_NS = 1_000_000_000
_DAY_MIN = 24 * 60
ShiftId = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9_-]{0,30}$")]
ClockTime = Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
ShortText = Annotated[str, msgspec.Meta(max_length=100)]


class Shift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One shift of every day: local times of its begin and end; an end before the begin is on the next day."""

    id: ShiftId
    name: dict[str, ShortText]
    start: ClockTime
    end: ClockTime


class ShiftSpan(msgspec.Struct, frozen=True):
    """One shift on one day, ns since 1970; `day` is the date it began on."""

    shift: Shift
    day: str
    start_ns: int
    end_ns: int


class ShiftCalendar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shifts of a day and the IANA time zone they are meant in."""

    zone: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] = "UTC"
    shifts: Annotated[tuple[Shift, ...], msgspec.Meta(min_length=1, max_length=12)] = (
        Shift("early", {"en": "Early shift", "zh-CN": "早班"}, "06:00", "14:00"),
        Shift("late", {"en": "Late shift", "zh-CN": "中班"}, "14:00", "22:00"),
        Shift("night", {"en": "Night shift", "zh-CN": "夜班"}, "22:00", "06:00"),
    )

    def check(self) -> None:
        """Raises `reports.zone_unknown`, `reports.shifts_taken_twice` or `reports.shifts_overlap`."""
        zone_of(self.zone)
        for first, second in itertools.combinations(self.shifts, 2):
            if first.id == second.id:
                raise XushiError("reports.shifts_taken_twice", shift=first.id)
            if _overlap(first, second):
                raise XushiError("reports.shifts_overlap", first=first.id, second=second.id)

    def spans(self, from_ns: int, until_ns: int) -> list[ShiftSpan]:
        """Return every shift that ends after `from_ns` and begins before `until_ns`, in the order of time."""
        zone = zone_of(self.zone)
        day = datetime.fromtimestamp(from_ns / _NS, zone).date() - timedelta(days=2)
        last = datetime.fromtimestamp(until_ns / _NS, zone).date() + timedelta(days=1)
        found = []
        while day <= last:
            found += [_span(shift, day, zone) for shift in self.shifts]
            day += timedelta(days=1)
        wanted = (one for one in found if one.end_ns > from_ns and one.start_ns < until_ns)
        return sorted(wanted, key=lambda one: one.start_ns)


def local_ns(day: date, clock: str, zone: ZoneInfo) -> int:
    """The instant of a local time; one that summer time skips is taken an hour later, as `datetime` does."""
    hour, minute = int(clock[:2]), int(clock[3:])
    return round(datetime.combine(day, time(hour, minute), zone).timestamp()) * _NS


@cache
def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name. Raises `reports.zone_unknown`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise XushiError("reports.zone_unknown", zone=name[:60]) from error


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _overlap(first: Shift, second: Shift) -> bool:
    """Whether two shifts share a minute of the day; both may pass midnight."""
    length_first = (_minutes(first.end) - _minutes(first.start)) % _DAY_MIN or _DAY_MIN
    length_second = (_minutes(second.end) - _minutes(second.start)) % _DAY_MIN or _DAY_MIN
    apart = (_minutes(second.start) - _minutes(first.start)) % _DAY_MIN
    return apart < length_first or _DAY_MIN - apart < length_second


def _span(shift: Shift, day: date, zone: ZoneInfo) -> ShiftSpan:
    end_day = day if _minutes(shift.end) > _minutes(shift.start) else day + timedelta(days=1)
    start_ns, end_ns = local_ns(day, shift.start, zone), local_ns(end_day, shift.end, zone)
    return ShiftSpan(shift, day.isoformat(), start_ns, end_ns)
