"""Sparkplug B (Eclipse Sparkplug 3.0): payloads in and out, and the state of nodes and devices."""

from ._host import SparkplugHost, is_sparkplug
from ._payload import DataType, Metric, SparkplugPayload, decode_payload, encode_payload

__all__ = [
    "DataType",
    "Metric",
    "SparkplugHost",
    "SparkplugPayload",
    "decode_payload",
    "encode_payload",
    "is_sparkplug",
]
