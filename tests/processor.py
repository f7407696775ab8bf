"""How long a process takes for something by its own doing, on a machine that it shares with others.

A clock on the wall measures everybody who shares the machine. The kernel says how long the threads of a process
computed and how long they stood ready without a processor (`/proc/<pid>/task/*/schedstat`, in ns).
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec

P = ParamSpec("P")
LONGEST_HANG_S = 2.0
_NS_PER_S = 1e9


@dataclass(frozen=True)
class Times:
    """What became of the threads of a process: seconds on a processor, seconds ready and without one."""

    computed_s: float
    queued_s: float

    def __sub__(self, other: Times) -> Times:
        return Times(self.computed_s - other.computed_s, self.queued_s - other.queued_s)


def times_of(process: int) -> Times:
    """The times of the threads that the process has now; nothing where the kernel does not tell (no Linux)."""
    computed_ns = queued_ns = 0
    for path in Path(f"/proc/{process}/task").glob("*/schedstat"):
        try:
            computed, queued, _ = path.read_text("ascii").split()
        except OSError:
            continue  # this thread has ended
        computed_ns, queued_ns = computed_ns + int(computed), queued_ns + int(queued)
    return Times(computed_ns / _NS_PER_S, queued_ns / _NS_PER_S)


class OwnTime:
    """How long a process, asked by this one, is at something, from when this is made.

    Args:
        process: whoever answers; this process where it answers itself.
    """

    def __init__(self, process: int) -> None:
        self._processes = (process, *({os.getpid()} - {process}))
        self._began_s = time.monotonic()
        self._before = [times_of(one) for one in self._processes]

    def taken_s(self) -> float:
        """The seconds until now: those it computed, or those left of all without the waiting for a processor."""
        wall_s = time.monotonic() - self._began_s
        spent = [times_of(one) - before for one, before in zip(self._processes, self._before, strict=True)]
        return min(wall_s, max(spent[0].computed_s, wall_s - sum(one.queued_s for one in spent)))


def promptly(example: Callable[P, None]) -> Callable[P, None]:
    """A test that hangs for no single example: each computes for less than two seconds in its thread."""

    @functools.wraps(example)
    def measured(*args: P.args, **kwargs: P.kwargs) -> None:
        began_s = time.thread_time()
        example(*args, **kwargs)
        assert time.thread_time() - began_s < LONGEST_HANG_S

    return measured
