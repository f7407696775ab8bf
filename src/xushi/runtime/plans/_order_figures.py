"""What a plan promises of orders, and what became of it: when each is done, and how late all are together.

`order.CO-1.done_min` is counted in minutes from the start of the execution; `order.late_min` is the weighted lateness
of all orders, counted to the end of the span.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from xushi import simulate
from xushi.runtime._timelines import LIVE
from xushi.runtime.branches import book_after
from xushi.runtime.foresight import Plant, WantedOrder, finished_parts, lateness_min, order_times, plant_of
from xushi.runtime.orders import Book, order_of
from xushi.runtime.plans._content import CommandStep, PlanContent
from xushi.runtime.plans._promising import Futures
from xushi.signals import Timeline

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

LATE = "order.late_min"
MOST_ORDERS = 12  # that are promised one by one; with each more figure all bands grow wider
_NS_PER_MIN = 60e9
_SURE = 0.999  # of the futures in which an order is done within the span, so that its promise can be measured


def done_figure(order: str) -> str:
    """The figure that tells when an order is done."""
    return f"order.{order}.done_min"


def figures_of_orders(
    now: simulate.Outcome, planned: simulate.Outcome, wanted_now: Sequence[WantedOrder],
    wanted: Sequence[WantedOrder], span_s: float, calendar_s: float,
) -> dict[str, tuple[Futures, Futures]]:  # fmt: skip
    """Return each figure in every future, with the plan and without it.

    An order is promised where it is done within the span in all futures.

    Args:
        calendar_s: the calendar's time at the start, `PlantState.calendar_s`.
    """
    times, times_now = order_times(planned, wanted, calendar_s), order_times(now, wanted_now, calendar_s)
    found: dict[str, tuple[Futures, Futures]] = {}
    for one in sorted(wanted, key=lambda one: float(np.median(times[one.id]))):
        if len(found) < MOST_ORDERS and one.id in times_now and (times[one.id] <= span_s).mean() >= _SURE:
            without = np.minimum(times_now[one.id], 7 * 86_400.0)  # a future that makes nothing never ends it
            found[done_figure(one.id)] = (times[one.id] / 60.0, without / 60.0)
    if any(one.due_s is not None for one in wanted) and any(one.due_s is not None for one in wanted_now):
        late, late_now = (
            lateness_min(orders, {name: np.minimum(at_s, span_s) for name, at_s in known.items()})
            for orders, known in ((wanted, times), (wanted_now, times_now))
        )  # fmt: skip
        found[LATE] = (late, late_now)
    return found


def promised_book(platform: Platform, content: PlanContent, plant_ns: int) -> Book | None:
    """Return the order book as a plan leaves it at the start of its execution; None where it promises no order."""
    promise = content.promise
    if promise is None or not any(one.id.startswith("order.") for one in promise.figures):
        return None
    commands = [(step.command, step.params) for step in content.steps if isinstance(step, CommandStep)]
    return book_after(platform, platform.orders.book_at(plant_of(platform), LIVE, plant_ns), commands)


def happened_to_orders(
    book: Book, plant: Plant, timeline: Timeline, start_ns: int, end_ns: int
) -> tuple[Mapping[str, float], frozenset[str]]:  # fmt: skip
    """Return the figures of orders by what left the plant, and which of them were not over at the end.

    Args:
        book: as it was at `start_ns`.
    """
    before = book.done({})
    open_orders = {one.id: one for one in book.orders if before[one.id] < one.quantity}
    counts: Counter[str] = Counter()
    done_ns: dict[str, int] = {}
    for at_ns, job_order in finished_parts(plant, timeline, start_ns, end_ns):
        counts[order_of(job_order)] += 1
        done = book.done(counts)
        for name, order in open_orders.items():
            if name not in done_ns and done[name] >= order.quantity:
                done_ns[name] = at_ns
    found = {done_figure(name): (done_ns.get(name, end_ns) - start_ns) / _NS_PER_MIN for name in open_orders}
    late = [
        (1.0 + order.priority) * max(0.0, done_ns.get(name, end_ns) - order.due_ms * 1e6) / _NS_PER_MIN
        for name, order in open_orders.items()
        if order.due_ms is not None
    ]
    if late:
        found[LATE] = sum(late)
    return found, frozenset(done_figure(name) for name in open_orders if name not in done_ns)
