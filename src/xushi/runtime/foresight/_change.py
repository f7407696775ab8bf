"""Changes of a model: one figure of one element each, refused with the element where the model has no such thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Literal, TypeAlias

import msgspec

from xushi import simulate
from xushi.kernel import Text, XushiError
from xushi.runtime.foresight._build_supply import is_helper
from xushi.runtime.foresight._crews import MOST_PEOPLE
from xushi.runtime.foresight._products import (
    Run,
    products_of_model,
    sequence_of,
    sequenced,
    with_family,
    with_work_factor,
)
from xushi.runtime.foresight._working_times import (
    YEARS_S,
    Calendars,
    ShiftTimes,
    calendar_of_machine,
    shift_windows,
    with_pause,
    with_shifts,
    with_times_of,
    with_work,
    without_pause,
)

Figure: TypeAlias = Literal[
    "cycle_time", "repair_time", "time_to_failure", "transfer_time", "capacity", "machines", "vehicles", "share",
    "first_input", "pause", "worked", "shifts", "stopped", "vehicle_speed", "travel_time", "closed", "opened",
    "stand_in", "unpaused", "setup_time", "sequence", "work_factor", "family", "people",
]  # fmt: skip
FIGURE_WORDS: dict[Figure, Text] = {
    "cycle_time": {"en": "cycle time", "zh-CN": "节拍时间"},
    "repair_time": {"en": "repair time", "zh-CN": "维修时间"},
    "time_to_failure": {"en": "time to failure", "zh-CN": "故障间隔"},
    "transfer_time": {"en": "time to pass through", "zh-CN": "通过时间"},
    "capacity": {"en": "places", "zh-CN": "容量"},
    "machines": {"en": "machines side by side", "zh-CN": "并行设备数"},
    "vehicles": {"en": "vehicles", "zh-CN": "小车数量"},
    "share": {"en": "share of a route", "zh-CN": "路线占比"},
    "first_input": {"en": "served first", "zh-CN": "优先来料"},
    "pause": {"en": "pause", "zh-CN": "暂停"},
    "unpaused": {"en": "no planned stop", "zh-CN": "取消计划停机"},
    "worked": {"en": "works all the same", "zh-CN": "照常工作（加班）"},
    "shifts": {"en": "shifts", "zh-CN": "班次"},
    "stopped": {"en": "stopped", "zh-CN": "停机"},
    "vehicle_speed": {"en": "vehicle speed", "zh-CN": "车速"},
    "travel_time": {"en": "travel time", "zh-CN": "通行时间"},
    "closed": {"en": "closed", "zh-CN": "关闭"},
    "opened": {"en": "open", "zh-CN": "开放"},
    "stand_in": {"en": "work done at", "zh-CN": "作业移至"},
    "setup_time": {"en": "set-up time", "zh-CN": "换型时间"},
    "sequence": {"en": "sequence of the orders", "zh-CN": "订单次序"},
    "work_factor": {"en": "work factor", "zh-CN": "作业时间系数"},
    "family": {"en": "set-up family", "zh-CN": "换型族"},
    "people": {"en": "people", "zh-CN": "人数"},
}
COPY = "+"  # M1+2 is the second machine beside M1
EVERY = "*"
_MOST_PLACES = 1_000
_MOST_MACHINES = 20
_MOST_VEHICLES = 50
_STOPPED = "stopped"
_MIN_S = 60.0
_NEVER = simulate.Calendar(id=_STOPPED, period_s=YEARS_S, working_s=((YEARS_S - 1.0, YEARS_S),))
_CHANGES_OF_TIMES = {"pause": with_pause, "unpaused": without_pause, "worked": with_work}
_Make: TypeAlias = Callable[[simulate.Machine], simulate.Machine]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]  # a product is called as its shell
MOST_MIN = 10_080  # a week: nothing is run further ahead
_Minutes = Annotated[float, msgspec.Meta(ge=0, le=MOST_MIN)]


class ModelChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One change of one element.

    Attributes:
        element: machine, buffer, fleet, road, repair crew or product; `*` stands for every machine in a pause, in
            work and in shifts.
        figure: what changes. A time (cycle, set-up, repair, failure, transfer; travel time of a road) and the speed of
            vehicles is multiplied by `factor`. A capacity, and a number of vehicles, of people in a crew or of equal
            machines side by side, becomes `value`. `share` (0 to 1) of what leaves the element goes `to` another.
            `first_input`: what comes from `to` is served first. `pause`: it does not work from `from_min` to `to_min`
            minutes after the fork (maintenance, a break); `worked`: it works then, whatever shifts, pauses and planned
            stops say; `unpaused`: pauses and planned stops in this time are taken away, and shifts stay.
            `shifts`: it works in these hours of every day ("06:00-14:00") by the clock of the time zone `zone`, that
            of the plant when left out, and pauses stay. `stopped` needs nothing more: it works no more, and what is
            on it waits. Nor does `closed` (nobody drives on a road, where there is another way) and
            `opened`. `stand_in`: the machine `to` does its work as well, which takes `factor` times as long there.
            `sequence`: at the machine at which pieces are begun, these `runs` are begun next.
            `work_factor`: the machine works `factor` times as long on the product `to` as it did. `family`: the product
            is of the set-up family of the product `to`, and of one of its own where that is itself.
    """

    element: _Name
    figure: Figure
    factor: Annotated[float, msgspec.Meta(ge=0.01, le=100)] | None = None
    value: Annotated[int, msgspec.Meta(ge=1, le=_MOST_PLACES)] | None = None
    share: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    to: _Name | None = None
    from_min: _Minutes | None = None
    to_min: _Minutes | None = None
    shifts: ShiftTimes | None = None
    zone: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] | None = None
    runs: tuple[Run, ...] | None = None


