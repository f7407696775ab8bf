"""Lot sizes whose least cost is printed, and what our dynamic program finds."""

from __future__ import annotations

from xushi.schedule import wagner_whitin

_NEEDS = (69, 29, 36, 61, 61, 26, 34, 67, 45, 67, 79, 56)
_SETUPS = (85, 102, 102, 101, 98, 114, 105, 86, 119, 110, 98, 114)

WAGNER_WHITIN_1958 = "864"
SOURCE = "Wagner and Whitin 1958, table 1: 12 months, holding cost 1"


def least_cost() -> str:
    """Return the cost that ours finds for the paper's example."""
    return f"{wagner_whitin(_NEEDS, _SETUPS, 1.0)[0]:g}"
