"""Parts in the kernel: made, queued in buffers, held by blocked machines, taken, and gone."""

from __future__ import annotations

from typing import Any

from ._compiled import compiled, inlined
from ._layout import EMPTY, NONE


@inlined
def wake(w: Any, m: int) -> None:
    """Let machine `m` be looked at once all events of this instant are done."""
    machine = w.machines[m]
    if machine.is_dirty == 0:
        machine.is_dirty = 1
        plant = w.plant[0]
        size = len(w.dirty)
        place = plant.dirty_first + plant.dirty_count
        if place >= size:
            place -= size
        w.dirty[place] = m
        plant.dirty_count += 1


@compiled
def make_part(w: Any, product: int, order: int, born_s: float) -> int:
    """Take a part from the free ones; `advance` keeps enough of them ready."""
    plant = w.plant[0]
    p = plant.free
    part = w.parts[p]
    plant.free = part.next
    plant.free_count -= 1
    plant.in_plant += 1
    part.product = product
    part.order = order
    part.born_s = born_s
    part.next = NONE
    part.holder = NONE
    return int(p)


@compiled
def drop_part(w: Any, p: int) -> None:
    """Give a part back to the free ones."""
    plant = w.plant[0]
    w.parts[p].next = plant.free
    plant.free = p
    plant.free_count += 1
    plant.in_plant -= 1


@inlined
def _wake_consumers(w: Any, b: int) -> None:
    buffer = w.buffers[b]
    if buffer.only_consumer >= 0:
        if w.machines[buffer.only_consumer].phase == EMPTY:
            wake(w, buffer.only_consumer)
    else:
        for k in range(buffer.consumer_first, buffer.consumer_first + buffer.consumer_count):
            m = w.consumers[k]
            if w.machines[m].phase == EMPTY:
                wake(w, m)
    if buffer.has_transports:
        w.plant[0].must_dispatch = 1


@inlined
def _store(w: Any, b: int, p: int, now: float) -> None:
    """Put a part into the buffer itself, at the end of the line."""
    buffer = w.buffers[b]
    buffer.area += buffer.level * (now - buffer.since_s)
    buffer.since_s = now
    buffer.level += 1
    part = w.parts[p]
    part.next = NONE
    part.holder = NONE
    part.entered_s = now
    if buffer.tail >= 0:
        w.parts[buffer.tail].next = p
    else:
        buffer.head = p
    buffer.tail = p


@inlined
def push(w: Any, b: int, p: int, holder: int, now: float) -> bool:
    """Bring a part to a buffer; where there is no room its machine goes on holding it, and the answer is False."""
    buffer = w.buffers[b]
    part = w.parts[p]
    if buffer.level + buffer.inbound < buffer.capacity:
        _store(w, b, p, now)
        _wake_consumers(w, b)
        return True
    part.next = NONE
    part.holder = holder
    part.entered_s = now
    if buffer.wait_tail >= 0:
        w.parts[buffer.wait_tail].next = p
    else:
        buffer.wait_head = p
    buffer.wait_tail = p
    buffer.wait_count += 1
    if buffer.capacity == 0:
        _wake_consumers(w, b)
    return False


@inlined
def _release(w: Any, m: int) -> None:
    """Take one held part off a blocked machine; with the last it is free again."""
    machine = w.machines[m]
    machine.held -= 1
    if machine.held == 0:
        machine.phase = EMPTY
        wake(w, m)


@inlined
def _pop_waiting(w: Any, b: int) -> int:
    buffer = w.buffers[b]
    p = buffer.wait_head
    part = w.parts[p]
    buffer.wait_head = part.next
    if part.next < 0:
        buffer.wait_tail = NONE
    buffer.wait_count -= 1
    _release(w, part.holder)
    part.holder = NONE
    return int(p)


@inlined
def admit(w: Any, b: int, now: float) -> None:
    """Let held parts in while there is room."""
    buffer = w.buffers[b]
    while buffer.wait_count > 0 and buffer.level + buffer.inbound < buffer.capacity:
        _store(w, b, _pop_waiting(w, b), now)
        _wake_consumers(w, b)


@inlined
def available(w: Any, b: int, product: int) -> int:
    """Return how many parts (of a product, or of any for -1) can be taken from a buffer now."""
    buffer = w.buffers[b]
    if product < 0:
        return int(buffer.level if buffer.capacity > 0 else buffer.wait_count)
    p = buffer.head if buffer.capacity > 0 else buffer.wait_head
    count = 0
    while p >= 0:
        count += w.parts[p].product == product
        p = w.parts[p].next
    return count


@compiled
def _choose(w: Any, first: int, product: int, is_priority: int) -> int:
    """Return the part before the one to take, or -1 where it is the first."""
    best, before_best, before, p = NONE, NONE, NONE, first
    best_priority = 0
    while p >= 0:
        part = w.parts[p]
        if product < 0 or part.product == product:
            priority = w.priorities[part.product] if is_priority else 0
            if best < 0 or priority > best_priority:
                best, before_best, best_priority = p, before, priority
                if is_priority == 0:
                    break
        before = p
        p = part.next
    return before_best


@inlined
def take(w: Any, b: int, product: int, now: float) -> int:
    """Take the next part (of a product, or of any for -1) that `available` has counted; held parts move up."""
    buffer = w.buffers[b]
    is_handed = buffer.capacity == 0
    first = buffer.wait_head if is_handed else buffer.head
    before = NONE
    if product >= 0 or buffer.is_priority:
        before = _choose(w, first, product, buffer.is_priority)
    p = first if before < 0 else w.parts[before].next
    part = w.parts[p]
    if is_handed:
        if before < 0:
            buffer.wait_head = part.next
        else:
            w.parts[before].next = part.next
        if buffer.wait_tail == p:
            buffer.wait_tail = before
        buffer.wait_count -= 1
        _release(w, part.holder)
        part.holder = NONE
    else:
        if before < 0:
            buffer.head = part.next
        else:
            w.parts[before].next = part.next
        if buffer.tail == p:
            buffer.tail = before
        buffer.area += buffer.level * (now - buffer.since_s)
        buffer.since_s = now
        buffer.level -= 1
        if buffer.wait_count > 0:
            admit(w, b, now)
        if buffer.has_transports:
            w.plant[0].must_dispatch = 1
    part.next = NONE
    waited_s = now - part.entered_s
    buffer.taken += 1
    if waited_s > 0.0:
        buffer.delayed += 1
        buffer.waited_s += waited_s
    return int(p)


@compiled
def leave(w: Any, s: int, p: int, now: float) -> None:
    """Let a part leave the plant through sink `s`."""
    sink = w.sinks[s]
    part = w.parts[p]
    flow_s = now - part.born_s
    sink.count += 1
    sink.flow_s += flow_s
    sink.flow_s2 += flow_s * flow_s
    if part.order >= 0 and sink.is_good:
        order = w.orders[part.order]
        order.finished += 1
        if order.finished == order.quantity:
            order.finish_s = now
    drop_part(w, p)
