"""Measures values from the wire to board and history, against the naive way to receive the same bytes."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import paho.mqtt.client as paho
from asyncua import ua
from asyncua.common.subscription import Subscription, SubscriptionItemData
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary

from xushi.connectors import Link, Point, make_connector
from xushi.connectors._mqtt_codec import encode_publish
from xushi.connectors._opcua_changes import Items, read_changes
from xushi.connectors._opcua_publish import read_publish
from xushi.connectors.sparkplug import Metric, encode_payload
from xushi.connectors.sparkplug._payload import parse
from xushi.kernel import SystemClock
from xushi.signals import Board, Frame, History, Ingest, Kind, SignalDef, SignalRegistry

SIGNALS = 1000
SPARKPLUG_FILTERS = 6  # birth, data and death of a node and of its devices
START_NS = 1_795_248_000_000_000_000
MS = 1_000_000


class Cost:
    """Wall and processor time of a piece of work."""

    def __init__(self) -> None:
        self.wall_s = self.cpu_s = 0.0

    @contextmanager
    def measure(self) -> Iterator[None]:
        """Add what happens inside, all threads of this process included."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall_s += time.perf_counter() - wall
        self.cpu_s += time.process_time() - cpu


@contextmanager
def ingest(folder: Path, kinds: Sequence[Kind] = (Kind.DOUBLE,) * SIGNALS) -> Iterator[tuple[Ingest, list[int]]]:
    """Open a board and a history with fresh signals, and close them again."""
    registry = SignalRegistry(folder / "signals.db")
    handles = registry.define([SignalDef(key=f"urn:bench#s{i}", kind=kind) for i, kind in enumerate(kinds)]).tolist()
    history = History(folder / "history", registry, SystemClock())
    try:
        yield Ingest(Board(registry), history), handles
    finally:
        history.close()
        registry.close()


def _figures(name: str, values: int, ours: Cost, naive_values: int, naive: Cost, way: str) -> Iterator[dict[str, Any]]:
    rate, naive_rate = values / ours.wall_s, naive_values / naive.wall_s
    cpu, naive_cpu = ours.cpu_s / values * 1e6, naive.cpu_s / naive_values * 1e6
    yield {
        "name": f"{name}, wire to board and history",
        "value": round(rate),
        "unit": "values/s",
        "baseline": f"{way}: {round(naive_rate)}",
        "ratio": round(rate / naive_rate, 1),
    }
    yield {
        "name": f"{name}, processor time per million values",
        "value": round(cpu, 3),
        "unit": "s",
        "baseline": f"{way}: {round(naive_cpu, 2)}",
        "ratio": round(naive_cpu / cpu, 1),
    }


# MQTT JSON


