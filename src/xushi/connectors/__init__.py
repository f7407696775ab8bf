"""Connectors: live values from OPC UA servers and MQTT brokers, and back; one entry point group for all."""

from ._action_input import INPUT_TYPES, ActionInput
from ._actions import DeviceAction, actions_from_environment
from ._aid import InterfaceProperty
from ._backoff import Backoff
from ._certificates import CertificateFolder, CertificateInfo, Decision, HeldCertificate, describe_certificate
from ._columns import Columns
from ._explore import (
    Choice,
    Explorable,
    Explorer,
    Field,
    FoundNode,
    NodePage,
    PeerCard,
    Sample,
    Setup,
    Walked,
)
from ._link import Attentive, Connector, Link, LinkState, LinkStatus, Point, Sink, StatusListener, WriteResult
from ._links import LinkReader, Reading, links_from_environment
from ._outage import Outage
from ._placement import Placement
from ._quality import GRADES, RULES, Grade, RuleResult, read_claims
from ._registry import GROUP, ConnectorCard, connector_cards, connector_class, make_connector, protocols
from ._reporter import LinkReporter

__all__ = [
    "GRADES",
    "GROUP",
    "INPUT_TYPES",
    "RULES",
    "ActionInput",
    "Attentive",
    "Backoff",
    "CertificateFolder",
    "CertificateInfo",
    "Choice",
    "Columns",
    "Connector",
    "ConnectorCard",
    "Decision",
    "DeviceAction",
    "Explorable",
    "Explorer",
    "Field",
    "FoundNode",
    "Grade",
    "HeldCertificate",
    "InterfaceProperty",
    "Link",
    "LinkReader",
    "LinkReporter",
    "LinkState",
    "LinkStatus",
    "NodePage",
    "Outage",
    "PeerCard",
    "Placement",
    "Point",
    "Reading",
    "RuleResult",
    "Sample",
    "Setup",
    "Sink",
    "StatusListener",
    "Walked",
    "WriteResult",
    "actions_from_environment",
    "connector_cards",
    "connector_class",
    "describe_certificate",
    "links_from_environment",
    "make_connector",
    "protocols",
    "read_claims",
]
