"""The desk where reports are made: takes orders off the records, makes one at a time, and orders what is due itself."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from xushi.kernel import Diff, Outcome, Progress, Record, XushiError, split_key
from xushi.reports import (
    Picture,
    Report,
    Seal,
    SealedFile,
    Section,
    local_time,
    make_seal,
    person,
    write_pdf,
    write_xlsx,
    zone_of,
)
from xushi.runtime._floor import Floor
from xushi.runtime._report_orders import ORDER, SCHEDULE, Content, calendar_of, schedule_of
from xushi.runtime._report_scope import Scope, find_machines, find_sources, shells_of
from xushi.runtime._report_sections import section_makers
from xushi.trust import OWN_HAND

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

log = logging.getLogger("xushi.runtime")

_LOOK_S = 5.0
_LATE_NS = 30 * 1_000_000_000  # values of a span may come in a little after its end
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ReportDesk:
    """Makes the reports that were ordered; an order is a record, so that neither a crash nor a stop loses one."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._jobs: dict[str, str] = {}
        self._turn = asyncio.Semaphore(1)
        self._is_stopping = False
        self._task: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._numbers: dict[str, int] = {}

    # ---- running
    def start(self) -> None:
        """Take up what was ordered before, and look for what is due from now on."""
        self._is_stopping = False
        self._unsubscribe = self._platform.bus.subscribe(self._on_change)
        for report_id, record in self._platform.store.list(ORDER):
            if record["state"] == "ordered":
                self._begin(report_id, record)
        self._task = asyncio.get_running_loop().create_task(self._look())

    async def stop(self) -> None:
        """Stop looking; reports that are being made stay ordered and are made after the next start."""
        self._is_stopping = True
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def order_due(self) -> int:
        """Order every report that is due by a schedule and was not made yet; return how many."""
        count = 0
        now_ns = self._platform.clock.now_ns() - _LATE_NS
        for schedule_id, record in list(self._platform.store.list(SCHEDULE)):
            if not record["enabled"]:
                continue
            try:
                due = schedule_of(record).due(calendar_of(self._platform.store), record["done_until_ns"], now_ns)
                for _ in due:
                    await self._platform.bus.run(
                        "report.make", {"schedule": schedule_id}, OWN_HAND, reason=f"schedule {schedule_id}"
                    )
                    count += 1
            except XushiError as error:
                log.warning("the schedule %s could not be followed: %s", schedule_id, error)
        return count

    async def _look(self) -> None:
        while True:
            await self.order_due()
            await asyncio.sleep(_LOOK_S)

    def _on_change(self, outcome: Outcome, diff: Diff) -> None:
        for key, record in diff.added.items():
            kind, report_id = split_key(key)
            if kind == ORDER and record["state"] == "ordered":
                self._begin(report_id, record)

    def job_of(self, report_id: str) -> str | None:
        """The job that makes a report; None where it waits for none."""
        return self._jobs.get(report_id)

    def _begin(self, report_id: str, record: Record) -> None:
        if report_id in self._jobs:
            return
        title = {
            language: f"{word}: {record['title'].get(language, '')}"
            for language, word in (("en", "Report"), ("zh-CN", "报告"))
        }
        job = self._platform.jobs.start(title, record["ordered_by"], lambda tell: self._work(report_id, record, tell))
        self._jobs[report_id] = job.id

    async def _work(self, report_id: str, record: Record, tell: Progress) -> dict[str, Any]:
        maker = _Maker(self._platform, report_id, record, tell, asyncio.get_running_loop())
        try:
            async with self._turn:
                files, about = await _in_thread(maker)
        except asyncio.CancelledError:
            if not self._is_stopping:
                await asyncio.shield(self._finish(report_id, record, "cancelled"))
            raise
        except XushiError as error:
            await self._finish(report_id, record, "failed", error={"code": error.code, "params": _plain(error.params)})
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"[:300]
            code = {"code": "kernel.job_broken", "params": {"reason": reason}}
            await self._finish(report_id, record, "failed", error=code)
            raise
        await self._finish(report_id, record, "made", files, about)
        return {
            "report": report_id,
            "files": [{**msgspec.to_builtins(file), **more} for file, more in zip(files, about, strict=True)],
        }

    async def _finish(
        self, report_id: str, record: Record, state: str, files: list[SealedFile] | None = None,
        about: list[dict[str, str]] | None = None, error: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        params = {
            "id": report_id, "state": state, "ordered_by": record["ordered_by"], "start_ns": record["start_ns"],
            "end_ns": record["end_ns"], "files": msgspec.to_builtins(files or []), "about": about or [], "error": error,
        }  # fmt: skip
        await self._platform.bus.run("report.finish", params, OWN_HAND)
        self._jobs.pop(report_id, None)

    # ---- the seal
    def seal(self, report_id: str) -> Seal:
        """The signed seal of a report, with the proof of its evidence under the present root.

        Raises:
            XushiError: `runtime.report_unknown`, `runtime.report_not_ended`.
        """
        record = self._platform.store.get(ORDER, report_id)
        if record is None:
            raise XushiError("runtime.report_unknown", report=report_id[:100])
        if record["state"] != "made":
            raise XushiError("runtime.report_not_ended", report=report_id)
        number = self._entry(report_id, record["made_ns"])
        proof = self._platform.evidence.proof(number)
        files = [SealedFile(file["name"], file["sha256"], file["size"]) for file in record["files"]]
        about = {name: record[name] for name in ("title", "timeline", "start_ns", "end_ns", "zone")}
        return make_seal({"id": report_id, **about}, files, proof, self._platform.key)

    def _entry(self, report_id: str, made_ns: int) -> int:
        """The number of the evidence entry of a report's end: entries are in the order of time."""
        if report_id in self._numbers:
            return self._numbers[report_id]
        evidence = self._platform.evidence
        low, high = 1, evidence.length()
        while low < high:
            middle = (low + high) // 2
            if evidence.entries(middle - 1, 1)[0].get("at_ns", 0) < made_ns - _LATE_NS:
                low = middle + 1
            else:
                high = middle
        after = low - 1
        while entries := evidence.entries(after, 500):
            for entry in entries:
                if entry.get("command") == "report.finish" and (entry.get("params") or {}).get("id") == report_id:
                    self._numbers[report_id] = int(entry["number"])
                    return self._numbers[report_id]
            after = entries[-1]["number"]
        raise XushiError("trust.evidence_missing", number=report_id)


class _Stopped(Exception):
    """The report was cancelled; raised in the thread that makes it."""


async def _in_thread(maker: _Maker) -> tuple[list[SealedFile], list[dict[str, str]]]:
    """Make a report in a thread; a cancel reaches it at the next step and is waited for."""
    task = asyncio.ensure_future(asyncio.to_thread(maker.make))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        maker.stop.set()
        with contextlib.suppress(_Stopped, XushiError):
            await task
        raise


class _Maker:
    """Gathers and writes one report, in a worker thread."""

    def __init__(
        self, platform: Platform, report_id: str, record: Record, tell: Progress, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._platform, self._id, self._record = platform, report_id, record
        self._tell, self._loop = tell, loop
        self._share = self._part = 0.0
        self.stop = threading.Event()

    def make(self) -> tuple[list[SealedFile], list[dict[str, str]]]:
        """Return the files, kept as blobs, and language and format of each."""
        content = msgspec.convert(self._record["content"], Content)
        report = self._gather(content)
        wanted = [(language, form) for language in content.languages for form in content.formats]
        files: list[SealedFile] = []
        about: list[dict[str, str]] = []
        for number, (language, form) in enumerate(wanted):
            self._share, self._part = 0.6 + 0.4 * number / len(wanted), 0.4 / len(wanted)
            self._step(self._share, f"{form.upper()} {language}")
            data = write_pdf(report, language, self._written) if form == "pdf" else write_xlsx(report, language)
            name = f"{self._stem()}.{language}.{form}"
            files.append(SealedFile(name, self._platform.blobs.put(data), len(data)))
            about.append({"language": str(language), "format": str(form)})
        return files, about

    def _written(self, share: float) -> None:
        self._step(self._share + self._part * share, "")

    def _stem(self) -> str:
        begin = local_time(self._record["start_ns"], zone_of(self._record["zone"])).strftime("%Y-%m-%d_%H%M")
        line = self._record["content"]["line"].rpartition(":")[2]
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", line).strip("-")[:40]
        return f"report_{name + '_' if name else ''}{begin}"

    def _step(self, share: float, message: str) -> None:
        if self.stop.is_set():
            raise _Stopped
        self._loop.call_soon_threadsafe(self._tell, share, message)

    def _gather(self, content: Content) -> Report:
        platform, record = self._platform, self._record
        shells = shells_of(platform.store, platform.twins, content.line)
        machines = find_machines(
            platform.store, platform.registry, content.line, platform.services["monitor"].kpis.values()
        )
        labels = {machine.shell: machine.label for machine in machines}
        for place in (place for _, place in platform.store.list("place")):
            labels.setdefault(place.get("shell") or "", place["name"])
        run, first_ns, last_ns = platform.timelines.span(record["timeline"])
        scope = Scope(
            run, (first_ns, last_ns + 1), run.history, platform.registry,
            platform.products,
            tuple(machines), find_sources(platform.products, shells), shells, labels, record["start_ns"],
            record["end_ns"], record["zone"], tuple(platform.registry.handle(key) for key in content.signals),
            content.line, lambda share: self._step(0.3 + 0.2 * share, ""), platform.services,
            tuple(Floor(dict(platform.store.list("place")), platform.footprints).things),
        )  # fmt: skip
        sections: list[Section] = []
        makers = [maker for maker in section_makers() if not content.sections or maker.id in content.sections]
        for number, maker in enumerate(makers):
            self._step(0.6 * number / len(makers), maker.title.get("en", maker.id))
            section = maker.make(scope)
            if section is not None:
                sections.append(section)
        if record["picture"]:
            picture = Picture({}, platform.blobs.get(record["picture"]))
            sections.insert(0, Section("picture", {"en": "The line", "zh-CN": "产线"}, (picture,)))
        return Report(
            self._id, record["title"], self._subject(content), record["start_ns"], record["end_ns"], record["zone"],
            platform.clock.now_ns(), tuple(sections),
            (
                ({"en": "Made for", "zh-CN": "申请人"}, person(record["ordered_by"])),
                ({"en": "Timeline", "zh-CN": "时间线"}, platform.timelines.title(record["timeline"])),
            ),
            platform.key.fingerprint,
        )  # fmt: skip

    def _subject(self, content: Content) -> dict[str, str]:
        places = dict(self._platform.store.list("place"))
        if content.line:
            return dict(places[content.line]["name"]) if content.line in places else {"en": content.line}
        roots = [place for place in places.values() if place.get("parent") is None]
        building = next((place for place in roots if place.get("category") == "building"), None)
        return dict(building["name"]) if building else {"en": "The whole plant", "zh-CN": "全厂"}


def _plain(params: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, (int, float, str, bool)) else str(value) for name, value in params.items()}
