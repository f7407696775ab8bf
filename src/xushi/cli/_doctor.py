"""`xushi doctor`: looks at this computer, the data folder and the running server, and says what to do about each."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, entry_points, metadata, requires, version
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from xushi.cli._verbs import reachable
from xushi.kernel import message

Level: TypeAlias = Literal["ok", "note", "warning", "problem"]
_MARKS = {"ok": "✓", "note": "·", "warning": "!", "problem": "✗"}
_GIB = 1024**3
_LOW_BYTES, _FULL_BYTES = 2 * _GIB, _GIB // 4
_SOON = timedelta(days=30)
_FUTURE_S = 120.0
_USUAL_PORT = 8600
_GROUPS = ("xushi.commands", "xushi.connectors", "xushi.importers", "xushi.verbs")
_MOST_FILES = 2_000
_NAME = re.compile(r"[^A-Za-z0-9._-]")


class Finding(msgspec.Struct, frozen=True):
    """What one look gave: a message code of `cli.doctor_*` with its parameters."""

    check: str
    level: Level
    code: str
    params: dict[str, Any] = {}


def examine(options: argparse.Namespace) -> list[Finding]:
    """Look at everything; a look that fails is a finding of its own, never the end."""
    found: list[Finding] = []
    for name, look in _LOOKS.items():
        try:
            found += look(options)
        except Exception as error:  # a look that breaks is told like every other finding
            reason = f"{type(error).__name__}: {error}"[:200]
            found.append(Finding(name, "warning", "cli.doctor_look_failed", {"check": name, "reason": reason}))
    return found


def tell(options: argparse.Namespace, findings: list[Finding]) -> int:
    """Print the findings; 1 where one of them is a problem, else 0."""
    status = 1 if any(finding.level == "problem" for finding in findings) else 0
    told = [{"check": one.check, "level": one.level, "code": one.code, **_texts(one, options.lang)} for one in findings]
    if options.json:
        print(json.dumps({"ok": status == 0, "findings": told}, ensure_ascii=False))
        return status
    for each in told:
        print(f"{_MARKS[each['level']]} {each['what']}")
        for part in (each["why"], each["next"]):
            if part and each["level"] != "ok":
                print(f"    {part}")
    return status


def _texts(finding: Finding, language: str) -> dict[str, str]:
    text = message(finding.code, finding.params, language)
    return {"what": text.what, "why": text.why, "next": text.next}


# ---- the looks
def _python(options: argparse.Namespace) -> Iterator[Finding]:
    here = {"version": ".".join(map(str, sys.version_info[:3])), "place": sys.executable}
    is_fit = sys.version_info >= (3, 11) and sys.maxsize > 2**32
    yield Finding("python", "ok" if is_fit else "problem", f"cli.doctor_python{'' if is_fit else '_unfit'}", here)


def _disk(options: argparse.Namespace) -> Iterator[Finding]:
    place = _existing(options.data)
    free = shutil.disk_usage(place).free
    level: Level = "problem" if free < _FULL_BYTES else "warning" if free < _LOW_BYTES else "ok"
    params = {"free_gb": round(free / 1e9, 1), "place": str(place)}
    yield Finding("disk", level, f"cli.doctor_disk{'' if level == 'ok' else '_low'}", params)


def _port(options: argparse.Namespace) -> Iterator[Finding]:
    remote = reachable(options)
    if remote is not None:
        yield Finding("port", "ok", "cli.doctor_server", {"url": remote.url})
        if options.port is None or remote.url.endswith(f":{options.port}"):
            return
    port = _USUAL_PORT if options.port is None else options.port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            yield Finding("port", "warning", "cli.doctor_port_taken", {"port": port})
        else:
            yield Finding("port", "ok", "cli.doctor_port", {"port": port})


def _folder(options: argparse.Namespace) -> Iterator[Finding]:
    folder: Path = options.data
    if not folder.exists():
        yield Finding("folder", "note", "cli.doctor_folder_none", {"folder": str(folder)})
        return
    for name in ("records.sqlite", "signals.sqlite", "history/history.sqlite"):
        path = folder / name
        if path.exists():
            yield _sound(path)
    for path in (folder / "local-access.json",):
        if path.exists() and path.stat().st_mode & 0o077:
            yield Finding("folder", "problem", "cli.doctor_secret_open", {"path": str(path)})


def _sound(path: Path) -> Finding:
    """Whether a database can be read; SQLite's own quick check, without writing anything."""
    try:
        database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            (answer,) = database.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            database.close()
    except sqlite3.Error as error:
        answer = str(error)
    if answer == "ok":
        return Finding("folder", "ok", "cli.doctor_file", {"path": str(path)})
    return Finding("folder", "problem", "cli.doctor_file_broken", {"path": str(path), "reason": answer})


