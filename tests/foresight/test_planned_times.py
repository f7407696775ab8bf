"""Shifts and planned stops count in forecast, branch and comparison alike, as far as the line keeps to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from xushi import simulate
from xushi.reports import Shift, ShiftCalendar
from xushi.runtime import Platform
from xushi.runtime._planned_times import PlannedTimes, Stop, planned_times
from xushi.runtime.foresight import (
    Fork,
    WantedOrder,
    fork,
    main_line,
    order_times,
    plant_of,
    read_machine,
    run_comparison,
    run_forecast,
)
from xushi.runtime.foresight._build import FINISHED
from xushi.runtime.foresight._order_times import find_late

from .branching import FORK_NS, run
from .branching import fork as branch_of
from .conftest import HOUR, START_NS, S

AT_NS = START_NS + 2 * HOUR
MIN_NS = 60 * S


def clock(at_ns: int) -> str:
    return f"{datetime.fromtimestamp(at_ns / S, UTC):%H:%M}"


def shift(start_ns: int, end_ns: int) -> ShiftCalendar:
    return ShiftCalendar("UTC", (Shift("day", {}, clock(start_ns), clock(end_ns)),))


def forked(platform: Platform, planned: PlannedTimes, at_ns: int = AT_NS) -> Fork:
    return fork(plant_of(platform), platform.timelines.get("live"), START_NS, at_ns, planned)


def codes(begun: Fork) -> set[str]:
    return {one.code for one in begun.diagnoses}


def test_nothing_is_closed_where_nobody_set_shifts(plant: Platform) -> None:
    begun = forked(plant, planned_times(plant.store))
    assert begun.model.calendars == ()
    assert begun.model == forked(plant, PlannedTimes()).model


def test_no_output_is_forecast_behind_the_end_of_the_shift_and_orders_wait_for_the_next(plant: Platform) -> None:
    kept = forked(plant, PlannedTimes(shift(START_NS, AT_NS + HOUR // 2)))
    orders = [WantedOrder("soon", 20), WantedOrder("later", 60)]
    told = run_forecast(kept, 3600.0, 20, 1, {"OP40": 28.0}, orders=orders)
    free = run_forecast(forked(plant, PlannedTimes()), 3600.0, 20, 1, {"OP40": 28.0}, orders=orders)
    (op40,) = (one for one in told["machines"] if one["id"] == "OP40")
    assert op40["shares"]["off"] == pytest.approx(0.5, abs=0.01)
    made, made_free = (one["figures"][0]["mean"] for one in (told, free))
    assert made == pytest.approx(made_free / 2, rel=0.15)
    assert op40["oee"]["mean"] > 0.7  # of the time in which it is planned to work
    soon, later = (one["done_s"] for one in told["orders"])
    assert soon["mean"] < 1800.0
    assert 21.5 * 3600 + 1800 < later["mean"] < 21.5 * 3600 + 5400  # the next shift begins 21.5 h after the last
    assert main_line(kept).model.calendars == ()


def test_a_line_that_works_where_it_has_no_shift_is_taken_to_go_on(plant: Platform) -> None:
    night = PlannedTimes(shift(AT_NS + HOUR, START_NS))  # no shift while the line was recorded
    begun = forked(plant, night)
    assert begun.model.calendars == ()
    assert "runtime.works_between_shifts" in codes(begun)
    just_over = forked(plant, PlannedTimes(shift(START_NS - HOUR, AT_NS - 2 * MIN_NS)))  # parts are being finished
    assert just_over.model.calendars
    assert "runtime.works_between_shifts" not in codes(just_over)


def test_a_planned_stop_of_the_live_line_counts_in_forecast_branch_and_comparison(plant: Platform) -> None:
    times = {"start_ms": (FORK_NS + 600 * S) / 1e6, "end_ms": (FORK_NS + 1800 * S) / 1e6}
    run(plant, "maintenance.add", machine="OP40", **times)
    begun = forked(plant, planned_times(plant.store), FORK_NS)
    told = run_forecast(begun, 3600.0, 20, 1, {})
    off = {one["id"]: one["shares"]["off"] for one in told["machines"]}
    assert off["OP40"] == pytest.approx(1200 / 3600, abs=0.01)
    assert off["OP30"] == 0.0
    (starving,) = (one for one in told["warnings"] if one["machine"] == "OP50")
    assert (starving["culprit"], starving["cause"]) == ("OP40", "off")
    compared = run_comparison(begun, [], 3600.0, 10, 1)
    assert compared["alternatives"][0]["figures"]["plant.good"]["mean"] < 110  # of 120 at a takt of 30 s
    branch = branch_of(plant)
    path = plant.branches.standing(plant.branches.get(branch)).path
    assert path is not None
    assert path.figures["machines"]["OP40"]["shares"]["off"] == pytest.approx(1200 / 3600, abs=0.01)


def test_shifts_that_a_branch_is_given_take_the_place_of_the_plants(plant: Platform) -> None:
    run(plant, "report.set_shifts", zone="UTC", shifts=[
        {"id": "day", "name": {}, "start": clock(START_NS), "end": clock(FORK_NS + HOUR // 2)}
    ])  # fmt: skip
    branch = branch_of(plant)

    def off() -> float:
        path = plant.branches.standing(plant.branches.get(branch)).path
        assert path is not None
        share: float = path.figures["machines"]["OP40"]["shares"].get("off", 0.0)
        return share

    assert off() > 0.4
    overtime: dict[str, Any] = {"element": "*", "figure": "worked", "from_min": 0, "to_min": 60}
    run(plant, "branch.change", branch=branch, changes=[overtime])
    plant.branches.compute(branch)
    assert off() == 0.0
    run(plant, "branch.revert", branch=branch, index=0)
    change: dict[str, Any] = {"element": "*", "figure": "shifts", "shifts": ["00:00-12:00", "12:00-00:00"]}
    run(plant, "branch.change", branch=branch, changes=[change])
    plant.branches.compute(branch)
    assert off() == 0.0


def test_a_machine_at_work_within_a_planned_stop_is_believed(plant: Platform) -> None:
    at_ns = next(
        at
        for at in range(AT_NS - 30 * MIN_NS, AT_NS, 10 * S)
        if read_machine(plant.timelines.get("live"), plant_of(plant).nodes["OP40"], at - MIN_NS, at).is_executing
    )
    begun_long_ago = PlannedTimes(stops=(Stop("OP40", at_ns - 20 * MIN_NS, at_ns + HOUR),))
    begun = forked(plant, begun_long_ago, at_ns)
    assert "runtime.works_in_stop" in codes(begun)
    assert begun.model.calendars == ()
    begun_now = PlannedTimes(stops=(Stop("OP40", at_ns - MIN_NS, at_ns + HOUR),))
    assert forked(plant, begun_now, at_ns).model.calendars


def test_that_a_machine_stands_while_it_is_not_to_work_is_no_stop_of_it(plant: Platform) -> None:
    timeline, node = plant.timelines.get("live"), plant_of(plant).nodes["OP40"]
    whole = read_machine(timeline, node, START_NS, AT_NS)
    closed = read_machine(timeline, node, START_NS, AT_NS, [(START_NS, AT_NS)])
    assert sum(len(kind.lasted_s) for kind in whole.kinds.values()) > 0
    assert sum(len(kind.lasted_s) for kind in closed.kinds.values()) == 0
    assert closed.works_s == whole.works_s


def test_orders_beyond_the_horizon_are_put_into_the_time_in_which_the_line_works() -> None:
    calendar = simulate.Calendar(id="c", period_s=1e9, working_s=((0.0, 110.0), (200.0, 300.0), (400.0, 1e6)))
    work = simulate.Operation(duration=simulate.Constant(value_s=1.0), to=(simulate.Route(to=FINISHED),))
    machine = simulate.Machine(id="M", operations=(work,), calendar="c")

    class Outcome:
        sample_at_s = np.array([50.0, 100.0])
        samples = {FINISHED: np.array([[5.0, 10.0]])}  # noqa: RUF012
        model = simulate.Model(name="", machines=(machine,), calendars=(calendar,))
        locks = ()

    wanted = [WantedOrder("a", 10), WantedOrder("b", 1), WantedOrder("c", 1), WantedOrder("d", 10)]
    found = order_times(Outcome(), wanted)  # type: ignore[arg-type]
    assert [found[one][0] for one in "acd"] == pytest.approx([100.0, 210.0, 410.0])
    later = order_times(Outcome(), wanted, calendar_s=200.0)  # type: ignore[arg-type]
    assert later["c"][0] == pytest.approx(220.0)


def test_a_late_order_is_blamed_on_the_machine_whose_repair_would_help_most_and_else_on_the_bottleneck() -> None:
    rng = np.random.default_rng(1)
    done = {"a": 1000.0 + rng.normal(0, 50, 40)}
    wanted = [WantedOrder("a", 5, due_s=800.0)]

    def reason(**gains_s: float) -> tuple[str, str]:
        if_up = {machine: {"a": done["a"] - gain_s + rng.normal(0, 20, 40)} for machine, gain_s in gains_s.items()}
        (late,) = find_late(wanted, done, if_up, "OP90")
        return late.culprit, late.cause

    assert reason(OP10=100.0, OP30=400.0) == ("OP30", "down")
    assert reason() == ("OP90", "bottleneck")
    assert reason(OP10=60.0) == ("OP90", "bottleneck")  # sooner, but late all the same
    assert reason(OP20=-30.0) == ("OP90", "bottleneck")
