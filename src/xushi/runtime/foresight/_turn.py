"""Lets long computations have their turn: one at a time, few in the queue, in a thread, stopped with their job."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from xushi import simulate
from xushi.kernel import Progress, XushiError, give_back_memory

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_T = TypeVar("_T")
_MOST = 8  # at work and in the queue; each keeps its parameters and, while it works, its futures


class Turns:
    """One job at a time: the futures of one take all processors already."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._count = 0

    @property
    def is_busy(self) -> bool:
        """Whether anybody computes or waits for the turn."""
        return self._count > 0

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


async def take_turn(
    platform: Platform, told: Progress, work: Callable[[Callable[[float], None], Any], _T]
) -> _T:  # fmt: skip
    """Run `work(progress, cancellation)` when it is its turn; the compiled futures hold no lock."""
    async with platform.foresight_turns.turn():
        try:
            return await in_thread(told, work)
        finally:
            await asyncio.to_thread(give_back_memory)


async def in_thread(told: Progress, work: Callable[[Callable[[float], None], Any], _T]) -> _T:
    """Run `work(progress, cancellation)` in a thread; whoever is cancelled waits until it has stopped."""
    loop = asyncio.get_running_loop()
    cancellation = simulate.Cancellation()

    def progress(share: float) -> None:
        loop.call_soon_threadsafe(told, share, f"{round(100 * share)} %")

    thread = asyncio.ensure_future(asyncio.to_thread(work, progress, cancellation))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        cancellation.cancel()
        await asyncio.wait([thread])
        thread.exception()
        raise
