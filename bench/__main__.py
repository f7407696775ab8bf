"""Runs the benchmarks named on the command line (all by default) and prints one JSON object a line."""

from __future__ import annotations

import importlib
import json
import math
import os
import platform
import sys
import traceback
from pathlib import Path
from typing import Any

TOLERANCE = 1.25  # other work on the machine: a goal missed by less is told of, and is no failure

ORDER = (
    "twins",
    "signals",
    "connectors",
    "connect",
    "bigplant",
    "monitor",
    "simulate",
    "foresight",
    "branches",
    "plans",
    "schedule",
    "orders",
    "endtoend",
    "firstrun",
    "world",
    "outage",
    "kill",
)


def machine() -> str:
    """Return what the figures were measured on: processor, cores, memory, Python."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} cores, {memory_gib:.0f} GiB, Python {platform.python_version()}"


def missed_by(figure: dict[str, Any]) -> float:
    """By what factor a figure misses its goal; 1 or less where it is met, or has none.

    A goal is a most, or a least where the figure `is_at_least`; none of a goal of 0 may be there. A `least_ratio` is a
    goal for the ratio to the baseline.
    """
    goal, value, is_least = figure.get("goal"), figure["value"], figure.get("is_at_least")
    if "least_ratio" in figure:
        goal, value, is_least = figure["least_ratio"], figure["ratio"], True
    if goal is None:
        return 0.0
    if is_least:
        return float(goal / value) if value > 0 else math.inf
    if goal == 0:
        return math.inf if value > 0 else 0.0
    return float(value / goal)


def closing(figures: list[dict[str, Any]]) -> tuple[dict[str, Any], bool]:
    """The last line, which names every goal that was missed, and whether none was by more than what is tolerated.

    A figure may state a `tolerance` of its own, where it is known to be missed.
    """
    missed = {one["name"]: missed_by(one) for one in figures if missed_by(one) > 1}
    allowed = {one["name"]: one.get("tolerance", TOLERANCE) for one in figures}
    is_well = all(factor <= allowed[name] for name, factor in missed.items())
    goals = sum(one.get("goal") is not None or "least_ratio" in one for one in figures)
    return {
        "name": "goals missed", "value": len(missed), "unit": f"of {goals} goals", "ratio": None,
        "baseline": "; ".join(
            f"{name}: by {factor:.2f}, tolerated {allowed[name]:g}" for name, factor in missed.items()
        ) or "every goal is met",
    }, is_well  # fmt: skip


def main() -> int:
    """Print the figures and the goals that were missed; exit 1 where one was by far, or not all were measured."""
    wanted = sys.argv[1:] or list(ORDER)
    unknown = [name for name in wanted if name not in ORDER]
    if unknown:
        print(f"unknown benchmark {unknown[0]}; there are: {', '.join(ORDER)}", file=sys.stderr)
        return 2
    on = machine()
    figures: list[dict[str, Any]] = []
    broken: list[str] = []
    for name in wanted:
        try:
            for figure in importlib.import_module(f"bench.{name}").run():
                figures.append(figure)
                print(json.dumps({**figure, "machine": on}, ensure_ascii=False), flush=True)
        except Exception:  # half an hour of other figures must not be lost for it
            traceback.print_exc()
            broken.append(name)
    last, is_well = closing(figures)
    print(json.dumps({**last, "machine": on}, ensure_ascii=False), flush=True)
    if broken:
        print(f"not measured to the end: {', '.join(broken)}", file=sys.stderr)
    return 0 if is_well and not broken else 1


if __name__ == "__main__":
    sys.exit(main())
