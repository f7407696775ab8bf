"""Finds a free spot on the floor for a thing whose description does not say where it stands."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ._places import Place, Vector

GRID_M = 4.0


def free_spots(taken: Iterable[Place], count: int, spacing_m: float = GRID_M) -> list[Vector]:
    """Return `count` positions on a square grid, nearest to the middle of what stands there first.

    A cell is free when no top-level place lies in it; the new ones never share a cell.
    """
    roots = [place.position for place in taken if place.parent is None]
    centre_x = sum(position[0] for position in roots) / len(roots) if roots else 0.0
    centre_z = sum(position[2] for position in roots) / len(roots) if roots else 0.0
    used = {_cell(position[0] - centre_x, position[2] - centre_z, spacing_m) for position in roots}
    spots: list[Vector] = []
    ring = 0
    while len(spots) < count:
        for column, row in _ring(ring):
            if (column, row) not in used and len(spots) < count:
                spots.append((centre_x + column * spacing_m, 0.0, centre_z + row * spacing_m))
        ring += 1
    return spots


def _cell(x_m: float, z_m: float, spacing_m: float) -> tuple[int, int]:
    return math.floor(x_m / spacing_m + 0.5), math.floor(z_m / spacing_m + 0.5)


def _ring(radius: int) -> list[tuple[int, int]]:
    """Return the cells at Chebyshev distance `radius`, row by row."""
    if radius == 0:
        return [(0, 0)]
    span = range(-radius, radius + 1)
    return [(column, row) for row in span for column in span if max(abs(column), abs(row)) == radius]
