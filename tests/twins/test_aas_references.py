"""References and idShort paths lead where they say."""

from __future__ import annotations

import pytest
from aas_cases import REAL, SUBMODEL_ID, every_class, external, model
from samples import needs_samples

from xushi.twins import (
    Element,
    Property,
    Resolver,
    Submodel,
    children,
    find,
    read_file,
    reference_to,
    resolve,
    walk,
)

ENVIRONMENT = every_class()
SUBMODEL = ENVIRONMENT.submodels[0]
ROOT = ("Submodel", SUBMODEL_ID)


def test_every_walked_path_finds_its_element() -> None:
    paths = dict(walk(SUBMODEL))
    assert {"Speed", "Group.Inner.Leaf", "Row[1]", "Part.Count", "Annotated.Note", "Start.Delay"} <= paths.keys()
    for path, element in paths.items():
        assert find(SUBMODEL, path) is element


def test_a_parent_is_walked_before_its_children() -> None:
    paths = [path for path, _ in walk(SUBMODEL)]
    assert paths.index("Group") < paths.index("Group.Inner") < paths.index("Group.Inner.Leaf")


@pytest.mark.parametrize(
    "path", ["Nothing", "Speed.x", "Row[7]", "Row[-1]", "Group..Inner", "", "[", "Group.Inner.Leaf.", "a]b"]
)
def test_a_path_that_leads_nowhere_finds_nothing(path: str) -> None:
    assert find(SUBMODEL, path) is None


def test_every_element_has_a_reference_that_leads_back_to_it() -> None:
    for path, element in walk(SUBMODEL):
        reference = reference_to(SUBMODEL, path)
        assert resolve(reference, ENVIRONMENT) is element
        location = Resolver(ENVIRONMENT).locate(reference)
        assert location is not None
        assert location.path == path
        assert reference.keys[-1].type == type(element).__name__
    assert resolve(reference_to(SUBMODEL), ENVIRONMENT) is SUBMODEL


def test_a_reference_to_no_element_cannot_be_made() -> None:
    with pytest.raises(KeyError):
        reference_to(SUBMODEL, "Nothing")


def test_list_members_are_meant_by_index_with_or_without_brackets() -> None:
    for index in ("1", "[1]"):
        found = resolve(model(ROOT, ("SubmodelElementList", "Row"), ("Property", index)), ENVIRONMENT)
        assert isinstance(found, Property)
        assert found.value == "2"


def test_references_that_lead_outside_or_nowhere_resolve_to_nothing() -> None:
    for reference in (
        external("urn:elsewhere"),
        model(("Submodel", "urn:elsewhere")),
        model(ROOT, ("Property", "Nothing")),
        model(ROOT, ("Property", "Speed"), ("Property", "x")),
        model(("ConceptDescription", "urn:test:speed"), ("Property", "x")),
        model(ROOT, ("SubmodelElementList", "Row"), ("Property", "9")),
    ):
        assert resolve(reference, ENVIRONMENT) is None


def test_fragments_and_external_references_by_identifier_are_followed() -> None:
    speed = resolve(model(ROOT, ("Property", "Speed"), ("FragmentReference", "x")), ENVIRONMENT)
    assert speed is find(SUBMODEL, "Speed")
    assert resolve(external("urn:test:speed"), ENVIRONMENT) is ENVIRONMENT.concept_descriptions[0]


def test_a_resolver_knows_shells_by_asset_and_by_submodel() -> None:
    resolver = Resolver(ENVIRONMENT)
    shell = ENVIRONMENT.asset_administration_shells[0]
    assert resolver.shell_of_asset("urn:test:asset") is shell
    assert resolver.shell_of_submodel(SUBMODEL_ID) is shell
    assert resolver.concept(external("urn:test:speed")) is ENVIRONMENT.concept_descriptions[0]


def test_a_reference_through_the_shell_is_followed() -> None:
    reference = model(("AssetAdministrationShell", "urn:test:shell"), ROOT, ("Property", "Speed"))
    assert resolve(reference, ENVIRONMENT) is find(SUBMODEL, "Speed")


@needs_samples
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_every_element_of_a_real_file_is_found_by_its_path(path) -> None:  # type: ignore[no-untyped-def]
    for submodel in read_file(path).environment.submodels:
        for place, element in walk(submodel):
            if _has_distinct_children(submodel):
                assert find(submodel, place) == element


def _has_distinct_children(submodel: Submodel) -> bool:
    parents: list[Submodel | Element] = [submodel, *(element for _, element in walk(submodel))]
    for parent in parents:
        names = [child.id_short for child in children(parent) if child.id_short]
        if len(names) != len(set(names)):
            return False
    return True
