"""A plant that publishes at a steady rate, each value timed as it is sent: through a broker, or in its place."""

from __future__ import annotations

import socket
import sys
import threading
import time

from xushi.connectors._mqtt_codec import encode_connect, encode_publish, encode_subscribe
from xushi.connectors.sparkplug import Metric, encode_payload

from ._child import answer_each
from ._mqtt_flood import CONNACK, accept_subscriber

BATCH_S = 0.005
SUBACK_BYTES = 5
LONGEST_CATCH_UP_S = 0.1  # two busy cores may keep this process waiting for longer than a few batches
METRICS = 100
SPARKPLUG_FILTERS = 6  # three messages each of node and devices
JSON_BYTES = len(b'{"timestamp":1795000000000,"value":12345678}')


class JsonSource:
    """One value a message, over 1,000 topics."""

    def __init__(self, signals: int) -> None:
        self._heads = [encode_publish(f"bench/{i}", b"x" * JSON_BYTES)[:-JSON_BYTES] for i in range(signals)]
        self._next = 0
        self.filters = signals
        self.opening_values = 0

    def begin(self) -> bytes:
        """What comes before the first values."""
        return b""

    def batch(self, values: int) -> tuple[bytes, int]:
        """Messages with so many values, and how many they carry."""
        now_ms = time.time_ns() // 1_000_000
        parts = []
        end = self._next + values
        for i in range(self._next, end):
            # A long batch comes round to the same topic: two values of one instant would count as one.
            earlier_ms = (end - 1 - i) // len(self._heads)
            parts.append(self._heads[i % len(self._heads)])
            parts.append(b'{"timestamp":%d,"value":%8.3f}' % (now_ms - earlier_ms, i % 997 / 7))
        self._next = end
        return b"".join(parts), values


class SparkplugSource:
    """A hundred metrics a message, by alias; made once a device, then only its times are written anew."""

    def __init__(self, signals: int) -> None:
        self._devices = signals // METRICS
        self._number = 0
        now_ms = time.time_ns() // 1_000_000
        self._stamp = _varint(now_ms)
        self._messages: list[bytes] = []
        for device in range(self._devices):
            base = device * METRICS + 1
            data = [Metric("", 10, i / 7, base + i, now_ms * 1_000_000) for i in range(METRICS)]
            self._messages.append(encode_payload(data, now_ms * 1_000_000, 0))
        self.opening_values = self._devices * METRICS
        self._sequence = self._devices
        self.filters = SPARKPLUG_FILTERS

    def begin(self) -> bytes:
        """The births of node and devices: what comes before the first values, and whenever the host asks for them."""
        now_ns = time.time_ns()
        births = [encode_publish("spBv1.0/G/NBIRTH/N", encode_payload([Metric("bdSeq", 4, 1)], now_ns, 0))]
        for device in range(self._devices):
            names = [Metric(f"m{i}", 10, 0.0, device * METRICS + 1 + i) for i in range(METRICS)]
            birth = encode_payload(names, now_ns, device + 1)
            births.append(encode_publish(f"spBv1.0/G/DBIRTH/N/D{device}", birth))
        self._sequence = self._devices
        return b"".join(births)

    def batch(self, values: int) -> tuple[bytes, int]:
        """Whole messages with about so many values, and how many they carry."""
        now_ms, count = time.time_ns() // 1_000_000, max(1, values // METRICS)
        parts = []
        for number in range(count):
            # A long batch comes round to the same device: two values of one instant would count as one.
            stamp = _varint(now_ms - (count - 1 - number) // self._devices)
            self._sequence = (self._sequence + 1) % 256
            device = self._number % self._devices
            self._number += 1
            body = self._messages[device].replace(self._stamp, stamp)
            body = body[:-2] + b"\x18" + _varint(self._sequence) if body[-2] == 0x18 else body
            parts.append(encode_publish(f"spBv1.0/G/DDATA/N/D{device}", body))
        return b"".join(parts), len(parts) * METRICS


def _varint(number: int) -> bytes:
    """An unsigned number as protobuf writes it, seven bits a byte."""
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def join_broker(port: int) -> socket.socket:
    """Print the port and return a connection to the broker there, which takes what is published."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(encode_connect("bench-plant", 0) + encode_subscribe(1, [("spBv1.0/G/NCMD/N", 0)]))
    connection.recv(len(CONNACK) + SUBACK_BYTES, socket.MSG_WAITALL)
    print(port, flush=True)
    return connection


def hear_requests(connection: socket.socket, is_asked: threading.Event) -> None:
    """Note whatever comes through a broker: hosts ask for births, where a message of a full broker was lost to them."""
    while connection.recv(65536):
        is_asked.set()


def main(kind: str, signals: int, rate: float, port: int | None = None) -> None:
    """Print the port, publish until a line comes; answer it with what was sent in all.

    Args:
        port: of a broker on this machine; without one, it is a broker itself, for one subscriber.
    """
    source = JsonSource(signals) if kind == "json" else SparkplugSource(signals)
    is_over, has_ended, is_asked = threading.Event(), threading.Event(), threading.Event()
    sent = 0

    def end(line: str) -> dict[str, int]:
        is_over.set()
        has_ended.wait()
        return {"sent": source.opening_values + sent}

    with accept_subscriber(source.filters) if port is None else join_broker(port) as connection:
        answer_each(end)
        if port is not None:
            threading.Thread(target=hear_requests, args=(connection, is_asked), daemon=True).start()
        connection.sendall(source.begin())
        began = time.monotonic()
        while not is_over.is_set():
            if is_asked.is_set():
                is_asked.clear()
                connection.sendall(source.begin())
            due = int((time.monotonic() - began) * rate) - sent
            if due > 0:
                content, values = source.batch(min(due, int(rate * LONGEST_CATCH_UP_S)))
                connection.sendall(content)
                sent += values
            time.sleep(BATCH_S)
        has_ended.set()
        while port is None and connection.recv(65536):  # the connection stays until the subscriber leaves
            pass


if __name__ == "__main__":
    try:
        main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), *map(int, sys.argv[4:]))
    except (BrokenPipeError, ConnectionResetError):
        sys.exit(0)
