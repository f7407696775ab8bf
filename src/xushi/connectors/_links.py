"""Makes links out of shells: interfaces say where values are, mappings say which signals they fill."""

from __future__ import annotations

import builtins
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urlsplit

import msgspec

from xushi.kernel import Diagnosis
from xushi.signals import Kind, SignalDef, SignalRegistry, SourceRef

from . import _aid, _aimc
from ._aas_plain import Element, attribute, keys_of, members, named_children, path_text, plain
from ._link import Link, Point
from ._placement import Placement
from ._registry import Placing, connectors_by_scheme
from ._sinks import define_signal, kind_of

Group: TypeAlias = tuple[str, str, bytes]  # protocol, endpoint, and what the interface asks for


class _Twins:
    """The parts of an environment that matter here, turned to plain JSON only where they are looked at."""

    def __init__(self, environment: Any) -> None:
        self._submodels = {
            str(attribute(one, "id", "id")): one for one in members(environment, "submodels", "submodels")
        }
        self._plain: dict[str, Element] = {}
        self.looked: dict[str, Any] = {}
        self._named: dict[int, tuple[dict[str, Element], Sequence[Element]]] = {}
        self.shell_of: dict[str, str] = {}
        for shell in members(environment, "assetAdministrationShells", "asset_administration_shells"):
            record = plain(shell)
            for reference in record.get("submodels") or ():
                for _, value in keys_of(reference)[:1]:
                    self.shell_of.setdefault(value, str(record.get("id", "")))
        concepts = members(environment, "conceptDescriptions", "concept_descriptions")
        self.concepts = {str(attribute(one, "id", "id")): plain(one) for one in concepts}

    def is_still(self, looked: Mapping[str, Any]) -> bool:
        """Whether these submodels are the very same as when they were looked at."""
        return all(self._submodels.get(id) is one for id, one in looked.items())

    def look(self, id: str) -> None:
        """Note that what is found depends on this submodel, there or not."""
        self.looked[id] = self._submodels.get(id)

    def submodel(self, id: str) -> Element | None:
        self.look(id)
        if id not in self._plain and id in self._submodels:
            self._plain[id] = plain(self._submodels[id])
        return self._plain.get(id)

    def element(self, id: str, steps: Sequence[str]) -> Element | None:
        """Return the element that the steps of a reference lead to; a holder of thousands is looked through once."""
        element = self.submodel(id) if steps else None
        for step in steps:
            if element is None:
                return None
            if builtins.id(element) not in self._named:
                self._named[builtins.id(element)] = named_children(element)
            by_name, among = self._named[builtins.id(element)]
            inner = by_name.get(step)
            element = among[int(step)] if inner is None and step.isdigit() and int(step) < len(among) else inner
        return element

    def of_sort(self, is_wanted: Any) -> list[str]:
        found: list[str] = []
        for id, one in self._submodels.items():
            semantic = attribute(one, "semanticId", "semantic_id")
            keys = keys_of(plain(semantic)) if semantic is not None else []
            kind = str(attribute(one, "kind", "kind") or "")
            if is_wanted(str(attribute(one, "idShort", "id_short") or ""), keys[-1][1] if keys else "", kind):
                found.append(id)
        return found


class _Interfaces:
    """The values that the interfaces offer, by their place; read when somebody asks."""

    def __init__(self, twins: _Twins) -> None:
        self.twins = twins
        self.ids = frozenset(twins.of_sort(_aid.is_description))
        self._read: dict[str, dict[tuple[str, ...], _aid.InterfaceProperty]] = {}

    def of(self, id: str) -> dict[tuple[str, ...], _aid.InterfaceProperty]:
        """What one description offers; empty where the submodel is none."""
        self.twins.look(id)
        if id not in self._read:
            submodel = self.twins.submodel(id) if id in self.ids else None
            self._read[id] = {found.path: found for found in _aid.read_interfaces(submodel)} if submodel else {}
        return self._read[id]


class Found(NamedTuple):
    """One signal's place, as an interface and a mapping describe it."""

    key: str
    placement: Placement
    is_writable: bool
    kind: Kind
    element: Element
    unit: str


class _Piece:
    """What one mapping configuration says, as long as it and the submodels it looks at stay what they are."""

    def __init__(self) -> None:
        self.looked: dict[str, Any] = {}
        self.groups: dict[Group, list[Found]] = {}
        self.securities: dict[Group, dict[str, Any]] = {}
        self.keys: dict[str, None] = {}
        self.sinks: set[str] = set()
        self.diagnoses: list[Diagnosis] = []
        self.unsupported: dict[str, Diagnosis] = {}
        self.count = 0
        self.bound: dict[Group, tuple[Point, ...]] = {}

    def without(self, taken: Container[str]) -> _Piece:
        """The same without signals that another mapping fills already."""
        left = _Piece()
        left.securities, left.sinks, left.unsupported, left.count = (
            self.securities, self.sinks, self.unsupported, self.count,
        )  # fmt: skip
        left.groups = {group: [one for one in found if one.key not in taken] for group, found in self.groups.items()}
        twice = [Diagnosis("connectors.mapped_twice", key, {}) for key in self.keys if key in taken]
        left.diagnoses = [*self.diagnoses, *twice]
        return left


