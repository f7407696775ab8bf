"""JSON that is not quite AAS is repaired, and each repair is told with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aas_cases import every_class

from xushi.kernel import XushiError
from xushi.twins import (
    Package,
    Property,
    SubmodelElementCollection,
    find,
    from_json,
    from_plain,
    read_file,
    to_json,
    to_plain,
)


def submodel(*elements: Any, **attributes: Any) -> dict[str, Any]:
    return {"submodels": [{"modelType": "Submodel", "id": "urn:s", "submodelElements": list(elements), **attributes}]}


def opened(plain: Any) -> Package:
    return read_file(json.dumps(plain).encode(), "x.json")


def found(package: Package) -> list[tuple[str, str]]:
    return [(diagnosis.code.removeprefix("twins."), diagnosis.place) for diagnosis in package.diagnoses]


PROPERTY = {"modelType": "Property", "idShort": "p", "valueType": "xs:int", "value": "1"}


def test_sound_json_is_read_and_written_unchanged_and_without_diagnoses() -> None:
    data = to_json(every_class())
    package = read_file(data, "x.json")
    assert package.diagnoses == []
    assert package.environment == every_class()
    assert from_json(data) == every_class()
    assert json.loads(to_json(package.environment)) == json.loads(data)


def test_plain_objects_and_structs_turn_into_each_other() -> None:
    environment = every_class()
    assert from_plain(to_plain(environment)) == environment
    plain = to_plain(environment.submodels[0])
    assert plain == json.loads(to_json(environment))["submodels"][0]
    assert type(plain["submodelElements"]) is list


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (submodel(PROPERTY, qualifiers=[]), [("empty_list", "/submodels/0/qualifiers")]),
        (submodel(PROPERTY, description=None), [("null_value", "/submodels/0/description")]),
        (submodel(PROPERTY, colour="red"), [("unknown_attribute", "/submodels/0")]),
        (submodel(PROPERTY, kind="INSTANCE"), [("replaced_word", "/submodels/0/kind")]),
        (submodel(PROPERTY, kind="Nonsense"), [("unknown_word", "/submodels/0/kind")]),
        (submodel(PROPERTY, idshort="S"), [("renamed_attribute", "/submodels/0")]),
        (submodel(PROPERTY | {"value": 1}), [("not_text", "/submodels/0/submodelElements/p/value")]),
        (
            submodel(PROPERTY | {"valueType": "int"}),
            [("replaced_word", "/submodels/0/submodelElements/p/valueType")],
        ),
        (
            submodel({"modelType": "Property", "idShort": "p"}),
            [("missing_attribute", "/submodels/0/submodelElements/p")],
        ),
        (
            submodel({"idShort": "p", "valueType": "xs:int", "value": "1"}),
            [("guessed_model_type", "/submodels/0/submodelElements/p")],
        ),
        (
            submodel(PROPERTY | {"modelType": "Propperty"}),
            [("unknown_class", "/submodels/0/submodelElements/p")],
        ),
        (submodel(PROPERTY, semanticId="urn:x"), [("plain_reference", "/submodels/0/semanticId")]),
        (
            submodel(PROPERTY, semanticId={"keys": []}),
            [("empty_list", "/submodels/0/semanticId/keys"), ("dropped", "/submodels/0/semanticId")],
        ),
        (
            submodel(PROPERTY, description={"en": "text", "de": "Text"}),
            [("not_list", "/submodels/0/description")],
        ),
        (submodel(PROPERTY, description="text"), [("not_list", "/submodels/0/description")]),
        (submodel(PROPERTY, idShort="a\u0001b"), [("forbidden_character", "/submodels/a\u0001b/idShort")]),
    ],
)
def test_a_fault_is_repaired_and_told_with_its_place(given: Any, expected: list[tuple[str, str]]) -> None:
    package = opened(given)
    told = found(package)
    for pair in expected:
        assert pair in told
    element = find(package.environment.submodels[0], "p")
    assert isinstance(element, Property)
    assert element.value in ("1", None)


def test_a_missing_identifier_is_invented_the_same_way_each_time() -> None:
    given = {"submodels": [{"modelType": "Submodel", "idShort": "S"}]}
    first, second = opened(given), opened(given)
    assert first.environment == second.environment
    assert first.environment.submodels[0].id.startswith("urn:xushi:missing:")
    assert found(first) == [("missing_id", "/submodels/S")]


def test_of_two_submodels_with_one_identifier_the_first_stays() -> None:
    one = {"modelType": "Submodel", "id": "urn:s", "idShort": "A"}
    package = opened({"submodels": [one, one | {"idShort": "B"}, one]})
    assert [item.id_short for item in package.environment.submodels] == ["A"]
    assert found(package) == [("duplicate_id", "/submodels/B"), ("repeated", "/submodels/A")]


@pytest.mark.parametrize(
    "wrapped",
    [
        submodel(PROPERTY)["submodels"][0],
        submodel(PROPERTY)["submodels"],
        {"result": submodel(PROPERTY)["submodels"], "paging_metadata": {}},
        {"environment": submodel(PROPERTY)},
        PROPERTY,
    ],
)
def test_what_a_server_or_a_person_wraps_or_unwraps_is_found(wrapped: Any) -> None:
    package = opened(wrapped)
    assert find(package.environment.submodels[0], "p") == Property(id_short="p", value_type="xs:int", value="1")
    assert package.diagnoses


def test_elements_given_as_an_object_by_idshort_become_a_list() -> None:
    inner = {"modelType": "Property", "valueType": "xs:int", "value": "1"}
    package = opened(submodel({"modelType": "SubmodelElementCollection", "idShort": "c", "value": {"p": inner}}))
    collection = package.environment.submodels[0].submodel_elements[0]
    assert isinstance(collection, SubmodelElementCollection)
    assert collection.value == (Property(id_short="p", value_type="xs:int", value="1"),)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_other_encodings_are_read(encoding: str) -> None:
    text = json.dumps(submodel(PROPERTY, idShort="Motor"), ensure_ascii=False)
    package = read_file(text.encode(encoding), "x.json")
    assert package.environment.submodels[0].id_short == "Motor"


def test_a_text_in_windows_1252_is_read_and_told() -> None:
    data = json.dumps(submodel(PROPERTY | {"value": "für"}), ensure_ascii=False).encode("cp1252")
    package = read_file(data, "x.json")
    assert package.environment.submodels[0].submodel_elements[0].value == "für"  # type: ignore[union-attr]
    assert "encoding" in dict(found(package))


def test_a_document_that_breaks_off_gives_what_stands_before_the_break() -> None:
    whole = json.dumps(submodel(*({**PROPERTY, "idShort": f"p{n}"} for n in range(20))))
    package = read_file(whole[: whole.index('"p15"')].encode(), "x.json")
    assert len(package.environment.submodels[0].submodel_elements) in (15, 16)
    assert "cut_short" in dict(found(package))


def test_comments_and_trailing_commas_are_left_out() -> None:
    text = json.dumps(submodel(PROPERTY | {"valueType": "xs:string", "value": "http://x, ]"}))
    package = read_file(f"// a plant\n{text[:-1]}, /* the end */ }}".encode(), "x.json")
    assert package.environment.submodels[0].submodel_elements[0].value == "http://x, ]"  # type: ignore[union-attr]
    assert found(package) == [("relaxed_json", "line 1")]


def test_texts_by_language_in_small_objects_are_read() -> None:
    package = opened(submodel(PROPERTY, description=[{"en": "text"}, {"de": "Text"}]))
    assert [(each.language, each.text) for each in package.environment.submodels[0].description] == [
        ("en", "text"),
        ("de", "Text"),
    ]


def test_an_odd_value_in_a_text_is_no_fault() -> None:
    package = opened(submodel(PROPERTY | {"modelType": "Property", "valueType": "xs:string", "value": "null \u00e9"}))
    assert package.diagnoses == []


def test_many_equal_findings_are_told_once_with_their_number() -> None:
    package = opened(submodel(*({**PROPERTY, "idShort": f"p{n}", "x": 1} for n in range(80))))
    assert package.diagnoses[-1].code == "twins.more_of_same"
    assert package.diagnoses[-1].params["count"] == "30"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "twins.empty_file"),
        (b"  \n", "twins.empty_file"),
        (b"hello", "twins.not_aas"),
        (b"[1, 2]", "twins.not_aas"),
        (b'{"a": 1}', "twins.not_aas"),
        (b"{]", "twins.json_damaged"),
        (b'{"asset": {"version": "2.0"}, "scenes": [], "nodes": []}', "twins.not_aas"),
        (b'{"assets": [{"name": "x"}]}', "twins.not_aas"),
        (b'{"environment": {"PATH": "/bin"}, "data": [1]}', "twins.not_aas"),
        (b'[{"id": 1, "text": "a note"}]', "twins.not_aas"),
        (b'"text"', "twins.not_aas"),
    ],
)
def test_what_is_no_shell_is_refused_plainly(data: bytes, code: str) -> None:
    with pytest.raises(XushiError) as caught:
        read_file(data, "x.json")
    assert caught.value.code == code


OLD = {
    "assetAdministrationShells": [
        {
            "identification": {"idType": "IRI", "id": "urn:shell"},
            "idShort": "Shell",
            "asset": {"keys": [{"type": "Asset", "local": True, "value": "urn:asset", "index": 0, "idType": "IRI"}]},
            "submodels": [{"keys": [{"type": "Submodel", "local": True, "value": "urn:s", "idType": "IRI"}]}],
            "modelType": {"name": "AssetAdministrationShell"},
            "views": [{"idShort": "V"}],
        }
    ],
    "assets": [
        {"identification": {"idType": "IRI", "id": "urn:asset"}, "kind": "Type"},
        {"identification": {"idType": "IRI", "id": "urn:lonely"}, "kind": "Instance"},
    ],
    "submodels": [
        {
            "identification": {"idType": "IRI", "id": "urn:s"},
            "idShort": "S",
            "modelType": {"name": "Submodel"},
            "kind": "Instance",
            "semanticId": {"keys": [{"type": "GlobalReference", "local": False, "value": "urn:x", "idType": "IRI"}]},
            "submodelElements": [
                {
                    "idShort": "p",
                    "modelType": {"name": "Property"},
                    "kind": "Instance",
                    "valueType": {"dataObjectType": {"name": "int"}},
                    "value": "7",
                    "constraints": [
                        {
                            "modelType": {"name": "Qualifier"},
                            "type": "Unit",
                            "valueType": "string",
                            "value": "m",
                        }
                    ],
                    "descriptions": [{"language": "en", "text": "seven"}],
                },
                {
                    "idShort": "op",
                    "modelType": {"name": "Operation"},
                    "inputVariable": [
                        {
                            "value": {
                                "idShort": "a",
                                "modelType": {"name": "Property"},
                                "valueType": {"dataObjectType": {"name": "double"}},
                            }
                        }
                    ],
                },
            ],
        }
    ],
    "conceptDescriptions": [
        {
            "identification": {"idType": "IRDI", "id": "0173-1#02-AAA#001"},
            "embeddedDataSpecifications": [
                {
                    "dataSpecification": {
                        "keys": [{"type": "GlobalReference", "value": "http://iec", "idType": "IRI"}]
                    },
                    "dataSpecificationContent": {
                        "preferredName": [{"language": "en", "text": "length"}],
                        "unit": "m",
                        "dataType": "REAL_MEASURE",
                    },
                }
            ],
            "modelType": {"name": "ConceptDescription"},
        }
    ],
}


def test_json_of_version_2_is_upgraded_and_the_lost_is_told() -> None:
    package = opened(OLD)
    environment = package.environment
    shell = environment.asset_administration_shells[0]
    assert (shell.id, shell.asset_information.global_asset_id, shell.asset_information.asset_kind) == (
        "urn:shell",
        "urn:asset",
        "Type",
    )
    element = find(environment.submodels[0], "p")
    assert isinstance(element, Property)
    assert (element.value_type, element.value, element.qualifiers[0].value_type) == (
        "xs:int",
        "7",
        "xs:string",
    )
    assert element.description[0].text == "seven"
    assert find(environment.submodels[0], "op.a") is not None
    content = environment.concept_descriptions[0].embedded_data_specifications[0].data_specification_content
    assert (content.preferred_name[0].text, content.unit, content.data_type) == (
        "length",
        "m",
        "REAL_MEASURE",
    )
    told = dict(found(package))
    assert package.version == "2.0"
    assert {"upgraded", "upgrade_asset_alone", "upgrade_lost", "upgrade_identification"} <= told.keys()
