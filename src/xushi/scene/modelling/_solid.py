"""Closed polygon solids, the only kind of geometry the demo models are made of.

A `Solid` is a set of points (metres, right-handed, Y up) and outward polygons. A solid that knows its vertex normals
carries them; any other one gets them from the crease rule when it is compiled (see `_compile`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Faces = tuple[tuple[int, ...], ...]
Vec3 = tuple[float, float, float]

AXES = {"x": 0, "y": 1, "z": 2}


@dataclass(frozen=True, eq=False)
class Solid:
    """points: (n, 3) metres; faces: outward convex polygons by point index; normals: (n, 3) unit vectors or None."""

    points: Points
    faces: Faces
    normals: Points | None = None

    def moved(self, x: float, y: float, z: float) -> Solid:
        return replace(self, points=self.points + np.array([x, y, z]))

    def turned(self, axis: str, angle_rad: float) -> Solid:
        """Turn about an axis through the origin, counter-clockwise seen from its tip."""
        matrix = rotation(axis, angle_rad)
        normals = None if self.normals is None else self.normals @ matrix.T
        return replace(self, points=self.points @ matrix.T, normals=normals)

    def along(self, axis: str) -> Solid:
        """Lay a solid that stands along Y onto the given axis, base first."""
        if axis == "x":
            return self.turned("z", -math.pi / 2)
        if axis == "z":
            return self.turned("x", math.pi / 2)
        return self

    def edges_are_paired(self, tolerance_m: float = 1e-6) -> bool:
        """True when every edge is used once in each direction: the surface is closed and its winding consistent."""
        keys = np.round(self.points / tolerance_m).astype(np.int64)
        _, weld = np.unique(keys, axis=0, return_inverse=True)
        weld = weld.reshape(-1)
        seen: dict[tuple[int, int], int] = {}
        for face in self.faces:
            ring = [int(weld[i]) for i in face]
            ring = [a for i, a in enumerate(ring) if a != ring[i - 1]]
            for i, a in enumerate(ring):
                edge = (ring[i - 1], a)
                seen[edge] = seen.get(edge, 0) + 1
        return all(count == seen.get((b, a), 0) for (a, b), count in seen.items())

    def volume_m3(self) -> float:
        """Signed volume by the divergence theorem; positive when the faces look outwards."""
        total = 0.0
        for face in self.faces:
            a = self.points[face[0]]
            for i in range(1, len(face) - 1):
                total += float(np.dot(a, np.cross(self.points[face[i]], self.points[face[i + 1]])))
        return total / 6.0


def rotation(axis: str, angle_rad: float) -> Points:
    """The 3 by 3 rotation matrix about one of the axes x, y, z."""
    c, s = math.cos(angle_rad), math.sin(angle_rad)
    i, j = [(1, 2), (2, 0), (0, 1)][AXES[axis]]
    matrix = np.eye(3)
    matrix[i, i] = matrix[j, j] = c
    matrix[i, j], matrix[j, i] = -s, s
    return matrix
