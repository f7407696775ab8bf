"""Tells where the material stands: stock at the stations, trays under way, and what each vehicle is doing.

From the stock alone follows whether a tray is under way: one is asked for as soon as the stock is low. Where it is, the
vehicles and the source say; what they do not say is assumed, and told.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from xushi import simulate
from xushi.kernel import Diagnosis
from xushi.runtime.foresight._build_supply import (
    MATERIAL,
    ORDERS,
    PERMIT,
    READY,
    UNIT,
    USED,
    filled_at,
    helper,
    takes_material,
    transport_of,
    tray_of,
)
from xushi.runtime.foresight._plant import Plant
from xushi.runtime.foresight._supply import FleetFacts, Supply, SupplyChain
from xushi.signals import Timeline

_ROLES = ("LastNode", "Load", "Target", "PositionX", "PositionY")


class SupplyRecords(msgspec.Struct, frozen=True):
    """The values at the end of the records: stock by station, whose tray each source fills, vehicles by role."""

    stock: dict[str, int] = {}
    preparing: dict[str, str] = {}
    vehicles: dict[str, dict[str, Any]] = {}


def read_supply(timeline: Timeline, plant: Plant, at_ns: int) -> SupplyRecords:
    """Read what is told of the supply at an instant."""
    chain = plant.supply

    def value(signals: Mapping[str, str], role: str) -> Any:
        key = signals.get(role)
        if key is None or key not in timeline.registry:
            return None
        rows = timeline.snapshot(at_ns, [timeline.registry.handle(key)]).rows(timeline.registry)
        return next((value for _, _, value, quality in rows if quality < 0x8000_0000), None)

    stock = {one.station: value(plant.nodes[one.station].signals, "Stock") for one in chain.supplies}
    preparing = {source: value(node.signals, "Preparing") for source, node in chain.sources.items()}
    vehicles = {
        node.id: {role: found for role in _ROLES if (found := value(node.signals, role)) is not None}
        for fleet in chain.fleets
        for node in fleet.vehicles
    }
    return SupplyRecords(
        {station: max(0, int(units)) for station, one in stock.items() if (units := _number(one)) is not None},
        {source: str(one) for source, one in preparing.items() if one},
        vehicles,
    )


def waits_for_material(plant: Plant, supply: SupplyRecords, station: str) -> bool:
    """Whether a station has nothing left to fit."""
    return plant.supply.of(station) is not None and supply.stock.get(station) == 0


def supply_state(
    plant: Plant, supply: SupplyRecords, model: simulate.Model, state: simulate.PlantState
) -> tuple[simulate.PlantState, list[Diagnosis]]:
    """Return the state of the line with that of its supply, and what of it is assumed."""
    if not plant.supply.supplies:
        return state, []
    return _Starter(plant, supply, model, state).run()


class _Starter:
    """Fills in the state supply by supply."""

    def __init__(
        self, plant: Plant, supply: SupplyRecords, model: simulate.Model, state: simulate.PlantState
    ) -> None:  # fmt: skip
        self._plant = plant
        self._chain: SupplyChain = plant.supply
        self._supply = supply
        self._model = model
        self._machines = dict(state.machines)
        self._buffers = dict(state.buffers)
        self._vehicles: dict[str, simulate.VehicleState] = {}
        self._state = state
        self._told: list[Diagnosis] = []
        self._with: dict[str, bool] = {}  # stations whose tray a vehicle has: whether it is loaded already

    def run(self) -> tuple[simulate.PlantState, list[Diagnosis]]:
        for fleet in self._chain.fleets:
            for number, vehicle in enumerate(fleet.vehicles, 1):
                self._vehicle(fleet, f"{fleet.id}-{number}", vehicle.id, fleet.homes[number - 1])
        busy: dict[str, int] = {}
        for one in self._chain.supplies:
            self._station(one, busy)
        state = msgspec.structs.replace(
            self._state, machines=self._machines, buffers=self._buffers, vehicles=self._vehicles
        )
        return state, self._told

    # ---- vehicles
    def _vehicle(self, fleet: FleetFacts, name: str, vehicle: str, home: str) -> None:
        """Where a vehicle is, and which tray it brings or fetches."""
        values = self._supply.vehicles.get(vehicle, {})
        errand = self._errand(fleet, values)
        is_loaded = bool(values.get("Load"))
        if is_loaded and errand is None:
            self._told.append(Diagnosis("runtime.vehicle_load_unknown", vehicle))
        at = self._place(values)
        if at is None or not self._leads_on(fleet, at):
            at = home if errand is None or not is_loaded else errand.start
            self._told.append(Diagnosis("runtime.vehicle_place_assumed", vehicle, {"point": at}))
        if errand is None:
            self._vehicles[name] = simulate.VehicleState(at=at)
            return
        self._with[errand.station] = is_loaded
        goal = errand.end if is_loaded else errand.start
        follower = self._follower(at, goal)
        position = _position(values)
        left_s = 0.0
        if follower is not None and position is not None and position != self._chain.points.get(at):
            at, left_s = follower, math.dist(position, self._chain.points[follower]) / fleet.speed_m_s
        elif follower is None and at != goal:  # nowhere on a way that leads there
            at = goal
        self._vehicles[name] = simulate.VehicleState(
            at=at, transport=transport_of(errand), phase="to_drop" if is_loaded else "to_pickup", left_s=left_s,
            part=simulate.PartState(product=tray_of(errand.station)) if is_loaded else None,
        )  # fmt: skip

    def _leads_on(self, fleet: FleetFacts, at: str) -> bool:
        """Whether roads lead from a point to all tasks of a fleet."""
        starts = {one.start for one in self._chain.supplies if one.fleet == fleet.id}
        return all(math.isfinite(self._chain.way_m(at, start)) for start in starts)

    def _errand(self, fleet: FleetFacts, values: Mapping[str, Any]) -> Supply | None:
        """The supply that a vehicle is under way for, where it says; each only once."""
        target = values.get("Target")
        for one in self._chain.supplies:
            if one.fleet == fleet.id and target in (one.station, one.end) and one.station not in self._with:
                return one
        return None

    def _place(self, values: Mapping[str, Any]) -> str | None:
        """The point a vehicle passed last, or the nearest to where it is."""
        if values.get("LastNode") in self._chain.points:
            return str(values["LastNode"])
        position = _position(values)
        if position is None:
            return None
        return min(self._chain.points, key=lambda point: math.dist(self._chain.points[point], position))

    def _follower(self, at: str, goal: str) -> str | None:
        """The next point on the shortest way; None where there is none."""
        roads = [road for road in self._chain.roads if road.start == at]
        ways = [(road.length_m + self._chain.way_m(road.end, goal), road.end) for road in roads]
        length_m, follower = min(ways, default=(math.inf, ""))
        return follower if at != goal and math.isfinite(length_m) else None

    # ---- stations
    def _station(self, one: Supply, busy: dict[str, int]) -> None:
        """The stock of one station, the tokens that stand for what was used, and where its tray is."""
        full = one.reorder_at + one.tray_units
        units = self._supply.stock.get(one.station)
        if units is None:
            units = full - one.tray_units // 2
            self._told.append(Diagnosis("runtime.stock_unknown", one.station, {"units": units}))
        is_under_way = units <= one.reorder_at or one.station in self._with
        tokens = max(0, full - units - one.tray_units * is_under_way)
        if self._take_unit(one.station):
            # The unit of the workpiece in hand is on the machine; one without is given what the next tray brings.
            units, tokens = (units - 1, tokens) if units else (0, max(0, tokens - 1))
        self._put(helper(one.station, MATERIAL), units)
        self._put(helper(one.station, USED), tokens)
        if not is_under_way:
            self._put(helper(one.station, PERMIT), 1)
        elif not self._with.get(one.station, False):
            self._tray(one, busy)

    def _put(self, buffer: str, count: int, product: str = UNIT) -> None:
        if count:
            part = simulate.PartState(product=product, quantity=count)
            self._buffers[buffer] = (*self._buffers.get(buffer, ()), part)

    def _take_unit(self, station: str) -> bool:
        """Give the workpiece on a station its material; False where there is none that still needs it."""
        state = self._machines[station]
        if not state.parts:
            return False
        operation = takes_material(self._plant, station).index(True)
        unit = simulate.PartState(product=UNIT)
        self._machines[station] = msgspec.structs.replace(state, operation=operation, parts=(*state.parts, unit))
        return True

    def _tray(self, one: Supply, busy: dict[str, int]) -> None:
        """A tray under way that no vehicle has: being filled, waiting to be filled, or ready."""
        tray = tray_of(one.station)
        if one.station in self._with:  # a vehicle comes for it
            self._put(helper(one.station, READY), 1, tray)
            return
        places = next(machine.count for machine in self._model.machines if machine.id == one.source)
        preparing = self._supply.preparing.get(one.source)
        if preparing in (one.station, one.end) and busy.get(one.source, 0) < places:
            number = busy[one.source] = busy.get(one.source, 0) + 1
            name = one.source if places == 1 else f"{one.source}-{number}"
            self._machines[name] = simulate.MachineState(parts=(simulate.PartState(product=tray),))
            return
        if preparing is None and "Preparing" in self._chain.sources[one.source].signals:
            where = filled_at(one)  # the source is at rest: all it was asked for is done
        elif preparing is None:
            where = filled_at(one) if one.fleet else helper(one.source, ORDERS)
            self._told.append(Diagnosis("runtime.tray_assumed", one.station, {"source": one.source}))
        else:
            where = helper(one.source, ORDERS)
            self._told.append(Diagnosis("runtime.tray_assumed", one.station, {"source": one.source}))
        self._put(where, 1, tray)


def _position(values: Mapping[str, Any]) -> tuple[float, float] | None:
    x, y = _number(values.get("PositionX")), _number(values.get("PositionY"))
    return None if x is None or y is None else (x, y)


def _number(value: Any) -> float | None:
    """A finite number; None for all else that a signal may hold."""
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def with_waiting(
    plant: Plant, supply: SupplyRecords, waiting: Mapping[str, bool], inside_s: Mapping[str, list[float]]
) -> tuple[dict[str, list[float]], set[str]]:
    """Put workpieces that wait on a station for material back to where they came from, where there is room.

    Args:
        waiting: stations with a workpiece that is neither worked on nor done.
        inside_s: how long what is in each buffer has been there, the oldest first.

    Returns:
        The same with them, and the stations that are empty then.
    """
    found = {buffer: list(ages) for buffer, ages in inside_s.items()}
    emptied = set()
    for station, is_waiting in waiting.items():
        if not is_waiting or not waits_for_material(plant, supply, station):
            continue
        fits = takes_material(plant, station)
        main = [flow.before for flow, one in zip(plant.into(station), fits, strict=False) if one]
        for buffer in main:
            node = plant.nodes[buffer]
            if node.is_buffer and len(found[buffer]) < int(node.facts["Capacity"]):
                found[buffer].insert(0, math.inf)
                emptied.add(station)
                break
    return found, emptied
