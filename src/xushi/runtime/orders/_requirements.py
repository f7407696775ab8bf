"""Material requirements of the order book: what has to be ordered when, gross to net over the bills of materials."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from xushi.kernel import XushiError
from xushi.runtime.orders._book import Book
from xushi.runtime.orders._materials import Material
from xushi.schedule import Item, Part, requirements

_HOUR_MS = 3_600_000
MOST_PERIODS = 400
_POLICIES = {"lot_for_lot": "lot_for_lot", "wagner_whitin": "wagner_whitin"}


def plan_material(
    book: Book, done: Mapping[str, int], materials: Mapping[str, Material], now_ms: float, period_h: float
) -> dict[str, Any]:
    """Return the requirements as plain JSON: items with their needs, and the orders by when they must go out.

    An order without a due date is needed in the last period. What would have had to be ordered before now is `overdue`.

    Raises:
        XushiError: `runtime.requirements_long`; `schedule.bill_cycle` and the like, with the element.
    """
    period_ms = period_h * _HOUR_MS
    left = {order.id: order.quantity - done.get(order.id, 0) for order in book.orders}
    open_orders = [order for order in book.orders if left[order.id] > 0]
    dues = [max(0.0, order.due_ms - now_ms) for order in open_orders if order.due_ms is not None]
    periods = max(1, math.floor(max(dues, default=0.0) / period_ms) + 1)
    if periods > MOST_PERIODS:
        raise XushiError("runtime.requirements_long", periods=periods, most=MOST_PERIODS)
    known = dict(materials)
    demand: dict[str, list[float]] = {}
    for order in open_orders:
        known.setdefault(order.product, Material(id=order.product, name={"en": order.product}))
        at = periods - 1 if order.due_ms is None else math.floor(max(0.0, order.due_ms - now_ms) / period_ms)
        demand.setdefault(order.product, [0.0] * periods)[min(at, periods - 1)] += left[order.id]
    items = [_item(one, period_h) for one in known.values()]
    records = requirements(items, demand, periods)
    needed = {name for name, record in records.items() if any(record.gross)}
    return {
        "now_ms": now_ms, "period_h": period_h, "periods": periods,
        "items": [
            {
                "id": name, "name": known[name].name, "is_made": bool(known[name].parts),
                "stock": known[name].number("Stock"), "lead_time_h": known[name].number("LeadTime"),
                "lots": _policy(known[name]), "gross": list(records[name].gross), "net": list(records[name].net),
                "orders": list(records[name].orders), "overdue": records[name].overdue,
            }
            for name in known
            if name in needed
        ],
        "orders": sorted(_orders(records, known, now_ms, period_ms), key=lambda one: (one["order_ms"], one["item"])),
    }  # fmt: skip


def _orders(records: Any, known: Mapping[str, Material], now_ms: float, period_ms: float) -> list[dict[str, Any]]:
    """One line for each order that has to go out."""
    found = []
    for name, record in records.items():
        if known[name].parts and "LeadTime" not in known[name].facts:
            continue  # made on the line: that is the schedule's business
        for period, quantity in enumerate(record.orders):
            if quantity > 0:
                found.append(_line(known[name], quantity, now_ms + period * period_ms, False))
        if record.overdue > 0:
            found.append(_line(known[name], record.overdue, now_ms, True))
    return found


def _line(material: Material, quantity: float, at_ms: float, is_overdue: bool) -> dict[str, Any]:
    return {
        "item": material.id, "name": material.name, "quantity": quantity, "order_ms": at_ms,
        "arrives_ms": at_ms + material.number("LeadTime") * _HOUR_MS, "is_overdue": is_overdue,
    }  # fmt: skip


def _policy(material: Material) -> Any:
    return _POLICIES.get(material.facts.get("LotPolicy", ""), "lot_for_lot")


def _item(material: Material, period_h: float) -> Item:
    return Item(
        id=material.id, parts=tuple(Part(item=one.material, quantity=one.quantity) for one in material.parts),
        lead_time=math.ceil(material.number("LeadTime") / period_h), stock=max(0.0, material.number("Stock")),
        lots=_policy(material), order_cost=material.number("OrderCost"),
        holding_cost=material.number("HoldingCost") * period_h / 24,
    )  # fmt: skip
