"""The commands of backups: make one while everything runs, go back to one, remove one."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import importlib.metadata
import os
import re
import shutil
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from xushi.backups import (
    CURRENT,
    READY,
    SECRET_FOLDERS,
    SUFFIX,
    Busy,
    Manifest,
    extract_backup,
    finish_swap,
    newest_snapshot,
    plan_swap,
    read_manifest,
    staging_of,
    write_backup,
)
from xushi.kernel import (
    Change,
    Clock,
    Command,
    CommandContext,
    Diff,
    Progress,
    Record,
    SqliteStore,
    XushiError,
    diff_key,
    new_id,
)
from xushi.runtime._lock import holder_of
from xushi.trust import EvidenceLog

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

PROGRAM = importlib.metadata.version("xushi")
BACKUPS = "backups"
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,100}}{re.escape(SUFFIX)}")
_RESTART_AFTER_S = 1.0
_Secret = Annotated[str, msgspec.Meta(max_length=1_000, extra_json_schema={"writeOnly": True, "format": "password"})]
_Name = Annotated[str, msgspec.Meta(max_length=120)]


class BackupParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What goes in: keys and passwords only where `secrets` says so, encrypted where a passphrase is given."""

    secrets: bool = False
    passphrase: _Secret = ""


class RestoreParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The backup to go back to, by its name in the list; the passphrase only where it was made with one."""

    name: _Name
    passphrase: _Secret = ""


class RemoveBackupParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The backup to delete."""

    name: _Name


def backup_commands() -> list[Command]:
    """The commands of this room."""
    return [
        Command(
            "backup.make", BackupParams, "admin",
            {"en": "Make a backup", "zh-CN": "创建备份"},
            {"en": "Writes everything to one file while the platform runs.",
             "zh-CN": "在平台运行的同时将全部数据写入一个文件。"},
            _prepare_make, is_undoable=False,
        ),
        Command(
            "backup.restore", RestoreParams, "admin",
            {"en": "Restore a backup", "zh-CN": "恢复备份"},
            {"en": "Checks a backup, puts it in place of the present data, which are kept beside, and starts anew.",
             "zh-CN": "校验备份并以其替换当前数据（当前数据另行保留），然后重新启动。"},
            _prepare_restore, is_undoable=False,
        ),
        Command(
            "backup.remove", RemoveBackupParams, "admin",
            {"en": "Delete a backup", "zh-CN": "删除备份"},
            {"en": "Deletes a backup file from the list.", "zh-CN": "从列表中删除备份文件。"},
            _prepare_remove, is_undoable=False,
        ),
    ]  # fmt: skip


def backup_path(folder: Path, name: str) -> Path:
    """The place of a backup of the list, whether it is there or not. Raises `runtime.backup_name_wrong`."""
    if not _NAME.fullmatch(name):
        raise XushiError("runtime.backup_name_wrong", name=name[:120], suffix=SUFFIX)
    return folder / BACKUPS / name


def make_backup(
    platform: Platform, target: Path, *, has_secrets: bool, passphrase: str, tell: Callable[[float, str], None]
) -> Manifest:
    """Write a backup of an open platform to any place; see `xushi.backups.write_backup`."""
    platform.monitor.flush()
    return write_backup(
        platform.folder, target, program=PROGRAM, folder_format=CURRENT, now_ns=platform.clock.now_ns(),
        snapshot_history=platform.history.snapshot, passphrase=passphrase, has_secrets=has_secrets, tell=tell,
    )  # fmt: skip


def restore_folder(
    folder: Path, archive: Path, clock: Clock, *, passphrase: str = "", actor: str = "xushi"
) -> Path | None:
    """Put a backup in place of a folder that nobody has open; return where the former folder is kept, if there was one.

    Raises:
        XushiError: `runtime.folder_locked`, `backups.not_swapped`, and all of `xushi.backups.extract_backup`;
            the folder is then as it was.
    """
    finish_swap(folder)
    pid = holder_of(folder)
    if pid is not None:
        raise XushiError("runtime.folder_locked", folder=str(folder), pid=pid)
    has_former = folder.exists()
    stage(folder, archive, clock, passphrase, actor, {})
    kept = finish_swap(folder)
    return kept if has_former else None


def roll_back(folder: Path, clock: Clock) -> tuple[Path, Path | None, str]:
    """Go back to the snapshot before the last upgrade; return it, where the former folder is, and its version."""
    snapshot = newest_snapshot(folder)
    manifest = read_manifest(snapshot)
    kept = restore_folder(folder, snapshot, clock, actor="rollback")
    return folder / "snapshots" / snapshot.name, kept, manifest.program


def stage(
    folder: Path, archive: Path, clock: Clock, passphrase: str, actor: str, kept: Mapping[str, Record],
    tell: Callable[[float, str], None] = lambda share, message: None,
) -> Path:  # fmt: skip
    """Make a backup ready beside the folder and plan the swap; return where the present folder will be kept."""
    manifest = read_manifest(archive)
    if manifest.folder_format > CURRENT:
        raise XushiError("backups.format_newer", format=manifest.folder_format, known=CURRENT)
    staging = staging_of(folder, new_id(clock.now_ns()))
    busy = Busy(staging)
    try:
        extract_backup(archive, staging / READY, passphrase=passphrase, tell=tell)
        if not manifest.has_secrets:
            _keep_secrets(folder, staging / READY)
        _note_restore(staging / READY, archive, manifest, clock, actor, kept)
        return plan_swap(folder, staging, clock.now_ns())
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    finally:
        busy.end()


