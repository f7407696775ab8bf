"""Stations OP10 to OP50: crankcase load, crankshaft fit, piston insertion, head bolting, valve train."""

from __future__ import annotations

import math

from xushi.scene.modelling import (  # fmt: skip
    ACCENT,
    ACCENT_DARK,
    ACCENT_LIGHT,
    BLACK,
    BRIGHT,
    CARD,
    CAST,
    DARK,
    GREY,
    IRON,
    LIGHT,
    PANEL,
    STEEL,
    WHITE,
    Finish,
    Part,
    Pose,
    gripper,
    nut_runner,
    pin,
    robot,
)

from ._engine import crankshaft
from ._fittings import beam, cabinet, cable_chain, sag, screen
from ._person import mannequin
from ._station import bench_cabinet, station


def op10() -> Part:
    """A gantry that lifts crankcases from a dunnage rack behind the line onto pallets."""
    root = station("OP10", height=2.45, back=-1.4, has_back_guard=False)
    for x in (-0.85, 0.85):
        beam(root, (x, 2.52, -1.5), (x, 2.52, 0.5), 0.11, ACCENT)
        root.slab((x - 0.025, 2.575, -1.5), (x + 0.025, 2.6, 0.5), STEEL)
        root.box((0.13, 0.16, 0.05), (x, 2.52, 0.52), DARK)
    _dunnage(root)
    gantry = root.child("gantry", 0.0, 2.66, -1.0)
    gantry.box((1.95, 0.14, 0.16), (0.0, 0.0, 0.0), LIGHT)
    for x in (-0.85, 0.85):
        gantry.box((0.2, 0.07, 0.34), (x, -0.06, 0.0), DARK)
    gantry.box((0.28, 0.34, 0.1), (0.0, 0.02, 0.13), ACCENT_DARK, bevel=0.015)
    gantry.rod(0.055, 0.22, (0.6, 0.07, 0.0), DARK, "y", 12)
    cable_chain(gantry, [(-0.85, 0.11, -0.06), (-0.1, 0.11, -0.06)])
    gantry.slides("z", [(0, 0), (0.2, 0), (0.45, 1.0), (0.75, 1.0), (1, 0)])
    ram = gantry.child("ram", 0.0, 0.0, 0.24)
    ram.box((0.11, 1.25, 0.1), (0.0, 0.3, 0.0), LIGHT)
    ram.slab((-0.02, -0.3, -0.06), (0.02, 0.9, -0.05), STEEL)
    ram.box((0.5, 0.05, 0.26), (0.0, -0.34, 0.0), DARK, bevel=0.01)
    for x in (-0.235, 0.235):
        ram.box((0.03, 0.32, 0.12), (x, -0.5, 0.0), GREY)
        ram.box((0.05, 0.04, 0.14), (x * 0.92, -0.65, 0.0), STEEL)
    ram.slides("y", [(0, 0), (0.1, -0.6), (0.2, 0), (0.45, 0), (0.56, -0.72), (0.64, -0.72), (0.75, 0), (1, 0)])
    return root


def _dunnage(root: Part) -> None:
    """A steel rack with two tiers of bare crankcases."""
    for x in (-0.75, 0.75):
        for z in (-1.42, -0.72):
            root.box((0.05, 1.25, 0.05), (x, 0.63, z), ACCENT_DARK)
    for y in (0.2, 0.78):
        root.box((1.55, 0.04, 0.76), (0.0, y, -1.07), GREY, bevel=0.0)
        for x in (-0.36, 0.36):
            for z in (-1.25, -0.9):
                root.box((0.44, 0.18, 0.2), (x, y + 0.13, z), CAST, bevel=0.01)
                root.box((0.44, 0.1, 0.28), (x, y + 0.26, z), CAST, bevel=0.01)
                root.box((0.4, 0.012, 0.2), (x, y + 0.312, z), IRON, bevel=0.0)


