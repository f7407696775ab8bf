"""Runs long work with progress, cancel and a result, so that no door ever waits in the dark."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeAlias, TypeVar

import msgspec

from ._clock import Clock
from ._errors import XushiError
from ._ids import new_id
from ._records import Record, build_diff, diff_key
from ._store import RecordStore

_MOST_ENDED_JOBS = 200
_KIND = "job"

JobState: TypeAlias = Literal["running", "done", "failed", "cancelled", "interrupted"]


class Job(msgspec.Struct):
    """One piece of long work as people see it.

    Attributes:
        state: `interrupted` where the platform ended, however it ended, before the work did.
        progress: share done, 0…1.
        message: what is being done now.
        error: code and parameters of the XushiError that ended it.
    """

    id: str
    title: dict[str, str]
    owner: str
    started_ns: int
    state: JobState = "running"
    progress: float = 0.0
    message: str = ""
    result: Any = None
    error: dict[str, Any] | None = None
    ended_ns: int | None = None


Progress: TypeAlias = Callable[[float, str], None]
Work: TypeAlias = Callable[[Progress], Awaitable[Any]]
T = TypeVar("T")


async def to_its_end(work: Awaitable[T]) -> T:
    """Await what is done as a whole or not at all; a cancel that comes meanwhile comes too late."""
    running = asyncio.ensure_future(work)
    while True:
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            if running.cancelled():
                raise


class JobTable:
    """Running jobs and the last that ended, also those of earlier runs where a store is given."""

    def __init__(self, clock: Clock, store: RecordStore | None = None) -> None:
        self._clock = clock
        self._store = store
        self._jobs: dict[str, Job] = {} if store is None else self._recall(store)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._listeners: list[Callable[[Job], None]] = []
        self._is_closing = False

    def subscribe(self, listener: Callable[[Job], None]) -> Callable[[], None]:
        """Call `listener(job)` whenever a job changes; returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def start(self, title: dict[str, str], owner: str, work: Work) -> Job:
        """Start `work(progress)` in the running event loop and return its job at once."""
        now_ns = self._clock.now_ns()
        job = Job(id=new_id(now_ns), title=title, owner=owner, started_ns=now_ns)
        self._jobs[job.id] = job
        self._keep(job)
        self._forget_oldest()
        self._tasks[job.id] = asyncio.get_running_loop().create_task(self._run(job, work))
        self._tell(job)
        return job

    def list(self) -> list[Job]:
        """Return all jobs, the newest first."""
        return sorted(self._jobs.values(), key=lambda job: job.started_ns, reverse=True)

    def get(self, job_id: str) -> Job:
        """Return a job by id.

        Raises:
            XushiError: `kernel.job_unknown`.
        """
        try:
            return self._jobs[job_id]
        except KeyError:
            raise XushiError("kernel.job_unknown", job=job_id[:80]) from None

    def cancel(self, job_id: str) -> Job:
        """Ask a job to stop; a job that has ended stays as it is."""
        job = self.get(job_id)
        task = self._tasks.get(job_id)
        if task is not None:
            # Only after the work has begun: a task that is cancelled before never learns of it.
            task.get_loop().call_soon(task.cancel)
        return job

    async def wait(self, job_id: str) -> Job:
        """Wait until a job has ended and return it."""
        task = self._tasks.get(job_id)
        if task is not None:
            await asyncio.wait([task])
        return self.get(job_id)

    async def close(self) -> None:
        """Interrupt what still runs and wait for it."""
        self._is_closing = True
        await asyncio.sleep(0)  # let what was just started begin, so that it can end in order
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _run(self, job: Job, work: Work) -> None:
        def progress(share: float, message: str) -> None:
            job.progress = min(1.0, max(0.0, share))
            job.message = message
            self._tell(job)

        try:
            job.result = await work(progress)
            job.state, job.progress = "done", 1.0
        except asyncio.CancelledError:
            job.state = "interrupted" if self._is_closing else "cancelled"
        except XushiError as error:
            job.state, job.error = "failed", {"code": error.code, "params": error.params}
        except Exception as error:  # a defect of ours: the job ends with a plain report, the server lives on
            job.state = "failed"
            job.error = {
                "code": "kernel.job_broken",
                "params": {"reason": f"{type(error).__name__}: {error}"},
            }
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"job {job.id} ended by an unexpected error", "exception": error}
            )
        finally:
            job.ended_ns = self._clock.now_ns()
            self._tasks.pop(job.id, None)
            self._keep(job)
            self._tell(job)

    def _tell(self, job: Job) -> None:
        for listener in list(self._listeners):
            listener(job)

    def _forget_oldest(self) -> None:
        ended = [job_id for job_id in self._jobs if job_id not in self._tasks]
        for job_id in ended[: max(0, len(self._jobs) - _MOST_ENDED_JOBS)]:
            del self._jobs[job_id]
            self._write(job_id, None)

    def _keep(self, job: Job) -> None:
        """Make begin and end of a job durable; its progress in between is not worth a sync."""
        self._write(job.id, msgspec.json.decode(msgspec.json.encode(job, enc_hook=str)))

    def _write(self, job_id: str, after: Record | None) -> None:
        if self._store is None:
            return
        before = self._store.get(_KIND, job_id)
        key = diff_key(_KIND, job_id)
        self._store.commit(build_diff({key: before}, {key: after}))

    def _recall(self, store: RecordStore) -> dict[str, Job]:
        jobs = {job_id: msgspec.convert(record, Job) for job_id, record in store.list(_KIND)}
        for job in jobs.values():
            if job.state == "running":
                job.state, job.ended_ns = "interrupted", self._clock.now_ns()
                self._keep(job)
        return jobs
