"""MQTT JSON against real brokers, with paho as the independent other side."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from xushi.connectors import Link, Point
from xushi.connectors._mqtt import MqttConnector
from xushi.connectors._mqtt_session import MqttSession, open_session
from xushi.kernel import SystemClock
from xushi.signals import BAD_NO_COMMUNICATION, BAD_NO_DATA, Kind
from xushi.testing import Broker, start_mosquitto, start_nats


class Peer:
    """A paho client on a thread of its own."""

    def __init__(self, port: int, username: str | None = None, password: str | None = None) -> None:
        self.received: list[tuple[str, bytes]] = []
        self._arrived = threading.Condition()
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        if username:
            self._client.username_pw_set(username, password)
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def _on_message(self, client: Any, data: Any, message: Any) -> None:
        with self._arrived:
            self.received.append((message.topic, message.payload))
            self._arrived.notify_all()

    def subscribe(self, topic: str) -> None:
        done = threading.Event()
        self._client.on_subscribe = lambda *_: done.set()
        self._client.subscribe(topic, 1)
        assert done.wait(10)

    def publish(self, topic: str, payload: Any, qos: int = 1, retain: bool = False) -> None:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self._client.publish(topic, body, qos, retain).wait_for_publish(10)

    def wait_for(self, count: int) -> list[tuple[str, bytes]]:
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.received) >= count, 10)
            return list(self.received)

    def has_received(self, timeout_s: float) -> bool:
        with self._arrived:
            return self._arrived.wait_for(lambda: bool(self.received), timeout_s)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def wait_until_retained(port: int, topic: str) -> None:
    """A broker may acknowledge a retained message before a newcomer can see it."""
    for _ in range(100):
        probe = Peer(port)
        probe.subscribe(topic)
        is_seen = probe.has_received(0.2)
        probe.close()
        if is_seen:
            return
    raise AssertionError(f"{topic} was never retained")


@pytest.fixture
def peer(broker: Broker) -> Iterator[Peer]:
    peer = Peer(broker.port)
    yield peer
    peer.close()


@asynccontextmanager
async def running(
    tmp_path: Path, gathered: Any, broker: Broker, *points: Point, **security: Any
) -> AsyncIterator[MqttConnector]:
    connector = MqttConnector(tmp_path, SystemClock())
    link = Link("test", "mqtt", broker.url, security, points)
    task = asyncio.create_task(connector.run(link, gathered.sink, gathered.listen))
    try:
        await gathered.until_state("live")
        yield connector
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_nested_fields_of_a_topic_become_values_at_the_stated_time(
    tmp_path, gathered, define, broker, peer
) -> None:
    x, driving, order = define(("x", Kind.DOUBLE), ("driving", Kind.BOOL), ("order", Kind.STRING))
    points = (
        Point(x, "x", "agv/state#/agvPosition/x"),
        Point(driving, "d", "agv/state#/driving", Kind.BOOL),
        Point(order, "o", "agv/state#/orderId", Kind.STRING),
    )
    async with running(tmp_path, gathered, broker, *points):
        peer.publish(
            "agv/state",
            {
                "timestamp": "2026-11-21T08:00:00.250Z",
                "agvPosition": {"x": 3.5, "y": 1},
                "driving": True,
                "orderId": "A1",
            },
        )
        await gathered.until(lambda: len(gathered.rows) >= 3)
    rows = {signal: (time_ns, value) for signal, time_ns, value, quality in gathered.rows[:3]}
    assert rows[x] == (1_795_248_000_250_000_000, 3.5)
    assert rows[driving][1] is True
    assert rows[order][1] == "A1"


async def test_a_lost_broker_leaves_a_gap_and_its_return_neither_loses_nor_doubles(
    tmp_path, gathered, define, broker, peer
) -> None:
    (count,) = define(("count", Kind.INT))
    async with running(tmp_path, gathered, broker, Point(count, "c", "line/count#/n", Kind.INT)):
        for n in range(5):
            peer.publish("line/count", {"n": n})
        await gathered.until(lambda: len(gathered.values(count)) == 5)
        broker.kill()
        await gathered.until_state("lost")
        assert gathered.qualities(count)[-1] == BAD_NO_COMMUNICATION
        assert gathered.board.value(count).quality == BAD_NO_COMMUNICATION
        broker.start()
        await gathered.until_state("live")
        again = Peer(broker.port)
        for n in range(5, 8):
            again.publish("line/count", {"n": n})
        await gathered.until(lambda: len(gathered.values(count)) >= 8)
        again.close()
    assert gathered.values(count) == list(range(8))
    assert gathered.qualities(count).count(BAD_NO_COMMUNICATION) == 2  # the loss, and the end of the run


async def test_a_retained_value_is_marked_as_the_last_usable_one(tmp_path, gathered, define, broker, peer) -> None:
    (level,) = define(("level", Kind.DOUBLE))
    peer.publish("tank/level", {"v": 7.0, "timestamp": 1_700_000_000}, retain=True)
    await asyncio.to_thread(wait_until_retained, broker.port, "tank/level")
    async with running(tmp_path, gathered, broker, Point(level, "l", "tank/level#/v")):
        await gathered.until(lambda: gathered.rows)
        assert gathered.rows[0] == (level, 1_700_000_000_000_000_000, 7.0, 0x4090_0000)
        peer.publish("tank/level", {"v": 8.0})
        await gathered.until(lambda: gathered.values(level) == [7.0, 8.0])
        assert gathered.board.value(level).quality == 0


async def test_bad_payloads_are_counted_and_change_nothing(tmp_path, gathered, define, broker, peer) -> None:
    (v,) = define(("v", Kind.DOUBLE))
    async with running(tmp_path, gathered, broker, Point(v, "v", "s#/v")):
        for payload in (b"", b"{", b"\xff\xfe", b'{"v": "warm"}', b"[1, 2]", b'{"v": [1]}', b"17"):
            peer.publish("s", payload)
        peer.publish("s", {"v": 1.5})
        peer.publish("s", {"v": None})
        await gathered.until(lambda: len(gathered.rows) >= 2)
        await gathered.until(lambda: gathered.statuses[-1].refused == 8)
        assert gathered.statuses[-1].error
    assert gathered.values(v) == [1.5]
    assert gathered.qualities(v)[:2] == [0, BAD_NO_DATA]


async def test_wildcards_lists_and_columns_are_read(tmp_path, gathered, define, broker, peer) -> None:
    (v,) = define(("v", Kind.DOUBLE))
    async with running(tmp_path, gathered, broker, Point(v, "v", "cell/+/data#/v")):
        peer.publish("cell/1/data", {"v": 1, "timestamp": 1_700_000_001})
        peer.publish("cell/2/data", [{"v": 2, "timestamp": 1_700_000_002}, {"v": 3, "timestamp": 1_700_000_003}])
        peer.publish("cell/1/data", {"timestamp": [1_700_000_004_000, 1_700_000_005_000], "v": [4.0, 5.0]})
        await gathered.until(lambda: len(gathered.values(v)) == 5)
    found = sorted(
        (time_ns // 10**9 - 1_700_000_000, value) for _, time_ns, value, quality in gathered.rows if quality == 0
    )
    assert found == [(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0), (5, 5.0)]


async def test_a_write_is_published_where_the_point_says_and_done_when_its_own_topic_reports_it(
    tmp_path, gathered, define, broker, peer
) -> None:
    speed, fixed = define(("speed", Kind.DOUBLE), ("fixed", Kind.DOUBLE))
    point = Point(
        speed,
        "s",
        "drive#/speed",
        Kind.DOUBLE,
        True,
        {"write_topic": "drive/set", "write_pointer": "/set/speed"},
    )
    peer.subscribe("drive/+")
    async with running(tmp_path, gathered, broker, point, Point(fixed, "f", "drive#/x")) as connector:
        writing = asyncio.create_task(connector.write(point, 0.75))
        await asyncio.to_thread(peer.wait_for, 1)
        peer.publish("drive", {"speed": 0.5})
        await gathered.until(lambda: gathered.values(speed) == [0.5])
        assert not writing.done(), "another value confirms nothing"
        peer.publish("drive", {"speed": 0.7500000001})
        result = await writing
        assert (result.status, bool(result.text)) == (0, True)
        assert not (await connector.write(Point(fixed, "f", "drive#/x"), 1.0)).is_good
        called = await connector.call("drive/reset", [{"now": True}])
        assert (called.is_good, called.is_unsettled) == (True, True)
        received = await asyncio.to_thread(peer.wait_for, 2)
    assert received == [("drive/set", b'{"set":{"speed":0.75}}'), ("drive/reset", b'{"now":true}')]


@pytest.mark.parametrize("start", [start_nats, start_mosquitto])
async def test_a_wrong_password_is_refused_and_the_right_one_let_in(tmp_path, gathered, define, start) -> None:
    (v,) = define(("v", Kind.DOUBLE))
    with start(tmp_path / "broker", "line", "secret-1") as broker:
        connector = MqttConnector(tmp_path, SystemClock())
        link = Link("test", "mqtt", broker.url, {"username": "line", "password": "wrong"}, (Point(v, "v", "s#/v"),))
        task = asyncio.create_task(connector.run(link, gathered.sink, gathered.listen))
        await gathered.until(lambda: any(status.state in ("refused", "lost") for status in gathered.statuses))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with running(tmp_path, gathered, broker, Point(v, "v", "s#/v"), username="line", password="secret-1"):
            pass


async def test_words_of_an_enumeration_become_their_numbers(tmp_path, gathered, define, broker, peer) -> None:
    (state,) = define(("state", Kind.ENUM))
    point = Point(state, "s", "m#/state", Kind.ENUM, False, {"labels": {"Idle": 0, "Running": 3}})
    async with running(tmp_path, gathered, broker, point):
        for payload in ({"state": "Running"}, {"state": 0}, {"state": "Unheard of"}):
            peer.publish("m", payload)
        await gathered.until(lambda: gathered.statuses[-1].refused == 1)
        assert gathered.values(state) == [3, 0]


async def test_a_retained_value_returns_after_the_gap(tmp_path, gathered, define, broker, peer) -> None:
    (level,) = define(("level", Kind.DOUBLE))
    async with running(tmp_path, gathered, broker, Point(level, "l", "tank/level#/v")):
        peer.publish("tank/level", {"v": 7.0, "timestamp": 1_700_000_000})
        await gathered.until(lambda: gathered.values(level) == [7.0])
        broker.kill()
        await gathered.until_state("lost")
        assert gathered.board.value(level).quality == BAD_NO_COMMUNICATION
        broker.start()
        again = Peer(broker.port)
        again.publish("tank/level", {"v": 7.0, "timestamp": 1_700_000_000}, retain=True)
        again.close()
        await gathered.until(lambda: gathered.board.value(level).quality != BAD_NO_COMMUNICATION)
        assert gathered.board.value(level).value == 7.0


async def test_a_message_that_is_too_large_is_skipped_and_the_next_one_read(
    tmp_path, gathered, define, broker, peer
) -> None:
    (v,) = define(("v", Kind.DOUBLE))
    connector = MqttConnector(tmp_path, SystemClock(), max_packet_bytes=1000)
    link = Link("test", "mqtt", broker.url, {}, (Point(v, "v", "s#/v", options={"qos": 1}),))
    task = asyncio.create_task(connector.run(link, gathered.sink, gathered.listen))
    await gathered.until_state("live")
    peer.publish("s", b'{"v": 1, "x": "' + b"x" * 300_000 + b'"}')
    peer.publish("s", {"v": 2})
    await gathered.until(lambda: gathered.values(v) == [2.0])
    await gathered.until(lambda: gathered.statuses[-1].refused == 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_every_quality_of_service_delivers_once_and_in_order(
    tmp_path, gathered, define, broker, peer, qos
) -> None:
    (n,) = define(("n", Kind.INT))
    point = Point(n, "n", "many#/n", Kind.INT, False, {"qos": qos})
    async with running(tmp_path, gathered, broker, point):
        for number in range(300):
            peer.publish("many", {"n": number}, qos=qos)
        await gathered.until(lambda: len(gathered.values(n)) >= 300)
    assert gathered.values(n) == list(range(300))


async def test_a_silent_broker_is_given_up() -> None:
    async def greet_and_fall_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"\x20\x02\x00\x00")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(greet_and_fall_silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    def make() -> MqttSession:
        return MqttSession(lambda *message: None, lambda: None, lambda size: None, keep_alive_s=1)

    session = await open_session(f"mqtt://127.0.0.1:{port}", {}, make)
    await session.sign_in("test", None, None)
    assert "nothing heard" in await asyncio.wait_for(session.lost, 15)
    server.close()


def self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), start, start.replace(2050)
    )
    place = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        builder.add_extension(place, False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "broker.crt", folder / "broker.key"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


async def test_tls_is_spoken_with_a_trusted_broker_and_refused_with_any_other(tmp_path, gathered, define) -> None:
    (v,) = define(("v", Kind.DOUBLE))
    certificate, key = self_signed(tmp_path)
    with start_mosquitto(tmp_path / "broker", certificate=(certificate, key)) as broker:
        broker.url = broker.url.replace("mqtt:", "mqtts:")
        connector = MqttConnector(tmp_path, SystemClock())
        link = Link("test", "mqtt", broker.url, {}, (Point(v, "v", "s#/v"),))
        task = asyncio.create_task(connector.run(link, gathered.sink, gathered.listen))
        await gathered.until_state("lost")
        assert "certificate" in gathered.statuses[-1].error.lower()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        point = Point(v, "v", "s#/v", Kind.DOUBLE, True)
        async with running(tmp_path, gathered, broker, point, ca_file=str(certificate)) as trusted:
            assert (await trusted.write(point, 2.5)).is_unsettled  # our own message comes back, and proves nothing
            await gathered.until(lambda: gathered.values(v) == [2.5])


async def test_hundreds_of_topics_are_subscribed_to(tmp_path, gathered, define, broker, peer) -> None:
    handles = define(*[(f"v{i}", Kind.DOUBLE) for i in range(250)])
    points = [Point(handle, "", f"many/{i}#/v") for i, handle in enumerate(handles)]
    async with running(tmp_path, gathered, broker, *points):
        for i in (0, 99, 100, 249):
            peer.publish(f"many/{i}", {"v": i})
        await gathered.until(lambda: len(gathered.rows) >= 4)
    values = sorted(value for _, _, value, quality in gathered.rows if quality == 0)
    assert values == [0.0, 99.0, 100.0, 249.0]
