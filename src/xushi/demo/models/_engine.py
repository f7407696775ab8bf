"""The engine on its pallet at the eleven stages of assembly, 0 (empty pallet) to 10 (finished).

Origin: middle of the pallet's top face. The crank axis lies along X, the timing side towards −X. Until the pistons go
in, the block lies deck down so that the crankshaft can be laid into it, as on a real line.
"""

from __future__ import annotations

import math

from xushi.scene.modelling import (
    ACCENT,
    ACCENT_LIGHT,
    BLACK,
    BRIGHT,
    CAST,
    DARK,
    GREY,
    GUNMETAL,
    IRON,
    LIGHT,
    PANEL,
    STEEL,
    WHITE,
    Part,
    cylinder,
    extrude,
    pin,
    rounded,
    turned,
)

from ._lettering import lettering

STAGES = 11
_LENGTH = 0.44
_PITCH = 0.096
_BORES = [_PITCH * (k - 1.5) for k in range(4)]
_MAINS = [_PITCH * (k - 2.0) for k in range(5)]
_CRANK_Y = 0.045
_DECK_Y = 0.3
_STAND_M = 0.2  # fixture posts lift the block above the pallet, which leaves room for crank and sump


def engine(stage: int) -> Part:
    root = Part("engine")
    pallet(root)
    if stage >= 1:
        is_inverted = stage <= 2
        block = (
            root.placed(0.0, _STAND_M + _DECK_Y, 0.0, math.pi, "x") if is_inverted else root.placed(0.0, _STAND_M, 0.0)
        )
        _fixture(root, is_inverted)
    else:
        _fixture(root, False)
    for first, last, build in _ADDITIONS:
        if first <= stage <= last:
            build(block)
    return root


def engine_on_show() -> Part:
    """The finished engine on a display stand, its product shell's picture in the scene."""
    root = Part("engine-on-show")
    root.box((1.3, 0.12, 1.1), (0.0, 0.06, 0.0), DARK, bevel=0.02)
    root.box((1.0, 0.7, 0.8), (0.0, 0.47, 0.0), LIGHT, bevel=0.03)
    lettering(root.placed(0.0, 0.5, 0.404), "E15", 0.22, ACCENT)
    shown = root.placed(0.0, 0.92, 0.0)
    pallet(shown)
    _fixture(shown, False)
    for first, last, build in _ADDITIONS:
        if first <= STAGES - 1 <= last:
            build(shown.placed(0.0, _STAND_M, 0.0))
    return root


def pallet(part: Part) -> None:
    """The workpiece carrier: a plate with a wear frame, grips, locating bushes and a data tag."""
    part.box((0.62, 0.05, 0.56), (0.0, -0.03, 0.0), GREY, bevel=0.01)
    part.box((0.56, 0.012, 0.5), (0.0, -0.005, 0.0), PANEL, bevel=0.003)
    for side in (-1, 1):
        part.box((0.6, 0.045, 0.05), (0.0, -0.0755, side * 0.24), DARK, bevel=0.006)
        part.box((0.02, 0.03, 0.3), (side * 0.318, -0.03, 0.0), BLACK, bevel=0.006)
        part.rod(0.022, 0.01, (side * 0.25, 0.0, 0.21), BRIGHT)
    part.box((0.07, 0.05, 0.012), (0.2, -0.03, 0.284), BLACK, bevel=0.004)


def _fixture(part: Part, is_inverted: bool) -> None:
    reach = 0.1 if is_inverted else 0.135
    for sx in (-1, 1):
        for sz in (-1, 1):
            part.rod(0.017, _STAND_M, (sx * 0.19, 0.0, sz * reach), STEEL, segments=10)
            part.box((0.07, 0.02, 0.07), (sx * 0.19, 0.011, sz * reach), DARK, bevel=0.005)


