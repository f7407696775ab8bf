"""Prints the TypeScript types of every server message: ``python -m xushi.server.typegen > web/src/protocol/generated.ts``."""  # noqa: E501

from __future__ import annotations

import sys
from typing import Any

import msgspec
from msgspec import inspect

from xushi import scene
from xushi.server import (
    _branch_messages,
    _connect_messages,
    _foresight_messages,
    _messages,
    _monitor_messages,
    _order_messages,
    _plan_messages,
)

_SIMPLE: dict[type, str] = {
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.StrType: "string",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
    inspect.AnyType: "unknown",
}
_HEAD = "// Written by `python -m xushi.server.typegen` from the Python types; do not edit.\n"


def generate() -> str:
    """The whole TypeScript file."""
    rooms = (
        _messages, _branch_messages, _connect_messages, _foresight_messages, _monitor_messages, _order_messages,
        _plan_messages,
    )  # fmt: skip
    structs = [struct for room in rooms for struct in _structs_of(room)] + _structs_of(scene, only=("Place",))
    known: dict[str, inspect.StructType] = {}
    for info in inspect.multi_type_info(structs):
        _collect(info, known)
    parts = [_HEAD]
    parts += [_interface(known[name]) for name in sorted(known)]
    for name in ("ClientMessage", "ServerMessage"):
        members = sorted(member.__name__ for member in getattr(_messages, name).__args__)
        parts.append(f"export type {name} =\n" + "\n".join(f"  | {member}" for member in members) + ";\n")
    return "\n".join(parts)


def _structs_of(module: Any, only: tuple[str, ...] = ()) -> list[type[msgspec.Struct]]:
    found = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, msgspec.Struct)]
    return [struct for struct in found if not only or struct.__name__ in only]


def _collect(info: inspect.Type, known: dict[str, inspect.StructType]) -> None:
    if isinstance(info, inspect.StructType):
        if info.cls.__name__ in known:
            return
        known[info.cls.__name__] = info
        for field in info.fields:
            _collect(field.type, known)
    elif isinstance(info, inspect.Metadata):
        _collect(info.type, known)
    elif isinstance(info, inspect.UnionType):
        for member in info.types:
            _collect(member, known)
    elif isinstance(info, inspect.ListType | inspect.VarTupleType):
        _collect(info.item_type, known)
    elif isinstance(info, inspect.TupleType):
        for member in info.item_types:
            _collect(member, known)
    elif isinstance(info, inspect.DictType):
        _collect(info.value_type, known)


def _interface(info: inspect.StructType) -> str:
    lines = [f"/** {' '.join((info.cls.__doc__ or '').split())} */", f"export interface {info.cls.__name__} {{"]
    if info.tag_field is not None:
        lines.append(f'  {info.tag_field}: "{info.tag}";')
    for field in info.fields:
        is_sent_by_client = info.cls in _messages.ClientMessage.__args__ or info.cls in _REQUESTS
        has_default = field.default is not msgspec.NODEFAULT or field.default_factory is not msgspec.NODEFAULT
        is_left_out = not field.required and not has_default  # msgspec.UNSET
        mark = "?" if is_left_out or (is_sent_by_client and not field.required) else ""
        lines.append(f"  {field.encode_name}{mark}: {_name(field.type)};")
    return "\n".join([*lines, "}\n"])


_REQUESTS = (
    _messages.RunCommand,
    _messages.NewToken,
    _messages.SignalNames,
    _connect_messages.NewDraft,
    _connect_messages.Addresses,
    _connect_messages.PreviewOf,
    _connect_messages.RowChange,
    _connect_messages.MachineChange,
    _connect_messages.StartImport,
    *_monitor_messages.REQUESTS,
)


def _name(info: inspect.Type) -> str:
    simple = _SIMPLE.get(type(info))
    if simple is not None:
        return simple
    if isinstance(info, inspect.Metadata):
        return _name(info.type)
    if isinstance(info, inspect.StructType):
        return info.cls.__name__
    if isinstance(info, inspect.LiteralType):
        return " | ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in info.values)
    if isinstance(info, inspect.UnionType):
        return " | ".join(_name(member) for member in info.types)
    if isinstance(info, inspect.ListType | inspect.VarTupleType):
        inner = _name(info.item_type)
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if isinstance(info, inspect.TupleType):
        return f"[{', '.join(_name(member) for member in info.item_types)}]"
    if isinstance(info, inspect.DictType):
        return f"Record<string, {_name(info.value_type)}>"
    raise TypeError(f"no TypeScript for {info}")


if __name__ == "__main__":
    sys.stdout.write(generate())
