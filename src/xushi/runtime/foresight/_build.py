"""Builds the simulation model of a plant and the state it starts from; a carrying buffer is a row of equal places.

A buffer with a transfer time is as many places as it has capacity: a part takes one, is carried for the transfer time,
and keeps its place until it is taken. Its ends are buffers without room, `<id>.in` and `<id>.out`.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from xushi import simulate
from xushi.kernel import Diagnosis, XushiError
from xushi.runtime.foresight._batches import Batch
from xushi.runtime.foresight._build_supply import with_supply
from xushi.runtime.foresight._calibrate import Calibration, Records
from xushi.runtime.foresight._plant import Node, Plant
from xushi.runtime.foresight._records import REPAIRED_KINDS
from xushi.runtime.foresight._start_supply import supply_state, with_waiting

FINISHED, SCRAPPED = "finished", "scrapped"
_PART = "part"


def build_model(plant: Plant, calibration: Calibration) -> simulate.Model:
    """Return the model, with the supply of material where the plant tells it.

    Raises:
        XushiError: `runtime.forecast_no_plant` where no flow of material is described.
    """
    if not plant.machines() or not plant.flows:
        raise XushiError("runtime.forecast_no_plant")
    builder = _Builder(plant, calibration)
    machines = [builder.machine(node) for node in plant.machines()]
    machines += [builder.carrier(node) for node in plant.buffers() if builder.carries(node.id)]
    line = simulate.Model(
        name=plant.name,
        machines=tuple(machines),
        buffers=tuple(builder.buffers()),
        sinks=(simulate.Sink(id=FINISHED), simulate.Sink(id=SCRAPPED, is_good=False)),
        crews=tuple(simulate.Crew(id=crew.id, count=crew.people) for crew in plant.crews.values()),
    )
    return with_supply(line, plant)


class _Builder:
    """Knows what each end of a flow is called in the model."""

    def __init__(self, plant: Plant, calibration: Calibration) -> None:
        self._plant = plant
        self._calibration = calibration
        self._buffer_ids = {node.id for node in plant.buffers()}

    def carries(self, buffer: str) -> bool:
        """Whether parts take time to pass."""
        return self._calibration.transfers.get(buffer, 0.0) > 0

    def place_before(self, before: str, behind: str) -> str:
        """The buffer of the model from which `behind` takes what comes from `before`."""
        if before in self._buffer_ids:
            return f"{before}.out" if self.carries(before) else before
        return f"{before}>{behind}"

    def place_behind(self, before: str, behind: str) -> str:
        """The buffer of the model into which `before` gives what goes to `behind`."""
        if behind in self._buffer_ids:
            return f"{behind}.in" if self.carries(behind) else behind
        return self.place_before(before, behind)

    def routes(self, node: str) -> tuple[simulate.Route, ...]:
        """The routes out of a node."""
        scrap = self._calibration.scrap.get(node, 0.0)
        routes = [
            simulate.Route(
                to=self.place_behind(node, flow.behind),
                share=self._calibration.shares.get((node, flow.behind), 1.0) * (1.0 - scrap),
            )
            for flow in self._plant.out_of(node)
        ] or [simulate.Route(to=FINISHED, share=1.0 - scrap)]
        if scrap > 0:
            routes.append(simulate.Route(to=SCRAPPED, share=scrap))
        return tuple(route for route in routes if route.share > 0)

    def machine(self, node: Node) -> simulate.Machine:
        """One machine with an operation for each way in, who goes first first."""
        work, to = self._calibration.works[node.id], self.routes(node.id)
        batch = self._plant.batches.get(node.id, Batch(1, 1))
        up_to = batch.size if batch.size > batch.least else None
        ways: list[tuple[simulate.Input, ...]] = [
            (simulate.Input(buffer=self.place_before(flow.before, node.id), quantity=batch.least, up_to=up_to),)
            for flow in self._plant.into(node.id)
        ] or [()]
        # Where pieces begin there are always enough of them.
        makes = (simulate.Make(quantity=batch.size),) if batch.size > 1 and ways == [()] else ()
        idle_kw = node.facts.get("IdlePower", 0.0)
        crew = self._plant.crew_of(node.id)
        return simulate.Machine(
            id=node.id,
            operations=tuple(simulate.Operation(duration=work, inputs=inputs, to=to, makes=makes) for inputs in ways),
            failures=tuple(
                simulate.Failure(
                    id=kind, after=one.after, repair=one.repair, counts=one.counts, evidence=one.evidence,
                    crew=crew.id if crew is not None and kind in REPAIRED_KINDS else None,
                )
                for kind, one in self._calibration.interruptions[node.id].items()
            ),
            repair_priority=0 if crew is None else crew.machines[node.id],
            power=simulate.Power(
                busy_kw=node.facts.get("BusyPower", 0.0), idle_kw=idle_kw, setup_kw=idle_kw, blocked_kw=idle_kw,
                down_kw=idle_kw,
            ),
        )  # fmt: skip

    def carrier(self, node: Node) -> simulate.Machine:
        """The places of a buffer that carries."""
        duration = simulate.Constant(value_s=self._calibration.transfers[node.id])
        flows = self._plant.out_of(node.id)
        to = self.routes(node.id)
        if flows and not all(flow.behind in self._buffer_ids for flow in flows):
            to = (simulate.Route(to=f"{node.id}.out"),)
        operation = simulate.Operation(duration=duration, inputs=(simulate.Input(buffer=f"{node.id}.in"),), to=to)
        return simulate.Machine(id=node.id, operations=(operation,), count=max(1, int(node.facts["Capacity"])))

    def buffers(self) -> Iterator[simulate.Buffer]:
        """The buffers of the model."""
        for node in self._plant.buffers():
            if not self.carries(node.id):
                yield simulate.Buffer(id=node.id, capacity=int(node.facts["Capacity"]))
                continue
            yield simulate.Buffer(id=f"{node.id}.in", capacity=0)
            if any(route.to == f"{node.id}.out" for route in self.carrier(node).operations[0].to):
                yield simulate.Buffer(id=f"{node.id}.out", capacity=0)
        for flow in self._plant.flows:
            if flow.before not in self._buffer_ids and flow.behind not in self._buffer_ids:
                yield simulate.Buffer(id=f"{flow.before}>{flow.behind}", capacity=0)


def build_state(
    plant: Plant, calibration: Calibration, records: Records, model: simulate.Model
) -> tuple[simulate.PlantState, list[Diagnosis]]:
    """Return where the plant stood at the end of the records, and what of it is not known."""
    told: list[Diagnosis] = []
    machines: dict[str, simulate.MachineState] = {}
    buffers: dict[str, tuple[simulate.PartState, ...]] = {}
    originals = {machine.id: machine for machine in model.machines}
    waiting = {}
    for node in plant.machines():
        machines[node.id] = one = _machine_state(originals[node.id], calibration, records, plant)
        record = records.machines[node.id]
        waiting[node.id] = bool(one.parts) and one.down is None and not record.is_executing and record.done_s == 0
        if node.id in plant.batches and (one.parts or one.held) and record.inside is None:
            told.append(Diagnosis("runtime.batch_assumed", node.id, {"count": plant.batches[node.id].size}))
        if not records.machines[node.id].is_known:
            told.append(Diagnosis("runtime.state_unknown", node.id))
    inside, emptied = with_waiting(
        plant, records.supply, waiting, {name: one.inside_s for name, one in records.buffers.items()}
    )
    for crew in plant.crews.values():
        if helped := records.helped.get(crew.id):
            told.append(Diagnosis("runtime.crew_helped", crew.id, {"count": helped, "people": crew.people}))
    for station in emptied:
        machines[station] = msgspec.structs.replace(machines[station], parts=())
    for node in plant.buffers():
        inside_s = inside[node.id]
        capacity = int(node.facts["Capacity"])
        if len(inside_s) > capacity:
            told.append(Diagnosis("runtime.buffer_overfull", node.id, {"count": len(inside_s), "capacity": capacity}))
        if node.id not in originals:
            if inside_s:
                buffers[node.id] = (simulate.PartState(product=_PART, quantity=min(len(inside_s), capacity)),)
            continue
        machines |= _places(originals[node.id], calibration.transfers[node.id], inside_s[:capacity])
    state, assumed = supply_state(plant, records.supply, model, simulate.PlantState(machines=machines, buffers=buffers))
    return state, [*told, *assumed]


def _places(carrier: simulate.Machine, transfer_s: float, inside_s: list[float]) -> dict[str, simulate.MachineState]:
    """Each part on a carrying buffer, the oldest on the first place."""
    part = (simulate.PartState(product=_PART),)
    target = carrier.operations[0].to[0].to
    states = {}
    for number, age_s in enumerate(inside_s, 1):
        name = carrier.id if carrier.count == 1 else f"{carrier.id}-{number}"
        if age_s >= transfer_s and target not in (FINISHED, SCRAPPED):
            states[name] = simulate.MachineState(held={target: part})
        else:
            states[name] = simulate.MachineState(parts=part, work_left_s=max(0.0, transfer_s - age_s))
    return states


def _machine_state(
    machine: simulate.Machine, calibration: Calibration, records: Records, plant: Plant
) -> simulate.MachineState:  # fmt: skip
    record = records.machines[machine.id]
    kinds = calibration.interruptions[machine.id]
    down = next((kind for kind, seen in record.kinds.items() if seen.now_for_s is not None and kind in kinds), None)
    used = {kind: one.used for kind, one in kinds.items() if kind != down}
    down_s = record.kinds[down].repaired_now_s or 0.0 if down is not None else 0.0
    parts: tuple[simulate.PartState, ...] = ()
    held: dict[str, tuple[simulate.PartState, ...]] = {}
    if record.has_part:
        part = (simulate.PartState(product=_PART, quantity=plant.pieces_on(machine.id, record.inside)),)
        # Neither at work nor stopped, with a part it has worked on: that one is finished and finds no room.
        is_done = not record.is_executing and down is None and record.done_s > 0
        target = machine.operations[0].to[0].to
        if is_done and target not in (FINISHED, SCRAPPED):
            held = {target: part}
        else:
            # What begins here is made when the work is done.
            parts = (simulate.PartState(product=_PART),) if machine.operations[0].makes else part
    return simulate.MachineState(
        parts=parts, held=held, work_done_s=record.done_s if parts else 0.0, down=down, down_done_s=down_s, used=used,
        waits_for_crew=down is not None and record.kinds[down].waits_now,
        waited_s=record.kinds[down].waited_now_s if down is not None and record.kinds[down].waits_now else 0.0,
    )  # fmt: skip
