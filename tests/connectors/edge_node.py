"""A Sparkplug edge node with one device, on paho: takes commands, reports what it took, dies as its broker tells."""

from __future__ import annotations

import threading
import time
from typing import Any

import paho.mqtt.client as paho

from xushi.connectors.sparkplug import DataType, Metric, decode_payload, encode_payload

TYPES = {"Target": DataType.DOUBLE, "Mode": DataType.INT32}
ALIASES = {name: alias for alias, name in enumerate(TYPES, 1)}
_NAMES = {alias: name for name, alias in ALIASES.items()}


class EdgeNode:
    """`spBv1.0/G/N/D` with the metrics Target and Mode.

    Attributes:
        taken: (metric, value) of each command that reached it, in order.
        is_deaf: it loses every command.
        is_mute: it takes commands and reports nothing unless it is asked to be born again.
        highest: the most that Target can be.
    """

    def __init__(self, port: int) -> None:
        self.values: dict[str, Any] = {"Target": 1.0, "Mode": 0}
        self.taken: list[tuple[str, Any]] = []
        self.is_deaf = self.is_mute = False
        self.highest = 100.0
        self.births = 0
        self._port = port
        self._seq = 0
        self._number = 0
        self._subscribed = threading.Event()
        self._client: paho.Client | None = None

    def start(self) -> EdgeNode:
        """Connect, and return once commands will arrive."""
        self._number += 1
        self._subscribed.clear()
        client = self._client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        client.will_set("spBv1.0/G/NDEATH/N", self._numbered(), 1)
        client.on_connect = lambda *_: client.subscribe([("spBv1.0/G/NCMD/N", 1), ("spBv1.0/G/DCMD/N/+", 1)])
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.reconnect_delay_set(0.1, 0.5)
        client.connect("127.0.0.1", self._port)
        client.loop_start()
        assert self._subscribed.wait(10)
        return self

    def report(self, name: str, value: Any) -> None:
        """Measure a value and say it, unless the broker is away."""
        client = self._client
        if client is not None and client.is_connected() and self._subscribed.is_set():
            self.values[name] = value
            self._say("DDATA", [Metric("", TYPES[name], value, ALIASES[name])])

    def kill(self) -> None:
        """Vanish without a word: the broker says the last will."""
        assert self._client is not None
        self._client._thread_terminate = True
        self._client.socket().close()
        self._client.loop_stop()
        self._client = None

    def close(self) -> None:
        """Take leave."""
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()

    def __enter__(self) -> EdgeNode:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _numbered(self) -> bytes:
        return encode_payload([Metric("bdSeq", DataType.INT64, self._number)], time.time_ns())

    def _on_subscribe(self, *_: object) -> None:
        self._birth()
        self._subscribed.set()

    def _birth(self) -> None:
        self.births += 1
        self._seq = 0
        now_ns = time.time_ns()
        number = Metric("bdSeq", DataType.INT64, self._number)
        self._publish("NBIRTH", "", encode_payload([number], now_ns, self._seq))
        metrics = [Metric(name, TYPES[name], value, ALIASES[name]) for name, value in self.values.items()]
        self._say("DBIRTH", metrics)

    def _say(self, kind: str, metrics: list[Metric]) -> None:
        self._seq = (self._seq + 1) % 256
        self._publish(kind, "/D", encode_payload(metrics, time.time_ns(), self._seq))

    def _publish(self, kind: str, tail: str, payload: bytes) -> None:
        assert self._client is not None
        self._client.publish(f"spBv1.0/G/{kind}/N{tail}", payload)

    def _on_message(self, client: Any, data: Any, message: Any) -> None:
        payload = decode_payload(message.payload, {alias: TYPES[name] for alias, name in _NAMES.items()})
        for metric in payload.metrics:
            if metric.name == "Node Control/Rebirth":
                self._birth()
            elif not self.is_deaf:
                self._take(metric.name or _NAMES[metric.alias or 0], metric.value)

    def _take(self, name: str, value: Any) -> None:
        """Take a command over and report by exception: a value that does not change is not said again."""
        self.taken.append((name, value))
        before = self.values[name]
        self.values[name] = min(value, self.highest)
        if not self.is_mute and self.values[name] != before:
            self.report(name, self.values[name])
