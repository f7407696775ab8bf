"""Turns the solids of one node into vertex and index arrays, one set per material."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._palette import Finish
from ._solid import Points, Solid


class Primitive(NamedTuple):
    """Arrays: positions float32 (n, 3) in metres, normals float32 (n, 3), colours uint8 (n, 4), indices uint16."""

    material: str
    positions: NDArray[np.float32]
    normals: NDArray[np.float32]
    colours: NDArray[np.uint8]
    indices: NDArray[np.uint16]


def primitives(solids: list[tuple[Solid, Finish]]) -> list[Primitive]:
    """Merge the solids per material, in the order in which materials first appear."""
    groups: dict[str, list[tuple[Solid, Finish]]] = {}
    for solid, finish in solids:
        groups.setdefault(finish.material, []).append((solid, finish))
    return [_merge(material, members) for material, members in groups.items()]


def _merge(material: str, members: list[tuple[Solid, Finish]]) -> Primitive:
    rows: list[NDArray[np.float64]] = []
    corners: list[NDArray[np.int64]] = []
    start = 0
    for solid, finish in members:
        points, normals, triangles = corner_arrays(solid)
        colour = np.tile(np.array([*finish.colour, 255], dtype=float), (len(points), 1))
        rows.append(np.concatenate([np.round(points, 5), np.round(normals, 4), colour], axis=1))
        corners.append(triangles + start)
        start += len(points)
    table, inverse = np.unique(np.concatenate(rows) + 0.0, axis=0, return_inverse=True)
    if len(table) > 65535:
        raise ValueError(f"{material}: {len(table)} vertices do not fit 16-bit indices")
    index = inverse.reshape(-1)[np.concatenate(corners)]
    used = (index[:, 0] != index[:, 1]) & (index[:, 1] != index[:, 2]) & (index[:, 2] != index[:, 0])
    normals = table[:, 3:6] / np.linalg.norm(table[:, 3:6], axis=1)[:, None]
    return Primitive(
        material,
        table[:, :3].astype("<f4"),
        normals.astype("<f4"),
        table[:, 6:].astype(np.uint8),
        index[used].astype("<u2").reshape(-1),
    )


def corner_arrays(solid: Solid) -> tuple[Points, Points, NDArray[np.int64]]:
    """Points, unit normals and (m, 3) triangles of a solid; normals by the crease rule where it has none."""
    if solid.normals is not None:
        return solid.points, solid.normals, np.array(_fans(solid.faces), dtype=np.int64)
    return _creased(solid, math.radians(38))


def _fans(faces: tuple[tuple[int, ...], ...]) -> list[tuple[int, int, int]]:
    return [(f[0], f[i], f[i + 1]) for f in faces for i in range(1, len(f) - 1)]


def _creased(solid: Solid, crease_rad: float) -> tuple[Points, Points, NDArray[np.int64]]:
    """At each corner average the neighbouring faces that bend by less than the crease, weighted by their area."""
    areas = np.array([_area_vector(solid.points, face) for face in solid.faces])
    sizes = np.linalg.norm(areas, axis=1)
    units = areas / np.maximum(sizes, 1e-15)[:, None]
    around: dict[int, list[int]] = {}
    for number, face in enumerate(solid.faces):
        for point in face:
            around.setdefault(point, []).append(number)
    limit = math.cos(crease_rad)
    points: list[Points] = []
    normals: list[Points] = []
    triangles: list[tuple[int, int, int]] = []
    for number, face in enumerate(solid.faces):
        first = len(points)
        for point in face:
            near = [k for k in around[point] if float(units[k] @ units[number]) > limit]
            normal = areas[near].sum(axis=0) if near else units[number]
            points.append(solid.points[point])
            normals.append(normal / max(float(np.linalg.norm(normal)), 1e-15))
        triangles += [(first, first + i, first + i + 1) for i in range(1, len(face) - 1)]
    return np.array(points), np.array(normals), np.array(triangles, dtype=np.int64)


def _area_vector(points: Points, face: tuple[int, ...]) -> Points:
    total = np.zeros(3)
    for i in range(1, len(face) - 1):
        total += np.cross(points[face[i]] - points[face[0]], points[face[i + 1]] - points[face[0]])
    return total / 2
