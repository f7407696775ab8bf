"""Reads Technical Data (IDTA 02003, versions 1.1 to 2.0) for the inspector."""

from __future__ import annotations

import msgspec

from ._elements import Element, SubmodelElement
from ._environment import Environment, Submodel
from ._meaning import named, numbered, text_of, texts_of
from ._nameplate import Line, line
from ._references import Resolver
from ._walk import children, walk


class Classification(msgspec.Struct, frozen=True):
    """The class of a product in a system such as ECLASS."""

    system: str
    version: str
    class_id: str
    name: dict[str, str]


class TechnicalData(msgspec.Struct, frozen=True):
    """What a product is and can do.

    Attributes:
        general: manufacturer, article number, order code.
        classifications: classes in other systems.
        properties: every technical value with its unit; groups show in the path.
        images: paths or URLs of pictures.
        further: statements of the manufacturer.
    """

    general: tuple[Line, ...]
    classifications: tuple[Classification, ...]
    properties: tuple[Line, ...]
    images: tuple[str, ...]
    further: tuple[Line, ...]


def read_technical_data(submodel: Submodel, environment: Environment) -> TechnicalData:
    """Return the technical data; units come from the concept descriptions in `environment`."""
    resolver = Resolver(environment)
    general = named(submodel, "GeneralInformation")
    images = named(general, "ProductImages")
    pictures = [*numbered(general, "ProductImage"), *_image_files(images)]
    classes = named(submodel, "ProductClassifications")
    areas = named(submodel, "TechnicalPropertyAreas", "TechnicalProperties")
    return TechnicalData(
        general=_lines(general, resolver, skip="ProductImages"),
        classifications=tuple(_classification(item) for item in _class_items(classes)),
        properties=_lines(areas, resolver),
        images=tuple(text for text in map(text_of, pictures) if text),
        further=_lines(named(submodel, "FurtherInformation"), resolver),
    )


def _image_files(images: Element | None) -> list[Element]:
    found = [named(image, "ImageFile") for image in children(images)] if images is not None else []
    return [file for file in found if file is not None]


def _class_items(classes: Element | None) -> list[Element]:
    """Return the classifications; some files have the only one directly in the group."""
    if classes is None:
        return []
    return [classes] if named(classes, "ProductClassId") is not None else list(children(classes))


def _classification(item: Element) -> Classification:
    return Classification(
        system=text_of(named(item, "ClassificationSystem", "ProductClassificationSystem")),
        version=text_of(named(item, "ClassificationSystemVersion")),
        class_id=text_of(named(item, "ProductClassId")),
        name=texts_of(named(item, "ProductClassName")),
    )


def _lines(parent: Element | None, resolver: Resolver, skip: str = "-") -> tuple[Line, ...]:
    if parent is None:
        return ()
    start = parent.id_short or ""
    return tuple(
        line(path, element, unit_of(element, resolver))
        for path, element in walk(parent, start)
        if texts_of(element) and not path.startswith(f"{start}.{skip}")
    )


def unit_of(element: SubmodelElement, resolver: Resolver) -> str:
    """Return an element's unit: from its own data specification, its concept's, or a qualifier `Unit`."""
    for specification in element.embedded_data_specifications:
        if specification.data_specification_content.unit:
            return specification.data_specification_content.unit
    concept = resolver.concept(element.semantic_id)
    for specification in concept.embedded_data_specifications if concept is not None else ():
        if specification.data_specification_content.unit:
            return specification.data_specification_content.unit
    return next((q.value or "" for q in element.qualifiers if q.type.casefold() == "unit"), "")
