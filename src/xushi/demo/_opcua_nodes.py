"""Builds the OPC UA address space from the plant's description."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from asyncua import Node, Server, ua

from xushi.demo._line import Machine, Signal, Text
from xushi.demo._line_methods import arguments_of

_VARIANT = {
    "double": ua.VariantType.Double,
    "int": ua.VariantType.Int64,
    "bool": ua.VariantType.Boolean,
    "enum": ua.VariantType.Int32,
    "string": ua.VariantType.String,
    "time": ua.VariantType.DateTime,
    "double[]": ua.VariantType.Double,
    "int[]": ua.VariantType.Int64,
    "string[]": ua.VariantType.String,
}
_ARGUMENT = {"string": ua.VariantType.String, "integer": ua.VariantType.Int64}
_ZERO: dict[str, Any] = {"double": 0.0, "int": 0, "bool": False, "enum": 0, "string": "", "time": 0}
# UNECE common codes (Recommendation 20) of the units in the description, by UCUM code
_UNECE = {
    "kW": "KWT",
    "kW.h": "KWH",
    "s": "SEC",
    "N.m": "NU",
    "deg": "DD",
    "N": "NEW",
    "A": "AMP",
    "kN": "B47",
    "mm": "MMT",
    "bar": "BAR",
    "Cel": "CEL",
    "%": "P1",
    "Pa": "PAL",
    "ml/min": "41",
    "l/min": "L2",
    "l": "LTR",
    "1/min": "RPM",
    "mbar": "MBR",
    "mm/s": "C16",
    "cm3/min": "G48",
    "m/s": "MTS",
    "m": "MTR",
    "rad": "C81",
    "h": "HUR",
    "V": "VLT",
    "Hz": "HTZ",
    "m3/min": "G53",
}


def variant_of(signal: Signal, value: Any) -> ua.Variant:
    """The OPC UA form of one value."""
    if signal.type == "time":
        value = datetime.fromtimestamp(value / 1e9, UTC)
    if signal.type.endswith("[]"):
        return ua.Variant(list(value), _VARIANT[signal.type], is_array=True)
    return ua.Variant(value, _VARIANT[signal.type])


def zero_of(signal: Signal) -> Any:
    """The value of a signal of which nothing is known yet."""
    return [] if signal.type.endswith("[]") else _ZERO[signal.type]


def unit_id(ucum: str) -> int:
    """UNECE code as the integer that OPC UA Part 8 (EUInformation) asks for; −1 when there is none."""
    code = _UNECE.get(ucum)
    if code is None:
        return -1
    number = 0
    for character in code:
        number = number << 8 | ord(character)
    return number


class NodeTree:
    """Objects, folders and variables below `Objects/Machines`, the folder that OPC 40001-1 names.

    `echoes` maps the key of a state signal to the nodes of the standard building blocks that repeat it.
    """

    def __init__(self, server: Server, index: int) -> None:
        self.echoes: dict[str, list[tuple[ua.NodeId, str]]] = {}
        self._server, self._index = server, index
        self._objects: dict[str, Node] = {}

    def node_id(self, identifier: str) -> ua.NodeId:
        return ua.NodeId(identifier, self._index)

    async def build(self, machines: Iterable[Machine], signals: Iterable[Signal], current: Mapping[str, Any]) -> None:
        root = await self._server.nodes.objects.add_folder(self.node_id("Machines"), self._name("Machines"))
        for machine in machines:
            node = await root.add_object(self.node_id(machine.id), self._name(machine.id))
            await self._describe(node, machine.name)
            self._objects[machine.id] = node
            await self._add_identification(node, machine)
        for signal in signals:
            await self._add_variable(signal, current)

    async def add_method(self, machine: Machine, method: str, function: Any) -> None:
        node = self._objects[machine.id]
        inputs = [
            ua.Argument(
                Name=one.name, DataType=ua.NodeId(_ARGUMENT[one.type].value), ValueRank=-1,
                Description=ua.LocalizedText(one.title.en, "en"),
            )
            for one in arguments_of(method)
        ]  # fmt: skip
        await node.add_method(self.node_id(f"{machine.id}.{method}"), self._name(method), function, inputs, [])

    def _name(self, text: str) -> ua.QualifiedName:
        return ua.QualifiedName(text, self._index)

    async def _folder(self, machine_id: str, parts: list[str]) -> Node:
        here = self._objects[machine_id]
        identifier = machine_id
        for part in parts:
            identifier = f"{identifier}.{part}"
            if identifier not in self._objects:
                self._objects[identifier] = await here.add_object(self.node_id(identifier), self._name(part))
            here = self._objects[identifier]
        return here

    async def _add_variable(self, signal: Signal, current: Mapping[str, Any]) -> None:
        *folders, leaf = signal.path.split(".")
        parent = await self._folder(signal.machine, folders)
        value = current.get(signal.key, zero_of(signal))
        variable = await parent.add_variable(self.node_id(signal.address), self._name(leaf), variant_of(signal, value))
        await self._describe(variable, signal.name)
        if signal.writable:
            await variable.set_writable()
        if signal.unit:
            await self._add_unit(variable, signal)
        if signal.labels:
            await self._add_enum(variable, signal)

    async def _describe(self, node: Node, text: Text) -> None:
        await node.write_attribute(
            ua.AttributeIds.Description, ua.DataValue(ua.Variant(ua.LocalizedText(text.en, "en")))
        )

    async def _add_unit(self, variable: Node, signal: Signal) -> None:
        unit = ua.EUInformation(
            "http://www.opcfoundation.org/UA/units/un/cefact",
            unit_id(signal.unit),
            ua.LocalizedText(signal.unit),
            ua.LocalizedText(signal.unit),
        )
        await variable.add_property(
            self.node_id(f"{signal.address}.EngineeringUnits"), ua.QualifiedName("EngineeringUnits", 0), unit
        )

    async def _add_enum(self, variable: Node, signal: Signal) -> None:
        texts = [ua.LocalizedText(label.en, "en") for label in signal.labels]
        await variable.add_property(
            self.node_id(f"{signal.address}.EnumStrings"), ua.QualifiedName("EnumStrings", 0), texts
        )
        block = {"State": "MachineryItemState", "OperationMode": "MachineryOperationMode"}.get(signal.path)
        if block is not None:
            await self._add_building_block(signal, block)

    async def _add_building_block(self, signal: Signal, block: str) -> None:
        """OPC 40001-1 clauses 13 and 14: the state as a state machine's CurrentState with its Number."""
        node = await self._folder(signal.machine, ["MachineryBuildingBlocks", block])
        base = f"{signal.machine}.MachineryBuildingBlocks.{block}.CurrentState"
        state = await node.add_variable(
            self.node_id(base),
            ua.QualifiedName("CurrentState", 0),
            ua.LocalizedText(signal.labels[0].en, "en"),
        )
        number = await state.add_property(
            self.node_id(f"{base}.Number"),
            ua.QualifiedName("Number", 0),
            ua.Variant(0, ua.VariantType.UInt32),
        )
        self.echoes[signal.key] = [(state.nodeid, "text"), (number.nodeid, "number")]

    async def _add_identification(self, node: Node, machine: Machine) -> None:
        """OPC 40001-1 clause 8: MachineIdentificationType's mandatory and common properties."""
        plate = machine.nameplate
        folder = await self._folder(machine.id, ["Identification"])
        facts: dict[str, Any] = {
            "Manufacturer": ua.LocalizedText(plate.manufacturer.en, "en"),
            "Model": ua.LocalizedText(plate.product.en, "en"),
            "ProductCode": plate.type_code,
            "SerialNumber": plate.serial,
            "ProductInstanceUri": f"urn:xushi:demo:machine:{plate.serial}",
            "YearOfConstruction": ua.Variant(plate.year, ua.VariantType.UInt16),
        }
        for name, value in facts.items():
            await folder.add_property(
                self.node_id(f"{machine.id}.Identification.{name}"), ua.QualifiedName(name, 0), value
            )
