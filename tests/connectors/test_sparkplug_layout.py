"""Data messages of a known layout: read from the places of their bytes, with the same result as by a full parse."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_sparkplug import DEVICE, MS, NODE, T0, Host, birth_number

from xushi.connectors import Point
from xushi.connectors.sparkplug import DataType, Metric, encode_payload
from xushi.connectors.sparkplug._layout import learn_layout
from xushi.signals import Kind, SignalDef, SignalRegistry

TYPES = (DataType.DOUBLE, DataType.FLOAT, DataType.BOOLEAN, DataType.INT32, DataType.STRING)
KINDS = {
    DataType.DOUBLE: (Kind.DOUBLE, Kind.INT),
    DataType.FLOAT: (Kind.DOUBLE,),
    DataType.BOOLEAN: (Kind.BOOL, Kind.DOUBLE),
    DataType.INT32: (Kind.INT,),
    DataType.STRING: (Kind.STRING,),
}
VALUES = {
    DataType.DOUBLE: st.floats(width=64),
    DataType.FLOAT: st.floats(width=32),
    DataType.BOOLEAN: st.booleans(),
    DataType.INT32: st.integers(-(2**31), 2**31 - 1),
    DataType.STRING: st.text(max_size=4),
}


@st.composite
def _devices(draw: st.DrawFn) -> tuple[list[tuple[DataType, Kind | None]], list[list[Any]]]:
    """Data types with the kind of the point that asks for them (None: nobody does), and rows of values."""
    fixed = st.sampled_from(TYPES[:3]) if draw(st.booleans()) else st.sampled_from(TYPES)
    types = draw(st.lists(fixed, min_size=8, max_size=14))
    kinds = [draw(st.sampled_from((*KINDS[datatype], None))) for datatype in types]
    rows = draw(st.lists(st.tuples(*(st.none() | VALUES[datatype] for datatype in types)), min_size=2, max_size=5))
    return list(zip(types, kinds, strict=True)), [list(row) for row in rows]


@given(_devices(), st.integers(0, 300))
@settings(max_examples=200, deadline=None)
def test_a_host_that_knows_the_layout_reads_what_one_that_does_not_reads(tmp_path_factory, device, first_seq) -> None:
    columns, rows = device
    with_layouts, points = _host(tmp_path_factory.mktemp("r"), columns)
    for number, row in enumerate(rows):
        payload = _payload(columns, row, number, (first_seq + number) & 0xFF)
        fresh, _ = _host_of(points, columns)
        expected = fresh.hear(DEVICE.format("DDATA"), payload)
        got = with_layouts.hear(DEVICE.format("DDATA"), payload)
        assert (got is None) == (expected is None)
        if got is not None:
            assert _rows(got) == _rows(expected)


@given(_devices(), st.integers(0, 300), st.lists(st.integers(0, 9), max_size=12))
@settings(max_examples=100, deadline=None)
def test_messages_read_together_give_each_signal_what_they_give_one_by_one(
    tmp_path_factory, device, first_seq, numbers
) -> None:
    columns, rows = device
    at_once, points = _host(tmp_path_factory.mktemp("r"), columns)
    one_by_one, _ = _host_of(points, columns)
    got, expected = [], []
    for place, number in enumerate(numbers):
        payload = _payload(columns, rows[number % len(rows)], place, (first_seq + place) & 0xFF)
        got += at_once.host.feed(DEVICE.format("DDATA"), payload)
        frame = one_by_one.hear(DEVICE.format("DDATA"), payload)
        expected += [] if frame is None else [frame]
    got += at_once.host.feed(DEVICE.format("DDEATH"), encode_payload([], T0, (first_seq + len(numbers)) & 0xFF))
    expected.append(one_by_one.feed(DEVICE.format("DDEATH"), [], (first_seq + len(numbers)) & 0xFF))
    assert at_once.host.settle() == []
    assert _by_signal(got) == _by_signal(expected)
    assert len(at_once.refused) == len(one_by_one.refused)


@pytest.mark.parametrize("seed", range(500))
def test_a_damaged_message_of_a_known_layout_is_read_as_a_full_parse_reads_it(tmp_path, seed) -> None:
    columns: list[tuple[DataType, Kind | None]] = [(DataType.DOUBLE, Kind.DOUBLE), (DataType.BOOLEAN, Kind.BOOL)] * 5
    knowing, points = _host(tmp_path, columns)
    good = _payload(columns, [1.5, True] * 5, 0, 2)
    knowing.hear(DEVICE.format("DDATA"), good)
    damaged = bytearray(good)
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    fresh, _ = _host_of(points, columns)
    expected = fresh.hear(DEVICE.format("DDATA"), bytes(damaged))
    got = knowing.hear(DEVICE.format("DDATA"), bytes(damaged))
    assert (None if got is None else _rows(got)) == (None if expected is None else _rows(expected))


def test_only_what_has_a_fixed_place_has_a_layout() -> None:
    def payload(*metrics: Metric) -> bytes:
        return encode_payload(list(metrics), T0, 7)

    assert learn_layout(payload(Metric("", 10, 1.0, 1), Metric("", 11, True, 2))) is not None
    assert learn_layout(payload(Metric("", 10, 1.0, 1), Metric("", 3, 7, 2))) is None
    assert learn_layout(payload(Metric("a", 10, 1.0, 1))) is None
    assert learn_layout(payload(Metric("", 10, None, 1))) is None
    assert learn_layout(payload()) is None
    assert learn_layout(payload(Metric("", 10, 1.0, 1))[:-1]) is None


def _host(folder: Path, columns: list[tuple[DataType, Kind | None]]) -> tuple[Host, list[Point]]:
    registry = SignalRegistry(folder / "signals.db")
    asked = [(f"m{i}", kind) for i, (_, kind) in enumerate(columns) if kind is not None]
    handles = registry.define([SignalDef(key=name, kind=kind) for name, kind in asked]).tolist() if asked else []
    registry.close()
    points = [
        Point(handle, "", f"spBv1.0/G/N/D:{name}", kind) for handle, (name, kind) in zip(handles, asked, strict=True)
    ]
    return _host_of(points, columns)


def _host_of(points: list[Point], columns: list[tuple[DataType, Kind | None]]) -> tuple[Host, list[Point]]:
    host = Host(*points, Point(10_000, "", "spBv1.0/G/N/E:other", Kind.DOUBLE))
    host.feed(NODE.format("NBIRTH"), [birth_number(0)], 0)
    births = [Metric(f"m{i}", datatype, None, i + 1) for i, (datatype, _) in enumerate(columns)]
    host.feed(DEVICE.format("DBIRTH"), births, 1)
    return host, points


def _payload(columns: list[tuple[DataType, Kind | None]], row: list[Any], number: int, seq: int) -> bytes:
    metrics = [
        Metric("", datatype, value, i + 1, T0 + (number * 50 + i) * MS)
        for i, ((datatype, _), value) in enumerate(zip(columns, row, strict=True))
    ]
    return encode_payload(metrics, T0, seq)


def _by_signal(frames: list[Any]) -> dict[int, list[tuple[Any, ...]]]:
    """What each signal got, in the order in which it came; an object in place of its index."""
    found: dict[int, list[tuple[Any, ...]]] = {}
    for frame in frames:
        if frame is not None:
            columns = (frame.signals.tolist(), frame.times_ns.tolist(), frame.bits.tolist(), frame.qualities.tolist())
            for signal, time_ns, bits, quality in zip(*columns, strict=True):
                value = str(frame.objects[bits]) if frame.objects and 0 <= bits < len(frame.objects) else bits
                found.setdefault(signal, []).append((time_ns, value, quality))
    return found


def _rows(frame: Any) -> list[tuple[Any, ...]]:
    objects = [None if not frame.objects else tuple(map(str, frame.objects))]
    columns = (frame.signals.tolist(), frame.times_ns.tolist(), frame.bits.tolist(), frame.qualities.tolist())
    return [*zip(*columns, strict=True), *objects]
