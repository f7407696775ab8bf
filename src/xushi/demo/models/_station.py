"""The body that all ten assembly stations share; each then adds what gives it its own character.

Frame: X is the flow direction, the operator stands at +Z, the floor is Y = 0; 2.6 m long, up to 3 m deep.
"""

from __future__ import annotations

import math

from xushi.scene.modelling import ACCENT, BLACK, DARK, GREY, LIGHT, PANEL, STEEL, Part

from ._conveyor import DECK_M, PALLET_M, straight
from ._fittings import air_unit, beam, guarding_lamps, operator_panel, pane, post, sign, stack_light

LENGTH_M = 2.6
_X = 1.22


def station(
    title: str,
    *,
    height: float = 2.35,
    back: float = -1.3,
    front: float = 0.62,
    has_front_guard: bool = True,
    has_back_guard: bool = True,
    panel_x: float = 0.95,
) -> Part:
    """Conveyor section, lift unit, profile frame with guards, sign, stack light, work light and operator panel."""
    root = Part(title.lower())
    straight(root, LENGTH_M)
    root.child("carrier", 0.0, PALLET_M, 0.0)
    _lift_unit(root)
    for x in (-_X, _X):
        for z in (back, front):
            post(root, x, z, height)
        beam(root, (x, height - 0.04, back + 0.04), (x, height - 0.04, front - 0.04))
        _side_guard(root, x, back, front, height)
    for z in (back, front):
        beam(root, (-_X + 0.04, height - 0.04, z), (_X - 0.04, height - 0.04, z))
    if has_back_guard:
        for x0, x1 in ((-_X + 0.04, 0.0), (0.0, _X - 0.04)):
            pane(root, (x0, back), (x1, back), 0.12, height - 0.1, kick=0.5)
    if has_front_guard:
        for x0, x1 in ((-_X + 0.04, -0.02), (0.02, _X - 0.04)):
            pane(root, (x0, front), (x1, front), 0.95, height - 0.1)
            pane(root, (x0, front), (x1, front), 0.12, 0.72, kick=0.6)
    _tray(root, back, height)
    sign(root, -_X + 0.5, height + 0.13, front, title)
    stack_light(root, _X, height, front)
    guarding_lamps(root, -0.9, 0.9, height - 0.11, front - 0.1)
    operator_panel(root, panel_x, front + 0.28, 0.0)
    air_unit(root, _X - 0.12, 1.25, back - 0.09)
    return root


def _side_guard(root: Part, x: float, back: float, front: float, height: float) -> None:
    pane(root, (x, back + 0.04), (x, -0.42), 0.12, height - 0.1, kick=0.5)
    pane(root, (x, -0.42), (x, min(0.42, front)), 1.75, height - 0.1)


def _lift_unit(root: Part) -> None:
    """The stop and the lift-and-locate unit between the rollers that hold the pallet during work."""
    root.box((0.5, 0.1, 0.34), (0.0, DECK_M - 0.2, 0.0), DARK, bevel=0.012)
    for x in (-0.2, 0.2):
        root.rod(0.03, 0.2, (x, DECK_M - 0.42, 0.0), STEEL, segments=10)
    root.box((0.05, 0.1, 0.16), (0.4, DECK_M - 0.06, 0.0), ACCENT, bevel=0.01)


def _tray(root: Part, back: float, height: float) -> None:
    """The cable tray along the top at the back, with the drop to the cabinet."""
    root.slab((-1.3, height + 0.02, back - 0.1), (1.3, height + 0.035, back + 0.1), PANEL)
    for z in (back - 0.1, back + 0.1):
        root.box((2.6, 0.06, 0.012), (0.0, height + 0.05, z), PANEL)
    root.hose([(-1.3, height + 0.06, back - 0.03), (1.3, height + 0.06, back - 0.03)], 0.025, BLACK, 6)
    root.hose([(-1.3, height + 0.055, back + 0.03), (1.3, height + 0.055, back + 0.03)], 0.018, DARK, 6)


def reject_hatch(root: Part, back: float) -> None:
    """The opening in the back through which rejected engines leave, with a strip curtain."""
    z = back - 0.03
    root.box((0.98, 0.06, 0.05), (0.0, 1.72, z), ACCENT)
    for x in (-0.46, 0.46):
        root.box((0.06, 1.02, 0.05), (x, 1.18, z), ACCENT)
    for k in range(8):
        x = -0.37 + 0.1057 * k
        root.quad(0.1, 0.96, (x, 1.2, z - 0.012 - 0.006 * (k % 2)), BLACK if k % 2 else DARK, math.pi)
    straight(root.placed(0.0, 0.0, (back - 1.6) / 2 - 0.02, math.pi / 2), 1.6 + back + 0.06, legs=False)


def bench_cabinet(root: Part, x: float, z: float, width: float = 0.6) -> None:
    """A low drive cabinet that stands inside the frame."""
    root.box((width, 0.9, 0.4), (x, 0.52, z), LIGHT, bevel=0.012)
    root.box((width - 0.04, 0.8, 0.02), (x, 0.53, z + 0.2), GREY, bevel=0.0)
    root.box((width - 0.1, 0.07, 0.36), (x, 0.035, z), BLACK, bevel=0.0)
