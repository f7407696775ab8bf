"""Finds the plant in the twins: machines and buffers with their figures and signals, the way of the material, supply.

The way of the material are relations with the meaning `urn:xushi:MaterialFlow:1:0` between the nodes of a layout
(Hierarchical Structures, IDTA 02011); how stations get their material are such with another one, see `_supply`; and
`urn:xushi:SpeedControl:1:0` tells whose set-point of speed counts for whom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec

from xushi.connectors.vda5050 import Layout
from xushi.kernel import Diagnosis
from xushi.runtime._materials import Kind, find_materials, kinds_of, pieces_at
from xushi.runtime._twins import TwinIndex
from xushi.runtime.foresight._batches import Batch, find_batches
from xushi.runtime.foresight._crews import RepairCrew, find_crews
from xushi.runtime.foresight._supply import SupplyChain, SupplyFinder
from xushi.runtime.foresight._twin_facts import (
    PROCESS,
    SUPPLY,
    TRANSPORT,
    Node,
    asset_at,
    facts_of,
    has_states,
    meaning_of,
    read_node,
)
from xushi.signals import SignalRegistry
from xushi.twins import (
    AnnotatedRelationshipElement,
    AssetAdministrationShell,
    Property,
    RelationshipElement,
    Submodel,
    walk,
)

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

__all__ = ["FLOW", "OUT_OF_SERVICE", "PROCESS", "Flow", "Node", "Plant", "find_plant", "has_states", "plant_of"]

FLOW = "urn:xushi:MaterialFlow:1:0"
SPEED = "urn:xushi:SpeedControl:1:0"  # from who has the set-point of speed to whose work it quickens
# MachineryItemState and MachineryOperationMode, OPC 40001-1, clauses 12 and 13.
OUT_OF_SERVICE, NOT_EXECUTING, EXECUTING = 1, 2, 3
MAINTENANCE, SETUP, PROCESSING = 1, 2, 3


_END_UNKNOWN = {
    FLOW: "runtime.flow_end_unknown", SUPPLY: "runtime.supply_end_unknown", SPEED: "runtime.speed_end_unknown",
}  # fmt: skip


class Flow(msgspec.Struct, frozen=True):
    """Parts go from one node to another: their planned share of what leaves, and who is served first."""

    before: str
    behind: str
    share: float = 1.0
    precedence: int = 0


class Plant(msgspec.Struct, frozen=True):
    """What takes part in the flow of the material, who supplies it, products, repair crews and batches, by id."""

    name: str
    nodes: dict[str, Node]
    flows: tuple[Flow, ...]
    diagnoses: tuple[Diagnosis, ...] = ()
    supply: SupplyChain = SupplyChain()
    kinds: dict[str, Kind] = {}
    crews: dict[str, RepairCrew] = {}
    batches: dict[str, Batch] = {}

    def crew_of(self, machine: str) -> RepairCrew | None:
        """Who repairs a machine; None where whoever is needed is there."""
        return next((crew for crew in self.crews.values() if machine in crew.machines), None)

    def pieces_on(self, machine: str, told: int | None = None) -> int:
        """How many pieces are on a machine at work: one, or of a batch as many as are told, else a whole one."""
        batch = self.batches.get(machine)
        return 1 if batch is None else min(max(1, told), batch.size) if told is not None else batch.size

    def machines(self) -> list[Node]:
        """The nodes that work on parts."""
        return [node for node in self.nodes.values() if not node.is_buffer]

    def buffers(self) -> list[Node]:
        """The nodes that parts pass through."""
        return [node for node in self.nodes.values() if node.is_buffer]

    def into(self, node: str) -> list[Flow]:
        """The flows into a node, who goes first first."""
        return sorted((flow for flow in self.flows if flow.behind == node), key=lambda flow: -flow.precedence)

    def out_of(self, node: str) -> list[Flow]:
        """The flows out of a node, the largest share first."""
        return sorted((flow for flow in self.flows if flow.before == node), key=lambda flow: -flow.share)

    def comes_back(self, flow: Flow) -> bool:
        """Whether what a flow brings has been at its end before (rework)."""
        ahead, seen = [flow.behind], {flow.behind}
        while ahead:
            node = ahead.pop()
            if node == flow.before:
                return True
            more = [one.behind for one in self.flows if one.before == node and one.behind not in seen]
            seen.update(more)
            ahead += more
        return False


def plant_of(platform: Platform) -> Plant:
    """The plant of a platform as its twins tell it, with the vehicles' road map among their files.

    It is read again only after twins, files or signals have changed; it must not be written to.
    """
    editions = platform.twins.edition, platform.registry.edition
    known = platform.known_plant
    if known is None or known[0] != editions:
        records = platform.twins.records["submodel"]
        plant = find_plant(platform.twins, platform.registry, lambda: platform.fleet.layout(records))
        known = platform.known_plant = (editions, plant)
    return known[1]


def find_plant(
    twins: TwinIndex, registry: SignalRegistry, layout: Callable[[], Layout | None] | None = None
) -> Plant:  # fmt: skip
    """Read the plant out of the twins; what is missing or contradicts itself is told in `diagnoses`.

    Args:
        layout: finds the road map; asked for only where vehicles bring material.
    """
    shells = {shell.id: shell for shell in twins.shells()}
    by_asset = {
        shell.asset_information.global_asset_id: shell.id
        for shell in shells.values()
        if shell.asset_information.global_asset_id
    }
    submodels = {submodel.id: submodel for submodel in twins.submodels() if submodel.kind != "Template"}
    told: list[Diagnosis] = []
    flows: list[Flow] = []
    ids: dict[str, str] = {}
    controlled: list[tuple[str, str]] = []  # by which shell the speed of which node is set
    supply = SupplyFinder()
    materials = find_materials(twins)
    name = ""

    def ends_of(element: RelationshipElement | AnnotatedRelationshipElement) -> list[str | None]:
        assets = [asset_at(reference, submodels) for reference in (element.first, element.second)]
        return [by_asset.get(asset or "") for asset in assets]

    for submodel in submodels.values():
        for path, element in walk(submodel):
            meaning = meaning_of(element)
            if isinstance(element, Property) and meaning.startswith(f"{TRANSPORT}/VehicleType"):
                shell_id = twins.shell_of_submodel.get(submodel.id, "")
                if element.value and shell_id in shells:
                    supply.vehicle_types[shell_id] = element.value
            if meaning not in _END_UNKNOWN or not isinstance(
                element, RelationshipElement | AnnotatedRelationshipElement
            ):
                continue
            before, behind = ends_of(element)
            if before is None or behind is None:
                told.append(Diagnosis(_END_UNKNOWN[meaning], f"{submodel.id}#{path}"))
                continue
            pair = _name(shells[before]), _name(shells[behind])
            if meaning == SPEED:
                controlled.append((before, pair[1]))
                continue
            if meaning == SUPPLY:
                supply.note(element, pair, before)
                continue
            ids |= {pair[0]: before, pair[1]: behind}
            facts = dict(facts_of(element, FLOW))
            flows.append(Flow(*pair, facts.get("Share", 1.0), int(facts.get("Precedence", 0))))
            name = name or _name(shells.get(twins.shell_of_submodel.get(submodel.id, ""))) or submodel.id

    submodels_of: dict[str, list[Submodel]] = {}
    for submodel in submodels.values():
        submodels_of.setdefault(twins.shell_of_submodel.get(submodel.id, ""), []).append(submodel)

    def node(node_id: str, shell: str) -> Node:
        return read_node(node_id, shell, submodels_of.get(shell, []), registry)

    nodes = {node_id: node(node_id, shell) for node_id, shell in ids.items()}
    for controller, controlled_id in controlled:
        key = node(controller, controller).signals.get("SpeedFactor")
        if key is None or controlled_id not in nodes:
            told.append(Diagnosis("runtime.speed_end_unknown", f"{_name(shells[controller])}→{controlled_id}"))
        else:
            nodes[controlled_id].signals["SpeedFactor"] = key
    machines = [one.id for one in nodes.values() if not one.is_buffer]
    batches, batch_faults = find_batches([nodes[one] for one in machines], submodels_of)
    chain = supply.chain(
        nodes, machines, lambda shell: node(_name(shells[shell]), shell), layout or (lambda: None),
        lambda: pieces_at(materials),
    )  # fmt: skip
    supplied = {one.station for one in chain.supplies}
    if both := sorted(supplied & set(batches)):
        told += [Diagnosis("runtime.batch_without_supply", one) for one in both]
        chain = msgspec.structs.replace(
            chain, supplies=tuple(one for one in chain.supplies if one.station not in batches)
        )
        supplied -= set(batches)
    for node_id, one in nodes.items():
        if "Stock" in one.signals and node_id not in supplied:
            kept = {role: key for role, key in one.signals.items() if role != "Stock"}
            nodes[node_id] = msgspec.structs.replace(one, signals=kept)
    crews, crew_faults = find_crews([nodes[one] for one in machines], shells, submodels_of)
    plant = Plant(name, nodes, tuple(flows), supply=chain, kinds=kinds_of(materials), crews=crews, batches=batches)
    return msgspec.structs.replace(
        plant, diagnoses=(*told, *_missing(plant), *supply.told, *crew_faults, *batch_faults)
    )


def _name(shell: AssetAdministrationShell | None) -> str:
    return "" if shell is None else str(shell.id_short or shell.id)


def _missing(plant: Plant) -> Iterator[Diagnosis]:
    """What a forecast would need and the twins do not say."""
    if not plant.flows:
        yield Diagnosis("runtime.flow_missing", plant.name or "–")
    for node in plant.nodes.values():
        needed = ("Level",) if node.is_buffer else ("State", "CurrentPart")
        for role in needed:
            if role not in node.signals:
                yield Diagnosis("runtime.process_signal_missing", node.id, {"role": role})
        if node.is_buffer:
            if "TransferTime" not in node.facts:
                yield Diagnosis("runtime.transfer_time_missing", node.id)
        elif "CycleTime" not in node.facts:
            yield Diagnosis("runtime.cycle_time_missing", node.id)
