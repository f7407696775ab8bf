"""Runs `xushi` with a probe in its event loop: notes when the loop was held, and for how long, for connect.py."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import TextIO

from xushi.cli import main

_PERIOD_S = 0.005
_NOTED_S = 0.02


class _Probed(asyncio.DefaultEventLoopPolicy):
    """Puts the probe into every event loop that is made."""

    def __init__(self, file: TextIO) -> None:
        super().__init__()
        self._file = file

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        """Return a loop that writes `<monotonic time> <s late> <s of CPU>` whenever it comes late to a call.

        The CPU time is that of this process since the call before: what is missing, other processes had.
        """
        loop = super().new_event_loop()

        def tick(due_s: float, before_s: float) -> None:
            now_s, cpu_s = loop.time(), time.process_time()
            if now_s - due_s > _NOTED_S:
                print(f"{now_s:.4f} {now_s - due_s:.4f} {cpu_s - before_s:.4f}", file=self._file, flush=True)
            loop.call_later(_PERIOD_S, tick, now_s + _PERIOD_S, cpu_s)

        loop.call_soon(tick, loop.time(), time.process_time())
        return loop


def longest_hold_s(path: Path, began_s: float, ended_s: float) -> tuple[float, float]:
    """Return how late the loop came at most between two instants of the monotonic clock, and by its own doing."""
    lines = [[float(one) for one in line.split()] for line in path.read_text().splitlines()]
    among = [(late_s, min(late_s, cpu_s)) for at_s, late_s, cpu_s in lines if began_s <= at_s <= ended_s]
    return max((late_s for late_s, _ in among), default=0.0), max((own_s for _, own_s in among), default=0.0)


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="ascii") as out:
        asyncio.set_event_loop_policy(_Probed(out))
        sys.exit(main(sys.argv[2:]))
