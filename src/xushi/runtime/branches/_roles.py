"""Finds the signals that a model can move: what the twins, the scene and the KPI definitions say they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from xushi.runtime.foresight import Plant
from xushi.scene import Carry, Flow, PlayClip, ShowState, read_place
from xushi.signals import Kind

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

LINE = ""  # whose signals are those of the whole plant
Roles = dict[str, dict[str, str]]
_KINDS: dict[str, tuple[Kind, ...]] = {
    "State": (Kind.ENUM, Kind.INT), "Mode": (Kind.ENUM, Kind.INT), "Detail": (Kind.ENUM, Kind.INT),
    "CurrentPart": (Kind.STRING,), "Parts": (Kind.ARRAY,), "Level": (Kind.INT,), "Progress": (Kind.DOUBLE,),
    "Stage": (Kind.INT,), "Stages": (Kind.ARRAY,), "Positions": (Kind.ARRAY,), "Good": (Kind.INT,),
    "Reject": (Kind.INT,), "Total": (Kind.INT,), "Energy": (Kind.DOUBLE,), "Power": (Kind.DOUBLE,),
    "CycleTimeFactor": (Kind.DOUBLE,), "SpeedFactor": (Kind.DOUBLE,), "LastCycleTime": (Kind.DOUBLE,),
    "Stock": (Kind.INT,),
    "PositionX": (Kind.DOUBLE,), "PositionY": (Kind.DOUBLE,), "Theta": (Kind.DOUBLE,), "Velocity": (Kind.DOUBLE,),
    "Driving": (Kind.BOOL,), "LastNode": (Kind.STRING,), "Load": (Kind.STRING,), "Target": (Kind.STRING,),
}  # fmt: skip


def find_roles(platform: Platform, plant: Plant) -> Roles:
    """Return the key of the signal for each role of each node, and under `LINE` those of the whole plant."""
    suppliers = [*plant.supply.sources.values(), *(one for fleet in plant.supply.fleets for one in fleet.vehicles)]
    nodes = [*plant.nodes.values(), *suppliers]
    roles: Roles = {node.id: dict(node.signals) for node in nodes}
    roles[LINE] = {}
    by_shell = {node.shell: node.id for node in nodes}
    for definition in platform.monitor.kpis.values():
        node = LINE if definition.shell is None else by_shell.get(definition.shell)
        if node is None:
            continue
        given = {"Good": definition.good, "Reject": definition.reject, "Energy": definition.energy}
        roles[node] |= {role: key for role, key in given.items() if key is not None and role not in roles[node]}
    for _, record in platform.store.list("place"):
        place = read_place(record)
        node = by_shell.get(place.shell or "")
        if node is None:
            continue
        for behaviour in place.behaviours:
            match behaviour:
                case ShowState(detail=str(detail)):
                    roles[node].setdefault("Detail", detail)
                case PlayClip(signal=signal):
                    roles[node].setdefault("Progress", signal)
                case Carry(item=item, stage=stage):
                    roles[node].setdefault("CurrentPart", item)
                    roles[node].setdefault("Stage", stage)
                case Flow(positions=positions, stages=stages):
                    roles[node].setdefault("Positions", positions)
                    roles[node].setdefault("Stages", stages)
                case _:
                    pass
    for one in suppliers:  # the model does not know what they use; the meter of the line counts it as it was
        for role in ("Energy", "Power"):
            roles[one.id].pop(role, None)
    return {node: _fitting(platform, given) for node, given in roles.items()}


def _fitting(platform: Platform, given: dict[str, str]) -> dict[str, str]:
    """Those whose signals exist and are of a kind that can be written."""
    registry = platform.registry
    return {
        role: key
        for role, key in given.items()
        if key in registry and registry.get(registry.handle(key)).kind in _KINDS.get(role, ())
    }


class Labels(msgspec.Struct, frozen=True):
    """What the parts in the plant are called at the fork, and how far they are assembled.

    Attributes:
        parts: ids by node, the foremost first.
        stages: stages of assembly, alike.
        stage_after: the stage that a part has after a machine; of a source of material, that of its trays on vehicles.
    """

    parts: dict[str, list[str]]
    stages: dict[str, list[int]]
    stage_after: dict[str, int]
