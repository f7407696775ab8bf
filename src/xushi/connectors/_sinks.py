"""Says what a signal is from the submodel element that it fills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from xushi.signals import Kind, SignalDef, SourceRef

from ._aas_plain import Element, iec61360, keys_of, qualifier, texts_by_language
from ._aid import InterfaceProperty

_KINDS = {
    "double": Kind.DOUBLE,
    "float": Kind.DOUBLE,
    "decimal": Kind.DOUBLE,
    "boolean": Kind.BOOL,
    "dateTime": Kind.TIME,
    "int": Kind.INT,
    "integer": Kind.INT,
    "long": Kind.INT,
    "short": Kind.INT,
    "byte": Kind.INT,
    "unsignedByte": Kind.INT,
    "unsignedShort": Kind.INT,
    "unsignedInt": Kind.INT,
    "unsignedLong": Kind.INT,
    "nonNegativeInteger": Kind.INT,
    "positiveInteger": Kind.INT,
    "negativeInteger": Kind.INT,
    "nonPositiveInteger": Kind.INT,
}


def kind_of(element: Element, source: InterfaceProperty) -> Kind | None:
    """Return the kind of the values an element takes; None where it takes none."""
    model_type = element.get("modelType")
    if model_type == "SubmodelElementList":
        return Kind.ARRAY
    if model_type == "MultiLanguageProperty":
        return Kind.STRING
    if model_type != "Property":
        return None
    if source.type == "array":
        return Kind.ARRAY
    return _KINDS.get(str(element.get("valueType", "")).removeprefix("xs:"), Kind.STRING)


class SinkElement(Protocol):
    """An element, the signal that fills it, and what the interface says of that."""

    @property
    def key(self) -> str: ...
    @property
    def element(self) -> Element: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def unit(self) -> str: ...
    @property
    def is_writable(self) -> bool: ...


def define_signal(sink: SinkElement, ref: SourceRef, shell: str, concepts: Mapping[str, Element]) -> SignalDef:
    """Return the definition of the signal that fills the element."""
    key, element, kind = sink.key, sink.element, sink.kind
    keys = keys_of(element.get("semanticId"))
    concept = concepts.get(keys[-1][1]) if keys else None
    unit, labels = "", _labels_of_text(qualifier(element, "EnumLabels"))
    names = texts_by_language(element.get("displayName"))
    for content in iec61360(concept):
        unit = unit or str(content.get("unit") or "")
        labels = labels or _labels_of_concept(content, concepts)
        names = names or texts_by_language(content.get("preferredName"))
    if labels and kind is Kind.INT:
        kind = Kind.ENUM
    submodel, _, path = key.partition("#")
    return SignalDef(
        key=key,
        kind=kind,
        unit=qualifier(element, "Unit") or unit or sink.unit,
        name=names or {"en": path.rpartition(".")[2]},
        shell=shell,
        submodel=submodel,
        path=path,
        labels=labels if kind is Kind.ENUM else {},
        low=_number(qualifier(element, "Low", "Min")),
        high=_number(qualifier(element, "High", "Max")),
        writable=sink.is_writable,
        source=ref,
        group=path.rpartition(".")[0],
    )


def _labels_of_concept(content: Element, concepts: Mapping[str, Element]) -> dict[str, str]:
    """Return the texts of a concept's allowed values; a value's own concept gives its name if present."""
    pairs = (content.get("valueList") or {}).get("valueReferencePairs") or ()
    labels: dict[str, str] = {}
    for pair in pairs:
        keys = keys_of(pair.get("valueId"))
        text = keys[-1][1] if keys else str(pair.get("value"))
        for meaning in iec61360(concepts.get(text)):
            text = texts_by_language(meaning.get("preferredName")).get("en", text)
        labels[str(pair.get("value"))] = text
    return labels


def _labels_of_text(text: str) -> dict[str, str]:
    """Return the labels of `0=Running;1=Starved` or of a JSON object."""
    if text.strip().startswith("{"):
        try:
            return {str(value): str(label) for value, label in msgspec.json.decode(text, type=dict).items()}
        except msgspec.MsgspecError:
            return {}
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {value.strip(): label.strip() for value, _, label in pairs}


def _number(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
