"""The public test kit: real brokers on free ports, for our own tests and for those of plugins."""

from ._brokers import Broker, BrokerMissing, free_port, start_mosquitto, start_nats

__all__ = ["Broker", "BrokerMissing", "free_port", "start_mosquitto", "start_nats"]
