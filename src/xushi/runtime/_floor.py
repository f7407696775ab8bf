"""Where machines of a drafted connection stand: the floor, what stands on it, and chosen or free spots."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from xushi.connectors.mapping import Fault, Machine
from xushi.connectors.mapping import Mapping as NodeMapping
from xushi.kernel import Record, XushiError
from xushi.runtime._footprints import Box, Footprints, footprint
from xushi.scene import Place, free_spots, local_position, read_place, world_position

_PASSABLE = frozenset({"building", "product", "agv"})
_STEP_M = 0.5
_FARTHEST_M = 60.0
_LARGEST_M = 100_000.0
_AISLE_M = 0.2
_TOUCH_M = 0.02  # what only touches does not stand in the way
_CELL_M = 4.0
_MOST_CELLS = 400
_POINT = Box(-0.5, -0.5, 0.5, 0.5)


class Area(NamedTuple):
    """A place on which machines may stand; `key` is its name, or its id where another has its name."""

    key: str
    id: str
    name: dict[str, str]
    box: Box | None


class Thing(NamedTuple):
    """Something that stands on the floor."""

    id: str
    shell: str | None
    name: dict[str, str]
    box: Box


class Spot(NamedTuple):
    """Where a machine comes to stand, in m in the plant's frame.

    `beside` names what stood at the chosen spot and `shifted_m` how far the machine was moved away from it.
    """

    x_m: float
    y_m: float
    area: Area | None
    is_chosen: bool
    shifted_m: float = 0.0
    beside: dict[str, str] | None = None


class _Taken:
    """What stands on the floor, found by where it is."""

    def __init__(self, things: Sequence[Thing]) -> None:
        self._cells: dict[tuple[int, int], list[Thing]] = {}
        self._large: list[Thing] = []
        for thing in things:
            self.add(thing)

    def add(self, thing: Thing) -> None:
        cells = list(_cells(thing.box, _MOST_CELLS + 1))
        if len(cells) > _MOST_CELLS:
            self._large.append(thing)
        else:
            for cell in cells:
                self._cells.setdefault(cell, []).append(thing)

    def met(self, box: Box) -> Thing | None:
        """Something that covers some of the same floor."""
        near = (thing for cell in _cells(box, _MOST_CELLS) for thing in self._cells.get(cell, ()))
        return next((thing for thing in (*self._large, *near) if thing.box.meets(box)), None)


def _cells(box: Box, most: int) -> Iterator[tuple[int, int]]:
    columns = range(math.floor(box.west / _CELL_M), math.floor(box.east / _CELL_M) + 1)
    rows = range(math.floor(box.south / _CELL_M), math.floor(box.north / _CELL_M) + 1)
    return islice(((column, row) for column in columns for row in rows), most)


class Floor:
    """The floor of a plant, as its places tell."""

    def __init__(self, records: Mapping[str, Record | Place], footprints: Footprints) -> None:
        self.places = {id: one if isinstance(one, Place) else read_place(one) for id, one in records.items()}
        self.bounds: Box | None = None
        self.things: list[Thing] = []
        self.areas: dict[str, Area] = {}
        boxes = {id: self._box(place, footprints) for id, place in self.places.items()}
        parents = {place.parent for place in self.places.values()}
        names: dict[str, int] = {}
        for place in self.places.values():
            names[place.name.get("en", place.id)] = names.get(place.name.get("en", place.id), 0) + 1
        for id, place in self.places.items():
            box = boxes[id]
            if place.category == "building" and box is not None:
                self.bounds = box if self.bounds is None else self.bounds.joined(box)
            if place.category == "building" or id in parents:
                name = place.name.get("en", id)
                key = name if names[name] == 1 else id
                self.areas[key] = Area(key, id, place.name, box)
            if place.category not in _PASSABLE and place.model is not None:
                self.things.append(Thing(id, place.shell, place.name, box or self._at(place)))

    def _box(self, place: Place, footprints: Footprints) -> Box | None:
        own = footprints.of(place.model)
        if own is None:
            return None
        corners = []
        for x in (own.west, own.east):
            for y in (own.south, own.north):
                corner = Place(id="", name={}, parent=place.id, position=(x, 0.0, -y))
                corners.append(world_position(corner, self.places))
        xs, zs = [corner[0] for corner in corners], [corner[2] for corner in corners]
        return Box(min(xs), -max(zs), max(xs), -min(zs))

    def _at(self, place: Place) -> Box:
        x, _, z = world_position(place, self.places)
        return _POINT.moved(x, -z)

    def area(self, word: str) -> Area | None:
        """The area of a name in any language, or of an id; None where there is none or several have the name."""
        if word in self.areas:
            return self.areas[word]
        found = [area for area in self.areas.values() if word == area.id or word in area.name.values()]
        return found[0] if len(found) == 1 else None

    def within(self, area: Area | None) -> Box | None:
        """The rectangle that a machine must not leave; None where nothing bounds it."""
        return area.box if area is not None and area.box is not None else self.bounds

    def faults(self, mapping: NodeMapping) -> list[Fault]:
        """The faults of the chosen spots, each in the first row of its machine."""
        rows: dict[str, int] = {}
        for row in mapping.rows:
            rows.setdefault(row.machine, row.number + 1)
        found = []
        for key, machine in mapping.machines.items():
            if machine.is_included and key in rows and (fault := self.fault(machine, rows[key])) is not None:
                found.append(fault)
        return found

    def fault(self, machine: Machine, row: int) -> Fault | None:
        """What is wrong with the spot that was chosen for a machine."""
        area = self.area(machine.area) if machine.area else None
        if machine.area and area is None:
            known = ", ".join(list(self.areas)[:20]) or "-"
            return Fault(row, "Area", machine.area[:200], "runtime.area_unknown", {"known": known})
        if machine.x_m is None or machine.y_m is None:
            return None
        value = f"{machine.x_m:g}, {machine.y_m:g}"
        if not all(math.isfinite(one) and abs(one) <= _LARGEST_M for one in (machine.x_m, machine.y_m)):
            return Fault(row, "X (m)", value[:200], "runtime.machine_outside", _words(Box(-1e5, -1e5, 1e5, 1e5)))
        bounds = self.within(area)
        if bounds is not None and not bounds.holds(footprint_of(machine).moved(machine.x_m, machine.y_m)):
            return Fault(row, "X (m)", value, "runtime.machine_outside", _words(bounds))
        return None

    def spots(self, machines: Mapping[str, Machine], standing: frozenset[str]) -> dict[str, Spot]:
        """Where the machines come to stand, by shell id: chosen spots first, then free ones for the rest.

        Args:
            machines: by the id of their shell.
            standing: shells that stand somewhere already; without a choice they stay there and get no spot.

        Raises:
            XushiError: `runtime.machine_no_room`.
        """
        chosen = {shell for shell, one in machines.items() if one.x_m is not None and one.y_m is not None}
        in_areas = {
            shell for shell, one in machines.items()
            if shell not in chosen and one.area and not self._stands_in(shell, one, standing)
        }  # fmt: skip
        moving = chosen | in_areas
        taken = _Taken([thing for thing in self.things if thing.shell not in moving])
        found: dict[str, Spot] = {}
        for shell in [*(one for one in machines if one in chosen), *(one for one in machines if one in in_areas)]:
            machine = machines[shell]
            area = self.area(machine.area) if machine.area else None
            spot = self._chosen(machine, area, taken) if shell in chosen else self._free(machine, area, taken)
            found[shell] = spot
            box = footprint_of(machine).moved(spot.x_m, spot.y_m)
            taken.add(Thing(shell, shell, machine.name, box))
        rest = [shell for shell in machines if shell not in moving and shell not in standing]
        stand_ins = [
            Place(id=f"\n{shell}", name={}, position=(spot.x_m, 0.0, -spot.y_m)) for shell, spot in found.items()
        ]
        others = [place for place in self.places.values() if place.shell not in moving]
        for shell, (x, _, z) in zip(rest, free_spots([*others, *stand_ins], len(rest)), strict=True):
            found[shell] = Spot(x, -z, None, False)
        return found

    def _stands_in(self, shell: str, machine: Machine, standing: frozenset[str]) -> bool:
        """Whether a machine stands in its area already."""
        area = self.area(machine.area)
        return shell in standing and area is not None and any(
            place.shell == shell and place.parent == area.id for place in self.places.values()
        )  # fmt: skip

    def _chosen(self, machine: Machine, area: Area | None, taken: _Taken) -> Spot:
        wanted = (machine.x_m or 0.0, machine.y_m or 0.0)
        in_the_way = taken.met(footprint_of(machine).moved(*wanted))
        if in_the_way is None:
            return Spot(*wanted, area, True)
        x, y = self._nearest(machine, wanted, self.within(area), taken)
        return Spot(x, y, area, True, math.hypot(x - wanted[0], y - wanted[1]), in_the_way.name)

    def _free(self, machine: Machine, area: Area | None, taken: _Taken) -> Spot:
        box = self.within(area)
        if area is not None and area.box is None:
            x, _, z = world_position(self.places[area.id], self.places)
            middle = (x, -z)
        elif box is not None:
            middle = ((box.west + box.east) / 2, (box.south + box.north) / 2)
        else:
            middle = (0.0, 0.0)
        x, y = self._nearest(machine, middle, box, taken)
        return Spot(x, y, area, False)

    def _nearest(
        self, machine: Machine, wanted: tuple[float, float], bounds: Box | None, taken: _Taken
    ) -> tuple[float, float]:
        found = _free_near(footprint_of(machine), wanted, bounds, taken)
        if found is None:
            raise XushiError("runtime.machine_no_room", machine=machine.key, x=f"{wanted[0]:g}", y=f"{wanted[1]:g}")
        return found

    def beside(self, id: str, count: int, kept_free: Sequence[Box] = ()) -> list[tuple[float, float]]:
        """The free spots nearest to a thing for others of its size, as shifts (m) to the east and to the north.

        Args:
            kept_free: floor on which nothing may stand although nothing stands there, such as roads.

        Returns: fewer than `count` where there is no room for more, none where nothing of that name stands here.
        """
        own = next((thing for thing in self.things if thing.id == id), None)
        if own is None:
            return []
        taken = _Taken([*self.things, *(Thing("", None, {}, box) for box in kept_free)])
        spots: list[tuple[float, float]] = []
        while len(spots) < count and (spot := _free_near(own.box, (0.0, 0.0), self.bounds, taken)) is not None:
            taken.add(Thing("", None, {}, own.box.moved(*spot)))
            spots.append(spot)
        return spots

    def met_by(self, ids: Collection[str]) -> list[Thing]:
        """What covers some of the floor of those things, beside themselves."""
        own = [thing.box for thing in self.things if thing.id in ids]
        return [
            thing for thing in self.things
            if thing.id not in ids and any(thing.box.meets(box.grown(-_TOUCH_M)) for box in own)
        ]  # fmt: skip

    def placed(self, record: Record, spot: Spot) -> Record:
        """A place record moved to a spot; one that was put into an area stands on it from now on."""
        parent = spot.area.id if spot.area is not None else record["parent"]
        y = world_position(read_place(record), self.places)[1] if record["parent"] in self.places else 0.0
        position = local_position((spot.x_m, y if spot.area is None else 0.0, -spot.y_m), parent, self.places)
        return {**record, "parent": parent, "position": [round(part, 4) for part in position]}


def footprint_of(machine: Machine) -> Box:
    """The floor that a machine of its kind covers around its origin."""
    from xushi.scene.modelling import model_of_kind

    if machine.kind not in _OF_KINDS:
        _OF_KINDS[machine.kind] = footprint(model_of_kind(machine.kind)) or _POINT
    return _OF_KINDS[machine.kind]


_OF_KINDS: dict[str, Box] = {}


def _free_near(
    own: Box, wanted: tuple[float, float], bounds: Box | None, taken: _Taken
) -> tuple[float, float] | None:  # fmt: skip
    """The nearest free spot for a footprint; None where there is none within reach."""
    for x, y in _around(wanted):
        box = own.moved(x, y)
        if (bounds is None or bounds.holds(box)) and taken.met(box.grown(_AISLE_M)) is None:
            return x, y
    return None


def _around(wanted: tuple[float, float]) -> Iterator[tuple[float, float]]:
    """Points around one on a square grid, the nearest first."""
    steps = int(_FARTHEST_M / _STEP_M)
    for ring in range(steps + 1):
        edge = range(-ring, ring + 1)
        cells = [(column, row) for column in edge for row in edge if max(abs(column), abs(row)) == ring]
        for column, row in sorted(cells, key=lambda cell: (cell[0] ** 2 + cell[1] ** 2, cell)):
            yield wanted[0] + column * _STEP_M, wanted[1] + row * _STEP_M


def _words(box: Box) -> dict[str, str]:
    return {name: f"{round(value, 2) + 0.0:g}" for name, value in box._asdict().items()}
