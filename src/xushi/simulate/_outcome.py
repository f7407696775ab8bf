"""What an experiment found: key figures of every element, one number a replication, with intervals and differences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xushi.kernel import XushiError

from . import _layout as layout
from ._compile import Names
from ._locks import Lock
from ._model import Fleet, Model
from ._statistics import Interval, band, interval
from ._tallies import Tallies

_Floats = NDArray[np.float64]
_SHARES = {
    "busy": layout.BUSY, "idle": layout.IDLE, "setup": layout.SETUP, "blocked": layout.BLOCKED, "down": layout.DOWN,
    "waits_for_crew": layout.WAITS_FOR_CREW, "off": layout.OFF,
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """The replications of one model.

    Attributes:
        model: what was simulated.
        engine: `recursion` or `kernel`.
        kpis: name to values, one a replication. Names are `element.figure`:
            machines `.busy_share` (and idle, setup, blocked, down, waits_for_crew, off: shares of the time counted),
            `.made`, `.availability` (of the time on shift), `.energy_kwh`; sources `.arrived`, `.lost`;
            buffers `.level` (mean), `.wait_s` (mean), `.delayed_share`; sinks `.count`, `.throughput_per_h`,
            `.flow_s` (mean time in the plant); orders `.finish_s`, `.late_s`; vehicles `.loaded_share`, `.trips`,
            `.traffic_share`, `.distance_m`; and `plant.good`, `plant.throughput_per_h`, `plant.energy_kwh`.
        sample_at_s: instants of the samples.
        samples: buffer, sink or machine to [replications, instants]: level, parts out so far, or what the machine is
            seen doing (a place in `SEEN`).
        locks: one of each replication in which something can never go on. These are among the others in all figures,
            with what was made in spite of it by the horizon: those that do not lock would be the lucky ones.
    """

    model: Model
    engine: str
    kpis: dict[str, _Floats]
    sample_at_s: _Floats
    samples: dict[str, NDArray[np.float32]]
    locks: tuple[Lock, ...] = ()

    def values(self, kpi: str) -> _Floats:
        """Return the values of a key figure, one a replication.

        Raises:
            XushiError: `simulate.kpi_unknown`.
        """
        if kpi not in self.kpis:
            raise XushiError("simulate.kpi_unknown", kpi=kpi)
        return self.kpis[kpi]

    def interval(self, kpi: str, confidence: float = 0.95) -> Interval:
        """Return the mean of a key figure with its confidence interval."""
        return interval(self.values(kpi), confidence)

    def band(self, name: str, confidence: float = 0.95) -> tuple[_Floats, _Floats, _Floats]:
        """Return the lower quantile, the median and the upper quantile of a sampled level or output over time.

        This is where a single future will be found with that probability, not where the mean is.
        """
        if name not in self.samples:
            raise XushiError("simulate.kpi_unknown", kpi=name)
        low, middle, high = band(self.samples[name], confidence)
        return low, middle, high


def difference(one: Outcome, other: Outcome, kpi: str, confidence: float = 0.95) -> Interval:
    """Return how much more of a key figure `one` has than `other`, replication by replication.

    Both must have run with the same seed and number of replications: the random numbers they share cancel out.
    Source: A. Law, "Simulation Modeling and Analysis", 5th ed., 10.2.1 and 11.2.

    Raises:
        XushiError: `simulate.kpi_unknown`, `simulate.not_paired`.
    """
    a, b = one.values(kpi), other.values(kpi)
    if len(a) != len(b):
        raise XushiError("simulate.not_paired", one=len(a), other=len(b))
    return interval(a - b, confidence)


def key_figures(model: Model, names: Names, tallies: Tallies) -> dict[str, _Floats]:
    """Return every key figure of the replications."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            **dict(_of_machines(names, tallies)),
            **dict(_of_places(names, tallies)),
            **dict(_of_orders(model, names, tallies)),
            **dict(_of_vehicles(model, names, tallies)),
            **dict(_of_plant(model, names, tallies)),
        }


