"""Speaks HTTP/1.1 with one server over one connection at a time, within limits on size and time."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import h11
import msgspec

LARGEST_BODY = 8 * 1024 * 1024
MOST_HEADER_BYTES = 64 * 1024
ANSWER_TIMEOUT_S = 10.0
READ_SIZE = 64 * 1024
Headers = Sequence[tuple[str, str]]


class AnswerTooLarge(Exception):
    """The server's answer is longer than what is read."""


class Answer(msgspec.Struct, frozen=True):
    """A server's answer: status, headers by name in small letters, and the whole body."""

    status: int
    headers: dict[str, str]
    body: bytes


def origin_of(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of a URL: what a credential may be sent to.

    Raises:
        ValueError: it is not an `http` or `https` address.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url[:200]!r} is not an http or https address")
    return parts.scheme, parts.hostname.lower(), parts.port or (443 if parts.scheme == "https" else 80)


class HttpClient:
    """Keeps a connection open between requests and opens a fresh one where the server has closed it.

    Args:
        endpoint: `http://host:port` or `https://host:port`; nothing else is ever connected to.
        ca_file: PEM file of the authority to trust in place of the system's.
    """

    def __init__(
        self,
        endpoint: str,
        ca_file: str | Path | None = None,
        largest_body: int = LARGEST_BODY,
        timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        self.origin = origin_of(endpoint)
        scheme, host, port = self.origin
        self._host_header = urlsplit(endpoint).netloc.rpartition("@")[2]
        self._address = (host, port)
        self._tls = ssl.create_default_context(cafile=str(ca_file) if ca_file else None) if scheme == "https" else None
        self._largest_body = largest_body
        self._timeout_s = timeout_s
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._connection = h11.Connection(h11.CLIENT, MOST_HEADER_BYTES)

    async def request(self, method: str, target: str, headers: Headers = (), body: bytes = b"") -> Answer:
        """Send a request and return the answer.

        A GET over a connection that the server has meanwhile closed is sent once more over a fresh one; a request
        that changes something never is, since nobody can tell whether it arrived.

        Raises:
            OSError, TimeoutError: no connection, or no answer in time.
            AnswerTooLarge: the body is longer than allowed.
            ConnectionError: what came is not HTTP.
        """
        is_reused = self._streams is not None
        if is_reused and method != "GET":
            self.close()
            is_reused = False
        try:
            return await self._in_time(method, target, headers, body)
        except TimeoutError:
            raise
        except (OSError, EOFError):
            if not is_reused:
                raise
        return await self._in_time(method, target, headers, body)

    async def _in_time(self, method: str, target: str, headers: Headers, body: bytes) -> Answer:
        """Exchange within the limit on time; a connection on which anything went wrong is not used again.

        Not by `asyncio.wait_for`: in Python 3.11 it may return an answer and lose a cancellation of the same moment.
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._exchange(method, target, headers, body)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _exchange(self, method: str, target: str, headers: Headers, body: bytes) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._address, ssl=self._tls)
            self._connection = h11.Connection(h11.CLIENT, MOST_HEADER_BYTES)
        _, writer = self._streams
        connection = self._connection
        sent = [("Host", self._host_header), ("Accept-Encoding", "identity"), ("User-Agent", "Xushi"), *headers]
        if body or method != "GET":
            sent.append(("Content-Length", str(len(body))))
        try:
            request = h11.Request(method=method, target=target, headers=sent)
            pieces = [connection.send(request), connection.send(h11.Data(data=body)) if body else b""]
            pieces.append(connection.send(h11.EndOfMessage()))
            writer.write(b"".join(piece for piece in pieces if piece))
            await writer.drain()
            return await self._answer()
        except h11.LocalProtocolError as error:
            raise ValueError(f"not a request that can be sent: {error}") from error
        except h11.RemoteProtocolError as error:
            raise ConnectionError(f"what the server sent is not HTTP: {error}") from error

    async def _answer(self) -> Answer:
        assert self._streams is not None
        reader, _ = self._streams
        status, headers, body = 0, {}, bytearray()
        while True:
            event: Any = self._connection.next_event()
            if event is h11.NEED_DATA:
                self._connection.receive_data(await reader.read(READ_SIZE))
            elif isinstance(event, h11.Response):
                status = event.status_code
                headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > self._largest_body:
                    raise AnswerTooLarge(f"an answer of more than {self._largest_body} bytes")
            elif isinstance(event, h11.EndOfMessage):
                break
            elif isinstance(event, h11.ConnectionClosed):
                raise ConnectionResetError("the server closed the connection")
        if self._connection.our_state is h11.DONE and self._connection.their_state is h11.DONE:
            self._connection.start_next_cycle()
        else:
            self.close()
        return Answer(status, headers, bytes(body))
