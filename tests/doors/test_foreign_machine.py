"""A machine that nobody here built is connected and made to act by command line, Python, WebSocket and assistant."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from asyncua.sync import Client as OpcuaClient
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from websockets.sync.client import connect as open_socket

import xushi
from xushi.testing import PLANT, NodeOpcua, OwnServer, own_server, start_node_opcua

NAMESPACE = "http://foreign.example/paintshop"
ROBOT = "PaintRobot"
IDLE, RUNNING = 0, 1


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeOpcua]:
    """The paint shop by node-opcua."""
    with start_node_opcua(tmp_path_factory.mktemp("node"), script=PLANT) as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, plant: NodeOpcua) -> Iterator[OwnServer]:
    """A platform into which one command of the command line has brought the paint shop."""
    with own_server(tmp_path_factory.mktemp("works") / "data") as one:
        done = one.cli("connect", plant.url, "--yes", "--json", "--reason", "the paint shop joins")
        assert done.returncode == 0, done.stderr
        end = time.monotonic() + 30
        while [link["state"] for link in one.remote.get("/api/links")] != ["live"]:
            assert time.monotonic() < end
            time.sleep(0.2)
        yield one


def told(plant: NodeOpcua, name: str) -> Any:
    """What the machine itself holds, asked by a client of its own."""
    with OpcuaClient(plant.url) as client:
        namespace = client.get_namespace_index(NAMESPACE)
        return client.get_node(f"ns={namespace};s={ROBOT}.{name}").read_value()


def action_key(server: OwnServer, name: str) -> str:
    (key,) = [one["key"] for one in server.remote.get("/api/actions") if one["id_short"] == name]
    return str(key)


def evidence(server: OwnServer, reason: str) -> list[str]:
    """Who did what for this reason."""
    return [one["command"] for one in server.remote.get("/api/evidence") if one["entry"].get("reason") == reason]


def test_the_command_line_starts_it_refuses_plainly_and_takes_back(server: OwnServer, plant: NodeOpcua) -> None:
    start = server.cli("command", "device.act", "--action", action_key(server, "Start"), "--reason", "by CLI", "--json")
    assert (start.returncode, json.loads(start.stdout)["state"]) == (0, "done"), start.stderr
    assert told(plant, "Monitoring.State") == RUNNING
    home = server.cli("command", "device.act", "--action", action_key(server, "Home"), "--lang", "zh-CN")
    assert home.returncode == 1
    assert "BadInvalidState" in home.stdout + home.stderr
    assert server.cli("undo", json.loads(start.stdout)["command_id"]).returncode == 0
    assert told(plant, "Monitoring.State") == IDLE
    assert evidence(server, "by CLI") == ["device.act"]


def test_python_writes_a_set_point_and_tells_it_what_to_paint(server: OwnServer, plant: NodeOpcua) -> None:
    works = xushi.connect(server.remote.url, server.remote.token)
    robot = works.shell(ROBOT)
    before = told(plant, "SpeedOverride")
    written = robot["SpeedOverride"].write(55.0, reason="by Python")
    assert written.is_done
    assert told(plant, "SpeedOverride") == 55.0
    assert written.undo().is_done
    assert told(plant, "SpeedOverride") == before
    assert robot.act("LoadJob", Job="white", Pieces=3, reason="by Python").is_done
    assert told(plant, "Monitoring.LastJob") == "white x 3"
    assert sorted(evidence(server, "by Python")) == ["device.act", "signal.write"]


def test_the_websocket_starts_it_and_tells_the_outcome(server: OwnServer, plant: NodeOpcua) -> None:
    url = server.remote.url.replace("http", "ws") + "/api/ws"
    with open_socket(url, additional_headers={"Authorization": f"Bearer {server.remote.token}"}) as socket:
        params = {"action": action_key(server, "Start")}
        socket.send(json.dumps({"type": "run", "request": 3, "command": "device.act", "params": params}))
        for message in socket:
            if isinstance(message, str) and (answer := json.loads(message)).get("request") == 3:
                break
    assert (answer["type"], answer["state"]) == ("outcome", "done")
    assert told(plant, "Monitoring.State") == RUNNING
    server.remote.undo(answer["command_id"])
    assert told(plant, "Monitoring.State") == IDLE


async def test_an_assistant_looks_first_proposes_and_a_person_confirms(server: OwnServer, plant: NodeOpcua) -> None:
    import httpx2

    token = server.token("view", "propose")
    params = {"action": action_key(server, "LoadJob"), "inputs": {"Job": "blue", "Pieces": 2}}
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http,
        Client(streamable_http_client(f"{server.remote.url}/mcp", http_client=http)) as client,
    ):

        async def call(**more: Any) -> Any:
            return await client.call_tool("device_act", {"params": params, **more})

        assert (await call()).structured_content["state"] == "planned"
        assert (await call(mode="run")).is_error  # it may propose, not act
        proposed = await call(mode="propose", reason="by assistant")
    assert told(plant, "Monitoring.LastJob") != "blue x 2"
    waiting = proposed.structured_content["result"]["proposal"]
    assert server.cli("command", "proposal.confirm", "--proposal", waiting).returncode == 0
    assert told(plant, "Monitoring.LastJob") == "blue x 2"
