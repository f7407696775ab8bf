"""Kills and restarts brokers and OPC UA servers 20 times each under load: how soon all is back, and whether whole."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any

from bench._tested import tested

ROUNDS = 20
BACK_WITHIN_S = 5.0


def run() -> Iterator[dict[str, Any]]:
    """Yield what the outages of each peer came to."""
    for told in tested(["tests/connectors/test_outages.py"], ROUNDS):
        yield from rows(told)


def rows(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What one test handed on, as figures: all that may not happen has the goal 0."""
    name = f"outages of {told['peer']}"
    if "returns_s" in told:
        each = told["returns_s"]
        median = statistics.median(each)
        yield {
            "name": f"{name}, until every subscription is back, longest", "value": max(each), "unit": "s",
            "goal": BACK_WITHIN_S, "each_s": each, "ratio": round(max(each) / BACK_WITHIN_S, 2),
            "baseline": f"target {BACK_WITHIN_S:g} s; {len(each)} outages under load, median {median:.2f} s",
        }  # fmt: skip
        yield _none(f"{name}, not marked in a signal", told["unmarked"], f"{len(each)} in {told['signals']} signals")
        yield _none(f"{name}, values doubled or out of order", told["misplaced"], f"{told['values']:,} values")
    if told["writes"] is not None:
        became = ", ".join(f"{count:,} {state}" for state, count in told["writes"]["told"].items())
        yield _none(f"{name}, writes that became something else than was told", told["writes"]["mistold"], became)


def _none(name: str, value: int, counted: str) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": "of what is counted", "goal": 0, "baseline": counted, "ratio": None}
