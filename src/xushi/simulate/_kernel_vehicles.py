"""Vehicles in the kernel: which goes for which part, road by road, one after the other where a zone is full."""

from __future__ import annotations

import math
from typing import Any

from ._compiled import compiled
from ._kernel_parts import available, push, take
from ._layout import IN_TRAFFIC, LOADING, NONE, STANDS, TO_DROP, TO_PICKUP, UNLOADING
from ._timers import set_timer
from ._variates import draw


@compiled
def _see(w: Any, v: int, seen: int, now: float) -> None:
    """Book the time of what a vehicle did until now."""
    vehicle = w.vehicles[v]
    w.vehicle_s[v, vehicle.seen] += now - vehicle.since_s
    vehicle.since_s = now
    vehicle.seen = seen


@compiled
def _drive(w: Any, v: int, road: int, now: float) -> None:
    vehicle = w.vehicles[v]
    vehicle.road = road
    vehicle.distance_m += w.roads[road].length_m
    drive_s = w.roads[road].length_m / vehicle.speed_m_s + w.roads[road].delay_s
    set_timer(w.times, w.winners, vehicle.timer, now + drive_s)
    _see(w, v, vehicle.phase, now)


@compiled
def _free_zone(w: Any, zone: int, now: float) -> None:
    """Give back a place in a zone; each vehicle that moves up gives back its own in turn."""
    while zone >= 0:
        z = w.zones[zone]
        z.used -= 1
        v = z.first
        if v < 0:
            return
        vehicle = w.vehicles[v]
        z.first = vehicle.next
        if z.first < 0:
            z.last = NONE
        z.used += 1
        left = vehicle.zone
        vehicle.zone = zone
        _drive(w, v, vehicle.wants, now)
        zone = left


@compiled
def _proceed(w: Any, v: int, now: float) -> None:
    """Send a vehicle onto the next road of its way, or let it wait for room there."""
    vehicle = w.vehicles[v]
    road = w.next_road[vehicle.at, vehicle.goal]
    zone = w.roads[road].zone
    if zone == vehicle.zone:
        _drive(w, v, road, now)
        return
    if zone >= 0:
        z = w.zones[zone]
        if z.used >= z.capacity:
            vehicle.wants = road
            vehicle.next = NONE
            if z.last >= 0:
                w.vehicles[z.last].next = v
            else:
                z.first = v
            z.last = v
            _see(w, v, IN_TRAFFIC, now)
            return
        z.used += 1
    left = vehicle.zone
    vehicle.zone = zone
    _drive(w, v, road, now)
    _free_zone(w, left, now)


@compiled
def _come(w: Any, v: int, now: float) -> None:
    """Go on from a point: to the next road, or to work where the goal is reached."""
    vehicle = w.vehicles[v]
    if vehicle.at != vehicle.goal:
        _proceed(w, v, now)
        return
    vehicle.road = NONE
    left = vehicle.zone
    vehicle.zone = NONE
    _free_zone(w, left, now)
    task = w.transports[vehicle.transport]
    if vehicle.phase == TO_PICKUP:
        vehicle.phase = LOADING
        handling_s = draw(w.dists, task.load, w.values, w.streams, task.load_stream)
    else:
        vehicle.phase = UNLOADING
        handling_s = draw(w.dists, task.unload, w.values, w.streams, task.unload_stream)
    set_timer(w.times, w.winners, vehicle.timer, now + handling_s)
    _see(w, v, vehicle.phase, now)


@compiled
def ring_vehicle(w: Any, v: int, now: float) -> None:
    """Handle the event of vehicle `v`: a point reached, loaded, or unloaded."""
    vehicle = w.vehicles[v]
    task = w.transports[vehicle.transport]
    if vehicle.phase == TO_PICKUP or vehicle.phase == TO_DROP:
        if vehicle.road >= 0:
            vehicle.at = w.roads[vehicle.road].end
        _come(w, v, now)
    elif vehicle.phase == LOADING:
        w.buffers[task.source].claimed -= 1
        vehicle.part = take(w, task.source, NONE, now)
        vehicle.phase = TO_DROP
        vehicle.goal = task.end
        _come(w, v, now)
    else:
        w.buffers[task.destination].inbound -= 1
        push(w, task.destination, vehicle.part, NONE, now)
        vehicle.part = NONE
        vehicle.phase = STANDS
        vehicle.transport = NONE
        vehicle.trips += 1
        _see(w, v, STANDS, now)
        w.plant[0].must_dispatch = 1


@compiled
def _nearest(w: Any, t: int) -> int:
    """Return the standing vehicle of the task's fleet with the shortest way to its start, or -1."""
    task = w.transports[t]
    best, best_m = NONE, math.inf
    for v in range(len(w.vehicles)):
        vehicle = w.vehicles[v]
        if vehicle.phase == STANDS and vehicle.fleet == task.fleet:
            way_m = w.way_m[vehicle.at, task.start]
            if way_m < best_m:
                best, best_m = v, way_m
    return best


@compiled
def _waiting_task(w: Any) -> int:
    """Return the task to serve next: the highest priority, then the one served longest ago; -1 where there is none."""
    best = NONE
    for t in range(len(w.transports)):
        task = w.transports[t]
        destination = w.buffers[task.destination]
        is_better = (
            best < 0
            or task.priority > w.transports[best].priority
            or (task.priority == w.transports[best].priority and task.served < w.transports[best].served)
        )
        has_parts = available(w, task.source, NONE) > w.buffers[task.source].claimed
        has_room = destination.level + destination.inbound < destination.capacity
        if is_better and has_parts and has_room and _nearest(w, t) >= 0:
            best = t
    return best


@compiled
def dispatch(w: Any, now: float) -> None:
    """Send vehicles for parts until nothing more can be sent."""
    while True:
        t = _waiting_task(w)
        if t < 0:
            return
        task = w.transports[t]
        v = _nearest(w, t)
        plant = w.plant[0]
        plant.dispatches += 1
        task.served = plant.dispatches
        w.buffers[task.source].claimed += 1
        w.buffers[task.destination].inbound += 1
        vehicle = w.vehicles[v]
        vehicle.transport = t
        vehicle.phase = TO_PICKUP
        vehicle.goal = task.start
        _come(w, v, now)