def op20() -> Part:
    """Two nut-runners on a slide, and a rail hoist with a hook that lays the crankshaft into the block."""
    root = station("OP20", height=2.45, back=-1.25)
    beam(root, (0.28, 2.3, -1.2), (0.28, 2.3, 0.56), 0.1, ACCENT)
    root.slab((0.22, 2.22, -1.2), (0.34, 2.24, 0.56), STEEL)
    hoist = root.child("hoist", 0.28, 2.12, -0.85)
    hoist.box((0.3, 0.2, 0.24), (0.0, -0.02, 0.0), ACCENT_DARK, bevel=0.02)
    hoist.rod(0.08, 0.2, (-0.3, -0.02, 0.0), DARK, "x", 14)
    for x in (-0.09, 0.09):
        hoist.rod(0.035, 0.04, (x, 0.1, -0.02), STEEL, "z", 10)
    hoist.slides("z", [(0, 0), (0.15, 0), (0.3, 0.85), (0.5, 0.85), (0.62, 0), (1, 0)])
    ram = hoist.child("ram", 0.0, -0.12, 0.0)
    for x in (-0.02, 0.02):
        ram.rod(0.006, 0.7, (x, -0.45, 0.0), STEEL, segments=6)
    ram.box((0.12, 0.1, 0.09), (0.0, -0.48, 0.0), DARK, bevel=0.015)
    ram.box((0.46, 0.04, 0.05), (-0.28, -0.55, 0.0), ACCENT)
    for x in (-0.47, -0.1):
        ram.box((0.025, 0.16, 0.04), (x, -0.64, 0.0), GREY)
    crankshaft(ram.placed(-0.28, -0.74, 0.0))
    ram.slides("y", [(0, 0), (0.08, -0.2), (0.15, 0), (0.3, 0), (0.42, -0.12), (0.5, 0.0), (1, 0)])
    _crank_rack(root)
    root.box((1.1, 0.12, 0.14), (-0.35, 1.98, -0.5), LIGHT)
    root.box((0.1, 0.62, 0.14), (-0.85, 2.03, -0.56), GREY)
    slide = root.child("spindles", -0.35, 1.88, -0.2)
    slide.box((0.5, 0.5, 0.05), (0.0, 0.0, -0.2), DARK)
    slide.box((0.46, 0.07, 0.3), (0.0, -0.1, -0.05), LIGHT, bevel=0.01)
    for x in (-0.13, 0.13):
        slide.rod(0.055, 0.34, (x, -0.06, 0.0), ACCENT, segments=14)
        slide.rod(0.04, 0.1, (x, 0.28, 0.0), DARK, segments=12)
        slide.rod(0.028, 0.2, (x, -0.32, 0.0), STEEL, segments=10)
        slide.hose([(x, 0.38, 0.0), (x, 0.45, -0.06), (x * 0.6, 0.44, -0.2)], 0.016, BLACK)
    slide.slides("y", [(0, 0), (0.62, 0), (0.7, -0.16), (0.9, -0.16), (1, 0)])
    for number, x in enumerate((-0.13, 0.13), 1):
        spindle = slide.child(f"spindle{number}", x, -0.44, 0.0)
        spindle.rod(0.019, 0.13, (0.0, 0.0, 0.0), BRIGHT, segments=6)
        spindle.turns("y", [(0, 0), (0.7, 0), (0.88, -8 * math.pi), (1, -8 * math.pi)])
    return root


def _crank_rack(root: Part) -> None:
    """Crankshafts waiting on a sloped cradle at the back."""
    for x in (-0.2, 0.25):
        root.box((0.05, 0.9, 0.6), (x, 0.5, -0.9), ACCENT_DARK)
    for k in range(3):
        crank = root.placed(0.02, 1.05, -1.1 + 0.19 * k)
        crank.rod(0.026, 0.46, (-0.23, 0.0, 0.0), BRIGHT, "x", 10)
        for n in range(4):
            crank.box((0.05, 0.12, 0.07), (-0.15 + 0.1 * n, 0.02 if n in (0, 3) else -0.02, 0.0), STEEL)
    bench_cabinet(root, 0.82, -0.95)


