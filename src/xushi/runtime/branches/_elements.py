"""What can be changed on a branch: every element of its model, with its figures and what they are now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from xushi import simulate
from xushi.runtime.foresight import (
    COPY,
    EVERY,
    FINISHED,
    SCRAPPED,
    Figure,
    Plant,
    can_be_closed,
    family_of,
    products_of_model,
    work_factor,
)


class FigureInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One figure that a `ModelChange` of an element may name.

    Attributes:
        figure: its name.
        takes: the field to give: `factor` of the present value, `value`, `share`, a choice (`to`), a `window`
            (`from_min`, `to_min`), `shifts`, or nothing.
        present: in `unit`; None where it has no single number.
        unit: UCUM code; empty for a count.
        to: of a share: what of; of a choice: among which; of a factor: on what product.
    """

    figure: Figure
    takes: Literal["factor", "value", "share", "choice", "window", "shifts", "nothing"]
    present: float | None = None
    unit: str = ""
    to: tuple[str, ...] = ()


class Changeable(msgspec.Struct, frozen=True, kw_only=True):
    """One element of the plant, or all machines together (`*`)."""

    element: str
    kind: Literal["machine", "buffer", "source", "fleet", "crew", "road", "product", "plant"]
    shell: str
    figures: tuple[FigureInfo, ...]


def changeable(plant: Plant, model: simulate.Model) -> list[Changeable]:
    """Return what can be changed in a model of a plant, with its present figures."""
    machines = {machine.id: machine for machine in model.machines}
    buffers = {buffer.id: buffer for buffer in model.buffers}
    found = []
    for node in plant.nodes.values():
        if not node.is_buffer:
            figures = (*_of_machine(plant, node.id, machines), *_on_products(model, machines[node.id]))
            found.append(Changeable(element=node.id, kind="machine", shell=node.shell, figures=figures))
            continue
        figures = ()
        if node.id in machines:
            carrier = machines[node.id]
            figures = (
                FigureInfo(figure="capacity", takes="value", present=carrier.count),
                _time("transfer_time", carrier.operations[0].duration),
            )
        elif node.id in buffers and buffers[node.id].capacity is not None:
            figures = (FigureInfo(figure="capacity", takes="value", present=buffers[node.id].capacity),)
        found.append(Changeable(element=node.id, kind="buffer", shell=node.shell, figures=figures))
    for node in plant.supply.sources.values():
        figures = tuple(_of_source(machines[node.id], machines))
        found.append(Changeable(element=node.id, kind="source", shell=node.shell, figures=figures))
    for fleet in model.fleets:
        figures = (
            FigureInfo(figure="vehicles", takes="value", present=fleet.count),
            FigureInfo(figure="vehicle_speed", takes="factor", present=_rounded(fleet.speed_m_s), unit="m/s"),
        )
        found.append(Changeable(element=fleet.id, kind="fleet", shell="", figures=figures))
    for crew in model.crews:
        shell = plant.crews[crew.id].shell if crew.id in plant.crews else ""
        figures = (FigureInfo(figure="people", takes="value", present=crew.count),)
        found.append(Changeable(element=crew.id, kind="crew", shell=shell, figures=figures))
    speed_m_s = max((fleet.speed_m_s for fleet in model.fleets), default=1.0)
    for road in model.roads:
        travel_s = _rounded(road.length_m / speed_m_s + road.delay_s)
        figures = (FigureInfo(figure="travel_time", takes="factor", present=travel_s, unit="s"),)
        if not road.is_open or can_be_closed(model, road):
            figures += (FigureInfo(figure="closed" if road.is_open else "opened", takes="nothing", present=0.0),)
        found.append(Changeable(element=road.name, kind="road", shell="", figures=figures))
    found += _products(model)
    found.append(Changeable(element=EVERY, kind="plant", shell="", figures=_WORKING_TIMES))
    return found


