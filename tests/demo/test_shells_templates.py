"""The plant's submodels against the IDTA templates: the same semantic ids, and nothing required is missing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from samples import IDTA, needs_samples

from xushi.demo.shells import build_plant
from xushi.twins import to_json

pytestmark = pytest.mark.xdist_group("demo_shells")

# idShort of our submodel -> part of the template's file name
_TEMPLATES = {
    "Nameplate": "Digital Nameplate", "TechnicalData": "02003_2-0-1_Template_TechnicalData.json",
    "HierarchicalStructures": "02011-1-1-1_Template_HSEBoM.json",
    "TimeSeries": "02008-1-1-1_Template_TimeSeriesData.json",
    "Models3D": "02026-1-0-1_Template_ProvisionOf3DModels.json", "AssetInterfacesDescription": "02017-1-1",
    "AssetInterfacesMappingConfiguration": "02027_Template_AIMC.json",
    "HandoverDocumentation": "02004-2-0-1_Template_HandoverDocumentation.json",
}  # fmt: skip
# What a template leaves to the user by another name: the drop-in of the address, sample fields, protocol variants.
_FREE = {"AddressInformation", "Record", "InterfaceTemplateForHTTP", "properties", "Node"}


@pytest.fixture(scope="module")
def ours() -> dict[str, list[dict[str, Any]]]:
    environment, _ = build_plant()
    out: dict[str, list[dict[str, Any]]] = {}
    for submodel in json.loads(to_json(environment))["submodels"]:
        out.setdefault(submodel["idShort"], []).append(submodel)
    return out


def _meaning(element: dict[str, Any]) -> str:
    keys = (element.get("semanticId") or {}).get("keys") or [{}]
    return str(keys[0].get("value", "")).strip()


def _children(element: dict[str, Any]) -> list[dict[str, Any]]:
    for key in ("submodelElements", "statements", "value"):
        children = element.get(key)
        if isinstance(children, list) and children and "modelType" in children[0]:
            return children
    return []


def _is_required(element: dict[str, Any]) -> bool:
    cardinality = {q.get("value") for q in element.get("qualifiers", []) if "ardinality" in q.get("type", "")}
    return bool(cardinality & {"One", "OneToMany"})


def _missing(template: dict[str, Any], ours: dict[str, Any], place: str) -> list[str]:
    """Required elements of the template, by meaning, that one of our elements lacks."""
    out: list[str] = []
    mine = _children(ours)
    for wanted in _children(template):
        name = wanted.get("idShort") or "[]"
        same = [
            each for each in mine if _meaning(each) == _meaning(wanted) and each["modelType"] == wanted["modelType"]
        ]
        if not same and _is_required(wanted) and name not in _FREE:
            out.append(f"{place}.{name} {_meaning(wanted)}")
        if name not in _FREE:
            for each in same:
                out += _missing(wanted, each, f"{place}.{name}")
    return out


@needs_samples
@pytest.mark.parametrize("name", sorted(_TEMPLATES))
def test_a_submodel_has_the_templates_semantic_ids_and_all_that_it_requires(
    name: str, ours: dict[str, list[dict[str, Any]]]
) -> None:
    path = max(path for path in IDTA.glob("*.json") if _TEMPLATES[name] in path.name)
    template = json.loads(path.read_text(encoding="utf-8"))["submodels"][0]
    assert ours[name], name
    for submodel in ours[name]:
        assert submodel["semanticId"]["keys"][0]["value"] == _meaning(template)
        assert submodel["idShort"] == template["idShort"]
        assert _missing(template, submodel, submodel["id"]) == []


def test_every_interface_has_what_the_template_requires_of_any_interface(ours: dict[str, list[dict[str, Any]]]) -> None:
    for submodel in ours["AssetInterfacesDescription"]:
        for interface in submodel["submodelElements"]:
            parts = {part["idShort"]: part for part in interface["value"]}
            assert {"title", "EndpointMetadata", "InteractionMetadata"} <= parts.keys()
            endpoint = {part["idShort"] for part in parts["EndpointMetadata"]["value"]}
            assert {"base", "contentType", "security", "securityDefinitions"} <= endpoint
            properties = parts["InteractionMetadata"]["value"][0]
            assert properties["idShort"] == "properties"
            for affordance in properties["value"]:
                forms = next(part for part in affordance["value"] if part["idShort"] == "forms")
                assert {"href", "contentType", "security"} <= {part["idShort"] for part in forms["value"]}