def op30() -> Part:
    """A servo press over the line; a robot takes pistons from a tray table and offers them to the bores."""
    root = station("OP30", height=2.45, back=-1.45)
    for x in (-0.46, 0.46):
        root.box((0.14, 1.5, 0.16), (x, 1.65, -0.46), ACCENT_DARK, bevel=0.015)
        root.box((0.2, 0.9, 0.24), (x, 0.46, -0.5), ACCENT_DARK, bevel=0.015)
    root.box((1.1, 0.24, 0.34), (0.0, 2.24, -0.36), ACCENT_DARK, bevel=0.02)
    root.box((0.3, 0.16, 0.36), (0.0, 2.1, -0.18), LIGHT, bevel=0.015)
    root.rod(0.1, 0.42, (0.0, 2.2, -0.02), LIGHT, segments=18)
    root.rod(0.075, 0.16, (0.0, 2.62, -0.02), DARK, segments=16)
    ram = root.child("ram", 0.0, 1.86, -0.02)
    ram.rod(0.05, 0.36, (0.0, 0.0, 0.0), BRIGHT, segments=14)
    ram.rod(0.075, 0.05, (0.0, -0.03, 0.0), DARK, segments=16)
    ram.rod(0.036, 0.12, (0.0, -0.14, 0.0), STEEL, segments=14)
    ram.slides("y", [(0, 0), (0.35, 0), (0.42, -0.18), (0.48, 0), (0.75, 0), (0.84, -0.18), (0.92, 0), (1, 0)])
    root.box((0.5, 0.5, 0.5), (-0.5, 0.25, -1.02), DARK, bevel=0.015)
    poses: list[tuple[float, Pose]] = [
        (0.0, (0.0, 0.1, -0.35, 0.0, -1.0, 0.0)),
        (0.12, (0.25, -0.35, -0.45, 0.0, -0.75, 0.0)),
        (0.2, (0.25, -0.2, -0.35, 0.0, -0.9, 0.0)),
        (0.3, (-0.75, -0.35, -0.2, 0.0, -0.9, 0.0)),
        (0.36, (-0.75, -0.2, -0.2, 0.0, -1.0, 0.0)),
        (0.5, (0.0, 0.1, -0.35, 0.0, -1.0, 0.0)),
        (0.58, (0.25, -0.35, -0.45, 0.0, -0.75, 0.0)),
        (0.66, (0.25, -0.2, -0.35, 0.0, -0.9, 0.0)),
        (0.76, (-0.75, -0.35, -0.2, 0.0, -0.9, 0.0)),
        (1.0, (0.0, 0.1, -0.35, 0.0, -1.0, 0.0)),
    ]
    flange = robot(root, -0.5, 0.5, -1.02, -0.35, poses)
    gripper(flange, 0.1)
    _piston_table(root)
    return root


def _piston_table(root: Part) -> None:
    root.box((0.62, 0.05, 0.56), (0.66, 0.84, -1.02), LIGHT)
    for x in (0.42, 0.9):
        for z in (-1.24, -0.8):
            root.box((0.05, 0.82, 0.05), (x, 0.41, z), GREY)
    root.box((0.56, 0.03, 0.5), (0.66, 0.885, -1.02), DARK)
    for i in range(4):
        for k in range(4):
            _piston(root.placed(0.465 + 0.13 * i, 0.9, -1.19 + 0.115 * k))


def _piston(part: Part) -> None:
    part.add(pin(0.042, 0.07, 6), STEEL)
    part.disc_up(0.042, (0.0, 0.071, 0.0), BRIGHT, 6)


def op40() -> Part:
    """A heavy four-column machine: a slide carries ten tightening spindles onto the cylinder head."""
    root = station("OP40", height=2.05, back=-1.15, has_front_guard=True)
    for x in (-0.62, 0.62):
        for z in (-0.62, 0.42):
            root.box((0.17, 2.5, 0.17), (x, 1.3, z), ACCENT_DARK, bevel=0.02)
            root.box((0.26, 0.05, 0.26), (x, 0.025, z), DARK)
    root.box((1.5, 0.26, 1.3), (0.0, 2.66, -0.1), ACCENT_DARK, bevel=0.03)
    root.box((0.5, 0.12, 0.5), (0.0, 2.84, -0.1), DARK, bevel=0.02)
    root.rod(0.1, 0.3, (0.0, 2.88, -0.1), LIGHT, segments=18)
    for x in (-0.42, 0.42):
        root.rod(0.032, 1.2, (x, 1.4, -0.45), BRIGHT, segments=12)
    ram = root.child("ram", 0.0, 1.98, -0.1)
    ram.box((1.02, 0.1, 0.84), (0.0, 0.0, 0.0), LIGHT, bevel=0.015)
    ram.box((0.78, 0.05, 0.46), (0.0, -0.3, 0.08), DARK, bevel=0.01)
    for x in (-0.36, 0.36):
        ram.rod(0.022, 0.26, (x, -0.3, -0.1), STEEL, segments=8)
    ram.rod(0.06, 0.56, (0.0, 0.05, 0.0), BRIGHT, segments=14)
    places = [(-0.192 + 0.096 * k, side * 0.075 + 0.1) for k in range(5) for side in (-1, 1)]
    for x, z in places:
        ram.rod(0.033, 0.3, (x * 1.5, 0.05, (z - 0.1) * 2.1 + 0.1), ACCENT, segments=10)
        ram.rod(0.024, 0.26, (x, -0.3, z), GREY, segments=8)
    ram.hose(sag((-0.3, 0.34, 0.2), (-0.56, 0.48, -0.3), 0.1), 0.02, BLACK)
    ram.hose(sag((0.3, 0.34, 0.2), (0.56, 0.48, -0.3), 0.1), 0.02, BLACK)
    ram.slides("y", [(0, 0), (0.12, 0), (0.25, -0.16), (0.85, -0.16), (1, 0)])
    for number, (x, z) in enumerate(places, 1):
        spindle = ram.child(f"spindle{number}", x, -0.44, z)
        spindle.rod(0.016, 0.14, (0.0, 0.0, 0.0), BRIGHT, segments=6)
        spindle.turns("y", [(0, 0), (0.25, 0), (0.65, -6 * math.pi), (0.83, -6.5 * math.pi), (1, -6.5 * math.pi)])
    cabinet(root, -0.62, -0.92, 0.95, 1.9, 0.36, 2, math.pi)
    cabinet(root, 0.48, -0.92, 0.75, 1.9, 0.36, 1, math.pi)
    return root


