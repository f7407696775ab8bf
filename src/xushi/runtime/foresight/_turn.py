"""Lets long computations have their turn: one at a time, in a thread, stopped when their job is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from xushi import simulate
from xushi.kernel import Progress

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_T = TypeVar("_T")


async def take_turn(
    platform: Platform, told: Progress, work: Callable[[Callable[[float], None], Any], _T]
) -> _T:  # fmt: skip
    """Run `work(progress, cancellation)` when it is its turn; the compiled futures hold no lock."""
    loop = asyncio.get_running_loop()
    async with platform.foresight_turn:
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
