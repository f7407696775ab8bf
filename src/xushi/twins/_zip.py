"""Opens ZIP archives from strangers: bounded, without trust in any size, name or directory they state."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple
from urllib.parse import unquote

from ..kernel import DAMAGED_ARCHIVE, XushiError
from ._findings import Findings
from ._limits import Limits

_CHUNK = 1 << 18
_LOCAL = b"PK\x03\x04"
_SYMLINK = 0o120000
_STORED, _DEFLATED = 0, 8
Source = Path | bytes


class Entry(NamedTuple):
    """One part of an archive.

    Attributes:
        name: canonical path without leading slash, percent signs decoded.
        offset: where its local header stands; `method` is 0 (stored) or 8 (deflated).
        packed: bytes in the archive; `size` bytes unpacked; both -1 where not stated.
        crc: CRC-32 of the content; -1 where not stated.
    """

    name: str
    offset: int
    method: int
    packed: int
    size: int
    crc: int


class Damaged(Exception):
    """The bytes of an entry are not what they should be; `args[0]` says why, `partial` is what was had."""

    def __init__(self, reason: str, partial: bytes = b"") -> None:
        super().__init__(reason)
        self.partial = partial


def canonical_name(name: str) -> str | None:
    """Return the path of a part without leading slash; None where it points outside the package."""
    path = unquote(name.split("\0", 1)[0].replace("\\", "/"))
    if len(path) > 1 and path[1] == ":":
        return None
    steps = [step for step in path.split("/") if step not in ("", ".")]
    if ".." in steps or not steps:
        return None
    return "/".join(steps)


class Archive:
    """The parts of one ZIP archive by canonical name."""

    def __init__(self, source: Source, findings: Findings, limits: Limits) -> None:
        self._source = source
        self._findings = findings
        self._limits = limits
        self.entries: dict[str, Entry] = {}
        self._folded: dict[str, str] = {}
        self._open()

    def find(self, path: str) -> Entry | None:
        """Return the entry of a path, whatever its slashes, letter case and percent signs; None if absent."""
        name = canonical_name(path)
        if name is None:
            return None
        return self.entries.get(name) or self.entries.get(self._folded.get(name.casefold(), ""))

    def read(self, entry: Entry, limit: int) -> bytes:
        """Return the content of an entry of at most `limit` bytes.

        Raises:
            Damaged: it cannot be unpacked, or its checksum is wrong.
        """
        pieces: list[bytes] = []
        try:
            for piece in unpack(self._source, entry, limit, self._limits):
                pieces.append(piece)
        except Damaged as damaged:
            raise Damaged(damaged.args[0], b"".join(pieces)) from None
        return b"".join(pieces)

    def check(self, entry: Entry) -> str | None:
        """Unpack an entry without keeping it; return why it is damaged, None where it is sound."""
        try:
            for _ in unpack(self._source, entry, self._limits.unpacked_bytes, self._limits):
                continue
        except Damaged as damaged:
            return str(damaged.args[0])
        return None

    def _open(self) -> None:
        try:
            self._refuse_huge_directory()
            with _stream(self._source) as stream, zipfile.ZipFile(stream) as archive:
                infos = archive.infolist()
        except DAMAGED_ARCHIVE as error:
            self._rescue(error)
            return
        if len(infos) > self._limits.entries:
            raise XushiError("twins.too_many_parts", count=len(infos), limit=self._limits.entries)
        for info in infos:
            self._take(info)
        self._relocate()
        total = sum(entry.size for entry in self.entries.values())
        if total > self._limits.unpacked_bytes:
            raise XushiError("twins.zip_bomb", size=total, limit=self._limits.unpacked_bytes)

    def _relocate(self) -> None:
        """Find the parts that do not stand where the directory says, as after bytes got lost."""
        with _stream(self._source) as stream:
            lost = [entry for entry in self.entries.values() if not _stands_at(stream, entry.offset)]
            if not lost:
                return
            stream.seek(0)
            data = stream.read(self._limits.file_bytes)
        found = {entry.name: entry for entry in _scan(data, self._limits.entries)}
        for entry in lost:
            if entry.name in found:
                self.entries[entry.name] = entry._replace(offset=found[entry.name].offset)
        self._findings.add("twins.zip_rescued", "/", count=len(lost), detail="wrong offsets")

    def _refuse_huge_directory(self) -> None:
        """Refuse by the stated size of the directory, before anything builds a million objects from it."""
        with _stream(self._source) as stream:
            length = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, length - 70_000))
            tail = stream.read()
        bound = self._limits.entries * 1024
        for mark, place, form in ((b"PK\x05\x06", 12, "<I"), (b"PK\x06\x06", 40, "<Q")):
            at = tail.rfind(mark)
            if at < 0 or at + place + 8 > len(tail):
                continue
            (size,) = struct.unpack_from(form, tail, at + place)
            if bound < size < min(length, 0xFFFFFFFF):
                raise XushiError("twins.too_many_parts", count=size // 46, limit=self._limits.entries)

    def _take(self, info: zipfile.ZipInfo) -> None:
        if info.filename.endswith("/"):
            return
        name = canonical_name(info.filename)
        if name is None:
            self._findings.add("twins.unsafe_path", info.filename)
        elif (info.external_attr >> 16) & 0o170000 == _SYMLINK:
            self._findings.add("twins.symlink", name)
        elif info.flag_bits & 1:
            self._findings.add("twins.encrypted_part", name)
        elif info.compress_type not in (_STORED, _DEFLATED):
            self._findings.add("twins.part_damaged", name, reason=f"method {info.compress_type}")
        elif self._is_too_dense(info.file_size, info.compress_size):
            self._findings.add("twins.part_too_dense", name, size=info.file_size, packed=info.compress_size)
        else:
            entry = Entry(name, info.header_offset, info.compress_type, info.compress_size, info.file_size, info.CRC)
            self._add(entry)

    def _is_too_dense(self, size: int, packed: int) -> bool:
        return size > self._limits.ratio_free_bytes and size > self._limits.ratio * max(packed, 1)

    def _add(self, entry: Entry) -> None:
        folded = entry.name.casefold()
        present = self._folded.get(folded)
        if present is not None:
            self._findings.add("twins.duplicate_part", entry.name)
            del self.entries[present]
        self._folded[folded] = entry.name
        self.entries[entry.name] = entry

    def _rescue(self, cause: Exception) -> None:
        """Find the parts by their local headers, where the directory at the archive's end is lost."""
        with _stream(self._source) as stream:
            data = stream.read(self._limits.file_bytes)
        for entry in _scan(data, self._limits.entries):
            self._add(entry)
        if not self.entries:
            raise XushiError("twins.zip_damaged", detail=str(cause)) from None
        self._findings.add("twins.zip_rescued", "/", count=len(self.entries), detail=str(cause))


