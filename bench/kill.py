"""Kills servers and platforms 30 times each under load (`kill -9`) and accounts for everything they acknowledged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from bench._tested import tested

ROUNDS = 30
STARTUP_TARGET_S = 3.0
TESTS = (
    "tests/server/test_kill9.py",
    "tests/monitor/test_kill.py",
    "tests/plans/test_plan_kill.py",
    "tests/backups/test_backups.py::test_a_kill_in_the_middle_loses_nothing",
)


def run() -> Iterator[dict[str, Any]]:
    """Yield what was kept and lost over the kills of each kind."""
    for told in tested(TESTS, ROUNDS):
        yield from rows(told)


def rows(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What one test handed on, as figures: what it looked for and found, by kind, and the goal that none is lost."""
    kept = ", ".join(f"{count:,} {kind}" for kind, count in told["kept"].items())
    yield {
        "name": f"kill -9 of {told['killed']}, acknowledged and lost", "value": len(told["lost"]), "goal": 0,
        "unit": f"of {sum(told['kept'].values()):,} in {told['kills']} kills", "ratio": None,
        "baseline": f"kept: {kept}", "lost": told["lost"],
    }  # fmt: skip
    if "startups_s" in told:
        late = float(np.percentile(told["startups_s"], 95))
        yield {
            "name": f"kill -9 of {told['killed']}, until it answers again, 95 %", "value": round(late, 2), "unit": "s",
            "goal": STARTUP_TARGET_S, "ratio": round(late / STARTUP_TARGET_S, 2),
            "baseline": f"target {STARTUP_TARGET_S:g} s; the longest {max(told['startups_s']):.2f} s, "
            f"with {told['values_before']:,} values recorded before",
        }  # fmt: skip
