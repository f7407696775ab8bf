"""Answers with a stored file: shown in the page where that is safe, else only to be saved."""

from __future__ import annotations

from starlette.responses import FileResponse, Response

from xushi.runtime import Platform
from xushi.server._routes import Call

_INLINE = ("image/png", "image/jpeg", "image/webp", "application/pdf", "model/gltf-binary", "model/gltf+json")
_YEAR_S = 31_536_000
_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
_PDF_POLICY = "frame-ancestors 'self'"  # a browser shows a PDF in a viewer of its own, which a sandbox would stop
FOR_EVER = f"private, max-age={_YEAR_S}, immutable"
ASK_AGAIN = "private, no-cache"


def file_answer(platform: Platform, call: Call, sha256: str, media_type: str, name: str, cache: str) -> Response:
    """A file of the blob store.

    Somebody else made it, so it may run nothing: what a browser could execute is sent as bytes to be saved.
    """
    is_inline = media_type in _INLINE
    headers = {
        "Cache-Control": cache,
        "ETag": f'"{sha256}"',
        "Content-Security-Policy": _PDF_POLICY if media_type == "application/pdf" else _POLICY,
        "X-Frame-Options": "SAMEORIGIN",
    }
    if call.request.headers.get("if-none-match") == f'"{sha256}"':
        return Response(status_code=304, headers=headers)
    return FileResponse(
        platform.blobs.path(sha256),
        media_type=media_type if is_inline else "application/octet-stream",
        headers=headers,
        filename=None if is_inline else name,
    )
