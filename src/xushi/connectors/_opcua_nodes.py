"""Says what the nodes of an OPC UA server are: data types, units, ranges, texts of enumerations, type names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from asyncua import ua
from asyncua.ua.uaprotocol_auto import Argument  # what is read; `ua.Argument` is what one writes

from xushi.signals import unit_of_opcua

from ._action_input import ActionInput
from ._explore import FoundNode, Role, ValueType
from ._opcua_address import method_address
from ._opcua_browse import HAS_SUBTYPE, METHOD, OBJECTS, VARIABLE, Browser, Reference
from ._opcua_values import plain_output

DATA_TYPE, VALUE_RANK, ACCESS_LEVEL = 14, 15, 17
HAS_PROPERTY = "i=46"
LONGEST_NAME = 100
MOST_INPUTS = 60  # a few more than an import takes, so that it says so
MACHINERY = "http://opcfoundation.org/UA/Machinery/"
DI = "http://opcfoundation.org/UA/DI/"
_WRITE = 2
_BUILT_IN: dict[int, tuple[ValueType, str]] = {
    1: ("boolean", "Boolean"), 2: ("integer", "SByte"), 3: ("integer", "Byte"), 4: ("integer", "Int16"),
    5: ("integer", "UInt16"), 6: ("integer", "Int32"), 7: ("integer", "UInt32"), 8: ("integer", "Int64"),
    9: ("integer", "UInt64"), 10: ("number", "Float"), 11: ("number", "Double"), 12: ("string", "String"),
    13: ("time", "DateTime"), 14: ("string", "Guid"), 15: ("string", "ByteString"), 16: ("string", "XmlElement"),
    17: ("string", "NodeId"), 18: ("string", "ExpandedNodeId"), 19: ("integer", "StatusCode"),
    20: ("string", "QualifiedName"), 21: ("string", "LocalizedText"), 22: ("string", "Structure"),
    24: ("string", "BaseDataType"), 26: ("number", "Number"), 27: ("integer", "Integer"), 28: ("integer", "UInteger"),
    29: ("integer", "Enumeration"),
}  # fmt: skip
_ABOUT = frozenset({
    "EngineeringUnits", "EURange", "EnumStrings", "EnumValues", "TrueState", "FalseState", "InputArguments",
})  # fmt: skip
# What a person can give as one plain value: all numbers, texts and truths, and types that are made of them
_PLAIN = frozenset(str(number) for number in (*range(1, 13), 21, 26, 27, 28, 29))
_IDENTIFIED_BY = frozenset({
    "MachineIdentificationType", "MachineryItemIdentificationType", "MachineryComponentIdentificationType",
})  # fmt: skip


class _Type:
    """A data type of the server: what its values are here."""

    def __init__(self, type: ValueType, name: str, labels: dict[str, str], is_plain: bool = False) -> None:
        self.type, self.name, self.labels, self.is_plain = type, name, labels, is_plain


class NodeBook:
    """Learns types once and describes batches of nodes with them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._types: dict[str, _Type] = {}
        self._names: dict[str, str] = {}

    async def describe(
        self, parents: Sequence[FoundNode | None], references: Sequence[Reference]
    ) -> tuple[list[FoundNode], list[list[Reference]]]:
        """Return the nodes that references lead to, in their order, and what is below each of them."""
        nodes = [reference.node for reference in references]
        below = await self._browser.below(nodes)
        at_values = [at for at, one in enumerate(references) if one.node_class == VARIABLE]
        read = await self._browser.attributes([nodes[at] for at in at_values], (DATA_TYPE, VALUE_RANK, ACCESS_LEVEL))
        attributes = dict(zip(at_values, read, strict=True))
        await self._learn({one[0] for one in read if isinstance(one[0], str)})
        await self._learn_names({one.type for one in references if one.type and one.type != "i=0"})
        at_methods = [at for at, one in enumerate(references) if one.node_class == METHOD]
        about = await self._about([(at, below[at]) for at in (*at_values, *at_methods)])
        arguments = {at: _arguments(about.get(at, {})) for at in at_methods}
        await self._learn({self._address(one) for several in arguments.values() for one in several})
        found: list[FoundNode] = []
        further: list[list[Reference]] = []
        for at, reference in enumerate(references):
            if at in arguments:
                further.append([])
                found.append(self._method(parents[at], reference, arguments[at]))
                continue
            inner = [one for one in below[at] if at not in attributes or one.kind != HAS_PROPERTY]
            further.append(inner)
            found.append(self._node(parents[at], reference, attributes.get(at), about.get(at, {}), bool(inner)))
        return found, further

    def _node(
        self,
        parent: FoundNode | None,
        reference: Reference,
        attributes: list[int | str | None] | None,
        about: dict[str, Any],
        has_children: bool,
    ) -> FoundNode:
        path = (*(parent.path if parent else ()), reference.display_name)
        type_name = self._names.get(reference.type, "")
        common: dict[str, Any] = {
            "address": reference.address,
            "name": reference.display_name,
            "parent": parent.address if parent else "",
            "path": path,
            "has_children": has_children,
            "meaning": "" if reference.type == "i=0" else reference.type,
            "type_name": type_name,
        }
        if attributes is None:
            return FoundNode(role=_role(parent, reference, type_name), **common)
        data_type, rank, access = attributes
        known = self._types.get(str(data_type), _Type("string", str(data_type or ""), {}))
        is_array = isinstance(rank, int) and rank >= 0
        low, high = _range(about.get("EURange"))
        return FoundNode(
            is_value=True,
            type="array" if is_array else known.type,
            data_type=f"{known.name}[]" if is_array else known.name,
            unit=_unit(about.get("EngineeringUnits")),
            low=low,
            high=high,
            is_writable=isinstance(access, int) and bool(access & _WRITE),
            labels=_labels(about) or known.labels,
            **common,
        )

    def _method(self, parent: FoundNode | None, reference: Reference, arguments: Sequence[Argument]) -> FoundNode:
        owner = parent.address if parent is not None else OBJECTS
        return FoundNode(
            address=method_address(owner, reference.address),
            name=reference.display_name,
            parent=parent.address if parent else "",
            path=(*(parent.path if parent else ()), reference.display_name),
            has_children=False,
            is_action=True,
            inputs=tuple(self._input(one) for one in arguments),
        )

    def _input(self, argument: Argument) -> ActionInput:
        type = self._types[self._address(argument)]
        is_one = isinstance(argument.ValueRank, int) and argument.ValueRank < 0
        text = str(argument.Description.Text or "") if argument.Description is not None else ""
        return ActionInput(
            str(argument.Name or "")[:LONGEST_NAME],
            type.type if is_one and type.is_plain else type.name if is_one else f"{type.name}[]",
            summary={"en": text[:500]} if text else {},
        )

    def _address(self, argument: Argument) -> str:
        return self._browser.reader.address(argument.DataType)

    async def _about(self, among: Sequence[tuple[int, list[Reference]]]) -> dict[int, dict[str, Any]]:
        """Read the properties that say something about a value (OPC 10000-8, 5.3) or a method (OPC 10000-3, 5.7)."""
        asked = [
            (at, one)
            for at, references in among
            for one in references
            if one.kind == HAS_PROPERTY and one.browse_name in _ABOUT
        ]
        values = await self._browser.values([one.node for _, one in asked]) if asked else []
        found: dict[int, dict[str, Any]] = {}
        for (at, one), value in zip(asked, values, strict=False):
            if value.Value is not None:
                found.setdefault(at, {})[one.browse_name] = value.Value.Value
        return found

    async def _learn(self, types: Iterable[str]) -> None:
        """Find out what data types are by their way up to a type that OPC UA defines itself."""
        for address in sorted(set(types) - self._types.keys()):
            chain = [address]
            while len(chain) < 20:
                built_in = chain[-1].removeprefix("i=")
                if chain[-1].startswith("i=") and int(built_in) in _BUILT_IN:
                    break
                above = await self._browser.above(self._id(chain[-1]), HAS_SUBTYPE)
                if not above:
                    chain.append("i=24")
                    break
                chain.append(above)
            type, name = _BUILT_IN[int(chain[-1].removeprefix("i="))] if chain[-1].startswith("i=") else ("string", "")
            if len(chain) > 1:
                await self._learn_names({address})
                name = self._names.get(address, name)
            labels = await self._enumeration(address) if chain[-1] == "i=29" and len(chain) > 1 else {}
            is_plain = chain[-1].removeprefix("i=") in _PLAIN
            self._types[address] = _Type(type, name, labels, is_plain)

    async def _enumeration(self, address: str) -> dict[str, str]:
        (below,) = await self._browser.below([self._id(address)])
        wanted = [one for one in below if one.browse_name in ("EnumStrings", "EnumValues")]
        values = await self._browser.values([one.node for one in wanted]) if wanted else []
        about = {one.browse_name: value.Value.Value for one, value in zip(wanted, values, strict=False) if value.Value}
        return _labels(about)

    async def _learn_names(self, types: Iterable[str]) -> None:
        missing = sorted(set(types) - self._names.keys())
        if not missing:
            return
        values = await self._browser.values([self._id(address) for address in missing], ua.AttributeIds.BrowseName)
        for address, value in zip(missing, values, strict=False):
            name = value.Value.Value if value.Value is not None else None
            self._names[address] = str(name.Name) if isinstance(name, ua.QualifiedName) else ""

    def _id(self, address: str) -> ua.NodeId:
        return self._browser.reader.node_id(address)


