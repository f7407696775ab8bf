"""OPC UA against asyncua's server: in this process, and as a process that is killed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asyncua import Client, Server, ua

from xushi.connectors import Link, Point
from xushi.connectors._opcua import OpcuaConnector
from xushi.kernel import SystemClock
from xushi.signals import BAD_NO_COMMUNICATION, Kind
from xushi.testing import free_port

sys.path.insert(0, str(Path(__file__).parent))
from opcua_peer import URI, make_server


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = await make_server(free_port())
    async with server:
        yield server


def url_of(server: Server) -> str:
    return str(server.endpoint.geturl())


def node_of(server: Server, name: str) -> Any:
    return server.get_node(ua.NodeId(name, 3))


@asynccontextmanager
async def running(
    tmp_path: Path, gathered: Any, url: str, *points: Point, **security: Any
) -> AsyncIterator[OpcuaConnector]:
    connector = OpcuaConnector(tmp_path, SystemClock())
    link = Link("test", "opcua", url, security, points)
    task = asyncio.create_task(connector.run(link, gathered.sink, gathered.listen))
    try:
        await gathered.until_state("live")
        yield connector
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def point(handle: int, name: str, kind: Kind, **more: Any) -> Point:
    return Point(handle, name, f"nsu={URI};s={name}", kind, **more)


async def test_values_of_every_kind_arrive_by_subscription(tmp_path, gathered, define, server) -> None:
    wanted = [
        ("Double", Kind.DOUBLE, 1.5),
        ("Float", Kind.DOUBLE, 0.25),
        ("Int32", Kind.INT, -7),
        ("Int32", Kind.DOUBLE, -7.0),
        ("UInt64", Kind.INT, 2**63 - 1),
        ("Bool", Kind.BOOL, True),
        ("String", Kind.STRING, "头部"),
        ("Time", Kind.TIME, 1_795_248_000_000_000_000),
        ("Array", Kind.ARRAY, [1.0, 2.0, 3.0]),
        ("Strings", Kind.ARRAY, ["a", "b"]),
        ("Text", Kind.STRING, "Läuft"),
        ("Byte", Kind.ENUM, 3),
        ("Double", Kind.STRING, "1.5"),
    ]
    handles = define(*[(f"{i}.{name}", kind) for i, (name, kind, _) in enumerate(wanted)])
    points = [point(handle, name, kind) for handle, (name, kind, _) in zip(handles, wanted, strict=True)]
    async with running(tmp_path, gathered, url_of(server), *points):
        await gathered.until(lambda: len({row[0] for row in gathered.rows}) == len(wanted))
        found = {signal: value for signal, _, value, _ in gathered.rows}
        assert [found[handle] for handle in handles] == [value for _, _, value in wanted]


async def test_every_change_comes_once_with_its_source_time_and_status(tmp_path, gathered, define, server) -> None:
    (handle,) = define(("Double", Kind.DOUBLE))
    node = node_of(server, "Double")
    async with running(tmp_path, gathered, url_of(server), point(handle, "Double", Kind.DOUBLE)):
        await gathered.until(lambda: gathered.rows)
        for n in range(10):
            await node.write_value(ua.Double(10.0 + n))
        await gathered.until(lambda: len(gathered.values(handle)) == 11)
        bad = ua.DataValue(ua.Variant(0.0, ua.VariantType.Double), ua.StatusCode(ua.StatusCodes.BadSensorFailure))
        await node.write_value(bad)
        await gathered.until(lambda: gathered.qualities(handle)[-1] == 0x808C_0000)
    assert gathered.values(handle) == [1.5, *(10.0 + n for n in range(10))]
    times = [time_ns for signal, time_ns, _, quality in gathered.rows if quality == 0]
    assert times == sorted(times)


async def test_a_node_that_is_not_there_shows_why(tmp_path, gathered, define, server) -> None:
    good, missing, nowhere = define(("Double", Kind.DOUBLE), ("Missing", Kind.DOUBLE), ("Nowhere", Kind.DOUBLE))
    points = (
        point(good, "Double", Kind.DOUBLE),
        point(missing, "Missing", Kind.DOUBLE),
        Point(nowhere, "n", "nsu=urn:unknown;s=Double", Kind.DOUBLE),
    )
    async with running(tmp_path, gathered, url_of(server), *points):
        await gathered.until(lambda: gathered.values(good))
        assert gathered.qualities(missing) == [0x8034_0000]
        assert gathered.qualities(nowhere) == [0x8034_0000]
        assert gathered.statuses[-1].refused == 2


async def test_a_node_that_appears_later_is_read_from_then_on(tmp_path, gathered, define, server) -> None:
    (late,) = define(("Late", Kind.DOUBLE))
    connector = OpcuaConnector(tmp_path, SystemClock())
    connector.retry_nodes_s = 0.2
    link = Link("test", "opcua", url_of(server), {}, (point(late, "Late", Kind.DOUBLE),))
    task = asyncio.create_task(connector.run(link, gathered.sink, gathered.listen))
    await gathered.until(lambda: gathered.qualities(late) == [0x8034_0000])
    node = await node_of(server, "Plant").add_variable(ua.NodeId("Late", 3), "Late", 4.5, ua.VariantType.Double)
    old = datetime(2026, 1, 1, tzinfo=UTC)
    await node.write_value(ua.DataValue(ua.Variant(4.5, ua.VariantType.Double), SourceTimestamp=old))
    await gathered.until(lambda: gathered.values(late) and gathered.values(late)[-1] == 4.5)
    assert gathered.board.value(late).value == 4.5
    assert gathered.board.value(late).quality == 0
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_browse_paths_name_nodes_too(tmp_path, gathered, define, server) -> None:
    (handle,) = define(("Double", Kind.DOUBLE))
    async with running(tmp_path, gathered, url_of(server), Point(handle, "d", "path:/Root/Objects/0:Plant/Double")):
        await gathered.until(lambda: gathered.values(handle) == [1.5])


async def test_writes_take_the_type_of_the_node(tmp_path, gathered, define, server) -> None:
    names = [
        ("Double", Kind.DOUBLE, 3),
        ("Float", Kind.DOUBLE, 0.5),
        ("Int32", Kind.INT, 12),
        ("Bool", Kind.BOOL, False),
        ("String", Kind.STRING, "x"),
        ("Array", Kind.ARRAY, [4, 5]),
        ("Byte", Kind.ENUM, 200),
    ]
    handles = define(*[(name, kind) for name, kind, _ in names])
    points = {name: point(h, name, kind, writable=True) for h, (name, kind, _) in zip(handles, names, strict=True)}
    async with running(tmp_path, gathered, url_of(server), *points.values()) as connector:
        for name, _, value in names:
            result = await connector.write(points[name], value)
            assert result.status == 0, (name, result)
            assert await node_of(server, name).read_value() == value
        assert (await connector.write(points["Int32"], 2**40)).status == 0x8074_0000
        assert (await connector.write(points["Double"], "warm")).status == 0x8074_0000
        read_only = Point(0, "r", f"nsu={URI};s=ReadOnly", Kind.INT, True)
        assert (await connector.write(read_only, 1)).status in (0x803B_0000, 0x801F_0000)
        missing = Point(0, "m", f"nsu={URI};s=Missing", Kind.INT, True)
        assert not (await connector.write(missing, 1)).is_good
        client: Any = connector._client
        client.uaclient.protocol.transport.abort()  # the link has not noticed yet: nothing goes out, and it may wait
        assert (await connector.write(points["Double"], 1.0)).is_unsent
    assert (await connector.write(points["Double"], 1.0)).status == 0x800D_0000


async def test_methods_are_called_with_declared_types(tmp_path, gathered, define, server) -> None:
    (handle,) = define(("Double", Kind.DOUBLE))
    async with running(tmp_path, gathered, url_of(server), point(handle, "Double", Kind.DOUBLE)) as connector:
        result = await connector.call(f"nsu={URI};s=Scale", [2, 4])
        assert (result.status, result.outputs) == (0, (8.0,))
        explicit = await connector.call(f"nsu={URI};s=Plant|nsu={URI};s=Scale", [1.5, 2])
        assert explicit.outputs == (3.0,)
        assert not (await connector.call(f"nsu={URI};s=Scale", [2])).is_good
        assert not (await connector.call(f"nsu={URI};s=NoSuch", [])).is_good


async def _start(port: int) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).parent / "opcua_peer.py"),
        str(port),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 30) == b"ready\n"
    return process


async def test_a_killed_server_leaves_a_gap_and_its_return_restates_the_values(tmp_path, gathered, define) -> None:
    handle, still = define(("Double", Kind.DOUBLE), ("Int32", Kind.INT))
    port = free_port()
    url = f"opc.tcp://127.0.0.1:{port}/"
    process = await _start(port)
    try:
        points = (point(handle, "Double", Kind.DOUBLE), point(still, "Int32", Kind.INT))
        async with running(tmp_path, gathered, url, *points):
            await gathered.until(lambda: gathered.values(handle) and gathered.values(still))
            process.kill()
            await process.wait()
            await gathered.until_state("lost")
            assert gathered.board.value(handle).quality == BAD_NO_COMMUNICATION
            process = await _start(port)
            await gathered.until_state("live")
            await gathered.until(lambda: len(gathered.values(handle)) == 2 and len(gathered.values(still)) == 2)
            assert gathered.board.value(handle).quality == 0
            assert gathered.board.value(still).value == -7
            async with Client(url) as other:
                await other.get_node(ua.NodeId("Double", 3)).write_value(ua.Double(9.0))
            await gathered.until(lambda: gathered.values(handle) == [1.5, 1.5, 9.0])
    finally:
        process.kill()
        await process.wait()
    times = [time_ns for signal, time_ns, _, _ in gathered.rows if signal == handle]
    assert times == sorted(times)
