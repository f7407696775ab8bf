"""What the line makes next: what its controller was told, or the order book where none takes job orders."""

from __future__ import annotations

from collections.abc import Sequence

from xushi.runtime.foresight import Mix, ModelChange, Origin, Run, inside, runs_of_model, sequence_of, still_to_come
from xushi.runtime.orders._book import Book, order_of
from xushi.runtime.orders._job_control import JobOrder


def mix_of(book: Book, job_orders: Sequence[JobOrder], is_told: bool) -> Mix:
    """Return what a line makes.

    A line whose controller takes job orders makes what it was told; of all else on it nobody knows the product.

    Args:
        is_told: whether the line's controller takes job orders.
    """
    products = {order.id: order.product for order in book.orders}

    def run(job_order: JobOrder, pieces: int) -> Run:
        order = order_of(job_order.id)
        return Run(order, products.get(order, ""), pieces)

    if not is_told:
        left = [Run(one.id, one.product, one.quantity - book.made.get(one.id, 0)) for one in book.orders]
        return Mix(tuple(one for one in left if one.pieces > 0), None, products)
    on_line = [run(one, one.released - one.finished) for one in job_orders if one.released > one.finished]
    to_come = [
        run(one, one.quantity - one.released) for one in job_orders if one.is_started and one.quantity > one.released
    ]
    return Mix(tuple(to_come), tuple(on_line), products)


def sequence_changes(
    origin: Origin, book: Book, job_orders: Sequence[JobOrder], is_told: bool
) -> tuple[ModelChange, ...]:  # fmt: skip
    """Return how another book, or another list of job orders, changes the sequence of a model: not at all, or once."""
    found = sequence_of(origin.model)
    if found is None:
        return ()
    there = inside(origin.plant, origin.model, origin.state)
    runs = still_to_come(mix_of(book, job_orders, is_told), there)
    if runs == runs_of_model(origin.model):
        return ()
    return (ModelChange(element=found[0], figure="sequence", runs=tuple(runs)),)