class Reading:
    """What the shells say of connections, before signals have their numbers.

    Attributes:
        links: every connection by id, without its points.
        diagnoses: what could not be understood.
    """

    def __init__(self, twins: _Twins) -> None:
        self._twins = twins
        self._pieces: list[_Piece] = []
        self._link_of: dict[Group, str] = {}
        self._by_sink: dict[str, list[_Piece]] = {}
        self.links: dict[str, Link] = {}
        self.diagnoses: list[Diagnosis] = []

    def of_submodel(self, submodel: str) -> tuple[object, ...]:
        """What fills a submodel, to be compared by identity: the same as before where nothing has changed."""
        return tuple(self._by_sink.get(submodel, ()))

    def links_of(self, submodel: str) -> set[str]:
        """The connections that fill a submodel."""
        return {self._link_of[group] for piece in self._by_sink.get(submodel, ()) for group in piece.groups}

    def filling(self, submodel: str) -> Iterator[tuple[Link, Found]]:
        """Yield the connection and the place of each signal of a submodel."""
        for piece in self._by_sink.get(submodel, ()):
            for group, found in piece.groups.items():
                link = self.links[self._link_of[group]]
                yield from ((link, one) for one in found if one.key.startswith(f"{submodel}#"))

    def undefined(self, known: Container[str]) -> list[SignalDef]:
        """Definitions of signals that are not `known`, each from its sink element."""
        made: list[SignalDef] = []
        for piece in self._pieces:
            for group, found in piece.groups.items():
                link = self.links[self._link_of[group]]
                for one in found:
                    if one.key not in known:
                        ref = SourceRef(link.id, link.endpoint, one.placement.address, link.protocol)
                        shell = self._twins.shell_of.get(one.key.partition("#")[0], "")
                        concepts = self._twins.concepts
                        made.append(define_signal(one, ref, shell, concepts))
        return made

    def bind(self, registry: SignalRegistry, changed: Container[str] = ()) -> list[Link]:
        """Return the links with their points, sorted; every signal must be in the registry.

        Args:
            changed: submodels whose signals were defined anew since this was asked last.
        """
        points: dict[str, list[tuple[Point, ...]]] = {}
        for piece in self._pieces:
            if not piece.bound or any(sink in changed for sink in piece.sinks):
                piece.bound = {
                    group: tuple(_point(registry, one) for one in found) for group, found in piece.groups.items()
                }
            for group, some in piece.bound.items():
                points.setdefault(self._link_of[group], []).append(some)
        made = [
            msgspec.structs.replace(self.links[id], points=tuple(chain.from_iterable(several)))
            for id, several in points.items()
        ]
        return sorted((link for link in made if link.points), key=lambda link: link.id)