_WORKING_TIMES = (
    FigureInfo(figure="pause", takes="window"),
    FigureInfo(figure="worked", takes="window"),
    FigureInfo(figure="shifts", takes="shifts"),
)


def _on_products(model: simulate.Model, machine: simulate.Machine) -> Iterator[FigureInfo]:
    for product in products_of_model(model):
        present = _rounded(work_factor(machine, product))
        yield FigureInfo(figure="work_factor", takes="factor", present=present, unit="1", to=(product,))


def _products(model: simulate.Model) -> Iterator[Changeable]:
    """The products, each with those whose set-up family it could be of; itself stands for a family of its own."""
    products = products_of_model(model) if any(machine.setups for machine in model.machines) else []
    for product in products:
        family = family_of(model, product)
        others = [one for one in products if one != product and one not in family]
        to = (*others, *([product] if family else []))
        figures = (FigureInfo(figure="family", takes="choice", to=to),) if to else ()
        yield Changeable(element=product, kind="product", shell=product, figures=figures)


def _time(figure: Figure, duration: simulate.Distribution) -> FigureInfo:
    return FigureInfo(figure=figure, takes="factor", present=_rounded(duration.mean_s), unit="s")


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def _of_source(machine: simulate.Machine, machines: dict[str, simulate.Machine]) -> Iterator[FigureInfo]:
    """Who fills trays: the mean time for one, over those it fills."""
    times = [time.mean_s for time in machine.operations[0].durations.values()]
    yield FigureInfo(figure="cycle_time", takes="factor", present=_rounded(sum(times) / len(times)), unit="s")
    copies = sum(one.startswith(machine.id + COPY) for one in machines)
    yield FigureInfo(figure="machines", takes="value", present=1 + copies)
    yield FigureInfo(figure="pause", takes="window")
    yield FigureInfo(figure="stopped", takes="nothing", present=float(machine.calendar == "stopped"))


def _of_machine(plant: Plant, node: str, machines: dict[str, simulate.Machine]) -> Iterator[FigureInfo]:
    machine = machines[node]
    yield _time("cycle_time", machine.operations[0].duration)
    timed = [one for one in machine.failures if one.counts != "parts"]
    failure = next(iter(sorted(timed, key=lambda one: one.id != "failure")), None)
    if failure is not None:
        yield _time("time_to_failure", failure.after)
        yield _time("repair_time", failure.repair)
    if machine.setups:
        yield _time("setup_time", machine.setups[-1].duration)  # that for any other family
    copies = sum(one.startswith(node + COPY) for one in machines)
    yield FigureInfo(figure="machines", takes="value", present=1 + copies)
    routes = machine.operations[0].to
    if len(routes) > 1:
        total = sum(route.share for route in routes)
        for route in routes:
            yield FigureInfo(
                figure="share", takes="share", present=round(route.share / total, 6), unit="1",
                to=(_behind(plant, node, route.to),),
            )  # fmt: skip
    if len(machine.operations) > 1:
        before = tuple(_before(plant, node, one.inputs[0].buffer) for one in machine.operations if one.inputs)
        yield FigureInfo(figure="first_input", takes="choice", to=before)
    yield from _WORKING_TIMES
    yield FigureInfo(figure="stopped", takes="nothing", present=float(machine.calendar == "stopped"))


def _behind(plant: Plant, node: str, place: str) -> str:
    """What people call the end of a route."""
    if place in (FINISHED, SCRAPPED):
        return place
    ends = {f"{flow.behind}.in": flow.behind for flow in plant.out_of(node)}
    ends |= {f"{node}>{flow.behind}": flow.behind for flow in plant.out_of(node)}
    return ends.get(place, place)


def _before(plant: Plant, node: str, place: str) -> str:
    starts = {f"{flow.before}.out": flow.before for flow in plant.into(node)}
    starts |= {f"{flow.before}>{node}": flow.before for flow in plant.into(node)}
    return starts.get(place, place)
