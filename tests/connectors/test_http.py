"""HTTP polling against uvicorn: values by pointer, caching, limits, redirects, sign-in, TLS, writes."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xushi.connectors import Link, Placement, Point, links_from_environment
from xushi.connectors._http import HttpConnector
from xushi.connectors._http_place import target_of
from xushi.kernel import SystemClock, XushiError
from xushi.signals import BAD_NO_COMMUNICATION, BAD_NO_DATA, Kind
from xushi.testing import free_port

sys.path.insert(0, str(Path(__file__).parent))
from http_peer import Machine, basic, self_signed, serving
from test_links import affordance, environment, interface, mapping, prop, smc, sml


@asynccontextmanager
async def running(
    tmp_path: Path, gathered: Any, url: str, *points: Point, state: str = "live", **security: Any
) -> AsyncIterator[HttpConnector]:
    connector = HttpConnector(tmp_path, SystemClock())
    task = asyncio.create_task(
        connector.run(Link("test", "http", url, security, points), gathered.sink, gathered.listen)
    )
    try:
        await gathered.until_state(state)
        yield connector
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def point(handle: int, address: str, kind: Kind = Kind.DOUBLE, **options: Any) -> Point:
    return Point(handle, address, address, kind, True, {"polling_ms": 30, **options})


async def test_fields_of_an_answer_arrive_by_pointer_and_only_changes_are_handed_on(tmp_path, gathered, define) -> None:
    wanted = [
        ("/api/state#/temperature", Kind.DOUBLE, 21.5),
        ("/api/state#/running", Kind.BOOL, True),
        ("/api/state#/mode", Kind.STRING, "AUTO"),
        ("/api/state#/order/count", Kind.INT, 3),
        ("/api/state#/axes", Kind.ARRAY, [1.5, 2.5]),
        ("/api/state#/axes/1", Kind.DOUBLE, 2.5),
    ]
    handles = define(*[(address, kind) for address, kind, _ in wanted])
    points = [point(h, address, kind) for h, (address, kind, _) in zip(handles, wanted, strict=True)]
    machine = Machine()
    async with serving(machine.app()) as url, running(tmp_path, gathered, url, *points):
        await gathered.until(lambda: len(machine.seen) >= 5)
        assert {signal: value for signal, _, value, _ in gathered.rows} == {
            h: value for h, (_, _, value) in zip(handles, wanted, strict=True)
        }
        assert len(gathered.rows) == len(wanted)
        assert len({request.client.port for request in machine.seen}) == 1  # one connection, kept open
        assert [request.headers.get("if-none-match") for request in machine.seen[:2]] == [None, '"1"']
        machine.state["temperature"] = 22.0
        machine.version += 1
        await gathered.until(lambda: gathered.values(handles[0]) == [21.5, 22.0])
    assert len([row for row in gathered.rows if row[3] == 0]) == len(wanted) + 1


async def test_a_missing_field_a_missing_page_and_an_unreadable_one_leave_their_neighbours_alone(
    tmp_path, gathered, define
) -> None:
    good, field, page, html, text, huge, busy = define(
        *[(name, Kind.DOUBLE) for name in ("good", "field", "page", "html", "text", "huge", "busy")]
    )
    points = (
        point(good, "/api/state#/temperature"),
        point(field, "/api/state#/pressure"),
        point(page, "/nothing#/x"),
        point(html, "/html#/x"),
        point(text, "/text", content_type="text/plain"),
        point(huge, "/huge#/x"),
        point(busy, "/busy#/x"),
    )
    machine = Machine()
    async with serving(machine.app()) as url, running(tmp_path, gathered, url, *points):
        await gathered.until(lambda: gathered.values(good) and gathered.values(text) and gathered.qualities(busy))
        found = {handle: gathered.qualities(handle)[0] for handle in (field, page, html, huge, busy)}
    assert found == {
        field: BAD_NO_DATA,
        page: 0x8034_0000,
        html: 0x8007_0000,
        huge: 0x8008_0000,
        busy: 0x8004_0000,
    }
    assert gathered.values(text)[0] == 7.25


async def test_a_redirect_is_followed_at_home_and_never_to_another_host(tmp_path, gathered, define) -> None:
    home, away, loop = define(("home", Kind.DOUBLE), ("away", Kind.DOUBLE), ("loop", Kind.DOUBLE))
    machine, other = Machine(), Machine()
    points = (
        point(home, "/moved#/temperature"),
        point(away, "/away#/temperature"),
        point(loop, "/loop#/temperature"),
    )
    async with serving(machine.app()) as url, serving(other.app()) as elsewhere:
        machine.elsewhere = f"{elsewhere}/api/state"
        async with running(tmp_path, gathered, url, *points, username="line", password="secret-1"):
            await gathered.until(
                lambda: gathered.values(home) and gathered.qualities(away) and gathered.qualities(loop)
            )
    assert not other.seen
    assert gathered.qualities(away)[0] == gathered.qualities(loop)[0] == 0x8005_0000


@pytest.mark.parametrize(
    ("security", "expected"),
    [
        ({"username": "line", "password": "secret-1"}, basic("line", "secret-1")),
        ({"token": "t-42", "scheme": "bearer"}, "Bearer t-42"),
    ],
)
async def test_who_we_are_is_told_and_a_refusal_is_a_state(tmp_path, gathered, define, security, expected) -> None:
    (handle,) = define(("v", Kind.DOUBLE))
    machine = Machine()
    machine.authorization = expected
    async with serving(machine.app()) as url:
        async with running(tmp_path, gathered, url, point(handle, "/api/state#/temperature"), **security):
            await gathered.until(lambda: gathered.values(handle) == [21.5])
        wrong = {**security, "password": "x", "token": "x" if "token" in security else ""}
        async with running(tmp_path, gathered, url, point(handle, "/api/state#/temperature"), state="refused", **wrong):
            assert gathered.statuses[-1].text == "connectors.http_refused"


async def test_a_server_is_trusted_by_its_authority_only(tmp_path, gathered, define) -> None:
    (handle,) = define(("v", Kind.DOUBLE))
    certificate = self_signed(tmp_path)
    machine = Machine()
    one = point(handle, "/api/state#/temperature")
    async with serving(machine.app(), certificate=certificate) as url:
        async with running(tmp_path, gathered, url, one, state="lost"):
            assert "certificate" in gathered.statuses[-1].error.lower()
        async with running(tmp_path, gathered, url, one, ca_file=str(certificate[0])):
            await gathered.until(lambda: gathered.values(handle) == [21.5])


async def test_a_write_carries_the_field_and_the_answer_is_the_outcome(tmp_path, gathered, define) -> None:
    setpoint, count, refused = define(("t", Kind.DOUBLE), ("c", Kind.INT), ("r", Kind.DOUBLE))
    points = (
        point(setpoint, "/api/state#/temperature"),
        point(count, "/api/state#/order/count", Kind.INT, write_method="POST"),
        point(refused, "/refuse", Kind.DOUBLE),
    )
    machine = Machine()
    async with serving(machine.app()) as url, running(tmp_path, gathered, url, *points) as connector:
        assert (await connector.write(points[0], 25.0)).is_good
        assert json.loads(machine.bodies[-1]) == {"temperature": 25.0}
        await gathered.until(lambda: gathered.values(setpoint)[-1:] == [25.0])
        assert (await connector.write(points[1], 8)).is_good
        assert json.loads(machine.bodies[-1]) == {"order": {"count": 8}}
        assert (await connector.write(points[2], 1.0)).status == 0x80AF_0000
        assert (await connector.write(point(0, "/nothing#/x"), 1.0)).status == 0x8034_0000
        started = await connector.call("/start", [7])
        assert (started.status, started.outputs, machine.bodies[-1]) == (0, ("started",), b"7")
        header = point(0, "/api/state#/temperature", headers={"X-A": "a\r\nX-Evil: 1"})
        assert (await connector.write(header, 1.0)).status == 0x80AB_0000
    assert (await connector.write(points[0], 1.0)).status == 0x800D_0000


async def test_a_lost_server_leaves_one_gap_and_its_return_states_everything_again(tmp_path, gathered, define) -> None:
    (handle,) = define(("v", Kind.DOUBLE))
    machine, port = Machine(), free_port()
    async with serving(machine.app(), port) as url:
        connector = HttpConnector(tmp_path, SystemClock())
        link = Link("test", "http", url, {}, (point(handle, "/api/state#/temperature"),))
        task = asyncio.create_task(connector.run(link, gathered.sink, gathered.listen))
        await gathered.until(lambda: gathered.values(handle) == [21.5])
    await gathered.until_state("lost")
    async with serving(machine.app(), port):
        await gathered.until(lambda: gathered.values(handle) == [21.5, 21.5])
        assert gathered.board.value(handle).quality == 0
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert gathered.qualities(handle) == [0, BAD_NO_COMMUNICATION, 0, BAD_NO_COMMUNICATION]


async def test_a_peer_that_talks_anything_but_http_is_no_more_than_unreachable(tmp_path, gathered, define) -> None:
    (handle,) = define(("v", Kind.DOUBLE))
    noise = iter(
        [b"\x00\x01garbage\r\n\r\n", b"HTTP/1.1 999999 x\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"]
    )

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(next(noise, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n1.25"))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with running(tmp_path, gathered, url, point(handle, "/")):
        await gathered.until(lambda: gathered.values(handle) == [1.25])
    server.close()
    assert [status.state for status in gathered.statuses].count("lost") >= 1


def test_a_shell_that_describes_a_web_interface_gives_a_link(registry) -> None:
    speed = affordance(
        "speed", "v1/state?part=drive", smc("properties", smc("rpm", prop("type", "number"))), htv_methodName="GET"
    )
    speed["value"][-1]["value"].append(
        sml("htv_headers", smc(None, prop("htv_fieldName", "Accept-Language"), prop("htv_fieldValue", "de")))
    )
    speed["value"][-1]["value"][-1]["value"].append(
        smc(None, prop("htv_fieldName", "Authorization"), prop("htv_fieldValue", "Bearer from-a-package"))
    )
    set_point = affordance("target", "/v1/target", htv_methodName="PUT")
    basic_sc = smc("basic_sc", prop("scheme", "basic"))
    face = interface(
        "drive",
        "https://10.0.0.8/api",
        "application/json",
        speed,
        set_point,
        security="basic_sc",
        definitions=(basic_sc,),
    )
    steps = ("drive", "InteractionMetadata", "properties")
    pairs = (((*steps, "speed", "properties", "rpm"), "Rpm"), ((*steps, "target"), "Target"))
    sinks = [prop("Rpm", "0", "xs:double"), prop("Target", "0", "xs:double")]
    links, diagnoses = links_from_environment(
        environment([face], [mapping(*pairs)], sinks),
        registry,
        credentials={"https://10.0.0.8": {"username": "u", "password": "p"}},
    )
    assert not diagnoses
    (link,) = links
    assert (link.protocol, link.endpoint) == ("http", "https://10.0.0.8")
    assert link.security == {"scheme": "basic", "username": "u", "password": "p"}
    found = {one.address: one.options for one in link.points}
    assert found["/api/v1/state?part=drive#/rpm"]["headers"] == {"Accept-Language": "de"}
    assert found["/api/v1/target"]["write_method"] == "PUT"


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_target_never_breaks_out_of_its_line(path: str, query: str) -> None:
    target = target_of(path, query)
    assert target.startswith("/")
    assert target.isascii()
    assert not any(char.isspace() for char in target)


async def test_looking_around_shows_every_field_of_what_the_named_paths_answer() -> None:
    machine = Machine()
    machine.authorization = basic("line", "secret-1")
    async with serving(machine.app()) as url:
        settings = {"paths": "/api/state, /html, /nothing", "username": "line", "password": "secret-1"}
        stranger = HttpConnector.explorer(f"{url}/api/state", {}, Path(), SystemClock())
        with pytest.raises(XushiError) as refused:
            await stranger.open()
        assert refused.value.code == "connectors.http_refused"
        await stranger.close()
        explorer = HttpConnector.explorer(url, settings, Path(), SystemClock())
        assert "uvicorn" in (await explorer.open()).title
        roots = (await explorer.children("", "", 100)).nodes
        assert [one.address for one in roots] == ["/api/state", "/html", "/nothing"]
        fields = (await explorer.children("/api/state", "", 100)).nodes
        assert {(one.address, one.type, one.sample) for one in fields if one.is_value and one.name != "axes"} == {
            ("/api/state#/temperature", "number", 21.5),
            ("/api/state#/running", "boolean", True),
            ("/api/state#/mode", "string", "AUTO"),
        }
        (order,) = [one for one in fields if one.has_children]
        below = (await explorer.children(order.address, "", 1)).nodes
        assert [(one.address, one.path) for one in below] == [("/api/state#/order/id", ("/api/state", "order", "id"))]
        walked = [node async for batch in explorer.walk(["/api/state"], 100) for node in batch.nodes]
        assert "/api/state#/order/count" in {one.address for one in walked}
        assert len([node async for batch in explorer.walk(["/api/state"], 3) for node in batch.nodes]) == 3
        samples = await explorer.read(["/api/state#/order/count", "/api/state#/missing", "/nothing#/x", "/html#/x"])
        assert [(one.value, one.quality) for one in samples] == [
            (3, 0),
            (None, BAD_NO_DATA),
            (None, 0x8034_0000),
            (None, 0x8007_0000),
        ]
        await explorer.close()


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="#"), min_size=1, max_size=6), max_size=3),
    st.sampled_from([{}, {"write_method": "POST"}, {"polling_ms": "200"}, {"headers": {"Accept-Language": "de"}}]),
)
def test_an_address_survives_being_written_into_a_shell(steps: list[str], options: dict[str, Any]) -> None:
    pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
    placed = Placement(f"/api/state?part=drive{'#' + pointer if pointer else ''}", {"pointer": pointer, **options})
    assert HttpConnector.place(HttpConnector.form("http://10.0.0.8/api", placed)) == placed
