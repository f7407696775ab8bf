"""The mesh library of the demo models: closed solids, outward faces, unit normals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xushi.scene.modelling import (
    Solid,
    ball,
    box,
    corner_arrays,
    cylinder,
    dome,
    extrude,
    frame,
    inset,
    pin,
    ring,
    rounded,
    stadium,
    triangles,
    tube,
    turned,
)

_size = st.floats(0.02, 3.0)
_bevel = st.floats(0.0, 0.05)

_SOLIDS: dict[str, Solid] = {
    "box": box(0.4, 0.2, 0.3),
    "plain box": box(0.4, 0.2, 0.3, 0.0),
    "cylinder": cylinder(0.2, 0.5),
    "plain cylinder": cylinder(0.2, 0.5, bevel=0.0),
    "pin": pin(0.01, 0.4),
    "ring": ring(0.3, 0.2, 0.1),
    "ball": ball(0.2),
    "dome": dome(0.3, 0.1, 1.0),
    "profile closed on its axis": turned([(0.0, 0.0), (0.2, 0.0), (0.1, 0.3), (0.0, 0.3)]),
    "profile with caps": turned([(0.2, 0.0), (0.1, 0.3)]),
    "tube": tube([(0, 0, 0), (0.3, 0, 0), (0.3, 0.4, 0.1), (0, 0.5, 0.4)], 0.04),
    "rounded slab": extrude(rounded(0.5, 0.3, 0.08), 0.1, 0.01),
    "link": extrude(stadium(0.7, 0.13, 0.1), 0.15, 0.02),
    "concave outline": extrude([(0, 0), (1, 0), (1, 1), (0.5, 0.4), (0, 1)], 0.2, 0.01),
    "sharp outline": extrude([(0, 0), (1, 0), (1, 1), (0, 1)], 0.2, 0.0),
    "frame": frame(1.0, 0.6, 0.05),
}


@pytest.mark.parametrize("name", _SOLIDS)
def test_a_solid_is_closed_and_its_faces_look_outwards(name: str) -> None:
    solid = _SOLIDS[name]
    assert solid.edges_are_paired()
    assert solid.volume_m3() > 0


@pytest.mark.parametrize("name", _SOLIDS)
def test_normals_are_unit_vectors_on_the_outer_side_of_their_triangles(name: str) -> None:
    points, normals, faces = corner_arrays(_SOLIDS[name])
    assert np.allclose(np.linalg.norm(normals, axis=1), 1.0, atol=1e-6)
    a, b, c = (points[faces[:, k]] for k in range(3))
    flat = np.cross(b - a, c - a)
    real = np.linalg.norm(flat, axis=1) > 1e-12
    towards = (flat * normals[faces].mean(axis=1)).sum(axis=1)
    if name != "pin":  # the ends of a pin share the normals of its side
        assert (towards[real] > 0).all()


@settings(max_examples=40, deadline=None)
@given(_size, _size, _size, _bevel)
def test_a_box_of_any_size_and_bevel_is_closed_and_fills_at_most_its_size(
    w: float, h: float, d: float, bevel: float
) -> None:
    solid = box(w, h, d, bevel)
    assert solid.edges_are_paired(1e-9)
    assert 0 < solid.volume_m3() <= w * h * d * (1 + 1e-9)
    assert np.allclose(np.abs(solid.points).max(axis=0) * 2, [w, h, d])


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 2.0), _size, st.integers(5, 40))
def test_a_cylinder_is_closed_and_slightly_smaller_than_the_round_one(radius: float, height: float, sides: int) -> None:
    solid = cylinder(radius, height, sides)
    assert solid.edges_are_paired(1e-9)
    assert 0.3 * math.pi * radius**2 * height < solid.volume_m3() < math.pi * radius**2 * height


@settings(max_examples=40, deadline=None)
@given(_size, _size, st.floats(0.01, 1.0), st.floats(0.0, 6.3))
def test_turning_and_moving_keep_the_volume_and_the_winding(w: float, h: float, d: float, angle: float) -> None:
    solid = extrude(rounded(w, h, 0.3 * min(w, h)), d, 0.0)
    moved = solid.turned("x", angle).turned("z", angle / 2).moved(1.0, -2.0, 3.0)
    assert moved.edges_are_paired(1e-6)
    assert moved.volume_m3() == pytest.approx(solid.volume_m3(), rel=1e-6, abs=1e-9)


def test_the_triangles_of_a_polygon_cover_it_once() -> None:
    star = np.array(
        [(math.cos(a) * r, math.sin(a) * r) for k in range(10) for a, r in [(k * math.pi / 5, 1.0 if k % 2 else 0.45)]]
    )
    area = sum(_area(star[list(t)]) for t in triangles(star))
    assert area == pytest.approx(_area(star))
    assert all(_area(star[list(t)]) > 0 for t in triangles(star))


def test_an_inset_outline_keeps_its_distance() -> None:
    square = np.array([(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (0.0, 1.0)])
    assert np.allclose(inset(square, 0.1), [(0.1, 0.1), (1.9, 0.1), (1.9, 0.9), (0.1, 0.9)])


def _area(points: np.ndarray) -> float:
    x, y = points[:, 0], points[:, 1]
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)
