"""Who can never go on: blocked machines that wait for each other, and vehicles that keep the zones others wait for.

Looked for at the end of a run, not on the way. Whoever might still go on counts as free, and so does who waits for
material that nobody brings or for an order book that is worked off: what is left over waits in a circle.
"""

from __future__ import annotations

from typing import Any

from ._compiled import compiled
from ._handle import world_at
from ._kernel_parts import available
from ._layout import EMPTY, HOLDING, IN_TRAFFIC, LOADING, MACHINE, TO_PICKUP


@compiled
def find_locked(address: int, machines: Any, vehicles: Any, drains: Any, fed: Any) -> int:
    """Mark those that can never go on.

    Args:
        address: of the world's table (`table_of`).
        machines: u1 [machines], all 1; 0 afterwards for a machine that can go on.
        vehicles: u1 [vehicles], all 1; 0 afterwards for a vehicle that can go on.
        drains: u1 [buffers], all 0; 1 afterwards where a part may still be taken.
        fed: u1 [buffers], all 0; 1 afterwards where a part may still come.

    Returns:
        how many machines hold parts, and vehicles wait on roads, for ever.
    """
    w = world_at(address)
    waiting, holding = 0, 0
    for v in range(len(w.vehicles)):
        waiting += w.vehicles[v].seen == IN_TRAFFIC
    for m in range(len(w.machines)):
        holding += w.machines[m].phase == HOLDING
    if waiting < 2 and holding == 0:
        return 0
    _free_vehicles(w, vehicles)
    while _free_buffers(w, machines, vehicles, drains, fed) + _free_machines(w, machines, drains, fed) > 0:
        pass
    count = 0
    for v in range(len(w.vehicles)):
        count += vehicles[v]
    for m in range(len(w.machines)):
        machines[m] &= w.machines[m].phase == HOLDING
        count += machines[m]
    return count


@compiled
def _free_vehicles(w: Any, locked: Any) -> None:
    """Free the vehicles that do not wait, and those that wait for a zone out of which a free one can drive."""
    is_more = True
    while is_more:
        is_more = False
        for v in range(len(w.vehicles)):
            if locked[v] and (w.vehicles[v].seen != IN_TRAFFIC or _opens(w, w.roads[w.vehicles[v].wants].zone, locked)):
                locked[v] = 0
                is_more = True


@compiled
def _opens(w: Any, zone: int, locked: Any) -> bool:
    free = 0
    for v in range(len(w.vehicles)):
        free += w.vehicles[v].zone == zone and locked[v] == 0
    return free > 0


@compiled
def _free_machines(w: Any, locked: Any, drains: Any, fed: Any) -> int:
    """Free the machines that work, can start or get rid of what they hold; return how many."""
    count = 0
    for m in range(len(w.machines)):
        if locked[m]:
            machine = w.machines[m]
            if machine.phase == HOLDING:
                is_free = not _is_held_up(w, m, drains)
            else:
                is_free = machine.phase != EMPTY or machine.kind != MACHINE or _can_start(w, m, fed)
            if is_free:
                locked[m] = 0
                count += 1
    return count


@compiled
def _is_held_up(w: Any, m: int, drains: Any) -> bool:
    """Tell whether a part that the machine holds waits for a buffer out of which none is taken any more."""
    for b in range(len(w.buffers)):
        if drains[b] == 0:
            p = w.buffers[b].wait_head
            while p >= 0:
                if w.parts[p].holder == m:
                    return True
                p = w.parts[p].next
    return False


@compiled
def _can_start(w: Any, m: int, fed: Any) -> bool:
    """Tell whether some operation of an empty machine has what it needs, or may still get it."""
    machine = w.machines[m]
    for o in range(machine.op_first, machine.op_first + machine.op_count):
        op = w.operations[o]
        is_possible = True
        for k in range(op.input_first, op.input_first + op.input_count):
            needed = w.inputs[k]
            if fed[needed.buffer] == 0 and available(w, needed.buffer, needed.product) < needed.least:
                is_possible = False
        if is_possible:
            return True
    return False


@compiled
def _free_buffers(w: Any, machines: Any, vehicles: Any, drains: Any, fed: Any) -> int:
    """Find the buffers out of which, or into which, a part may still go; return how many of either."""
    count = 0
    for b in range(len(w.buffers)):
        if drains[b] == 0 and _may_drain(w, b, machines, vehicles, drains):
            drains[b] = 1
            count += 1
        if fed[b] == 0 and _may_be_fed(w, b, machines, vehicles, drains, fed):
            fed[b] = 1
            count += 1
    return count


@compiled
def _has_room(w: Any, b: int, drains: Any) -> bool:
    buffer = w.buffers[b]
    return bool(buffer.capacity == 0 or drains[b] == 1 or buffer.level + buffer.inbound < buffer.capacity)


@compiled
def _comes_for(w: Any, v: int, b: int) -> bool:
    vehicle = w.vehicles[v]
    if vehicle.phase != TO_PICKUP and vehicle.phase != LOADING:
        return False
    return bool(w.transports[vehicle.transport].source == b)


@compiled
def _may_drain(w: Any, b: int, machines: Any, vehicles: Any, drains: Any) -> bool:
    buffer = w.buffers[b]
    for k in range(buffer.consumer_first, buffer.consumer_first + buffer.consumer_count):
        if machines[w.consumers[k]] == 0:
            return True
    for v in range(len(w.vehicles)):
        vehicle = w.vehicles[v]
        if vehicles[v] == 0 and _comes_for(w, v, b):
            return True
        for t in range(len(w.transports)):
            task = w.transports[t]
            is_possible = vehicles[v] == 0 and task.source == b and task.fleet == vehicle.fleet
            if is_possible and _has_room(w, task.destination, drains):
                return True
    return False


@compiled
def _may_be_fed(w: Any, b: int, machines: Any, vehicles: Any, drains: Any, fed: Any) -> bool:
    """Tell whether a part may still come: somebody free brings it, or nobody is there to bring any."""
    has_room = _has_room(w, b, drains)
    is_brought = False
    for m in range(len(w.machines)):
        if _leads_to(w, m, b):
            is_brought = True
            if has_room and (machines[m] == 0 or (w.machines[m].phase == HOLDING and drains[b] == 1)):
                return True
    for t in range(len(w.transports)):
        task = w.transports[t]
        if task.destination == b:
            is_brought = True
            has_parts = fed[task.source] == 1 or available(w, task.source, -1) > 0
            for v in range(len(w.vehicles)):
                vehicle = w.vehicles[v]
                if vehicles[v] == 0 and (
                    vehicle.transport == t or (has_room and has_parts and vehicle.fleet == task.fleet)
                ):
                    return True
    return not is_brought


@compiled
def _leads_to(w: Any, m: int, b: int) -> bool:
    machine = w.machines[m]
    for o in range(machine.op_first, machine.op_first + machine.op_count):
        op = w.operations[o]
        if _is_on_a_route(w, op.route_first, op.route_count, b):
            return True
        if machine.kind == MACHINE:
            for k in range(op.make_first, op.make_first + op.make_count):
                if _is_on_a_route(w, w.makes[k].route_first, w.makes[k].route_count, b):
                    return True
    return False


@compiled
def _is_on_a_route(w: Any, first: int, count: int, b: int) -> bool:
    ways = 0
    for r in range(first, first + count):
        ways += w.routes[r].to == b and w.routes[r].share > 0.0
    return ways > 0
