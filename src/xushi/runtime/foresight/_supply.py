"""Finds how stations get their material: who fills trays for whom, which vehicles bring them, on which roads.

A relation with the meaning `urn:xushi:MaterialSupply:1:0` from one node of a layout to another says that the first
supplies the second; its annotations `…/TrayPieces` or `…/TrayUnits`, `…/ReorderPoint`, `…/PreparationTime` (s),
`…/PreparationTimeVariation` and `…/VehicleType` say how. For how many workpieces the pieces of a tray last follows from
the bills of materials: their `BulkCount` at the station. A vehicle is whatever has a Property
`urn:xushi:Transport:1:0/VehicleType`: the `vehicleTypeId` of the road map, a VDA Layout Interchange Format file. Where
a station is served, and where a vehicle is at home, are the stations of that file, called like their shells.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from xushi.connectors.vda5050 import Layout
from xushi.kernel import Diagnosis
from xushi.runtime.foresight._twin_facts import SUPPLY, Node, facts_of, texts_of
from xushi.twins import AnnotatedRelationshipElement, RelationshipElement

_SPEED_M_S = 1.0  # of vehicles that do not say theirs
_MOST_UNITS = 10_000
_LONGEST_S = 86_400.0
_MOST_VARIATION = 5.0


class Supply(msgspec.Struct, frozen=True, kw_only=True):
    """How one station gets its material: tray by tray, one under way at most (kanban).

    Attributes:
        source, station: who fills the trays, and who empties them: a unit of the tray for each workpiece.
        tray_units: for how many workpieces a tray lasts.
        reorder_at: a tray is asked for when so many units or fewer are left, and none is under way.
        prepare_s, variation: mean and deviation over mean of the time the source needs for a tray.
        fleet: the type of the vehicles that bring it; empty where it comes at once.
        start, end: the points of the road map where it is loaded and unloaded.
    """

    source: str
    station: str
    tray_units: int
    reorder_at: int
    prepare_s: float = 0.0
    variation: float = 0.0
    fleet: str = ""
    start: str = ""
    end: str = ""


class FleetFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Vehicles of one type: speed in m/s, the time to load and to unload in s, and who they are.

    Attributes:
        charge_s_per_m: time at the charger for each metre driven; 0 where the battery is not described.
        turn_s_per_rad: time to turn on the spot; 0 where it is not described.
    """

    id: str
    speed_m_s: float
    load_s: float
    unload_s: float
    charge_s_per_m: float = 0.0
    turn_s_per_rad: float = 0.0
    vehicles: tuple[Node, ...]
    homes: tuple[str, ...]  # a point for each


class RoadFacts(msgspec.Struct, frozen=True):
    """A stretch of the road map, one way."""

    id: str
    start: str
    end: str
    length_m: float


class SupplyChain(msgspec.Struct, frozen=True, kw_only=True):
    """All that brings material to the stations; empty where the twins do not tell.

    Attributes:
        sources: by their id; what they are made of as nodes.
        points: of the road map, x and y in m.
    """

    sources: dict[str, Node] = {}
    supplies: tuple[Supply, ...] = ()
    fleets: tuple[FleetFacts, ...] = ()
    roads: tuple[RoadFacts, ...] = ()
    points: dict[str, tuple[float, float]] = {}

    def way_m(self, start: str, end: str) -> float:
        """The length of the shortest way between two points; infinite where there is none."""
        best_m, ahead = {start: 0.0}, {start}
        while ahead:  # Bellman-Ford: the maps are small
            changed = set()
            for road in self.roads:
                if road.start in ahead and best_m[road.start] + road.length_m < best_m.get(road.end, math.inf):
                    best_m[road.end] = best_m[road.start] + road.length_m
                    changed.add(road.end)
            ahead = changed
        return best_m.get(end, math.inf)

    def bend_rad(self, road: RoadFacts) -> float:
        """By how much a vehicle turns at the start of a road, over the ways that lead there."""
        ways = [one for one in self.roads if one.end == road.start and one.start != road.end]
        heading = self._heading(road)
        turns = [abs(math.remainder(heading - self._heading(one), 2 * math.pi)) for one in ways]
        return sum(turns) / len(turns) if turns else math.pi

    def _heading(self, road: RoadFacts) -> float:
        (x0, y0), (x1, y1) = self.points[road.start], self.points[road.end]
        return math.atan2(y1 - y0, x1 - x0)

    def of(self, station: str) -> Supply | None:
        """How a station is supplied; None where it needs nothing."""
        return next((one for one in self.supplies if one.station == station), None)


class SupplyFinder:
    """Gathers what the twins say of supply, and makes the chain of what fits together."""

    def __init__(self) -> None:
        self.vehicle_types: dict[str, str] = {}  # by shell
        self.told: list[Diagnosis] = []
        self._noted: list[tuple[tuple[str, str], dict[str, str], dict[str, float]]] = []
        self._source_shells: dict[str, str] = {}

    def note(
        self, element: RelationshipElement | AnnotatedRelationshipElement, ends: tuple[str, str], source_shell: str
    ) -> None:
        """Note one relation of supply."""
        self._noted.append((ends, dict(texts_of(element, SUPPLY)), dict(facts_of(element, SUPPLY))))
        self._source_shells[ends[0]] = source_shell

    def chain(
        self,
        nodes: Mapping[str, Node],
        machines: Sequence[str],
        read: Callable[[str], Node],
        layout: Callable[[], Layout | None],
        pieces: Callable[[], Mapping[str, float]],
    ) -> SupplyChain:
        """Return the supply of a plant.

        Args:
            nodes: those of the flow of parts; `machines` are those that work.
            read: reads the node of a shell.
            layout: finds the road map.
            pieces: finds how many pieces of material a station mounts on a workpiece.
        """
        described = list(self._described(nodes, machines, pieces))
        if not described:
            return SupplyChain()
        wanted = {one.fleet for one in described if one.fleet}
        roads = layout() if wanted else None
        fleets = {
            kind: self._fleet(kind, [read(shell) for shell, one in self.vehicle_types.items() if one == kind])
            for kind in sorted(wanted)
        }
        supplies = list(self._reachable(described, fleets, roads))
        used = {one.fleet for one in supplies}
        kept = [self._at_home(one, supplies, roads) for one in fleets.values() if one is not None and one.id in used]
        return SupplyChain(
            sources={one.source: read(self._source_shells[one.source]) for one in supplies},
            supplies=tuple(supplies),
            fleets=tuple(kept),
            roads=tuple(RoadFacts(*road) for road in roads.roads()) if roads is not None and kept else (),
            points={one.id: (one.x_m, one.y_m) for one in roads.nodes.values()} if roads is not None and kept else {},
        )

    def _described(
        self, nodes: Mapping[str, Node], machines: Sequence[str], pieces: Callable[[], Mapping[str, float]]
    ) -> Iterator[Supply]:
        """The supplies as they are described, one a station."""
        seen: set[str] = set()
        is_counted = any("TrayPieces" in facts for _, _, facts in self._noted)
        each = pieces() if is_counted else {}
        for (source, station), texts, facts in self._noted:
            if station not in machines or source in nodes:
                self.told.append(Diagnosis("runtime.supply_end_wrong", f"{source}→{station}"))
                continue
            if station in seen:
                self.told.append(Diagnosis("runtime.supply_twice", station, {"source": source}))
                continue
            units = facts.get("TrayUnits", 0.0)
            if "TrayUnits" not in facts and each.get(station, 0.0) > 0:
                units = facts.get("TrayPieces", 0.0) / each[station]
            if not 1 <= units <= _MOST_UNITS:
                self.told.append(Diagnosis("runtime.supply_tray_missing", f"{source}→{station}"))
                continue
            seen.add(station)
            reorder = facts.get("ReorderPoint", units)
            if not 0 <= reorder <= _MOST_UNITS:
                self._assume(station, "ReorderPoint", reorder := units)
            prepare_s = facts.get("PreparationTime", -1.0)
            if not 0 <= prepare_s <= _LONGEST_S:
                self._assume(station, "PreparationTime", prepare_s := 0.0)
            variation = min(max(0.0, facts.get("PreparationTimeVariation", 0.0)), _MOST_VARIATION)
            yield Supply(
                source=source, station=station, tray_units=int(units), reorder_at=int(reorder), prepare_s=prepare_s,
                variation=variation, fleet=texts.get("VehicleType", ""),
            )  # fmt: skip

    def _assume(self, place: str, figure: str, value: float) -> None:
        self.told.append(Diagnosis("runtime.supply_assumed", place, {"figure": figure, "value": f"{value:g}"}))

    def _fleet(self, kind: str, vehicles: list[Node]) -> FleetFacts | None:
        """The vehicles of one type; None where there are none."""
        if not vehicles:
            return None
        found = {}
        for figure, least, default in (
            ("Speed", 1e-3, _SPEED_M_S),
            ("LoadTime", 0.0, 0.0),
            ("UnloadTime", 0.0, 0.0),
        ):
            told = {one.facts[figure] for one in vehicles if least <= one.facts.get(figure, -1.0) <= _LONGEST_S}
            found[figure] = (min(told) if figure == "Speed" else max(told)) if told else default
            if len(told) != 1:
                self._assume(kind, figure, found[figure])
        charges = [
            one.facts["ChargeTime"] / one.facts["Range"]
            for one in vehicles
            if one.facts.get("Range", 0.0) > 0 and 0 <= one.facts.get("ChargeTime", -1.0) <= _LONGEST_S
        ]
        return FleetFacts(
            id=kind, speed_m_s=found["Speed"], load_s=found["LoadTime"], unload_s=found["UnloadTime"],
            charge_s_per_m=min(max(charges, default=0.0), _LONGEST_S),
            turn_s_per_rad=max((1 / speed for one in vehicles if (speed := one.facts.get("TurnSpeed", 0.0)) > 1e-3),
                               default=0.0),
            vehicles=tuple(vehicles), homes=(),
        )  # fmt: skip

    def _reachable(
        self, described: list[Supply], fleets: Mapping[str, FleetFacts | None], roads: Layout | None
    ) -> Iterator[Supply]:
        """Those for which there are vehicles, points and roads; each must lead on to the next task of any other."""
        taken: dict[str, list[Supply]] = {}
        for one in described:
            if not one.fleet:
                yield one
                continue
            if fleets.get(one.fleet) is None:
                self.told.append(Diagnosis("runtime.supply_no_vehicles", one.station, {"type": one.fleet}))
                continue
            mine = taken.setdefault(one.fleet, [])
            placed = _placed(one, roads)
            if placed is None or roads is None or not _leads_on(placed, mine, roads):
                self.told.append(Diagnosis("runtime.supply_no_way", one.station, {"source": one.source}))
                continue
            mine.append(placed)
            yield placed

    def _at_home(self, fleet: FleetFacts, supplies: list[Supply], roads: Layout | None) -> FleetFacts:
        """The fleet with the point at which each vehicle is at home."""
        starts = [one.start for one in supplies if one.fleet == fleet.id]
        homes = []
        for vehicle in fleet.vehicles:
            home = _point(vehicle.id, roads)
            if home is None or roads is None or not all(roads.way(home, start) for start in starts):
                self.told.append(Diagnosis("runtime.vehicle_no_home", vehicle.id, {"point": starts[0]}))
                home = starts[0]
            homes.append(home)
        return msgspec.structs.replace(fleet, homes=tuple(homes))


def _point(station: str, roads: Layout | None) -> str | None:
    """The point of the road map where somebody is served; None where there is none."""
    point = roads.node_of(station) if roads is not None else station
    return point if roads is not None and point in roads.nodes else None


def _placed(one: Supply, roads: Layout | None) -> Supply | None:
    start, end = _point(one.source, roads), _point(one.station, roads)
    if start is None or end is None or start == end:
        return None
    return msgspec.structs.replace(one, start=start, end=end)


def _leads_on(one: Supply, others: list[Supply], roads: Layout) -> bool:
    """Whether a vehicle can bring it, come back for the next, and go on to and come from all other tasks."""
    ways = [(one.start, one.end), (one.end, one.start)]
    ways += [(one.end, other.start) for other in others] + [(other.end, one.start) for other in others]
    return all(roads.way(start, end) for start, end in ways)
