"""Connectors: live values from OPC UA servers and MQTT brokers, and back; one entry point group for all."""

from ._aid import InterfaceProperty
from ._link import Connector, Link, LinkState, LinkStatus, Point, Sink, StatusListener, WriteResult
from ._links import links_from_environment
from ._registry import GROUP, Placement, connector_class, make_connector, protocols

__all__ = [
    "GROUP",
    "Connector",
    "InterfaceProperty",
    "Link",
    "LinkState",
    "LinkStatus",
    "Placement",
    "Point",
    "Sink",
    "StatusListener",
    "WriteResult",
    "connector_class",
    "links_from_environment",
    "make_connector",
    "protocols",
]
