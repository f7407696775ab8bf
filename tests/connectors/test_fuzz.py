"""Whatever a device or broker sends, the decoders answer with values or a plain refusal."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from random import Random
from typing import Any

import numpy as np
import pytest
from asyncua import ua
from asyncua.ua.ua_binary import struct_to_binary
from hypothesis import given, settings
from hypothesis import strategies as st
from processor import promptly

from xushi.connectors import Point
from xushi.connectors._columns import Columns
from xushi.connectors._json_payload import JsonTopic, TextTopic
from xushi.connectors._opcua_changes import Items, read_changes
from xushi.connectors._opcua_publish import PublishError, read_publish
from xushi.connectors.sparkplug import DataType, Metric, SparkplugHost, decode_payload, encode_payload
from xushi.kernel import ManualClock
from xushi.signals import Kind

NOW = 1_795_248_000_000_000_000
FUZZ = settings(max_examples=500, deadline=None)
KINDS = list(Kind)


def json_points() -> list[Point]:
    named = [Point(i, "", "t", kind, False, {"pointer": f"/v{kind}"}) for i, kind in enumerate(KINDS)]
    return [*named, Point(7, "", "t", Kind.DOUBLE, False, {"pointer": "/deep/er/x"})]


documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["2026-11-21T08:00:00Z", "9999-01-01T00:00:00Z", "0001-01-01T00:00:00Z", 2**63, 1e300]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["timestamp", "deep", "er", "x", *(f"v{kind}" for kind in KINDS)]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


def check(columns: Columns) -> None:
    frame = columns.take(NOW)
    assert len(frame.bits) == len(frame.signals) == len(frame.qualities)


@FUZZ
@given(documents, st.booleans())
@promptly
def test_any_json_document_gives_values_or_a_refusal(document: Any, as_list: bool) -> None:
    columns, refused = Columns(), []
    payload = json.dumps([document, document] if as_list else document).encode()
    JsonTopic(json_points(), refused.append).feed(payload, columns, NOW)
    JsonTopic([Point(0, "", "t", Kind.ARRAY, False, {"pointer": ""})], refused.append).feed(payload, columns, NOW)
    check(columns)


@FUZZ
@given(st.binary(max_size=60), st.sampled_from(KINDS))
@promptly
def test_any_bytes_as_json_or_text_give_values_or_a_refusal(payload: bytes, kind: Kind) -> None:
    columns, refused = Columns(), []
    JsonTopic(json_points(), refused.append).feed(payload, columns, NOW)
    TextTopic([Point(0, "", "t", kind)], refused.append).feed(payload, columns, NOW)
    check(columns)


@promptly
def test_deeply_nested_json_is_refused() -> None:
    refused: list[str] = []
    JsonTopic(json_points(), refused.append).feed(b'{"deep":' * 100_000, Columns(), NOW)
    JsonTopic(json_points(), refused.append).feed(b"[" * 100_000 + b"]" * 100_000, Columns(), NOW)
    TextTopic([Point(0, "", "t", Kind.ARRAY)], refused.append).feed(b"[" * 100_000, Columns(), NOW)
    assert len(refused) == 3


def test_a_text_that_is_no_unicode_is_refused() -> None:
    """msgspec tells broken UTF-8 by an error of another kind; it once ended the whole connection."""
    refused: list[str] = []
    for payload in (b'"\xed\xa0\x80"', b'{"v5":"\xed\xa0\x80"}', b'[{"v5":"\xff"}]'):
        JsonTopic(json_points(), refused.append).feed(payload, Columns(), NOW)
    assert len(refused) == 3


def sparkplug_host() -> tuple[SparkplugHost, list[str]]:
    refused: list[str] = []
    points = [Point(i, "", f"spBv1.0/G/N/D:m{i}", kind) for i, kind in enumerate(KINDS)]
    host = SparkplugHost(points, ManualClock(NOW), refused.append, lambda topic, body: None)
    types = [
        DataType.DOUBLE,
        DataType.INT64,
        DataType.BOOLEAN,
        DataType.INT32,
        DataType.DATETIME,
        DataType.STRING,
    ]
    birth = [Metric(f"m{i}", type, None, i) for i, type in enumerate([*types, DataType.DOUBLE_ARRAY])]
    host.feed("spBv1.0/G/DBIRTH/N/D", encode_payload(birth, NOW, 0))
    return host, refused


GOOD_DATA = encode_payload(
    [
        Metric("", DataType.DOUBLE, 1.5, 0),
        Metric("", DataType.INT64, -1, 1),
        Metric("", DataType.BOOLEAN, True, 2),
        Metric("", DataType.INT32, -5, 3),
        Metric("", DataType.DATETIME, NOW, 4),
        Metric("", DataType.STRING, "engine", 5),
        Metric("", DataType.DOUBLE_ARRAY, [1.0, 2.0], 6),
    ],
    NOW,
    1,
)


@FUZZ
@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6),
    st.integers(0, 200),
)
@promptly
def test_damaged_sparkplug_payloads_give_values_or_a_refusal(changes: list[tuple[int, int]], cut: int) -> None:
    damaged = bytearray(GOOD_DATA)
    for place, byte in changes:
        damaged[place % len(damaged)] = byte
    for body in (bytes(damaged), bytes(damaged)[: cut % len(damaged)]):
        host, _ = sparkplug_host()
        for kind in ("DDATA", "DBIRTH", "DDATA", "DDEATH"):
            host.feed(f"spBv1.0/G/{kind}/N/D", body)
            host.settle()
        host.feed("spBv1.0/G/NDEATH/N", body)
        with contextlib.suppress(ValueError):
            decode_payload(body)


@FUZZ
@given(st.binary(max_size=80))
@promptly
def test_any_bytes_as_sparkplug_give_values_or_a_refusal(body: bytes) -> None:
    host, _ = sparkplug_host()
    for kind in ("DDATA", "DBIRTH", "NBIRTH", "NDATA", "NDEATH"):
        host.feed(f"spBv1.0/G/{kind}/N/D", body)
        host.settle()


def publish_body(types: list[ua.VariantType]) -> bytes:
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    samples: dict[ua.VariantType, Any] = {
        ua.VariantType.Double: 1.5,
        ua.VariantType.Int32: -3,
        ua.VariantType.Boolean: True,
        ua.VariantType.String: "text",
        ua.VariantType.DateTime: moment,
        ua.VariantType.LocalizedText: ua.LocalizedText("a", "b"),
        ua.VariantType.NodeId: ua.NodeId("x", 2),
    }
    items = [
        ua.MonitoredItemNotification(
            i % 7,
            ua.DataValue(ua.Variant(samples[type], type), ua.StatusCode(0), moment, moment),
        )
        for i, type in enumerate(types)
    ]
    items.append(ua.MonitoredItemNotification(6, ua.DataValue(ua.Variant([1.0, 2.0], ua.VariantType.Double))))
    response = ua.PublishResponse()
    response.Parameters.SubscriptionId = 1
    response.Parameters.NotificationMessage.SequenceNumber = 1
    response.Parameters.NotificationMessage.NotificationData = [ua.DataChangeNotification(MonitoredItems=items)]
    encoded: bytes = struct_to_binary(response)
    return encoded


ALL_TYPES = [
    ua.VariantType.Double,
    ua.VariantType.Int32,
    ua.VariantType.Boolean,
    ua.VariantType.String,
    ua.VariantType.DateTime,
    ua.VariantType.LocalizedText,
    ua.VariantType.NodeId,
]
BODIES = [publish_body(ALL_TYPES), publish_body([ua.VariantType.Double] * 8)]
ITEMS = Items(np.arange(7, dtype=np.int32), np.array(KINDS, np.int8))


@promptly
def read_everything(body: bytes) -> None:
    with contextlib.suppress(PublishError):
        head = read_publish(body)
        for _, start, stop in head.notifications:
            frame, _ = read_changes(body, start, stop, ITEMS, NOW)
            assert len(frame.bits) == len(frame.signals) == len(frame.times_ns)


@pytest.mark.parametrize("seed", range(4))
def test_damaged_publish_responses_give_values_or_a_refusal(seed: int) -> None:
    """Seeded rather than searched: hypothesis rarely hits the few bytes that state a length or a type."""
    random = Random(seed)
    for number in range(500):
        damaged = bytearray(BODIES[number % 2])
        for _ in range(random.randint(1, 6)):
            damaged[random.randrange(len(damaged))] = random.choice(
                [random.randrange(256), 0x80 | random.randrange(26)]
            )
        read_everything(bytes(damaged))
        read_everything(bytes(damaged)[: random.randrange(len(damaged))])


@FUZZ
@given(st.binary(max_size=120))
@promptly
def test_any_bytes_as_data_changes_give_values_or_a_refusal(body: bytes) -> None:
    read_everything(body)
    with contextlib.suppress(PublishError):
        read_changes(body, 0, len(body), ITEMS, NOW)
    with contextlib.suppress(PublishError):
        read_changes((len(body) // 8).to_bytes(4, "little") + body, 0, len(body) + 4, ITEMS, NOW)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(ALL_TYPES), max_size=20))
def test_our_lane_reads_what_asyncua_wrote(types: list[ua.VariantType]) -> None:
    body = publish_body(types)
    head = read_publish(body)
    signals = Items(np.arange(7, dtype=np.int32), np.full(7, Kind.STRING, np.int8))
    (_, start, stop) = head.notifications[0]
    frame, refused = read_changes(body, start, stop, signals, NOW)
    assert (head.subscription, head.sequence) == (1, 1)
    assert len(frame) == len(types) + 1
    assert refused == 1  # the array that a STRING cannot take
