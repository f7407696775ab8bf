"""Lettering for machine signs: a stroke font of painted bars on a 2 by 4 grid, as far as the plant needs it."""

from __future__ import annotations

import math

from xushi.scene.modelling import Finish, Part, quad

# Strokes between grid points "xy": x 0..2, y 0..4.
_STROKES: dict[str, str] = {
    "0": "04-24 24-20 20-00 00-04", "1": "13-14 14-10 03-14", "2": "04-24 24-22 22-02 02-00 00-20",
    "3": "04-24 24-20 20-00 02-22", "4": "04-02 02-22 24-20", "5": "24-04 04-02 02-22 22-20 20-00",
    "6": "24-04 04-00 00-20 20-22 22-02", "7": "04-24 24-10", "8": "04-24 24-20 20-00 00-04 02-22",
    "9": "22-02 02-04 04-24 24-20 20-00", "O": "04-24 24-20 20-00 00-04", "P": "00-04 04-24 24-22 22-02",
    "A": "00-03 03-14 14-23 23-20 02-22", "G": "24-04 04-00 00-20 20-22 22-12", "V": "04-10 10-24",
    "R": "00-04 04-24 24-22 22-02 12-20", "W": "04-00 00-12 12-20 20-24", "K": "00-04 02-24 02-20",
    "S": "24-04 04-02 02-22 22-20 20-00", "I": "14-10", "T": "04-24 14-10", "C": "24-04 04-00 00-20",
    "L": "04-00 00-20", "M": "00-04 04-12 12-24 24-20", "E": "24-04 04-00 00-20 02-22",
}  # fmt: skip


def lettering(part: Part, text: str, height: float, finish: Finish) -> None:
    """Write text centred on the part's origin, readable from +Z."""
    grid = height / 4
    pitch = grid * 3.1
    left = -(pitch * (len(text) - 1) + grid * 2) / 2
    for position, character in enumerate(text):
        for stroke in _STROKES[character].split():
            (x0, y0), (x1, y1) = ((int(end[0]) * grid, int(end[1]) * grid) for end in stroke.split("-"))
            length = math.hypot(x1 - x0, y1 - y0) + grid * 0.5
            bar = quad(length, grid * 0.5).turned("z", math.atan2(y1 - y0, x1 - x0))
            part.add(bar, finish, (left + position * pitch + (x0 + x1) / 2, (y0 + y1) / 2 - height / 2, 0.0))
