"""After a breakdown what has begun stays, nothing new begins on the broken resource, and every constraint is kept."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xushi.schedule import Breakdown, changes, repair, solve

from .shops import ft06, full_shops
from .verifier import faults


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(full_shops(), st.integers(0, 25), st.integers(1, 20), st.integers(0, 10))
def test_the_repaired_schedule_keeps_every_constraint(problem, now_s, length_s, zone_s):
    schedule = solve(problem, 0.02, engine="search", workers=1)
    now_s = max(now_s, problem.start_s)
    breakdown = Breakdown(resource=problem.resources[0].id, start_s=now_s, end_s=now_s + length_s)
    rest, repaired = repair(
        problem, schedule, breakdown, now_s=now_s, frozen_until_s=now_s + zone_s, limit_s=0.01
    )  # fmt: skip
    assert faults(rest, repaired.assignments) == []
    before = {one.operation: one for one in schedule.assignments}
    for one in repaired.assignments:
        old = before[one.operation]
        if old.start_s < now_s:
            assert (one.resource, one.start_s) == (old.resource, old.start_s)
        else:
            assert one.start_s >= now_s
            assert one.resource != breakdown.resource or not now_s <= one.start_s < breakdown.end_s


def test_what_the_breakdown_does_not_touch_stays_in_the_frozen_zone():
    schedule = solve(ft06(), 5, workers=1)
    breakdown = Breakdown(resource="M3", start_s=20, end_s=30)
    _, repaired = repair(ft06(), schedule, breakdown, now_s=20, frozen_until_s=25, limit_s=0.05)
    moved = {one.operation for one in changes(schedule, repaired)}
    touched = {one.operation for one in schedule.assignments if one.resource == "M3" and one.end_s > 20}
    near = {one.operation for one in schedule.assignments if one.start_s < 20} - touched
    assert not moved & near
    assert moved
    assert repaired.value_s >= schedule.value_s
