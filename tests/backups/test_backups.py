"""A backup is everything that was acknowledged before it began; a restore is all of it or nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measuring import Ledger, Record, rounds

from xushi.backups import (
    CURRENT,
    FolderNote,
    Manifest,
    bring_up_to_date,
    extract_backup,
    finish_swap,
    newest_snapshot,
    plan_swap,
    read_manifest,
    read_note,
    staging_of,
)
from xushi.kernel import SystemClock, XushiError
from xushi.runtime import SYSTEM, Platform, make_backup, restore_folder, roll_back
from xushi.signals import Frame, Kind, SignalDef

CLOCK = SystemClock()
QUIET: Callable[[float, str], None] = lambda share, message: None  # noqa: E731


def fill(platform: Platform, count: int = 50) -> None:
    platform.registry.define([SignalDef(key="urn:sm#Speed", kind=Kind.DOUBLE, submodel="urn:sm", path="Speed")])
    rows = [(0, 1_000_000_000 * (number + 1), float(number), 0) for number in range(count)]
    platform.ingest.push(Frame.from_rows(platform.registry, rows))
    platform.blobs.put(b"a model")
    schedule = {"id": "shifts", "when": {"every": "shift"}}
    asyncio.run(platform.bus.run("report.schedule", schedule, SYSTEM))
    (platform.folder / "connectors").mkdir(exist_ok=True)
    (platform.folder / "connectors" / "own.pem").write_text("a private key")


def backup_of(folder: Path, target: Path, **options: Any) -> Manifest:
    with Platform.open(folder) as platform:
        fill(platform)
        return make_backup(platform, target, tell=QUIET, **{"has_secrets": False, "passphrase": "", **options})


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_what_was_kept_comes_back_into_a_new_folder(tmp_path: Path) -> None:
    backup_of(tmp_path / "data", tmp_path / "one.xushi-backup")
    assert restore_folder(tmp_path / "other", tmp_path / "one.xushi-backup", CLOCK) is None
    with Platform.open(tmp_path / "other") as platform:
        assert len(platform.history.range(0, 0, 10**12)) == 50
        assert platform.store.get("report_schedule", "shifts") is not None
        assert any(path.read_bytes() == b"a model" for path in (tmp_path / "other" / "blobs").glob("*/*"))
        assert platform.evidence.entries()[-1]["command"] == "backup.restore"


def test_the_former_folder_is_kept_beside_the_restored_one(tmp_path: Path) -> None:
    backup_of(tmp_path / "data", tmp_path / "one.xushi-backup")
    (tmp_path / "data" / "later.txt").write_text("made after the backup")
    kept = restore_folder(tmp_path / "data", tmp_path / "one.xushi-backup", CLOCK)
    assert kept is not None
    assert (kept / "later.txt").exists()
    assert not (tmp_path / "data" / "later.txt").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["data", kept.name, "one.xushi-backup"])


def test_secrets_are_left_out_unless_asked_for_and_stay_as_they_are_at_a_restore(tmp_path: Path) -> None:
    manifest = backup_of(tmp_path / "data", tmp_path / "one.xushi-backup")
    assert not [entry.path for entry in manifest.files if entry.path.startswith(("keys", "connectors"))]
    assert b"a private key" not in (tmp_path / "one.xushi-backup").read_bytes()
    before = (tmp_path / "data" / "keys" / "installation.pem").read_bytes()
    restore_folder(tmp_path / "data", tmp_path / "one.xushi-backup", CLOCK)
    assert (tmp_path / "data" / "keys" / "installation.pem").read_bytes() == before


def test_secrets_with_a_passphrase_cannot_be_read_without_it(tmp_path: Path) -> None:
    path = tmp_path / "one.xushi-backup"
    backup_of(tmp_path / "data", path, has_secrets=True, passphrase="correct horse")
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if name.startswith(("keys", "connectors"))]
        assert all(b"a private key" not in archive.read(name) for name in archive.namelist())
    for passphrase, code in (("", "backups.passphrase_missing"), ("wrong", "backups.passphrase_wrong")):
        with pytest.raises(XushiError) as refused:
            restore_folder(tmp_path / "other", path, CLOCK, passphrase=passphrase)
        assert refused.value.code == code
        assert not (tmp_path / "other").exists()
    restore_folder(tmp_path / "other", path, CLOCK, passphrase="correct horse")
    assert (tmp_path / "other" / "connectors" / "own.pem").read_text() == "a private key"
    assert stat.S_IMODE((tmp_path / "other" / "connectors" / "own.pem").stat().st_mode) == 0o600


def test_a_backup_under_load_has_all_that_was_acknowledged_before_it_began(tmp_path: Path) -> None:
    """Values and commands go in without a pause; whatever was in before a backup began is in it, in whole commands."""
    with Platform.open(tmp_path / "data") as platform:
        fill(platform, 1)
        acknowledged: list[int] = []
        pushed: list[int] = []
        is_over = threading.Event()

        def commands() -> None:
            async def run() -> None:
                number = 0
                while not is_over.is_set():
                    number += 1
                    params = {"id": f"s{number}", "when": {"every": "day"}}
                    await platform.bus.run("report.schedule", params, SYSTEM)
                    acknowledged.append(number)

            asyncio.run(run())

        def values() -> None:
            number = 1
            while not is_over.is_set():
                rows = [(0, 1_000_000_000 * (number + offset), float(number + offset), 0) for offset in range(100)]
                platform.ingest.push(Frame.from_rows(platform.registry, rows))
                number += 100
                pushed.append(number)
                if number % 5000 < 100:
                    platform.history.flush()

        threads = [threading.Thread(target=work) for work in (commands, values)]
        for thread in threads:
            thread.start()
        promised = []
        for round_ in range(4):
            time.sleep(0.3)
            promised.append((acknowledged[-1], pushed[-1]))
            path = tmp_path / f"{round_}.xushi-backup"
            make_backup(platform, path, has_secrets=False, passphrase="", tell=QUIET)
        is_over.set()
        for thread in threads:
            thread.join()
    for round_, (last_command, last_value) in enumerate(promised):
        folder = tmp_path / f"restored{round_}"
        restore_folder(folder, tmp_path / f"{round_}.xushi-backup", CLOCK)
        with Platform.open(folder) as restored:
            for number in range(1, last_command + 1):
                assert restored.store.get("report_schedule", f"s{number}") is not None
            ids = {entry["params"]["id"] for entry in _all_evidence(restored) if entry["command"] == "report.schedule"}
            assert ids == set(restored.store.ids("report_schedule"))
            times = restored.history.range(0, 0, 10**18).times_ns // 1_000_000_000
            assert times[: last_value - 1].tolist() == list(range(1, last_value))
            assert not [found for found in restored.history.diagnoses if found.code == "signals.wal_unknown_signal"]


def _all_evidence(platform: Platform) -> list[dict[str, Any]]:
    return platform.evidence.entries(0, 1_000_000)


def rewritten(path: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of a backup with other content, its hashes put right: what somebody hostile would make."""
    import hashlib

    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = msgspec.json.decode(files.pop("manifest.json"), type=dict[str, Any])
    change(files)
    manifest["files"] = [
        {"path": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()
    ]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*files.items(), ("manifest.json", json.dumps(manifest).encode())]:
            archive.writestr(zipfile.ZipInfo(name), data)
    return target


