"""Machines in the kernel: they start, are interrupted, go on, finish, hold what has no room, fail and are repaired."""

from __future__ import annotations

import math
from typing import Any

from ._compiled import compiled, inlined
from ._kernel_parts import available, drop_part, leave, make_part, push, take, wake
from ._layout import (
    AHEAD,
    ARRIVALS,
    BLOCKED,
    BUSY,
    COUNTS_BUSY,
    COUNTS_PARTS,
    COUNTS_TIME,
    DOWN,
    EMPTY,
    HOLDING,
    IDLE,
    MACHINE,
    NONE,
    OFF,
    ORDER_BOOK,
    REPAIRING,
    SETTING_UP,
    SETUP,
    UP,
    WAITING,
    WAITS_FOR_CREW,
    WORKING,
)
from ._logarithm import natural_log
from ._random import uniform
from ._timers import set_timer
from ._variates import draw


@inlined
def show(w: Any, m: int, now: float) -> None:
    """Bring what the machine is seen doing up to date, and book the time of what it did until now."""
    machine = w.machines[m]
    if machine.down == REPAIRING:
        state = DOWN
    elif machine.down == WAITING:
        state = WAITS_FOR_CREW
    elif machine.is_on == 0:
        state = OFF
    elif machine.phase == WORKING:
        state = BUSY
    elif machine.phase == HOLDING:
        state = BLOCKED
    elif machine.phase == SETTING_UP:
        state = SETUP
    else:
        state = IDLE
    if state != machine.state:
        w.state_s[m, machine.state] += now - machine.since_s
        machine.since_s = now
        machine.state = state


@inlined
def go_on(w: Any, m: int, now: float) -> None:
    """Begin or resume what is under way on a machine that is up and on: the timer rings at its end or next failure."""
    machine = w.machines[m]
    ahead_s = machine.left_s
    strikes = NONE
    if machine.phase == WORKING:
        for f in range(machine.mode_first, machine.mode_first + machine.mode_count):
            mode = w.modes[f]
            if mode.counts == COUNTS_BUSY and mode.left < ahead_s:
                ahead_s = mode.left
                strikes = f
    machine.next_mode = strikes
    machine.run_since_s = now
    set_timer(w.times, w.winners, m, now + ahead_s)


@inlined
def _spend(w: Any, m: int, spent_s: float) -> None:
    """Take processing time off the work and off the failures that count it."""
    machine = w.machines[m]
    machine.left_s -= spent_s
    if machine.phase == WORKING:
        for f in range(machine.mode_first, machine.mode_first + machine.mode_count):
            mode = w.modes[f]
            if mode.counts == COUNTS_BUSY:
                mode.left -= spent_s


@compiled
def interrupt(w: Any, m: int, now: float) -> None:
    """Stop what is under way; the rest of it is kept."""
    machine = w.machines[m]
    if machine.is_on and machine.down == UP and (machine.phase == WORKING or machine.phase == SETTING_UP):
        _spend(w, m, now - machine.run_since_s)
        set_timer(w.times, w.winners, m, math.inf)


@compiled
def _begin_repair(w: Any, m: int, now: float) -> None:
    machine = w.machines[m]
    mode = w.modes[machine.down_mode]
    machine.down = REPAIRING
    if math.isnan(machine.repair_left_s):
        machine.repair_left_s = draw(w.dists, mode.repair, w.values, w.streams, mode.repair_stream)
    set_timer(w.times, w.winners, m, now + machine.repair_left_s)
    show(w, m, now)


@compiled
def serve_waiting(w: Any, c: int, now: float) -> None:
    """Let the crew begin repairs: the highest priority first, then who waits longest."""
    crew = w.crews[c]
    while crew.is_on and crew.free > 0 and crew.first >= 0:
        best, before_best, before, m = NONE, NONE, NONE, crew.first
        while m >= 0:
            if best < 0 or w.machines[m].repair_priority > w.machines[best].repair_priority:
                best, before_best = m, before
            before = m
            m = w.machines[m].next_waiting
        if before_best < 0:
            crew.first = w.machines[best].next_waiting
        else:
            w.machines[before_best].next_waiting = w.machines[best].next_waiting
        crew.free -= 1
        _begin_repair(w, best, now)


