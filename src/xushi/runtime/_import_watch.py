"""Who looks on while files are read: is told how far it is, and can stop it until something is written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from xushi.kernel import Progress


class ImportStopped(Exception):
    """The import was stopped before anything was written; raised in the thread that reads."""


class ImportWatch:
    """Looks on at one import from the event loop, while the files are read in another thread.

    Args:
        tell: called in the reading thread with the share read, 0…1, and the name of the file.
    """

    def __init__(self, tell: Progress) -> None:
        self._tell = tell
        self._stop = threading.Event()

    def stop(self) -> None:
        """Let the reading stop at its next step."""
        self._stop.set()

    def check(self) -> None:
        """Go on only where nobody has stopped it.

        Raises:
            ImportStopped: somebody has.
        """
        if self._stop.is_set():
            raise ImportStopped

    @contextmanager
    def looks_on(self) -> Iterator[None]:
        """Look on at the imports that are begun in this block, by whatever way they reach the reading thread."""
        token = _LOOKING_ON.set(self)
        try:
            yield
        finally:
            _LOOKING_ON.reset(token)

    def tell(self, share: float, name: str) -> None:
        """Tell how far it is.

        Raises:
            ImportStopped: somebody has stopped it.
        """
        self.check()
        self._tell(share, name)


_LOOKING_ON: ContextVar[ImportWatch | None] = ContextVar("import_watch", default=None)


class Reading:
    """How far the reading of some files is, counted in their bytes.

    Args:
        sizes: of the files in their sequence.
    """

    def __init__(self, sizes: list[int], keep: Callable[[bytes], str]) -> None:
        self._watch = _LOOKING_ON.get()
        self._sizes = sizes
        self._keep = keep
        self._at = -1
        self._name = ""
        self._kept = 0

    def begin(self, name: str) -> None:
        """Begin the next file."""
        self._at, self._name, self._kept = self._at + 1, name, 0
        self._tell()

    def keep(self, content: bytes) -> str:
        """Keep a part of the file and return its SHA-256 in hex."""
        self._tell()
        sha256 = self._keep(content)
        self._kept += len(content)
        return sha256

    def end(self) -> None:
        """End with all files read; from here on nobody stops it."""
        if self._watch is not None:
            self._watch.tell(1.0, "")

    def _tell(self) -> None:
        if self._watch is None:
            return
        # Packages are compressed: what comes out of one may be more than went in.
        done = sum(self._sizes[: self._at]) + min(self._kept, self._sizes[self._at])
        self._watch.tell(done / max(1, sum(self._sizes)), self._name)
