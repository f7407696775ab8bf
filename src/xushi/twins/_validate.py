"""Checks an environment against the constraints of IDTA-01001 3.1 that files most often break."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ..kernel import Diagnosis
from ._elements import (
    Element,
    Entity,
    MultiLanguageProperty,
    Operation,
    Property,
    Range,
    SubmodelElement,
    SubmodelElementList,
)
from ._environment import AssetAdministrationShell, AssetInformation, Environment, Submodel
from ._findings import Findings
from ._lexical import is_ordered, is_valid
from ._meaning import plain_meaning
from ._references import Resolver
from ._semantics import LangString, Qualifier, Reference
from ._walk import children, walk

_ID_SHORT = re.compile(r"[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\Z")
_AAS_ROOTS = ("AssetAdministrationShell", "ConceptDescription", "Submodel", "Identifiable")
_LONGEST_ID = 2048
_LONGEST_ID_SHORT = 128


def validate(environment: Environment, version: str = "3.1") -> list[Diagnosis]:
    """Return what breaks a rule: each with its place (`idShort of the submodel#idShort path`) and constraint.

    An environment that breaks rules is still usable; the findings are warnings. `version` is that of the
    metamodel: 3.0 forbids an idShort in lists (AASd-120), 3.1 does not.
    """
    findings = Findings()
    _identifiers(environment, findings)
    resolver = Resolver(environment)
    for shell in environment.asset_administration_shells:
        _shell(shell, resolver, findings)
    for submodel in environment.submodels:
        _submodel(submodel, version, findings)
    for concept in environment.concept_descriptions:
        place = concept.id_short or concept.id
        for specification in concept.embedded_data_specifications:
            content = specification.data_specification_content
            for strings in (content.preferred_name, content.short_name, content.definition):
                _languages(strings, place, findings)
    return findings.diagnoses()


def _identifiers(environment: Environment, findings: Findings) -> None:
    seen: set[str] = set()
    groups = (
        environment.asset_administration_shells,
        environment.submodels,
        environment.concept_descriptions,
    )
    for item in (each for group in groups for each in group):
        if item.id in seen:
            findings.add("twins.rule_unique_id", item.id_short or item.id, id=item.id)
        seen.add(item.id)
        if not 0 < len(item.id) <= _LONGEST_ID:
            findings.add("twins.rule_id_length", item.id_short or item.id, length=len(item.id))
        _id_short(item.id_short, item.id, findings)
        _languages(item.description, item.id_short or item.id, findings)
        _languages(item.display_name, item.id_short or item.id, findings)


def _shell(shell: AssetAdministrationShell, resolver: Resolver, findings: Findings) -> None:
    place = shell.id_short or shell.id
    about = shell.asset_information
    if not about.global_asset_id and not about.specific_asset_ids:
        findings.add("twins.rule_asset_id", place)
    _named_global(about, place, findings)
    if shell.derived_from is not None:
        _reference(shell.derived_from, place, findings)
    for reference in shell.submodels:
        _reference(reference, place, findings)
        if reference.type != "ModelReference" or reference.keys[-1].type != "Submodel":
            findings.add("twins.rule_submodel_reference", place, id=reference.keys[-1].value)
        if resolver.locate(reference) is None:
            findings.add("twins.dangling_submodel", place, id=reference.keys[-1].value)


def _named_global(about: AssetInformation, place: str, findings: Findings) -> None:
    """AASd-116: `globalAssetId` is a reserved name; where it is used its value is the global asset id."""
    for item in about.specific_asset_ids:
        if item.name.casefold() == "globalassetid" and item.value != about.global_asset_id:
            findings.add("twins.rule_global_asset_name", place, value=item.value)


def _submodel(submodel: Submodel, version: str, findings: Findings) -> None:
    start = submodel.id_short or submodel.id
    _siblings(submodel.submodel_elements, start, findings)
    _qualifiers(submodel.qualifiers, start, submodel.kind, findings)
    for path, element in walk(submodel):
        place = f"{start}#{path}"
        _element(element, place, findings)
        _qualifiers(element.qualifiers, place, submodel.kind, findings)
        if isinstance(element, SubmodelElementList):
            _list(element, place, version, findings)
        elif not isinstance(element, Operation):
            _siblings(children(element), place, findings)
        for reference in _references(element):
            _reference(reference, place, findings)


def _siblings(elements: Sequence[Element], place: str, findings: Findings) -> None:
    """AASd-117: every child of a non-list has an idShort; AASd-022: siblings have different ones."""
    seen: set[str] = set()
    for index, element in enumerate(elements):
        name = element.id_short
        if not name:
            findings.add("twins.rule_id_short_missing", f"{place}[{index}]")
            continue
        if name.casefold() in seen:
            findings.add("twins.rule_id_short_repeated", place, name=name)
        seen.add(name.casefold())
        _id_short(name, place, findings)


def _id_short(name: str | None, place: str, findings: Findings) -> None:
    if name is not None and (_ID_SHORT.match(name) is None or len(name) > _LONGEST_ID_SHORT):
        findings.add("twins.rule_id_short_form", place, name=name)


def _element(element: Element, place: str, findings: Findings) -> None:
    if isinstance(element, Property):
        _value(element.value, element.value_type, place, findings)
    elif isinstance(element, Range):
        _value(element.min, element.value_type, place, findings)
        _value(element.max, element.value_type, place, findings)
        if element.min and element.max and not is_ordered(element.min, element.max, element.value_type):
            findings.add("twins.rule_range_order", place, low=element.min, high=element.max)
    elif isinstance(element, Entity):
        is_known = bool(element.global_asset_id or element.specific_asset_ids)
        if element.entity_type == "SelfManagedEntity" and not is_known:
            findings.add("twins.rule_entity_asset", place)
        if element.entity_type == "CoManagedEntity" and is_known:
            findings.add("twins.rule_entity_co_managed", place)
    elif isinstance(element, MultiLanguageProperty):
        _languages(element.value, place, findings)
    _languages(element.description, place, findings)
    _languages(element.display_name, place, findings)


def _value(value: str | None, value_type: str, place: str, findings: Findings) -> None:
    if value is not None and not is_valid(value, value_type):
        findings.add("twins.rule_value_type", place, value=value, value_type=value_type)


def _languages(strings: Iterable[LangString], place: str, findings: Findings) -> None:
    seen: set[str] = set()
    for string in strings:
        if not string.text:
            findings.add("twins.rule_empty_text", place, language=string.language)
        if string.language.casefold() in seen:
            findings.add("twins.rule_language_repeated", place, language=string.language)
            return
        seen.add(string.language.casefold())


def _qualifiers(given: Sequence[Qualifier], place: str, kind: str | None, findings: Findings) -> None:
    """AASd-021: qualifier types are unique; AASd-129: template qualifiers belong to templates."""
    seen: set[str] = set()
    for qualifier in given:
        if qualifier.type in seen:
            findings.add("twins.rule_qualifier_repeated", place, type=qualifier.type)
        seen.add(qualifier.type)
        if qualifier.kind == "TemplateQualifier" and kind != "Template":
            findings.add("twins.rule_template_qualifier", place, type=qualifier.type)
        _value(qualifier.value, qualifier.value_type, place, findings)


def _list(element: SubmodelElementList, place: str, version: str, findings: Findings) -> None:
    """AASd-107, -108, -109, -114, -120: the members of a list are of one kind, type and meaning."""
    wanted = element.type_value_list_element
    meaning = _meaning(element.semantic_id_list_element)
    is_typed = wanted in ("Property", "Range")
    if is_typed and element.value and element.value_type_list_element is None:
        findings.add("twins.rule_list_value_type_missing", place)
    stated: set[str] = set()
    for index, member in enumerate(element.value):
        inner = f"{place}[{index}]"
        if not _is_a(member, wanted):
            findings.add("twins.rule_list_kind", inner, kind=type(member).__name__, wanted=wanted)
        value_type = member.value_type if isinstance(member, Property | Range) else None
        if value_type is not None and element.value_type_list_element not in (None, value_type):
            wanted_type = element.value_type_list_element
            findings.add("twins.rule_list_value_type", inner, kind=value_type, wanted=wanted_type)
        if member.semantic_id is not None:
            stated.add(_meaning(member.semantic_id))
            if meaning and _meaning(member.semantic_id) != meaning:
                findings.add("twins.rule_list_meaning", inner, meaning=member.semantic_id.keys[-1].value)
        if member.id_short and version == "3.0":
            findings.add("twins.rule_list_id_short", inner, name=member.id_short)
    if len(stated) > 1 and not meaning:
        findings.add("twins.rule_list_meaning", place, meaning=", ".join(sorted(stated)))


def _meaning(reference: Reference | None) -> str:
    return plain_meaning(reference.keys[-1].value) if reference is not None else ""


def _is_a(member: Element, wanted: str) -> bool:
    name = type(member).__name__
    if wanted in (name, "SubmodelElement"):
        return True
    if wanted == "DataElement":
        data = ("Property", "MultiLanguageProperty", "Range", "ReferenceElement", "Blob", "File")
        return name in data
    if wanted == "EventElement":
        return name == "BasicEventElement"
    return wanted == "RelationshipElement" and name == "AnnotatedRelationshipElement"


def _references(element: SubmodelElement) -> Iterator[Reference]:
    """Yield the references an element has as semantic id or value."""
    for name in ("semantic_id", "value", "first", "second", "observed", "value_id"):
        value = getattr(element, name, None)
        if isinstance(value, Reference):
            yield value


def _reference(reference: Reference, place: str, findings: Findings) -> None:
    """AASd-122, -123, -124, -128: what a reference may begin with, end with, and how a list is entered."""
    before = ""
    for key in reference.keys if reference.type == "ModelReference" else ():
        if before == "SubmodelElementList" and not key.value.isdecimal():
            findings.add("twins.rule_list_index", place, value=key.value)
        before = key.type
    first = reference.keys[0].type
    if reference.type == "ModelReference" and first not in _AAS_ROOTS:
        findings.add("twins.rule_model_reference", place, type=first)
    elif reference.type == "ExternalReference" and not (
        first == "GlobalReference" and reference.keys[-1].type in ("GlobalReference", "FragmentReference")
    ):
        findings.add("twins.rule_external_reference", place, type=first)
