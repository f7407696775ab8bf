"""Serves the built client from inside the package, and a plain page where it has not been built."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Route

CLIENT = Path(__file__).parent / "client"
_HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
_TYPES = {
    ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png",
    ".woff2": "font/woff2", ".json": "application/json", ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm", ".glb": "model/gltf-binary", ".ico": "image/x-icon", ".txt": "text/plain",
}  # fmt: skip
_PLAIN = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Xushi 虚实</title></head>
<body><h1>Xushi 虚实</h1>
<p>The server runs. The client has not been built: run <code>make setup</code>, then load this page again.</p>
<p lang="zh-CN">服务器正在运行。客户端尚未构建：请运行 <code>make setup</code>，然后重新加载本页。</p>
<p><a href="/api/openapi.json">OpenAPI</a></p></body></html>"""


def client_routes() -> list[BaseRoute]:
    """The page itself, and every file beside it; the page's own paths are fragments, so nothing else is routed."""
    return [Route("/", _page, methods=["GET"]), Route("/{path:path}", _file, methods=["GET"])]


async def _page(request: Request) -> Response:
    return _answer("index.html", request) or HTMLResponse(_PLAIN, headers={"Cache-Control": "no-store"})


async def _file(request: Request) -> Response:
    path: str = request.path_params["path"]
    found = _answer(path, request)
    if found is not None:
        return found
    if "." not in path.rpartition("/")[2]:
        return await _page(request)
    return HTMLResponse("", status_code=404)


def _answer(path: str, request: Request) -> Response | None:
    target = (CLIENT / path).resolve()
    if not target.is_relative_to(CLIENT.resolve()) or not target.is_file():
        return None
    media_type = _TYPES.get(target.suffix.lower(), "application/octet-stream")
    is_immutable = path.startswith("assets/") and _HASHED.search(path) is not None
    cache = "public, max-age=31536000, immutable" if is_immutable else "no-cache"
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
    packed = target.with_name(target.name + ".gz")
    if "gzip" in request.headers.get("accept-encoding", "") and packed.is_file():
        return FileResponse(packed, media_type=media_type, headers={**headers, "Content-Encoding": "gzip"})
    return FileResponse(target, media_type=media_type, headers=headers)
