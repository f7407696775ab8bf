"""A part: a named glTF node with its solids, its children and the movements of its cycle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ._palette import Finish
from ._shapes import box, cylinder, disc, pin, quad, tube
from ._solid import AXES, Points, Solid, Vec3, rotation

Keys = Sequence[tuple[float, float]]


@dataclass
class Track:
    """One channel of the `cycle` clip: node name, what moves, times 0..1 s, values (vectors or quaternions)."""

    node: str
    path: str
    times_s: list[float]
    values: list[tuple[float, ...]]


@dataclass
class Node:
    name: str
    offset: Points
    matrix: Points
    solids: list[tuple[Solid, Finish]] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)


class Part:
    """Builds one node; `placed` gives a second hand that draws into the same node at another place."""

    def __init__(self, name: str, node: Node | None = None, tracks: list[Track] | None = None) -> None:
        self.node = node if node is not None else Node(name, np.zeros(3), np.eye(3))
        self.tracks: list[Track] = tracks if tracks is not None else []
        self._offset = np.zeros(3)
        self._matrix = np.eye(3)

    def placed(self, x: float, y: float, z: float, turn_rad: float = 0.0, axis: str = "y") -> Part:
        """The same node seen from a frame moved by (x, y, z) and turned, about the vertical unless told otherwise."""
        out = Part(self.node.name, self.node, self.tracks)
        out._offset = self._offset + self._matrix @ np.array([x, y, z])
        out._matrix = self._matrix @ rotation(axis, turn_rad)
        return out

    def child(self, name: str, x: float = 0.0, y: float = 0.0, z: float = 0.0, turn_y_rad: float = 0.0) -> Part:
        """A new named node below this one, its origin at the given place."""
        frame = self.placed(x, y, z, turn_y_rad)
        node = Node(name, frame._offset, frame._matrix)
        self.node.children.append(node)
        return Part(name, node, self.tracks)

    def add(self, solid: Solid, finish: Finish, at: Vec3 = (0.0, 0.0, 0.0)) -> Part:
        points = (solid.points + np.array(at)) @ self._matrix.T + self._offset
        normals = None if solid.normals is None else solid.normals @ self._matrix.T
        self.node.solids.append((Solid(points, solid.faces, normals), finish))
        return self

    def box(self, size: Vec3, at: Vec3, finish: Finish, bevel: float = 0.006) -> Part:
        """A box with its centre at `at`; thin ones lose the bevel, which nobody would see."""
        return self.add(box(*size, bevel if min(size) >= 0.03 else 0.0), finish, at)

    def slab(self, low: Vec3, high: Vec3, finish: Finish, bevel: float = 0.006) -> Part:
        """A box between two opposite corners."""
        size = tuple(abs(b - a) for a, b in zip(low, high, strict=True))
        middle = tuple((a + b) / 2 for a, b in zip(low, high, strict=True))
        return self.box((size[0], size[1], size[2]), (middle[0], middle[1], middle[2]), finish, bevel)

    def rod(self, radius: float, length: float, at: Vec3, finish: Finish, axis: str = "y", segments: int = 12) -> Part:
        """A cylinder whose base centre is at `at`, along the axis; thin ones are plain bars."""
        if radius < 0.015:
            solid = pin(radius, length, min(segments, 6))
        else:
            solid = cylinder(radius, length, segments, 0.004 if radius >= 0.03 else 0.0)
        return self.add(solid.along(axis), finish, at)

    def hose(self, path: Sequence[Vec3], radius: float, finish: Finish, segments: int = 6) -> Part:
        return self.add(tube(path, radius, segments), finish)

    def quad(self, width: float, height: float, at: Vec3, finish: Finish, turn_y_rad: float = 0.0) -> Part:
        """A painted rectangle facing +Z before the turn."""
        return self.add(quad(width, height).turned("y", turn_y_rad), finish, at)

    def disc(self, radius: float, at: Vec3, finish: Finish, turn_y_rad: float = 0.0, segments: int = 10) -> Part:
        """A painted round facing +Z before the turn."""
        return self.add(disc(radius, segments).turned("y", turn_y_rad), finish, at)

    def disc_up(self, radius: float, at: Vec3, finish: Finish, segments: int = 16) -> Part:
        """A painted round facing up."""
        return self.add(disc(radius, segments).turned("x", -math.pi / 2), finish, at)

    def quad_up(self, x0: float, z0: float, x1: float, z1: float, y: float, finish: Finish) -> Part:
        """A painted rectangle lying on a floor at height y."""
        flat = quad(abs(x1 - x0), abs(z1 - z0)).turned("x", -math.pi / 2)
        return self.add(flat, finish, ((x0 + x1) / 2, y, (z0 + z1) / 2))

    def slides(self, axis: str, keys: Keys) -> Part:
        """Move this node along an axis of its parent: keys are (time 0..1, metres from the resting place)."""
        base = self.node.offset
        step = np.eye(3)[AXES[axis]]
        values = [tuple(float(v) for v in base + step * metres) for _, metres in keys]
        self.tracks.append(Track(self.node.name, "translation", [t for t, _ in keys], values))
        return self

    def turns(self, axis: str, keys: Keys) -> Part:
        """Turn this node about its own axis: keys are (time 0..1, radians); long turns are cut into short arcs."""
        times: list[float] = []
        values: list[tuple[float, ...]] = []
        rest = quaternion(self.node.matrix)
        previous: tuple[float, float] | None = None
        for time, angle in keys:
            pieces = 1 if previous is None else max(1, math.ceil(abs(angle - previous[1]) / 2.0))
            for k in range(1, pieces + 1):
                share = k / pieces
                t = time if previous is None else previous[0] + (time - previous[0]) * share
                a = angle if previous is None else previous[1] + (angle - previous[1]) * share
                times.append(t)
                values.append(_times(rest, _about(axis, a)))
            previous = (time, angle)
        self.tracks.append(Track(self.node.name, "rotation", times, values))
        return self


def quaternion(matrix: Points) -> tuple[float, float, float, float]:
    """(x, y, z, w) of a rotation matrix by the largest-component method (Shepperd 1978)."""
    m = matrix
    squares = (
        1 + m[0, 0] - m[1, 1] - m[2, 2],
        1 - m[0, 0] + m[1, 1] - m[2, 2],
        1 - m[0, 0] - m[1, 1] + m[2, 2],
        1 + m[0, 0] + m[1, 1] + m[2, 2],
    )
    sums = (
        (m[0, 1] + m[1, 0], m[0, 2] + m[2, 0], m[2, 1] - m[1, 2]),
        (m[0, 1] + m[1, 0], m[1, 2] + m[2, 1], m[0, 2] - m[2, 0]),
        (m[0, 2] + m[2, 0], m[1, 2] + m[2, 1], m[1, 0] - m[0, 1]),
        (m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]),
    )
    best = max(range(4), key=lambda k: float(squares[k]))
    out = [float(v) for v in sums[best]]
    out.insert(best, float(squares[best]))
    scale = 2 * math.sqrt(float(squares[best]))
    return (out[0] / scale, out[1] / scale, out[2] / scale, out[3] / scale)


def _about(axis: str, angle_rad: float) -> tuple[float, float, float, float]:
    s, c = math.sin(angle_rad / 2), math.cos(angle_rad / 2)
    return (s if axis == "x" else 0.0, s if axis == "y" else 0.0, s if axis == "z" else 0.0, c)


def _times(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> tuple[float, ...]:
    ax, ay, az, aw = a
    bx, by, bz, bw = b
    return (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )
