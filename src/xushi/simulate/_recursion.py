"""The exact max-plus recursion for serial lines: when each part leaves each machine, without an event list.

With S the work, R the repairs that fall into it, B the buffer behind machine i:
    start[n, i] = max(leave[n, i-1], leave[n-1, i]);  done[n, i] = start[n, i] + S + R
    leave[n, i] = max(done[n, i], leave[n - B - 1, i+1])        (blocking after service)
It draws the same numbers from the same streams as the event kernel and books into the same arrays.

Source: J. Buzacott, J. Shanthikumar, "Stochastic Models of Manufacturing Systems", 1993, chapter 5.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ._compiled import compiled, inlined
from ._doubt import draw_scales
from ._handle import world_at
from ._layout import (
    ARRIVALS,
    BLOCKED,
    BUSY,
    DOWN,
    EMPTY,
    HOLDING,
    IDLE,
    REPAIRING,
    UNLIMITED,
    WORKING,
)
from ._logarithm import natural_log
from ._random import seed_streams, uniforms_of
from ._variates import draw

_LANES = 16  # streams that one instruction of a wide processor moves on
# What is booked for each machine of the line while it runs. Of a plain operation (nothing strikes, all of it counted)
# only the first five; of one at an edge, or with a failure, also the others.
_BUSY, _BLOCKED, _WAITED, _DELAYED, _PLAIN, _DOWN, _LEVEL, _MADE, _TAKEN = range(9)
# What the innermost loop needs to know of it.
_STREAM, _DIST, _MODE_FIRST, _MODE_END, _HAS_BUFFER, _IS_SOURCE, _PLACE = range(7)


@inlined
def _clip(at_s: float, warm_s: float, horizon_s: float) -> float:
    """Return the instant, or the nearest that is counted."""
    return max(min(at_s, horizon_s), warm_s)


@inlined
def _renew(w: Any, f: int) -> None:
    mode = w.modes[f]
    mode.left = mode.stretch * draw(w.dists, mode.after, w.values, w.streams, mode.after_stream)


@compiled
def _fail_on_the_way(
    w: Any, known: Any, booked: Any, i: int, start_s: float, work_s: float, warm_s: float, horizon_s: float
) -> float:
    """Work on a part from `start_s`, with the failures that strike on the way; return when it is done."""
    now = start_s
    first, end = known[i, _MODE_FIRST], known[i, _MODE_END]
    while True:
        strikes = -1
        ahead_s = work_s
        for f in range(first, end):
            if w.modes[f].left < ahead_s:
                ahead_s = w.modes[f].left
                strikes = f
        for f in range(first, end):
            w.modes[f].left -= ahead_s
        booked[_BUSY, i] += _clip(now + ahead_s, warm_s, horizon_s) - _clip(now, warm_s, horizon_s)
        now += ahead_s
        if strikes < 0 or now > horizon_s:
            return now
        work_s -= ahead_s
        mode = w.modes[strikes]
        if now > warm_s:
            mode.strikes += 1
        repair_s = draw(w.dists, mode.repair, w.values, w.streams, mode.repair_stream)
        booked[_DOWN, i] += _clip(now + repair_s, warm_s, horizon_s) - _clip(now, warm_s, horizon_s)
        now += repair_s
        _renew(w, strikes)


@compiled
def _book(
    known: Any,
    booked: Any,
    i: int,
    arrived_s: float,
    begins_wait_s: float,
    start_s: float,
    warm_s: float,
    horizon_s: float,
) -> None:
    """Book the wait before an operation that is not counted as a whole."""
    if known[i, _HAS_BUFFER]:
        # the plain operations' waits are their share of the level, too
        booked[_LEVEL, i] += _clip(start_s, warm_s, horizon_s) - _clip(arrived_s, warm_s, horizon_s)
    if start_s > warm_s and start_s <= horizon_s:
        booked[_TAKEN, i] += 1.0
        if i > 0 and start_s > begins_wait_s:
            booked[_DELAYED, i] += 1.0
            booked[_WAITED, i] += start_s - begins_wait_s
            if known[i, _HAS_BUFFER]:
                booked[_LEVEL, i] -= start_s - begins_wait_s


@compiled
def _lay_out(w: Any, order: Any, buffers: Any, parts: Any, places: Any) -> int:
    """List the parts already in the line, the one nearest to its end first, and where each is.

    A place is twice the machine's number, and 1 more for a part that is on the machine and not before it.
    """
    count = 0
    for i in range(len(order) - 1, -1, -1):
        machine = w.machines[order[i]]
        if machine.phase == WORKING:
            parts[count] = machine.first
            places[count] = 2 * i + 1
            count += 1
        elif machine.phase == HOLDING:
            parts[count] = w.buffers[buffers[i]].wait_head
            places[count] = 2 * i + 1
            count += 1
        if i > 0:
            p = w.buffers[buffers[i - 1]].head
            while p >= 0:
                parts[count] = p
                places[count] = 2 * i
                count += 1
                p = w.parts[p].next
    return count


@compiled
def _know(w: Any, order: Any, buffers: Any, known: Any) -> None:
    """Gather what the innermost loop needs to know of each machine."""
    for i in range(len(order)):
        machine = w.machines[order[i]]
        known[i, _STREAM] = machine.work_stream
        known[i, _DIST] = w.operations[machine.op_first].dist_first
        known[i, _MODE_FIRST] = machine.mode_first
        known[i, _MODE_END] = machine.mode_first + machine.mode_count
        known[i, _HAS_BUFFER] = i > 0 and w.buffers[buffers[i - 1]].capacity > 0
        known[i, _IS_SOURCE] = machine.kind == ARRIVALS


@compiled
def _gather(w: Any, order: Any, known: Any, streams: Any, means_s: Any) -> int:
    """List the machines with exponential work, and return how many there are."""
    count = 0
    for i in range(len(order)):
        known[i, _PLACE] = -1
        dist = w.dists[known[i, _DIST]]
        if dist.family == 1:
            known[i, _PLACE] = count
            streams[count] = known[i, _STREAM]
            means_s[count] = dist.a
            count += 1
    return count


@compiled
def _load(w: Any, streams: Any, exponentials: int, lanes: Any) -> None:
    """Put the streams of the exponential machines side by side; what is beyond them is drawn and not used."""
    for k in range(exponentials):
        for word in range(4):
            lanes[word, k] = w.streams[streams[k], word]


@compiled
def _stop(w: Any, order: Any, booked: Any, free_s: Any, stopped_s: Any, warm_s: float, horizon_s: float) -> None:
    """Draw the first failures, and stop the machines that are under repair at the start."""
    for f in range(len(w.modes)):
        if math.isnan(w.modes[f].left):
            _renew(w, f)
    for i in range(len(order)):
        machine = w.machines[order[i]]
        if machine.down == REPAIRING:
            mode = w.modes[machine.down_mode]
            stopped_s[i] = machine.repair_left_s
            if math.isnan(stopped_s[i]):
                stopped_s[i] = draw(w.dists, mode.repair, w.values, w.streams, mode.repair_stream)
            booked[_DOWN, i] += _clip(stopped_s[i], warm_s, horizon_s) - max(0.0, warm_s)
            free_s[i] = stopped_s[i]


@compiled
def _can_be_quick(known: Any, exponentials: int, ahead_s: Any) -> bool:
    """Whether every work is exponential and no machine has more than one failure."""
    for i in range(len(known)):
        ahead_s[i] = math.inf
        if known[i, _MODE_END] > known[i, _MODE_FIRST] + 1:
            return False
    return exponentials == len(known)


@compiled
def _take_failures(w: Any, known: Any, ahead_s: Any) -> None:
    """Copy from the failures how much work is left until each strikes."""
    for i in range(len(known)):
        if known[i, _MODE_END] > known[i, _MODE_FIRST]:
            ahead_s[i] = w.modes[known[i, _MODE_FIRST]].left


@compiled
def _give_failures(w: Any, known: Any, ahead_s: Any) -> None:
    """Copy it back."""
    for i in range(len(known)):
        if known[i, _MODE_END] > known[i, _MODE_FIRST]:
            w.modes[known[i, _MODE_FIRST]].left = ahead_s[i]


@inlined
def _pass(
    arrived_s: float,
    work_s: Any,
    ahead_s: Any,
    limit_s: Any,
    free_s: Any,
    start_s: Any,
    gone_s: Any,
    warm_s: float,
    horizon_s: float,
) -> bool:
    """Take a part through the line where nothing strikes on its way and all of it is counted; else return False.

    Only this loop goes from machine to machine; the others before and behind it do several at once.
    """
    is_quiet = arrived_s > warm_s
    for i in range(len(free_s)):
        is_quiet &= (ahead_s[i] >= work_s[i]) & (free_s[i] > warm_s)
    if is_quiet:
        for i in range(len(free_s)):
            start_s[i] = max(arrived_s, free_s[i])
            arrived_s = max(start_s[i] + work_s[i], limit_s[i])
            gone_s[i] = arrived_s
    return is_quiet and arrived_s <= horizon_s


@inlined
def _book_quietly(
    arrived_s: float,
    work_s: Any,
    ahead_s: Any,
    free_s: Any,
    start_s: Any,
    gone_s: Any,
    is_buffered: Any,
    busy_s: Any,
    blocked_s: Any,
    waited_s: Any,
    delayed: Any,
    done_s: Any,
    since_s: Any,
) -> None:
    """Book a part that passed."""  # fmt: skip
    for i in range(len(free_s)):
        done_s[i] = start_s[i] + work_s[i]
        busy_s[i] += work_s[i]
        blocked_s[i] += gone_s[i] - done_s[i]
        ahead_s[i] -= work_s[i]
        free_s[i] = gone_s[i]
    since_s[0] = arrived_s
    for i in range(1, len(free_s)):
        since_s[i] = gone_s[i - 1] if is_buffered[i] else done_s[i - 1]
    for i in range(len(free_s)):
        waited_s[i] += start_s[i] - since_s[i]
        delayed[i] += start_s[i] > since_s[i]


@compiled
def _write(w: Any, order: Any, buffers: Any, booked: Any, counted_s: float) -> None:
    """Book what was counted where the event kernel books it; a machine that did nothing else was idle."""
    for i in range(len(order)):
        m = order[i]
        w.state_s[m, BUSY] = booked[_BUSY, i]
        w.state_s[m, BLOCKED] = booked[_BLOCKED, i]
        w.state_s[m, DOWN] = booked[_DOWN, i]
        w.state_s[m, IDLE] = max(0.0, counted_s - booked[_BUSY, i] - booked[_BLOCKED, i] - booked[_DOWN, i])
        w.machines[m].made = int(booked[_PLAIN, i] + booked[_MADE, i])
        if i > 0:
            buffer = w.buffers[buffers[i - 1]]
            if buffer.capacity > 0:
                buffer.area = booked[_WAITED, i] + booked[_LEVEL, i]
            buffer.taken = int(booked[_PLAIN, i] + booked[_TAKEN, i])
            buffer.delayed = int(booked[_DELAYED, i])
            buffer.waited_s = booked[_WAITED, i]


@compiled
def _go(
    w: Any,
    order: Any,
    known: Any,
    booked: Any,
    work_s: Any,
    arrived_s: float,
    born_s: float,
    first: int,
    is_new: bool,
    is_on_machine: bool,
    free_s: Any,
    stopped_s: Any,
    limit_s: Any,
    warm_s: float,
    horizon_s: float,
) -> Any:
    """Take a part from machine `first` to the end, whatever happens; return when it leaves and when it was born."""
    done_s = arrived_s
    for i in range(first, len(free_s)):
        since_s = free_s[i]
        start_s = max(arrived_s, since_s)
        waits_from_s = arrived_s if known[i, _HAS_BUFFER] else done_s
        is_begun = is_on_machine and i == first
        holds = is_begun and w.machines[order[i]].phase == HOLDING
        lasts_s = math.nan
        if is_begun:
            start_s = stopped_s[i]
            lasts_s = 0.0 if holds else w.machines[order[i]].left_s
        if is_new and known[i, _PLACE] >= 0:
            lasts_s = work_s[known[i, _PLACE]]
        elif math.isnan(lasts_s):
            lasts_s = draw(w.dists, known[i, _DIST], w.values, w.streams, known[i, _STREAM])
        ahead_s = math.inf
        for f in range(known[i, _MODE_FIRST], known[i, _MODE_END]):
            ahead_s = min(ahead_s, w.modes[f].left)
        gone_s = start_s + lasts_s
        gone_s = max(gone_s, limit_s[i])
        if ahead_s >= lasts_s and min(arrived_s, since_s) > warm_s and gone_s <= horizon_s and not is_begun:
            done_s = start_s + lasts_s
            for f in range(known[i, _MODE_FIRST], known[i, _MODE_END]):
                w.modes[f].left -= lasts_s
            booked[_BUSY, i] += lasts_s
            booked[_BLOCKED, i] += gone_s - done_s
            booked[_WAITED, i] += start_s - waits_from_s
            booked[_DELAYED, i] += start_s > waits_from_s
            booked[_PLAIN, i] += 1.0
            free_s[i] = gone_s
        else:
            if not is_begun:
                _book(known, booked, i, arrived_s, waits_from_s, start_s, warm_s, horizon_s)
            done_s = 0.0
            if not holds:
                done_s = _fail_on_the_way(w, known, booked, i, start_s, lasts_s, warm_s, horizon_s)
                booked[_MADE, i] += done_s > warm_s and done_s <= horizon_s
            gone_s = max(done_s, limit_s[i])
            free_s[i] = max(gone_s, stopped_s[i] if holds else done_s)
            held_from_s = _clip(stopped_s[i] if holds else done_s, warm_s, horizon_s)
            booked[_BLOCKED, i] += _clip(free_s[i], warm_s, horizon_s) - held_from_s
        if i == 0 and is_new and known[0, _IS_SOURCE]:
            born_s = done_s
        arrived_s = gone_s
    return arrived_s, born_s


@compiled
def recur(
    address: int, order: Any, buffers: Any, sink: int, seed: int, replication: int, warm_s: float, horizon_s: float
) -> None:
    """Run one replication of a serial line and book it; the world must be a fresh copy at time 0.

    Args:
        address: of the world's table.
        order: int64 [M], rows of the machines in the order of flow.
        buffers: int64 [M - 1], rows of the buffers between them.
        sink: row of the sink.
        seed: of the experiment.
        replication: number of the replication.
        warm_s: what happens up to then is not counted; negative for none.
        horizon_s: the end.
    """
    w = world_at(address)
    seed_streams(w.streams, w.keys, seed, replication)
    draw_scales(w, seed, replication)
    count = len(order)
    free_s = np.zeros(count)
    stopped_s = np.zeros(count)
    booked = np.zeros((9, count))
    known = np.zeros((count, 7), np.int64)
    _know(w, order, buffers, known)
    _stop(w, order, booked, free_s, stopped_s, warm_s, horizon_s)
    streams = np.zeros(count, np.int64)
    width = (count + _LANES - 1) // _LANES * _LANES
    lanes = np.ones((4, width), np.uint32)
    words_a, words_b, words_c, words_d = lanes[0], lanes[1], lanes[2], lanes[3]
    means_s = np.zeros(width)
    uniforms = np.zeros(width)
    work_s = np.zeros(width)
    exponentials = _gather(w, order, known, streams, means_s)
    ahead_s, start_s, gone_s, done_s, since_s = np.zeros((5, count))
    can_be_quick = _can_be_quick(known, exponentials, ahead_s)
    is_buffered = known[:, _HAS_BUFFER].copy()
    busy_s, blocked_s, waited_s, delayed = booked[_BUSY], booked[_BLOCKED], booked[_WAITED], booked[_DELAYED]
    quick = 0
    room = np.zeros(count + 2, np.int64)  # where each machine's ring of leaving times begins
    for i in range(1, count):
        capacity = w.buffers[buffers[i - 1]].capacity
        room[i + 1] = room[i] + (0 if capacity == UNLIMITED else capacity + 1)
    room[count + 1] = room[count]
    left_s = np.zeros(room[count] + 1)
    at = room.copy()
    there = np.zeros(w.plant[0].in_plant + 1 + count, np.int64)
    places = np.zeros(len(there), np.int64)
    ready = _lay_out(w, order, buffers, there, places)
    for i in range(1, count):
        size = room[i + 1] - room[i]
        if size > 0 and stopped_s[i] > 0.0 and w.machines[order[i]].phase == EMPTY:
            passed = np.sum(places[:ready] >> 1 > i)  # as if the part that left it last left after the repair
            left_s[room[i] + (passed - 1 + size) % size] = stopped_s[i]
    limit_s = np.full(count, -math.inf)  # before which no part may leave each machine
    for i in range(1, count):
        if room[i + 1] > room[i]:
            limit_s[i - 1] = left_s[room[i]]
    end = w.sinks[sink]
    n = 0
    while n < ready or free_s[0] <= horizon_s:
        is_new = n >= ready
        first = 0 if is_new else places[n] >> 1
        is_on_machine = not is_new and places[n] & 1 == 1
        arrived_s = free_s[0] if is_new else 0.0
        born_s = arrived_s if is_new else w.parts[there[n]].born_s
        if is_new:
            if n == ready:
                _load(w, streams, exponentials, lanes)
                _take_failures(w, known, ahead_s)
            uniforms_of(words_a, words_b, words_c, words_d, uniforms)
            for k in range(len(uniforms)):  # apart, so that several are computed at once
                work_s[k] = -means_s[k] * natural_log(uniforms[k])
        is_quick = False
        if is_new and can_be_quick:
            is_quick = _pass(arrived_s, work_s, ahead_s, limit_s, free_s, start_s, gone_s, warm_s, horizon_s)
        if is_quick:
            _book_quietly(
                arrived_s,
                work_s,
                ahead_s,
                free_s,
                start_s,
                gone_s,
                is_buffered,
                busy_s,
                blocked_s,
                waited_s,
                delayed,
                done_s,
                since_s,
            )
            quick += 1
            if known[0, _IS_SOURCE]:
                born_s = done_s[0]
            arrived_s = gone_s[count - 1]
        else:
            if is_new and can_be_quick:
                _give_failures(w, known, ahead_s)
            arrived_s, born_s = _go(
                w, order, known, booked, work_s, arrived_s, born_s, first, is_new, is_on_machine, free_s, stopped_s,
                limit_s, warm_s, horizon_s,
            )  # fmt: skip
            if is_new and can_be_quick:
                _take_failures(w, known, ahead_s)
        for i in range(1, count):
            if room[i + 1] > room[i]:
                place = at[i]
                if i >= first:
                    left_s[place] = free_s[i]
                place = room[i] if place + 1 == room[i + 1] else place + 1
                at[i] = place
                limit_s[i - 1] = left_s[place]
        if arrived_s > warm_s and arrived_s <= horizon_s:
            flow_s = arrived_s - born_s
            end.count += 1
            end.flow_s += flow_s
            end.flow_s2 += flow_s * flow_s
        n += 1
    booked[_PLAIN] += quick
    _write(w, order, buffers, booked, horizon_s - max(warm_s, 0.0))
    w.plant[0].now_s = horizon_s
