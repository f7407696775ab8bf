"""Five hundred damaged bodies each for REST, WebSocket and MCP: always a clear answer, soon, and no harm."""

from __future__ import annotations

import copy
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
import pytest
from processor import OwnTime
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as open_socket

from xushi.server import ROUTES
from xushi.server._messages import Ask, ClientMessage, Run, Undo
from xushi.signals import Kind, SignalDef
from xushi.testing import Served, served

VARIANTS = int(os.environ.get("XUSHI_FUZZ_VARIANTS", "600"))
LIMIT_S = 2.0  # of the server's own doing
LONGEST_S = 60.0  # by the wall, on a machine that others use as well
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 2**31, 2**63, -(2**63) - 1, 10**400, 1e308, -0.0, 1e-320, "", "\u0000", "\ud800", "x" * 100_000,
    "../../etc/passwd", "<script>", "'; DROP TABLE", "{{7*7}}", "𝕏虚实\u202e", [], {}, [[]] * 50, {"": {"": {}}},
    "NaN", float("nan"), float("inf"), [None] * 1000, {"$ref": "#"}, "2026-11-27T00:00:00Z", "0" * 5000,
)  # fmt: skip


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    signal = SignalDef(key="urn:sm#V", kind=Kind.DOUBLE, path="V")
    with served(tmp_path_factory.mktemp("fuzz") / "data", [signal]) as one:
        yield one


@pytest.fixture
def neighbour(plant: Served) -> Iterator[Callable[[int], None]]:
    """A page that somebody else has open: asked after every tenth damaged body, it is answered."""
    socket = _open(plant)

    def look(number: int) -> None:
        if number % 10 == 9:
            _told_until(socket, f"neighbour {number}")

    yield look
    look(9)
    socket.close()


def damaged(dice: random.Random, document: Any) -> bytes:
    """The document with an odd value, a lost, doubled or renamed key somewhere, or with its bytes cut or turned."""
    bent = copy.deepcopy(document)
    for _ in range(dice.randint(1, 3)):
        _bend(dice, bent)
    text = json.dumps(bent if dice.random() < 0.9 else dice.choice(ODD), ensure_ascii=dice.random() < 0.5)
    body = bytearray(text.encode("utf-8", "surrogatepass"))
    if dice.random() < 0.25 and body:
        at = dice.randrange(len(body))
        match dice.randrange(4):
            case 0:
                del body[at:]
            case 1:
                body[at] ^= 1 << dice.randrange(8)
            case 2:
                body[at:at] = bytes(dice.randrange(256) for _ in range(dice.randint(1, 40)))
            case _:
                body[at:at] = dice.choice((b"[", b'{"a":')) * dice.choice((10, 500, 20_000))
    return bytes(body)


def _bend(dice: random.Random, node: Any) -> None:
    while isinstance(node, dict | list) and node:
        key = dice.choice(list(node)) if isinstance(node, dict) else dice.randrange(len(node))
        if dice.random() < 0.5 and isinstance(node[key], dict | list) and node[key]:
            node = node[key]
            continue
        if isinstance(node, dict) and dice.random() < 0.2:
            node[str(dice.choice(ODD))[:200]] = node.pop(key)
        elif isinstance(node, dict) and dice.random() < 0.2:
            del node[key]
        else:
            node[key] = copy.deepcopy(dice.choice(ODD))
        return


def clear_error(body: bytes) -> str:
    error = json.loads(body)["error"]
    assert set(error) == {"code", "what", "why", "next"}, body[:300]
    assert error["what"]
    assert error["code"] != "server.internal", body[:300]
    return str(error["code"])


def ask(one: Served, method: str, path: str, body: bytes, media_type: str = "application/json") -> tuple[int, bytes]:
    parts = urlsplit(one.remote.url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=LONGEST_S)
    headers = {"Authorization": f"Bearer {one.remote.token}", "Content-Type": media_type}
    began = OwnTime(os.getpid())
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    assert began.taken_s() < LIMIT_S, (method, path, body[:300])
    assert b"Traceback" not in content
    return answer.status, content


def sample(schema: dict[str, Any], definitions: dict[str, Any], depth: int = 0) -> Any:
    """A plain value of a JSON Schema, to be damaged."""
    schema = definitions.get(str(schema.get("$ref", "")).rpartition("/")[2], schema)
    if depth > 5:
        return None
    if "enum" in schema:
        return schema["enum"][0]
    kind = (schema.get("anyOf") or [schema])[0].get("type", "string")
    match kind:
        case "object":
            return {name: sample(part, definitions, depth + 1) for name, part in schema.get("properties", {}).items()}
        case "array":
            return [sample(schema.get("items", {}), definitions, depth + 1)]
        case "string":
            return "urn:sm#V"
        case "boolean":
            return True
    return 1


