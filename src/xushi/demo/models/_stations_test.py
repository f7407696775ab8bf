"""Stations OP60 to OP100: leak test, timing cover, oil fill, cold test, end of line."""

from __future__ import annotations

import math

from xushi.scene.modelling import (  # fmt: skip
    ACCENT,
    ACCENT_DARK,
    ACCENT_LIGHT,
    BLACK,
    BRIGHT,
    DARK,
    GLASS,
    GREY,
    IRON,
    LIGHT,
    PANEL,
    SCREEN,
    STEEL,
    WHITE,
    Part,
    Pose,
    dispenser,
    dome,
    ring,
    robot,
    turned,
)

from ._fittings import sag, screen
from ._station import bench_cabinet, reject_hatch, station


def op60() -> Part:
    """A leak-test chamber: side clamps and a top plate seal every port, hoses lead to the test instrument."""
    root = station("OP60", height=2.35, back=-1.2)
    for x in (-0.6, 0.6):
        for z in (-0.42, 0.45):
            root.box((0.09, 1.5, 0.09), (x, 1.5, z), GREY)
    root.box((1.34, 0.1, 1.0), (0.0, 2.2, 0.0), LIGHT, bevel=0.02)
    root.box((1.3, 0.05, 0.96), (0.0, 0.64, 0.0), LIGHT)
    for side in (-1, 1):
        root.box((0.12, 0.3, 0.5), (side * 0.72, 1.28, 0.0), DARK, bevel=0.015)
        for z in (-0.14, 0.14):
            root.rod(0.045, 0.22, (side * 0.72 + (0.0 if side > 0 else -0.22), 1.28, z), ACCENT_LIGHT, "x", 12)
        clamp = root.child("clamp_left" if side < 0 else "clamp_right", side * 0.5, 1.28, 0.0)
        clamp.box((0.05, 0.26, 0.42), (0.0, 0.0, 0.0), ACCENT, bevel=0.01)
        clamp.box((0.025, 0.2, 0.34), (-side * 0.035, 0.0, 0.0), BLACK)
        for z in (-0.14, 0.14):
            clamp.rod(0.018, 0.2, (0.0 if side > 0 else -0.2, 0.0, z), BRIGHT, "x", 8)
        clamp.slides("x", [(0, 0), (0.08, 0), (0.18, -side * 0.2), (0.85, -side * 0.2), (0.95, 0), (1, 0)])
    ram = root.child("ram", 0.0, 1.9, 0.0)
    ram.box((0.6, 0.06, 0.36), (0.0, 0.0, 0.0), ACCENT, bevel=0.012)
    ram.box((0.5, 0.03, 0.28), (0.0, -0.045, 0.0), BLACK)
    for x in (-0.2, 0.2):
        ram.rod(0.02, 0.3, (x, 0.03, 0.0), BRIGHT, segments=8)
    ram.slides("y", [(0, 0), (0.08, 0), (0.18, -0.24), (0.85, -0.24), (0.95, 0), (1, 0)])
    for x in (-0.2, 0.2):
        root.rod(0.06, 0.34, (x, 2.24, 0.0), ACCENT_LIGHT, segments=14)
        root.hose(sag((x, 2.55, 0.0), (0.5, 2.0, -0.95), 0.12), 0.016, BLACK)
    _leak_instrument(root)
    reject_hatch(root, -1.2)
    door = root.child("door", 0.0, 1.5, 0.5)
    door.slab((-0.56, -0.4, -0.004), (0.56, 0.4, 0.004), GLASS)
    for y in (-0.4, 0.4):
        door.box((1.16, 0.04, 0.03), (0.0, y, 0.0), ACCENT_DARK)
    for x in (-0.56, 0.56):
        door.box((0.04, 0.84, 0.03), (x, 0.0, 0.0), ACCENT_DARK)
    door.slides("y", [(0, 0), (0.06, -0.35), (0.94, -0.35), (1, 0)])
    return root


