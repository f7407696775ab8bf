"""The plant's own time: that of the newest value of its machines, which a replayed or simulated plant has apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xushi.runtime.foresight import Plant, plant_of
from xushi.signals import SignalRegistry

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_NEAR_NS = 60 * 1_000_000_000


def plant_now_ns(platform: Platform, plant: Plant | None = None) -> int:
    """Return the newest source time of the plant's signals; the platform's own where they are near or silent.

    Near is within a minute: the source time of a quiet machine is that of its last change.
    """
    found = plant or plant_of(platform)
    now_ns = platform.clock.now_ns()
    handles = _handles(found, platform.registry)
    if not len(handles):
        return now_ns
    newest_ns = int(platform.board.times_ns(handles).max())
    return newest_ns if newest_ns > 0 and abs(newest_ns - now_ns) > _NEAR_NS else now_ns


def _handles(plant: Plant, registry: SignalRegistry) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    keys = [key for node in plant.nodes.values() for key in node.signals.values()]
    return np.asarray([registry.handle(key) for key in keys], np.int32)
