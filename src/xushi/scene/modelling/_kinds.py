"""A sensible model for a machine that brings none, by its kind: recognisable, small, the same bytes every time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache

from ._glb import write_glb
from ._palette import ACCENT, ACCENT_DARK, BLACK, DARK, GREY, IRON, LAMP, LIGHT, PANEL, SCREEN, STEEL, WHITE
from ._part import Part
from ._robot import gripper, robot
from ._shapes import dome, pin, turned


@cache
def model_of_kind(kind: str) -> bytes:
    """Return the binary glTF of a kind of machine; what is not known looks like a `machine`."""
    return write_glb(KINDS.get(kind, machine)())


def machine() -> Part:
    """An enclosed machine tool: base, cabin with window and door, screen on an arm, lamp."""
    root = Part("machine")
    root.box((2.4, 0.3, 1.5), (0.0, 0.15, 0.0), DARK, bevel=0.02)
    root.box((2.3, 1.5, 1.4), (0.0, 1.05, -0.02), LIGHT, bevel=0.04)
    root.box((1.0, 0.9, 0.03), (-0.2, 1.15, 0.69), SCREEN, bevel=0.01)
    root.box((0.03, 0.9, 0.05), (-0.2, 1.15, 0.72), STEEL, bevel=0.005)
    root.box((2.3, 0.16, 0.03), (0.0, 0.42, 0.69), ACCENT, bevel=0.005)
    root.box((0.5, 0.5, 1.2), (0.85, 2.0, -0.05), PANEL, bevel=0.03)
    root.rod(0.03, 0.35, (0.75, 1.3, 0.68), GREY, "z")
    root.box((0.42, 0.5, 0.06), (0.75, 1.3, 1.05), BLACK, bevel=0.015)
    root.quad(0.36, 0.28, (0.75, 1.38, 1.081), SCREEN)
    _lamp(root, -1.0, 1.8, 0.5)
    return root


def arm() -> Part:
    """A six-axis robot with a gripper, reaching out."""
    root = Part("robot")
    rest = (0.0, -0.5, 0.1, 0.0, -1.1, 0.0)
    gripper(robot(root, 0.0, 0.0, 0.0, poses=[(0.0, rest), (1.0, rest)]))
    return root


def conveyor() -> Part:
    """Three metres of roller conveyor on legs with a drive."""
    root = Part("conveyor")
    length, width, deck = 3.0, 0.72, 0.75
    for side in (-1, 1):
        root.box((length, 0.14, 0.04), (0.0, deck - 0.05, side * (width / 2 - 0.02)), LIGHT, bevel=0.008)
        for x in (-1.3, 0.0, 1.3):
            root.box((0.07, deck - 0.1, 0.05), (x, (deck - 0.1) / 2, side * (width / 2 - 0.05)), GREY)
    roller = pin(0.03, width - 0.08, 7).along("z")
    for k in range(21):
        root.add(roller, STEEL, (-length / 2 + (k + 0.5) * length / 21, deck - 0.03, -(width - 0.08) / 2))
    root.rod(0.09, 0.3, (0.5, deck - 0.25, 0.3), DARK, "z", 14)
    return root


def pump() -> Part:
    """A pump and its motor on a frame, with suction and pressure flange."""
    root = Part("pump")
    root.box((1.3, 0.1, 0.5), (0.0, 0.05, 0.0), DARK, bevel=0.015)
    root.rod(0.2, 0.55, (-0.55, 0.42, 0.0), ACCENT, "x", 18)
    for k in range(5):
        root.rod(0.215, 0.03, (-0.48 + k * 0.1, 0.42, 0.0), ACCENT_DARK, "x", 18)
    for x in (-0.4, 0.35):
        root.box((0.12, 0.2, 0.3), (x, 0.18, 0.0), GREY)
    root.rod(0.05, 0.2, (0.0, 0.42, 0.0), STEEL, "x", 10)
    root.rod(0.24, 0.22, (0.2, 0.42, 0.0), LIGHT, "x", 20)
    root.rod(0.1, 0.2, (0.42, 0.42, 0.0), LIGHT, "x", 16)
    root.rod(0.15, 0.03, (0.62, 0.42, 0.0), IRON, "x", 16)
    root.rod(0.08, 0.35, (0.31, 0.55, 0.0), LIGHT, "y", 14)
    root.rod(0.14, 0.03, (0.31, 0.9, 0.0), IRON, "y", 16)
    return root


def tank() -> Part:
    """A standing vessel on three legs with nozzles, a manhole and a level glass."""
    root = Part("tank")
    root.add(dome(0.75, 0.28, 2.2, 24), LIGHT, (0.0, 0.5, 0.0))
    for k in range(3):
        turn = k * 2 * math.pi / 3 + 0.5
        root.box((0.1, 0.85, 0.1), (0.66 * math.cos(turn), 0.425, 0.66 * math.sin(turn)), GREY)
    root.rod(0.05, 0.5, (0.0, 0.1, 0.0), STEEL, "y", 10)
    root.rod(0.22, 0.1, (0.2, 2.6, 0.1), PANEL, "y", 18)
    root.rod(0.06, 0.25, (-0.35, 2.55, 0.0), STEEL, "y", 10)
    root.rod(0.025, 1.4, (0.0, 0.9, 0.78), STEEL, "y", 8)
    root.box((0.5, 0.3, 0.02), (0.0, 1.7, 0.755), ACCENT_DARK)
    return root


def cabinet() -> Part:
    """A control cabinet of two doors with handles, a screen and a lamp."""
    root = Part("cabinet")
    root.box((1.2, 0.1, 0.5), (0.0, 0.05, 0.0), DARK, bevel=0.01)
    root.box((1.2, 1.9, 0.5), (0.0, 1.05, 0.0), LIGHT, bevel=0.015)
    for side in (-1, 1):
        root.box((0.57, 1.8, 0.02), (side * 0.295, 1.05, 0.255), WHITE, bevel=0.008)
        root.box((0.03, 0.2, 0.03), (side * 0.05, 1.05, 0.28), BLACK)
        root.box((0.3, 0.02, 0.012), (side * 0.3, 0.4, 0.268), GREY)
        root.box((0.3, 0.02, 0.012), (side * 0.3, 0.36, 0.268), GREY)
    root.box((0.3, 0.2, 0.02), (0.3, 1.5, 0.27), BLACK)
    root.quad(0.26, 0.16, (0.3, 1.5, 0.2815), SCREEN)
    _lamp(root, -0.45, 2.0, 0.0)
    return root


def sensor() -> Part:
    """A field instrument on a stand: housing with a display, cable gland, probe."""
    root = Part("sensor")
    root.add(turned([(0.2, 0.0), (0.2, 0.02), (0.05, 0.04)], 18), DARK)
    root.rod(0.03, 1.1, (0.0, 0.03, 0.0), STEEL, "y", 12)
    root.rod(0.12, 0.16, (0.0, 1.2, -0.08), ACCENT, "z", 20)
    root.rod(0.1, 0.02, (0.0, 1.2, 0.08), BLACK, "z", 20)
    root.disc(0.08, (0.0, 1.2, 0.1015), SCREEN, segments=16)
    root.rod(0.035, 0.14, (0.0, 1.3, 0.0), GREY, "y", 10)
    root.rod(0.025, 0.3, (0.12, 1.2, 0.0), STEEL, "x", 10)
    return root


def vehicle() -> Part:
    """A low driverless vehicle with a load deck, scanners and wheels."""
    root = Part("vehicle")
    root.box((1.5, 0.24, 0.8), (0.0, 0.2, 0.0), LIGHT, bevel=0.05)
    root.box((1.35, 0.05, 0.7), (0.0, 0.345, 0.0), DARK, bevel=0.012)
    root.box((1.52, 0.05, 0.82), (0.0, 0.13, 0.0), ACCENT_DARK, bevel=0.01)
    for sx in (-1, 1):
        for sz in (-1, 1):
            root.rod(0.08, 0.06, (sx * 0.5, 0.08, sz * 0.36 - 0.03), BLACK, "z", 14)
    root.rod(0.07, 0.07, (0.66, 0.24, 0.3), BLACK, "y", 14)
    root.rod(0.07, 0.07, (-0.66, 0.24, -0.3), BLACK, "y", 14)
    root.box((0.02, 0.05, 0.5), (0.76, 0.22, 0.0), LAMP, bevel=0.0)
    return root


def _lamp(root: Part, x: float, y: float, z: float) -> None:
    root.rod(0.02, 0.2, (x, y, z), GREY, "y", 8)
    root.rod(0.04, 0.18, (x, y + 0.2, z), LAMP, "y", 12)


KINDS: Mapping[str, Callable[[], Part]] = {
    "machine": machine, "robot": arm, "conveyor": conveyor, "pump": pump, "tank": tank, "cabinet": cabinet,
    "sensor": sensor, "vehicle": vehicle,
}  # fmt: skip
