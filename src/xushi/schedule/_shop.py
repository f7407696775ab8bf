"""The disjunctive graph of a flexible job shop in arrays: orders on machines, heads, tails and a topological order.

Operations are 0 … n-1; n stands for nobody, with head and tail 0. `head` is the earliest start, `tail` the longest way
from the start of an operation to the end of everything, the operation included. The order that `topo` keeps lets a
move recompute only what lies behind or before it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._compiled import compiled

Ints = NDArray[np.int64]


class Shop(NamedTuple):
    """What does not change: job neighbours, earliest starts, ways after the end, and the choices of each operation.

    `machine[first[i]:first[i + 1]]` are the machines that can do i, `duration` their times.
    """

    before: Ints
    behind: Ints
    release: Ints
    rest: Ints
    first: Ints
    machine: Ints
    duration: Ints


class Plan(NamedTuple):
    """What a search changes: machine, time, neighbours, head and tail of operations, and the first of each machine."""

    on: Ints
    time: Ints
    previous: Ints
    following: Ints
    head: Ints
    tail: Ints
    topo: Ints
    place: Ints
    window: Ints
    lead: Ints
    mark: NDArray[np.bool_]


def empty_plan(shop: Shop) -> Plan:
    """Return a plan that stands for no order yet."""
    n = len(shop.before) - 1
    on, time, previous, following, head, tail, topo, place, window = np.zeros((9, n + 1), np.int64)
    lead, mark = np.full(int(shop.machine.max()) + 1, n, np.int64), np.zeros(n + 1, np.bool_)
    return Plan(on, time, previous, following, head, tail, topo, place, window, lead, mark)


@compiled
def heads_from(shop: Shop, plan: Plan, start: int) -> None:
    """Recompute the heads of everything from a place of the topological order on."""
    for i in range(start, len(shop.before) - 1):
        x = plan.topo[i]
        b, m = shop.before[x], plan.previous[x]
        plan.head[x] = max(shop.release[x], plan.head[b] + plan.time[b], plan.head[m] + plan.time[m])


@compiled
def tails_from(shop: Shop, plan: Plan, start: int) -> None:
    """Recompute the tails of everything from a place of the topological order back."""
    for i in range(start, -1, -1):
        x = plan.topo[i]
        plan.tail[x] = plan.time[x] + max(shop.rest[x], plan.tail[shop.behind[x]], plan.tail[plan.following[x]])


@compiled
def longest(shop: Shop, plan: Plan) -> int:
    """Return the length of the longest way."""
    most = -(1 << 60)
    for x in range(len(shop.before) - 1):
        most = max(most, plan.head[x] + plan.tail[x])
    return most


@compiled
def sort(shop: Shop, plan: Plan) -> bool:
    """Bring all into a topological order with heads and tails; False where the orders contradict each other."""
    n = len(shop.before) - 1
    count, done = 0, 0
    waits = plan.window
    for x in range(n):
        waits[x] = (shop.before[x] < n) + (plan.previous[x] < n)
        if waits[x] == 0:
            plan.topo[count] = x
            count += 1
    while done < count:
        x = plan.topo[done]
        plan.place[x] = done
        done += 1
        for y in (shop.behind[x], plan.following[x]):
            if y < n:
                waits[y] -= 1
                if waits[y] == 0:
                    plan.topo[count] = y
                    count += 1
    if count < n:
        return False
    heads_from(shop, plan, 0)
    tails_from(shop, plan, n - 1)
    return True


@compiled
def take_out(plan: Plan, u: int) -> None:
    """Take an operation out of the order of its machine."""
    n = len(plan.on) - 1
    a, b = plan.previous[u], plan.following[u]
    if a < n:
        plan.following[a] = b
    else:
        plan.lead[plan.on[u]] = b
    if b < n:
        plan.previous[b] = a


@compiled
def put_between(plan: Plan, u: int, a: int, b: int) -> None:
    """Put an operation between two neighbours; either may be nobody."""
    n = len(plan.on) - 1
    plan.previous[u], plan.following[u] = a, b
    if a < n:
        plan.following[a] = u
    else:
        plan.lead[plan.on[u]] = u
    if b < n:
        plan.previous[b] = u


@compiled
def move_behind(shop: Shop, plan: Plan, u: int, v: int) -> None:
    """Move u right behind v, which comes after it on the machine, and keep the topological order and the lengths."""
    low, high = plan.place[u], plan.place[v]
    take_out(plan, u)
    put_between(plan, u, v, plan.following[v])
    plan.mark[u] = True
    front, kept = low, 0
    for i in range(low, high + 1):
        x = plan.topo[i]
        if x == u or plan.mark[shop.before[x]] or plan.mark[plan.previous[x]]:
            plan.mark[x] = True
            plan.window[kept] = x
            kept += 1
        else:
            plan.topo[front] = x
            plan.place[x] = front
            front += 1
    for i in range(kept):
        x = plan.window[i]
        plan.mark[x] = False
        plan.topo[front + i] = x
        plan.place[x] = front + i
    heads_from(shop, plan, low)
    tails_from(shop, plan, high)


@compiled
def move_before(shop: Shop, plan: Plan, v: int, u: int) -> None:
    """Move v right before u, which comes before it on the machine, and keep the topological order and the lengths."""
    low, high = plan.place[u], plan.place[v]
    take_out(plan, v)
    put_between(plan, v, plan.previous[u], u)
    plan.mark[v] = True
    back, kept = high, 0
    for i in range(high, low - 1, -1):
        x = plan.topo[i]
        if x == v or plan.mark[shop.behind[x]] or plan.mark[plan.following[x]]:
            plan.mark[x] = True
            plan.window[kept] = x
            kept += 1
        else:
            plan.topo[back] = x
            plan.place[x] = back
            back -= 1
    for i in range(kept):
        x = plan.window[i]
        plan.mark[x] = False
        plan.topo[back - i] = x
        plan.place[x] = back - i
    heads_from(shop, plan, low)
    tails_from(shop, plan, high)
