"""What a rehearsal promises, and what the history tells of it afterwards, on recorded hours of the demo line."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from xushi.demo._physics import PlantModel
from xushi.kernel import ManualClock, XushiError
from xushi.runtime import SYSTEM, Platform
from xushi.runtime.branches import Branch, Edit
from xushi.runtime.foresight import ModelChange, plant_of
from xushi.runtime.plans import (
    CommandStep,
    ManualStep,
    Plan,
    PlanCondition,
    PromisedLocks,
    _measuring,
    measure,
    plan_of,
    read_content,
    write_content,
)
from xushi.runtime.plans._effects import effects_of
from xushi.runtime.plans._from_branch import steps_of
from xushi.runtime.plans._stops import stop_steps
from xushi.signals import BAD_NO_COMMUNICATION, Frame
from xushi.testing import import_plant, record_plant

from .conftest import until

S = 1_000_000_000
START_NS = 1_800_000_000 * S
SPAN_S = 1_800.0
ROOT = "urn:xushi:demo:submodel:"


class Line:
    """An hour of the demo line, a plan executed at its end, and the half hour after it."""

    def __init__(self, platform: Platform, plan: str, finished: int) -> None:
        self.platform = platform
        self.plan_id = plan
        self.finished = finished

    @property
    def plan(self) -> Plan:
        return plan_of(self.platform.store, self.plan_id)


def value(platform: Platform, key: str, at_ns: int) -> Any:
    handle = platform.registry.handle(ROOT + key)
    return next(iter(platform.timelines.get("live").snapshot(at_ns, [handle]).rows(platform.registry)))[2]


async def until_job_ends(platform: Platform, outcome: Any) -> dict[str, Any]:
    job = await platform.jobs.wait(outcome.effects[0]["job"])
    assert job.state == "done", job.error
    result: dict[str, Any] = job.result
    return result


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Any:
    clock = ManualClock(START_NS)
    with Platform.open(tmp_path_factory.mktemp("promise") / "data", clock) as platform:
        plant = PlantModel(1, START_NS)

        async def run() -> str:
            await import_plant(platform)
            record_plant(platform, plant, 3_600.0)
            clock.advance(3_600 * S)
            changes = [{"element": "OP90", "figure": "repair_time", "factor": 0.9}]
            steps = [{"kind": "manual", "text": {"en": "Help", "zh-CN": "协助"}, "changes": changes}]
            run = platform.bus.run
            plan: str = (await run("plan.make", {"content": {"title": "Help", "steps": steps}}, SYSTEM)).result["plan"]
            rehearse = {"plan": plan, "hours": SPAN_S / 3600, "replications": 20}
            await until_job_ends(platform, await run("plan.rehearse", rehearse, SYSTEM))
            digest = plan_of(platform.store, plan).digest
            await run("plan.approve", {"plan": plan, "digest": digest}, SYSTEM)
            outcome = await run("plan.execute", {"plan": plan}, SYSTEM)
            await until(lambda: plan_of(platform.store, plan).run.steps[0].state == "asked")  # type: ignore[union-attr]
            await run("plan.confirm", {"plan": plan, "step": 1}, SYSTEM)
            await until_job_ends(platform, outcome)
            return plan

        plan = asyncio.run(run())
        assert measure(platform, plan_of(platform.store, plan)).state == "not_yet"
        record_plant(platform, plant, 3_600.0 + SPAN_S + 60.0)
        clock.advance(int((SPAN_S + 60) * S))
        begin_ns, end_ns = START_NS + 3_600 * S, START_NS + int((3_600 + SPAN_S) * S)
        finished = "PLC1:OperationalData#Engines.Finished"
        yield Line(platform, plan, value(platform, finished, end_ns) - value(platform, finished, begin_ns))


def test_a_rehearsal_keeps_its_promise_with_model_data_and_chance(line: Line) -> None:
    content = line.plan.content
    assert content.promise is not None
    assert content.origin is not None
    good = content.promise.figures[0]
    assert good.id == "plant.good"
    assert good.band_low is not None
    assert good.mean is not None
    assert good.band_high is not None
    assert good.band_low <= good.mean <= good.band_high
    assert good.gain_low is not None
    assert good.gain is not None
    assert good.gain_low <= good.gain
    assert content.origin.fork_ms == pytest.approx((START_NS + 3_600 * S) / 1e6)
    assert len(content.origin.model_sha256) == 64
    assert content.origin.not_modelled == ()
    entries = line.platform.evidence.entries(0, 1000)
    (kept,) = (one for one in entries if one.get("command") == "plan.keep_rehearsal")
    assert kept["summary"]["origin"]["model_sha256"] == content.origin.model_sha256
    assert kept["summary"]["digest"] == line.plan.digest


def test_what_happened_is_what_the_line_itself_counted(line: Line) -> None:
    found = measure(line.platform, line.plan)
    happened = {one.id: one.happened for one in found.figures}
    assert happened["plant.good"] == line.finished
    assert happened["plant.throughput_per_h"] == pytest.approx(line.finished * 3600 / SPAN_S)
    assert found.state in ("kept", "broken")


@pytest.mark.parametrize(
    ("id", "low", "high", "state"),
    [
        ("plant.good", -5, 5, "kept"), ("plant.good", -9, -5, "kept"), ("plant.good", 1, 5, "broken"),
        ("plant.energy_kwh", -1e3, 1e3, "kept"), ("plant.energy_kwh", -2e3, -1e3, "broken"),
        ("plant.energy_kwh", 1e3, 2e3, "kept"), ("plant.energy_kwh", None, 1e3, "unknown"), ("other", 0, 1, "unknown"),
    ],
)  # fmt: skip
def test_a_figure_is_kept_within_its_band_or_beyond_it_on_the_better_side(
    line: Line, id: str, low: float | None, high: float, state: str
) -> None:
    plan, base = line.plan, float(line.finished)
    assert plan.content.promise is not None
    figure = next(one for one in plan.content.promise.figures if id in (one.id, "other"))
    if id == "plant.energy_kwh":
        base = next(one.happened for one in measure(line.platform, plan).figures if one.id == id) or 0.0
    moved = msgspec.structs.replace(
        figure, id=id, band_low=None if low is None else base + low, band_high=base + high
    )  # fmt: skip
    promise = msgspec.structs.replace(plan.content.promise, figures=(moved,))
    content = msgspec.structs.replace(plan.content, promise=promise)
    found = measure(line.platform, msgspec.structs.replace(plan, content=content))
    assert (found.figures[0].state, found.state) == (state, state)


@pytest.mark.parametrize(
    ("bands", "state"),
    [
        ((0, 0), "kept"), ((0, None), "unknown"), ((None, 0), "unknown"), ((1, None), "broken"),
        ((None, None), "unknown"),
    ],
)  # fmt: skip
def test_a_promise_is_kept_only_where_every_figure_is_known_and_broken_where_one_is(
    line: Line, bands: tuple[int | None, int | None], state: str
) -> None:
    plan = line.plan
    assert plan.content.promise is not None
    figure = next(one for one in plan.content.promise.figures if one.id == "plant.good")
    figures = tuple(
        msgspec.structs.replace(figure, band_low=None if low is None else line.finished + low, band_high=1e6)
        for low in bands
    )
    promise = msgspec.structs.replace(plan.content.promise, figures=figures)
    content = msgspec.structs.replace(plan.content, promise=promise)
    assert measure(line.platform, msgspec.structs.replace(plan, content=content)).state == state


def test_no_energy_is_promised_where_a_machine_has_no_meter(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    plant = plant_of(line.platform)
    assert "plant.energy_kwh" in _measuring.measurable_figures(line.platform, plant)
    roles = _measuring.find_roles(line.platform, plant)
    roles["OP40"].pop("Energy")
    monkeypatch.setattr(_measuring, "find_roles", lambda platform, of: roles)
    assert _measuring.measurable_figures(line.platform, plant) == ("plant.good", "plant.throughput_per_h")


def test_a_plan_without_promise_or_run_has_nothing_to_measure(line: Line) -> None:
    for plan in (
        msgspec.structs.replace(line.plan, run=None),
        msgspec.structs.replace(line.plan, content=msgspec.structs.replace(line.plan.content, promise=None)),
    ):
        with pytest.raises(XushiError) as refused:
            measure(line.platform, plan)
        assert refused.value.code == "runtime.plan_not_measurable"


def test_effects_come_when_the_waits_of_the_plan_are_over_each_with_those_before_it(line: Line) -> None:
    platform = line.platform
    plant = plant_of(platform)
    key = ROOT + "OP90:OperationalData#CycleTimeFactor"
    held = PlanCondition(signal=key, test="<", value=1.0, for_s=600.0)
    quick = ModelChange(element="OP90", figure="repair_time", factor=0.9)
    words = {"en": "Help", "zh-CN": "协助"}
    steps = (
        CommandStep(command="signal.write", params={"signal": key, "value": 0.9}, wait_until=held),
        ManualStep(text=words, changes=(quick,)),
        ManualStep(text=words),
        CommandStep(command="signal.write", params={"signal": key, "value": 0.8}, only_when=held),
    )
    found = effects_of(platform, plant, steps, {}, 3_600.0, START_NS)
    slower, quicker = (ModelChange(element="OP90", figure="cycle_time", factor=factor) for factor in (0.9, 0.8))
    assert found.not_modelled == (3,)
    assert found.stages == ((0.0, (slower,)), (600.0, (quick, slower)), (1_200.0, (quick, quicker)))
    assert [at_s for at_s, _ in effects_of(platform, plant, steps, {}, 1_000.0, START_NS).stages] == [0.0, 600.0]
    late = effects_of(platform, plant, steps[3:], {}, 1_000.0, START_NS)
    assert late.stages == ((0.0, ()), (600.0, (quicker,)))


def test_a_plan_that_waits_promises_less_than_one_that_acts_at_once(line: Line) -> None:
    platform = line.platform

    async def gain(wait_s: float) -> float:
        key = ROOT + "PLC1:OperationalData#LineSpeed"
        changes = [
            {"element": node.id, "figure": "cycle_time", "factor": 0.5} for node in plant_of(platform).machines()
        ]
        step = {"kind": "manual", "text": {"en": "Hurry", "zh-CN": "加快"}, "changes": changes}
        if wait_s:
            step["only_when"] = {"signal": key, "test": ">", "value": 0.5, "for_s": wait_s}
        made = await platform.bus.run("plan.make", {"content": {"title": "Hurry", "steps": [step]}}, SYSTEM)
        plan = made.result["plan"]
        rehearse = {"plan": plan, "hours": 1.0, "replications": 20}
        await until_job_ends(platform, await platform.bus.run("plan.rehearse", rehearse, SYSTEM))
        promise = plan_of(platform.store, plan).content.promise
        await platform.bus.run("plan.delete", {"plan": plan}, SYSTEM)
        assert promise is not None
        return promise.figures[0].gain or 0.0

    at_once, later, too_late = (asyncio.run(gain(wait_s)) for wait_s in (0.0, 1_800.0, 7_200.0))
    assert at_once > later > too_late == 0


def test_a_planned_stop_is_promised_as_it_was_compared_and_carried_out_at_its_times(line: Line) -> None:
    platform = line.platform
    at_ms = platform.clock.now_ns() / 1e6

    async def run() -> tuple[dict[str, Any], Plan]:
        run = platform.bus.run
        branch = (await run("branch.fork", {"hours": 1.0, "title": "Stop OP30"}, SYSTEM)).result["branch"]
        await asyncio.to_thread(platform.branches.compute, branch)
        stop = {"machine": "OP30", "start_ms": at_ms + 600e3, "end_ms": at_ms + 2_400e3}
        write = {"signal": ROOT + "OP90:OperationalData#CycleTimeFactor", "value": 0.9}
        for command, params in (("maintenance.add", stop), ("signal.write", write)):
            await run("branch.run", {"branch": branch, "command": command, "params": params}, SYSTEM)
        compare = await run("foresight.compare", {"branches": [branch], "replications": 20}, SYSTEM)
        compared = await until_job_ends(platform, compare)
        made = await run("plan.from_branch", {"branch": branch, "replications": 20}, SYSTEM)
        await until_job_ends(platform, made)
        return compared, plan_of(platform.store, made.result["plan"])

    compared, plan = asyncio.run(run())
    (chosen,) = (one for one in compared["alternatives"] if one["name"] == "Stop OP30")
    promise, origin = plan.content.promise, plan.content.origin
    assert promise is not None
    assert origin is not None
    assert origin.not_modelled == ()
    for figure in promise.figures:
        assert figure.mean == pytest.approx(chosen["figures"][figure.id]["mean"])
        assert figure.gain == pytest.approx(chosen["differences"][figure.id]["mean"])
    assert (promise.figures[0].gain or 0.0) < -20  # half an hour of a takt of 30 s, less what the buffers bridge
    steps = plan.content.steps
    assert [getattr(step, "command", "by hand") for step in steps] == [
        "maintenance.add", "signal.write", "device.act", "device.act"
    ]  # fmt: skip
    assert [step.at_ms for step in steps] == [None, None, at_ms + 600e3, at_ms + 2_400e3]
    verbs = [step.params["action"].rpartition(".")[2] for step in steps[2:] if isinstance(step, CommandStep)]
    assert verbs == ["Stop", "Start"]


def test_a_machine_without_actions_is_stopped_by_a_person_and_the_plan_says_so(line: Line) -> None:
    platform, plant = line.platform, plant_of(line.platform)
    pause = ModelChange(element="B40", figure="pause", from_min=1, to_min=2)
    first, second = stop_steps(platform, plant, "B40", 1e12, 2e12, (pause,))  # a conveyor has no stop
    assert isinstance(first, ManualStep)
    assert isinstance(second, ManualStep)
    assert first.text["en"].startswith("Stop B40")
    assert (first.at_ms, first.changes, second.at_ms, second.changes) == (1e12, (pause,), 2e12, ())


def test_a_plan_with_which_futures_lock_promises_so_in_words_and_another_stays_as_it_was_approved(line: Line) -> None:
    changes = [
        {"element": "OP60", "figure": "share", "to": "B61", "share": 0.5},
        {"element": "OP60", "figure": "first_input", "to": "B50"},
    ]
    steps = [{"kind": "manual", "text": {"en": "Reroute", "zh-CN": "改道"}, "changes": changes}]

    async def rehearse() -> Plan:
        run = line.platform.bus.run
        made = await run("plan.make", {"content": {"title": "Reroute", "steps": steps}}, SYSTEM)
        plan: str = made.result["plan"]
        await until_job_ends(
            line.platform, await run("plan.rehearse", {"plan": plan, "hours": 1.0, "replications": 10}, SYSTEM)
        )
        return plan_of(line.platform.store, plan)

    content = asyncio.run(rehearse()).content
    assert content.promise is not None
    locks = content.promise.locks
    assert isinstance(locks, PromisedLocks)
    assert 0 < locks.count <= locks.futures == 10
    assert f"{locks.count} of 10 futures lock" in locks.text["en"]
    assert f"10 种未来中有 {locks.count} 种会锁死" in locks.text["zh-CN"]
    assert set(locks.repair) == {"en", "zh-CN"}
    assert read_content(write_content(content)) == content
    assert line.plan.content.promise is not None
    assert "locks" not in msgspec.to_builtins(line.plan.content.promise)  # else its digest were another one


def test_z_a_gap_in_the_records_makes_the_outcome_unknown(line: Line) -> None:
    platform = line.platform
    handle = platform.registry.handle(f"{ROOT}B100:OperationalData#Count")
    at_ns = START_NS + 4_000 * S
    platform.history.append(Frame.from_rows(platform.registry, [(handle, at_ns, 0, BAD_NO_COMMUNICATION)]))
    found = measure(platform, line.plan)
    states = {one.id: one.state for one in found.figures}
    assert states["plant.good"] == "unknown"
    assert found.state == ("broken" if "broken" in states.values() else "unknown")


def test_commands_of_a_branch_become_steps_and_model_changes_what_a_person_does() -> None:
    write = {"signal": "urn:x#F", "value": 0.9}
    parent = Branch(
        id="a", title="A", parent="live", fork_ns=1, until_ns=2, look_back_ns=0, seed=1, created_by="x", created_ns=1,
        edits=(Edit(command="signal.write", params=write),),
    )  # fmt: skip
    changes = (
        ModelChange(element="B40", figure="capacity", value=12),
        ModelChange(element="OP20", figure="pause", from_min=10, to_min=20),
        ModelChange(element="OP10", figure="share", share=0.25, to="B10"),
        ModelChange(element="OP60", figure="first_input", to="B50"),
        ModelChange(element="OP30", figure="stopped"),
        ModelChange(element="OP50", figure="repair_time", factor=0.5),
    )
    branch = msgspec.structs.replace(parent, id="b", before=parent, edits=(Edit(changes=changes),))
    steps = steps_of(branch, lambda one: {}, lambda stop: ())
    assert [type(step).__name__ for step in steps] == ["CommandStep", "ManualStep"]
    text = steps[1].text  # type: ignore[union-attr]
    assert text["en"] == (
        "Change the capacity of B40 to 12; Pause OP20 from 10 to 20 min after the start; Send 25 % of what leaves OP10 "
        "to B10; Let OP60 take from B50 first; Stop OP30; Change the repair time of OP50 to 50 %"
    )
    assert text["zh-CN"].startswith("将 B40 的容量改为 12；开始后第 10 至 20 分钟暂停 OP20")
    with pytest.raises(XushiError) as refused:
        steps_of(msgspec.structs.replace(parent, edits=()), lambda one: {}, lambda stop: ())
    assert refused.value.code == "runtime.branch_unchanged"
