"""Plane outlines: rounded rectangles, insets and the triangles of a simple polygon."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ._solid import Points

Outline = Sequence[tuple[float, float]] | Points


def rounded(width: float, height: float, radius: float, steps: int = 4) -> list[tuple[float, float]]:
    """A rectangle about the origin with rounded corners, counter-clockwise."""
    r = min(radius, width / 2 * 0.999, height / 2 * 0.999)
    out: list[tuple[float, float]] = []
    for quarter, (sx, sy) in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        cx, cy = sx * (width / 2 - r), sy * (height / 2 - r)
        for k in range(steps + 1):
            a = (quarter + k / steps) * math.pi / 2
            out.append((cx + r * math.cos(a), cy + r * math.sin(a)))
    return out


def stadium(length: float, radius_a: float, radius_b: float, steps: int = 7) -> list[tuple[float, float]]:
    """The hull of a circle at the origin and another at (length, 0): the side view of a robot link."""
    lean = math.asin((radius_a - radius_b) / length)
    out: list[tuple[float, float]] = []
    half = math.pi / 2
    for a in np.linspace(-half + lean, half - lean, steps + 1):
        out.append((length + radius_b * math.cos(a), radius_b * math.sin(a)))
    for a in np.linspace(half - lean, 3 * half + lean, steps + 3):
        out.append((radius_a * math.cos(a), radius_a * math.sin(a)))
    return out


def inset(flat: Points, distance: float) -> Points:
    """Move every edge of a counter-clockwise outline inwards; corners follow along their bisector."""
    before = flat - np.roll(flat, 1, axis=0)
    after = np.roll(flat, -1, axis=0) - flat
    before = before / np.linalg.norm(before, axis=1)[:, None]
    after = after / np.linalg.norm(after, axis=1)[:, None]
    normal_a = np.column_stack([-before[:, 1], before[:, 0]])
    normal_b = np.column_stack([-after[:, 1], after[:, 0]])
    bisector = normal_a + normal_b
    scale = 1.0 + (normal_a * normal_b).sum(axis=1)
    moved: Points = flat + bisector / np.maximum(scale, 0.3)[:, None] * distance
    return moved


def triangles(flat: Points) -> list[tuple[int, int, int]]:
    """Cut a simple counter-clockwise polygon into triangles by clipping ears, O(n²) and ample for outlines."""
    rest = list(range(len(flat)))
    out: list[tuple[int, int, int]] = []
    while len(rest) > 3:
        best = next((k for k in range(len(rest)) if _is_ear(flat, rest, k)), 0)
        out.append((rest[best - 1], rest[best], rest[(best + 1) % len(rest)]))
        rest.pop(best)
    out.append((rest[0], rest[1], rest[2]))
    return out


def _is_ear(flat: Points, rest: list[int], k: int) -> bool:
    a, b, c = flat[rest[k - 1]], flat[rest[k]], flat[rest[(k + 1) % len(rest)]]
    if _cross(a, b, c) <= 1e-12:
        return False
    corners = {rest[k - 1], rest[k], rest[(k + 1) % len(rest)]}
    return not any(_is_inside(flat[i], a, b, c) for i in rest if i not in corners)


def _cross(a: Points, b: Points, c: Points) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def _is_inside(p: Points, a: Points, b: Points, c: Points) -> bool:
    return _cross(a, b, p) >= 0 and _cross(b, c, p) >= 0 and _cross(c, a, p) >= 0
