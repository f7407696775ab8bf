"""Every answer keeps every constraint, whoever found it, and no answer is better than the proved bound."""

import threading
import time

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from xushi.kernel import XushiError
from xushi.schedule import Cancellation, Choice, Frozen, Job, Operation, Problem, Resource, solve, value_of
from xushi.schedule._cp import Answer

from .shops import ft06, full_shops, plain_shops
from .verifier import faults

FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def sound(problem, schedule):
    assert faults(problem, schedule.assignments) == []
    assert schedule.value_s == value_of(problem, schedule.assignments)
    assert schedule.bound_s is None or schedule.bound_s <= schedule.value_s


@pytest.mark.parametrize("engine", ["auto", "cp", "search"])
def test_the_classic_of_six_jobs_takes_55(engine):
    schedule = solve(ft06(), 5 if engine != "search" else 1, engine=engine, workers=1)
    sound(ft06(), schedule)
    assert schedule.value_s == 55
    assert schedule.is_optimal is (engine != "search")


@FEW
@given(plain_shops())
def test_the_local_search_finds_the_optimum_of_small_shops(problem):
    exact = solve(problem, 10, engine="cp", workers=1)
    found = solve(problem, 0.15, engine="search", workers=1)
    sound(problem, exact)
    sound(problem, found)
    assert found.search_refused == ()
    assert exact.is_optimal
    assert found.value_s >= exact.value_s
    assert found.value_s <= exact.value_s + 1


@FEW
@given(full_shops())
def test_side_constraints_are_kept_by_solver_and_dispatcher(problem):
    exact = solve(problem, 10, engine="cp", workers=1)
    quick = solve(problem, 0.05, engine="search", workers=1)
    sound(problem, exact)
    sound(problem, quick)
    assert exact.is_optimal
    assert exact.value_s <= quick.value_s
    both = solve(problem, 10, workers=1)
    sound(problem, both)
    assert (both.value_s, both.is_optimal) == (exact.value_s, True)


def test_where_the_solver_finds_nothing_the_search_beside_it_has_the_answer(monkeypatch):
    problem = msgspec.structs.replace(ft06(), frozen=(frozen("J0.0", "M2", 3, 9),))
    hints, enough = [], Cancellation()

    def finds_nothing(problem, limit_s, *, hint, later_hint, **more):
        hints.append(value_of(problem, hint))
        for _ in range(200):  # the search needs some hundredths of a second
            hints.append(value_of(problem, later_hint()))
            if hints[-1] < hints[0]:
                break
            time.sleep(0.05)
        enough.cancel()
        return Answer(None, 0)

    monkeypatch.setattr("xushi.schedule._solve.solve_cp", finds_nothing)
    schedule = solve(problem, 30.0, cancellation=enough)
    sound(problem, schedule)
    assert schedule.engine == "dispatch"
    assert schedule.value_s <= hints[-1] < hints[0]


def test_the_answer_says_why_the_local_search_was_not_used():
    problem = msgspec.structs.replace(ft06(), objective="makespan", frozen=(frozen("J0.0", "M2", 3, 9),))
    schedule = solve(problem, 2, workers=1)
    sound(problem, schedule)
    assert schedule.search_refused == ("frozen",)
    assert schedule.engine in ("cp", "dispatch")


def frozen(operation, resource, start_s, end_s):
    return Frozen(operation=operation, resource=resource, start_s=start_s, end_s=end_s)


def test_work_fits_into_the_gap_before_a_frozen_operation():
    late = Job(id="late", operations=(Operation(id="late.0", choices=(Choice(resource="M", duration_s=5),)),))
    early = Job(id="early", operations=(Operation(id="early.0", choices=(Choice(resource="M", duration_s=5),)),))
    problem = Problem(
        name="gap", resources=(Resource(id="M"),), jobs=(late, early), frozen=(frozen("late.0", "M", 5, 10),)
    )
    for engine in ("cp", "search"):
        schedule = solve(problem, 0.2, engine=engine, workers=1)
        sound(problem, schedule)
        assert schedule.value_s == 10


def test_a_cancelled_search_answers_with_the_best_so_far():
    stop = Cancellation()
    stop.cancel()
    schedule = solve(ft06(), 60, cancellation=stop, engine="search", workers=1)
    sound(ft06(), schedule)


def test_the_solver_is_cancelled_while_it_works():
    jobs = tuple(
        Job(
            id=f"J{i}",
            operations=tuple(
                Operation(
                    id=f"J{i}.{j}",
                    choices=tuple(Choice(resource=f"M{k}", duration_s=7 + (i * 5 + j * 3 + k) % 11) for k in range(8)),
                )
                for j in range(10)
            ),
        )
        for i in range(20)
    )
    problem = Problem(name="hard", resources=tuple(Resource(id=f"M{k}") for k in range(8)), jobs=jobs)
    stop = Cancellation()
    timer = threading.Timer(1.0, stop.cancel)
    timer.start()
    schedule = solve(problem, 3600, cancellation=stop, engine="cp", workers=1)
    timer.join()
    sound(problem, schedule)


def test_each_better_value_is_told_once_and_falls():
    told = []
    schedule = solve(ft06(), 1, progress=told.append, engine="search", workers=1)
    assert told == sorted(set(told), reverse=True)
    assert told[-1] == schedule.value_s


def test_bad_problems_are_refused_before_any_work():
    with pytest.raises(XushiError, match="J0"):
        solve(msgspec.structs.replace(ft06(), resources=()), 1)
