"""Every state of a plan and every way from one to the next, against a machine that speaks Modbus TCP."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from xushi.kernel import Diff, XushiError, diff_key, message
from xushi.runtime.plans._records import KIND, stored
from xushi.signals import BAD, UNCERTAIN

from .conftest import CHECKER, FIRST, GUARD, MAKER, SECOND, WISH, Bench, by_hand, until, write

HIGH = {"condition": {"signal": GUARD, "test": ">", "value": 5}}


async def refused(work: Any) -> str:
    with pytest.raises(XushiError) as error:
        await work
    return error.value.code


async def test_an_approved_plan_runs_its_steps_in_order_and_leaves_its_evidence(bench: Bench) -> None:
    plan = await bench.begin(write(FIRST, 21), write(SECOND, 22), write(FIRST, 23))
    done = await bench.until_state(plan, "done")
    assert (bench.written(), await bench.registers()) == ([21, 22, 23], (23, 22))
    assert bench.states(plan) == ["done"] * 3
    assert done.run is not None
    assert done.run.ended_ns is not None
    entries = bench.platform.evidence.entries(0, 1000)
    by_name = {
        name: [one for one in entries if one.get("command") == f"plan.{name}"]
        for name in ("make", "approve", "execute")
    }
    assert [by_name[name][0]["actor_name"] for name in by_name] == ["Ma", "Chen", "Ma"]
    digests = {by_name[name][0]["summary"]["digest"] for name in by_name}
    assert digests == {done.digest}
    assert by_name["execute"][0]["summary"]["approved_by"] == "Chen"
    writes = [one for one in entries if one.get("command") == "signal.write"]
    assert [one["reason"] for one in writes] == [f"{done.content.title} · {n}/3 · {plan}" for n in (1, 2, 3)]
    assert [step.command_id for step in done.run.steps] == [one["command_id"] for one in writes]


async def test_the_intention_is_durable_before_the_step_goes_out(bench: Bench) -> None:
    seen: list[str] = []
    bench.platform.bus.subscribe(
        lambda outcome, diff: seen.append(outcome.command if outcome.command != "plan.note" else _noted(diff))
    )
    plan = await bench.begin(write(FIRST, 21))
    await bench.until_state(plan, "done")
    await until(lambda: seen.count("done") == 2)
    assert [one for one in seen if one != "plan.execute"][-4:] == ["sending", "signal.write", "done", "done"]


def _noted(diff: Diff) -> str:
    record = next(iter(diff.updated.values()))[1]
    return str(record["run"]["steps"][0]["state"])


async def test_only_what_is_approved_runs_and_only_once(bench: Bench) -> None:
    plan = await bench.make(write(FIRST, 21))
    assert await refused(bench.run("execute", plan=plan)) == "runtime.plan_state_wrong"
    await bench.run("reject", CHECKER, plan=plan, digest=bench.of(plan).digest, note="not now")
    assert await refused(bench.run("execute", plan=plan)) == "runtime.plan_state_wrong"
    await bench.approve(plan)
    await bench.run("execute", plan=plan)
    await bench.until_state(plan, "done")
    assert await refused(bench.run("execute", plan=plan)) == "runtime.plan_state_wrong"
    assert bench.written() == [21]


async def test_a_content_that_was_changed_behind_the_approval_does_not_run(bench: Bench) -> None:
    plan = await bench.make(write(FIRST, 21))
    await bench.approve(plan)
    kept = bench.of(plan)
    other = msgspec.structs.replace(kept.content, title="Another")
    key, record = diff_key(KIND, plan), stored(msgspec.structs.replace(kept, content=other))
    bench.platform.store.commit(Diff(updated={key: (stored(kept), record)}))
    assert await refused(bench.run("execute", plan=plan)) == "runtime.plan_not_approved"


async def test_a_person_pauses_resumes_and_stops_a_plan(bench: Bench) -> None:
    plan = await bench.begin(write(FIRST, 21), by_hand(), write(SECOND, 22))
    await until(lambda: bench.states(plan)[1] == "asked")
    await bench.run("pause", plan=plan)
    assert await refused(bench.run("confirm", plan=plan, step=2)) == "runtime.plan_state_wrong"
    assert await refused(bench.run("pause", plan=plan)) == "runtime.plan_state_wrong"
    reason = bench.of(plan).run.reason  # type: ignore[union-attr]
    assert reason is not None
    assert message(reason.code, reason.params).what == "Ma paused the plan."
    await bench.run("resume", plan=plan)
    await bench.run("confirm", CHECKER, plan=plan, step=2, note="valve 3")
    await bench.until_state(plan, "done")
    assert bench.written() == [21, 22]
    step = bench.of(plan).run.steps[1]  # type: ignore[union-attr]
    assert (step.confirmed_by, step.note) == ("Chen", "valve 3")

    other = await bench.begin(by_hand(), write(FIRST, 99))
    await until(lambda: bench.states(other)[0] == "asked")
    await bench.run("stop", plan=other)
    assert await refused(bench.run("resume", plan=other)) == "runtime.plan_state_wrong"
    await asyncio.sleep(0.3)
    assert 99 not in bench.written()


async def test_pausing_and_resuming_at_once_sends_nothing_twice(bench: Bench) -> None:
    plan = await bench.begin(*[write(FIRST, number) for number in range(1, 13)])
    codes = set()
    for _ in range(6):
        codes.add(await _code(bench.run("pause", plan=plan)))
        codes.add(await _code(bench.run("resume", plan=plan)))
        await asyncio.sleep(0.02)
    while bench.of(plan).state == "paused":
        codes.add(await _code(bench.run("resume", plan=plan)))
        await asyncio.sleep(0.02)
    assert codes <= {"", "runtime.plan_state_wrong", "runtime.plan_step_sending"}
    await bench.until_state(plan, "done")
    assert bench.written() == list(range(1, 13))


async def _code(work: Any) -> str:
    try:
        await work
    except XushiError as error:
        return error.code
    return ""


async def test_a_broken_condition_pauses_the_plan_by_itself_with_the_reason(bench: Bench) -> None:
    bench.show(GUARD, 1.0)
    plan = await bench.begin(write(FIRST, 21), by_hand(), write(SECOND, 22), guards=(HIGH,))
    await until(lambda: bench.states(plan)[1] == "asked")
    bench.show(GUARD, 6.0)
    paused = await bench.until_state(plan, "paused")
    assert paused.run is not None
    assert paused.run.reason is not None
    assert paused.run.reason.code == "runtime.plan_guard_true"
    assert "> 5" in message(paused.run.reason.code, paused.run.reason.params, "zh-CN").what
    await bench.run("resume", plan=plan)  # still broken: it pauses again before anything is sent
    await bench.until_state(plan, "paused")
    bench.show(GUARD, 2.0)
    await bench.run("resume", plan=plan)
    await bench.run("confirm", plan=plan, step=2)
    await bench.until_state(plan, "done")
    assert bench.written() == [21, 22]


async def test_a_condition_with_a_duration_holds_steps_back_before_it_reacts(bench: Bench) -> None:
    bench.show(GUARD, 9.0)
    slow = {"condition": {"signal": GUARD, "test": ">", "value": 5, "for_s": 60}}
    plan = await bench.begin(write(FIRST, 21), guards=(slow,))
    await asyncio.sleep(0.5)
    assert (bench.of(plan).state, bench.states(plan), bench.written()) == ("running", ["pending"], [])
    bench.show(GUARD, 1.0)
    await bench.until_state(plan, "done")
    assert bench.written() == [21]


@pytest.mark.parametrize("quality", [UNCERTAIN, BAD])
async def test_a_condition_that_cannot_be_told_suspends_and_never_aborts(bench: Bench, quality: int) -> None:
    bench.show(GUARD, 1.0)
    plan = await bench.begin(by_hand(), guards=({**HIGH, "effect": "abort"},))
    await until(lambda: bench.states(plan) == ["asked"])
    bench.show(GUARD, 9.0, quality)
    paused = await bench.until_state(plan, "paused")
    assert paused.run is not None
    assert paused.run.reason is not None
    assert paused.run.reason.code == "runtime.plan_guard_unknown"
    bench.show(GUARD, 9.0)
    await bench.run("resume", plan=plan)
    aborted = await bench.until_state(plan, "aborted")
    assert aborted.run is not None
    assert aborted.run.ended_ns is not None


async def test_a_condition_on_a_signal_without_any_value_suspends_before_anything_is_sent(bench: Bench) -> None:
    plan = await bench.begin(write(FIRST, 21), guards=(HIGH,))
    await bench.until_state(plan, "paused")
    assert bench.written() == []


async def test_a_step_is_left_out_where_its_condition_is_false(bench: Bench) -> None:
    bench.show(WISH, 1.0)
    plan = await bench.begin(
        write(FIRST, 21, only_when={"signal": WISH, "test": "=", "value": 2}),
        write(FIRST, 22, only_when={"signal": WISH, "test": "<=", "value": 1, "for_s": 0.2}),
    )
    await bench.until_state(plan, "done")
    assert (bench.states(plan), bench.written()) == (["skipped", "done"], [22])
    bench.show(WISH, 1.0, BAD)
    unknown = await bench.begin(write(FIRST, 23, only_when={"signal": WISH, "test": "=", "value": 1}))
    paused = await bench.until_state(unknown, "paused")
    assert paused.run is not None
    assert paused.run.reason is not None
    assert paused.run.reason.code == "runtime.plan_cannot_tell"


async def test_the_next_step_waits_for_what_was_asked_and_pauses_where_it_does_not_come(bench: Bench) -> None:
    bench.show(WISH, 1.0)
    wait = {"signal": WISH, "test": ">", "value": 3, "for_s": 0.2}
    plan = await bench.begin(write(FIRST, 21, wait_until=wait, timeout_s=0.5), write(SECOND, 22))
    paused = await bench.until_state(plan, "paused")
    assert paused.run is not None
    assert paused.run.reason is not None
    assert paused.run.reason.code == "runtime.plan_waited"
    assert bench.states(plan) == ["waiting", "pending"]
    await bench.run("resume", plan=plan)
    bench.show(WISH, 4.0)
    await bench.until_state(plan, "done")
    assert bench.written() == [21, 22]


async def test_a_refused_step_pauses_and_is_repeated_only_when_a_person_says_so(bench: Bench) -> None:
    plan = await bench.begin(write(FIRST, 21), write(SECOND, 22))
    await bench.until_state(plan, "done")
    content = {"title": "Too much", "steps": [write(FIRST, 31), write(SECOND, 32)]}
    made = (await bench.run("make", content=content)).result["plan"]
    await bench.approve(made)
    nobody = msgspec.structs.replace(MAKER, scopes=frozenset({"view"}))
    assert await refused(bench.run("execute", nobody, plan=made)) == "kernel.forbidden"
    await bench.server.shutdown()  # the machine goes away
    link = next(iter(bench.platform.links.statuses))
    await until(lambda: bench.platform.links.statuses[link].state != "live")
    await bench.run("execute", plan=made)
    await bench.until_state(made, "paused")
    assert bench.states(made)[0] in ("failed", "unknown")
    assert await refused(bench.run("resume", plan=made)) == "runtime.plan_step_open"
    await bench.run("resume", plan=made, step="done")
    await bench.until_state(made, "paused")
    assert bench.states(made)[0] == "done"
    assert bench.of(made).run.steps[0].confirmed_by == "Ma"  # type: ignore[union-attr]
    assert bench.states(made)[1] in ("failed", "unknown")


async def test_cancelling_its_job_pauses_a_plan(bench: Bench) -> None:
    plan = await bench.begin(by_hand())
    await until(lambda: bench.states(plan) == ["asked"])
    job = bench.platform.plans.job_of(plan)
    bench.platform.jobs.cancel(job)
    await bench.until_state(plan, "paused")
    await bench.run("resume", plan=plan)
    await bench.run("confirm", plan=plan, step=1)
    await bench.until_state(plan, "done")


async def test_a_plan_is_rolled_back_in_reverse_and_tells_what_has_no_inverse(bench: Bench) -> None:
    before = await bench.registers()
    bench.show(WISH, 0.0)
    plan = await bench.begin(
        write(FIRST, 21), by_hand(), write(SECOND, 22), write(SECOND, 23),
        write(FIRST, 24, only_when={"signal": WISH, "test": "=", "value": 1}),
    )  # fmt: skip
    await until(lambda: bench.states(plan)[1] == "asked")
    await bench.run("confirm", plan=plan, step=2)
    await bench.until_state(plan, "done")
    handle = bench.platform.registry.handle(SECOND)
    assert bench.platform.board.value(handle) is not None
    await bench.run("roll_back", plan=plan)
    back = await bench.until_state(plan, "rolled_back")
    assert back.run is not None
    assert [step.undo for step in back.run.steps] == ["done", "by_hand", "done", "done", ""]
    assert await bench.registers() == before
    assert bench.written()[:3] == [21, 22, 23]
    assert back.run.reason is not None
    assert back.run.reason.params == {"steps": "2"}
    assert await refused(bench.run("roll_back", plan=plan)) == "runtime.plan_state_wrong"
    await bench.run("delete", plan=plan)
    assert await refused(bench.run("check", plan=plan)) == "runtime.plan_unknown"


async def test_a_stopped_plan_takes_back_only_what_it_did(bench: Bench) -> None:
    before = await bench.registers()
    plan = await bench.begin(write(FIRST, 41), by_hand(), write(SECOND, 42))
    await until(lambda: bench.states(plan)[1] == "asked")
    assert await refused(bench.run("roll_back", plan=plan)) == "runtime.plan_state_wrong"
    await bench.run("stop", plan=plan)
    await bench.run("roll_back", plan=plan)
    await bench.until_state(plan, "rolled_back")
    assert await bench.registers() == before
    assert bench.written() == [41, before[0]]


async def test_a_plan_under_way_is_neither_revised_nor_deleted(bench: Bench) -> None:
    plan = await bench.begin(by_hand())
    content = {"title": "Other", "steps": [by_hand()]}
    assert await refused(bench.run("revise", plan=plan, content=content)) == "runtime.plan_state_wrong"
    assert await refused(bench.run("delete", plan=plan)) == "runtime.plan_state_wrong"
    await bench.run("stop", plan=plan)


async def test_no_more_plans_run_than_can_be_watched(bench: Bench) -> None:
    begun = [await bench.begin(by_hand()) for _ in range(10)]
    plan = await bench.make(by_hand())
    await bench.approve(plan)
    assert await refused(bench.run("execute", plan=plan)) == "runtime.plans_running"
    for one in begun:
        await bench.run("stop", plan=one)


async def test_the_dry_run_tells_device_protocol_value_right_and_inverse_of_each_step(bench: Bench) -> None:
    bench.show(GUARD, 9.0)
    rename = {"kind": "command", "command": "scene.rename", "params": {"place": "none", "name": {"en": "x"}}}
    plan = await bench.make(write(FIRST, 21), by_hand(), rename, guards=(HIGH,))
    found = (await bench.run("check", plan=plan)).result
    first, manual, third = found["steps"]
    assert first["devices"][0]["protocol"] == "modbus"
    assert first["effects"][0]["value"] == 21
    assert (first["right"], first["is_permitted"], first["has_inverse"]) == ("device:write", True, True)
    assert first["inverse"]["params"]["value"] == (await bench.registers())[0]
    assert manual["kind"] == "manual"
    assert third["error"]["zh-CN"]["what"]
    assert (found["is_ready"], found["is_clear"], found["guards"][0]["answer"]) == (False, False, "true")
    viewer = msgspec.structs.replace(MAKER, scopes=frozenset({"view"}))
    (seen,) = [(await bench.run("check", viewer, plan=plan)).result]
    assert (seen["steps"][0]["is_permitted"], len(seen["steps"][0]["devices"])) == (False, 1)
    assert (seen["steps"][2]["is_permitted"], seen["steps"][2]["effects"], seen["steps"][2]["error"]) == (
        False,
        [],
        None,
    )
    assert bench.written() == []
