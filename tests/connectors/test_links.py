"""Links come from the shells alone: IDTA 02017 and 02027, as written by anyone."""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from samples import IDTA, needs_samples

from xushi.connectors import LinkReader, Point, links_from_environment
from xushi.kernel import message
from xushi.signals import Kind

AID, AIMC, DATA = "urn:x:aid", "urn:x:aimc", "urn:x:data"


def prop(name: str | None, value: Any, value_type: str = "xs:string", **more: Any) -> dict[str, Any]:
    return {"modelType": "Property", "idShort": name, "valueType": value_type, "value": value, **more}


def smc(name: str | None, *inner: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"modelType": "SubmodelElementCollection", "idShort": name, "value": list(inner), **more}


def sml(name: str, *inner: dict[str, Any]) -> dict[str, Any]:
    return {"modelType": "SubmodelElementList", "idShort": name, "value": list(inner)}


def ref(name: str | None, *steps: str) -> dict[str, Any]:
    keys = [
        {"type": "Submodel", "value": steps[0]},
        *({"type": "SubmodelElementCollection", "value": s} for s in steps[1:]),
    ]
    return {
        "modelType": "ReferenceElement",
        "idShort": name,
        "value": {"type": "ModelReference", "keys": keys},
    }


def interface(
    name: str,
    base: str,
    content_type: str,
    *properties: dict[str, Any],
    security: str = "nosec_sc",
    definitions: tuple[dict[str, Any], ...] = (),
) -> dict[str, Any]:
    return smc(
        name,
        prop("title", name),
        smc(
            "EndpointMetadata",
            prop("base", base, "xs:anyURI"),
            prop("contentType", content_type),
            sml("security", ref(None, AID, name, "EndpointMetadata", "securityDefinitions", security)),
            smc("securityDefinitions", smc("nosec_sc", prop("scheme", "nosec")), *definitions),
        ),
        smc("InteractionMetadata", smc("properties", *properties)),
    )


def affordance(name: str, href: str, *more: dict[str, Any], **form: str) -> dict[str, Any]:
    return smc(name, *more, smc("forms", prop("href", href), *(prop(key, value) for key, value in form.items())))


def mapping(*pairs: tuple[tuple[str, ...], str], script: str | None = None, ids: bool = True) -> dict[str, Any]:
    sources = [
        smc(None, ref("Source", AID, *path), *([prop("SourceId", f"s{i}")] if ids else []))
        for i, (path, _) in enumerate(pairs)
    ]
    sinks = [
        smc(None, ref("Sink", DATA, sink), *([prop("SinkId", f"s{i}")] if ids else []))
        for i, (_, sink) in enumerate(pairs)
    ]
    blob = (
        [
            {
                "modelType": "Blob",
                "idShort": "Transformation",
                "value": base64.b64encode(script.encode()).decode(),
            }
        ]
        if script
        else []
    )
    return smc(None, *blob, sml("Sources", *sources), sml("Sinks", *sinks))


