"""A repair crew that the twins state is shared by its machines: in the model, at the fork, on branches, in words."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import simpy

from xushi import simulate
from xushi.kernel import XushiError
from xushi.runtime import SYSTEM, Platform
from xushi.runtime.branches import changeable
from xushi.runtime.foresight import (
    Alternative,
    Fork,
    ModelChange,
    build_model,
    build_state,
    changed_model,
    fork,
    main_line,
    plant_of,
    run_comparison,
    run_forecast,
)
from xushi.runtime.foresight._crews import RepairCrew
from xushi.runtime.foresight._records import KINDS, MachineRecord, machine_record
from xushi.runtime.foresight._repair_waits import note_waits
from xushi.runtime.foresight._warnings import Starving
from xushi.runtime.plans._from_branch import _told
from xushi.twins import Environment, to_json

from .branching import fork as fork_branch
from .branching import run
from .conftest import START_NS, S
from .stated import environment, stated_plant

WORK_S, LIFE_S, REPAIR_S, PLACES = 10.0, 400.0, 200.0, 4
MACHINE = {
    "CycleTime": WORK_S, "CycleTimeVariation": 0, "WeibullShape": 1, "CharacteristicLife": LIFE_S,
    "MeanTimeToRestore": REPAIR_S, "RepairCrew": "Fitters",
}  # fmt: skip
FLOWS = (("M1", "B"), ("B", "M2"))
HORIZON_S, REPLICATIONS = 20_000.0, 80


def elements(**changes: dict[str, object]) -> dict[str, dict[str, object]]:
    """Two machines and a crew of one, with other statements for some of them."""
    usual: dict[str, dict[str, object]] = {
        "M1": MACHINE, "B": {"Capacity": PLACES, "TransferTime": 0}, "M2": MACHINE, "Fitters": {"CrewSize": 1},
    }  # fmt: skip
    return {name: {**facts, **changes.pop(name, {})} for name, facts in usual.items()} | changes


def forked(platform: Platform) -> Fork:
    return fork(plant_of(platform), platform.timelines.get("live"), START_NS - 3600 * S, START_NS)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with stated_plant(tmp_path_factory.mktemp("crew"), elements(M2={"RepairPriority": 2}), FLOWS) as opened:
        yield opened


# ---- out of the twins
def test_failures_of_a_machine_need_the_crew_that_its_twin_names(platform: Platform) -> None:
    plant = plant_of(platform)
    assert plant.crews == {"Fitters": RepairCrew("Fitters", "urn:test:shell:Fitters", 1, {"M1": 0, "M2": 2})}
    model = forked(platform).model
    assert model.crews == (simulate.Crew(id="Fitters"),)
    assert [(one.id, one.repair_priority) for one in model.machines] == [("M1", 0), ("M2", 2)]
    assert [[failure.crew for failure in one.failures] for one in model.machines] == [["Fitters"], ["Fitters"]]


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"M1": {"RepairCrew": "Nobody"}}, "runtime.crew_unknown", "M1"),
        ({"M1": {"RepairCrew": "M2"}}, "runtime.crew_unknown", "M1"),
        ({"M1": {"RepairCrew": "B"}}, "runtime.crew_unknown", "M1"),
        ({"M1": {"RepairPriority": "first"}}, "runtime.count_wrong", "M1"),
        ({"M1": {"RepairPriority": "-1"}}, "runtime.count_wrong", "M1"),
        *(
            ({"Fitters": {"CrewSize": size}}, "runtime.count_wrong", "Fitters")
            for size in ("0", "1.5", "two", "101", "1e300", "NaN", "INF", "-2")
        ),
    ],
)
def test_a_crew_that_cannot_be_counted_with_is_told_by_name_and_the_rest_still_forecasts(
    tmp_path: Path, changes: dict[str, dict[str, object]], code: str, place: str
) -> None:
    with stated_plant(tmp_path, elements(**changes), FLOWS) as opened:
        plant = plant_of(opened)
        told = [one for one in plant.diagnoses if not one.code.endswith("_signal_missing")]
        assert [(one.code, one.place) for one in told] == [(code, place)]
        assert all(one.text(language) and "{" not in one.text(language) for one in told for language in ("en", "zh-CN"))
        model = forked(opened).model
    if place == "Fitters":
        assert model.crews == ()
        assert all(failure.crew is None for machine in model.machines for failure in machine.failures)
    elif code == "runtime.crew_unknown":
        assert [machine.failures[0].crew for machine in model.machines] == [None, "Fitters"]


# ---- against SimPy, which knows nothing of us
def simpy_line(seed: int, life_s: float, draw_repair_s: Any, people: int) -> tuple[int, float]:
    """Return the parts out of the two machines, and the share of the time in which the first waits for the crew."""
    env, draws = simpy.Environment(), random.Random(seed)
    crew, buffer = simpy.PriorityResource(env, people), simpy.Store(env, capacity=PLACES)
    out, waited_s = [0], [0.0]

    def machine(number: int) -> Iterator[Any]:
        left_s = draws.expovariate(1 / life_s)
        while True:
            if number:
                yield buffer.get()
            work_s = WORK_S
            while left_s < work_s:
                work_s -= left_s
                yield env.timeout(left_s)
                since_s = env.now
                with crew.request(priority=-2 * number) as repairer:
                    yield repairer
                    waited_s[0] += 0 if number else env.now - since_s
                    yield env.timeout(draw_repair_s(draws))
                left_s = draws.expovariate(1 / life_s)
            left_s -= work_s
            yield env.timeout(work_s)
            if number:
                out[0] += 1
            else:
                yield buffer.put(1)

    env.process(machine(0))
    env.process(machine(1))
    env.run(HORIZON_S)
    return out[0], waited_s[0] / HORIZON_S


def known_rates(model: simulate.Model) -> simulate.Model:
    """The model as if every life were known for sure."""
    machines = tuple(
        msgspec.structs.replace(one, failures=tuple(msgspec.structs.replace(f, evidence=None) for f in one.failures))
        for one in model.machines
    )
    return msgspec.structs.replace(model, machines=machines)


def test_simpy_finds_the_same_output_and_the_same_wait_for_the_crew(platform: Platform) -> None:
    model = known_rates(forked(platform).model)
    repair = model.machines[0].failures[0].repair
    assert isinstance(repair, simulate.Lognormal)
    assert repair.mean_s == pytest.approx(REPAIR_S)
    theirs = np.array([
        simpy_line(seed, LIFE_S, lambda draws: draws.lognormvariate(repair.mu, repair.sigma), 1)
        for seed in range(REPLICATIONS)
    ])  # fmt: skip
    ours = simulate.run(model, simulate.Experiment(horizon_s=HORIZON_S, replications=REPLICATIONS))
    assert ours.engine == "kernel"
    assert theirs[:, 1].mean() > 0.005  # the crew is what they wait for
    for kpi, column in (("finished.count", 0), ("M1.waits_for_crew_share", 1)):
        assert simulate.interval(ours.values(kpi) - theirs[:, column], 0.99).has(0.0), kpi


# ---- out of the records
def stopped(*spans_s: tuple[float, float], until_s: float = 1_000.0) -> MachineRecord:
    """The record of a machine that was out of service in these spans; still where one ends after `until_s`."""
    ends = [[(low, 1), (high, 3)] if high <= until_s else [(low, 1)] for low, high in spans_s]
    changes = [
        (START_NS, "State", 3),
        *((START_NS + round(at * S), "State", state) for one in ends for at, state in one),
    ]
    return machine_record(changes, START_NS, START_NS + round(until_s * S))


def replayed(people: int, priorities: tuple[int, ...], *records: MachineRecord) -> int:
    names = [f"M{number}" for number in range(1, len(records) + 1)]
    crew = RepairCrew("Fitters", "", people, dict(zip(names, priorities, strict=True)))
    return note_waits(crew, dict(zip(names, records, strict=True)))


def test_a_recorded_stop_is_the_wait_for_the_crew_and_the_repair() -> None:
    first, second = stopped((100, 300)), stopped((150, 400), (600, 650))
    assert replayed(1, (0, 0), first, second) == 0
    assert first.kinds["failure"].repairs_s == [200.0]
    assert second.kinds["failure"].lasted_s == [250.0, 50.0]
    assert second.kinds["failure"].repairs_s == [100.0, 50.0]


def test_of_those_who_wait_the_one_of_higher_priority_is_repaired_first() -> None:
    records = stopped((100, 300)), stopped((150, 500)), stopped((200, 350))
    assert replayed(1, (0, 0, 3), *records) == 0
    assert [one.kinds["failure"].repairs_s for one in records] == [[200.0], [150.0], [50.0]]


def test_with_a_second_person_nobody_waits() -> None:
    records = stopped((100, 300)), stopped((150, 400))
    assert replayed(2, (0, 0), *records) == 0
    assert [one.kinds["failure"].repairs_s for one in records] == [[200.0], [250.0]]


def test_a_repair_that_ends_while_all_are_busy_was_done_by_somebody_else() -> None:
    records = stopped((100, 300)), stopped((150, 200))
    assert replayed(1, (0, 0), *records) == 1
    assert [one.kinds["failure"].repairs_s for one in records] == [[200.0], [50.0]]


def with_records(platform: Platform, *records: MachineRecord) -> Fork:
    """The fork of the plant as if this had been recorded."""
    begun = forked(platform)
    machines = dict(zip(("M1", "M2"), records, strict=True))
    helped = {"Fitters": note_waits(begun.plant.crews["Fitters"], machines)}
    kept = msgspec.structs.replace(begun.records, machines=machines, helped=helped)
    state, told = build_state(begun.plant, begun.calibration, kept, begun.model)
    return msgspec.structs.replace(begun, records=kept, state=state, diagnoses=tuple(told))


def test_at_the_fork_one_machine_has_the_crew_and_the_other_waits(platform: Platform) -> None:
    begun = with_records(platform, stopped((900, 2_000)), stopped((950, 2_000)))
    first, second = (begun.state.machines[one] for one in ("M1", "M2"))
    assert (first.down, first.waits_for_crew, first.down_done_s) == ("failure", False, 100.0)
    assert (second.down, second.waits_for_crew, second.down_done_s) == ("failure", True, 0.0)
    assert (first.waited_s, second.waited_s) == (0.0, 50.0)
    model = msgspec.structs.replace(
        begun.model,
        machines=tuple(
            msgspec.structs.replace(one, failures=tuple(
                msgspec.structs.replace(f, repair=simulate.Constant(value_s=150.0)) for f in one.failures
            ))
            for one in begun.model.machines
        ),
    )  # fmt: skip
    outcome = simulate.run(model, simulate.Experiment(horizon_s=200.0, replications=2), begun.state)
    # 50 s are left of the first repair; then the second takes 150 s.
    assert outcome.interval("M2.waits_for_crew_share").mean == pytest.approx(50 / 200)
    assert outcome.interval("M2.down_share").mean == pytest.approx(150 / 200)


def test_help_from_elsewhere_in_the_records_is_told(platform: Platform) -> None:
    begun = with_records(platform, stopped((100, 300)), stopped((150, 200)))
    (told,) = [one for one in begun.diagnoses if one.code == "runtime.crew_helped"]
    assert (told.place, told.params) == ("Fitters", {"count": 1, "people": 1})


# ---- other people
def test_a_second_person_makes_more_and_the_comparison_is_sure_of_it(platform: Platform) -> None:
    begun = forked(platform)
    two = Alternative("two", (ModelChange(element="Fitters", figure="people", value=2),))
    found = run_comparison(begun, [two], HORIZON_S, 30, 1)
    difference = found["alternatives"][1]["differences"]["plant.good"]
    assert difference["is_clear"]
    assert difference["low"] > 0
    assert found["best"] == "two"
    now = found["alternatives"][0]["bottleneck"]
    assert now["crew"] == "Fitters"
    assert now["causes"]["waits_for_crew"] > 0.01


@pytest.mark.parametrize(
    ("element", "value", "code"),
    [
        ("M1", 2, "runtime.change_unknown"), ("Fitters", 101, "runtime.change_wrong"),
        ("Fitters", None, "runtime.change_wrong"),
    ],
)  # fmt: skip
def test_a_crew_that_cannot_be_is_refused_with_its_name(
    platform: Platform, element: str, value: int | None, code: str
) -> None:
    with pytest.raises(XushiError) as caught:
        changed_model(forked(platform).model, [ModelChange(element=element, figure="people", value=value)])
    assert caught.value.code == code
    assert caught.value.params["element"] == element


def test_who_is_at_work_at_the_fork_ends_that_repair_before_the_crew_is_smaller(platform: Platform) -> None:
    begun = forked(platform)
    down = simulate.MachineState(down="failure", down_left_s=100.0)
    state = msgspec.structs.replace(begun.state, machines={"M1": down, "M2": down})
    outcome = simulate.run(begun.model, simulate.Experiment(horizon_s=100.0, replications=2), state)
    assert [outcome.interval(f"{one}.down_share").mean for one in ("M1", "M2")] == [1.0, 1.0]


def test_on_a_branch_the_people_of_a_crew_are_listed_changed_and_put_back(plant: Platform) -> None:
    facts = "urn:xushi:demo:submodel:OP40:TechnicalData"
    technical = plant.twins.submodel(facts)
    assert technical is not None
    crew = environment({"Fitters": {"CrewSize": 1}, "Named": {"RepairCrew": "Fitters"}}, ())
    named = next(one for one in crew.submodels if one.id.endswith("Named")).submodel_elements
    changed = msgspec.structs.replace(technical, submodel_elements=(*technical.submodel_elements, *named))
    fitters = [one for one in (*crew.asset_administration_shells, *crew.submodels) if "Fitters" in one.id]
    both = Environment(asset_administration_shells=(fitters[0],), submodels=(changed, fitters[1]))
    sha256 = plant.blobs.put(to_json(both))
    run(plant, "import.files", files=[{"name": "crew.json", "sha256": sha256}])
    branch = fork_branch(plant)

    def people() -> float | None:
        start = plant.branches.package(branch)
        changes = plant.branches.get(branch).changes()
        elements = changeable(start.plant, changed_model(start.model, changes, start.state.calendar_s, start.at_ns))
        (crew,) = [one for one in elements if one.kind == "crew"]
        assert (crew.element, crew.shell) == ("Fitters", "urn:test:shell:Fitters")
        return crew.figures[0].present

    assert people() == 1
    wanted = [{"element": "Fitters", "figure": "people", "value": 3}]
    outcome = run(plant, "branch.change", branch=branch, changes=wanted)
    assert people() == 3
    plant.branches.compute(branch)
    asyncio.run(plant.bus.undo(outcome.command_id, SYSTEM))
    assert people() == 1


# ---- in words
def test_forecast_and_warning_name_the_crew(platform: Platform) -> None:
    told = run_forecast(forked(platform), 3_600.0, 10, 1, {})
    assert told["crews"] == [{"id": "Fitters", "people": 1}]
    assert told["bottleneck"]["crew"] == "Fitters"
    warning = Starving("M2", 600.0, 60.0, 0.9, "M1", "waits_for_crew", "Fitters")
    assert "M1 waits for the repair crew Fitters" in warning.diagnosis("en").text("en")
    assert "M1 正在等待维修班组 Fitters" in warning.diagnosis("zh-CN").text("zh-CN")


def test_a_plan_says_how_many_people_are_to_repair() -> None:
    assert _told(ModelChange(element="Fitters", figure="people", value=2), {}) == (
        "Change the number of people of Fitters to 2", "将 Fitters 的人数改为 2",
    )  # fmt: skip


def test_the_main_line_repairs_at_once_and_says_so(platform: Platform) -> None:
    line = main_line(forked(platform))
    assert ("runtime.line_without_crews", "Fitters") in [(one.code, one.place) for one in line.left_out]
    outcome = simulate.run(line.model, simulate.Experiment(horizon_s=3_600.0, replications=2), line.state)
    assert outcome.engine == "recursion"


def test_only_stops_out_of_service_need_the_crew(platform: Platform) -> None:
    begun = forked(platform)
    kinds = dict.fromkeys(KINDS, begun.calibration.interruptions["M1"]["failure"])
    calibration = msgspec.structs.replace(
        begun.calibration, interruptions={**begun.calibration.interruptions, "M1": kinds}
    )
    machine = build_model(begun.plant, calibration).machines[0]
    assert {one.id: one.crew for one in machine.failures} == {
        "failure": "Fitters", "tool_break": "Fitters", "setup": None, "stop": None, "tool_change": None,
    }  # fmt: skip