def _leak_instrument(root: Part) -> None:
    """Test instrument with its pressure gauges, and the calibrated-leak bottle below."""
    bench_cabinet(root, 0.55, -0.92, 0.9)
    root.box((0.7, 0.42, 0.32), (0.55, 1.2, -0.95), LIGHT, bevel=0.015)
    screen(root.placed(0.4, 1.24, -0.78), 0.26, 0.18, 3)
    for k in range(2):
        root.rod(0.055, 0.03, (0.66 + 0.14 * k, 1.28, -0.79), WHITE, "z", 16)
        root.box((0.008, 0.045, 0.004), (0.66 + 0.14 * k, 1.295, -0.757), BLACK)
        root.add(ring(0.06, 0.052, 0.034, 16).along("z"), DARK, (0.66 + 0.14 * k, 1.28, -0.79))
    for k in range(4):
        start = (0.3 + 0.12 * k, 1.06, -0.79)
        root.hose(sag(start, (-0.5 + 0.33 * k, 0.72, -0.3), 0.16), 0.011, (ACCENT_DARK, BLACK)[k % 2], 5)
    root.add(dome(0.09, 0.05, 0.5, 12), PANEL, (-0.75, 0.1, -0.95))
    root.rod(0.02, 0.08, (-0.75, 0.6, -0.95), STEEL, segments=8)


def op70() -> Part:
    """A robot draws the sealant bead on the cover; a drum pump feeds it; spindles fasten the cover."""
    root = station("OP70", height=2.45, back=-1.45)
    root.box((0.5, 0.45, 0.5), (0.25, 0.225, -0.95), DARK, bevel=0.015)
    poses: list[tuple[float, Pose]] = [
        (0.0, (0.0, 0.25, -0.6, 0.0, -0.9, 0.0)),
        (0.15, (-0.3, -0.1, -0.5, 0.0, -0.9, 0.0)),
        (0.25, (-0.32, -0.18, -0.42, 0.0, -0.95, 0.0)),
        (0.35, (-0.1, -0.3, -0.3, 0.0, -0.95, 0.3)),
        (0.45, (0.15, -0.3, -0.3, 0.0, -0.95, 0.3)),
        (0.55, (0.3, -0.12, -0.45, 0.0, -0.95, 0.0)),
        (0.65, (0.1, -0.02, -0.5, 0.0, -1.0, -0.3)),
        (0.75, (-0.2, -0.05, -0.5, 0.0, -1.0, -0.2)),
        (1.0, (0.0, 0.25, -0.6, 0.0, -0.9, 0.0)),
    ]
    dispenser(robot(root, 0.25, 0.45, -0.95, -math.pi / 2, poses))
    _drum_pump(root)
    root.box((0.1, 1.1, 0.1), (-0.95, 1.35, -0.25), ACCENT_DARK)
    root.box((0.34, 0.1, 0.12), (-0.8, 1.32, -0.12), LIGHT)
    slide = root.child("ram", -0.66, 1.2, 0.0)
    slide.box((0.06, 0.5, 0.3), (0.0, 0.0, 0.0), DARK)
    for y in (-0.16, 0.0, 0.16):
        slide.rod(0.035, 0.22, (-0.2, y, 0.0), ACCENT_LIGHT, "x", 12)
        slide.rod(0.016, 0.14, (0.03, y, 0.0), BRIGHT, "x", 6)
    slide.slides("x", [(0, 0), (0.78, 0), (0.84, 0.14), (0.95, 0.14), (1, 0)])
    for z in (-1.2, -0.7):
        root.box((0.05, 0.85, 0.05), (0.95, 0.43, z), GREY)
    root.box((0.4, 0.04, 0.62), (0.85, 0.87, -0.95), LIGHT)
    for k in range(3):
        root.box((0.26, 0.05, 0.12), (0.85, 0.92 + 0.055 * k, -0.95), PANEL, bevel=0.01)
    return root


