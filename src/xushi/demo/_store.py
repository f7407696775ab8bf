"""The parts store: keeps stock of every part, issues containers and refills the kitting rack."""

from __future__ import annotations

import random

from xushi.demo._engines import PartNumbers
from xushi.demo._events import EventLoop
from xushi.demo._line import ISSUE_S, PARTS, TRAY_SIZE, Machine, Part, parts_of
from xushi.demo._material import Tray, make_tray, mislay
from xushi.demo._panel import IDLE, RUNNING
from xushi.demo._power import PowerAccount
from xushi.demo._values import Values

WRONG_IN_CONTAINER = 0.0008  # per engine's worth of parts
DELIVERY_BELOW = 400
DELIVERY = 4000


class PartsStore:
    """Suppliers deliver whenever a part runs low, so the store itself never stops the line."""

    def __init__(
        self, spec: Machine, loop: EventLoop, values: Values, rng: random.Random, numbers: PartNumbers
    ) -> None:
        self.spec = spec
        self.power = PowerAccount(loop)
        self.issued = 0
        self.wrong_issued = 0
        self._loop, self._rng, self._numbers = loop, rng, numbers
        self._put = values.writer(spec.id)
        self._levels = {part.number: rng.randint(800, DELIVERY) for part in PARTS}
        self._busy = 0
        self._show()
        self._put("ContainersOut", 0)
        self._put("Levels", list(self._levels.values()))

    def issue(self, station: str) -> Tray:
        """A container with the parts of one station for a tray of engines."""
        self.issued += 1
        tray = make_tray(f"CNT-{self.issued:05d}", station, 1, self._numbers)
        self.wrong_issued += mislay(tray, self._rng, WRONG_IN_CONTAINER)
        for part in parts_of(station):
            self.take(part, part.quantity * TRAY_SIZE)
        self._put("ContainersOut", self.issued)
        self._busy += 1
        self._show()
        self._loop.after(ISSUE_S, self._rest)
        return tray

    def take(self, part: Part, pieces: int) -> None:
        """Takes pieces off the shelf; a supplier's delivery follows when few are left."""
        left = self._levels[part.number] - pieces
        self._levels[part.number] = left + DELIVERY if left < DELIVERY_BELOW else left
        self._put("Levels", list(self._levels.values()))

    def _rest(self) -> None:
        self._busy -= 1
        self._show()

    def _show(self) -> None:
        self._put("State", 3 if self._busy else 2)
        self._put("Detail", RUNNING if self._busy else IDLE)
        self.power.set(self.spec.power.busy_kw if self._busy else self.spec.power.idle_kw)

    def sample(self) -> None:
        self._put("Energy.Total", round(self.power.energy_kwh, 3))
