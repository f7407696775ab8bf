"""The tool of a station: it wears with each cycle; some are changed in time, the bolting spindle breaks."""

from __future__ import annotations

import random

BREAKING_LIFE_CYCLES = {"OP40": 240}


class Tool:
    """`wear` runs from 0 (new) to 1 (end of life). A breaking tool goes on a little beyond and then fails."""

    def __init__(self, station: str, name: str, rng: random.Random) -> None:
        self.is_breaking = station in BREAKING_LIFE_CYCLES
        self.wear = 0.3 if self.is_breaking else rng.uniform(0.05, 0.85)
        self._life_cycles = BREAKING_LIFE_CYCLES.get(station, rng.randint(380, 620))
        self._name, self._rng = name, rng
        self._number = 1
        self._limit = rng.gauss(1.03, 0.02)

    @property
    def id(self) -> str:
        """Name and serial number of the tool in use."""
        return f"{self._name}-{self._number:03d}"

    @property
    def is_due(self) -> bool:
        """Worn to its end, and to be changed before the next engine."""
        return not self.is_breaking and self.wear >= 1.0

    @property
    def is_spent(self) -> bool:
        """So worn that it breaks within the next cycle."""
        return self.is_breaking and self.wear >= self._limit

    def use(self) -> None:
        """One cycle of work."""
        self.wear += self._rng.uniform(0.7, 1.3) / self._life_cycles

    def replace(self) -> None:
        self.wear = self._rng.uniform(0.0, 0.03)
        self._limit = self._rng.gauss(1.03, 0.02)
        self._number += 1
