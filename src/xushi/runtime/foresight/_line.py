"""Takes the main line out of a plant: one way from the first machine to the last, which a browser can compute alone.

A serial line needs no event kernel. What a plant has beside it (rework, scrap, the time parts are carried, the supply
of material) is left out, and each thing left out is told. A plant whose parts go two ways in earnest has no main line.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from xushi import simulate
from xushi.kernel import Diagnosis, XushiError
from xushi.runtime.foresight._build import FINISHED, build_state
from xushi.runtime.foresight._fork import Fork
from xushi.runtime.foresight._products import products_differ
from xushi.runtime.foresight._working_times import around_the_clock

_LEAST_SHARE = 0.7  # of what leaves a machine must stay in the line
_PART = "part"


class MainLine(msgspec.Struct, frozen=True):
    """A serial line as a model of its own, where it stands, and what of the plant is not in it."""

    model: simulate.Model
    state: simulate.PlantState
    left_out: tuple[Diagnosis, ...]


def main_line(fork: Fork) -> MainLine:
    """Return the main line of a plant at an instant.

    Raises:
        XushiError: `runtime.line_none`, with the machine at which the parts go several ways; `runtime.line_batches`,
            with those that work on several pieces at once.
    """
    return _MainLine(fork).run()


class _MainLine:
    """Follows the largest flow."""

    def __init__(self, fork: Fork) -> None:
        self._fork = fork
        self._plant = fork.plant
        self._originals = {machine.id: machine for machine in around_the_clock(fork.model).machines}
        self._buffer_ids = [node.id for node in fork.plant.buffers()]

    def run(self) -> MainLine:
        way = self._way()
        if together := [node for node in way if node in self._plant.batches]:
            raise XushiError("runtime.line_batches", machine=", ".join(together))
        machines = [node for node in way if node not in self._buffer_ids]
        between: list[list[str]] = [[] for _ in machines]  # the buffers before each machine
        for node in way[: way.index(machines[-1])]:
            if node in self._buffer_ids:
                between[sum(one in machines for one in way[: way.index(node)])].append(node)
        model = self._model(machines, between)
        simulate.check(model)
        return MainLine(model, self._state(model, machines, between), tuple(self._told(way)))

    def _way(self) -> list[str]:
        heads = [node.id for node in self._plant.machines() if not self._plant.into(node.id)]
        if len(heads) != 1:
            raise XushiError("runtime.line_none", machine=", ".join(heads) or self._plant.name)
        way = heads
        while flows := self._plant.out_of(way[-1]):
            shares = [self._fork.calibration.shares.get((flow.before, flow.behind), flow.share) for flow in flows]
            if shares[0] < _LEAST_SHARE * sum(shares) or flows[0].behind in way:
                raise XushiError("runtime.line_none", machine=way[-1])
            way.append(flows[0].behind)
        return way

    def _model(self, machines: list[str], between: list[list[str]]) -> simulate.Model:
        capacities = [sum(int(self._plant.nodes[one].facts["Capacity"]) for one in buffers) for buffers in between]
        ids = ["+".join(buffers) or f">{machine}" for machine, buffers in zip(machines, between, strict=True)]
        built = []
        for number, machine in enumerate(machines):
            to = ids[number + 1] if number + 1 < len(machines) else FINISHED
            work = simulate.Operation(
                duration=self._fork.calibration.works[machine],
                inputs=(simulate.Input(buffer=ids[number]),) if number else (),
                to=(simulate.Route(to=to),),
            )
            failures = tuple(_in_work(one, work.duration.mean_s) for one in self._originals[machine].failures)
            built.append(
                msgspec.structs.replace(self._originals[machine], operations=(work,), failures=failures, setups=())
            )
        return simulate.Model(
            name=self._plant.name,
            machines=tuple(built),
            buffers=tuple(
                simulate.Buffer(id=id, capacity=capacity)
                for id, capacity in zip(ids[1:], capacities[1:], strict=True)
            ),
            sinks=(simulate.Sink(id=FINISHED),),
        )  # fmt: skip

    def _state(self, model: simulate.Model, machines: list[str], between: list[list[str]]) -> simulate.PlantState:
        """Where the parts are; durations that are partly over are drawn anew, as the line's recursion wants it."""
        whole, _ = build_state(self._plant, self._fork.calibration, self._fork.records, self._fork.model)
        buffers: dict[str, tuple[simulate.PartState, ...]] = {}
        for buffer, names in zip(model.buffers, between[1:], strict=True):
            inside = sum(len(self._fork.records.buffers[name].inside_s) for name in names)
            if count := min(inside, buffer.capacity or 0):
                buffers[buffer.id] = (simulate.PartState(product=_PART, quantity=count),)
        behind = {machine: buffer.id for machine, buffer in zip(machines, model.buffers, strict=False)}
        states = {}
        for machine in machines:
            old = whole.machines[machine]
            held = {behind[machine]: next(iter(old.held.values()))} if old.held and machine in behind else {}
            states[machine] = simulate.MachineState(parts=old.parts[:1], held=held, down=old.down)
        return simulate.PlantState(machines=states, buffers=buffers)

    def _told(self, way: list[str]) -> Iterator[Diagnosis]:
        for node in self._plant.nodes:
            if node not in way:
                yield Diagnosis("runtime.line_leaves_out", node)
        for machine, share in self._fork.calibration.scrap.items():
            if machine in way and share > 0:
                yield Diagnosis("runtime.line_without_scrap", machine, {"percent": round(100 * share, 1)})
        counted = [
            one.id
            for one in self._originals.values()
            if one.id in way and any(failure.counts == "parts" for failure in one.failures)
        ]
        if counted:
            yield Diagnosis("runtime.line_without_wear", ", ".join(counted))
        if any(failure.evidence is not None for one in self._originals.values() for failure in one.failures):
            yield Diagnosis("runtime.line_without_doubt", self._plant.name)
        carried = [node for node in way if self._fork.calibration.transfers.get(node, 0.0) > 0]
        if carried:
            yield Diagnosis("runtime.line_without_transfer", ", ".join(carried))
        supplied = [one.station for one in self._plant.supply.supplies if one.station in way]
        if supplied:
            yield Diagnosis("runtime.line_without_supply", ", ".join(supplied))
        if self._fork.model.calendars:
            yield Diagnosis("runtime.line_without_shifts", self._plant.name or "–")
        crews = [crew for crew in self._plant.crews.values() if any(one in way for one in crew.machines)]
        if crews:
            yield Diagnosis("runtime.line_without_crews", ", ".join(crew.id for crew in crews))
        if products_differ(self._plant):
            yield Diagnosis("runtime.line_without_products", self._plant.name or "–")


def _in_work(failure: simulate.Failure, work_s: float) -> simulate.Failure:
    """A failure as a line's recursion wants it: after processing time, at a rate known for sure, repaired at once."""
    after = simulate.scaled(failure.after, work_s) if failure.counts == "parts" else failure.after
    return msgspec.structs.replace(failure, after=after, counts="busy", evidence=None, crew=None)
