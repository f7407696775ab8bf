"""Broken rules of the metamodel are found, each with its place."""

# ruff: noqa: E501 - one case to a line

from __future__ import annotations

import msgspec
import pytest
from aas_cases import every_class, external, model

from xushi.twins import (
    AssetInformation,
    Capability,
    Entity,
    Environment,
    LangString,
    MultiLanguageProperty,
    Property,
    Qualifier,
    Range,
    Reference,
    ReferenceElement,
    SpecificAssetId,
    Submodel,
    SubmodelElementCollection,
    SubmodelElementList,
    is_valid,
    validate,
)

replace = msgspec.structs.replace


def broken(*elements: object, version: str = "3.1", **attributes: object) -> list[tuple[str, str]]:
    submodel = Submodel(id="urn:s", id_short="S", submodel_elements=elements, **attributes)  # type: ignore[arg-type]
    found = validate(Environment(submodels=(submodel,)), version)
    return [(diagnosis.code.removeprefix("twins.rule_"), diagnosis.place) for diagnosis in found]


def text(value: str, value_type: str = "xs:string", name: str | None = "p") -> Property:
    return Property(id_short=name, value_type=value_type, value=value)  # type: ignore[arg-type]


def row(*members: object, **attributes: object) -> SubmodelElementList:
    given = {"id_short": "l", "type_value_list_element": "Property", "value_type_list_element": "xs:int"} | attributes
    return SubmodelElementList(value=members, **given)  # type: ignore[arg-type]


SERIAL = SpecificAssetId(name="serial", value="1")
ENGLISH = LangString(language="en", text="a")


def test_an_environment_of_every_class_breaks_no_rule() -> None:
    assert validate(every_class()) == []


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ((Capability(),), [("id_short_missing", "S[0]")]),
        ((SubmodelElementCollection(id_short="c", value=(Capability(),)),), [("id_short_missing", "S#c[0]")]),
        ((Capability(id_short="a"), Capability(id_short="A")), [("id_short_repeated", "S")]),
        ((Capability(id_short="1a"),), [("id_short_form", "S")]),
        ((Capability(id_short="a b"),), [("id_short_form", "S")]),
        ((Capability(id_short="a" * 129),), [("id_short_form", "S")]),
        ((text("x", "xs:int"),), [("value_type", "S#p")]),
        ((Range(id_short="r", value_type="xs:int", min="9", max="1"),), [("range_order", "S#r")]),
        ((Range(id_short="r", value_type="xs:int", min="x"),), [("value_type", "S#r")]),
        ((Entity(id_short="e", entity_type="SelfManagedEntity"),), [("entity_asset", "S#e")]),
        (
            (Entity(id_short="e", entity_type="CoManagedEntity", specific_asset_ids=(SERIAL,)),),
            [("entity_co_managed", "S#e")],
        ),
        ((MultiLanguageProperty(id_short="m", value=(ENGLISH, ENGLISH)),), [("language_repeated", "S#m")]),
        ((MultiLanguageProperty(id_short="m", value=(replace(ENGLISH, text=""),)),), [("empty_text", "S#m")]),
        ((row(text("1", "xs:int", None)),), []),
        ((row(Capability()),), [("list_kind", "S#l[0]")]),
        ((row(text("1", "xs:long", None)),), [("list_value_type", "S#l[0]")]),
        ((row(text("1", "xs:int", None), value_type_list_element=None),), [("list_value_type_missing", "S#l")]),
        ((row(text("1", "xs:int", "n")),), []),
        ((row(Capability(), type_value_list_element="SubmodelElement"),), []),
        ((row(text("1", "xs:int", None), type_value_list_element="DataElement"),), []),
        (
            (row(replace(text("1", "xs:int", None), semantic_id=external("urn:b")), semantic_id_list_element=external("urn:a")),),
            [("list_meaning", "S#l[0]")],
        ),
        ((ReferenceElement(id_short="r", value=model(("Property", "x"))),), [("model_reference", "S#r")]),
        (
            (ReferenceElement(id_short="r", value=Reference(type="ExternalReference", keys=model(("Submodel", "x")).keys)),),
            [("external_reference", "S#r")],
        ),
        (
            (ReferenceElement(id_short="r", value=model(("Submodel", "x"), ("SubmodelElementList", "l"), ("Property", "p"))),),
            [("list_index", "S#r")],
        ),
    ],
)  # fmt: skip
def test_a_broken_rule_is_found_with_its_place(elements: tuple[object, ...], expected: list[tuple[str, str]]) -> None:
    assert broken(*elements) == expected


