"""Material requirements of the order book: what has to be ordered when, gross to net over the bills of materials.

One run of it tells both what to order and, for the schedule, when each part will be there.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

import msgspec

from xushi.kernel import XushiError
from xushi.runtime._materials import Material
from xushi.runtime.orders._book import Book
from xushi.runtime.orders._stock import Stock
from xushi.schedule import Item, LotRule, Part, Requirement, requirements

_HOUR_MS = 3_600_000
MOST_PERIODS = 400
_POLICIES = frozenset(get_args(LotRule))


class Coming(msgspec.Struct, frozen=True):
    """How much of a material is there in all by when: instants in ms since 1970, rising."""

    at_ms: tuple[float, ...]
    in_all: tuple[float, ...]

    def when(self, quantity: float) -> float | None:
        """When so many pieces have come; None where they never do."""
        at = bisect.bisect_left(self.in_all, quantity - 1e-9)
        return self.at_ms[at] if at < len(self.at_ms) else None


class MaterialRun(msgspec.Struct, frozen=True):
    """What one run over the bills of materials found.

    Attributes:
        known: products and parts by id.
        records: of each of them, in periods of `period_h` from `now_ms`.
    """

    now_ms: float
    period_h: float
    periods: int
    known: dict[str, Material]
    stocks: Mapping[str, Stock]
    records: dict[str, Requirement]

    def coming(self) -> dict[str, Coming]:
        """When each material with a stock is there: that, what was ordered, and the lots that are planned.

        A planned lot comes in the period that needs it. One that would have had to be ordered before now can be
        ordered now, and comes a lead time later.
        """
        return {name: self._coming(name) for name in self.known if name in self.stocks}

    def _coming(self, name: str) -> Coming:
        lead_h = self.known[name].number("LeadTime")
        stock, record = self.stocks[name], self.records[name]
        events = [(self.now_ms, stock.left), *stock.to_come]
        for period, quantity in enumerate(record.lots):
            at_ms = self.now_ms + max(period * self.period_h, lead_h) * _HOUR_MS
            events += [(at_ms, quantity)] if quantity > 0 else []
        events.sort()
        return Coming(tuple(at_ms for at_ms, _ in events), tuple(itertools.accumulate(one for _, one in events)))


def run_material(
    book: Book, done: Mapping[str, int], materials: Mapping[str, Material], stocks: Mapping[str, Stock],
    now_ms: float, period_h: float, make_h: Mapping[str, float],
) -> MaterialRun:  # fmt: skip
    """Explode what is left of the orders over the bills of materials, against stock and what is to come.

    An order without a due date is needed in the last period.

    Args:
        stocks: of materials that have one.
        make_h: how long it takes to make what is left of an order: so long before its due date its parts are needed.

    Raises:
        XushiError: `runtime.requirements_long`; `schedule.bill_cycle` and the like, with the element.
    """
    period_ms = period_h * _HOUR_MS
    left = {order.id: order.quantity - done.get(order.id, 0) for order in book.orders}
    open_orders = [order for order in book.orders if left[order.id] > 0]
    needed_ms = {
        order.id: max(0.0, order.due_ms - make_h.get(order.id, 0.0) * _HOUR_MS - now_ms)
        for order in open_orders
        if order.due_ms is not None
    }
    dues = [max(0.0, order.due_ms - now_ms) for order in open_orders if order.due_ms is not None]
    periods = max(1, math.floor(max(dues, default=0.0) / period_ms) + 1)
    if periods > MOST_PERIODS:
        raise XushiError("runtime.requirements_long", periods=periods, most=MOST_PERIODS)
    known = dict(materials)
    demand: dict[str, list[float]] = {}
    for order in open_orders:
        known.setdefault(order.product, Material(id=order.product, name={"en": order.product}))
        at = periods - 1 if order.id not in needed_ms else math.floor(needed_ms[order.id] / period_ms)
        demand.setdefault(order.product, [0.0] * periods)[min(at, periods - 1)] += left[order.id]
    items = [_item(one, stocks.get(one.id, Stock()), now_ms, period_h, periods) for one in known.values()]
    records = requirements(items, demand, periods, _capacity(known.values(), period_h, periods))
    return MaterialRun(now_ms, period_h, periods, known, stocks, records)


def told(run: MaterialRun) -> dict[str, Any]:
    """Return a run as plain JSON: items with their needs, and the orders by when they must go out.

    What would have had to be ordered before now is `overdue`.
    """
    known, records = run.known, run.records
    needed = {name for name, record in records.items() if any(record.gross)}
    period_ms = run.period_h * _HOUR_MS
    return {
        "now_ms": run.now_ms, "period_h": run.period_h, "periods": run.periods,
        "items": [
            {
                "id": name, "name": known[name].name, "is_made": bool(known[name].parts),
                "stock": run.stocks.get(name, Stock()).left,
                "to_come": sum(quantity for _, quantity in run.stocks.get(name, Stock()).to_come),
                "lead_time_h": known[name].number("LeadTime"), "lots": _policy(known[name]),
                "capacity_per_day": known[name].number("Capacity") or None,
                "supplier": known[name].facts.get("Supplier", ""),
                "short_ms": None if (at := records[name].short_from) is None else run.now_ms + at * period_ms,
                "gross": list(records[name].gross), "net": list(records[name].net),
                "orders": list(records[name].orders), "overdue": records[name].overdue,
            }
            for name in known
            if name in needed
        ],
        "orders": sorted(
            _orders(records, known, run.now_ms, period_ms), key=lambda one: (one["order_ms"], one["item"])
        ),
    }  # fmt: skip


def _orders(
    records: Mapping[str, Requirement], known: Mapping[str, Material], now_ms: float, period_ms: float
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """One line for each order that has to go out."""
    for name, record in records.items():
        if known[name].parts and "LeadTime" not in known[name].facts:
            continue  # made on the line: that is the schedule's business
        for period, quantity in enumerate(record.orders):
            if quantity > 0:
                yield _line(known[name], quantity, now_ms + period * period_ms, False)
        if record.overdue > 0:
            yield _line(known[name], record.overdue, now_ms, True)


def _line(material: Material, quantity: float, at_ms: float, is_overdue: bool) -> dict[str, Any]:
    return {
        "item": material.id, "name": material.name, "quantity": quantity, "order_ms": at_ms,
        "arrives_ms": at_ms + material.number("LeadTime") * _HOUR_MS, "is_overdue": is_overdue,
    }  # fmt: skip


def _policy(material: Material) -> LotRule:
    """The rule of its lots; without a capacity there is none to keep within, and what is cheapest is."""
    told: Any = material.facts.get("LotPolicy", "")
    if told == "within_capacity" and material.number("Capacity") <= 0:
        return "wagner_whitin"
    return told if told in _POLICIES else "lot_for_lot"


def _resource(material: Material) -> str:
    """Whose capacity its lots take: its supplier's, or its own."""
    return material.facts.get("Supplier") or material.id