@compiled
def fail(w: Any, m: int, f: int, now: float) -> None:
    """Stop a machine by failure `f`; the repair begins when a crew is free."""
    machine = w.machines[m]
    mode = w.modes[f]
    mode.strikes += 1
    machine.down_mode = f
    machine.down = WAITING
    machine.repair_left_s = math.nan
    machine.waits_since_s = now
    if mode.crew < 0:
        _begin_repair(w, m, now)
        return
    line_up(w, m, now)


@compiled
def line_up(w: Any, m: int, now: float) -> None:
    """Put a stopped machine at the end of those that wait for its crew."""
    machine = w.machines[m]
    c = w.modes[machine.down_mode].crew
    crew = w.crews[c]
    machine.next_waiting = NONE
    if crew.first < 0:
        crew.first = m
    else:
        last = crew.first
        while w.machines[last].next_waiting >= 0:
            last = w.machines[last].next_waiting
        w.machines[last].next_waiting = m
    show(w, m, now)
    serve_waiting(w, c, now)


@compiled
def renew(w: Any, f: int, now: float) -> None:
    """Draw when failure `f` strikes next."""
    mode = w.modes[f]
    mode.left = mode.stretch * draw(w.dists, mode.after, w.values, w.streams, mode.after_stream)
    if mode.counts == COUNTS_PARTS:
        mode.left = max(1.0, math.ceil(mode.left))
    elif mode.counts == COUNTS_TIME:
        set_timer(w.times, w.winners, mode.timer, now + mode.left)


@compiled
def _repaired(w: Any, m: int, now: float) -> None:
    machine = w.machines[m]
    machine.down = UP
    crew = w.modes[machine.down_mode].crew
    renew(w, machine.down_mode, now)
    if crew >= 0:
        w.crews[crew].free += 1
        serve_waiting(w, crew, now)
    for f in range(machine.mode_first, machine.mode_first + machine.mode_count):
        if w.modes[f].is_pending:
            w.modes[f].is_pending = 0
            fail(w, m, f, now)
            return
    if machine.phase == EMPTY:
        wake(w, m)
    elif machine.is_on and machine.phase != HOLDING:
        go_on(w, m, now)
    show(w, m, now)


@compiled
def strike(w: Any, f: int, now: float) -> None:
    """Let a failure that counts clock time strike; where the machine is stopped already, right after that."""
    mode = w.modes[f]
    m = mode.machine
    if w.machines[m].down == UP:
        interrupt(w, m, now)
        fail(w, m, f, now)
    else:
        mode.is_pending = 1


@inlined
def _send(w: Any, m: int, p: int, route_first: int, route_count: int, now: float) -> int:
    """Send a part on its way; return 1 where the machine must hold it."""
    r = route_first
    if route_count > 1:
        product = w.parts[p].product
        total = 0.0
        for k in range(route_first, route_first + route_count):
            if w.routes[k].product < 0 or w.routes[k].product == product:
                total += w.routes[k].share
        ahead = total * uniform(w.streams, w.machines[m].route_stream)
        for k in range(route_first, route_first + route_count):
            if w.routes[k].product < 0 or w.routes[k].product == product:
                r = k
                ahead -= w.routes[k].share
                if ahead < 0.0:
                    break
    to = w.routes[r].to
    if to < 0:
        leave(w, -1 - to, p, now)
        return 0
    if w.machines[m].loses:
        buffer = w.buffers[to]
        if buffer.capacity == 0 or buffer.level + buffer.inbound >= buffer.capacity:
            w.machines[m].lost += 1
            drop_part(w, p)
            return 0
    return 0 if push(w, to, p, m, now) else 1


