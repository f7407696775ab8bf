"""Finds the stored file behind a File element of a submodel."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from xushi.kernel import Record


class FileFinder:
    """Knows every supplementary file by its path in its package."""

    def __init__(self, files: Mapping[str, Record]) -> None:
        """``files`` are the ``file`` records by id ``package|path``."""
        self._by_path: dict[str, str] = {}
        for record in files.values():
            self._by_path[_plain(record["path"])] = record["sha256"]

    def sha256(self, value: str | None) -> str | None:
        """SHA-256 of the file a File element's value names; None for a URL or a file that is missing."""
        return self._by_path.get(_plain(value)) if value else None


def _plain(path: str) -> str:
    return unquote(path).removeprefix("file:").replace("\\", "/").lstrip("/").lower()
