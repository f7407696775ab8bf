"""When a report is due by itself: at each shift's end, daily, or weekly at a local time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec

from xushi.reports._calendar import ClockTime, ShiftCalendar, ShiftId, ShortText, local_ns, zone_of

_NS = 1_000_000_000
MOST_MADE_UP = 50  # of those missed while the platform was off, the newest so many are made


class Period(msgspec.Struct, frozen=True):
    """A span that a report is due for, ns since 1970, and what people call it."""

    title: dict[str, str]
    start_ns: int
    end_ns: int


class Schedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is made when.

    Attributes:
        every: `shift` at each shift's end, `day` and `week` at the local time `at`, for the 24 hours or 7 days before.
        shifts: only the shifts of these ids; all of them when empty.
        weekday: 0 Monday … 6 Sunday, for `week`.
    """

    every: Literal["shift", "day", "week"]
    at: ClockTime = "06:00"
    weekday: Annotated[int, msgspec.Meta(ge=0, le=6)] = 0
    shifts: tuple[ShiftId, ...] = ()
    title: dict[str, ShortText] = {}

    def due(self, calendar: ShiftCalendar, after_ns: int, until_ns: int) -> list[Period]:
        """Return the periods that ended after `after_ns` and no later than `until_ns`, the newest so many, in order."""
        after_ns = max(after_ns, until_ns - (MOST_MADE_UP + 1) * 7 * 86_400 * _NS)
        found = self._shift_ends(calendar, after_ns, until_ns) if self.every == "shift" else []
        if self.every != "shift":
            found = self._days(calendar, after_ns, until_ns)
        return [one for one in found if after_ns < one.end_ns <= until_ns][-MOST_MADE_UP:]

    def next_ns(self, calendar: ShiftCalendar, after_ns: int) -> int | None:
        """The instant at which the next report is due."""
        coming = self.due_ends(calendar, after_ns, after_ns + 9 * 86_400 * _NS)
        return coming[0] if coming else None

    def due_ends(self, calendar: ShiftCalendar, after_ns: int, until_ns: int) -> list[int]:
        """The ends of all periods in a span, in order."""
        kind = self._shift_ends if self.every == "shift" else self._days
        return [one.end_ns for one in kind(calendar, after_ns, until_ns) if after_ns < one.end_ns <= until_ns]

    def _shift_ends(self, calendar: ShiftCalendar, after_ns: int, until_ns: int) -> list[Period]:
        spans = calendar.spans(after_ns, until_ns)
        wanted = [one for one in spans if not self.shifts or one.shift.id in self.shifts]
        ends = [Period(_named(one.shift.name, one.day), one.start_ns, one.end_ns) for one in wanted]
        return sorted(ends, key=lambda one: one.end_ns)

    def _days(self, calendar: ShiftCalendar, after_ns: int, until_ns: int) -> list[Period]:
        zone = zone_of(calendar.zone)
        day = datetime.fromtimestamp(after_ns / _NS, zone).date() - timedelta(days=1)
        last = datetime.fromtimestamp(until_ns / _NS, zone).date() + timedelta(days=1)
        length = timedelta(days=1 if self.every == "day" else 7)
        name = {"en": "Daily report", "zh-CN": "日报"} if length.days == 1 else {"en": "Weekly report", "zh-CN": "周报"}
        found = []
        while day <= last:
            if self.every == "day" or day.weekday() == self.weekday:
                begin = day - length
                ends = local_ns(begin, self.at, zone), local_ns(day, self.at, zone)
                found.append(Period(_named(name, begin.isoformat()), *ends))
            day += timedelta(days=1)
        return found


def _named(name: dict[str, str], day: str) -> dict[str, str]:
    return {language: f"{text} {day}" for language, text in name.items()}
