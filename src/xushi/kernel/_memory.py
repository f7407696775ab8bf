"""Gives memory that nobody uses any more back to the system."""

from __future__ import annotations

import ctypes
import sys


def give_back_memory() -> None:
    """Return what was freed to the system; call it from a thread, after work that needed much.

    glibc keeps what a thread has freed for the next work of that thread: work in a thread of its own, done anew every
    minute, leaves its peak behind once for each thread. Other systems give it back by themselves.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # not in every libc
        if trim is not None:
            trim(0)
