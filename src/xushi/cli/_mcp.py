"""`xushi mcp`: carries MCP messages between an assistant's standard streams and the running server."""

from __future__ import annotations

import base64
import json
import sys
from typing import Any, TextIO

from xushi.kernel import XushiError
from xushi.remote import Remote, RemoteError

_META_VERSION = "io.modelcontextprotocol/protocolVersion"
_NAMED = {"tools/call": "name", "resources/read": "uri", "prompts/get": "name"}
_INTERNAL = -32603


def bridge(remote: Remote, incoming: TextIO | None = None, outgoing: TextIO | None = None) -> int:
    """Send each line to the server's /mcp and write each answer as a line, until the input ends."""
    source, target = incoming or sys.stdin, outgoing or sys.stdout
    handshake = ""
    for line in source:
        if not line.strip():
            continue
        message = _read(line)
        answer = _ask(remote, line, message, handshake)
        if answer is not None:
            handshake = _version(answer) or handshake
            target.write(json.dumps(answer, ensure_ascii=False) + "\n")
            target.flush()
    return 0


def _read(line: str) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _ask(remote: Remote, line: str, message: dict[str, Any], handshake: str) -> Any:
    """The server's answer; None for a notification."""
    try:
        body = remote.raw("POST", "/mcp", line.encode(), _headers(message, handshake))
    except RemoteError as error:
        return error.body if "jsonrpc" in error.body else _failure(message, error, remote.language)
    except XushiError as error:
        return _failure(message, error, remote.language)
    return json.loads(body) if body else None


def _headers(message: dict[str, Any], handshake: str) -> dict[str, str]:
    """The headers that the HTTP transport asks for; the message itself states what goes into them."""
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    params = message.get("params")
    meta = params.get("_meta") if isinstance(params, dict) else None
    version = meta.get(_META_VERSION) if isinstance(meta, dict) else None
    if isinstance(version, str):
        headers["MCP-Protocol-Version"] = version
        headers["Mcp-Method"] = str(message.get("method", ""))
        name = params.get(_NAMED.get(headers["Mcp-Method"], "")) if isinstance(params, dict) else None
        if isinstance(name, str):
            headers["Mcp-Name"] = name
    elif handshake:
        headers["MCP-Protocol-Version"] = handshake
    return {key: _header_text(value) for key, value in headers.items()}


def _header_text(text: str) -> str:
    """The text, or its base64 form where a header cannot carry it (MCP 2026-07-28, "Custom headers")."""
    if text.isascii() and text.isprintable() and not text.startswith("=?base64?"):
        return text
    return f"=?base64?{base64.b64encode(text.encode()).decode()}?="


def _version(answer: Any) -> str:
    result = answer.get("result") if isinstance(answer, dict) else None
    return str(result.get("protocolVersion", "")) if isinstance(result, dict) else ""


def _failure(message: dict[str, Any], error: XushiError, language: str) -> Any:
    if "id" not in message:
        print(error, file=sys.stderr)
        return None
    told = error.to_dict(language)
    return {"jsonrpc": "2.0", "id": message["id"], "error": {"code": _INTERNAL, "message": told["what"], "data": told}}
