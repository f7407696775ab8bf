"""The plant's utilities: control cabinet, energy meter, compressor with its tank, rework bench, charger."""

from __future__ import annotations

import math

from xushi.scene.modelling import (  # fmt: skip
    ACCENT,
    ACCENT_DARK,
    ACCENT_LIGHT,
    BRIGHT,
    DARK,
    GREY,
    LAMP,
    LIGHT,
    PANEL,
    STEEL,
    WHITE,
    Part,
    dome,
    pin,
    ring,
)

from ._conveyor import DECK_M, PALLET_M, WIDTH_M, straight
from ._fittings import beam, cabinet, lettering_board, operator_panel, post, screen, sign, stack_light
from ._person import mannequin


def controller() -> Part:
    """The line PLC: two cabinets, a screen in the door, a stack light."""
    root = Part("plc1")
    cabinet(root, 0.0, 0.0, 1.6, 2.0, 0.55, 2)
    screen(root.placed(-0.4, 1.45, 0.3), 0.34, 0.22, 4)
    lettering_board(root.placed(0.4, 1.75, 0.3), "PLC1", 0.1, WHITE, ACCENT_DARK)
    for k in range(3):
        root.rod(0.018, 0.02, (0.28 + 0.12 * k, 1.4, 0.29), ACCENT, "z", 10)
    root.box((0.5, 0.1, 0.4), (0.4, 2.05, 0.0), PANEL, bevel=0.015)
    stack_light(root, -0.62, 2.0, 0.1)
    return root


def meter() -> Part:
    """The main energy meter: a cabinet with a display, three current transformers and the cable entry."""
    root = Part("em1")
    cabinet(root, 0.0, 0.0, 0.8, 2.0, 0.5)
    root.box((0.3, 0.3, 0.05), (0.0, 1.5, 0.28), DARK, bevel=0.012)
    screen(root.placed(0.0, 1.53, 0.3), 0.22, 0.15, 3)
    for k in range(4):
        root.rod(0.014, 0.016, (-0.09 + 0.06 * k, 1.39, 0.3), GREY, "z", 8)
    lettering_board(root.placed(0.0, 1.75, 0.29), "EM1", 0.09, WHITE, ACCENT_DARK)
    for k in range(3):
        root.rod(0.05, 0.5, (-0.2 + 0.2 * k, 2.0, -0.08), DARK, segments=12)
        root.add(ring(0.085, 0.052, 0.05, 16), GREY, (-0.2 + 0.2 * k, 2.12, -0.08))
    root.child("lamp", 0.26, 1.5, 0.29).rod(0.024, 0.02, (0.0, 0.0, 0.0), LAMP, "z", 12)
    return root


def compressor() -> Part:
    """A screw compressor in its cabinet beside an upright receiver, with dryer piping, gauge and fan."""
    root = Part("cmp1")
    root.box((1.5, 0.1, 1.1), (-0.4, 0.05, 0.0), DARK)
    root.box((1.46, 1.4, 1.06), (-0.4, 0.8, 0.0), LIGHT, bevel=0.04)
    root.box((0.66, 1.1, 0.02), (-0.74, 0.8, 0.53), PANEL, bevel=0.0)
    for k in range(8):
        root.box((0.54, 0.03, 0.03), (-0.74, 0.45 + 0.09 * k, 0.545), GREY)
    screen(root.placed(-0.1, 1.2, 0.54), 0.26, 0.18, 3)
    root.box((0.5, 0.5, 0.02), (-0.05, 0.6, 0.53), ACCENT_LIGHT, bevel=0.0)
    root.add(ring(0.34, 0.3, 0.06, 24), DARK, (-0.65, 1.5, 0.0))
    fan = root.child("spindle", -0.65, 1.52, 0.0)
    fan.rod(0.07, 0.05, (0.0, 0.0, 0.0), GREY, segments=12)
    for k in range(6):
        blade = fan.placed(0.0, 0.02, 0.0, k * math.pi / 3)
        blade.box((0.22, 0.012, 0.09), (0.17, 0.0, 0.0), GREY)
    fan.turns("y", [(0, 0), (1, 8 * math.pi)])
    tank = dome(0.38, 0.16, 1.6, 24)
    root.add(tank, ACCENT_LIGHT, (0.8, 0.2, -0.1))
    for k in range(3):
        a = k * 2 * math.pi / 3 + 0.3
        root.box((0.07, 0.42, 0.07), (0.8 + 0.3 * math.cos(a), 0.21, -0.1 + 0.3 * math.sin(a)), DARK)
    for y in (0.5, 1.5):
        root.add(ring(0.387, 0.37, 0.04, 24), ACCENT, (0.8, y, -0.1))
    root.rod(0.06, 0.03, (0.8, 1.2, 0.28), WHITE, "z", 16)
    root.add(ring(0.066, 0.055, 0.034, 16).along("z"), DARK, (0.8, 1.2, 0.28))
    root.hose([(0.1, 1.5, -0.3), (0.1, 1.68, -0.3), (0.55, 1.68, -0.2), (0.8, 1.66, -0.1)], 0.035, STEEL, 8)
    root.hose([(0.8, 0.5, -0.46), (0.8, 0.5, -0.6), (0.8, 1.7, -0.6), (0.8, 1.78, -0.6)], 0.035, STEEL, 8)
    root.rod(0.05, 0.06, (0.8, 1.78, -0.1), STEEL, segments=10)
    stack_light(root, -1.0, 1.5, 0.35)
    return root


