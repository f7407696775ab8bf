"""The routes that act: commands, undo, import, jobs, evidence."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.responses import Response

from xushi.kernel import Outcome, Progress, XushiError, to_its_end
from xushi.runtime import ImportStopped, ImportWatch
from xushi.runtime import queued_writes as waiting_writes
from xushi.server import _messages as m
from xushi.server._doors import Doors, to_ms
from xushi.server._routes import COMMAND_BODY, IMPORT_BODY, OF_COMMAND, Call, RouteSpec, answer_json

_MOST_FILES = 200
_MOST_ENTRIES = 1000


class AfterQuery(msgspec.Struct, frozen=True):
    """Entries after this number; the newest ``limit`` when ``after`` is left out."""

    after: int | None = None
    limit: int = 200


class ImportQuery(msgspec.Struct, frozen=True):
    """Whether only to look (``dry_run``), and whether to wait for the outcome instead of a job."""

    dry_run: bool = False
    wait: bool = False
    reason: str = ""


async def commands(doors: Doors, call: Call) -> Response:
    """Every command with the JSON Schema of its parameters."""
    return answer_json([m.CommandInfo(**described) for described in doors.platform.commands.describe()])


async def run(doors: Doors, call: Call) -> Response:
    """Run a command, or show what it would do."""
    body: m.RunCommand = call.body
    outcome = await doors.platform.bus.run(
        call.path("name"), body.params, call.actor, dry_run=body.dry_run, reason=body.reason[:1000]
    )
    return answer_json(doors.outcome(outcome, call.language))


async def undo(doors: Doors, call: Call) -> Response:
    """Take a command back."""
    outcome = await doors.platform.bus.undo(call.path("command_id"), call.actor)
    return answer_json(doors.outcome(outcome, call.language))


async def upload(doors: Doors, call: Call) -> Response:
    """Import files: all of them or none. Answers with a job, or with the outcome where ``wait`` is set."""
    files = await _stored(doors, call)
    query: ImportQuery = call.query

    async def work(progress: Progress) -> Any:
        loop = asyncio.get_running_loop()

        def tell(share: float, name: str) -> None:
            loop.call_soon_threadsafe(progress, share, name[:200])

        watch = ImportWatch(tell)
        with watch.looks_on():
            running = asyncio.ensure_future(doors.platform.bus.run(
                "import.files", {"files": files}, call.actor, dry_run=query.dry_run, reason=query.reason[:1000]
            ))  # fmt: skip
        outcome = await _stoppable(running, watch, is_dry=query.dry_run)
        return msgspec.to_builtins(doors.outcome(outcome, call.language))

    if query.wait:
        return answer_json(await work(lambda share, message: None))
    doors.require(call.actor, "twin:write", "import.files")
    job = doors.platform.jobs.start({"en": "Import files", "zh-CN": "导入文件"}, call.actor.id, work)
    return answer_json(doors.job(job, call.language), status=202)


async def _stoppable(running: asyncio.Future[Outcome], watch: ImportWatch, *, is_dry: bool) -> Outcome:
    """Await an import; a cancel stops it as long as nothing is written, and comes too late after that."""
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        watch.stop()
        if is_dry:
            running.cancel()  # nothing will be written: nobody waits for the thread to notice
            raise
        try:
            return await to_its_end(running)
        except ImportStopped:
            raise asyncio.CancelledError from None


async def _stored(doors: Doors, call: Call) -> list[dict[str, str]]:
    """Keep the uploaded files by their content and name them."""
    files: list[dict[str, str]] = []
    try:
        async with call.request.form(max_files=_MOST_FILES, max_fields=20) as form:
            for _, item in form.multi_items():
                if isinstance(item, UploadFile):
                    content = await item.read()
                    sha256 = await asyncio.to_thread(doors.platform.blobs.put, content)
                    files.append(
                        {"name": (item.filename or "file").replace("\\", "/").rpartition("/")[2], "sha256": sha256}
                    )
    except (MultiPartException, HTTPException) as error:
        reason = error.message if isinstance(error, MultiPartException) else error.detail
        raise XushiError("server.upload_invalid", reason=reason) from error
    if not files:
        raise XushiError("server.upload_invalid", reason="no file in the form")
    return files


async def jobs(doors: Doors, call: Call) -> Response:
    """Long work, the newest first."""
    return answer_json([doors.job(job, call.language) for job in doors.platform.jobs.list()])


async def job(doors: Doors, call: Call) -> Response:
    """One job."""
    return answer_json(doors.job(doors.platform.jobs.get(call.path("job_id")), call.language))


async def cancel(doors: Doors, call: Call) -> Response:
    """Ask a job to stop: one's own, or anybody's with the right to change twins."""
    found = doors.platform.jobs.get(call.path("job_id"))
    if found.owner != call.actor.id:
        doors.require(call.actor, "twin:write", "POST /api/jobs/{job_id}/cancel")
    return answer_json(doors.job(doors.platform.jobs.cancel(call.path("job_id")), call.language))


async def queued_writes(doors: Doors, call: Call) -> Response:
    """Writes that wait for a machine which is away, and the newest of those that ended."""
    return answer_json(
        [
            m.QueuedWriteInfo(
                id=one.id,
                signal=one.signal,
                link=one.link,
                value=one.value,
                actor=one.actor,
                queued_ms=to_ms(one.queued_ns),
                until_ms=to_ms(one.until_ns),
                state=one.state,
                ended_ms=to_ms(one.ended_ns),
                error=doors.error(one.error, call.language),
            )
            for one in waiting_writes(doors.platform.store)
        ]
    )


async def evidence(doors: Doors, call: Call) -> Response:
    """Who did what, when and why."""
    limit = min(max(call.query.limit, 1), _MOST_ENTRIES)
    log = doors.platform.evidence
    after = call.query.after if call.query.after is not None else max(0, log.length() - limit)
    store = doors.platform.store
    shown = []
    for entry in log.entries(after, limit):
        command_id = entry.get("command_id", "")
        change = store.get("change", command_id) if command_id else None
        shown.append(
            m.EvidenceInfo(
                number=entry["number"],
                at_ms=to_ms(entry.get("at_ns", 0)),
                command=entry.get("command", ""),
                command_id=command_id,
                actor=entry.get("actor_name", ""),
                state=entry.get("state", ""),
                reason=entry.get("reason", ""),
                touched=entry.get("touched", [])[:50],
                is_undoable=change is not None and not change["undone_by"] and "command" in entry,
                entry=_told(doors, entry, call.language),
            )
        )
    return answer_json(shown)


def _told(doors: Doors, entry: dict[str, Any], language: str) -> dict[str, Any]:
    """An entry for a page: without its keys, which stand beside it, and with its error in the asker's language."""
    shown = {key: value for key, value in entry.items() if key != "touched"}
    error = shown.get("error")
    if isinstance(error, dict) and "params" in error:
        shown["error"] = msgspec.to_builtins(doors.error(error, language))
    return shown


