"""Reads out of the twins what a model needs of one element: its figures, and which signals tell what it does.

Figures are Properties, and signals the leaves that a mapping fills, with a meaning `urn:xushi:Process:1:0/…` (or one
of the supply of material, see `_supply`); a state is the enumeration with the labels of OPC 40001-1
(MachineryItemState).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import msgspec

from xushi.signals import SignalRegistry
from xushi.twins import Element, Entity, Property, Reference, Submodel, find, walk

PROCESS = "urn:xushi:Process:1:0"
SUPPLY = "urn:xushi:MaterialSupply:1:0"
TRANSPORT = "urn:xushi:Transport:1:0"
_BASES = (PROCESS, SUPPLY, TRANSPORT)
_STATES = {"1": "outofservice", "2": "notexecuting", "3": "executing"}
_MODES = {"1": "maintenance", "2": "setup", "3": "processing"}


class Node(msgspec.Struct, frozen=True):
    """A machine, a buffer, or who brings material.

    Attributes:
        facts: figures by the last part of their meaning: CycleTime, TransferTime (s), Capacity, …
        signals: keys by role: State, Mode, CurrentPart, Level, CycleTimeFactor, Stock, …
    """

    id: str
    shell: str
    facts: dict[str, float]
    signals: dict[str, str]

    @property
    def is_buffer(self) -> bool:
        """Whether parts only wait here, or are carried on."""
        return "Capacity" in self.facts and "CycleTime" not in self.facts


def meaning_of(element: Any) -> str:
    """The last key of an element's semantic id; empty where it has none."""
    reference: Reference | None = element.semantic_id
    return reference.keys[-1].value if reference is not None and reference.keys else ""


def asset_at(reference: Reference | None, submodels: dict[str, Submodel]) -> str | None:
    """The global asset id of the node of a layout that a reference points to."""
    if reference is None or len(reference.keys) < 2 or reference.keys[0].value not in submodels:
        return None
    path = ".".join(key.value for key in reference.keys[1:])
    element = find(submodels[reference.keys[0].value], path)
    return element.global_asset_id if isinstance(element, Entity) else None


def texts_of(parent: Submodel | Element, base: str) -> Iterator[tuple[str, str]]:
    """The values of the Properties below an element whose meaning starts with `base`, by its last part."""
    for _, element in walk(parent):
        if isinstance(element, Property) and element.value and meaning_of(element).startswith(f"{base}/"):
            yield role_of(meaning_of(element), base), element.value


def stated(submodels: Iterable[Submodel]) -> dict[str, str]:
    """What the Properties of a shell say of its process, by the last part of their meaning."""
    return {role: text for submodel in submodels for role, text in texts_of(submodel, PROCESS)}


def facts_of(parent: Submodel | Element, base: str) -> Iterator[tuple[str, float]]:
    """Those of them that are numbers."""
    for role, text in texts_of(parent, base):
        try:
            yield role, float(text)
        except ValueError:
            continue


def role_of(meaning: str, base: str) -> str:
    """The last part of a meaning, without what a file may have put behind it to tell machines apart."""
    return meaning.removeprefix(f"{base}/").partition(":")[0]


def read_node(node_id: str, shell: str, submodels: list[Submodel], registry: SignalRegistry) -> Node:
    """Read one element from the submodels of its shell."""
    facts: dict[str, float] = {}
    signals: dict[str, str] = {}
    for submodel in submodels:
        for path, element in walk(submodel):
            meaning = meaning_of(element)
            base = next((one for one in _BASES if meaning.startswith(f"{one}/")), None)
            if base is not None and isinstance(element, Property) and element.value:
                with suppress(ValueError):
                    facts[role_of(meaning, base)] = float(element.value)
            key = f"{submodel.id}#{path}"
            if key not in registry:
                continue
            if base is not None:
                signals.setdefault(role_of(meaning, base), key)
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
