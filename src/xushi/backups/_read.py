"""Reads a backup that may be damaged or hostile: into a new folder, every byte checked, or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from xushi.backups._manifest import (
    FORMAT,
    LARGEST_MANIFEST,
    MANIFEST,
    MOST_FILES,
    SECRETS,
    FileEntry,
    Manifest,
    checked_path,
    is_secret,
)
from xushi.backups._secrets import unlock
from xushi.kernel import DAMAGED_ARCHIVE, SqliteStore, XushiError
from xushi.trust import EvidenceLog

_PIECE = 1 << 20
_SPARE = 64 << 20
_LARGEST_SECRETS = 64 << 20

Tell = Callable[[float, str], None]


def read_manifest(path: Path) -> Manifest:
    """Return what a backup says about itself.

    Raises:
        XushiError: `backups.unreadable`, `backups.hostile`, `backups.format_newer`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _manifest(archive)
    except DAMAGED_ARCHIVE as error:
        raise XushiError("backups.unreadable", path=str(path), reason=str(error) or type(error).__name__) from error


def extract_backup(
    path: Path, target: Path, *, passphrase: str = "", tell: Tell = lambda share, message: None
) -> Manifest:
    """Write a backup into the new folder `target` and check it: hashes, databases, evidence; secrets where it has some.

    Raises:
        XushiError: `backups.unreadable`, `backups.damaged`, `backups.hostile`, `backups.format_newer`,
            `backups.passphrase_missing`, `backups.passphrase_wrong`, `backups.no_space`; the folder is then removed.
    """
    try:
        target.mkdir(parents=True)
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            _extract(archive, manifest, target, passphrase, tell)
        _check(target, manifest)
        _sync(target)
        return manifest
    except DAMAGED_ARCHIVE as error:
        shutil.rmtree(target, ignore_errors=True)
        raise XushiError("backups.unreadable", path=str(path), reason=str(error) or type(error).__name__) from error
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    names = archive.namelist()
    if len(names) > MOST_FILES or len(set(names)) != len(names):
        raise XushiError("backups.hostile", reason="it names files twice, or more than two million of them")
    if MANIFEST not in names:
        raise XushiError("backups.unreadable", path=str(archive.filename), reason=f"it has no {MANIFEST}")
    if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise XushiError("backups.hostile", reason="its list of files is too large")
    try:
        manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise XushiError("backups.unreadable", path=str(archive.filename), reason=str(error)) from error
    if manifest.format != FORMAT:
        raise XushiError("backups.format_newer", format=manifest.format[:60], known=FORMAT)
    if {entry.path for entry in manifest.files} | {MANIFEST} != set(names) or len(manifest.files) + 1 != len(names):
        raise XushiError("backups.hostile", reason="its list of files does not fit what is in it")
    return manifest


def _extract(archive: zipfile.ZipFile, manifest: Manifest, target: Path, passphrase: str, tell: Tell) -> None:
    total = sum(entry.size for entry in manifest.files)
    free = shutil.disk_usage(target).free
    if total + _SPARE > free:
        raise XushiError("backups.no_space", needed_mb=(total + _SPARE) >> 20, free_mb=free >> 20, path=str(target))
    done = 0
    for entry in manifest.files:
        tell(done / max(1, total), entry.path)
        info = archive.getinfo(entry.path)
        _check_info(info, entry)
        if entry.path == SECRETS:
            _extract_secrets(archive, manifest, entry, target, passphrase)
        else:
            place = target / checked_path(entry.path)
            place.parent.mkdir(parents=True, exist_ok=True)
            _extract_one(archive, info, entry, place)
        done += entry.size
    tell(1.0, "")


def _check_info(info: zipfile.ZipInfo, entry: FileEntry) -> None:
    mode = info.external_attr >> 16
    if info.flag_bits & 1 or (mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG)):
        raise XushiError("backups.hostile", reason=f"{entry.path[:120]!r} is not a plain file")
    if info.file_size != entry.size or entry.size < 0:
        raise XushiError("backups.damaged", path=entry.path[:200], reason="its size differs")


def _extract_one(archive: zipfile.ZipFile, info: zipfile.ZipInfo, entry: FileEntry, place: Path) -> None:
    digest, size = hashlib.sha256(), 0
    mode = 0o600 if is_secret(entry.path) else 0o640
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with archive.open(info) as source, os.fdopen(handle, "wb") as file:
        while piece := source.read(_PIECE):
            size += len(piece)
            if size > entry.size:
                raise XushiError("backups.damaged", path=entry.path[:200], reason="it is longer than listed")
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if size != entry.size or digest.hexdigest() != entry.sha256:
        raise XushiError("backups.damaged", path=entry.path[:200], reason="its SHA-256 differs")
    parts = entry.path.split("/")
    if parts[0] == "blobs" and (len(parts) != 3 or parts[2] != entry.sha256 or parts[1] != entry.sha256[:2]):
        raise XushiError("backups.damaged", path=entry.path[:200], reason="its name is not the SHA-256 of its content")


def _extract_secrets(
    archive: zipfile.ZipFile, manifest: Manifest, entry: FileEntry, target: Path, passphrase: str
) -> None:
    if manifest.lock is None or entry.size > _LARGEST_SECRETS:
        raise XushiError("backups.hostile", reason="its secrets are not as it says")
    content = archive.read(entry.path)
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        raise XushiError("backups.damaged", path=entry.path, reason="its SHA-256 differs")
    plain = unlock(content, passphrase, manifest.lock)
    with zipfile.ZipFile(io.BytesIO(plain)) as inner:
        for info in inner.infolist():
            place = target / checked_path(info.filename)
            if not is_secret(info.filename) or info.file_size > _LARGEST_SECRETS:
                raise XushiError("backups.hostile", reason=f"{info.filename[:120]!r} is no secret of ours")
            data = inner.read(info)
            _extract_plain(data, place)


def _extract_plain(data: bytes, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _check(folder: Path, manifest: Manifest) -> None:
    """Check the databases as SQLite sees them, and the evidence log against the root that was noted."""
    for path in sorted(folder.rglob("*.sqlite")):
        name = path.relative_to(folder).as_posix()
        try:
            with contextlib.closing(sqlite3.connect(path)) as database:
                database.execute("PRAGMA trusted_schema=OFF")
                odd = database.execute("SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view')").fetchall()
                if odd:
                    raise XushiError("backups.hostile", reason=f"{name} holds triggers or views")
                (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.Error as error:
            raise XushiError("backups.damaged", path=name, reason=str(error)) from error
        if verdict != "ok":
            raise XushiError("backups.damaged", path=name, reason=str(verdict)[:200])
    if not (folder / "records.sqlite").exists():
        raise XushiError("backups.damaged", path="records.sqlite", reason="it is missing")
    store = SqliteStore(folder / "records.sqlite")
    try:
        log = EvidenceLog(store)
        if (log.length(), log.root()) != (manifest.evidence_size, manifest.evidence_root):
            raise XushiError(
                "backups.damaged", path="records.sqlite", reason="its evidence has another root than noted"
            )
    finally:
        store.close()


def _sync(folder: Path) -> None:
    """Make the names of all files durable."""
    for root, _, _ in os.walk(folder):
        handle = os.open(root, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