def _drum_pump(root: Part) -> None:
    root.box((0.62, 0.06, 0.5), (-0.75, 0.1, -1.05), DARK)
    root.add(
        turned(
            [
                (0.0, 0.0),
                (0.21, 0.0),
                (0.215, 0.03),
                (0.205, 0.05),
                (0.205, 0.2),
                (0.215, 0.22),
                (0.205, 0.24),
                (0.205, 0.42),
                (0.215, 0.45),
                (0.0, 0.45),
            ],
            18,
        ),
        ACCENT_LIGHT,
        (-0.75, 0.13, -1.05),
    )
    for x in (-1.02, -0.48):
        root.rod(0.022, 1.25, (x, 0.12, -1.05), BRIGHT, segments=8)
    root.box((0.64, 0.08, 0.1), (-0.75, 1.38, -1.05), ACCENT_DARK)
    root.rod(0.2, 0.04, (-0.75, 0.6, -1.05), DARK, segments=18)
    root.rod(0.06, 0.5, (-0.75, 0.64, -1.05), GREY, segments=12)
    root.rod(0.085, 0.26, (-0.75, 1.42, -1.05), PANEL, segments=14)
    root.hose([(-0.7, 1.1, -1.05), (-0.4, 1.5, -1.05), (-0.1, 1.35, -1.08), (0.1, 1.0, -1.05)], 0.02, BLACK)


def op80() -> Part:
    """Two oil tanks with sight glasses feed a filling nozzle over the line; a lift offers the sump from below."""
    root = station("OP80", height=2.35, back=-0.72)
    for x in (-0.6, 0.6):
        root.add(dome(0.34, 0.14, 1.55, 22), LIGHT, (x, 0.34, -1.13))
        for k in range(3):
            a = k * 2 * math.pi / 3 + 0.5
            root.rod(0.03, 0.5, (x + 0.26 * math.cos(a), 0.0, -1.13 + 0.26 * math.sin(a)), GREY, segments=8)
        root.add(ring(0.35, 0.335, 0.05, 22), ACCENT, (x, 0.62, -1.13))
        root.add(ring(0.35, 0.335, 0.05, 22), ACCENT, (x, 1.5, -1.13))
        root.rod(0.018, 0.8, (x, 0.7, -1.49), SCREEN, segments=8)
        root.rod(0.09, 0.05, (x, 1.88, -1.13), DARK, segments=14)
        root.hose([(x, 1.93, -1.13), (x, 2.1, -1.1), (x * 0.6, 2.18, -0.9), (x * 0.2, 2.18, -0.6)], 0.022, STEEL)
        root.hose([(x, 0.36, -1.13), (x, 0.2, -1.05), (x * 0.3, 0.2, -0.95)], 0.022, STEEL)
    root.box((0.24, 0.2, 0.3), (0.0, 0.2, -0.98), ACCENT_DARK, bevel=0.02)
    root.rod(0.08, 0.24, (0.0, 0.3, -0.98), DARK, segments=14)
    root.box((0.12, 1.2, 0.12), (0.0, 1.6, -0.5), ACCENT_DARK)
    root.box((0.3, 0.16, 0.5), (0.0, 2.1, -0.28), LIGHT, bevel=0.015)
    ram = root.child("ram", 0.0, 1.86, 0.0)
    ram.box((0.16, 0.2, 0.16), (0.0, 0.05, 0.0), GREY, bevel=0.015)
    ram.rod(0.035, 0.16, (0.0, -0.2, 0.0), STEEL, segments=12)
    ram.add(turned([(0.008, -0.12), (0.012, -0.04), (0.03, 0.0)], 10), BRIGHT, (0.0, -0.2, 0.0))
    ram.hose([(0.06, 0.1, -0.06), (0.2, 0.25, -0.2), (0.12, 0.34, -0.4), (0.0, 0.32, -0.5)], 0.02, BLACK)
    ram.slides("y", [(0, 0), (0.35, 0), (0.45, -0.14), (0.85, -0.14), (0.95, 0), (1, 0)])
    lift = root.child("lift", -0.0, 0.36, 0.0)
    lift.box((0.4, 0.04, 0.3), (0.0, 0.0, 0.0), ACCENT, bevel=0.008)
    lift.slides("y", [(0, 0), (0.1, 0.16), (0.3, 0.16), (0.4, 0), (1, 0)])
    root.box((0.9, 0.05, 0.62), (0.0, 0.08, 0.0), STEEL)
    for x in (-0.45, 0.45):
        root.box((0.02, 0.08, 0.62), (x, 0.13, 0.0), STEEL)
    return root