def _block(part: Part) -> None:
    """Open skirt with five bearing walls below, cylinder bank with four bores above."""
    half = _LENGTH / 2
    part.slab((-half, 0.125, -0.1), (half, _DECK_Y, 0.1), CAST, bevel=0.008)
    for side in (-1, 1):
        part.slab((-half, 0.0, side * 0.148), (half, 0.14, side * 0.128), CAST)
        part.slab((-half, 0.12, side * 0.148), (half, 0.142, side * 0.09), CAST)
        part.slab((-half, -0.006, side * 0.158), (half, 0.012, side * 0.125), CAST, bevel=0.003)
        for x in _MAINS:
            part.add(pin(0.009, 0.13, 4), CAST, (x, 0.005, side * 0.15))
            part.add(pin(0.01, 0.15, 4), CAST, (x, 0.138, side * 0.101))
        for x in _BORES:
            part.disc(0.02, (x, 0.215, side * 0.102), IRON, 0.0 if side > 0 else math.pi)
    _bell_flange(part)
    part.slab((-0.06, 0.03, 0.148), (0.07, 0.1, 0.185), CAST, bevel=0.012)
    part.rod(0.04, 0.03, (0.005, 0.065, 0.175), CAST, "z", 14)
    part.slab((-0.18, 0.17, -0.14), (-0.08, 0.25, -0.095), CAST, bevel=0.012)
    part.slab((-half, _DECK_Y, -0.1), (half, _DECK_Y + 0.004, 0.1), BRIGHT)


def _bearing_walls(part: Part) -> None:
    for x in _MAINS:
        wall = [(-0.13, 0.0), (-0.045, 0.0), (-0.045, _CRANK_Y)]
        wall += [
            (0.034 * math.cos(a), _CRANK_Y + 0.034 * math.sin(a)) for a in (math.pi * (1 - k / 8) for k in range(9))
        ]
        wall += [(0.045, _CRANK_Y), (0.045, 0.0), (0.13, 0.0), (0.13, 0.126), (-0.13, 0.126)]
        web = extrude(wall, 0.02, 0.0).turned("y", math.pi / 2).moved(x - 0.01, 0.0, 0.0)
        part.add(web, CAST)


def _end_walls(part: Part) -> None:
    for x in (_MAINS[0], _MAINS[-1]):
        part.slab((x - 0.01, 0.0, -0.13), (x + 0.01, 0.126, 0.13), CAST)
    part.slab((-_LENGTH / 2 + 0.02, 0.006, -0.13), (_LENGTH / 2 - 0.02, 0.01, 0.13), GUNMETAL)


def _deck(part: Part) -> None:
    for x in _BORES:
        part.disc_up(0.044, (x, _DECK_Y + 0.006, 0.0), STEEL)
        part.disc_up(0.0385, (x, _DECK_Y + 0.008, 0.0), BLACK)
    for x in _MAINS:
        for side in (-1, 1):
            part.disc_up(0.007, (x, _DECK_Y + 0.006, side * 0.082), GUNMETAL, 6)


def _bell_flange(part: Part) -> None:
    outline = [
        (-0.17, -0.01),
        (0.17, -0.01),
        (0.19, 0.06),
        (0.165, 0.17),
        (0.1, 0.24),
        (-0.1, 0.24),
        (-0.165, 0.17),
        (-0.19, 0.06),
    ]
    part.add(extrude(outline, 0.016, 0.004).turned("y", math.pi / 2), CAST, (_LENGTH / 2 - 0.004, 0.0, 0.0))
    part.rod(0.075, 0.004, (_LENGTH / 2 + 0.011, _CRANK_Y + 0.02, 0.0), GUNMETAL, "x", 18)


def crankshaft(part: Part) -> None:
    """Five main journals, four pins at 0-180-180-0 degrees, eight webs, nose and flange; its axis is the frame's X."""
    part.rod(0.026, _LENGTH + 0.02, (-_LENGTH / 2 - 0.01, 0.0, 0.0), BRIGHT, "x", 16)
    part.rod(0.016, 0.07, (-_LENGTH / 2 - 0.075, 0.0, 0.0), STEEL, "x", 12)
    part.rod(0.042, 0.016, (_LENGTH / 2 - 0.001, 0.0, 0.0), BRIGHT, "x", 18)
    web = [
        (-0.022, 0.052),
        (-0.03, 0.0),
        (-0.056, -0.018),
        (-0.05, -0.045),
        (-0.026, -0.064),
        (0.026, -0.064),
        (0.05, -0.045),
        (0.056, -0.018),
        (0.03, 0.0),
        (0.022, 0.052),
    ]
    for number, x in enumerate(_BORES):
        sign = 1.0 if number in (0, 3) else -1.0
        part.rod(0.022, 0.05, (x - 0.025, sign * 0.036, 0.0), BRIGHT, "x", 14)
        for dx in (-0.031, 0.019):
            plate = extrude(list(reversed(web)), 0.012, 0.0)
            if sign < 0:
                plate = plate.turned("z", math.pi)
            part.add(plate.turned("y", math.pi / 2), STEEL, (x + dx, 0.0, 0.0))


