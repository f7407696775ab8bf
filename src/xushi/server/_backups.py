"""The routes of backups: the list, a download, an upload; making and restoring are commands."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import msgspec
from starlette.responses import FileResponse, Response

from xushi.backups import SUFFIX, read_manifest
from xushi.kernel import XushiError, new_id
from xushi.runtime import backup_path
from xushi.server import _messages as m
from xushi.server._doors import Doors, to_ms
from xushi.server._routes import KIB, Call, RouteSpec, answer_json

_LARGEST = 256 * KIB * KIB * KIB


class UploadQuery(msgspec.Struct, frozen=True):
    """The name to give the uploaded backup."""

    name: str


def _info(path: Path, name: str) -> m.BackupInfo:
    size = path.stat().st_size
    try:
        manifest = read_manifest(path)
    except XushiError:
        return m.BackupInfo(name, size, to_ms(int(path.stat().st_mtime * 1e9)), "", False, False, is_readable=False)
    return m.BackupInfo(
        name, size, to_ms(manifest.made_ns), manifest.program, manifest.has_secrets, manifest.lock is not None
    )


async def backups(doors: Doors, call: Call) -> Response:
    """The backups of the list, the newest first."""

    def listed() -> list[m.BackupInfo]:
        folder = doors.platform.folder / "backups"
        found = [_info(path, path.name) for path in folder.glob(f"*{SUFFIX}") if not path.name.startswith(".")]
        return sorted(found, key=lambda one: one.made_ms, reverse=True)

    return answer_json(await asyncio.to_thread(listed))


async def download(doors: Doors, call: Call) -> Response:
    """A backup file, to be saved."""
    path = backup_path(doors.platform.folder, call.path("name"))
    if not path.exists():
        raise XushiError("runtime.backup_unknown", name=path.name)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": "sandbox"}
    return FileResponse(path, media_type="application/octet-stream", headers=headers, filename=path.name)


async def upload(doors: Doors, call: Call) -> Response:
    """Take a backup file into the list; it is looked at here, and checked wholly when it is restored."""
    target = backup_path(doors.platform.folder, call.query.name)
    target.parent.mkdir(exist_ok=True)
    if target.exists():
        raise XushiError("runtime.backup_taken", name=target.name)
    draft = target.parent / f".{new_id()}.draft"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            async for piece in call.request.stream():
                await asyncio.to_thread(file.write, piece)
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        await asyncio.to_thread(read_manifest, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return answer_json(await asyncio.to_thread(_info, target, target.name), status=201)


_TAGS = ("backups",)
ROUTES = (
    RouteSpec("GET", "/api/backups", "admin", backups, "The backups", answer=list[m.BackupInfo], tags=_TAGS),
    RouteSpec("POST", "/api/backups", "admin", upload, "Upload a backup", UploadQuery, answer=m.BackupInfo, status=201,
              body_limit=_LARGEST, body_media_type="application/octet-stream", tags=_TAGS, refusals=(422,)),
    RouteSpec("GET", "/api/backups/{name}", "admin", download, "A backup file",
              media_type="application/octet-stream", tags=_TAGS, refusals=(422,)),
)  # fmt: skip
