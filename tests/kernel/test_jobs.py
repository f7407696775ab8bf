"""Rules of long work: progress, result, refusal, cancel."""

import asyncio
from pathlib import Path

import pytest

from xushi.kernel import JobTable, ManualClock, Progress, SqliteStore, SystemClock, XushiError

TITLE = {"en": "Work", "zh-CN": "工作"}


async def test_a_job_tells_its_progress_and_ends_with_its_result():
    jobs, seen = JobTable(SystemClock()), []

    async def work(progress):
        progress(0.5, "half")
        return {"n": 1}

    jobs.subscribe(lambda job: seen.append((job.state, job.progress)))
    job = await jobs.wait(jobs.start(TITLE, "ann", work).id)
    assert (job.state, job.result, job.progress) == ("done", {"n": 1}, 1.0)
    assert seen == [("running", 0.0), ("running", 0.5), ("done", 1.0)]


async def test_a_cancelled_job_says_so():
    jobs = JobTable(SystemClock())
    job = jobs.start(TITLE, "ann", lambda _progress: asyncio.sleep(60))
    await asyncio.sleep(0)
    jobs.cancel(job.id)
    assert (await jobs.wait(job.id)).state == "cancelled"


async def test_a_refused_job_carries_code_and_parameters():
    jobs = JobTable(SystemClock())

    async def work(_progress):
        raise XushiError("kernel.job_unknown", job="x")

    job = await jobs.wait(jobs.start(TITLE, "ann", work).id)
    assert (job.state, job.error) == ("failed", {"code": "kernel.job_unknown", "params": {"job": "x"}})


async def test_a_defect_ends_the_job_and_not_the_process():
    jobs, reported = JobTable(SystemClock()), []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: reported.append(context))

    async def work(_progress):
        raise RuntimeError("boom")

    job = await jobs.wait(jobs.start(TITLE, "ann", work).id)
    assert job.error["code"] == "kernel.job_broken"
    assert len(reported) == 1


def test_an_unknown_job_is_refused():
    with pytest.raises(XushiError):
        JobTable(SystemClock()).get("nothing")


async def test_a_job_of_an_earlier_run_shows_as_interrupted(tmp_path: Path) -> None:
    """However the process ended: the begin of a job is on disk before it is told, its end as well."""
    clock = ManualClock(1_000)
    store = SqliteStore(tmp_path / "records.sqlite")

    async def endless(tell: Progress) -> None:
        await asyncio.sleep(3600)

    async def quick(tell: Progress) -> dict[str, int]:
        return {"made": 1}

    table = JobTable(clock, store)
    cut, done = table.start({"en": "Cut"}, "me", endless), table.start({"en": "Done"}, "me", quick)
    await table.wait(done.id)
    later = JobTable(clock, store)  # as after a kill: nobody told the first table that it is over
    assert {job.id: job.state for job in later.list()} == {cut.id: "interrupted", done.id: "done"}
    assert later.get(done.id).result == {"made": 1}
    await table.close()
    assert JobTable(clock, store).get(cut.id).state == "interrupted"
    store.close()


async def test_a_job_that_is_cancelled_before_it_began_ends_as_cancelled() -> None:
    table = JobTable(ManualClock(1_000))

    async def endless(tell: Progress) -> None:
        await asyncio.sleep(3600)

    job = table.start({"en": "Cut"}, "me", endless)
    table.cancel(job.id)
    assert (await table.wait(job.id)).state == "cancelled"
