"""The commands of the order book: add, change, remove, put in sequence, take over from a sheet; each can be undone."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from xushi.kernel import Change, Command, CommandContext, XushiError
from xushi.runtime._report_orders import calendar_of
from xushi.runtime.orders._book import MOST_ORDERS, Book, book_diff, read_book
from xushi.runtime.orders._edits import (
    AddParams,
    ChangeParams,
    RemoveParams,
    SequenceParams,
    check_times,
    edited,
)
from xushi.runtime.orders._sheet import read_orders

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

RIGHT = "twin:write"
_LARGEST_SHEET = 4 * 1024 * 1024


class ImportParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sheet of orders, CSV or XLSX, in base64. `replace` drops the orders that it does not name."""

    content: Annotated[str, msgspec.Meta(min_length=1, max_length=4 * _LARGEST_SHEET // 3 + 4)]
    replace: bool = False


def order_commands() -> list[Command]:
    """The commands of the order book."""
    return [
        Command(
            "order.add", AddParams, RIGHT,
            {"en": "Add an order", "zh-CN": "添加订单"},
            {"en": "Puts an order at the end of the order book.", "zh-CN": "将订单加到订单簿末尾。"},
            _prepare_edit,
        ),
        Command(
            "order.change", ChangeParams, RIGHT,
            {"en": "Change an order", "zh-CN": "更改订单"},
            {"en": "Changes product, quantity, times, priority or customer of an order.",
             "zh-CN": "更改订单的产品、数量、时间、优先级或客户。"},
            _prepare_edit,
        ),
        Command(
            "order.remove", RemoveParams, RIGHT,
            {"en": "Remove an order", "zh-CN": "删除订单"},
            {"en": "Takes an order out of the order book.", "zh-CN": "将订单移出订单簿。"},
            _prepare_edit,
        ),
        Command(
            "order.sequence", SequenceParams, RIGHT,
            {"en": "Put orders in sequence", "zh-CN": "排列订单次序"},
            {"en": "Sets which orders are made first.", "zh-CN": "设定先做哪些订单。"},
            _prepare_edit,
        ),
        Command(
            "order.import", ImportParams, RIGHT,
            {"en": "Import orders", "zh-CN": "导入订单"},
            {"en": "Takes orders over from a CSV or XLSX sheet, all or none.",
             "zh-CN": "从 CSV 或 XLSX 表导入订单，全有或全无。"},
            _prepare_import,
        ),
    ]  # fmt: skip


def booked(context: CommandContext) -> tuple[Book, Book]:
    """Return the book as it is kept, and the same with what was made until now written to its orders.

    What was made for no order goes to all in sequence; it is written down before the sequence becomes another one.
    """
    platform: Platform = context.services["platform"]
    before = read_book(context.store)
    now_ns = context.clock.now_ns()
    made = before.done(platform.orders.made_since(before.since_ns, now_ns)) if before.orders else {}
    return before, msgspec.structs.replace(before, made=made, since_ns=now_ns)


def _told(context: CommandContext, before: Book, after: Book, **summary: Any) -> Change:
    return Change(diff=book_diff(context.store, before, after), summary=summary)


def _prepare_edit(
    context: CommandContext, params: AddParams | ChangeParams | RemoveParams | SequenceParams
) -> Change:  # fmt: skip
    before, book = booked(context)
    summary = {"count": len(params.sequence)} if isinstance(params, SequenceParams) else {"order": params.id}
    return _told(context, before, edited(context.store, book, params), **summary)


def _prepare_import(context: CommandContext, params: ImportParams) -> Change:
    platform: Platform = context.services["platform"]
    try:
        content = base64.b64decode(params.content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise XushiError("runtime.orders_not_base64") from error
    before, book = booked(context)
    zone = calendar_of(context.store).zone
    found = [check_times(order) for order in read_orders(content, platform.twins, zone)]
    by_id = {order.id: order for order in found}
    for order in found:
        done = book.made.get(order.id, 0)
        if order.quantity < done:
            raise XushiError("runtime.order_done_more", order=order.id, done=done, quantity=order.quantity)
    known = {order.id for order in book.orders}
    kept = () if params.replace else tuple(order for order in book.orders if order.id not in by_id)
    replaced = tuple(by_id[order.id] for order in book.orders if order.id in by_id)
    fresh = tuple(order for order in found if order.id not in known)
    orders = tuple(found) if params.replace else tuple(
        by_id.get(order.id, order) for order in book.orders
    ) + fresh  # fmt: skip
    if len(orders) > MOST_ORDERS:
        raise XushiError("runtime.orders_many", most=MOST_ORDERS)
    return _told(
        context, before, msgspec.structs.replace(book, orders=orders), added=len(fresh), changed=len(replaced),
        removed=len(book.orders) - len(kept) - len(replaced),
    )  # fmt: skip