def op90() -> Part:
    """A sound-proof cell with a window and a lifting door; inside, the electric drive that turns the engine cold."""
    root = station("OP90", height=2.3, back=-1.3, has_back_guard=False, has_front_guard=False)
    for x in (-1.0, 1.0):
        root.slab((x - 0.05, 0.1, -1.3), (x + 0.05, 2.4, -0.42), LIGHT, bevel=0.015)
        root.slab((x - 0.05, 1.72, -0.42), (x + 0.05, 2.4, 0.52), LIGHT, bevel=0.015)
    root.slab((-1.05, 2.36, -1.32), (1.05, 2.48, 0.56), LIGHT, bevel=0.02)
    root.slab((-1.05, 0.1, -1.36), (1.05, 2.4, -1.28), LIGHT, bevel=0.015)
    for k in range(5):
        root.box((0.5, 0.03, 0.02), (-0.4, 1.9 + 0.07 * k, -1.37), GREY)
    root.box((0.7, 0.24, 0.6), (0.1, 2.6, -0.5), PANEL, bevel=0.03)
    root.rod(0.16, 0.05, (0.1, 2.72, -0.5), DARK, segments=18)
    door = root.child("door", 0.0, 1.42, 0.54)
    for x in (-0.9, 0.9):
        door.box((0.16, 1.1, 0.05), (x, 0.0, 0.0), ACCENT_LIGHT)
    for y in (-0.5, 0.5):
        door.box((1.96, 0.16, 0.05), (0.0, y, 0.0), ACCENT_LIGHT)
    door.slab((-0.82, -0.42, -0.005), (0.82, 0.42, 0.005), GLASS)
    door.box((0.6, 0.04, 0.05), (0.0, -0.5, 0.045), DARK)
    door.slides("y", [(0, 0.72), (0.08, 0.0), (0.92, 0.0), (1, 0.72)])
    _drive(root)
    reject_hatch(root, -1.36)
    return root


def _drive(root: Part) -> None:
    """Motor on a bed, bellows coupling and the docking flange that runs to the crank."""
    root.box((0.5, 0.62, 0.5), (0.7, 0.35, 0.0), DARK, bevel=0.02)
    root.box((0.5, 0.06, 0.44), (0.72, 0.92, 0.0), ACCENT_DARK)
    root.add(
        turned([(0.0, 0.0), (0.15, 0.0), (0.16, 0.02), (0.16, 0.36), (0.13, 0.4), (0.0, 0.4)], 20).along("x"),
        ACCENT,
        (0.56, 1.1, 0.0),
    )
    for k in range(8):
        a = k * math.pi / 4
        root.box((0.3, 0.02, 0.02), (0.74, 1.1 + 0.165 * math.cos(a), 0.165 * math.sin(a)), ACCENT)
    root.box((0.14, 0.1, 0.12), (0.74, 1.29, 0.0), GREY, bevel=0.01)
    spindle = root.child("spindle", 0.56, 1.1, 0.0)
    spindle.rod(0.05, 0.08, (-0.08, 0.0, 0.0), STEEL, "x", 14)
    spindle.rod(0.032, 0.18, (-0.24, 0.0, 0.0), BRIGHT, "x", 12)
    spindle.rod(0.09, 0.03, (-0.27, 0.0, 0.0), IRON, "x", 18)
    for k in range(4):
        a = k * math.pi / 2
        spindle.rod(0.014, 0.02, (-0.285, 0.06 * math.cos(a), 0.06 * math.sin(a)), BRIGHT, "x", 6)
    spindle.turns("x", [(0, 0), (0.15, 0), (0.85, 24 * math.pi), (1, 24 * math.pi)])


