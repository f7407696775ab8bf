"""Suggests a mapping for what was found: machines become shells, their values operational data, their constant figures
technical data (IDTA 02003). Same in, same out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import msgspec

from xushi.signals import unit_display

from .._action_input import INPUT_TYPES, ActionInput
from .._explore import FoundNode
from ._interfaces import AID
from ._model import MOST_ROWS, OPERATIONAL_DATA, TECHNICAL_DATA, KindName, Machine, Reason, Row
from ._model import Mapping as Whole
from ._opposites import opposite_of
from ._words import (
    GENERIC,
    free_name,
    id_short,
    machine_kind,
    rating_in,
    shown_name,
    unit_in,
    without_unit,
    words,
)

_KINDS: dict[str, KindName] = {
    "number": "double", "integer": "int", "boolean": "bool", "string": "string", "time": "time", "array": "array",
}  # fmt: skip
# Fields of OPC 40001-1 and OPC 10000-100 identification → Digital Nameplate 3.0 (IDTA 02006)
_NAMEPLATE = {
    "Manufacturer": "ManufacturerName", "Model": "ManufacturerProductDesignation",
    "ProductCode": "OrderCodeOfManufacturer", "SerialNumber": "SerialNumber",
    "YearOfConstruction": "YearOfConstruction", "HardwareRevision": "HardwareVersion",
    "SoftwareRevision": "SoftwareVersion", "DeviceRevision": "FirmwareVersion",
    "DeviceClass": "ManufacturerProductFamily", "ProductInstanceUri": "URIOfTheProduct",
}  # fmt: skip
_STANDARD = ("nsu=http://opcfoundation.org/", "i=")
_NOT_SIGNALS = frozenset({"Structure", "ByteString", "XmlElement", "NodeId", "ExpandedNodeId", "Structure[]"})
_CONTAINERS = frozenset({"objects", "machines", "deviceset", "networkset", "root", "plant"})

ConceptIndex = Mapping[tuple[str, str], str]


def suggest(nodes: Sequence[FoundNode], endpoint: str, concepts: ConceptIndex | None = None) -> Whole:
    """Return the mapping that node types, units, names and the hierarchy suggest, with a reason for each part.

    Args:
        nodes: parents before their children.
        concepts: id of a concept by (name in small letters without spaces, unit), of concepts already in use.
    """
    return _Suggestion(nodes, endpoint, concepts or {}).make()


class _Suggestion:
    def __init__(self, nodes: Sequence[FoundNode], endpoint: str, concepts: ConceptIndex) -> None:
        self._nodes = nodes
        self._by_address = {node.address: node for node in nodes}
        self._host = urlsplit(endpoint).hostname or "server"
        self._concepts = concepts
        self._identified: dict[str, list[FoundNode]] = {}
        self._with_values: set[str] = set()
        self._machines: dict[str, Machine] = {}
        self._machine_of: dict[str, tuple[str, str]] = {}
        self._taken: dict[tuple[str, str], dict[str, int]] = {}
        self._machine_at: dict[str, str] = {}

    def make(self) -> Whole:
        identification = {node.address for node in self._nodes if node.role == "identification"}
        for node in self._nodes:
            if node.is_value and node.parent in identification:
                self._identified.setdefault(node.parent, []).append(node)
            elif node.is_value:
                self._with_values.add(node.parent)
        self._plates = {
            self._by_address[address].parent: address for address in identification if self._by_address[address].parent
        }
        rows: list[Row] = []
        for node in self._nodes:
            is_standard = node.address.startswith(_STANDARD) and (node.is_value or node.parent != "")
            if not (node.is_value or node.is_action) or is_standard or node.parent in identification:
                continue
            if len(rows) >= MOST_ROWS:
                break
            make = self._action if node.is_action else self._row
            rows.append(make(node, len(rows) + 1))
        return Whole(self._machines, tuple(_with_opposites(_apart(rows))))

    # Machines

    def _machine(self, node: FoundNode) -> tuple[str, str]:
        """Return key and address of the machine that a value belongs to."""
        if node.parent not in self._machine_of:
            self._machine_of[node.parent] = self._found(node)
        return self._machine_of[node.parent]

    def _found(self, value: FoundNode) -> tuple[str, str]:
        chain = self._chain(value)
        for node in chain:
            reason = self._certain(node)
            if reason is not None:
                return self._enter(node, reason)
        for node in chain:
            kind = machine_kind(node.name)
            if kind is not None and node.name.lower() not in GENERIC:
                return self._enter(node, Reason("connectors.reason_word", {"word": kind[1]}))
        direct = next((at for at, node in enumerate(chain) if node.address in self._with_values), len(chain) - 1)
        while direct > 0 and chain[direct].name.lower() in GENERIC:
            direct -= 1
        if direct >= 0:
            return self._enter(chain[direct], Reason("connectors.reason_group", {"name": chain[direct].name}))
        return self._enter(FoundNode("", self._host, path=(self._host,)), Reason("connectors.reason_server"))

    def _chain(self, node: FoundNode) -> list[FoundNode]:
        """Return the nodes above a value, from the top down, without what only contains machines."""
        chain: list[FoundNode] = []
        above = self._by_address.get(node.parent)
        while above is not None and len(chain) < 64:
            chain.append(above)
            above = self._by_address.get(above.parent)
        chain.reverse()
        while len(chain) > 1 and chain[0].name.lower() in _CONTAINERS:
            chain.pop(0)
        return chain

    def _certain(self, node: FoundNode) -> Reason | None:
        if node.address in self._plates and node.role != "component":
            return Reason("connectors.reason_identification", {"name": node.name})
        if node.role == "machine":
            return Reason("connectors.reason_role", {"name": node.name})
        if node.meaning.startswith("nsu=") and _is_machine_type(node.type_name):
            return Reason("connectors.reason_type", {"type": node.type_name})
        return None

    def _enter(self, node: FoundNode, reason: Reason) -> tuple[str, str]:
        known = self._machine_at.get(node.address)
        if known is not None:
            return known, node.address
        key = self._unique("", "", id_short(node.name))
        name = shown_name(node.name) if node.address else {"en": node.name, "zh-CN": node.name}  # a host's has no words
        kind = machine_kind(node.name, node.type_name)
        plate: dict[str, str] = {}
        for one in self._identified.get(self._plates.get(node.address, ""), []):
            field = _NAMEPLATE.get(one.name)
            if field and one.sample not in (None, ""):
                plate[field] = str(one.sample)[:500]
        self._machines[key] = Machine(
            key, name, kind[0] if kind else "machine", node.address, plate,
            plate.get("URIOfTheProduct", ""), True, reason,
        )  # fmt: skip
        self._machine_at[node.address] = key
        return key, node.address

    # Values

    def _row(self, node: FoundNode, number: int) -> Row:
        key, address = self._machine(node)
        reasons: list[Reason] = []
        steps = self._steps(node, address)
        unit = unit_display(node.unit) if node.unit else ""
        if unit:
            reasons.append(Reason("connectors.reason_unit", {"unit": unit}))
        elif node.type in ("number", "integer"):
            unit = unit_in(node.name)
            if unit:
                reasons.append(Reason("connectors.reason_unit_name", {"unit": unit, "name": node.name}))
        kind: KindName = "enum" if node.labels and node.type == "integer" else _KINDS.get(node.type, "string")
        reasons.append(Reason("connectors.reason_kind", {"type": node.data_type or node.type}))
        semantic = self._semantic(node, unit, reasons)
        is_included = node.data_type not in _NOT_SIGNALS and bool(node.type)
        if not is_included:
            reasons.append(Reason("connectors.reason_left_out", {"type": node.data_type or "?"}))
        if node.is_writable:
            reasons.append(Reason("connectors.reason_writable"))
        rating = "" if node.is_writable or node.type not in ("number", "integer") else rating_in(node.name)
        if rating:
            reasons.append(Reason("connectors.reason_rating", {"word": rating}))
        named = node.name if words(node.name) not in (("value",), ("val",), ("v",)) or len(steps) < 2 else steps[-2]
        if unit and unit == unit_in(named):
            named = without_unit(named)
        return Row(
            number, node.address, key, self._unique(key, "p", ".".join(steps)), shown_name(named), kind,
            TECHNICAL_DATA if rating else OPERATIONAL_DATA, " / ".join(node.path),
            unit=unit, low=node.low, high=node.high, is_writable=node.is_writable,
            is_included=is_included, semantic_id=semantic, labels=node.labels, options=node.options,
            reasons=tuple(reasons),
        )  # fmt: skip

    # Actions

    def _action(self, node: FoundNode, number: int) -> Row:
        key, address = self._machine(node)
        reasons = [Reason("connectors.reason_action")]
        strange = [one.type for one in node.inputs if one.type not in INPUT_TYPES]
        if strange:
            reasons.append(Reason("connectors.reason_action_left_out", {"type": ", ".join(strange)[:200]}))
        return Row(
            number, node.address, key, self._unique(key, "a", "_".join(self._steps(node, address))),
            shown_name(node.name), "action", AID, " / ".join(node.path), is_included=not strange,
            options=node.options, reasons=tuple(reasons), inputs=tuple(_input(one) for one in node.inputs),
        )  # fmt: skip

    def _steps(self, node: FoundNode, machine: str) -> list[str]:
        """Return the idShorts from the machine down to the value."""
        names = [node.name]
        above = self._by_address.get(node.parent)
        while above is not None and above.address != machine and len(names) < 64:
            names.append(above.name)
            above = self._by_address.get(above.parent)
        if above is None and machine:
            names = names[:1]
        steps = [id_short(name) for name in reversed(names)]
        return [*steps, "Value"] if node.address in self._with_values else steps

    def _semantic(self, node: FoundNode, unit: str, reasons: list[Reason]) -> str:
        if node.meaning.startswith("nsu="):
            reasons.append(Reason("connectors.reason_meaning", {"type": node.type_name or node.meaning}))
            return node.meaning
        lookup = ("".join(words(node.name)), unit)
        found = self._concepts.get(lookup, "")
        if found:
            reasons.append(Reason("connectors.reason_concept", {"id": found}))
        return found

    def _unique(self, machine: str, what: str, wanted: str) -> str:
        """Return `wanted`, or with a number behind it where it is taken."""
        return free_name(wanted, self._taken.setdefault((machine, what), {}))


def _input(found: ActionInput) -> ActionInput:
    """Return an argument with a name to show, and the unit that its own name ends in."""
    unit = found.unit or (unit_in(found.name) if found.type in ("number", "integer") else "")
    named = without_unit(found.name) if unit and unit == unit_in(found.name) else found.name
    return msgspec.structs.replace(found, title=found.title or shown_name(named), unit=unit)


def _with_opposites(rows: list[Row]) -> list[Row]:
    """Say which action takes another back, where the names of one machine say it; one with inputs cannot."""
    plain: dict[str, list[str]] = {}
    for row in rows:
        if row.kind == "action" and row.is_included and not row.inputs:
            plain.setdefault(row.machine, []).append(row.property)
    found = []
    for row in rows:
        inverse = (
            opposite_of(row.property, plain.get(row.machine, ())) if row.kind == "action" and not row.inputs else ""
        )
        if inverse:
            reasons = (*row.reasons, Reason("connectors.reason_opposite", {"name": inverse}))
            row = msgspec.structs.replace(row, inverse=inverse, reasons=reasons)
        found.append(row)
    return found


def _apart(rows: list[Row]) -> list[Row]:
    """Rename a property whose path another's path leads through: an element is a value or a group, not both."""
    groups: set[tuple[str, str]] = set()
    for row in rows:
        path = row.property
        while "." in path:
            path = path.rpartition(".")[0]
            groups.add((row.machine, path))
    if not groups:
        return rows
    taken = {(row.machine, row.property) for row in rows}
    found = []
    for row in rows:
        if (row.machine, row.property) in groups and row.kind != "action":
            number = 2
            while (row.machine, f"{row.property}_{number}") in groups | taken:
                number += 1
            row = msgspec.structs.replace(row, property=f"{row.property}_{number}")
            taken.add((row.machine, row.property))
        found.append(row)
    return found


def _is_machine_type(name: str) -> bool:
    plain = name.removesuffix("Type")
    return plain.endswith(("Machine", "MachineTool", "MotionDevice", "MotionDeviceSystem", "Device", "Robot", "Unit"))
