"""The IDTA submodels are read for the inspector, whatever their version and make."""

from __future__ import annotations

import pytest
from aas_cases import external, model
from samples import SAMPLES, needs_samples

from xushi.twins import (
    AssetAdministrationShell,
    AssetInformation,
    Entity,
    Environment,
    File,
    LangString,
    MultiLanguageProperty,
    Property,
    RelationshipElement,
    Submodel,
    SubmodelElementCollection,
    SubmodelElementList,
    means,
    plain_meaning,
    read_documents,
    read_file,
    read_models_3d,
    read_nameplate,
    read_structure,
    read_technical_data,
    read_time_series,
    texts_of,
    topic_of,
)

IESE = SAMPLES / "aas" / "real" / "basyx-go_IESEDriveMotorDM3000.aasx"
HARTING = SAMPLES / "aas" / "real" / "basyx-go_HARTING_AAS_09140009950.aasx"
FAAAST = SAMPLES / "aas" / "real" / "faaast_model.aasx"
SERIES = SAMPLES / "aas" / "real" / "basyx-web-ui_TimeSeriesDemo.aasx"
BOM = SAMPLES / "aas" / "real" / "basyx-go_BOMAAS.aasx"


def submodels(path) -> dict[str, tuple[Submodel, Environment]]:  # type: ignore[no-untyped-def]
    environment = read_file(path).environment
    return {topic_of(item): (item, environment) for item in environment.submodels}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://admin-shell.io/idta/Models3D/1/0", "http://admin-shell.io/idta/models3d/1/1/"),
        ("0173-1#02-ABI500#003", "0173-1#02-ABI500#001"),
        ("https://admin-shell.io/idta/TimeSeries/1/1", "https://admin-shell.io/idta/TimeSeries/1/0"),
    ],
)
def test_meanings_are_compared_without_version_case_and_slash(one: str, other: str) -> None:
    assert plain_meaning(one) == plain_meaning(other)
    submodel = Submodel(id="urn:s", semantic_id=external(one))
    assert means(submodel, other)
    assert not means(submodel, "urn:else")


def test_a_composite_irdi_means_each_of_its_parts() -> None:
    element = SubmodelElementCollection(semantic_id=external("0173-1#02-ABI500#003/0173-1#01-AHF579#003"))
    assert means(element, "0173-1#01-AHF579#001")
    assert means(element, "0173-1#02-ABI500#002")


@pytest.mark.parametrize(
    ("given", "topic"),
    [
        (Submodel(id="s", semantic_id=external("https://admin-shell.io/idta/nameplate/3/0/Nameplate")), "nameplate"),
        (Submodel(id="s", semantic_id=external("https://admin-shell.io/zvei/nameplate/1/0/ContactInformations")), ""),
        (Submodel(id="s", id_short="TechnicalData"), "technical_data"),
        (Submodel(id="s", id_short="Anything"), ""),
        (
            Submodel(
                id="s", semantic_id=external("https://admin-shell.io/idta/AssetInterfacesDescription/1/1/Submodel")
            ),
            "interfaces",
        ),
        (
            Submodel(
                id="s",
                semantic_id=external("https://admin-shell.io/idta/AssetInterfacesMappingConfiguration/2/0/Submodel"),
            ),
            "mapping",
        ),
    ],
)
def test_the_topic_of_a_submodel_comes_from_its_meaning_or_name(given: Submodel, topic: str) -> None:
    assert topic_of(given) == topic


@needs_samples
def test_a_nameplate_of_version_3_is_read() -> None:
    plate = read_nameplate(submodels(IESE)["nameplate"][0])
    assert plate.manufacturer == {"de": "Fraunhofer IESE", "en": "Fraunhofer IESE"}
    assert (plate.serial_number, plate.made, plate.country) == ("SN-2024-DM3000-0042", "2024-06-15", "DE")
    assert "AddressInformation.Street" in {line.path for line in plate.address}


@needs_samples
def test_a_nameplate_of_version_2_is_read() -> None:
    plate = read_nameplate(submodels(HARTING)["nameplate"][0])
    assert plate.manufacturer == {"en": "HARTING Technology Group"}
    assert plate.order_code == "09140009950"
    assert plate.address


@needs_samples
def test_technical_values_come_with_their_units() -> None:
    data = read_technical_data(*submodels(IESE)["technical_data"])
    lines = {line.path: line for line in data.properties}
    assert lines["TechnicalPropertyAreas[0].RatedPower"].value == {"": "7.5"}
    assert lines["TechnicalPropertyAreas[0].RatedPower"].unit == "kW"
    assert data.classifications[0].class_id == "27-02-26-01"
    assert data.images == ("/aasx/files/4af9bd42.png",)


@needs_samples
def test_technical_data_of_version_1_2_is_read() -> None:
    data = read_technical_data(*submodels(FAAAST)["technical_data"])
    assert data.classifications[0].system == "eClass"
    assert any(line.unit == "mm" for line in data.properties)


@needs_samples
def test_documents_of_both_versions_are_read() -> None:
    new = read_documents(submodels(IESE)["documentation"][0])
    assert new[0].title["en"] == "Operating Manual DriveMotor DM-3000"
    assert new[0].files[0].file == "/aasx/files/374a38e3.pdf"
    assert new[0].identifier == "DOC-DM3000-OM-001"
    old = read_documents(submodels(HARTING)["documentation"][0])
    assert old[0].title == {"en": "Datasheet"}
    assert old[0].identifier == "PDF_DS_09140009950_EN"