def _crank(part: Part) -> None:
    crankshaft(part.placed(0.0, _CRANK_Y, 0.0))
    for x in _MAINS:
        part.slab((x - 0.011, -0.014, -0.045), (x + 0.011, 0.02, 0.045), IRON, bevel=0.006)
        for side in (-1, 1):
            part.rod(0.008, 0.014, (x, -0.026, side * 0.036), GUNMETAL, segments=6)


def _crank_ends(part: Part) -> None:
    part.rod(0.016, 0.09, (-_LENGTH / 2 - 0.075, _CRANK_Y, 0.0), STEEL, "x", 12)
    part.rod(0.042, 0.016, (_LENGTH / 2 - 0.001, _CRANK_Y, 0.0), BRIGHT, "x", 18)


def _pistons(part: Part) -> None:
    for x in _BORES:
        part.disc_up(0.0365, (x, _DECK_Y + 0.01, 0.0), IRON)
        part.disc_up(0.034, (x, _DECK_Y + 0.012, 0.0), BRIGHT)
        for side in (-1, 1):
            part.disc_up(0.011, (x + side * 0.014, _DECK_Y + 0.014, -0.012), STEEL, 8)


def _head(part: Part) -> None:
    half = _LENGTH / 2
    part.slab((-half, _DECK_Y + 0.004, -0.105), (half, _DECK_Y + 0.008, 0.105), GUNMETAL, bevel=0.001)
    part.slab((-half, _DECK_Y + 0.008, -0.112), (half, 0.415, 0.112), CAST, bevel=0.01)
    part.slab((-half - 0.004, 0.4, -0.13), (half + 0.004, 0.418, 0.13), CAST, bevel=0.004)


def _ports(part: Part) -> None:
    for x in _BORES:
        intake = extrude(rounded(0.062, 0.04, 0.018, 2), 0.03, 0.004)
        part.add(intake, CAST, (x, 0.36, 0.105))
        part.quad(0.042, 0.024, (x, 0.36, 0.1365), BLACK)
        exhaust = extrude(rounded(0.05, 0.05, 0.02, 2), 0.026, 0.004)
        part.add(exhaust, IRON, (x, 0.355, -0.131))
        part.disc(0.015, (x, 0.355, -0.133), BLACK, math.pi, 8)


def _head_bolts(part: Part) -> None:
    for x in _BORES:
        part.rod(0.012, 0.016, (x, 0.414, 0.0), GUNMETAL, segments=10)
    for x in _MAINS:
        for side in (-1, 1):
            part.rod(0.009, 0.012, (x * 0.96, 0.416, side * 0.075), GUNMETAL, segments=6)


def _valve_train(part: Part) -> None:
    for side in (-1, 1):
        part.rod(0.012, _LENGTH - 0.01, (-_LENGTH / 2, 0.445, side * 0.055), BRIGHT, "x", 12)
        for number, x in enumerate(_BORES):
            for offset in (-0.02, 0.02):
                lobe = extrude(
                    [
                        (0.017 * math.cos(a), 0.017 * math.sin(a) + (0.012 if math.sin(a) > 0.9 else 0.0))
                        for a in (k * math.pi / 4 for k in range(8))
                    ],
                    0.014,
                    0.0,
                )
                turned_lobe = lobe.turned("z", number * 1.57 + side * 0.6).turned("y", math.pi / 2)
                part.add(turned_lobe, STEEL, (x + offset - 0.007, 0.445, side * 0.055))
        for x in _MAINS:
            part.box((0.016, 0.036, 0.05), (x * 0.95, 0.44, side * 0.055), CAST, bevel=0.006)


