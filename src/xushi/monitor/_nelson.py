"""The eight tests for special causes on a control chart (L. S. Nelson, Journal of Quality Technology 16, 4, 1984)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Doubles = NDArray[np.float64]


def nelson_rules(deviations: Doubles) -> list[Flags]:
    """For each rule 1 to 8, bool[n]: whether a point completes a pattern that breaks it.

    Args:
        deviations: distance of each point from the centre line in standard deviations; NaN interrupts every pattern.
    """
    z = np.asarray(deviations, np.float64)
    above, below = z > 0, z < 0
    return [
        np.abs(z) > 3,  # 1: one point beyond three
        _run(above, 9) | _run(below, 9),  # 2: nine in a row on one side
        _trend(z),  # 3: six in a row rising or falling
        _alternation(z),  # 4: fourteen in a row up and down
        _most(z > 2, 2, 3) | _most(z < -2, 2, 3),  # 5: two of three beyond two, on one side
        _most(z > 1, 4, 5) | _most(z < -1, 4, 5),  # 6: four of five beyond one, on one side
        _run(np.abs(z) < 1, 15),  # 7: fifteen in a row within one
        _run(np.abs(z) > 1, 8),  # 8: eight in a row with none within one
    ]


def _count(flags: Flags, window: int) -> NDArray[np.int64]:
    """How many of the last `window` are true; the first ones look at what there is."""
    total = np.concatenate([[0], np.cumsum(flags)])
    ends = np.arange(1, len(flags) + 1)
    counted: NDArray[np.int64] = total[ends] - total[np.maximum(ends - window, 0)]
    return counted


def _run(flags: Flags, length: int) -> Flags:
    return _count(flags, length) >= length


def _most(flags: Flags, needed: int, window: int) -> Flags:
    """At least `needed` of the last `window`, this one among them."""
    return flags & (_count(flags, window) >= needed)


def _trend(z: Doubles) -> Flags:
    """Six points rising need five steps up."""
    steps = np.diff(z, prepend=np.nan)
    return _run(steps > 0, 5) | _run(steps < 0, 5)


def _alternation(z: Doubles) -> Flags:
    """Fourteen points up and down need thirteen steps, each against the one before."""
    steps = np.sign(np.diff(z, prepend=np.nan))
    turns = np.concatenate([[False], steps[1:] * steps[:-1] < 0]) if len(z) else np.zeros(0, bool)
    return _run(turns, 12)
