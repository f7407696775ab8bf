"""Tells where a simulated plant stands, in the same form in which a simulation is started."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

from . import _layout as layout
from ._compile import Names
from ._layout import World
from ._state import MachineState, OrderState, PartState, PlantState, VehicleState

_PHASES = ("idle", "to_pickup", "loading", "to_drop", "unloading")


def tell(world: World, names: Names, calendar_s: float) -> PlantState:
    """Return the state of the plant at the world's present instant."""
    teller = _Teller(world, names)
    now_s = float(world.plant["now_s"][0])
    held = _held_by_sources(world, names)
    return PlantState(
        calendar_s=calendar_s + now_s,
        buffers={name: found for name, b in names.buffers.items() if (found := teller.line(world.buffers[b]["head"]))},
        machines={name: teller.machine(name, m) for name, m in names.machines.items()},
        sources_left_s={
            name: float(world.times[len(world.times) // 2 + m] - now_s)
            for name, m in names.sources.items()
            if world.machines[m]["phase"] == layout.WORKING and math.isfinite(world.times[len(world.times) // 2 + m])
        },
        vehicles={name: teller.vehicle(v) for name, v in names.vehicles.items()},
        orders={
            name: OrderState(
                released=int(world.orders[o]["released"]) - held[o], finished=int(world.orders[o]["finished"])
            )
            for name, o in names.orders.items()
        },
    )


def _held_by_sources(world: World, names: Names) -> Counter[int]:
    """Count, by order, the parts for which there is no room: who starts from here releases them again."""
    sources = set(names.sources.values())
    found: Counter[int] = Counter()
    for buffer in world.buffers:
        p = int(buffer["wait_head"])
        while p >= 0:
            part = world.parts[p]
            found[int(part["order"])] += int(part["holder"]) in sources
            p = int(part["next"])
    return found


class _Teller:
    """Reads one world."""

    def __init__(self, world: World, names: Names) -> None:
        self.world = world
        self.now_s = float(world.plant["now_s"][0])
        self.leaves = len(world.times) // 2
        self.products = list(names.products)
        self.orders = list(names.orders)
        self.points = list(names.points)
        self.transports = list(names.transports)
        self.buffers = list(names.buffers)
        self.modes = list(names.modes)

    def left_s(self, timer: int) -> float:
        """Return the time until a timer rings."""
        return max(0.0, float(self.world.times[self.leaves + timer]) - self.now_s)

    def part(self, p: int) -> PartState:
        """Return one part."""
        part = self.world.parts[p]
        return PartState(
            product=self.products[part["product"]],
            age_s=float(self.now_s - part["born_s"]),
            order=self.orders[part["order"]] if part["order"] >= 0 else None,
        )

    def line(self, p: int) -> tuple[PartState, ...]:
        """Return the parts of a list, from its first."""
        found = []
        while p >= 0:
            found.append(self.part(p))
            p = int(self.world.parts[p]["next"])
        return tuple(found)

    def held(self, m: int) -> Iterator[tuple[str, PartState]]:
        """Yield the finished parts a machine holds, each with the buffer it waits for."""
        for name, buffer in zip(self.buffers, self.world.buffers, strict=True):
            p = int(buffer["wait_head"])
            while p >= 0:
                if self.world.parts[p]["holder"] == m:
                    yield name, self.part(p)
                p = int(self.world.parts[p]["next"])

    def machine(self, name: str, m: int) -> MachineState:
        """Return what a machine is doing."""
        machine = self.world.machines[m]
        is_busy = machine["phase"] in (layout.WORKING, layout.SETTING_UP)
        is_running = is_busy and machine["is_on"] and machine["down"] == layout.UP
        spent_s = self.now_s - float(machine["run_since_s"]) if is_running else 0.0
        left_s = max(0.0, float(machine["left_s"]) - spent_s)
        is_setting_up = machine["phase"] == layout.SETTING_UP
        held: dict[str, tuple[PartState, ...]] = {}
        for buffer, part in self.held(m):
            held[buffer] = (*held.get(buffer, ()), part)
        is_down = machine["down"] != layout.UP
        return MachineState(
            parts=self.line(int(machine["first"])) if is_busy else (),
            operation=int(machine["op"] - machine["op_first"]) if is_busy else 0,
            held=held,
            setup_left_s=left_s if is_setting_up else 0.0,
            work_left_s=(float(machine["next_work_s"]) if is_setting_up else left_s) if is_busy else None,
            product=self.products[machine["product"]] if machine["product"] >= 0 else None,
            down=self.modes[machine["down_mode"]][1] if is_down else None,
            down_left_s=self.left_s(m) if machine["down"] == layout.REPAIRING else None,
            waits_for_crew=bool(machine["down"] == layout.WAITING),
            waited_s=self.now_s - float(machine["waits_since_s"]) if machine["down"] == layout.WAITING else 0.0,
            wear=self.wear(machine, spent_s if machine["phase"] == layout.WORKING else 0.0),
        )

    def wear(self, machine: Any, spent_s: float) -> dict[str, float]:
        """Return what is left until each failure strikes."""
        found = {}
        for f in range(machine["mode_first"], machine["mode_first"] + machine["mode_count"]):
            mode = self.world.modes[f]
            if machine["down"] != layout.UP and machine["down_mode"] == f:
                continue
            left = float(mode["left"])
            if mode["counts"] == layout.COUNTS_BUSY:
                left = max(0.0, left - spent_s)
            elif mode["counts"] == layout.COUNTS_TIME:
                left = 0.0 if mode["is_pending"] else self.left_s(int(mode["timer"]))
            found[self.modes[f][1]] = left
        return found

    def vehicle(self, v: int) -> VehicleState:
        """Return what a vehicle is doing; on a road, the point at its end."""
        vehicle = self.world.vehicles[v]
        if vehicle["phase"] == layout.STANDS:
            return VehicleState(at=self.points[vehicle["at"]])
        is_driving = vehicle["seen"] in (layout.TO_PICKUP, layout.TO_DROP)
        at = self.world.roads[vehicle["road"]]["end"] if is_driving and vehicle["road"] >= 0 else vehicle["at"]
        return VehicleState(
            at=self.points[at],
            transport=self.transports[vehicle["transport"]],
            phase=_PHASES[vehicle["phase"]],  # type: ignore[arg-type]
            left_s=0.0 if vehicle["seen"] == layout.IN_TRAFFIC else self.left_s(int(vehicle["timer"])),
            part=self.part(int(vehicle["part"])) if vehicle["part"] >= 0 else None,
        )
