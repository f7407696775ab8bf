"""A branch is a pure function of its fork, and a timeline like any other."""

from __future__ import annotations

import asyncio
import itertools
import math
import shutil
from pathlib import Path
from typing import Any

import pytest

from xushi.kernel import ManualClock, XushiError
from xushi.runtime import SYSTEM, Platform, make_backup, restore_folder
from xushi.runtime.branches import Branch, changeable
from xushi.runtime.plans._content import ManualStep
from xushi.runtime.plans._from_branch import steps_of
from xushi.signals import BAD, UNCERTAIN_NOT_UPDATED, Timeline
from xushi.simulate import Cancellation

from .branching import FORK_NS, fork, run
from .conftest import HOUR, START_NS, S

_ROOT = "urn:xushi:demo:submodel:"


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


def test_a_change_that_the_model_cannot_take_is_refused_with_its_element_and_changes_nothing(plant: Platform) -> None:
    branch = fork(plant)
    for change, code in (
        ({"element": "OP99", "figure": "cycle_time", "factor": 2.0}, "runtime.change_unknown"),
        ({"element": "B50", "figure": "capacity", "value": 1}, "runtime.change_wrong"),
    ):
        with pytest.raises(XushiError) as refused:
            run(plant, "branch.change", branch=branch, changes=[change])
        assert (refused.value.code, refused.value.params["element"]) == (code, change["element"])
    assert plant.branches.get(branch).edits == ()


def test_every_figure_that_is_offered_can_be_changed(plant: Platform) -> None:
    branch = fork(plant, hours=0.25)
    start = plant.branches.package(branch)
    for one in changeable(start.plant, start.model):
        for figure in one.figures:
            given: dict[str, Any] = {
                "factor": {"factor": 1.2, "to": next(iter(figure.to), None)},
                "value": {"value": int((figure.present or 1) + 1)},
                "share": {"to": (figure.to or ("",))[0], "share": 0.2},
                "choice": {"to": (figure.to or ("",))[-1]},
                "window": {"from_min": 1, "to_min": 5}, "shifts": {"shifts": ["06:00-14:00", "22:00-06:00"]},
                "nothing": {},
            }[figure.takes]  # fmt: skip
            change = {"element": one.element, "figure": figure.figure, **given}
            outcome = run(plant, "branch.change", branch=branch, changes=[change])
            asyncio.run(plant.bus.undo(outcome.command_id, SYSTEM))


def test_a_change_is_taken_back_by_its_number(plant: Platform) -> None:
    branch = fork(plant, hours=0.5)
    plain = course(plant, branch)
    for factor in (1.5, 0.9):
        run(
            plant,
            "branch.change",
            branch=branch,
            changes=[{"element": "OP20", "figure": "cycle_time", "factor": factor}],
        )
    run(plant, "branch.revert", branch=branch, index=0)
    assert [edit.changes[0].factor for edit in plant.branches.get(branch).edits] == [0.9]
    run(plant, "branch.revert", branch=branch, index=0)
    plant.branches.compute(branch)
    assert course(plant, branch) == plain
    with pytest.raises(XushiError) as refused:
        run(plant, "branch.revert", branch=branch, index=0)
    assert refused.value.code == "runtime.branch_edit_unknown"


