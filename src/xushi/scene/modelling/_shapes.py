"""The basic solids: bevelled box, turned profile, cylinder, tube along a path, bevelled extrusion, ball."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np

from ._outline import Outline, inset, triangles
from ._solid import Points, Solid, Vec3


def box(width: float, height: float, depth: float, bevel: float = 0.008) -> Solid:
    """A box about the origin (x, y, z metres) with 45 degree bevels.

    Each of the 24 points lies on one large face and takes its normal, so that the bevels shade as soft edges. Without
    bevel the same 24 points close up to a plain box.
    """
    half = np.array([width, height, depth]) / 2
    b = max(0.0, min(bevel, float(half.min()) * 0.6))
    signs, axes = _box_points()
    points = signs * (half - b * (1 - axes))
    return Solid(points, _box_faces(b > 0), signs * axes)


@cache
def _box_points() -> tuple[Points, Points]:
    """For each of the 24 points the signs of its corner, and the axis of the large face it lies on as a unit vector."""
    signs = [(x, y, z) for x in (-1.0, 1.0) for y in (-1.0, 1.0) for z in (-1.0, 1.0) for _ in range(3)]
    return np.array(signs), np.tile(np.eye(3), (8, 1))


@cache
def _box_faces(is_bevelled: bool) -> tuple[tuple[int, ...], ...]:
    """Six large faces, and with a bevel twelve edges and eight corners; the same for a box of any size."""
    signs, axes = _box_points()
    points = (signs * (1.0 - 0.2 * (1 - axes))).tolist()
    corners = [(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    index = {(axis, corner): 3 * number + axis for number, corner in enumerate(corners) for axis in range(3)}
    faces = [
        _facing(points, [index[axis, c] for c in corners if c[axis] == sign], axis, sign)
        for axis in range(3)
        for sign in (-1, 1)
    ]
    if not is_bevelled:
        return tuple(faces)
    for axis in range(3):
        p, q = [k for k in range(3) if k != axis]
        for sp in (-1, 1):
            for sq in (-1, 1):
                ends = [c for c in corners if c[p] == sp and c[q] == sq]
                edge = [index[p, ends[0]], index[p, ends[1]], index[q, ends[1]], index[q, ends[0]]]
                faces.append(_outward(points, edge))
    faces.extend(_outward(points, [index[axis, c] for axis in range(3)]) for c in corners)
    return tuple(faces)


def _facing(points: list[list[float]], ring: list[int], axis: int, sign: int) -> tuple[int, ...]:
    p, q = (axis + 1) % 3, (axis + 2) % 3
    ring = sorted(ring, key=lambda i: math.atan2(points[i][q], points[i][p]) * sign)
    return tuple(ring)


def _outward(points: list[list[float]], ring: list[int]) -> tuple[int, ...]:
    a, b, c = (np.array(points[i]) for i in ring[:3])
    normal = np.cross(b - a, c - a)
    centre = np.mean([points[i] for i in ring], axis=0)
    return tuple(ring) if float(np.dot(normal, centre)) > 0 else tuple(reversed(ring))


def turned(profile: Sequence[tuple[float, float]], segments: int = 16, soft_deg: float = 40.0) -> Solid:
    """Revolve a profile of (radius, height) pairs, listed bottom to top, about Y; ends on the axis or are capped.

    Runs of the profile that bend by less than `soft_deg` shade smoothly; sharper bends stay crisp.
    """
    rows = [(float(r), float(h)) for r, h in profile]
    segments = facets(max(r for r, _ in rows), segments)
    slopes = [_profile_normal(rows[i], rows[i + 1]) for i in range(len(rows) - 1)]
    rings: list[tuple[float, float, float, float]] = []
    spans: list[tuple[int, int]] = []
    limit = math.cos(math.radians(soft_deg))
    for i, slope in enumerate(slopes):
        start, end = slope, slope
        if i > 0 and np.dot(slope, slopes[i - 1]) > limit:
            start = _unit2(slope[0] + slopes[i - 1][0], slope[1] + slopes[i - 1][1])
        if i + 1 < len(slopes) and np.dot(slope, slopes[i + 1]) > limit:
            end = _unit2(slope[0] + slopes[i + 1][0], slope[1] + slopes[i + 1][1])
        spans.append((len(rings), len(rings) + 1))
        rings += [(*rows[i], *start), (*rows[i + 1], *end)]
    caps = [(0, -1.0)] if rows[0][0] > 0 else []
    caps += [(len(rows) - 1, 1.0)] if rows[-1][0] > 0 else []
    for row, sign in caps:
        rings.append((*rows[row], 0.0, sign))
    angles = np.arange(segments) * 2 * math.pi / segments
    cos, sin = np.cos(angles), np.sin(angles)
    points = np.concatenate([np.stack([r * cos, np.full(segments, h), r * sin], 1) for r, h, _, _ in rings])
    normals = np.concatenate([np.stack([nr * cos, np.full(segments, nh), nr * sin], 1) for _, _, nr, nh in rings])
    faces: list[tuple[int, ...]] = []
    for lower, upper in spans:
        for k in range(segments):
            m = (k + 1) % segments
            quad = [lower * segments + k, upper * segments + k, upper * segments + m, lower * segments + m]
            if rings[lower][0] == 0.0:
                quad = quad[:3]
            elif rings[upper][0] == 0.0:
                quad = [quad[0], quad[1], quad[3]]
            faces.append(tuple(quad))
    first_cap = len(rings) - len(caps)
    for n, (_, sign) in enumerate(caps):
        ring = [(first_cap + n) * segments + k for k in range(segments)]
        faces.append(tuple(reversed(ring)) if sign > 0 else tuple(ring))
    return Solid(points, tuple(faces), normals)


def _profile_normal(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return _unit2(b[1] - a[1], a[0] - b[0])


def _unit2(x: float, y: float) -> tuple[float, float]:
    length = math.hypot(x, y) or 1.0
    return (x / length, y / length)


def facets(radius: float, wanted: int) -> int:
    """How many sides a round thing of this radius gets at most; smooth shading hides the rest."""
    for limit, sides in ((0.02, 6), (0.04, 8), (0.08, 10), (0.2, 14)):
        if radius < limit:
            return min(wanted, sides)
    return wanted


def cylinder(radius: float, height: float, segments: int = 16, bevel: float = 0.004) -> Solid:
    """A cylinder standing on the origin along Y; the bevel takes the normals of its neighbours and so looks round."""
    b = min(bevel, radius * 0.4, height * 0.4)
    segments = facets(radius, segments)
    angles = np.arange(segments) * 2 * math.pi / segments
    circle = np.stack([np.cos(angles), np.zeros(segments), np.sin(angles)], 1)
    up = np.array([0.0, 1.0, 0.0])
    rows = [(radius - b, 0.0, -up), (radius, b, None), (radius, height - b, None), (radius - b, height, up)]
    bands = (0, 1, 2) if b > 0 else (1,)
    points = np.concatenate([circle * r + up * h for r, h, _ in rows])
    normals = np.concatenate([circle if n is None else np.tile(n, (segments, 1)) for _, _, n in rows])
    faces: list[tuple[int, ...]] = []
    for row in bands:
        for k in range(segments):
            m = (k + 1) % segments
            faces.append((row * segments + k, (row + 1) * segments + k, (row + 1) * segments + m, row * segments + m))
    faces.append(tuple(range(segments)))
    faces.append(tuple(reversed(range(3 * segments, 4 * segments))))
    return Solid(points, tuple(faces), normals)


def ring(outer: float, inner: float, height: float, segments: int = 20) -> Solid:
    """A flat ring standing on the origin along Y."""
    segments = facets(outer, segments)
    angles = np.arange(segments) * 2 * math.pi / segments
    circle = np.stack([np.cos(angles), np.zeros(segments), np.sin(angles)], 1)
    up = np.array([0.0, height, 0.0])
    points = np.concatenate([circle * outer, circle * outer + up, circle * inner + up, circle * inner])
    faces = tuple(
        (
            row * segments + k,
            (row + 1) % 4 * segments + k,
            (row + 1) % 4 * segments + (k + 1) % segments,
            row * segments + (k + 1) % segments,
        )
        for row in range(4)
        for k in range(segments)
    )
    return Solid(points, faces)


def ball(radius: float, segments: int = 14, rows: int = 7) -> Solid:
    """A sphere about the origin."""
    angles = np.linspace(-math.pi / 2, math.pi / 2, rows + 1)
    profile = [(max(0.0, radius * math.cos(a)), radius * math.sin(a)) for a in angles]
    profile[0], profile[-1] = (0.0, -radius), (0.0, radius)
    return turned(profile, segments, soft_deg=80)


def dome(radius: float, rise: float, height: float, segments: int = 16) -> Solid:
    """A vessel along Y from the origin: a cylinder with two dished ends, `height` over all."""
    low = [(radius * math.sin(a), rise * (1 - math.cos(a))) for a in np.linspace(0, math.pi / 2, 4)]
    high = [(r, height - h) for r, h in reversed(low)]
    return turned([*low, *high], segments, soft_deg=50)


def tube(path: Sequence[Vec3], radius: float, segments: int = 8) -> Solid:
    """A round bar or hose along a polyline (metres), with capped ends and mitred, smooth bends."""
    line = np.array(path, dtype=float)
    steps = np.diff(line, axis=0)
    steps /= np.linalg.norm(steps, axis=1)[:, None]
    tangents = np.concatenate([steps[:1], steps[:-1] + steps[1:], steps[-1:]])
    tangents /= np.linalg.norm(tangents, axis=1)[:, None]
    side = np.cross(tangents[0], [0.0, 0.0, 1.0] if abs(tangents[0][2]) < 0.9 else [1.0, 0.0, 0.0])
    angles = np.arange(segments) * 2 * math.pi / segments
    rings, normals = [], []
    for k, tangent in enumerate(tangents):
        side = side - tangent * np.dot(side, tangent)
        side /= np.linalg.norm(side)
        other = np.cross(tangent, side)
        mitre = 1.0 / max(0.5, float(np.dot(tangent, steps[min(k, len(steps) - 1)])))
        around = np.cos(angles)[:, None] * side + np.sin(angles)[:, None] * other
        rings.append(line[k] + around * radius * (1 + (mitre - 1) * 0.5))
        normals.append(around)
    for end, sign in ((0, -1.0), (-1, 1.0)):
        rings.append(rings[end if end == 0 else len(line) - 1])
        normals.append(np.tile(tangents[end] * sign, (segments, 1)))
    faces: list[tuple[int, ...]] = [
        (
            k * segments + i,
            k * segments + (i + 1) % segments,
            (k + 1) * segments + (i + 1) % segments,
            (k + 1) * segments + i,
        )
        for k in range(len(line) - 1)
        for i in range(segments)
    ]
    last = len(line) * segments
    faces.append(tuple(reversed(range(last, last + segments))))
    faces.append(tuple(range(last + segments, last + 2 * segments)))
    return Solid(np.concatenate(rings), tuple(faces), np.concatenate(normals))


def extrude(outline: Outline, depth: float, bevel: float = 0.006) -> Solid:
    """Push an outline of the XY plane (counter-clockwise) along +Z from 0 to `depth`, with bevelled rims.

    Gentle corners of the outline shade smoothly, sharp ones stay crisp; the rims take the normals of the end faces.
    """
    flat = np.array(outline, dtype=float)
    n = len(flat)
    b = min(bevel, depth * 0.4)
    small = inset(flat, b) if b > 0 else flat
    before, after = _edge_normals(flat)
    is_soft = (before * after).sum(axis=1) > math.cos(math.radians(40))
    mean = before + after
    mean = mean / np.maximum(np.linalg.norm(mean, axis=1), 1e-12)[:, None]
    points: list[Points] = []
    normals: list[Points] = []
    start_of: list[int] = []  # per outline corner: index of the wall point used by the edge that leaves it, low row
    end_of: list[int] = []
    for z in (b, depth - b):
        for i in range(n):
            pair = (mean[i],) if is_soft[i] else (before[i], after[i])
            if z == b:
                end_of.append(len(points))
                start_of.append(len(points) + len(pair) - 1)
            for normal in pair:
                points.append(np.array([*flat[i], z]))
                normals.append(np.array([*normal, 0.0]))
    rise = len(points) // 2
    low, high = len(points), len(points) + n
    for z, sign in ((0.0, -1.0), (depth, 1.0)):
        points += [np.array([*p, z]) for p in small]
        normals += [np.array([0.0, 0.0, sign])] * n
    faces: list[tuple[int, ...]] = []
    for i in range(n):
        k = (i + 1) % n
        a, c = start_of[i], end_of[k]
        faces.append((a, c, c + rise, a + rise))
        if b > 0:
            faces.append((low + i, low + k, c, a))
            faces.append((a + rise, c + rise, high + k, high + i))
    for a, c, d in triangles(small):
        faces.append((low + a, low + d, low + c))
        faces.append((high + a, high + c, high + d))
    return Solid(np.array(points), tuple(faces), np.array(normals))


def _edge_normals(flat: Points) -> tuple[Points, Points]:
    """For each corner the outward normals of the edge that arrives and of the edge that leaves."""
    edge = np.roll(flat, -1, axis=0) - flat
    edge = edge / np.linalg.norm(edge, axis=1)[:, None]
    after = np.column_stack([edge[:, 1], -edge[:, 0]])
    return np.roll(after, 1, axis=0), after


def frame(width: float, height: float, bar: float) -> Solid:
    """A rectangular picture frame about the origin in the XY plane, its bars square in section."""
    outer = np.array(
        [(-width / 2, -height / 2), (width / 2, -height / 2), (width / 2, height / 2), (-width / 2, height / 2)]
    )
    inner = outer - np.sign(outer) * bar
    rows = [(outer, -bar / 2), (outer, bar / 2), (inner, bar / 2), (inner, -bar / 2)]
    points = np.concatenate([np.column_stack([p, np.full(4, z)]) for p, z in rows])
    faces = tuple(
        (row * 4 + k, row * 4 + (k + 1) % 4, (row + 1) % 4 * 4 + (k + 1) % 4, (row + 1) % 4 * 4 + k)
        for row in range(4)
        for k in range(4)
    )
    return Solid(points, faces)


def quad(width: float, height: float) -> Solid:
    """A flat rectangle about the origin facing +Z: paint, print, a pane; the one surface here that is not closed."""
    x, y = width / 2, height / 2
    points = np.array([(-x, -y, 0.0), (x, -y, 0.0), (x, y, 0.0), (-x, y, 0.0)])
    return Solid(points, ((0, 1, 2, 3),), np.tile([0.0, 0.0, 1.0], (4, 1)))


def disc(radius: float, segments: int = 12) -> Solid:
    """A flat round about the origin facing +Z, open like `quad`."""
    angles = np.arange(segments) * 2 * math.pi / segments
    points = np.stack([radius * np.cos(angles), radius * np.sin(angles), np.zeros(segments)], 1)
    return Solid(points, (tuple(range(segments)),), np.tile([0.0, 0.0, 1.0], (segments, 1)))


def pin(radius: float, height: float, segments: int = 8) -> Solid:
    """A thin bar along Y from the origin, 2 points per segment: its ends share the side's normals."""
    angles = np.arange(segments) * 2 * math.pi / segments
    circle = np.stack([np.cos(angles), np.zeros(segments), np.sin(angles)], 1)
    points = np.concatenate([circle * radius, circle * radius + np.array([0.0, height, 0.0])])
    faces: list[tuple[int, ...]] = []
    for k in range(segments):
        m = (k + 1) % segments
        faces.append((k, segments + k, segments + m, m))
    faces += [tuple(range(segments)), tuple(reversed(range(segments, 2 * segments)))]
    return Solid(points, tuple(faces), np.tile(circle, (2, 1)))
