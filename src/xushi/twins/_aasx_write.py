"""Writes AASX packages (IDTA-01005): the same content always gives the same bytes."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Literal
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from ..kernel import XushiError
from ._environment import Environment
from ._files import FilePart, extension, media_type_of
from ._json import to_json
from ._opc import rels_path
from ._xml_write import to_xml
from ._zip import canonical_name

_AASX = "http://admin-shell.io/aasx/relationships"
_THUMBNAIL = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_ORIGIN = "aasx/aasx-origin"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_EPOCH = (1980, 1, 1, 0, 0, 0)
_DENSE = {"png", "jpg", "jpeg", "zip", "webp", "mp4", "docx", "xlsx", "usdz"}

Payload = Literal["xml", "json"]
Files = Mapping[str, FilePart | bytes]


def write_aasx(
    path: Path | str,
    environment: Environment,
    files: Files | None = None,
    *,
    payload: Payload = "xml",
    thumbnail: str = "",
) -> None:
    """Write a package to a file, which is whole or absent: it is written beside and then put in place.

    Args:
        path: where to write.
        environment: what goes into the one document of the package.
        files: path with leading slash → file or its bytes.
        payload: the document's format. XML is read by every tool, JSON is smaller and faster.
        thumbnail: path of the file among `files` that is the package's thumbnail.

    Raises:
        XushiError: `twins.xml_character`, `twins.unsafe_path`, `twins.file_unreadable`.
    """
    target = Path(path)
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as stream:
            _write(stream, environment, files or {}, payload, thumbnail)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def to_aasx(
    environment: Environment, files: Files | None = None, *, payload: Payload = "xml", thumbnail: str = ""
) -> bytes:
    """Return a package as bytes; the arguments are those of `write_aasx`."""
    stream = io.BytesIO()
    _write(stream, environment, files or {}, payload, thumbnail)
    return stream.getvalue()


def _write(stream: BinaryIO, environment: Environment, files: Files, payload: Payload, thumbnail: str) -> None:
    document = f"aasx/data.{payload}"
    named = {_part_name(path): file for path, file in files.items()}
    starts = [(f"{_AASX}/aasx-origin", _ORIGIN)]
    if thumbnail:
        starts.append((_THUMBNAIL, _part_name(thumbnail)))
    parts: dict[str, FilePart | bytes] = {
        "[Content_Types].xml": _content_types(named),
        "_rels/.rels": _relationships(starts),
        _ORIGIN: b"Intentionally empty.",
        rels_path(_ORIGIN): _relationships([(f"{_AASX}/aas-spec", document)]),
        document: to_xml(environment) if payload == "xml" else to_json(environment),
    }
    if named:
        parts[rels_path(document)] = _relationships([(f"{_AASX}/aas-suppl", name) for name in sorted(named)])
    for name in sorted(named):
        if name in parts:
            raise XushiError("twins.reserved_path", path=name)
        parts[name] = named[name]
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            _add(archive, name, content)


def _add(archive: zipfile.ZipFile, name: str, content: FilePart | bytes) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_STORED if extension(name) in _DENSE else zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    size = len(content) if isinstance(content, bytes) else content.size
    with archive.open(info, "w", force_zip64=size > 0x7FFF_FFFF) as target:
        for piece in (content,) if isinstance(content, bytes) else content.chunks():
            target.write(piece)


def _part_name(path: str) -> str:
    """Return the part name of a path, percent-encoded as ECMA-376-2 demands of all but plain ASCII."""
    name = canonical_name(path)
    if name is None:
        raise XushiError("twins.unsafe_path", place=path)
    return quote(name, safe="/-._~!$&'()*+,;=:@")


def _relationships(targets: list[tuple[str, str]]) -> bytes:
    lines = [
        f'<Relationship Id="r{number}" Type={quoteattr(kind)} Target={quoteattr("/" + name)}/>'
        for number, (kind, name) in enumerate(targets, 1)
    ]
    return f'{_HEAD}<Relationships xmlns="{_RELATIONSHIPS}">{"".join(lines)}</Relationships>'.encode()


def _content_types(files: Files) -> bytes:
    """Name the media types: by extension where files agree, by part where one differs or has no extension."""
    defaults = {"rels": media_type_of("x.rels"), "xml": "text/xml", "json": "application/json"}
    overrides = {f"/{_ORIGIN}": "text/plain"}
    for name in sorted(files):
        file = files[name]
        media_type = file.media_type if isinstance(file, FilePart) else media_type_of(name)
        kind = extension(name)
        if not kind or not kind.isalnum() or defaults.setdefault(kind, media_type) != media_type:
            overrides[f"/{name}"] = media_type
    entries = [
        f"<Default Extension={quoteattr(kind)} ContentType={quoteattr(media_type)}/>"
        for kind, media_type in sorted(defaults.items())
    ]
    entries += [
        f"<Override PartName={quoteattr(name)} ContentType={quoteattr(media_type)}/>"
        for name, media_type in sorted(overrides.items())
    ]
    return f'{_HEAD}<Types xmlns="{_TYPES}">{"".join(entries)}</Types>'.encode()
