"""A thing moved on a branch stands elsewhere there and nowhere else, and its conveyors become longer or shorter."""

from __future__ import annotations

import asyncio
import math
import shutil
from pathlib import Path
from typing import Any

import pytest

from xushi.kernel import ManualClock, XushiError
from xushi.runtime import SYSTEM, Platform
from xushi.runtime.branches import Branch
from xushi.runtime.plans._from_branch import steps_of
from xushi.scene import Flow, Place, Vector, world_position

from .branching import FORK_NS, fork, run
from .conftest import HOUR, START_NS, S

_SHELL = "urn:xushi:demo:shell:"
OP30, OP20, B20, B30 = (f"{_SHELL}{one}" for one in ("OP30", "OP20", "B20", "B30"))


def stands(platform: Platform, branch: str, place: str) -> Vector:
    places = {one.id: one for one in platform.branches.places(branch)}
    return world_position(places[place], places)


def stored(platform: Platform, place: str) -> dict[str, Any]:
    record = platform.store.get("place", place)
    assert record is not None
    return record


def move(platform: Platform, branch: str, place: str, east_m: float = 0.0, north_m: float = 0.0) -> Any:
    x, y, z = next(one.position for one in platform.branches.places(branch) if one.id == place)
    params = {"place": place, "position": [x + east_m, y, z - north_m]}
    return run(platform, "branch.run", branch=branch, command="scene.move", params=params)


def transfer_s(platform: Platform, branch: Branch, buffer: str) -> float:
    from xushi.runtime.branches._path import check_changes

    model = check_changes(platform.branches.package(branch.id), branch)
    return next(one.operations[0].duration.mean_s for one in model.machines if one.id == buffer)


def test_a_machine_moved_on_a_branch_stands_there_on_the_branch_alone(plant: Platform) -> None:
    branch, other = fork(plant, hours=0.1), fork(plant, hours=0.1)
    before, record = stands(plant, branch, OP30), stored(plant, OP30)
    outcome = move(plant, branch, OP30, east_m=1.0, north_m=-3.0)
    assert stands(plant, branch, OP30) == pytest.approx((before[0] + 1, before[1], before[2] + 3))
    assert stands(plant, other, OP30) == before
    assert stored(plant, OP30) == record
    asyncio.run(plant.bus.undo(outcome.command_id, SYSTEM))
    assert stands(plant, branch, OP30) == before
    move(plant, branch, OP30, east_m=1.0)
    run(plant, "branch.revert", branch=branch, index=0)
    assert stands(plant, branch, OP30) == before


def test_conveyors_at_a_moved_machine_take_longer_in_proportion_to_the_distance_between_their_ends(
    plant: Platform,
) -> None:
    branch = fork(plant, hours=0.1)
    was = {one: transfer_s(plant, plant.branches.get(branch), one) for one in ("B10", "B20", "B30")}
    outcome = move(plant, branch, OP30, north_m=3.4)  # the conveyors before and behind are 3.4 m long
    record = plant.branches.get(branch)
    factor = round(math.sqrt(2), 3)
    assert {one.element: one.factor for one in record.consequences} == {"B20": factor, "B30": factor}
    assert transfer_s(plant, record, "B20") == pytest.approx(was["B20"] * factor)
    assert transfer_s(plant, record, "B10") == was["B10"]
    assert outcome.result["changes"] == [
        {"element": one, "figure": "transfer_time", "factor": factor, **_NONE} for one in ("B20", "B30")
    ]
    assert "transfer time B20 × 1.414, B30 × 1.414" in outcome.summary["words"]["en"]
    assert "moved by 3.4 m (3.4 m north)" in outcome.summary["words"]["en"]
    assert "输送时间 B20 × 1.414" in outcome.summary["words"]["zh-CN"]


_NONE = {
    "value": None,
    "share": None,
    "to": None,
    "from_min": None,
    "to_min": None,
    "shifts": None,
    "zone": None,
    "runs": None,
}


def test_a_dry_run_tells_the_same_and_changes_nothing(plant: Platform) -> None:
    branch = fork(plant, hours=0.1)
    params = {"branch": branch, "command": "scene.move", "params": {"place": OP30, "position": [32, 0, -21.4]}}
    outcome = asyncio.run(plant.bus.run("branch.run", params, SYSTEM, dry_run=True))
    assert "transfer time B20" in outcome.summary["words"]["en"]
    assert plant.branches.get(branch).edits == ()


