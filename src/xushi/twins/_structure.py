"""Reads Hierarchical Structures (IDTA 02011, versions 1.0 and 1.1): the parts of an asset as a tree."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ._elements import Element, Entity, RelationshipElement
from ._environment import Environment, Submodel
from ._meaning import means, name_of, named, text_of
from ._references import Resolver
from ._walk import child_path, children

_HAS_PART = "https://admin-shell.io/idta/HierarchicalStructures/HasPart/1/0"
_IS_PART_OF = "https://admin-shell.io/idta/HierarchicalStructures/IsPartOf/1/0"
_ENTRY = "https://admin-shell.io/idta/HierarchicalStructures/EntryNode/1/0"


class Node(msgspec.Struct, frozen=True):
    """One thing in the structure.

    Attributes:
        path: idShort path of its entity in the submodel.
        id_short: the entity's idShort.
        name: display names by language.
        asset: global asset id; empty for co-managed things without one.
        shell: identifier of the shell that describes the asset; empty where the environment has none.
        count: how many of it there are (BulkCount); 1 where nothing is said.
        entity: the entity itself, for what else its statements say.
        parts: what it consists of.
    """

    path: str
    id_short: str
    name: dict[str, str]
    asset: str
    shell: str
    count: int
    entity: Entity
    parts: tuple[Node, ...]


class Structure(msgspec.Struct, frozen=True):
    """What a submodel describes: its archetype ("Full", "OneDown", "OneUp" or "") and entry nodes."""

    archetype: str
    roots: tuple[Node, ...]

    def nodes(self) -> Iterator[Node]:
        """Yield every node, each before its parts."""
        stack = list(reversed(self.roots))
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.parts))


def read_structure(submodel: Submodel, environment: Environment) -> Structure:
    """Return the tree of entities: nested statements, regrouped where HasPart or IsPartOf say otherwise."""
    resolver = Resolver(environment)
    entities = [element for element in children(submodel) if isinstance(element, Entity)]
    entries = [entity for entity in entities if means(entity, _ENTRY)] or entities
    parents = _stated_parents(submodel, resolver)
    placed = _placed(entries, parents)
    return Structure(
        archetype=text_of(named(submodel, "ArcheType", "Archetype")),
        roots=tuple(_node(entity, entity.id_short or "", placed, resolver) for entity in entries),
    )


def _entities(parent: Submodel | Element, path: str) -> Iterator[tuple[str, Entity]]:
    for index, child in enumerate(children(parent)):
        if isinstance(child, Entity):
            yield child_path(path, parent, child, index), child


def _placed(entries: list[Entity], parents: dict[str, str]) -> dict[str, list[tuple[str, Entity]]]:
    """Return parent path → its parts. A stated relation moves a part unless that would close a circle."""
    nested: dict[str, str] = {}
    found: dict[str, Entity] = {}
    stack = [(entity.id_short or "", entity) for entity in reversed(entries)]
    while stack:
        path, entity = stack.pop()
        found[path] = entity
        below = list(_entities(entity, path))
        nested.update((inner_path, path) for inner_path, _ in below)
        stack.extend(reversed(below))
    for part, whole in parents.items():
        if part in nested and whole in found and not _is_below(whole, part, nested):
            nested[part] = whole
    placed: dict[str, list[tuple[str, Entity]]] = {}
    for path, entity in found.items():
        if path in nested:
            placed.setdefault(nested[path], []).append((path, entity))
    return placed


def _is_below(path: str, above: str, parents: dict[str, str]) -> bool:
    here: str | None = path
    while here is not None:
        if here == above:
            return True
        here = parents.get(here)
    return False


def _stated_parents(submodel: Submodel, resolver: Resolver) -> dict[str, str]:
    """Return part path → whole path, as HasPart and IsPartOf relationships state."""
    stated: dict[str, str] = {}
    stack: list[Submodel | Element] = [submodel]
    while stack:
        here = stack.pop()
        stack.extend(child for child in children(here) if isinstance(child, Entity))
        for relation in children(here):
            if not isinstance(relation, RelationshipElement):
                continue
            first, second = resolver.locate(relation.first), resolver.locate(relation.second)
            if first is None or second is None or first.root != submodel or second.root != submodel:
                continue
            if _is(relation, _HAS_PART, "haspart"):
                stated[second.path] = first.path
            elif _is(relation, _IS_PART_OF, "ispartof"):
                stated[first.path] = second.path
    return stated


def _is(relation: RelationshipElement, identifier: str, name: str) -> bool:
    return means(relation, identifier) or (relation.id_short or "").casefold().startswith(name)


def _node(entity: Entity, path: str, placed: dict[str, list[tuple[str, Entity]]], resolver: Resolver) -> Node:
    asset = entity.global_asset_id or ""
    shell = resolver.shell_of_asset(asset) if asset else None
    count = text_of(named(entity, "BulkCount")).strip()
    return Node(
        path=path,
        id_short=entity.id_short or "",
        name=name_of(entity),
        asset=asset,
        shell=shell.id if shell is not None else "",
        count=int(count) if count.isascii() and count.isdigit() and len(count) < 10 else 1,
        entity=entity,
        parts=tuple(_node(inner, below, placed, resolver) for below, inner in placed.get(path, ())),
    )
