"""Finds the signals in a set of shells: the leaves that a mapping fills, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xushi.signals import Kind, SignalDef
from xushi.twins import (
    ConceptDescription,
    Environment,
    MultiLanguageProperty,
    Property,
    Reference,
    ReferenceElement,
    Submodel,
    SubmodelElement,
    SubmodelElementList,
    ValueReferencePair,
    walk,
)

OPERATIONAL_DATA = "OperationalData"
_MAPPING = "AssetInterfacesMappingConfiguration"
_KINDS = {
    "xs:double": Kind.DOUBLE, "xs:float": Kind.DOUBLE, "xs:decimal": Kind.DOUBLE, "xs:boolean": Kind.BOOL,
    "xs:dateTime": Kind.TIME, "xs:int": Kind.INT, "xs:integer": Kind.INT, "xs:long": Kind.INT, "xs:short": Kind.INT,
    "xs:byte": Kind.INT, "xs:unsignedByte": Kind.INT, "xs:unsignedShort": Kind.INT, "xs:unsignedInt": Kind.INT,
    "xs:unsignedLong": Kind.INT, "xs:nonNegativeInteger": Kind.INT, "xs:positiveInteger": Kind.INT,
}  # fmt: skip


def signal_definitions(environment: Environment, shell_of: Mapping[str, str]) -> list[SignalDef]:
    """The definition of every signal, without its source.

    A submodel carries signals when a mapping configuration (IDTA 02027) has a sink in it, or when it is named
    ``OperationalData``; there each Property is a signal, and each list of Properties is one array signal.

    Args:
        shell_of: shell id by submodel id.
    """
    concepts = {concept.id: concept for concept in environment.concept_descriptions}
    sinks = set(_sink_submodels(environment))
    found: list[SignalDef] = []
    for submodel in environment.submodels:
        if submodel.kind != "Template" and (submodel.id in sinks or submodel.id_short == OPERATIONAL_DATA):
            found.extend(_of_submodel(submodel, shell_of.get(submodel.id, ""), concepts))
    return found


def signal_key(reference: Reference | None) -> str | None:
    """Signal key ``submodel id#idShort path`` of a model reference to a submodel element; None for anything else."""
    if reference is None or len(reference.keys) < 2 or reference.keys[0].type != "Submodel":
        return None
    path = ""
    for key in reference.keys[1:]:
        path += f"[{key.value}]" if key.value.isdigit() and path else f".{key.value}" if path else key.value
    return f"{reference.keys[0].value}#{path}"


def texts(strings: tuple[object, ...]) -> dict[str, str]:
    """Language strings by the languages of the product: any Chinese tag counts as zh-CN, the first of each wins."""
    named: dict[str, str] = {}
    for item in strings:
        tag = str(getattr(item, "language", "")).lower()
        language = "zh-CN" if tag.startswith("zh") else "en" if tag.startswith("en") else tag
        named.setdefault(language, str(getattr(item, "text", "")))
    return named


def _sink_submodels(environment: Environment) -> Iterator[str]:
    for submodel in environment.submodels:
        meaning = submodel.semantic_id.keys[0].value if submodel.semantic_id else ""
        if _MAPPING not in meaning and submodel.id_short != _MAPPING:
            continue
        for _, element in walk(submodel):
            if isinstance(element, ReferenceElement) and element.id_short == "Sink":
                key = signal_key(element.value)
                if key is not None:
                    yield key.partition("#")[0]


def _of_submodel(submodel: Submodel, shell: str, concepts: Mapping[str, ConceptDescription]) -> Iterator[SignalDef]:
    lists: list[str] = []
    for path, element in walk(submodel):
        if any(path.startswith(f"{outer}[") for outer in lists):
            continue
        if isinstance(element, SubmodelElementList) and element.type_value_list_element == "Property":
            lists.append(path)
            yield _definition(submodel, path, element, Kind.ARRAY, shell, concepts)
        elif isinstance(element, Property):
            kind = _KINDS.get(element.value_type, Kind.STRING)
            yield _definition(submodel, path, element, kind, shell, concepts)
        elif isinstance(element, MultiLanguageProperty):
            continue


def _definition(
    submodel: Submodel,
    path: str,
    element: SubmodelElement,
    kind: Kind,
    shell: str,
    concepts: Mapping[str, ConceptDescription],
) -> SignalDef:
    concept = concepts.get(element.semantic_id.keys[0].value) if element.semantic_id else None
    unit, labels, names = _meaning(concept, concepts)
    qualifiers = {qualifier.type: qualifier.value or "" for qualifier in element.qualifiers}
    labels = labels or _labels_of_qualifier(qualifiers)
    if labels and kind is Kind.INT:
        kind = Kind.ENUM
    return SignalDef(
        key=f"{submodel.id}#{path}",
        kind=kind,
        unit=qualifiers.get("Unit", unit),
        name=texts(element.display_name) or names or {"en": element.id_short or path},
        shell=shell,
        submodel=submodel.id,
        path=path,
        labels=labels if kind is Kind.ENUM else {},
        low=_number(qualifiers.get("Low") or qualifiers.get("Min")),
        high=_number(qualifiers.get("High") or qualifiers.get("Max")),
        group=path.rpartition(".")[0],
    )


def _meaning(
    concept: ConceptDescription | None, concepts: Mapping[str, ConceptDescription]
) -> tuple[str, dict[str, str], dict[str, str]]:
    """Unit, labels by value, and name that a concept description gives (IDTA-01003-a)."""
    for specification in concept.embedded_data_specifications if concept is not None else ():
        content = specification.data_specification_content
        pairs = content.value_list.value_reference_pairs if content.value_list else ()
        labels = {pair.value: _label(pair, concepts) for pair in pairs}
        return content.unit or "", labels, texts(content.preferred_name)
    return "", {}, {}


def _label(pair: ValueReferencePair, concepts: Mapping[str, ConceptDescription]) -> str:
    """What an allowed value means: the name of its own concept, else what its reference says."""
    if pair.value_id is None:
        return pair.value
    meaning = pair.value_id.keys[-1].value
    named = concepts.get(meaning)
    for specification in named.embedded_data_specifications if named is not None else ():
        return texts(specification.data_specification_content.preferred_name).get("en", meaning)
    return meaning


def _labels_of_qualifier(qualifiers: Mapping[str, str]) -> dict[str, str]:
    """Labels of a qualifier ``EnumLabels`` = ``0=Running;1=Starved``."""
    pairs = (part.partition("=") for part in qualifiers.get("EnumLabels", "").split(";") if "=" in part)
    return {value.strip(): label.strip() for value, _, label in pairs}


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
