"""One table of the metamodel's classes and attributes, read off the structs; XML and the repair follow it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, NamedTuple

import msgspec.inspect as inspect

from ._elements import DataElement, Element
from ._environment import AssetAdministrationShell, ConceptDescription, Environment, Submodel
from ._semantics import Part

Kind = Literal["text", "word", "flag", "part", "parts", "choice", "choices"]
"""Text; a word of a vocabulary; a boolean; a part; a list of parts; one or more of several classes."""


class Attribute(NamedTuple):
    """One attribute of a class, as JSON and XML name it.

    Attributes:
        name: the name in JSON and XML; `field` is the one in Python.
        words: the vocabulary, for kind `word`.
        classes: model type or class name → class, for the kinds that hold parts.
        item: the XML tag of a member, for kind `parts`.
    """

    name: str
    field: str
    kind: Kind
    is_required: bool
    words: frozenset[str] = frozenset()
    classes: Mapping[str, type[Part]] = MappingProxyType({})
    item: str = ""

    @property
    def part(self) -> type[Part]:
        """Return the class of the kinds `part` and `parts`."""
        return next(iter(self.classes.values()))


LANG_STRING_TAGS = {
    "displayName": "langStringNameType",
    "preferredName": "langStringPreferredNameTypeIec61360",
    "shortName": "langStringShortNameTypeIec61360",
    "definition": "langStringDefinitionTypeIec61360",
}


def lower_first(name: str) -> str:
    """Return the XML tag of a class name."""
    return name[0].lower() + name[1:]


def _classes(node: inspect.Type) -> dict[str, type[Part]]:
    members = node.types if isinstance(node, inspect.UnionType) else (node,)
    found = (member.cls for member in members if isinstance(member, inspect.StructType))
    return {cls.__name__: cls for cls in found if issubclass(cls, Part)}


def _item_tag(name: str, class_name: str) -> str:
    if class_name == "LangString":
        return LANG_STRING_TAGS.get(name, "langStringTextType")
    return lower_first(class_name)


def _without_none(node: inspect.Type) -> inspect.Type:
    if not isinstance(node, inspect.UnionType):
        return node
    rest = [member for member in node.types if not isinstance(member, inspect.NoneType)]
    return rest[0] if len(rest) == 1 else inspect.UnionType(tuple(rest))


def _attribute(field: inspect.Field, is_single_choice: bool) -> Attribute:
    name, node = field.encode_name, _without_none(field.type)
    if isinstance(node, inspect.StrType):
        return Attribute(name, field.name, "text", field.required)
    if isinstance(node, inspect.BoolType):
        return Attribute(name, field.name, "flag", field.required)
    if isinstance(node, inspect.LiteralType):
        words = frozenset(str(value) for value in node.values)
        return Attribute(name, field.name, "word", field.required, words=words)
    is_list = isinstance(node, inspect.VarTupleType)
    classes = _classes(node.item_type if isinstance(node, inspect.VarTupleType) else node)
    is_choice = len(classes) > 1 or is_single_choice
    kind: Kind = ("choices" if is_choice else "parts") if is_list else ("choice" if is_choice else "part")
    item = _item_tag(name, next(iter(classes))) if is_list else ""
    return Attribute(name, field.name, kind, field.required, classes=classes, item=item)


@cache
def attributes(cls: type[Part]) -> dict[str, Attribute]:
    """Return the attributes of a metamodel class by their JSON name, in the order of the XML schema."""
    node = inspect.type_info(cls)
    if not isinstance(node, inspect.StructType):
        raise TypeError(cls)
    return {
        field.encode_name: _attribute(field, field.encode_name == "dataSpecificationContent") for field in node.fields
    }


@cache
def has_model_type(cls: type[Part]) -> bool:
    """Tell whether the class writes its name into `modelType`."""
    return cls.__struct_config__.tag is not None


ELEMENTS: dict[str, type[Part]] = {cls.__name__: cls for cls in Element.__args__}
DATA_ELEMENTS: dict[str, type[Part]] = {cls.__name__: cls for cls in DataElement.__args__}
IDENTIFIABLES: dict[str, type[Part]] = {
    "AssetAdministrationShell": AssetAdministrationShell,
    "Submodel": Submodel,
    "ConceptDescription": ConceptDescription,
}
ENVIRONMENT = attributes(Environment)
