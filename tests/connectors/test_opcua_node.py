"""OPC UA against node-opcua: mixed types, arrays, status codes, structures, enumerations, methods, security."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from xushi.connectors import CertificateFolder, Link, Point
from xushi.connectors._opcua import OpcuaConnector
from xushi.kernel import SystemClock
from xushi.signals import Kind
from xushi.testing import NodeOpcua, start_node_opcua

URI = "urn:xushi:test:node"
AT_NS = 1_795_248_000_000_000_000


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeOpcua]:
    with start_node_opcua(tmp_path_factory.mktemp("node")) as server:
        yield server


def point(handle: int, name: str, kind: Kind, *field: str) -> Point:
    return Point(handle, name, f"nsu={URI};s={name}", kind, True, {"field": list(field)} if field else {})


@asynccontextmanager
async def running(tmp_path: Path, gathered: Any, url: str, *points: Point, **security: Any) -> AsyncIterator[Any]:
    connector = OpcuaConnector(tmp_path, SystemClock())
    task = asyncio.create_task(
        connector.run(Link("test", "opcua", url, security, points), gathered.sink, gathered.listen)
    )
    try:
        yield connector
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


WANTED: list[tuple[str, Kind, Any, tuple[str, ...]]] = [
    ("Double", Kind.DOUBLE, 1.5, ()),
    ("Int64", Kind.INT, 42, ()),
    ("Boolean", Kind.BOOL, True, ()),
    ("String", Kind.STRING, "头部", ()),
    ("Doubles", Kind.ARRAY, [1.0, 2.0, 3.0], ()),
    ("Doubles", Kind.DOUBLE, 2.0, ("1",)),
    ("Matrix", Kind.ARRAY, [1, 2, 3, 4], ()),
    ("Texts", Kind.ARRAY, ["a", "b"], ()),
    ("Guid", Kind.STRING, "72962b91-fa75-4ae6-8d28-b404dc7daf63", ()),
    ("Bytes", Kind.STRING, "01fe", ()),
    ("Mode", Kind.ENUM, 7, ()),
    ("Mode", Kind.STRING, "Fault", ()),
    ("Result", Kind.STRING, "E15-26-000042", ("Serial",)),
    ("Result", Kind.TIME, AT_NS, ("At",)),
    ("Result", Kind.DOUBLE, 98.5, ("Final", "Value")),
    ("Result", Kind.DOUBLE, 60.0, ("Steps", "1", "Value")),
    ("Result", Kind.ARRAY, [30.0, 90.5], ("Angles",)),
    ("Result", Kind.INT, 1, ("Mode",)),
    ("Result", Kind.STRING, "Running", ("Mode",)),
    ("Anything", Kind.DOUBLE, 12.5, ("Final", "Value")),
]


async def test_every_type_and_every_field_of_a_structure_arrives(tmp_path, gathered, define, peer) -> None:
    handles = define(*[(f"{i}", kind) for i, (_, kind, _, _) in enumerate(WANTED)])
    points = [point(h, name, kind, *field) for h, (name, kind, _, field) in zip(handles, WANTED, strict=True)]
    async with running(tmp_path, gathered, peer.url, *points):
        await gathered.until(lambda: all(gathered.values(handle) for handle in handles))
        found = [gathered.values(handle)[-1] for handle in handles]
        assert found == [value for _, _, value, _ in WANTED]
        peer.set("Result", 77.25)
        torque = handles[[w[3] for w in WANTED].index(("Final", "Value"))]
        await gathered.until(lambda: gathered.values(torque)[-1] == 77.25)
        peer.set("Result", 98.5)
        peer.set("Doubles", [4.0, 5.0, 6.5])
        await gathered.until(lambda: gathered.values(handles[4])[-1] == [4.0, 5.0, 6.5])
        peer.set("Doubles", [1.0, 2.0, 3.0])


async def test_a_whole_structure_is_told_as_json_with_a_word_about_its_fields(tmp_path, gathered, define, peer) -> None:
    whole, number, nothing = define(("whole", Kind.STRING), ("number", Kind.DOUBLE), ("nothing", Kind.DOUBLE))
    points = (
        point(whole, "Result", Kind.STRING),
        point(number, "Result", Kind.DOUBLE),
        point(nothing, "Result", Kind.DOUBLE, "Final", "Missing"),
    )
    async with running(tmp_path, gathered, peer.url, *points):
        await gathered.until(
            lambda: gathered.values(whole) and gathered.qualities(number) and gathered.qualities(nothing)
        )
    assert json.loads(gathered.values(whole)[0]) == {
        "Serial": "E15-26-000042",
        "At": "2026-11-21T08:00:00Z",
        "Final": {"Value": 98.5, "Unit": "N·m"},
        "Steps": [{"Value": 20.0, "Unit": "N·m"}, {"Value": 60.0, "Unit": "N·m"}],
        "Angles": [30.0, 90.5],
        "Mode": "Running",
    }
    assert gathered.qualities(number)[0] == 0x8074_0000
    assert gathered.qualities(nothing)[0] == 0x809B_0000
    assert any("Serial, At, Final" in status.error for status in gathered.statuses)


async def test_values_that_the_servers_full_queue_has_dropped_are_told(tmp_path, gathered, define, peer) -> None:
    (handle,) = define(("d", Kind.DOUBLE))
    short = Point(handle, "Double", f"nsu={URI};s=Double", Kind.DOUBLE, True, {"queue_size": 2, "sampling_ms": 0})
    async with running(tmp_path, gathered, peer.url, short, publishing_ms=2000):
        await gathered.until(lambda: gathered.values(handle) == [1.5])
        for number in range(30):
            peer.set("Double", 2.0 + number)
            await asyncio.sleep(0.06)
        await gathered.until(lambda: any(one.refused and "dropped values" in one.error for one in gathered.statuses))
        assert len(gathered.values(handle)) < 30
    peer.set("Double", 1.5)


async def test_status_codes_are_kept_as_the_server_says_them(tmp_path, gathered, define, peer) -> None:
    (handle,) = define(("s", Kind.DOUBLE))
    async with running(tmp_path, gathered, peer.url, point(handle, "Status", Kind.DOUBLE)):
        await gathered.until(lambda: gathered.values(handle) == [7.5])
        for which, status in ((0, 0x808C_0000), (1, 0x4090_0000), (2, 0)):
            peer.set_status(which)
            await gathered.until(lambda status=status: gathered.qualities(handle)[-1] == status)


async def test_methods_and_writes_reach_a_server_nobody_here_wrote(tmp_path, gathered, define, peer) -> None:
    (handle,) = define(("d", Kind.DOUBLE))
    one = point(handle, "Double", Kind.DOUBLE)
    async with running(tmp_path, gathered, peer.url, one) as connector:
        await gathered.until(lambda: gathered.values(handle))
        assert (await connector.write(one, 2.25)).is_good
        await gathered.until(lambda: gathered.values(handle)[-1] == 2.25)
        assert (await connector.call(f"nsu={URI};s=Plant|nsu={URI};s=Scale", [1.5, 3])).outputs == (4.5,)
        await connector.write(one, 1.5)


@pytest.mark.parametrize("mode", ["Sign", "SignAndEncrypt"])
@pytest.mark.parametrize("policy", ["Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss"])
async def test_a_secured_session_with_a_foreign_stack(tmp_path, gathered, define, peer, policy, mode) -> None:
    (handle,) = define(("d", Kind.DOUBLE))
    security = {"mode": mode, "policy": policy, "username": "line", "password": "secret-1"}
    async with running(tmp_path, gathered, peer.url, point(handle, "Double", Kind.DOUBLE), **security):
        await gathered.until_state("refused")
        assert gathered.statuses[-1].text == "connectors.certificate_unknown"
        certificates = CertificateFolder(tmp_path / "opcua")
        certificates.write_decisions(dict.fromkeys(certificates.held(), "trusted"))
        await gathered.until(lambda: gathered.values(handle) == [1.5])
