"""What is moved on a branch: where things then stand, and how much longer or shorter the way of the parts becomes.

A carrying buffer (a conveyor) reaches from one end to the other. Each end keeps its place at the machine it belongs to,
as both stood at the fork; when a machine is moved, the distance between the ends becomes another one and the time to be
carried changes in proportion.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from xushi.kernel import Record, RecordStore
from xushi.runtime.branches._record import Branch, Edit
from xushi.runtime.foresight import ModelChange, Plant
from xushi.scene import (
    Flow,
    MoveParams,
    Place,
    Quaternion,
    Vector,
    local_position,
    read_place,
    unit_quaternion,
    world_position,
)

MOVE = "scene.move"
_APART_M = 0.05  # as fine as the hand places things
_SHORTEST_M = 0.1
_SAME_SHARE = 1e-3
_LEAST, _MOST = 0.01, 100.0  # what a factor of a change may be
Places = Mapping[str, Place]


class Placement(msgspec.Struct, frozen=True, array_like=True):
    """Where a place stood at a fork."""

    parent: str | None
    position: Vector
    rotation: Quaternion
    scale: Vector


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """What one move of a branch does.

    Attributes:
        name: of what is moved, per language.
        east_m, north_m, up_m: from where it stood before this move, in the plant's frame.
        turned_deg: against how it stood before.
        changes: the transfer times that become other ones, against those before it.
    """

    place: str
    name: dict[str, str]
    east_m: float
    north_m: float
    up_m: float
    turned_deg: float
    changes: tuple[ModelChange, ...] = ()

    def words(self) -> dict[str, str]:
        """The move in one sentence, in both languages."""
        return {"en": self._told("en"), "zh-CN": self._told("zh-CN")}

    def _told(self, language: str) -> str:
        is_zh = language != "en"
        told = self.name.get(language) or self.name.get("en") or self.place
        metres = round(math.hypot(self.east_m, self.north_m, self.up_m), 2)
        ways = (
            (self.east_m, "east", "向东"), (-self.east_m, "west", "向西"), (self.north_m, "north", "向北"),
            (-self.north_m, "south", "向南"), (self.up_m, "up", "向上"), (-self.up_m, "down", "向下"),
        )  # fmt: skip
        along = [f"{zh} {way_m:g} m" if is_zh else f"{way_m:g} m {en}" for way_m, en, zh in ways if way_m > 0]
        told += f"：移动 {metres:g} m" if is_zh else f": moved by {metres:g} m"
        if along:
            told += f"（{'，'.join(along)}）" if is_zh else f" ({', '.join(along)})"
        if self.turned_deg >= 1:
            told += f"，旋转 {self.turned_deg:g}°" if is_zh else f", turned by {self.turned_deg:g}°"
        times = [f"{one.element} × {one.factor:g}" for one in self.changes]
        if times:
            told += f"；输送时间 {'，'.join(times)}" if is_zh else f"; transfer time {', '.join(times)}"
        return told


class _End(NamedTuple):
    """An end of a carrier: a point in the frame of the place that it belongs to."""

    place: str
    at: Vector

    def world(self, places: Places) -> Vector:
        return world_position(Place(id="", name={}, parent=self.place, position=self.at), places)


class Carrier(NamedTuple):
    """A carrying buffer with its two ends; `place` is where it is drawn."""

    node: str
    place: str | None
    ends: tuple[_End, _End]
    is_drawn: bool

    def length_m(self, places: Places) -> float:
        """The distance between its ends."""
        return math.dist(self.ends[0].world(places), self.ends[1].world(places))


def placements_of(store: RecordStore) -> dict[str, Placement]:
    """Where everything stands now."""
    places = ((id, read_place(record)) for id, record in store.list("place"))
    return {id: Placement(one.parent, one.position, one.rotation, one.scale) for id, one in places}


def as_at_fork(records: Mapping[str, Record], placements: Mapping[str, Placement]) -> dict[str, Place]:
    """The places there are, standing as at the fork; what was brought in since then stands as it does now."""
    places = {}
    for id, record in records.items():
        place, stood = read_place(record), placements.get(id)
        if stood is not None:
            parent = stood.parent if stood.parent is None or stood.parent in records else place.parent
            place = msgspec.structs.replace(
                place, parent=parent, position=stood.position, rotation=stood.rotation, scale=stood.scale
            )
        places[id] = place
    return places


def moves_of(edits: Iterable[Edit]) -> list[MoveParams]:
    """The moves among edits."""
    return [msgspec.convert(edit.params, MoveParams) for edit in edits if edit.command == MOVE]


def moved(places: Places, moves: Iterable[MoveParams]) -> dict[str, Place]:
    """The places after moves; what is no longer there cannot be moved."""
    after = dict(places)
    for move in moves:
        place = after.get(move.place)
        if place is not None:
            after[move.place] = msgspec.structs.replace(
                place,
                position=place.position if move.position is None else move.position,
                rotation=place.rotation if move.rotation is None else unit_quaternion(move.rotation),
            )
    return after


def moves_before(branch: Branch) -> list[MoveParams]:
    """The moves of the branches that one comes from, as they were at each fork, the first first."""
    if branch.before is None:
        return []
    return [*moves_before(branch.before), *moves_of(branch.before.edits)]


def find_carriers(plant: Plant, root: Places) -> list[Carrier]:
    """The carrying buffers of a plant as they stand at the fork from it.

    Where the scene shows parts on a path, its ends are those of the buffer, each at the nearest of the neighbours;
    else a buffer reaches from one neighbour to the other.
    """
    by_shell = {place.shell: id for id, place in root.items() if place.shell is not None}
    found = []
    for node in plant.buffers():
        own = by_shell.get(node.shell)
        nodes = ([one.before for one in plant.into(node.id)], [one.behind for one in plant.out_of(node.id)])
        before, behind = (
            [by_shell[plant.nodes[one].shell] for one in side if plant.nodes[one].shell in by_shell] for side in nodes
        )
        path = next((one.path for one in root[own].behaviours if isinstance(one, Flow)), ()) if own is not None else ()
        if own is not None and len(path) > 1:
            ends = (_at_nearest(own, path[0], before, root), _at_nearest(own, path[-1], behind, root))
            found.append(Carrier(node.id, own, ends, True))
        elif before and behind:
            origin = (0.0, 0.0, 0.0)
            found.append(Carrier(node.id, own, (_End(before[0], origin), _End(behind[0], origin)), False))
    return found


def _at_nearest(own: str, point: Vector, neighbours: Sequence[str], root: Places) -> _End:
    """An end of a path as a point at the nearest neighbour; where there is none it stays with the path itself."""
    at = _End(own, point).world(root)
    nearest = min(neighbours, key=lambda one: math.dist(at, world_position(root[one], root)), default=own)
    return _End(nearest, local_position(at, nearest, root))


def transfer_changes(carriers: Iterable[Carrier], before: Places, after: Places) -> tuple[ModelChange, ...]:
    """The transfer times that become other ones: in proportion to the distance between the ends."""
    changes = []
    for carrier in carriers:
        was_m, is_m = carrier.length_m(before), carrier.length_m(after)
        if was_m < _SHORTEST_M or abs(is_m / was_m - 1) < _SAME_SHARE:
            continue
        factor = round(min(max(is_m / was_m, _LEAST), _MOST), 3)
        changes.append(ModelChange(element=carrier.node, figure="transfer_time", factor=factor))
    return tuple(changes)


def told_moves(
    edits: Sequence[Edit], carriers: Sequence[Carrier], places: Places, carrying: frozenset[str]
) -> dict[int, Move]:  # fmt: skip
    """What each move among edits does, by the number of the edit.

    Args:
        places: before the edits.
        carrying: the buffers that carry in the model; the others have no time to change.
    """
    found: dict[int, Move] = {}
    for index, edit in enumerate(edits):
        if edit.command != MOVE:
            continue
        (move,) = moves_of([edit])
        after = moved(places, [move])
        if move.place in places:
            was, now = places[move.place], after[move.place]
            x, y, z = (b - a for a, b in zip(world_position(was, places), world_position(now, after), strict=True))
            changes = transfer_changes((one for one in carriers if one.node in carrying), places, after)
            found[index] = Move(
                place=move.place, name=dict(now.name), east_m=round(x, 2), north_m=round(-z, 2),
                up_m=round(y, 2), turned_deg=round(_angle_deg(was.rotation, now.rotation), 1), changes=changes,
            )  # fmt: skip
        places = after
    return found


def _angle_deg(one: Quaternion, other: Quaternion) -> float:
    """The angle between two rotations."""
    likeness = abs(sum(a * b for a, b in zip(one, other, strict=True)))
    return math.degrees(2 * math.acos(min(1.0, likeness)))


def reaching(places: Places, root: Places, carriers: Iterable[Carrier]) -> dict[str, Place]:
    """The places with each conveyor that no longer reaches its machines drawn as what it would be: a straight way.

    A conveyor's model cannot stretch. It is left out, and the parts go straight from one end to the other. One that was
    moved itself stands where it was put.
    """
    after = dict(places)
    for carrier in carriers:
        if not carrier.is_drawn or carrier.place is None or carrier.place not in places:
            continue
        place = places[carrier.place]
        path = next(one.path for one in root[carrier.place].behaviours if isinstance(one, Flow))
        drawn = [_End(carrier.place, point) for point in (path[0], path[-1])]
        if any(math.dist(one.world(root), one.world(places)) > _APART_M for one in drawn):
            continue
        ends = [end.world(places) for end in carrier.ends]
        if all(math.dist(one.world(places), end) <= _APART_M for one, end in zip(drawn, ends, strict=True)):
            continue
        straight = tuple(local_position(end, carrier.place, places) for end in ends)
        behaviours = tuple(
            msgspec.structs.replace(one, path=straight) if isinstance(one, Flow) else one for one in place.behaviours
        )
        after[carrier.place] = msgspec.structs.replace(place, model=None, behaviours=behaviours)
    return after
