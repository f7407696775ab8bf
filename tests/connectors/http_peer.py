"""A machine's web interface on uvicorn and Starlette, in the test's own event loop."""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route


class Machine:
    """What the machine holds and what it was asked, for a test to change and to look at."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {
            "temperature": 21.5,
            "running": True,
            "mode": "AUTO",
            "order": {"id": "A-7", "count": 3},
            "axes": [1.5, 2.5],
        }
        self.seen: list[Request] = []
        self.bodies: list[bytes] = []
        self.version = 1
        self.authorization = ""
        self.elsewhere = ""

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/state", self.read, methods=["GET"]),
                Route("/api/state", self.write, methods=["PUT", "POST"]),
                Route("/text", lambda request: PlainTextResponse("7.25")),
                Route("/moved", lambda request: RedirectResponse("/api/state")),
                Route("/away", lambda request: RedirectResponse(self.elsewhere)),
                Route("/loop", lambda request: RedirectResponse("/loop")),
                Route("/huge", lambda request: Response(b"1" * 9_000_000)),
                Route("/html", lambda request: Response("<html>", media_type="text/html")),
                Route("/busy", lambda request: Response("later", 503, {"Retry-After": "60"})),
                Route("/refuse", lambda request: Response("no", 409), methods=["PUT"]),
                Route("/start", self.start, methods=["POST"]),
            ]
        )

    def _is_let_in(self, request: Request) -> bool:
        self.seen.append(request)
        return not self.authorization or request.headers.get("authorization") == self.authorization

    async def read(self, request: Request) -> Response:
        if not self._is_let_in(request):
            return Response("who are you?", 401)
        etag = f'"{self.version}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"ETag": etag})
        return JSONResponse(self.state, headers={"ETag": etag})

    async def write(self, request: Request) -> Response:
        if not self._is_let_in(request):
            return Response("who are you?", 401)
        self.bodies.append(await request.body())
        self.state.update(await request.json())
        self.version += 1
        return Response(status_code=204)

    async def start(self, request: Request) -> Response:
        self.bodies.append(await request.body())
        return JSONResponse("started")


def basic(username: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"


@asynccontextmanager
async def serving(app: Any, port: int = 0, certificate: tuple[Path, Path] | None = None) -> AsyncIterator[str]:
    files: dict[str, Any] = {}
    if certificate is not None:
        files = {"ssl_certfile": str(certificate[0]), "ssl_keyfile": str(certificate[1])}
    listener = socket.create_server(("127.0.0.1", port))
    port = listener.getsockname()[1]
    config = uvicorn.Config(app, log_level="error", lifespan="off", timeout_keep_alive=1, **files)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve([listener]))
    while not server.started:
        assert not task.done(), "uvicorn did not start"
        await asyncio.sleep(0.01)
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{port}"
    finally:
        server.should_exit = server.force_exit = True
        await task


def self_signed(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that is its own authority; return the PEM files of it and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "machine")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "machine.pem", folder / "machine.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files
