"""Sparkplug B: payloads by the standard's field numbers, births, deaths, gaps in the sequence, commands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from test_mqtt_json import Peer, running

from xushi.connectors import Point
from xushi.connectors.sparkplug import DataType, Metric, SparkplugHost, decode_payload, encode_payload
from xushi.kernel import ManualClock
from xushi.signals import BAD_NO_COMMUNICATION, BAD_NO_DATA, Kind

T0 = 1_795_248_000_000_000_000
MS = 1_000_000
NODE = "spBv1.0/G/{}/N"
DEVICE = "spBv1.0/G/{}/N/D"


class Host:
    """A host with a clock by hand, that keeps what it asks for and refuses."""

    def __init__(self, *points: Point) -> None:
        self.asked: list[tuple[str, bytes]] = []
        self.refused: list[str] = []
        self.clock = ManualClock(T0)
        self.host = SparkplugHost(
            points, self.clock, self.refused.append, lambda topic, body: self.asked.append((topic, body))
        )

    def feed(self, topic: str, metrics: list[Metric], seq: int | None, time_ns: int = T0) -> Any:
        return self.hear(topic, encode_payload(metrics, time_ns, seq))

    def hear(self, topic: str, payload: bytes) -> Any:
        """Take one message that nothing comes behind; return its frame, if any."""
        frames = [*self.host.feed(topic, payload), *self.host.settle()]
        assert len(frames) <= 1
        return frames[0] if frames else None


def birth_number(number: int) -> Metric:
    return Metric("bdSeq", DataType.INT64, number)


EVERY_TYPE: list[tuple[DataType, Kind, Any, Any]] = [
    (DataType.INT8, Kind.INT, -5, -5),
    (DataType.INT16, Kind.INT, -300, -300),
    (DataType.INT32, Kind.INT, -70_000, -70_000),
    (DataType.INT64, Kind.INT, -(2**40), -(2**40)),
    (DataType.UINT8, Kind.INT, 200, 200),
    (DataType.UINT16, Kind.INT, 60_000, 60_000),
    (DataType.UINT32, Kind.INT, 4_000_000_000, 4_000_000_000),
    (DataType.UINT64, Kind.DOUBLE, 2**63, float(2**63)),
    (DataType.FLOAT, Kind.DOUBLE, 0.5, 0.5),
    (DataType.DOUBLE, Kind.DOUBLE, 1e300, 1e300),
    (DataType.DOUBLE, Kind.INT, 2.6, 3),
    (DataType.BOOLEAN, Kind.BOOL, True, True),
    (DataType.BOOLEAN, Kind.DOUBLE, True, 1.0),
    (DataType.STRING, Kind.STRING, "曲轴", "曲轴"),
    (DataType.DATETIME, Kind.TIME, T0, T0),
    (DataType.INT32_ARRAY, Kind.ARRAY, [1, -2], [1, -2]),
    (DataType.DOUBLE_ARRAY, Kind.ARRAY, [0.5, 2.0], [0.5, 2.0]),
    (DataType.BOOLEAN_ARRAY, Kind.ARRAY, [True, False, True], [1, 0, 1]),
    (DataType.STRING_ARRAY, Kind.ARRAY, ["a", "ß"], ["a", "ß"]),
    (DataType.DATETIME_ARRAY, Kind.ARRAY, [T0], [T0]),
    (DataType.INT32, Kind.STRING, 7, "7"),
    (DataType.INT8, Kind.DOUBLE, 0, 0.0),
    (DataType.DOUBLE, Kind.DOUBLE, 0.0, 0.0),
]


def test_the_bytes_are_those_of_the_standard() -> None:
    """A payload written out by hand from the field numbers (Sparkplug 3.0, 6.4.1)."""
    by_hand = (
        b"\x08\x90\x4e"  # timestamp 10000
        b"\x12\x13"  # metrics, 19 bytes
        b"\x0a\x01T"
        b"\x10\x05"
        b"\x18\x90\x4e"
        b"\x20\x0a"
        b"\x69" + bytes.fromhex("0000000000000440") + b"\x18\x07"  # seq 7
    )
    metric = Metric("T", DataType.DOUBLE, 2.5, 5)
    assert encode_payload([metric], 10_000 * MS, 7) == by_hand
    decoded = decode_payload(by_hand)
    assert (decoded.seq, decoded.timestamp_ns) == (7, 10_000 * MS)
    assert (decoded.metrics[0].name, decoded.metrics[0].value, decoded.metrics[0].alias) == ("T", 2.5, 5)


@pytest.mark.parametrize("by_alias", [True, False])
def test_values_of_every_type_reach_their_signals(registry, define, by_alias) -> None:
    handles = define(*[(f"m{i}", kind) for i, (_, kind, _, _) in enumerate(EVERY_TYPE)])
    points = [
        Point(handle, "", f"spBv1.0/G/N/D:m{i}", kind)
        for i, (handle, (_, kind, _, _)) in enumerate(zip(handles, EVERY_TYPE, strict=True))
    ]
    host = Host(*points)
    alias: Callable[[int], int | None] = (lambda i: i) if by_alias else (lambda i: None)
    host.feed(NODE.format("NBIRTH"), [birth_number(0)], 0)
    born = host.feed(
        DEVICE.format("DBIRTH"),
        [Metric(f"m{i}", dt, v, alias(i)) for i, (dt, _, v, _) in enumerate(EVERY_TYPE)],
        1,
    )
    later = T0 + 250 * MS
    data = [
        Metric("" if by_alias else f"m{i}", 0 if by_alias else dt, None, alias(i))
        for i, (dt, *_) in enumerate(EVERY_TYPE)
    ]
    for i, (datatype, _, value, _) in enumerate(EVERY_TYPE):
        data[i] = Metric(data[i].name, datatype, value, data[i].alias, later)
    read = host.feed(DEVICE.format("DDATA"), data, 2)
    assert not host.refused
    for frame, time_ns in ((born, T0), (read, later)):
        found = {signal: (at, value, quality) for signal, at, value, quality in frame.rows(registry)}
        assert [found[handle] for handle in handles] == [(time_ns, expected, 0) for *_, expected in EVERY_TYPE]


def test_null_and_quality_are_told(registry, define) -> None:
    a, b, c = define(("a", Kind.DOUBLE), ("b", Kind.DOUBLE), ("c", Kind.INT))
    host = Host(
        *[
            Point(h, "", f"spBv1.0/G/N/D:{n}", k)
            for h, n, k in ((a, "a", Kind.DOUBLE), (b, "b", Kind.DOUBLE), (c, "c", Kind.INT))
        ]
    )
    host.feed(DEVICE.format("DBIRTH"), [Metric("a", 10, 1.0, 1), Metric("b", 10, 1.0, 2), Metric("c", 4, 1, 3)], 0)
    frame = host.feed(
        DEVICE.format("DDATA"), [Metric("", 10, None, 1), Metric("", 10, 0.0, 2), Metric("", 4, None, 3)], 1
    )
    assert {signal: quality for signal, _, _, quality in frame.rows(registry)} == {
        a: BAD_NO_DATA,
        b: 0,
        c: BAD_NO_DATA,
    }


def test_one_metric_may_fill_two_signals(registry, define) -> None:
    a, b = define(("a", Kind.DOUBLE), ("b", Kind.INT))
    host = Host(Point(a, "", "spBv1.0/G/N/D:x", Kind.DOUBLE), Point(b, "", "spBv1.0/G/N/D:x", Kind.INT))
    host.feed(DEVICE.format("DBIRTH"), [Metric("x", 10, 1.0, 1), Metric("unasked", 10, 1.0, 2)], 0)
    frame = host.feed(DEVICE.format("DDATA"), [Metric("", 10, 9.0, 2), Metric("", 10, 4.0, 1)], 1)
    assert {(signal, value) for signal, _, value, _ in frame.rows(registry)} == {(a, 4.0), (b, 4)}


def test_data_before_birth_asks_for_a_rebirth_at_most_every_five_seconds(define) -> None:
    (a,) = define(("a", Kind.DOUBLE))
    host = Host(Point(a, "", "spBv1.0/G/N/D:a"))
    for _ in range(3):
        assert host.feed(DEVICE.format("DDATA"), [Metric("", 10, 1.0, 1)], None) is None
    assert [topic for topic, _ in host.asked] == ["spBv1.0/G/NCMD/N"]
    command = decode_payload(host.asked[0][1]).metrics[0]
    assert (command.name, command.value) == ("Node Control/Rebirth", True)
    host.clock.advance(6_000 * MS)
    host.feed(DEVICE.format("DDATA"), [Metric("", 10, 1.0, 1)], None)
    assert len(host.asked) == 2


def test_a_hole_in_the_sequence_asks_for_a_rebirth_and_255_is_followed_by_0(define) -> None:
    (a,) = define(("a", Kind.DOUBLE))
    host = Host(Point(a, "", "spBv1.0/G/N/D:a"))
    host.feed(NODE.format("NBIRTH"), [birth_number(3)], 0)
    host.feed(DEVICE.format("DBIRTH"), [Metric("a", 10, 1.0, 1)], 1)
    for seq in [*range(2, 256), 0, 1]:
        assert host.feed(DEVICE.format("DDATA"), [Metric("", 10, 1.0, 1)], seq) is not None
    assert not host.asked
    assert host.feed(DEVICE.format("DDATA"), [Metric("", 10, 2.0, 1)], 3) is not None
    assert len(host.asked) == 1
    assert len(host.refused) == 1


def test_a_new_birth_gives_aliases_a_new_meaning(registry, define) -> None:
    a, b = define(("a", Kind.DOUBLE), ("b", Kind.DOUBLE))
    host = Host(Point(a, "", "spBv1.0/G/N/D:a"), Point(b, "", "spBv1.0/G/N/D:b"))
    for order in ((1, 2), (2, 1)):
        host.feed(NODE.format("NBIRTH"), [birth_number(0)], 0)
        host.feed(DEVICE.format("DBIRTH"), [Metric("a", 10, 0.0, order[0]), Metric("b", 10, 0.0, order[1])], 1)
        frame = host.feed(DEVICE.format("DDATA"), [Metric("", 10, 7.0, 1)], 2)
        assert [(signal, value) for signal, _, value, _ in frame.rows(registry)] == [((a, b)[order[0] - 1], 7.0)]


def test_deaths_mark_the_gap_and_the_will_of_an_older_session_does_not(registry, define) -> None:
    a, up = define(("a", Kind.DOUBLE), ("up", Kind.INT))
    host = Host(Point(a, "", "spBv1.0/G/N/D:a"), Point(up, "", "spBv1.0/G/N:up", Kind.INT))
    host.feed(NODE.format("NBIRTH"), [birth_number(5), Metric("up", 4, 1, 9)], 0)
    host.feed(DEVICE.format("DBIRTH"), [Metric("a", 10, 1.0, 1)], 1)
    assert host.feed(NODE.format("NDEATH"), [birth_number(4)], None) is None
    host.clock.advance(1000 * MS)
    dead = host.feed(DEVICE.format("DDEATH"), [], 2)
    assert list(dead.rows(registry)) == [(a, T0 + 1000 * MS, None, BAD_NO_COMMUNICATION)]
    host.clock.advance(1000 * MS)
    gone = host.feed(NODE.format("NDEATH"), [birth_number(5)], None)
    assert list(gone.rows(registry)) == [(up, T0 + 2000 * MS, None, BAD_NO_COMMUNICATION)]
    host.clock.advance(1000 * MS)
    host.feed(NODE.format("NBIRTH"), [birth_number(6), Metric("up", 4, 1, 9)], 0)
    again = host.feed(DEVICE.format("DBIRTH"), [Metric("a", 10, 1.0, 1, T0)], 1)
    assert [(signal, at, value) for signal, at, value, _ in again.rows(registry)] == [(a, T0 + 3000 * MS, 1.0)]


def test_commands_use_the_alias_and_type_of_the_birth(define) -> None:
    (a,) = define(("a", Kind.DOUBLE))
    point = Point(a, "", "spBv1.0/G/N/D:Set/a", Kind.DOUBLE, True)
    host = Host(point)
    assert host.host.command(point, 1.0).is_unsent
    assert host.host.away(point) == "G/N/D is not online"
    host.feed(DEVICE.format("DBIRTH"), [Metric("Set/a", DataType.INT16, 1, 44)], 0)
    assert host.host.away(point) == ""
    topic, payload, told = host.host.command(point, 12.6)
    metric = decode_payload(payload).metrics[0]
    assert (topic, metric.name, metric.alias, metric.datatype, metric.value) == (
        "spBv1.0/G/DCMD/N/D",
        "",
        44,
        DataType.INT16,
        told,
    )
    assert told == 12
    assert not host.host.command(point, 2**20).is_good
    assert not host.host.command(Point(a, "", "spBv1.0/G/N/D:none", Kind.DOUBLE, True), 1).is_good


def test_rubbish_is_refused(define) -> None:
    (a,) = define(("a", Kind.DOUBLE))
    host = Host(Point(a, "", "spBv1.0/G/N/D:a"))
    assert host.hear(DEVICE.format("DDATA"), b"\xff\xff\xff") is None
    assert host.hear("spBv1.0/G/DDATA", b"") is None
    assert host.hear("spBv1.0/G/STATE/N", b"") is None
    assert len(host.refused) == 1


async def test_a_node_on_a_real_broker_is_asked_born_read_written_and_mourned(
    tmp_path, gathered, define, broker
) -> None:
    (a,) = define(("a", Kind.DOUBLE))
    peer = Peer(broker.port)
    peer.subscribe("spBv1.0/G/NCMD/N")
    peer.subscribe("spBv1.0/G/DCMD/N/D")
    point = Point(a, "a", "spBv1.0/G/N/D:a", Kind.DOUBLE, True)
    async with running(tmp_path, gathered, broker, point) as connector:
        asked = await asyncio.to_thread(peer.wait_for, 1)
        assert decode_payload(asked[0][1]).metrics[0].name == "Node Control/Rebirth"
        peer.publish("spBv1.0/G/NBIRTH/N", encode_payload([birth_number(1)], T0, 0))
        peer.publish("spBv1.0/G/DBIRTH/N/D", encode_payload([Metric("a", 10, 1.0, 1)], T0, 1))
        for n in range(50):
            peer.publish(
                "spBv1.0/G/DDATA/N/D",
                encode_payload([Metric("", 10, float(n), 1)], T0 + (n + 1) * MS, 2 + n),
                qos=0,
            )
        await gathered.until(lambda: len(gathered.values(a)) == 51)
        for number, (ask, value) in enumerate(
            [
                (lambda: connector.write(point, 5.5), 5.5),
                (lambda: connector.call("spBv1.0/G/N/D:a", [2]), 2.0),
            ]
        ):
            asking = asyncio.create_task(ask())
            commands = await asyncio.to_thread(peer.wait_for, 2 + number)
            assert decode_payload(commands[1 + number][1]).metrics[0].value == value
            assert not asking.done(), "a command is not done before the device says so"
            peer.publish("spBv1.0/G/DDATA/N/D", encode_payload([Metric("", 10, value, 1)], T0 + 99 * MS, 52 + number))
            assert (await asking).status == 0
        assert not (await connector.call("spBv1.0/G/N/D:a", [])).is_good
        peer.publish("spBv1.0/G/NDEATH/N", encode_payload([birth_number(1)], T0))
        await gathered.until(lambda: gathered.qualities(a)[-1] == BAD_NO_COMMUNICATION)
    peer.close()
    assert gathered.values(a) == [1.0, *(float(n) for n in range(50)), 5.5, 2.0]
    assert gathered.qualities(a).count(BAD_NO_COMMUNICATION) == 1
