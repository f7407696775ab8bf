"""The event kernel: rings the next timer, lets one instant's events all happen, then lets machines and vehicles start.

At one instant the order is: machines (finished, failed, repaired) and vehicles, failures that count clock time,
calendars; only then do idle machines look for work, in the order in which they were woken, and vehicles for parts. So
a result does not depend on which of two simultaneous events was written down first.
"""

from __future__ import annotations

import math
from typing import Any

from ._compiled import compiled, inlined
from ._doubt import draw_scales
from ._handle import world_at
from ._kernel_machines import draw_ahead, go_on, interrupt, line_up, look, renew, ring, serve_waiting, show, strike
from ._kernel_parts import wake
from ._kernel_vehicles import dispatch, ring_vehicle
from ._layout import (
    CANCELLED,
    COUNTS_PARTS,
    COUNTS_TIME,
    EMPTY,
    ENDLESS,
    HOLDING,
    NEEDS_PARTS,
    NONE,
    REACHED,
    REPAIRING,
    UP,
    WAITING,
    WORKING,
)
from ._random import seed_streams
from ._timers import close_timer, open_timer, rings_with, set_timer, silence_all
from ._variates import draw

_AT_ONE_INSTANT = 1_000_000  # events; more is a loop without time
_MOST_DRAWS = 1_000
_NOT_IN_LINE = -2
_POLL = 0x3FFF  # events between two looks at `stop`


@compiled
def draw_rest(w: Any, dist: int, stream: int, done: float) -> float:
    """Draw what is left of a duration of which `done` is over: draws that are shorter are drawn again.

    A duration that has outlasted its distribution ends at once.
    """
    for _ in range(_MOST_DRAWS):
        whole = draw(w.dists, dist, w.values, w.streams, stream)
        if whole > done:
            return whole - done
    return 0.0


@compiled
def begin(address: int, seed: int, replication: int) -> None:
    """Draw what the start leaves open and set every timer; the world must be a fresh copy at time 0.

    Args:
        address: of the world's table (`table_of`).
        seed: of the experiment.
        replication: number of the replication, from 0.
    """
    w = world_at(address)
    seed_streams(w.streams, w.keys, seed, replication)
    draw_scales(w, seed, replication)
    silence_all(w.times, w.winners)
    for f in range(len(w.modes)):
        mode = w.modes[f]
        machine = w.machines[mode.machine]
        if machine.down != UP and machine.down_mode == f:
            continue  # drawn when it is repaired
        if math.isnan(mode.left) and mode.done > 0.0:
            mode.left = mode.stretch * draw_rest(w, mode.after, mode.after_stream, mode.done / mode.stretch)
            if mode.counts == COUNTS_TIME:
                set_timer(w.times, w.winners, mode.timer, mode.left)
        elif math.isnan(mode.left):
            renew(w, f, 0.0)
        elif mode.counts == COUNTS_TIME and not mode.is_pending:
            set_timer(w.times, w.winners, mode.timer, mode.left)
        if mode.counts == COUNTS_PARTS:
            mode.left = math.ceil(mode.left)
    for c in range(len(w.calendars)):
        set_timer(w.times, w.winners, w.calendars[c].timer, w.calendars[c].base_s + w.changes_s[w.calendars[c].next])
    for m in range(len(w.machines)):
        _begin_machine(w, m)
    _line_up_waiting(w)
    for v in range(len(w.vehicles)):
        vehicle = w.vehicles[v]
        if vehicle.transport >= 0:
            set_timer(w.times, w.winners, vehicle.timer, vehicle.left_s)
    w.plant[0].must_dispatch = 1
    _settle(w, 0.0)