@needs_samples
def test_time_series_with_internal_records_are_read() -> None:
    series = read_time_series(submodels(SERIES)["time_series"][0])
    assert [column.id_short for column in series.columns if column.is_time] == ["time"]
    internal = next(segment for segment in series.segments if segment.kind == "internal")
    assert len(internal.rows) == 30
    assert internal.rows[0] == {
        "time": "2024-09-26T06:00:10.863Z", "Humidity": "45", "Temperature": "21.5", "AirQuality": "450",
    }  # fmt: skip
    linked = next(segment for segment in series.segments if segment.kind == "linked")
    assert linked.endpoint.startswith("http://localhost:8086")


@needs_samples
def test_a_bill_of_materials_is_a_tree() -> None:
    structure = read_structure(*submodels(BOM)["structure"])
    assert [node.path for node in structure.nodes()] == [
        "Car", "Car.Lights", "Car.Lights.Bulb", "Car.Engine", "Car.Engine.Piston",
    ]  # fmt: skip


@needs_samples
def test_bulk_counts_and_shells_of_parts_are_known() -> None:
    structure = read_structure(*submodels(FAAAST)["structure"])
    nodes = {node.id_short: node for node in structure.nodes()}
    assert nodes["RollAssembly_Exit"].count == 8
    assert nodes["Werkzeugmaschine"].shell == "https://example.com/ids/AssetAdministrationShell/8713_3322_8055_2940"


def flat_structure(*relations: RelationshipElement) -> Environment:
    parts = tuple(
        Entity(id_short=name, entity_type="SelfManagedEntity", global_asset_id=f"urn:{name}")
        for name in ("A", "B", "C")
    )
    root = Entity(
        id_short="Root",
        semantic_id=external("https://admin-shell.io/idta/HierarchicalStructures/EntryNode/1/0"),
        statements=(*parts, *relations),
    )
    shell = AssetAdministrationShell(
        id="urn:shell:B", asset_information=AssetInformation(asset_kind="Instance", global_asset_id="urn:B")
    )
    submodel = Submodel(id="urn:bom", id_short="HierarchicalStructures", submodel_elements=(root,))
    return Environment(asset_administration_shells=(shell,), submodels=(submodel,))


def relation(name: str, first: str, second: str) -> RelationshipElement:
    def entity(key: str) -> tuple[tuple[str, str], ...]:
        return (("Submodel", "urn:bom"), ("Entity", "Root"), ("Entity", key))

    return RelationshipElement(id_short=name, first=model(*entity(first)), second=model(*entity(second)))


def test_has_part_and_is_part_of_regroup_flat_entities() -> None:
    environment = flat_structure(relation("HasPart1", "A", "B"), relation("IsPartOf1", "C", "B"))
    root = read_structure(environment.submodels[0], environment).roots[0]
    assert [part.id_short for part in root.parts] == ["A"]
    assert [part.id_short for part in root.parts[0].parts] == ["B"]
    assert [part.id_short for part in root.parts[0].parts[0].parts] == ["C"]
    assert root.parts[0].parts[0].shell == "urn:shell:B"


def test_relations_in_a_circle_do_not_hang_or_lose_parts() -> None:
    environment = flat_structure(relation("HasPart1", "A", "B"), relation("HasPart2", "B", "A"))
    structure = read_structure(environment.submodels[0], environment)
    assert {node.id_short for node in structure.nodes()} == {"Root", "A", "B", "C"}


def test_3d_models_are_read_with_their_file_and_format() -> None:
    version = SubmodelElementCollection(
        value=(
            MultiLanguageProperty(id_short="Title", value=(LangString(language="en", text="Drive"),)),
            Property(id_short="FileVersionId", value_type="xs:string", value="2"),
            File(id_short="DigitalFile", value="/aasx/files/drive.glb"),
            File(id_short="PreviewFile", value="/aasx/files/drive.png"),
            SubmodelElementCollection(
                id_short="FileFormat", value=(Property(id_short="FormatName", value_type="xs:string", value="glTF"),)
            ),
        )
    )

    def listed(name: str, *members: object) -> SubmodelElementList:
        kind = type(members[0]).__name__
        return SubmodelElementList(id_short=name, type_value_list_element=kind, value=members)  # type: ignore[arg-type]

    item = SubmodelElementCollection(
        value=(
            SubmodelElementCollection(id_short="File", value=(listed("FileVersion", version),)),
            SubmodelElementCollection(
                id_short="Capability",
                value=(listed("PosModelPurpose", Property(value_type="xs:string", value="Visualization")),),
            ),
            SubmodelElementCollection(
                id_short="Geometry", value=(Property(id_short="LengthUnit", value_type="xs:string", value="m"),)
            ),
        )
    )
    submodel = Submodel(id="urn:m", id_short="Models3D", submodel_elements=(listed("Model3D", item),))
    assert topic_of(submodel) == "models_3d"
    (found,) = read_models_3d(submodel)
    assert found.path == "Model3D[0].File.FileVersion[0].DigitalFile"
    assert (found.file, found.media_type, found.format_name) == ("/aasx/files/drive.glb", "model/gltf-binary", "glTF")
    assert (found.title, found.version, found.preview) == ({"en": "Drive"}, "2", "/aasx/files/drive.png")
    assert (found.purposes, found.length_unit) == (("Visualization",), "m")


def test_a_value_without_language_stands_under_no_language() -> None:
    assert texts_of(Property(value_type="xs:int", value="3")) == {"": "3"}
    assert texts_of(None) == {}
