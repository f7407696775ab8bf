"""Finds the plant in the twins: machines and buffers with their figures and signals, and the way of the material.

Figures are Properties, and signals the leaves that a mapping fills, with a meaning `urn:xushi:Process:1:0/…`; a state
is the enumeration with the labels of OPC 40001-1 (MachineryItemState). The way of the material are relations with
the meaning `urn:xushi:MaterialFlow:1:0` between the nodes of a layout (Hierarchical Structures, IDTA 02011).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from xushi.kernel import Diagnosis
from xushi.runtime._twins import TwinIndex
from xushi.signals import SignalRegistry
from xushi.twins import (
    AnnotatedRelationshipElement,
    Element,
    Entity,
    Property,
    Reference,
    RelationshipElement,
    Submodel,
    find,
    walk,
)

PROCESS = "urn:xushi:Process:1:0"
FLOW = "urn:xushi:MaterialFlow:1:0"
# MachineryItemState and MachineryOperationMode, OPC 40001-1, clauses 12 and 13.
OUT_OF_SERVICE, NOT_EXECUTING, EXECUTING = 1, 2, 3
MAINTENANCE, SETUP, PROCESSING = 1, 2, 3
_STATES = {"1": "outofservice", "2": "notexecuting", "3": "executing"}
_MODES = {"1": "maintenance", "2": "setup", "3": "processing"}


class Node(msgspec.Struct, frozen=True):
    """A machine or a buffer.

    Attributes:
        facts: figures by the last part of their meaning: CycleTime, TransferTime (s), Capacity, …
        signals: keys by role: State, Mode, CurrentPart, Level, CycleTimeFactor.
    """

    id: str
    shell: str
    facts: dict[str, float]
    signals: dict[str, str]

    @property
    def is_buffer(self) -> bool:
        """Whether parts only wait here, or are carried on."""
        return "Capacity" in self.facts and "CycleTime" not in self.facts


class Flow(msgspec.Struct, frozen=True):
    """Parts go from one node to another: their planned share of what leaves, and who is served first."""

    before: str
    behind: str
    share: float = 1.0
    precedence: int = 0


class Plant(msgspec.Struct, frozen=True):
    """What takes part in the flow of the material."""

    name: str
    nodes: dict[str, Node]
    flows: tuple[Flow, ...]
    diagnoses: tuple[Diagnosis, ...] = ()

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


def find_plant(twins: TwinIndex, registry: SignalRegistry) -> Plant:
    """Read the plant out of the twins; what is missing or contradicts itself is told in `diagnoses`."""
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
    name = ""
    for submodel in submodels.values():
        for path, element in walk(submodel):
            if not isinstance(element, RelationshipElement | AnnotatedRelationshipElement) or _meaning(element) != FLOW:
                continue
            ends = [_shell_at(reference, submodels, by_asset) for reference in (element.first, element.second)]
            if None in ends:
                told.append(Diagnosis("runtime.flow_end_unknown", f"{submodel.id}#{path}"))
                continue
            before, behind = (_name(shells[str(end)]) for end in ends)
            ids |= {before: str(ends[0]), behind: str(ends[1])}
            facts = dict(_facts(element, FLOW))
            flows.append(Flow(before, behind, facts.get("Share", 1.0), int(facts.get("Precedence", 0))))
            name = name or _name(shells.get(twins.shell_of_submodel.get(submodel.id, ""))) or submodel.id
    nodes = {}
    for node_id, shell in ids.items():
        mine = [one for one in submodels.values() if twins.shell_of_submodel.get(one.id) == shell]
        nodes[node_id] = _node(node_id, shell, mine, registry)
    plant = Plant(name, nodes, tuple(flows))
    return msgspec.structs.replace(plant, diagnoses=(*told, *_missing(plant)))


def _name(shell: Any) -> str:
    return "" if shell is None else str(shell.id_short or shell.id)


def _meaning(element: Any) -> str:
    reference: Reference | None = element.semantic_id
    return reference.keys[-1].value if reference is not None and reference.keys else ""


def _shell_at(reference: Reference | None, submodels: dict[str, Submodel], by_asset: dict[str, str]) -> str | None:
    """The shell of the asset that a node of a layout stands for."""
    if reference is None or len(reference.keys) < 2 or reference.keys[0].value not in submodels:
        return None
    path = ".".join(key.value for key in reference.keys[1:])
    element = find(submodels[reference.keys[0].value], path)
    return by_asset.get(element.global_asset_id or "") if isinstance(element, Entity) else None


def _facts(parent: Submodel | Element, base: str) -> Iterator[tuple[str, float]]:
    """The numbers below an element whose meaning starts with `base`."""
    for _, element in walk(parent):
        meaning = _meaning(element)
        if isinstance(element, Property) and meaning.startswith(f"{base}/") and element.value:
            try:
                yield _role(meaning, base), float(element.value)
            except ValueError:
                continue


def _role(meaning: str, base: str) -> str:
    """The last part of a meaning, without what a file may have put behind it to tell machines apart."""
    return meaning.removeprefix(f"{base}/").partition(":")[0]


def _node(node_id: str, shell: str, submodels: list[Submodel], registry: SignalRegistry) -> Node:
    facts: dict[str, float] = {}
    signals: dict[str, str] = {}
    for submodel in submodels:
        facts |= dict(_facts(submodel, PROCESS))
        for path, element in walk(submodel):
            key = f"{submodel.id}#{path}"
            if key not in registry:
                continue
            meaning = _meaning(element)
            if meaning.startswith(f"{PROCESS}/"):
                signals.setdefault(_role(meaning, PROCESS), key)
            labels = registry.get(registry.handle(key)).labels
            if has_states(labels):
                signals.setdefault("State", key)
            elif _has_labels(labels, _MODES):
                signals.setdefault("Mode", key)
    return Node(node_id, shell, facts, signals)


def has_states(labels: dict[str, str]) -> bool:
    """Whether a signal with these labels tells a machine's state (MachineryItemState, OPC 40001-1)."""
    return _has_labels(labels, _STATES)


def _has_labels(labels: dict[str, str], wanted: dict[str, str]) -> bool:
    plain = {value: "".join(filter(str.isalpha, label.casefold())) for value, label in labels.items()}
    return all(plain.get(value) == label for value, label in wanted.items())


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
