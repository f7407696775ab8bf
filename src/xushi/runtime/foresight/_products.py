"""Puts the products of orders into a model: which piece is begun next, its work at each machine, what is set up for it.

What is told comes from the twins: `Family` and `WorkFactor` of a product, `SetupTime` of a machine, the same figures as
in a schedule. A plant that tells none of them makes one kind of part, and its model stays as it is. Pieces of which
nobody knows the product are that kind of part: they take the usual work, and nothing is set up for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from xushi import simulate
from xushi.runtime.foresight._build_supply import OF, helper
from xushi.runtime.foresight._plant import Plant

PART = "part"
_SEQUENCE, _RELEASED = "sequence", "released"
_EVERMORE = 1_000_000_000  # pieces of no order that the line goes on with behind the last one
_NO_TIME = simulate.Constant(value_s=0.0)


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many pieces of an order one after the other; of no known product where that is empty."""

    order: str
    product: str
    pieces: int


class Mix(msgspec.Struct, frozen=True):
    """What a line makes at an instant.

    Attributes:
        to_come: what it makes next, in sequence.
        on_line: what is on it, the foremost first, as far as its controller tells; where that is None, the first of
            `to_come` are on it.
        products: by order.
    """

    to_come: tuple[Run, ...] = ()
    on_line: tuple[Run, ...] | None = None
    products: dict[str, str] = {}


def kind_name(product: str) -> str:
    """What a product is called in a model."""
    return f"{OF}{product}" if product else PART


def with_products(model: simulate.Model, plant: Plant) -> simulate.Model:
    """Return the model with all products of the plant and a sequence; itself where the twins tell no difference.

    A plant in which parts begin at several machines, or several at once, has no one sequence: its model stays as it is.
    """
    heads = [node.id for node in plant.machines() if not plant.into(node.id) and plant.out_of(node.id)]
    stations = {node.id for node in plant.machines()}
    if len(heads) != 1 or heads[0] in plant.batches or not products_differ(plant):
        return model
    (head,) = heads
    released = simulate.Input(buffer=helper(head, _RELEASED))
    machines = []
    for machine in model.machines:
        if machine.id in stations:
            operations = tuple(_for_products(one, machine.id, plant) for one in machine.operations)
            if machine.id == head:
                operations = tuple(
                    msgspec.structs.replace(one, inputs=(released, *one.inputs), begins=True) for one in operations
                )
            setups = tuple(_setups(plant, plant.nodes[machine.id].facts.get("SetupTime", 0.0)))
            machine = msgspec.structs.replace(machine, operations=operations, setups=setups)
        machines.append(machine)
    source = simulate.Source(
        id=helper(head, _SEQUENCE), to=(simulate.Route(to=released.buffer),), orders=(_evermore(head),)
    )
    kinds = tuple(simulate.Product(id=kind_name(product)) for product in plant.kinds)
    return msgspec.structs.replace(
        model, products=(*model.products, *kinds), machines=tuple(machines), sources=(*model.sources, source),
        buffers=(*model.buffers, simulate.Buffer(id=released.buffer, capacity=0)),
    )  # fmt: skip


def products_differ(plant: Plant) -> bool:
    """Whether the twins tell of anything in which products differ on this line."""
    is_set_up = any(node.facts.get("SetupTime", 0.0) > 0 for node in plant.machines())
    factors = [one.work.get(node.id, 1.0) for one in plant.kinds.values() for node in plant.machines()]
    return is_set_up or any(factor != 1.0 for factor in factors)


def _for_products(operation: simulate.Operation, station: str, plant: Plant) -> simulate.Operation:
    """The operation with its work on each product; a workpiece keeps its product."""
    durations = {
        kind_name(product): simulate.scaled(operation.duration, kind.work[station])
        for product, kind in plant.kinds.items()
        if kind.work.get(station, 1.0) != 1.0
    }
    makes = tuple(
        msgspec.structs.replace(make, product=None) if make.product == PART else make for make in operation.makes
    )
    return msgspec.structs.replace(operation, durations=durations, makes=makes)


def _setups(plant: Plant, setup_s: float) -> Iterator[simulate.Setup]:
    """The time between any two products of different families; the first that fits counts."""
    if setup_s <= 0:
        return
    yield simulate.Setup(before=PART, duration=_NO_TIME)
    yield simulate.Setup(after=PART, duration=_NO_TIME)
    for before, one in plant.kinds.items():
        for after, other in plant.kinds.items():
            if before != after and one.family == other.family:
                yield simulate.Setup(before=kind_name(before), after=kind_name(after), duration=_NO_TIME)
    yield simulate.Setup(duration=simulate.Constant(value_s=setup_s))


def products_of_model(model: simulate.Model) -> list[str]:
    """Return the products of which the pieces of a model are; none where it makes one kind of part."""
    if sequence_of(model) is None:
        return []
    return [one.id.removeprefix(OF) for one in model.products if one.id.startswith(OF)]


