"""Rules of the two ends from outside, with real processes: Ctrl-C gives 130, a reader that is gone 141."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from xushi.signals import Frame, Kind, SignalDef
from xushi.testing import Served, served, until

LIMIT_S = 120


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    folder = tmp_path_factory.mktemp("ends") / "data"
    with served(folder, [SignalDef(key="urn:sm#V", kind=Kind.DOUBLE, path="V")]) as one:
        yield one, folder


def _take_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a test run in the background ignores it, and its children would too


@contextmanager
def xushi(*words: object, **how: Any) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "xushi.cli", *map(str, words), "--lang", "en"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    with subprocess.Popen(command, text=True, preexec_fn=_take_interrupts, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def test_interrupting_what_follows_ends_with_130_and_a_line(running: tuple[Served, Path]) -> None:
    with xushi("values", "--follow", "--json", "--data", running[1]) as process:
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, err.strip()) == (130, "Stopped.")


def test_what_follows_into_a_file_says_the_present_values_and_then_each_change_at_once(
    running: tuple[Served, Path], tmp_path: Path
) -> None:
    one, folder = running
    told = tmp_path / "told.txt"
    one.push(Frame.doubles([0], [time.time_ns()], [41.25]))
    with told.open("w") as writing, xushi("values", "--follow", "--data", folder, stdout=writing):
        until(lambda: "41.25" in told.read_text("utf-8"), "the present value")
        one.push(Frame.doubles([0], [time.time_ns()], [42.5]))
        until(lambda: "42.5" in told.read_text("utf-8"), "the change")


def test_interrupting_a_backup_cancels_its_job_and_leaves_no_file(
    running: tuple[Served, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, folder = running

    def slow(platform: Any, target: Path, *, tell: Any, **options: Any) -> None:
        while True:
            tell(0.1, "records")  # raises where the job was cancelled
            time.sleep(0.02)

    asked, get = threading.Event(), one.platform.jobs.get

    def seen(job_id: str) -> Any:
        asked.set()
        return get(job_id)

    monkeypatch.setattr("xushi.runtime._backups.make_backup", slow)
    monkeypatch.setattr(one.platform.jobs, "get", seen)
    out = tmp_path / "plant.xushi-backup"
    with xushi("backup", out, "--data", folder) as process:
        assert asked.wait(LIMIT_S)  # it waits for the job now
        (job,) = [each for each in one.remote.get("/api/jobs") if each["state"] == "running"]
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, err.strip()) == (130, "Stopped.")
    until(lambda: one.remote.get(f"/api/jobs/{job['id']}")["state"] == "cancelled")
    assert not out.exists()
    assert one.remote.get("/api/backups") == []


def test_interrupting_a_command_says_that_it_goes_on_at_the_server(
    running: tuple[Served, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, folder = running
    begun, may_end = threading.Event(), threading.Event()
    run = one.platform.bus.run

    async def slow(*what: Any, **how: Any) -> Any:
        begun.set()
        await asyncio.to_thread(may_end.wait, LIMIT_S)
        return await run(*what, **how)

    monkeypatch.setattr(one.platform.bus, "run", slow)
    rule = '{"id": "fast", "signal": "urn:sm#V", "condition": "above", "limit": 1, "title": {"en": "Fast"}}'
    with xushi("command", "rule.put", "--rule", rule, "--data", folder) as process:
        assert begun.wait(LIMIT_S)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=LIMIT_S)
    may_end.set()
    assert process.returncode == 130
    assert "goes on there" in err
    until(lambda: "rule.put" in {each["command"] for each in one.remote.get("/api/evidence")})


@pytest.mark.parametrize("words", [("--help",), ("status",), ("alarms", "--at", "soon")], ids=" ".join)
def test_a_reader_that_is_gone_ends_a_short_answer_with_141(
    words: tuple[str, ...], running: tuple[Served, Path]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    where = () if words == ("--help",) else ("--data", running[1], "--json")
    with xushi(*words, *where, stdout=writing) as process:
        os.close(writing)
        _, err = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, err) == (141, "")


def test_a_reader_that_leaves_ends_what_follows_with_141(running: tuple[Served, Path]) -> None:
    one, folder = running
    with xushi("values", "--follow", "--json", "--data", folder) as process:
        assert process.stdout.readline()
        process.stdout.close()
        one.push(Frame.doubles([0], [time.time_ns()], [1.0]))
        assert process.wait(LIMIT_S) == 141
        assert process.stderr.read() == ""
