"""A stand-in for a broker that lets in whoever comes and sends a file of packets as fast as it is read."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

CONNACK = b"\x20\x02\x00\x00"


def _packet(connection: socket.socket) -> tuple[int, bytes]:
    """Return type and body of the next packet; those of a client's sign-in are short."""
    head = connection.recv(2, socket.MSG_WAITALL)
    length, shift, digit = head[1] & 0x7F, 7, head[1]
    while digit & 0x80:
        digit = connection.recv(1)[0]
        length |= (digit & 0x7F) << shift
        shift += 7
    return head[0] >> 4, connection.recv(length, socket.MSG_WAITALL) if length else b""


def main(packets: Path) -> None:
    """Print the port, serve one client, end when it leaves."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        connection, _ = server.accept()
    with connection:
        _packet(connection)
        connection.sendall(CONNACK)
        kind, body = _packet(connection)
        while kind != 8:
            kind, body = _packet(connection)
        connection.sendall(b"\x90\x03" + body[:2] + b"\x00")
        connection.sendall(packets.read_bytes())
        while connection.recv(65536):
            continue


if __name__ == "__main__":
    main(Path(sys.argv[1]))
