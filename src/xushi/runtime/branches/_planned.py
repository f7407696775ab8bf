"""When a branch is planned to work: the shifts set on it, in the place of the plant's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xushi.reports import ShiftCalendar
from xushi.runtime._report_orders import calendar_of
from xushi.runtime.branches._record import Branch
from xushi.runtime.foresight import ModelChange, shifts_of

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

SHIFTS = "report.set_shifts"


def shifts_set(platform: Platform, command: str, params: Any) -> tuple[ModelChange, ...]:
    """Return the shifts that a command sets; nothing for another command.

    The last shifts given to a machine count: so they keep their place among the changes of the model alone.

    Raises:
        XushiError: `kernel.params_invalid`, `reports.zone_unknown`, `reports.shifts_taken_twice`,
            `reports.shifts_overlap`.
    """
    return (shifts_of(_calendar(platform, params)),) if command == SHIFTS else ()


def calendar_on(platform: Platform, branch: Branch) -> ShiftCalendar:
    """Return the shift calendar of a branch: the last that was set on it or before its fork, else the plant's."""
    one: Branch | None = branch
    while one is not None:
        for command, params in reversed(one.commands()):
            if command == SHIFTS:
                return _calendar(platform, params)
        one = one.before
    return calendar_of(platform.store)


def _calendar(platform: Platform, params: Any) -> ShiftCalendar:
    parsed: Any = platform.commands.parse(SHIFTS, params)
    calendar = ShiftCalendar(parsed.zone, parsed.shifts)
    calendar.check()
    return calendar
