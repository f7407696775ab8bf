"""Finds the stored file behind a File element or a thumbnail: by its path in the package that brought it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from xushi.kernel import Record, RecordStore


class FileFinder:
    """Knows every supplementary file by its path in its package."""

    def __init__(self, files: Mapping[str, Record]) -> None:
        """``files`` are the ``file`` records by id ``package|path``."""
        self._package: str | None = None
        self._by_path: dict[str, dict[str, Record]] = {}
        for record in files.values():
            self._by_path.setdefault(_plain(record["path"]), {})[record["package"]] = record

    def within(self, package: str | None) -> FileFinder:
        """The same files, those of a package first."""
        inner = FileFinder({})
        inner._by_path, inner._package = self._by_path, package
        return inner

    def find(self, value: str | None, package: str | None = None) -> Record | None:
        """The file that a value names; that of ``package`` where several packages have one of this path."""
        found = self._by_path.get(_plain(value), {}) if value else {}
        return found.get(package or self._package or "") or next(iter(found.values()), None)

    def sha256(self, value: str | None) -> str | None:
        """SHA-256 of the file a File element's value names; None for a URL or a file that is missing."""
        record = self.find(value)
        return None if record is None else str(record["sha256"])


def file_of(store: RecordStore, kind: str, twin_id: str, value: str | None) -> Record | None:
    """The ``file`` record that a value within a shell or submodel (``kind``) names."""
    owner = None
    for name, package in store.list("package"):
        if twin_id in package[f"{kind}s"]:
            owner = name
    return FileFinder(dict(store.list("file"))).find(value, owner)


def _plain(path: str) -> str:
    return unquote(path).removeprefix("file:").replace("\\", "/").lstrip("/").lower()
