"""Reads the routes of the table that only look, for the doors that are not HTTP: MCP and the WebSocket."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import compile_path

from xushi.kernel import Actor, XushiError
from xushi.server._doors import Doors
from xushi.server._routes import Call, RouteSpec, decoded_query

_LARGEST_ANSWER = 512 * 1024


async def read_route(doors: Doors, actor: Actor, language: str, target: str) -> bytes:
    """The JSON that a GET route answers with; `target` is its path with its query, as in an address.

    Raises:
        XushiError: ``server.tool_route_unknown``, ``server.forbidden``, ``server.query_invalid``,
            ``server.tool_answer_large``, or what the route refuses with.
    """
    path, _, query = target.partition("?")
    path = unquote(path)
    for spec in _readable(doors):
        match = compile_path(spec.path)[0].match(path)
        if match is not None:
            doors.require(actor, spec.right or "view", f"{spec.method} {spec.path}")
            return await _answer(doors, _call(actor, language, spec, match.groupdict(), query), spec)
    raise _unknown(doors, path)


def _call(actor: Actor, language: str, spec: RouteSpec, parameters: dict[str, Any], query: str) -> Call:
    scope = {
        "type": "http",
        "method": spec.method,
        "path": spec.path,
        "path_params": parameters,
        "query_string": query.encode("utf-8", "replace"),
        "headers": [],
    }
    asked = decoded_query(dict(parse_qsl(query, keep_blank_values=True)), spec.query)
    return Call(Request(scope), actor, language, asked, None)


async def _answer(doors: Doors, call: Call, spec: RouteSpec) -> bytes:
    response = await spec.handler(doors, call)
    if isinstance(response, FileResponse) or response.media_type != "application/json":
        raise _unknown(doors, spec.path)  # the file of an element has the same path as the element itself
    body = bytes(response.body)
    if len(body) > _LARGEST_ANSWER:
        raise XushiError("server.tool_answer_large", path=spec.path, bytes=len(body), most=_LARGEST_ANSWER)
    return body


def _unknown(doors: Doors, path: str) -> XushiError:
    known = "; ".join(f"{spec.path} ({spec.title})" for spec in _readable(doors))
    return XushiError("server.tool_route_unknown", path=path[:200], known=known)


def _readable(doors: Doors) -> list[RouteSpec]:
    """The routes that only look and answer with JSON."""
    return [
        spec
        for spec in doors.routes
        if spec.method == "GET" and spec.answer is not None and spec.right is not None
        and not spec.path.endswith("openapi.json")
    ]  # fmt: skip
