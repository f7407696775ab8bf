"""The way of a piece through the stations: which machines can do each step, how long that takes, what is on the way."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

import msgspec

from xushi.kernel import XushiError
from xushi.runtime._twins import TwinIndex
from xushi.runtime.foresight import PROCESS, Node, Plant, Records
from xushi.twins import Property, walk

_LEAST = 10  # records below which the description counts
_STANDS_IN = f"{PROCESS}/StandsInFor"


class Step(msgspec.Struct, frozen=True):
    """One step: the machines whose work it is, those that can stand in, and the buffers in front of it."""

    machines: tuple[str, ...]
    buffers: tuple[str, ...] = ()
    stand_ins: tuple[str, ...] = ()


class Pace(msgspec.Struct, frozen=True):
    """How long work takes on a machine, breakdowns spread over it, in s.

    Attributes:
        work_s: of a piece; of a batch, where it takes several at once.
        standing: standing over working.
        batch: how many pieces it takes at once.
    """

    work_s: float
    standing: float
    batch: int = 1

    @property
    def through_s(self) -> float:
        """How long a piece is on the machine in the long run."""
        return self.work_s * (1.0 + self.standing)

    @property
    def each_s(self) -> float:
        """Time from piece to piece in the long run."""
        return self.through_s / self.batch

    def batches(self, pieces: int) -> int:
        """How often it works for so many pieces; the last batch may be a small one."""
        return math.ceil(pieces / self.batch)


def main_route(plant: Plant, twins: TwinIndex) -> list[Step]:
    """Return the steps of the main flow, from the first machine to the last.

    Raises:
        XushiError: `runtime.forecast_no_plant` where no flow of material is described.
    """
    helpers = stand_ins(plant, twins)
    buffers = {node.id for node in plant.buffers()}
    starts = [node.id for node in plant.machines() if not plant.into(node.id) and plant.out_of(node.id)]
    if not starts:
        raise XushiError("runtime.forecast_no_plant")
    steps: list[Step] = []
    at: tuple[str, ...] = (starts[0],)
    seen: set[str] = set()
    waiting: tuple[str, ...] = ()
    while at and not seen & set(at):
        seen |= set(at)
        others = tuple(one for machine in at for one in helpers.get(machine, ()) if one not in at)
        steps.append(Step(at, waiting, tuple(dict.fromkeys(others))))
        waiting, at = _behind(plant, at[0], buffers)
    return steps


def _behind(plant: Plant, machine: str, buffers: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the buffers behind a machine on the main way, and the machines behind these."""
    passed: list[str] = []
    at = machine
    while flows := plant.out_of(at):
        follower = flows[0].behind
        if follower not in buffers:
            beside = [flow.behind for flow in flows if flow.behind not in buffers] if at != machine else [follower]
            return tuple(passed), tuple(dict.fromkeys(beside))
        if follower in passed:
            break
        passed.append(follower)
        at = follower
    return tuple(passed), ()


def stand_ins(plant: Plant, twins: TwinIndex) -> dict[str, tuple[str, ...]]:
    """Return, by machine, those that can do its work: a Property `…/StandsInFor` of theirs names it."""
    shells = {node.shell: node.id for node in plant.machines()}
    found: dict[str, tuple[str, ...]] = {}
    for submodel in twins.submodels():
        helper = shells.get(twins.shell_of_submodel.get(submodel.id, ""))
        if helper is None:
            continue
        for _, element in walk(submodel):
            reference = element.semantic_id
            meaning = reference.keys[-1].value if reference is not None and reference.keys else ""
            if isinstance(element, Property) and meaning.startswith(_STANDS_IN):
                for machine in (element.value or "").replace(",", " ").split():
                    if machine in plant.nodes and machine != helper:
                        found[machine] = (*found.get(machine, ()), helper)
    return found


def paces(plant: Plant, records: Records) -> dict[str, Pace]:
    """Return the pace of every machine: as recorded where enough was, else as described.

    Raises:
        XushiError: `runtime.forecast_blind` where a machine has neither.
    """
    return {
        node.id: msgspec.structs.replace(_pace(node, records), batch=plant.pieces_on(node.id))
        for node in plant.machines()
    }


def _pace(node: Node, records: Records) -> Pace:
    record = records.machines[node.id]
    facts = node.facts
    if len(record.works_s) >= _LEAST:
        work_s = sum(record.works_s) / len(record.works_s) * record.pace
    elif "CycleTime" in facts:
        work_s = facts["CycleTime"] * record.pace
    else:
        raise XushiError("runtime.forecast_blind", machine=node.id)
    stops_s = [lasted for kind in record.kinds.values() for lasted in kind.lasted_s]
    if len(stops_s) >= _LEAST and record.worked_s > 0:
        standing = sum(stops_s) / record.worked_s
    elif facts.get("CharacteristicLife"):
        standing = facts.get("MeanTimeToRestore", 0.0) / facts["CharacteristicLife"]
    else:
        standing = 0.0
    return Pace(work_s, standing)


def under_way(plant: Plant, steps: list[Step], records: Records) -> list[int]:
    """Return the pieces that still have to pass each step, by the step they come to next."""
    counts = []
    for step in steps:
        inside = sum(len(records.buffers[buffer].inside_s) for buffer in step.buffers if buffer in records.buffers)
        at_work = [one for one in step.machines if records.machines[one].has_part]
        inside += sum(plant.pieces_on(one, records.machines[one].inside) for one in at_work)
        counts.append(inside)
    return counts


def transfers_s(plant: Plant, steps: list[Step]) -> Mapping[tuple[str, str], int]:
    """Return the time from the machines of each step to those of the next, in whole seconds."""
    found = {}
    for step, following in itertools.pairwise(steps):
        seconds = round(sum(plant.nodes[buffer].facts.get("TransferTime", 0.0) for buffer in following.buffers))
        for start in (*step.machines, *step.stand_ins):
            for end in (*following.machines, *following.stand_ins):
                if start != end and seconds:
                    found[start, end] = seconds
    return found
