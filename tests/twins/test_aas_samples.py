"""Files that nobody here wrote open, and say plainly what was odd about them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aas_cases import CONFORMANCE, REAL, TEMPLATES
from samples import needs_samples

from xushi.twins import count_elements, read_file, to_aasx, to_json

ALL = [*REAL, *CONFORMANCE, *TEMPLATES]

# package name → shells, submodels, concept descriptions, elements, files, version
COUNTS = {
    "aaspe_DemoAAS_V3.aasx": (1, 1, 0, 6, 0, "3.0RC01"),
    "aaspe_TestAASV2.aasx": (1, 1, 0, 16, 1, "2.0"),
    "basyx-go_BOMAAS.aasx": (1, 1, 0, 10, 0, "3.1"),
    "basyx-go_HARTING_AAS_09140009950.aasx": (1, 7, 0, 243, 9, "3.0"),
    "basyx-go_IESEDriveMotorDM3000.aasx": (1, 5, 84, 185, 9, "3.1"),
    "basyx-go_SensorExampleComplete.aasx": (1, 1, 0, 4, 3, "3.0"),
    "basyx-java_ExampleV3.aasx": (2, 2, 0, 11, 2, "3.0"),
    "basyx-web-ui_TimeSeriesDemo.aasx": (1, 1, 3, 199, 2, "3.0"),
    "basyx-web-ui_cable1.aasx": (1, 4, 26, 118, 6, "3.1"),
    "faaast_model.aasx": (1, 5, 151, 290, 6, "3.0"),
    "conformance.aasx": (2, 2, 2, 25, 2, "3"),
}


@needs_samples
@pytest.mark.parametrize("path", [*REAL, *CONFORMANCE], ids=lambda path: path.name)
def test_a_real_package_opens_with_everything_in_it(path: Path) -> None:
    package = read_file(path)
    environment = package.environment
    assert COUNTS[path.name] == (
        len(environment.asset_administration_shells),
        len(environment.submodels),
        len(environment.concept_descriptions),
        count_elements(environment),
        len(package.files),
        package.version,
    )


@needs_samples
@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_nothing_is_lost_on_the_way_through_a_package(path: Path) -> None:
    package = read_file(path)
    for payload in ("xml", "json"):
        data = to_aasx(package.environment, package.files, payload=payload, thumbnail=package.thumbnail)
        again = read_file(data, "again.aasx")
        assert again.environment == package.environment
        assert again.thumbnail == package.thumbnail
        assert {key: (part.data, part.media_type) for key, part in again.files.items()} == {
            key: (part.data, part.media_type) for key, part in package.files.items()
        }


@needs_samples
@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.suffix == ".json"], ids=lambda path: path.name)
def test_a_template_is_written_as_it_was_read(path: Path) -> None:
    package = read_file(path)
    before, after = json.loads(path.read_bytes()), json.loads(to_json(package.environment))
    for diagnosis in package.diagnoses:
        assert diagnosis.code in ("twins.repeated", "twins.duplicate_id")
    for name in before:
        unique = {item["id"]: item for item in reversed(before[name])}
        assert {item["id"]: item for item in after[name]} == unique


@needs_samples
@pytest.mark.parametrize("path", [path for path in REAL if "V2" in path.name], ids=lambda path: path.name)
def test_the_version_2_file_says_what_was_upgraded_and_what_was_not(path: Path) -> None:
    package = read_file(path)
    texts = {diagnosis.code: diagnosis for diagnosis in package.diagnoses}
    assert texts["twins.upgraded"].params == {"version": "2.0"}
    assert texts["twins.upgrade_identification"].params == {"count": "2"}
    assert texts["twins.upgrade_event"].params == {"count": "1"}
    assert "写" in texts["twins.upgrade_value_type"].text("zh-CN")
    assert "twins.not_base64" in texts
    shell = package.environment.asset_administration_shells[0]
    assert shell.id == "AssetAdministrationShell---0EEEF851"
    assert shell.asset_information.global_asset_id == "https://example.com/ids/asset/0131_2191_8022_8217"
    assert shell.submodels[0].keys[0].value == package.environment.submodels[0].id


@needs_samples
def test_the_samples_are_where_the_tests_look_for_them() -> None:
    assert len(REAL) == 10
    assert len(TEMPLATES) >= 30