def test_moves_add_up_and_a_move_back_leaves_the_model_as_it_was(plant: Platform) -> None:
    branch = fork(plant, hours=0.1)
    was = transfer_s(plant, plant.branches.get(branch), "B20")
    move(plant, branch, OP30, north_m=2.0)
    move(plant, branch, OP30, north_m=1.4)
    assert transfer_s(plant, plant.branches.get(branch), "B20") == pytest.approx(was * math.sqrt(2), rel=2e-3)
    move(plant, branch, OP30, north_m=-3.4)
    assert transfer_s(plant, plant.branches.get(branch), "B20") == pytest.approx(was, rel=2e-3)


def test_a_conveyor_that_no_longer_reaches_is_drawn_as_a_straight_way_between_its_machines(plant: Platform) -> None:
    branch = fork(plant, hours=0.1)
    move(plant, branch, OP30, north_m=3.4)
    places = {one.id: one for one in plant.branches.places(branch)}
    (flow,) = (one for one in places[B20].behaviours if isinstance(one, Flow))
    ends = [world_position(Place(id="", name={}, parent=B20, position=point), places) for point in flow.path]
    assert places[B20].model is None
    assert [(round(x, 2), round(-z, 2)) for x, _, z in ends] == [(27.3, 18.0), (30.7, 21.4)]
    assert places[f"{_SHELL}B10"].model is not None
    assert stored(plant, B20)["model"] is not None
    run(plant, "branch.revert", branch=branch, index=0)
    assert next(one for one in plant.branches.places(branch) if one.id == B20).model is not None


def test_a_conveyor_that_is_moved_itself_stands_where_it_was_put_and_takes_as_long(plant: Platform) -> None:
    branch = fork(plant, hours=0.1)
    outcome = move(plant, branch, B20, north_m=2.0)
    assert outcome.result["changes"] == []
    assert next(one for one in plant.branches.places(branch) if one.id == B20).model is not None


def test_a_fork_of_a_branch_keeps_its_moves_and_later_ones_of_the_parent_do_not_reach_it(plant: Platform) -> None:
    parent = fork(plant)
    move(plant, parent, OP30, north_m=2.0)
    plant.branches.compute(parent)
    child = fork(plant, parent, FORK_NS + 600 * S, hours=0.1)
    stood = stands(plant, child, OP30)
    assert stood == stands(plant, parent, OP30)
    was = transfer_s(plant, plant.branches.get(child), "B20")
    assert was == pytest.approx(transfer_s(plant, plant.branches.get(parent), "B20"))
    move(plant, parent, OP30, north_m=1.0)
    assert stands(plant, child, OP30) == stood
    move(plant, child, OP30, north_m=1.4)
    assert transfer_s(plant, plant.branches.get(child), "B20") == pytest.approx(
        was * math.hypot(3.4, 3.4) / math.hypot(3.4, 2.0), rel=2e-3
    )


