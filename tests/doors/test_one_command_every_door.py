"""A command written once, in a package nobody here ships, appears and works behind every door."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from websockets.sync.client import connect as open_socket

import xushi
from xushi.cli._completion import candidates
from xushi.remote import RemoteError
from xushi.testing import OwnServer

NAME = "outsider.pin"


def noted(server: OwnServer, text: str) -> bool:
    """Whether the evidence tells of a note with this text."""
    entries = server.remote.get("/api/evidence")
    return any(entry["command"] == NAME and entry["entry"]["summary"].get("text") == text for entry in entries)


def test_rest_runs_it_and_takes_it_back(outside: OwnServer) -> None:
    outcome = outside.remote.run(NAME, {"text": "by REST"})
    assert (outcome["state"], outcome["result"], outcome["is_undoable"]) == ("done", {"text": "by REST"}, True)
    assert outside.remote.undo(outcome["command_id"])["state"] == "done"


def test_rest_lists_it_with_its_schema_right_and_texts(outside: OwnServer) -> None:
    (info,) = [each for each in outside.remote.get("/api/commands") if each["name"] == NAME]
    assert (info["right"], info["title"]["zh-CN"]) == ("scene:write", "钉一张临时便签")
    assert info["params"]["$defs"]["PinParams"]["properties"]["times"]["maximum"] == 9


def test_openapi_describes_it_as_a_path_of_its_own(outside: OwnServer) -> None:
    operation = outside.remote.get("/api/openapi.json")["paths"][f"/api/commands/{NAME}"]["post"]
    assert operation["x-right"] == "scene:write"


def test_the_websocket_runs_it(outside: OwnServer) -> None:
    url = outside.remote.url.replace("http", "ws") + "/api/ws"
    with open_socket(url, additional_headers={"Authorization": f"Bearer {outside.remote.token}"}) as socket:
        socket.send(json.dumps({"type": "run", "request": 7, "command": NAME, "params": {"text": "by socket"}}))
        for message in socket:
            if isinstance(message, str) and (answer := json.loads(message)).get("request") == 7:
                break
    assert (answer["type"], answer["state"]) == ("outcome", "done")


def test_the_command_line_runs_it_with_options_of_its_own(outside: OwnServer) -> None:
    done = outside.cli("command", NAME, "--text", "by CLI", "--times", "2", "--reason", "why not", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["result"] == {"text": "by CLI by CLI"}
    assert NAME in outside.cli("command").stdout
    assert candidates(["command", "--data", str(outside.folder), "outs"], "en") == [NAME]
    assert "--times" in candidates(["command", "--data", str(outside.folder), NAME, "--t"], "en")
    assert "--times" in outside.cli("command", NAME, "--help").stdout
    by_json = outside.cli("run", NAME, '{"text": "by JSON"}')
    assert by_json.returncode == 0


def test_python_offers_it_as_a_method_with_signature_and_docstring(outside: OwnServer) -> None:
    plant = xushi.connect(outside.remote.url, outside.remote.token, language="zh-CN")
    pin = plant.commands.outsider.pin
    assert list(inspect.signature(pin).parameters) == ["text", "times", "dry_run", "propose", "reason"]
    assert "钉一张临时便签" in (pin.__doc__ or "")
    outcome = pin("by Python", times=2)
    assert outcome.is_done
    assert outcome["result"] == {"text": "by Python by Python"}
    assert "by Python" in outcome._repr_html_()
    assert outcome.undo().is_done
    assert pin("nothing", dry_run=True)["state"] == "planned"
    with pytest.raises(RemoteError) as caught:
        pin("too often", times=10)
    assert caught.value.code == "kernel.params_invalid"


async def call(server: OwnServer, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    import httpx2

    headers = {"Authorization": f"Bearer {server.remote.token}"}
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(f"{server.remote.url}/mcp", http_client=http)) as client,
    ):
        assert tool in {each.name for each in (await client.list_tools()).tools}
        result = await client.call_tool(tool, arguments)
        assert not result.is_error
        found: dict[str, Any] = result.structured_content or {}
        return found


async def test_mcp_offers_it_as_a_tool_that_only_shows_unless_told_otherwise(outside: OwnServer) -> None:
    planned = await call(outside, "outsider_pin", {"params": {"text": "by MCP"}})
    assert planned["state"] == "planned"
    assert not noted(outside, "by MCP")
    done = await call(outside, "outsider_pin", {"params": {"text": "by MCP"}, "mode": "run"})
    assert done["state"] == "done"
    assert noted(outside, "by MCP")


async def test_mcp_proposes_it_and_a_person_confirms(outside: OwnServer) -> None:
    arguments = {"params": {"text": "by proposal"}, "mode": "propose", "reason": "the assistant thinks so"}
    waiting = (await call(outside, "outsider_pin", arguments))["result"]["proposal"]
    assert not noted(outside, "by proposal")
    assert outside.cli("command", "proposal.confirm", "--proposal", waiting).returncode == 0
    assert noted(outside, "by proposal")


def test_a_broken_package_beside_it_is_told_and_harms_nobody(outside: OwnServer) -> None:
    told = json.loads(outside.cli("doctor", "--json").stdout)["findings"]
    assert outside.remote.run(NAME, {"text": "still here"}, dry_run=True)["state"] == "planned"
    assert "outsider_broken" in outside.log.read_text("utf-8")
    assert {"plugins"} <= {finding["check"] for finding in told}
