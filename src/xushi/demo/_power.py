"""Electric power by state and its exact integral, energy."""

from __future__ import annotations

from xushi.demo._events import EventLoop


class PowerAccount:
    """Power is constant between changes, so energy = ∫ power is summed without error at each change.

    It is the time of the plant's clock: a line that works ten times as fast takes its power for a tenth of the time.
    """

    def __init__(self, loop: EventLoop) -> None:
        self._loop = loop
        self.power_kw = 0.0
        self._energy_kwh = 0.0
        self._since_s = loop.clock_s

    def set(self, power_kw: float) -> None:
        self._energy_kwh = self.energy_kwh
        self._since_s = self._loop.clock_s
        self.power_kw = power_kw

    @property
    def energy_kwh(self) -> float:
        """Energy up to now, kW·h."""
        return self._energy_kwh + self.power_kw * (self._loop.clock_s - self._since_s) / 3600.0
