"""A machine that works on several pieces at once, as its twin states it: in the model, at the fork, in a schedule."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import simpy

from xushi import simulate
from xushi.kernel import XushiError
from xushi.reports import ShiftCalendar
from xushi.runtime import Platform
from xushi.runtime.foresight import (
    Fork,
    Records,
    build_state,
    fork,
    main_line,
    plant_of,
    run_forecast,
)
from xushi.runtime.foresight._batches import Batch
from xushi.runtime.foresight._records import machine_record
from xushi.runtime.orders import make_plan
from xushi.runtime.orders._book import Book, Order
from xushi.runtime.orders._problem import Shop
from xushi.runtime.orders._route import Pace, Step, paces
from xushi.twins import Environment, to_json

from .branching import fork as fork_branch
from .branching import run
from .conftest import START_NS, S
from .stated import environment, stated_plant
from .test_crews import known_rates

FLOWS = (("M1", "B"), ("B", "Oven"), ("Oven", "C"), ("C", "M2"))
SINGLE = {"CycleTime": 10, "CycleTimeVariation": 0}
CREWED = {
    "CycleTime": 10, "CycleTimeVariation": 0.4, "WeibullShape": 1, "CharacteristicLife": 500, "MeanTimeToRestore": 250,
    "RepairCrew": "Fitters",
}  # fmt: skip
OVEN = {"CycleTime": 45, "CycleTimeVariation": 0, "BatchSize": 4}
PLACES = {"B": 6, "C": 8}


@contextmanager
def plant_with(folder: Path, machine: Mapping[str, object] = SINGLE, **changes: object) -> Iterator[Platform]:
    """Two machines with an oven between them, that has other statements."""
    elements: dict[str, Mapping[str, object]] = {
        "M1": machine, "B": {"Capacity": PLACES["B"], "TransferTime": 0}, "Oven": {**OVEN, **changes},
        "C": {"Capacity": PLACES["C"], "TransferTime": 0}, "M2": machine, "Fitters": {"CrewSize": 1},
    }  # fmt: skip
    with stated_plant(folder, elements, FLOWS) as opened:
        yield opened


def forked(platform: Platform) -> Fork:
    return fork(plant_of(platform), platform.timelines.get("live"), START_NS - 3600 * S, START_NS)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with plant_with(tmp_path_factory.mktemp("oven")) as opened:
        yield opened


# ---- out of the twins
@pytest.mark.parametrize(
    ("changes", "batch"),
    [
        ({}, Batch(4, 4)),
        ({"LeastBatch": 2}, Batch(2, 4)),
        ({"BatchSize": "3.0"}, Batch(3, 3)),
        ({"BatchSize": 1}, None),
    ],
)
def test_a_batch_is_whole_unless_its_least_is_stated(
    tmp_path: Path, changes: dict[str, object], batch: Batch | None
) -> None:
    with plant_with(tmp_path, **changes) as opened:
        assert plant_of(opened).batches.get("Oven") == batch
        inputs = next(one for one in forked(opened).model.machines if one.id == "Oven").operations[0].inputs
    least, size = (1, 1) if batch is None else (batch.least, batch.size)
    assert inputs == (simulate.Input(buffer="B", quantity=least, up_to=size if size > least else None),)


@pytest.mark.parametrize(
    ("changes", "batch"),
    [
        *(({"BatchSize": size}, None) for size in ("0", "2.5", "four", "1001", "-4", "NaN", "1e300")),
        *(({"LeastBatch": least}, Batch(4, 4)) for least in ("0", "5", "some")),
    ],
)
def test_a_batch_that_cannot_be_counted_with_is_told_with_its_machine(
    tmp_path: Path, changes: dict[str, object], batch: Batch | None
) -> None:
    with plant_with(tmp_path, **changes) as opened:
        plant = plant_of(opened)
        (told,) = [one for one in plant.diagnoses if not one.code.endswith("_signal_missing")]
        assert (told.code, told.place, told.params["role"]) == ("runtime.count_wrong", "Oven", next(iter(changes)))
        assert plant.batches.get("Oven") == batch
        forked(opened)


def test_a_batch_that_finds_no_room_before_its_machine_is_refused_by_name(tmp_path: Path) -> None:
    with plant_with(tmp_path, BatchSize=7) as opened, pytest.raises(XushiError) as caught:
        forked(opened)
    assert caught.value.code == "simulate.never_fits"
    assert (caught.value.params["where"], caught.value.params["buffer"]) == ("Oven.operations[0]", "B")


def line(folder: Path, *elements: tuple[str, Mapping[str, object]]) -> simulate.Model:
    """The model of what stands one behind the other."""
    names = [name for name, _ in elements]
    with stated_plant(folder, dict(elements), tuple(itertools.pairwise(names))) as opened:
        return forked(opened).model


BELT = ("B", {"Capacity": 6, "TransferTime": 5})


def test_a_batch_is_taken_off_a_belt_that_carries(tmp_path: Path) -> None:
    model = line(tmp_path, ("M1", SINGLE), BELT, ("Oven", {**OVEN, "CycleTime": 30}))
    outcome = simulate.run(model, simulate.Experiment(horizon_s=1_000.0, replications=2))
    # The fourth of each batch comes to the end of the belt 5 s after its 40 s, and 30 s later all are out.
    assert outcome.interval("finished.count").mean == 4 * ((1_000 - 35) // 40)


@pytest.mark.parametrize("before", [BELT, None])
def test_a_batch_of_more_than_can_be_handed_over_at_once_is_refused(
    tmp_path: Path, before: tuple[str, Mapping[str, object]] | None
) -> None:
    size = 7 if before else 2  # six places of a belt; a machine hands over one piece
    with pytest.raises(XushiError) as caught:
        line(tmp_path, ("M1", SINGLE), *([before] if before else []), ("Oven", {**OVEN, "BatchSize": size}))
    assert caught.value.code == "simulate.never_fits"
    assert caught.value.params["where"] == "Oven.operations[0]"


def test_pieces_that_begin_in_a_batch_come_all_at_once(tmp_path: Path) -> None:
    elements: dict[str, Mapping[str, object]] = {
        "Press": {"CycleTime": 40, "CycleTimeVariation": 0, "BatchSize": 4, "LeastBatch": 2},
        "B": {"Capacity": 6, "TransferTime": 5}, "M2": SINGLE,
    }  # fmt: skip
    with stated_plant(tmp_path, elements, (("Press", "B"), ("B", "M2"))) as opened:
        outcome = simulate.run(forked(opened).model, simulate.Experiment(horizon_s=4_000.0, replications=2))
    assert outcome.interval("Press.made").mean == 100
    # The first four are there after 40 s and 5 s on the belt, and then one every 10 s.
    assert outcome.interval("finished.count").mean == (4_000 - 45) // 10


# ---- against what was worked out otherwise
def done_by_hand_s(least: int, size: int, until_s: float) -> int:
    """How many pieces leave the line without failures: by the instants at which each piece leaves each place."""
    taken, baked, out, free_s = 0, [], [], 0.0
    coming = [10.0 * (number + 1) for number in range(2_000)]  # the oven is quicker than what comes: nobody is blocked
    while taken < len(coming) - size:
        start_s = max(free_s, coming[taken + least - 1])
        count = min(size, sum(one <= start_s for one in coming[taken : taken + size]))
        taken += count
        free_s = start_s + 30.0
        baked += [free_s] * count
    done_s = 0.0
    for at_s in baked:
        done_s = max(done_s, at_s) + 10.0
        out.append(done_s)
    return sum(one <= until_s for one in out)


@pytest.mark.parametrize("least", [1, 2, 4])
def test_a_line_with_an_oven_makes_what_is_worked_out_by_hand(tmp_path: Path, least: int) -> None:
    with plant_with(tmp_path, LeastBatch=least, CycleTime=30) as opened:
        model = forked(opened).model
    for until_s in (200.5, 777.5, 3_001.5):
        outcome = simulate.run(model, simulate.Experiment(horizon_s=until_s, replications=2))
        assert outcome.interval("finished.count").mean == done_by_hand_s(least, 4, until_s), until_s


HORIZON_S, REPLICATIONS = 20_000.0, 80


def simpy_line(seed: int, works: Mapping[str, simulate.Lognormal], repairs: Mapping[str, simulate.Lognormal]) -> int:
    """Return the parts out of the line of two machines that fail and share one fitter, with the oven between them."""
    env, draws = simpy.Environment(), random.Random(seed)
    crew = simpy.Resource(env, 1)
    before, behind = (simpy.Store(env, capacity=PLACES[name]) for name in ("B", "C"))
    out = [0]

    def machine(name: str, source: Any, target: Any) -> Iterator[Any]:
        left_s = draws.expovariate(1 / 500)
        while True:
            if source is not None:
                yield source.get()
            work_s = draws.lognormvariate(works[name].mu, works[name].sigma)
            while left_s < work_s:
                work_s -= left_s
                yield env.timeout(left_s)
                with crew.request() as fitter:
                    yield fitter
                    yield env.timeout(draws.lognormvariate(repairs[name].mu, repairs[name].sigma))
                left_s = draws.expovariate(1 / 500)
            left_s -= work_s
            yield env.timeout(work_s)
            if target is None:
                out[0] += 1
            else:
                yield target.put(1)

    def oven() -> Iterator[Any]:
        while True:
            while len(before.items) < 2:  # begins with two, takes up to four
                yield env.timeout(0.25)
            for _ in range(min(4, len(before.items))):
                taken[0] = yield before.get()
                count[0] += 1
            yield env.timeout(45)
            while count[0]:
                yield behind.put(1)
                count[0] -= 1

    taken, count = [0], [0]
    env.process(machine("M1", None, before))
    env.process(oven())
    env.process(machine("M2", behind, None))
    env.run(HORIZON_S)
    return out[0]


def test_simpy_finds_the_same_output_of_a_plant_with_a_crew_and_an_oven(tmp_path: Path) -> None:
    with plant_with(tmp_path, CREWED, LeastBatch=2) as opened:
        model = known_rates(forked(opened).model)
    by_id = {one.id: one for one in model.machines}
    works: dict[str, Any] = {name: by_id[name].operations[0].duration for name in ("M1", "M2")}
    repairs: dict[str, Any] = {name: by_id[name].failures[0].repair for name in ("M1", "M2")}
    theirs = np.array([simpy_line(seed, works, repairs) for seed in range(REPLICATIONS)])
    ours = simulate.run(model, simulate.Experiment(horizon_s=HORIZON_S, replications=REPLICATIONS))
    # The oven of theirs looks every quarter of a second: 0.1 s later in the mean, of 45.
    assert simulate.interval(ours.values("finished.count") - theirs, 0.99).has(0.0)
    assert ours.values("finished.count").mean() > 800


# ---- out of the records
def baked(*batches: int, now: int | None = None, tells_level: bool = True) -> Any:
    """The record of an oven that made these batches of 45 s each, and has another one in it now."""
    changes: list[tuple[int, str, Any]] = [(START_NS, "State", 3)]
    at_ns = START_NS
    for number, count in enumerate([*batches, *([] if now is None else [now])]):
        if tells_level:
            changes.append((at_ns, "Level", count))
        changes.append((at_ns, "CurrentPart", f"batch {number}"))
        at_ns += 45 * S
    if now is None:
        changes += [(at_ns, "Level", 0)] if tells_level else []
        changes.append((at_ns, "CurrentPart", ""))
    return machine_record(changes, START_NS, at_ns - 20 * S if now is not None else at_ns)


def test_a_level_tells_how_many_pieces_each_batch_was() -> None:
    record = baked(4, 2, 3)
    assert record.left_pieces == [4, 2, 3]
    assert record.works_s == [45.0] * 3
    assert record.inside == 0


@pytest.mark.parametrize(("tells_level", "count", "told"), [(True, 3, []), (False, 4, ["Oven"])])
def test_the_fork_begins_with_the_pieces_that_are_in_the_oven(
    platform: Platform, tells_level: bool, count: int, told: list[str]
) -> None:
    begun = forked(platform)
    machines = {**begun.records.machines, "Oven": baked(4, now=3, tells_level=tells_level)}
    records: Records = msgspec.structs.replace(begun.records, machines=machines)
    state, diagnoses = build_state(begun.plant, begun.calibration, records, begun.model)
    oven = state.machines["Oven"]
    assert oven.parts == (simulate.PartState(product="part", quantity=count),)
    assert oven.work_done_s == 25.0
    assert [one.place for one in diagnoses if one.code == "runtime.batch_assumed"] == told
    outcome = simulate.run(begun.model, simulate.Experiment(horizon_s=60.0, replications=2), state)
    assert outcome.interval("finished.count").mean == min(count, 4)  # 20 s, and 10 s for each


def test_a_batch_that_left_counts_as_the_pieces_that_it_was(tmp_path: Path) -> None:
    elements: dict[str, Mapping[str, object]] = {
        "M1": SINGLE, "B": {"Capacity": 6, "TransferTime": 0}, "Oven": OVEN,
    }  # fmt: skip
    with stated_plant(tmp_path, elements, (("M1", "B"), ("B", "Oven"))) as opened:
        plant = plant_of(opened)
        record = baked(4, 4)
        assert [plant.pieces_on("Oven", pieces) for pieces in record.left_pieces] == [4, 4]
        assert [plant.pieces_on("Oven", pieces) for pieces in baked(4, 4, tells_level=False).left_pieces] == [4, 4]
        assert plant.pieces_on("M1", 3) == 1


# ---- what is told of it
def test_the_forecast_counts_pieces_and_not_batches(platform: Platform) -> None:
    told = run_forecast(forked(platform), 3_600.0, 10, 1, {"Oven": 11.25})
    made = {one["id"]: one["made"]["mean"] for one in told["machines"]}
    assert made["Oven"] == pytest.approx(made["M2"], abs=8)
    oven = next(one for one in told["machines"] if one["id"] == "Oven")
    assert oven["oee"]["mean"] == pytest.approx(oven["shares"]["busy"], abs=0.02)


def test_the_what_if_of_the_main_line_is_refused_with_the_oven(platform: Platform) -> None:
    with pytest.raises(XushiError) as caught:
        main_line(forked(platform))
    assert caught.value.code == "runtime.line_batches"
    assert caught.value.params["machine"] == "Oven"


def test_a_schedule_counts_whole_batches(platform: Platform) -> None:
    begun = forked(platform)
    pace = paces(begun.plant, begun.records)["Oven"]
    assert pace == Pace(45.0, 0.0, 4)
    assert pace.each_s == 45 / 4
    assert [pace.batches(pieces) * pace.through_s for pieces in (1, 4, 5, 8)] == [45, 45, 90, 90]
    shop = Shop(
        steps=[Step(("M1",)), Step(("Oven",))], paces={"M1": Pace(10.0, 0.0), "Oven": pace}, transfers_s={}, setup_s={},
        stand_in_factor={}, on_line=[0, 0],
    )  # fmt: skip
    book = Book(orders=(Order(id="A", product="urn:test:product", quantity=10),))
    plan = make_plan(shop, book, {}, {}, ShiftCalendar("UTC", ()), (), START_NS)
    assert [lot.quantity for lot in plan.lots.values()] == [4, 4, 2]
    assert [[one.choices[0].duration_s for one in job.operations] for job in plan.problem.jobs] == [
        [40, 45], [40, 45], [20, 45],
    ]  # fmt: skip


# ---- on a branch
def test_a_branch_counts_the_pieces_of_each_batch(plant: Platform) -> None:
    technical = plant.twins.submodel("urn:xushi:demo:submodel:OP60:TechnicalData")
    assert technical is not None
    stated = environment({"One": {"BatchSize": 2}}, ()).submodels[-1].submodel_elements
    changed = msgspec.structs.replace(technical, submodel_elements=(*technical.submodel_elements, *stated))
    sha256 = plant.blobs.put(to_json(Environment(submodels=(changed,))))
    run(plant, "import.files", files=[{"name": "batch.json", "sha256": sha256}])
    branch = fork_branch(plant)
    timeline = plant.timelines.get(branch)
    handle = plant.registry.handle("urn:xushi:demo:submodel:OP60:OperationalData#Counters.Total")
    at_ns = plant.branches.get(branch).fork_ns

    def total(when_ns: int) -> float:
        ((_, _, value, _),) = timeline.snapshot(when_ns, [handle]).rows(plant.registry)
        return float(value)

    found = plant.branches.standing(plant.branches.get(branch)).path
    assert found is not None
    made = found.figures["machines"]["OP60"]["made"]
    assert made > 60
    assert total(found.end_ns) - total(at_ns) == made
    assert found.figures["machines"]["OP70"]["made"] == pytest.approx(made, abs=15)
