"""The model of the demo plant comes out of its twins and records, and its forecasts hold."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from xushi import simulate
from xushi.demo._physics import PlantModel
from xushi.kernel import ManualClock, XushiError
from xushi.runtime import SYSTEM, Platform
from xushi.runtime.foresight import (
    Alternative,
    Fork,
    ModelChange,
    changed_model,
    fork,
    plant_of,
    read_records,
    run_comparison,
    run_forecast,
)
from xushi.testing import import_plant, record_plant

from .conftest import HOURS, START_NS, S

AT_NS = START_NS + 3 * 3600 * S


@pytest.fixture(scope="module")
def forked(recorded: Platform) -> Fork:
    plant = plant_of(recorded)
    return fork(plant, recorded.timelines.get("live"), START_NS, AT_NS)


def value(platform: Platform, path: str, at_ns: int) -> Any:
    handle = platform.registry.handle(f"urn:xushi:demo:submodel:{path}")
    return next(iter(platform.timelines.get("live").snapshot(at_ns, [handle]).rows(platform.registry)))[2]


def figures(told: dict[str, Any]) -> dict[str, Any]:
    """The figures of a forecast by their id."""
    return {one["id"]: one for one in told["figures"]}


def test_the_twins_tell_every_machine_buffer_and_way_of_the_material(forked: Fork) -> None:
    plant = forked.plant
    assert {node.id for node in plant.machines()} == {*(f"OP{n}0" for n in range(1, 11)), "RWK1"}
    assert {node.id for node in plant.buffers()} == {
        *(f"B{n}0" for n in range(1, 11)), "B61", "B91", "B95"
    }  # fmt: skip
    assert [flow.before for flow in plant.into("OP60")] == ["B95", "B50"]  # from rework first
    assert [flow.behind for flow in plant.out_of("OP90")] == ["B90", "B91"]
    assert plant.diagnoses == ()


def test_a_machine_without_what_is_needed_is_told_with_what_to_do(recorded: Platform) -> None:
    twins = recorded.twins
    submodel_id = "urn:xushi:demo:submodel:OP40:TechnicalData"
    whole = twins.submodel(submodel_id)
    assert whole is not None
    key = ("submodel", submodel_id)
    known = twins._parsed[key]
    try:
        twins._parsed[key] = (known[0], msgspec.structs.replace(whole, submodel_elements=()))
        twins.edition += 1
        (told,) = plant_of(recorded).diagnoses
    finally:
        twins._parsed[key] = known
        twins.edition += 1
    assert (told.code, told.place) == ("runtime.cycle_time_missing", "OP40")
    assert "CycleTime" in told.repair("en")
    assert "CycleTime" in told.repair("zh-CN")


def test_records_give_the_times_the_plant_really_has(forked: Fork) -> None:
    described = {"OP10": 26.0, "OP40": 30.0, "OP60": 27.0, "OP100": 25.0}
    for machine, cycle_s in described.items():
        work = forked.calibration.works[machine]
        assert work.mean_s == pytest.approx(cycle_s, rel=0.01)
    estimates = {(one.element, one.figure): one for one in forked.calibration.estimates}
    assert estimates["OP40", "work"].source in ("fitted", "records")
    assert estimates["OP40", "work"].ks_p is not None
    assert estimates["OP60→B61", "share"].mean < 0.08
    assert all(0.9 * one < 13.7 for name, one in forked.calibration.transfers.items() if name == "B70")


def test_the_start_state_is_what_the_plant_showed_at_that_instant(recorded: Platform, forked: Fork) -> None:
    inside = sum(
        part.product == "part"  # not the material
        for machine in forked.state.machines.values()
        for part in (*machine.parts, *(one for held in machine.held.values() for one in held))
    )
    assert inside == value(recorded, "PLC1:OperationalData#Engines.InProcess", AT_NS)
    for buffer in forked.plant.buffers():
        places = [
            state for name, state in forked.state.machines.items() if name.rpartition("-")[0] == buffer.id
        ]  # fmt: skip
        assert len(places) == value(recorded, f"{buffer.id}:OperationalData#Count", AT_NS)


def test_nothing_after_the_fork_is_looked_at(recorded: Platform, forked: Fork) -> None:
    plant, timeline = forked.plant, recorded.timelines.get("live")
    records = read_records(timeline, plant, START_NS, AT_NS)
    assert all(max(one.left_ns, default=0) < AT_NS for one in records.machines.values())
    worked_s = sum(one.worked_s for one in records.machines.values())
    assert 0 < worked_s < len(records.machines) * 3 * 3600


def test_a_forecast_of_a_past_hour_holds_what_then_happened(recorded: Platform, forked: Fork) -> None:
    told = run_forecast(forked, 3600.0, 100, 1, {"OP40": 27.0}, START_NS + 3600 * S)
    finished = "PLC1:OperationalData#Engines.Finished"
    made = value(recorded, finished, AT_NS + 3600 * S) - value(recorded, finished, AT_NS)
    output = next(one for one in told["figures"] if one["id"] == "output")
    spread = output["band_high"] - output["band_low"]
    assert output["band_low"] - spread < made < output["band_high"] + spread
    assert output["low"] < output["mean"] < output["high"]
    assert told["output"]["middle"][-1] == pytest.approx(output["mean"], abs=3)
    since = value(recorded, finished, AT_NS) - value(recorded, finished, START_NS + 3600 * S)
    assert told["so_far"]["count"] == pytest.approx(since, abs=3)  # left the last machine, not yet the last buffer
    oee = next(one for one in told["machines"] if one["id"] == "OP40")["oee"]
    assert 0.5 < oee["mean"] < 1.0
    assert told["bottleneck"]["machine"] in ("OP40", "OP90", "OP60", "OP30")
    lead = told["bottleneck"]["lead"]
    assert lead["low"] < lead["mean"] < lead["high"]
    assert len(msgspec.json.encode(told)) < 100_000


# ---- every figure of a forecast, beside what the plant then did
@pytest.fixture(scope="module")
def an_hour(forked: Fork) -> dict[str, Any]:
    """The forecast of the last recorded hour; every machine is planned to take 27 s for a part."""
    planned_s = dict.fromkeys((node.id for node in forked.plant.machines()), 27.0)
    return run_forecast(forked, 3600.0, 100, 1, planned_s)


def test_the_levels_of_the_buffers_are_those_that_the_plant_then_had(
    recorded: Platform, an_hour: dict[str, Any]
) -> None:
    instants_ns = [round(at_ms * 1e6) for at_ms in an_hour["instants_ms"]]
    inside, expected, seen = [], 0.0, 0.0
    for buffer in an_hour["buffers"]:
        low, middle, high = (np.array(buffer[one]) for one in ("low", "middle", "high"))
        levels = np.array([value(recorded, f"{buffer['id']}:OperationalData#Count", at_ns) for at_ns in instants_ns])
        assert (low >= 0).all()
        assert (low <= middle).all()
        assert (high <= buffer["capacity"]).all()
        inside.append(np.mean((low <= levels) & (levels <= high)))
        expected, seen = expected + middle.mean(), seen + levels.mean()
    assert np.mean(inside) > 0.8
    assert expected == pytest.approx(seen, rel=0.2)


def test_the_energy_of_the_machines_is_what_they_then_took(forked: Fork, an_hour: dict[str, Any]) -> None:
    plant, read_kwh = PlantModel(1, START_NS), []
    for until_s in (3 * 3600.0, 4 * 3600.0):
        plant.run_until(until_s)
        read_kwh.append(sum(plant.accounts[node.id].energy_kwh for node in forked.plant.machines()))
    energy = figures(an_hour)["energy"]
    assert energy["band_low"] < read_kwh[1] - read_kwh[0] < energy["band_high"]
    assert energy["mean"] == pytest.approx(read_kwh[1] - read_kwh[0], rel=0.1)


def test_the_throughput_is_the_output_by_the_time(recorded: Platform, forked: Fork, an_hour: dict[str, Any]) -> None:
    half = figures(run_forecast(forked, 1800.0, 40, 1, {}))
    assert half["throughput"]["mean"] == pytest.approx(2 * half["output"]["mean"], rel=1e-4)
    assert half["throughput"]["low"] == pytest.approx(2 * half["output"]["low"], rel=1e-4)
    finished = "PLC1:OperationalData#Engines.Finished"
    made = value(recorded, finished, AT_NS + 3600 * S) - value(recorded, finished, AT_NS)
    throughput = figures(an_hour)["throughput"]
    assert throughput["band_low"] <= made <= throughput["band_high"]


def test_the_oee_of_the_machines_is_what_it_then_was(recorded: Platform, forked: Fork, an_hour: dict[str, Any]) -> None:
    plant = forked.plant
    records = read_records(recorded.timelines.get("live"), plant, AT_NS, AT_NS + 3600 * S)
    inside = []
    for told in an_hour["machines"]:
        if told["id"] != "RWK1" and len(plant.out_of(told["id"])) == 1:  # all that it makes is good
            oee = len(records.machines[told["id"]].left_ns) * 27.0 / 3600.0
            inside.append(told["oee"]["band_low"] <= oee <= told["oee"]["band_high"])
            assert told["oee"]["mean"] == pytest.approx(oee, abs=0.06)
            assert told["oee"]["low"] < told["oee"]["mean"] < told["oee"]["high"]
    assert len(inside) == 8
    assert np.mean(inside) >= 0.75


def test_a_long_stop_is_announced_downstream_with_its_reason(forked: Fork) -> None:
    broken = simulate.MachineState(down="failure", down_left_s=5400.0)
    state = msgspec.structs.replace(forked.state, machines={**forked.state.machines, "OP20": broken})
    told = run_forecast(msgspec.structs.replace(forked, state=state), 7200.0, 50, 1, {})
    (warning,) = told["warnings"]  # of all that wait for OP20 the first
    assert (warning["machine"], warning["culprit"], warning["cause"]) == ("OP30", "OP20", "down")
    assert warning["in_s"] < 3600
    assert "OP20" in warning["text"]["en"]
    assert "OP20 停机" in warning["text"]["zh-CN"]


def test_a_comparison_tells_a_better_line_from_the_same_one(forked: Fork) -> None:
    bottlenecks = [ModelChange(element=one, figure="cycle_time", factor=0.9) for one in ("OP40", "OP90", "OP30")]
    alternatives = [
        Alternative(name="quicker", changes=tuple(bottlenecks)),
        Alternative(name="same", changes=(ModelChange(element="OP40", figure="repair_time", factor=1.0),)),
        Alternative(name="longer belt", changes=(ModelChange(element="B30", figure="capacity", value=8),)),
    ]
    told = run_comparison(forked, alternatives, 8 * 3600.0, 30, 1)
    by_name = {one["name"]: one for one in told["alternatives"]}
    assert told["best"] == "quicker"
    assert by_name["quicker"]["differences"]["plant.good"]["is_clear"]
    assert by_name["quicker"]["differences"]["plant.good"]["low"] > 0
    assert by_name["same"]["differences"]["plant.good"]["mean"] == 0
    assert not by_name["same"]["differences"]["plant.good"]["is_clear"]
    assert set(by_name) == {"now", "quicker", "same", "longer belt"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (ModelChange(element="OP41", figure="cycle_time", factor=0.9), "runtime.change_unknown"),
        (ModelChange(element="B30", figure="cycle_time", factor=0.9), "runtime.change_unknown"),
        (ModelChange(element="OP40", figure="capacity", value=4), "runtime.change_unknown"),
        (ModelChange(element="OP40", figure="vehicles", value=3), "runtime.change_unknown"),
        (ModelChange(element="OP40", figure="cycle_time"), "runtime.change_wrong"),
        (ModelChange(element="B30", figure="capacity", value=1), "runtime.change_wrong"),
    ],
)
def test_a_change_of_what_is_not_there_names_it(forked: Fork, change: ModelChange, code: str) -> None:
    with pytest.raises(XushiError) as caught:
        changed_model(forked.model, [change])
    assert caught.value.code == code
    assert caught.value.params["element"] == change.element
    assert change.figure not in caught.value.text("zh-CN").what  # told by its word


async def run_job(platform: Platform, command: str, params: dict[str, Any]) -> Any:
    outcome = await platform.bus.run(command, params, SYSTEM)
    return await platform.jobs.wait(outcome.effects[0]["job"])


async def test_the_commands_run_as_jobs_and_answer(recorded: Platform) -> None:
    job = await run_job(recorded, "foresight.forecast", {"hours": 1, "replications": 20})
    assert job.state == "done", job.error
    assert job.result["at_ms"] == (START_NS + HOURS * 3600 * S) / 1e6
    assert job.result["until_ms"] - job.result["at_ms"] == 3_600_000
    changes = [{"element": "OP40", "figure": "cycle_time", "factor": 0.9}]
    params = {"hours": 1, "replications": 10, "alternatives": [{"name": "quick", "changes": changes}]}
    job = await run_job(recorded, "foresight.compare", params)
    assert job.state == "done", job.error
    assert [one["name"] for one in job.result["alternatives"]] == ["now", "quick"]
    assert job.result["judged_by"] == "output"
    asked = await run_job(recorded, "foresight.compare", params | {"judge_by": "energy"})
    assert (asked.result["judged_by"], asked.result["best"]) == ("energy", asked.result["verdicts"]["energy"]["best"])
    refused = await run_job(recorded, "foresight.compare", params | {"judge_by": "lateness"})
    assert (refused.state, refused.error["code"]) == ("failed", "runtime.nothing_due")


async def test_a_job_of_foresight_can_be_cancelled(recorded: Platform) -> None:
    outcome = await recorded.bus.run("foresight.forecast", {"hours": 24, "replications": 300}, SYSTEM)
    job = recorded.jobs.cancel(outcome.effects[0]["job"])
    assert (await recorded.jobs.wait(job.id)).state == "cancelled"


async def test_a_full_queue_is_refused_and_takes_more_once_it_is_shorter(recorded: Platform) -> None:
    params = {"hours": 24, "replications": 300}
    jobs: list[str] = []
    refusal = ""
    while not refusal and len(jobs) < 50:
        try:
            given = await recorded.bus.run("foresight.forecast", params, SYSTEM)
        except XushiError as error:
            refusal = error.code
        else:
            jobs.append(given.effects[0]["job"])
            await asyncio.sleep(0)
    assert (refusal, 1 < len(jobs) < 20) == ("runtime.foresight_busy", True)
    for job in jobs:
        recorded.jobs.cancel(job)
    for job in jobs:
        await recorded.jobs.wait(job)
    recorded.foresight_turns.check()


async def test_a_comparison_without_end_is_refused(recorded: Platform) -> None:
    faster = {"changes": [{"element": "OP40", "figure": "cycle_time", "factor": 0.9}]}
    alternatives = [{"name": f"{place}", **faster} for place in range(100)]
    with pytest.raises(XushiError) as caught:
        await recorded.bus.run(
            "foresight.compare", {"alternatives": alternatives, "replications": 1000, "hours": 168}, SYSTEM
        )
    assert caught.value.code == "runtime.comparison_too_long"


def test_what_a_forecast_keeps_of_each_future_is_bounded(forked: Fork) -> None:
    told = run_forecast(forked, 86_400.0, 10, 1, {})
    assert len(told["instants_ms"]) <= 60
    assert told["instants_ms"][-1] == pytest.approx(told["until_ms"], abs=200_000)


async def test_a_dry_run_begins_nothing(recorded: Platform) -> None:
    before = len(recorded.jobs.list())
    outcome = await recorded.bus.run("foresight.forecast", {}, SYSTEM, dry_run=True)
    assert outcome.state == "planned"
    assert len(recorded.jobs.list()) == before


@pytest.mark.parametrize("at_ms", [0.0, 1e14])
async def test_no_forecast_begins_outside_the_timeline(recorded: Platform, at_ms: float) -> None:
    with pytest.raises(XushiError) as caught:
        await recorded.bus.run("foresight.forecast", {"at_ms": at_ms}, SYSTEM)
    assert caught.value.code == "runtime.forecast_time_wrong"


async def test_without_the_extra_the_answer_is_how_to_get_it(
    recorded: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None)
    with pytest.raises(XushiError) as caught:
        await recorded.bus.run("foresight.forecast", {}, SYSTEM)
    assert caught.value.code == "simulate.numba_missing"


def test_the_platform_opens_without_loading_the_compiler() -> None:
    import subprocess

    code = "import sys, xushi.runtime; sys.exit(any(name in sys.modules for name in ('numba', 'scipy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_same_seed_gives_the_same_futures(forked: Fork) -> None:
    one, two = (run_forecast(forked, 1800.0, 20, 7, {}) for _ in range(2))
    assert one["figures"] == two["figures"]
    assert np.isfinite(one["figures"][0]["mean"])


def test_a_factor_on_the_cycle_time_and_a_speed_count_from_the_moment_they_are_set(tmp_path: Path) -> None:
    clock = ManualClock(START_NS)
    with Platform.open(tmp_path / "data", clock) as platform:
        asyncio.run(import_plant(platform))
        model = PlantModel(1, START_NS)
        record_plant(platform, model, 3000.0)
        assert model.write("OP40.CycleTimeFactor", 1.5)
        assert model.write("PLC1.LineSpeed", 0.75)
        record_plant(platform, model, 3060.0)
        plant = plant_of(platform)
        begun = fork(plant, platform.timelines.get("live"), START_NS, START_NS + 3060 * S)
    assert begun.calibration.works["OP40"].mean_s == pytest.approx(60.0, rel=0.02)
    assert begun.calibration.works["OP50"].mean_s == pytest.approx(38.0, rel=0.02)
    assert begun.set_points()["urn:xushi:demo:submodel:PLC1:OperationalData#LineSpeed"] == 0.75
