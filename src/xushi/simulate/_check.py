"""Refuses models that cannot run, and names the element and the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from xushi.kernel import XushiError

from ._distributions import Distribution, check_distribution
from ._model import Buffer, Element, Machine, Model, Operation, Route, Sink, Source


def check(model: Model) -> None:
    """Refuse a model that cannot run.

    Raises:
        XushiError: `simulate.duplicate_id`, `.unknown_element`, `.number_invalid`, `.distribution_invalid`,
            `.no_route`, `.never_fits`, `.dead_end`, `.no_exit`, `.buffer_shared`, `.calendar_invalid`,
            `.source_invalid` or `.nothing_to_do`.
    """
    _check_ids(model)
    _check_numbers(model)
    _check_references(model)
    for where, distribution in _distributions(model):
        check_distribution(distribution, where)
    _check_calendars(model)
    _check_buffers(model)
    _check_exits(model)
    _check_products(model)


def _check_ids(model: Model) -> None:
    elements: tuple[Element, ...] = (
        *model.products, *model.sources, *model.machines, *model.buffers, *model.sinks, *model.crews, *model.calendars,
        *model.zones, *model.fleets, *model.transports, *(order for source in model.sources for order in source.orders),
    )  # fmt: skip
    for name, count in Counter(element.id for element in elements).items():
        if count > 1 or not name:
            raise XushiError("simulate.duplicate_id", id=name)
    for machine in model.machines:
        for name, count in Counter(failure.id for failure in machine.failures).items():
            if count > 1:
                raise XushiError("simulate.duplicate_id", id=f"{machine.id}/{name}")
    if not model.machines and not model.transports:
        raise XushiError("simulate.nothing_to_do", model=model.name)


def _operations(model: Model) -> Iterator[tuple[str, Machine, Operation]]:
    for machine in model.machines:
        if not machine.operations:
            raise XushiError("simulate.nothing_to_do", model=machine.id)
        for number, operation in enumerate(machine.operations):
            yield f"{machine.id}.operations[{number}]", machine, operation


def _distributions(model: Model) -> Iterator[tuple[str, Distribution]]:
    for where, _, operation in _operations(model):
        yield f"{where}.duration", operation.duration
        for product, distribution in operation.durations.items():
            yield f"{where}.durations[{product}]", distribution
    for machine in model.machines:
        for failure in machine.failures:
            yield f"{machine.id}.failures[{failure.id}].after", failure.after
            yield f"{machine.id}.failures[{failure.id}].repair", failure.repair
        for number, setup in enumerate(machine.setups):
            yield f"{machine.id}.setups[{number}].duration", setup.duration
    for source in model.sources:
        if source.interval is not None:
            yield f"{source.id}.interval", source.interval
    for transport in model.transports:
        yield f"{transport.id}.load", transport.load
        yield f"{transport.id}.unload", transport.unload


def _check_numbers(model: Model) -> None:
    least: list[tuple[str, float | None, float]] = []
    for machine in model.machines:
        least.append((f"{machine.id}.count", machine.count, 1))
        least += [(f"{machine.id}/{one.id}.evidence", one.evidence, 0.1) for one in machine.failures]
    for where, _, operation in _operations(model):
        for number, one in enumerate(operation.inputs):
            least.append((f"{where}.inputs[{number}].quantity", one.quantity, 1))
            least.append((f"{where}.inputs[{number}].up_to", one.up_to, one.quantity))
        least += [(f"{where}.makes[{make.product}].quantity", make.quantity, 1) for make in operation.makes]
    least += [(f"{buffer.id}.capacity", buffer.capacity, 0) for buffer in model.buffers]
    least += [(f"{crew.id}.count", crew.count, 1) for crew in model.crews]
    least += [(f"{zone.id}.capacity", zone.capacity, 1) for zone in model.zones]
    least += [(f"{road.name}.length_m", road.length_m, 0) for road in model.roads]
    least += [(f"{road.name}.delay_s", road.delay_s, 0) for road in model.roads]
    for fleet in model.fleets:
        least += [(f"{fleet.id}.count", fleet.count, 1), (f"{fleet.id}.speed_m_s", fleet.speed_m_s, 1e-9)]
    for source in model.sources:
        least.append((f"{source.id}.quantity", source.quantity, 1))
        least += [(f"{source.id}.products[{name}]", share, 0) for name, share in source.products.items()]
        if bool(source.orders) == (source.interval is not None):
            raise XushiError("simulate.source_invalid", source=source.id)
        if source.orders and source.calendar:
            raise XushiError("simulate.source_invalid", source=source.id)
        for order in source.orders:
            least += [(f"{order.id}.quantity", order.quantity, 1), (f"{order.id}.release_s", order.release_s, 0)]
    for where, routes in _routes(model):
        least += [(f"{where} to {route.to}", route.share, 0) for route in routes]
    for where, given, minimum in least:
        if given is not None and not given >= minimum:
            raise XushiError("simulate.number_invalid", where=where, value=given, least=minimum)


def _routes(model: Model) -> Iterator[tuple[str, tuple[Route, ...]]]:
    for where, _, operation in _operations(model):
        yield where, operation.to
        for make in operation.makes:
            yield f"{where}.makes[{make.product}]", make.to
    for source in model.sources:
        yield source.id, source.to


def _check_references(model: Model) -> None:
    products = {product.id for product in model.products}
    buffers = {buffer.id for buffer in model.buffers}
    ends = buffers | {sink.id for sink in model.sinks}
    calendars = {calendar.id for calendar in model.calendars}
    crews = {crew.id for crew in model.crews}
    zones = {zone.id for zone in model.zones}
    fleets = {fleet.id for fleet in model.fleets}
    points = {point for road in model.roads for point in (road.start, road.end)}

    def known(where: str, names: Iterable[str | None], among: set[str]) -> None:
        for name in names:
            if name is not None and name not in among:
                raise XushiError("simulate.unknown_element", where=where, id=name)

    for where, routes in _routes(model):
        known(where, (route.to for route in routes), ends)
        known(where, (route.product for route in routes), products)
    for where, _, operation in _operations(model):
        known(where, (one.buffer for one in operation.inputs), buffers)
        known(where, (one.product for one in operation.inputs), products)
        known(where, operation.durations, products)
        known(where, (make.product for make in operation.makes), products)
        known(where, (operation.product,), products)
    for machine in model.machines:
        known(machine.id, (machine.calendar,), calendars)
        known(machine.id, (failure.crew for failure in machine.failures), crews)
        known(machine.id, (name for setup in machine.setups for name in (setup.before, setup.after)), products)
    for source in model.sources:
        known(source.id, source.products, products)
        known(source.id, (order.product for order in source.orders), products)
        known(source.id, (source.calendar,), calendars)
    for crew in model.crews:
        known(crew.id, (crew.calendar,), calendars)
    for road in model.roads:
        known(road.name, (road.zone,), zones)
    for fleet in model.fleets:
        known(fleet.id, fleet.home or ("",), points)
    for transport in model.transports:
        known(transport.id, (transport.fleet,), fleets)
        known(transport.id, (transport.source, transport.destination), buffers)
        known(transport.id, (transport.start, transport.end), points)


def _check_calendars(model: Model) -> None:
    for calendar in model.calendars:
        last_s = 0.0
        for start_s, end_s in calendar.working_s:
            if not last_s <= start_s < end_s <= calendar.period_s:
                raise XushiError("simulate.calendar_invalid", calendar=calendar.id)
            last_s = end_s
        if not calendar.working_s or not calendar.offset_s >= 0:
            raise XushiError("simulate.calendar_invalid", calendar=calendar.id)


def _check_buffers(model: Model) -> None:
    by_machine = {one.buffer for _, _, operation in _operations(model) for one in operation.inputs}
    by_vehicle = {transport.source for transport in model.transports}
    capacity = {buffer.id: buffer.capacity for buffer in model.buffers}
    for name in capacity:
        if name in by_machine and name in by_vehicle:
            raise XushiError("simulate.buffer_shared", buffer=name)
        if name not in by_machine and name not in by_vehicle:
            raise XushiError("simulate.dead_end", where=name)
    for where, _, operation in _operations(model):
        for name in {one.buffer for one in operation.inputs}:
            needed = sum(one.quantity for one in operation.inputs if one.buffer == name)
            room = capacity[name]
            if room == 0 and needed > 1:
                room = _held_for(model, name)
            if room is not None and needed > max(room, 1):
                raise XushiError("simulate.never_fits", where=where, buffer=name, needed=needed, room=room)
    for transport in model.transports:
        if capacity[transport.destination] == 0:
            raise XushiError("simulate.never_fits", where=transport.id, buffer=transport.destination, needed=1, room=0)


def _held_for(model: Model, buffer: str) -> int:
    """How many parts machines and sources can hold at once for a buffer that hands over directly."""
    held = 0
    for _, machine, operation in _operations(model):
        if any(route.to == buffer for route in operation.to) and not operation.makes:
            held += machine.count * max(1, sum(one.up_to or one.quantity for one in operation.inputs))
        held += machine.count * sum(
            make.quantity for make in operation.makes if any(route.to == buffer for route in make.to or operation.to)
        )
    return held + sum(one.quantity for one in model.sources if any(route.to == buffer for route in one.to))


def _check_exits(model: Model) -> None:
    """Every place parts can come to must have a way to a sink; one of share 0 is none."""
    leads: dict[str, set[str]] = {}
    takers: dict[str, list[str]] = {}
    for transport in model.transports:
        leads.setdefault(transport.source, set()).add(transport.destination)
        takers.setdefault(transport.source, []).append(transport.id)
    for where, machine, operation in _operations(model):
        ways = [_targets(make.to or operation.to) for make in operation.makes] or [_targets(operation.to)]
        if not all(ways):
            raise XushiError("simulate.no_route", where=where, product="*")
        for one in operation.inputs:
            leads.setdefault(one.buffer, set()).update(*ways)
            takers.setdefault(one.buffer, []).append(machine.id)
    for source in model.sources:
        if not _targets(source.to):
            raise XushiError("simulate.no_route", where=source.id, product="*")
    out = {sink.id for sink in model.sinks}
    while found := {name for name, targets in leads.items() if name not in out and targets & out}:
        out |= found
    closed = [buffer.id for buffer in model.buffers if buffer.id not in out]
    if closed:
        names = dict.fromkeys(name for buffer in closed for name in takers.get(buffer, []))
        raise XushiError("simulate.no_exit", where=closed[0], by=", ".join(names))


def _targets(routes: Iterable[Route]) -> set[str]:
    return {route.to for route in routes if route.share > 0}


def _accepts(where: str, routes: Iterable[Route], product: str) -> Iterator[str]:
    """Yield the places a product may go to; it must have one."""
    targets = [route.to for route in routes if route.product in (None, product) and route.share > 0]
    if not targets:
        raise XushiError("simulate.no_route", where=where, product=product)
    yield from targets


def products_of(source: Source, model: Model) -> dict[str, float]:
    """Return the mix of a source: its own, or the first product where it names none."""
    return source.products or {model.products[0].id: 1.0}


def _check_products(model: Model) -> None:
    """Follow every product from where it begins: each needs a route everywhere, and somebody who takes it."""
    if not model.products:
        raise XushiError("simulate.nothing_to_do", model=model.name)
    ends: tuple[Buffer | Sink, ...] = (*model.buffers, *model.sinks)
    here: dict[str, set[str]] = {end.id: set() for end in ends}
    for source in model.sources:
        for product in {order.product for order in source.orders} or products_of(source, model):
            for target in _accepts(source.id, source.to, product):
                here[target].add(product)
    while True:
        before = sum(len(products) for products in here.values())
        for transport in model.transports:
            here[transport.destination] |= here[transport.source]
        for where, _, operation in _operations(model):
            for product in _outcomes(model, operation, here):
                if not operation.makes:
                    for target in _accepts(where, operation.to, product):
                        here[target].add(product)
            for make in operation.makes:
                for product in {make.product} if make.product else _taken_first(model, operation, here):
                    for target in _accepts(where, make.to or operation.to, product):
                        here[target].add(product)
        if sum(len(products) for products in here.values()) == before:
            break
    taken: dict[str, set[str | None]] = {transport.source: {None} for transport in model.transports}
    for _, _, operation in _operations(model):
        for one in operation.inputs:
            taken.setdefault(one.buffer, set()).add(one.product)
    for buffer in model.buffers:
        for product in here[buffer.id]:
            if not taken[buffer.id] & {None, product}:
                raise XushiError("simulate.dead_end", where=f"{buffer.id} ({product})")


def _taken_first(model: Model, operation: Operation, here: dict[str, set[str]]) -> set[str]:
    """Return the products that the first part of an operation may be of."""
    return _outcomes(model, msgspec.structs.replace(operation, inputs=operation.inputs[:1]), here)


def _outcomes(model: Model, operation: Operation, here: dict[str, set[str]]) -> set[str]:
    """Return the products that an operation without `makes` may give out."""
    if not operation.inputs:
        return {operation.product or model.products[0].id}
    return {
        product
        for one in operation.inputs
        for product in ({one.product} if one.product else here[one.buffer])
    }  # fmt: skip
