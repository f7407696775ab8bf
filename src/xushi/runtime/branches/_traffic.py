"""Shows the vehicles of a course: where each is, straight from point to point, what it does, for whom and with what."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xushi import simulate
from xushi.runtime.branches._start import Start
from xushi.runtime.foresight import FleetFacts

_VEHICLE = 3  # the kind of a row, see `simulate.Trace`
_STANDS, _TO_PICKUP, _LOADING, _TO_DROP, _UNLOADING, _IN_TRAFFIC = range(6)
_STEP_S = 1.0  # between two pictures of one that drives; the scene moves it smoothly in between
# Of MachineryItemState (OPC 40001-1, clause 12) and the reasons the scene knows.
_NOT_EXECUTING, _EXECUTING = 2, 3
_RUNNING, _BLOCKED, _IDLE = 0, 2, 6

Floats = NDArray[np.float64]


class _Row(NamedTuple):
    """What a vehicle does from an instant on, at which point or on the road from there."""

    at_s: float
    seen: int
    point: str
    is_loaded: bool
    target: str  # the station for which it is under way; empty for none


class Traffic:
    """The vehicles of one course.

    Args:
        put: shows a value: vehicle, role, instant, value.
        run: shows numbers over time: vehicle, role, instants, values.
        at_fork: the number a signal had at the fork; None where it had none.
    """

    def __init__(
        self,
        start: Start,
        trace: simulate.Trace,
        put: Callable[[str, str, float, Any], None],
        run: Callable[[str, str, Floats, Floats], None],
        at_fork: Callable[[str, str], float | None],
    ) -> None:
        self._start = start
        self._trace = trace
        self._put, self._run, self._at_fork = put, run, at_fork
        self._points = start.plant.supply.points
        self._stations = {one.end: one.station for one in start.plant.supply.supplies if one.fleet}

    def paint(self) -> None:
        """Show them all; one that is set beside those of the plant has no signals."""
        rows: dict[str, list[_Row]] = {}
        trace = self._trace
        for place in np.flatnonzero(trace.kind == _VEHICLE).tolist():
            row = _Row(
                float(trace.at_s[place]), int(trace.state[place]), trace.points[int(trace.to[place])],
                bool(trace.part[place] >= 0), self._target(int(trace.operation[place])),
            )  # fmt: skip
            rows.setdefault(trace.names[_VEHICLE][int(trace.index[place])], []).append(row)
        for fleet in self._start.plant.supply.fleets:
            for number, vehicle in enumerate(fleet.vehicles, 1):
                name = f"{fleet.id}-{number}"
                if name in rows:
                    self._vehicle(fleet, vehicle.id, name, rows[name])

    def _vehicle(self, fleet: FleetFacts, vehicle: str, name: str, rows: list[_Row]) -> None:
        self._arrive(fleet, vehicle, name, rows[0])
        for number, row in enumerate(rows):
            target = row.target
            following = rows[number + 1] if number + 1 < len(rows) else None
            is_driving = row.seen in (_TO_PICKUP, _TO_DROP)
            self._put(vehicle, "State", row.at_s, _NOT_EXECUTING if row.seen == _STANDS else _EXECUTING)
            detail = {_STANDS: _IDLE, _IN_TRAFFIC: _BLOCKED}.get(row.seen, _RUNNING)
            self._put(vehicle, "Detail", row.at_s, detail)
            self._put(vehicle, "Driving", row.at_s, is_driving)
            self._put(vehicle, "LastNode", row.at_s, row.point)
            self._put(vehicle, "Load", row.at_s, f"~{target}" if row.is_loaded else "")
            self._put(vehicle, "Target", row.at_s, target)
            self._put(vehicle, "Stage", row.at_s, self._picture(target) if row.is_loaded else 0)
            if is_driving and following is not None and following.point != row.point:
                self._drive(vehicle, self._points[row.point], row.at_s, self._points[following.point], following.at_s)
            elif row.at_s > 0:
                self._stand(vehicle, self._points[row.point], row.at_s)

    def _target(self, goal: int) -> str:
        return self._stations.get(self._trace.points[goal], "") if goal >= 0 else ""

    def _picture(self, station: str) -> int:
        """As what the tray for a station is shown."""
        supply = self._start.plant.supply.of(station)
        return self._start.labels.stage_after.get(supply.source, 1) if supply is not None else 1

    def _arrive(self, fleet: FleetFacts, vehicle: str, name: str, row: _Row) -> None:
        """From where it was at the fork to the point it comes to first."""
        x, y = self._at_fork(vehicle, "PositionX"), self._at_fork(vehicle, "PositionY")
        state = self._start.state.vehicles.get(name)
        left_s = state.left_s if state is not None else 0.0
        there = self._points[row.point]
        if x is None or y is None:
            self._stand(vehicle, there, 0.0)
        elif left_s > 0 and row.seen in (_TO_PICKUP, _TO_DROP) and math.dist((x, y), there) > 0:
            self._drive(vehicle, (x, y), 0.0, there, left_s)
        else:
            self._stand(vehicle, (x, y), 0.0)

    def _stand(self, vehicle: str, point: tuple[float, float], at_s: float) -> None:
        for role, value in (("PositionX", point[0]), ("PositionY", point[1]), ("Velocity", 0.0)):
            self._put(vehicle, role, at_s, float(value))

    def _drive(
        self, vehicle: str, here: tuple[float, float], from_s: float, there: tuple[float, float], to_s: float
    ) -> None:
        lasts_s = max(to_s - from_s, 1e-6)
        at_s = np.append(np.arange(from_s, to_s - _STEP_S / 2, _STEP_S), to_s)
        share = (at_s - from_s) / lasts_s
        for role, low, high in (("PositionX", here[0], there[0]), ("PositionY", here[1], there[1])):
            self._run(vehicle, role, at_s, np.round(low + (high - low) * share, 3))
        self._put(vehicle, "Theta", from_s, round(math.atan2(there[1] - here[1], there[0] - here[0]), 4))
        self._put(vehicle, "Velocity", from_s, round(math.dist(here, there) / lasts_s, 3))