class LinkReader:
    """Reads links out of shells, again and again: what has not changed since is not read twice.

    Reads Asset Interfaces Description (IDTA 02017, 1.0 and 1.1) and Asset Interfaces Mapping Configuration
    (IDTA 02027, 1.0 and 2.0).

    Args:
        endpoints: replacement endpoint by endpoint (`opc.tcp://host:port`) or by link id.
        credentials: additions to `Link.security` (`username`, `password`, …) by endpoint or by link id.
    """

    def __init__(
        self,
        endpoints: Mapping[str, str] | None = None,
        credentials: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self._endpoints = {_bare(wanted): target for wanted, target in (endpoints or {}).items()}
        self._credentials = {_bare(wanted): dict(extra) for wanted, extra in (credentials or {}).items()}
        self._pieces: dict[str, _Piece] = {}
        self._connectors: dict[str, tuple[str, Placing]] = {}

    def read(self, environment: Any) -> Reading:
        """Return what an environment of `xushi.twins`, or the same as plain JSON, says of connections."""
        twins = _Twins(environment)
        reading = Reading(twins)
        self._connectors = connectors_by_scheme()
        interfaces = _Interfaces(twins)
        self._pieces = {id: self._read_piece(interfaces, id) for id in twins.of_sort(_aimc.is_mapping)}
        taken: dict[str, None] = {}
        unsupported: dict[str, Diagnosis] = {}
        for piece in self._pieces.values():
            if not taken.keys().isdisjoint(piece.keys):
                piece = piece.without(taken)
            taken.update(piece.keys)
            unsupported.update({end: one for end, one in piece.unsupported.items() if end not in unsupported})
            reading.diagnoses += piece.diagnoses
            reading._pieces.append(piece)
            for sink in piece.sinks:
                reading._by_sink.setdefault(sink, []).append(piece)
            for group in piece.groups:
                self._place(reading, group, piece.securities[group])
        reading.diagnoses += unsupported.values()
        if not any(piece.count for piece in self._pieces.values()):
            described = {id: len(values) for id in interfaces.ids if (values := interfaces.of(id))}
            if described:
                params = {"count": sum(described.values())}
                reading.diagnoses.append(Diagnosis("connectors.not_mapped", min(described), params))
        return reading

    def _place(self, reading: Reading, group: Group, security: dict[str, Any]) -> None:
        """Give a group of points its link."""
        if group in reading._link_of:
            return
        protocol, endpoint, _ = group
        place = endpoint.partition("://")[2]
        count = sum(1 for other in reading._link_of if other[:2] == group[:2])
        id = f"{protocol}:{place}" + (f"#{count + 1}" if count else "")
        extra = {**self._credentials.get(_bare(endpoint), {}), **self._credentials.get(_bare(id), {})}
        target = self._endpoints.get(_bare(id)) or self._endpoints.get(_bare(endpoint), endpoint)
        kept = {name: value for name, value in {**security, **extra}.items() if value}
        reading._link_of[group] = id
        reading.links[id] = Link(id, protocol, target, kept, (), place)

    def _read_piece(self, interfaces: _Interfaces, id: str) -> _Piece:
        known, twins = self._pieces.get(id), interfaces.twins
        if known is not None and twins.is_still(known.looked):
            return known
        twins.looked = {}
        reader = _PieceReader(interfaces, self._connectors)
        submodel = twins.submodel(id)
        assert submodel is not None
        for mapping in _aimc.read_mappings(submodel, reader.piece.diagnoses):
            reader.add(mapping)
        reader.piece.looked = twins.looked
        return reader.piece


def links_from_environment(
    environment: Any,
    registry: SignalRegistry,
    endpoints: Mapping[str, str] | None = None,
    credentials: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[list[Link], list[Diagnosis]]:
    """Return the links that the shells describe, and what could not be understood; see `LinkReader`.

    A signal that the registry does not know yet is defined from its sink element.
    """
    reading = LinkReader(endpoints, credentials).read(environment)
    registry.define(reading.undefined(registry))
    return reading.bind(registry), reading.diagnoses


class _PieceReader:
    """Reads one mapping configuration: which value fills which element."""

    def __init__(self, interfaces: _Interfaces, connectors: Mapping[str, tuple[str, Placing]]) -> None:
        self._twins = interfaces.twins
        self._interfaces = interfaces
        self._connectors = connectors
        self.piece = _Piece()

    def add(self, mapping: _aimc.Mapping) -> None:
        self.piece.count += 1
        source_id, source_steps = mapping.source[0][1], tuple(value for _, value in mapping.source[1:])
        property_ = self._interfaces.of(source_id).get(source_steps)
        if property_ is None:
            self._tell("source_not_found", mapping.place, reference=f"{source_id}#{path_text(source_steps)}")
            return
        place = path_text(source_steps)
        scheme = urlsplit(property_.endpoint).scheme
        if scheme not in self._connectors:
            params = {"title": property_.title, "scheme": scheme or "-"}
            self.piece.unsupported.setdefault(
                property_.endpoint, Diagnosis("connectors.interface_unsupported", place, params)
            )
            return
        protocol, placing = self._connectors[scheme]
        if not urlsplit(property_.endpoint).netloc or not (property_.href or property_.form):
            self._tell("address_missing", place, title=property_.title)
            return
        placement = placing(property_)
        if not placement.address:
            self._tell("address_unreadable", place, href=property_.href or "-")
            return
        self._add_sink(mapping, property_, protocol, placement)

    def _add_sink(
        self, mapping: _aimc.Mapping, property_: _aid.InterfaceProperty, protocol: str, placement: Placement
    ) -> None:
        sink_id, sink_steps = mapping.sink[0][1], [value for _, value in mapping.sink[1:]]
        key = f"{sink_id}#{path_text(sink_steps)}"
        element = self._twins.element(sink_id, sink_steps)
        if element is None:
            self._tell("sink_not_found", mapping.place, reference=key)
            return
        kind = kind_of(element, property_)
        if kind is None:
            self._tell("sink_without_value", key, model_type=element.get("modelType"))
            return
        if key in self.piece.keys:
            self._tell("mapped_twice", key)
            return
        group = (protocol, property_.endpoint, msgspec.json.encode(property_.security, order="sorted"))
        self.piece.securities.setdefault(group, property_.security)
        self.piece.keys[key] = None
        self.piece.sinks.add(sink_id)
        found = Found(key, placement, property_.is_writable, kind, element, property_.unit)
        self.piece.groups.setdefault(group, []).append(found)

    def _tell(self, code: str, place: str, **params: Any) -> None:
        self.piece.diagnoses.append(Diagnosis(f"connectors.{code}", place, params))


def _point(registry: SignalRegistry, found: Found) -> Point:
    handle = registry.handle(found.key)
    known = registry.get(handle)
    options = dict(found.placement.options)
    if known.kind is Kind.ENUM and known.labels:
        options["labels"] = {label: int(value) for value, label in known.labels.items() if _is_whole(value)}
    return Point(handle, found.key, found.placement.address, known.kind, found.is_writable, options)


def _is_whole(text: str) -> bool:
    return text.strip().lstrip("-").isdigit()


def _bare(endpoint: str) -> str:
    return endpoint.strip().rstrip("/").lower()
