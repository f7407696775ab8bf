"""Assembles the application: routes with their rights, the WebSocket, the static client, and what viewers are told."""

from __future__ import annotations

import asyncio
import functools
import logging
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from xushi.kernel import Actor, Diff, Job, Outcome, XushiError, nearest_language
from xushi.monitor import AlarmView
from xushi.runtime import Platform
from xushi.server import (
    _access,
    _acting,
    _actions,
    _backups,
    _branches,
    _certificates,
    _connect,
    _connectors,
    _foresight,
    _mcp,
    _monitor,
    _orders,
    _past,
    _plans,
    _reports,
    _shells_api,
    _signals,
    _spc,
    _world,
)
from xushi.server import _messages as m
from xushi.server._access import COOKIE
from xushi.server._client import client_routes
from xushi.server._doors import Doors
from xushi.server._guard import BodyMeter, Guard, error_response
from xushi.server._monitor_messages import AlarmsMessage
from xushi.server._monitor_words import alarm_info, flood_info
from xushi.server._openapi import openapi
from xushi.server._routes import Call, RouteSpec, answer_json, decoded_query
from xushi.server._socket import serve_socket

log = logging.getLogger("xushi.server")

_NOBODY = Actor("nobody", "nobody")
_TOLD_PER_S = 5.0
_EVERY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


async def _openapi(doors: Doors, call: Call) -> Response:
    return answer_json(openapi(ROUTES, doors.platform.commands, call.language))


ROUTES: tuple[RouteSpec, ...] = (
    *_access.ROUTES,
    *_world.ROUTES,
    *_signals.ROUTES,
    *_past.ROUTES,
    *_plans.ROUTES,
    *_branches.ROUTES,
    *_monitor.ROUTES,
    *_spc.ROUTES,
    *_actions.ROUTES,
    *_acting.ROUTES,
    *_reports.ROUTES,
    *_orders.ROUTES,
    *_backups.ROUTES,
    *_connect.ROUTES,
    *_shells_api.ROUTES,
    *_certificates.ROUTES,
    *_connectors.ROUTES,
    *_foresight.ROUTES,
    *_mcp.ROUTES,
    RouteSpec("GET", "/api/openapi.json", "view", _openapi, "This description", answer=dict[str, Any]),
)


def build_app(platform: Platform, hosts: Iterable[str], base_url: str) -> tuple[ASGIApp, Doors]:
    """The ASGI application over a platform, and its doors.

    Args:
        hosts: accepted values of the Host header, with port.
        base_url: what sign-in links begin with.
    """
    doors = Doors(platform, base_url, ROUTES)
    routes: list[BaseRoute] = [_endpoint(doors, spec) for spec in ROUTES]
    routes.append(WebSocketRoute("/api/ws", _SocketEndpoint(doors)))
    routes.extend(Route(path, _nothing, methods=_EVERY_METHOD) for path in dict.fromkeys(spec.path for spec in ROUTES))
    routes.append(Route("/api/{rest:path}", _nothing, methods=_EVERY_METHOD))
    routes.extend(client_routes())

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with running(doors):
            yield

    app = Starlette(
        routes=routes, lifespan=lifespan, exception_handlers={404: _refused_by_router, 405: _refused_by_router}
    )
    return Guard(app, hosts), doors


@asynccontextmanager
async def running(doors: Doors) -> AsyncIterator[None]:
    """Connections, ticks and news run while this is open."""
    news = _News(doors)
    await doors.platform.start()
    doors.fanout.start()
    news.start()
    try:
        yield
    finally:
        await news.stop()
        await doors.fanout.stop()
        await doors.platform.stop()


def _endpoint(doors: Doors, spec: RouteSpec) -> Route:
    async def endpoint(request: Request) -> Response:
        language = _language(request)
        try:
            return await checked(request, language)
        except XushiError as error:
            return error_response(error, language)
        except Exception:
            log.exception("a request ended by an unexpected error: %s %s", spec.method, spec.path)
            return error_response(XushiError("server.internal"), language)

    async def checked(request: Request, language: str) -> Response:
        actor = _NOBODY
        if spec.right is not None:
            actor = doors.actor(*_credentials(request))
            doors.require(actor, spec.right, f"{spec.method} {spec.path}")
        announced = request.headers.get("content-length", "0")
        if announced.isdigit() and int(announced) > spec.body_limit:
            raise XushiError("server.body_too_large", limit_mb=round(spec.body_limit / 1048576, 1))
        metered = Request(request.scope, BodyMeter(request.receive, spec.body_limit), request._send)
        query = decoded_query(dict(request.query_params), spec.query)
        body = None
        if spec.body is not None:
            body = _body(await metered.body(), spec, request.headers.get("content-type", ""))
        return await spec.handler(doors, Call(metered, actor, language, query, body))

    return Route(spec.path, endpoint, methods=[spec.method], name=f"{spec.method} {spec.path}")