def bodies(one: Served) -> list[tuple[str, str, Any]]:
    """Method, path and a plain body of every command and every other route that takes one."""
    found: list[tuple[str, str, Any]] = []
    for command in one.remote.get("/api/commands"):
        params = sample(command["params"], command["params"].get("$defs", {}))
        found.append(("POST", f"/api/commands/{command['name']}", {"params": params, "dry_run": True, "reason": "r"}))
    description = one.remote.get("/api/openapi.json")
    for spec in ROUTES:
        if spec.body is not None and "{" not in spec.path:
            schema = description["paths"][spec.path][spec.method.lower()]["requestBody"]["content"]["application/json"]
            found.append((spec.method, spec.path, sample(schema["schema"], description["components"]["schemas"])))
    return found


def test_rest_bodies(plant: Served, neighbour: Callable[[int], None]) -> None:
    dice = random.Random(5050)
    known = [one for one in bodies(plant) if one[1] != "/api/tokens" and not one[1].endswith("signin-links")]
    paths = plant.remote.get("/api/openapi.json")["paths"]
    for number in range(VARIANTS):
        method, path, document = known[number % len(known)]
        status, content = ask(plant, method, path, damaged(dice, document))
        assert str(status) in paths[path][method.lower()]["responses"], (path, status, content[:300])
        if status >= 400:
            clear_error(content)
        neighbour(number)
    assert plant.remote.get("/api/me")


def test_rest_queries_and_paths(plant: Served, neighbour: Callable[[int], None]) -> None:
    dice = random.Random(3)
    paths = plant.remote.get("/api/openapi.json")["paths"]
    specs = [spec for spec in ROUTES if spec.method == "GET"]
    for number in range(VARIANTS):
        spec = specs[number % len(specs)]
        odd = quote(str(dice.choice(ODD))[:1500].encode("utf-8", "replace"), safe=dice.choice(("", "/")))
        path = spec.path.replace(":path", "")
        while "{" in path:
            start, end = path.index("{"), path.index("}")
            name = dice.choice((odd or "x", "live", "0", "YWJj", "%2e%2e"))
            path = path[:start] + name + path[end + 1 :]
        names = [*spec.query.__struct_fields__, "extra"]
        query = "&".join(f"{name}={dice.choice((odd, '1', '-1', '1e400', 'nan', ''))}" for name in names)
        status, content = ask(plant, "GET", f"{path}?{query}", b"")
        assert status < 500, (path, query[:300], content[:300])
        if spec.path == path:
            assert str(status) in paths[path]["get"]["responses"], (path, query[:300], content[:300])
        if status >= 400 and content and spec.path.startswith("/api"):
            clear_error(content)
        neighbour(number)


def test_uploads(plant: Served, neighbour: Callable[[int], None]) -> None:
    dice = random.Random(9)
    good = (
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.json"\r\n'
        b'Content-Type: application/json\r\n\r\n{"assetAdministrationShells": []}\r\n--b--\r\n'
    )
    for number in range(VARIANTS):
        body = bytearray(good)
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(body))
            body[at : at + dice.randint(0, 5)] = bytes(dice.randrange(256) for _ in range(dice.randint(0, 5)))
        path = "/api/import?wait=true&dry_run=true"
        status, content = ask(plant, "POST", path, bytes(body), "multipart/form-data; boundary=b")
        assert status < 500, content[:300]
        if status >= 400:
            clear_error(content)
        neighbour(number)


def messages() -> list[Any]:
    return [
        {"type": "hello", "language": "en"},
        {"type": "watch", "view": 1, "signals": [0], "rate_hz": 5.0, "timeline": "live"},
        {"type": "watch", "view": 2, "signals": "all"},
        {"type": "unwatch", "view": 1},
        {"type": "seek", "view": 1, "timeline": "live", "at_ms": 1.7e12},
        {"type": "play", "view": 1, "timeline": "live", "from_ms": 1.7e12, "speed": 2.0},
        {"type": "pause", "view": 1},
        {"type": "live", "view": 1},
        {"type": "run", "request": 1, "command": "scene.move", "params": {"place": "x"}, "dry_run": True, "reason": ""},
        {"type": "undo", "request": 2, "command_id": "x"},
        {"type": "ask", "request": 3, "path": "/api/evidence?limit=3"},
        {"type": "ask", "request": 4, "path": "/api/timelines/live/signals/0/spc?start_ms=1.7e12&end_ms=1.8e12"},
    ]


