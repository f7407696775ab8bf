"""When a branch is planned to work: its shifts and planned stops, begun from those of the plant at the fork."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from xushi.kernel import RecordStore, XushiError, canonical_json
from xushi.reports import ShiftCalendar
from xushi.runtime._planned_times import Stop
from xushi.runtime._report_orders import calendar_of
from xushi.runtime.branches._record import Branch
from xushi.runtime.foresight import ModelChange, Plant, pause_of, shifts_of
from xushi.runtime.orders import maintenance

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

SHIFTS = "report.set_shifts"
STOP, NO_STOP = "maintenance.add", "maintenance.remove"
_NS_PER_MS = 1_000_000


class BranchStop(Stop, frozen=True):
    """A planned stop of a machine with its reason, ns since 1970."""

    reason: str = ""


Stops: TypeAlias = dict[str, BranchStop]  # by id


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


def stops_of_line(store: RecordStore) -> Stops:
    """Return the planned stops of the line, the first first."""
    return {
        one["id"]: BranchStop(one["machine"], one["start_ns"], one["end_ns"], one["reason"])
        for one in maintenance(store)
    }


def stop_id(platform: Platform, params: Any) -> str:
    """Return what a stop that is planned on a branch is called there: it has no record of the line."""
    given = msgspec.to_builtins(platform.commands.parse(STOP, params))
    return f"branch-{hashlib.sha256(canonical_json(given)).hexdigest()[:12]}"


def stops_after(platform: Platform, stops: Mapping[str, BranchStop], commands: Iterable[tuple[str, Any]]) -> Stops:
    """Return planned stops with those that commands add and without those that they remove, in their sequence.

    Raises:
        XushiError: `kernel.params_invalid`; `runtime.maintenance_unknown` for the removal of one that is not there.
    """
    found = dict(stops)
    for command, params in commands:
        if command not in (STOP, NO_STOP):
            continue
        parsed: Any = platform.commands.parse(command, params)
        if command == STOP:
            start_ns, end_ns = (round(at_ms * _NS_PER_MS) for at_ms in (parsed.start_ms, parsed.end_ms))
            found[stop_id(platform, parsed)] = BranchStop(parsed.machine, start_ns, end_ns, parsed.reason)
        elif found.pop(parsed.id, None) is None:
            raise XushiError("runtime.maintenance_unknown", id=parsed.id)
    return found


def changes_of_stops(
    plant: Plant, before: Mapping[str, BranchStop], after: Mapping[str, BranchStop], fork_ns: int
) -> Iterator[ModelChange]:  # fmt: skip
    """Yield what other planned stops change in a model that was made with those before.

    Raises:
        XushiError: `runtime.maintenance_times_wrong` for a new one that is over before the fork, or too far ahead.
    """
    machines = {node.id for node in plant.machines()}
    gone = [one for id, one in before.items() if id not in after and one.machine in machines]
    for one in gone:
        pause = pause_of(one, fork_ns)
        if pause is not None:
            yield msgspec.structs.replace(pause, figure="unpaused")
    freed = {one.machine for one in gone}
    for id, one in after.items():
        if id in before and one.machine not in freed:
            continue  # the model pauses there
        pause = pause_of(one, fork_ns)
        if pause is not None:
            yield pause  # again, where one that is gone had a part of this time
        elif id not in before:
            raise XushiError("runtime.maintenance_times_wrong", machine=one.machine)
