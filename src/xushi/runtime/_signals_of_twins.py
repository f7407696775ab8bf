"""Finds the signals in a set of shells: the leaves that a mapping fills, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from xushi.kernel import Record
from xushi.runtime._twins import TwinSnapshot
from xushi.signals import Kind, SignalDef
from xushi.twins import (
    ConceptDescription,
    Environment,
    MultiLanguageProperty,
    Property,
    Reference,
    Submodel,
    SubmodelElement,
    SubmodelElementList,
    ValueReferencePair,
    walk,
)

OPERATIONAL_DATA = "OperationalData"
_TECHNICAL_DATA = "TechnicalData"
_GENERAL = "GeneralInformation."
_MAPPING = "AssetInterfacesMappingConfiguration"
_HOLDING = ("submodelElements", "value", "statements", "annotations")
_KINDS = {
    "xs:double": Kind.DOUBLE, "xs:float": Kind.DOUBLE, "xs:decimal": Kind.DOUBLE, "xs:boolean": Kind.BOOL,
    "xs:dateTime": Kind.TIME, "xs:int": Kind.INT, "xs:integer": Kind.INT, "xs:long": Kind.INT, "xs:short": Kind.INT,
    "xs:byte": Kind.INT, "xs:unsignedByte": Kind.INT, "xs:unsignedShort": Kind.INT, "xs:unsignedInt": Kind.INT,
    "xs:unsignedLong": Kind.INT, "xs:nonNegativeInteger": Kind.INT, "xs:positiveInteger": Kind.INT,
}  # fmt: skip


class SignalReader:
    """Finds the signals of all twins, again and again: what has not changed since is not read twice.

    A submodel carries signals when a mapping configuration (IDTA 02027) has a sink in it, or when it is named
    ``OperationalData``; there each Property is a signal, and each list of Properties is one array signal. Who made a
    product, the general information of Technical Data (IDTA 02003), is no signal.
    """

    def __init__(self) -> None:
        self._sinks: dict[str, tuple[Record, frozenset[str]]] = {}
        self._read: dict[str, _Read] = {}

    def read(self, twins: TwinSnapshot) -> dict[str, tuple[SignalDef, ...]]:
        """The definitions of every submodel that carries signals, without their sources.

        Where nothing has changed it is the same tuple as before.
        """
        submodels = twins.records["submodel"]
        self._sinks = {
            id: self._sinks_of(id, record)
            for id, record in submodels.items()
            if _MAPPING in plain_meaning(record) or record.get("idShort") == _MAPPING
        }
        sinks = frozenset[str]().union(*(found for _, found in self._sinks.values()))
        concepts = _Concepts(twins.records["concept"])
        self._read = {
            id: self._read_one(record, twins.shell_of_submodel.get(id, ""), concepts)
            for id, record in submodels.items()
            if record.get("kind") != "Template" and (id in sinks or record.get("idShort") == OPERATIONAL_DATA)
        }
        return {id: one.found for id, one in self._read.items()}

    def _sinks_of(self, id: str, record: Record) -> tuple[Record, frozenset[str]]:
        known = self._sinks.get(id)
        return known if known is not None and known[0] is record else (record, frozenset(_sink_submodels(record)))

    def _read_one(self, record: Record, shell: str, concepts: _Concepts) -> _Read:
        known = self._read.get(record["id"])
        is_known = known is not None and known.record is record and known.shell == shell
        if known is not None and is_known and concepts.are_still(known.looked):
            return known
        concepts.looked = {}
        found = tuple(_of_submodel(msgspec.convert(record, Submodel), shell, concepts))
        return _Read(record, shell, concepts.looked, found)


class _Read(NamedTuple):
    """The signals of a submodel, and all that they came from."""

    record: Record
    shell: str
    looked: dict[str, Record | None]
    found: tuple[SignalDef, ...]


class _Concepts:
    """Concept descriptions by id, parsed when they are looked at; `looked` notes which were looked for."""

    def __init__(self, records: Mapping[str, Record]) -> None:
        self._records = records
        self._parsed: dict[str, ConceptDescription] = {}
        self.looked: dict[str, Record | None] = {}

    def are_still(self, looked: Mapping[str, Record | None]) -> bool:
        """Whether these concepts are the very same as when they were looked at."""
        return all(self._records.get(id) is record for id, record in looked.items())

    def get(self, id: str) -> ConceptDescription | None:
        """The concept, None where there is none."""
        record = self.looked[id] = self._records.get(id)
        if record is not None and id not in self._parsed:
            self._parsed[id] = msgspec.convert(record, ConceptDescription)
        return self._parsed.get(id)


def signal_definitions(environment: Environment, shell_of: Mapping[str, str]) -> list[SignalDef]:
    """The definition of every signal of an environment, without its source; see `SignalReader`.

    Args:
        shell_of: shell id by submodel id.
    """
    plain = msgspec.to_builtins(environment)
    kinds = {"shell": "assetAdministrationShells", "submodel": "submodels", "concept": "conceptDescriptions"}
    records = {kind: {one["id"]: one for one in plain.get(name) or ()} for kind, name in kinds.items()}
    read = SignalReader().read(TwinSnapshot(records, dict(shell_of), {}))
    return [definition for found in read.values() for definition in found]


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


def _sink_submodels(mapping: Record) -> Iterator[str]:
    """The submodels that a mapping configuration fills."""
    for element in elements_of(mapping):
        if element.get("modelType") == "ReferenceElement" and element.get("idShort") == "Sink":
            keys = list((element.get("value") or {}).get("keys") or ())
            if len(keys) > 1 and keys[0]["type"] == "Submodel":
                yield keys[0]["value"]


def elements_of(record: Record) -> Iterator[Record]:
    """Every element within a plain submodel, in no certain order."""
    waiting = [record]
    while waiting:
        one = waiting.pop()
        for name in _HOLDING:
            inner = one.get(name)
            if isinstance(inner, list | tuple):
                found = [element for element in inner if isinstance(element, dict) and "modelType" in element]
                waiting += found
                yield from found


def plain_meaning(record: Record) -> str:
    """The first key of a plain record's semanticId; empty where there is none."""
    keys = (record.get("semanticId") or {}).get("keys") or ()
    return str(keys[0]["value"]) if keys else ""


def _of_submodel(submodel: Submodel, shell: str, concepts: _Concepts) -> Iterator[SignalDef]:
    lists: list[str] = []
    for path, element in walk(submodel):
        if any(path.startswith(f"{outer}[") for outer in lists):
            continue
        if path.startswith(_GENERAL) and submodel.id_short == _TECHNICAL_DATA:
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
    concepts: _Concepts,
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


def _meaning(concept: ConceptDescription | None, concepts: _Concepts) -> tuple[str, dict[str, str], dict[str, str]]:
    """Unit, labels by value, and name that a concept description gives (IDTA-01003-a)."""
    for specification in concept.embedded_data_specifications if concept is not None else ():
        content = specification.data_specification_content
        pairs = content.value_list.value_reference_pairs if content.value_list else ()
        labels = {pair.value: _label(pair, concepts) for pair in pairs}
        return content.unit or "", labels, texts(content.preferred_name)
    return "", {}, {}


def _label(pair: ValueReferencePair, concepts: _Concepts) -> str:
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
