"""A process that computes paths of branches, `python -m xushi.runtime.branches._path_worker`.

An order a line on its input; on its output a line for each progress and one for the end. It ends with its input, so
that nothing writes into a folder whose server is gone.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import NoReturn

import msgspec

from xushi.kernel import SystemClock, XushiError
from xushi.runtime.branches._path import compute_path
from xushi.runtime.branches._path_process import Ended, Failed, PathOrder, Progressed
from xushi.runtime.branches._start import read_start
from xushi.signals import SignalRegistry

_encode = msgspec.json.Encoder(enc_hook=str).encode  # what an error tells may be no JSON


def main() -> NoReturn:
    """Carry out orders until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; without it the input ends
    orders: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def listen() -> None:
        for line in sys.stdin.buffer:
            orders.put(line)
        os._exit(0)  # also in the middle of a path: only whole ones get their name

    threading.Thread(target=listen, daemon=True).start()
    while True:
        _tell(_carried_out(msgspec.json.decode(orders.get(), type=PathOrder)))


def _tell(message: Progressed | Ended | Failed) -> None:
    sys.stdout.buffer.write(_encode(message) + b"\n")
    sys.stdout.buffer.flush()


def _carried_out(order: PathOrder) -> Ended | Failed:
    try:
        start = read_start(Path(order.package))
        if start is None:
            raise XushiError("runtime.branch_not_ready", branch=order.branch.title)
        with contextlib.closing(SignalRegistry(order.registry, is_read_only=True)) as registry:
            compute_path(
                start, order.branch, Path(order.folder), registry, SystemClock(), lambda share: _tell(Progressed(share))
            )  # fmt: skip
    except XushiError as error:
        return Failed(error.code, error.params)
    return Ended()


if __name__ == "__main__":
    main()