def _language(request: Request | WebSocket) -> str:
    return nearest_language(request.headers.get("accept-language", "en"))


def _credentials(request: Request | WebSocket) -> tuple[str | None, str | None]:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    bearer = value.strip() if scheme.lower() == "bearer" else None
    return bearer, request.cookies.get(COOKIE)


def _body(content: bytes, spec: RouteSpec, media_type: str) -> Any:
    if content and media_type.partition(";")[0].strip().lower() != "application/json":
        raise XushiError("server.body_invalid", reason="Content-Type must be application/json")
    try:
        return msgspec.json.decode(content or b"{}", type=spec.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise XushiError("server.body_invalid", reason=str(error)) from error


class _SocketEndpoint:
    """The WebSocket route as an ASGI application: credentials are checked before the handshake is accepted."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        try:
            bearer, session = _credentials(socket)
            actor = self._doors.actor(bearer, session)
            self._doors.require(actor, "view", "WebSocket /api/ws")
        except XushiError as error:
            await Guard.refuse(error, _language(socket), scope, receive, send)
            return
        await serve_socket(self._doors, socket, actor, (bearer or session or "").partition(".")[0])


async def _nothing(request: Request) -> Response:
    """Say that there is no such route, or that there is one with other methods (RFC 9110, 15.5.6: with `Allow`)."""
    allowed = _allowed(request.url.path)
    path = request.url.path[:200]
    if not allowed:
        return error_response(XushiError("server.route_unknown", method=request.method, path=path), _language(request))
    response = error_response(XushiError("server.method_wrong", method=request.method, path=path), _language(request))
    response.headers["Allow"] = ", ".join(allowed)
    return response


def _allowed(path: str) -> list[str]:
    """The methods that the routes of this path take; a page or file of the client takes GET."""
    found = {spec.method for spec in ROUTES if _matcher(spec.path).match(path)}
    if not found and path != "/api/ws" and not path.startswith("/api/"):
        found = {"GET"}
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


@functools.cache
def _matcher(path: str) -> re.Pattern[str]:
    return compile_path(path)[0]


async def _refused_by_router(request: Request, _: Exception) -> Response:
    return await _nothing(request)


class _News:
    """Tells every page what changed besides values: records, connections, jobs, signals."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._ends: list[Any] = []
        self._links_changed = False
        self._jobs: dict[str, Job] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        platform = self._doors.platform
        self._ends = [
            platform.bus.subscribe(self._on_change),
            platform.links.subscribe(self._on_link),
            platform.jobs.subscribe(self._on_job),
            platform.on_signals(self._on_signals),
            platform.monitor.subscribe(self._on_alarms),
        ]
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        for end in self._ends:
            end()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _on_change(self, outcome: Outcome, diff: Diff) -> None:
        shown = self._doors.diff(outcome)
        if shown.added or shown.updated or shown.removed:
            self._doors.fanout.broadcast(lambda language: m.RecordsMessage(shown))

    def _on_signals(self) -> None:
        self._links_changed = True  # one may have gone
        count = len(self._doors.platform.registry)
        self._doors.fanout.broadcast(lambda language: m.SignalsMessage(count))

    def _on_alarms(self, views: list[AlarmView], removed: list[str]) -> None:
        """Alarms are told at once: seeing one within 100 ms counts more than one message less."""
        platform = self._doors.platform
        if not len(self._doors.fanout):
            return
        alarms = [alarm_info(view, platform.registry) for view in views]
        message = AlarmsMessage(alarms, flood_info(platform.monitor.flood()), removed)
        self._doors.fanout.broadcast(lambda language: message)

    def _on_link(self, status: Any) -> None:
        self._links_changed = True

    def _on_job(self, job: Job) -> None:
        self._jobs[job.id] = job

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(1.0 / _TOLD_PER_S)
            if self._links_changed:
                self._links_changed = False
                self._doors.fanout.broadcast(lambda language: m.LinksMessage(self._doors.links(language)))
            jobs, self._jobs = self._jobs, {}
            for job in jobs.values():
                self._doors.fanout.broadcast(functools.partial(self._job, job))

    def _job(self, job: Job, language: str) -> m.JobMessage:
        return m.JobMessage(**msgspec.structs.asdict(self._doors.job(job, language)))
