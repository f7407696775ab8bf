"""A small MQTT 3.1.1 client on asyncio: publish at QoS 0 and 1, subscribe, last will, reconnect."""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import Awaitable, Callable
from typing import NamedTuple

_log = logging.getLogger(__name__)

KEEP_ALIVE_S = 15
FIRST_RETRY_S, LAST_RETRY_S = 0.2, 5.0
MAX_UNACKNOWLEDGED = 5000
MAX_BUFFERED_BYTES = 4_000_000
CONNACK, PUBLISH, PUBACK = 2, 3, 4


class Will(NamedTuple):
    """What the broker publishes when this client vanishes."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False


class MqttClient:
    """Connects and stays connected. `will` and `on_connect` are asked anew for every connection.

    QoS 0 messages are dropped while there is no connection (`publish` returns False); QoS 1 messages wait for
    their acknowledgement and are sent again after a reconnect (MQTT 3.1.1, section 4.4).
    """

    def __init__(
        self,
        host: str,
        port: int,
        client_id: str,
        *,
        subscribe: tuple[str, ...] = (),
        will: Callable[[], Will | None] = lambda: None,
        on_connect: Callable[[], None] = lambda: None,
        on_message: Callable[[str, bytes], None] = lambda topic, payload: None,
    ) -> None:
        self.is_connected = False
        self._host, self._port, self._client_id = host, port, client_id
        self._subscribe, self._will, self._on_connect, self._on_message = (
            subscribe,
            will,
            on_connect,
            on_message,
        )
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None
        self._packet_id = 0
        self._unacknowledged: dict[int, bytes] = {}
        self._first_connected = asyncio.Event()
        self._heard = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"mqtt {self._client_id}")

    async def connected(self) -> None:
        """Returns once the first connection stands."""
        await self._first_connected.wait()

    async def stop(self) -> None:
        """Says good-bye (so that no will is published) and closes."""
        if self._writer is not None and self.is_connected:
            self._writer.write(b"\xe0\x00")
            await _quietly(self._writer.drain())
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._close()

    def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> bool:
        """Sends one message now; True when it went out, or will go out (QoS 1)."""
        flags = 0x30 | qos << 1 | int(retain)
        body = _text(topic)
        if qos:
            if len(self._unacknowledged) >= MAX_UNACKNOWLEDGED:
                return False
            self._packet_id = self._packet_id % 65535 + 1
            body += struct.pack(">H", self._packet_id)
        packet = bytes([flags]) + _length(len(body) + len(payload)) + body + payload
        if qos:
            self._unacknowledged[self._packet_id] = packet
        if self._writer is None or not self.is_connected or self._is_choked():
            return bool(qos)
        self._writer.write(packet)
        return True

    def _is_choked(self) -> bool:
        """The broker does not read; what may be lost is not queued without bound."""
        assert self._writer is not None
        return self._writer.transport.get_write_buffer_size() > MAX_BUFFERED_BYTES

    async def _run(self) -> None:
        retry_s = FIRST_RETRY_S
        while True:
            try:
                await self._serve()
                retry_s = FIRST_RETRY_S
            except (OSError, asyncio.IncompleteReadError, ConnectionError, TimeoutError) as error:
                _log.debug("mqtt %s: %s", self._client_id, error)
            was_connected = self.is_connected
            self._close()
            retry_s = FIRST_RETRY_S if was_connected else min(LAST_RETRY_S, retry_s * 2)
            await asyncio.sleep(retry_s)

    async def _serve(self) -> None:
        reader, self._writer = await asyncio.open_connection(self._host, self._port)
        self._writer.write(_connect(self._client_id, self._will()))
        kind, _, body = await asyncio.wait_for(_read(reader), 10.0)
        if kind != CONNACK or body[1] != 0:
            raise ConnectionError(f"refused with code {body[1] if len(body) > 1 else -1}")
        if self._subscribe:
            topics = b"".join(_text(topic) + b"\x01" for topic in self._subscribe)
            self._writer.write(b"\x82" + _length(2 + len(topics)) + b"\xff\xff" + topics)
        self.is_connected = True
        for packet in self._unacknowledged.values():
            self._writer.write(bytes([packet[0] | 0x08]) + packet[1:])  # DUP
        self._on_connect()
        self._first_connected.set()
        await self._read_all(reader)

    async def _read_all(self, reader: asyncio.StreamReader) -> None:
        pings = asyncio.create_task(self._ping())
        try:
            while True:
                kind, flags, body = await _read(reader)
                self._heard = True
                if kind == PUBLISH:
                    self._receive(flags, body)
                elif kind == PUBACK:
                    self._unacknowledged.pop(struct.unpack(">H", body[:2])[0], None)
        finally:
            pings.cancel()

    async def _ping(self) -> None:
        """Asks for a sign of life; closes the connection when none comes (section 3.1.2.10)."""
        assert self._writer is not None
        while True:
            self._heard = False
            self._writer.write(b"\xc0\x00")
            await asyncio.sleep(KEEP_ALIVE_S / 2)
            if not self._heard:
                self._writer.close()
                return

    def _receive(self, flags: int, body: bytes) -> None:
        (size,) = struct.unpack(">H", body[:2])
        topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
        if flags & 0x06:
            assert self._writer is not None
            self._writer.write(b"\x40\x02" + rest[:2])
            rest = rest[2:]
        self._on_message(topic, rest)

    def _close(self) -> None:
        self.is_connected = False
        if self._writer is not None:
            self._writer.close()
            self._writer = None


async def _quietly(work: Awaitable[None]) -> None:
    try:
        await work
    except OSError as error:
        _log.debug("mqtt: %s", error)


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack(">H", len(raw)) + raw


def _length(size: int) -> bytes:
    """Remaining length, seven bits a byte (MQTT 3.1.1, section 2.2.3)."""
    out = bytearray()
    while True:
        size, low = size >> 7, size & 0x7F
        out.append(low | (0x80 if size else 0))
        if not size:
            return bytes(out)


def _connect(client_id: str, will: Will | None) -> bytes:
    flags, tail = 0x02, b""  # clean session
    if will is not None:
        flags |= 0x04 | will.qos << 3 | int(will.retain) << 5
        tail = _text(will.topic) + struct.pack(">H", len(will.payload)) + will.payload
    body = _text("MQTT") + bytes([4, flags]) + struct.pack(">H", KEEP_ALIVE_S) + _text(client_id) + tail
    return b"\x10" + _length(len(body)) + body


async def _read(reader: asyncio.StreamReader) -> tuple[int, int, bytes]:
    """One packet: its kind, flags and body."""
    first = (await reader.readexactly(1))[0]
    size = shift = 0
    while True:
        byte = (await reader.readexactly(1))[0]
        size |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
    return first >> 4, first & 0x0F, await reader.readexactly(size)
