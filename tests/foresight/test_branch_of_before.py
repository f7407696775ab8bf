"""A branch that an earlier version kept, before models knew products and branches receipts, is as good as one of today.

Such a branch is made of one of today: its package without the fields that came later and with the model of one kind of
part, its record without them, and no path.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from xushi.kernel import Diff, ManualClock, XushiError, diff_key
from xushi.runtime import SYSTEM, Platform
from xushi.runtime._planned_times import planned_times
from xushi.runtime.branches import changeable
from xushi.runtime.branches._record import KIND, Branch
from xushi.runtime.foresight import fork as fork_plant
from xushi.runtime.foresight import plant_of, sequence_of

from .branching import fork, run
from .conftest import HOUR, START_NS, S
from .test_branches import course

NOW_NS = START_NS + 2 * HOUR
QUICKER = {"element": "OP40", "figure": "cycle_time", "factor": 0.9}
NOT_KEPT = ("receipts", "lots", "stops")  # of a package; and of a plant its kinds, of a change its runs


def _as_before(platform: Platform, branch: str) -> None:
    """Leave of a branch what an earlier version kept."""
    record: Branch = platform.branches.get(branch)
    start = platform.branches.package(branch)
    timeline, planned = platform.timelines.get("live"), planned_times(platform.store)
    plain = fork_plant(plant_of(platform), timeline, record.look_back_ns, record.fork_ns, planned)
    kept: dict[str, Any] = msgspec.msgpack.decode(
        msgspec.msgpack.encode(msgspec.structs.replace(start, model=plain.model, state=plain.state))
    )
    for field in NOT_KEPT:
        del kept[field]
    del kept["plant"]["kinds"]
    folder = platform.folder / "branches" / branch
    (folder / "start.bin").write_bytes(msgspec.msgpack.encode(kept))
    for path in folder.glob("path-*"):
        shutil.rmtree(path)
    stored = platform.store.get(KIND, branch)
    assert stored is not None
    for edit in stored["edits"]:
        edit["changes"] = [
            {name: value for name, value in change.items() if name != "runs"} for change in edit["changes"]
        ]
    before = platform.store.get(KIND, branch)
    assert before is not None
    assert before != stored
    platform.store.commit(Diff(updated={diff_key(KIND, branch): (before, stored)}))


@pytest.fixture
def kept(recorded_folder: Path, tmp_path: Path) -> tuple[Path, str]:
    """The folder of a platform with such a branch, and its name."""
    folder = tmp_path / "data"
    shutil.copytree(recorded_folder, folder)
    with Platform.open(folder, ManualClock(NOW_NS)) as platform:
        for name, product in zip("AB", ("E15", "E15S"), strict=True):
            run(platform, "order.add", id=name, product=f"urn:xushi:demo:shell:{product}", quantity=30)
        branch = fork(platform, at_ns=NOW_NS)
        run(platform, "branch.change", branch=branch, changes=[QUICKER])
        _as_before(platform, branch)
    return folder, branch


def test_a_branch_kept_before_products_and_receipts_opens_plays_compares_and_is_forked(kept: tuple[Path, str]) -> None:
    folder, branch = kept
    with Platform.open(folder, ManualClock(NOW_NS)) as platform:
        start = platform.branches.start_of(platform.branches.get(branch))
        assert start is not None
        assert sequence_of(start.model) is None
        assert (start.plant.kinds, start.receipts, start.lots) == ({}, (), {})
        platform.branches.compute(branch)
        standing = platform.branches.standing(platform.branches.get(branch))
        assert standing.state == "ready"
        assert standing.path is not None
        assert standing.path.figures["finished"] > 60
        assert len(course(platform, branch, "OP60.Counters.Good")) > 60
        child = fork(platform, branch, NOW_NS + 1800 * S)
        assert platform.branches.standing(platform.branches.get(child)).state == "ready"
        assert "product" not in {one.kind for one in changeable(start.plant, start.model)}

        async def ended(name: str, **params: Any) -> Any:
            job = await platform.jobs.wait((await platform.bus.run(name, params, SYSTEM)).effects[0]["job"])
            assert job.state == "done", job.error
            return job.result

        compared = asyncio.run(ended("foresight.compare", branches=[branch], replications=10))
        assert [one["name"] for one in compared["alternatives"]] == ["now", "B1"]
        asyncio.run(ended("plan.from_branch", branch=branch, replications=10))


def test_a_branch_kept_before_products_and_receipts_is_changed_renamed_taken_back_and_deleted(
    kept: tuple[Path, str],
) -> None:
    folder, branch = kept
    with Platform.open(folder, ManualClock(NOW_NS)) as platform:
        before = platform.store.get(KIND, branch)
        outcome = run(platform, "branch.change", branch=branch, changes=[{**QUICKER, "element": "OP30"}])
        assert [change.element for change in platform.branches.get(branch).changes()] == ["OP40", "OP30"]
        asyncio.run(platform.bus.undo(outcome.command_id, SYSTEM))
        assert platform.store.get(KIND, branch) == before
        run(platform, "branch.rename", branch=branch, title="Of before")
        run(platform, "branch.extend", branch=branch, hours=0.5)
        order = {"id": "C", "product": "urn:xushi:demo:shell:E15", "quantity": 3}
        run(platform, "branch.run", branch=branch, command="order.add", params=order)
        record = platform.branches.get(branch)
        assert platform.branches.wanted(record, platform.branches.package(branch))[-1].id == "C"
        with pytest.raises(XushiError) as refused:  # its model has one kind of part
            run(platform, "branch.change", branch=branch, changes=[{**QUICKER, "figure": "setup_time"}])
        assert refused.value.code == "runtime.change_unknown"
        platform.branches.compute(branch)
        assert platform.branches.material_run(platform.branches.get(branch), platform.branches.package(branch), 1.0)
        run(platform, "branch.delete", branch=branch)
        assert not platform.branches.has(branch)
