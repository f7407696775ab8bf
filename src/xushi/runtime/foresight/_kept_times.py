"""Tells to which of its planned working times the line keeps, and what these are in a model.

The plan says when the line is to work, the line whether it does. Where the busiest machine was at work for most of the
end of the last time without a shift, the line is taken to go on so: shifts do not count. A machine at work within a
planned stop is taken to leave that stop out. Both are told.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from xushi.kernel import Diagnosis
from xushi.reports import ShiftCalendar
from xushi.runtime._planned_times import PlannedTimes, Stop
from xushi.runtime.foresight._change import EVERY, MOST_MIN, ModelChange
from xushi.runtime.foresight._plant import Plant
from xushi.runtime.foresight._records import read_machine
from xushi.signals import Timeline

_S = 1_000_000_000
_MIN_NS = 60 * _S
_DAY_NS = 86_400 * _S
_GRACE_NS = 10 * _MIN_NS  # for parts that are still being finished when a shift or the time until a stop is over
_LOOKED_AT_NS = 30 * _MIN_NS
_MOSTLY = 0.5


class KeptTimes(msgspec.Struct, frozen=True):
    """The planned times that the line keeps to, and what it does not keep to."""

    planned: PlannedTimes = PlannedTimes()
    diagnoses: tuple[Diagnosis, ...] = ()

    def changes(self, plant: Plant, at_ns: int) -> Iterator[ModelChange]:
        """Yield what they change in a model that works around the clock, from the fork on."""
        calendar = self.planned.calendar
        if self.planned.between_shifts(at_ns, at_ns + 8 * _DAY_NS):
            yield shifts_of(calendar)
        machines = {node.id for node in plant.machines()}
        for stop in self.planned.stops:
            pause = pause_of(stop, at_ns)
            if stop.machine in machines and pause is not None:
                yield pause


def shifts_of(calendar: ShiftCalendar) -> ModelChange:
    """What the shifts of a plant are in a model: every machine works in them."""
    hours = tuple(f"{one.start}-{one.end}" for one in calendar.shifts)
    return ModelChange(element=EVERY, figure="shifts", shifts=hours, zone=calendar.zone)


def pause_of(stop: Stop, at_ns: int) -> ModelChange | None:
    """What a planned stop is in a model; None where it is over before the fork, or begins beyond what is run ahead."""
    from_min, to_min = ((one - at_ns) / _MIN_NS for one in (stop.start_ns, stop.end_ns))
    if to_min <= 0 or from_min >= MOST_MIN:
        return None
    return ModelChange(
        element=stop.machine, figure="pause", from_min=max(0.0, from_min), to_min=min(to_min, MOST_MIN)
    )  # fmt: skip


def kept_times(plant: Plant, timeline: Timeline, planned: PlannedTimes, at_ns: int) -> KeptTimes:
    """Return to which planned times a line keeps, as its records before the fork tell."""
    told = []
    if not _keeps_shifts(plant, timeline, planned, at_ns):
        told.append(Diagnosis("runtime.works_between_shifts", plant.name or "–"))
        planned = msgspec.structs.replace(planned, calendar=ShiftCalendar())
    nodes = {node.id: node for node in plant.machines()}
    kept = []
    for stop in planned.stops:
        is_on = stop.machine in nodes and stop.start_ns + _GRACE_NS <= at_ns < stop.end_ns
        if is_on and read_machine(timeline, nodes[stop.machine], at_ns - _MIN_NS, at_ns).is_executing:
            told.append(Diagnosis("runtime.works_in_stop", stop.machine))
        else:
            kept.append(stop)
    return KeptTimes(msgspec.structs.replace(planned, stops=tuple(kept)), tuple(told))


def _keeps_shifts(plant: Plant, timeline: Timeline, planned: PlannedTimes, at_ns: int) -> bool:
    """Whether the line stood in the last time without a shift that is long enough to tell."""
    spans = planned.between_shifts(at_ns - 2 * _DAY_NS, at_ns)
    start_ns, end_ns = next((one for one in reversed(spans) if one[1] - one[0] >= _GRACE_NS), (0, 0))
    if start_ns == end_ns:
        return True
    start_ns = max(start_ns, end_ns - _LOOKED_AT_NS)
    most_s = _MOSTLY * (end_ns - start_ns) / _S
    return all(read_machine(timeline, node, start_ns, end_ns).worked_s <= most_s for node in plant.machines())
