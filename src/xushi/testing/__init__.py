"""The public test kit: real brokers on free ports and a real browser, for our tests and those of plugins."""

from ._brokers import Broker, BrokerMissing, free_port, start_mosquitto, start_nats
from ._browser import CHROMIUM_ARGUMENTS, BrowserMissing, chromium_path

__all__ = [
    "CHROMIUM_ARGUMENTS",
    "Broker",
    "BrokerMissing",
    "BrowserMissing",
    "chromium_path",
    "free_port",
    "start_mosquitto",
    "start_nats",
]
