"""The shortest ways over the road network, and what of a fleet's task cannot be driven."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xushi.kernel import XushiError

from ._model import Model


class Ways(NamedTuple):
    """The points by name, and for each pair the first road of the shortest way and its length in metres."""

    points: dict[str, int]
    next_road: Any
    way_m: Any


def shortest_ways(model: Model) -> Ways:
    """Compute all shortest ways (Floyd-Warshall).

    Raises:
        XushiError: `simulate.no_way`, where a task of a fleet has no road to drive on.
    """
    points: dict[str, int] = {}
    for road in model.roads:
        points.setdefault(road.start, len(points))
        points.setdefault(road.end, len(points))
    count = len(points)
    way_m = np.full((count, count), np.inf)
    next_road = np.full((count, count), -1, np.int64)
    np.fill_diagonal(way_m, 0.0)
    for number, road in enumerate(model.roads):
        a, b = points[road.start], points[road.end]
        if road.is_open and road.length_m < way_m[a, b]:
            way_m[a, b] = road.length_m
            next_road[a, b] = number
    for k in range(count):
        over_m = way_m[:, k, None] + way_m[None, k, :]
        is_shorter = over_m < way_m
        way_m = np.where(is_shorter, over_m, way_m)
        next_road = np.where(is_shorter, next_road[:, k, None], next_road)
    homes = {fleet.id: fleet.home for fleet in model.fleets}
    for task in model.transports:
        others = [other for other in model.transports if other.fleet == task.fleet]
        starts = [*homes[task.fleet], *(other.end for other in others)]
        for start, end in [(task.start, task.end), *((start, task.start) for start in starts)]:
            if not np.isfinite(way_m[points[start], points[end]]):
                raise XushiError("simulate.no_way", transport=task.id, start=start, end=end)
    return Ways(points, next_road, way_m)