def _arguments(about: dict[str, Any]) -> list[Argument]:
    """The arguments that a method declares (OPC 10000-3, 8.6); none where it says nothing."""
    told = about.get("InputArguments")
    return [one for one in told[:MOST_INPUTS] if isinstance(one, Argument)] if isinstance(told, list) else []


def _role(parent: FoundNode | None, reference: Reference, type_name: str) -> Role:
    """Recognise machines and their identification (OPC 40001-1, 8 and 10; OPC 10000-100, 4.5 and 5.9)."""
    if reference.browse_name == "Identification" or type_name in _IDENTIFIED_BY:
        return "identification"
    above = parent.name if parent is not None else ""
    if reference.address.startswith(("i=", "nsu=http://opcfoundation.org/")):
        return ""  # what a standard itself puts there is no machine of this plant
    if above in ("Machines", "DeviceSet", "NetworkSet") and len(parent.path if parent else ()) == 1:
        return "machine" if reference.node_class != VARIABLE and reference.type != "i=61" else ""
    return "component" if above == "Components" else ""


def _unit(value: Any) -> str:
    """The UNECE code of an EUInformation, or its display name where it has none (OPC 10000-8, 5.6.4.3)."""
    if not isinstance(value, ua.EUInformation):
        return ""
    code = unit_of_opcua(value.UnitId) if "cefact" in (value.NamespaceUri or "").lower() else ""
    if code and code.isascii() and code.isalnum():
        return code
    return str(value.DisplayName.Text or "") if value.DisplayName is not None else ""


def _range(value: Any) -> tuple[float | None, float | None]:
    if isinstance(value, ua.Range) and value.High > value.Low:
        return float(value.Low), float(value.High)
    return None, None


def _labels(about: dict[str, Any]) -> dict[str, str]:
    if "EnumValues" in about:
        return {
            str(one.Value): str(one.DisplayName.Text or "")
            for one in about["EnumValues"] or ()
            if isinstance(one, ua.EnumValueType)
        }
    if "EnumStrings" in about:
        return {str(at): str(one.Text or "") for at, one in enumerate(about["EnumStrings"] or ())}
    return {}


def plain_sample(value: Any) -> Any:
    """Return a value as plain JSON: times as ISO texts, bytes as their length, structures as texts."""
    if isinstance(value, list):
        return [plain_sample(item) for item in value[:100]]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, ua.QualifiedName):
        return str(value.Name)
    shown = plain_output(value)
    return shown if not isinstance(shown, str) else shown[:1_000]
