"""Every route refuses whoever may not use it: no token, a wrong one, from elsewhere, with too small a scope."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from xushi.server import ROUTES
from xushi.testing import Served
from xushi.trust import ALL_SCOPES

Ask = Callable[..., Any]
GUARDED = [spec for spec in ROUTES if spec.right is not None]
NAMES = [f"{spec.method} {spec.path}" for spec in GUARDED]
COMMANDS = ("scene.move", "signal.write", "import.files", "twin.rename", "device.call", "recording.make")


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
    served.running.doors.failures._failures.clear()
    answer, body = ask(spec.method, spec.path, Authorization="Bearer 0000.wrong")
    assert (answer.status, code_of(body)) == (401, "trust.credential_invalid")
    answer, body = ask(spec.method, spec.path, Cookie="xushi_session=0000.wrong")
    assert (answer.status, code_of(body)) == (401, "trust.credential_invalid")
    served.running.doors.failures._failures.clear()


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


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_without_its_right(served: Served, ask: Ask, name: str) -> None:
    token = served.token("view")
    answer, body = ask("POST", f"/api/commands/{name}", Authorization=f"Bearer {token}")
    assert (answer.status, code_of(body)) == (403, "kernel.forbidden")


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer 1.2"}, {"Origin": "http://evil.example"}, {"Host": "evil.example"}],
    ids=["no token", "wrong token", "other origin", "other host"],
)
def test_the_websocket_is_refused_before_its_handshake(served: Served, ask: Ask, headers: dict[str, str]) -> None:
    upgrade = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }  # fmt: skip
    answer, _ = ask("GET", "/api/ws", **upgrade, **headers)
    assert answer.status in (401, 403, 421)


def test_guessing_is_slowed_down(served: Served, ask: Ask) -> None:
    served.running.doors.failures._failures.clear()
    codes = [code_of(ask("GET", "/signin?code=guess")[1]) for _ in range(25)]
    assert codes[0] == "trust.code_invalid"
    assert codes[-1] == "server.too_often"
    served.running.doors.failures._failures.clear()


def test_a_body_beyond_the_limit_is_refused(served: Served, ask: Ask) -> None:
    bearer = f"Bearer {served.remote.token}"
    answer, body = ask("POST", "/api/commands/scene.move", Authorization=bearer, Content_Length=str(10_000_000))
    assert (answer.status, code_of(body)) == (413, "server.body_too_large")