def _stream(source: Source) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _stands_at(stream: BinaryIO, offset: int) -> bool:
    if offset < 0:
        return False
    stream.seek(offset)
    return stream.read(4) == _LOCAL


def _scan(data: bytes, limit: int) -> Iterator[Entry]:
    """Yield at most `limit` entries whose local headers are found in the bytes."""
    at, count = data.find(_LOCAL), 0
    while at >= 0 and count < limit:
        entry = _local_entry(data, at)
        if entry is not None:
            count += 1
            yield entry
        at = data.find(_LOCAL, at + 4)


def _local_entry(data: bytes, at: int) -> Entry | None:
    """Return the entry whose local header stands at `at`; None where it is not one that can be read."""
    if at + 30 > len(data):
        return None
    flags, method, _, _, crc, packed, size, name_bytes, _ = struct.unpack_from("<HHHHIIIHH", data, at + 6)
    raw = data[at + 30 : at + 30 + name_bytes]
    if flags & 1 or method not in (_STORED, _DEFLATED) or not raw or raw.endswith(b"/"):
        return None
    name = canonical_name(raw.decode("utf-8" if flags & 0x800 else "cp437", "replace"))
    if name is None:
        return None
    is_open = bool(flags & 8) or 0xFFFFFFFF in (packed, size)
    if is_open and method == _STORED:
        return None
    return Entry(name, at, method, -1 if is_open else packed, -1 if is_open else size, -1 if is_open else crc)


def unpack(source: Source, entry: Entry, limit: int, limits: Limits) -> Iterator[bytes]:
    """Yield the content of an entry in pieces.

    Raises:
        Damaged: after the last good piece, where the data, its size or its checksum is wrong, or where it
            is larger than `limit` bytes or denser than `limits` allow.
    """
    bound = min(limit, entry.size if entry.size >= 0 else limit)
    if entry.size > limit:
        raise Damaged(f"{entry.size} > {limit} bytes")
    try:
        with _stream(source) as stream:
            yield from _unpacked(stream, entry, bound, limits)
    except (OSError, ValueError, OverflowError) as error:
        raise Damaged(str(error)) from None


def _unpacked(stream: BinaryIO, entry: Entry, bound: int, limits: Limits) -> Iterator[bytes]:
    stream.seek(entry.offset)
    header = stream.read(30)
    if len(header) < 30 or not header.startswith(_LOCAL):
        raise Damaged("no local header")
    name_bytes, extra_bytes = struct.unpack_from("<HH", header, 26)
    stream.seek(name_bytes + extra_bytes, os.SEEK_CUR)
    count, crc = 0, 0
    pieces = _stored(stream, entry) if entry.method == _STORED else _inflated(stream, entry, limits)
    for piece in pieces:
        count += len(piece)
        crc = zlib.crc32(piece, crc)
        if count > bound:
            raise Damaged("more bytes than stated")
        yield piece
    if entry.size >= 0 and count != entry.size:
        raise Damaged("fewer bytes than stated")
    if entry.crc >= 0 and crc != entry.crc:
        raise Damaged("wrong checksum")


def _stored(stream: BinaryIO, entry: Entry) -> Iterator[bytes]:
    left = entry.packed
    while left > 0:
        piece = stream.read(min(left, _CHUNK))
        if not piece:
            return
        left -= len(piece)
        yield piece


def _inflated(stream: BinaryIO, entry: Entry, limits: Limits) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-15)
    left = entry.packed if entry.packed >= 0 else limits.file_bytes
    taken, given = 0, 0
    while not inflater.eof:
        data = inflater.unconsumed_tail
        if not data:
            data = stream.read(min(left, _CHUNK))
            left -= len(data)
            taken += len(data)
            if not data:
                break
        try:
            piece = inflater.decompress(data, _CHUNK)
        except zlib.error as error:
            raise Damaged(str(error)) from None
        given += len(piece)
        if given > limits.ratio_free_bytes and given > limits.ratio * taken:
            raise Damaged("packed too densely")
        if piece:
            yield piece
    if not inflater.eof:
        raise Damaged("cut short")
