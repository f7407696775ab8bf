"""Reads OPC UA structures and enumerations of any server by the definitions that the server itself gives."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec
from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.ua_utils import data_type_to_variant_type
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import unpack_uatype

from xushi.signals import Kind

from ._times import datetime_ns

NODES_PER_READ = 500
MOST_TYPES = 5000
DEEPEST = 20
LONGEST_ARRAY = 100_000
_LAST_BUILT_IN = 25


class UnknownStructure(Exception):
    """A structure whose definition is not known; `encoding` names it."""

    def __init__(self, encoding: ua.NodeId) -> None:
        super().__init__(f"a structure of the unknown type {encoding.to_string()}")
        self.encoding = encoding


class Field(msgspec.Struct, frozen=True):
    """A field of a structure: a built-in type by number (OPC 10000-6, 5.1.2), or a structure by its data type."""

    name: str
    built_in: int
    data_type: ua.NodeId | None = None
    rank: int = -1
    is_optional: bool = False
    has_subtypes: bool = False
    labels: dict[int, str] = {}


class Structure(msgspec.Struct, frozen=True):
    """A structure's fields in order, and how they are laid out (OPC 10000-3, 8.48)."""

    name: str
    fields: tuple[Field, ...]
    has_optional: bool = False
    is_union: bool = False


