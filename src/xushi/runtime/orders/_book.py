"""The order book as records: what is wanted until when, in which sequence it is made, and how much of it is done.

Terms after IEC 62264-2 (ISA-95), operations request: the release is its earliest start time, the due date its latest
end time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from xushi.kernel import Diff, Record, RecordStore, XushiError, build_diff, diff_key
from xushi.runtime.foresight import WantedOrder
from xushi.runtime.orders._job_control import JobOrder

ORDER, BOOK = "order", "order_book"
BOOK_ID = "main"
MOST_ORDERS = 2_000
MOST_PIECES = 100_000
LATEST_MS = 4.1e12  # the year 2099
OrderId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
ProductId = Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=MOST_PIECES)]
Instant = Annotated[float, msgspec.Meta(ge=0, le=LATEST_MS)]
Priority = Annotated[int, msgspec.Meta(ge=0, le=9)]
Customer = Annotated[str, msgspec.Meta(max_length=120)]


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """So many pieces of a product.

    Attributes:
        product: id of its shell.
        release_ms: not begun before, ms since 1970.
        due_ms: wanted by then.
        priority: 0 to 9, more is more urgent.
        customer: whose it is.
    """

    id: OrderId
    product: ProductId
    quantity: Quantity
    release_ms: Instant | None = None
    due_ms: Instant | None = None
    priority: Priority = 0
    customer: Customer = ""


class Book(msgspec.Struct, frozen=True):
    """All orders in the sequence in which they are made.

    Attributes:
        made: pieces of each order that were done at `since_ns`.
        gone: pieces that were made by product for orders which are in the book no more.
    """

    orders: tuple[Order, ...] = ()
    made: dict[str, int] = {}
    since_ns: int = 0
    gone: dict[str, int] = {}

    def done(self, since: Mapping[str, int]) -> dict[str, int]:
        """Return the pieces done of every order after more were made.

        What the plant made for an order goes to that, up to its quantity. All else goes to the orders in sequence.

        Args:
            since: pieces by order; those that the plant made for none under an empty name.
        """
        found = {}
        spare = since.get("", 0)
        for order in self.orders:
            have = min(order.quantity, self.made.get(order.id, 0))
            own = since.get(order.id, 0)
            found[order.id] = min(order.quantity, have + own)
            spare += have + own - found[order.id]
        for order in self.orders:
            more = min(spare, order.quantity - found[order.id])
            spare -= more
            found[order.id] += more
        return found

    def get(self, order_id: str) -> Order:
        """Return an order.

        Raises:
            XushiError: `runtime.order_unknown`.
        """
        for order in self.orders:
            if order.id == order_id:
                return order
        raise XushiError("runtime.order_unknown", order=order_id[:100])


def wanted_of(book: Book, queue: Sequence[JobOrder] = ()) -> list[WantedOrder]:
    """Return what is left of the orders at the instant until which a book tells what was made.

    Args:
        queue: the job orders of the line's controller: what is still to be released for them comes in their sequence,
            behind what is left beside them.
    """
    left = {order.id: order.quantity - book.made.get(order.id, 0) for order in book.orders}
    to_come = [(order_of(one.id), one.quantity - one.released) for one in queue if one.is_started]
    queued = Counter[str]()
    for name, pieces in to_come:
        queued[name] += max(0, pieces)
    through: dict[str, int] = {}
    count = 0
    for order in book.orders:
        beside = max(0, left[order.id] - queued[order.id])
        if beside:
            count += beside
            through[order.id] = count
    for name, pieces in to_come:
        if pieces > 0:
            count += pieces
            through[name] = count
    return [
        WantedOrder(
            order.id, left[order.id], None if order.due_ms is None else order.due_ms / 1e3 - book.since_ns / 1e9,
            1.0 + order.priority, through[order.id] if to_come else None, order.product,
        )
        for order in book.orders
        if left[order.id] > 0
    ]  # fmt: skip


def order_of(job_order: str) -> str:
    """The order that a job order is a part of: `CO-1/2` is the second of CO-1."""
    return job_order.partition("/")[0]


def read_book(store: RecordStore) -> Book:
    """Read the order book; orders that the sequence does not name come last."""
    orders = {order_id: msgspec.convert(record, Order) for order_id, record in store.list(ORDER)}
    record = store.get(BOOK, BOOK_ID) or {}
    named = [order_id for order_id in record.get("sequence", []) if order_id in orders]
    sequence = [*named, *(order_id for order_id in orders if order_id not in set(named))]
    made = {order_id: int(count) for order_id, count in record.get("made", {}).items() if order_id in orders}
    gone = {product: int(count) for product, count in record.get("gone", {}).items()}
    return Book(tuple(orders[order_id] for order_id in sequence), made, int(record.get("since_ns", 0)), gone)


def book_diff(store: RecordStore, before: Book, after: Book) -> Diff:
    """Return the change of records from one book to another; what was made for orders that are gone is kept.

    A record that an earlier version kept may lack fields: it is replaced as it stands, where its order changed.
    """
    known, kept = ({order.id: order for order in book.orders} for book in (before, after))
    old: dict[str, Record | None] = {diff_key(ORDER, order): store.get(ORDER, order) for order in known}
    new: dict[str, Record | None] = {}
    for order in after.orders:
        key = diff_key(ORDER, order.id)
        new[key] = old[key] if known.get(order.id) == order else msgspec.to_builtins(order)
    key = diff_key(BOOK, BOOK_ID)
    old[key] = store.get(BOOK, BOOK_ID)
    gone = Counter(after.gone)
    for order in before.orders:
        if order.id not in kept:
            gone[order.product] += after.made.get(order.id, 0)
    new[key] = {
        "sequence": [order.id for order in after.orders],
        "made": {order_id: count for order_id, count in after.made.items() if count},
        "since_ns": after.since_ns,
        "gone": {product: count for product, count in gone.items() if count},
    }
    return build_diff(old, new)


def rearranged(book: Book, wanted: Mapping[str, int] | list[str]) -> Book:
    """Return the book with the named orders first, in that sequence, and the others behind as they were.

    Raises:
        XushiError: `runtime.order_unknown`.
    """
    first = [book.get(order_id) for order_id in dict.fromkeys(wanted)]
    named = {order.id for order in first}
    return msgspec.structs.replace(
        book, orders=(*first, *(order for order in book.orders if order.id not in named))
    )  # fmt: skip
