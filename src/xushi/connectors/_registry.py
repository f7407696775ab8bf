"""Finds the connectors that are installed, ours and an outsider's alike, by entry point."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

from xushi.kernel import Clock, XushiError

from ._link import Connector

GROUP = "xushi.connectors"


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
