"""Whose values a door shows: the newest of the plant, or those of an instant of any timeline, a branch as well."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from xushi.kernel import Record
from xushi.runtime import LIVE, FrameValues, Values, with_values_of
from xushi.server._doors import Doors, instant_ns
from xushi.server._past import Instant


class ValuesQuery(msgspec.Struct, frozen=True):
    """Whose values: a timeline, and an instant of it in ms since 1970; the newest when left out."""

    timeline: str = LIVE
    at_ms: Instant | None = None


async def values_at(doors: Doors, timeline: str, at_ms: float | None, handles: Iterable[int]) -> Values:
    """The values of some signals at an instant (ms since 1970) of a timeline; the newest where it is None.

    Raises:
        XushiError: ``runtime.timeline_unknown``, ``runtime.branch_not_ready``.
    """
    platform = doors.platform
    if timeline == LIVE and at_ms is None:
        return platform.board
    source = platform.timelines.get(timeline)
    at_ns = None if at_ms is None else instant_ns(at_ms)
    frame = await asyncio.to_thread(source.snapshot, at_ns, np.array(list(handles), np.int32))
    return FrameValues(frame, platform.registry)


async def with_values(doors: Doors, submodels: Sequence[Record], timeline: str, at_ms: float | None) -> list[Record]:
    """Submodels with the values of an instant of a timeline. Raises: as `values_at`."""
    registry = doors.platform.registry
    shown = {submodel["id"] for submodel in submodels}
    signals = (registry.handle(one.key) for one in registry.all() if one.key.rpartition("#")[0] in shown)
    values = await values_at(doors, timeline, at_ms, signals)
    return [with_values_of(submodel, registry, values) for submodel in submodels]
