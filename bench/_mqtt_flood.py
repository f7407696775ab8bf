"""A stand-in for a broker that lets in whoever comes and sends a file of packets as fast as it is read."""

from __future__ import annotations

import contextlib
import socket
import sys
from pathlib import Path

CONNACK = b"\x20\x02\x00\x00"
SUBSCRIBE = 8


def _packet(connection: socket.socket) -> tuple[int, bytes]:
    """Return type and body of the next packet; those of a client's sign-in are short."""
    head = connection.recv(2, socket.MSG_WAITALL)
    length, shift, digit = head[1] & 0x7F, 7, head[1]
    while digit & 0x80:
        digit = connection.recv(1)[0]
        length |= (digit & 0x7F) << shift
        shift += 7
    return head[0] >> 4, connection.recv(length, socket.MSG_WAITALL) if length else b""


def _count_filters(body: bytes) -> int:
    """Return the number of topic filters in a SUBSCRIBE packet of fewer than 126."""
    count, at = 0, 2
    while at < len(body):
        at += 2 + int.from_bytes(body[at : at + 2], "big") + 1
        count += 1
    return count


def accept_subscriber(filters: int) -> socket.socket:
    """Print the port and return the connection of the one client, once it has subscribed to `filters` topics."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        connection, _ = server.accept()
    # As brokers for live data are set: else the system holds a message back until the one before is confirmed.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _packet(connection)
    connection.sendall(CONNACK)
    while filters > 0:
        kind, body = _packet(connection)
        if kind == SUBSCRIBE:
            count = _count_filters(body)
            connection.sendall(bytes((0x90, 2 + count)) + body[:2] + bytes(count))
            filters -= count
    return connection


def main(packets: Path, filters: int) -> None:
    """Serve one client that subscribes to `filters` topics, end when it leaves."""
    with accept_subscriber(filters) as connection:
        connection.sendall(packets.read_bytes())
        with contextlib.suppress(ConnectionResetError):  # a client may leave without a word
            while connection.recv(65536):
                continue


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
