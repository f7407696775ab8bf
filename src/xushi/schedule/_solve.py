"""Answers a scheduling problem: constraint solver and local search side by side, the better answer with its bound."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from ._check import check
from ._cp import count_arcs, solve_cp
from ._dispatch import OrderSearch
from ._local_search import assignments_of, local_search, refusals, shop_of
from ._problem import Problem
from ._result import Assignment, Engine, Schedule, in_order, least_of, value_of

_MOST_ARCS = 50_000  # of set-ups, beyond which CP-SAT spends its time on building and reading its model
_CP_SHARE = 0.1  # of the time, where the local search can be used: enough for proofs of what is easy, and a bound

EngineWish = Literal["auto", "cp", "search"]


class Cancellation:
    """Stops a search from another thread; it then answers with the best found so far."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Stop soon."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        """Tell whether somebody asked to stop."""
        return self._event.is_set()


def solve(
    problem: Problem, limit_s: float = 10.0, *, seed: int = 1, workers: int | None = None, engine: EngineWish = "auto",
    progress: Callable[[int], None] | None = None, cancellation: Cancellation | None = None,
) -> Schedule:  # fmt: skip
    """Return the best schedule found in `limit_s` seconds of wall-clock time.

    The tabu search is used where the problem has only jobs, alternatives, release, material and due dates (makespan
    or lateness); `Schedule.search_refused` says what else stood in its way. There an order of the operations is
    improved for the whole time, with CP-SAT beside it on the other cores: `auto` does all that `search` does, and hands
    CP-SAT what it has found when that begins. Where set-ups make CP-SAT's model too large, other orders are searched on
    these cores instead.

    Args:
        problem: what to schedule.
        limit_s: it returns sooner where the answer is proved to be the best.
        seed: of all random choices.
        workers: threads; one per core by default.
        engine: `cp` or `search` leaves the other out.
        progress: told each better value of the objective, from another thread.
        cancellation: stops it; the best so far is returned.

    Raises:
        XushiError: as `check` says; `schedule.infeasible`; `schedule.extra_missing`.
    """
    check(problem)
    began = time.monotonic()
    workers = workers or len(os.sched_getaffinity(0))
    race = _Race(problem, progress or (lambda value: None), cancellation or Cancellation())
    refused = refusals(problem)

    def left_s() -> float:
        return max(0.0, limit_s - (time.monotonic() - began))

    orders = OrderSearch(problem, seed=seed)
    race.enter("dispatch", orders.assignments())
    if refused:
        _search_beside(problem, race, orders, began + limit_s, engine, seed, workers)
    elif engine != "search":
        race.prove(problem, left_s() * (1.0 if engine == "cp" else _CP_SHARE), seed, workers)
    if engine != "cp" and not refused and not race.is_over():
        shop, offset = shop_of(problem)
        found = local_search(
            shop, left_s(), seed=seed, workers=workers,
            target=race.bound_s - offset if race.bound_s is not None else -(1 << 60),
            is_cancelled=race.is_over, progress=lambda length: race.tell(length + offset),
        )  # fmt: skip
        race.enter("search", assignments_of(problem, shop, found.plan))
    return Schedule(
        assignments=in_order(race.best), value_s=race.value_s, bound_s=race.bound_s, engine=race.engine,
        search_refused=refused,
    )  # fmt: skip


def _search_beside(
    problem: Problem, race: _Race, orders: OrderSearch, end_s: float, engine: EngineWish, seed: int, workers: int
) -> None:
    """Improve the order until the time is over; on the other cores CP-SAT, or other orders where it is no help."""
    if engine == "cp":
        race.prove(problem, end_s - time.monotonic(), seed, workers)
        return
    searches = [orders]
    has_cp = engine == "auto" and count_arcs(problem) <= _MOST_ARCS
    if engine == "auto" and not has_cp:
        searches += [OrderSearch(problem, seed=seed * 1_000 + i) for i in range(1, workers)]
    with ThreadPoolExecutor(len(searches), "schedule-orders") as pool:
        searching = [pool.submit(one.run, end_s, race.is_over, race.tell) for one in searches]
        try:
            if has_cp:
                race.prove(problem, end_s - time.monotonic(), seed, max(1, workers - 1), orders.assignments)
        except BaseException:
            race.give_up()
            raise
        for one in searching:
            one.result()
    for search in searches:
        race.enter("dispatch", search.assignments())


class _Race:
    """The best answer so far, whoever found it."""

    def __init__(self, problem: Problem, progress: Callable[[int], None], cancellation: Cancellation) -> None:
        self._problem, self._progress, self._cancellation = problem, progress, cancellation
        self.best: list[Assignment] = []
        self.value_s = 1 << 60
        self.bound_s: int | None = least_of(problem) if problem.objective == "tardiness" else None
        self.engine: Engine = "dispatch"
        self._told = 1 << 60
        self._lock = threading.Lock()
        self._is_given_up = False

    def prove(
        self, problem: Problem, limit_s: float, seed: int, workers: int,
        later_hint: Callable[[], list[Assignment]] | None = None,
    ) -> None:  # fmt: skip
        """Let CP-SAT look for an answer and a bound."""
        answer = solve_cp(
            problem, limit_s, seed=seed, workers=workers, hint=self.best, later_hint=later_hint,
            is_cancelled=self.is_over, progress=self.tell,
        )  # fmt: skip
        self.bound_s = answer.bound_s if self.bound_s is None else max(self.bound_s, answer.bound_s)
        if answer.assignments is not None:
            self.enter("cp", answer.assignments)

    def give_up(self) -> None:
        """End whoever still searches."""
        self._is_given_up = True

    def enter(self, engine: Engine, assignments: list[Assignment]) -> None:
        value_s = value_of(self._problem, assignments)
        if value_s < self.value_s:
            self.best, self.value_s, self.engine = assignments, value_s, engine
            self.tell(value_s)

    def tell(self, value_s: int) -> None:
        with self._lock:
            if value_s >= self._told:
                return
            self._told = value_s
            self._progress(value_s)

    def is_over(self) -> bool:
        is_proved = self.bound_s is not None and self._told <= self.bound_s
        return self._is_given_up or self._cancellation.is_cancelled or is_proved
