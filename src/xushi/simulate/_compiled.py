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
    import scipy  # noqa: F401 - needed for every result
except ImportError:
    raise XushiError("simulate.numba_missing") from None

_F = TypeVar("_F", bound=Callable[..., Any])


def _cache_folder() -> str:
    """Return a folder of this state of the sources.

    numba looks only at the file of a function, not at those of the functions it calls; a change in any file of the
    room must compile all of them anew.
    """
    digest = hashlib.blake2b(f"{numba.__version__} {sys.version}".encode(), digest_size=8)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return str(Path(base) / "xushi" / f"simulate-{digest.hexdigest()}")


_FOLDER = _cache_folder()


def _compile(function: _F, *, is_inlined: bool) -> _F:
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = _FOLDER
    try:
        dispatcher: _F = numba.njit(cache=True, nogil=True, error_model="numpy", forceinline=is_inlined)(function)
    finally:
        numba.config.CACHE_DIR = before
    return dispatcher


def compiled(function: _F) -> _F:
    """Compile at the first call, without the interpreter's lock while it runs; the result is cached on disk."""
    return _compile(function, is_inlined=False)


def inlined(function: _F) -> _F:
    """Compile like `compiled`, as a part of every function that calls it: for the few that run at each event."""
    return _compile(function, is_inlined=True)
