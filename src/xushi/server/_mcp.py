"""The MCP door: JSON-RPC over streamable HTTP at /mcp, for AI assistants; same tokens, same rights, no session kept."""

from __future__ import annotations

import base64
import logging
from typing import Any, Literal

import msgspec
from starlette.responses import Response

from xushi.kernel import XushiError
from xushi.server import _mcp_resources, _mcp_tools
from xushi.server import _messages as m
from xushi.server._doors import Doors
from xushi.server._guard import error_body
from xushi.server._routes import KIB, Call, RouteSpec, answer_json

log = logging.getLogger("xushi.server")

# Revisions with an initialize handshake, and the stateless one of 2026-07-28 (MCP, "Versioning").
_HANDSHAKE = ("2025-03-26", "2025-06-18", "2025-11-25")
_STATELESS = "2026-07-28"
_META_VERSION = "io.modelcontextprotocol/protocolVersion"
_NAMED = {"tools/call": "name", "resources/read": "uri", "prompts/get": "name"}

_PARSE_ERROR = -32700
_INVALID_REQUEST = -32600
_METHOD_UNKNOWN = -32601
_INVALID_PARAMS = -32602
_INTERNAL = -32603
_HEADER_MISMATCH = -32020
_VERSION_UNSUPPORTED = -32022
_STATUS = {_PARSE_ERROR: 400, _INVALID_REQUEST: 400, _HEADER_MISMATCH: 400, _VERSION_UNSUPPORTED: 400}
_LARGEST = 256 * KIB
_SCHEMA = {
    "type": "object",
    "properties": {
        "jsonrpc": {"const": "2.0"},
        "method": {"type": "string"},
        "params": {"type": "object"},
        "id": {"type": ["string", "integer"]},
    },
    "required": ["jsonrpc", "method"],
}

_INSTRUCTIONS = (
    "Xushi shows one factory: shells (twins of machines), signals (live values), history, and commands. "
    "A tool of a command only shows what would happen unless `mode` says otherwise: `dry_run` (the default), "
    "`propose` (it waits for a person with the right to confirm it in the browser), `run` (it is done at once). "
    "Prefer `propose` for anything that moves a machine, and give the reason."
)


class _Message(msgspec.Struct, frozen=True):
    """What every JSON-RPC 2.0 message may carry."""

    jsonrpc: Literal["2.0"]
    method: str | None = None
    params: dict[str, Any] = {}
    id: int | str | None = None


