"""Shifts on a branch: machines work in the hours of the plant's clock, pauses and summer time counted."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from xushi.kernel import XushiError
from xushi.runtime import Platform
from xushi.runtime.foresight import ModelChange, changed_model
from xushi.runtime.foresight._working_times import shift_windows
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