def _timing_drive(part: Part) -> None:
    for side in (-1, 1):
        sprocket = turned([(0.02, -0.012), (0.05, -0.012), (0.05, 0.012), (0.02, 0.012)], 20)
        part.add(sprocket.along("x"), GUNMETAL, (-_LENGTH / 2 - 0.02, 0.445, side * 0.055))
    part.rod(0.028, 0.02, (-_LENGTH / 2 - 0.03, _CRANK_Y, 0.0), GUNMETAL, "x", 16)
    x = -_LENGTH / 2 - 0.02
    part.hose([(x, 0.43, 0.104), (x, 0.25, 0.07), (x, _CRANK_Y, 0.03)], 0.007, IRON)
    part.hose([(x, 0.43, -0.104), (x, 0.25, -0.07), (x, _CRANK_Y, -0.03)], 0.007, IRON)
    part.hose([(x, 0.496, -0.055), (x, 0.496, 0.055)], 0.007, IRON)


def _cam_cover(part: Part) -> None:
    half = _LENGTH / 2
    outline = rounded(0.25, _LENGTH + 0.004, 0.03, 3)
    part.add(extrude(outline, 0.075, 0.018).turned("x", -math.pi / 2).turned("y", math.pi / 2), DARK, (0.0, 0.418, 0.0))
    part.slab((-half + 0.02, 0.418, -0.132), (half - 0.02, 0.428, 0.132), GUNMETAL, bevel=0.003)
    for x in _MAINS:
        part.slab((x - 0.006, 0.49, -0.1), (x + 0.006, 0.497, 0.1), BLACK, bevel=0.003)
    part.rod(0.026, 0.03, (0.14, 0.485, 0.07), BLACK, segments=14)


def _timing_cover(part: Part) -> None:
    outline = [
        (-0.13, 0.0),
        (-0.06, -0.045),
        (0.06, -0.045),
        (0.13, 0.0),
        (0.135, 0.16),
        (0.11, 0.26),
        (0.135, 0.4),
        (0.115, 0.5),
        (-0.115, 0.5),
        (-0.135, 0.4),
        (-0.11, 0.26),
        (-0.135, 0.16),
    ]
    part.add(extrude(outline, 0.05, 0.014).turned("y", -math.pi / 2), CAST, (-_LENGTH / 2, 0.0, 0.0))
    for side in (-1, 1):
        part.rod(0.05, 0.01, (-_LENGTH / 2 - 0.057, 0.43, side * 0.055), CAST, "x", 18)
        for y in (0.02, 0.14, 0.25, 0.37, 0.47):
            part.rod(0.007, 0.012, (-_LENGTH / 2 - 0.056, y, side * (0.1 if y != 0.25 else 0.085)), GUNMETAL, "x", 6)
    pulley = turned(
        [
            (0.02, 0.0),
            (0.07, 0.0),
            (0.075, 0.004),
            (0.066, 0.009),
            (0.075, 0.014),
            (0.066, 0.019),
            (0.075, 0.024),
            (0.07, 0.03),
            (0.02, 0.03),
        ],
        22,
    )
    part.add(pulley.along("x"), GUNMETAL, (-_LENGTH / 2 - 0.092, _CRANK_Y, 0.0))
    part.rod(0.016, 0.012, (-_LENGTH / 2 - 0.1, _CRANK_Y, 0.0), BRIGHT, "x", 6)


def _sump(part: Part) -> None:
    part.slab((-0.216, -0.014, -0.16), (0.216, -0.004, 0.16), CAST, bevel=0.003)
    part.slab((-0.2, -0.075, -0.14), (0.2, -0.01, 0.14), CAST, bevel=0.02)
    part.slab((-0.06, -0.16, -0.125), (0.19, -0.05, 0.125), CAST, bevel=0.025)
    for k in range(5):
        part.slab((-0.04 + 0.05 * k, -0.15, -0.13), (-0.032 + 0.05 * k, -0.08, 0.13), CAST, bevel=0.003)
    part.rod(0.012, 0.014, (0.065, -0.17, 0.0), GUNMETAL, segments=6)
    filter_can = turned([(0.0, 0.0), (0.036, 0.0), (0.038, 0.01), (0.038, 0.075), (0.03, 0.09), (0.0, 0.092)], 16)
    part.add(filter_can.along("z"), ACCENT, (0.005, 0.065, 0.2))


