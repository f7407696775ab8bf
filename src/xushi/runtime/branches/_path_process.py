"""Has paths computed in a process of its own: no answer of the server waits, and the memory it takes is given back."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from xushi.kernel import Child, XushiError
from xushi.runtime.branches._path import draft_of
from xushi.runtime.branches._record import Branch
from xushi.simulate import Cancellation

_IDLE_S = 600.0  # after which nobody needs it any more; the next path starts another
_LOOK_S = 0.1  # how often a cancellation is looked for


class PathOrder(msgspec.Struct, frozen=True):
    """A path that is wanted: from the package in a file, by the record of the branch, into a folder."""

    package: str
    branch: Branch
    folder: str
    registry: str


class Progressed(msgspec.Struct, frozen=True, tag="progressed"):
    """The share of the work that is done."""

    share: float


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The path is in its folder."""


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """There is no path: the code and parameters of why."""

    code: str
    params: dict[str, Any]


_decode = msgspec.json.Decoder(Progressed | Ended | Failed).decode


class PathProcess:
    """One process, started when it is first wanted and kept for the next path. Safe to use from several threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._guard = threading.Lock()
        self._child: Child | None = None
        self._rest: threading.Timer | None = None
        self._is_closed = False

    def prepare(self) -> None:
        """Start the process, so that it gets ready while something else is done."""
        with self._guard:
            self._living()
            self._rest_later()

    def compute(self, order: PathOrder, progress: Callable[[float], None], cancellation: Cancellation) -> None:
        """Have a path computed.

        Raises:
            XushiError: `runtime.path_process_lost`, `simulate.cancelled`, and see `compute_path`.
        """
        with self._turn:
            with self._guard:
                child = self._living()
            done = threading.Event()
            watcher = threading.Thread(target=_kill_if_cancelled, args=(child, cancellation, done), daemon=True)
            watcher.start()
            try:
                failed = _follow(child, order, progress, cancellation)
            except BaseException as error:
                with self._guard:
                    self._let_go()
                shutil.rmtree(draft_of(Path(order.folder)), ignore_errors=True)
                if isinstance(error, OSError | ValueError):
                    code = "simulate.cancelled" if cancellation.flag[0] else "runtime.path_process_lost"
                    raise XushiError(code) from error
                raise
            finally:
                done.set()
                watcher.join()
                with self._guard:
                    self._rest_later()
        if failed is not None:
            raise XushiError(failed.code, **failed.params)

    def _living(self) -> Child:
        if self._is_closed:
            raise XushiError("simulate.cancelled")
        if self._child is None or not self._child.is_alive():
            self._let_go()
            self._child = Child("xushi.runtime.branches._path_worker")
        return self._child

    def _rest_later(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
        self._rest = threading.Timer(_IDLE_S, self._let_go_idle)
        self._rest.daemon = True
        if not self._is_closed:
            self._rest.start()

    def _let_go_idle(self) -> None:
        if self._turn.acquire(blocking=False):
            with self._guard:
                self._let_go()
            self._turn.release()

    def _let_go(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()

    def close(self) -> None:
        """End the process; it leaves nothing half written that anybody takes for whole."""
        with self._guard:
            self._is_closed = True
            if self._rest is not None:
                self._rest.cancel()
            self._let_go()


def _kill_if_cancelled(child: Child, cancellation: Cancellation, done: threading.Event) -> None:
    while not done.wait(_LOOK_S):
        if cancellation.flag[0]:
            child.kill()
            return


def _follow(
    child: Child, order: PathOrder, progress: Callable[[float], None], cancellation: Cancellation
) -> Failed | None:  # fmt: skip
    """Give the order and listen until the path is there."""
    child.to.write(msgspec.json.encode(order) + b"\n")
    child.to.flush()
    for line in child.back:
        message = _decode(line)
        if isinstance(message, Failed):
            return message
        if isinstance(message, Ended):
            return None
        progress(message.share)
        if cancellation.flag[0]:
            break
    raise BrokenPipeError
