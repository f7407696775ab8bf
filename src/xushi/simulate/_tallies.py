"""What is counted in each replication: arrays with one row a replication, written by the kernel or the recursion."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._compile import Names
from ._layout import World

_Floats = NDArray[np.float64]


class Tallies(NamedTuple):
    """One row a replication; all from the end of the warm-up to the horizon.

    Attributes:
        state_s: [replications, machines, 7] seconds in each state, in the order of `_layout`.
        made: [replications, machines] operations finished.
        lost: [replications, sources] parts sent away.
        arrived: [replications, sources] arrivals.
        level_s: [replications, buffers] parts times seconds.
        taken, delayed, waited_s: [replications, buffers] parts that left, those of them that waited, and how long.
        delivered, flow_s, flow_s2: [replications, sinks] parts, and sums of their time in the plant and its square.
        finish_s: [replications, orders] when complete; not a number where not.
        vehicle_s: [replications, vehicles, 6]; trips, distance_m: [replications, vehicles].
        strikes: [replications, failures].
        samples: [replications, instants, sinks + buffers + machines, then sources]; float32, exact up to 2^24 parts.
        clock_s: [replications] seconds that were counted.
    """

    state_s: _Floats
    made: _Floats
    lost: _Floats
    arrived: _Floats
    level_s: _Floats
    taken: _Floats
    delayed: _Floats
    waited_s: _Floats
    delivered: _Floats
    flow_s: _Floats
    flow_s2: _Floats
    finish_s: _Floats
    vehicle_s: _Floats
    trips: _Floats
    distance_m: _Floats
    strikes: _Floats
    samples: NDArray[np.float32]
    clock_s: _Floats


def empty_tallies(names: Names, replications: int, instants: int, clock_s: float) -> Tallies:
    """Return tallies to be filled."""

    def zeros(*shape: int) -> _Floats:
        return np.zeros((replications, *shape))

    machines, sources, buffers = len(names.machines), len(names.sources), len(names.buffers)
    sinks, vehicles = len(names.sinks), len(names.vehicles)
    return Tallies(
        state_s=zeros(machines, 7),
        made=zeros(machines),
        lost=zeros(sources),
        arrived=zeros(sources),
        level_s=zeros(buffers),
        taken=zeros(buffers),
        delayed=zeros(buffers),
        waited_s=zeros(buffers),
        delivered=zeros(sinks),
        flow_s=zeros(sinks),
        flow_s2=zeros(sinks),
        finish_s=zeros(len(names.orders)),
        vehicle_s=zeros(vehicles, 6),
        trips=zeros(vehicles),
        distance_m=zeros(vehicles),
        strikes=zeros(len(names.modes)),
        samples=np.zeros((replications, instants, sinks + buffers + machines + sources), np.float32),
        clock_s=np.full(replications, clock_s),
    )


def book(tallies: Tallies, row: int, world: World) -> None:
    """Write what one replication counted into its row."""
    machines = tallies.made.shape[1]
    tallies.state_s[row] = world.state_s[:machines]
    tallies.made[row] = world.machines["made"][:machines]
    tallies.lost[row] = world.machines["lost"][machines:]
    tallies.arrived[row] = world.machines["made"][machines:]
    tallies.level_s[row] = world.buffers["area"]
    for name in ("taken", "delayed", "waited_s"):
        getattr(tallies, name)[row] = world.buffers[name]
    tallies.delivered[row] = world.sinks["count"]
    for name in ("flow_s", "flow_s2"):
        getattr(tallies, name)[row] = world.sinks[name]
    if tallies.finish_s.size:
        tallies.finish_s[row] = world.orders["finish_s"]
    if tallies.vehicle_s.size:
        tallies.vehicle_s[row] = world.vehicle_s
        tallies.trips[row] = world.vehicles["trips"]
        tallies.distance_m[row] = world.vehicles["distance_m"]
    tallies.strikes[row] = world.modes["strikes"]
    tallies.samples[row] = world.samples
