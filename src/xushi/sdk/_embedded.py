"""Opens a data folder inside this process: the same platform, without a server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import numpy as np

from xushi.kernel import Clock, Outcome
from xushi.runtime import SYSTEM, Platform
from xushi.signals import Sample

T = TypeVar("T")


def open_folder(folder: str | Path, *, clock: Clock | None = None, connect: bool = True) -> Embedded:
    """Open a data folder in this process; use it in a `with` block.

    Args:
        connect: whether to bring the connections to machines up.

    Raises:
        XushiError: `runtime.folder_locked` where a server has the folder open; use `xushi.connect` then.
    """
    return Embedded(Path(folder), clock, connect)


class Embedded:
    """A platform with an event loop of its own in the background."""

    def __init__(self, folder: Path, clock: Clock | None, connect: bool) -> None:
        self._manager = Platform.open(folder, clock)
        self.platform = self._manager.__enter__()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="xushi-embedded", daemon=True)
        self._thread.start()
        self._is_connected = connect
        if connect:
            self._wait(self.platform.start())

    def __enter__(self) -> Embedded:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take the connections down and close the folder."""
        if not self._thread.is_alive():
            return
        if self._is_connected:
            self._wait(self.platform.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._manager.__exit__(None, None, None)

    def run(self, command: str, params: dict[str, Any], *, dry_run: bool = False, reason: str = "") -> Outcome:
        """Run a command."""
        return self._wait(self.platform.bus.run(command, params, SYSTEM, dry_run=dry_run, reason=reason))

    def undo(self, command_id: str) -> Outcome:
        """Take a command back."""
        return self._wait(self.platform.bus.undo(command_id, SYSTEM))

    def open_files(self, paths: Sequence[str | Path], *, dry_run: bool = False) -> Outcome:
        """Import files, all of them or none."""
        blobs = self.platform.blobs
        files = [{"name": Path(path).name, "sha256": blobs.put(Path(path).read_bytes())} for path in paths]
        return self.run("import.files", {"files": files}, dry_run=dry_run)

    def value(self, key: str) -> Sample | None:
        """Return the newest value of a signal by key; None where none has come yet."""
        return self.platform.board.value(self.platform.registry.handle(key))

    def history(self, key: str, start_ns: int, end_ns: int) -> tuple[np.ndarray, np.ndarray]:
        """Return (times int64 ns, values float64) of a numeric signal; NaN where the quality is Bad."""
        frame = self.platform.history.range(self.platform.registry.handle(key), start_ns, end_ns)
        return frame.times_ns, frame.numbers(self.platform.registry.kinds)

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()
