"""A real platform server on a free port, in a thread of its own, for tests and benchmarks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xushi.kernel import SystemClock
from xushi.remote import Remote
from xushi.runtime import Platform
from xushi.server import RunningServer, bind, serving
from xushi.signals import Frame, SignalDef
from xushi.trust import ALL_SCOPES

_LIMIT_S = 60.0


@dataclass
class Served:
    """A running server: its platform, how to reach it, and a way into its event loop."""

    platform: Platform
    running: RunningServer
    remote: Remote
    loop: asyncio.AbstractEventLoop

    def call(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine in the server's event loop and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_LIMIT_S)

    def push(self, frame: Frame) -> None:
        """Hand a frame in as a connector would."""

        async def apply() -> None:
            self.platform.ingest.push(frame)

        self.call(apply())

    def token(self, *scopes: str) -> str:
        """Return a fresh API token with these scopes."""
        return self.platform.gate.make_token("test", frozenset(scopes))[0]


@contextmanager
def served(
    folder: Path, signals: Sequence[SignalDef] = (), endpoints: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """Serve `folder` while this is open, with `signals` defined in it; `endpoints` as in `Platform.open`."""
    ready = threading.Event()
    found: list[Served] = []
    ends: list[asyncio.Event] = []
    errors: list[BaseException] = []

    async def main() -> None:
        ended = asyncio.Event()
        with Platform.open(folder, SystemClock(), endpoints=endpoints) as platform:
            platform.registry.define(signals)
            async with serving(platform, "127.0.0.1", bind("127.0.0.1", 0)) as running:
                credential, _ = platform.gate.make_token("tests", ALL_SCOPES)
                remote = Remote(running.base_url, credential)
                found.append(Served(platform, running, remote, asyncio.get_running_loop()))
                ends.append(ended)
                ready.set()
                await ended.wait()

    def work() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:  # told to the test, in its own thread
            errors.append(error)
            ready.set()

    thread = threading.Thread(target=work, name="xushi-served", daemon=True)
    thread.start()
    ready.wait(_LIMIT_S)
    if errors:
        raise errors[0]
    try:
        yield found[0]
    finally:
        found[0].loop.call_soon_threadsafe(ends[0].set)
        thread.join(_LIMIT_S)
    if thread.is_alive():
        raise TimeoutError(f"the server does not end within {_LIMIT_S:.0f} s")
    if errors:
        raise errors[0]
