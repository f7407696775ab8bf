"""Peers that live in an event loop, served from a thread of their own beside the test."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1] / "connectors"))
import http_peer
import modbus_peer
from outsider_package import installed, lines_device

_T = TypeVar("_T")
__all__ = ["beside", "http_peer", "installed", "lines_device", "modbus_peer"]


@contextmanager
def beside(make: Callable[[], AbstractAsyncContextManager[_T]]) -> Iterator[_T]:
    """Enter an asynchronous context in a thread; leave it at the end."""
    ready, found, errors = threading.Event(), [], []
    loop, ended = asyncio.new_event_loop(), asyncio.Event()

    async def main() -> None:
        try:
            async with make() as one:
                found.append(one)
                ready.set()
                await ended.wait()
        except BaseException as error:  # told to the test, in its own thread
            errors.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()), daemon=True)
    thread.start()
    ready.wait(30)
    if errors:
        raise errors[0]
    try:
        yield found[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(30)
        loop.close()
    if errors:
        raise errors[0]