async def proof(doors: Doors, call: Call) -> Response:
    """The proof of one entry, which an outsider checks offline."""
    number = call.path("number")
    return answer_json(doors.platform.evidence.proof(int(number) if number.isdigit() else 0))


ROUTES = (
    RouteSpec("GET", "/api/commands", "view", commands, "Every command", answer=list[m.CommandInfo],
              tags=("commands",)),
    RouteSpec("POST", "/api/commands/{name}", "view", run, "Run a command", body=m.RunCommand, answer=m.OutcomeInfo,
              body_limit=COMMAND_BODY,
              tags=("commands",), refusals=OF_COMMAND),
    RouteSpec("POST", "/api/commands/{command_id}/undo", "view", undo, "Take a command back", answer=m.OutcomeInfo,
              tags=("commands",), refusals=OF_COMMAND),
    RouteSpec("POST", "/api/import", "twin:write", upload, "Import files", ImportQuery, answer=m.JobInfo,
              body_limit=IMPORT_BODY, status=202, body_media_type="multipart/form-data",
              also={200: m.OutcomeInfo}, tags=("commands",), refusals=OF_COMMAND),
    RouteSpec("GET", "/api/jobs", "view", jobs, "Long work", answer=list[m.JobInfo], tags=("jobs",)),
    RouteSpec("GET", "/api/jobs/{job_id}", "view", job, "One job", answer=m.JobInfo, tags=("jobs",)),
    RouteSpec("POST", "/api/jobs/{job_id}/cancel", "view", cancel, "Stop a job", answer=m.JobInfo,
              tags=("jobs",)),
    RouteSpec("GET", "/api/queued-writes", "view", queued_writes, "Writes that wait", answer=list[m.QueuedWriteInfo],
              tags=("commands",)),
    RouteSpec("GET", "/api/evidence", "view", evidence, "Who did what", AfterQuery, answer=list[m.EvidenceInfo],
              tags=("evidence",)),
    RouteSpec("GET", "/api/evidence/{number}/proof", "view", proof, "Proof of one entry", answer=dict[str, Any],
              tags=("evidence",)),
)  # fmt: skip