def _keep_secrets(folder: Path, staged: Path) -> None:
    """A backup without secrets leaves this installation its own."""
    for name in sorted(SECRET_FOLDERS):
        if (folder / name).is_dir():
            shutil.copytree(folder / name, staged / name)
        elif (folder / name).is_file():
            shutil.copy2(folder / name, staged / name)


def _note_restore(
    staged: Path, archive: Path, manifest: Manifest, clock: Clock, actor: str, kept: Mapping[str, Record]
) -> None:
    """Write into the restored evidence who went back to what, and keep those signed in who are."""
    with contextlib.closing(SqliteStore(staged / "records.sqlite")) as store:
        digest = hashlib.sha256()
        with archive.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
        statement = {
            "command_id": new_id(clock.now_ns()), "command": "backup.restore", "actor": actor, "actor_name": actor,
            "at_ns": clock.now_ns(), "reason": "", "state": "done", "touched": [], "touched_count": 0, "effects": [],
            "params": {"name": archive.name, "made_ns": manifest.made_ns, "sha256": digest.hexdigest()},
            "summary": {"evidence_size": manifest.evidence_size, "evidence_root": manifest.evidence_root},
        }  # fmt: skip
        fresh = {key: record for key, record in kept.items() if store.get(*key.split("/", 1)) is None}
        store.commit(Diff(added=fresh), EvidenceLog(store).next_entries(store, [statement]))


# ---- as commands
def _prepare_make(context: CommandContext, params: BackupParams) -> Change:
    platform: Platform = context.services["platform"]
    stamp = datetime.fromtimestamp(context.clock.now_ns() / 1e9, UTC).strftime("%Y%m%dT%H%M%S")
    name = f"xushi-{stamp}-{new_id(context.clock.now_ns())[-4:]}{SUFFIX}"

    async def work(tell: Progress) -> Any:
        target = backup_path(platform.folder, name)

        def write(told: Callable[[float, str], None]) -> Manifest:
            return make_backup(
                platform, target, has_secrets=params.secrets, passphrase=params.passphrase, tell=told
            )  # fmt: skip

        manifest = await _in_thread(write, tell)
        os.chmod(target, 0o600)
        return {"backup": name, "bytes": target.stat().st_size, "files": len(manifest.files)}

    title = {"en": "Make a backup", "zh-CN": "创建备份"}
    job = _Job(platform, title, context.actor.id, work, {"kind": "backup", "backup": name, "secrets": params.secrets})
    return Change(effects=(job,), result={"backup": name}, summary={"backup": name, "secrets": params.secrets})


def _prepare_restore(context: CommandContext, params: RestoreParams) -> Change:
    platform: Platform = context.services["platform"]
    archive = _present(platform, params.name)
    manifest = read_manifest(archive)
    actor = context.actor

    async def work(tell: Progress) -> Any:
        sessions = {diff_key("session", one): record for one, record in platform.store.list("session")}

        def prepare(told: Callable[[float, str], None]) -> Path:
            return stage(
                platform.folder, archive, platform.clock, params.passphrase, actor.name, sessions, told
            )  # fmt: skip

        kept = await _in_thread(prepare, tell)
        if platform.restart is not None:
            asyncio.get_running_loop().call_later(_RESTART_AFTER_S, platform.restart)
        return {"backup": params.name, "kept": str(kept), "restarts": platform.restart is not None}

    title = {"en": "Restore a backup", "zh-CN": "恢复备份"}
    summary = {
        "backup": params.name, "made_ns": manifest.made_ns, "program": manifest.program, "files": len(manifest.files),
        "bytes": sum(entry.size for entry in manifest.files), "secrets": manifest.has_secrets,
    }  # fmt: skip
    return Change(effects=(_Job(platform, title, actor.id, work, {"kind": "restore", **summary}),), summary=summary)


def _prepare_remove(context: CommandContext, params: RemoveBackupParams) -> Change:
    platform: Platform = context.services["platform"]
    return Change(effects=(_Remove(_present(platform, params.name)),), summary={"backup": params.name})


def _present(platform: Platform, name: str) -> Path:
    path = backup_path(platform.folder, name)
    if not path.exists():
        raise XushiError("runtime.backup_unknown", name=name)
    return path


@dataclass(frozen=True)
class _Job:
    """Starts long work; its outcome is the job's."""

    platform: Platform
    title: dict[str, str]
    owner: str
    work: Callable[[Progress], Coroutine[Any, Any, Any]]
    about: dict[str, Any]

    def describe(self) -> dict[str, Any]:
        return self.about

    async def apply(self) -> dict[str, Any]:
        job = self.platform.jobs.start(self.title, self.owner, self.work)
        return {**self.about, "job": job.id}


@dataclass(frozen=True)
class _Remove:
    """Deletes a backup file."""

    path: Path

    def describe(self) -> dict[str, Any]:
        return {"kind": "remove", "backup": self.path.name}

    async def apply(self) -> dict[str, Any]:
        await asyncio.to_thread(self.path.unlink, missing_ok=True)
        return self.describe()


class _Stopped(Exception):
    """The work was cancelled; raised in its thread."""


async def _in_thread(work: Callable[[Callable[[float, str], None]], Any], tell: Progress) -> Any:
    """Run work in a thread; it tells its progress to the job, and a cancel reaches it there."""
    loop = asyncio.get_running_loop()
    stop = threading.Event()

    def told(share: float, message: str) -> None:
        if stop.is_set():
            raise _Stopped
        loop.call_soon_threadsafe(tell, share, message)

    task = asyncio.ensure_future(asyncio.to_thread(work, told))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        stop.set()
        with contextlib.suppress(_Stopped, XushiError):
            await task
        raise