def _intake(part: Part) -> None:
    """Runners from a plenum to the four ports, on the +Z side; the exhaust manifold on the other."""
    part.rod(0.045, _LENGTH - 0.02, (-_LENGTH / 2 + 0.02, 0.43, 0.235), DARK, "x", 16)
    for x in _BORES:
        part.hose([(x, 0.36, 0.13), (x, 0.355, 0.185), (x, 0.375, 0.225), (x, 0.42, 0.235)], 0.022, DARK, 8)
        part.box((0.07, 0.06, 0.01), (x, 0.36, 0.138), DARK, bevel=0.004)
        part.hose([(x, 0.355, -0.13), (x * 0.85, 0.34, -0.17), (x * 0.6, 0.27, -0.19)], 0.018, IRON, 8)
    part.hose([(-0.09, 0.272, -0.19), (0.09, 0.272, -0.19)], 0.024, IRON, 8)
    part.hose([(0.0, 0.27, -0.19), (0.0, 0.18, -0.185), (0.02, 0.1, -0.18)], 0.026, IRON, 8)
    part.rod(0.04, 0.05, (_LENGTH / 2 - 0.01, 0.43, 0.235), CAST, "x", 14)


def _finish(part: Part) -> None:
    """Flywheel, alternator with belt, coils, harness and nameplate."""
    part.add(
        turned(
            [
                (0.02, 0.0),
                (0.115, 0.0),
                (0.12, 0.005),
                (0.12, 0.02),
                (0.1, 0.025),
                (0.095, 0.018),
                (0.04, 0.018),
                (0.035, 0.026),
                (0.0, 0.026),
            ],
            28,
        ).along("x"),
        IRON,
        (_LENGTH / 2 + 0.016, _CRANK_Y, 0.0),
    )
    for x in _BORES:
        part.box((0.03, 0.04, 0.05), (x, 0.505, 0.0), BLACK, bevel=0.008)
    part.hose([(-0.17, 0.52, 0.03), (0.15, 0.52, 0.03), (0.2, 0.48, 0.06)], 0.009, BLACK)
    part.add(
        turned([(0.0, 0.0), (0.055, 0.0), (0.06, 0.01), (0.06, 0.1), (0.05, 0.115), (0.0, 0.115)], 18).along("x"),
        BRIGHT,
        (-_LENGTH / 2 - 0.03, 0.17, 0.2),
    )
    part.add(cylinder(0.032, 0.03, 16).along("x"), GUNMETAL, (-_LENGTH / 2 - 0.09, 0.17, 0.2))
    x = -_LENGTH / 2 - 0.077
    part.hose([(x, _CRANK_Y - 0.076, 0.0), (x, 0.14, 0.215)], 0.006, BLACK)
    part.hose([(x, _CRANK_Y + 0.06, -0.045), (x, 0.2, 0.185)], 0.006, BLACK)
    part.box((0.09, 0.05, 0.003), (-0.05, 0.46, 0.134), WHITE, bevel=0.0008)
    part.box((0.12, 0.003, 0.06), (-0.08, 0.4985, 0.06), ACCENT_LIGHT, bevel=0.0008)
    part.rod(0.01, 0.06, (0.16, 0.3, -0.115), LIGHT, segments=8)


# First and last stage at which each group of parts can be seen: what is covered later is left out of the file.
_ADDITIONS = (
    (1, 10, _block), (1, 2, _bearing_walls), (3, 10, _end_walls), (1, 3, _deck), (2, 2, _crank), (3, 10, _crank_ends),
    (3, 3, _pistons), (4, 10, _head), (4, 8, _ports), (4, 5, _head_bolts), (5, 5, _valve_train), (6, 10, _cam_cover),
    (5, 6, _timing_drive), (7, 10, _timing_cover), (8, 10, _sump), (9, 10, _intake), (10, 10, _finish),
)  # fmt: skip
