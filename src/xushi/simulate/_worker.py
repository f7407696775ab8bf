"""A process of the process pool, `python -m xushi.simulate._worker`: does chunks until its input ends."""

from __future__ import annotations

import os
import signal
import struct
import sys
import threading

_IDLE_S = 600.0  # nobody needs it any more; the pool starts another
_HEAD = struct.Struct("<Q")


def main() -> int:
    """Answer messages, each with its length before it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; without it the input ends
    from ._chunks import answer

    while True:
        timer = threading.Timer(_IDLE_S, os._exit, (0,))
        timer.daemon = True
        timer.start()
        head = sys.stdin.buffer.read(_HEAD.size)
        timer.cancel()
        if len(head) < _HEAD.size:
            return 0
        (size,) = _HEAD.unpack(head)
        message = sys.stdin.buffer.read(size)
        if len(message) < size:
            return 0
        found = answer(message)
        sys.stdout.buffer.write(_HEAD.pack(len(found)) + found)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
