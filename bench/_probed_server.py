"""Runs `xushi` with a probe in its event loop: notes when the loop was held, and for how long, for connect.py."""

from __future__ import annotations

import asyncio
import sys
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
        """Return a loop that writes `<monotonic time> <seconds late>` whenever it comes late to a call."""
        loop = super().new_event_loop()

        def tick(due_s: float) -> None:
            now_s = loop.time()
            if now_s - due_s > _NOTED_S:
                print(f"{now_s:.4f} {now_s - due_s:.4f}", file=self._file, flush=True)
            loop.call_later(_PERIOD_S, tick, now_s + _PERIOD_S)

        loop.call_soon(tick, loop.time())
        return loop


def longest_hold_s(path: Path, began_s: float, ended_s: float) -> float:
    """Return for how long the loop was held at most between two instants of the monotonic clock; 0 where it was not."""
    lines = [line.split() for line in path.read_text().splitlines()]
    return max((float(late) for at, late in lines if began_s <= float(at) <= ended_s), default=0.0)


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="ascii") as out:
        asyncio.set_event_loop_policy(_Probed(out))
        sys.exit(main(sys.argv[2:]))