def in_zone(changes: Sequence[ModelChange], zone: str) -> tuple[ModelChange, ...]:
    """The changes with the time zone of the plant where they mean it."""
    return tuple(
        msgspec.structs.replace(one, zone=zone) if one.figure == "shifts" and one.zone is None else one
        for one in changes
    )


def changed_model(
    model: simulate.Model, changes: Sequence[ModelChange], calendar_s: float = 0.0, at_ns: int | None = None
) -> simulate.Model:  # fmt: skip
    """Return the model with the changes, in their order.

    Args:
        calendar_s: the calendar's time at the fork, `PlantState.calendar_s`.
        at_ns: the fork, ns since 1970, from which the hours of shifts are counted.

    Raises:
        XushiError: `runtime.change_unknown`, `runtime.change_wrong`, `runtime.road_needed`, each with the element;
            `reports.zone_unknown`, `reports.shifts_overlap`.
    """
    for change in changes:
        model = _Changer(model, change, calendar_s, at_ns).changed()
    return model


def check_room(model: simulate.Model, state: simulate.PlantState) -> None:
    """Refuse a model in which what is in a buffer at the start would not fit, or a vehicle could not drive on.

    Raises:
        XushiError: `runtime.change_wrong`, `runtime.vehicle_cut_off`.
    """
    _check_ways_on(model, state)
    carriers = carriers_of(model)
    for machine in model.machines:
        if machine.id not in carriers:
            continue
        inside = [
            name
            for name, one in state.machines.items()
            if machine.id in (name, name.rpartition("-")[0]) and (one.parts or one.held)
        ]
        if len(inside) > machine.count:
            raise XushiError(
                "runtime.change_wrong", element=machine.id, figure=FIGURE_WORDS["capacity"], value=machine.count
            )
    for buffer in model.buffers:
        level = sum(one.quantity for one in state.buffers.get(buffer.id, ()))
        if buffer.capacity is not None and level > buffer.capacity:
            raise XushiError(
                "runtime.change_wrong", element=buffer.id, figure=FIGURE_WORDS["capacity"], value=buffer.capacity
            )


