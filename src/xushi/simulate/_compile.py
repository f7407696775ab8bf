"""Turns a model as data into the kernel's arrays, in the state of a plant that has just been switched on."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import _layout as layout
from ._check import check, products_of
from ._distributions import FAMILIES, Distribution, Empirical, Exponential, parameters
from ._layout import NONE, World
from ._model import Calendar, Failure, Machine, Model, Operation, Route, Source, unit_names
from ._random import stream_key
from ._roads import Ways, shortest_ways

_COUNTS = {"busy": layout.COUNTS_BUSY, "time": layout.COUNTS_TIME, "parts": layout.COUNTS_PARTS}


@dataclass(frozen=True)
class Names:
    """Where each element is in the arrays, and how results call it."""

    machines: dict[str, int]
    sources: dict[str, int]
    buffers: dict[str, int]
    sinks: dict[str, int]
    products: dict[str, int]
    orders: dict[str, int]
    vehicles: dict[str, int]
    transports: dict[str, int]
    crews: dict[str, int]
    points: dict[str, int]
    modes: dict[tuple[str, str], int]
    originals: dict[str, Machine] = field(default_factory=dict)


@dataclass
class _Tables:
    """Rows of the arrays while they are gathered."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    values: list[float] = field(default_factory=list)
    consumers: list[int] = field(default_factory=list)
    changes_s: list[float] = field(default_factory=list)
    streams: dict[str, int] = field(default_factory=dict)

    def add(self, table: str, **row: Any) -> int:
        """Add a row and return its number."""
        rows = self.rows.setdefault(table, [])
        rows.append(row)
        return len(rows) - 1

    def count(self, table: str) -> int:
        return len(self.rows.get(table, ()))

    def stream(self, name: str) -> int:
        """Return the number of the random stream called `name`."""
        return self.streams.setdefault(name, len(self.streams))

    def distribution(self, one: Distribution) -> int:
        """Add a distribution; `Empirical` keeps its values in the common list."""
        numbers = parameters(one)
        if isinstance(one, Empirical):
            first = len(self.values)
            self.values += numbers
            return self.add("dists", family=FAMILIES.index(Empirical), first=first, a=len(numbers))
        a, b, c = (*numbers, 0.0, 0.0)[:3]
        return self.add("dists", family=FAMILIES.index(type(one)), a=a, b=b, c=c)

    def array(self, table: str, dtype: np.dtype[np.void]) -> Any:
        rows = self.rows.get(table, [])
        array = np.zeros(len(rows), dtype)
        for name in dtype.names or ():
            array[name] = [row.get(name, 0) for row in rows]
        return array


