"""A file that travels in a package beside the shells: its media type, and its content when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..kernel import XushiError
from ._limits import Limits
from ._zip import Damaged, Entry, Source, unpack

_MEDIA_TYPES = {
    "aml": "application/automationml+xml",
    "bin": "application/octet-stream",
    "bmp": "image/bmp",
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "dxf": "image/vnd.dxf",
    "fmu": "application/x-fmu-sharedlibrary",
    "gif": "image/gif",
    "glb": "model/gltf-binary",
    "gltf": "model/gltf+json",
    "htm": "text/html",
    "html": "text/html",
    "ifc": "application/x-step",
    "jfif": "image/jpeg",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "md": "text/markdown",
    "mp4": "video/mp4",
    "obj": "model/obj",
    "pdf": "application/pdf",
    "png": "image/png",
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "step": "model/step",
    "stl": "model/stl",
    "stp": "model/step",
    "svg": "image/svg+xml",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "ttl": "text/turtle",
    "txt": "text/plain",
    "usd": "model/vnd.usd",
    "usda": "model/vnd.usda",
    "usdz": "model/vnd.usdz+zip",
    "webp": "image/webp",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "zip": "application/zip",
}


def extension(path: str) -> str:
    """Return the extension of a path in lower case, without the dot; empty where it has none."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def media_type_of(path: str) -> str:
    """Return the media type a file most likely has by its extension."""
    return _MEDIA_TYPES.get(extension(path), "application/octet-stream")


class FilePart:
    """A supplementary file of a package. Its content stays in the package until it is read.

    Attributes:
        path: its name in the package, with a leading slash, as a File element states it.
        media_type: what the package declares, or the extension suggests.
        size: bytes.
    """

    __slots__ = ("_data", "_entry", "_limits", "_source", "media_type", "path", "size")

    def __init__(self, path: str, media_type: str, data: bytes = b"") -> None:
        self.path = path
        self.media_type = media_type
        self.size = len(data)
        self._data: bytes | None = data
        self._source: Source = b""
        self._entry: Entry | None = None
        self._limits = Limits()

    @classmethod
    def in_archive(cls, path: str, media_type: str, source: Source, entry: Entry, limits: Limits) -> FilePart:
        """Return a file whose content lies in an archive: `source` is the archive's path or bytes."""
        part = cls(path, media_type)
        part.size, part._data = max(entry.size, 0), None
        part._source, part._entry, part._limits = source, entry, limits
        return part

    def chunks(self) -> Iterator[bytes]:
        """Yield the content in pieces of at most some hundred kilobytes.

        Raises:
            XushiError: `twins.file_unreadable` where the archive changed or is damaged.
        """
        if self._data is not None:
            yield self._data
        elif self._entry is not None:
            try:
                yield from unpack(self._source, self._entry, self._limits.unpacked_bytes, self._limits)
            except Damaged as damaged:
                raise XushiError("twins.file_unreadable", path=self.path, reason=damaged.args[0]) from None

    @property
    def data(self) -> bytes:
        """Return the whole content."""
        return self._data if self._data is not None else b"".join(self.chunks())

    def write_to(self, path: Path) -> None:
        """Write the content to a file."""
        with path.open("wb") as target:
            for piece in self.chunks():
                target.write(piece)

    def __repr__(self) -> str:
        return f"FilePart({self.path!r}, {self.media_type!r}, {self.size} bytes)"