def _json_packets(count: int) -> bytes:
    start = START_NS // MS
    return b"".join(
        encode_publish(f"bench/{i % SIGNALS}", b'{"timestamp":%d,"value":%.3f}' % (start + i // SIGNALS, i % 997 / 7))
        for i in range(count)
    )


@contextmanager
def _flood(folder: Path, packets: bytes, filters: int = 1) -> Iterator[int]:
    path = folder / "packets"
    path.write_bytes(packets)
    process = subprocess.Popen(
        [sys.executable, "-m", "bench._mqtt_flood", str(path), str(filters)], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


async def _receive_ours(folder: Path, port: int, addresses: list[str], count: int, cost: Cost) -> None:
    with ingest(folder) as (way_in, handles):
        points = tuple(Point(handle, "", address) for handle, address in zip(handles, addresses, strict=False))
        link = Link("bench", "mqtt", f"mqtt://127.0.0.1:{port}", {}, points)
        done = asyncio.Event()

        def sink(frame: Frame) -> None:
            way_in.push(frame)
            if way_in.values >= count:
                done.set()

        with cost.measure():
            task = asyncio.create_task(
                make_connector("mqtt", folder, SystemClock()).run(link, sink, lambda status: None)
            )
            await asyncio.wait_for(done.wait(), 300)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _receive(on_message: Callable[[Any, Any, Any], None], port: int, is_done: Callable[[], bool], cost: Cost) -> None:
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.on_message = on_message
    with cost.measure():
        client.connect("127.0.0.1", port)
        client.subscribe("#")
        while not is_done():
            client.loop(1.0)
    client.disconnect()


def _receive_json_naively(port: int, count: int, cost: Cost) -> None:
    board: dict[str, tuple[float, float]] = {}
    seen = 0

    def on_message(client: Any, data: Any, message: Any) -> None:
        nonlocal seen
        document = json.loads(message.payload)
        board[message.topic] = (document["timestamp"], document["value"])
        seen += 1

    _receive(on_message, port, lambda: seen >= count, cost)


def _mqtt_json() -> Iterator[dict[str, Any]]:
    count, naive_count = 300_000, 30_000
    ours, naive = Cost(), Cost()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _flood(folder, _json_packets(count), SIGNALS) as port:
            asyncio.run(_receive_ours(folder, port, [f"bench/{i}#/value" for i in range(SIGNALS)], count, ours))
        with _flood(folder, _json_packets(naive_count)) as port:
            _receive_json_naively(port, naive_count, naive)
    yield from _figures(
        "MQTT JSON, one value a message", count, ours, naive_count, naive, "paho, json, dict, no history"
    )


# Sparkplug B


def _sparkplug_packets(names: list[str], messages: int) -> bytes:
    rng = np.random.default_rng(1)
    birth = [Metric(name, 10, 0.0, i) for i, name in enumerate(names, 1)]
    packets = [
        encode_publish("spBv1.0/G/NBIRTH/N", encode_payload([Metric("bdSeq", 4, 1)], START_NS, 0)),
        encode_publish("spBv1.0/G/DBIRTH/N/D", encode_payload(birth, START_NS, 1)),
    ]
    for n in range(messages):
        at = START_NS + (n + 1) * 10 * MS
        metrics = [Metric("", 10, float(v), i, at) for i, v in enumerate(rng.normal(size=len(names)), 1)]
        packets.append(encode_publish("spBv1.0/G/DDATA/N/D", encode_payload(metrics, at, (n + 2) % 256)))
    return b"".join(packets)


def _receive_sparkplug_naively(port: int, names: list[str], count: int, cost: Cost) -> None:
    board: dict[str, tuple[int, Any, int]] = {}
    by_alias = dict(enumerate(names, 1))
    seen = 0

    def on_message(client: Any, data: Any, message: Any) -> None:
        nonlocal seen
        if "DDATA" not in message.topic:
            return
        for metric in parse(message.payload).metrics:
            value = getattr(metric, metric.WhichOneof("value"))
            board[by_alias[metric.alias]] = (metric.timestamp, value, metric.datatype)
            seen += 1

    _receive(on_message, port, lambda: seen >= count, cost)


def _sparkplug() -> Iterator[dict[str, Any]]:
    names = [f"m{i}" for i in range(100)]
    messages, naive_messages = 10_000, 3_000
    ours, naive = Cost(), Cost()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        packets = _sparkplug_packets(names, messages)
        with _flood(folder, packets, SPARKPLUG_FILTERS) as port:
            addresses = [f"spBv1.0/G/N/D:{name}" for name in names]
            asyncio.run(_receive_ours(folder, port, addresses, len(names) * (messages + 1), ours))
        with _flood(folder, packets) as port:
            _receive_sparkplug_naively(port, names, len(names) * naive_messages, naive)
    way = "paho, protobuf, dict, no history"
    yield from _figures(
        "Sparkplug B, 100 metrics a message",
        len(names) * messages,
        ours,
        len(names) * naive_messages,
        naive,
        way,
    )


# OPC UA


def _publish_response(values: list[Any], types: list[Any], time_ns: int) -> bytes:
    moment = datetime.fromtimestamp(time_ns / 1e9, UTC)
    items = [
        ua.MonitoredItemNotification(
            ClientHandle=handle,
            Value=ua.DataValue(
                ua.Variant(value, type), ua.StatusCode(0), SourceTimestamp=moment, ServerTimestamp=moment
            ),
        )
        for handle, (value, type) in enumerate(zip(values, types, strict=True))
    ]
    response = ua.PublishResponse()
    response.Parameters.SubscriptionId = 1
    response.Parameters.NotificationMessage.SequenceNumber = 1
    response.Parameters.NotificationMessage.PublishTime = moment
    response.Parameters.NotificationMessage.NotificationData = [ua.DataChangeNotification(MonitoredItems=items)]
    encoded: bytes = struct_to_binary(response)
    return encoded


class _Handler:
    def __init__(self) -> None:
        self.board: dict[Any, Any] = {}

    def datachange_notification(self, node: Any, value: Any, data: Any) -> None:
        self.board[node] = (value, data.monitored_item.Value.SourceTimestamp)


async def _read_by_asyncua(bodies: list[bytes], cost: Cost) -> None:
    logging.getLogger("asyncua").setLevel(logging.ERROR)
    subscription = Subscription(None, ua.CreateSubscriptionParameters(), _Handler())  # type: ignore[arg-type]
    subscription._observe = lambda hook: None  # type: ignore[method-assign]  # no server to observe here
    for handle in range(SIGNALS):
        item = SubscriptionItemData()
        item.node, item.server_handle = f"node {handle}", handle  # type: ignore[assignment]
        subscription._monitored_items[handle] = item
    with cost.measure():
        for body in bodies:
            response = struct_from_binary(ua.PublishResponse, Buffer(body))
            await subscription.publish_callback(response.Parameters)
            await asyncio.sleep(0)


def _opcua(
    name: str, make: Callable[[int], tuple[list[Any], list[Any]]], kinds: list[Kind]
) -> Iterator[dict[str, Any]]:
    distinct, rounds = 3, 100
    bodies = [_publish_response(*make(n), START_NS + n * 100 * MS) for n in range(distinct)]
    ours, naive = Cost(), Cost()
    with tempfile.TemporaryDirectory() as folder, ingest(Path(folder), kinds) as (way_in, handles):
        items = Items(np.array(handles, np.int32), np.array(kinds, np.int8))
        with ours.measure():
            for n in range(rounds):
                body = bodies[n % distinct]
                head = read_publish(body)
                for _, start, stop in head.notifications:
                    frame, _ = read_changes(body, start, stop, items, START_NS)
                    frame.times_ns = frame.times_ns + n * 1000 * MS
                    way_in.push(frame)
    asyncio.run(_read_by_asyncua(bodies, naive))
    yield from _figures(name, rounds * SIGNALS, ours, distinct * SIGNALS, naive, "asyncua handler, dict, no history")


def _doubles(n: int) -> tuple[list[Any], list[Any]]:
    return [n + i / 7 for i in range(SIGNALS)], [ua.VariantType.Double] * SIGNALS


def _mixed(n: int) -> tuple[list[Any], list[Any]]:
    samples = [
        (lambda i: n + i / 7, ua.VariantType.Double),
        (lambda i: i + n, ua.VariantType.Int32),
        (lambda i: bool(i & 1), ua.VariantType.Boolean),
        (lambda i: float(i), ua.VariantType.Float),
    ]
    chosen = [samples[i % len(samples)] for i in range(SIGNALS)]
    return [make(i) for i, (make, _) in enumerate(chosen)], [type for _, type in chosen]


def _arrays(n: int) -> tuple[list[Any], list[Any]]:
    """Every fourth signal is an array of 32 doubles, as a torque trace comes in pieces."""
    values = [[n + i / 7 + k for k in range(32)] if i % 4 == 0 else n + i / 7 for i in range(SIGNALS)]
    return values, [ua.VariantType.Double] * SIGNALS


def run() -> Iterator[dict[str, Any]]:
    """Yield rate and processor time of each protocol, against the naive way in the same run."""
    yield from _mqtt_json()
    yield from _sparkplug()
    yield from _opcua("OPC UA, doubles", _doubles, [Kind.DOUBLE] * SIGNALS)
    yield from _opcua("OPC UA, mixed types", _mixed, [Kind.DOUBLE] * SIGNALS)
    kinds = [Kind.ARRAY if i % 4 == 0 else Kind.DOUBLE for i in range(SIGNALS)]
    yield from _opcua("OPC UA, a quarter arrays of 32", _arrays, kinds)
