"""Paths are computed by a process of their own, which may die, and must not outlive whoever wants them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import psutil
import pytest

from xushi.kernel import Child, XushiError
from xushi.runtime import Platform
from xushi.runtime.branches import Branch, _desk
from xushi.runtime.branches._path_process import PathProcess

from .branching import FORK_NS, fork, run

_WORKER = "xushi.runtime.branches._path_worker"


@pytest.fixture(autouse=True)
def a_process_of_its_own(monkeypatch: pytest.MonkeyPatch, one_path_process: PathProcess) -> None:
    """Here each platform has its own, as anywhere else but in the tests."""
    with one_path_process._guard:
        one_path_process._let_go()
    monkeypatch.setattr(_desk, "PathProcess", PathProcess)


def workers() -> list[psutil.Process]:
    return [
        one
        for one in psutil.Process().children()
        if one.status() != psutil.STATUS_ZOMBIE and _WORKER in one.cmdline()
    ]  # fmt: skip


def unbegun(plant: Platform) -> Branch:
    branch = run(plant, "branch.fork", timeline="live", at_ms=FORK_NS / 1e6, hours=3.0, seed=7).result["branch"]
    return plant.branches.get(branch)


def test_one_whose_process_dies_is_told_and_can_be_had_again(plant: Platform) -> None:
    branch = unbegun(plant)

    def kill(_: float) -> None:
        for one in workers():
            one.kill()

    with pytest.raises(XushiError) as told:
        plant.branches.compute(branch.id, kill)
    assert told.value.code == "runtime.path_process_lost"
    assert plant.branches.standing(branch).state == "failed"
    assert not list(plant.folder.rglob("*.draft"))
    plant.branches.compute(branch.id)
    assert plant.branches.standing(branch).state == "ready"


def test_the_process_stays_for_the_next_and_goes_with_the_platform(plant: Platform) -> None:
    fork(plant)
    (first,) = workers()
    fork(plant, seed=8)
    (second,) = workers()
    assert second.pid == first.pid
    plant.branches.close()
    assert workers() == []


def test_it_ends_in_the_middle_when_nobody_is_left_to_want_it(plant: Platform, tmp_path: Path) -> None:
    branch = unbegun(plant)
    plant.branches.package(branch.id)
    order = {
        "package": str(plant.folder / "branches" / branch.id / "start.bin"), "branch": msgspec.to_builtins(branch),
        "folder": str(tmp_path / "path"), "registry": str(plant.registry.path),
    }  # fmt: skip
    child = Child(_WORKER)
    child.to.write(msgspec.json.encode(order) + b"\n")
    child.to.flush()
    assert msgspec.json.decode(child.back.readline())["type"] == "progressed"
    child.to.close()
    assert psutil.Process(child.pid).wait(10.0) in (0, None)
    assert not (tmp_path / "path").exists()
    child.kill()