def test_only_version_3_0_forbids_an_idshort_in_lists() -> None:
    given = row(text("1", "xs:int", "n"))
    assert broken(given, version="3.0") == [("list_id_short", "S#l[0]")]


def test_qualifiers_are_unique_and_template_qualifiers_belong_to_templates() -> None:
    one = Qualifier(type="a", value_type="xs:string")
    assert broken(qualifiers=(one, one)) == [("qualifier_repeated", "S")]
    cardinality = Qualifier(type="c", kind="TemplateQualifier", value_type="xs:string")
    assert broken(qualifiers=(cardinality,)) == [("template_qualifier", "S")]
    assert broken(qualifiers=(cardinality,), kind="Template") == []


def test_a_shell_needs_an_asset_and_its_submodels() -> None:
    shell = every_class().asset_administration_shells[0]
    nameless = replace(shell, asset_information=AssetInformation(asset_kind="Instance"))
    codes = [diagnosis.code for diagnosis in validate(Environment(asset_administration_shells=(nameless,)))]
    assert codes == ["twins.rule_asset_id", "twins.dangling_submodel"]
    reserved = (SpecificAssetId(name="globalAssetId", value="urn:else"),)
    odd = replace(shell, asset_information=replace(shell.asset_information, specific_asset_ids=reserved), submodels=())
    codes = [diagnosis.code for diagnosis in validate(Environment(asset_administration_shells=(odd,)))]
    assert codes == ["twins.rule_global_asset_name"]


def test_identifiers_are_unique_across_kinds() -> None:
    environment = every_class()
    concept = replace(environment.concept_descriptions[0], id=environment.submodels[0].id)
    codes = {item.code for item in validate(replace(environment, concept_descriptions=(concept,)))}
    assert "twins.rule_unique_id" in codes


@pytest.mark.parametrize(
    ("value_type", "good", "bad"),
    [
        ("xs:boolean", "true 1 false 0", "True yes"),
        ("xs:byte", "-128 127", "128 1.0"),
        ("xs:unsignedLong", "18446744073709551615 0", "18446744073709551616 -1"),
        ("xs:positiveInteger", "1", "0 -1"),
        ("xs:double", "1 -1.5E3 INF -INF NaN .5 5.", "inf 1e 1,5 +INF"),
        ("xs:decimal", "1.50 -3", "1e3 NaN"),
        ("xs:dateTime", "2026-11-21T03:00:00 2026-11-21T03:00:00.123Z 2026-11-21T24:00:00+08:00", "2026-11-21 2026-13-01T00:00:00"),
        ("xs:date", "2026-11-21 2026-11-21Z", "21.11.2026"),
        ("xs:time", "03:00:00", "3:00"),
        ("xs:duration", "P1Y2M3DT4H5M6.7S PT1S -P1D", "P PT 1D"),
        ("xs:gYearMonth", "2026-11", "2026"),
        ("xs:gMonthDay", "--11-21", "11-21"),
        ("xs:gDay", "---31", "---32"),
        ("xs:gMonth", "--12", "--13"),
        ("xs:gYear", "2026", "26"),
        ("xs:hexBinary", "0aFF", "0a1 xx"),
        ("xs:base64Binary", "AAEC", "AAE ?"),
        ("xs:string", "anything", ""),
    ],
)  # fmt: skip
def test_values_follow_their_xsd_type(value_type: str, good: str, bad: str) -> None:
    assert [value for value in good.split() if not is_valid(value, value_type)] == []
    assert [value for value in bad.split() if is_valid(value, value_type)] == []
