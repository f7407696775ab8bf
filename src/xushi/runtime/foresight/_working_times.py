"""Working times of machines in a model: the shifts of every day, and pauses, kept apart so that each can be changed.

The calendar that a machine works by is `M/calendar`. Where it has shifts, `M/shifts` holds them alone and `M/pauses`
the time without its pauses; its calendar is what both leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, TypeAlias

import msgspec

from xushi import simulate
from xushi.reports import Shift, ShiftCalendar

YEARS_S = 1e9  # longer than anything is run ahead
_S = 1e9
_LONGEST_NS = round(timedelta(days=60).total_seconds() * _S)  # longer than forks of forks reach
_MOST_SHIFTS = 12
# Begin and end by the clock of the plant; an end before the begin is on the next day.
ShiftTime: TypeAlias = Annotated[
    str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$")
]
ShiftTimes: TypeAlias = Annotated[tuple[ShiftTime, ...], msgspec.Meta(min_length=1, max_length=_MOST_SHIFTS)]
Windows: TypeAlias = tuple[tuple[float, float], ...]
ALWAYS: Windows = ((0.0, YEARS_S),)
Calendars: TypeAlias = dict[str, simulate.Calendar]


def shift_windows(shifts: Sequence[str], zone: str, at_ns: int, calendar_s: float) -> Windows:
    """When a day's shifts are worked, in the calendar's time, from the fork on.

    Args:
        zone: IANA name of the time zone of the shifts; its summer time counts.
        at_ns: the fork, ns since 1970, at which the calendar's time is `calendar_s`.

    Raises:
        XushiError: `reports.zone_unknown`, `reports.shifts_overlap`.
    """
    made = tuple(Shift(f"s{at}", {}, *one.split("-")) for at, one in enumerate(shifts, 1))
    calendar = ShiftCalendar(zone, made)
    calendar.check()
    windows: list[tuple[float, float]] = []
    for span in calendar.spans(at_ns, at_ns + _LONGEST_NS):
        start_s, end_s = (calendar_s + (one - at_ns) / _S for one in (span.start_ns, span.end_ns))
        start_s = max(0.0, start_s)
        if windows and start_s <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(end_s, windows[-1][1]))
        else:
            windows.append((start_s, end_s))
    return tuple(windows)


def with_times_of(calendars: Calendars, machine: str, other: str) -> Calendars:
    """The calendars with another machine that has the working times of a machine, as its own."""
    made = dict(calendars)
    for name_of in (calendar_of_machine, _shifts, _pauses):
        made.pop(name_of(other), None)
        if name_of(machine) in calendars:
            made[name_of(other)] = _calendar(name_of(other), calendars[name_of(machine)].working_s)
    return made


def with_shifts(calendars: Calendars, machine: str, shifts: Windows) -> Calendars:
    """The calendars with other shifts of a machine; its pauses stay."""
    pauses = calendars.get(_pauses(machine))
    if pauses is None and _shifts(machine) not in calendars:
        pauses = calendars.get(calendar_of_machine(machine))
    free = ALWAYS if pauses is None else pauses.working_s
    made = dict(calendars)
    made[_shifts(machine)] = _calendar(_shifts(machine), shifts)
    if free != ALWAYS:
        made[_pauses(machine)] = _calendar(_pauses(machine), free)
    made[calendar_of_machine(machine)] = _calendar(calendar_of_machine(machine), _both(shifts, free))
    return made


def with_pause(calendars: Calendars, machine: str, from_s: float, to_s: float) -> Calendars:
    """The calendars with one more pause of a machine; its shifts stay."""
    shifts = calendars.get(_shifts(machine))
    name = calendar_of_machine(machine) if shifts is None else _pauses(machine)
    before = calendars[name].working_s if name in calendars else ALWAYS
    free: list[tuple[float, float]] = []
    for low, high in before:
        free += [pair for pair in ((low, min(high, from_s)), (max(low, to_s), high)) if pair[0] < pair[1]]
    return _with_free(calendars, machine, tuple(free))


def without_pause(calendars: Calendars, machine: str, from_s: float, to_s: float) -> Calendars:
    """The calendars with no pause of a machine in a time; its shifts stay."""
    name = calendar_of_machine(machine) if _shifts(machine) not in calendars else _pauses(machine)
    if name not in calendars:
        return calendars
    return _with_free(calendars, machine, _joined([*calendars[name].working_s, (from_s, to_s)]))


def _with_free(calendars: Calendars, machine: str, free: Windows) -> Calendars:
    """The calendars with another time without pauses of a machine."""
    name, shifts = calendar_of_machine(machine), calendars.get(_shifts(machine))
    if shifts is None:
        return {**calendars, name: _calendar(name, free)}
    pauses = _calendar(_pauses(machine), free)
    return {**calendars, pauses.id: pauses, name: _calendar(name, _both(shifts.working_s, free))}


def with_work(calendars: Calendars, machine: str, from_s: float, to_s: float) -> Calendars:
    """The calendars with a time in which a machine works, whatever its shifts and pauses say."""
    made = dict(calendars)
    for name in (_shifts(machine), _pauses(machine), calendar_of_machine(machine)):
        if name in made:
            made[name] = _calendar(name, _joined([*made[name].working_s, (from_s, to_s)]))
    return made


def _joined(windows: Sequence[tuple[float, float]]) -> Windows:
    """Windows in the order of time, those that touch as one."""
    found: list[tuple[float, float]] = []
    for start_s, end_s in sorted(windows):
        if found and start_s <= found[-1][1]:
            found[-1] = (found[-1][0], max(end_s, found[-1][1]))
        else:
            found.append((start_s, end_s))
    return tuple(found)


def open_windows(model: simulate.Model, stations: Sequence[str]) -> Windows:
    """When any of the machines of a model is to work, in the calendar's time."""
    calendars = {one.id: one.working_s for one in model.calendars}
    windows: list[tuple[float, float]] = []
    for machine in model.machines:
        if machine.id in stations:
            if machine.calendar is None:
                return ALWAYS
            windows += calendars[machine.calendar]
    return _joined(windows) or ALWAYS


def around_the_clock(model: simulate.Model) -> simulate.Model:
    """The model without working times: it works whenever it runs."""
    machines = tuple(msgspec.structs.replace(one, calendar=None) for one in model.machines)
    return msgspec.structs.replace(model, machines=machines, calendars=())


def calendar_of_machine(machine: str) -> str:
    """The id of the calendar that a machine works by."""
    return f"{machine}/calendar"


def _shifts(machine: str) -> str:
    return f"{machine}/shifts"


def _pauses(machine: str) -> str:
    return f"{machine}/pauses"


def _calendar(name: str, windows: Windows) -> simulate.Calendar:
    return simulate.Calendar(id=name, period_s=YEARS_S, working_s=windows)


def _both(one: Windows, other: Windows) -> Windows:
    """What lies in windows of both."""
    found = []
    for low, high in one:
        for start, end in other:
            if max(low, start) < min(high, end):
                found.append((max(low, start), min(high, end)))
    return tuple(found)
