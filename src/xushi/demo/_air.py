"""The compressor and its air receiver: loads below one pressure, unloads above another."""

from __future__ import annotations

from collections.abc import Callable

from xushi.demo._events import EventLoop
from xushi.demo._line import Machine
from xushi.demo._panel import IDLE, RUNNING
from xushi.demo._power import PowerAccount
from xushi.demo._values import Values

RATED_M3_MIN = 2.4
RECEIVER_M3 = 1.5
STEP_S = 1.0


class Compressor:
    """Isothermal receiver: dp/dt = (flow in − flow out) · 1 bar / volume, flows as free air at 1 bar."""

    def __init__(self, spec: Machine, loop: EventLoop, values: Values, demand_m3_min: Callable[[], float]) -> None:
        self.pressure_bar = 7.0
        self.flow_m3_min = 0.0
        self.is_loaded = False
        self.low_bar, self.high_bar = 6.6, 7.6
        self.oil_celsius = 70.0
        self.power = PowerAccount(loop)
        self._spec = spec
        self._hours = 4210.0
        self._demand = demand_m3_min
        self._put = values.writer(spec.id)
        self._step()
        loop.every(STEP_S, self._step)

    def _step(self) -> None:
        if self.pressure_bar <= self.low_bar:
            self.is_loaded = True
        elif self.pressure_bar >= self.high_bar:
            self.is_loaded = False
        self.flow_m3_min = RATED_M3_MIN if self.is_loaded else 0.0
        self.pressure_bar += (self.flow_m3_min - self._demand()) * STEP_S / 60.0 / RECEIVER_M3
        self.pressure_bar = max(0.0, self.pressure_bar)
        self.oil_celsius += ((84.0 if self.is_loaded else 66.0) - self.oil_celsius) * STEP_S / 240.0
        self._hours += STEP_S / 3600.0
        power_kw = self._spec.power.busy_kw if self.is_loaded else self._spec.power.idle_kw
        if power_kw != self.power.power_kw:
            self.power.set(power_kw)
        self._put("Loaded", self.is_loaded)
        self._put("State", 3 if self.is_loaded else 2)
        self._put("Detail", RUNNING if self.is_loaded else IDLE)

    def sample(self) -> None:
        self._put("OperatingHours", round(self._hours, 2))
        self._put("Energy.Total", round(self.power.energy_kwh, 3))
