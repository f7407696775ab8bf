"""A file import tells how far it is and stops when it is cancelled, as long as nothing is written."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from xushi.runtime import Imported, ImporterTable
from xushi.runtime import Source as SourceFile
from xushi.testing import Served, triangle_glb, until

_END = b"--files--\r\n"


def _started(served: Served, *names: str, dry_run: bool) -> str:
    """Send models as the import dialog does and return the job."""
    head = b'--files\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\n'
    content = b"".join(head % name.encode() + triangle_glb() + b"\r\n" for name in names) + _END
    headers = {"Content-Type": "multipart/form-data; boundary=files", "Content-Length": str(len(content))}
    query = {"dry_run": "true" if dry_run else "false"}
    started: dict[str, str] = json.loads(served.remote.raw("POST", "/api/import", content, headers, query))
    return started["id"]


def _job(served: Served, job: str) -> dict[str, Any]:
    found: dict[str, Any] = served.remote.get(f"/api/jobs/{job}")
    return found


def _ended(served: Served, job: str) -> str:
    until(lambda: _job(served, job)["state"] != "running", "the job ends")
    return str(_job(served, job)["state"])


@pytest.fixture
def slow(served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Reads the second of two files only when this is set."""
    go_on = threading.Event()
    read = ImporterTable.read

    def waits(table: ImporterTable, source: SourceFile, keep: Callable[[bytes], str]) -> Imported:
        if source.name == "second.glb":
            assert go_on.wait(30)
        return read(table, source, keep)

    monkeypatch.setattr(ImporterTable, "read", waits)
    yield go_on
    go_on.set()


def test_the_progress_of_an_import_is_the_share_of_bytes_read(served: Served, slow: threading.Event) -> None:
    job = _started(served, "first.glb", "second.glb", dry_run=True)
    until(lambda: _job(served, job)["message"] == "second.glb", "the first file is read")
    assert _job(served, job)["progress"] == 0.5
    slow.set()
    assert _ended(served, job) == "done"


def test_a_look_at_files_ends_at_once_when_it_is_cancelled(served: Served, slow: threading.Event) -> None:
    job = _started(served, "first.glb", "second.glb", dry_run=True)
    served.remote.post(f"/api/jobs/{job}/cancel")
    assert _ended(served, job) == "cancelled"
    assert not slow.is_set()  # it did not wait for the file


def test_an_import_cancelled_while_it_reads_writes_nothing(served: Served, slow: threading.Event) -> None:
    places, entries = served.remote.get("/api/places"), served.platform.evidence.length()
    job = _started(served, "first.glb", "second.glb", dry_run=False)
    until(lambda: _job(served, job)["message"] == "second.glb", "the first file is read")
    served.remote.post(f"/api/jobs/{job}/cancel")
    assert _job(served, job)["state"] == "running"  # until the file is read; by this answer the stop has reached it
    slow.set()
    assert _ended(served, job) == "cancelled"
    assert served.remote.get("/api/places") == places
    assert served.platform.evidence.length() == entries


def test_a_cancel_that_comes_when_an_import_is_written_comes_too_late_and_the_job_says_so(served: Served) -> None:
    written, go_on = threading.Event(), threading.Event()

    async def waits() -> None:
        written.set()
        await asyncio.to_thread(go_on.wait, 30)

    stop_listening = served.platform.bus.subscribe(lambda outcome, diff: waits())
    try:
        job = _started(served, "late.glb", dry_run=False)
        assert written.wait(30)
        served.remote.post(f"/api/jobs/{job}/cancel")
        served.remote.post(f"/api/jobs/{job}/cancel")
        go_on.set()
        assert _ended(served, job) == "done"
    finally:
        stop_listening()
    outcome = _job(served, job)["result"]
    assert outcome["is_undoable"]
    served.remote.undo(outcome["command_id"])
