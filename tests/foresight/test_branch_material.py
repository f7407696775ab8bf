"""The material of a branch: what its orders need at the fork, changed by the commands of the line and not on it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from xushi.kernel import XushiError
from xushi.runtime import SYSTEM, Platform
from xushi.runtime.orders import products_of, receipts
from xushi.runtime.plans._from_branch import _without_taken_back

from .branching import fork, run
from .conftest import HOUR, START_NS, S

FORK_MS = (START_NS + 2 * HOUR) / 1e6  # now: the book tells nothing of an earlier instant


@pytest.fixture
def ordered(plant: Platform) -> Platform:
    """A plant with one order of a product that has a bill of materials, and a receipt of one of its parts."""
    product = products_of(plant.orders.materials())[0]
    run(plant, "order.add", id="A", product=product.id, quantity=5_000, due_ms=FORK_MS + 200 * 3.6e6)
    run(plant, "material.receive", material=part(plant), quantity=7, at_ms=FORK_MS + 600_000)
    return plant


def part(plant: Platform) -> str:
    """A part that is bought."""
    product = products_of(plant.orders.materials())[0]
    materials = plant.orders.materials()
    return next(one.material for one in product.parts if not materials[one.material].parts)


def fork_now(plant: Platform) -> str:
    branch: str = run(plant, "branch.fork", timeline="live", hours=0.5, seed=7).result["branch"]
    plant.branches.compute(branch)
    return branch


def on_branch(plant: Platform, branch: str, command: str, **params: Any) -> Any:
    return run(plant, "branch.run", branch=branch, command=command, params=params)


def stated(plant: Platform, branch: str) -> list[tuple[float, str]]:
    record = plant.branches.get(branch)
    found = plant.branches.receipts(record, plant.branches.package(branch))
    return [(one.quantity, one.id) for one in found]


def needed(plant: Platform, branch: str, material: str) -> tuple[float, float]:
    """What has to be ordered of a material, and what is to come of it."""
    record = plant.branches.get(branch)
    found = plant.branches.material_run(record, plant.branches.package(branch), 1.0)
    return sum(found.records[material].net), sum(quantity for _, quantity in found.stocks[material].to_come)


def test_the_material_of_a_branch_is_what_its_own_orders_need_and_a_command_of_orders_changes_it(
    ordered: Platform,
) -> None:
    branch, bought = fork_now(ordered), part(ordered)
    before, to_come = needed(ordered, branch, bought)
    assert to_come == 7
    assert before > 0
    on_branch(ordered, branch, "order.change", id="A", quantity=6_000)
    after, _ = needed(ordered, branch, bought)
    assert after == before + 1_000
    line = ordered.orders.material_run(ordered.clock.now_ns(), 1.0)
    assert sum(line.records[bought].net) < after


def test_a_receipt_stated_on_a_branch_is_that_of_the_branch_alone_and_needs_no_new_path(ordered: Platform) -> None:
    branch, bought = fork_now(ordered), part(ordered)
    before, _ = needed(ordered, branch, bought)
    given = {"material": bought, "quantity": 40, "at_ms": FORK_MS + 1_200_000}
    outcome = on_branch(ordered, branch, "material.receive", **given)
    assert ordered.branches.standing(ordered.branches.get(branch)).state == "ready"
    assert needed(ordered, branch, bought) == (before - 40, 47)
    on_branch(ordered, branch, "material.receive", **given)
    assert [quantity for quantity, _ in stated(ordered, branch)] == [7, 80]
    assert [one.quantity for one in receipts(ordered.store)] == [7]
    run(ordered, "branch.revert", branch=branch, index=1)
    asyncio.run(ordered.bus.undo(run(ordered, "branch.revert", branch=branch, index=0).command_id, SYSTEM))
    assert [quantity for quantity, _ in stated(ordered, branch)] == [7, 40]
    assert outcome.is_undoable


def test_a_receipt_is_removed_on_a_branch_as_it_is_there_and_is_no_step_of_its_plan(ordered: Platform) -> None:
    branch, bought = fork_now(ordered), part(ordered)
    of_the_line = receipts(ordered.store)[0].id
    on_branch(ordered, branch, "material.receive", material=bought, quantity=40, at_ms=FORK_MS + 1_200_000)
    own = stated(ordered, branch)[1][1]
    run(ordered, "material.remove_receipt", id=of_the_line)  # of the line: the branch keeps what it began with
    on_branch(ordered, branch, "material.remove_receipt", id=of_the_line)
    child = fork(ordered, branch, ordered.branches.get(branch).fork_ns + 600 * S, hours=0.1)
    assert [quantity for quantity, _ in stated(ordered, child)] == [40]
    on_branch(ordered, child, "material.remove_receipt", id=own)
    assert stated(ordered, child) == []
    with pytest.raises(XushiError) as refused:
        on_branch(ordered, child, "material.remove_receipt", id=own)
    assert refused.value.code == "runtime.receipt_unknown"
    record = _without_taken_back(ordered, ordered.branches.get(child))
    assert record.before is not None
    assert [edit.command for edit in record.before.edits] == ["material.remove_receipt"]
    assert record.edits == ()


def test_lots_chosen_on_a_branch_size_those_of_the_branch_alone(ordered: Platform) -> None:
    branch, bought = fork_now(ordered), part(ordered)

    def perday(told: Any) -> float:
        return float(told.known[bought].number("Capacity"))

    on_branch(ordered, branch, "material.set_lots", material=bought, lots="within_capacity", capacity_per_day=10)
    record, start = ordered.branches.get(branch), ordered.branches.package(branch)
    run_there = ordered.branches.material_run(record, start, 1.0)
    assert perday(run_there) == 10
    assert run_there.records[bought].short_from is not None  # ten a day are too few
    assert perday(ordered.orders.material_run(ordered.clock.now_ns(), 1.0)) != 10
