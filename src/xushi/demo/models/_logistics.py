"""Vehicles, racks, boxes and pallets: what brings the parts to the line."""

from __future__ import annotations

import math

from xushi.scene.modelling import (
    ACCENT,
    ACCENT_DARK,
    ACCENT_LIGHT,
    BLACK,
    CARD,
    DARK,
    GREY,
    LAMP,
    LIGHT,
    PANEL,
    SCREEN,
    STEEL,
    WHITE,
    WOOD,
    Finish,
    Part,
    extrude,
    rounded,
)

from ._fittings import lettering_board, mesh_fence, screen
from ._person import mannequin


def agv(title: str) -> Part:
    """A low deck vehicle, 1.5 by 0.84 m, driving towards +X: lift deck, scanners, bumper, light band, mast."""
    root = Part(title.lower())
    hull = extrude(rounded(1.5, 0.84, 0.14, 5), 0.2, 0.02).turned("x", -math.pi / 2)
    root.add(hull, LIGHT, (0.0, 0.1, 0.0))
    skirt = extrude(rounded(1.54, 0.88, 0.16, 5), 0.09, 0.01).turned("x", -math.pi / 2)
    root.add(skirt, BLACK, (0.0, 0.04, 0.0))
    for side in (-1, 1):
        root.rod(0.075, 0.06, (0.0, 0.0755, side * 0.4 - 0.03), DARK, "z", 16)
        for x in (-0.55, 0.55):
            root.rod(0.045, 0.05, (x, 0.046, side * 0.3 - 0.025), DARK, "z", 12)
        root.box((0.8, 0.05, 0.01), (0.0, 0.2, side * 0.421), ACCENT_DARK)
    for x, z in ((0.68, 0.34), (-0.68, -0.34)):
        root.rod(0.06, 0.09, (x, 0.17, z), BLACK, segments=14)
        root.rod(0.05, 0.03, (x, 0.26, z), ACCENT, segments=14)
    deck = root.child("deck", 0.0, 0.3, 0.0)
    deck.box((1.1, 0.05, 0.72), (0.0, 0.035, 0.0), DARK, bevel=0.012)
    for x in (-0.4, 0.0, 0.4):
        deck.box((0.06, 0.012, 0.6), (x, 0.066, 0.0), BLACK)
    deck.child("carrier", 0.0, 0.062, 0.0)
    root.box((0.1, 0.55, 0.3), (-0.66, 0.55, 0.0), LIGHT, bevel=0.02)
    screen(root.placed(-0.715, 0.68, 0.0, -math.pi / 2), 0.2, 0.14, 3)
    root.rod(0.035, 0.03, (-0.66, 0.82, 0.09), BLACK, segments=12)
    lamp = root.child("lamp", 0.0, 0.275, 0.0)
    band = extrude(rounded(1.515, 0.855, 0.145, 4), 0.018, 0.0).turned("x", -math.pi / 2)
    lamp.add(band, LAMP)
    lamp.rod(0.04, 0.06, (-0.66, 0.55, -0.06), LAMP, segments=12)
    lettering_board(root.placed(0.28, 0.2, 0.428), title, 0.07, WHITE)
    lettering_board(root.placed(-0.28, 0.2, -0.428, math.pi), title, 0.07, WHITE)
    return root


def tote(part: Part, finish: Finish, width: float = 0.36, depth: float = 0.5, height: float = 0.22) -> None:
    """A stacking box with a rim and something in it; its base centre is the part's origin."""
    part.box((width, height * 0.86, depth), (0.0, height * 0.43, 0.0), finish, bevel=0.012)
    part.box((width + 0.03, height * 0.14, depth + 0.03), (0.0, height * 0.9, 0.0), finish, bevel=0.008)
    part.quad_up(
        -width / 2 + 0.025, -depth / 2 + 0.025, width / 2 - 0.025, depth / 2 - 0.025, height * 0.97 + 0.004, CARD
    )
    part.quad(0.12, 0.06, (0.0, height * 0.45, depth / 2 + 0.003), WHITE)


def container() -> Part:
    """A load of parts: a plastic pallet with four boxes."""
    root = Part("container")
    euro_pallet(root, 0.8, 0.6)
    for x in (-0.19, 0.19):
        tote(root.placed(x, 0.13, 0.0), PANEL)
        tote(root.placed(x, 0.35, 0.0), ACCENT_LIGHT)
    return root