def test_a_longer_branch_begins_with_the_shorter_one(plant: Platform) -> None:
    branch = fork(plant, hours=0.5)
    short = [row for row in course(plant, branch, "OP40.CurrentEngine") if row[1] < FORK_NS + HOUR // 2]
    run(plant, "branch.extend", branch=branch, hours=0.5)
    plant.branches.compute(branch)
    longer = course(plant, branch, "OP40.CurrentEngine")
    assert longer[: len(short)] == short
    assert len(longer) > len(short)
    with pytest.raises(XushiError) as refused:
        run(plant, "branch.extend", branch=branch, hours=168)
    assert refused.value.code == "runtime.branch_too_long"


def test_a_deleted_branch_leaves_and_undo_brings_the_very_same_path_back(plant: Platform) -> None:
    branch = fork(plant)
    seen = course(plant, branch)
    run(plant, "branch.rename", branch=branch, title="早班")
    assert plant.timelines.get(branch).title == "早班"
    outcome = run(plant, "branch.delete", branch=branch)
    assert not list((plant.folder / "branches" / branch).glob("path-*"))
    assert branch not in {card.id for card in plant.timelines.describe()}
    with pytest.raises(XushiError) as refused:
        plant.timelines.get(branch)
    assert refused.value.code == "runtime.timeline_unknown"
    asyncio.run(plant.bus.undo(outcome.command_id, SYSTEM))
    plant.branches.compute(branch)
    assert course(plant, branch) == seen


def test_a_branch_survives_a_restart_and_the_loss_of_its_parents_history(recorded_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(recorded_folder, folder)
    clock = ManualClock(START_NS + 2 * HOUR)
    with Platform.open(folder, clock) as platform:
        branch = fork(platform)
        child = fork(platform, branch, FORK_NS + 1200 * S)
        seen, after = course(platform, branch), course(platform, child)
    shutil.rmtree(folder / "history")
    for path in (folder / "branches").glob("*/path-*"):
        shutil.rmtree(path)
    with Platform.open(folder, clock) as platform:
        for one in (branch, child):
            platform.branches.compute(one)
        assert course(platform, branch) == seen
        assert course(platform, child) == after
        timeline = platform.timelines.get(branch)
        assert timeline.parent is None
        assert timeline.bounds() == (FORK_NS, FORK_NS + HOUR)
        assert len(timeline.snapshot(FORK_NS - 1)) == 0
        assert platform.timelines.get(child).parent is not None


def test_no_more_than_a_few_branches_are_open_and_what_is_held_stays_open(plant: Platform) -> None:
    names = [fork(plant, hours=0.1) for _ in range(6)]
    held = plant.timelines.get(names[0])
    for name in names:
        plant.timelines.get(name).snapshot()
    assert len(plant.branches._open) <= 4
    assert len(held.snapshot()) > 100
    assert plant.timelines.get(names[5]) is plant.timelines.get(names[5])


def test_branches_are_bounded_in_number_and_depth(plant: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    branch = fork(plant, hours=0.1)
    monkeypatch.setattr("xushi.runtime.branches._commands.MOST_DEPTH", 1)
    with pytest.raises(XushiError) as refused:
        run(plant, "branch.fork", timeline=branch)
    assert refused.value.code == "runtime.branch_too_deep"
    monkeypatch.setattr("xushi.runtime.branches._commands.MOST_BRANCHES", 1)
    with pytest.raises(XushiError) as refused:
        run(plant, "branch.fork", timeline="live")
    assert refused.value.code == "runtime.branch_too_many"


def test_an_instant_before_a_branchs_fork_is_forked_from_its_parent(plant: Platform) -> None:
    branch = fork(plant)
    earlier = plant.branches.get(fork(plant, branch, FORK_NS - 600 * S))
    assert (earlier.parent, earlier.before, earlier.fork_ns) == ("live", None, FORK_NS - 600 * S)


def test_a_branch_that_locks_itself_is_stopped_with_the_reason(plant: Platform) -> None:
    branch = fork(plant, hours=4.0)
    locked = [{"element": "OP60", "figure": "share", "to": "B61", "share": 1.0},
              {"element": "OP60", "figure": "first_input", "to": "B50"}]  # fmt: skip
    run(plant, "branch.change", branch=branch, changes=locked)
    plant.branches.compute(branch)
    standing = plant.branches.standing(plant.branches.get(branch))
    assert standing.state == "stopped"
    assert standing.error is not None
    assert standing.error["code"] == "simulate.deadlock"
    assert "OP60" in standing.error["params"]["machines"]
    timeline, _, end_ns = plant.timelines.span(branch)
    assert FORK_NS < end_ns < FORK_NS + 4 * HOUR
    assert len(timeline.snapshot()) > 100


def test_what_is_not_computed_yet_is_said_so(plant: Platform) -> None:
    branch = run(plant, "branch.fork", timeline="live", at_ms=FORK_NS / 1e6).result["branch"]
    assert plant.branches.standing(plant.branches.get(branch)).state == "computing"
    for ask in (plant.timelines.get, plant.timelines.span):
        with pytest.raises(XushiError) as refused:
            ask(branch)
        assert refused.value.code == "runtime.branch_not_ready"
    assert branch in {card.id for card in plant.timelines.describe()}


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])  # while it is simulated, painted and written
def test_a_path_tells_its_progress_and_stops_where_it_is_cancelled(plant: Platform, share: float) -> None:
    branch = run(plant, "branch.fork", timeline="live", at_ms=FORK_NS / 1e6, hours=4.0).result["branch"]
    cancellation = Cancellation()
    told: list[float] = []

    def progress(done: float) -> None:
        told.append(done)
        if done >= share:
            cancellation.cancel()

    with pytest.raises(XushiError) as ended:
        plant.branches.compute(branch, progress, cancellation)
    assert ended.value.code == "simulate.cancelled"
    assert told == sorted(told)
    assert told[-1] < share + 0.1
    assert plant.branches.standing(plant.branches.get(branch)).state != "ready"
    assert not list(plant.folder.rglob("*.draft"))


def test_a_backup_holds_what_a_branch_starts_from_and_the_path_comes_back(plant: Platform, tmp_path: Path) -> None:
    branch = fork(plant, hours=0.5)
    seen = course(plant, branch)
    archive = tmp_path / "one.xushi-backup"
    made = make_backup(plant, archive, has_secrets=False, passphrase="", tell=lambda share, message: None)
    names = {entry.path for entry in made.files if entry.path.startswith("branches/")}
    assert names == {f"branches/{branch}/start.bin"}
    restore_folder(tmp_path / "other", archive, plant.clock)
    with Platform.open(tmp_path / "other", plant.clock) as restored:
        restored.branches.compute(branch)
        assert course(restored, branch) == seen


def test_on_a_branch_the_vehicles_drive_on_their_roads_and_do_what_the_model_does(plant: Platform) -> None:
    branch = fork(plant)
    xs = [(at_ns, x) for _, at_ns, x, _ in course(plant, branch, "AGV1.Pose.PositionX")]
    ys = {at_ns: y for _, at_ns, y, _ in course(plant, branch, "AGV1.Pose.PositionY")}
    places = [(at_ns, x, ys[at_ns]) for at_ns, x in xs if at_ns in ys]
    assert len(places) > 600
    assert {round(y, 1) for _, _, y in places} >= {11.4, 14.6, 18.6}  # both lanes, and the store
    for (before_ns, x0, y0), (at_ns, x1, y1) in itertools.pairwise(places):
        assert math.dist((x0, y0), (x1, y1)) <= 1.4 * (at_ns - before_ns) / S + 0.01
    assert {row[2] for row in course(plant, branch, "AGV1.State")} == {2, 3}
    loads = {row[2] for row in course(plant, branch, "AGV1.Load")}
    assert len(loads) > 3
    assert all(load == "" or load.startswith("~OP") for load in loads)
    kinds = dict(plant.branches.package(branch).labels.stage_after)
    assert (kinds["PS1"], kinds["KIT1"]) == (1, 2)  # containers from the store, kits from the rack
    shown = {row[2] for row in course(plant, branch, "AGV1.LoadKind", "AGV2.LoadKind")}
    assert shown == {0, 1, 2}
    nodes = {row[2] for row in course(plant, branch, "AGV1.LastNode")}
    assert {"N_W0", "N_A0", "N_OP10"} <= nodes


def test_on_a_branch_the_stock_of_material_falls_piece_by_piece_and_rises_by_a_tray(plant: Platform) -> None:
    branch = fork(plant)
    live = plant.timelines.get("live")
    for station in ("OP10", "OP20", "OP30", "OP100"):
        path = f"{station}.Material.Stock"
        rows = [row[2] for row in course(plant, branch, path)]
        assert rows[0] == value(plant, live, path, FORK_NS)[0]
        steps = {after - before for before, after in itertools.pairwise(rows)}
        assert -1 in steps
        assert steps <= {-1, 11, 12}, station  # a tray may come at the instant at which a piece is done
        assert all(0 <= units <= 24 for units in rows)
    assert {row[2] for row in course(plant, branch, "KIT1.State")} == {2, 3}


def test_the_elements_of_a_branch_are_vehicles_roads_and_sources_too(plant: Platform) -> None:
    branch = fork(plant)
    start = plant.branches.package(branch)
    elements = {one.element: one for one in changeable(start.plant, start.model)}
    kinds = {one.kind for one in elements.values()}
    assert kinds == {"machine", "buffer", "source", "fleet", "road", "product", "plant"}
    figures = {figure.figure: figure for figure in elements["XD-AGV"].figures}
    assert (figures["vehicles"].present, figures["vehicle_speed"].present) == (2, 1.4)
    assert {figure.figure for figure in elements["N_X1-N_X2"].figures} == {"closed", "travel_time"}
    assert {figure.figure for figure in elements["N_E1-N_E2"].figures} == {"travel_time"}  # the only way there
    assert "cycle_time" in {figure.figure for figure in elements["KIT1"].figures}
    assert not [name for name in elements if "|" in name]
    changes = [
        {"element": "XD-AGV", "figure": "vehicles", "value": 1},
        {"element": "N_X1-N_X2", "figure": "closed"},
    ]
    before = course(plant, branch, "OP50.Material.Stock")
    run(plant, "branch.change", branch=branch, changes=changes)
    plant.branches.compute(branch)
    assert course(plant, branch, "OP50.Material.Stock") != before
    (step,) = steps_of(plant.branches.get(branch), lambda one: {}, lambda stop: ())
    assert isinstance(step, ManualStep)
    assert step.text["en"] == "Change the number of vehicles of XD-AGV to 1; Close the road N_X1-N_X2"
    assert step.text["zh-CN"] == "将 XD-AGV 的小车数量改为 1；关闭道路 N_X1-N_X2"
    with pytest.raises(XushiError) as caught:
        run(plant, "branch.change", branch=branch, changes=[{"element": "N_E1-N_E2", "figure": "closed"}])
    assert caught.value.code == "runtime.road_needed"


def test_the_job_of_a_branch_that_is_deleted_ends_and_undo_begins_it_anew(plant: Platform) -> None:
    async def deleted_and_brought_back() -> list[str]:
        plant.branches.start()
        forked = await plant.bus.run("branch.fork", {"timeline": "live", "at_ms": FORK_NS / 1e6, "hours": 24.0}, SYSTEM)
        branch = forked.result["branch"]
        first = plant.branches.standing(plant.branches.get(branch)).job
        assert first is not None
        deleted = await plant.bus.run("branch.delete", {"branch": branch}, SYSTEM)
        states = [(await plant.jobs.wait(first)).state]
        await plant.bus.undo(deleted.command_id, SYSTEM)
        second = plant.branches.standing(plant.branches.get(branch)).job
        assert second not in (None, first)
        states.append(plant.jobs.get(second or "").state)
        await plant.jobs.close()
        return states

    assert asyncio.run(deleted_and_brought_back()) == ["cancelled", "running"]
