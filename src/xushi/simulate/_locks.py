"""What a run that has locked itself says: who can never go on, and for what each of them waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from xushi.kernel import XushiError

from . import _layout as layout
from ._compile import Names
from ._kernel_locks import find_locked
from ._layout import World
from ._model import _Data


class Lock(_Data, frozen=True, kw_only=True):
    """Elements that can never go on by themselves.

    Attributes:
        kind: `deadlock` of machines and sources that hold parts, or `gridlock` of vehicles on roads.
        replication: in which future.
        at_s: by when.
        waits: who waits for what: a machine for room in a buffer, a vehicle for another that keeps its zone.
    """

    kind: Literal["deadlock", "gridlock"]
    replication: int
    at_s: float
    waits: tuple[tuple[str, str], ...]

    def refusal(self) -> XushiError:
        """Return the error that names who stands."""
        who = ", ".join(dict.fromkeys(name for name, _ in self.waits))
        if self.kind == "gridlock":
            return XushiError("simulate.gridlock", at_s=self.at_s, vehicles=who)
        return XushiError("simulate.deadlock", at_s=self.at_s, machines=who)


def lock_of(world: World, names: Names, address: int, replication: int = 0) -> Lock | None:
    """Return what is locked in a world by now; None where everything may still go on.

    Args:
        address: of the world's table.
    """
    machines, vehicles = np.ones(len(world.machines), np.uint8), np.ones(len(world.vehicles), np.uint8)
    drains, fed = np.zeros((2, len(world.buffers)), np.uint8)
    at_s = round(float(world.plant["now_s"][0]), 3)
    if find_locked(address, machines, vehicles, drains, fed):
        if vehicles.any():
            waits = tuple(_vehicle_waits(world, names, vehicles))
            return Lock(kind="gridlock", replication=replication, at_s=at_s, waits=waits)
        waits = tuple(_machine_waits(world, names.machines, names, machines))
        waits = waits or tuple(_machine_waits(world, names.sources, names, machines))
        return Lock(kind="deadlock", replication=replication, at_s=at_s, waits=waits)
    is_holding = world.machines["phase"] == layout.HOLDING
    if _stands_still(world) and (waits := tuple(_machine_waits(world, names.machines, names, is_holding))):
        return Lock(kind="deadlock", replication=replication, at_s=at_s, waits=waits)
    return None


def _stands_still(world: World) -> bool:
    """Tell whether nothing will ever happen again."""
    timers = world.times[len(world.times) // 2 :][: len(world.machines) + len(world.vehicles)]
    is_stopped = (world.machines["is_on"] == 0) | (world.machines["down"] != layout.UP)
    return not np.isfinite(timers).any() and not is_stopped.any()


def _machine_waits(
    world: World, places: Mapping[str, int], names: Names, marks: NDArray[Any]
) -> Iterator[tuple[str, str]]:  # fmt: skip
    """Yield each marked machine with each buffer in which there is no room for a part that it holds.

    Those that only queue up behind the circle are left out, where there is a circle.
    """
    wanted: dict[int, list[int]] = {place: [] for place in places.values() if marks[place]}
    for b, buffer in enumerate(world.buffers):
        p = int(buffer["wait_head"])
        while p >= 0:
            part = world.parts[p]
            found = wanted.get(int(part["holder"]))
            if found is not None and b not in found:
                found.append(b)
            p = int(part["next"])
    core = _circle(world, wanted) or wanted
    buffers = list(names.buffers)
    for name, place in places.items():
        yield from ((name, buffers[b]) for b in core.get(place, ()))


def _circle(world: World, wanted: Mapping[int, list[int]]) -> dict[int, list[int]]:
    """Leave out, one after the other, the machines for whom no other that is left waits."""
    left = dict(wanted)
    while True:
        waited_for = {m for buffers in left.values() for b in buffers for m in _takers(world, b)}
        kept = {m: buffers for m, buffers in left.items() if m in waited_for}
        if len(kept) == len(left):
            return kept
        left = kept


def _takers(world: World, b: int) -> list[int]:
    first, count = int(world.buffers[b]["consumer_first"]), int(world.buffers[b]["consumer_count"])
    return [int(m) for m in world.consumers[first : first + count]]


def _vehicle_waits(world: World, names: Names, marks: NDArray[np.uint8]) -> Iterator[tuple[str, str]]:
    """Yield each marked vehicle with each that keeps the zone for which it waits."""
    for name, v in names.vehicles.items():
        if marks[v]:
            zone = world.roads[world.vehicles[v]["wants"]]["zone"]
            yield from ((name, other) for other, o in names.vehicles.items() if world.vehicles[o]["zone"] == zone)
