"""Makes sure that one process at a time writes to a folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from xushi.kernel import XushiError


class FolderLock:
    """Holds `lock` in a folder until released, or until the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Take the lock.

        Raises:
            XushiError: `signals.history_in_use` when another process has it.
        """
        self._file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o640)
        try:
            _lock(self._file)
        except OSError as error:
            os.close(self._file)
            raise XushiError("signals.history_in_use", path=str(folder)) from error

    def release(self) -> None:
        """Let others in."""
        os.close(self._file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
