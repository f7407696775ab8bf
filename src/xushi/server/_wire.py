"""Writes WebSocket messages straight to the socket: one encoded message serves every viewer that shows the same."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

import msgspec
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

EXTENSION = "xushi.wire"
_SOCKET_BUFFER_BYTES = 256 * 1024
_DROP_BYTES = 8 * 1024 * 1024


def envelope(payload: bytes, is_text: bool = False) -> bytes:
    """A whole WebSocket message from server to client: FIN, opcode, length, payload (RFC 6455, 5.2)."""
    first = 0x81 if is_text else 0x82
    size = len(payload)
    if size < 126:
        return bytes((first, size)) + payload
    if size < 65536:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload


class Wire:
    """The socket of one viewer. A reader that falls behind is skipped; one that never reads is dropped."""

    def __init__(self, protocol: SharedWireProtocol) -> None:
        self._protocol = protocol

    @property
    def transport(self) -> asyncio.Transport:
        """The transport below."""
        return self._protocol.transport

    @property
    def is_open(self) -> bool:
        """Whether something may be written."""
        protocol = self._protocol
        return protocol.handshake_complete and not protocol.close_sent and not self.transport.is_closing()

    @property
    def is_busy(self) -> bool:
        """Whether the last message still waits for a slow reader."""
        return self.transport.get_write_buffer_size() > 0

    def write(self, message: bytes) -> None:
        """Send a message made by :func:`envelope`; drops a reader that has let megabytes pile up."""
        if not self.is_open:
            return
        if self.transport.get_write_buffer_size() > _DROP_BYTES:
            self.drop()
            return
        self.transport.write(message)

    async def has_room(self) -> None:
        """Return when the reader has taken nearly all that was written before, or is gone."""
        await self._protocol.writable.wait()

    def drop(self) -> None:
        """End the connection at once."""
        self.transport.abort()

    def tell(self, value: Any) -> None:
        """Send one value as a JSON text message."""
        self.write(envelope(msgspec.json.encode(value), is_text=True))


class SharedWireProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol, which also hands its socket to the application as ``xushi.wire``."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the kernel's own buffer small, so that a slow reader shows soon."""
        super().connection_made(transport)
        peer = transport.get_extra_info("socket")
        if peer is not None and peer.family in (socket.AF_INET, socket.AF_INET6):
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BUFFER_BYTES)

    async def run_asgi(self) -> None:
        """Run the application with the wire at hand."""
        extensions: dict[str, Any] = dict(self.scope.get("extensions") or {})
        extensions[EXTENSION] = Wire(self)
        self.scope["extensions"] = extensions
        await super().run_asgi()

    async def send(self, message: Any) -> None:
        """Send one ASGI message; a refusal ends the handshake, which uvicorn would log as an error of ours."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True
