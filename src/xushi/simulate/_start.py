"""Sets the kernel's arrays to where a plant stands, so that a branch starts from the live plant."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from xushi.kernel import XushiError

from . import _layout as layout
from ._compile import Names, compile_model, free_parts
from ._layout import NONE, World
from ._model import Model
from ._state import MachineState, PartState, PlantState, VehicleState

_PHASES = {
    "idle": layout.STANDS, "to_pickup": layout.TO_PICKUP, "loading": layout.LOADING, "to_drop": layout.TO_DROP,
    "unloading": layout.UNLOADING,
}  # fmt: skip


def start(model: Model, state: PlantState) -> tuple[World, Names]:
    """Return the arrays of the plant in this state, and where everything is in them.

    Raises:
        XushiError: `simulate.state_invalid`, naming what does not fit the model; see also `check`.
    """
    world, names = compile_model(model, state.calendar_s)
    return _Start(enlarge(world, _count(state)), names, model).load(state), names


def _count(state: PlantState) -> int:
    """Return how many parts are in the plant."""
    places = [*state.buffers.values()]
    for machine in state.machines.values():
        places += [machine.parts, *machine.held.values()]
    return sum(one.quantity for place in places for one in place) + len(state.vehicles)


def enlarge(world: World, extra: int) -> World:
    """Return the world with room for so many more parts."""
    before = len(world.parts)
    parts = np.concatenate([world.parts, free_parts(extra, before)]) if extra else world.parts.copy()
    plant = world.plant.copy()
    if extra:
        parts["next"][-1] = plant["free"][0] if plant["free_count"][0] else NONE
        plant["free"] = before
        plant["free_count"] += extra
    return world._replace(parts=parts, plant=plant)


class _Start:
    """Writes a state into a fresh world."""

    def __init__(self, world: World, names: Names, model: Model) -> None:
        self.world = world
        self.names = names
        self.model = model

    def load(self, state: PlantState) -> World:
        for name, orders in state.orders.items():
            order = self.world.orders[self._find(self.names.orders, name)]
            order["released"], order["finished"] = orders.released, orders.finished
            if orders.finished >= order["quantity"]:
                order["finish_s"] = 0.0
        for name, place in state.buffers.items():
            b = self._find(self.names.buffers, name)
            for p in self._parts(place):
                self._store(b, p, name)
        for name, vehicle in state.vehicles.items():
            self._vehicle(name, vehicle)
        for name, machine in state.machines.items():
            self._machine(name, machine)
        for name, left_s in state.sources_left_s.items():
            source = self.world.machines[self._find(self.names.sources, name)]
            source["phase"], source["left_s"] = layout.WORKING, self._not_negative(name, left_s)
        return self.world

    def _find(self, among: dict[Any, int], name: Any) -> int:
        if name not in among:
            raise XushiError("simulate.state_invalid", where=name, reason="the model has no such element")
        return among[name]

    def _not_negative(self, where: str, number: float | None) -> float:
        """Return the number, or not-a-number (to be drawn) for None."""
        if number is None:
            return math.nan
        if not number >= 0:
            raise XushiError("simulate.state_invalid", where=where, reason=f"{number} is negative")
        return number

    def _part(self, one: PartState) -> int:
        plant, parts = self.world.plant[0], self.world.parts
        p = int(plant["free"])
        plant["free"] = parts[p]["next"]
        plant["free_count"] -= 1
        plant["in_plant"] += 1
        product = self._find(self.names.products, one.product)
        order = NONE if one.order is None else self._find(self.names.orders, one.order)
        parts[p] = (product, NONE, NONE, order, -one.age_s, 0.0)
        return p

    def _parts(self, place: tuple[PartState, ...]) -> list[int]:
        return [self._part(one) for one in place for _ in range(one.quantity)]

    def _append(self, b: int, p: int, head: str, tail: str) -> None:
        buffer = self.world.buffers[b]
        if buffer[tail] >= 0:
            self.world.parts[buffer[tail]]["next"] = p
        else:
            buffer[head] = p
        buffer[tail] = p

    def _store(self, b: int, p: int, name: str) -> None:
        buffer = self.world.buffers[b]
        if buffer["level"] + buffer["inbound"] >= buffer["capacity"]:
            raise XushiError(
                "simulate.state_invalid", where=name, reason=f"it holds {buffer['capacity']} parts at most"
            )
        self._append(b, p, "head", "tail")
        buffer["level"] += 1

    def _machine(self, name: str, state: MachineState) -> None:
        m = self._find(self.names.machines, name)
        machine = self.world.machines[m]
        if not 0 <= state.operation < machine["op_count"]:
            raise XushiError("simulate.state_invalid", where=name, reason=f"it has no operation {state.operation}")
        machine["op"] = machine["op_first"] + state.operation
        if state.product is not None:
            machine["product"] = self._find(self.names.products, state.product)
        if state.parts:
            self._work(machine, name, state)
        elif state.held:
            self._hold(m, state)
        for failure, left in state.wear.items():
            mode = self.world.modes[self._find(self.names.modes, (name, failure))]
            mode["left"] = self._not_negative(f"{name}/{failure}", left)
        for failure, done in state.used.items():
            mode = self.world.modes[self._find(self.names.modes, (name, failure))]
            mode["done"] = self._not_negative(f"{name}/{failure}", done)
        if state.down is not None:
            machine["down_mode"] = self._find(self.names.modes, (name, state.down))
            machine["down"] = layout.WAITING if state.waits_for_crew else layout.REPAIRING
            machine["repair_left_s"] = self._not_negative(name, state.down_left_s)
            machine["repair_done_s"] = self._not_negative(name, state.down_done_s)
            machine["waits_since_s"] = -self._not_negative(name, state.waited_s)
            crew = self.world.modes[machine["down_mode"]]["crew"]
            if crew >= 0 and not state.waits_for_crew:
                self.world.crews[crew]["free"] -= 1
            elif crew < 0:
                machine["down"] = layout.REPAIRING

    def _work(self, machine: Any, name: str, state: MachineState) -> None:
        numbers = self._parts(state.parts)
        for before, after in itertools.pairwise(numbers):
            self.world.parts[before]["next"] = after
        machine["first"] = numbers[0]
        work_s = self._not_negative(name, state.work_left_s)
        if state.setup_left_s > 0:
            machine["phase"], machine["left_s"], machine["next_work_s"] = layout.SETTING_UP, state.setup_left_s, work_s
        else:
            machine["phase"], machine["left_s"] = layout.WORKING, work_s
            machine["done_s"] = self._not_negative(name, state.work_done_s)

    def _hold(self, m: int, state: MachineState) -> None:
        """Let the machine hold its finished parts, or those of them for which there is no room after all."""
        for name, place in state.held.items():
            b = self._find(self.names.buffers, name)
            buffer = self.world.buffers[b]
            for p in self._parts(place):
                if buffer["level"] + buffer["inbound"] < buffer["capacity"]:
                    self._store(b, p, name)
                    continue
                self._append(b, p, "wait_head", "wait_tail")
                buffer["wait_count"] += 1
                self.world.parts[p]["holder"] = m
                self.world.machines[m]["held"] += 1
        if self.world.machines[m]["held"]:
            self.world.machines[m]["phase"] = layout.HOLDING

    def _vehicle(self, name: str, state: VehicleState) -> None:
        if name not in self.names.vehicles and name.rpartition("-")[0] in {fleet.id for fleet in self.model.fleets}:
            self._take_off(name, state)
            return
        vehicle = self.world.vehicles[self._find(self.names.vehicles, name)]
        vehicle["at"] = self._find(self.names.points, state.at)
        if state.transport is None:
            return
        t = self._find(self.names.transports, state.transport)
        task = self.world.transports[t]
        goal = task["start"] if state.phase in ("to_pickup", "loading") else task["end"]
        if not math.isfinite(self.world.way_m[vehicle["at"], goal]):
            end = list(self.names.points)[goal]
            raise XushiError("simulate.state_invalid", where=name, reason=f"no road leads from {state.at} to {end}")
        phase = vehicle["phase"] = vehicle["seen"] = _PHASES[state.phase]
        vehicle["transport"], vehicle["left_s"] = t, self._not_negative(name, state.left_s)
        self.world.buffers[task["destination"]]["inbound"] += 1
        if phase in (layout.TO_PICKUP, layout.LOADING):
            self.world.buffers[task["source"]]["claimed"] += 1
            vehicle["goal"] = task["start"]
            return
        if state.part is None:
            raise XushiError("simulate.state_invalid", where=name, reason="it is loaded, but with no part")
        vehicle["goal"], vehicle["part"] = task["end"], self._part(state.part)

    def _take_off(self, name: str, state: VehicleState) -> None:
        """Put back what a vehicle carries that the fleet no longer has; it waits where it was fetched."""
        if state.part is not None and state.transport is not None:
            task = self.world.transports[self._find(self.names.transports, state.transport)]
            buffer = list(self.names.buffers)[task["source"]]
            self._store(int(task["source"]), self._part(state.part), buffer)