def op100() -> Part:
    """A vision arch with cameras and light bars, a marking laser, a printer and the inspection screens."""
    root = station("OP100", height=2.35, back=-1.0, has_front_guard=False, has_back_guard=False)
    for side in (-1, 1):
        root.box((0.12, 1.72, 0.12), (0.0, 0.98, side * 0.54), ACCENT_DARK, bevel=0.015)
        root.box((0.06, 0.8, 0.05), (-0.12, 1.25, side * 0.5), WHITE, bevel=0.01)
        root.box((0.06, 0.8, 0.05), (0.12, 1.25, side * 0.5), WHITE, bevel=0.01)
        _camera(root.placed(0.0, 1.3, side * 0.46, 0.0 if side < 0 else math.pi))
    root.box((0.14, 0.14, 1.2), (0.0, 1.88, 0.0), ACCENT_DARK, bevel=0.02)
    for z in (-0.2, 0.2):
        root.box((0.09, 0.16, 0.09), (0.0, 1.74, z), GREY, bevel=0.01)
        root.rod(0.035, 0.06, (0.0, 1.6, z), BLACK, segments=14)
    root.box((0.08, 0.04, 0.9), (-0.12, 1.8, 0.0), WHITE)
    root.box((0.08, 0.04, 0.9), (0.12, 1.8, 0.0), WHITE)
    root.box((0.44, 0.4, 0.44), (0.75, 0.2, -0.72), DARK)
    poses: list[tuple[float, Pose]] = [
        (0.0, (0.3, 0.4, -0.8, 0.0, -0.6, 0.0)),
        (0.25, (0.0, 0.0, -0.6, 0.0, -0.5, 0.0)),
        (0.45, (0.35, -0.1, -0.5, 0.5, -0.6, 0.4)),
        (0.65, (-0.3, -0.1, -0.5, -0.5, -0.6, -0.4)),
        (1.0, (0.3, 0.4, -0.8, 0.0, -0.6, 0.0)),
    ]
    flange = robot(root, 0.75, 0.4, -0.72, math.pi * 0.8, poses)
    flange.box((0.1, 0.09, 0.07), (0.08, 0.0, 0.0), GREY, bevel=0.01)
    flange.rod(0.03, 0.04, (0.13, 0.0, 0.0), BLACK, "x", 12)
    flange.rod(0.06, 0.015, (0.13, 0.0, 0.0), WHITE, "x", 16)
    _printer(root)
    for x, turn in ((-0.95, 0.25), (-0.35, 0.0)):
        hand = root.placed(x, 1.75, -0.95, turn)
        hand.box((0.05, 0.9, 0.05), (0.0, -0.2, -0.06), GREY)
        screen(hand, 0.52, 0.32, 5)
    return root


def _camera(part: Part) -> None:
    part.box((0.08, 0.08, 0.1), (0.0, 0.0, 0.0), GREY, bevel=0.01)
    part.rod(0.032, 0.07, (0.0, 0.0, 0.05), BLACK, "z", 14)


def _printer(root: Part) -> None:
    root.box((0.6, 0.8, 0.44), (-0.62, 0.45, -0.74), LIGHT, bevel=0.015)
    root.box((0.34, 0.26, 0.34), (-0.62, 0.98, -0.74), DARK, bevel=0.03)
    root.box((0.2, 0.02, 0.06), (-0.62, 0.95, -0.56), BLACK)
    root.box((0.14, 0.1, 0.004), (-0.62, 0.9, -0.55), WHITE)
