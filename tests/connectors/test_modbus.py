"""Modbus TCP against pymodbus's server: every type and order, single requests for runs, refusals, writes."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xushi.connectors import Link, Placement, Point, links_from_environment
from xushi.connectors._aid import InterfaceProperty
from xushi.connectors._modbus import ModbusConnector
from xushi.connectors._modbus_registers import decode, encode, place, register_of
from xushi.kernel import SystemClock
from xushi.signals import BAD_NO_COMMUNICATION, Kind
from xushi.testing import free_port

sys.path.insert(0, str(Path(__file__).parent))
from modbus_peer import serving
from mutating import damaged_bytes
from test_links import AID, affordance, environment, interface, mapping, prop, smc


@asynccontextmanager
async def running(tmp_path: Path, gathered: Any, port: int, *points: Point) -> AsyncIterator[ModbusConnector]:
    connector = ModbusConnector(tmp_path, SystemClock())
    link = Link("test", "modbus", f"modbus+tcp://127.0.0.1:{port}", {"timeout_s": 1.0}, points)
    task = asyncio.create_task(connector.run(link, gathered.sink, gathered.listen))
    try:
        await gathered.until_state("live")
        yield connector
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def point(handle: int, address: str, kind: Kind = Kind.DOUBLE, writable: bool = True, **options: Any) -> Point:
    return Point(handle, address, address, kind, writable, {"polling_ms": 50, **options})


WANTED: list[tuple[str, Kind, Any, dict[str, Any]]] = [
    ("1/HoldingRegister/0", Kind.INT, 7, {}),
    ("1/HoldingRegister/1", Kind.INT, -1, {"type": "xsd:short"}),
    ("1/HoldingRegister/1", Kind.INT, 65_535, {"type": "unsignedShort"}),
    ("1/HoldingRegister/2", Kind.BOOL, True, {"bit": 15}),
    ("1/HoldingRegister/2", Kind.BOOL, False, {"bit": 0}),
    ("1/HoldingRegister/3", Kind.DOUBLE, 123.4, {"type": "int16", "scale": 0.1}),
    ("1/HoldingRegister/3", Kind.DOUBLE, 1134.0, {"type": "int16", "offset": -100}),
    ("1/HoldingRegister/4", Kind.DOUBLE, 21.5, {"type": "float"}),
    ("1/HoldingRegister/4", Kind.INT, 22, {"type": "float"}),
    ("1/HoldingRegister/6", Kind.INT, -(2**40), {"type": "long"}),
    ("1/HoldingRegister/10", Kind.DOUBLE, 3.25, {"type": "double"}),
    ("1/HoldingRegister/14", Kind.DOUBLE, 21.5, {"type": "float", "high_word_first": "false"}),
    ("1/HoldingRegister/16", Kind.DOUBLE, 21.5, {"type": "float", "high_byte_first": False}),
    ("1/HoldingRegister/18", Kind.STRING, "OP 40", {"quantity": 3}),
    ("1/HoldingRegister/21", Kind.ARRAY, [1, 2, 3], {"type": "unsignedShort", "quantity": 3}),
    ("1/HoldingRegister/24", Kind.ENUM, 70_000, {"type": "unsignedInt"}),
    ("1/HoldingRegister/24", Kind.STRING, "70000", {"type": "unsignedInt"}),
    ("1/InputRegister/1", Kind.INT, 43, {}),
    ("1/Coil/0", Kind.BOOL, True, {}),
    ("1/Coil/1", Kind.DOUBLE, 0.0, {}),
    ("1/Coil/0", Kind.ARRAY, [True, False, True], {"quantity": 3}),
    ("1/DiscreteInput/1", Kind.BOOL, True, {}),
    ("2/HoldingRegister/0", Kind.INT, 99, {}),
]


async def test_every_entity_type_and_order_arrives(tmp_path, gathered, define) -> None:
    handles = define(*[(f"v{i}", kind) for i, (_, kind, _, _) in enumerate(WANTED)])
    points = [point(h, address, kind, **more) for h, (address, kind, _, more) in zip(handles, WANTED, strict=True)]
    port = free_port()
    async with serving(port), running(tmp_path, gathered, port, *points):
        await gathered.until(lambda: len({row[0] for row in gathered.rows}) == len(WANTED))
    found = {signal: value for signal, _, value, quality in reversed(gathered.rows) if quality == 0}
    assert [found[h] for h in handles] == [pytest.approx(value) for _, _, value, _ in WANTED]


async def test_a_run_of_registers_costs_one_request_and_only_changes_are_handed_on(tmp_path, gathered, define) -> None:
    handles = define(*[(f"v{i}", Kind.INT) for i in range(10)])
    points = [point(h, f"1/HoldingRegister/{100 + i}", Kind.INT) for i, h in enumerate(handles)]
    port, requests = free_port(), []
    async with serving(port, requests) as server, running(tmp_path, gathered, port, *points):
        await gathered.until(lambda: len(requests) >= 5)
        assert {(request.function_code, request.address, request.count) for request in requests} == {(3, 100, 10)}
        assert len(gathered.rows) == 10
        await server.async_setValues(1, 16, 104, [6])
        await gathered.until(lambda: gathered.values(handles[4]) == [5, 6])
    assert len([row for row in gathered.rows if row[3] == 0]) == 11


async def test_an_address_the_device_lacks_leaves_its_neighbours_alone(tmp_path, gathered, define) -> None:
    good, missing, after = define(("good", Kind.INT), ("missing", Kind.INT), ("after", Kind.INT))
    points = (
        point(good, "1/HoldingRegister/25", Kind.INT),
        point(missing, "1/HoldingRegister/28", Kind.INT),
        point(after, "1/HoldingRegister/24", Kind.INT),
    )
    port, requests = free_port(), []
    async with serving(port, requests), running(tmp_path, gathered, port, *points):
        await gathered.until(lambda: gathered.values(good) and gathered.values(after) and gathered.qualities(missing))
        await gathered.until(lambda: sum(one.address == 25 for one in requests) >= 5)
        assert gathered.qualities(missing) == [0x8034_0000]
        assert sum(one.address == 28 for one in requests) == 1  # what is not there is not asked for on every beat
    assert gathered.statuses[-1].refused > 0


async def test_a_place_that_cannot_be_read_says_so(tmp_path, gathered, define) -> None:
    good, wrong = define(("good", Kind.INT), ("wrong", Kind.INT))
    points = (point(good, "1/HoldingRegister/0", Kind.INT), point(wrong, "1/Register/x", Kind.INT))
    port = free_port()
    async with serving(port), running(tmp_path, gathered, port, *points):
        await gathered.until(lambda: gathered.values(good) and gathered.qualities(wrong) == [0x8033_0000])


async def test_writes_reach_the_device_in_its_own_form_and_come_back(tmp_path, gathered, define) -> None:
    cases: list[tuple[str, Kind, Any, dict[str, Any]]] = [
        ("1/HoldingRegister/0", Kind.INT, -5, {"type": "short"}),
        ("1/HoldingRegister/3", Kind.DOUBLE, 12.3, {"type": "int16", "scale": 0.1}),
        ("1/HoldingRegister/4", Kind.DOUBLE, 1.25, {"type": "float"}),
        ("1/HoldingRegister/14", Kind.DOUBLE, -8.5, {"type": "float", "high_word_first": False}),
        ("1/HoldingRegister/16", Kind.DOUBLE, 8.5, {"type": "float", "high_byte_first": False}),
        ("1/HoldingRegister/18", Kind.STRING, "OP 7", {"quantity": 3}),
        ("1/HoldingRegister/21", Kind.ARRAY, [9, 8, 7], {"type": "unsignedShort", "quantity": 3}),
        ("1/HoldingRegister/2", Kind.BOOL, True, {"bit": 4}),
        ("1/Coil/1", Kind.BOOL, True, {}),
        ("1/Coil/4", Kind.ARRAY, [True, True], {"quantity": 2}),
    ]
    handles = define(*[(f"v{i}", kind) for i, (_, kind, _, _) in enumerate(cases)])
    points = [point(h, address, kind, **more) for h, (address, kind, _, more) in zip(handles, cases, strict=True)]
    port = free_port()
    async with serving(port) as server, running(tmp_path, gathered, port, *points) as connector:
        for one, (_, _, value, _) in zip(points, cases, strict=True):
            result = await connector.write(one, value)
            assert (result.status, one.address) == (0, one.address), result
            await gathered.until(
                lambda one=one, value=value: gathered.values(one.signal)[-1:] == [pytest.approx(value)]
            )
        assert await server.async_getValues(1, 3, 2, 1) == [0b1000_0000_0001_0010]
        assert (await connector.write(points[0], 40_000)).status == 0x8074_0000
        assert (await connector.write(points[0], 1.5)).status == 0x8074_0000
        assert (await connector.write(point(0, "1/InputRegister/0", Kind.INT), 1)).status == 0x803B_0000
        assert (await connector.write(point(0, "1/HoldingRegister/900", Kind.INT), 1)).status == 0x8034_0000
        assert (await connector.write(point(0, "1/HoldingRegister/0", Kind.INT, False), 1)).status == 0x803B_0000
        assert not (await connector.call("1", [])).is_good
    assert (await connector.write(points[0], 1)).status == 0x800D_0000


async def test_a_lost_device_leaves_one_gap_and_its_return_states_everything_again(tmp_path, gathered, define) -> None:
    (handle,) = define(("v", Kind.INT))
    port = free_port()
    async with running_around(tmp_path, gathered, port, point(handle, "1/HoldingRegister/0", Kind.INT)) as serve:
        async with serve():
            await gathered.until(lambda: gathered.values(handle) == [7])
        await gathered.until_state("lost")
        async with serve():
            await gathered.until(lambda: gathered.values(handle) == [7, 7])
            assert gathered.board.value(handle).quality == 0
    assert gathered.qualities(handle) == [0, BAD_NO_COMMUNICATION, 0, BAD_NO_COMMUNICATION]
    times = [time_ns for _, time_ns, _, _ in gathered.rows]
    assert times == sorted(times)


@asynccontextmanager
async def running_around(tmp_path: Path, gathered: Any, port: int, *points: Point) -> AsyncIterator[Any]:
    connector = ModbusConnector(tmp_path, SystemClock())
    link = Link("test", "modbus", f"modbus+tcp://127.0.0.1:{port}", {"timeout_s": 1.0}, points)
    task = asyncio.create_task(connector.run(link, gathered.sink, gathered.listen))
    try:
        yield lambda: serving(port)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def source(href: str, base: str = "modbus+tcp://10.0.0.7:502", type: str = "", **form: str) -> InterfaceProperty:
    return InterfaceProperty(("p",), base, href, form={"href": href, **form}, type=type)


@pytest.mark.parametrize(
    ("asked", "address", "options"),
    [
        (source("/1/5?quantity=2", modv_entity="HoldingRegister"), "1/HoldingRegister/4", {"quantity": 2}),
        (
            source("3/5", modv_function="readInputRegisters", modv_zeroBasedAddressing="true"),
            "3/InputRegister/5",
            {},
        ),
        (source("/40011", modv_type="xsd:float"), "1/HoldingRegister/10", {"type": "xsd:float"}),
        (source("/300001", type="integer"), "1/InputRegister/0", {"type": "integer"}),
        (source("12", "modbus+tcp://h:502/9", modv_entity="Coil"), "9/Coil/11", {}),
        (source("/", modv_address="7", modv_unitID="4", modv_entity="DiscreteInput"), "4/DiscreteInput/6", {}),
        (
            source("/0?quantity=1", modv_entity="modv:HoldingRegister", modv_mostSignificantWord="false"),
            "1/HoldingRegister/0",
            {"quantity": 1, "high_word_first": "false"},
        ),
        (source("/voltage", modv_entity="HoldingRegister"), "", {}),
        (source("/5"), "", {}),
        (source("/1/5?quantity=two", modv_entity="Coil"), "", {}),
    ],
)
def test_forms_of_the_wot_binding_name_a_register(asked: InterfaceProperty, address: str, options: Any) -> None:
    found = place(asked)
    assert (found.address, found.options) == (address, options)


def test_a_shell_that_describes_a_modbus_device_gives_a_link(registry) -> None:
    power = affordance(
        "power",
        "/1/40005?quantity=2",
        prop("type", "float"),
        modv_function="readHoldingRegisters",
        modv_pollingTime="200",
        modv_type="xsd:float",
    )
    face = interface("meter", "modbus+tcp://10.0.0.7:502", "application/octet-stream", power)
    face["value"][1]["value"].append(prop("modv_mostSignificantWord", "false"))
    path = ("meter", "InteractionMetadata", "properties", "power")
    links, diagnoses = links_from_environment(
        environment([face], [mapping((path, "P"))], [prop("P", "0", "xs:double")]), registry
    )
    assert not diagnoses
    (link,) = links
    assert (link.protocol, link.endpoint) == ("modbus", "modbus+tcp://10.0.0.7:502")
    (one,) = link.points
    register = register_of(one)
    assert (register.entity, register.address, register.form) == ("HoldingRegister", 4, "f4")
    assert not register.is_high_word_first
    assert one.options["polling_ms"] == "200"
    assert AID
    assert smc


forms = st.sampled_from(
    ["byte", "unsignedByte", "short", "unsignedShort", "int", "unsignedInt", "long", "unsignedLong"]
)


@given(forms, st.booleans(), st.booleans(), st.integers(-(2**63), 2**64))
def test_what_is_encoded_is_decoded_or_refused(form: str, byte: bool, word: bool, number: int) -> None:
    one = point(0, "1/HoldingRegister/0", Kind.INT, type=form, high_byte_first=byte, high_word_first=word)
    register = register_of(one)
    try:
        words = encode(register, number)
    except ValueError:
        return
    assert len(words) == register.size
    assert decode(register, np.array(words, np.uint16)) == number


@pytest.mark.parametrize("seed", range(3))
async def test_a_device_that_answers_rubbish_is_lost_or_told_and_never_more(tmp_path, gathered, define, seed) -> None:
    """Well-formed heads with damaged bodies, broken heads, too few registers; then a sane answer, which arrives."""
    random = Random(seed)
    asked = 0

    async def device(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readexactly(7)
                await reader.readexactly(int.from_bytes(head[4:6], "big") - 1)
                asked += 1
                good = head[:4] + b"\x00\x05" + head[6:7] + b"\x03\x02\x00\x2a"
                writer.write(good if asked > 40 else damaged_bytes(random, good))
                await writer.drain()

    server = await asyncio.start_server(device, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    (handle,) = define(("v", Kind.INT))
    connector = ModbusConnector(tmp_path, SystemClock())
    one = point(handle, "1/HoldingRegister/0", Kind.INT, polling_ms=10)
    link = Link("test", "modbus", f"modbus+tcp://127.0.0.1:{port}", {"timeout_s": 0.05}, (one,))
    task = asyncio.create_task(connector.run(link, gathered.sink, gathered.listen))
    try:
        await gathered.until(lambda: asked > 40 and gathered.values(handle)[-1:] == [42], 60.0)
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        server.close()


async def test_looking_around_finds_the_registers_that_answer_and_reads_them() -> None:
    port, requests = free_port(), []
    async with serving(port, requests):
        settings = {"units": "1, 2", "ranges": "HoldingRegister 0-199, Coil 0-3, Register 1-2"}
        explorer = ModbusConnector.explorer(f"modbus+tcp://127.0.0.1:{port}", settings, Path(), SystemClock())
        await explorer.open()
        roots = (await explorer.children("", "", 100)).nodes
        assert [one.address for one in roots][:2] == ["1/HoldingRegister/0-199", "1/Coil/0-3"]
        first = await explorer.children("1/HoldingRegister/0-199", "", 20)
        rest = await explorer.children("1/HoldingRegister/0-199", first.cursor, 100)
        found = [*first.nodes, *rest.nodes]
        assert rest.cursor == ""
        addresses = [int(one.address.rpartition("/")[2]) for one in found]
        assert addresses == [*range(26), *range(100, 110)]
        assert (found[0].sample, found[0].type, found[0].is_writable) == (7, "integer", True)
        assert found[1].sample == -1
        walked = [node async for batch in explorer.walk([], 1000) for node in batch.nodes]
        assert {"1/Coil/2", "2/HoldingRegister/0"} <= {one.address for one in walked}
        assert len([node async for batch in explorer.walk([], 5) for node in batch.nodes]) == 5
        samples = await explorer.read(["1/HoldingRegister/1", "1/HoldingRegister/900", "nonsense"])
        assert [(one.value, one.quality) for one in samples] == [
            (-1, 0),
            (None, 0x8034_0000),
            (None, 0x8033_0000),
        ]
        await explorer.close()
    assert not [request for request in requests if request.function_code in (5, 6, 15, 16, 22)]


@given(
    st.sampled_from(["Coil", "DiscreteInput", "HoldingRegister", "InputRegister"]),
    st.integers(0, 255),
    st.integers(0, 65_535),
    st.fixed_dictionaries(
        {},
        optional={
            "quantity": st.integers(1, 125),
            "type": st.sampled_from(["xsd:float", "unsignedInt", "string"]),
            "polling_ms": st.integers(10, 10_000).map(str),
            "high_word_first": st.sampled_from(["true", "false"]),
            "scale": st.sampled_from(["0.1", "10"]),
            "bit": st.integers(0, 15).map(str),
        },
    ),
)
def test_an_address_survives_being_written_into_a_shell(entity: str, unit: int, address: int, options: Any) -> None:
    placed = Placement(f"{unit}/{entity}/{address}", options)
    assert place(ModbusConnector.form("modbus+tcp://10.0.0.7:502", placed)) == placed