def _of_machines(names: Names, tallies: Tallies) -> Iterator[tuple[str, _Floats]]:
    for name, m in names.machines.items():
        seconds = tallies.state_s[:, m]
        for word, state in _SHARES.items():
            yield f"{name}.{word}_share", seconds[:, state] / tallies.clock_s
        stopped_s = seconds[:, layout.DOWN] + seconds[:, layout.WAITS_FOR_CREW]
        on_s = tallies.clock_s - seconds[:, layout.OFF]
        yield f"{name}.availability", (on_s - stopped_s) / on_s
        yield f"{name}.made", tallies.made[:, m]
        yield f"{name}.energy_kwh", _machine_kwh(names, tallies, name)
    for name, source in names.sources.items():
        yield f"{name}.arrived", tallies.arrived[:, source - len(names.machines)]
        yield f"{name}.lost", tallies.lost[:, source - len(names.machines)]


def _machine_kwh(names: Names, tallies: Tallies, name: str) -> _Floats:
    power = names.originals[name].power
    kw = np.array(
        [power.idle_kw, power.busy_kw, power.setup_kw, power.blocked_kw, power.down_kw, power.down_kw, power.off_kw]
    )
    found: _Floats = tallies.state_s[:, names.machines[name]] @ kw / 3600
    return found


def _of_places(names: Names, tallies: Tallies) -> Iterator[tuple[str, _Floats]]:
    for name, b in names.buffers.items():
        yield f"{name}.level", tallies.level_s[:, b] / tallies.clock_s
        yield f"{name}.wait_s", tallies.waited_s[:, b] / tallies.taken[:, b]
        yield f"{name}.delayed_share", tallies.delayed[:, b] / tallies.taken[:, b]
    for name, s in names.sinks.items():
        yield f"{name}.count", tallies.delivered[:, s]
        yield f"{name}.throughput_per_h", tallies.delivered[:, s] / tallies.clock_s * 3600
        yield f"{name}.flow_s", tallies.flow_s[:, s] / tallies.delivered[:, s]


def _of_orders(model: Model, names: Names, tallies: Tallies) -> Iterator[tuple[str, _Floats]]:
    for source in model.sources:
        for order in source.orders:
            finish_s = tallies.finish_s[:, names.orders[order.id]]
            yield f"{order.id}.finish_s", finish_s
            if order.due_s is not None:
                yield f"{order.id}.late_s", finish_s - order.due_s


def _of_vehicles(model: Model, names: Names, tallies: Tallies) -> Iterator[tuple[str, _Floats]]:
    for name, v in names.vehicles.items():
        seconds = tallies.vehicle_s[:, v]
        yield f"{name}.loaded_share", seconds[:, layout.TO_DROP] / tallies.clock_s
        yield f"{name}.traffic_share", seconds[:, layout.IN_TRAFFIC] / tallies.clock_s
        yield f"{name}.idle_share", seconds[:, layout.STANDS] / tallies.clock_s
        yield f"{name}.trips", tallies.trips[:, v]
        yield f"{name}.distance_m", tallies.distance_m[:, v]
        fleet = _fleet_of(model, name)
        busy_s = tallies.clock_s - seconds[:, layout.STANDS]
        yield f"{name}.energy_kwh", (busy_s * fleet.busy_kw + seconds[:, layout.STANDS] * fleet.idle_kw) / 3600


def _fleet_of(model: Model, vehicle: str) -> Fleet:
    return next(fleet for fleet in model.fleets if vehicle.rpartition("-")[0] == fleet.id)


def _of_plant(model: Model, names: Names, tallies: Tallies) -> Iterator[tuple[str, _Floats]]:
    ends = [names.sinks[sink.id] for sink in model.sinks if sink.is_good]
    good = tallies.delivered[:, ends].sum(axis=1)
    yield "plant.good", good
    yield "plant.throughput_per_h", good / tallies.clock_s * 3600
    energy = sum((_machine_kwh(names, tallies, name) for name in names.machines), 0 * tallies.clock_s)
    for name, v in names.vehicles.items():
        fleet = _fleet_of(model, name)
        stands_s = tallies.vehicle_s[:, v, layout.STANDS]
        energy = energy + ((tallies.clock_s - stands_s) * fleet.busy_kw + stands_s * fleet.idle_kw) / 3600
    yield "plant.energy_kwh", energy
