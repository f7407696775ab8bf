"""Shifts on a branch: machines work in the hours of the plant's clock, pauses and summer time counted."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from xushi.kernel import XushiError
from xushi.runtime import Platform
from xushi.runtime.branches import Branch, Edit, calendar_on
from xushi.runtime.foresight import ModelChange, changed_model, plant_of
from xushi.runtime.foresight._working_times import shift_windows
from xushi.runtime.plans import CommandStep, ManualStep
from xushi.runtime.plans._effects import effects_of
from xushi.runtime.plans._from_branch import steps_of
from xushi.simulate import Calendar, Model

from .branching import FORK_NS, fork, run
from .conftest import HOUR, S

_DAY_S = 86_400.0


def ns(year: int, month: int, day: int, hour: int, zone: str) -> int:
    return round(datetime(year, month, day, hour, tzinfo=ZoneInfo(zone)).timestamp()) * S


def test_shifts_are_worked_by_the_clock_of_their_zone_and_those_that_touch_are_one() -> None:
    at_ns = ns(2026, 11, 28, 10, "Asia/Shanghai")
    windows = shift_windows(("06:00-14:00", "14:00-22:00"), "Asia/Shanghai", at_ns, 0.0)
    assert windows[0] == (0.0, 12 * 3600.0)
    assert windows[1] == (20 * 3600.0, 36 * 3600.0)
    assert windows[1:3] == (windows[1], (windows[1][0] + _DAY_S, windows[1][1] + _DAY_S))
    night = shift_windows(("22:00-06:00",), "Asia/Shanghai", at_ns, 500.0)
    assert night[0] == (500.0 + 12 * 3600.0, 500.0 + 20 * 3600.0)


def test_the_night_on_which_summer_time_ends_is_an_hour_longer() -> None:
    at_ns = ns(2026, 10, 24, 12, "Europe/Berlin")
    windows = shift_windows(("22:00-06:00",), "Europe/Berlin", at_ns, 0.0)
    assert windows[0][1] - windows[0][0] == 9 * 3600.0
    assert windows[1][1] - windows[1][0] == 8 * 3600.0


def calendar(model: Model, machine: str) -> Calendar | None:
    found = {one.id: one for one in model.calendars}
    return found.get(next(one for one in model.machines if one.id == machine).calendar or "")


def test_pauses_and_shifts_are_taken_together_in_either_order_and_the_last_shifts_count(plant: Platform) -> None:
    start = plant.branches.package(fork(plant, hours=0.1))
    shifts = ModelChange(element="OP40", figure="shifts", shifts=("00:00-12:00",), zone="UTC")
    others = ModelChange(element="*", figure="shifts", shifts=("12:00-00:00",), zone="UTC")
    pause = ModelChange(element="OP40", figure="pause", from_min=0, to_min=60)

    def worked(*changes: ModelChange) -> tuple[tuple[float, float], ...]:
        found = calendar(changed_model(start.model, changes, 0.0, start.at_ns), "OP40")
        assert found is not None
        return found.working_s

    both = worked(shifts, pause)
    assert both == worked(pause, shifts)
    assert both[0][0] >= 3600.0
    assert worked(others, pause, shifts) == both
    assert worked(shifts, others) == worked(others)
    without = ModelChange(element="OP40", figure="unpaused", from_min=0, to_min=60)
    assert worked(shifts, pause, without) == worked(shifts)
    assert worked(pause, without, shifts) == worked(shifts)


def test_no_machine_works_out_of_its_shifts_on_a_branch(plant: Platform) -> None:
    branch = fork(plant, hours=1.0)
    local = datetime.fromtimestamp((FORK_NS + HOUR // 4) / 1e9, ZoneInfo("UTC"))
    hours = f"{local:%H:%M}-{local.replace(hour=(local.hour + 8) % 24):%H:%M}"
    change = {"element": "*", "figure": "shifts", "shifts": [hours], "zone": "UTC"}
    run(plant, "branch.change", branch=branch, changes=[change])
    plant.branches.compute(branch)
    path = plant.branches.standing(plant.branches.get(branch)).path
    assert path is not None
    begin_s = (FORK_NS + HOUR // 4 - FORK_NS) / S
    for machine, told in path.figures["machines"].items():
        assert told["shares"]["off"] == pytest.approx(begin_s / 3600, abs=0.02), machine


def test_shifts_without_a_zone_are_meant_in_the_plants(plant: Platform) -> None:
    calendar = {
        "zone": "Asia/Shanghai",
        "shifts": [{"id": "day", "name": {"en": "Day"}, "start": "08:00", "end": "20:00"}],
    }
    run(plant, "report.set_shifts", **calendar)
    branch = fork(plant, hours=0.1)
    change = {"element": "OP40", "figure": "shifts", "shifts": ["08:00-20:00"]}
    run(plant, "branch.change", branch=branch, changes=[change])
    (edit,) = plant.branches.get(branch).edits
    assert edit.changes[0].zone == "Asia/Shanghai"


def shift(start: str, end: str, name: str = "day") -> dict[str, object]:
    return {"id": name, "name": {"en": name}, "start": start, "end": end}


def test_the_shifts_of_the_plant_are_set_on_a_branch_by_their_own_command_and_nowhere_else(plant: Platform) -> None:
    branch = fork(plant, hours=1.0)
    local = datetime.fromtimestamp((FORK_NS + HOUR // 4) / 1e9, ZoneInfo("UTC"))
    given = {"zone": "UTC", "shifts": [shift(f"{local:%H:%M}", f"{local.replace(hour=(local.hour + 8) % 24):%H:%M}")]}
    run(plant, "branch.run", branch=branch, command="report.set_shifts", params=given)
    plant.branches.compute(branch)
    record = plant.branches.get(branch)
    path = plant.branches.standing(record).path
    assert path is not None
    for machine, told in path.figures["machines"].items():
        assert told["shares"]["off"] == pytest.approx(0.25, abs=0.02), machine
    assert not plant.store.ids("shift_calendar")
    assert [one.id for one in calendar_on(plant, record).shifts] == ["day"]
    child = fork(plant, branch, record.fork_ns + HOUR // 2, hours=0.1)
    assert [one.id for one in calendar_on(plant, plant.branches.get(child)).shifts] == ["day"]
    assert steps_of(record, lambda one: {}, lambda stop: ()) == (
        CommandStep(command="report.set_shifts", params=given),
    )  # fmt: skip


def test_of_shifts_by_command_and_by_change_the_last_ones_count_on_a_branch_and_in_a_plan(plant: Platform) -> None:
    branch = fork(plant, hours=0.1)
    by_change = {"element": "*", "figure": "shifts", "shifts": ["08:00-20:00"], "zone": "UTC"}
    by_command = {"zone": "UTC", "shifts": [shift("06:00", "14:00")]}

    def hours_after() -> list[tuple[str, ...] | None]:
        record = plant.branches.get(branch)
        steps = [
            CommandStep(command=one.command, params=one.params)
            if one.command is not None
            else ManualStep(text={"en": "Shifts", "zh-CN": "班次"}, changes=one.changes)
            for one in record.edits
        ]
        ((_, planned),) = effects_of(plant, plant_of(plant), steps, {}, 360.0, record.fork_ns).stages
        assert planned == record.changes()
        return [one.shifts for one in record.changes()]

    run(plant, "branch.change", branch=branch, changes=[by_change])
    run(plant, "branch.run", branch=branch, command="report.set_shifts", params=by_command)
    assert hours_after() == [("08:00-20:00",), ("06:00-14:00",)]
    run(plant, "branch.change", branch=branch, changes=[by_change])
    assert hours_after() == [("08:00-20:00",), ("06:00-14:00",), ("08:00-20:00",)]


def test_shifts_that_the_plant_would_not_take_are_refused_on_a_branch(plant: Platform) -> None:
    branch = fork(plant, hours=0.1)
    for shifts, zone, code in (
        ([shift("06:00", "14:00"), shift("14:00", "22:00")], "UTC", "reports.shifts_taken_twice"),
        ([shift("06:00", "14:00"), shift("13:00", "22:00", "late")], "UTC", "reports.shifts_overlap"),
        ([shift("06:00", "14:00")], "Moon/Base", "reports.zone_unknown"),
        ([shift("6", "14")], "UTC", "kernel.params_invalid"),
    ):
        with pytest.raises(XushiError) as refused:
            run(
                plant, "branch.run", branch=branch, command="report.set_shifts", params={"zone": zone, "shifts": shifts}
            )
        assert refused.value.code == code
    assert plant.branches.get(branch).edits == ()


def test_overtime_on_a_branch_is_a_step_that_a_person_sees_to() -> None:
    change = ModelChange(element="OP40", figure="worked", from_min=30, to_min=90)
    branch = Branch(
        id="a", title="A", parent="live", fork_ns=1, until_ns=2, look_back_ns=0, seed=1, created_by="x", created_ns=1,
        edits=(Edit(changes=(change,)),),
    )  # fmt: skip
    (step,) = steps_of(branch, lambda one: {}, lambda stop: ())
    assert isinstance(step, ManualStep)
    assert step.text["en"] == "Let OP40 work from 30 to 90 min after the start"


def test_shifts_that_overlap_or_name_no_zone_there_is_are_refused(plant: Platform) -> None:
    branch = fork(plant, hours=0.1)
    for given, code in (
        ({"shifts": ["06:00-14:00", "13:00-20:00"]}, "reports.shifts_overlap"),
        ({"shifts": ["06:00-14:00"], "zone": "Moon/Base"}, "reports.zone_unknown"),
        ({"shifts": ["6-14"]}, "kernel.params_invalid"),
        ({}, "runtime.change_wrong"),
    ):
        with pytest.raises(XushiError) as refused:
            run(plant, "branch.change", branch=branch, changes=[{"element": "OP40", "figure": "shifts", **given}])
        assert refused.value.code == code
