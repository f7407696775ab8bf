"""Finds TCP ports that are free."""

from __future__ import annotations

import random
import socket

_PORTS = range(20_000, 32_000)  # outgoing connections get theirs from 32768 on (Linux), 49152 on (IANA, others)


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port that nobody uses at this moment, of those that no system gives to outgoing connections by itself."""
    for port in random.SystemRandom().sample(_PORTS, 100):  # tests seed the common one alike in several processes
        if not is_taken(host, port):
            return port
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def is_taken(host: str, port: int) -> bool:
    """Whether another program listens on this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