def put(name: str, data: bytes = b"x") -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.__setitem__(name, data)


def with_trigger(files: dict[str, bytes]) -> None:
    path = Path(os.environ["PYTEST_TMP"]) / "records.sqlite"
    path.write_bytes(files["records.sqlite"])
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TRIGGER t AFTER INSERT ON record BEGIN DELETE FROM log; END")
        database.commit()
    files["records.sqlite"] = path.read_bytes()


def without_last_evidence(files: dict[str, bytes]) -> None:
    path = Path(os.environ["PYTEST_TMP"]) / "records.sqlite"
    path.write_bytes(files["records.sqlite"])
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("DELETE FROM log WHERE number = (SELECT max(number) FROM log)")
        database.commit()
    files["records.sqlite"] = path.read_bytes()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (put("../outside.txt"), "backups.hostile"),
        (put("/etc/outside.txt"), "backups.hostile"),
        (put("a/../../outside.txt"), "backups.hostile"),
        (put("a\\..\\outside.txt"), "backups.hostile"),
        (put("C:/outside.txt"), "backups.hostile"),
        (put("local-access.json"), "backups.hostile"),
        (put("lock"), "backups.hostile"),
        (put("blobs/aa/" + "a" * 64), "backups.damaged"),
        (put("history/history.sqlite", b"no database"), "backups.damaged"),
        (lambda files: files.pop("records.sqlite"), "backups.damaged"),
        (with_trigger, "backups.hostile"),
        (without_last_evidence, "backups.damaged"),
    ],
    ids=["dots", "absolute", "inner-dots", "backslash", "drive", "access", "lock", "blob", "sqlite", "no-records",
         "trigger", "evidence"],
)  # fmt: skip
def test_a_hostile_backup_is_refused_and_leaves_nothing(
    change: Any, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_TMP", str(tmp_path))
    backup_of(tmp_path / "data", tmp_path / "one.xushi-backup")
    bad = rewritten(tmp_path / "one.xushi-backup", tmp_path / "bad.xushi-backup", change)
    before = tree(tmp_path / "data")
    with pytest.raises(XushiError) as refused:
        restore_folder(tmp_path / "data", bad, CLOCK)
    assert refused.value.code == code
    assert refused.value.text("zh-CN").what != code
    assert tree(tmp_path / "data") == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    assert not (tmp_path / "outside.txt").exists()


def test_a_link_in_a_backup_is_refused(tmp_path: Path) -> None:
    backup_of(tmp_path / "data", tmp_path / "one.xushi-backup")
    bad = rewritten(tmp_path / "one.xushi-backup", tmp_path / "bad.xushi-backup", put("blob-link", b"/etc/passwd"))
    with zipfile.ZipFile(bad) as archive:
        parts = [(info, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(bad, "w") as archive:
        for info, data in parts:
            if info.filename == "blob-link":
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, data)
    with pytest.raises(XushiError) as refused:
        restore_folder(tmp_path / "data", bad, CLOCK)
    assert refused.value.code == "backups.hostile"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("whole")
    backup_of(folder / "data", folder / "one.xushi-backup")
    return (folder / "one.xushi-backup").read_bytes()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_backup_with_any_byte_changed_or_cut_off_is_refused_or_gives_the_same(
    data: st.DataObject, whole: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    place = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        changed = whole[:place]
    else:
        changed = whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :]
    (folder / "bad").write_bytes(changed)
    (folder / "good").write_bytes(whole)
    try:
        extract_backup(folder / "bad", folder / "out")
    except XushiError as refused:
        assert refused.code.startswith("backups.")  # noqa: PT017 - a refusal is one of two right outcomes
        assert not (folder / "out").exists()
    else:  # a byte that nothing reads, such as a time of the ZIP format
        extract_backup(folder / "good", folder / "same")
        assert _stable(folder / "out") == _stable(folder / "same")
    shutil.rmtree(folder)


def _stable(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in tree(folder).items() if not name.endswith(("-shm", "-wal", "records.sqlite"))}


def test_a_folder_in_use_is_not_restored_over(tmp_path: Path) -> None:
    backup_of(tmp_path / "data", tmp_path / "one.xushi-backup")
    with Platform.open(tmp_path / "data"), pytest.raises(XushiError) as refused:
        restore_folder(tmp_path / "data", tmp_path / "one.xushi-backup", CLOCK)
    assert refused.value.code == "runtime.folder_locked"


# ---- versions
def as_format_1(folder: Path) -> None:
    (folder / "format.json").unlink()


def test_an_older_folder_is_snapshot_first_and_rollback_returns_to_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with Platform.open(folder) as platform:
        fill(platform)
    as_format_1(folder)
    with Platform.open(folder) as platform:
        note = read_note(folder)
        assert note is not None
        assert (note.format, note.upgrading) == (CURRENT, False)
        assert read_manifest(newest_snapshot(folder)).folder_format == 1
        asyncio.run(platform.bus.run("report.unschedule", {"id": "shifts"}, SYSTEM))
    snapshot, kept, _ = roll_back(folder, CLOCK)
    assert snapshot.exists()
    assert kept is not None
    assert read_note(folder) is not None
    assert read_note(folder).format == 1  # type: ignore[union-attr]
    with Platform.open(kept) as former:
        assert former.store.get("report_schedule", "shifts") is None
    with Platform.open(folder) as platform:
        assert platform.store.get("report_schedule", "shifts") is not None
        assert len(platform.history.range(0, 0, 10**12)) == 50


def test_another_version_with_the_same_layout_is_snapshot_too_and_rolled_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    monkeypatch.setattr("xushi.runtime._platform.PROGRAM", "1.0")
    with Platform.open(folder) as platform:
        fill(platform)
    with Platform.open(folder):
        assert not (folder / "snapshots").exists()
    monkeypatch.setattr("xushi.runtime._platform.PROGRAM", "1.1")
    with Platform.open(folder) as platform:
        assert read_note(folder) == FolderNote(CURRENT, "1.1", newest_snapshot(folder).name)
        asyncio.run(platform.bus.run("report.unschedule", {"id": "shifts"}, SYSTEM))
    with Platform.open(folder):
        assert len(list((folder / "snapshots").iterdir())) == 1
    _, kept, program = roll_back(folder, CLOCK)
    assert (program, kept is not None) == ("1.0", True)
    monkeypatch.setattr("xushi.runtime._platform.PROGRAM", "1.0")
    with Platform.open(folder) as platform:
        assert platform.store.get("report_schedule", "shifts") is not None
        assert len(platform.history.range(0, 0, 10**12)) == 50
        assert (folder / "connectors" / "own.pem").read_text() == "a private key"
        assert len(list((folder / "snapshots").iterdir())) == 1  # back at its own version there is nothing to upgrade


def test_a_snapshot_that_finds_no_room_leaves_the_folder_to_the_version_that_wrote_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Platform.open(tmp_path / "data") as platform:
        fill(platform)
    before = tree(tmp_path / "data")
    monkeypatch.setattr("shutil.disk_usage", lambda place: shutil._ntuple_diskusage(10, 9, 1))  # type: ignore[attr-defined]
    with pytest.raises(XushiError) as refused:
        bring_up_to_date(tmp_path / "data", "9.9", 1)
    assert refused.value.code == "backups.no_space"
    assert {name: data for name, data in tree(tmp_path / "data").items() if "-shm" not in name} == {
        name: data for name, data in before.items() if "-shm" not in name
    }


def test_the_newest_three_snapshots_stay(tmp_path: Path) -> None:
    with Platform.open(tmp_path / "data") as platform:
        fill(platform, 1)
    made = [bring_up_to_date(tmp_path / "data", f"9.{number}", number * 10**9) for number in range(5)]
    assert sorted((tmp_path / "data" / "snapshots").iterdir()) == made[2:]


def test_going_back_where_only_one_version_ever_wrote_says_that_there_is_no_snapshot(tmp_path: Path) -> None:
    with Platform.open(tmp_path / "data"):
        pass
    with pytest.raises(XushiError) as refused:
        roll_back(tmp_path / "data", CLOCK)
    assert refused.value.code == "backups.no_snapshot"


def test_a_newer_folder_is_refused_with_both_versions(tmp_path: Path) -> None:
    with Platform.open(tmp_path / "data"):
        pass
    (tmp_path / "data" / "format.json").write_text(json.dumps({"format": CURRENT + 5, "program": "9.9"}))
    before = tree(tmp_path / "data")
    with pytest.raises(XushiError) as refused, Platform.open(tmp_path / "data"):
        pass
    assert refused.value.code == "backups.folder_newer"
    assert "9.9" in refused.value.text().why
    assert {name: data for name, data in tree(tmp_path / "data").items() if name != "lock"} == {
        name: data for name, data in before.items() if name != "lock"
    }


def test_a_migration_that_fails_is_run_again_from_the_same_snapshot(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with Platform.open(folder) as platform:
        fill(platform)
    runs: list[int] = []

    def breaks_once(place: Path) -> None:
        runs.append(1)
        (place / "converted.txt").write_text("half")
        if len(runs) == 1:
            raise OSError("the disk went away")
        (place / "converted.txt").write_text("whole")

    steps = {CURRENT: breaks_once, CURRENT + 1: lambda place: None}
    with pytest.raises(OSError, match="went away"):
        bring_up_to_date(folder, "2.0", 1, current=CURRENT + 2, migrations=steps)
    first = newest_snapshot(folder)
    bring_up_to_date(folder, "2.0", 2, current=CURRENT + 2, migrations=steps)
    assert newest_snapshot(folder) == first
    assert len(list((folder / "snapshots").iterdir())) == 1
    assert (folder / "converted.txt").read_text() == "whole"
    assert read_note(folder).format == CURRENT + 2  # type: ignore[union-attr]
    assert "converted.txt" not in {entry.path for entry in read_manifest(first).files}


# ---- kill -9 at any moment
WORK = """
import sys, time
from pathlib import Path
from xushi.kernel import SystemClock
from xushi.backups import bring_up_to_date, CURRENT
from xushi.runtime import Platform, make_backup, restore_folder
what, folder, archive = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
slow = lambda share, message: time.sleep(0.002)
print("begun", flush=True)
if what == "backup":
    with Platform.open(folder) as platform:
        while True:
            make_backup(platform, archive, has_secrets=True, passphrase="", tell=slow)
elif what == "restore":
    while True:
        restore_folder(folder, archive, SystemClock())
else:
    def step(place):
        for number in range(20):
            (place / f"converted{number}.txt").write_text("x"); time.sleep(0.002)
    version = CURRENT
    while True:
        bring_up_to_date(folder, "2.0", time.time_ns(), current=version + 1, migrations={version: step})
        version += 1
"""
ROUNDS = rounds(5)


@pytest.mark.parametrize("what", ["backup", "restore", "migration"])
def test_a_kill_in_the_middle_loses_nothing(what: str, tmp_path: Path, record_property: Record) -> None:
    folder, archive = tmp_path / "data", tmp_path / "one.xushi-backup"
    backup_of(folder, archive)
    for number in range(300):
        (folder / "blobs" / f"{number:02x}").mkdir(exist_ok=True)
    with Platform.open(folder) as platform:
        for number in range(100):
            platform.blobs.put(f"blob {number}".encode())
        make_backup(platform, archive, has_secrets=True, passphrase="", tell=QUIET)
    blobs = {path.name for path in (folder / "blobs").glob("*/*")}
    ledger = Ledger()
    for round_ in range(ROUNDS):
        process = subprocess.Popen(
            [sys.executable, "-c", WORK, what, str(folder), str(archive)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05 + 0.11 * round_ % 0.6)
        assert process.poll() is None, process.stderr.read().decode()  # type: ignore[union-attr]
        process.send_signal(signal.SIGKILL)
        process.wait()
        if what == "migration":
            note = read_note(folder)
            assert note is not None
            if note.upgrading:
                read_manifest(newest_snapshot(folder))
            (folder / "format.json").write_text(json.dumps({"format": CURRENT, "program": "test"}))
        with Platform.open(folder) as platform:
            assert platform.store.get("report_schedule", "shifts") is not None
            assert len(platform.history.range(0, 0, 10**12)) == 50
            held = {path.name for path in (folder / "blobs").glob("*/*")}
            for blob in blobs:
                ledger.enter("files in the folder", blob in held, blob)
        extract_backup(archive, tmp_path / "check")
        ledger.kept["whole backups"] += 1
        shutil.rmtree(tmp_path / "check")
        hidden = [path.name for path in tmp_path.iterdir() if path.name.startswith(".data")]
        assert hidden == []
    ledger.close(record_property, f"a {what}", ROUNDS)


@pytest.mark.parametrize("moment", ["planned", "moved away", "moved in"])
def test_a_swap_is_completed_by_whoever_opens_the_folder_next(moment: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    backup_of(folder, tmp_path / "one.xushi-backup")
    (folder / "former.txt").write_text("former")
    staging = staging_of(folder, "test")
    staging.mkdir()
    extract_backup(tmp_path / "one.xushi-backup", staging / "data")
    kept = plan_swap(folder, staging, time.time_ns())
    if moment != "planned":
        folder.rename(kept)
    if moment == "moved in":
        (staging / "data").rename(folder)
    with Platform.open(folder) as platform:
        assert platform.store.get("report_schedule", "shifts") is not None
    assert (kept / "former.txt").exists()
    assert not (folder / "former.txt").exists()
    assert finish_swap(folder) is None
