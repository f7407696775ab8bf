"""Connectors: live values from OPC UA servers and MQTT brokers, and back; one entry point group for all."""

from ._link import Connector, Link, LinkState, LinkStatus, Point, Sink, StatusListener, WriteResult
from ._registry import GROUP, connector_class, make_connector, protocols

__all__ = [
    "GROUP",
    "Connector",
    "Link",
    "LinkState",
    "LinkStatus",
    "Point",
    "Sink",
    "StatusListener",
    "WriteResult",
    "connector_class",
    "make_connector",
    "protocols",
]