def op50() -> Part:
    """A bright manual bench: screens with the work instruction, tool balancer, bins, and the person who works here."""
    root = station("OP50", height=2.3, back=-1.05, front=0.5, has_front_guard=False, panel_x=1.0)
    root.box((1.5, 0.04, 0.34), (-0.25, 0.95, -0.66), WHITE, bevel=0.008)
    for x in (-0.9, 0.4):
        root.box((0.05, 0.95, 0.3), (x, 0.48, -0.66), GREY)
    for row, y in enumerate((1.12, 1.34)):
        root.box((1.5, 0.015, 0.28), (-0.25, y - 0.06, -0.8), GREY, bevel=0.0)
        for k in range(6):
            _bin(root.placed(-0.86 + 0.245 * k, y, -0.78), ACCENT_LIGHT if (k + row) % 3 else PANEL)
    for x, turn in ((-0.62, 0.18), (0.12, -0.18)):
        hand = root.placed(x, 1.78, -0.72, turn)
        hand.box((0.05, 0.5, 0.05), (0.0, 0.1, -0.06), GREY)
        screen(hand, 0.56, 0.34, 5)
    beam(root, (-1.0, 2.16, 0.1), (1.0, 2.16, 0.1), 0.06, ACCENT)
    balancer = root.child("tool", 0.42, 2.08, 0.1)
    balancer.rod(0.09, 0.07, (0.0, -0.02, -0.035), ACCENT_DARK, "z", 16)
    balancer.rod(0.005, 0.5, (0.0, -0.55, 0.0), STEEL, segments=6)
    balancer.rod(0.026, 0.26, (0.0, -0.83, 0.0), DARK, segments=10)
    balancer.rod(0.012, 0.07, (0.0, -0.9, 0.0), BRIGHT, segments=6)
    balancer.hose([(0.0, -0.57, 0.0), (0.08, -0.45, -0.04), (0.1, -0.2, -0.06), (0.05, 0.02, -0.05)], 0.008, BLACK)
    balancer.slides("x", [(0, 0), (0.2, -0.15), (0.4, -0.4), (0.6, -0.6), (0.8, -0.3), (1, 0)])
    poses: list[tuple[float, Pose]] = [
        (0.0, (0.5, 0.5, -0.8, 0.0, -0.9, 0.0)),
        (0.3, (-0.2, 0.05, -0.5, 0.0, -1.0, 0.0)),
        (0.6, (-0.2, -0.1, -0.45, 0.0, -0.95, 1.5)),
        (1.0, (0.5, 0.5, -0.8, 0.0, -0.9, 0.0)),
    ]
    root.box((0.44, 0.4, 0.44), (0.92, 0.2, -0.75), DARK)
    nut_runner(robot(root, 0.92, 0.4, -0.75, math.pi * 0.72, poses))
    root.box((1.5, 0.015, 0.6), (-0.25, 0.008, 0.82), BLACK, bevel=0.0)
    mannequin(root.child("operator", -0.3, 0.015, 0.8, math.pi), reach=True)
    return root


def _bin(part: Part, finish: Finish) -> None:
    part.box((0.21, 0.1, 0.25), (0.0, 0.0, 0.0), finish, bevel=0.012)
    part.quad_up(-0.09, -0.11, 0.09, 0.11, 0.053, CARD)
    part.quad(0.09, 0.035, (0.0, 0.0, 0.128), WHITE)