def work_factor(machine: simulate.Machine, product: str) -> float:
    """Return how long a machine works on a product, over its usual work."""
    operation = machine.operations[0]
    time = operation.durations.get(kind_name(product), operation.duration)
    return time.mean_s / operation.duration.mean_s if operation.duration.mean_s > 0 else 1.0


def with_work_factor(machine: simulate.Machine, product: str, factor: float) -> simulate.Machine:
    """Return a machine that works so many times as long on a product as it did."""
    name = kind_name(product)
    operations = tuple(
        msgspec.structs.replace(
            one, durations={**one.durations, name: simulate.scaled(one.durations.get(name, one.duration), factor)}
        )
        for one in machine.operations
    )
    return msgspec.structs.replace(machine, operations=operations)


def family_of(model: simulate.Model, product: str) -> list[str]:
    """Return the other products for which no machine of a model is set up behind this one."""
    name = kind_name(product)
    found = [
        setup.after.removeprefix(OF)
        for machine in model.machines
        for setup in machine.setups
        if setup.before == name and setup.after is not None
    ]
    return list(dict.fromkeys(found))


def with_family(model: simulate.Model, product: str, like: str) -> simulate.Model:
    """Return a model in which a product is of the set-up family of another; of one of its own where that is itself."""
    name = kind_name(product)
    others = [] if like == product else [one for one in (like, *family_of(model, like)) if one != product]
    pairs = [pair for one in others for pair in ((name, kind_name(one)), (kind_name(one), name))]
    joined = [simulate.Setup(before=before, after=after, duration=_NO_TIME) for before, after in pairs]

    def set_up(machine: simulate.Machine) -> simulate.Machine:
        kept = [one for one in machine.setups if None in (one.before, one.after) or name not in (one.before, one.after)]
        return msgspec.structs.replace(machine, setups=(*joined, *kept))

    return msgspec.structs.replace(model, machines=tuple(set_up(one) if one.setups else one for one in model.machines))


def _evermore(head: str) -> simulate.Order:
    return simulate.Order(id=helper(head, f"{_SEQUENCE}{OF}"), product=PART, quantity=_EVERMORE)


def sequence_of(model: simulate.Model) -> tuple[str, simulate.Source] | None:
    """The machine at which parts begin, and what releases them in sequence; None where the model has no such thing."""
    for source in model.sources:
        head, _, what = source.id.rpartition(OF)
        if what == _SEQUENCE:
            return head, source
    return None


def sequenced(model: simulate.Model, runs: Sequence[Run]) -> simulate.Model:
    """Return a model that has a sequence with another one."""
    found = sequence_of(model)
    if found is None:
        return model
    head, source = found
    known = {product.id for product in model.products}
    further = dict.fromkeys(kind_name(run.product) for run in runs)
    products = tuple(simulate.Product(id=name) for name in further if name not in known)
    orders = tuple(
        simulate.Order(
            id=helper(head, f"{_SEQUENCE}{OF}{number}{OF}{run.order}"), product=kind_name(run.product),
            quantity=run.pieces,
        )
        for number, run in enumerate(runs)
        if run.pieces > 0
    )  # fmt: skip
    source = msgspec.structs.replace(source, orders=(*orders, _evermore(head)))
    return msgspec.structs.replace(
        model, products=(*model.products, *products),
        sources=tuple(source if one.id == source.id else one for one in model.sources),
    )  # fmt: skip


def runs_of_model(model: simulate.Model) -> list[Run]:
    """Return the sequence of a model."""
    found = sequence_of(model)
    if found is None:
        return []
    head, source = found
    first = f"{helper(head, _SEQUENCE)}{OF}"
    return [
        Run(order.id.removeprefix(first).partition(OF)[2], order.product.removeprefix(OF), order.quantity)
        for order in source.orders[:-1]
    ]


# ---- what is on the line
def inside(plant: Plant, model: simulate.Model, state: simulate.PlantState) -> list[str]:
    """Return the product of each piece on the line, the foremost first; empty where it is not known."""
    kinds = {product.id for product in model.products if product.id.startswith(OF)}
    found = []
    for _, parts in _places(plant, state):
        for part in parts:
            if part.product in kinds or part.product == PART:
                found += ["" if part.product == PART else part.product.removeprefix(OF)] * part.quantity
    return found


def begun(
    model: simulate.Model, plant: Plant, state: simulate.PlantState, mix: Mix
) -> tuple[simulate.Model, simulate.PlantState]:
    """Return model and state with what the line makes: each piece on it has a product, and the next are in sequence."""
    model = with_products(model, plant)
    if sequence_of(model) is None:
        return model, state
    count = len(inside(plant, model, state))
    if mix.on_line is None:
        products = [run.product for run in mix.to_come for _ in range(run.pieces)][:count]
        products += [""] * (count - len(products))
    else:
        told = [run.product for run in mix.on_line for _ in range(run.pieces)]
        products = [""] * max(0, count - len(told)) + told[max(0, len(told) - count) :]
    model = sequenced(model, still_to_come(mix, products))
    return model, _stamped(plant, model, state, products)