class _Refusal(Exception):
    """A JSON-RPC error on its way out."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


async def mcp(doors: Doors, call: Call) -> Response:
    """Answer one JSON-RPC message; a notification is taken without an answer."""
    message_id: Any = None
    try:
        message, is_request = _read(await call.request.body())
        message_id = message.id
        params = message.params
        is_stateless = _check_revision(call, message, params)
        if not is_request:
            return Response(status_code=202)
        result = await _answer(doors, call, message.method or "", params)
    except _Refusal as refusal:
        return _error(message_id, refusal)
    except XushiError as error:
        body = error_body(error, call.language)
        return _error(message_id, _Refusal(_INVALID_PARAMS, body.what, msgspec.to_builtins(body)))
    except Exception:
        log.exception("an MCP request ended by an unexpected error")
        body = error_body(XushiError("server.internal"), call.language)
        return _error(message_id, _Refusal(_INTERNAL, body.what, msgspec.to_builtins(body)))
    if is_stateless:
        result = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private", **result}
    return answer_json({"jsonrpc": "2.0", "id": message_id, "result": result})


def _read(content: bytes) -> tuple[_Message, bool]:
    """The message, and whether it wants an answer."""
    try:
        document = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _Refusal(_PARSE_ERROR, f"This is not JSON: {error}") from error
    try:
        message = msgspec.convert(document, _Message)
    except (msgspec.ValidationError, RecursionError) as error:
        raise _Refusal(_INVALID_REQUEST, f"This is no JSON-RPC 2.0 message: {error}") from error
    is_answer = message.method is None and ("result" in document or "error" in document)
    if message.method is None and not is_answer:
        raise _Refusal(_INVALID_REQUEST, "This is no JSON-RPC 2.0 message: it has no method")
    if "id" in document and message.id is None and not is_answer:
        raise _Refusal(_INVALID_REQUEST, "An id must be a text or a number")
    return message, "id" in document and not is_answer


def _check_revision(call: Call, message: _Message, params: dict[str, Any]) -> bool:
    """Whether the message is of the stateless revision; refused where header and body disagree or it is unknown."""
    headers = call.request.headers
    meta = params.get("_meta")
    stated = meta.get(_META_VERSION) if isinstance(meta, dict) else None
    shown = headers.get("mcp-protocol-version")
    if stated is None:
        if shown not in (None, *_HANDSHAKE):
            raise _unsupported(shown)
        return False
    if shown != stated:
        raise _Refusal(_HEADER_MISMATCH, "MCP-Protocol-Version is not the revision of the message")
    if stated != _STATELESS:
        raise _unsupported(stated)
    if headers.get("mcp-method") != message.method:
        raise _Refusal(_HEADER_MISMATCH, "Mcp-Method is not the method of the message")
    wanted = _NAMED.get(message.method or "")
    if wanted is not None and _plain(headers.get("mcp-name", "")) != params.get(wanted):
        raise _Refusal(_HEADER_MISMATCH, f"Mcp-Name is not the {wanted} of the message")
    return True


def _plain(text: str) -> str:
    """A header value as it was meant: `=?base64?…?=` holds what a header cannot carry."""
    if text.startswith("=?base64?") and text.endswith("?="):
        try:
            return base64.b64decode(text[9:-2], validate=True).decode()
        except ValueError:
            return text
    return text


def _unsupported(requested: Any) -> _Refusal:
    data = {"supported": [*_HANDSHAKE, _STATELESS], "requested": str(requested)[:40]}
    return _Refusal(_VERSION_UNSUPPORTED, "Unsupported protocol version", data)


async def _answer(doors: Doors, call: Call, method: str, params: dict[str, Any]) -> dict[str, Any]:
    match method:
        case "initialize":
            wanted = params.get("protocolVersion")
            version = wanted if wanted in _HANDSHAKE else _HANDSHAKE[-1]
            return {"protocolVersion": version, **_about(doors)}
        case "server/discover":
            return {"supportedVersions": [_STATELESS, *reversed(_HANDSHAKE)], **_about(doors)}
        case "ping":
            return {}
        case "tools/list":
            return {"tools": _mcp_tools.listing(doors, call.language)}
        case "tools/call":
            return await _mcp_tools.use(doors, call, params)
        case "resources/list":
            return _mcp_resources.listing(doors, call.language, params.get("cursor"))
        case "resources/templates/list":
            return {"resourceTemplates": _mcp_resources.TEMPLATES}
        case "resources/read":
            return await _mcp_resources.read(doors, params.get("uri"))
    raise _Refusal(_METHOD_UNKNOWN, f"There is no method {method[:100]}")


def _about(doors: Doors) -> dict[str, Any]:
    return {
        "capabilities": {"tools": {}, "resources": {}},
        "serverInfo": {"name": "xushi", "title": "Xushi", "version": doors.version},
        "instructions": _INSTRUCTIONS,
    }


def _error(message_id: Any, refusal: _Refusal) -> Response:
    error = {"code": refusal.code, "message": refusal.message}
    if refusal.data is not None:
        error["data"] = refusal.data
    body = {"jsonrpc": "2.0", "id": message_id, "error": error}
    return answer_json(body, status=_STATUS.get(refusal.code, 200))


ROUTES = (
    RouteSpec("POST", "/mcp", "view", mcp, "The Model Context Protocol, for AI assistants", answer=m.RpcAnswer,
              body_schema=_SCHEMA, body_limit=_LARGEST, also={202: None, 400: m.RpcAnswer}, tags=("mcp",)),
)  # fmt: skip
