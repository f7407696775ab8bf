"""Roller conveyors for engine pallets: straight and curved runs, and whole routes along a polyline."""

from __future__ import annotations

import math
from collections.abc import Sequence

from xushi.scene.modelling import ACCENT, BLACK, DARK, GREY, LIGHT, PANEL, STEEL, Part, Vec3, pin, tube

from ._routes import TURN_RADIUS_M

DECK_M = 0.75  # top of the rollers
PALLET_M = 0.85  # top of the pallet, where the engine stands
WIDTH_M = 0.72  # between the outer faces of the rails
_ROLLER_PITCH = 0.14


def straight(part: Part, length: float, legs: bool = True, drive: bool = False) -> None:
    """A run along X about the part's origin."""
    half = WIDTH_M / 2
    for side in (-1, 1):
        part.box((length, 0.14, 0.035), (0.0, DECK_M - 0.05, side * (half - 0.0175)), LIGHT, bevel=0.008)
        part.box((length, 0.022, 0.022), (0.0, DECK_M + 0.07, side * (half - 0.02)), PANEL, bevel=0.005)
        brackets = max(2, round(length / 1.3))
        for k in range(brackets):
            x = -length / 2 + length * (k + 0.5) / brackets
            part.add(pin(0.011, 0.09, 4), GREY, (x, DECK_M - 0.01, side * (half - 0.012)))
    count = max(1, round(length / _ROLLER_PITCH))
    roller = pin(0.03, WIDTH_M - 0.075, 7).along("z")
    for k in range(count):
        x = -length / 2 + length * (k + 0.5) / count
        part.add(roller, STEEL, (x, DECK_M - 0.03, -(WIDTH_M - 0.075) / 2))
    if legs:
        number = max(2, math.ceil(length / 3.2))
        for k in range(number):
            leg(part, -length / 2 + 0.2 + (length - 0.4) * k / (number - 1))
    if drive:
        motor(part, 0.0)


def leg(part: Part, x: float) -> None:
    """A pair of legs with feet and a cross tie."""
    for side in (-1, 1):
        z = side * (WIDTH_M / 2 - 0.04)
        part.box((0.06, DECK_M - 0.16, 0.06), (x, (DECK_M - 0.1) / 2 + 0.01, z), GREY, bevel=0.0)
        part.add(pin(0.045, 0.02, 8), BLACK, (x, 0.0, z))
    part.add(pin(0.022, WIDTH_M - 0.12, 4).along("z"), GREY, (x, 0.24, -(WIDTH_M - 0.12) / 2))


def motor(part: Part, x: float) -> None:
    """The gear motor under the deck."""
    part.box((0.16, 0.16, 0.16), (x, DECK_M - 0.24, 0.0), DARK, bevel=0.02)
    part.rod(0.07, 0.24, (x + 0.06, DECK_M - 0.24, 0.0), ACCENT, "x", 14)
    part.rod(0.062, 0.03, (x + 0.3, DECK_M - 0.24, 0.0), DARK, "x", 14)
    part.box((0.09, 0.05, 0.08), (x + 0.17, DECK_M - 0.155, 0.0), GREY, bevel=0.01)


def curve(part: Part, radius: float, angle_rad: float) -> None:
    """A bend about the part's origin that starts at (radius, 0, 0) going to +Z, turning towards −X for angle > 0.

    The part's +Y is up; angles run from +X to +Z. Rollers lie along the radius.
    """
    steps = max(3, math.ceil(abs(angle_rad) / 0.26))
    angles = [angle_rad * k / steps for k in range(steps + 1)]
    for side in (-1, 1):
        r = radius + side * (WIDTH_M / 2 - 0.0175)
        for height, y, finish in ((0.07, DECK_M - 0.02, LIGHT), (0.022, DECK_M + 0.07, PANEL)):
            path: list[Vec3] = [(r * math.cos(a), y, r * math.sin(a)) for a in angles]
            part.add(tube(path, height / 2, 6), finish)
    count = max(2, round(abs(angle_rad) * radius / _ROLLER_PITCH))
    for k in range(count):
        a = angle_rad * (k + 0.5) / count
        roller = pin(0.03, WIDTH_M - 0.075, 7).along("x").moved(radius - (WIDTH_M - 0.075) / 2, 0, 0)
        part.add(roller.turned("y", -a), STEEL, (0.0, DECK_M - 0.03, 0.0))
    for share in (0.15, 0.85):
        a = angle_rad * share
        leg(part.placed(radius * math.cos(a), 0.0, radius * math.sin(a), math.pi / 2 - a), 0.0)


def route(part: Part, corners: Sequence[tuple[float, float]]) -> None:
    """A conveyor along a polyline of (x, z) points with rounded right-angled corners."""
    points = list(corners)
    start = points[0]
    for k in range(1, len(points)):
        is_last = k == len(points) - 1
        ux, uz, _ = _direction(points[k - 1], points[k])
        radius = 0.0 if is_last else TURN_RADIUS_M
        end = (points[k][0] - ux * radius, points[k][1] - uz * radius)
        length = math.hypot(end[0] - start[0], end[1] - start[1])
        if length > 0.05:
            hand = part.placed((start[0] + end[0]) / 2, 0.0, (start[1] + end[1]) / 2, -math.atan2(uz, ux))
            straight(hand, length, drive=length > 1.5)
        if not is_last:
            vx, vz, _ = _direction(points[k], points[k + 1])
            _corner(part, end, (ux, uz), (vx, vz))
            start = (points[k][0] + vx * TURN_RADIUS_M, points[k][1] + vz * TURN_RADIUS_M)


def _corner(part: Part, entry: tuple[float, float], u: tuple[float, float], v: tuple[float, float]) -> None:
    """A quarter bend from direction u to direction v; its centre lies on the side of v."""
    centre = (entry[0] + v[0] * TURN_RADIUS_M, entry[1] + v[1] * TURN_RADIUS_M)
    start = math.atan2(entry[1] - centre[1], entry[0] - centre[0])
    turn = math.pi / 2 if u[0] * v[1] - u[1] * v[0] > 0 else -math.pi / 2
    curve(part.placed(centre[0], 0.0, centre[1], -start), TURN_RADIUS_M, turn)


def _direction(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float, float]:
    length = math.hypot(b[0] - a[0], b[1] - a[1])
    return ((b[0] - a[0]) / length, (b[1] - a[1]) / length, length)


def conveyor(length: float) -> Part:
    root = Part("conveyor")
    straight(root, length, drive=True)
    root.child("carrier", 0.0, PALLET_M, 0.0)
    return root


def conveyor_curve() -> Part:
    root = Part("conveyor")
    curve(root, TURN_RADIUS_M, math.pi / 2)
    return root


def conveyor_route(corners: Sequence[tuple[float, float]]) -> Part:
    root = Part("conveyor")
    route(root, corners)
    return root
