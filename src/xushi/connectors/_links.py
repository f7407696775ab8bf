"""Makes links out of shells: interfaces say where values are, mappings say which signals they fill."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from xushi.kernel import Diagnosis, XushiError
from xushi.signals import Kind, SignalRegistry, SourceRef

from . import _aid, _aimc
from ._aas_plain import Element, attribute, keys_of, members, named_children, path_text, plain
from ._link import Link, Point
from ._placement import Placement
from ._registry import connectors_by_scheme
from ._sinks import define_signal, kind_of


class _Twins:
    """The parts of an environment that matter here, turned to plain JSON only where they are looked at."""

    def __init__(self, environment: Any) -> None:
        self._submodels = {
            str(attribute(one, "id", "id")): one for one in members(environment, "submodels", "submodels")
        }
        self._plain: dict[str, Element] = {}
        self._named: dict[int, tuple[dict[str, Element], Sequence[Element]]] = {}
        self.shell_of: dict[str, str] = {}
        for shell in members(environment, "assetAdministrationShells", "asset_administration_shells"):
            record = plain(shell)
            for reference in record.get("submodels") or ():
                for _, value in keys_of(reference)[:1]:
                    self.shell_of.setdefault(value, str(record.get("id", "")))
        concepts = members(environment, "conceptDescriptions", "concept_descriptions")
        self.concepts = {str(attribute(one, "id", "id")): plain(one) for one in concepts}

    def submodel(self, id: str) -> Element | None:
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

    def of_sort(self, is_wanted: Any) -> list[tuple[str, Element]]:
        found: list[tuple[str, Element]] = []
        for id, one in self._submodels.items():
            semantic = attribute(one, "semanticId", "semantic_id")
            keys = keys_of(plain(semantic)) if semantic is not None else []
            kind = str(attribute(one, "kind", "kind") or "")
            if is_wanted(str(attribute(one, "idShort", "id_short") or ""), keys[-1][1] if keys else "", kind):
                submodel = self.submodel(id)
                if submodel is not None:
                    found.append((id, submodel))
        return found


class _Gathering:
    """Points gathered by the connection they need."""

    def __init__(self, endpoints: Mapping[str, str], credentials: Mapping[str, Mapping[str, Any]]) -> None:
        self._endpoints = {_bare(wanted): target for wanted, target in endpoints.items()}
        self._credentials = {_bare(wanted): dict(extra) for wanted, extra in credentials.items()}
        self._found: dict[tuple[str, str, bytes], list[Point]] = {}
        self._ids: dict[tuple[str, str, bytes], str] = {}
        self._securities: dict[tuple[str, str, bytes], dict[str, Any]] = {}

    def place(self, protocol: str, property_: _aid.InterfaceProperty) -> tuple[tuple[str, str, bytes], str, str]:
        """Return the group, link id and endpoint that a property belongs to."""
        endpoint = property_.endpoint
        group = (protocol, endpoint, msgspec.json.encode(property_.security, order="sorted"))
        if group not in self._ids:
            place = endpoint.partition("://")[2]
            count = sum(1 for other in self._ids if other[:2] == group[:2])
            self._ids[group] = f"{protocol}:{place}" + (f"#{count + 1}" if count else "")
            self._securities[group] = property_.security
            self._found[group] = []
        return group, self._ids[group], self._endpoints.get(_bare(endpoint), endpoint)

    def add(self, group: tuple[str, str, bytes], point: Point) -> None:
        self._found[group].append(point)

    def links(self) -> list[Link]:
        made: list[Link] = []
        for group, points in self._found.items():
            protocol, endpoint, _ = group
            if not points:
                continue
            id = self._ids[group]
            extra = {**self._credentials.get(_bare(endpoint), {}), **self._credentials.get(_bare(id), {})}
            target = self._endpoints.get(_bare(id)) or self._endpoints.get(_bare(endpoint), endpoint)
            security = {name: value for name, value in {**self._securities[group], **extra}.items() if value}
            made.append(Link(id, protocol, target, security, tuple(points), endpoint.partition("://")[2]))
        return sorted(made, key=lambda link: link.id)


def links_from_environment(
    environment: Any,
    registry: SignalRegistry,
    endpoints: Mapping[str, str] | None = None,
    credentials: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[list[Link], list[Diagnosis]]:
    """Return the links that the shells describe, and what could not be understood.

    Reads Asset Interfaces Description (IDTA 02017, 1.0 and 1.1) and Asset Interfaces Mapping Configuration
    (IDTA 02027, 1.0 and 2.0).
    A signal that the registry does not know yet is defined from its sink element.

    Args:
        environment: an `Environment` of `xushi.twins`, or the same as plain JSON.
        endpoints: replacement endpoint by endpoint (`opc.tcp://host:port`) or by link id.
        credentials: additions to `Link.security` (`username`, `password`, …) by endpoint or by link id.
    """
    twins = _Twins(environment)
    diagnoses: list[Diagnosis] = []
    sources: dict[tuple[str, tuple[str, ...]], _aid.InterfaceProperty] = {}
    for id, submodel in twins.of_sort(_aid.is_description):
        for found in _aid.read_interfaces(submodel):
            sources[id, found.path] = found
    gathering = _Gathering(endpoints or {}, credentials or {})
    builder = _Builder(twins, registry, gathering, diagnoses)
    for _, submodel in twins.of_sort(_aimc.is_mapping):
        for mapping in _aimc.read_mappings(submodel, diagnoses):
            builder.add(mapping, sources)
    builder.finish()
    if sources and not builder.count:
        ids = sorted({id for id, _ in sources})
        diagnoses.append(Diagnosis("connectors.not_mapped", ids[0], {"count": len(sources)}))
    return gathering.links(), diagnoses


class _Builder:
    """Turns mappings into points, and signals that are new into definitions, all at the end in one step."""

    def __init__(
        self, twins: _Twins, registry: SignalRegistry, gathering: _Gathering, diagnoses: list[Diagnosis]
    ) -> None:
        self._twins = twins
        self._registry = registry
        self._gathering = gathering
        self._diagnoses = diagnoses
        self._connectors = connectors_by_scheme()
        self._waiting: dict[str, tuple[tuple[str, str, bytes], Placement, bool, Any]] = {}
        self._unsupported: set[str] = set()
        self.count = 0

    def add(
        self, mapping: _aimc.Mapping, sources: Mapping[tuple[str, tuple[str, ...]], _aid.InterfaceProperty]
    ) -> None:
        self.count += 1
        source_id, source_steps = mapping.source[0][1], tuple(value for _, value in mapping.source[1:])
        property_ = sources.get((source_id, source_steps))
        if property_ is None:
            self._tell("source_not_found", mapping.place, reference=f"{source_id}#{path_text(source_steps)}")
            return
        place = path_text(source_steps)
        scheme = urlsplit(property_.endpoint).scheme
        if scheme not in self._connectors:
            if property_.endpoint not in self._unsupported:
                self._unsupported.add(property_.endpoint)
                self._tell("interface_unsupported", place, title=property_.title, scheme=scheme or "-")
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
        if key in self._waiting:
            self._tell("mapped_twice", key)
            return
        group, link_id, endpoint = self._gathering.place(protocol, property_)
        definition = None
        if key not in self._registry:
            ref = SourceRef(link_id, endpoint, placement.address, protocol)
            shell = self._twins.shell_of.get(sink_id, "")
            definition = define_signal(key, element, kind, property_, ref, shell, self._twins.concepts)
        self._waiting[key] = (group, placement, property_.is_writable, definition)

    def finish(self) -> None:
        """Define what is new and hand every point to its link."""
        fresh = [definition for *_, definition in self._waiting.values() if definition is not None]
        try:
            self._registry.define(fresh)
        except XushiError as error:
            self._diagnoses.append(Diagnosis(error.code, "", error.params))
            return
        for key, (group, placement, is_writable, _) in self._waiting.items():
            handle = self._registry.handle(key)
            known = self._registry.get(handle)
            options = dict(placement.options)
            if known.kind is Kind.ENUM and known.labels:
                options["labels"] = {label: int(value) for value, label in known.labels.items() if _is_whole(value)}
            self._gathering.add(group, Point(handle, key, placement.address, known.kind, is_writable, options))

    def _tell(self, code: str, place: str, **params: Any) -> None:
        self._diagnoses.append(Diagnosis(f"connectors.{code}", place, params))


def _is_whole(text: str) -> bool:
    return text.strip().lstrip("-").isdigit()


def _bare(endpoint: str) -> str:
    return endpoint.strip().rstrip("/").lower()