@compiled
def _bring(w: Any, m: int, now: float) -> int:
    """Let a source bring its parts; return how many it must hold."""
    machine = w.machines[m]
    op = w.operations[machine.op_first]
    if machine.kind == ORDER_BOOK:
        order = w.orders[machine.order]
        order.released += 1
        p = make_part(w, order.product, machine.order, now)
        return _send(w, m, p, op.route_first, op.route_count, now)
    held = 0
    for _ in range(machine.quantity):
        product = w.shares[op.make_first].product
        if op.make_count > 1:
            ahead = uniform(w.streams, machine.setup_stream)
            for k in range(op.make_first, op.make_first + op.make_count):
                product = w.shares[k].product
                ahead -= w.shares[k].share
                if ahead < 0.0:
                    break
        held += _send(w, m, make_part(w, product, NONE, now), op.route_first, op.route_count, now)
    return held


@compiled
def _remake(w: Any, m: int, op: Any, first: int, now: float) -> int:
    """Turn the parts on the machine into those that the operation makes; return how many it must hold."""
    p = w.parts[first].next
    while p >= 0:
        after = w.parts[p].next
        drop_part(w, p)
        p = after
    born_s = w.parts[first].born_s
    taken = w.parts[first].product
    spare = first
    held = 0
    for k in range(op.make_first, op.make_first + op.make_count):
        make = w.makes[k]
        product = make.product if make.product >= 0 else taken
        for _ in range(make.quantity):
            if spare >= 0:
                made = spare
                w.parts[made].product = product
                w.parts[made].next = NONE
                spare = NONE
            else:
                made = make_part(w, product, NONE, born_s)
            held += _send(w, m, made, make.route_first, make.route_count, now)
    return held


@inlined
def _finish(w: Any, m: int, now: float) -> None:
    machine = w.machines[m]
    machine.made += 1
    held = 0
    if machine.kind != MACHINE:
        held = _bring(w, m, now)
    else:
        if machine.has_part_modes:
            for f in range(machine.mode_first, machine.mode_first + machine.mode_count):
                if w.modes[f].counts == COUNTS_PARTS:
                    w.modes[f].left -= 1.0
        op = w.operations[machine.op]
        p = machine.first
        if op.make_count > 0:
            held = _remake(w, m, op, p, now)
        else:
            while p >= 0:
                after = w.parts[p].next
                held += _send(w, m, p, op.route_first, op.route_count, now)
                p = after
        machine.first = NONE
    machine.held = held
    if held > 0:
        machine.phase = HOLDING
        show(w, m, now)
    else:
        machine.phase = EMPTY
        wake(w, m)  # what it is seen doing is told when it is looked at


@inlined
def ring(w: Any, m: int, now: float) -> None:
    """Handle the event of machine `m`: repaired, failed, set up, or finished."""
    machine = w.machines[m]
    if machine.down == REPAIRING:
        _repaired(w, m, now)
        return
    if machine.next_mode >= 0:
        f = machine.next_mode
        _spend(w, m, w.modes[f].left)
        fail(w, m, f, now)
    elif machine.phase == SETTING_UP:
        machine.phase = WORKING
        machine.left_s = machine.next_work_s
        go_on(w, m, now)
        show(w, m, now)
    else:
        _spend(w, m, machine.left_s)
        _finish(w, m, now)


@inlined
def _gather(w: Any, m: int, now: float) -> bool:
    """Take what the first possible operation needs onto the machine; False where none is possible."""
    machine = w.machines[m]
    if machine.only_buffer >= 0:  # what most machines do, without looking it up
        if available(w, machine.only_buffer, NONE) == 0:
            return False
        machine.first = take(w, machine.only_buffer, NONE, now)
        return True
    for o in range(machine.op_first, machine.op_first + machine.op_count):
        op = w.operations[o]
        is_possible = True
        for k in range(op.input_first, op.input_first + op.input_count):
            needed = w.inputs[k]
            if available(w, needed.buffer, needed.product) < needed.least:
                is_possible = False
                break
        if not is_possible:
            continue
        machine.op = o
        if op.input_count == 0:
            machine.first = make_part(w, op.product, NONE, now)
            return True
        last = NONE
        for k in range(op.input_first, op.input_first + op.input_count):
            needed = w.inputs[k]
            count = needed.least
            if needed.most > count:
                count = min(needed.most, available(w, needed.buffer, needed.product))
            for _ in range(count):
                p = take(w, needed.buffer, needed.product, now)
                if last < 0:
                    machine.first = p
                else:
                    w.parts[last].next = p
                last = p
        if op.begins:
            w.parts[machine.first].born_s = now
        return True
    return False


