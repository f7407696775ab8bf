"""The small parts every shell is made of: references, language strings, qualifiers, data specifications."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ._words import Iec61360Type, KeyType, QualifierKind, ReferenceType, ValueType

AT_LEAST_ONE = msgspec.Meta(min_length=1)
"""A list attribute is absent or has a member (IDTA-01001, mapping rules): an empty one needs a repair."""


class Part(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    rename="camel",
    gc=False,
):
    """The base of all metamodel classes: attributes in the order of the XML schema, absent ones left out."""


class LangString(Part, frozen=True, kw_only=True):
    """A text in one language (BCP 47 tag)."""

    language: str
    text: str


LangStrings = Annotated[tuple[LangString, ...], AT_LEAST_ONE]


class Key(Part, frozen=True, kw_only=True):
    """One step of a reference: what kind of thing is meant, and its id, idShort or list index."""

    type: KeyType
    value: str


class Reference(Part, frozen=True, kw_only=True):
    """Points to an element of a shell (ModelReference) or to something outside (ExternalReference)."""

    type: ReferenceType
    referred_semantic_id: Reference | None = None
    keys: Annotated[tuple[Key, ...], AT_LEAST_ONE]


References = Annotated[tuple[Reference, ...], AT_LEAST_ONE]


class Extension(Part, frozen=True, kw_only=True):
    """A vendor's own attribute of a referable."""

    semantic_id: Reference | None = None
    supplemental_semantic_ids: References = ()
    name: str
    value_type: ValueType | None = None
    value: str | None = None
    refers_to: References = ()


class Qualifier(Part, frozen=True, kw_only=True):
    """Narrows the meaning or the allowed values of what it is attached to."""

    semantic_id: Reference | None = None
    supplemental_semantic_ids: References = ()
    kind: QualifierKind | None = None
    type: str
    value_type: ValueType
    value: str | None = None
    value_id: Reference | None = None


class ValueReferencePair(Part, frozen=True, kw_only=True):
    """One allowed value and what it means."""

    value: str
    value_id: Reference | None = None


class ValueList(Part, frozen=True, kw_only=True):
    """The allowed values of a concept."""

    value_reference_pairs: Annotated[tuple[ValueReferencePair, ...], AT_LEAST_ONE]


class LevelType(Part, frozen=True, kw_only=True, omit_defaults=False):
    """Which of minimum, nominal, typical and maximum a value states (IEC 61360)."""

    min: bool
    nom: bool
    typ: bool
    max: bool


class DataSpecificationIec61360(Part, frozen=True, kw_only=True, tag_field="modelType", tag=True):
    """A concept's definition after IEC 61360 (IDTA-01003-a)."""

    preferred_name: LangStrings
    short_name: LangStrings = ()
    unit: str | None = None
    unit_id: Reference | None = None
    source_of_definition: str | None = None
    symbol: str | None = None
    data_type: Iec61360Type | None = None
    definition: LangStrings = ()
    value_format: str | None = None
    value_list: ValueList | None = None
    value: str | None = None
    level_type: LevelType | None = None


class EmbeddedDataSpecification(Part, frozen=True, kw_only=True):
    """A data specification's content, and the reference that names the specification."""

    data_specification: Reference
    data_specification_content: DataSpecificationIec61360


DataSpecifications = Annotated[tuple[EmbeddedDataSpecification, ...], AT_LEAST_ONE]


class AdministrativeInformation(Part, frozen=True, kw_only=True):
    """Version, revision and maker of an identifiable."""

    embedded_data_specifications: DataSpecifications = ()
    version: str | None = None
    revision: str | None = None
    creator: Reference | None = None
    template_id: str | None = None


class SpecificAssetId(Part, frozen=True, kw_only=True):
    """An identifier of an asset in someone's own numbering, such as a serial number."""

    semantic_id: Reference | None = None
    supplemental_semantic_ids: References = ()
    name: str
    value: str
    external_subject_id: Reference | None = None


SpecificAssetIds = Annotated[tuple[SpecificAssetId, ...], AT_LEAST_ONE]


class Resource(Part, frozen=True, kw_only=True):
    """A file named by its path or URL."""

    path: str
    content_type: str | None = None


class Referable(Part, frozen=True, kw_only=True, tag_field="modelType", tag=True):
    """What can be referred to by its idShort."""

    extensions: Annotated[tuple[Extension, ...], AT_LEAST_ONE] = ()
    category: str | None = None
    id_short: str | None = None
    display_name: LangStrings = ()
    description: LangStrings = ()
