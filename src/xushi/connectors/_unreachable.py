"""Says in plain words why an endpoint cannot be reached: nobody listens, nobody has that name, or it is silent."""

from __future__ import annotations

import socket

from xushi.kernel import XushiError, plain_reason


def unreachable(endpoint: str, error: BaseException) -> XushiError:
    """Return the error that a person is told when a connection could not be opened."""
    if isinstance(error, ConnectionRefusedError):
        return XushiError("connectors.port_closed", endpoint=endpoint)
    if isinstance(error, socket.gaierror):
        return XushiError("connectors.host_unknown", endpoint=endpoint)
    return XushiError("connectors.peer_silent", endpoint=endpoint, reason=plain_reason(endpoint, error))
