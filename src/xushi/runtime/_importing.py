"""Turns files somebody drops into records: which importer reads which file, and the one command that keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any, Protocol

import msgspec

from xushi.kernel import (
    Change,
    Command,
    CommandContext,
    Diagnosis,
    Diff,
    Record,
    RecordStore,
    XushiError,
    build_diff,
    diff_key,
    split_key,
)
from xushi.runtime._import_watch import Reading
from xushi.runtime._package_names import told_apart
from xushi.runtime._placing import place_everything
from xushi.twins import Environment

GROUP = "xushi.importers"
_HEAD_BYTES = 65_536

Keep = Callable[[bytes], str]


class Source(msgspec.Struct, frozen=True):
    """A file to read: the name it came with, and where its bytes lie."""

    name: str
    path: Path

    def head(self) -> bytes:
        """The first 64 KiB."""
        with self.path.open("rb") as file:
            return file.read(_HEAD_BYTES)

    def size_bytes(self) -> int:
        """How long it is; 0 where it cannot be opened, of which the reading tells."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


class Counts(msgspec.Struct, frozen=True):
    """How much a file brings."""

    shells: int = 0
    submodels: int = 0
    concept_descriptions: int = 0
    elements: int = 0
    files: int = 0

    def __add__(self, other: Counts) -> Counts:
        pairs = zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True)
        return Counts(*(mine + theirs for mine, theirs in pairs))


class Imported(msgspec.Struct, frozen=True):
    """What an importer found in one file.

    Attributes:
        records: by ``kind/id``; their files were handed to ``keep`` already.
        environment: the twins among them, for placing them in the scene.
        models: SHA-256 of 3D models that stand for themselves, with the name to show.
    """

    records: dict[str, Record]
    counts: Counts
    diagnoses: tuple[Diagnosis, ...] = ()
    environment: Environment | None = None
    models: tuple[tuple[str, str], ...] = ()


class Importer(Protocol):
    """Reads one family of files. Registered as a class in the entry point group ``xushi.importers``."""

    def rank(self, name: str, head: bytes) -> int:
        """How sure the importer is that the file is its own: 0 not at all, 100 certain."""
        ...

    def read(self, source: Source, keep: Keep) -> Imported:
        """Read a whole file or nothing.

        Args:
            keep: stores a content and returns its SHA-256 in hex.

        Raises:
            XushiError: the file cannot be opened, with the reason.
        """
        ...


class ImporterTable:
    """All importers that are installed."""

    def __init__(self, importers: Sequence[Importer]) -> None:
        self._importers = tuple(importers)

    @classmethod
    def installed(cls) -> ImporterTable:
        """Ours and every plugin's."""
        return cls([found.load()() for found in sorted(entry_points(group=GROUP), key=lambda found: found.name)])

    def read(self, source: Source, keep: Keep) -> Imported:
        """Read a file with the importer that knows it best.

        Raises:
            XushiError: ``runtime.file_unknown`` where none does, or what the importer refuses with.
        """
        try:
            head = source.head()
        except OSError as error:
            raise XushiError(
                "runtime.file_unreadable", name=source.name, reason=error.strerror or str(error)
            ) from error
        if not head:
            raise XushiError("runtime.file_empty", name=source.name)
        best = max(self._importers, key=lambda importer: importer.rank(source.name, head))
        if best.rank(source.name, head) <= 0:
            raise XushiError("runtime.file_unknown", name=source.name)
        return best.read(source, keep)


class ImportReport(msgspec.Struct, frozen=True):
    """What an import brings or would bring."""

    counts: Counts
    diagnoses: tuple[Diagnosis, ...]
    diff: Diff


def plan_import(
    sources: Sequence[Source], importers: ImporterTable, keep: Keep, store: RecordStore | None = None
) -> ImportReport:
    """Read files and work out the one diff that brings them all in; nothing is committed.

    Args:
        store: what is there already; None to plan into an empty platform.

    Raises:
        XushiError: one of the files cannot be opened; then none is imported.
        ImportStopped: whoever looks on has stopped it.
    """
    reading = Reading([source.size_bytes() for source in sources], keep)
    counts = Counts()
    diagnoses: list[Diagnosis] = []
    after: dict[str, Record | None] = {}
    found: list[Imported] = []

    def known_package(name: str) -> Record | None:
        return after.get(diff_key("package", name)) or (store.get("package", name) if store is not None else None)

    for source in sources:
        reading.begin(source.name)
        read = importers.read(source, reading.keep)
        imported = msgspec.structs.replace(read, records=told_apart(read.records, known_package))
        found.append(imported)
        counts += imported.counts
        diagnoses.extend(imported.diagnoses)
        after.update(imported.records)
    places = dict(store.list("place")) if store is not None else {}
    known_files = dict(store.list("file")) if store is not None else {}
    after.update(place_everything(found, after, places, known_files))
    # As the store will give them back: tuples become lists, so that what is equal compares equal.
    after = msgspec.json.decode(msgspec.json.encode(after))
    before = {key: store.get(*split_key(key)) if store is not None else None for key in after}
    replaced = sum(1 for key, record in before.items() if record is not None and record != after[key])
    if replaced:
        diagnoses.append(Diagnosis("runtime.import_replaces", "/", {"count": replaced}))
    diff = build_diff(before, after)
    reading.end()
    return ImportReport(counts, tuple(diagnoses), diff)


def sha256_of(content: bytes) -> str:
    """A ``keep`` that keeps nothing: for a dry run without a platform."""
    return hashlib.sha256(content).hexdigest()


class ImportFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One uploaded file: its name, and the SHA-256 under which its bytes were stored."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class ImportParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The files to import together: all of them or none."""

    files: Annotated[list[ImportFile], msgspec.Meta(min_length=1, max_length=200)]


def import_commands() -> list[Command]:
    """The command that brings files in."""
    return [
        Command(
            name="import.files",
            params=ImportParams,
            right="twin:write",
            title={"en": "Import files", "zh-CN": "导入文件"},
            summary={
                "en": "Brings shells, submodels, 3D models and documents in; all files or none.",
                "zh-CN": "导入管理壳、子模型、三维模型和文档；全部成功或全部不导入。",
            },
            prepare=_prepare_import,
        )
    ]


def _prepare_import(context: CommandContext, params: ImportParams) -> Change:
    sources = [Source(file.name, context.blobs.path(file.sha256)) for file in params.files]
    importers: ImporterTable = context.services["importers"]
    report = plan_import(sources, importers, context.blobs.put, context.store)
    summary: dict[str, Any] = msgspec.to_builtins(report.counts)
    summary["names"] = [file.name for file in params.files]
    return Change(diff=report.diff, result=summary, summary=summary, diagnoses=report.diagnoses)


def asset_record(sha256: str, media_type: str, name: str, size_bytes: int) -> tuple[str, Record]:
    """Key and record of a file that browsers may fetch."""
    record = {"sha256": sha256, "media_type": media_type, "name": name, "size": size_bytes}
    return diff_key("asset", sha256), record
