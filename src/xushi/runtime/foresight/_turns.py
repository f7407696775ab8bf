"""Takes jobs that run ahead one at a time, and refuses more than a few in the queue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from xushi.kernel import XushiError

_MOST = 8  # at work and in the queue; each keeps its parameters and, while it works, its futures


class Turns:
    """One job at a time: the futures of one take all processors already."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._count = 0

    def check(self) -> None:
        """Refuse where the queue is full.

        Raises:
            XushiError: `runtime.foresight_busy`.
        """
        if self._count >= _MOST:
            raise XushiError("runtime.foresight_busy", count=self._count)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for the turn and keep it.

        Raises:
            XushiError: `runtime.foresight_busy`.
        """
        self.check()
        self._count += 1
        try:
            async with self._lock:
                yield
        finally:
            self._count -= 1