def test_moves_survive_a_restart_a_deletion_that_is_undone_and_a_later_move_of_the_live_line(
    recorded_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(recorded_folder, tmp_path / "data")
    clock = ManualClock(START_NS + 2 * HOUR)
    with Platform.open(tmp_path / "data", clock) as platform:
        branch = fork(platform, hours=0.1)
        move(platform, branch, OP30, north_m=2.0)
        seen = [stands(platform, branch, one) for one in (OP30, OP20)]
    with Platform.open(tmp_path / "data", clock) as platform:
        assert [stands(platform, branch, one) for one in (OP30, OP20)] == seen
        outcome = run(platform, "branch.delete", branch=branch)
        asyncio.run(platform.bus.undo(outcome.command_id, SYSTEM))
        run(platform, "scene.move", place=OP20, position=[0, 0, 0])
        assert [stands(platform, branch, one) for one in (OP30, OP20)] == seen


def test_what_is_moved_onto_something_is_told_so_by_the_same_rule_on_the_line_and_on_a_branch(plant: Platform) -> None:
    branch = fork(plant, hours=0.1)
    x, y, z = stored(plant, OP20)["position"]
    for outcome in (
        run(
            plant, "branch.run", branch=branch, command="scene.move", params={"place": OP30, "position": [x + 1, y, z]}
        ),
        run(plant, "scene.move", place=OP30, position=[x + 1, y, z]),
    ):
        (found,) = outcome.diagnoses
        assert found.code == "runtime.place_taken"
        assert "OP20" in found.params["others"]
    free = fork(plant, hours=0.1)
    assert not move(plant, free, OP30, north_m=3.4).diagnoses


def test_what_cannot_be_moved_is_refused_as_on_the_line(plant: Platform) -> None:
    branch = fork(plant, hours=0.1)
    for params, code in (
        ({"place": "urn:nothing", "position": [0, 0, 0]}, "scene.place_unknown"),
        ({"place": OP30, "position": [1e9, 0, 0]}, "scene.number_invalid"),
        ({"place": OP30, "position": "there"}, "kernel.params_invalid"),
    ):
        with pytest.raises(XushiError) as refused:
            run(plant, "branch.run", branch=branch, command="scene.move", params=params)
        assert refused.value.code == code
    assert plant.branches.get(branch).edits == ()


def test_a_move_becomes_a_step_by_hand_with_its_distances(plant: Platform) -> None:
    branch = fork(plant, hours=0.1)
    move(plant, branch, OP30, east_m=-0.5, north_m=2.0)
    record = plant.branches.get(branch)
    start = plant.branches.package(branch)
    (step,) = steps_of(record, lambda one: plant.branches.scene(one, start).moves(), lambda stop: ())
    assert type(step).__name__ == "ManualStep"
    assert "(0.5 m west, 2 m north)" in step.text["en"]  # type: ignore[union-attr]
    assert "向西 0.5 m，向北 2 m" in step.text["zh-CN"]  # type: ignore[union-attr]
    assert [one.element for one in step.changes] == ["B20", "B30"]  # type: ignore[union-attr]


def test_a_machine_set_beside_another_stands_on_a_free_spot_and_shows_what_the_model_tells(plant: Platform) -> None:
    branch = fork(plant, hours=0.25)
    run(plant, "branch.change", branch=branch, changes=[{"element": "OP40", "figure": "machines", "value": 2}])
    plant.branches.compute(branch)
    places = {one.id: one for one in plant.branches.places(branch)}
    first, second = places[f"{_SHELL}OP40"], places[f"{_SHELL}OP40+2"]
    assert second.model == first.model
    assert second.name["en"] == f"{first.name['en']} +2"
    (x, _, z), (x2, _, z2) = (world_position(one, places) for one in (first, second))
    assert 2.5 < math.hypot(x2 - x, z2 - z) < 6
    assert not 13.9 < -z2 - 1.5 < 15.3 or not 13.9 < -z2 + 1.5 < 15.3  # not on the lane of the vehicles
    timeline = plant.timelines.get(branch)
    handle = plant.registry.handle("branch:OP40+2#State")
    fork_ns = plant.branches.get(branch).fork_ns
    states = {row[2] for row in timeline.range(handle, fork_ns, fork_ns + HOUR).rows(plant.registry)}
    assert 3 in states  # executing
    assert f"{_SHELL}OP40+2" not in plant.store.ids("place")
    child = fork(plant, branch, fork_ns + 300 * S, hours=0.1)
    assert f"{_SHELL}OP40+2" in {one.id for one in plant.branches.places(child)}


def test_a_machine_set_beside_another_is_put_where_it_shall_stand_like_anything_else(plant: Platform) -> None:
    branch = fork(plant, hours=0.1)
    run(plant, "branch.change", branch=branch, changes=[{"element": "OP40", "figure": "machines", "value": 2}])
    second = f"{_SHELL}OP40+2"
    before = {one.id: one for one in plant.branches.places(branch)}
    x, y, z = before[second].position
    outcome = move(plant, branch, second, east_m=1.0, north_m=0.5)
    assert "(1 m east, 0.5 m north)" in outcome.result["words"]["en"]
    after = {one.id: one for one in plant.branches.places(branch)}
    assert after[second].position == pytest.approx((x + 1.0, y, z - 0.5))
    assert after[f"{_SHELL}OP40"] == before[f"{_SHELL}OP40"]
    record, start = plant.branches.get(branch), plant.branches.package(branch)
    count, place = steps_of(record, lambda one: plant.branches.scene(one, start).moves(), lambda stop: ())
    assert count.text["en"] == "Change the number of machines of OP40 to 2"  # type: ignore[union-attr]
    assert "+2: moved by" in place.text["en"]  # type: ignore[union-attr]