def rework() -> Part:
    """The rework bench: a turntable between two inlets and an outlet to the front, tools, screen and a person."""
    root = Part("rwk1")
    for x in (-0.82, 0.82):
        straight(root.placed(x, 0.0, 0.0), 0.76, legs=True)
    front = root.placed(0.0, 0.0, 0.82, -math.pi / 2)
    straight(front, 0.76, legs=True)
    root.rod(0.3, 0.1, (0.0, 0.0, 0.0), DARK, segments=20)
    root.rod(0.12, DECK_M - 0.2, (0.0, 0.1, 0.0), GREY, segments=14)
    root.rod(0.42, 0.05, (0.0, DECK_M - 0.12, 0.0), LIGHT, segments=28)
    roller = pin(0.03, WIDTH_M - 0.12, 7).along("z")
    for k in range(5):
        root.add(roller, STEEL, (-0.26 + 0.13 * k, DECK_M - 0.03, -(WIDTH_M - 0.12) / 2))
    root.child("carrier", 0.0, PALLET_M, 0.0)
    for x in (-1.0, 1.0):
        post(root, x, -1.05, 2.1)
    beam(root, (-0.96, 2.06, -1.05), (0.96, 2.06, -1.05))
    beam(root, (0.0, 2.06, -1.0), (0.0, 2.06, 0.2), 0.08, ACCENT)
    hoist = root.child("ram", 0.0, 2.0, 0.1)
    hoist.box((0.16, 0.12, 0.16), (0.0, -0.06, 0.0), ACCENT_DARK, bevel=0.02)
    hoist.rod(0.006, 0.4, (0.0, -0.5, 0.0), STEEL, segments=6)
    hoist.rod(0.024, 0.2, (0.0, -0.68, 0.0), DARK, segments=10)
    hoist.rod(0.012, 0.06, (0.0, -0.74, 0.0), BRIGHT, segments=6)
    root.box((1.9, 0.04, 0.4), (0.0, 0.95, -0.86), WHITE, bevel=0.008)
    root.box((1.86, 0.6, 0.02), (0.0, 1.5, -1.06), PANEL, bevel=0.0)
    for k in range(7):
        root.box((0.03, 0.24 + 0.04 * (k % 3), 0.02), (-0.8 + 0.13 * k, 1.5, -1.03), DARK if k % 2 else STEEL)
    screen(root.placed(0.5, 1.5, -1.0), 0.5, 0.32, 5)
    for x in (-0.9, 0.9):
        root.box((0.05, 0.93, 0.34), (x, 0.47, -0.86), GREY)
    sign(root, -0.5, 2.24, -1.05, "RWK1")
    stack_light(root, 1.0, 2.1, -1.05)
    mannequin(root.child("operator", -0.75, 0.0, -0.55, 0.9), reach=True)
    return root


def station_panel() -> Part:
    """The operator panel as a model of its own."""
    root = Part("panel")
    operator_panel(root, 0.0, 0.0)
    return root
