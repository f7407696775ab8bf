"""The MQTT codec: whole packets out of any cutting of the bytes, and its own error for rubbish."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xushi.connectors import _mqtt_codec as codec


class Read:
    """Keeps what a reader hands on."""

    def __init__(self, max_packet_bytes: int = codec.MAX_PACKET_BYTES) -> None:
        self.published: list[tuple[Any, ...]] = []
        self.admitted: list[tuple[int, int]] = []
        self.packets: list[tuple[int, bytes]] = []
        self.oversize: list[tuple[int, int, int]] = []
        self.reader = codec.PacketReader(
            lambda *message: self.published.append(message),
            lambda *numbered: self.admitted.append(numbered) is None,
            lambda *packet: self.packets.append(packet),
            lambda *oversize: self.oversize.append(oversize),
            max_packet_bytes,
        )


messages = st.lists(
    st.tuples(st.text("abc/日", min_size=1, max_size=20), st.binary(max_size=400), st.integers(0, 2), st.booleans()),
    max_size=8,
)


@settings(max_examples=200, deadline=None)
@given(messages, st.lists(st.integers(1, 300), min_size=1, max_size=50))
def test_messages_survive_any_cutting_of_the_bytes(wanted: list[Any], cuts: list[int]) -> None:
    stream = b"".join(
        codec.encode_publish(topic, payload, qos, is_retained, 7) for topic, payload, qos, is_retained in wanted
    )
    read, at, i = Read(), 0, 0
    while at < len(stream):
        step = cuts[i % len(cuts)]
        read.reader.feed(stream[at : at + step])
        at, i = at + step, i + 1
    assert read.published == [(topic.encode(), payload, kept) for topic, payload, _, kept in wanted]
    assert read.admitted == [(qos, 7) for _, _, qos, _ in wanted if qos]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.binary(max_size=80), max_size=6))
def test_rubbish_raises_nothing_but_a_protocol_error(chunks: list[bytes]) -> None:
    read = Read(max_packet_bytes=64)
    with contextlib.suppress(codec.MqttProtocolError):
        for chunk in chunks:
            read.reader.feed(chunk)


@settings(max_examples=500, deadline=None)
@given(messages, st.integers(0, 10_000), st.integers(0, 255))
def test_one_changed_byte_raises_nothing_but_a_protocol_error(wanted: list[Any], place: int, byte: int) -> None:
    stream = bytearray(b"".join(codec.encode_publish(t, p, q, r, 7) for t, p, q, r in wanted) or b"\x00")
    stream[place % len(stream)] = byte
    with contextlib.suppress(codec.MqttProtocolError):
        Read().reader.feed(bytes(stream))


@pytest.mark.parametrize("step", [1, 7, 1000, 100_000])
@pytest.mark.parametrize("qos", [0, 1])
def test_a_message_that_is_too_large_is_skipped_without_being_kept(step: int, qos: int) -> None:
    read = Read(max_packet_bytes=1000)
    stream = codec.encode_publish("big", b"x" * 50_000, qos, False, 9) + codec.encode_publish("small", b"1")
    for at in range(0, len(stream), step):
        read.reader.feed(stream[at : at + step])
        assert len(read.reader._rest) <= 1100
    assert [(kind, packet_id) for _, kind, packet_id in read.oversize] == [(qos, 9 if qos else 0)]
    assert [topic for topic, *_ in read.published] == [b"small"]


def test_packets_have_the_bytes_of_the_standard() -> None:
    connect = codec.encode_connect("id", 30, "me", "pw")
    assert connect == b"\x10\x16\x00\x04MQTT\x04\xc2\x00\x1e\x00\x02id\x00\x02me\x00\x02pw"
    assert codec.encode_subscribe(10, [("a/b", 1), ("c/d", 0)]) == b"\x82\x0e\x00\x0a\x00\x03a/b\x01\x00\x03c/d\x00"
    assert codec.encode_publish("a/b", b"hi", 1, True, 10) == b"\x33\x09\x00\x03a/b\x00\x0ahi"
    assert codec.encode_answer(codec.PUBREL, 258) == b"\x62\x02\x01\x02"
    assert codec.encode_publish("t", b"x" * 200)[:3] == b"\x30\xcb\x01"
    for topic in ("", "a/#", "+", "a\x00"):
        with pytest.raises(ValueError, match="topic"):
            codec.encode_publish(topic, b"")


@pytest.mark.parametrize(
    ("wanted", "topic", "fits"),
    [
        ("a/b", "a/b", True),
        ("a/+", "a/b", True),
        ("a/+", "a/b/c", False),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("#", "a/b", True),
        ("#", "$SYS/x", False),
        ("+/x", "$SYS/x", False),
        ("$SYS/#", "$SYS/x", True),
        ("+", "/a", False),
        ("+/+", "/a", True),
        ("a/b", "a", False),
    ],
)
def test_topic_filters_match_as_the_standard_says(wanted: str, topic: str, fits: bool) -> None:
    assert codec.matches(wanted, topic) is fits
