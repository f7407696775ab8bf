"""Lives are learned from what was seen of them, ended or not, beside the data sheet; tools are counted in parts."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from xushi import simulate
from xushi.demo._line import machine
from xushi.demo._physics import PlantModel
from xushi.runtime import Platform
from xushi.runtime.foresight import Fork, fork, plant_of
from xushi.runtime.foresight._calibrate import calibrate
from xushi.runtime.foresight._lives import Life, few_durations, is_counted, life_in_parts, life_in_work
from xushi.runtime.foresight._records import Interruptions, MachineRecord, machine_record

from .conftest import START_NS, S

SHAPE, SCALE_S = 1.5, 5_000.0
MEAN_S = SCALE_S * math.gamma(1 + 1 / SHAPE)
SHIFT_S = 28_800.0
ROLES = {"CurrentEngine": "CurrentPart", "ToolWear": "Wear", "State": "State", "OperationMode": "Mode"}
STATIONS = [f"OP{n}0" for n in range(1, 11)]


def seen_in(seed: int, span_s: float, scale_s: float = SCALE_S) -> tuple[list[float], float | None, list[float]]:
    """What a window into a plant that has run for long shows: lives ended, the first of them cut, the one going on."""
    random = np.random.default_rng(seed)
    ends = np.cumsum(scale_s * random.weibull(SHAPE, 200)) - 40 * scale_s
    inside = ends[(ends > 0) & (ends <= span_s)]
    last = inside[-1] if len(inside) else 0.0
    return list(np.diff(inside)), (float(inside[0]) if len(inside) else None), [span_s - last]


def seen_life(seed: int, span_s: float, described_s: float | None, scale_s: float = SCALE_S) -> Life | None:
    ended, first_s, begun = seen_in(seed, span_s, scale_s)
    return life_in_work(ended, begun, first_s, SHAPE, described_s)


def test_without_a_data_sheet_intervals_of_95_percent_hold_the_truth_in_95_of_100_shifts() -> None:
    lives = [life for seed in range(600) if (life := seen_life(seed, SHIFT_S, None)) is not None]
    held = np.mean([life.low <= MEAN_S <= life.high for life in lives])
    assert len(lives) > 590
    assert 0.92 < held < 0.98  # of 600, within three deviations of 95 %


def test_a_true_data_sheet_makes_estimates_closer_and_never_less_sure() -> None:
    alone = [seen_life(seed, SHIFT_S, None) for seed in range(300)]
    weighed = [seen_life(seed, SHIFT_S, SCALE_S) for seed in range(300)]
    errors = [np.std([math.log(one.after.mean_s / MEAN_S) for one in some if one]) for some in (alone, weighed)]
    assert errors[1] < errors[0]


@pytest.mark.parametrize("wrong", [1 / 3, 3.0])
def test_a_data_sheet_that_is_wrong_by_three_is_overruled_by_thirty_failures(wrong: float) -> None:
    found = [seen_life(seed, 30 * MEAN_S, wrong * SCALE_S) for seed in range(200)]
    means_s = np.array([life.after.mean_s for life in found if life is not None])
    assert abs(np.median(means_s) / MEAN_S - 1) < 0.2
    assert np.mean([life.low <= MEAN_S <= life.high for life in found if life is not None]) > 0.6


def test_evidence_moves_an_estimate_without_a_step() -> None:
    lives = [2_000.0] * 30
    means = [life.after.mean_s for n in range(31) if (life := life_in_work(lives[:n], [], None, 1.0, 9_000.0))]
    steps = -np.diff(means)
    assert means[0] == 9_000.0
    assert (steps > 0).all()
    assert (np.diff(steps) < 0).all()  # each record weighs less than the one before
    assert means[-1] < 2_500


def test_machines_that_never_failed_speak_too() -> None:
    quiet = life_in_work([], [40_000.0], None, 1.0, 5_000.0)
    assert quiet is not None
    assert quiet.after.mean_s == pytest.approx((2 * 5_000 + 40_000) / 2)
    assert life_in_work([], [40_000.0], None, 1.0, None) is None


def test_what_comes_by_chance_is_not_counted_in_parts_and_what_comes_after_equal_parts_is() -> None:
    random = np.random.default_rng(3)
    chance = [is_counted([*np.ceil(240 * random.weibull(1.5, 5)).astype(int)]) for _ in range(400)]
    assert np.mean(chance) < 0.05
    assert is_counted([239, 251, 236, 244])
    assert not is_counted([239, 251, 236])
    life = life_in_parts([239, 251, 236, 244])
    assert life.low < 242.5 < life.high


def test_repairs_move_from_the_described_mean_to_the_seen_one() -> None:
    means = [few_durations([60.0] * n, 120.0) for n in (0, 2, 9)]
    assert [one.mean_s if one else None for one in means] == [pytest.approx(x) for x in (120.0, 90.0, 780 / 11)]
    assert few_durations([], None) is None


@pytest.fixture(scope="module")
def long_lived() -> dict[str, list[MachineRecord]]:
    """Two shifts of the plant's physics with tools that do not wear: what fails then has the life of its data sheet."""
    line = PlantModel(1, START_NS)
    for station in line.stations.values():
        station.tool._life_cycles = 10**9
    rows: dict[str, list[tuple[int, str, object]]] = {name: [] for name in STATIONS}
    for hour in range(1, 18):
        line.run_until(3600.0 * hour)
        line.values.take_messages()
        for key, at_ns, value in line.values.take_changes():
            name, _, path = key.partition(".")
            if name in rows and path in ROLES:
                rows[name].append((at_ns, ROLES[path], value))
    starts = [START_NS + hour * 3600 * S for hour in (1, 9)]
    return {name: [record_of(some, at, at + 8 * 3600 * S) for at in starts] for name, some in rows.items()}


def record_of(rows: list[tuple[int, str, object]], start_ns: int, end_ns: int) -> MachineRecord:
    before = {role: (start_ns, role, value) for at_ns, role, value in rows if at_ns <= start_ns}
    inside = [row for row in rows if start_ns < row[0] < end_ns]
    ordered = sorted([*before.values(), *inside], key=lambda row: (row[0], [*ROLES.values()].index(row[1])))
    return machine_record(ordered, start_ns, end_ns)


def test_intervals_from_records_of_the_plant_hold_the_lives_that_it_really_has(long_lived) -> None:
    held = []
    for name, records in long_lived.items():
        failure = machine(name).failure
        assert failure is not None
        for record in records:
            seen = record.kinds["failure"]
            between = seen.worked_between_s
            life = life_in_work(
                between[1:], [seen.worked_since_s], between[0] if between else None, failure.shape, None
            )
            if life is not None:
                held.append(life.low <= failure.scale_s * math.gamma(1 + 1 / failure.shape) <= life.high)
    assert len(held) >= 18
    assert np.mean(held) >= 0.8  # of 20, four outside would come once in sixty times at 95 %


@pytest.fixture(scope="module")
def forked(recorded: Platform) -> Fork:
    return fork(plant_of(recorded), recorded.timelines.get("live"), START_NS, START_NS + 4 * 3600 * S)


def test_a_spindle_that_the_data_sheet_omits_is_found_as_one_that_counts_parts(forked: Fork) -> None:
    breaking = forked.calibration.interruptions["OP40"]["tool_break"]
    assert breaking.counts == "parts"
    assert breaking.after.mean_s == pytest.approx(240, rel=0.08)
    assert breaking.repair.mean_s > 60
    failures = {one.id: one for one in forked.model.machines if one.id == "OP40"}["OP40"].failures
    assert {one.id: one.counts for one in failures}["tool_break"] == "parts"
    changes = [name for name, kinds in forked.calibration.interruptions.items() if "tool_change" in kinds]
    assert len(changes) >= 8
    assert all("setup" not in kinds for kinds in forked.calibration.interruptions.values())


def test_a_fork_begins_with_the_wear_that_the_tool_has(recorded: Platform, forked: Fork) -> None:
    handle = recorded.registry.handle("urn:xushi:demo:submodel:OP40:OperationalData#ToolWear")
    snapshot = recorded.timelines.get("live").snapshot(forked.at_ns, [handle])
    wear = float(next(iter(snapshot.rows(recorded.registry)))[2])
    life = forked.calibration.interruptions["OP40"]["tool_break"].after.mean_s
    assert forked.state.machines["OP40"].used["tool_break"] / life == pytest.approx(wear, abs=0.05)


def test_the_rate_of_a_failure_is_as_sure_as_its_evidence(forked: Fork) -> None:
    failure = forked.calibration.interruptions["OP30"]["failure"]
    seen = forked.records.machines["OP30"].kinds["failure"]
    assert failure.evidence is not None
    assert 2 <= failure.evidence <= 2 + len(seen.lasted_s)
    estimate = next(one for one in forked.calibration.estimates if (one.element, one.figure) == ("OP30", "failure"))
    assert estimate.source == "weighed"
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low < estimate.mean < estimate.high


def test_equal_numbers_of_parts_are_found_without_a_signal_of_wear(forked: Fork) -> None:
    seen = Interruptions(
        lasted_s=[50.0] * 6, worked_between_s=[900.0, 3_010.0, 2_990.0, 3_050.0, 3_000.0, 2_950.0],
        parts_between=[30, 100, 101, 99, 100, 98], worked_since_s=600.0, parts_since=20,
    )  # fmt: skip
    record = MachineRecord(works_s=[30.0, 30.2, 29.8] * 20, kinds={"setup": seen})
    records = msgspec.structs.replace(
        forked.records,
        machines={
            name: MachineRecord(works_s=record.works_s, kinds={**one.kinds, **(record.kinds if name == "OP20" else {})})
            for name, one in forked.records.machines.items()
        },
    )
    found = calibrate(forked.plant, records).interruptions["OP20"]["setup"]
    assert (found.counts, found.used) == ("parts", 20.0)
    assert found.after.mean_s == pytest.approx(99.6)
    assert isinstance(found.after, simulate.Normal)
