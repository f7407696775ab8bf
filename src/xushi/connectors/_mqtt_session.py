"""Keeps one MQTT 3.1.1 session on asyncio: sign-in, subscriptions, acknowledgements, keep-alive."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from . import _mqtt_codec as codec

KEEP_ALIVE_S = 30
ANSWER_TIMEOUT_S = 10.0
FILTERS_PER_PACKET = 100
MAX_WAITING_QOS2 = 4096

REFUSALS = {
    1: "the broker does not speak MQTT 3.1.1",
    2: "the broker refuses this client id",
    3: "the broker is not available",
    4: "wrong user name or password",
    5: "not authorised",
}


class MqttRefused(Exception):
    """The broker answered, and will not have us."""


class NotSent(ConnectionError):
    """Nothing went out: the connection was gone already."""


class MqttSession(asyncio.Protocol):
    """One connection from CONNECT to its loss; never used again afterwards.

    Args:
        on_message: called for each message, once for QoS 2 whatever is repeated.
        on_read: called after the messages of one read were handed over.
        on_oversize: called with the size of a message that was skipped.
    """

    def __init__(
        self,
        on_message: codec.OnMessage,
        on_read: Callable[[], None],
        on_oversize: Callable[[int], None],
        max_packet_bytes: int = codec.MAX_PACKET_BYTES,
        keep_alive_s: int = KEEP_ALIVE_S,
    ) -> None:
        self._on_read = on_read
        self._on_oversize = on_oversize
        self._reader = codec.PacketReader(on_message, self._admit, self._packet, self._oversize, max_packet_bytes)
        self._keep_alive_s = keep_alive_s
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._connack: asyncio.Future[int] = self._loop.create_future()
        self.lost: asyncio.Future[str] = self._loop.create_future()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._next_id = 1
        self._unreleased: set[int] = set()
        self._can_write = asyncio.Event()
        self._can_write.set()
        self._heard = self._said = self._loop.time()
        self._reason = ""
        self._timer: asyncio.TimerHandle | None = None

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._heard = self._loop.time()
        try:
            self._reader.feed(data)
        except codec.MqttProtocolError as error:
            self.abort(f"the broker sent {error}")
        finally:
            self._on_read()

    def connection_lost(self, exc: Exception | None) -> None:
        reason = self._reason or (str(exc) if exc else "the broker closed the connection")
        if self._timer is not None:
            self._timer.cancel()
        for future in (self._connack, *self._answers.values()):
            if not future.done():
                future.set_exception(ConnectionError(reason))
                future.exception()  # whoever still awaits it gets it; nobody else needs to hear of it
        self._answers.clear()
        self._can_write.set()
        if not self.lost.done():
            self.lost.set_result(reason)

    def pause_writing(self) -> None:
        self._can_write.clear()

    def resume_writing(self) -> None:
        self._can_write.set()

    # What the connector calls

    async def sign_in(self, client_id: str, username: str | None, password: str | None) -> None:
        """Send CONNECT and await the broker's consent.

        Raises:
            MqttRefused: the broker answered with a refusal.
            OSError, TimeoutError: it did not answer.
        """
        self._write(codec.encode_connect(client_id, self._keep_alive_s, username, password))
        code = await asyncio.wait_for(self._connack, ANSWER_TIMEOUT_S)
        if code:
            raise MqttRefused(REFUSALS.get(code, f"return code {code}"))
        self._watch()

    async def subscribe(self, filters: Sequence[tuple[str, int]]) -> list[str]:
        """Subscribe to (topic filter, QoS) pairs and return the filters that the broker refused."""
        refused: list[str] = []
        for start in range(0, len(filters), FILTERS_PER_PACKET):
            batch = filters[start : start + FILTERS_PER_PACKET]
            packet_id, answer = self._expect()
            self._write(codec.encode_subscribe(packet_id, batch))
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                codes: bytes = await answer
            refused += [topic for (topic, _), code in zip(batch, codes, strict=False) if code & 0x80]
        return refused

    async def publish(self, topic: str, payload: bytes, qos: int = 0, is_retained: bool = False) -> None:
        """Publish one message; with QoS 1 or 2, return once the broker has taken it over.

        Raises:
            NotSent: the connection was gone, and nothing went out.
            OSError, TimeoutError: it went out, but the connection was lost or the broker did not answer.
        """
        await self._can_write.wait()
        if qos == 0:
            self._write(codec.encode_publish(topic, payload, 0, is_retained))
            return
        packet_id, answer = self._expect()
        try:
            self._write(codec.encode_publish(topic, payload, qos, is_retained, packet_id))
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await answer
        finally:
            self._answers.pop(packet_id, None)

    def say_goodbye(self) -> None:
        """Take leave of the broker and close."""
        if self._transport is not None and not self._transport.is_closing():
            self._write(codec.GOODBYE)
            self._transport.close()

    def abort(self, reason: str) -> None:
        """Drop the connection at once, for `reason`."""
        self._reason = self._reason or reason
        if self._transport is not None:
            self._transport.abort()

    def pause_reading(self) -> None:
        """Let the broker wait: the socket is not read until `resume_reading`."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read the socket again."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    # Inside

    def _write(self, packet: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            raise NotSent("the connection to the broker is closed")
        self._said = self._loop.time()
        self._transport.write(packet)

    def _expect(self) -> tuple[int, asyncio.Future[Any]]:
        for _ in range(0xFFFF):
            packet_id, self._next_id = self._next_id, self._next_id % 0xFFFF + 1
            if packet_id not in self._answers:
                answer: asyncio.Future[Any] = self._loop.create_future()
                self._answers[packet_id] = answer
                return packet_id, answer
        raise NotSent("65,535 messages are waiting for the broker's answer")

    def _admit(self, qos: int, packet_id: int) -> bool:
        """Answer a message of QoS 1 or 2; one of QoS 2 that is repeated does not count again."""
        if qos == 1:
            self._answer(codec.PUBACK, packet_id)
            return True
        is_repeated = packet_id in self._unreleased
        if not is_repeated and len(self._unreleased) >= MAX_WAITING_QOS2:
            raise codec.MqttProtocolError(f"more than {MAX_WAITING_QOS2} unreleased messages of QoS 2")
        self._unreleased.add(packet_id)
        self._answer(codec.PUBREC, packet_id)
        return not is_repeated

    def _answer(self, kind: int, packet_id: int) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._said = self._loop.time()
            self._transport.write(codec.encode_answer(kind, packet_id))

    def _oversize(self, size: int, qos: int, packet_id: int) -> None:
        if qos:
            self._answer(codec.PUBREC if qos == 2 else codec.PUBACK, packet_id)
        self._on_oversize(size)

    def _packet(self, kind: int, body: bytes) -> None:
        if kind == codec.PINGRESP:
            return
        if len(body) < 2:
            raise codec.MqttProtocolError(f"a packet of type {kind} that is too short")
        number = body[0] << 8 | body[1]
        if kind == codec.CONNACK:
            if not self._connack.done():
                self._connack.set_result(body[1])
        elif kind == codec.PUBREL:
            self._unreleased.discard(number)
            self._answer(codec.PUBCOMP, number)
        elif kind == codec.PUBREC:
            self._answer(codec.PUBREL, number)
        elif kind in (codec.PUBACK, codec.PUBCOMP, codec.SUBACK, codec.UNSUBACK):
            answer = self._answers.pop(number, None)
            if answer is not None and not answer.done():
                answer.set_result(body[2:])
        else:
            raise codec.MqttProtocolError(f"a packet of type {kind}")

    def _watch(self) -> None:
        """Ping when we have been silent, give up when the broker has (3.1.2.10)."""
        now = self._loop.time()
        if now - self._heard > self._keep_alive_s * 1.5:
            self.abort(f"nothing heard from the broker for {self._keep_alive_s * 1.5:.0f} s")
            return
        if self._transport is not None and not self._transport.is_closing():
            quiet_s = self._keep_alive_s / 2
            if now - self._heard >= quiet_s or now - self._said >= quiet_s:
                self._write(codec.PING)
            self._timer = self._loop.call_later(self._keep_alive_s / 4, self._watch)


async def open_session(endpoint: str, security: dict[str, Any], make: Callable[[], MqttSession]) -> MqttSession:
    """Open a transport to `mqtt://host[:1883]` or `mqtts://host[:8883]`; the session is not signed in yet.

    Raises:
        OSError, TimeoutError, ssl.SSLError: there is no way there.
        ValueError: the endpoint is no MQTT address.
    """
    parts = urlsplit(endpoint if "//" in endpoint else f"mqtt://{endpoint}")
    is_secure = parts.scheme in ("mqtts", "ssl", "tls")
    if not parts.hostname or parts.scheme not in ("mqtt", "tcp", "mqtts", "ssl", "tls"):
        raise ValueError(f"{endpoint!r} is not an MQTT address")
    port = parts.port or (8883 if is_secure else 1883)
    context = _tls_context(security) if is_secure else None
    connecting = asyncio.get_running_loop().create_connection(make, parts.hostname, port, ssl=context)
    async with asyncio.timeout(ANSWER_TIMEOUT_S):
        _, session = await connecting
    return session


def _tls_context(security: dict[str, Any]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=security.get("ca_file"))
    if security.get("certificate_file"):
        context.load_cert_chain(security["certificate_file"], security.get("key_file"))
    return context
