"""The demo plant's AASX: opened by our reader, checked by aas-core, true to the IDTA templates and to the plant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import aas_core3_1.jsonization as oracle_json
import aas_core3_1.verification as oracle
import pytest

from xushi.connectors import links_from_environment
from xushi.demo._line import LINE, MACHINES, PARTS, SIGNALS, Signal
from xushi.demo.shells import ensure_assets, write_plant
from xushi.demo.shells._elements import asset_id, shell_id, submodel_id
from xushi.runtime import AasImporter, Source, signal_definitions, signal_key
from xushi.signals import Kind, SignalRegistry
from xushi.twins import (
    Entity,
    File,
    MultiLanguageProperty,
    Package,
    Property,
    ReferenceElement,
    Submodel,
    SubmodelElementList,
    find,
    read_file,
    to_json,
    walk,
)

pytestmark = pytest.mark.xdist_group("demo_shells")

_KINDS = {
    "double": Kind.DOUBLE,
    "int": Kind.INT,
    "bool": Kind.BOOL,
    "enum": Kind.ENUM,
    "string": Kind.STRING,
    "time": Kind.TIME,
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plant") / "plant.aasx"
    write_plant(out)
    return out


@pytest.fixture(scope="module")
def package(path: Path) -> Package:
    return read_file(path)


@pytest.fixture(scope="module")
def submodels(package: Package) -> dict[str, Submodel]:
    return {submodel.id: submodel for submodel in package.environment.submodels}


def _of_sort(package: Package, id_short: str) -> Iterator[Submodel]:
    return (submodel for submodel in package.environment.submodels if submodel.id_short == id_short)


def _key(signal: Signal) -> str:
    return f"{submodel_id(signal.machine, 'OperationalData')}#{signal.path}"


def test_our_reader_opens_it_without_a_diagnosis(package: Package) -> None:
    assert package.diagnoses == []
    assert package.thumbnail in package.files


def test_aas_core_finds_no_fault_in_it(package: Package) -> None:
    environment = oracle_json.environment_from_jsonable(json.loads(to_json(package.environment)))
    assert [f"{fault.path}: {fault.cause}" for fault in oracle.verify(environment)] == []


def test_it_is_the_same_bytes_every_time(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.aasx"
    write_plant(again)
    assert again.read_bytes() == path.read_bytes()


def test_every_machine_the_line_and_the_product_have_a_shell_with_both_languages(package: Package) -> None:
    shells = {shell.id: shell for shell in package.environment.asset_administration_shells}
    for machine in MACHINES:
        shell = shells[shell_id(machine.id)]
        assert {text.language: text.text for text in shell.display_name} == {
            "en": machine.name.en,
            "zh-CN": machine.name.zh,
        }
        assert shell.asset_information.global_asset_id == asset_id(machine.id)
    assert shells[shell_id(LINE.id)].asset_information.asset_type == "urn:xushi:demo:type:Line"
    assert shells[shell_id("E15")].asset_information.asset_kind == "Type"
    for machine in MACHINES:
        assert all(shell_id(tool) in shells for tool in machine.tools)


def test_every_text_in_the_package_is_given_in_english_and_chinese(package: Package) -> None:
    for submodel in package.environment.submodels:
        assert {text.language for text in submodel.display_name} == {"en", "zh-CN"}
        for place, element in walk(submodel):
            if isinstance(element, MultiLanguageProperty):
                assert {text.language for text in element.value} == {"en", "zh-CN"}, place
    for concept in package.environment.concept_descriptions:
        content = concept.embedded_data_specifications[0].data_specification_content
        assert {text.language for text in content.preferred_name} == {"en", "zh-CN"}
        assert {text.language for text in content.definition} == {"en", "zh-CN"}


def test_ids_are_unique_and_every_reference_inside_the_package_resolves(
    package: Package, submodels: dict[str, Submodel]
) -> None:
    environment = package.environment
    ids = [
        each.id
        for each in (
            *environment.asset_administration_shells,
            *environment.submodels,
            *environment.concept_descriptions,
        )
    ]
    assert len(ids) == len(set(ids))
    for shell in environment.asset_administration_shells:
        assert all(reference.keys[0].value in submodels for reference in shell.submodels)
    for submodel in environment.submodels:
        for place, element in walk(submodel):
            targets = [element.value] if isinstance(element, ReferenceElement) else []
            for target in targets:
                assert target is not None
                owner, _, path = (signal_key(target) or "").partition("#")
                assert find(submodels[owner], path) is not None, f"{submodel.id} {place}"


def test_every_file_that_is_named_is_there_and_no_other(package: Package) -> None:
    named = {
        element.value for submodel in package.environment.submodels for _, element in walk(submodel)
        if isinstance(element, File)
    }  # fmt: skip
    assert named == set(package.files)


def test_every_signal_of_the_plant_is_one_operational_value_and_nothing_else_is(package: Package) -> None:
    environment = package.environment
    shell_of = {
        ref.keys[0].value: shell.id for shell in environment.asset_administration_shells for ref in shell.submodels
    }
    found = {definition.key: definition for definition in signal_definitions(environment, shell_of)}
    assert sorted(found) == sorted(_key(signal) for signal in SIGNALS)
    for signal in SIGNALS:
        definition = found[_key(signal)]
        assert definition.kind is _KINDS.get(signal.type, Kind.ARRAY)
        assert definition.unit == signal.unit
        assert definition.name == {"en": signal.name.en, "zh-CN": signal.name.zh}
        assert list(definition.labels.values()) == [label.en for label in signal.labels]
        assert (definition.low, definition.high) == (signal.low, signal.high)
        assert definition.shell == shell_id(signal.machine)


def test_the_interfaces_and_mappings_lead_to_every_address_of_the_plant(package: Package, tmp_path: Path) -> None:
    registry = SignalRegistry(tmp_path / "signals.sqlite")
    links, diagnoses = links_from_environment(package.environment, registry)
    assert diagnoses == []
    assert {link.endpoint for link in links} == {"opc.tcp://127.0.0.1:48400", "mqtt://127.0.0.1:18830"}
    points = {point.key: point for link in links for point in link.points}
    assert len(points) == sum(len(link.points) for link in links) == len(SIGNALS)
    for signal in SIGNALS:
        point = points[_key(signal)]
        wanted = {
            "opcua": f"nsu=urn:xushi:demo:plant;s={signal.address}",
            "sparkplug": f"{signal.address.replace('/DDATA', '')}:{'/'.join(signal.pointer)}",
        }.get(signal.protocol, f"{signal.address}#/{'/'.join(signal.pointer)}")
        assert point.address == wanted
        assert point.writable == signal.writable


def test_each_source_has_one_sink_of_the_same_id(package: Package) -> None:
    for submodel in _of_sort(package, "AssetInterfacesMappingConfiguration"):
        configurations = find(submodel, "MappingConfigurations")
        assert isinstance(configurations, SubmodelElementList)
        for number in range(len(configurations.value)):
            ends = []
            for end in ("Source", "Sink"):
                members = find(submodel, f"MappingConfigurations[{number}].{end}s")
                assert isinstance(members, SubmodelElementList)
                ends.append(
                    [
                        _value(submodel, f"MappingConfigurations[{number}].{end}s[{k}].{end}Id")
                        for k in range(len(members.value))
                    ]
                )
            assert ends[0] == ends[1]
            assert len(ends[0]) == len(set(ends[0]))


def _value(submodel: Submodel, place: str) -> str | None:
    element = find(submodel, place)
    assert isinstance(element, Property), place
    return element.value


def test_the_layout_places_every_machine_where_the_plant_says(package: Package, submodels: dict[str, Submodel]) -> None:
    layout = submodels[submodel_id(LINE.id, "HierarchicalStructures")]
    assert _value(layout, "ArcheType") == "Full"
    for machine in MACHINES:
        node = find(layout, f"EntryNode.{machine.id}")
        assert isinstance(node, Entity)
        assert node.global_asset_id == asset_id(machine.id)
        place = f"EntryNode.{machine.id}.Placement"
        pose = [
            float(_value(layout, f"{place}.{field}") or "nan")
            for field in ("PositionX", "PositionY", "PositionZ", "RotationZ")
        ]
        assert pose == [machine.x, machine.y, machine.z, machine.rotation_deg]
        assert find(layout, f"EntryNode.HasPart_{machine.id}") is not None


def test_the_bill_of_material_lists_every_part_with_its_quantity(submodels: dict[str, Submodel]) -> None:
    bill = submodels[submodel_id("E15", "HierarchicalStructures")]
    for part in PARTS:
        name = f"EntryNode.Part_{part.number.replace('-', '_')}"
        assert _value(bill, f"{name}.BulkCount") == str(part.quantity)


def test_the_platforms_importer_places_every_machine_with_its_model_and_behaviours(path: Path) -> None:
    from xushi.runtime._placing import place_everything

    kept: dict[str, bytes] = {}

    def keep(data: bytes | Path) -> str:
        content = data if isinstance(data, bytes) else data.read_bytes()
        return kept.setdefault(str(hash(content)), content) and str(hash(content))

    imported = AasImporter().read(Source(name="plant.aasx", path=path), keep)  # type: ignore[arg-type]
    places = place_everything([imported], imported.records, {}, {})
    kinds = {record["shell"]: [behaviour["kind"] for behaviour in record["behaviours"]] for record in places.values()}
    assert all(record["model"] for record in places.values())
    for machine in MACHINES:
        wanted = {"station": "carry", "rework": "clip", "buffer": "flow", "agv": "pose", "kitting": "light"}
        assert wanted.get(machine.category, kinds[shell_id(machine.id)][0]) in kinds[shell_id(machine.id)]
    flow = places[f"place/{shell_id('B50')}"]["behaviours"][0]
    assert len(flow["models"]) == 11
    assert flow["path"][0] == [45.3 - 47.15, 0.85, -18.0 + 13.25] or flow["path"][0][1] == 0.85


def test_ensuring_the_assets_builds_once_and_again_only_when_the_sources_changed(tmp_path: Path) -> None:
    asset = tmp_path / "assets" / "plant.aasx"
    builds: list[Path] = []

    def build(path: Path) -> None:
        builds.append(path)
        path.write_bytes(b"package")

    assert ensure_assets(asset, build) == asset
    ensure_assets(asset, build)
    assert builds == [asset]
    asset.with_suffix(".sources").write_text("older", encoding="ascii")
    ensure_assets(asset, build)
    asset.unlink()
    ensure_assets(asset, build)
    assert len(builds) == 3
