"""Stands before every request: Host and Origin checks, body limits, security headers, and one shape of errors."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xushi.kernel import XushiError, nearest_language
from xushi.server._messages import ErrorAnswer, ErrorBody

_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self' blob: data:",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_STATUS = {
    "trust.credential_invalid": 401,
    "trust.credential_expired": 401,
    "trust.code_invalid": 401,
    "kernel.forbidden": 403,
    "server.forbidden": 403,
    "server.host_foreign": 421,
    "server.origin_foreign": 403,
    "server.body_too_large": 413,
    "server.too_often": 429,
    "server.method_wrong": 405,
    "server.internal": 500,
    "kernel.conflict": 409,
    "kernel.undo_spent": 409,
    "runtime.proposal_closed": 409,
    "runtime.proposal_forbidden": 403,
    "runtime.timeline_taken": 409,
    "runtime.foresight_busy": 429,
    "runtime.branch_not_ready": 409,
    "runtime.branch_too_many": 409,
    "server.query_invalid": 400,
    "server.body_invalid": 400,
    "server.message_invalid": 400,
    "server.identifier_invalid": 400,
    "server.upload_invalid": 400,
    "kernel.params_invalid": 400,
    # Something that a request lacks, not something that is not there
    "backups.passphrase_missing": 422,
    "monitor.kpi_input_missing": 422,
    "monitor.limit_missing": 422,
    "monitor.shelf_end_missing": 422,
    "runtime.plan_text_missing": 422,
    "runtime.report_span_missing": 422,
    "runtime.setting_missing": 422,
}
_MISSING = ("_unknown", "_missing", "not_found", "unknown_")


def status_of(code: str) -> int:
    """HTTP status of an error code: what the table says, 404 for what is not there, else 422.

    400 is a request that does not fit the description in OpenAPI; 422 one that fits and is refused for its content.
    """
    if code in _STATUS:
        return _STATUS[code]
    return 404 if any(part in code for part in _MISSING) else 422


def error_body(error: XushiError, language: str) -> ErrorBody:
    """An error in the asker's language."""
    return ErrorBody(**error.to_dict(language))


def error_response(error: XushiError, language: str) -> Response:
    """An error as an HTTP answer in the one shape."""
    headers = {"Cache-Control": "no-store"}
    if error.code == "server.too_often":
        headers["Retry-After"] = "60"
    if status_of(error.code) == 401:
        headers["WWW-Authenticate"] = "Bearer"  # RFC 9110, 15.5.2
    body = msgspec.json.encode(ErrorAnswer(error_body(error, language)))
    return Response(body, status_of(error.code), headers, "application/json")


class Guard:
    """ASGI middleware around the whole application.

    Args:
        hosts: accepted values of the Host header, with port; an Origin must be http(s) on one of them.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        language = nearest_language(headers.get("accept-language", "en"))
        refusal = self._refusal(headers, scope)
        if refusal is not None:
            await self.refuse(refusal, language, scope, receive, send)
            return
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        await self._http(scope, receive, send)

    def _refusal(self, headers: Headers, scope: Scope) -> XushiError | None:
        host = headers.get("host", "").lower()
        if host not in self._hosts:
            return XushiError("server.host_foreign", host=host[:100])
        origin = headers.get("origin")
        if origin is not None:
            parts = urlsplit(origin.lower())
            if parts.scheme not in ("http", "https") or parts.netloc not in self._hosts:
                return XushiError("server.origin_foreign", origin=origin[:100])
        site = headers.get("sec-fetch-site", "none")
        is_navigation = headers.get("sec-fetch-mode") == "navigate" and scope.get("method") == "GET"
        if site in ("cross-site", "same-site") and not is_navigation:
            return XushiError("server.origin_foreign", origin=site)
        return None

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    @staticmethod
    async def refuse(error: XushiError, language: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with an error in the one shape, before anything else was sent."""
        body = msgspec.json.encode(ErrorAnswer(error_body(error, language)))
        kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store", **SECURITY_HEADERS}
        if error.code == "server.too_often":
            headers["Retry-After"] = "60"
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        raw.append((b"content-length", str(len(body)).encode()))
        await send({"type": f"{kind}.start", "status": status_of(error.code), "headers": raw})
        await send({"type": f"{kind}.body", "body": body})


class BodyMeter:
    """Counts a request's body as it arrives and stops it at a limit, announced length or not."""

    def __init__(self, receive: Receive, limit_bytes: int) -> None:
        self._receive = receive
        self._limit = limit_bytes
        self._seen = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._seen += len(message.get("body", b""))
            if self._seen > self._limit:
                raise XushiError("server.body_too_large", limit_mb=round(self._limit / 1048576, 1))
        return message