def _capacity(materials: Iterable[Material], period_h: float, periods: int) -> dict[str, list[float]]:
    """Whole pieces that each supplier delivers in each period; the least that its materials state."""
    per_period: dict[str, float] = {}
    for one in materials:
        if _policy(one) == "within_capacity":
            most = one.number("Capacity") * period_h / 24
            per_period[_resource(one)] = min(most, per_period.get(_resource(one), most))
    return {
        name: [float(math.floor((t + 1) * most) - math.floor(t * most)) for t in range(periods)]
        for name, most in per_period.items()
    }


def _item(material: Material, stock: Stock, now_ms: float, period_h: float, periods: int) -> Item:
    receipts: dict[int, float] = {}
    for at_ms, quantity in stock.to_come:
        period = math.ceil((at_ms - now_ms) / (period_h * _HOUR_MS))  # it can be used from the next one on
        if period < periods:
            receipts[period] = receipts.get(period, 0.0) + quantity
    return Item(
        id=material.id, parts=tuple(Part(item=one.material, quantity=one.quantity) for one in material.parts),
        lead_time=math.ceil(material.number("LeadTime") / period_h), stock=stock.left, receipts=receipts,
        lots=_policy(material), order_cost=material.number("OrderCost"),
        holding_cost=material.number("HoldingCost") * period_h / 24, resource=_resource(material),
    )  # fmt: skip
