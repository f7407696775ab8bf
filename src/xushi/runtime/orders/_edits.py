"""What the commands of the order book do to a book: the same on the live line and on a branch."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from xushi.kernel import RecordStore, XushiError
from xushi.runtime.orders._book import (
    MOST_ORDERS,
    Book,
    Customer,
    Instant,
    Order,
    OrderId,
    Priority,
    ProductId,
    Quantity,
    rearranged,
)


class AddParams(Order, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The order to add at the end of the book. `product` is the id of a shell; times in ms since 1970."""


class ChangeParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is to be another one; a field left out stays, a time of null is taken away."""

    id: OrderId
    product: ProductId | msgspec.UnsetType = msgspec.UNSET
    quantity: Quantity | msgspec.UnsetType = msgspec.UNSET
    release_ms: Instant | msgspec.UnsetType | None = msgspec.UNSET
    due_ms: Instant | msgspec.UnsetType | None = msgspec.UNSET
    priority: Priority | msgspec.UnsetType = msgspec.UNSET
    customer: Customer | msgspec.UnsetType = msgspec.UNSET


class RemoveParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The order to take out of the book."""

    id: OrderId


class SequenceParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The orders that come first, in this sequence; the others follow as they were."""

    sequence: Annotated[tuple[OrderId, ...], msgspec.Meta(min_length=1, max_length=MOST_ORDERS)]


def check_times(order: Order) -> Order:
    """Refuse an order that is due before it may begin.

    Raises:
        XushiError: `runtime.order_times_wrong`.
    """
    if order.release_ms is not None and order.due_ms is not None and order.release_ms >= order.due_ms:
        raise XushiError("runtime.order_times_wrong", order=order.id)
    return order


def edited(store: RecordStore, book: Book, params: Any) -> Book:
    """Return a book after one command on it.

    Args:
        book: with what was made until now written to its orders.
        params: of order.add, order.change, order.remove or order.sequence.

    Raises:
        XushiError: `runtime.order_taken`, `runtime.order_unknown`, `runtime.orders_many`, `runtime.order_times_wrong`,
            `runtime.order_product_unknown`, `runtime.order_done_more`.
    """
    match params:
        case AddParams():
            return _added(store, book, params)
        case ChangeParams():
            return _changed(store, book, params)
        case RemoveParams(id=id):
            gone = book.get(id)
            return msgspec.structs.replace(book, orders=tuple(one for one in book.orders if one is not gone))
        case SequenceParams(sequence=sequence):
            return rearranged(book, list(sequence))
    raise TypeError(type(params))


def _added(store: RecordStore, book: Book, params: AddParams) -> Book:
    if any(order.id == params.id for order in book.orders):
        raise XushiError("runtime.order_taken", order=params.id)
    if len(book.orders) >= MOST_ORDERS:
        raise XushiError("runtime.orders_many", most=MOST_ORDERS)
    _check_product(store, params.product)
    order = check_times(Order(**msgspec.structs.asdict(params)))
    return msgspec.structs.replace(book, orders=(*book.orders, order))


def _changed(store: RecordStore, book: Book, params: ChangeParams) -> Book:
    given = {name: value for name, value in msgspec.structs.asdict(params).items() if value is not msgspec.UNSET}
    changed = check_times(msgspec.structs.replace(book.get(params.id), **given))
    if "product" in given:
        _check_product(store, changed.product)
    done = book.made.get(params.id, 0)
    if changed.quantity < done:
        raise XushiError("runtime.order_done_more", order=params.id, done=done, quantity=changed.quantity)
    return msgspec.structs.replace(
        book, orders=tuple(changed if order.id == params.id else order for order in book.orders)
    )  # fmt: skip


def _check_product(store: RecordStore, product: str) -> None:
    if store.get("shell", product) is None:
        raise XushiError("runtime.order_product_unknown", product=product[:100])
