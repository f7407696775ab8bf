"""Writes the interface and its mapping: Asset Interfaces Description 1.1 (IDTA 02017) and Mapping 2.0 (IDTA 02027)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from .._aas_plain import child, children
from .._aid import InterfaceProperty
from ._model import Row
from ._parts import Json, group, inside, pointer, qualifier, series, strings, submodel, text
from ._words import free_name, id_short

AID = "AssetInterfacesDescription"
AIMC = "AssetInterfacesMappingConfiguration"
_AID_MEANING = "https://admin-shell.io/idta/AssetInterfacesDescription/1/1/Submodel"
_AID_PARTS = "https://admin-shell.io/idta/AssetInterfacesDescription/1/0"
_AIMC_PARTS = "https://admin-shell.io/idta/AssetInterfacesMappingConfiguration/2/0"
_AIMC_LIST = "https://admin-shell.io/idta/AssetInterfacesMappingConfiguration/1/0/MappingConfigurations"
_TD = "https://www.w3.org/2019/wot/td"
_HYPERMEDIA = "https://www.w3.org/2019/wot/hypermedia"
_SECURITY = "https://www.w3.org/2019/wot/security"
_SCHEMA = "https://www.w3.org/2019/wot/json-schema"
_BINDINGS = {
    "opcua": ("InterfaceOPCUA", "http://opcfoundation.org/UA/WoT-Binding/"),
    "mqtt": ("InterfaceMQTT", "http://www.w3.org/2011/mqtt"),
    "http": ("InterfaceHTTP", "http://www.w3.org/2011/http"),
    "modbus": ("InterfaceMODBUS", "http://www.w3.org/2011/modbus"),
}
_WRITE = "write:"
_TYPES = {
    "double": "number", "int": "integer", "bool": "boolean", "enum": "integer", "time": "string", "string": "string",
    "array": "array",
}  # fmt: skip


class Described(NamedTuple):
    """A row with the form of its address."""

    row: Row
    form: InterfaceProperty


def description(
    id: str, protocol: str, title: str, described: Sequence[Described], is_open: bool
) -> tuple[Json, dict[int, Json]]:
    """Return the Asset Interfaces Description, and the reference to each row's property by row number.

    Args:
        is_open: whether the endpoint asks for no sign-in; how else is settled by the operator, not here.
    """
    by_media: dict[str, list[Described]] = {}
    for one in described:
        by_media.setdefault(one.form.content_type, []).append(one)
    interfaces: list[Json] = []
    references: dict[int, Json] = {}
    name, binding = _BINDINGS.get(protocol, (f"Interface{id_short(protocol)}", ""))
    for count, (media, members) in enumerate(by_media.items()):
        own = name if count == 0 else f"{name}_{count + 1}"
        properties = _Properties(id, own, references).of([one for one in members if one.row.kind != "action"])
        actions = _actions([one for one in members if one.row.kind == "action"])
        interfaces.append(group(
            own,
            (
                text("title", title[:200], f"{_TD}#title"),
                _endpoint(members[0].form.base, media, id, own, is_open),
                group(
                    "InteractionMetadata",
                    (group("properties", properties, f"{_TD}#PropertyAffordance"), *actions),
                    f"{_AID_PARTS}/InteractionMetadata",
                ),
            ),
            f"{_AID_PARTS}/Interface",
            [one for one in (binding, _TD) if one],
        ))  # fmt: skip
    names = {"en": "Asset interfaces", "zh-CN": "资产接口描述"}
    return submodel(id, AID, _AID_MEANING, names, interfaces), references


def _endpoint(base: str, media: str, submodel_id: str, interface: str, is_open: bool) -> Json:
    name, scheme = ("nosec_sc", "nosec") if is_open else ("auto_sc", "auto")
    way = [interface, "EndpointMetadata", "securityDefinitions", name]
    target = inside(submodel_id, *(("SubmodelElementCollection", step) for step in way))
    kind = "NoSecurityScheme" if is_open else "AutoSecurityScheme"
    definition = group(name, (text("scheme", scheme, f"{_SECURITY}#SecurityScheme"),), f"{_SECURITY}#{kind}")
    return group(
        "EndpointMetadata",
        (
            text("base", base, f"{_TD}#baseURI", "xs:anyURI"),
            text("contentType", media, f"{_HYPERMEDIA}#forContentType"),
            series("security", (pointer(None, target),), "ReferenceElement", f"{_TD}#hasSecurityConfiguration"),
            group("securityDefinitions", (definition,), f"{_TD}#definesSecurityScheme"),
        ),
        f"{_AID_PARTS}/EndpointMetadata",
    )


class _Properties:
    """The properties of one interface; fields of one message stand together, as the message does."""

    def __init__(self, submodel_id: str, interface: str, references: dict[int, Json]) -> None:
        self._submodel = submodel_id
        self._start = (interface, "InteractionMetadata", "properties")
        self._references = references

    def of(self, described: Sequence[Described]) -> list[Json]:
        messages: dict[tuple[Any, ...], list[Described]] = {}
        for one in described:
            key = (one.form.href, *sorted(one.form.form.items())) if one.form.pointer else (one.row.number,)
            messages.setdefault(key, []).append(one)
        taken: dict[str, int] = {}
        made: list[Json] = []
        for members in messages.values():
            first = members[0]
            whole = first.form.href.rstrip("/").rpartition("/")[2] if first.form.pointer else first.row.property
            name = free_name(id_short(whole.replace(".", "_")), taken)
            way = (*self._start, name)
            parts = self._fields(members, 0, way) if first.form.pointer else _described(first.row)
            if first.form.pointer:
                parts = [text("type", "object"), group("properties", parts, f"{_SCHEMA}#properties")]
            else:
                self._note(first, way)
            parts.append(_form(first.form))
            made.append(group(name, parts, f"{_AID_PARTS}/PropertyDefinition"))
        return made

    def _fields(self, members: Sequence[Described], depth: int, way: tuple[str, ...]) -> list[Json]:
        below: dict[str, list[Described]] = {}
        for one in members:
            below.setdefault(one.form.pointer[depth], []).append(one)
        taken: dict[str, int] = {}
        made: list[Json] = []
        for key, several in below.items():
            name = free_name(id_short(key), taken)
            inner = (*way, "properties", name)
            ends = [one for one in several if len(one.form.pointer) == depth + 1]
            parts: list[Json] = [text("key", key)]
            if ends:
                self._note(ends[0], inner)
                parts += _described(ends[0].row)
            else:
                fields = self._fields(several, depth + 1, inner)
                parts += [text("type", "object"), group("properties", fields, f"{_SCHEMA}#properties")]
            made.append(group(name, parts, f"{_SCHEMA}#propertyName"))
        return made

    def _note(self, one: Described, way: tuple[str, ...]) -> None:
        self._references[one.row.number] = inside(
            self._submodel, *(("SubmodelElementCollection", step) for step in way)
        )


def _described(row: Row) -> list[Json]:
    made = [text("type", _TYPES[row.kind])]
    if row.unit:
        made.append(text("unit", row.unit))
    if row.is_writable:
        made.append(text("readOnly", "false", "", "xs:boolean"))
    return made


def _form(form: InterfaceProperty) -> Json:
    """One form; where a value is written elsewhere than it is read (`write:…`), a list of two."""
    terms = {"href": form.href, **form.form}
    reading = [text(field, value) for field, value in terms.items() if not field.startswith(_WRITE)]
    writing = [text(field.removeprefix(_WRITE), value) for field, value in terms.items() if field.startswith(_WRITE)]
    if not writing:
        return group("forms", reading, f"{_TD}#hasForm")
    ways = (group(None, reading), group(None, writing))
    return series("forms", ways, "SubmodelElementCollection", f"{_TD}#hasForm")


def _actions(described: Sequence[Described]) -> list[Json]:
    """The action affordances of one interface (W3C TD 1.1, 5.3.1.4); `Inverse` names the one that takes it back."""
    offered = {one.row.property for one in described}
    made: list[Json] = []
    for row, form in described:
        parts = [
            text("title", row.name.get("en", row.property), f"{_TD}#title"),
            text("safe", "false", f"{_TD}#isSafe", "xs:boolean"),
        ]
        if row.inputs:
            parts.append(_input(row))
        parts.append(_form(form))
        also = (row.semantic_id,) if row.semantic_id else ()
        action = group(row.property, parts, f"{_TD}#ActionAffordance", also)
        action["displayName"] = strings(row.name)
        if row.inverse in offered:
            action["qualifiers"] = [qualifier("Inverse", "xs:string", row.inverse)]
        made.append(action)
    return [group("actions", made, f"{_TD}#ActionAffordance")] if made else []


def _input(row: Row) -> Json:
    """The arguments of an action as the fields of one object (W3C TD 1.1, 5.3.2)."""
    taken: dict[str, int] = {}
    fields: list[Json] = []
    for one in row.inputs:
        parts = [text("key", one.name), text("type", one.type)]
        limits = (("minimum", one.minimum), ("maximum", one.maximum))
        parts += [text("unit", one.unit)] if one.unit else []
        parts += [text(name, repr(limit), "", "xs:double") for name, limit in limits if limit is not None]
        field = group(free_name(id_short(one.name), taken), parts, f"{_SCHEMA}#propertyName")
        field |= {"displayName": strings(one.title)} if strings(one.title) else {}
        field |= {"description": strings(one.summary)} if strings(one.summary) else {}
        fields.append(field)
    return group(
        "input",
        (text("type", "object"), group("properties", fields, f"{_SCHEMA}#properties")),
        f"{_TD}#hasInputSchema",
    )


def actions_of(record: Json | None) -> dict[str, Json]:
    """Return the actions of an interface description by idShort, for comparing what is with what would be."""
    found: dict[str, Json] = {}
    for interface in children(record):
        for action in children(child(child(interface, "InteractionMetadata"), "actions")):
            found[str(action.get("idShort", ""))] = action
    return found


def mapping_configuration(id: str, pairs: Sequence[tuple[Json, Json]]) -> Json:
    """Return the Asset Interfaces Mapping Configuration of (source, sink) references; their order pairs them."""
    sources = [
        group(None, (pointer("Source", source), text("SourceId", f"s{at}"))) for at, (source, _) in enumerate(pairs)
    ]
    sinks = [group(None, (pointer("Sink", sink), text("SinkId", f"s{at}"))) for at, (_, sink) in enumerate(pairs)]
    configuration = group(
        None,
        (
            series("Sources", sources, "SubmodelElementCollection", f"{_AIMC_PARTS}/MappingConfiguration/Sources"),
            series("Sinks", sinks, "SubmodelElementCollection", f"{_AIMC_PARTS}/MappingConfiguration/Sinks"),
        ),
        f"{_AIMC_PARTS}/MappingConfiguration",
    )
    configurations = series("MappingConfigurations", (configuration,), "SubmodelElementCollection", _AIMC_LIST)
    names = {"en": "Interface mapping", "zh-CN": "接口映射配置"}
    return submodel(id, AIMC, f"{_AIMC_PARTS}/Submodel", names, (configurations,))
