"""The MCP door with a client nobody here wrote: both eras of the protocol, reading, resources, rights, the bridge."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from xushi.demo.shells import ensure_assets
from xushi.signals import Frame
from xushi.testing import Served, served

SPEED = "urn:xushi:demo:submodel:OP40:OperationalData#TorqueTarget"


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo plant's twins, with one value and no machine behind them."""
    with served(tmp_path_factory.mktemp("mcp") / "data") as one:
        one.remote.import_files([ensure_assets()])
        now_ns = one.platform.clock.now_ns()
        registry = one.platform.registry
        one.push(Frame.from_rows(registry, [(registry.handle(SPEED), now_ns, 85.0, 0)]))
        yield one


@asynccontextmanager
async def talking(one: Served, *scopes: str, mode: str = "auto") -> AsyncIterator[Client]:
    token = one.token(*scopes) if scopes else one.remote.token
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http,
        Client(streamable_http_client(f"{one.remote.url}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


@pytest.mark.parametrize("mode", ["auto", "legacy", "2026-07-28"])
async def test_it_speaks_every_era_of_the_protocol(plant: Served, mode: str) -> None:
    async with talking(plant, mode=mode) as client:
        assert client.server_info is None or client.server_info.name == "xushi"
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        commands = plant.remote.get("/api/commands")
        assert {"search_twins", "read_values", "signal_write", "agv_order"} <= set(tools)
        assert len(tools) >= len(commands)
        found = await client.call_tool("search_twins", {"query": "op40"})
        assert found.structured_content["twins"][0]["idShort"] == "OP40"


async def test_values_history_actions_and_any_other_route_can_be_read(plant: Served) -> None:
    async with talking(plant, "view") as client:
        values = (
            await client.call_tool("read_values", {"signals": ["OP40:OperationalData#TorqueTarget"]})
        ).structured_content
        assert (values["values"][0]["value"], values["values"][0]["unit"]) == (85.0, "N.m")
        shell = (await client.call_tool("read_values", {"shell": "OP40", "limit": 500})).structured_content
        assert shell["found"] > 30
        past = (await client.call_tool("read_history", {"signal": SPEED, "minutes": 5})).structured_content
        assert past["steps"][-1]["last"] == 85.0
        actions = (await client.call_tool("list_actions", {})).structured_content["items"]
        assert any(each["id_short"] == "AnswerPokaYoke" for each in actions)
        entries = (await client.call_tool("read_route", {"path": "/api/evidence?limit=1"})).structured_content
        assert len(entries["items"]) == 1
        refused = await client.call_tool("read_route", {"path": "/api/tokens"})
        assert refused.is_error
        unknown = await client.call_tool("read_route", {"path": "/etc/passwd"})
        assert unknown.is_error
        assert "/api/links" in unknown.structured_content["why"] + unknown.structured_content["next"]


async def test_the_figures_of_the_stations_and_why_they_are_so_can_be_read(plant: Served) -> None:
    shell = "urn:xushi:demo:shell:OP40"
    state = {"signal": "urn:xushi:demo:submodel:OP40:OperationalData#State", "values": [3]}
    for name, about in (("OP40", shell), ("LINE1", None)):
        kpi = {"id": name, "title": {"en": name}, "shell": about, "producing": state, "figures": {"availability": {}}}
        plant.remote.run("kpi.put", {"kpi": kpi})
    async with talking(plant, "view") as client:
        everything = (await client.call_tool("read_figures", {"minutes": 10})).structured_content
        assert [one["id"] for one in everything["kpis"]] == ["OP40.availability", "LINE1.availability"]
        assert everything["end_ms"] - everything["start_ms"] == pytest.approx(600_000)
        own = (await client.call_tool("read_figures", {"shell": "OP40"})).structured_content
        assert [one["id"] for one in own["kpis"]] == ["OP40.availability"]
        why = (await client.call_tool("read_figures", {"why": "OP40.availability"})).structured_content
        assert why["formula"] == "A = APT / PBT"
        assert (await client.call_tool("read_figures", {"why": "../tokens"})).is_error


async def test_the_file_of_an_element_is_no_answer_in_json(plant: Served) -> None:
    submodel = base64.urlsafe_b64encode(b"urn:xushi:demo:submodel:LINE1:LayoutInterchange").decode().rstrip("=")
    path = f"/submodels/{submodel}/submodel-elements/LayoutInterchangeFile"
    async with talking(plant, "view") as client:
        assert not (await client.call_tool("read_route", {"path": path})).is_error
        refused = await client.call_tool("read_route", {"path": f"{path}/attachment"})
        assert refused.is_error
        assert refused.structured_content["code"] == "server.tool_route_unknown"


async def test_shells_are_resources_with_live_values(plant: Served) -> None:
    async with talking(plant, "view") as client:
        page = await client.list_resources()
        uris = [each.uri for each in page.resources]
        while page.next_cursor:
            page = await client.list_resources(cursor=page.next_cursor)
            uris += [each.uri for each in page.resources]
        assert len(set(uris)) == len(uris) == len(plant.remote.get("/api/twins"))
        texts = [(await client.read_resource(uri)).contents[0].text for uri in uris[:3]]
        assert all("shell" in json.loads(text) for text in texts)
        with pytest.raises(MCPError):
            await client.read_resource("xushi://shell/bm90aGluZw")


async def test_a_token_that_may_only_look_and_propose_changes_nothing(plant: Served) -> None:
    arguments: dict[str, Any] = {"params": {"id": "urn:xushi:demo:shell:OP40", "name": {"en": "Renamed"}}}
    async with talking(plant, "view", "propose") as client:
        shown = await client.call_tool("twin_rename", arguments)
        assert shown.structured_content["state"] == "planned"
        refused = await client.call_tool("twin_rename", {**arguments, "mode": "run"})
        assert refused.is_error
        assert refused.structured_content["code"] == "kernel.forbidden"
        proposed = await client.call_tool("twin_rename", {**arguments, "mode": "propose", "reason": "clearer"})
        assert not proposed.is_error
        waiting = (await client.call_tool("list_proposals", {})).structured_content["items"]
        assert [each["why"] for each in waiting if each["state"] == "pending"] == ["clearer"]
    async with talking(plant, "view") as client:
        for mode in ("propose", "dry_run"):
            refused = await client.call_tool("twin_rename", {**arguments, "mode": mode})
            assert refused.structured_content["code"] == "kernel.forbidden"


async def test_without_a_mode_nothing_is_done(plant: Served) -> None:
    async with talking(plant) as client:
        arguments = {"params": {"id": "urn:xushi:demo:shell:OP40", "name": {"en": "By accident"}}}
        shown = await client.call_tool("twin_rename", arguments)
        assert shown.structured_content["state"] == "planned"
    names = [twin["name"] for twin in plant.remote.get("/api/twins")]
    assert not any("By accident" in name.values() for name in names)


async def test_an_unknown_tool_is_an_error_and_wrong_arguments_are_told(plant: Served) -> None:
    async with talking(plant) as client:
        with pytest.raises(MCPError):
            await client.call_tool("no_such_tool", {})
        wrong = await client.call_tool("read_history", {"signal": SPEED, "minutes": -1})
        assert wrong.is_error
        assert wrong.structured_content["code"] == "server.tool_arguments_invalid"
        wrong = await client.call_tool("signal_write", {"mode": "now"})
        assert wrong.is_error


async def test_the_bridge_carries_the_same_over_standard_streams(plant: Served, tmp_path: Path) -> None:
    arguments = ["-m", "xushi.cli", "mcp", "--server", plant.remote.url, "--token", plant.token("view")]
    parameters = StdioServerParameters(command=sys.executable, args=[*arguments, "--data", str(tmp_path)])
    for mode in ("auto", "legacy"):
        async with Client(stdio_client(parameters), mode=mode) as client:
            assert "search_twins" in {tool.name for tool in (await client.list_tools()).tools}
            found = await client.call_tool("search_twins", {"query": "气密", "limit": 3})
            assert not found.is_error
            refused = await client.call_tool("twin_rename", {"params": {"id": "x", "name": {}}})
            assert refused.is_error


def post(one: Served, body: bytes, **headers: str) -> tuple[int, dict[str, Any]]:
    parts = urlsplit(one.remote.url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    sent = {"Authorization": f"Bearer {one.remote.token}", "Content-Type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("POST", "/mcp", body, sent)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, json.loads(content) if content else {}


def request(method: str, params: Any = None, **more: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}, **more}).encode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"not json", -32700),
        (b"[" * 5000, -32700),
        (b"[]", -32600),
        (b'{"jsonrpc": "1.0", "method": "ping", "id": 1}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1}', -32600),
        (b'{"jsonrpc": "2.0", "method": "ping", "id": null}', -32600),
        (request("no/such/method"), -32601),
        (request("tools/call", {"name": 7}), -32602),
        (request("resources/read", {"uri": "file:///etc/passwd"}), -32602),
        (request("resources/list", {"cursor": "%%%"}), -32602),
    ],
)
def test_a_malformed_message_is_answered_by_the_code_of_its_kind(plant: Served, body: bytes, code: int) -> None:
    _, answer = post(plant, body)
    assert (answer["jsonrpc"], answer["error"]["code"]) == ("2.0", code)
    assert answer["error"]["message"]


def test_a_notification_is_taken_without_an_answer(plant: Served) -> None:
    assert post(plant, b'{"jsonrpc": "2.0", "method": "notifications/initialized"}') == (202, {})


def test_headers_that_contradict_the_message_are_refused(plant: Served) -> None:
    meta = {"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}}
    good = {"MCP_Protocol_Version": "2026-07-28", "Mcp_Method": "tools/list"}
    assert post(plant, request("tools/list", meta), **good)[0] == 200
    for wrong in ({"Mcp_Method": "ping"}, {"MCP_Protocol_Version": "2025-11-25"}):
        status, answer = post(plant, request("tools/list", meta), **{**good, **wrong})
        assert (status, answer["error"]["code"]) == (400, -32020)
    status, answer = post(plant, request("tools/list"), MCP_Protocol_Version="1999-01-01")
    assert (status, answer["error"]["code"]) == (400, -32022)
    assert "2026-07-28" in answer["error"]["data"]["supported"]