def still_to_come(mix: Mix, on_line: Sequence[str]) -> list[Run]:
    """Return what is begun from now on: pieces on the line are for the first orders of their product.

    Args:
        on_line: the products of the pieces there.
    """
    if mix.on_line is not None:
        return [run for run in mix.to_come if run.pieces > 0]
    spare = {product: on_line.count(product) for product in set(on_line)}
    found = []
    for run in mix.to_come:
        taken = 0
        for product in (run.product, ""):
            more = min(spare.get(product, 0), run.pieces - taken)
            if more > 0:
                spare[product] -= more
                taken += more
        if run.pieces > taken:
            found.append(Run(run.order, run.product, run.pieces - taken))
    return found


def _stamped(
    plant: Plant, model: simulate.Model, state: simulate.PlantState, products: Sequence[str]
) -> simulate.PlantState:
    """The state with the product of each piece, the foremost first, and with what each machine is set up for."""
    names = iter([kind_name(product) for product in products])
    set_up = {machine.id for machine in model.machines if machine.setups}
    last: str | None = next((kind_name(product) for product in products if product), None)
    machines, buffers = dict(state.machines), dict(state.buffers)

    def stamp(parts: tuple[simulate.PartState, ...]) -> tuple[simulate.PartState, ...]:
        nonlocal last
        found = []
        for part in parts:
            if part.product != PART:
                found.append(part)
                continue
            for _ in range(part.quantity):
                last = next(names)
                found.append(msgspec.structs.replace(part, product=last, quantity=1))
        return tuple(found)

    for place, _ in _places(plant, state):
        if place in state.machines:
            one = state.machines[place]
            held = {buffer: stamp(parts) for buffer, parts in one.held.items()}
            one = msgspec.structs.replace(one, held=held, parts=stamp(one.parts))
            if place in set_up:
                one = msgspec.structs.replace(one, product=None if last == PART else last)
            machines[place] = one
        else:
            buffers[place] = stamp(state.buffers[place])
    return msgspec.structs.replace(state, machines=machines, buffers=buffers)


def _places(plant: Plant, state: simulate.PlantState) -> Iterator[tuple[str, tuple[simulate.PartState, ...]]]:
    """Machines, places of carrying buffers, and buffers of a state, from the end of the line to its beginning."""
    by_node: dict[str, list[str]] = {}
    for name in state.machines:
        node = name if name in plant.nodes else name.partition("+")[0]
        by_node.setdefault(node if node in plant.nodes else name.rpartition("-")[0], []).append(name)
    for node in _from_the_end(plant):
        for name in by_node.get(node, ()):
            one = state.machines[name]
            yield name, tuple(part for parts in (*one.held.values(), one.parts) for part in parts)
        if node in state.buffers:
            yield node, state.buffers[node]


def _from_the_end(plant: Plant) -> list[str]:
    """The nodes by how far they are from where parts leave the plant."""
    found = [node for node in plant.nodes if not plant.out_of(node)]
    for node in found:
        found += dict.fromkeys(flow.before for flow in plant.into(node) if flow.before not in found)
    return found


def rebased(model: simulate.Model, state: simulate.PlantState) -> tuple[simulate.Model, simulate.PlantState]:
    """Return a model that was run until a state so that it begins there: its sequence without what was released."""
    found = sequence_of(model)
    if found is None:
        return model, state
    left = [
        msgspec.structs.replace(run, pieces=run.pieces - state.orders[order.id].released)
        for run, order in zip(runs_of_model(model), found[1].orders, strict=False)
    ]
    machines = {
        name: msgspec.structs.replace(
            one, parts=_of_no_order(one.parts), held={to: _of_no_order(parts) for to, parts in one.held.items()}
        )
        for name, one in state.machines.items()
    }
    buffers = {name: _of_no_order(parts) for name, parts in state.buffers.items()}
    return sequenced(model, left), msgspec.structs.replace(state, machines=machines, buffers=buffers, orders={})


def _of_no_order(parts: tuple[simulate.PartState, ...]) -> tuple[simulate.PartState, ...]:
    return tuple(msgspec.structs.replace(part, order=None) for part in parts)


def usual_works_s(
    works_s: Sequence[float], job_orders: Sequence[str], station: str, plant: Plant, products: Mapping[str, str]
) -> list[float]:  # fmt: skip
    """Return recorded times of work as if all had been of the usual product.

    Args:
        job_orders: of each part that was worked on.
        products: by order.
    """
    factors = {product: kind.work.get(station, 1.0) for product, kind in plant.kinds.items()}
    return [
        work_s / factors.get(products.get(job_order.partition("/")[0], ""), 1.0)
        for work_s, job_order in zip(works_s, job_orders, strict=True)
    ]
