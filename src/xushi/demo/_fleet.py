"""The plant's fleet control: turns requests for material into transport orders for free vehicles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xushi.demo._events import EventLoop
from xushi.demo._material import LineStock, Tray
from xushi.demo._roads import RoadMap
from xushi.demo._values import Values
from xushi.demo._vehicle import Action, Order, Stop, Vehicle

LOWEST_BATTERY = 25.0
RESEND_S = 120.0
LEFT_ALONE_S = 120.0


@dataclass
class Job:
    """One tray to bring from where it waits to its station."""

    tray: Tray
    source: str
    vehicle: str = ""


class Fleet:
    """Keeps jobs, waiting trays and orders under way; `send` is how an order reaches a vehicle."""

    def __init__(self, loop: EventLoop, values: Values, roads: RoadMap, stocks: dict[str, LineStock]) -> None:
        self.send: Callable[[str, Order], None] = self._hand_over
        self.vehicles: dict[str, Vehicle] = {}
        self._loop, self._values, self._roads, self._stocks = loop, values, roads, stocks
        self._jobs: list[Job] = []
        self._ready: dict[tuple[str, str], Tray] = {}
        self._sent: dict[str, Order] = {}
        self._count = 0

    def employ(self, vehicles: Sequence[Vehicle]) -> None:
        for vehicle in vehicles:
            self.vehicles[vehicle.id] = vehicle
            vehicle.on_done = self._done

    def request(self, tray: Tray, source: str) -> None:
        """A tray stands ready at the store or the rack and wants to go to its station."""
        self._ready[source, tray.id] = tray
        self._jobs.append(Job(tray, source))
        self._dispatch()

    def trays(self) -> list[Tray]:
        """All trays that wait or travel."""
        return [job.tray for job in self._jobs]

    # -- Yard
    def pick(self, machine: str, load: str) -> Tray | None:
        return self._ready.pop((machine, load), None)

    def drop(self, machine: str, tray: Tray) -> bool:
        if machine != tray.station or machine not in self._stocks:
            return False
        self._jobs = [job for job in self._jobs if job.tray is not tray]
        self._stocks[machine].receive(tray)
        return True

    # -- dispatching
    def _dispatch(self) -> None:
        self._values.put("PS1.OpenOrders", len(self._jobs))
        for job in [job for job in self._jobs if not job.vehicle]:
            vehicle = self._free_vehicle(job)
            if vehicle is None:
                return
            job.vehicle = vehicle.id
            pick = Action(f"A{self._count}p", "pick", {"loadId": job.tray.id, "stationName": job.source})
            self._order(vehicle, ((self._roads.stop_of(job.source), pick), self._drop_at(job)))

    def _drop_at(self, job: Job) -> tuple[str, Action]:
        drop = Action(f"A{self._count}d", "drop", {"loadId": job.tray.id, "stationName": job.tray.station})
        return self._roads.stop_of(job.tray.station), drop

    def _free_vehicle(self, job: Job) -> Vehicle | None:
        """The nearest free vehicle with enough charge."""
        source = self._roads.stop_of(job.source)
        free = [
            v
            for v in self.vehicles.values()
            if v.is_idle
            and v.id not in self._sent
            and v.load is None
            and not v.is_paused
            and not self._is_lent(v)
            and v.battery_percent > (60.0 if v.is_charging and v.battery_percent < 60.0 else LOWEST_BATTERY)
        ]
        return min(free, key=lambda v: (len(self._roads.way(v.node, source)), v.id), default=None)

    def _is_lent(self, vehicle: Vehicle) -> bool:
        """Whether somebody has just cancelled its order: they want it, so it is theirs for a while."""
        return self._loop.now_s - vehicle.cancelled_s < LEFT_ALONE_S

    def _order(self, vehicle: Vehicle, visits: Sequence[tuple[str, Action]]) -> None:
        """Sends a vehicle along the shortest way through its visits."""
        self._count += 1
        stops: list[Stop] = [Stop(vehicle.node)]
        for node, action in visits:
            way = self._roads.way(stops[-1].node, node)
            stops += [Stop(each) for each in way[1:]]
            stops[-1] = Stop(node, (*stops[-1].actions, action))
        order = Order(f"T{self._count:06d}", 0, tuple(stops))
        self._sent[vehicle.id] = order
        self._deliver(vehicle, order)

    def _deliver(self, vehicle: Vehicle, order: Order) -> None:
        """Sends, and sends again when the vehicle has not taken it up (the network may have lost it)."""
        self.send(vehicle.id, order)
        self._loop.after(RESEND_S, lambda: self._check(vehicle, order))

    def _check(self, vehicle: Vehicle, order: Order) -> None:
        if self._sent.get(vehicle.id) is not order or vehicle.last_order[0] == order.id:
            return
        if vehicle.is_idle and vehicle.node == order.stops[0].node:
            self._deliver(vehicle, order)
        else:  # somebody else's order moved the vehicle meanwhile
            self._drop_order(vehicle)
            self._dispatch()

    def _hand_over(self, vehicle: str, order: Order) -> None:
        self.vehicles[vehicle].accept(order)

    def _done(self, vehicle: Vehicle, completed: bool) -> None:
        self._drop_order(vehicle)
        # At the same instant the vehicle is still ending its old order, so the next one goes out just after.
        self._loop.after(0.1, lambda: self._next_for(vehicle))

    def _drop_order(self, vehicle: Vehicle) -> None:
        self._sent.pop(vehicle.id, None)
        for job in self._jobs:
            if job.vehicle == vehicle.id and vehicle.load is not job.tray:
                job.vehicle = ""

    def _next_for(self, vehicle: Vehicle) -> None:
        if not vehicle.is_idle or vehicle.id in self._sent or vehicle.is_paused or self._is_lent(vehicle):
            return
        if vehicle.load is not None:  # its order was cancelled with the load on board
            job = Job(vehicle.load, vehicle.id, vehicle.id)
            self._order(vehicle, (self._drop_at(job),))
            return
        self._dispatch()
        home = self._roads.stop_of(vehicle.id)
        if vehicle.is_idle and vehicle.id not in self._sent and vehicle.node != home:
            self._order(vehicle, ((home, Action(f"A{self._count}c", "startCharging")),))

    def wake(self) -> None:
        """Looks again for free vehicles; called now and then, since charging frees one without an event."""
        self._dispatch()
        for vehicle in self.vehicles.values():
            vehicle.charge_power_now()
            self._next_for(vehicle)
