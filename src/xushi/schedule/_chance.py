"""Random numbers of the compiled searches: xorshift64* (Vigna 2016), its state in an array of one number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ._compiled import compiled


@compiled
def mixed(rng: NDArray[np.uint64]) -> np.uint64:
    """Go on by one step and return 64 random bits, the upper ones the best."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    return x * np.uint64(2685821657736338717)


@compiled
def draw(rng: NDArray[np.uint64], most: int) -> int:
    """Return a random number of 0 … most-1."""
    return int(np.int64(mixed(rng) >> np.uint64(33)) % most)
