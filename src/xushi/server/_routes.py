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
OF_TIMELINE = (404, 409, 422)  # one that is not there, a branch that is not computed yet, a time that it has not
OF_COMMAND = (
    404,
    409,
    422,
    429,
)  # what it names is not there, was changed meanwhile, does not fit, is too much at once


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
        refusals: further statuses of refusals, besides those that follow from what the route needs and takes.
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
    refusals: tuple[int, ...] = ()
    body_schema: Mapping[str, Any] | None = None
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def refusals_of(spec: RouteSpec) -> list[int]:
    """Every status that a route refuses with, in their order; 500 is none: it is a defect."""
    found = {403, 421, *spec.refusals}  # from elsewhere, by another name
    if spec.right is not None:
        found.add(401)
    takes_body = spec.body is not None or spec.body_schema is not None or spec.body_media_type != "application/json"
    if takes_body:
        found.add(413)
    if takes_body or spec.query is not NoQuery or spec.parts:
        found.add(400)
    if "{" in spec.path:
        found.add(404)
    return sorted(found - set(spec.also))


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
