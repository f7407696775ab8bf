"""Puts the supply of material into a model: tokens for used units, cards for trays, vehicles that bring these.

A workpiece takes a unit of material with it, and leaves a token. So many tokens as a tray has units, and the permit
that comes back with the tray before, make a card; the source turns it into a tray, a vehicle brings it, and it is
unloaded into units. All of that but source, vehicles and roads is written in helpers called `<station>|…`, which nobody
sees.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from xushi import simulate
from xushi.runtime.foresight._plant import Plant
from xushi.runtime.foresight._supply import Supply, SupplyChain

OF = "|"
UNIT = "unit"
MATERIAL, USED, PERMIT, READY, TRAY, ORDERS, KANBAN = (
    "material", "used", "permit", "ready", "tray", "orders", "kanban",
)  # fmt: skip
_NO_TIME = simulate.Constant(value_s=0.0)


def helper(element: str, what: str) -> str:
    """The id of a helper of an element."""
    return f"{element}{OF}{what}"


def is_helper(name: str) -> bool:
    """Whether an element of a model is there for its sake only, and no machine or buffer of the plant."""
    return OF in name


def lognormal(mean: float, variation: float) -> simulate.Distribution:
    """The lognormal distribution with this mean and this deviation over mean."""
    if variation <= 0 or mean <= 0:
        return simulate.Constant(value_s=mean)
    sigma2 = math.log1p(variation * variation)
    return simulate.Lognormal(mu=math.log(mean) - sigma2 / 2, sigma=math.sqrt(sigma2))


def with_supply(model: simulate.Model, plant: Plant) -> simulate.Model:
    """Return the model with the supply of its plant; itself where that has none."""
    chain = plant.supply
    if not chain.supplies:
        return model
    by_station = {one.station: one for one in chain.supplies}
    machines = [
        _supplied(plant, one, model.products[0].id) if one.id in by_station else one for one in model.machines
    ]  # fmt: skip
    machines += [_kanban(one) for one in chain.supplies]
    machines += [_source(chain, source) for source in chain.sources]
    buffers = [simulate.Buffer(id=name) for name in _buffers(chain)]
    trays = [simulate.Product(id=helper(one.station, TRAY + "s")) for one in chain.supplies]
    turn_s = max((fleet.turn_s_per_rad for fleet in chain.fleets), default=0.0)
    two_way = {(road.end, road.start) for road in chain.roads}
    roads = [
        # Where a road is one-way, its end holds one vehicle at a time; where both ways are open they pass each other.
        simulate.Road(
            start=road.start, end=road.end, length_m=road.length_m, id=road.id, delay_s=turn_s * chain.bend_rad(road),
            zone=None if (road.start, road.end) in two_way else f"{OF}{road.end}",
        )
        for road in chain.roads
    ]  # fmt: skip
    return msgspec.structs.replace(
        model, products=(*model.products, simulate.Product(id=UNIT), *trays), machines=tuple(machines),
        buffers=(*model.buffers, *buffers), roads=tuple(roads),
        zones=tuple(simulate.Zone(id=zone) for zone in sorted({road.zone for road in roads if road.zone})),
        fleets=tuple(
            simulate.Fleet(id=one.id, count=len(one.vehicles), speed_m_s=one.speed_m_s, home=one.homes)
            for one in chain.fleets
        ),
        transports=tuple(_transports(chain)),
    )  # fmt: skip


def takes_material(plant: Plant, station: str) -> list[bool]:
    """Whether each operation of a station fits material: what comes back from rework has it already."""
    flows = plant.into(station)
    fits = [not plant.comes_back(flow) for flow in flows] or [True]
    return fits if any(fits) else [True] * len(fits)


def _supplied(plant: Plant, machine: simulate.Machine, part: str) -> simulate.Machine:
    """The station, with a unit of material for each workpiece."""
    token = simulate.Make(product=UNIT, to=(simulate.Route(to=helper(machine.id, USED)),))
    operations = [
        msgspec.structs.replace(
            one, inputs=(*one.inputs, simulate.Input(buffer=helper(machine.id, MATERIAL))),
            makes=(simulate.Make(product=part), token), begins=not one.inputs,
        )
        if fits
        else one
        for one, fits in zip(machine.operations, takes_material(plant, machine.id), strict=True)
    ]  # fmt: skip
    return msgspec.structs.replace(machine, operations=tuple(operations))


def tray_of(station: str) -> str:
    """The product that a tray for a station is."""
    return helper(station, TRAY + "s")


def _kanban(one: Supply) -> simulate.Machine:
    """Unloads trays into units, and asks for the next one."""
    units = simulate.Make(product=UNIT, quantity=one.tray_units, to=(simulate.Route(to=helper(one.station, MATERIAL)),))
    permit = simulate.Make(product=UNIT, to=(simulate.Route(to=helper(one.station, PERMIT)),))
    unload = simulate.Operation(
        duration=_NO_TIME, inputs=(simulate.Input(buffer=helper(one.station, TRAY)),), makes=(units, permit)
    )
    ask = simulate.Operation(
        duration=_NO_TIME,
        inputs=(
            simulate.Input(buffer=helper(one.station, USED), quantity=one.tray_units),
            simulate.Input(buffer=helper(one.station, PERMIT)),
        ),
        makes=(simulate.Make(product=tray_of(one.station), to=(simulate.Route(to=helper(one.source, ORDERS)),)),),
    )
    return simulate.Machine(id=helper(one.station, KANBAN), operations=(unload, ask))


def _source(chain: SupplyChain, source: str) -> simulate.Machine:
    """Fills trays in the order in which they were asked for."""
    mine = [one for one in chain.supplies if one.source == source]
    times = {tray_of(one.station): lognormal(one.prepare_s, one.variation) for one in mine}
    operation = simulate.Operation(
        duration=next(iter(times.values())), durations=times,
        inputs=(simulate.Input(buffer=helper(source, ORDERS)),),
        to=tuple(simulate.Route(to=filled_at(one), product=tray_of(one.station)) for one in mine),
    )  # fmt: skip
    places = chain.sources[source].facts.get("Places", 1.0)
    count = int(min(max(places, 1.0), 1_000.0)) if places == places else 1
    return simulate.Machine(id=source, operations=(operation,), count=min(count, len(mine)))


def filled_at(one: Supply) -> str:
    """Where a filled tray is put: before the vehicles, or at the station itself."""
    return helper(one.station, READY if one.fleet else TRAY)


def _buffers(chain: SupplyChain) -> Iterator[str]:
    yield from (helper(source, ORDERS) for source in chain.sources)
    for one in chain.supplies:
        yield from (helper(one.station, what) for what in (MATERIAL, USED, PERMIT, TRAY))
        if one.fleet:
            yield helper(one.station, READY)


def transport_of(one: Supply) -> str:
    """The id of the transport that brings a station its trays."""
    return f"{one.source}→{one.station}"


def _transports(chain: SupplyChain) -> Iterator[simulate.Transport]:
    fleets = {one.id: one for one in chain.fleets}
    for one in chain.supplies:
        if one.fleet:
            # No vehicle of the model goes to a charger: what a round needs there is spent where it loads.
            round_m = chain.way_m(one.start, one.end) + chain.way_m(one.end, one.start)
            charge_s = round_m * fleets[one.fleet].charge_s_per_m
            yield simulate.Transport(
                id=transport_of(one), fleet=one.fleet, source=helper(one.station, READY),
                destination=helper(one.station, TRAY), start=one.start, end=one.end,
                load=simulate.Constant(value_s=fleets[one.fleet].load_s + charge_s),
                unload=simulate.Constant(value_s=fleets[one.fleet].unload_s),
            )  # fmt: skip