def kit() -> Part:
    """A picked kit: one flat tray with the parts of one engine in their places."""
    root = Part("kit")
    root.box((0.78, 0.05, 0.56), (0.0, 0.025, 0.0), DARK, bevel=0.01)
    root.box((0.74, 0.05, 0.52), (0.0, 0.055, 0.0), PANEL, bevel=0.01)
    for k in range(4):
        root.rod(0.042, 0.06, (-0.27 + 0.1 * k, 0.08, -0.16), STEEL, segments=12)
        root.box((0.03, 0.03, 0.16), (-0.27 + 0.1 * k, 0.095, 0.0), GREY)
    for z in (0.12, 0.2):
        root.rod(0.018, 0.44, (-0.32, 0.1, z), STEEL, "x", 10)
    root.rod(0.07, 0.04, (0.24, 0.08, 0.1), DARK, segments=16)
    root.box((0.18, 0.04, 0.24), (0.25, 0.1, -0.12), ACCENT, bevel=0.01)
    return root


def euro_pallet(part: Part, length: float = 1.2, width: float = 0.8) -> None:
    """A flat pallet of boards and blocks, its base on the floor."""
    for k in range(5):
        z = -width / 2 + 0.06 + (width - 0.12) * k / 4
        part.box((length, 0.02, 0.12), (0.0, 0.115, z), WOOD)
    for x in (-length / 2 + 0.06, 0.0, length / 2 - 0.06):
        part.box((0.11, 0.022, width), (x, 0.093, 0.0), WOOD)
        for z in (-width / 2 + 0.05, 0.0, width / 2 - 0.05):
            part.box((0.11, 0.07, 0.1), (x, 0.046, z), WOOD)


def pallet_with_boxes() -> Part:
    root = Part("pallet")
    loaded_pallet(root)
    return root


def loaded_pallet(root: Part) -> None:
    euro_pallet(root)
    for layer in range(2):
        for x in (-0.39, 0.0, 0.39):
            for z in (-0.2, 0.2):
                root.box((0.37, 0.28, 0.38), (x, 0.27 + 0.285 * layer, z), CARD, bevel=0.008)
                root.quad_up(x - 0.03, z - 0.19, x + 0.03, z + 0.19, 0.414 + 0.285 * layer, LIGHT)


def store() -> Part:
    """The parts store: two pallet racks with an aisle between them and a hand-over roller table at −Z."""
    root = Part("ps1")
    for x in (-1.25, 1.25):
        _rack(root.placed(x, 0.0, 0.25), 6.6, 0.95, (0.15, 1.15, 2.15), seed=3 if x < 0 else 5)
    root.box((1.0, 0.06, 1.1), (0.0, 0.42, -3.1), GREY)
    for k in range(8):
        root.rod(0.03, 0.9, (-0.45, 0.48, -3.56 + 0.13 * k), STEEL, "x", 10)
    for x in (-0.42, 0.42):
        for z in (-3.55, -2.65):
            root.box((0.06, 0.4, 0.06), (x, 0.2, z), DARK)
    crane = root.child("carrier", 0.0, 0.0, -1.2)
    crane.box((0.7, 0.16, 0.6), (0.0, 0.1, 0.0), DARK, bevel=0.02)
    for x in (-0.26, 0.26):
        crane.box((0.09, 3.0, 0.12), (x, 1.6, 0.0), ACCENT)
    crane.box((0.62, 0.1, 0.16), (0.0, 3.1, 0.0), ACCENT)
    crane.box((0.5, 0.06, 0.7), (0.0, 0.75, 0.0), LIGHT)
    tote(crane.placed(0.0, 0.78, 0.0), PANEL)
    root.slab((-0.04, 0.0, -2.4), (0.04, 0.04, 3.4), STEEL)
    crane.slides("z", [(0, 0), (0.45, 3.6), (0.55, 3.6), (1, 0)])
    mesh_fence(root, (-0.75, 3.6), (0.75, 3.6), 2.2)
    lettering_board(root.placed(0.0, 3.0, -3.05, math.pi), "PS1", 0.2, WHITE, ACCENT_DARK)
    root.box((2.6, 0.08, 0.08), (0.0, 2.86, -3.02), ACCENT_DARK)
    return root


