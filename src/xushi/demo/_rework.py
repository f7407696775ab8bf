"""The rework bench: cures faults, sends engines back to the leak test, and scraps what cannot be cured."""

from __future__ import annotations

from typing import Any

from xushi.demo._engines import Engine
from xushi.demo._events import lognormal
from xushi.demo._panel import IDLE
from xushi.demo._process import REPAIR_LEAVES_DEFECT
from xushi.demo._station import Station

SCRAP_CHANCE = 0.05
MOST_REPAIRS = 3


class ReworkBench(Station):
    """A station whose work is repair; an engine that failed too often, or cannot be cured, is scrapped."""

    WITHOUT_WORK = IDLE  # an empty rework bench is what everybody wants
    scrapped = 0

    def _is_first_time(self, engine: Engine) -> bool:
        return True

    def _draw_cycle(self, is_first: bool) -> float:
        return lognormal(self._rng, self.spec.cycle_s * self.setpoints.cycle_factor / self._line_speed(), 0.35)

    def _work_on(self, engine: Engine, is_first: bool) -> None:
        engine.repairs += 1
        engine.faults.clear()
        if self._rng.random() >= REPAIR_LEAVES_DEFECT:
            engine.hidden.clear()
        if engine.repairs > MOST_REPAIRS or self._rng.random() < SCRAP_CHANCE:
            engine.faults.append("RWK1 beyond repair")
        self.results: dict[str, Any] = {"RepairTime": self._cycle_s}

    def _judge(self, engine: Engine, is_first: bool) -> list[str]:
        return list(engine.faults)

    def _release(self) -> bool:
        assert self.engine is not None
        if self.engine.faults:
            self._scrap(self.engine)
            self.scrapped += 1
            self.panel.put("Scrapped", self.scrapped)
            self._empty()
            return True
        return super()._release()
