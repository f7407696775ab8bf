"""Where a conveyor runs: the corners of its route, rounded as its bends are."""

from __future__ import annotations

import math
from collections.abc import Sequence

TURN_RADIUS_M = 0.75


def rounded_route(corners: Sequence[tuple[float, float]], steps: int = 6) -> list[tuple[float, float]]:
    """The centre line of a route with right-angled corners: points (x, z), each bend cut into `steps` pieces."""
    out = [corners[0]]
    for before, at, behind in zip(corners, corners[1:], corners[2:], strict=False):
        ux, uz = _direction(before, at)
        vx, vz = _direction(at, behind)
        cx, cz = at[0] + (vx - ux) * TURN_RADIUS_M, at[1] + (vz - uz) * TURN_RADIUS_M
        for k in range(steps + 1):
            a = math.pi / 2 * k / steps
            out.append(
                (
                    round(cx - vx * TURN_RADIUS_M * math.cos(a) + ux * TURN_RADIUS_M * math.sin(a), 4),
                    round(cz - vz * TURN_RADIUS_M * math.cos(a) + uz * TURN_RADIUS_M * math.sin(a), 4),
                )
            )
    return [*out, corners[-1]]


def _direction(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    length = math.hypot(b[0] - a[0], b[1] - a[1])
    return ((b[0] - a[0]) / length, (b[1] - a[1]) / length)