class TypeBook:
    """The data types of one server, as far as they were needed.

    A book belongs to one session: another server, or this one after its restart, may mean something else by the
    same node id.
    """

    def __init__(self) -> None:
        self._structures: dict[ua.NodeId, Structure | None] = {}
        self._by_encoding: dict[ua.NodeId, ua.NodeId] = {}
        self._labels: dict[ua.NodeId, dict[int, str]] = {}
        self._variants: dict[ua.NodeId, ua.VariantType] = {}
        self.unknown: set[ua.NodeId] = set()

    def labels_of(self, data_type: ua.NodeId) -> dict[int, str]:
        """Return the text of each number of an enumeration; empty for any other type."""
        return self._labels.get(data_type, {})

    def fields_of(self, data_type: ua.NodeId) -> tuple[str, ...]:
        """Return the names of a structure's fields; empty for any other type."""
        found = self._structures.get(data_type)
        return tuple(field.name for field in found.fields) if found is not None else ()

    # Learning, which asks the server

    async def learn(self, client: Client, data_types: Iterable[ua.NodeId]) -> None:
        """Read the definitions of these data types and of every type that their fields use.

        Raises:
            UaError, OSError, TimeoutError: the server does not answer; what a server does not know is left out.
        """
        wanted = {one for one in data_types if not self._is_known(one)}
        for _ in range(DEEPEST):
            if not wanted or len(self._structures) + len(self._labels) > MOST_TYPES:
                return
            following: set[ua.NodeId] = set()
            ordered = list(wanted)
            for start in range(0, len(ordered), NODES_PER_READ):
                batch = ordered[start : start + NODES_PER_READ]
                answers = await client.uaclient.read_attributes(batch, ua.AttributeIds.DataTypeDefinition)
                for data_type, answer in zip(batch, answers, strict=False):
                    definition = answer.Value.Value if answer.Value is not None else None
                    following |= await self._take(client, data_type, definition)
            wanted = {one for one in following if not self._is_known(one)}

    async def learn_encodings(self, client: Client, encodings: Iterable[ua.NodeId]) -> None:
        """Find the data types of structures that were met without being expected, and learn them."""
        found: list[ua.NodeId] = []
        for encoding in encodings:
            nodes = await client.get_node(encoding).get_referenced_nodes(
                ua.ObjectIds.HasEncoding, ua.BrowseDirection.Inverse
            )
            for node in nodes[:1]:
                self._by_encoding[encoding] = node.nodeid
                found.append(node.nodeid)
        await self.learn(client, found)
        self.unknown.difference_update(encodings)

    def _is_known(self, data_type: ua.NodeId) -> bool:
        return _is_built_in(data_type) or data_type in self._structures or data_type in self._labels

    async def _take(self, client: Client, data_type: ua.NodeId, definition: Any) -> set[ua.NodeId]:
        """Keep one definition and return the types it needs."""
        if isinstance(definition, ua.EnumDefinition):
            self._labels[data_type] = {
                int(one.Value): (one.DisplayName.Text or one.Name or str(one.Value)) for one in definition.Fields or ()
            }
            return set()
        if not isinstance(definition, ua.StructureDefinition):
            self._structures[data_type] = None
            return set()
        needed = {one.DataType for one in definition.Fields or ()}
        await self.learn(client, (one for one in needed if not _is_built_in(one)))
        kind = int(definition.StructureType)
        fields = [await self._field(client, one, kind) for one in definition.Fields or ()]
        self._structures[data_type] = Structure(data_type.to_string(), tuple(fields), kind == 1, kind in (2, 4))
        if definition.DefaultEncodingId is not None and not definition.DefaultEncodingId.is_null():
            self._by_encoding[definition.DefaultEncodingId] = data_type
        return needed

    async def _field(self, client: Client, one: ua.StructureField, kind: int) -> Field:
        built_in = 0
        if self._structures.get(one.DataType) is None:
            built_in = int(await self._variant_type(client, one.DataType))
        return Field(
            name=str(one.Name),
            built_in=built_in,
            data_type=None if built_in else one.DataType,
            rank=int(one.ValueRank),
            is_optional=bool(one.IsOptional) and kind == 1,
            has_subtypes=bool(one.IsOptional) and kind in (3, 4),  # OPC 10000-3, 8.49: the flag's other meaning
            labels=self._labels.get(one.DataType, {}),
        )

    async def _variant_type(self, client: Client, data_type: ua.NodeId) -> ua.VariantType:
        if _is_built_in(data_type):
            return ua.VariantType(data_type.Identifier)
        found = self._variants.get(data_type)
        if found is None:
            found = self._variants[data_type] = await data_type_to_variant_type(client.get_node(data_type))
        return found

    # Decoding, which only looks things up

    def plain(self, value: Any, is_text: bool = False, depth: int = 0) -> Any:
        """Return a value of asyncua as bool, int, float, str, datetime, and lists and objects of these.

        Args:
            is_text: whether a number of an enumeration is told by its text.

        Raises:
            UnknownStructure: its definition is not known; it is remembered in `unknown`.
        """
        if value is None or isinstance(value, bool | str | float | datetime):
            return value
        if isinstance(value, Enum):
            return value.name if is_text else value.value
        if isinstance(value, int):
            return value
        if depth > DEEPEST:
            raise ValueError("a value nested too deeply")
        if isinstance(value, list | tuple):
            return [self.plain(one, is_text, depth + 1) for one in value]
        if isinstance(value, bytes):
            return value.hex()
        if isinstance(value, ua.LocalizedText):
            return value.Text
        if isinstance(value, ua.QualifiedName):
            return value.Name
        if isinstance(value, ua.NodeId):
            return value.to_string()
        if isinstance(value, UUID):
            return str(value)
        if isinstance(value, ua.StatusCode):
            return int(value.value)
        if isinstance(value, ua.Variant | ua.DataValue):
            return self.plain(value.Value, is_text, depth + 1)
        if isinstance(value, ua.ExtensionObject) and type(value) is ua.ExtensionObject:
            return self._structure(value, is_text, depth)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {
                field.name: self.plain(getattr(value, field.name), is_text, depth + 1)
                for field in dataclasses.fields(value)
            }
        return str(value)

    def _structure(self, value: ua.ExtensionObject, is_text: bool, depth: int) -> Any:
        if value.Body is None:
            return None
        data_type = self._by_encoding.get(value.TypeId)
        known = self._structures.get(data_type) if data_type is not None else None
        if known is None:
            self.unknown.add(value.TypeId)
            raise UnknownStructure(value.TypeId)
        return self._read(known, Buffer(bytes(value.Body)), is_text, depth + 1)

    def _read(self, structure: Structure, data: Buffer, is_text: bool, depth: int) -> Any:
        if depth > DEEPEST:
            raise ValueError("a structure nested too deeply")
        if structure.is_union:
            which = unpack_uatype(ua.VariantType.UInt32, data)
            if not 0 < which <= len(structure.fields):
                return {}
            chosen = structure.fields[which - 1]
            return {chosen.name: self._read_field(chosen, data, is_text, depth)}
        mask = unpack_uatype(ua.VariantType.UInt32, data) if structure.has_optional else 0
        found: dict[str, Any] = {}
        bit = 0
        for field in structure.fields:
            if field.is_optional:
                bit += 1
                if not mask >> (bit - 1) & 1:
                    continue
            found[field.name] = self._read_field(field, data, is_text, depth)
        return found

    def _read_field(self, field: Field, data: Buffer, is_text: bool, depth: int) -> Any:
        if field.rank < 1:
            return self._read_one(field, data, is_text, depth)
        count = 1
        if field.rank > 1:  # a matrix states its dimensions first (OPC 10000-6, 5.2.5)
            for size in _dimensions(data):
                count *= size
        else:
            count = unpack_uatype(ua.VariantType.Int32, data)
        if count > min(LONGEST_ARRAY, len(data)):
            raise ValueError(f"an array of {count} elements in {len(data)} bytes")
        return [self._read_one(field, data, is_text, depth) for _ in range(max(0, count))]

    def _read_one(self, field: Field, data: Buffer, is_text: bool, depth: int) -> Any:
        if field.has_subtypes:
            type = ua.VariantType.ExtensionObject if not field.built_in else ua.VariantType.Variant
            return self.plain(unpack_uatype(type, data), is_text, depth + 1)
        if field.data_type is not None:
            known = self._structures.get(field.data_type)
            if known is None:
                raise UnknownStructure(field.data_type)
            return self._read(known, data, is_text, depth + 1)
        value = unpack_uatype(ua.VariantType(field.built_in), data)
        if field.labels and is_text and isinstance(value, int):
            return field.labels.get(value, value)
        return self.plain(value, is_text, depth + 1)


