"""Where a value lies on an HTTP server, as a form of the W3C WoT HTTP binding says it, and who we are to it."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote, urlsplit

from ._aid import InterfaceProperty, full_address
from ._placement import Placement

_WRITING = ("PUT", "POST", "PATCH")
# What the connection itself states, or what would carry a secret out of a package
_OWN_HEADERS = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "host",
        "if-modified-since",
        "if-none-match",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


BAD_COMMUNICATION_ERROR = 0x8005_0000
BAD_LIMITS_EXCEEDED = 0x8008_0000
BAD_TIMEOUT = 0x800A_0000
BAD_ACCESS_DENIED = 0x801F_0000
BAD_NODE_ID_UNKNOWN = 0x8034_0000
BAD_NOT_WRITABLE = 0x803B_0000
BAD_INVALID_ARGUMENT = 0x80AB_0000

# HTTP status (RFC 9110, chapter 15) → OPC UA status; the other 4xx and 5xx by their hundred
_STATUSES: dict[int, int] = {
    401: BAD_ACCESS_DENIED,
    403: BAD_ACCESS_DENIED,
    404: BAD_NODE_ID_UNKNOWN,
    405: BAD_NOT_WRITABLE,
    408: BAD_TIMEOUT,
    409: 0x80AF_0000,
    410: BAD_NODE_ID_UNKNOWN,
    413: BAD_LIMITS_EXCEEDED,
    429: 0x8004_0000,
    501: 0x803D_0000,
    503: 0x8004_0000,
    504: BAD_TIMEOUT,
}


def status_of(http_status: int) -> int:
    """Return the OPC UA status code that says what an HTTP status says."""
    if http_status == 202:
        return 0x002E_0000
    if 200 <= http_status < 300:
        return 0
    if 300 <= http_status < 400:
        return BAD_COMMUNICATION_ERROR
    return _STATUSES.get(http_status, BAD_INVALID_ARGUMENT if 400 <= http_status < 500 else 0x808B_0000)


def place(source: InterfaceProperty) -> Placement:
    """Return path and JSON pointer that a form names (IDTA 02017, `htv_…`).

    `htv_methodName` PUT, POST or PATCH is how the value is written; it is read by GET in any case.
    """
    parts = urlsplit(full_address(source))
    target = target_of(parts.path or "/", parts.query)
    pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in source.pointer)
    options: dict[str, Any] = {"pointer": pointer}
    method = source.form.get("htv_methodName", "").upper()
    if method in _WRITING:
        options["write_method"] = method
    polling = source.form.get("htv_pollingTime", "") or source.form.get("pollingTime", "")
    if polling:
        options["polling_ms"] = polling
    if source.content_type.startswith("text/"):
        options["content_type"] = source.content_type
    headers = {
        name.removeprefix("htv_header:"): value
        for name, value in source.form.items()
        if name.startswith("htv_header:") and name.removeprefix("htv_header:").lower() not in _OWN_HEADERS
    }
    if headers:
        options["headers"] = headers
    return Placement(f"{target}#{pointer}" if pointer else target, options)


def target_of(path: str, query: str = "") -> str:
    """Return a request target (RFC 9112, 3.2.1) in which nothing but what a URL may hold is left."""
    target = quote(path if path.startswith("/") else f"/{path}", safe="/%:@!$&'()*+,;=~-._")
    return f"{target}?{quote(query, safe='/%:@!$&()*+,;=~-._?')}" if query else target


def credentials(security: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the headers that say who we are: basic, bearer or an API key, from the operator's settings."""
    scheme = str(security.get("scheme", "")).lower()
    if security.get("token") and scheme in ("", "bearer", "oauth2"):
        return [("Authorization", f"Bearer {security['token']}")]
    if security.get("token") and scheme == "apikey":
        return [(str(security.get("name") or "X-API-Key"), str(security["token"]))]
    if security.get("username") and scheme in ("", "basic"):
        pair = f"{security['username']}:{security.get('password', '')}".encode()
        return [("Authorization", f"Basic {base64.b64encode(pair).decode()}")]
    return []
