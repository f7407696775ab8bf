"""A tabu search over the orders and machines of a flexible job shop: the compiled inner loop.

Moves on a critical block: any operation to its front or end, and its first or last to the inside (N6 of Balas and
Vazacopoulos 1998, widened by Zhang et al. 2007), valued by their estimate. Moves to another machine: the feasible
places of Mastrolilli and Gambardella 2000, valued with the exact heads and tails of the plan without the operation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ._chance import draw
from ._compiled import compiled
from ._shop import Ints, Plan, Shop, longest, move_before, move_behind, put_between, sort, take_out

STEP, BEST, IMPROVED = 0, 1, 2  # of the state of a search
_BEHIND, _BEFORE, _ELSEWHERE = 1, 2, 3
_FAR = 1 << 60
_TENURE = 6  # longer ones lead far away: a move forbids as many orders as it passes operations


@compiled
def value_behind(shop: Shop, plan: Plan, u: int, v: int, heads: Ints) -> int:
    """Return the longest way through what a move of u right behind v shifts."""
    a = plan.previous[u]
    ready = plan.head[a] + plan.time[a]
    x, i = plan.following[u], 0
    while True:
        b = shop.before[x]
        h = max(shop.release[x], plan.head[b] + plan.time[b], ready)
        heads[i] = h
        ready = h + plan.time[x]
        if x == v:
            break
        x = plan.following[x]
        i += 1
    b = shop.before[u]
    h = max(shop.release[u], plan.head[b] + plan.time[b], ready)
    t = plan.time[u] + max(shop.rest[u], plan.tail[shop.behind[u]], plan.tail[plan.following[v]])
    value = h + t
    while i >= 0:
        t = plan.time[x] + max(shop.rest[x], plan.tail[shop.behind[x]], t)
        value = max(value, heads[i] + t)
        x = plan.previous[x]
        i -= 1
    return value


@compiled
def value_before(shop: Shop, plan: Plan, v: int, u: int, tails: Ints) -> int:
    """Return the longest way through what a move of v right before u shifts."""
    t = plan.tail[plan.following[v]]
    x, i = plan.previous[v], 0
    while True:
        t = plan.time[x] + max(shop.rest[x], plan.tail[shop.behind[x]], t)
        tails[i] = t
        if x == u:
            break
        x = plan.previous[x]
        i += 1
    a, b = plan.previous[u], shop.before[v]
    h = max(shop.release[v], plan.head[b] + plan.time[b], plan.head[a] + plan.time[a])
    value = h + plan.time[v] + max(shop.rest[v], plan.tail[shop.behind[v]], t)
    ready = h + plan.time[v]
    while i >= 0:
        b = shop.before[x]
        h = max(shop.release[x], plan.head[b] + plan.time[b], ready)
        value = max(value, h + tails[i])
        ready = h + plan.time[x]
        x = plan.following[x]
        i -= 1
    return value


@compiled
def critical_path(shop: Shop, plan: Plan, length: int, rng: NDArray[np.uint64], path: Ints) -> int:
    """Write a random longest way into `path` and return the number of its operations."""
    n = len(shop.before) - 1
    x, seen = n, 0
    for y in range(n):
        if plan.head[y] == shop.release[y] and plan.head[y] + plan.tail[y] == length:
            seen += 1
            if draw(rng, seen) == 0:
                x = y
    count = 0
    while x < n:
        path[count] = x
        count += 1
        if plan.tail[x] == plan.time[x] + shop.rest[x]:
            break
        end, left = plan.head[x] + plan.time[x], plan.tail[x] - plan.time[x]
        j, m = shop.behind[x], plan.following[x]
        by_job = j < n and plan.head[j] == end and plan.tail[j] == left
        by_machine = m < n and plan.head[m] == end and plan.tail[m] == left
        x = (j if draw(rng, 2) else m) if by_job and by_machine else j if by_job else m if by_machine else n
    return count


@compiled
def without(shop: Shop, plan: Plan, u: int, heads: Ints, tails: Ints) -> int:
    """Work out heads and tails as if u took no time and no machine; return the longest way."""
    n = len(shop.before) - 1
    a, b, time, place = plan.previous[u], plan.following[u], plan.time[u], plan.place[u]
    take_out(plan, u)
    plan.previous[u] = plan.following[u] = n
    plan.time[u] = 0
    length = 0
    for i in range(place):
        heads[plan.topo[i]] = plan.head[plan.topo[i]]
    for i in range(place, n):
        x = plan.topo[i]
        j, m = shop.before[x], plan.previous[x]
        heads[x] = max(shop.release[x], heads[j] + plan.time[j], heads[m] + plan.time[m])
    for i in range(n - 1, place, -1):
        tails[plan.topo[i]] = plan.tail[plan.topo[i]]
    for i in range(place, -1, -1):
        x = plan.topo[i]
        tails[x] = plan.time[x] + max(shop.rest[x], tails[shop.behind[x]], tails[plan.following[x]])
    for x in range(n):
        length = max(length, heads[x] + tails[x])
    plan.time[u] = time
    put_between(plan, u, a, b)
    return length


@compiled
def take_step(
    shop: Shop, plan: Plan, length: int, arcs: NDArray[np.int32], bans: NDArray[np.int32], state: Ints,
    rng: NDArray[np.uint64], path: Ints, heads: Ints, tails: Ints, far_heads: Ints, far_tails: Ints,
) -> bool:  # fmt: skip
    """Make the best move that is not forbidden; False where there is no move at all: the plan is optimal."""
    n, machines = len(shop.before) - 1, len(plan.lead)
    step, size = state[STEP], len(arcs)
    best = tied = seen = 0
    kind = u_best = v_best = to_best = time_best = 0
    any_kind = any_u = any_v = any_to = any_time = 0
    best = _FAR
    count = critical_path(shop, plan, length, rng, path)
    first = 0
    while first < count:
        last = first
        while last + 1 < count and plan.following[path[last]] == path[last + 1]:
            last += 1
        is_open = first == 0 and plan.head[path[0]] == 0
        is_end = last == count - 1 and shop.rest[path[last]] == 0
        front, end = path[first], path[last]
        for i in range(first, last + 1):
            for which in range(4):
                # 0: i behind the end, 1: i before the front, 2: the front behind i, 3: the end before i
                if which == 0:
                    if i == last or is_end:
                        continue
                    u, v, move = path[i], end, _BEHIND
                elif which == 1:
                    if i == first or is_open or (i == last and last == first + 1 and not is_end):
                        continue
                    u, v, move = path[i], front, _BEFORE
                elif which == 2:
                    if i in (first, last) or is_open:
                        continue
                    u, v, move = front, path[i], _BEHIND
                else:
                    if i in (last, first) or is_end:
                        continue
                    u, v, move = end, path[i], _BEFORE
                is_tabu = True  # where it would bring back nothing but orders that were left
                if move == _BEHIND:
                    if shop.behind[u] == v or plan.tail[v] < plan.tail[shop.behind[u]]:
                        continue
                    value = value_behind(shop, plan, u, v, heads)
                    x = u
                    while x != v and is_tabu:
                        x = plan.following[x]
                        is_tabu = arcs[(x * n + u) % size] > step
                else:
                    b = shop.before[u]
                    if b == v or plan.head[v] + plan.time[v] < plan.head[b] + plan.time[b]:
                        continue
                    value = value_before(shop, plan, u, v, tails)
                    x = u
                    while x != v and is_tabu:
                        x = plan.previous[x]
                        is_tabu = arcs[(u * n + x) % size] > step
                seen += 1
                if draw(rng, seen) == 0:
                    any_kind, any_u, any_v = move, u, v
                if is_tabu or value > best:
                    continue
                tied = tied + 1 if value == best else 1
                if draw(rng, tied) == 0 or value < best:
                    kind, u_best, v_best = move, u, v
                best = value
        first = last + 1
    for i in range(count):
        u = path[i]
        if shop.first[u + 1] - shop.first[u] < 2:
            continue
        rest_length = without(shop, plan, u, far_heads, far_tails)
        early, late = far_heads[u], far_tails[u]
        for c in range(shop.first[u], shop.first[u + 1]):
            k, time = shop.machine[c], shop.duration[c]
            if k == plan.on[u]:
                continue
            is_tabu = bans[u * machines + k] > step
            longer, shorter, total = 0, 0, 0  # those that must not come after, those that may come before
            x = plan.lead[k]
            while x < n:
                longer += far_tails[x] > late
                shorter += far_heads[x] + plan.time[x] <= early
                total += 1
                x = plan.following[x]
            low, high = min(longer, shorter), max(longer, shorter)
            a, b = n, plan.lead[k]
            for at in range(total + 1):
                if low <= at <= high:
                    value = max(early, far_heads[a] + plan.time[a]) + time + max(late, far_tails[b])
                    value = max(value, rest_length)
                    seen += 1
                    if draw(rng, seen) == 0:
                        any_kind, any_u, any_v, any_to, any_time = _ELSEWHERE, u, a, k, time
                    if not (is_tabu and value >= state[BEST]) and value <= best:
                        tied = tied + 1 if value == best else 1
                        if draw(rng, tied) == 0 or value < best:
                            kind, u_best, v_best, to_best, time_best = _ELSEWHERE, u, a, k, time
                        best = value
                if at < total:
                    a, b = b, plan.following[b]
    if seen == 0:
        return False
    if kind == 0:
        kind, u_best, v_best, to_best, time_best = any_kind, any_u, any_v, any_to, any_time
    until = step + _TENURE + draw(rng, _TENURE)
    if kind == _BEHIND:
        x = u_best
        while x != v_best:
            x = plan.following[x]
            arcs[(u_best * n + x) % size] = until
        move_behind(shop, plan, u_best, v_best)
    elif kind == _BEFORE:
        x = u_best
        while x != v_best:
            x = plan.previous[x]
            arcs[(x * n + u_best) % size] = until
        move_before(shop, plan, u_best, v_best)
    else:
        bans[u_best * machines + plan.on[u_best]] = until
        take_out(plan, u_best)
        plan.on[u_best], plan.time[u_best] = to_best, time_best
        put_between(plan, u_best, v_best, plan.lead[to_best] if v_best == n else plan.following[v_best])
        sort(shop, plan)
    return True


@compiled
def search(
    shop: Shop, plan: Plan, best: Plan, arcs: NDArray[np.int32], bans: NDArray[np.int32], state: Ints,
    rng: NDArray[np.uint64], steps: int, patience: int, target: int,
) -> bool:  # fmt: skip
    """Make so many steps, and keep the best plan; True when the target is reached or patience is at its end."""
    n = len(shop.before) - 1
    path, heads, tails = np.empty(n + 1, np.int64), np.empty(n + 1, np.int64), np.empty(n + 1, np.int64)
    far_heads, far_tails = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    for _ in range(steps):
        length = longest(shop, plan)
        if length < state[BEST]:
            state[BEST], state[IMPROVED] = length, state[STEP]
            copy(plan, best)
        if state[BEST] <= target or state[STEP] - state[IMPROVED] > patience:
            return True
        if not take_step(shop, plan, length, arcs, bans, state, rng, path, heads, tails, far_heads, far_tails):
            return True
        state[STEP] += 1
    return False


@compiled
def copy(plan: Plan, to: Plan) -> None:
    """Copy what a plan is made of; the topological order is not needed until it is sorted again."""
    to.on[:], to.time[:] = plan.on, plan.time
    to.previous[:], to.following[:] = plan.previous, plan.following
    to.head[:], to.lead[:] = plan.head, plan.lead
    to.topo[:] = plan.topo


@compiled
def arrange(shop: Shop, plan: Plan, order: Ints) -> bool:
    """Give each machine its operations in this order; machines and times are those in the plan."""
    n = len(shop.before) - 1
    plan.lead[:] = n
    plan.previous[:] = n
    plan.following[:] = n
    lasts = np.full(len(plan.lead), n)
    for x in order:
        k = plan.on[x]
        put_between(plan, x, lasts[k], n)
        lasts[k] = x
    return sort(shop, plan)


@compiled
def begin(shop: Shop, plan: Plan, rng: NDArray[np.uint64], noise: int) -> bool:
    """Make a random plan: most work left goes first, give or take `noise` percent, where it is done soonest."""
    n = len(shop.before) - 1
    left, ready = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    free = np.zeros(len(plan.lead), np.int64)
    order, waiting = np.empty(n, np.int64), np.empty(n, np.int64)
    count = 0
    for x in range(n):
        if shop.before[x] == n:
            waiting[count] = x
            count += 1
            chain = 0
            y = x
            while y < n:
                chain += shop.duration[shop.first[y]] + (shop.rest[y] if shop.behind[y] == n else 0)
                y = shop.behind[y]
            y = x
            while y < n:
                left[y] = chain
                chain -= shop.duration[shop.first[y]]
                y = shop.behind[y]
    for at in range(n):
        pick, most = 0, -_FAR
        for i in range(count):
            value = left[waiting[i]] * (100 + draw(rng, noise + 1)) - 100 * max(
                shop.release[waiting[i]], ready[waiting[i]]
            )
            if value > most:
                pick, most = i, value
        x = waiting[pick]
        soonest = _FAR
        for c in range(shop.first[x], shop.first[x + 1]):
            k = shop.machine[c]
            end = max(shop.release[x], ready[x], free[k]) + shop.duration[c]
            if end < soonest:
                soonest = end
                plan.on[x], plan.time[x] = k, shop.duration[c]
        free[plan.on[x]] = soonest
        order[at] = x
        y = shop.behind[x]
        if y < n:
            waiting[pick] = y
            ready[y] = soonest
        else:
            count -= 1
            waiting[pick] = waiting[count]
    return arrange(shop, plan, order)
