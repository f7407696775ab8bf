"""Runs a small foreign plant to try the wizard at: a paint shop as an OPC UA server by node-opcua, until Ctrl-C."""

from __future__ import annotations

import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xushi.kernel import environment_language
from xushi.testing import PLANT, NodeOpcua, PeerMissing, start_node_opcua

USUAL_PORT = 4840
CELL_VALUES = 400
_ENDS = {"en": "(Ctrl-C ends it)", "zh-CN": "（按 Ctrl-C 结束）"}


@contextmanager
def foreign_plant(folder: Path) -> Iterator[NodeOpcua]:
    """The paint shop, at the usual port of OPC UA where that is free."""
    with socket.socket() as probe:
        is_taken = probe.connect_ex(("127.0.0.1", USUAL_PORT)) == 0
    with start_node_opcua(folder, 0 if is_taken else USUAL_PORT, CELL_VALUES, script=PLANT) as running:
        yield running


def main() -> int:
    """Start it, say where it is, and wait."""
    try:
        with tempfile.TemporaryDirectory() as folder, foreign_plant(Path(folder)) as plant:
            print(f"{plant.url}   {_ENDS[environment_language()]}", flush=True)
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
    except PeerMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    sys.exit(main())