@compiled
def _begin_machine(w: Any, m: int) -> None:
    machine = w.machines[m]
    if machine.phase == WORKING and math.isnan(machine.left_s):
        op = w.operations[machine.op]
        product = w.parts[machine.first].product if machine.first >= 0 else 0
        machine.left_s = draw_rest(w, op.dist_first + product, machine.work_stream, machine.done_s)
    if math.isnan(machine.next_work_s):
        op = w.operations[machine.op]
        product = w.parts[machine.first].product if machine.first >= 0 else 0
        machine.next_work_s = draw(w.dists, op.dist_first + product, w.values, w.streams, machine.work_stream)
    if machine.draws_ahead:
        draw_ahead(w, m)
    if machine.down == REPAIRING:
        mode = w.modes[machine.down_mode]
        if math.isnan(machine.repair_left_s):
            machine.repair_left_s = draw_rest(w, mode.repair, mode.repair_stream, machine.repair_done_s)
        set_timer(w.times, w.winners, m, machine.repair_left_s)
    elif machine.down == UP and machine.is_on and machine.phase != EMPTY and machine.phase != HOLDING:
        go_on(w, m, 0.0)
    show(w, m, 0.0)
    if machine.phase == EMPTY:
        wake(w, m)


@compiled
def _line_up_waiting(w: Any) -> None:
    """Let the machines that wait for a crew at the start do so: the most urgent first, then who waits longest."""
    for m in range(len(w.machines)):
        w.machines[m].next_waiting = _NOT_IN_LINE
    while True:
        best = NONE
        for m in range(len(w.machines)):
            machine = w.machines[m]
            if machine.down == WAITING and machine.next_waiting == _NOT_IN_LINE:
                more = machine.repair_priority - w.machines[best].repair_priority
                if best < 0 or more > 0 or (more == 0 and machine.waits_since_s < w.machines[best].waits_since_s):
                    best = m
        if best < 0:
            return
        line_up(w, best, 0.0)


@inlined
def _settle(w: Any, now: float) -> None:
    """Let woken machines start and vehicles set out, until nothing more can begin at this instant."""
    plant = w.plant[0]
    while True:
        while plant.dirty_count > 0:
            m = w.dirty[plant.dirty_first]
            plant.dirty_first += 1
            if plant.dirty_first == len(w.dirty):
                plant.dirty_first = 0
            plant.dirty_count -= 1
            w.machines[m].is_dirty = 0
            look(w, m, now)
        if plant.must_dispatch == 0:
            return
        plant.must_dispatch = 0
        if len(w.transports) > 0:
            dispatch(w, now)


@compiled
def _change_shift(w: Any, c: int, now: float) -> None:
    calendar = w.calendars[c]
    is_on = 1 - calendar.is_on
    for m in range(len(w.machines)):
        machine = w.machines[m]
        if machine.calendar == c:
            if is_on == 0:
                interrupt(w, m, now)
            machine.is_on = is_on
            if is_on:
                if machine.phase == EMPTY:
                    wake(w, m)
                elif machine.down == UP and machine.phase != HOLDING:
                    go_on(w, m, now)
            show(w, m, now)
    for k in range(len(w.crews)):
        if w.crews[k].calendar == c:
            w.crews[k].is_on = is_on
            serve_waiting(w, k, now)
    calendar.is_on = is_on
    calendar.next += 1
    if calendar.next == calendar.first + calendar.count:
        calendar.next = calendar.first
        calendar.base_s += calendar.period_s
    set_timer(w.times, w.winners, calendar.timer, calendar.base_s + w.changes_s[calendar.next])


@compiled
def close_books(w: Any, now: float) -> None:
    """Book all times up to `now`."""
    for m in range(len(w.machines)):
        machine = w.machines[m]
        w.state_s[m, machine.state] += now - machine.since_s
        machine.since_s = now
    for v in range(len(w.vehicles)):
        vehicle = w.vehicles[v]
        w.vehicle_s[v, vehicle.seen] += now - vehicle.since_s
        vehicle.since_s = now
    for b in range(len(w.buffers)):
        buffer = w.buffers[b]
        buffer.area += buffer.level * (now - buffer.since_s)
        buffer.since_s = now


