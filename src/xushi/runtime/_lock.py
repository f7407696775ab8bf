"""Lets one process at a time open a data folder, and tells the others who holds it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from xushi.kernel import XushiError


class FolderLock:
    """An advisory lock on ``<folder>/lock``; the system releases it when the process dies, however it dies."""

    def __init__(self, folder: Path) -> None:
        """Take the lock. Raises ``runtime.folder_locked`` with the holder's process id."""
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "lock"
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._handle, 32, 0).decode("ascii", "replace").strip() or "?"
            os.close(self._handle)
            raise XushiError("runtime.folder_locked", folder=str(folder), pid=holder) from None
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Give the folder free."""
        os.ftruncate(self._handle, 0)
        os.close(self._handle)


def holder_of(folder: Path) -> int | None:
    """Process id of whoever holds the folder now; None when nobody does."""
    path = folder / "lock"
    if not path.exists():
        return None
    handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
        return int(text) if text.isdigit() else 0
    finally:
        os.close(handle)
    return None
