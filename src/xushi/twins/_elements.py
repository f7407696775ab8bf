"""The fourteen kinds of submodel element (IDTA-01001 3.1, clause 5.3.7)."""

from __future__ import annotations

from typing import Annotated

from ._semantics import (
    AT_LEAST_ONE,
    DataSpecifications,
    LangStrings,
    Part,
    Qualifier,
    Referable,
    Reference,
    References,
    SpecificAssetIds,
)
from ._words import Direction, ElementType, EntityType, StateOfEvent, ValueType


class SubmodelElement(Referable, frozen=True, kw_only=True):
    """What all submodel elements have; never met by itself."""

    semantic_id: Reference | None = None
    supplemental_semantic_ids: References = ()
    qualifiers: Annotated[tuple[Qualifier, ...], AT_LEAST_ONE] = ()
    embedded_data_specifications: DataSpecifications = ()


class Property(SubmodelElement, frozen=True, kw_only=True):
    """A single value; kept as its XSD lexical text, so that nothing is lost."""

    value_type: ValueType
    value: str | None = None
    value_id: Reference | None = None


class MultiLanguageProperty(SubmodelElement, frozen=True, kw_only=True):
    """A text in several languages."""

    value: LangStrings = ()
    value_id: Reference | None = None


class Range(SubmodelElement, frozen=True, kw_only=True):
    """An interval; a missing end is infinite."""

    value_type: ValueType
    min: str | None = None
    max: str | None = None


class ReferenceElement(SubmodelElement, frozen=True, kw_only=True):
    """A reference as a value."""

    value: Reference | None = None


class Blob(SubmodelElement, frozen=True, kw_only=True):
    """A file carried inside the submodel, as base64 text."""

    value: str | None = None
    content_type: str | None = None


class File(SubmodelElement, frozen=True, kw_only=True):
    """A file beside the submodel, named by a path in the package or a URL."""

    value: str | None = None
    content_type: str | None = None


DataElement = Property | MultiLanguageProperty | Range | ReferenceElement | Blob | File


class RelationshipElement(SubmodelElement, frozen=True, kw_only=True):
    """Relates two things."""

    first: Reference | None = None
    second: Reference | None = None


class AnnotatedRelationshipElement(SubmodelElement, frozen=True, kw_only=True):
    """Relates two things and says something about the relation."""

    first: Reference | None = None
    second: Reference | None = None
    annotations: Annotated[tuple[DataElement, ...], AT_LEAST_ONE] = ()


class Capability(SubmodelElement, frozen=True, kw_only=True):
    """An ability, described by its semantic id alone."""


class BasicEventElement(SubmodelElement, frozen=True, kw_only=True):
    """Announces events about what it observes."""

    observed: Reference
    direction: Direction
    state: StateOfEvent
    message_topic: str | None = None
    message_broker: Reference | None = None
    last_update: str | None = None
    min_interval: str | None = None
    max_interval: str | None = None


class SubmodelElementCollection(SubmodelElement, frozen=True, kw_only=True):
    """A group of elements found by their idShort."""

    value: Annotated[tuple[Element, ...], AT_LEAST_ONE] = ()


class SubmodelElementList(SubmodelElement, frozen=True, kw_only=True):
    """Elements of one kind, found by their index. `order_relevant` absent means true."""

    order_relevant: bool | None = None
    semantic_id_list_element: Reference | None = None
    type_value_list_element: ElementType
    value_type_list_element: ValueType | None = None
    value: Annotated[tuple[Element, ...], AT_LEAST_ONE] = ()


class Entity(SubmodelElement, frozen=True, kw_only=True):
    """A thing the asset consists of or deals with."""

    statements: Annotated[tuple[Element, ...], AT_LEAST_ONE] = ()
    entity_type: EntityType | None = None
    global_asset_id: str | None = None
    specific_asset_ids: SpecificAssetIds = ()


class OperationVariable(Part, frozen=True, kw_only=True):
    """An argument or a result of an operation."""

    value: Element


OperationVariables = Annotated[tuple[OperationVariable, ...], AT_LEAST_ONE]


class Operation(SubmodelElement, frozen=True, kw_only=True):
    """Something that can be invoked."""

    input_variables: OperationVariables = ()
    output_variables: OperationVariables = ()
    inoutput_variables: OperationVariables = ()


Element = (
    Property
    | MultiLanguageProperty
    | SubmodelElementCollection
    | SubmodelElementList
    | Range
    | ReferenceElement
    | Blob
    | File
    | RelationshipElement
    | AnnotatedRelationshipElement
    | Capability
    | BasicEventElement
    | Entity
    | Operation
)
