"""Asset Interfaces Description 1.1 (IDTA 02017): where each signal is found on OPC UA, MQTT JSON and Sparkplug B."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from xushi.demo._line import DEFAULT_MQTT_PORT, DEFAULT_OPCUA_PORT, NAMESPACE
from xushi.demo._line_methods import Argument, arguments_of, job_verb
from xushi.demo._line_types import Signal, Text
from xushi.twins import Element, Qualifier, Reference, Submodel, SubmodelElementCollection

from ._concepts import JOB_CONTROL, PROCESS
from ._elements import group, inside, outside, pointer, series, submodel_id, text, texts

NAME = "AssetInterfacesDescription"
SEMANTIC = "https://admin-shell.io/idta/AssetInterfacesDescription/1/1/Submodel"
_AID = "https://admin-shell.io/idta/AssetInterfacesDescription/1/0"
_TD = "https://www.w3.org/2019/wot/td"
_HYPERMEDIA = "https://www.w3.org/2019/wot/hypermedia"
_SCHEMA = "https://www.w3.org/2019/wot/json-schema"
_SECURITY = "https://www.w3.org/2019/wot/security"
_TYPE = "https://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_JSON_TYPES = {
    "double": "number",
    "int": "integer",
    "bool": "boolean",
    "enum": "integer",
    "string": "string",
    "time": "string",
    "double[]": "array",
    "int[]": "array",
    "string[]": "array",
}

# method -> name, and the method that takes it back
_METHODS: dict[str, tuple[Text, str]] = {
    "Start": (Text("Start", "启动"), "Stop"),
    "Stop": (Text("Stop", "停止"), "Start"),
    "Reset": (Text("Reset", "复位"), ""),
    "AnswerPokaYoke": (Text("Release the poka-yoke stop", "解除防错停机"), ""),
    "StoreJobOrder": (Text("Store a job order", "下达作业订单"), "ClearJobOrder"),
    "StoreAndStartJobOrder": (Text("Store and start a job order", "下达并开始作业订单"), "ClearJobOrder"),
    "StartJobOrder": (Text("Start a job order", "开始作业订单"), "StopJobOrder"),
    "StopJobOrder": (Text("Stop a job order", "停止作业订单"), "StartJobOrder"),
    "ClearJobOrder": (Text("Clear a job order", "清除作业订单"), ""),
}


@dataclass(frozen=True)
class _Interface:
    id_short: str
    title: str
    base: str
    content_type: str
    binding: str


OPCUA = _Interface(
    "InterfaceOPCUA",
    "OPC UA",
    f"opc.tcp://127.0.0.1:{DEFAULT_OPCUA_PORT}",
    "application/octet-stream",
    "http://opcfoundation.org/UA/WoT-Binding/",
)
SPARKPLUG = _Interface(
    "InterfaceSparkplugB",
    "MQTT Sparkplug B",
    f"mqtt://127.0.0.1:{DEFAULT_MQTT_PORT}",
    "application/x-sparkplug-b",
    "http://www.w3.org/2011/mqtt",
)
JSON = _Interface(
    "InterfaceMQTT",
    "MQTT JSON",
    f"mqtt://127.0.0.1:{DEFAULT_MQTT_PORT}",
    "application/json",
    "http://www.w3.org/2011/mqtt",
)
VDA5050 = _Interface(
    "InterfaceVDA5050",
    "VDA 5050 2.0 over MQTT",
    f"mqtt://127.0.0.1:{DEFAULT_MQTT_PORT}",
    "application/json",
    "http://www.w3.org/2011/mqtt",
)
BY_PROTOCOL = {"opcua": OPCUA, "sparkplug": SPARKPLUG, "json": JSON, "vda5050": VDA5050}


def interfaces(machine: str, signals: Sequence[Signal], methods: Sequence[str] = ()) -> Submodel:
    elements = []
    for protocol, interface in BY_PROTOCOL.items():
        members = [signal for signal in signals if signal.protocol == protocol]
        if members:
            elements.append(_interface(machine, interface, members, methods if interface is OPCUA else ()))
    return Submodel(
        id=submodel_id(machine, NAME), id_short=NAME, semantic_id=outside(SEMANTIC), kind="Instance",
        display_name=texts(Text("Asset interfaces", "资产接口描述")), submodel_elements=tuple(elements),
    )  # fmt: skip


def source_reference(signal: Signal) -> Reference:
    """The model reference to the property of the interface that carries a signal."""
    interface = BY_PROTOCOL[signal.protocol]
    steps = [interface.id_short, "InteractionMetadata", "properties", *_property_path(signal)]
    path = [("SubmodelElementCollection", step) for step in steps]
    return inside(submodel_id(signal.machine, NAME), *path)


def _property_path(signal: Signal) -> list[str]:
    if signal.protocol == "opcua":
        return [signal.path.replace(".", "_")]
    steps = [_message(signal)]
    for key in signal.pointer:
        steps += ["properties", _id_short(key)]
    return steps


def _message(signal: Signal) -> str:
    """The name of the message that a signal travels in: the last step of the topic, or `metrics`."""
    return "metrics" if signal.protocol == "sparkplug" else _id_short(signal.address.rsplit("/", 1)[-1])


def _id_short(key: str) -> str:
    """An idShort for a key of a payload: letters, digits, underscores, and two of them at least."""
    plain = "".join(c if c.isalnum() else "_" for c in key)
    return plain if len(plain) > 1 else f"{plain}_"


def _interface(
    machine: str, interface: _Interface, signals: Sequence[Signal], methods: Sequence[str]
) -> SubmodelElementCollection:
    if interface is OPCUA:
        properties = [_node(machine, signal) for signal in signals]
    else:
        messages: dict[str, list[Signal]] = {}
        for signal in signals:
            messages.setdefault(signal.address, []).append(signal)
        properties = [_payload(machine, interface, topic, members) for topic, members in messages.items()]
    return group(
        interface.id_short,
        (
            text("title", f"{machine} {interface.title}", f"{_TD}#title"),
            _endpoint(machine, interface),
            group(
                "InteractionMetadata",
                (group("properties", properties, f"{_TD}#PropertyAffordance"), *_actions(machine, interface, methods)),
                f"{_AID}/InteractionMetadata",
            ),
        ),
        f"{_AID}/Interface",
        also=(interface.binding, _TD),
    )


def _endpoint(machine: str, interface: _Interface) -> SubmodelElementCollection:
    scheme = group(
        "nosec_sc", (text("scheme", "nosec", f"{_SECURITY}#SecurityScheme"),), f"{_SECURITY}#NoSecurityScheme"
    )
    return group(
        "EndpointMetadata",
        (
            text("base", interface.base, f"{_TD}#baseURI", "xs:anyURI"),
            text("contentType", interface.content_type, f"{_HYPERMEDIA}#forContentType"),
            _security(machine, interface),
            group("securityDefinitions", (scheme,), f"{_TD}#definesSecurityScheme"),
        ),
        f"{_AID}/EndpointMetadata",
    )


def _security(machine: str, interface: _Interface) -> Element:
    steps = (interface.id_short, "EndpointMetadata", "securityDefinitions", "nosec_sc")
    target = inside(submodel_id(machine, NAME), *(("SubmodelElementCollection", step) for step in steps))
    meaning = f"{_TD}#hasSecurityConfiguration"
    return series("security", (pointer(None, target, meaning),), meaning, meaning, of="ReferenceElement")


def _form(machine: str, interface: _Interface, href: str) -> SubmodelElementCollection:
    return group(
        "forms",
        (
            text("href", href, f"{_HYPERMEDIA}#hasTarget"),
            text("contentType", interface.content_type, f"{_HYPERMEDIA}#forContentType"),
            _security(machine, interface),
        ),
        f"{_TD}#hasForm",
    )


def _described(signal: Signal) -> list[Element]:
    out: list[Element] = [
        text("type", _JSON_TYPES[signal.type], _TYPE),
        text("title", signal.name.en, f"{_TD}#title"),
        text("observable", True, f"{_TD}#isObservable", "xs:boolean"),
    ]
    if signal.unit:
        out.append(text("unit", signal.unit, "https://schema.org/unitCode"))
    if signal.writable:
        out.append(text("readOnly", False, f"{_SCHEMA}#readOnly", "xs:boolean"))
    if signal.type.endswith("[]"):
        element = _JSON_TYPES[signal.type[:-2]]
        out.append(group("items", (text("type", element, _TYPE),), f"{_SCHEMA}#items"))
    return out


def _node(machine: str, signal: Signal) -> SubmodelElementCollection:
    """One OPC UA variable."""
    href = f"/?id=nsu={NAMESPACE};s={signal.address}"
    children = [*_described(signal), _form(machine, OPCUA, href)]
    return _marked(group(_property_path(signal)[0], children, f"{_AID}/PropertyDefinition"), signal)


def _actions(machine: str, interface: _Interface, methods: Sequence[str]) -> list[Element]:
    """The methods of the machine as action affordances; `Inverse` names the one that takes it back."""
    if not methods:
        return []
    made: list[Element] = []
    for method in methods:
        name, inverse = _METHODS[method]
        children: list[Element] = [
            text("title", name.en, f"{_TD}#title"),
            text("safe", False, f"{_TD}#isSafe", "xs:boolean"),
            *_input(arguments_of(method)),
            _form(machine, interface, f"/?id=nsu={NAMESPACE};s={machine}.{method}"),
        ]
        also = (f"{PROCESS}/{method}",) if method in ("Start", "Stop") else ()
        if job_verb(method):
            also = (f"{JOB_CONTROL}/{job_verb(method)}",)
        action = group(method, children, f"{_TD}#ActionAffordance", name, also)
        if inverse in methods:
            mark = Qualifier(type="Inverse", kind="ConceptQualifier", value_type="xs:string", value=inverse)
            action = msgspec.structs.replace(action, qualifiers=(mark,))
        made.append(action)
    return [group("actions", made, f"{_TD}#ActionAffordance")]


def _input(arguments: Sequence[Argument]) -> list[Element]:
    """What an action is given, as the data schema of an object."""
    if not arguments:
        return []
    fields = []
    for one in arguments:
        children: list[Element] = [
            text("key", one.name, f"{_AID}/key"),
            text("type", one.type, _TYPE),
            text("title", one.title.en, f"{_TD}#title"),
        ]
        for name, bound in (("minimum", one.low), ("maximum", one.high)):
            if bound is not None:
                children.append(text(name, bound, f"{_SCHEMA}#{name}"))
        fields.append(group(one.name, children, f"{_SCHEMA}#propertyName", one.title))
    schema = (text("type", "object", _TYPE), group("properties", fields, f"{_SCHEMA}#properties"))
    return [group("input", schema, f"{_TD}#hasInputSchema")]


def _payload(machine: str, interface: _Interface, topic: str, signals: Sequence[Signal]) -> SubmodelElementCollection:
    """One MQTT message: an object whose fields, or metrics, are the signals."""
    children: list[Element] = [
        text("type", "object", _TYPE),
        text("title", topic, f"{_TD}#title"),
        group("properties", _fields(signals, 0), f"{_SCHEMA}#properties"),
        _form(machine, interface, topic),
    ]
    return group(_message(signals[0]), children, f"{_AID}/PropertyDefinition")


def _fields(signals: Sequence[Signal], depth: int) -> list[Element]:
    buckets: dict[str, list[Signal]] = {}
    for signal in signals:
        buckets.setdefault(signal.pointer[depth], []).append(signal)
    out: list[Element] = []
    for key, members in buckets.items():
        named = text("key", key, f"{_AID}/key")
        if len(members) == 1 and len(members[0].pointer) == depth + 1:
            field = group(_id_short(key), (named, *_described(members[0])), f"{_SCHEMA}#propertyName")
            out.append(_marked(field, members[0]))
        else:
            inner = group("properties", _fields(members, depth + 1), f"{_SCHEMA}#properties")
            out.append(group(_id_short(key), (named, text("type", "object", _TYPE), inner), f"{_SCHEMA}#propertyName"))
    return out


def _marked(element: SubmodelElementCollection, signal: Signal) -> SubmodelElementCollection:
    """Writable ones say so in a qualifier, for readers that do not look into the schema."""
    if not signal.writable:
        return element
    mark = Qualifier(type="Writable", kind="ConceptQualifier", value_type="xs:boolean", value="true")
    return msgspec.structs.replace(element, qualifiers=(mark,))
