"""Finds the connectors that are installed, ours and an outsider's alike, by entry point."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from xushi.kernel import Clock, XushiError

from ._aid import InterfaceProperty, full_address
from ._link import Connector
from ._placement import Placement as Placement
from ._quality import Grade, RuleResult, grade_of, quality_of

GROUP = "xushi.connectors"
log = logging.getLogger("xushi.connectors")


class ConnectorCard(msgspec.Struct, frozen=True):
    """A connector that is installed.

    Attributes:
        package: the distribution that brings it, with version.
        error: why it cannot be used, or why its quality cannot be told; empty where all is well.
    """

    protocol: str
    schemes: tuple[str, ...] = ()
    package: str = ""
    grade: Grade = "none"
    rules: tuple[RuleResult, ...] = ()
    error: str = ""


Placing: TypeAlias = Callable[[InterfaceProperty], Placement]


def protocols() -> list[str]:
    """Return the protocol names that have a connector, sorted."""
    return sorted({found.name for found in entry_points(group=GROUP)})


def connector_class(protocol: str) -> type[Connector]:
    """Return the connector class registered for `protocol`.

    Raises:
        XushiError: `connectors.protocol_unknown` when no installed package offers it,
            `connectors.plugin_broken` when the package that offers it cannot be loaded.
    """
    for found in entry_points(group=GROUP):
        if found.name == protocol:
            try:
                loaded: type[Connector] = found.load()
            except (ImportError, AttributeError) as error:
                raise XushiError("connectors.plugin_broken", protocol=protocol, reason=str(error)) from error
            return loaded
    raise XushiError("connectors.protocol_unknown", protocol=protocol, known=", ".join(protocols()))


def make_connector(protocol: str, data_dir: Path, clock: Clock) -> Connector:
    """Return a fresh connector for one link of `protocol`; see `connector_class` for the errors."""
    made: Connector = connector_class(protocol)(data_dir=data_dir, clock=clock)  # type: ignore[call-arg]
    return made


def connector_cards() -> list[ConnectorCard]:
    """Return every connector that is installed with its grade, in the order of their names; none is left out."""
    cards: dict[str, ConnectorCard] = {}
    for found in entry_points(group=GROUP):
        package = f"{found.dist.name} {found.dist.version}" if found.dist is not None else ""
        try:
            connector = connector_class(found.name)
            rules = quality_of(connector, found.name)
        except XushiError as error:
            card = ConnectorCard(found.name, package=package, error=str(error))
        except ValueError as error:
            card = ConnectorCard(found.name, tuple(connector.schemes), package, error=str(error))
        else:
            card = ConnectorCard(found.name, tuple(connector.schemes), package, grade_of(rules), tuple(rules))
        cards.setdefault(found.name, card)
    return [cards[name] for name in sorted(cards)]


def connectors_by_scheme() -> dict[str, tuple[str, Placing]]:
    """Return protocol and placing by address scheme, of every connector that can be loaded.

    A connector class may have a static method `place(InterfaceProperty) -> Placement`; for one without, the
    point's address is the whole href and its options are the texts of the form.
    """
    found: dict[str, tuple[str, Placing]] = {}
    for protocol in protocols():
        try:
            connector = connector_class(protocol)
        except XushiError as error:
            log.warning("%s", error)  # the others must not suffer from one broken plugin
            continue
        for scheme in connector.schemes:
            found[scheme] = (protocol, getattr(connector, "place", _place_anything))
    return found


def _place_anything(source: InterfaceProperty) -> Placement:
    options: dict[str, Any] = {**source.form, "content_type": source.content_type}
    if source.pointer:
        options["pointer"] = "/" + "/".join(source.pointer)
    return Placement(full_address(source), options)
