"""The event list: one timer a resource, and a tournament among them for the next to ring.

A resource has at most one event ahead, so the list never grows and nothing in it is ever stale. Equal times ring in the
order of the timers. A change costs log2(timers) comparisons, without a branch to mispredict.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ._compiled import inlined


@inlined
def set_timer(times: Any, winners: Any, i: int, at_s: float) -> None:
    """Let timer `i` ring at `at_s`; infinity silences it.

    Args:
        times: float64 [2 size], size a power of two; leaf size + i is timer i, times[1] the earliest of all.
        winners: int64 [2 size]; which timer each time belongs to.
        i: the timer.
        at_s: the time.
    """
    node = i + (len(times) >> 1)
    times[node] = at_s
    best = winners[node]
    while node > 1:
        other = node ^ 1
        other_s = times[other]
        # who wins is a coin toss, so it is chosen by bits: a branch would be mispredicted every other time
        is_earlier = (other_s < at_s) | ((other_s <= at_s) & ((node & 1) == 1))
        best ^= (best ^ winners[other]) & -np.int64(is_earlier)
        at_s = min(at_s, other_s)
        node >>= 1
        times[node] = at_s
        winners[node] = best


@inlined
def silence_all(times: Any, winners: Any) -> None:
    """Set every timer to infinity."""
    size = len(times) >> 1
    times[:] = float("inf")
    for i in range(size):
        winners[size + i] = i
    for node in range(size - 1, 0, -1):
        winners[node] = winners[2 * node]


@inlined
def open_timer(times: Any, i: int) -> None:
    """Mark timer `i`, which rings first, as being handled: until `close_timer` it counts as rung, without a match."""
    times[i + (len(times) >> 1)] = -np.inf


@inlined
def rings_with(times: Any, i: int, now: float) -> bool:
    """Return whether another timer rings at the same instant as the one being handled."""
    node = i + (len(times) >> 1)
    does_ring = False
    while node > 1:
        does_ring |= times[node ^ 1] <= now
        node >>= 1
    return does_ring


@inlined
def close_timer(times: Any, winners: Any, i: int) -> None:
    """Silence the timer that was handled, unless it was set anew meanwhile."""
    if times[i + (len(times) >> 1)] == -np.inf:
        set_timer(times, winners, i, np.inf)