def _check_ways_on(model: simulate.Model, state: simulate.PlantState) -> None:
    """Refuse roads on which a vehicle does not come from where it is to its tasks."""
    for fleet in model.fleets:
        tasks = [one for one in model.transports if one.fleet == fleet.id]
        for number in range(1, fleet.count + 1):
            vehicle = state.vehicles.get(f"{fleet.id}-{number}")
            if vehicle is None:
                continue
            reached = _reached(model, vehicle.at)
            goals = {one.start for one in tasks} | {one.end for one in tasks if one.id == vehicle.transport}
            for goal in sorted(goals - reached):
                raise XushiError("runtime.vehicle_cut_off", vehicle=f"{fleet.id}-{number}", at=vehicle.at, goal=goal)


def can_be_closed(model: simulate.Model, road: simulate.Road) -> bool:
    """Whether another way leads from the start of a road to its end, so that nobody misses it."""
    return road.end in _reached(model, road.start, road)


def _reached(model: simulate.Model, start: str, without: simulate.Road | None = None) -> set[str]:
    """The points to which open roads lead from one."""
    ends: dict[str, list[str]] = {}
    for road in model.roads:
        if road.is_open and road is not without:
            ends.setdefault(road.start, []).append(road.end)
    found, ahead = {start}, [start]
    while ahead:
        more = [end for end in ends.get(ahead.pop(), ()) if end not in found]
        found.update(more)
        ahead += more
    return found


