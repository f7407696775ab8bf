"""Turns an order of operations into a schedule under all side constraints, and improves the order: compiled.

Each operation goes, in the given order, behind what its resource already does, at the first instant that material,
predecessors, transport, set-up, calendar and frozen operations allow.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._chance import mixed
from ._compiled import compiled

Ints = NDArray[np.int64]
_FAR = 1 << 60


class Rules(NamedTuple):
    """A problem in arrays; `*_first[i]:*_first[i + 1]` are the rows of i.

    `setup[setup_row[k], f, g]` is the time from family f to g on resource k, `travel[k, l]` that between resources.
    `pinned` are the frozen operations of each resource by start; their `start`, `end` and `on` are in `fixed_*`.
    """

    release: Ints
    before_first: Ints
    before: Ints
    first: Ints
    machine: Ints
    duration: Ints
    family: Ints
    resource_family: Ints
    setup_row: Ints
    setup: NDArray[np.int64]
    travel: NDArray[np.int64]
    closed_first: Ints
    closed_start: Ints
    closed_end: Ints
    pinned_first: Ints
    pinned: Ints
    fixed_on: Ints
    fixed_start: Ints
    fixed_end: Ints
    job_last: Ints
    due: Ints
    weight: Ints
    objective: int
    start: int


class Timing(NamedTuple):
    """What decoding fills in: resource, start and end of each operation, and what each resource is occupied with."""

    on: Ints
    start: Ints
    end: Ints
    free: Ints
    family: Ints
    next_pinned: Ints
    next_closed: Ints


@compiled
def decode(rules: Rules, order: Ints, wanted: Ints, timing: Timing) -> int:
    """Schedule all in this order and return the objective.

    `wanted[x]` is a row of the choices of x, or -1 for the one that ends first.
    """
    n = len(rules.release)
    for k in range(len(timing.free)):
        timing.free[k] = rules.start
        timing.family[k] = rules.resource_family[k]
        timing.next_pinned[k] = rules.pinned_first[k]
        timing.next_closed[k] = rules.closed_first[k]
    for x in range(n):
        timing.on[x], timing.start[x], timing.end[x] = rules.fixed_on[x], rules.fixed_start[x], rules.fixed_end[x]
    for x in order:
        best_end = _FAR
        best_start = best_machine = best_pinned = 0
        low, high = rules.first[x], rules.first[x + 1]
        if wanted[x] >= 0:
            low, high = wanted[x], wanted[x] + 1
        g = rules.family[x]
        for c in range(low, high):
            k, time = rules.machine[c], rules.duration[c]
            ready = rules.release[x]
            for i in range(rules.before_first[x], rules.before_first[x + 1]):
                b = rules.before[i]
                ready = max(ready, timing.end[b] + rules.travel[timing.on[b], k])
            free, f, pinned = timing.free[k], timing.family[k], timing.next_pinned[k]
            row = rules.setup_row[k]
            while True:
                closed = timing.next_closed[k]
                t = max(ready, free + rules.setup[row, f, g])
                while closed < rules.closed_first[k + 1] and rules.closed_start[closed] < t + time:
                    if rules.closed_end[closed] > t:
                        t = rules.closed_end[closed]
                    closed += 1
                if pinned == rules.pinned_first[k + 1]:
                    break
                y = rules.pinned[pinned]
                if t + time + rules.setup[row, g, rules.family[y]] <= timing.start[y]:
                    break
                free, f = max(free, timing.end[y]), rules.family[y]
                pinned += 1
            if t + time < best_end:
                best_end, best_start, best_machine, best_pinned = t + time, t, k, pinned
        k = best_machine
        timing.on[x], timing.start[x], timing.end[x] = k, best_start, best_end
        timing.free[k], timing.family[k], timing.next_pinned[k] = best_end, g, best_pinned
        closed = timing.next_closed[k]
        while closed < rules.closed_first[k + 1] and rules.closed_end[closed] <= best_end:
            closed += 1
        timing.next_closed[k] = closed
    return value(rules, timing)


@compiled
def value(rules: Rules, timing: Timing) -> int:
    """Return the objective: 0 makespan, 1 greatest lateness, 2 weighted tardiness."""
    total = 0 if rules.objective == 2 else -_FAR
    for j in range(len(rules.job_last)):
        end = timing.end[rules.job_last[j]]
        if rules.objective == 0:
            total = max(total, end)
        elif rules.due[j] < _FAR:
            if rules.objective == 1:
                total = max(total, end - rules.due[j])
            else:
                total += rules.weight[j] * max(0, end - rules.due[j])
    return total


@compiled
def _waits_for(rules: Rules, x: int, y: int) -> bool:
    for i in range(rules.before_first[x], rules.before_first[x + 1]):  # noqa: SIM110 - compiled
        if rules.before[i] == y:
            return True
    return False


@compiled
def improve(
    rules: Rules, order: Ints, wanted: Ints, timing: Timing, best: int, steps: int, reach: int, rng: NDArray[np.uint64]
) -> int:
    """Move random operations within the order, or to another resource, and keep what is not worse."""
    n = len(order)
    for _ in range(steps):
        number = np.int64(mixed(rng) >> np.uint64(2))
        i = number % n
        number //= n
        shift = number % (2 * reach + 1) - reach
        number //= 2 * reach + 1
        x = order[i]
        j, way = i, 1 if shift > 0 else -1
        while j != i + shift and 0 <= j + way < n:
            y = order[j + way]
            if (way > 0 and _waits_for(rules, y, x)) or (way < 0 and _waits_for(rules, x, y)):
                break
            order[j] = y
            j += way
        order[j] = x
        choice = wanted[x]
        count = rules.first[x + 1] - rules.first[x]
        if count > 1 and number % 3 == 0:
            wanted[x] = rules.first[x] + (number // 3) % count
        if j == i and wanted[x] == choice:
            continue
        found = decode(rules, order, wanted, timing)
        if found <= best:
            best = found
            continue
        wanted[x] = choice
        while j != i:
            order[j] = order[j - way]
            j -= way
        order[i] = x
    return best