def environment(
    interfaces: list[dict[str, Any]],
    mappings: list[dict[str, Any]],
    sinks: list[dict[str, Any]],
    concepts: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    def meaning(name: str) -> dict[str, Any]:
        value = f"https://admin-shell.io/idta/{name}/1/1/Submodel"
        return {"type": "ExternalReference", "keys": [{"type": "GlobalReference", "value": value}]}

    return {
        "assetAdministrationShells": [
            {
                "id": "urn:x:shell",
                "submodels": [{"type": "ModelReference", "keys": [{"type": "Submodel", "value": DATA}]}],
            }
        ],
        "submodels": [
            {
                "modelType": "Submodel",
                "id": AID,
                "semanticId": meaning("AssetInterfacesDescription"),
                "submodelElements": interfaces,
            },
            {
                "modelType": "Submodel",
                "id": AIMC,
                "idShort": "AssetInterfacesMappingConfiguration",
                "submodelElements": [sml("MappingConfigurations", *mappings)],
            },
            {"modelType": "Submodel", "id": DATA, "idShort": "OperationalData", "submodelElements": sinks},
        ],
        "conceptDescriptions": concepts or [],
    }


def steps(name: str, *path: str) -> tuple[str, ...]:
    return (name, "InteractionMetadata", "properties", *path)


def test_opcua_nodes_are_taken_from_href_or_browse_path_with_security_and_overrides(registry) -> None:
    secured = (
        smc(
            "channel_sc",
            prop("scheme", "ua_channelsec"),
            prop("uav_securityMode", "SignAndEncrypt"),
            prop("uav_securityPolicy", "Basic256Sha256"),
        ),
        smc("user_sc", prop("scheme", "ua_authentication"), prop("uav_userIdentityToken", "UserName")),
        smc(
            "both_sc",
            prop("scheme", "combo"),
            sml("allOf", ref(None, AID, "channel_sc"), ref(None, AID, "user_sc")),
        ),
    )
    plc = interface(
        "PLC",
        "opc.tcp://Plc.local:4840/",
        "application/octet-stream",
        affordance(
            "Speed",
            "/?id=nsu=urn:maker:plc;s=Speed",
            prop("readOnly", "false", "xs:boolean"),
            prop("unit", "m/s"),
        ),
        affordance("Temp", "opc.tcp://Plc.local:4840/?id=ns%3D2%3Bs%3DTemp%201"),
        affordance("Path", "/", uav_browsePath="/0:Objects/2:Plant/2:Level"),
        security="both_sc",
        definitions=secured,
    )
    sinks = [prop("Speed", None, "xs:double"), prop("Temp", None, "xs:float"), prop("Level", None, "xs:int")]
    pairs = mapping((steps("PLC", "Speed"), "Speed"), (steps("PLC", "Temp"), "Temp"), (steps("PLC", "Path"), "Level"))
    links, diagnoses = links_from_environment(
        environment([plc], [pairs], sinks),
        registry,
        endpoints={"opc.tcp://plc.local:4840": "opc.tcp://127.0.0.1:48400"},
        credentials={"opc.tcp://plc.local:4840": {"username": "line", "password": "x"}},
    )
    assert not diagnoses
    (link,) = links
    assert (link.id, link.protocol, link.endpoint) == (
        "opcua:plc.local:4840",
        "opcua",
        "opc.tcp://127.0.0.1:48400",
    )
    assert link.security == {
        "mode": "SignAndEncrypt",
        "policy": "Basic256Sha256",
        "user_token": "UserName",
        "username": "line",
        "password": "x",
    }
    assert [(p.address, p.kind, p.writable) for p in link.points] == [
        ("nsu=urn:maker:plc;s=Speed", Kind.DOUBLE, True),
        ("ns=2;s=Temp 1", Kind.DOUBLE, False),
        ("path:/0:Objects/2:Plant/2:Level", Kind.INT, False),
    ]
    definition = registry.get(link.points[0].signal)
    assert (definition.key, definition.unit, definition.shell) == (f"{DATA}#Speed", "m/s", "urn:x:shell")
    assert definition.source.address == "nsu=urn:maker:plc;s=Speed"


def test_mqtt_fields_and_sparkplug_metrics_share_the_link_of_their_broker(registry) -> None:
    broker = "mqtt://127.0.0.1:1883"
    json_interface = interface(
        "Json",
        broker,
        "application/json",
        affordance(
            "state",
            "/agv/1/state",
            prop("type", "object"),
            smc(
                "properties",
                smc("agvPosition", smc("properties", smc("x", prop("type", "number")))),
                smc("odd", prop("key", "a/b~c"), prop("type", "number")),
            ),
            mqv_qos="1",
        ),
        affordance("text", "agv/1/name", contentType="text/plain; charset=utf-8"),
    )
    spark = interface(
        "Spark",
        broker + "/",
        "application/x-sparkplug-b",
        affordance("metrics", "spBv1.0/G/DDATA/N/D", smc("properties", smc("P", prop("key", "Energy/Power")))),
        affordance("Node", "spBv1.0/G/NDATA/N", prop("key", "Uptime")),
    )
    names = ["X", "Odd", "Name", "Power", "Uptime"]
    paths = [
        steps("Json", "state", "properties", "agvPosition", "properties", "x"),
        steps("Json", "state", "properties", "odd"),
        steps("Json", "text"),
        steps("Spark", "metrics", "properties", "P"),
        steps("Spark", "Node"),
    ]
    sinks = [prop(name, None, "xs:string" if name == "Name" else "xs:double") for name in names]
    links, diagnoses = links_from_environment(
        environment([json_interface, spark], [mapping(*zip(paths, names, strict=True))], sinks), registry
    )
    assert not diagnoses
    (link,) = links
    assert [point.address for point in link.points] == [
        "agv/1/state#/agvPosition/x",
        "agv/1/state#/a~1b~0c",
        "agv/1/name",
        "spBv1.0/G/N/D:Energy/Power",
        "spBv1.0/G/N:Uptime",
    ]
    assert link.points[0].options == {"pointer": "/agvPosition/x", "qos": 1}
    assert link.points[2].options["content_type"] == "text/plain"


def test_pairs_follow_ids_then_order_then_simple_scripts(registry) -> None:
    plc = interface("P", "opc.tcp://h:1", "", *(affordance(n, f"/?id=ns=1;s={n}") for n in ("A", "B", "C", "D")))
    sinks = [prop(name, None, "xs:double") for name in ("a", "b", "c", "d")]
    scripted = mapping(
        (steps("P", "C"), "c"),
        (steps("P", "D"), "d"),
        script='function aimc_main(sources)\n -- pass on\n return { s0 = sources["s1"], '
        '["s1"] = sources["s0"] * 2 }\nend',
    )
    by_order = mapping((steps("P", "A"), "a"), (steps("P", "B"), "b"), ids=False)
    links, diagnoses = links_from_environment(environment([plc], [by_order, scripted], sinks), registry)
    found = {point.key.partition("#")[2]: point.address for point in links[0].points}
    assert found == {"a": "ns=1;s=A", "b": "ns=1;s=B", "c": "ns=1;s=D"}
    assert [diagnosis.code for diagnosis in diagnoses] == ["connectors.transformation_skipped"]


def test_what_cannot_be_connected_is_told_and_the_rest_still_works(registry) -> None:
    plc = interface("P", "opc.tcp://h:1", "", affordance("A", "/?id=ns=1;s=A"), affordance("Bad", "/voltage"))
    fieldbus = interface("M", "profinet://h:502", "", affordance("R", "/1?quantity=1"))
    unreachable = interface("U", "", "", affordance("R", "topic"))
    sinks = [prop("a", None, "xs:double"), {"modelType": "Capability", "idShort": "cap"}]
    pairs = [
        (steps("P", "A"), "a"),
        (steps("P", "A"), "a"),
        (steps("P", "Bad"), "a"),
        (steps("P", "None"), "a"),
        (steps("P", "A"), "zzz"),
        (steps("P", "A"), "cap"),
        (steps("M", "R"), "a"),
        (steps("U", "R"), "a"),
    ]
    links, diagnoses = links_from_environment(
        environment([plc, fieldbus, unreachable], [mapping(*pairs)], sinks), registry
    )
    assert [point.address for point in links[0].points] == ["ns=1;s=A"]
    codes = [diagnosis.code.removeprefix("connectors.") for diagnosis in diagnoses]
    assert codes == [
        "mapped_twice",
        "address_unreadable",
        "source_not_found",
        "sink_not_found",
        "sink_without_value",
        "interface_unsupported",
        "interface_unsupported",
    ]
    for diagnosis in diagnoses:
        for language in ("en", "zh-CN"):
            assert diagnosis.text(language)
            assert "{" not in diagnosis.text(language) + diagnosis.repair(language)


def test_enumerations_bring_their_words_along(registry) -> None:
    concept = {
        "id": "urn:c:state",
        "embeddedDataSpecifications": [
            {
                "dataSpecificationContent": {
                    "preferredName": [],
                    "valueList": {
                        "valueReferencePairs": [
                            {"value": "0", "valueId": {"keys": [{"value": "Idle"}]}},
                            {"value": "1", "valueId": {"keys": [{"value": "Running"}]}},
                        ]
                    },
                }
            }
        ],
    }
    broker = interface(
        "J",
        "mqtt://h",
        "application/json",
        affordance("m", "t", smc("properties", smc("state"), smc("list", prop("type", "array")))),
    )
    meaning = {"type": "ExternalReference", "keys": [{"type": "GlobalReference", "value": "urn:c:state"}]}
    sinks = [prop("State", None, "xs:int", semanticId=meaning), prop("List", None, "xs:string")]
    pairs = mapping((steps("J", "m", "properties", "state"), "State"), (steps("J", "m", "properties", "list"), "List"))
    links, _ = links_from_environment(environment([broker], [pairs], sinks, [concept]), registry)
    state, array = links[0].points
    assert state.kind is Kind.ENUM
    assert state.options["labels"] == {"Idle": 0, "Running": 1}
    assert array.kind is Kind.ARRAY


def test_values_without_a_mapping_are_told(registry) -> None:
    plc = interface("P", "opc.tcp://h:1", "", affordance("A", "/?id=ns=1;s=A"))
    links, diagnoses = links_from_environment(environment([plc], [], []), registry)
    assert not links
    assert [diagnosis.code for diagnosis in diagnoses] == ["connectors.not_mapped"]


def test_structs_and_plain_json_give_the_same_links(registry) -> None:
    from xushi.twins import Environment

    plc = interface("P", "opc.tcp://h:1", "x", affordance("A", "/?id=ns=1;s=A"))
    plain = environment([plc], [mapping((steps("P", "A"), "a"))], [prop("a", None, "xs:double")])
    typed = copy.deepcopy(plain)
    typed.pop("conceptDescriptions")
    typed["assetAdministrationShells"][0] |= {
        "modelType": "AssetAdministrationShell",
        "assetInformation": {"assetKind": "Instance"},
    }

    def tidy(thing: Any) -> Any:
        if isinstance(thing, list):
            return [tidy(one) for one in thing]
        if not isinstance(thing, dict):
            return thing
        kept = {key: tidy(value) for key, value in thing.items() if value is not None}
        if kept.get("modelType") == "SubmodelElementList":
            kept.setdefault("typeValueListElement", "SubmodelElement")
        return kept

    struct = msgspec.convert(tidy(typed), Environment)
    assert links_from_environment(struct, registry) == links_from_environment(plain, registry)


@needs_samples
@pytest.mark.parametrize("path", sorted(IDTA.glob("IDTA 020[12]7*AIMC*.json")) + sorted(IDTA.glob("IDTA 02017*.json")))
def test_the_published_templates_are_read_without_harm(path: Path, registry) -> None:
    whole = json.loads(path.read_text("utf-8-sig"))
    for submodel in whole["submodels"]:
        submodel["kind"] = "Instance"
    links, diagnoses = links_from_environment(whole, registry)
    assert links == []
    assert all(diagnosis.text("zh-CN") for diagnosis in diagnoses)


def test_every_message_has_both_languages() -> None:
    catalogue = json.loads((Path(__file__).parents[2] / "src/xushi/connectors/messages.json").read_text("utf-8"))
    for code, texts in catalogue.items():
        assert set(texts) == {"en", "zh-CN"}, code
        assert message(code, {}, "zh-CN").what != message(code, {}, "en").what


def test_after_a_change_of_one_mapping_only_its_points_are_made_anew(registry: Any) -> None:
    plc = interface("PLC", "opc.tcp://plc:4840", "application/octet-stream", affordance("Speed", "/?id=ns=2;s=Speed"))
    way = steps("PLC", "Speed")
    whole = environment([plc], [mapping((way, "Speed"))], [prop("Speed", None, "xs:double"), prop("Other", None)])
    _, aimc, data = whole["submodels"]
    second = {**data, "id": "urn:x:second"}
    text = json.dumps({**aimc, "id": "urn:x:second:map"}).replace(DATA, second["id"])
    whole["submodels"] += [second, json.loads(text)]
    reader = LinkReader()

    def points() -> dict[str, Point]:
        reading = reader.read(whole)
        registry.define(reading.undefined(registry))
        return {point.key: point for link in reading.bind(registry) for point in link.points}

    before = points()
    assert set(before) == {f"{DATA}#Speed", "urn:x:second#Speed"}
    whole["submodels"][3] = json.loads(json.dumps(second))
    after = points()
    assert after == before
    assert after[f"{DATA}#Speed"] is before[f"{DATA}#Speed"]
    assert after["urn:x:second#Speed"] is not before["urn:x:second#Speed"]


def test_a_reader_that_goes_on_finds_what_a_new_one_finds(registry: Any) -> None:
    plc = interface("PLC", "opc.tcp://plc:4840", "application/octet-stream", affordance("Speed", "/?id=ns=2;s=Speed"))
    way = steps("PLC", "Speed")
    reader = LinkReader()
    without = environment([], [mapping((way, "Speed"))], [prop("Speed", None, "xs:double")])
    whole = environment([plc], [mapping((way, "Speed"))], [prop("Speed", None, "xs:double")])
    unmapped = environment([plc], [], [prop("Speed", None, "xs:double")])
    for one, count in ((without, 0), (whole, 1), (unmapped, 0), (whole, 1), (without, 0)):
        reading = reader.read(one)
        registry.define(reading.undefined(registry))
        links = reading.bind(registry)
        assert (links, reading.diagnoses) == links_from_environment(one, registry)
        assert len(links) == count