def _dimensions(data: Buffer) -> Sequence[int]:
    count = unpack_uatype(ua.VariantType.Int32, data)
    if count > 16:
        raise ValueError(f"a matrix of {count} dimensions")
    return [max(0, unpack_uatype(ua.VariantType.Int32, data)) for _ in range(max(0, count))]


def _is_built_in(data_type: ua.NodeId) -> bool:
    identifier = data_type.Identifier
    return data_type.NamespaceIndex == 0 and isinstance(identifier, int) and identifier <= _LAST_BUILT_IN


def fit(value: Any, kind: Kind) -> Any:
    """Return a plain value as a signal of `kind` can carry it: structures as JSON, lists of lists as one list."""
    if isinstance(value, datetime):
        return datetime_ns(value) if kind is not Kind.STRING else value.isoformat()
    if kind is Kind.STRING and (isinstance(value, dict) or (isinstance(value, list) and _has_objects(value))):
        return msgspec.json.encode(value).decode()
    if kind is Kind.ARRAY:
        return _flat(value if isinstance(value, list) else [value]) if value is not None else None
    if isinstance(value, dict | list):
        raise TypeError("a structure or array is no single value")
    return value


def _has_objects(values: list[Any]) -> bool:
    return any(isinstance(one, dict) or (isinstance(one, list) and _has_objects(one)) for one in values)


def _flat(values: list[Any]) -> list[Any]:
    flat: list[Any] = []
    for one in values:
        if isinstance(one, list):
            flat.extend(_flat(one))
        else:
            flat.append(fit(one, Kind.STRING) if isinstance(one, dict | datetime) else "" if one is None else one)
    return flat
