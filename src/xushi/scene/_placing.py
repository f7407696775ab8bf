"""Finds a free spot on the floor for a thing whose description does not say where it stands."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from ._places import Place, Quaternion, Vector

GRID_M = 4.0
_DEEPEST = 40
_NEARLY = 1e-6


def free_spots(taken: Iterable[Place], count: int, spacing_m: float = GRID_M) -> list[Vector]:
    """Return `count` positions on a square grid, nearest to the middle of what stands on the floor first.

    A spot is free when nothing stands nearer than `spacing_m` along both axes, wherever in the tree it is; the new
    ones keep that distance among each other.
    """
    places = {place.id: place for place in taken}
    roots = [place.position for place in places.values() if place.parent is None]
    centre_x = sum(position[0] for position in roots) / len(roots) if roots else 0.0
    centre_z = sum(position[2] for position in roots) / len(roots) if roots else 0.0
    near: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for place in places.values():
        x, _, z = world_position(place, places)
        near.setdefault(_cell(x, z, spacing_m), []).append((x, z))
    spots: list[Vector] = []
    ring = 0
    while len(spots) < count:
        for column, row in _ring(ring):
            x, z = centre_x + column * spacing_m, centre_z + row * spacing_m
            if len(spots) < count and not any(
                abs(x - other_x) < spacing_m - _NEARLY and abs(z - other_z) < spacing_m - _NEARLY
                for cell in _around(_cell(x, z, spacing_m))
                for other_x, other_z in near.get(cell, ())
            ):
                spots.append((x, 0.0, z))
        ring += 1
    return spots


def world_position(place: Place, places: Mapping[str, Place]) -> Vector:
    """Return where a place stands in the world: its position carried through the places that it stands on."""
    position, above = place.position, places.get(place.parent or "")
    for _ in range(_DEEPEST):
        if above is None:
            break
        scale, start = above.scale, above.position
        scaled = (position[0] * scale[0], position[1] * scale[1], position[2] * scale[2])
        turned = _turned(scaled, above.rotation)
        position = (start[0] + turned[0], start[1] + turned[1], start[2] + turned[2])
        above = places.get(above.parent or "")
    return position


def local_position(position: Vector, parent: str | None, places: Mapping[str, Place]) -> Vector:
    """Return a position of the world as one relative to the place `parent`, the inverse of `world_position`."""
    chain: list[Place] = []
    above = places.get(parent or "")
    while above is not None and len(chain) < _DEEPEST:
        chain.append(above)
        above = places.get(above.parent or "")
    for place in reversed(chain):
        start, scale, (x, y, z, w) = place.position, place.scale, place.rotation
        moved = (position[0] - start[0], position[1] - start[1], position[2] - start[2])
        turned = _turned(moved, (-x, -y, -z, w))
        position = (turned[0] / (scale[0] or 1.0), turned[1] / (scale[1] or 1.0), turned[2] / (scale[2] or 1.0))
    return position


def _turned(vector: Vector, rotation: Quaternion) -> Vector:
    """Return a vector turned by a unit quaternion: v + 2w(q × v) + 2q × (q × v)."""
    x, y, z, w = rotation
    a, b, c = vector
    s, t, u = y * c - z * b, z * a - x * c, x * b - y * a
    return (
        a + 2 * (w * s + y * u - z * t),
        b + 2 * (w * t + z * s - x * u),
        c + 2 * (w * u + x * t - y * s),
    )


def _around(cell: tuple[int, int]) -> Iterator[tuple[int, int]]:
    return ((cell[0] + column, cell[1] + row) for column in (-1, 0, 1) for row in (-1, 0, 1))


def _cell(x_m: float, z_m: float, spacing_m: float) -> tuple[int, int]:
    return math.floor(x_m / spacing_m), math.floor(z_m / spacing_m)


def _ring(radius: int) -> list[tuple[int, int]]:
    """Return the cells at Chebyshev distance `radius`, row by row."""
    if radius == 0:
        return [(0, 0)]
    span = range(-radius, radius + 1)
    return [(column, row) for row in span for column in span if max(abs(column), abs(row)) == radius]