def _links(options: argparse.Namespace) -> Iterator[Finding]:
    remote = reachable(options)
    if remote is None:
        yield Finding("links", "note", "cli.doctor_links_unknown")
        return
    links = remote.get("/api/links")
    troubled = [link for link in links if link["state"] in ("lost", "refused")]
    for link in troubled:
        error = link["error"] or {"what": "", "why": ""}
        params = {"endpoint": link["endpoint"], "state": link["state"], "reason": f"{error['what']} {error['why']}"}
        yield Finding("links", "problem", "cli.doctor_link_down", params)
    yield Finding("links", "ok", "cli.doctor_links", {"live": len(links) - len(troubled), "all": len(links)})


def _certificates(options: argparse.Namespace) -> Iterator[Finding]:
    from cryptography import x509

    if not options.data.exists():
        return
    paths = [path for kind in ("*.der", "*.pem", "*.crt") for path in options.data.rglob(kind)]
    for path in sorted(paths)[:_MOST_FILES]:
        content = path.read_bytes()
        try:
            read = x509.load_pem_x509_certificate if b"-----BEGIN CERT" in content else x509.load_der_x509_certificate
            end = read(content).not_valid_after_utc
        except ValueError:
            continue  # a key, or something else
        left = end - datetime.now(UTC)
        params = {"path": str(path), "end": end.date().isoformat()}
        level: Level = "problem" if left < timedelta(0) else "warning" if left < _SOON else "ok"
        yield Finding("certificates", level, f"cli.doctor_certificate{'' if level == 'ok' else '_ends'}", params)


def _clock(options: argparse.Namespace) -> Iterator[Finding]:
    """A clock that stands before the newest file was set back, and history would come out of order."""
    newest = 0.0
    if options.data.exists():
        paths = [path for path, _ in zip(options.data.rglob("*"), range(_MOST_FILES), strict=False)]
        newest = max((path.stat().st_mtime for path in paths if path.exists()), default=0.0)
    now = time.time()
    shown = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    if newest > now + _FUTURE_S:
        yield Finding("clock", "problem", "cli.doctor_clock_back", {"now": shown, "ahead_s": round(newest - now)})
        return
    timesync = Path("/run/systemd/timesync")
    if timesync.exists() and not (timesync / "synchronized").exists():
        yield Finding("clock", "warning", "cli.doctor_clock_alone", {"now": shown})
        return
    yield Finding("clock", "ok", "cli.doctor_clock", {"now": shown})


def _extras(options: argparse.Namespace) -> Iterator[Finding]:
    """Every extra that the package offers, and whether it is installed."""
    for extra in metadata("xushi").get_all("Provides-Extra") or []:
        mark = re.compile(rf"extra\s*==\s*['\"]{re.escape(extra)}['\"]")
        wanted = [_NAME.split(need, maxsplit=1)[0] for need in requires("xushi") or [] if mark.search(need)]
        missing = [name for name in wanted if not _has(name)]
        params = {"extra": extra, "missing": ", ".join(missing)}
        yield Finding("extras", "note" if missing else "ok", f"cli.doctor_extra{'_missing' if missing else ''}", params)


def _has(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def _plugins(options: argparse.Namespace) -> Iterator[Finding]:
    count = 0
    for group in _GROUPS:
        for found in entry_points(group=group):
            try:
                found.load()
                count += 1
            except Exception as error:  # whatever a foreign package does wrong
                params = {"name": found.name, "group": group, "reason": f"{type(error).__name__}: {error}"[:200]}
                yield Finding("plugins", "problem", "cli.doctor_plugin_broken", params)
    yield Finding("plugins", "ok", "cli.doctor_plugins", {"count": count})


def _existing(path: Path) -> Path:
    path = path.absolute()
    return path if path.exists() or path == path.parent else _existing(path.parent)


_LOOKS = {
    "python": _python,
    "disk": _disk,
    "port": _port,
    "folder": _folder,
    "links": _links,
    "certificates": _certificates,
    "clock": _clock,
    "extras": _extras,
    "plugins": _plugins,
}