class _Changer:
    """Applies one change to one model."""

    def __init__(self, model: simulate.Model, change: ModelChange, calendar_s: float, at_ns: int | None) -> None:
        self.model = model
        self.change = change
        self.calendar_s = calendar_s
        self.carriers = carriers_of(model)
        self.at_ns = at_ns
        self.stations = [one for one in stations_of(model) if COPY not in one]

    def changed(self) -> simulate.Model:
        match self.change.figure:
            case "vehicles" | "vehicle_speed":
                return self._fleet()
            case "travel_time" | "closed" | "opened":
                return self._road()
            case "people":
                return self._crew()
            case "capacity":
                return self._capacity()
            case "machines":
                return self._machines()
            case "share":
                return self._share()
            case "pause" | "unpaused" | "worked" | "shifts" | "stopped":
                return self._calendar()
            case "transfer_time":
                self._known(self.carriers)
                return self._of_machines(lambda one: _slower(one, self._factor()))
            case "stand_in":
                return self._stand_in()
            case "sequence":
                return self._sequence()
            case "work_factor":
                return self._work_factor()
            case "family":
                return self._family()
            case "setup_time":
                self._known([one.id for one in self.model.machines if one.setups and COPY not in one.id])
                return self._of_machines(self._set_up)
            case "first_input":
                several = [one.id for one in self.model.machines if len(one.operations) > 1]
                self._known([one for one in several if COPY not in one and not is_helper(one)])
                return self._of_machines(self._served_first)
            case _:
                self._known(self.stations)
                return self._of_machines(self._timed)

    def _known(self, known: Sequence[str], element: str | None = None) -> None:
        """Refuse what is not among these: the change's element, where no other is given."""
        element = self.change.element if element is None else element
        if element not in known:
            raise XushiError(
                "runtime.change_unknown", element=element, figure=FIGURE_WORDS[self.change.figure],
                known=", ".join(sorted(known)) or "–",
            )  # fmt: skip

    def _wrong(self, value: object = "–") -> XushiError:
        return XushiError(
            "runtime.change_wrong",
            element=self.change.element,
            figure=FIGURE_WORDS[self.change.figure],
            value=str(value),
        )

    def _factor(self) -> float:
        if self.change.factor is None:
            raise self._wrong()
        return self.change.factor

    def _value(self) -> int:
        if self.change.value is None:
            raise self._wrong()
        return self.change.value

    def _of_machines(self, make: _Make) -> simulate.Model:
        """Change the machine and those that were set beside it."""
        element = self.change.element
        machines = [
            make(one) if one.id == element or one.id.startswith(element + COPY) else one for one in self.model.machines
        ]
        return msgspec.structs.replace(self.model, machines=tuple(machines))

    def _timed(self, machine: simulate.Machine) -> simulate.Machine:
        factor = self._factor()
        if self.change.figure == "cycle_time":
            return _slower(machine, factor)
        name = "repair" if self.change.figure == "repair_time" else "after"
        failures = [
            msgspec.structs.replace(one, **{name: simulate.scaled(getattr(one, name), factor)})
            for one in machine.failures
        ]
        if not failures:
            raise self._wrong(factor)
        return msgspec.structs.replace(machine, failures=tuple(failures))

    def _sequence(self) -> simulate.Model:
        found = sequence_of(self.model)
        self._known([found[0]] if found else [])
        if self.change.runs is None:
            raise self._wrong()
        return sequenced(self.model, self.change.runs)

    def _set_up(self, machine: simulate.Machine) -> simulate.Machine:
        setups = tuple(
            msgspec.structs.replace(one, duration=simulate.scaled(one.duration, self._factor()))
            for one in machine.setups
        )
        return msgspec.structs.replace(machine, setups=setups)

    def _work_factor(self) -> simulate.Model:
        products = products_of_model(self.model)
        self._known(self.stations if products else [])
        product = self._among(products)
        return self._of_machines(lambda one: with_work_factor(one, product, self._factor()))

    def _family(self) -> simulate.Model:
        products = products_of_model(self.model) if any(one.setups for one in self.model.machines) else []
        self._known(products)
        return with_family(self.model, self.change.element, self._among(products))

    def _among(self, products: Sequence[str]) -> str:
        """The product that is meant by `to`."""
        if self.change.to is None:
            raise self._wrong()
        self._known(products, self.change.to)
        return self.change.to

    def _stand_in(self) -> simulate.Model:
        """A place that takes the parts of a machine and gives them where it does; the helper's own work goes on."""
        self._known(self.stations)
        change = self.change
        if change.to not in self.stations or change.to == change.element:
            raise self._wrong(change.to or "–")
        original = next(one for one in self.model.machines if one.id == change.element)
        times = next((one.calendar for one in self.model.machines if one.id == change.to), original.calendar)
        place = simulate.Machine(
            id=f"{change.element}@{change.to}", operations=_slower(original, self._factor()).operations,
            power=original.power, calendar=times,
        )  # fmt: skip
        others = [one for one in self.model.machines if one.id != place.id]
        return msgspec.structs.replace(self.model, machines=(*others, place))

    def _fleet(self) -> simulate.Model:
        self._known([fleet.id for fleet in self.model.fleets])

        def changed(fleet: simulate.Fleet) -> simulate.Fleet:
            if self.change.figure == "vehicle_speed":
                return msgspec.structs.replace(fleet, speed_m_s=fleet.speed_m_s * self._factor())
            if self._value() > _MOST_VEHICLES:
                raise self._wrong(self._value())
            return msgspec.structs.replace(fleet, count=self._value())

        fleets = [changed(one) if one.id == self.change.element else one for one in self.model.fleets]
        return msgspec.structs.replace(self.model, fleets=tuple(fleets))

    def _crew(self) -> simulate.Model:
        """So many people repair; who is at work at the fork ends that repair."""
        self._known([crew.id for crew in self.model.crews])
        people = self._value()
        if people > MOST_PEOPLE:
            raise self._wrong(people)
        crews = [
            msgspec.structs.replace(one, count=people) if one.id == self.change.element else one
            for one in self.model.crews
        ]
        return msgspec.structs.replace(self.model, crews=tuple(crews))

    def _road(self) -> simulate.Model:
        """Close, open or lengthen a road; every task must still find a way."""
        self._known([road.name for road in self.model.roads])

        def changed(road: simulate.Road) -> simulate.Road:
            if self.change.figure == "travel_time":
                factor = self._factor()
                return msgspec.structs.replace(road, length_m=road.length_m * factor, delay_s=road.delay_s * factor)
            return msgspec.structs.replace(road, is_open=self.change.figure == "opened")

        roads = [changed(road) if road.name == self.change.element else road for road in self.model.roads]
        model = msgspec.structs.replace(self.model, roads=tuple(roads))
        homes = {fleet.id: fleet.home for fleet in model.fleets}
        for task in model.transports:
            others = [one.end for one in model.transports if one.fleet == task.fleet]
            needed = [(task.start, task.end), *((start, task.start) for start in (*homes[task.fleet], *others))]
            for start, end in needed:
                if end not in _reached(model, start):
                    raise XushiError("runtime.road_needed", element=self.change.element, start=start, end=end)
        return model

    def _capacity(self) -> simulate.Model:
        plain = [one.id for one in self.model.buffers if one.capacity != 0 and not is_helper(one.id)]
        self._known([*self.carriers, *plain])
        value = self._value()
        if self.change.element in self.carriers:

            def resized(machine: simulate.Machine) -> simulate.Machine:
                # A row of one place would be called otherwise than its state; a row of two loses little.
                if (value < 2) != (machine.count < 2):
                    raise self._wrong(value)
                return msgspec.structs.replace(machine, count=value)

            return self._of_machines(resized)
        buffers = [
            msgspec.structs.replace(one, capacity=value) if one.id == self.change.element else one
            for one in self.model.buffers
        ]
        return msgspec.structs.replace(self.model, buffers=tuple(buffers))

    def _machines(self) -> simulate.Model:
        """Set equal machines beside one; they take from and give to the same neighbours, and fail on their own."""
        self._known(self.stations)
        element, value = self.change.element, self._value()
        if value > _MOST_MACHINES:
            raise self._wrong(value)
        calendars = {one.id: one for one in self.model.calendars}
        machines = []
        for one in self.model.machines:
            if one.id.startswith(element + COPY):
                continue
            machines.append(one)
            if one.id == element:
                for number in range(2, value + 1):
                    calendars, copy = _copied(calendars, one, f"{element}{COPY}{number}")
                    machines.append(copy)
        return msgspec.structs.replace(self.model, machines=tuple(machines), calendars=tuple(calendars.values()))

    def _share(self) -> simulate.Model:
        parting = [
            one.id
            for one in self.model.machines
            if len(one.operations[0].to) > 1 and all(route.product is None for route in one.operations[0].to)
        ]  # fmt: skip
        self._known([one for one in parting if COPY not in one])
        change = self.change
        if change.share is None or change.to is None:
            raise self._wrong()
        wanted = change.share

        def sent(machine: simulate.Machine) -> simulate.Machine:
            operations = []
            for operation in machine.operations:
                chosen = [route for route in operation.to if self._is_end(route.to)]
                rest = sum(route.share for route in operation.to if route not in chosen)
                if len(chosen) != 1 or (rest <= 0 and wanted < 1):
                    raise self._wrong(change.to)
                routes = [
                    msgspec.structs.replace(
                        route, share=wanted if route in chosen else (1 - wanted) * route.share / rest
                    )
                    for route in operation.to
                ]
                kept = tuple(route for route in routes if route.share > 0)
                operations.append(msgspec.structs.replace(operation, to=kept))
            return msgspec.structs.replace(machine, operations=tuple(operations))

        return self._of_machines(sent)

    def _is_end(self, place: str) -> bool:
        """Whether a buffer of the model is where the change's `to` begins."""
        return place in ends_of(self.change.element, self.change.to or "")

    def _served_first(self, machine: simulate.Machine) -> simulate.Machine:
        to = self.change.to or ""
        places = {to, f"{to}.out", f"{to}>{self.change.element}"}
        first = [one for one in machine.operations if any(given.buffer in places for given in one.inputs)]
        if not first:
            raise self._wrong(self.change.to or "–")
        rest = [one for one in machine.operations if one not in first]
        return msgspec.structs.replace(machine, operations=(*first, *rest))

    def _calendar(self) -> simulate.Model:
        is_all = self.change.figure != _STOPPED and self.change.element == EVERY
        self._known([*self.stations, *([EVERY] if is_all else [])])
        calendars = {one.id: one for one in self.model.calendars}
        machines = []
        for one in self.model.machines:
            own = one.id.partition(COPY)[0]
            is_meant = own == self.change.element or (is_all and own in self.stations)
            if not is_meant or (
                self.change.figure in ("worked", "unpaused") and one.calendar is None
            ):  # it always works
                machines.append(one)
                continue
            calendars, name = self._working(calendars, one)
            power = msgspec.structs.replace(one.power, off_kw=one.power.idle_kw)
            machines.append(msgspec.structs.replace(one, calendar=name, power=power))
        return msgspec.structs.replace(self.model, machines=tuple(machines), calendars=tuple(calendars.values()))

    def _working(self, calendars: Calendars, machine: simulate.Machine) -> tuple[Calendars, str]:
        """The calendars with the change of a machine's working times, and the name of its own."""
        if self.change.figure == _STOPPED or machine.calendar == _STOPPED:
            return {**calendars, _STOPPED: _NEVER}, _STOPPED
        name = calendar_of_machine(machine.id)
        if self.change.figure == "shifts":
            if self.change.shifts is None or self.change.zone is None or self.at_ns is None:
                raise self._wrong()
            windows = shift_windows(self.change.shifts, self.change.zone, self.at_ns, self.calendar_s)
            return with_shifts(calendars, machine.id, windows), name
        start, end = self.change.from_min, self.change.to_min
        if start is None or end is None or end <= start or machine.calendar not in (None, name):
            raise self._wrong(f"{start}–{end}")  # or it has a calendar of the model's own, with another period
        from_s, to_s = self.calendar_s + start * _MIN_S, self.calendar_s + end * _MIN_S
        return _CHANGES_OF_TIMES[self.change.figure](calendars, machine.id, from_s, to_s), name


