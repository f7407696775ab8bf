"""The hall: floor slab with marked walkways and lanes, columns, chargers; built from the plant's description."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from xushi.scene.modelling import (  # fmt: skip
    ACCENT_LIGHT,
    BLACK,
    BRIGHT,
    DARK,
    GREY,
    LAMP,
    LIGHT,
    MARKING,
    PANEL,
    SCREEN_LINE,
    SLAB,
    SLAB_JOINT,
    WALKWAY,
    WHITE,
    Part,
    quad,
)

from ._logistics import loaded_pallet

_USES = ("walkway", "agv_lane", "storage")


@dataclass(frozen=True)
class Zone:
    """A rectangle of the floor in the plant frame (x east, y north, metres); use: walkway, agv_lane or storage."""

    use: str
    x0: float
    y0: float
    x1: float
    y1: float


def hall(
    length: float,
    width: float,
    zones: Sequence[Zone],
    chargers: Sequence[tuple[float, float]] = (),
    pallets: Sequence[tuple[float, float]] = (),
) -> Part:
    """The hall; what recurs in it is one mesh under many nodes.

    The floor reaches from the origin `length` to the east (+X) and `width` to the north (−Z); its top is Y = 0.

    Chargers stand west of the given points of the plant frame, stacked pallets on them.
    """
    root = Part("hall")
    floor = root.child("floor")
    floor.slab((-0.6, -0.12, -width - 0.6), (length + 0.6, -0.001, 0.6), SLAB)
    for k in range(1, int(length // 6) + 1):
        floor.quad_up(k * 6.0 - 0.01, -width, k * 6.0 + 0.01, 0.0, 0.001, SLAB_JOINT)
    for k in range(1, int(width // 6) + 1):
        floor.quad_up(0.0, -k * 6.0 - 0.01, length, -k * 6.0 + 0.01, 0.001, SLAB_JOINT)
    for zone in zones:
        if zone.use in _USES:
            _zone(floor, zone)
    columns = root.child("columns")
    for x in _steps(length, 12.0):
        number = len(columns.node.children)
        _column(columns.child(f"column{number + 1}", x, 0.0, -width + 0.3), 4.4)
        # Those in the south are cut away, so that the line can be looked at from there.
        _column(columns.child(f"column{number + 2}", x, 0.0, -0.3), 1.1)
    posts = root.child("chargers")
    for number, (x, y) in enumerate(chargers, 1):
        _charger(posts.child(f"charger{number}", x - 1.25, 0.0, -y))
    goods = root.child("pallets")
    for number, (x, y) in enumerate(pallets, 1):
        loaded_pallet(goods.child(f"pallet{number}", x, 0.0, -y))
    return root


def _zone(floor: Part, zone: Zone) -> None:
    """Walkways are filled, lanes only edged, stores edged with a broken line; white lines 0.1 m wide."""
    z0, z1 = -zone.y1, -zone.y0
    if zone.use == "walkway":
        floor.quad_up(zone.x0, z0, zone.x1, z1, 0.003, WALKWAY)
    line = 0.1
    runs = (
        (zone.x0, z0, zone.x1, z0 + line),
        (zone.x0, z1 - line, zone.x1, z1),
        (zone.x0, z0, zone.x0 + line, z1),
        (zone.x1 - line, z0, zone.x1, z1),
    )
    for number, (xa, za, xb, zb) in enumerate(runs):
        if zone.use != "storage":
            if number < 2 or zone.use == "walkway":
                floor.quad_up(xa, za, xb, zb, 0.006, MARKING)
            continue
        along = max(xb - xa, zb - za)
        for k in range(int(along / 0.8)):
            a = k * 0.8
            if xb - xa > zb - za:
                floor.quad_up(xa + a, za, xa + a + 0.5, zb, 0.006, MARKING)
            else:
                floor.quad_up(xa, za + a, xb, za + a + 0.5, 0.006, MARKING)


def _steps(length: float, wanted: float) -> list[float]:
    count = max(1, round(length / wanted))
    return [length * k / count for k in range(count + 1)]


def _column(part: Part, height: float = 7.0) -> None:
    """A rolled steel column on its base plate with a light impact guard."""
    part.box((0.5, 0.03, 0.5), (0.0, 0.015, 0.0), DARK)
    for dz in (-0.14, 0.14):
        part.box((0.3, height, 0.025), (0.0, height / 2, dz), LIGHT, bevel=0.0)
    part.box((0.022, height, 0.26), (0.0, height / 2, 0.0), LIGHT)
    part.box((0.44, 0.7, 0.44), (0.0, 0.38, 0.0), ACCENT_LIGHT, bevel=0.03)


def _fixture(part: Part) -> None:
    """A linear high-bay luminaire hanging at 6.4 m."""
    part.box((1.5, 0.08, 0.3), (0.0, 6.4, 0.0), PANEL, bevel=0.0)
    part.add(quad(1.44, 0.24).turned("x", math.pi / 2), WHITE, (0.0, 6.358, 0.0))
    for dx in (-0.6, 0.6):
        part.rod(0.006, 0.6, (dx, 6.44, 0.0), GREY, segments=6)


def _charger(part: Part) -> None:
    """A charging post for vehicles, contacts towards +X."""
    part.box((0.3, 0.9, 0.5), (0.0, 0.45, 0.0), LIGHT, bevel=0.03)
    part.box((0.14, 0.12, 0.3), (0.2, 0.2, 0.0), BLACK, bevel=0.015)
    for z in (-0.08, 0.08):
        part.box((0.08, 0.02, 0.05), (0.3, 0.2, z), BRIGHT)
    part.quad(0.3, 0.2, (0.155, 0.7, 0.0), SCREEN_LINE, math.pi / 2)


def charger() -> Part:
    root = Part("charger")
    _charger(root)
    root.child("lamp", 0.0, 0.9, 0.0).rod(0.035, 0.05, (0.0, 0.0, 0.0), LAMP)
    return root


def column() -> Part:
    root = Part("column")
    _column(root)
    return root


def luminaire() -> Part:
    root = Part("luminaire")
    _fixture(root.placed(0.0, -6.4, 0.0))
    return root
