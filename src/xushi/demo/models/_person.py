"""A simple mannequin for scale and for the places where people work."""

from __future__ import annotations

import numpy as np

from xushi.scene.modelling import ACCENT, ACCENT_DARK, BLACK, DARK, SKIN, WHITE, Part, Solid, Vec3, ball, tube, turned


def mannequin(part: Part, reach: bool = False) -> None:
    """A standing person of 1.76 m facing +Z of the part, with helmet and vest; `reach` bends the arms to a bench."""
    for side in (-1, 1):
        x = side * 0.095
        part.add(tube([(x, 0.07, -0.01), (x, 0.48, 0.01), (x * 0.95, 0.92, 0.0)], 0.068, 8), ACCENT_DARK)
        part.box((0.1, 0.09, 0.27), (x, 0.045, 0.04), BLACK, bevel=0.03)
        arm: list[Vec3] = [(side * 0.215, 1.42, 0.0), (side * 0.26, 1.16, 0.02), (side * 0.24, 0.92, 0.09)]
        if reach:
            arm = [(side * 0.215, 1.42, 0.0), (side * 0.27, 1.16, 0.08), (side * 0.16, 1.1, 0.36)]
        part.add(tube(arm, 0.048, 6), ACCENT_DARK)
        part.add(ball(0.05, 6, 4), SKIN, arm[-1])
    torso = turned(
        [
            (0.0, 0.88),
            (0.13, 0.9),
            (0.145, 1.05),
            (0.16, 1.25),
            (0.175, 1.4),
            (0.15, 1.47),
            (0.06, 1.5),
            (0.055, 1.56),
            (0.0, 1.57),
        ],
        16,
        soft_deg=60,
    )
    flat = Solid(torso.points * np.array([1.15, 1.0, 0.78]), torso.faces)
    part.add(flat, ACCENT)
    part.add(ball(0.1, 10, 6), SKIN, (0.0, 1.64, 0.01))
    part.add(
        turned(
            [
                (0.0, 1.66),
                (0.125, 1.66),
                (0.125, 1.675),
                (0.112, 1.68),
                (0.108, 1.71),
                (0.085, 1.75),
                (0.045, 1.772),
                (0.0, 1.778),
            ],
            16,
            soft_deg=60,
        ),
        WHITE,
        (0.0, 0.0, 0.005),
    )
    band = turned([(0.158, 1.1), (0.163, 1.14)], 16)
    part.add(Solid(band.points * np.array([1.16, 1.0, 0.79]), band.faces), WHITE)
    part.box((0.17, 0.012, 0.09), (0.0, 1.666, 0.125), WHITE, bevel=0.0)
    part.box((0.12, 0.14, 0.02), (0.0, 0.98, 0.14), DARK, bevel=0.0)


def operator() -> Part:
    root = Part("operator")
    mannequin(root)
    return root
