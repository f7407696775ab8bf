"""An independent implementation of AAS 3.1 (aas-core3.1) reads what we write, and we read what it writes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import aas_core3_1.jsonization as core_json
import aas_core3_1.verification as core_rules
import aas_core3_1.xmlization as core_xml
import jsonschema
import pytest
from aas_cases import CONFORMANCE, ENVIRONMENTS, REAL, TEMPLATES, every_class
from hypothesis import HealthCheck, given, settings
from samples import SAMPLES, needs_samples

from xushi.twins import Environment, from_json, read_file, to_aasx, to_json, to_xml, validate

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def core_reads_json(environment: Environment) -> object:
    return core_json.environment_from_jsonable(json.loads(to_json(environment)))


def core_writes_json(instance: object) -> object:
    return core_json.to_jsonable(instance)  # type: ignore[arg-type]


def test_the_oracle_finds_no_fault_in_an_environment_of_every_class() -> None:
    instance = core_reads_json(every_class())
    assert [f"{error.path}: {error.cause}" for error in core_rules.verify(instance)] == []  # type: ignore[arg-type]


@QUICK
@given(ENVIRONMENTS)
def test_json_goes_through_the_oracle_unchanged(environment: Environment) -> None:
    assert from_json(json.dumps(core_writes_json(core_reads_json(environment))).encode()) == environment


@QUICK
@given(ENVIRONMENTS)
def test_xml_goes_through_the_oracle_unchanged(environment: Environment) -> None:
    instance = core_xml.environment_from_str(to_xml(environment).decode())
    assert core_writes_json(instance) == json.loads(to_json(environment))
    assert read_file(core_xml.to_str(instance).encode(), "x.xml").environment == environment


@QUICK
@given(ENVIRONMENTS)
def test_json_xml_and_packages_carry_the_same_environment(environment: Environment) -> None:
    for data, name in (
        (to_json(environment), "x.json"),
        (to_xml(environment), "x.xml"),
        (to_xml(environment, "3.0"), "x.xml"),
        (to_aasx(environment, payload="xml"), "x.aasx"),
        (to_aasx(environment, payload="json"), "x.aasx"),
    ):
        package = read_file(data, name)
        assert package.environment == environment
        assert package.diagnoses == []


@needs_samples
def test_what_we_write_satisfies_the_published_json_schema() -> None:
    schema = json.loads((SAMPLES / "aas" / "spec" / "aas-3.1.2.json").read_text("utf-8"))
    validator = jsonschema.Draft201909Validator(schema)
    upgraded = [read_file(path).environment for path in REAL if path.name.startswith("aaspe_DemoAAS")]
    for environment in (every_class(), *upgraded):
        assert [error.message for error in validator.iter_errors(json.loads(to_json(environment)))] == []


RULES = {
    "unique languages": "twins.rule_language_repeated",
    "AASd-021": "twins.rule_qualifier_repeated",
    "AASd-109": "twins.rule_list_value_type_missing",
    "AASd-114": "twins.rule_list_meaning",
    "AASd-122": "twins.rule_external_reference",
    "AASd-128": "twins.rule_list_index",
    "consistent with the value type": "twins.rule_value_type",
    "All submodels must be model references": "twins.rule_submodel_reference",
}


@needs_samples
@pytest.mark.parametrize("path", [*REAL, *CONFORMANCE, *TEMPLATES], ids=lambda path: path.name)
def test_we_find_the_same_broken_rules_as_the_oracle(path: Path) -> None:
    package = read_file(path)
    if any(diagnosis.code == "twins.not_base64" for diagnosis in package.diagnoses):
        assert path.name == "aaspe_TestAASV2.aasx"
        return
    environment = package.environment
    causes = [error.cause for error in core_rules.verify(core_reads_json(environment))]  # type: ignore[arg-type]
    ours = Counter(diagnosis.code for diagnosis in validate(environment))
    for words, code in RULES.items():
        assert ours[code] == sum(words in cause for cause in causes), code


@needs_samples
@pytest.mark.parametrize("path", [*REAL, *CONFORMANCE, *TEMPLATES], ids=lambda path: path.name)
def test_the_oracle_reads_every_sample_as_we_write_it(path: Path) -> None:
    package = read_file(path)
    environment = package.environment
    if any(diagnosis.code == "twins.not_base64" for diagnosis in package.diagnoses):
        assert path.name == "aaspe_TestAASV2.aasx"
        return
    plain = json.loads(to_json(environment))
    assert core_writes_json(core_json.environment_from_jsonable(plain)) == plain
    assert core_writes_json(core_xml.environment_from_str(to_xml(environment).decode())) == plain
