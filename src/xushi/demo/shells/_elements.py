"""Short hands for AAS elements: properties, texts, collections, lists and references with their semantic ids."""

from __future__ import annotations

from collections.abc import Iterable

from xushi.demo._line_types import Text
from xushi.twins import (
    Element,
    File,
    Key,
    LangString,
    MultiLanguageProperty,
    Property,
    Qualifier,
    Reference,
    ReferenceElement,
    RelationshipElement,
    SubmodelElementCollection,
    SubmodelElementList,
)

ROOT = "urn:xushi:demo"


def shell_id(machine: str) -> str:
    return f"{ROOT}:shell:{machine}"


def asset_id(machine: str) -> str:
    return f"{ROOT}:asset:{machine}"


def submodel_id(machine: str, name: str) -> str:
    return f"{ROOT}:submodel:{machine}:{name}"


def texts(text: Text) -> tuple[LangString, ...]:
    return (LangString(language="en", text=text.en), LangString(language="zh-CN", text=text.zh))


def outside(value: str) -> Reference:
    """A reference to a concept or anything else outside the environment."""
    return Reference(type="ExternalReference", keys=(Key(type="GlobalReference", value=value),))


def inside(submodel: str, *path: tuple[str, str]) -> Reference:
    """A reference to an element: `path` holds (key type, idShort or index) from the submodel downwards."""
    keys = [Key(type="Submodel", value=submodel)]
    keys += [Key(type=kind, value=value) for kind, value in path]  # type: ignore[arg-type]
    return Reference(type="ModelReference", keys=tuple(keys))


def _meaning(semantic: str) -> Reference | None:
    return outside(semantic) if semantic else None


def text(
    id_short: str | None,
    value: object,
    semantic: str = "",
    kind: str = "xs:string",
    name: Text | None = None,
    qualifiers: tuple[Qualifier, ...] = (),
) -> Property:
    """A Property; the value is written in the lexical form of its XSD type, None leaves it out."""
    lexical = None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return Property(
        id_short=id_short,
        value_type=kind,  # type: ignore[arg-type]
        value=lexical,
        semantic_id=_meaning(semantic),
        display_name=texts(name) if name else (),
        qualifiers=qualifiers,
    )


def words(id_short: str, value: Text, semantic: str = "") -> MultiLanguageProperty:
    return MultiLanguageProperty(id_short=id_short, value=texts(value), semantic_id=_meaning(semantic))


def group(
    id_short: str | None,
    children: Iterable[Element],
    semantic: str = "",
    name: Text | None = None,
    also: tuple[str, ...] = (),
) -> SubmodelElementCollection:
    return SubmodelElementCollection(
        id_short=id_short,
        value=tuple(children),
        semantic_id=_meaning(semantic),
        display_name=texts(name) if name else (),
        supplemental_semantic_ids=tuple(outside(each) for each in also),
    )


def series(
    id_short: str | None,
    children: Iterable[Element],
    semantic: str = "",
    item: str = "",
    of: str = "SubmodelElementCollection",
    value_type: str | None = None,
    name: Text | None = None,
    is_ordered: bool | None = None,
    qualifiers: tuple[Qualifier, ...] = (),
) -> SubmodelElementList:
    return SubmodelElementList(
        id_short=id_short, value=tuple(children), semantic_id=_meaning(semantic),
        semantic_id_list_element=_meaning(item),
        type_value_list_element=of, value_type_list_element=value_type, order_relevant=is_ordered,  # type: ignore[arg-type]
        display_name=texts(name) if name else (), qualifiers=qualifiers,
    )  # fmt: skip


def pointer(id_short: str | None, target: Reference, semantic: str = "") -> ReferenceElement:
    return ReferenceElement(id_short=id_short, value=target, semantic_id=_meaning(semantic))


def file(id_short: str | None, path: str, media_type: str, semantic: str = "") -> File:
    return File(id_short=id_short, value=path, content_type=media_type, semantic_id=_meaning(semantic))


def relation(id_short: str, first: Reference, second: Reference, semantic: str) -> RelationshipElement:
    return RelationshipElement(id_short=id_short, first=first, second=second, semantic_id=_meaning(semantic))
