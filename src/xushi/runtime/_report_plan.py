"""The chapter that shows the line from above: where its machines stand, in the colours of their states at the end."""

from __future__ import annotations

from functools import reduce

import msgspec

from xushi.reports import FloorPlan, PlanThing, Section
from xushi.runtime._floor import Thing
from xushi.runtime._footprints import Box
from xushi.runtime._report_scope import Scope
from xushi.runtime._report_states import gather_times

_AROUND_M = 2.0
_MOST_THINGS = 2_000


def plan_section(scope: Scope) -> Section | None:
    """The floor plan; None where no machine that tells its state stands on the floor."""
    at_end = gather_times(msgspec.structs.replace(scope, start_ns=max(scope.start_ns, scope.end_ns - 1)))
    states = {machine.place: spans[-1][2] for machine, spans in at_end.lanes if spans}
    machines = [thing for thing in scope.things if thing.id in states]
    if not machines:
        return None
    extent = reduce(Box.joined, (thing.box for thing in machines)).grown(_AROUND_M)
    others = [thing for thing in scope.things if thing.id not in states and extent.holds(thing.box)]
    shown = tuple(_drawn(thing, states.get(thing.id)) for thing in [*machines, *others][:_MOST_THINGS])
    return Section(
        "plan",
        {"en": "The line at the end", "zh-CN": "结束时的产线"},
        (FloorPlan({}, at_end.states, shown),),
        {
            "en": "Seen from above, north up: where the machines stand now, in the colours of their states at the end "
            "of this span.",
            "zh-CN": "俯视图，上方为北：设备的当前位置，颜色为本时段结束时的状态。",
        },
    )


def _drawn(thing: Thing, state: int | None) -> PlanThing:
    return PlanThing(thing.name, *thing.box, state)