@compiled
def _forget(w: Any, now: float) -> None:
    """End the warm-up: what was counted so far does not count."""
    close_books(w, now)
    w.state_s[:] = 0.0
    w.vehicle_s[:] = 0.0
    for m in range(len(w.machines)):
        w.machines[m].made = 0
        w.machines[m].lost = 0
    for v in range(len(w.vehicles)):
        w.vehicles[v].trips = 0
        w.vehicles[v].distance_m = 0.0
    for f in range(len(w.modes)):
        w.modes[f].strikes = 0
    for b in range(len(w.buffers)):
        buffer = w.buffers[b]
        buffer.area = 0.0
        buffer.taken = 0
        buffer.delayed = 0
        buffer.waited_s = 0.0
    for s in range(len(w.sinks)):
        w.sinks[s].count = 0
        w.sinks[s].flow_s = 0.0
        w.sinks[s].flow_s2 = 0.0
    w.plant[0].warm_up_s = math.inf


@compiled
def _sample(w: Any) -> None:
    plant = w.plant[0]
    row = plant.samples_taken
    sinks = len(w.sinks)
    for s in range(sinks):
        w.samples[row, s] = w.sinks[s].count
    for b in range(len(w.buffers)):
        w.samples[row, sinks + b] = w.buffers[b].level
    first = sinks + len(w.buffers)
    for m in range(len(w.machines)):
        w.samples[row, first + m] = w.machines[m].state
    plant.samples_taken += 1


@compiled
def _mark(w: Any, until_s: float) -> None:
    """End the warm-up and take the samples that fall due before the next event."""
    plant = w.plant[0]
    if plant.warm_up_s < until_s:
        _forget(w, plant.warm_up_s)
    while plant.samples_taken < len(w.samples) and (plant.samples_taken + 1) * plant.sample_every_s < until_s:
        _sample(w)
    next_sample_s = math.inf
    if plant.samples_taken < len(w.samples):
        next_sample_s = (plant.samples_taken + 1) * plant.sample_every_s
    plant.mark_s = min(plant.warm_up_s, next_sample_s)


@inlined
def _ring(w: Any, i: int, now: float) -> None:
    machines = len(w.machines)
    if i < machines:
        ring(w, i, now)
    elif i < machines + len(w.vehicles):
        ring_vehicle(w, i - machines, now)
    else:
        for f in range(len(w.modes)):
            if w.modes[f].timer == i:
                strike(w, f, now)
                return
        for c in range(len(w.calendars)):
            if w.calendars[c].timer == i:
                _change_shift(w, c, now)
                return


@compiled
def advance(address: int, until_s: float) -> int:
    """Run up to and including `until_s`; the world can be looked at, changed and advanced again.

    Returns:
        REACHED; NEEDS_PARTS (give it more free parts and call again); ENDLESS (a million events at one instant);
        CANCELLED.
    """
    w = world_at(address)
    plant = w.plant[0]
    while True:
        i = w.winners[1]
        now = w.times[1]
        if now > until_s:
            break
        if plant.free_count < plant.reserve:
            return NEEDS_PARTS
        if now > plant.now_s:
            plant.events_now = 0
            if now > plant.mark_s:
                _mark(w, now)
            plant.now_s = now
        plant.events += 1
        plant.events_now += 1
        if plant.events & _POLL == 0 and w.stop[0]:
            return CANCELLED
        if plant.events_now > _AT_ONE_INSTANT:
            return ENDLESS
        open_timer(w.times, i)
        _ring(w, i, now)
        if not rings_with(w.times, i, now):
            _settle(w, now)
        close_timer(w.times, w.winners, i)
    if until_s >= plant.now_s:
        _mark(w, math.nextafter(until_s, math.inf))
        close_books(w, until_s)
        plant.now_s = until_s
    return REACHED
