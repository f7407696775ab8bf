"""The schedule as bars of a Gantt chart: what an order does on a machine without a break is one bar."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from xushi.runtime.orders._book import Book
from xushi.runtime.orders._placing import setup_of
from xushi.runtime.orders._schedule import Kept, lots_of
from xushi.schedule import Assignment

_S = 1_000_000_000
_BREAK_S = 90  # lots of an order that follow each other within this are one bar


def gantt(kept: Kept, book: Book, shells: dict[str, str], now_ns: int) -> dict[str, Any]:
    """Return a schedule as plain JSON: machines in the sequence of the way, their closed times, and bars.

    Args:
        shells: id of the shell by machine.
    """
    plan, base_ms = kept.plan, kept.plan.start_ns / 1e6
    lots = lots_of(plan)
    lines: dict[str, list[Assignment]] = defaultdict(list)
    ends_s: dict[str, int] = {}
    for one in kept.assignments:
        lines[one.resource].append(one)
        order = lots[one.operation].order
        ends_s[order] = max(ends_s.get(order, one.end_s), one.end_s)
    last_s = max(one.end_s for one in kept.assignments)
    frozen_s = (max(now_ns, kept.frozen_until_ns) - plan.start_ns) / _S
    family = {one.id: one.family for job in plan.problem.jobs for one in job.operations}
    choices = {one.id: [each.resource for each in one.choices] for job in plan.problem.jobs for one in job.operations}
    setups = setup_of(plan.problem)
    bars = []
    for resource in plan.problem.resources:
        before = resource.family
        for run in _runs(sorted(lines[resource.id], key=lambda one: one.start_s), lots):
            first, own = run[0], family[run[0].operation]
            setup_s = 0
            if before is not None and own is not None and before != own:
                setup_s = setups.get((resource.id, before, own), setups.get((None, before, own), 0))
            before = own
            bars.append(
                {
                    "id": first.operation, "order": lots[first.operation].order, "machine": resource.id,
                    "start_ms": base_ms + first.start_s * 1e3, "end_ms": base_ms + run[-1].end_s * 1e3,
                    "quantity": sum(lots[one.operation].quantity for one in run), "setup_ms": setup_s * 1e3,
                    "operations": [one.operation for one in run], "is_frozen": first.start_s < frozen_s,
                    "machines": choices[first.operation],
                }
            )  # fmt: skip
    due = {order.id: order.due_ms for order in book.orders}
    gap = (kept.value_s - kept.bound_s) / kept.value_s if kept.bound_s is not None and kept.value_s else None
    return {
        "made_ms": kept.made_ns / 1e6, "made_by": kept.made_by, "start_ms": base_ms, "end_ms": base_ms + last_s * 1e3,
        "now_ms": now_ns / 1e6, "objective": plan.problem.objective, "value_s": kept.value_s,
        "bound_s": kept.bound_s, "gap": 0.0 if kept.bound_s == kept.value_s else gap, "engine": kept.engine,
        "lot_size": plan.lot_size, "operations": len(kept.assignments),
        "frozen_until_ms": kept.frozen_until_ns / 1e6 if kept.frozen_until_ns > now_ns else None,
        "machines": [
            {
                "id": one.id, "shell": shells.get(one.id),
                "closed": [
                    [base_ms + closed.start_s * 1e3, base_ms + closed.end_s * 1e3]
                    for closed in one.closed
                    if closed.start_s < last_s
                ],
            }
            for one in plan.problem.resources
        ],
        "bars": bars,
        "orders": [
            {"id": order, "end_ms": base_ms + end_s * 1e3, "due_ms": due.get(order)}
            for order, end_s in ends_s.items()
        ],
    }  # fmt: skip


def _runs(line: list[Assignment], lots: dict[str, Any]) -> list[list[Assignment]]:
    runs: list[list[Assignment]] = []
    for one in line:
        last = runs[-1][-1] if runs else None
        if (
            last is not None
            and lots[last.operation].order == lots[one.operation].order
            and (one.start_s - last.end_s <= _BREAK_S)
        ):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs
