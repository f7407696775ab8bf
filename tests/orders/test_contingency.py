"""What could be done about a machine that stands is rehearsed, told with its interval, and ranked by its outcome."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from xushi.kernel import Actor, XushiError
from xushi.runtime import SYSTEM, Platform
from xushi.runtime.foresight import FINISHED, WantedOrder, order_times, plant_of
from xushi.runtime.orders import contingencies, is_open, read_book
from xushi.runtime.plans import plan_of
from xushi.simulate import Model
from xushi.trust import OWN_HAND

PROMPT_S = 5.0  # on a busy computer; alone it is a fraction of a second


async def test_plans_for_a_broken_station_are_ranked_by_the_lateness_of_the_orders(book: Platform) -> None:
    outcome = await book.bus.run("contingency.rehearse", {"machine": "OP70", "minutes": 60}, SYSTEM)
    job = await book.jobs.wait(outcome.effects[0]["job"])
    assert job.state == "done", job.error
    (kept,) = contingencies(book.store)
    assert kept["id"] == job.result["id"]
    options = {one["id"]: one for one in kept["options"]}
    assert {"wait", "second_fitter", "stand_in.RWK1", "quicker", "set_aside"} <= set(options)
    means = [one["late_min"]["mean"] for one in kept["options"]]
    assert means == sorted(means)
    assert kept["repair_min"]["mean"] == 60
    assert options["wait"]["late_less"]["mean"] == 0
    assert options["stand_in.RWK1"]["late_less"]["is_clear"]
    assert options["stand_in.RWK1"]["late_less"]["low"] > 0
    assert options["second_fitter"]["late_less"]["mean"] > 0
    assert all(step["command"] == "signal.write" for step in options["quicker"]["steps"])
    assert all(set(one["title"]) == {"en", "zh-CN"} for one in kept["options"])


async def supposed(platform: Platform, **params: Any) -> dict[str, Any]:
    outcome = await platform.bus.run("contingency.rehearse", params, SYSTEM)
    job = await platform.jobs.wait(outcome.effects[0]["job"])
    assert job.state == "done", job.error
    found: dict[str, Any] = job.result
    return found


async def test_a_plan_of_an_option_promises_what_was_rehearsed_with_its_model_and_data(book: Platform) -> None:
    found = await supposed(book, machine="OP70", minutes=60)
    option = next(one for one in found["options"] if one["id"] == "stand_in.RWK1")
    params = {"contingency": found["id"], "option": option["id"]}
    made = await book.bus.run("plan.from_contingency", params, SYSTEM)
    job = await book.jobs.wait(made.effects[0]["job"])
    assert job.state == "done", job.error
    content = plan_of(book.store, made.result["plan"]).content
    assert content.promise is not None
    assert content.origin is not None
    promised = {one.id: one for one in content.promise.figures}
    assert promised["plant.good"].mean == option["good"]["mean"]
    assert promised["plant.good"].gain == option["good_more"]["mean"]
    assert promised["order.late_min"].gain is not None
    assert promised["order.late_min"].gain < 0
    assert content.origin.not_modelled == ()
    assert content.origin.model_sha256 == found["evidence"]["model_sha256"]
    assert content.origin.data_until_ms == found["at_ms"]
    with pytest.raises(XushiError) as caught:
        await book.bus.run("plan.from_contingency", {**params, "option": "wait"}, SYSTEM)
    assert caught.value.code == "runtime.contingency_option_unknown"


async def test_a_promise_that_somebody_wrote_is_none(book: Platform) -> None:
    figure = {"id": "plant.good", "mean": 1e6, "low": 1e6, "high": 1e6, "band_low": 0, "band_high": 1e6}
    promise = {"span_s": 60.0, "replications": 1_000, "level": 1.0, "figures": [figure]}
    step = {"kind": "manual", "text": {"en": "Hope", "zh-CN": "希望"}}
    content = {"title": "Hope", "steps": [step], "promise": promise, "origin": {"timeline": "live", "fork_ms": 0}}
    made = await book.bus.run("plan.make", {"content": content}, SYSTEM)
    assert made.result["is_promise_dropped"]
    kept = plan_of(book.store, made.result["plan"]).content
    assert (kept.promise, kept.origin) == (None, None)
    await book.bus.run("plan.revise", {"plan": made.result["plan"], "content": content}, SYSTEM)
    assert plan_of(book.store, made.result["plan"]).content.promise is None


async def test_options_are_made_with_what_was_stated_and_say_whose_figures_they_are(book: Platform) -> None:
    outcome = await book.bus.run("schedule.make", {"limit_s": 1}, SYSTEM)
    assert (await book.jobs.wait(outcome.effects[0]["job"])).state == "done"
    stated = {"second_fitter": 0.25, "quicker": 0.3, "places": 7}
    found = await supposed(book, machine="OP40", minutes=30, assumptions=stated)
    assert {name: one["source"] for name, one in found["assumptions"].items()} == {
        "repair_min": "assumed", "second_fitter": "given", "quicker": "given", "places": "given",
    }  # fmt: skip
    options = {one["id"]: one for one in found["options"]}
    assert options["second_fitter"]["steps"][0]["changes"][0]["factor"] == 0.25
    assert {step["params"]["value"] for step in options["quicker"]["steps"]} == {0.5}  # no set-point allows less
    assert "7 more" in options["set_aside"]["steps"][0]["text"]["en"]
    repair, sequence = options["reschedule"]["steps"]
    assert repair == {"command": "schedule.repair", "params": {"machine": "OP40", "minutes": 30}}
    assert set(sequence["params"]["sequence"]) == {order.id for order in read_book(book.store).orders}


async def test_a_rehearsal_tells_how_far_it_is_and_keeps_nothing_when_it_is_cancelled(book: Platform) -> None:
    told: list[float] = []
    stop_listening = book.jobs.subscribe(lambda job: told.append(job.progress))
    await supposed(book, machine="OP70", minutes=60)
    kept = contingencies(book.store)
    assert any(0 < share < 1 for share in told)
    assert told == sorted(told)
    stop_listening()

    moving = asyncio.Event()
    stop_listening = book.jobs.subscribe(lambda job: moving.set() if job.progress > 0 else None)
    outcome = await book.bus.run("contingency.rehearse", {"machine": "OP70", "minutes": 60}, SYSTEM)
    await moving.wait()
    stop_listening()
    book.jobs.cancel(outcome.effects[0]["job"])
    job = await asyncio.wait_for(book.jobs.wait(outcome.effects[0]["job"]), PROMPT_S)
    assert (job.state, job.result) == ("cancelled", None)
    assert contingencies(book.store) == kept


async def test_a_rehearsal_that_is_cancelled_before_it_has_begun_never_runs(book: Platform) -> None:
    outcome = await book.bus.run("contingency.rehearse", {"machine": "OP70"}, SYSTEM)
    book.jobs.cancel(outcome.effects[0]["job"])
    job = await book.jobs.wait(outcome.effects[0]["job"])
    assert job.state == "cancelled"
    assert contingencies(book.store) == []


async def test_a_breakdown_on_a_branch_is_rehearsed_from_its_fork_with_what_was_changed_on_it(book: Platform) -> None:
    forked = await book.bus.run("branch.fork", {"timeline": "live", "hours": 0.5}, SYSTEM)
    branch = forked.result["branch"]
    await asyncio.to_thread(book.branches.compute, branch)
    plant = plant_of(book)
    factor = next(one.signals["CycleTimeFactor"] for one in plant.machines() if one.id == "OP70")

    async def on_branch(command: str, params: dict[str, Any]) -> None:
        await book.bus.run("branch.run", {"branch": branch, "command": command, "params": params}, SYSTEM)

    await on_branch("signal.write", {"signal": factor, "value": 0.8})
    await on_branch("order.sequence", {"sequence": ["CO-2408", "CO-2407"]})
    await asyncio.to_thread(book.branches.compute, branch)
    found = await supposed(book, machine="OP70", minutes=60, timeline=branch)
    assert (found["timeline"], found["at_ms"]) == (branch, book.branches.get(branch).fork_ns / 1e6)
    assert [one["id"] for one in contingencies(book.store, branch)] == [found["id"]]
    assert contingencies(book.store, "live") == []
    options = {one["id"]: one for one in found["options"]}
    assert {"wait", "resequence", "stand_in.RWK1"} <= set(options)
    assert "reschedule" not in options  # a branch has no schedule
    written = {step["params"]["signal"]: step["params"]["value"] for step in options["quicker"]["steps"]}
    assert written[factor] == 0.72  # of the factor that is in force on the branch

    for step in [*options["quicker"]["steps"], *options["resequence"]["steps"]]:
        await on_branch(step["command"], step["params"])
    for step in options["stand_in.RWK1"]["steps"]:
        await book.bus.run("branch.change", {"branch": branch, "changes": step["changes"]}, SYSTEM)
    with pytest.raises(XushiError) as caught:
        await book.bus.run("plan.from_contingency", {"contingency": found["id"], "option": "quicker"}, SYSTEM)
    assert caught.value.code == "runtime.contingency_on_branch"
    await book.bus.run("branch.delete", {"branch": branch}, SYSTEM)
    with pytest.raises(XushiError) as caught:
        await book.bus.run("contingency.rehearse", {"machine": "OP70", "timeline": branch}, SYSTEM)
    assert caught.value.code == "runtime.branch_unknown"


async def test_the_orders_are_put_in_another_sequence_where_that_is_one(book: Platform) -> None:
    await book.bus.run("order.sequence", {"sequence": ["CO-2408", "CO-2407"]}, SYSTEM)
    outcome = await book.bus.run("contingency.rehearse", {"machine": "OP40", "minutes": 10}, SYSTEM)
    job = await book.jobs.wait(outcome.effects[0]["job"])
    best = job.result["options"][0]
    assert best["id"] == "resequence"
    assert best["late_less"]["is_clear"]
    assert best["steps"][0]["params"]["sequence"][:2] == ["CO-2401", "CO-2402"]
    (kept,) = contingencies(book.store)
    await book.bus.run(name=best["steps"][0]["command"], params=best["steps"][0]["params"], actor=SYSTEM)
    assert kept["over_ns"] is None


async def test_a_live_breakdown_is_open_until_somebody_sees_to_it_and_again_when_that_is_undone(book: Platform) -> None:
    outcome = await book.bus.run("contingency.rehearse", {"machine": "OP70", "minutes": 10}, SYSTEM)
    supposed = (await book.jobs.wait(outcome.effects[0]["job"])).result
    plans = {name: one for name, one in supposed.items() if name != "id"}
    key = (await book.bus.run("contingency.offer", {"plans": plans}, OWN_HAND)).result["id"]
    assert [one["id"] for one in contingencies(book.store) if is_open(one)] == [key]  # a supposed one never is

    def found() -> dict[str, Any]:
        return next(one for one in contingencies(book.store) if one["id"] == key)

    done = await book.bus.run("contingency.handle", {"id": key}, Actor("x", "Li", frozenset({"plan:write"})))
    assert found()["handled_by"] == "Li"
    assert not any(is_open(one) for one in contingencies(book.store))
    await book.bus.undo(done.command_id, SYSTEM)
    assert is_open(found())
    with pytest.raises(XushiError) as caught:
        await book.bus.run("contingency.handle", {"id": key}, Actor("x", "Li", frozenset({"view"})))
    assert caught.value.code == "kernel.forbidden"
    await book.bus.run("contingency.close", {"id": key}, OWN_HAND)
    assert not any(is_open(one) for one in contingencies(book.store))
    with pytest.raises(XushiError) as caught:
        await book.bus.run("contingency.handle", {"id": "none"}, SYSTEM)
    assert caught.value.code == "runtime.contingency_unknown"


async def test_a_machine_that_is_not_there_is_not_rehearsed(book: Platform) -> None:
    with pytest.raises(XushiError) as caught:
        await book.bus.run("contingency.rehearse", {"machine": "OP71"}, SYSTEM)
    assert caught.value.code == "runtime.schedule_machine_unknown"


async def test_a_forecast_tells_when_orders_are_done_and_which_will_be_late_and_why(book: Platform) -> None:
    await book.bus.run("order.change", {"id": "CO-2402", "due_ms": 1_800_007_200_000 + 600_000}, SYSTEM)
    outcome = await book.bus.run("foresight.forecast", {"hours": 2, "replications": 40}, SYSTEM)
    job = await book.jobs.wait(outcome.effects[0]["job"])
    assert job.state == "done", job.error
    orders = {one["id"]: one for one in job.result["orders"]}
    means = [one["done_s"]["mean"] for one in job.result["orders"]]
    assert means == sorted(means)
    assert 1200 < orders["CO-2401"]["done_s"]["mean"] < 2400  # 48 engines at a takt of 30 s
    assert orders["CO-2402"]["late_share"] == 1.0
    assert orders["CO-2408"]["within"] == 0.0
    (late,) = (one for one in job.result["warnings"] if one["code"] == "runtime.order_late")
    assert late["order"] == "CO-2402"
    assert "CO-2402" in late["text"]["zh-CN"]
    assert late["culprit"] in late["text"]["en"]


def test_times_of_orders_lie_between_samples_and_behind_the_horizon_at_the_mean_rate() -> None:
    import numpy as np

    class Outcome:
        sample_at_s = np.array([30.0, 60.0])
        samples = {FINISHED: np.array([[1.0, 3.0], [0.0, 0.0]])}  # noqa: RUF012
        model = Model(name="")
        locks = ()

    found = order_times(Outcome(), [WantedOrder("a", 2), WantedOrder("b", 4)])  # type: ignore[arg-type]
    assert found["a"].tolist() == [45.0, np.inf]
    assert found["b"].tolist() == [120.0, np.inf]
