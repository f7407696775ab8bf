"""Brings a data folder up to this program: snapshot first, then migrate its layout; a newer folder is left alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from xushi.backups._manifest import SUFFIX
from xushi.backups._write import write_backup
from xushi.kernel import XushiError

CURRENT = 2
NOTE = "format.json"
SNAPSHOTS = "snapshots"
KEPT_SNAPSHOTS = 3  # each is a whole folder; older ones would fill the disk

Migration = Callable[[Path], None]


def _note_only(folder: Path) -> None:
    """Format 1 had no note of its format; nothing else differs."""


# From version to the step that leads to the next. A step may be killed at any point and is then run once more from
# its begin, so it must come to the same end whether it was begun before or not.
MIGRATIONS: Mapping[int, Migration] = {1: _note_only}


class FolderNote(msgspec.Struct, frozen=True):
    """What stands in `format.json`: the version of the layout, and the program that wrote it last.

    Attributes:
        snapshot: name of the snapshot that the last upgrade began from.
        upgrading: whether an upgrade was begun and has not ended.
    """

    format: int
    program: str
    snapshot: str = ""
    upgrading: bool = False


def read_note(folder: Path) -> FolderNote | None:
    """The note of a folder; format 1 for a folder that has none; None for a new or empty one.

    Raises:
        XushiError: `backups.note_unreadable`.
    """
    path = folder / NOTE
    try:
        return msgspec.json.decode(path.read_bytes(), type=FolderNote)
    except FileNotFoundError:
        return FolderNote(1, "") if (folder / "records.sqlite").exists() else None
    except (OSError, msgspec.MsgspecError) as error:
        raise XushiError("backups.note_unreadable", path=str(path), reason=str(error)) from error


def bring_up_to_date(
    folder: Path,
    program: str,
    now_ns: int,
    *,
    current: int = CURRENT,
    migrations: Mapping[int, Migration] = MIGRATIONS,
    told: Callable[[str], None] = lambda text: None,
) -> Path | None:
    """Upgrade a folder that nobody has open, and return the snapshot made before it; None where nothing was to do.

    A folder that another version of the program wrote last gets its snapshot also where the layout is the same: that
    version may write what the former one cannot read. The newest `KEPT_SNAPSHOTS` stay.

    Raises:
        XushiError: `backups.folder_newer` for a folder of a newer program; `backups.no_space` or
            `backups.not_written` where the snapshot cannot be made: nothing is changed then.
    """
    note = read_note(folder)
    if note is None:
        _write_note(folder, FolderNote(current, program))
        return None
    if note.format > current:
        raise XushiError("backups.folder_newer", folder=str(folder), format=note.format, known=current,
                         program=note.program or "?")  # fmt: skip
    if note.format == current and note.program == program:
        return None
    if not note.upgrading:
        note = _with_snapshot(folder, note, program, now_ns, current, told)
    for version in range(note.format, current):
        migrations[version](folder)
        note = FolderNote(version + 1, program, note.snapshot, upgrading=version + 1 < current)
        _write_note(folder, note)
    if note.upgrading:
        _write_note(folder, FolderNote(current, program, note.snapshot))
    _remove_oldest(folder / SNAPSHOTS)
    return folder / SNAPSHOTS / note.snapshot


def _with_snapshot(
    folder: Path, note: FolderNote, program: str, now_ns: int, current: int, told: Callable[[str], None]
) -> FolderNote:
    """Make the snapshot and note durably that the upgrade from it has begun."""
    reason = f"format-{current}" if note.format != current else f"version-{program}"
    name = f"before-{reason}-{now_ns // 1_000_000_000}{SUFFIX}"
    told(name)
    write_backup(
        folder, folder / SNAPSHOTS / name, program=note.program or program, folder_format=note.format, now_ns=now_ns,
        has_secrets=True,
    )  # fmt: skip
    os.chmod(folder / SNAPSHOTS / name, 0o600)
    begun = FolderNote(note.format, note.program, name, upgrading=True)
    _write_note(folder, begun)
    return begun


def _remove_oldest(snapshots: Path) -> None:
    for path in _by_age(snapshots)[:-KEPT_SNAPSHOTS]:
        path.unlink(missing_ok=True)


def _by_age(snapshots: Path) -> list[Path]:
    return sorted(snapshots.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime)


def newest_snapshot(folder: Path) -> Path:
    """The snapshot to go back to. Raises `backups.no_snapshot`."""
    note = read_note(folder)
    found = _by_age(folder / SNAPSHOTS)
    named = [path for path in found if note is not None and path.name == note.snapshot]
    if not found:
        raise XushiError("backups.no_snapshot", folder=str(folder))
    return (named or found)[-1]


def _write_note(folder: Path, note: FolderNote) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{NOTE}.new"
    with draft.open("wb") as file:
        file.write(msgspec.json.encode(note))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / NOTE)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
