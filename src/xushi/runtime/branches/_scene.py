"""The scene of a branch: what stands where on it, and what is in the way of a thing that is moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from xushi.kernel import Diagnosis
from xushi.runtime._clearance import clearance
from xushi.runtime._footprints import Box
from xushi.runtime.branches._copies import place_further
from xushi.runtime.branches._moves import (
    Move,
    as_at_fork,
    find_carriers,
    moved,
    moves_before,
    moves_of,
    reaching,
    told_moves,
)
from xushi.runtime.branches._record import Branch
from xushi.runtime.branches._start import Start
from xushi.scene import Flow, Place, world_position

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_ROAD_M = 0.7  # half of what a vehicle needs
_BAND_M = 0.4  # half of what a conveyor needs


class BranchScene:
    """Where things stand on one branch; made for one question, since the plant's places may change."""

    def __init__(self, platform: Platform, branch: Branch, start: Start) -> None:
        self._platform = platform
        self._branch = branch
        self._start = start
        self._root = as_at_fork(dict(platform.store.list("place")), start.placements)
        self._carriers = find_carriers(start.plant, self._root)

    @cached_property
    def further(self) -> dict[str, Place]:
        """The further machines, where they come to stand by themselves."""
        places, footprints = self._plants(len(self._branch.edits)), self._platform.footprints
        kept_free = [*self._roads(), *_bands(places)]
        found = place_further(self._branch, self._start.plant, places, self._start.roles, footprints, kept_free)
        return {place.id: place for place in found}

    def moves(self) -> dict[int, Move]:
        """What each move of the branch does, by the number of its edit."""
        before = moved({**self._root, **self.further}, moves_before(self._branch))
        known = frozenset(machine.id for machine in self._start.model.machines)
        return told_moves(self._branch.edits, self._carriers, before, known)

    def places(self) -> list[Place]:
        """Everything that stands on the branch, the further machines last."""
        return list(self._after(len(self._branch.edits)).values())

    def in_the_way(self, index: int) -> tuple[Diagnosis, ...]:
        """What the thing that an edit moves comes to stand on."""
        (move,) = moves_of([self._branch.edits[index]])
        return clearance(self._after(index), self._after(index + 1), move.place, self._platform)

    def _after(self, count: int) -> dict[str, Place]:
        """The places after so many edits."""
        moves = [*moves_before(self._branch), *moves_of(self._branch.edits[:count])]
        return {**self._plants(count), **moved(self.further, moves)}

    def _plants(self, count: int) -> dict[str, Place]:
        """What stands in the plant, too, after so many edits, with the conveyors as they then reach."""
        moves = [*moves_before(self._branch), *moves_of(self._branch.edits[:count])]
        return reaching(moved(self._root, moves), self._root, self._carriers)

    def _roads(self) -> list[Box]:
        layout = self._platform.fleet.layout(self._platform.twins.records["submodel"])
        if layout is None:
            return []
        ends = [(layout.nodes[start], layout.nodes[end]) for _, start, end, _ in layout.roads()]
        return [
            Box(min(a.x_m, b.x_m), min(a.y_m, b.y_m), max(a.x_m, b.x_m), max(a.y_m, b.y_m)).grown(_ROAD_M)
            for a, b in ends
        ]


def _bands(places: Mapping[str, Place]) -> Iterator[Box]:
    """The floor below conveyors that have no model: their parts go there all the same."""
    for place in places.values():
        for behaviour in place.behaviours:
            if isinstance(behaviour, Flow) and place.model is None:
                ends = [
                    world_position(Place(id="", name={}, parent=place.id, position=point), places)
                    for point in behaviour.path
                ]
                xs, ys = [end[0] for end in ends], [-end[2] for end in ends]
                yield Box(min(xs), min(ys), max(xs), max(ys)).grown(_BAND_M)
