"""The order book of a branch: changed by the same commands, seen in the comparison, and not on the line."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from xushi.kernel import XushiError
from xushi.runtime import SYSTEM, Platform
from xushi.runtime.plans._from_branch import _without_taken_back

from .branching import FORK_NS, fork, run
from .conftest import HOUR, S


@pytest.fixture
def ordered(plant: Platform) -> Platform:
    """A plant with three orders."""
    product = next(id for id in plant.store.ids("shell") if "OP" not in id)
    for name, quantity, due_h in (("A", 20, 0.5), ("B", 20, 4.0), ("C", 20, 0.9)):
        run(plant, "order.add", id=name, product=product, quantity=quantity, due_ms=(FORK_NS + due_h * HOUR) / 1e6)
    return plant


def fork_now(plant: Platform, **params: Any) -> str:
    branch: str = run(plant, "branch.fork", timeline="live", hours=1.0, seed=7, **params).result["branch"]
    plant.branches.compute(branch)
    return branch


def sequence(plant: Platform, branch: str) -> list[str]:
    record = plant.branches.get(branch)
    return [one.id for one in plant.branches.book(record, plant.branches.package(branch)).orders]


def test_a_sequence_set_on_a_branch_is_that_of_the_branch_alone_and_is_taken_back(ordered: Platform) -> None:
    branch = fork_now(ordered)
    outcome = run(ordered, "branch.run", branch=branch, command="order.sequence", params={"sequence": ["C", "A"]})
    assert sequence(ordered, branch) == ["C", "A", "B"]
    assert (ordered.store.get("order_book", "main") or {})["sequence"] == ["A", "B", "C"]
    asyncio.run(ordered.bus.undo(outcome.command_id, SYSTEM))
    assert sequence(ordered, branch) == ["A", "B", "C"]


def test_orders_are_added_changed_and_removed_on_a_branch_and_what_is_not_there_is_refused(ordered: Platform) -> None:
    branch = fork_now(ordered)
    product = ordered.branches.package(branch).book.orders[0].product
    for command, params in (
        ("order.add", {"id": "D", "product": product, "quantity": 5}),
        ("order.change", {"id": "D", "priority": 9}),
        ("order.remove", {"id": "B"}),
    ):
        run(ordered, "branch.run", branch=branch, command=command, params=params)
    assert sequence(ordered, branch) == ["A", "C", "D"]
    for command, params in (("order.remove", {"id": "B"}), ("order.sequence", {"sequence": ["nobody"]})):
        with pytest.raises(XushiError) as refused:
            run(ordered, "branch.run", branch=branch, command=command, params=params)
        assert refused.value.code == "runtime.order_unknown"


def test_a_fork_of_a_branch_goes_on_with_its_book_and_what_was_made_on_it(ordered: Platform) -> None:
    parent = fork_now(ordered)
    run(ordered, "branch.run", branch=parent, command="order.sequence", params={"sequence": ["C"]})
    at_ns = ordered.branches.get(parent).fork_ns + 1800 * S
    child = fork(ordered, parent, at_ns, hours=0.1)
    book = ordered.branches.package(child).book
    assert [one.id for one in book.orders] == ["C", "A", "B"]
    assert book.made["C"] > ordered.branches.package(parent).book.made.get("C", 0)
    assert book.since_ns == ordered.branches.get(child).fork_ns


def test_a_comparison_tells_when_the_orders_are_done_by_each_sequence(ordered: Platform) -> None:
    from xushi.runtime.foresight import NOW, Alternative, run_comparison

    branch = fork_now(ordered)
    run(ordered, "branch.run", branch=branch, command="order.sequence", params={"sequence": ["C", "A", "B"]})
    record, start = ordered.branches.get(branch), ordered.branches.package(branch)
    orders = {NOW: ordered.branches.wanted(None, start), "other": ordered.branches.wanted(record, start)}
    found = run_comparison(start, [Alternative("other", ())], 3600.0, 10, 1, orders=orders)
    now, other = found["alternatives"]
    assert [one["id"] for one in now["orders"]] == ["A", "B", "C"]
    assert [one["id"] for one in other["orders"]] == ["C", "A", "B"]
    done = [{one["id"]: one["done_s"]["mean"] for one in each["orders"]} for each in (now, other)]
    assert done[1]["C"] < done[0]["C"]
    assert done[1]["A"] > done[0]["A"]
    assert "late_difference" in other


def test_a_sequence_alone_is_the_best_where_its_orders_are_less_late(ordered: Platform) -> None:
    """Its output is that of the plant as it is: only lateness tells the two apart, so lateness judges unasked."""
    from xushi.runtime.foresight import NOW, Alternative, run_comparison

    branch = fork_now(ordered)
    run(ordered, "branch.run", branch=branch, command="order.sequence", params={"sequence": ["A", "C", "B"]})
    record, start = ordered.branches.get(branch), ordered.branches.package(branch)
    orders = {NOW: ordered.branches.wanted(None, start), "sequence": ordered.branches.wanted(record, start)}

    def compared(**judge: Any) -> dict[str, Any]:
        return run_comparison(start, [Alternative("sequence", ())], 3600.0, 20, 1, orders=orders, **judge)

    found = compared()
    difference = found["alternatives"][1]["late_difference"]
    assert difference["is_clear"]
    assert difference["mean"] < 0
    assert (found["judged_by"], found["best"], found["not_told_apart"]) == ("lateness", "sequence", [])
    by_output = compared(judge_by="output")
    assert (by_output["best"], by_output["not_told_apart"]) == ("now", ["sequence"])
    assert by_output["verdicts"]["lateness"]["best"] == "sequence"


def test_lateness_judges_nothing_where_no_order_is_due(ordered: Platform) -> None:
    from xushi.runtime.foresight import Alternative, run_comparison

    start = ordered.branches.package(fork_now(ordered))
    assert run_comparison(start, [Alternative("other", ())], 3600.0, 10, 1)["judged_by"] == "output"
    with pytest.raises(XushiError) as refused:
        run_comparison(start, [Alternative("other", ())], 3600.0, 10, 1, judge_by="lateness")
    assert refused.value.code == "runtime.nothing_due"


def test_a_stop_planned_on_a_branch_pauses_the_machine_there(ordered: Platform) -> None:
    branch = fork_now(ordered)
    fork_ms = ordered.branches.get(branch).fork_ns / 1e6
    params = {"machine": "OP40", "start_ms": fork_ms + 60_000, "end_ms": fork_ms + 1_860_000}
    run(ordered, "branch.run", branch=branch, command="maintenance.add", params=params)
    ordered.branches.compute(branch)
    path = ordered.branches.standing(ordered.branches.get(branch)).path
    assert path is not None
    assert path.figures["machines"]["OP40"]["shares"]["off"] == pytest.approx(0.5, abs=0.01)
    assert not ordered.store.ids("maintenance")


def on_branch(plant: Platform, branch: str, command: str, **params: Any) -> Any:
    outcome = run(plant, "branch.run", branch=branch, command=command, params=params)
    plant.branches.compute(branch)
    return outcome


def off(plant: Platform, branch: str) -> float:
    """The share of an hour in which OP40 is not to work."""
    path = plant.branches.standing(plant.branches.get(branch)).path
    assert path is not None
    share: float = path.figures["machines"]["OP40"]["shares"].get("off", 0.0)
    return share


def stops(plant: Platform, branch: str) -> dict[str, Any]:
    record = plant.branches.get(branch)
    return plant.branches.stops(record, plant.branches.package(branch))


def test_a_stop_of_the_line_is_removed_on_a_branch_alone_and_one_that_overlaps_it_stays(ordered: Platform) -> None:
    now_ms = ordered.clock.now_ns() / 1e6

    def planned(from_min: float, to_min: float) -> str:
        span = {"start_ms": now_ms + from_min * 60_000, "end_ms": now_ms + to_min * 60_000}
        stop: str = run(ordered, "maintenance.add", machine="OP40", **span).result["id"]
        return stop

    first, second = planned(6, 36), planned(24, 30)
    branch = fork_now(ordered)
    assert off(ordered, branch) == pytest.approx(0.5, abs=0.01)
    removal = on_branch(ordered, branch, "maintenance.remove", id=first)
    assert off(ordered, branch) == pytest.approx(0.1, abs=0.01)
    assert list(stops(ordered, branch)) == [second]
    on_branch(ordered, branch, "maintenance.remove", id=second)
    assert off(ordered, branch) == 0
    assert set(ordered.store.ids("maintenance")) == {first, second}
    run(ordered, "maintenance.remove", id=first)  # of the line: the branch keeps what it began with
    run(ordered, "branch.revert", branch=branch, index=1)
    asyncio.run(ordered.bus.undo(removal.command_id, SYSTEM))
    ordered.branches.compute(branch)
    assert off(ordered, branch) == pytest.approx(0.5, abs=0.01)


def test_a_stop_planned_on_a_branch_is_removed_there_and_is_no_step_of_its_plan(ordered: Platform) -> None:
    branch = fork_now(ordered)
    fork_ms = ordered.branches.get(branch).fork_ns / 1e6
    span = {"machine": "OP40", "start_ms": fork_ms + 60_000, "end_ms": fork_ms + 1_860_000}
    on_branch(ordered, branch, "maintenance.add", **span)
    on_branch(ordered, branch, "maintenance.add", **{**span, "machine": "OP50"})
    (first, _) = stops(ordered, branch)
    child = fork(ordered, branch, ordered.branches.get(branch).fork_ns + 600 * S, hours=0.1)
    assert len(stops(ordered, child)) == 2
    on_branch(ordered, child, "maintenance.remove", id=first)
    assert [one.machine for one in stops(ordered, child).values()] == ["OP50"]
    with pytest.raises(XushiError) as refused:
        run(ordered, "branch.run", branch=child, command="maintenance.remove", params={"id": first})
    assert refused.value.code == "runtime.maintenance_unknown"
    record = _without_taken_back(ordered, ordered.branches.get(child))
    assert record.before is not None
    assert [edit.params["machine"] for edit in record.before.edits] == ["OP50"]
    assert record.edits == ()
