"""Connectors: live values from OPC UA servers and MQTT brokers, and back; one entry point group for all."""

from ._actions import ActionInput, DeviceAction, actions_from_environment
from ._aid import InterfaceProperty
from ._backoff import Backoff
from ._columns import Columns
from ._link import Connector, Link, LinkState, LinkStatus, Point, Sink, StatusListener, WriteResult
from ._links import links_from_environment
from ._outage import Outage
from ._registry import GROUP, Placement, connector_class, make_connector, protocols
from ._reporter import LinkReporter

__all__ = [
    "GROUP",
    "ActionInput",
    "Backoff",
    "Columns",
    "Connector",
    "DeviceAction",
    "InterfaceProperty",
    "Link",
    "LinkReporter",
    "LinkState",
    "LinkStatus",
    "Outage",
    "Placement",
    "Point",
    "Sink",
    "StatusListener",
    "WriteResult",
    "actions_from_environment",
    "connector_class",
    "links_from_environment",
    "make_connector",
    "protocols",
]