@compiled
def _setup_s(w: Any, m: int, product: int) -> float:
    """Return how long the change to another product takes; 0 where nothing needs changing."""
    machine = w.machines[m]
    if machine.product == product or machine.product < 0:
        return 0.0
    for k in range(machine.setup_first, machine.setup_first + machine.setup_count):
        setup = w.setups[k]
        fits = (setup.before < 0 or setup.before == machine.product) and (setup.after < 0 or setup.after == product)
        if fits:
            return draw(w.dists, setup.dist, w.values, w.streams, machine.setup_stream)
    return 0.0


@compiled
def _await_next(w: Any, m: int, now: float) -> bool:
    """Let a source wait for its next arrival or release; False where it has none left."""
    machine = w.machines[m]
    if machine.kind == ARRIVALS:
        op = w.operations[machine.op_first]
        machine.left_s = draw(w.dists, op.dist_first, w.values, w.streams, machine.work_stream)
    else:
        while (
            machine.order < machine.order_end and w.orders[machine.order].released >= w.orders[machine.order].quantity
        ):
            machine.order += 1
        if machine.order >= machine.order_end:
            return False
        machine.left_s = max(0.0, w.orders[machine.order].release_s - now)
    return True


@compiled
def draw_ahead(w: Any, m: int) -> None:
    """Draw what the next exponential works are multiplied from."""
    machine = w.machines[m]
    for k in range(AHEAD):
        w.ahead[m, k] = uniform(w.streams, machine.work_stream)
    for k in range(AHEAD):  # apart, so that several are computed at once
        w.ahead[m, k] = -natural_log(w.ahead[m, k])
    machine.drawn = 0


@inlined
def _next_ahead(w: Any, m: int) -> float:
    machine = w.machines[m]
    if machine.drawn == AHEAD:
        draw_ahead(w, m)
    drawn = w.ahead[m, machine.drawn]
    machine.drawn += 1
    return drawn


@inlined
def look(w: Any, m: int, now: float) -> None:
    """Start an empty machine where that is possible."""
    machine = w.machines[m]
    if machine.phase == EMPTY and machine.down == UP and machine.is_on:
        if machine.kind != MACHINE:
            if _await_next(w, m, now):
                machine.phase = WORKING
                go_on(w, m, now)
        elif machine.has_part_modes and _is_worn(w, m, now):
            return
        elif _gather(w, m, now):
            op = w.operations[machine.op]
            product = w.parts[machine.first].product
            if machine.draws_ahead:
                work_s = w.dists[op.dist_first + product].a * _next_ahead(w, m)
            else:
                work_s = draw(w.dists, op.dist_first + product, w.values, w.streams, machine.work_stream)
            setup_s = 0.0
            if machine.setup_count > 0:
                setup_s = _setup_s(w, m, product)
                machine.product = product
            if setup_s > 0.0:
                machine.phase = SETTING_UP
                machine.left_s = setup_s
                machine.next_work_s = work_s
            else:
                machine.phase = WORKING
                machine.left_s = work_s
            go_on(w, m, now)
    show(w, m, now)


@compiled
def _is_worn(w: Any, m: int, now: float) -> bool:
    """Stop a machine for a failure that counts parts and is due."""
    machine = w.machines[m]
    for f in range(machine.mode_first, machine.mode_first + machine.mode_count):
        mode = w.modes[f]
        if mode.counts == COUNTS_PARTS and mode.left <= 0.0:
            fail(w, m, f, now)
            return True
    return False
