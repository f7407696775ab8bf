"""Runs the benchmarks named on the command line (all by default) and prints one JSON object a line."""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
from pathlib import Path

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


def main() -> int:
    """Print the figures; the exit status tells whether every benchmark ran to its end."""
    wanted = sys.argv[1:] or list(ORDER)
    unknown = [name for name in wanted if name not in ORDER]
    if unknown:
        print(f"unknown benchmark {unknown[0]}; there are: {', '.join(ORDER)}", file=sys.stderr)
        return 2
    on = machine()
    for name in wanted:
        for figure in importlib.import_module(f"bench.{name}").run():
            print(json.dumps({**figure, "machine": on}, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
