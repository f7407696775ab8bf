"""When the plant is planned to work: the shifts of every day, and the planned stops of machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import msgspec

from xushi.kernel import RecordStore
from xushi.reports import ShiftCalendar
from xushi.runtime._report_orders import calendar_of

STOP = "maintenance"  # the kind of record of a planned stop
Spans: TypeAlias = list[tuple[int, int]]


class Stop(msgspec.Struct, frozen=True):
    """A planned stop of a machine, ns since 1970."""

    machine: str
    start_ns: int
    end_ns: int


class PlannedTimes(msgspec.Struct, frozen=True):
    """The shift calendar in force and every planned stop."""

    calendar: ShiftCalendar = ShiftCalendar()
    stops: tuple[Stop, ...] = ()

    def between_shifts(self, start_ns: int, end_ns: int) -> Spans:
        """The times without a shift."""
        return list(between_shifts(self.calendar, start_ns, end_ns))

    def closed(self, machine: str, start_ns: int, end_ns: int) -> Spans:
        """The times in which a machine is not planned to work, in the order of time, none touching another."""
        own = [
            (max(one.start_ns, start_ns), min(one.end_ns, end_ns)) for one in self.stops if one.machine == machine
        ]  # fmt: skip
        return joined([*self.between_shifts(start_ns, end_ns), *own])


AROUND_THE_CLOCK = PlannedTimes()


def planned_times(store: RecordStore) -> PlannedTimes:
    """What is planned: the shift calendar of the plant and its planned stops."""
    return PlannedTimes(calendar_of(store), tuple(stops_of(store)))


def stops_of(store: RecordStore) -> list[Stop]:
    """Every planned stop."""
    return [_stop(one) for _, one in store.list(STOP)]


def _stop(record: Any) -> Stop:
    return Stop(record["machine"], record["start_ns"], record["end_ns"])


def between_shifts(calendar: ShiftCalendar, start_ns: int, end_ns: int) -> Iterator[tuple[int, int]]:
    """Yield the times without a shift."""
    at = start_ns
    for span in calendar.spans(start_ns, end_ns):
        if span.start_ns > at:
            yield at, span.start_ns
        at = max(at, span.end_ns)
    if at < end_ns:
        yield at, end_ns


def joined(spans: Iterable[tuple[int, int]]) -> Spans:
    """Spans in the order of time, those that touch as one, empty ones left out."""
    found: Spans = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