def test_websocket_messages(plant: Served, neighbour: Callable[[int], None]) -> None:
    """Each message is refused, answered, or sound and without an answer of its own; or the connection says its end."""
    dice = random.Random(77)
    known = messages()
    socket, codes = _open(plant), set()
    counts: Counter[str] = Counter()
    for number in range(VARIANTS):
        neighbour(number)
        body = damaged(dice, known[number % len(known)])
        message = body if dice.random() < 0.05 else body.decode("utf-8", "replace")
        try:
            socket.send(message)
            told = _told_until(socket, f"probe {number}")
        except ConnectionClosed as closed:
            codes.add(closed.rcvd.code if closed.rcvd is not None else 0)
            counts["closed"] += 1
            socket = _open(plant)
            continue
        counts[_account(message, told, socket)] += 1
    _told_until(socket, "last")
    socket.close()
    assert codes <= {1003, 1007, 1009}, "a connection was lost without its reason"
    assert counts.total() == VARIANTS
    assert min(counts[one] for one in ("refused", "answered", "sound")) > 0, counts


def _account(message: str | bytes, told: list[dict[str, Any]], socket: ClientConnection) -> str:
    """What became of a message, by what was told before the answer to the probe behind it."""
    try:
        meant = msgspec.json.decode(message, type=ClientMessage)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        codes = [one["error"]["code"] for one in told if one["type"] == "error" and one["request"] is None]
        assert "server.message_invalid" in codes, message[:300]
        return "refused"
    if isinstance(meant, Run | Undo | Ask):
        if not any(one.get("request") == meant.request for one in told):
            _told_until(socket, meant.request, is_asked=True)
        return "answered"
    return "sound" if all(one["type"] != "error" for one in told) else "refused"


def _open(one: Served) -> ClientConnection:
    url = one.remote.url.replace("http", "ws") + "/api/ws"
    return open_socket(
        url, legacy=True, additional_headers={"Authorization": f"Bearer {one.remote.token}"}, max_size=None
    )


def _told_until(socket: ClientConnection, request: int | str, is_asked: bool = False) -> list[dict[str, Any]]:
    """Return what is told until a request is answered, within the limit; all of it has one shape and no traceback."""
    if not is_asked:
        socket.send(json.dumps({"type": "undo", "request": request, "command_id": "none"}))
    all_told: list[dict[str, Any]] = []
    began = OwnTime(os.getpid())
    while True:
        message = socket.recv(LONGEST_S)
        assert began.taken_s() < LIMIT_S, "no answer within the limit"
        if isinstance(message, bytes):
            continue
        assert "Traceback" not in message
        told = json.loads(message)
        if told["type"] == "error":
            assert set(told["error"]) == {"code", "what", "why", "next"}
            assert told["error"]["code"] != "server.internal", told
        if told.get("request") == request:
            return all_told
        all_told.append(told)


def rpc() -> list[Any]:
    meta = {"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}}
    return [
        {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        for method, params in (
            ("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "f"}}),
            ("server/discover", meta),
            ("tools/list", {}),
            ("tools/call", {"name": "search_twins", "arguments": {"query": "a", "limit": 3}}),
            ("tools/call", {"name": "read_history", "arguments": {"signal": "urn:sm#V", "minutes": 5, "count": 3}}),
            ("tools/call", {"name": "read_values", "arguments": {"signals": ["urn:sm#V"], "shell": "x"}}),
            ("tools/call", {"name": "read_route", "arguments": {"path": "/api/evidence?limit=3"}}),
            ("tools/call", {"name": "scene_move", "arguments": {"params": {"place": "x"}, "mode": "dry_run"}}),
            ("tools/call", {"name": "signal_write", "arguments": {"params": {"signal": "urn:sm#V", "value": 1}}}),
            ("resources/list", {"cursor": "YWJj"}),
            ("resources/read", {"uri": "xushi://shell/YWJj"}),
            ("ping", {}),
        )
    ]


def test_mcp_messages(plant: Served, neighbour: Callable[[int], None]) -> None:
    dice = random.Random(2026)
    known = rpc()
    for number in range(VARIANTS):
        neighbour(number)
        status, content = ask(plant, "POST", "/mcp", damaged(dice, known[number % len(known)]))
        assert status in (200, 202, 400, 413), content[:300]
        if status == 202:
            continue
        answer = json.loads(content)
        if "jsonrpc" not in answer:
            assert clear_error(content) == "server.body_too_large"
            continue
        assert ("result" in answer) != ("error" in answer)
        if "error" in answer:
            assert answer["error"]["message"]
            assert answer["error"]["code"] != -32603, content[:300]


def test_after_all_that_the_server_is_well(plant: Served, tmp_path: Path) -> None:
    assert plant.remote.get("/api/status")["signals"] >= 1
    assert plant.platform.evidence.length() >= 0
