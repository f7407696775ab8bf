"""The plant's plain MQTT JSON: quality results, kitting picks and a heartbeat."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from xushi.demo._line import HEARTBEAT_TOPIC
from xushi.demo._mqtt import MqttClient
from xushi.demo._values import Message, iso_time


class JsonFace:
    """Sends what machines said, at QoS 1; `published` counts messages, `messages` those of each topic."""

    def __init__(self, host: str, port: int) -> None:
        self.published = 0
        self.messages: Counter[str] = Counter()
        self._sequence = 0
        self._client = MqttClient(host, port, "xushi-demo-quality")

    async def start(self) -> None:
        self._client.start()
        await self._client.connected()

    async def stop(self) -> None:
        await self._client.stop()

    def publish(self, messages: list[Message]) -> None:
        for topic, payload in messages:
            self._send(topic, payload)

    def beat(self, at_ns: int, counts: dict[str, int]) -> None:
        """The heartbeat: a sequence that a listener can check for gaps, and what every face has published."""
        self._sequence += 1
        self._send(HEARTBEAT_TOPIC, {"timestamp": iso_time(at_ns), "sequence": self._sequence, "published": counts})

    def _send(self, topic: str, payload: dict[str, Any]) -> None:
        if self._client.publish(topic, msgspec.json.encode(payload), qos=1):
            self.published += 1
            self.messages[topic] += 1
