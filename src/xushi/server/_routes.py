"""The table of REST routes: what each needs, takes and gives; routing, rights and OpenAPI all come from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from xushi.kernel import Actor, XushiError

if TYPE_CHECKING:
    from xushi.server._doors import Doors

KIB = 1024
SMALL_BODY = 1024 * KIB
COMMAND_BODY = 16 * 1024 * KIB  # a file of some ten thousand alarm rules is one parameter
IMPORT_BODY = 512 * 1024 * KIB


class NoQuery(msgspec.Struct, frozen=True):
    """A route without query parameters."""


@dataclass(frozen=True)
class Call:
    """One request after its checks: who asks, in which language, with decoded query and body."""

    request: Request
    actor: Actor
    language: str
    query: Any
    body: Any

    def path(self, name: str) -> str:
        """A path parameter."""
        value: str = self.request.path_params[name]
        return value


Handler = Callable[["Doors", Call], Awaitable[Response]]


@dataclass(frozen=True)
class RouteSpec:
    """One route.

    Attributes:
        right: the scope the caller needs; None for a public route.
        query, body: structs the request is decoded into.
        answer: type of the JSON answer, or None for another media type.
        media_type: content type of the answer; several, with `, ` between them, where the query chooses.
        body_limit: largest accepted body in bytes.
        status: status of success.
        also: further statuses with the type of their JSON answer, None for no body.
        parts: JSON Schema of a path parameter that is more than a text, by name; the handler checks it.
        body_schema: JSON Schema of a body that the handler reads by itself.
    """

    method: str
    path: str
    right: str | None
    handler: Handler
    title: str
    query: type[msgspec.Struct] = NoQuery
    body: Any = None
    answer: Any = None
    media_type: str = "application/json"
    body_limit: int = SMALL_BODY
    status: int = 200
    body_media_type: str = "application/json"
    tags: tuple[str, ...] = field(default=("platform",))
    also: Mapping[int, Any] = field(default_factory=dict)
    body_schema: Mapping[str, Any] | None = None
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def decoded_query(given: Mapping[str, str], query: type[msgspec.Struct]) -> Any:
    """The query of a request as the route's struct. Raises ``server.query_invalid``."""
    if query is NoQuery:
        return NoQuery()
    try:
        return msgspec.convert(dict(given), query, strict=False)
    except msgspec.ValidationError as error:
        raise XushiError("server.query_invalid", reason=str(error)) from error


def answer_json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer that no cache keeps."""
    base = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(value), status, {**base, **(headers or {})}, "application/json")
