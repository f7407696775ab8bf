"""What every machine of a line carries: profile frames, guards, feet, signs, stack light, screens, cabinets, hoses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from xushi.scene.modelling import (  # fmt: skip
    ACCENT,
    ACCENT_DARK,
    BLACK,
    DARK,
    GLASS,
    GREY,
    LAMP,
    LIGHT,
    PANEL,
    SCREEN,
    SCREEN_LINE,
    STEEL,
    WHITE,
    Finish,
    Part,
    Vec3,
    box,
    frame,
    pin,
    turned,
)

from ._lettering import lettering


def post(part: Part, x: float, z: float, height: float, size: float = 0.08, finish: Finish = LIGHT) -> None:
    """A profile post on a levelling foot; a slot down each face tells it from a plain bar."""
    part.add(pin(size * 0.55, 0.02, 8), BLACK, (x, 0.0, z))
    part.rod(0.012, 0.05, (x, 0.01, z), STEEL)
    part.box((size, height - 0.05, size), (x, 0.05 + (height - 0.05) / 2, z), finish)
    for turn in range(4):
        slot = part.placed(x, 0.05 + height / 2, z, turn * math.pi / 2)
        slot.quad(0.012, height - 0.12, (0.0, 0.0, size / 2 + 0.002), DARK)


def beam(part: Part, start: Vec3, end: Vec3, size: float = 0.08, finish: Finish = LIGHT) -> None:
    """A profile beam along one axis between two points on its centre line."""
    half = size / 2
    low = tuple(min(a, b) - (half if abs(a - b) < 1e-9 else 0.0) for a, b in zip(start, end, strict=True))
    high = tuple(max(a, b) + (half if abs(a - b) < 1e-9 else 0.0) for a, b in zip(start, end, strict=True))
    part.slab((low[0], low[1], low[2]), (high[0], high[1], high[2]), finish)


def pane(
    part: Part, start: tuple[float, float], end: tuple[float, float], low: float, high: float, kick: float = 0.0
) -> None:
    """A clear guard panel in a slim frame between two floor points, above a closed skirt of the height `kick`."""
    length = math.hypot(end[0] - start[0], end[1] - start[1])
    turn = -math.atan2(end[1] - start[1], end[0] - start[0])
    hand = part.placed((start[0] + end[0]) / 2, 0.0, (start[1] + end[1]) / 2, turn)
    if kick > 0:
        hand.slab((-length / 2, low, -0.012), (length / 2, low + kick, 0.012), PANEL)
    clear = low + kick
    if high - clear < 0.1:
        return
    hand.quad(length - 0.04, high - clear - 0.04, (0.0, (high + clear) / 2, 0.0), GLASS)
    hand.add(frame(length, high - clear, 0.03), GREY, (0.0, (high + clear) / 2, 0.0))


def mesh_fence(part: Part, start: tuple[float, float], end: tuple[float, float], height: float = 2.0) -> None:
    """A welded-bar safety fence on posts, as it stands around robots."""
    length = math.hypot(end[0] - start[0], end[1] - start[1])
    hand = part.placed(start[0], 0.0, start[1], -math.atan2(end[1] - start[1], end[0] - start[0]))
    count = max(1, round(length / 1.5))
    for k in range(count + 1):
        x = length * k / count
        hand.box((0.05, height, 0.05), (x, height / 2, 0.0), DARK)
        hand.box((0.12, 0.012, 0.12), (x, 0.006, 0.0), DARK, bevel=0.002)
    for y in (0.18, height * 0.5, height - 0.03):
        hand.box((length, 0.025, 0.025), (length / 2, y, 0.0), GREY, bevel=0.003)
    bars = round(length / 0.09)
    for k in range(1, bars):
        hand.add(pin(0.004, height - 0.21, 4), GREY, (length * k / bars, 0.18, 0.012))


def stack_light(part: Part, x: float, y: float, z: float) -> Part:
    """A signal tower standing at (x, y, z); its lens is the node `lamp`."""
    part.rod(0.045, 0.02, (x, y, z), DARK, segments=12)
    part.rod(0.014, 0.16, (x, y, z), STEEL, segments=8)
    part.rod(0.036, 0.03, (x, y + 0.15, z), DARK, segments=14)
    lamp = part.child("lamp", x, y + 0.18, z)
    lamp.add(turned([(0.0, 0.0), (0.034, 0.0), (0.034, 0.19), (0.026, 0.21), (0.0, 0.21)], 14), LAMP)
    for k in (1, 2):
        part.add(pin(0.0365, 0.006, 8), DARK, (x, y + 0.18 + k * 0.063, z))
    return lamp


def sign(part: Part, x: float, y: float, z: float, text: str, width: float = 0.0) -> None:
    """The station's name board, lettered on both sides."""
    width = width or 0.17 * len(text) + 0.16
    part.box((width, 0.26, 0.035), (x, y, z), ACCENT_DARK, bevel=0.01)
    lettering(part.placed(x, y, z + 0.021), text, 0.15, WHITE)
    lettering(part.placed(x, y, z - 0.021, math.pi), text, 0.15, WHITE)


def lettering_board(part: Part, text: str, height: float, ink: Finish, board: Finish = ACCENT_DARK) -> None:
    """A small name plate facing +Z, centred on the part's origin."""
    part.box((height * 0.78 * len(text) + height * 0.5, height * 1.7, 0.012), (0.0, 0.0, 0.0), board)
    lettering(part.placed(0.0, 0.0, 0.009), text, height, ink)


