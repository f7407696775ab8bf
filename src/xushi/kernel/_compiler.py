"""Compiles the numeric functions of a room with numba and keeps the machine code on disk for every later process."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])


class Compiler:
    """The compiler of one room.

    numba looks only at the file of a function, not at those of the functions it calls; a change in any file of the
    room compiles all of them anew.
    """

    def __init__(self, room: Path) -> None:
        """Take the folder of the room's sources.

        Raises:
            ImportError: numba is not installed; it comes with the extra of the room.
        """
        import numba

        self._numba: Any = numba
        digest = hashlib.blake2b(f"{numba.__version__} {sys.version}".encode(), digest_size=8)
        for path in sorted(room.glob("*.py")):
            digest.update(path.read_bytes())
        base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
        self._folder = str(Path(base) / "xushi" / f"{room.name}-{digest.hexdigest()}")

    def compiled(self, function: _F) -> _F:
        """Compile at the first call, without the interpreter's lock while it runs; the result is cached on disk."""
        return self._compile(function)

    def inlined(self, function: _F) -> _F:
        """Compile like `compiled`, as a part of every function that calls it: for the few that run at each event."""
        return self._compile(function, forceinline=True)

    def _compile(self, function: _F, **options: bool) -> _F:
        config = self._numba.config
        before = config.CACHE_DIR
        config.CACHE_DIR = self._folder
        try:
            dispatcher: _F = self._numba.njit(cache=True, nogil=True, error_model="numpy", **options)(function)
        finally:
            config.CACHE_DIR = before
        return dispatcher
