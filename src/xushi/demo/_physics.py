"""The virtual plant itself: builds all machines from the description and runs them, without protocols."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from xushi.demo._air import Compressor
from xushi.demo._conveyor import Conveyor
from xushi.demo._engines import EngineBook, PartNumbers
from xushi.demo._events import EventLoop, random_stream
from xushi.demo._fleet import Fleet
from xushi.demo._job_orders import JobOrders
from xushi.demo._kitting import KittingRack
from xushi.demo._line import ISSUE_S, LINE, TAKT_S, TRAY_SIZE, buffers, machine, parts_of, source_of
from xushi.demo._line_methods import job_verb
from xushi.demo._material import LineStock, make_tray
from xushi.demo._panel import STOPPED
from xushi.demo._power import PowerAccount
from xushi.demo._rework import ReworkBench
from xushi.demo._roads import RoadMap
from xushi.demo._sensors import StationSensors, air_demand_l_min
from xushi.demo._station import Station
from xushi.demo._store import PartsStore
from xushi.demo._values import Values
from xushi.demo._vehicle import Vehicle

SHIFT_S = 8 * 3600
SHIFT_OFFSET_S = 2 * 3600  # shifts change at 06, 14 and 22 h, UTC+8
PLANNED_EFFICIENCY = 0.85
DOCK_S = 4.0
SERIAL_NUMBERS = 10_000_000


class PlantModel:
    """The plant as a seeded discrete-event model that begins at plant time `start_ns` (Unix epoch)."""

    def __init__(self, seed: int, start_ns: int, operators_answer: bool = True) -> None:
        self.loop = EventLoop(start_ns)
        self.values = Values(self.loop)
        # One number a takt of calendar time: the line never makes more, so numbers of later runs lie behind.
        self.job_orders = JobOrders(self.values.writer("PLC1"))
        self.book = EngineBook(self.job_orders, first=int(start_ns / 1e9 / TAKT_S) % SERIAL_NUMBERS)
        self.roads = RoadMap()
        self.line_speed = 1.0
        self._seed = seed
        self._operators_answer = operators_answer
        self._numbers = PartNumbers(mark=f"{int(start_ns / 6e10) % 1_000_000:06d}")
        self.conveyors = {spec.id: Conveyor(spec, self.loop, self.values) for spec in buffers()}
        self.stocks: dict[str, LineStock] = {}
        self.fleet = Fleet(self.loop, self.values, self.roads, self.stocks)
        self.store = PartsStore(machine("PS1"), self.loop, self.values, self.random("PS1"), self._numbers)
        self.kitting = KittingRack(
            machine("KIT1"),
            self.loop,
            self.values,
            self.random("KIT1"),
            self._numbers,
            lambda tray: self.fleet.request(tray, "KIT1"),
            self.store.take,
            operators_answer,
        )
        self.stations = {
            spec.id: self._make_station(spec.id) for spec in LINE.machines if spec.category in ("station", "rework")
        }
        self.vehicles = {
            id: Vehicle(machine(id), self.loop, self.values, self.random(id), self.roads, self.fleet)
            for id in ("AGV1", "AGV2")
        }
        self.fleet.employ(list(self.vehicles.values()))
        self.compressor = Compressor(machine("CMP1"), self.loop, self.values, self._air_demand)
        self.sensors = {
            id: StationSensors(station, self.compressor, self.random(f"{id}/sensors"))
            for id, station in self.stations.items()
            if id != "RWK1"
        }
        self.accounts: dict[str, PowerAccount] = {
            **{id: each.power for id, each in self.conveyors.items()},
            **{id: each.power for id, each in self.stations.items()},
            **{id: each.power for id, each in self.vehicles.items()},
            "PS1": self.store.power,
            "KIT1": self.kitting.power,
            "CMP1": self.compressor.power,
        }
        self._setters = self._make_setters()
        self._connect()
        self._begin()

    # -- doors for the faces
    def run_until(self, plant_s: float) -> int:
        """Runs to `plant_s` seconds after the start; returns the number of events."""
        return self.loop.run_until(plant_s)

    def write(self, key: str, value: float) -> bool:
        """Sets a writable value; False when it is unknown or out of the limits of its description."""
        setter = self._setters.get(key)
        if setter is None:
            return False
        signal = _WRITABLE[key]
        if not (signal.low or 0.0) <= value <= (signal.high if signal.high is not None else float("inf")):
            return False
        setter(float(value))
        self.values.put(key, float(value))
        return True

    def call(self, machine_id: str, method: str, arguments: tuple[Any, ...] = ()) -> bool:
        """Start, Stop, Reset or AnswerPokaYoke of one machine; the whole line, and its job orders, through PLC1."""
        if job_verb(method):
            return self.job_orders.call(job_verb(method), arguments)
        if machine_id == "PLC1":
            for station in self.stations.values():
                {"Start": station.start, "Stop": station.stop, "Reset": station.reset}[method]()
            self._tick()
            return True
        if machine_id == "KIT1":
            return self.kitting.answer_poka_yoke()
        station = self.stations[machine_id]
        if method == "AnswerPokaYoke":
            return station.answer_poka_yoke()
        {"Start": station.start, "Stop": station.stop, "Reset": station.reset}[method]()
        return True

    def break_down(self, machine_id: str, at_s: float, repair_s: float) -> None:
        """Lets a station fail at an instant of plant time after the start, for so long."""
        station = self.stations[machine_id]
        self.loop.after(max(0.0, at_s - self.loop.now_s), lambda: station.break_down(repair_s))

    def mislay(self, machine_id: str, at_s: float) -> None:
        """Lets a wrong part lie ready at a station from an instant of plant time on; its stop waits for an answer."""
        station, rng = self.stations[machine_id], self.random(f"mislay {machine_id}")
        self.loop.after(max(0.0, at_s - self.loop.now_s), lambda: station.mislay(rng))

    def sample(self) -> None:
        """Brings the values that change all the time up to date: progress, positions, energy."""
        for station in self.stations.values():
            station.sample()
        for conveyor in self.conveyors.values():
            conveyor.sample()
        self.kitting.sample()
        self.store.sample()
        self.compressor.sample()
        total = self.energy_kwh
        self.values.put("EM1.Energy.Total", round(total, 3))
        if self.book.finished:
            self.values.put("EM1.EnergyPerEngine", round(total / self.book.finished, 4))

    @property
    def power_kw(self) -> float:
        """Electric power of the whole line now."""
        return machine("PLC1").power.busy_kw + sum(account.power_kw for account in self.accounts.values())

    @property
    def energy_kwh(self) -> float:
        """Electric energy of the whole line since its start."""
        own = machine("PLC1").power.busy_kw * self.loop.clock_s / 3600.0
        return own + sum(account.energy_kwh for account in self.accounts.values())

    # -- building
    def random(self, name: str) -> Random:
        """A random stream of its own for a face; drawing from it does not change the plant."""
        return random_stream(self._seed, name)

    def operators_leave(self) -> None:
        """From now on every poka-yoke stop waits until somebody answers it over a protocol."""
        for station in self.stations.values():
            station.has_operator = False
        self.kitting.has_operator = False

    def _make_station(self, id: str) -> Station:
        spec = machine(id)
        inlets = sorted((c for c in buffers() if c.target == id), key=lambda c: c.id, reverse=True)  # B95 before B50
        outlets = [c.id for c in buffers() if c.source == id and c.target != "RWK1"]
        rejects = [self.conveyors[c.id] for c in buffers() if c.source == id and c.target == "RWK1"]
        kind = ReworkBench if spec.category == "rework" else Station
        if parts_of(id):
            self.stocks[id] = LineStock(id, self._numbers, self._order_material)
        return kind(
            spec,
            self.loop,
            self.values,
            self.random(id),
            self.book,
            [self.conveyors[c.id] for c in inlets],
            self.conveyors[outlets[0]],
            rejects[0] if rejects else None,
            self.stocks.get(id),
            lambda: self.line_speed,
            self._operators_answer,
        )

    def _connect(self) -> None:
        for spec in buffers():
            conveyor = self.conveyors[spec.id]
            conveyor.on_room = self.stations[spec.source].advance
            conveyor.on_ready = self.stations[spec.target].advance if spec.target else self._dock
        for id, stock in self.stocks.items():
            stock.on_arrival = self.stations[id].advance

    def _begin(self) -> None:
        rng = self.random("stock")
        for id, stock in self.stocks.items():
            stock.receive(make_tray(f"START-{id}", id, 1, self._numbers, rng.randint(6, TRAY_SIZE)))
            stock.receive(make_tray(f"START-{id}-2", id, 1, self._numbers, TRAY_SIZE))
        self._tick()
        self.loop.every(1.0, self._tick)
        self.loop.every(20.0, self.fleet.wake)
        for station in self.stations.values():
            station.advance()
        self.sample()

    def _order_material(self, station: str) -> None:
        if source_of(station) == "KIT1":
            self.kitting.order(station)
        elif station == "OP100":  # the nameplates are printed at the station
            self.loop.after(0.0, lambda: self.stocks[station].receive(self.store.issue(station)))
        else:
            self.loop.after(ISSUE_S, lambda: self.fleet.request(self.store.issue(station), "PS1"))

    def _dock(self) -> None:
        """An engine at the end of the exit conveyor is lifted off after a moment."""
        exit_conveyor = self.conveyors["B100"]

        def lift() -> None:
            if exit_conveyor.is_ready():
                self.book.finish(exit_conveyor.leave())
                self._tick()

        self.loop.after(DOCK_S, lift)

    def _air_demand(self) -> float:
        """Compressed air drawn by all stations, m³/min."""
        return sum(air_demand_l_min(station) for station in self.stations.values()) / 1000.0

    def _make_setters(self) -> dict[str, Callable[[float], None]]:
        def speed(value: float) -> None:
            self.line_speed = value

        setters: dict[str, Callable[[float], None]] = {
            "PLC1.LineSpeed": speed,
            "CMP1.PressureLow": lambda value: setattr(self.compressor, "low_bar", value),
            "CMP1.PressureHigh": lambda value: setattr(self.compressor, "high_bar", value),
            "OP40.TorqueTarget": lambda value: setattr(self.stations["OP40"].setpoints, "torque_target_nm", value),
            "OP60.LeakLimit": lambda value: setattr(self.stations["OP60"].setpoints, "leak_limit", value),
            "OP80.OilTarget": lambda value: setattr(self.stations["OP80"].setpoints, "oil_target_l", value),
        }
        for id, station in self.stations.items():
            setters[f"{id}.CycleTimeFactor"] = lambda value, points=station.setpoints: setattr(
                points, "cycle_factor", value
            )  # type: ignore[misc]
        starts = {
            "PLC1.LineSpeed": 1.0,
            "CMP1.PressureLow": self.compressor.low_bar,
            "CMP1.PressureHigh": self.compressor.high_bar,
            "OP40.TorqueTarget": 85.0,
            "OP60.LeakLimit": 12.0,
            "OP80.OilTarget": 4.2,
        }
        for key, value in starts.items():
            self.values.put(key, value)
        return setters

    # -- the line controller
    def _tick(self) -> None:
        """What the line controller shows; once a second and when an engine leaves."""
        put, loop = self.values.writer("PLC1"), self.loop
        local_s = loop.now_ns // 1_000_000_000 + SHIFT_OFFSET_S
        shift, into_shift_s = divmod(local_s, SHIFT_S)
        if self.values.current.get("PLC1.Shift.Number") != shift % 3:
            self._finished_before_shift = self.book.finished
        put("Shift.Number", shift % 3)
        put("Shift.Plan", int(into_shift_s / TAKT_S * PLANNED_EFFICIENCY))
        put("Shift.Actual", self.book.finished - self._finished_before_shift)
        put("Engines.Started", self.book.started)
        put("Engines.Finished", self.book.finished)
        put("Engines.Scrapped", self.book.scrapped)
        put("Engines.InProcess", len(self.book.in_process))
        put("Engines.LastFinished", self.book.last_finished)
        put("ClockTime", loop.now_ns)
        put("Heartbeat", int(loop.now_s))
        details = [station.detail for station in self.stations.values()]
        is_stopped = all(detail == STOPPED for detail in details)
        put("State", 2 if is_stopped else 3)
        put("Detail", STOPPED if is_stopped else 0)


_WRITABLE = {signal.key: signal for signal in LINE.signals if signal.writable}