def screen(part: Part, width: float = 0.46, height: float = 0.29, rows: int = 4) -> None:
    """A display facing +Z about the part's origin with a quiet picture on it: a header, a list and a chart."""
    part.box((width + 0.03, height + 0.03, 0.04), (0.0, 0.0, 0.0), DARK, bevel=0.008)
    part.quad(width, height, (0.0, 0.0, 0.0225), SCREEN)
    z = 0.0245
    part.quad(width * 0.92, height * 0.1, (0.0, height * 0.4, z), ACCENT_DARK)
    for k in range(rows):
        y = height * (0.24 - 0.62 * k / max(1, rows - 1))
        part.quad(
            width * (0.34 - 0.05 * (k % 3)), height * 0.045, (-width * (0.28 + 0.025 * (k % 3)), y, z), SCREEN_LINE
        )
    for k in range(6):
        tall = height * (0.16 + 0.09 * ((k * 5) % 7) / 2)
        part.quad(width * 0.05, tall, (width * (0.04 + 0.075 * k), -height * 0.38 + tall / 2, z), ACCENT)


def operator_panel(part: Part, x: float, z: float, turn_y_rad: float = 0.0, height: float = 1.42) -> None:
    """An operator screen on a pedestal with a row of buttons, facing +Z before the turn."""
    hand = part.placed(x, 0.0, z, turn_y_rad)
    hand.box((0.34, 0.02, 0.3), (0.0, 0.01, -0.02), DARK)
    hand.box((0.07, height - 0.1, 0.07), (0.0, (height - 0.1) / 2, -0.05), GREY)
    hand.box((0.56, 0.5, 0.1), (0.0, height, 0.0), LIGHT, bevel=0.02)
    screen(hand.placed(0.0, height + 0.05, 0.045), 0.44, 0.27)
    for k in range(4):
        hand.disc(0.018, (-0.18 + 0.09 * k, height - 0.19, 0.053), ACCENT if k else DARK)
    hand.rod(0.032, 0.035, (0.19, height - 0.19, 0.05), BLACK, "z", 12)


def cabinet(
    part: Part, x: float, z: float, width: float, height: float, depth: float, doors: int = 1, turn_y_rad: float = 0.0
) -> None:
    """A control cabinet on a plinth, doors towards +Z before the turn, with handles, vents and a cooling unit."""
    hand = part.placed(x, 0.0, z, turn_y_rad)
    hand.box((width - 0.02, 0.1, depth - 0.04), (0.0, 0.05, 0.0), BLACK)
    hand.box((width, height - 0.1, depth), (0.0, 0.1 + (height - 0.1) / 2, 0.0), LIGHT, bevel=0.012)
    leaf = width / doors
    for k in range(doors):
        cx = -width / 2 + leaf * (k + 0.5)
        hand.box(
            (leaf - 0.03, height - 0.17, 0.022), (cx, 0.1 + (height - 0.1) / 2, depth / 2 + 0.006), WHITE, bevel=0.008
        )
        hand.box((0.025, 0.16, 0.03), (cx + leaf * 0.38, height * 0.55, depth / 2 + 0.03), DARK, bevel=0.008)
        for v in range(4):
            hand.quad(leaf * 0.5, 0.012, (cx, 0.3 + 0.035 * v, depth / 2 + 0.02), GREY)
        hand.quad(0.16, 0.05, (cx, height - 0.22, depth / 2 + 0.02), ACCENT_DARK)


def air_unit(part: Part, x: float, y: float, z: float) -> None:
    """Filter, regulator and lubricator in a row, facing +Z."""
    for k in range(3):
        part.box((0.07, 0.07, 0.07), (x + 0.08 * k, y, z), GREY, bevel=0.01)
        part.add(pin(0.026, 0.09, 8), ACCENT_DARK, (x + 0.08 * k, y - 0.125, z))
    part.rod(0.028, 0.015, (x + 0.08, y + 0.01, z + 0.035), WHITE, "z", 12)


def cable_chain(part: Part, points: Sequence[Vec3], width: float = 0.07, height: float = 0.05) -> None:
    """A drag chain: one box per link along a polyline in the plane of X and Y."""
    for a, b in pairwise(points):
        run = math.hypot(b[0] - a[0], b[1] - a[1])
        count = max(1, round(run / 0.07))
        angle = math.atan2(b[1] - a[1], b[0] - a[0])
        for k in range(count):
            share = (k + 0.5) / count
            link = box(run / count * 0.86, height, width, 0.006)
            part.add(link.turned("z", angle), BLACK, (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2]))


def sag(start: Vec3, end: Vec3, depth: float, steps: int = 6) -> list[Vec3]:
    """A hanging hose between two points: a parabola that sags by `depth` metres."""
    out = []
    for k in range(steps + 1):
        s = k / steps
        drop = depth * 4 * s * (1 - s)
        out.append(
            (
                start[0] + (end[0] - start[0]) * s,
                start[1] + (end[1] - start[1]) * s - drop,
                start[2] + (end[2] - start[2]) * s,
            )
        )
    return out


def guarding_lamps(part: Part, x0: float, x1: float, y: float, z: float) -> None:
    """A slim work light under a top beam."""
    part.box((x1 - x0, 0.04, 0.09), ((x0 + x1) / 2, y, z), DARK, bevel=0.008)
    part.box((x1 - x0 - 0.04, 0.012, 0.06), ((x0 + x1) / 2, y - 0.022, z), WHITE, bevel=0.003)
