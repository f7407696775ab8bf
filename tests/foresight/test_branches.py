"""A branch is a pure function of its fork, and a timeline like any other."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xushi.kernel import Actor, ManualClock, XushiError
from xushi.runtime import SYSTEM, Platform
from xushi.runtime.branches import Branch
from xushi.signals import BAD, UNCERTAIN_NOT_UPDATED, Timeline

from .conftest import HOUR, START_NS, S

FORK_NS = START_NS + HOUR + 37 * S
_ROOT = "urn:xushi:demo:submodel:"


@pytest.fixture
def plant(recorded_folder: Path, tmp_path: Path) -> Iterator[Platform]:
    """A copy of it, two hours later."""
    shutil.copytree(recorded_folder, tmp_path / "data")
    with Platform.open(tmp_path / "data", ManualClock(START_NS + 2 * HOUR)) as platform:
        yield platform


def run(platform: Platform, name: str, actor: Actor = SYSTEM, **params: Any) -> Any:
    outcome = asyncio.run(platform.bus.run(name, params, actor))
    assert outcome.state == "done", outcome.error
    return outcome


def fork(platform: Platform, timeline: str = "live", at_ns: int = FORK_NS, **params: Any) -> str:
    """Fork and compute the path, as the job of a running platform does."""
    params = {"hours": 1.0, "seed": 7, **params}
    branch: str = run(platform, "branch.fork", timeline=timeline, at_ms=at_ns / 1e6, **params).result["branch"]
    platform.branches.compute(branch)
    return branch


def course(platform: Platform, branch: str, *paths: str) -> list[tuple[Any, ...]]:
    """Every value of a branch after its fork, or those of some signals."""
    timeline, _, end_ns = platform.timelines.span(branch)
    fork_ns = platform.branches.get(branch).fork_ns
    handles = [handle_of(platform, path) for path in paths] or range(len(platform.registry))
    return [
        row
        for handle in handles
        for row in timeline.range(handle, fork_ns, end_ns + 1).rows(platform.registry)
    ]  # fmt: skip


def handle_of(platform: Platform, path: str) -> int:
    machine, _, rest = path.partition(".")
    return platform.registry.handle(f"{_ROOT}{machine}:OperationalData#{rest}")


def value(platform: Platform, timeline: Timeline, path: str, at_ns: int) -> tuple[Any, int]:
    frame = timeline.snapshot(at_ns, [handle_of(platform, path)])
    ((_, _, found, quality),) = frame.rows(platform.registry)
    return found, quality


def test_a_branch_shows_the_plants_signals_going_on_from_the_fork(plant: Platform) -> None:
    branch = fork(plant)
    timeline, _, end_ns = plant.timelines.span(branch)
    live = plant.timelines.get("live")
    assert (timeline.kind, timeline.fork_ns, end_ns) == ("branch", FORK_NS, FORK_NS + HOUR)
    for path in ("OP10.CurrentEngine", "OP60.CurrentEngine", "B50.Count", "PLC1.Engines.Finished"):
        assert value(plant, timeline, path, FORK_NS - S) == value(plant, live, path, FORK_NS - S)
    for path in ("OP40.State", "OP40.CurrentEngine", "B50.Count", "B50.Engines", "OP60.Counters.Good"):
        assert value(plant, timeline, path, FORK_NS)[0] == value(plant, live, path, FORK_NS)[0], path
    made = (
        value(plant, timeline, "OP60.Counters.Good", end_ns)[0] - value(plant, live, "OP60.Counters.Good", FORK_NS)[0]
    )
    assert 60 < made < 125
    states = {row[2] for row in course(plant, branch, "OP40.State")}
    assert states <= {1, 2, 3}
    assert len(course(plant, branch, "B50.Positions")) > 100
    assert value(plant, timeline, "OP40.State", end_ns)[1] == 0


def test_what_no_model_moves_is_marked_as_no_longer_measured(plant: Platform) -> None:
    branch = fork(plant)
    timeline = plant.timelines.get(branch)
    last, quality = value(plant, timeline, "OP40.ToolWear", FORK_NS + 600 * S)
    assert quality == UNCERTAIN_NOT_UPDATED < BAD
    assert last == value(plant, plant.timelines.get("live"), "OP40.ToolWear", FORK_NS)[0]


def test_the_same_seed_gives_the_same_path_and_another_seed_another(plant: Platform) -> None:
    one, other, third = fork(plant), fork(plant), fork(plant, seed=8)
    assert course(plant, one) == course(plant, other)
    assert course(plant, one) != course(plant, third)


def test_a_change_counts_from_the_fork_on_and_undo_gives_the_very_same_path_again(plant: Platform) -> None:
    branch = fork(plant)
    before = course(plant, branch)
    changes = [{"element": "OP40", "figure": "cycle_time", "factor": 2.0}]
    outcome = run(plant, "branch.change", branch=branch, changes=changes)
    plant.branches.compute(branch)
    after = course(plant, branch)
    assert after != before
    asyncio.run(plant.bus.undo(outcome.command_id, SYSTEM))
    plant.branches.compute(branch)
    assert course(plant, branch) == before


def test_eight_hours_of_the_line_are_there_in_seconds(plant: Platform) -> None:
    fork(plant)
    began = time.perf_counter()
    branch = fork(plant, hours=8.0)
    print("8 h:", time.perf_counter() - began, plant.branches.standing(plant.branches.get(branch)).path.values)


def test_a_fork_of_a_fork_goes_on_from_exactly_where_that_stands(plant: Platform) -> None:
    parent = fork(plant)
    at_ns = FORK_NS + 1800 * S
    child = fork(plant, parent, at_ns)
    record: Branch = plant.branches.get(child)
    assert (record.parent, record.fork_ns) == (parent, at_ns)
    one, other = plant.timelines.get(parent), plant.timelines.get(child)
    for path in ("OP10.CurrentEngine", "OP40.State", "B50.Count", "B50.Engines", "OP60.Counters.Good", "OP60.Stage"):
        assert value(plant, one, path, at_ns - S)[0] == value(plant, other, path, at_ns - S)[0], path
        assert value(plant, one, path, at_ns)[0] == value(plant, other, path, at_ns)[0], path
    seen = course(plant, child)
    run(plant, "branch.change", branch=parent, changes=[{"element": "OP10", "figure": "stopped"}])
    plant.branches.compute(parent)
    assert course(plant, child) == seen
    assert (
        value(plant, plant.timelines.get(child), "OP10.State", at_ns - S)[0]
        == value(plant, one, "OP10.State", at_ns - S)[0]
    )


def test_refusals(plant: Platform) -> None:
    branch = fork(plant)
    with pytest.raises(XushiError) as refused:
        run(plant, "branch.change", branch=branch, changes=[{"element": "OP99", "figure": "cycle_time", "factor": 2.0}])
    assert refused.value.code == "runtime.change_unknown"
