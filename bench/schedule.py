"""Measures scheduling: gaps to the best known makespans beside plain CP-SAT, and the repair of 500 operations."""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

from xushi.schedule import Breakdown, Choice, Job, Operation, Problem, Resource, repair, solve

from ._instances import FLEXIBLE, flexible_shop, job_shop, job_shops

LIMIT_S = float(os.environ.get("XUSHI_SCHEDULE_S", "10"))
SETS = {
    "ta01-10": ([f"ta{i:02}" for i in range(1, 11)], 0.6),
    "ta11-51": (["ta11", "ta15", "ta21", "ta25", "ta31", "ta41", "ta51"], 1.3),
    "la21-40": ([f"la{i}" for i in range(21, 41)], 0.2),
    "mk01-10": ([f"mk{i:02}" for i in range(1, 11)], 0.7),
}
OPERATIONS_IN_JOB, JOBS, RESOURCES = 10, 50, 12


def run() -> Iterator[dict[str, Any]]:
    """Yield the figures; XUSHI_SCHEDULE_SETS names some of the sets, XUSHI_SCHEDULE_S the seconds for each instance.

    The flexible instances may not be packaged: where they do not lie beside the checkout, that is said.
    """
    yield repair_500()
    shops = job_shops()
    wanted = os.environ.get("XUSHI_SCHEDULE_SETS", ",".join(SETS)).split(",")
    missing = [title for title in wanted if title.startswith("mk") and not FLEXIBLE.exists()]
    for title in wanted:
        if title in missing:
            continue
        names, goal = SETS[title]
        ours, plain = [], []
        for name in names:
            problem, best = flexible_shop(name) if name.startswith("mk") else job_shop(shops[name])
            for engine, gaps in (("auto", ours), ("cp", plain)):
                value_s = solve(problem, LIMIT_S, engine=engine).value_s  # type: ignore[arg-type]
                gaps.append(100 * (value_s - best) / best)
        yield {
            "name": f"schedule.gap_{title}", "value": round(statistics.mean(ours), 2),
            "unit": f"% above the best known, mean of {len(names)}, {LIMIT_S:g} s each, all cores", "goal": goal,
            "baseline": round(statistics.mean(plain), 2), "worst": round(max(ours), 2),
        }  # fmt: skip
    if missing:  # nobody shall take the figures above for all of them
        print(f"schedule: {', '.join(missing)} not measured: the instances are not in {FLEXIBLE}", file=sys.stderr)


def repair_500() -> dict[str, Any]:
    problem = flexible_500()
    schedule = solve(problem, 1.0, engine="search")
    breakdown = Breakdown(resource="M0", start_s=2000, end_s=6000)
    repair(problem, schedule, breakdown, now_s=2000, limit_s=0.05)  # compiled or read from the cache
    began = time.perf_counter()
    _, repaired = repair(problem, schedule, breakdown, now_s=2000, frozen_until_s=2600)
    spent_s = time.perf_counter() - began
    _, unimproved = repair(problem, schedule, breakdown, now_s=2000, frozen_until_s=2600, limit_s=0.0)
    return {
        "name": "schedule.repair", "value": round(1000 * spent_s), "unit": "ms for 500 operations", "goal": 500,
        "before_s": schedule.value_s, "after_s": repaired.value_s, "first_answer_s": unimproved.value_s,
    }  # fmt: skip


def flexible_500() -> Problem:
    draws = random.Random(1)
    jobs = tuple(
        Job(
            id=f"J{i}",
            operations=tuple(
                Operation(
                    id=f"J{i}.{j}",
                    choices=tuple(
                        Choice(resource=f"M{k}", duration_s=draws.randint(60, 600))
                        for k in draws.sample(range(RESOURCES), 3)
                    ),
                )
                for j in range(OPERATIONS_IN_JOB)
            ),
        )
        for i in range(JOBS)
    )
    return Problem(name="500", resources=tuple(Resource(id=f"M{k}") for k in range(RESOURCES)), jobs=jobs)