def _index(names: list[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def _name(model: Model, ways: Ways) -> Names:
    units = [(name, machine) for machine in model.machines for name in unit_names(machine)]
    failures = [(name, failure.id) for name, machine in units for failure in machine.failures]
    return Names(
        machines=_index([name for name, _ in units]),
        sources={source.id: len(units) + number for number, source in enumerate(model.sources)},
        buffers=_index([buffer.id for buffer in model.buffers]),
        sinks=_index([sink.id for sink in model.sinks]),
        products=_index([product.id for product in model.products]),
        orders=_index([order.id for source in model.sources for order in source.orders]),
        vehicles=_index([f"{fleet.id}-{n}" for fleet in model.fleets for n in range(1, fleet.count + 1)]),
        transports=_index([transport.id for transport in model.transports]),
        crews=_index([crew.id for crew in model.crews]),
        points=ways.points,
        modes={name: number for number, name in enumerate(failures)},
        originals=dict(units),
    )


def compile_model(model: Model, calendar_s: float = 0.0) -> tuple[World, Names]:
    """Return the arrays of a plant that is empty, idle and up, and where everything is in them.

    Args:
        model: the plant.
        calendar_s: added to every calendar's offset.

    Raises:
        XushiError: see `check` and `shortest_ways`.
    """
    check(model)
    ways = shortest_ways(model)
    names = _name(model, ways)
    tables = _Tables()
    timers = len(names.machines) + len(names.sources)
    timers = _add_fleets(model, names, tables, timers)
    calendars = {calendar.id: number for number, calendar in enumerate(model.calendars)}
    is_on = {calendar.id: _is_working(calendar, calendar_s) for calendar in model.calendars}
    largest = 1
    for machine in model.machines:
        first = tables.count("operations")
        for operation in machine.operations:
            _add_operation(model, names, tables, operation)
            largest = max(largest, sum(make.quantity for make in operation.makes))
        on = is_on.get(machine.calendar or "", True)
        calendar = calendars.get(machine.calendar or "", NONE)
        for name in unit_names(machine):
            timers = _add_machine(names, tables, machine, name, first, timers, calendar=calendar, is_on=int(on))
    for source in model.sources:
        on = is_on.get(source.calendar or "", True)
        _add_source(model, names, tables, source, calendar=calendars.get(source.calendar or "", NONE), is_on=int(on))
        largest = max(largest, source.quantity)
    for crew in model.crews:
        calendar = calendars.get(crew.calendar or "", NONE)
        on = is_on.get(crew.calendar or "", True)
        tables.add("crews", free=crew.count, is_on=int(on), first=NONE, calendar=calendar)
    for one in model.calendars:
        _add_calendar(tables, one, calendar_s, timers)
        timers += 1
    _add_buffers(model, names, tables)
    for sink in model.sinks:
        tables.add("sinks", is_good=int(sink.is_good))
    for source in model.sources:
        for order in source.orders:
            tables.add("orders", product=names.products[order.product], quantity=order.quantity,
                       release_s=order.release_s, finish_s=math.nan)  # fmt: skip
    return _world(model, tables, ways, timers, reserve=tables.count("machines") + largest), names


def _add_routes(names: Names, tables: _Tables, routes: tuple[Route, ...]) -> dict[str, int]:
    first = tables.count("routes")
    for route in routes:
        to = names.buffers[route.to] if route.to in names.buffers else -1 - names.sinks[route.to]
        product = NONE if route.product is None else names.products[route.product]
        tables.add("routes", to=to, product=product, share=route.share)
    return {"route_first": first, "route_count": len(routes)}


def _add_operation(model: Model, names: Names, tables: _Tables, operation: Operation) -> None:
    dist_first = tables.count("dists")
    for product in model.products:
        tables.distribution(operation.durations.get(product.id, operation.duration))
    input_first = tables.count("inputs")
    for one in operation.inputs:
        most = one.quantity if one.up_to is None else one.up_to
        product_i = NONE if one.product is None else names.products[one.product]
        tables.add("inputs", buffer=names.buffers[one.buffer], least=one.quantity, most=most, product=product_i)
    routes = _add_routes(names, tables, operation.to)
    made = [(make, _add_routes(names, tables, make.to) if make.to else routes) for make in operation.makes]
    make_first = tables.count("makes")
    for make, own in made:
        product_i = NONE if make.product is None else names.products[make.product]
        tables.add("makes", product=product_i, quantity=make.quantity, **own)
    tables.add(
        "operations", dist_first=dist_first, input_first=input_first, input_count=len(operation.inputs),
        make_first=make_first, make_count=len(operation.makes),
        product=names.products[operation.product or model.products[0].id], begins=int(operation.begins), **routes,
    )  # fmt: skip


def _add_machine(
    names: Names, tables: _Tables, machine: Machine, name: str, op_first: int, timers: int, **shift: int
) -> int:
    """Add one machine with its failures and set-ups; return the number of timers used so far."""
    mode_first = tables.count("modes")
    for failure in machine.failures:
        _add_mode(names, tables, failure, name, timers if failure.counts == "time" else NONE)
        timers += failure.counts == "time"
    setup_first = tables.count("setups")
    for setup in machine.setups:
        before = NONE if setup.before is None else names.products[setup.before]
        after = NONE if setup.after is None else names.products[setup.after]
        tables.add("setups", before=before, after=after, dist=tables.distribution(setup.duration))
    tables.add(
        "machines", kind=layout.MACHINE, draws_ahead=int(_is_exponential(machine)), op_first=op_first,
        op_count=len(machine.operations), op=op_first, only_buffer=_only_buffer(names, machine), mode_first=mode_first,
        mode_count=len(machine.failures), has_part_modes=int(any(one.counts == "parts" for one in machine.failures)),
        setup_first=setup_first, setup_count=len(machine.setups), work_stream=tables.stream(f"{name}/work"),
        route_stream=tables.stream(f"{name}/route"), setup_stream=tables.stream(f"{name}/setup"), first=NONE,
        next_mode=NONE, product=NONE, down_mode=NONE, next_waiting=NONE, repair_priority=machine.repair_priority,
        **shift,
    )  # fmt: skip
    return timers


def _only_buffer(names: Names, machine: Machine) -> int:
    """Return the buffer of a machine that does nothing but take one part of any kind from it and send it on."""
    if len(machine.operations) == 1:
        (operation,) = machine.operations
        if len(operation.inputs) == 1 and not operation.begins:
            (one,) = operation.inputs
            if one.quantity == 1 and one.up_to in (None, 1) and one.product is None:
                return names.buffers[one.buffer]
    return NONE


def _is_exponential(machine: Machine) -> bool:
    """Return whether all work of a machine is exponential, so that its numbers can be drawn ahead."""
    work = [one for op in machine.operations for one in (op.duration, *op.durations.values())]
    return all(isinstance(one, Exponential) for one in work)


def _add_mode(names: Names, tables: _Tables, failure: Failure, name: str, timer: int) -> None:
    tables.add(
        "modes", left=math.nan, machine=names.machines[name], counts=_COUNTS[failure.counts],
        after=tables.distribution(failure.after), repair=tables.distribution(failure.repair),
        crew=NONE if failure.crew is None else names.crews[failure.crew],
        after_stream=tables.stream(f"{name}/{failure.id}/after"),
        repair_stream=tables.stream(f"{name}/{failure.id}/repair"), timer=timer, stretch=1.0,
        evidence=failure.evidence or 0.0,
        scale_stream=tables.stream(f"{name}/{failure.id}/scale") if failure.evidence else NONE,
    )  # fmt: skip


def _add_source(model: Model, names: Names, tables: _Tables, source: Source, **shift: int) -> None:
    mix = products_of(source, model)
    share_first = tables.count("shares")
    total = sum(mix.values())
    for product, share in mix.items():
        tables.add("shares", product=names.products[product], share=share / total)
    dist_first = NONE if source.interval is None else tables.distribution(source.interval)
    routes = _add_routes(names, tables, source.to)
    op = tables.add("operations", dist_first=dist_first, make_first=share_first, make_count=len(mix), **routes)
    first_order = names.orders[source.orders[0].id] if source.orders else 0
    tables.add(
        "machines", kind=layout.ORDER_BOOK if source.orders else layout.ARRIVALS, op_first=op, op_count=1, op=op,
        only_buffer=NONE, work_stream=tables.stream(f"{source.id}/interval"),
        route_stream=tables.stream(f"{source.id}/route"), setup_stream=tables.stream(f"{source.id}/product"),
        first=NONE, next_mode=NONE, product=NONE, down_mode=NONE, next_waiting=NONE,
        loses=int(source.when_full == "lose"), quantity=source.quantity, order=first_order,
        order_end=first_order + len(source.orders), **shift,
    )  # fmt: skip


def _is_always_on(calendar: Calendar) -> bool:
    return calendar.working_s[0][0] <= 0 and all(
        end_s == start_s
        for (_, end_s), (start_s, _) in zip(calendar.working_s, calendar.working_s[1:], strict=False)
    ) and calendar.working_s[-1][1] >= calendar.period_s  # fmt: skip


def _is_working(calendar: Calendar, calendar_s: float) -> bool:
    at_s = (calendar.offset_s + calendar_s) % calendar.period_s
    return any(start_s <= at_s < end_s for start_s, end_s in calendar.working_s)


def _add_calendar(tables: _Tables, calendar: Calendar, calendar_s: float, timer: int) -> None:
    """Add the instants at which a calendar changes; touching intervals are one."""
    first = len(tables.changes_s)
    edges: list[float] = []
    if not _is_always_on(calendar):
        for start_s, end_s in calendar.working_s:
            if edges and edges[-1] == start_s:
                edges.pop()
            else:
                edges.append(start_s)
            edges.append(end_s)
        if edges[0] == 0 and edges[-1] == calendar.period_s:
            edges = edges[1:-1]
    at_s = (calendar.offset_s + calendar_s) % calendar.period_s
    ahead = [number for number, edge_s in enumerate(edges) if edge_s > at_s]
    base_s = -at_s if ahead else calendar.period_s - at_s
    tables.changes_s += edges or [math.inf]
    tables.add(
        "calendars", first=first, count=len(edges) or 1, next=first + (ahead[0] if ahead else 0), timer=timer,
        is_on=int(_is_working(calendar, calendar_s)), period_s=calendar.period_s, base_s=base_s,
    )  # fmt: skip


def _add_buffers(model: Model, names: Names, tables: _Tables) -> None:
    takers: dict[str, list[int]] = {}
    for name, machine in names.originals.items():
        for buffer_id in {one.buffer: 0 for operation in machine.operations for one in operation.inputs}:
            takers.setdefault(buffer_id, []).append(names.machines[name])
    served = {end for transport in model.transports for end in (transport.source, transport.destination)}
    for buffer in model.buffers:
        mine = takers.get(buffer.id, [])
        tables.add(
            "buffers", capacity=layout.UNLIMITED if buffer.capacity is None else buffer.capacity, head=NONE, tail=NONE,
            wait_head=NONE, wait_tail=NONE, is_priority=int(buffer.discipline == "priority"),
            only_consumer=mine[0] if len(mine) == 1 else NONE, consumer_first=len(tables.consumers),
            consumer_count=len(mine), has_transports=int(buffer.id in served),
        )  # fmt: skip
        tables.consumers += mine


def _add_fleets(model: Model, names: Names, tables: _Tables, timers: int) -> int:
    fleets = {fleet.id: number for number, fleet in enumerate(model.fleets)}
    zones = {zone.id: number for number, zone in enumerate(model.zones)}
    for zone in model.zones:
        tables.add("zones", capacity=zone.capacity, first=NONE, last=NONE)
    for road in model.roads:
        zone_i = NONE if road.zone is None else zones[road.zone]
        tables.add(
            "roads", start=names.points[road.start], end=names.points[road.end], zone=zone_i, length_m=road.length_m,
            delay_s=road.delay_s,
        )  # fmt: skip
    for fleet in model.fleets:
        for number in range(fleet.count):
            tables.add(
                "vehicles", at=names.points[fleet.home[number % len(fleet.home)]], transport=NONE, part=NONE, road=NONE,
                zone=NONE, wants=NONE, next=NONE, fleet=fleets[fleet.id], timer=timers, speed_m_s=fleet.speed_m_s,
            )  # fmt: skip
            timers += 1
    for task in model.transports:
        tables.add(
            "transports", fleet=fleets[task.fleet], source=names.buffers[task.source],
            destination=names.buffers[task.destination], start=names.points[task.start], end=names.points[task.end],
            load=tables.distribution(task.load), unload=tables.distribution(task.unload), priority=task.priority,
            load_stream=tables.stream(f"{task.id}/load"), unload_stream=tables.stream(f"{task.id}/unload"),
        )  # fmt: skip
    return timers


def free_parts(count: int, first: int = 0) -> Any:
    """Return fresh parts, each pointing to the next."""
    parts = np.zeros(count, layout.PARTS)
    parts["next"] = np.arange(first + 1, first + count + 1)
    parts["next"][-1] = NONE
    parts["holder"] = parts["order"] = NONE
    return parts


def _world(model: Model, tables: _Tables, ways: Ways, timers: int, reserve: int) -> World:
    machines = tables.count("machines")
    room = sum(buffer.capacity or 0 for buffer in model.buffers if (buffer.capacity or 0) < 10_000)
    parts = free_parts(4 * reserve + room + 64)
    plant = np.zeros(1, layout.PLANT)
    plant["warm_up_s"] = np.inf
    plant["sample_every_s"] = np.inf
    plant["free_count"] = len(parts)
    plant["reserve"] = reserve
    size = 1 << max(1, (timers - 1).bit_length())
    return World(
        plant=plant,
        times=np.full(2 * size, np.inf),
        winners=np.zeros(2 * size, np.int64),
        machines=tables.array("machines", layout.MACHINES),
        state_s=np.zeros((machines, 7)),
        ahead=np.zeros((machines, layout.AHEAD)),
        operations=tables.array("operations", layout.OPERATIONS),
        inputs=tables.array("inputs", layout.INPUTS),
        makes=tables.array("makes", layout.MAKES),
        routes=tables.array("routes", layout.ROUTES),
        shares=tables.array("shares", layout.SHARES),
        dists=tables.array("dists", layout.DISTRIBUTIONS),
        values=np.array(tables.values, np.float64),
        streams=np.zeros((len(tables.streams), 4), np.uint32),
        keys=np.array([stream_key(name) for name in tables.streams], np.uint64),
        modes=tables.array("modes", layout.MODES),
        setups=tables.array("setups", layout.SETUPS),
        buffers=tables.array("buffers", layout.BUFFERS),
        consumers=np.array(tables.consumers, np.int64),
        priorities=np.array([product.priority for product in model.products], np.int64),
        parts=parts,
        sinks=tables.array("sinks", layout.SINKS),
        orders=tables.array("orders", layout.ORDERS),
        crews=tables.array("crews", layout.CREWS),
        calendars=tables.array("calendars", layout.CALENDARS),
        changes_s=np.array(tables.changes_s, np.float64),
        vehicles=tables.array("vehicles", layout.VEHICLES),
        vehicle_s=np.zeros((tables.count("vehicles"), 6)),
        transports=tables.array("transports", layout.TRANSPORTS),
        roads=tables.array("roads", layout.ROADS),
        next_road=ways.next_road,
        way_m=ways.way_m,
        zones=tables.array("zones", layout.ZONES),
        dirty=np.zeros(machines + 1, np.int64),
        samples=np.zeros((0, tables.count("sinks") + tables.count("buffers") + machines)),
        stop=np.zeros(1, np.int8),
    )
