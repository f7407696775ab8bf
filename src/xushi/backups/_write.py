"""Writes a whole data folder as one file, while it is in use: databases by SQLite's backup, the rest as it lies."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import msgspec

from xushi.backups._manifest import FORMAT, MANIFEST, SECRETS, FileEntry, Manifest, is_kept, is_secret
from xushi.backups._secrets import lock_up, new_lock
from xushi.kernel import XushiError, new_id
from xushi.trust import EvidenceLog

_PIECE = 1 << 20
_SPARE = 64 << 20

Tell = Callable[[float, str], None]


def write_backup(
    folder: Path,
    target: Path,
    *,
    program: str,
    folder_format: int,
    now_ns: int,
    snapshot_history: Callable[[Path], None] | None = None,
    passphrase: str = "",
    has_secrets: bool = False,
    tell: Tell = lambda share, message: None,
) -> Manifest:
    """Write `folder` to the file `target`, which appears whole or not at all.

    Everything that was acknowledged before the call is in it. The live history is read first and the list of
    signals after it, the records next and the files they name last: so nothing in it points to what is missing.

    Args:
        snapshot_history: writes a copy of the live history into a folder; None where nobody has it open.
        passphrase: encrypts the secrets; without one they lie in the file as they are.
        tell: called with the share done and the file; an exception it raises stops the work, and nothing is left.

    Raises:
        XushiError: `backups.no_space`, `backups.not_written`.
    """
    work = target.parent / f".work-{new_id(now_ns)}"
    draft = target.parent / f".{target.name}.draft"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _check_space(folder, target.parent)
        work.mkdir()
        copies = _copies(folder, work, snapshot_history)
        manifest = _write(folder, draft, copies, program, folder_format, now_ns, passphrase, has_secrets, tell)
        draft.replace(target)
        _sync_folder(target.parent)
        return manifest
    except (OSError, sqlite3.Error, zipfile.LargeZipFile) as error:
        raise XushiError("backups.not_written", path=str(target), reason=str(error)) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
        draft.unlink(missing_ok=True)


def _check_space(folder: Path, place: Path) -> None:
    needed = sum(path.stat().st_size for path in _files(folder)) + _history_size(folder) + _SPARE
    free = shutil.disk_usage(place).free
    if free < needed:
        raise XushiError("backups.no_space", needed_mb=needed >> 20, free_mb=free >> 20, path=str(place))


def _history_size(folder: Path) -> int:
    with contextlib.suppress(OSError):
        return (folder / "history" / "history.sqlite").stat().st_size
    return 0


def _files(folder: Path) -> Iterator[Path]:
    """Every file of a folder that belongs into a backup, in the order of their names; links are not followed."""
    for root, folders, names in os.walk(folder):
        here = Path(root)
        folders[:] = sorted(name for name in folders if is_kept((here / name).relative_to(folder).as_posix()))
        for name in sorted(names):
            path = here / name
            if is_kept(path.relative_to(folder).as_posix()) and path.is_file() and not path.is_symlink():
                yield path


def _copies(folder: Path, work: Path, snapshot_history: Callable[[Path], None] | None) -> dict[str, Path]:
    """Copies of what others write to, by path: first the live history, then the signals, then the records."""
    copies: dict[str, Path] = {}
    if snapshot_history is not None:
        snapshot_history(work / "history")
        copies |= {f"history/{path.relative_to(work / 'history').as_posix()}": path for path in _all(work / "history")}
    elif (folder / "history" / "history.sqlite").exists():
        copies["history/history.sqlite"] = copy_database(folder / "history" / "history.sqlite", work / "history.sqlite")
    for name in ("signals.sqlite", "drafts.sqlite", "records.sqlite"):
        if (folder / name).exists():
            copies[name] = copy_database(folder / name, work / name)
    return copies


def _all(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def copy_database(source: Path, target: Path) -> Path:
    """Copy an SQLite database that others may be writing to, as of one instant."""
    with (
        contextlib.closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=30)) as reader,
        contextlib.closing(sqlite3.connect(target)) as writer,
    ):
        reader.backup(writer)
        writer.execute("PRAGMA journal_mode=DELETE")  # one file, without the log that WAL mode would leave beside it
    return target


def _write(
    folder: Path, draft: Path, copies: dict[str, Path], program: str, folder_format: int, now_ns: int, passphrase: str,
    has_secrets: bool, tell: Tell,
) -> Manifest:  # fmt: skip
    entries: list[FileEntry] = []
    locked: list[tuple[str, bytes]] = []
    lock = new_lock() if has_secrets and passphrase else None
    others = [path for path in _files(folder) if not _is_copied(path.relative_to(folder).as_posix(), copies)]
    sources = [*copies.items(), *((path.relative_to(folder).as_posix(), path) for path in others)]
    total = max(1, sum(path.stat().st_size for _, path in sources if path.exists()))
    done = 0
    with draft.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=1) as archive:
            for name, path in sources:
                tell(done / total, name)
                if is_secret(name):
                    if has_secrets and lock is not None:
                        locked.append((name, path.read_bytes()))
                        continue
                    if not has_secrets:
                        continue
                entry = _add(archive, draft.parent, name, path)
                if entry is not None:
                    entries.append(entry)
                    done += entry.size
            if lock is not None:
                content = lock_up(_inner(locked), passphrase, lock)
                archive.writestr(zipfile.ZipInfo(SECRETS), content)
                entries.append(FileEntry(SECRETS, len(content), hashlib.sha256(content).hexdigest()))
            size, root = _evidence(copies.get("records.sqlite"))
            manifest = Manifest(FORMAT, program, folder_format, now_ns, size, root, has_secrets, entries, lock)
            archive.writestr(zipfile.ZipInfo(MANIFEST), msgspec.json.encode(manifest), zipfile.ZIP_DEFLATED)
        file.flush()
        os.fsync(file.fileno())
    tell(1.0, "")
    return manifest


def _is_copied(name: str, copies: dict[str, Path]) -> bool:
    """Whether a copy stands for a file; of a live history the copy stands for the whole folder."""
    has_log = any(copied.startswith("history/") and copied != "history/history.sqlite" for copied in copies)
    return name in copies or (name.startswith("history/") and (has_log or "history" in copies))


def _add(archive: zipfile.ZipFile, work: Path, name: str, path: Path) -> FileEntry | None:
    """Add one file and return its entry; None where it was removed since it was listed."""
    scratch: Path | None = None
    try:
        if path.suffix == ".sqlite" and not path.is_relative_to(work):
            scratch = copy_database(path, work / f".scratch-{new_id()}")
        try:
            source: IO[bytes] = (scratch or path).open("rb")
        except FileNotFoundError:
            return None
        digest, size = hashlib.sha256(), 0
        with source, archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as target:
            while piece := source.read(_PIECE):
                digest.update(piece)
                target.write(piece)
                size += len(piece)
        return FileEntry(name, size, digest.hexdigest())
    finally:
        if scratch is not None:
            scratch.unlink(missing_ok=True)


def _inner(files: list[tuple[str, bytes]]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data)
    return content.getvalue()


def _evidence(records: Path | None) -> tuple[int, str]:
    """Length and Merkle root of the evidence log in a copy of the records."""
    if records is None:
        return 0, ""
    from xushi.kernel import SqliteStore

    store = SqliteStore(records)
    try:
        log = EvidenceLog(store)
        return log.length(), log.root()
    finally:
        store.close()
        with contextlib.closing(sqlite3.connect(records)) as database:
            database.execute("PRAGMA journal_mode=DELETE")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
