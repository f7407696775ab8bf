"""Every route refuses whoever may not use it: no token, a wrong one, from elsewhere, with too small a scope."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect as open_socket

from xushi.kernel import OWN_RIGHT
from xushi.remote import Remote, RemoteError
from xushi.server import ROUTES
from xushi.server._app import build_app
from xushi.server._guard import status_of
from xushi.server._mcp_tools import tool_names
from xushi.testing import Served
from xushi.trust import ALL_SCOPES

Ask = Callable[..., Any]
GUARDED = [spec for spec in ROUTES if spec.right is not None]
NAMES = [f"{spec.method} {spec.path}" for spec in GUARDED]
UPGRADE = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}  # fmt: skip
READ_WITH_MORE = [
    spec.path.replace("{", "").replace("}", "")
    for spec in GUARDED
    if spec.method == "GET" and spec.answer is not None and spec.right != "view"
]
PAGES = ("/", "/icon.svg", "/index.html", "/no/such/page", "/assets/none.js")


def code_of(body: bytes) -> str:
    error = json.loads(body)["error"]
    assert set(error) == {"code", "what", "why", "next"}
    assert error["what"]
    return str(error["code"])


@pytest.mark.parametrize("spec", GUARDED, ids=NAMES)
def test_without_a_token(served: Served, ask: Ask, spec) -> None:  # type: ignore[no-untyped-def]
    answer, body = ask(spec.method, spec.path)
    assert (answer.status, code_of(body)) == (401, "trust.credential_invalid")


@pytest.mark.parametrize("spec", GUARDED, ids=NAMES)
def test_with_a_wrong_token(served: Served, ask: Ask, spec) -> None:  # type: ignore[no-untyped-def]
    answer, body = ask(spec.method, spec.path, Authorization="Bearer 0000.wrong")
    assert (answer.status, code_of(body)) == (401, "trust.credential_invalid")
    answer, body = ask(spec.method, spec.path, Cookie="xushi_session=0000.wrong")
    assert (answer.status, code_of(body)) == (401, "trust.credential_invalid")


@pytest.mark.parametrize("spec", ROUTES, ids=[f"{spec.method} {spec.path}" for spec in ROUTES])
def test_from_another_origin(served: Served, ask: Ask, spec) -> None:  # type: ignore[no-untyped-def]
    bearer = f"Bearer {served.remote.token}"
    for foreign in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}):
        answer, body = ask(spec.method, spec.path, Authorization=bearer, **foreign)
        assert (answer.status, code_of(body)) == (403, "server.origin_foreign")


@pytest.mark.parametrize("spec", ROUTES, ids=[f"{spec.method} {spec.path}" for spec in ROUTES])
def test_by_another_host_name(served: Served, ask: Ask, spec) -> None:  # type: ignore[no-untyped-def]
    bearer = f"Bearer {served.remote.token}"
    for host in ("evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:80"):
        answer, body = ask(spec.method, spec.path, Authorization=bearer, Host=host)
        assert (answer.status, code_of(body)) == (421, "server.host_foreign")


@pytest.mark.parametrize("spec", GUARDED, ids=NAMES)
def test_with_every_scope_but_the_one_needed(served: Served, ask: Ask, spec) -> None:  # type: ignore[no-untyped-def]
    token = served.token(*(ALL_SCOPES - {spec.right}))
    answer, body = ask(spec.method, spec.path, Authorization=f"Bearer {token}")
    assert (answer.status, code_of(body)) == (403, "server.forbidden")


@pytest.mark.parametrize("spec", GUARDED, ids=NAMES)
def test_with_an_expired_token_or_session(ask: Ask, expired: dict[str, dict[str, str]], spec) -> None:  # type: ignore[no-untyped-def]
    for kind, headers in expired.items():
        answer, body = ask(spec.method, spec.path, **headers)
        assert (answer.status, code_of(body)) == (401, "trust.credential_expired"), kind


@pytest.fixture(scope="module")
def expired(served: Served) -> dict[str, dict[str, str]]:
    """A token and a session that were good once."""
    gate = served.platform.gate
    token, _ = gate.make_token("late", ALL_SCOPES, lifetime_s=-1)
    session, _ = gate._make("session", "operator", "operator", ALL_SCOPES, -1)
    return {"token": {"Authorization": f"Bearer {token}"}, "session": {"Cookie": f"xushi_session={session}"}}


def test_every_command_is_refused_without_its_right(served: Served, ask: Ask) -> None:
    for command in served.platform.commands.all():
        token = served.token(*(ALL_SCOPES - {command.right} | {"view"}))
        if command.right == "view":
            continue
        answer, body = ask("POST", f"/api/commands/{command.name}", Authorization=f"Bearer {token}")
        assert (answer.status, code_of(body)) == (403, "kernel.forbidden"), command.name


def test_what_is_for_the_platforms_own_hand_can_be_neither_tried_nor_proposed(served: Served) -> None:
    names = [command.name for command in served.platform.commands.all() if command.right == OWN_RIGHT]
    assert "contingency.offer" in names
    remote = Remote(served.remote.url, served.token(*ALL_SCOPES))
    for name in names:
        for command, params, is_dry in ((name, {}, True), ("proposal.make", {"command": name}, False)):
            with pytest.raises(RemoteError) as caught:
                remote.run(command, params, dry_run=is_dry)
            assert caught.value.code == "kernel.forbidden", (name, command)


def test_every_command_is_refused_without_its_right_over_the_websocket(served: Served) -> None:
    commands = [command.name for command in served.platform.commands.all() if command.right != "view"]
    url = served.remote.url.replace("http", "ws") + "/api/ws"
    headers = {"Authorization": f"Bearer {served.token('view')}"}
    told: dict[str, str] = {}
    with open_socket(url, additional_headers=headers) as socket:
        for name in commands:
            socket.send(json.dumps({"type": "run", "request": name, "command": name}))
            while name not in told:
                message = json.loads(socket.recv(5))
                if message["type"] == "error":
                    told[message["request"]] = message["error"]["code"]
    assert set(told.values()) == {"kernel.forbidden"}


def test_a_refused_websocket_is_no_error_of_the_server(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    url = served.remote.url.replace("http", "ws") + "/api/ws"
    with pytest.raises(InvalidStatus) as caught:
        open_socket(url, additional_headers={"Authorization": "Bearer wrong"})
    assert caught.value.response.status_code == 401
    served.remote.get("/api/me")
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_every_route_of_a_larger_scope_is_refused_to_a_page_that_asks_for_it(served: Served) -> None:
    url = served.remote.url.replace("http", "ws") + "/api/ws"
    headers = {"Authorization": f"Bearer {served.token('view')}"}
    with open_socket(url, additional_headers=headers) as socket:
        for path in READ_WITH_MORE:
            socket.send(json.dumps({"type": "ask", "request": path, "path": path}))
            message = {"type": ""}
            while message["type"] not in ("answer", "error"):
                message = json.loads(socket.recv(20))
            assert (message["request"], message["error"]["code"]) == (path, "server.forbidden")


def call_tool(served: Served, token: str, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
    result: dict[str, Any] = Remote(served.remote.url, token).post("/mcp", message)["result"]
    return result


@pytest.mark.parametrize("mode", ["dry_run", "propose", "run"])
def test_every_tool_of_a_command_is_refused_without_its_right(served: Served, mode: str) -> None:
    token = served.token("view")
    for name, command in tool_names(served.running.doors).items():
        if command.right != "view":
            result = call_tool(served, token, name, {"mode": mode})
            assert (result["isError"], result["structuredContent"]["code"]) == (True, "kernel.forbidden"), name


def test_every_route_of_a_larger_scope_is_refused_to_an_assistant(served: Served) -> None:
    token = served.token("view")
    for path in READ_WITH_MORE:
        result = call_tool(served, token, "read_route", {"path": path})
        assert (result["isError"], result["structuredContent"]["code"]) == (True, "server.forbidden"), path


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "trust.credential_invalid"),
        ({"Authorization": "Bearer 1.2"}, "trust.credential_invalid"),
        ({"Cookie": "xushi_session=1.2"}, "trust.credential_invalid"),
        ({"Origin": "http://evil.example"}, "server.origin_foreign"),
        ({"Host": "evil.example"}, "server.host_foreign"),
        ("expired", "trust.credential_expired"),
        ("scope", "server.forbidden"),
    ],
    ids=["no token", "wrong token", "wrong session", "other origin", "other host", "expired token", "small scope"],
)
def test_the_websocket_is_refused_before_its_handshake(
    served: Served, ask: Ask, expired: dict[str, dict[str, str]], headers: Any, code: str
) -> None:
    if headers == "expired":
        headers = expired["token"]
    elif headers == "scope":
        headers = {"Authorization": f"Bearer {served.token(*(ALL_SCOPES - {'view'}))}"}
    answer, body = ask("GET", "/api/ws", **UPGRADE, **headers)
    assert (answer.status, code_of(body)) == (status_of(code), code)


@pytest.mark.parametrize("page", PAGES)
def test_the_page_and_its_files_are_refused_from_elsewhere(served: Served, ask: Ask, page: str) -> None:
    for headers, code in (({"Origin": "http://evil.example"}, "origin"), ({"Host": "evil.example"}, "host")):
        answer, body = ask("GET", page, **headers)
        assert (answer.status, code_of(body)) == (status_of(f"server.{code}_foreign"), f"server.{code}_foreign")
    assert ask("GET", page)[0].status in (200, 404)


def test_every_route_of_the_application_is_one_of_the_tables(served: Served) -> None:
    """A route that is added beside the tables would be one that no test here looks at."""
    app = build_app(served.platform, set(), "")[0]._app  # type: ignore[attr-defined]
    known = {spec.path for spec in ROUTES} | {"/api/ws", "/api/{rest:path}", "/", "/{path:path}"}
    assert {route.path for route in app.routes} == known


@pytest.mark.parametrize("spec", ROUTES, ids=[f"{spec.method} {spec.path}" for spec in ROUTES])
def test_another_method_is_refused_with_those_that_are_taken(served: Served, ask: Ask, spec) -> None:  # type: ignore[no-untyped-def]
    answer, body = ask("TRACE", spec.path, Authorization=f"Bearer {served.remote.token}")
    assert (answer.status, code_of(body)) == (405, "server.method_wrong")
    assert spec.method in (answer.headers["Allow"] or "")


def test_somebodys_wrong_tokens_lock_nobody_else_out(served: Served, ask: Ask) -> None:
    for _ in range(50):
        assert ask("GET", "/api/me", Authorization="Bearer 1.2")[0].status == 401
    assert ask("GET", "/api/me", Authorization=f"Bearer {served.remote.token}")[0].status == 200


def test_guessing_is_slowed_down(served: Served, ask: Ask) -> None:
    served.running.doors.failures._failures.clear()
    codes = [code_of(ask("GET", "/signin?code=guess")[1]) for _ in range(25)]
    assert codes[0] == "trust.code_invalid"
    assert codes[-1] == "server.too_often"
    served.running.doors.failures._failures.clear()


def test_a_body_beyond_the_limit_is_refused(served: Served, ask: Ask) -> None:
    bearer = f"Bearer {served.remote.token}"
    answer, body = ask("POST", "/api/commands/scene.move", Authorization=bearer, Content_Length=str(10**9))
    assert (answer.status, code_of(body)) == (413, "server.body_too_large")
