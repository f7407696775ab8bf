"""A six-axis robot of about 1.7 m reach whose joints are the nodes axis1 … axis6, and tools for its flange."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ._outline import rounded, stadium
from ._palette import ACCENT, ACCENT_DARK, BLACK, DARK, GREY, IRON, LIGHT, STEEL, WHITE
from ._part import Part
from ._shapes import ball, extrude, turned

Pose = tuple[float, float, float, float, float, float]

SHOULDER_M = 0.52  # height of axis 2 above the robot's foot
UPPER_ARM_M = 0.72
FOREARM_M = 0.68
_AXES = ("y", "z", "z", "x", "z", "x")


def robot(
    part: Part,
    x: float,
    y: float,
    z: float,
    turn_y_rad: float = 0.0,
    poses: Sequence[tuple[float, Pose]] = (),
    prefix: str = "",
) -> Part:
    """Stand a robot at a place, reaching along its +X at rest; returns the flange, whose tool points along +X.

    poses: (time 0..1, six joint angles in radians) of the cycle. At all zero the upper arm is upright and the forearm
    level.
    """
    hand = part.placed(x, y, z, turn_y_rad)
    _foot(hand)
    joints: list[Part] = []
    axis1 = part.child(f"{prefix}axis1", x, y + 0.2, z, turn_y_rad)
    _carousel(axis1)
    axis2 = axis1.child(f"{prefix}axis2", 0.12, SHOULDER_M - 0.2, 0.0)
    _upper_arm(axis2)
    axis3 = axis2.child(f"{prefix}axis3", 0.0, UPPER_ARM_M, 0.0)
    _elbow(axis3)
    axis4 = axis3.child(f"{prefix}axis4", 0.24, 0.09, 0.0)
    _forearm(axis4)
    axis5 = axis4.child(f"{prefix}axis5", FOREARM_M - 0.24, 0.0, 0.0)
    _wrist(axis5)
    axis6 = axis5.child(f"{prefix}axis6", 0.1, 0.0, 0.0)
    axis6.rod(0.05, 0.03, (0.0, 0.0, 0.0), STEEL, "x", 14)
    joints += [axis1, axis2, axis3, axis4, axis5, axis6]
    if poses:
        for number, joint in enumerate(joints):
            keys = [(t, pose[number]) for t, pose in poses]
            if any(abs(angle) > 1e-9 for _, angle in keys):
                joint.turns(_AXES[number], keys)
    return axis6


def _foot(part: Part) -> None:
    part.box((0.56, 0.03, 0.56), (0.0, 0.015, 0.0), IRON, bevel=0.006)
    for sx in (-1, 1):
        for sz in (-1, 1):
            part.rod(0.02, 0.02, (sx * 0.23, 0.03, sz * 0.23), STEEL, segments=6)
    part.add(turned([(0.21, 0.03), (0.21, 0.07), (0.185, 0.1), (0.185, 0.18), (0.17, 0.2)], 14), DARK)
    part.box((0.16, 0.12, 0.14), (-0.22, 0.11, 0.0), DARK, bevel=0.015)


def _carousel(part: Part) -> None:
    part.add(turned([(0.18, 0.0), (0.195, 0.015), (0.195, 0.1), (0.15, 0.16)], 14), LIGHT)
    cheek = rounded(0.34, 0.36, 0.13, 2)
    for side in (-1, 1):
        solid = extrude([(px + 0.09, py + 0.26) for px, py in cheek], 0.07, 0.014)
        part.add(solid, LIGHT, (0.0, 0.0, side * 0.135 - 0.035))
    part.box((0.2, 0.2, 0.22), (-0.08, 0.18, 0.0), LIGHT, bevel=0.03)
    part.rod(0.075, 0.2, (-0.12, 0.26, 0.0), DARK, "y", 14)
    part.rod(0.1, 0.06, (0.12, SHOULDER_M - 0.2, -0.23), ACCENT, "z", 14)
    part.rod(0.085, 0.16, (0.12, SHOULDER_M - 0.2, 0.17), DARK, "z", 16)


def _upper_arm(part: Part) -> None:
    outline = stadium(UPPER_ARM_M, 0.13, 0.1, 5)
    bar = extrude(outline, 0.15, 0.025).turned("z", math.pi / 2)
    part.add(bar, LIGHT, (0.0, 0.0, -0.075))
    part.add(
        extrude(stadium(UPPER_ARM_M - 0.3, 0.055, 0.045, 3), 0.012, 0.0).turned("z", math.pi / 2),
        ACCENT,
        (0.0, 0.15, 0.07),
    )
    part.hose([(-0.11, 0.02, 0.09), (-0.13, 0.25, 0.09), (-0.12, 0.5, 0.09), (-0.08, UPPER_ARM_M, 0.1)], 0.02, BLACK)


def _elbow(part: Part) -> None:
    part.rod(0.105, 0.3, (0.0, 0.0, -0.15), LIGHT, "z", 14)
    part.rod(0.085, 0.02, (0.0, 0.0, 0.15), ACCENT, "z", 14)
    part.rod(0.08, 0.12, (0.0, 0.0, -0.27), DARK, "z", 16)
    part.box((0.34, 0.18, 0.18), (0.06, 0.09, 0.0), LIGHT, bevel=0.045)
    part.rod(0.055, 0.14, (-0.24, 0.09, 0.045), DARK, "x", 12)
    part.rod(0.055, 0.14, (-0.24, 0.09, -0.045), DARK, "x", 12)


def _forearm(part: Part) -> None:
    length = FOREARM_M - 0.24
    tube = turned([(0.0, 0.0), (0.085, 0.0), (0.088, 0.02), (0.07, length * 0.7), (0.06, length - 0.1)], 16)
    part.add(tube.along("x"), LIGHT)
    for side in (-1, 1):
        cheek = extrude(stadium(0.16, 0.05, 0.055, 3), 0.03, 0.008)
        part.add(cheek, LIGHT, (length - 0.16, 0.0, side * 0.058 - 0.015))
    part.rod(0.045, 0.02, (length, 0.0, 0.072), ACCENT, "z", 14)
    part.hose([(-0.1, 0.1, 0.06), (0.08, 0.14, 0.05), (0.24, 0.12, 0.04), (length - 0.08, 0.06, 0.0)], 0.016, BLACK)


def _wrist(part: Part) -> None:
    part.add(ball(0.056, 8, 4), WHITE)
    part.rod(0.048, 0.1, (0.0, 0.0, 0.0), WHITE, "x", 14)


def gripper(flange: Part, opening: float = 0.09) -> None:
    """A two-finger gripper along +X of the flange."""
    flange.box((0.06, 0.1, 0.13), (0.06, 0.0, 0.0), DARK, bevel=0.01)
    flange.rod(0.014, 0.1, (0.06, 0.05, -0.05), GREY, "y", 8)
    for side in (-1, 1):
        flange.box((0.05, 0.045, 0.03), (0.11, 0.0, side * opening / 2), STEEL, bevel=0.005)
        flange.box((0.13, 0.035, 0.016), (0.18, 0.0, side * (opening / 2 - 0.004)), GREY, bevel=0.004)


def dispenser(flange: Part) -> None:
    """A sealant cartridge with a fine nozzle, along +X of the flange."""
    flange.box((0.05, 0.11, 0.11), (0.05, 0.0, 0.0), DARK, bevel=0.01)
    flange.rod(0.04, 0.2, (0.07, 0.0, 0.0), ACCENT_DARK, "x", 14)
    flange.add(
        turned([(0.03, 0.0), (0.03, 0.02), (0.012, 0.06), (0.005, 0.14)], 12).along("x"), STEEL, (0.27, 0.0, 0.0)
    )
    flange.hose([(0.1, 0.04, 0.0), (0.12, 0.12, 0.0), (0.04, 0.2, 0.0), (-0.12, 0.22, 0.0)], 0.012, BLACK)


def nut_runner(flange: Part) -> None:
    """A single fastening spindle along +X of the flange."""
    flange.box((0.06, 0.12, 0.1), (0.05, 0.0, 0.0), DARK, bevel=0.01)
    flange.rod(0.036, 0.26, (0.04, 0.0, 0.0), GREY, "x", 14)
    flange.rod(0.02, 0.12, (0.3, 0.0, 0.0), STEEL, "x", 8)


def standing_robot(name: str) -> Part:
    """The robot as a model of its own, with a picking cycle."""
    root = Part(name)
    poses: list[tuple[float, Pose]] = [
        (0.0, (0.0, -0.5, 0.1, 0.0, -1.1, 0.0)),
        (0.2, (-0.9, -0.9, 0.1, 0.0, -0.8, 0.0)),
        (0.3, (-0.9, -1.05, 0.05, 0.0, -0.6, 0.0)),
        (0.4, (-0.9, -0.8, 0.2, 0.0, -1.0, 0.4)),
        (0.65, (0.9, -0.8, 0.2, 0.0, -1.0, 0.4)),
        (0.75, (0.9, -1.05, 0.05, 0.0, -0.6, 0.0)),
        (0.85, (0.9, -0.8, 0.2, 0.0, -1.0, 0.0)),
        (1.0, (0.0, -0.5, 0.1, 0.0, -1.1, 0.0)),
    ]
    flange = robot(root, 0.0, 0.0, 0.0, poses=poses)
    gripper(flange)
    flange.child("carrier", 0.22, 0.0, 0.0)
    return root
