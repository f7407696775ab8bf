"""Compiles the numeric functions of this room once and keeps the machine code on disk for every later process."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from xushi.kernel import XushiError

try:
    import numba
except ImportError:
    raise XushiError("schedule.extra_missing", package="numba") from None

_F = TypeVar("_F", bound=Callable[..., Any])


def _cache_folder() -> str:
    """Return a folder of this state of the room's sources: numba looks only at the file of a function itself."""
    digest = hashlib.blake2b(f"{numba.__version__} {sys.version}".encode(), digest_size=8)
    for name in ("_compiled.py", "_tabu.py", "_shop.py", "_decode.py"):
        digest.update(Path(__file__).with_name(name).read_bytes())
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return str(Path(base) / "xushi" / f"schedule-{digest.hexdigest()}")


_FOLDER = _cache_folder()


def compiled(function: _F) -> _F:
    """Compile at the first call, without the interpreter's lock while it runs; the result is cached on disk."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = _FOLDER
    try:
        dispatcher: _F = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    finally:
        numba.config.CACHE_DIR = before
    return dispatcher
