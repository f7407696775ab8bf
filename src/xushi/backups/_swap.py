"""Puts a folder that is ready in the place of the one in use; a kill at any moment leaves one of them whole."""

from __future__ import annotations

import fcntl
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from xushi.backups._manifest import LEFT_OUT
from xushi.kernel import XushiError

READY = "data"


class _Journal(msgspec.Struct, frozen=True):
    """Places, as seen from the folder's parent, of the folder to put in and of where the one in use goes."""

    new: str
    old: str


def staging_of(folder: Path, name: str) -> Path:
    """Where a folder is made ready, beside the one in use and on its disk; it goes into `data` there."""
    place = folder.resolve()
    return place.parent / f".{place.name}.restoring-{name}"


def plan_swap(folder: Path, staging: Path, now_ns: int) -> Path:
    """Note durably that `data` in `staging` takes the place of `folder`; return where the one in use will be kept.

    From here on :func:`finish_swap` completes it, in this process or in the next one that opens the folder.
    """
    place = folder.resolve()
    stamp = datetime.fromtimestamp(now_ns / 1e9, UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = place.with_name(f"{place.name}.before-{stamp}")
    number = 1
    while kept.exists():
        number += 1
        kept = place.with_name(f"{place.name}.before-{stamp}-{number}")
    path = _journal_of(place)
    draft = staging / path.name  # there, whoever clears the staging of a killed restore clears it as well
    with draft.open("wb") as file:
        file.write(msgspec.json.encode(_Journal(f"{staging.name}/{READY}", kept.name)))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync_folder(place.parent)
    return kept


def finish_swap(folder: Path) -> Path | None:
    """Complete a swap that was planned, and return where the former folder is kept; None where none was planned.

    Raises:
        XushiError: `backups.not_swapped` where the system does not let the folder be renamed; both stay as they are.
    """
    place = folder.resolve()
    path = _journal_of(place)
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        _clear_leftovers(place)
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not path.exists():
            return None
        journal = msgspec.json.decode(os.pread(handle, 65_536, 0), type=_Journal)
        new, old = place.parent / journal.new, place.parent / journal.old
        try:
            if new.exists() and place.exists():
                place.rename(old)
            if new.exists():
                new.rename(place)
            _carry_over(old, place)
        except OSError as error:
            path.unlink()
            raise XushiError("backups.not_swapped", path=str(place), reason=error.strerror or str(error)) from error
        _sync_folder(place.parent)
        path.unlink()
        _sync_folder(place.parent)
        shutil.rmtree(new.parent, ignore_errors=True)
        return old
    finally:
        os.close(handle)


def _carry_over(old: Path, place: Path) -> None:
    """Take other backups and snapshots along: they belong to no state of the folder."""
    for name in sorted(LEFT_OUT & {"backups", "snapshots"}):
        if (old / name).exists() and not (place / name).exists():
            (old / name).rename(place / name)


def _clear_leftovers(place: Path) -> None:
    """Remove what a restore that was killed left half made: without a journal nobody needs it."""
    if not place.parent.exists():
        return
    for leftover in place.parent.glob(f".{place.name}.restoring-*"):
        if not (leftover / ".busy").exists() or not _is_busy(leftover / ".busy"):
            shutil.rmtree(leftover, ignore_errors=True)


class Busy:
    """Marks a folder as being made ready by a living process."""

    def __init__(self, staging: Path) -> None:
        staging.mkdir(parents=True, exist_ok=True)
        self._path = staging / ".busy"
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def end(self) -> None:
        """Take the mark away."""
        self._path.unlink(missing_ok=True)
        os.close(self._handle)


def _is_busy(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _journal_of(place: Path) -> Path:
    return place.with_name(f".{place.name}.swap.json")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