def _copied(calendars: Calendars, machine: simulate.Machine, name: str) -> tuple[Calendars, simulate.Machine]:
    """An equal machine; what is changed of its working times later is changed of its own calendar."""
    copy = msgspec.structs.replace(machine, id=name)
    if machine.calendar != calendar_of_machine(machine.id):
        return calendars, copy
    return with_times_of(calendars, machine.id, name), msgspec.structs.replace(copy, calendar=calendar_of_machine(name))


def carriers_of(model: simulate.Model) -> list[str]:
    """The machines of a model that stand for the places of a buffer which carries."""
    buffers = {buffer.id for buffer in model.buffers}
    return [one.id for one in model.machines if f"{one.id}.in" in buffers]


def stations_of(model: simulate.Model) -> list[str]:
    """The machines of a model that stand for machines."""
    carriers = carriers_of(model)
    return [one.id for one in model.machines if one.id not in carriers and not is_helper(one.id)]


def ends_of(element: str, to: str) -> set[str]:
    """The buffers and sinks of a model into which an element gives what goes to another."""
    return {to, f"{to}.in", f"{element}>{to}"}


def _slower(machine: simulate.Machine, factor: float) -> simulate.Machine:
    operations = [
        msgspec.structs.replace(
            one, duration=simulate.scaled(one.duration, factor),
            durations={product: simulate.scaled(time, factor) for product, time in one.durations.items()},
        )
        for one in machine.operations
    ]  # fmt: skip
    return msgspec.structs.replace(machine, operations=tuple(operations))