def _rack(part: Part, length: float, depth: float, shelves: tuple[float, ...], seed: int) -> None:
    """A pallet rack along Z: uprights, beams, boxes in most places (which ones, by a fixed pattern)."""
    bays = 3
    for k in range(bays + 1):
        z = -length / 2 + length * k / bays
        for x in (-depth / 2 + 0.05, depth / 2 - 0.05):
            part.box((0.09, 3.0, 0.08), (x, 1.5, z), ACCENT_DARK, bevel=0.0)
        for y in (0.4, 1.5, 2.6):
            part.box((depth - 0.1, 0.04, 0.03), (0.0, y, z), ACCENT_DARK)
    for level, y in enumerate(shelves):
        for x in (-depth / 2 + 0.04, depth / 2 - 0.04):
            part.box((0.05, 0.11, length), (x, y, 0.0), ACCENT, bevel=0.0)
        part.box((depth - 0.1, 0.02, length - 0.1), (0.0, y + 0.06, 0.0), GREY)
        for k in range(9):
            z = -length / 2 + length * (k + 0.5) / 9
            kind = (k * 7 + level * 3 + seed) % 5
            if kind == 0:
                continue
            tall = (0.0, 0.5, 0.34, 0.58, 0.42)[kind]
            finish = (CARD, ACCENT_LIGHT, PANEL, CARD, GREY)[kind]
            part.box((0.74, tall, 0.58), (0.0, y + 0.07 + tall / 2, z), finish, bevel=0.012)
            side = 1 if seed == 3 else -1
            part.quad(0.16, 0.09, (side * 0.373, y + 0.07 + tall * 0.5, z), WHITE, side * math.pi / 2)
            part.quad(0.56, 0.012, (side * 0.373, y + 0.07 + tall * 0.85, z), DARK, side * math.pi / 2)


def kitting_rack(bins: int) -> Part:
    """The pick-to-light rack facing +Z: two sloped rows of bins, each with a lamp, a cart, a screen and the picker."""
    root = Part("kit1")
    for x in (-1.9, -0.63, 0.63, 1.9):
        for z in (-0.5, 0.12):
            root.box((0.06, 2.05 if z < 0 else 1.55, 0.06), (x, 1.03 if z < 0 else 0.78, z), ACCENT_DARK)
        root.box((0.06, 0.06, 0.6), (x, 0.2, -0.19), ACCENT_DARK)
    columns = (bins + 1) // 2
    for row, y in enumerate((0.85, 1.38)):
        z = -0.12 - 0.14 * row
        root.box((3.84, 0.05, 0.5), (0.0, y - 0.03, z), GREY)
        root.box((3.84, 0.075, 0.03), (0.0, y - 0.03, z + 0.265), LIGHT)
        for column in range(columns):
            number = row * columns + column + 1
            if number > bins:
                break
            x = -1.9 + 3.8 * (column + 0.5) / columns
            _pick_bin(root, number, x, y, z)
    root.box((3.9, 0.24, 0.05), (0.0, 2.0, -0.5), ACCENT_DARK)
    lettering_board(root.placed(-1.3, 2.0, -0.47), "KIT1", 0.14, WHITE)
    hand = root.placed(1.35, 1.86, -0.3, -0.15)
    screen(hand, 0.5, 0.32, 4)
    for k in range(5):
        tote(root.placed(-1.5 + 0.75 * k, 0.24, -0.19), PANEL if k % 2 else ACCENT_LIGHT, 0.5, 0.5, 0.3)
    mannequin(root.child("operator", 0.55, 0.0, 0.95, math.pi), reach=True)
    return root


def _pick_bin(root: Part, number: int, x: float, y: float, z: float) -> None:
    box = root.child(f"bin{number}", x, y, z)
    for side in (-1, 1):
        box.box((0.014, 0.2, 0.42), (side * 0.27, 0.11, 0.0), ACCENT_LIGHT)
    box.box((0.55, 0.2, 0.014), (0.0, 0.11, -0.2), ACCENT_LIGHT)
    box.box((0.55, 0.11, 0.014), (0.0, 0.065, 0.2), ACCENT_LIGHT)
    box.box((0.54, 0.07, 0.4), (0.0, 0.045, 0.0), CARD if number % 2 else GREY)
    for k in range(3):
        box.box((0.12, 0.06, 0.12), (-0.16 + 0.16 * k, 0.1, 0.05 * (k % 2)), STEEL, bevel=0.0)
    root.box((0.2, 0.045, 0.02), (x, y - 0.03, z + 0.285), SCREEN)
    lamp = root.child(f"lamp{number}", x + 0.16, y - 0.03, z + 0.28)
    lamp.rod(0.026, 0.03, (0.0, 0.0, 0.0), LAMP, "z", 12)
