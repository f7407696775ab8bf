"""Keeps files by the SHA-256 of their content, synced to the disk before their name is given out."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from ._errors import XushiError
from ._ids import new_id

_SHA256 = re.compile(r"[0-9a-f]{64}")


class BlobStore:
    """A folder of immutable files, each named by its SHA-256 in hex and spread over 256 subfolders."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, content: bytes) -> str:
        """Keep `content` durably and return its SHA-256 in hex. Keeping it twice costs nothing."""
        digest = hashlib.sha256(content).hexdigest()
        target = self._place(digest)
        if target.exists():
            return digest
        target.parent.mkdir(exist_ok=True)
        draft = target.parent / f".{new_id()}"
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
        _sync_folder(target.parent)
        _sync_folder(self._folder)
        return digest

    def has(self, digest: str) -> bool:
        """Tell whether the content with this SHA-256 is kept here."""
        return _SHA256.fullmatch(digest) is not None and self._place(digest).exists()

    def path(self, digest: str) -> Path:
        """Return the path of a kept file.

        Raises:
            XushiError: `kernel.blob_missing` where there is none of that name.
        """
        if not self.has(digest):
            raise XushiError("kernel.blob_missing", digest=digest[:80])
        return self._place(digest)

    def get(self, digest: str) -> bytes:
        """Return the content of a kept file; raises as `path` does."""
        return self.path(digest).read_bytes()

    def _place(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def _sync_folder(folder: Path) -> None:
    """Make a rename durable: on POSIX the directory entry is synced separately from the file."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
