"""The desk of orders: knows how much was made, what is left to make, and on which stations; keeps found schedules."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec

from xushi.kernel import Record, XushiError, new_id
from xushi.runtime._materials import Material, find_materials
from xushi.runtime._planned_times import Stop, stops_of
from xushi.runtime._timelines import LIVE
from xushi.runtime.foresight import Mix, Plant, Records, WantedOrder, finished_parts, plant_of, read_records
from xushi.runtime.orders._book import Book, order_of, read_book, wanted_of
from xushi.runtime.orders._job_control import JobOrder, find_job_control, job_orders_at
from xushi.runtime.orders._lots import chosen_lots, with_chosen_lots
from xushi.runtime.orders._mix import mix_of
from xushi.runtime.orders._problem import Shop
from xushi.runtime.orders._receipts import Receipt, receipts
from xushi.runtime.orders._requirements import MaterialRun, run_material
from xushi.runtime.orders._route import main_route, paces, transfers_s, under_way
from xushi.runtime.orders._stock import made_of_products, stocks_of
from xushi.runtime.orders._watch import ContingencyDesk
from xushi.signals import is_good

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform
    from xushi.runtime.orders._schedule import Kept

_S = 1_000_000_000
_LOOK_BACK_NS = 8 * 3600 * _S
_LONGEST_NS = 31 * 86_400 * _S
_FRESH_NS = 2 * _S
_MOST_FOUND = 20


def _ways(shop: Shop) -> list[tuple[str, str]]:
    """From the first machine of each step to that of the next."""
    return [(one.machines[0], other.machines[0]) for one, other in pairwise(shop.steps)]


class OrderDesk:
    """What the commands and routes of orders share; nothing here changes a record."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._materials: tuple[int, dict[str, Material]] | None = None
        self._counted: tuple[int, int, Mapping[str, int]] = (-1, 0, {})  # since, until, count
        self._found: OrderedDict[str, Kept] = OrderedDict()
        self.turn = asyncio.Semaphore(1)
        self.contingencies = ContingencyDesk(platform)

    def materials(self) -> dict[str, Material]:
        """Products and parts as the twins tell them; read again only after they have changed."""
        twins = self._platform.twins
        edition, known = twins.edition, self._materials
        if known is None or known[0] != edition:
            known = self._materials = (edition, find_materials(twins))
        return known[1]

    def made_since(self, since_ns: int, until_ns: int) -> Mapping[str, int]:
        """Return how many pieces left the plant in since_ns <= time < until_ns, as recorded, by order.

        Those that the plant made for no order stand under an empty name. What was counted a moment ago is not counted
        again.
        """
        since_ns = max(since_ns, until_ns - _LONGEST_NS)
        start, end, count = self._counted
        if start == since_ns and end <= until_ns < end + _FRESH_NS:
            return count
        plant = plant_of(self._platform)
        count = self._made(plant, since_ns, until_ns) if plant.flows else {}
        self._counted = (since_ns, until_ns, count)
        return count

    def _made(self, plant: Plant, since_ns: int, until_ns: int) -> Mapping[str, int]:
        parts = finished_parts(plant, self._platform.timelines.get(LIVE), since_ns, until_ns)
        return Counter(order_of(job_order) for _, job_order in parts)

    def done(self, at_ns: int) -> dict[str, int]:
        """Return the pieces done of every order."""
        book = read_book(self._platform.store)
        return book.done(self.made_since(book.since_ns, at_ns)) if book.orders else {}

    def wanted(self, plant: Plant, timeline: str, at_ns: int) -> list[WantedOrder]:
        """Return what is left of the order book at an instant of the live line; nothing on other timelines.

        Of an instant before the book was last changed nobody knows what was wanted then.
        """
        return wanted_of(self.book_at(plant, timeline, at_ns), self.job_orders(timeline, at_ns))

    def mix(self, plant: Plant, timeline: str, at_ns: int) -> Mix | None:
        """Return what the line makes at an instant of the live line; None where nobody knows of any order."""
        book = self.book_at(plant, timeline, at_ns)
        return mix_of(book, self.job_orders(timeline, at_ns), self.is_told()) if book.orders else None

    def is_told(self) -> bool:
        """Whether the line's controller takes job orders, and so makes what it is told."""
        return find_job_control(self._platform) is not None

    def job_orders(self, timeline: str, at_ns: int) -> tuple[JobOrder, ...]:
        """Return the job orders of the line's controller at an instant of the live line; none on other timelines."""
        if timeline != LIVE:
            return ()
        return job_orders_at(find_job_control(self._platform), self._platform.timelines.get(LIVE), at_ns)

    def book_at(self, plant: Plant, timeline: str, at_ns: int) -> Book:
        """Return the order book of the live line at an instant, with what was made until then; empty as `wanted` is."""
        book = read_book(self._platform.store)
        if timeline != LIVE or not book.orders or at_ns < book.since_ns:
            return Book()
        made = book.done(self._made(plant, book.since_ns, at_ns))
        return msgspec.structs.replace(book, made=made, since_ns=at_ns)

    def material_run(self, now_ns: int, period_h: float) -> MaterialRun:
        """Run the bills of materials for what is left of the order book.

        Raises:
            XushiError: see `run_material`.
        """
        store = self._platform.store
        book, done = read_book(store), self.done(now_ns)
        return self.material_of(book, done, chosen_lots(store), receipts(store), self._live, now_ns, period_h)

    def material_of(
        self, book: Book, done: Mapping[str, int], lots: Mapping[str, Record], stated: Sequence[Receipt],
        value: Callable[[str], float | None], now_ns: int, period_h: float, timeline: str = LIVE,
    ) -> MaterialRun:  # fmt: skip
        """Run the bills of materials for what is left of a book at an instant of a timeline.

        Args:
            lots: how those of each material are sized for which somebody chose that.
            stated: what was ordered and when it comes.
            value: of a signal by its key at that instant; None where it has none.

        Raises:
            XushiError: see `run_material`.
        """
        materials = with_chosen_lots(self.materials(), lots)
        stocks = stocks_of(materials, made_of_products(book, done), stated, now_ns / 1e6, value)
        make_h = self._make_h(book, done, now_ns, timeline)
        return run_material(book, done, materials, stocks, now_ns / 1e6, period_h, make_h)

    def _live(self, key: str) -> float | None:
        """The newest value of a signal; None where it is none, or not of good quality."""
        registry = self._platform.registry
        seen = self._platform.board.value(registry.handle(key)) if key in registry else None
        is_number = seen is not None and isinstance(seen.value, int | float) and is_good(seen.quality)
        return float(seen.value) if seen is not None and is_number else None

    def _make_h(self, book: Book, done: Mapping[str, int], now_ns: int, timeline: str) -> dict[str, float]:
        """How long it takes to make what is left of each order by itself; empty where no line is described."""
        try:
            shop, _ = self.shop(now_ns, timeline)
        except XushiError:
            return {}
        each_s = [min(shop.paces[one].each_s for one in step.machines) / len(step.machines) for step in shop.steps]
        through_s = [
            min(shop.paces[one].through_s for one in step.machines) / len(step.machines) for step in shop.steps
        ]
        way_s = sum(through_s) + sum(shop.transfers_s.get(pair, 0) for pair in _ways(shop))
        return {
            order.id: (way_s + max(each_s) * (order.quantity - done.get(order.id, 0))) / 3_600 for order in book.orders
        }

    def shop(self, now_ns: int, timeline: str = LIVE) -> tuple[Shop, list[Stop]]:
        """Read the stations as they are at an instant of a timeline, and the planned stops of the line.

        Raises:
            XushiError: `runtime.forecast_no_plant`, `runtime.forecast_blind`.
        """
        platform = self._platform
        plant = plant_of(platform)
        records: Records = read_records(
            platform.timelines.get(timeline), plant, self.records_from_ns(now_ns, timeline), now_ns,
            products={order.id: order.product for order in read_book(platform.store).orders},
        )  # fmt: skip
        steps = main_route(plant, platform.twins)
        facts = {node.id: node.facts for node in plant.machines()}
        shop = Shop(
            steps=steps, paces=paces(plant, records), transfers_s=transfers_s(plant, steps),
            setup_s={name: known["SetupTime"] for name, known in facts.items() if "SetupTime" in known},
            stand_in_factor={name: known["StandInFactor"] for name, known in facts.items() if "StandInFactor" in known},
            on_line=under_way(plant, steps, records),
        )  # fmt: skip
        return shop, stops_of(platform.store)

    def records_from_ns(self, now_ns: int, timeline: str = LIVE) -> int:
        """Since when the records are used that the times of a schedule come from."""
        _, first_ns, _ = self._platform.timelines.span(timeline)
        return max(min(first_ns, now_ns - _S), now_ns - _LOOK_BACK_NS)

    def keep(self, found: Kept) -> str:
        """Lay a found schedule down until it is kept as a record; return its name."""
        name = new_id(self._platform.clock.now_ns())
        self._found[name] = found
        while len(self._found) > _MOST_FOUND:
            self._found.popitem(last=False)
        return name

    def found(self, name: str) -> Any:
        """A schedule that was laid down; None where there is none of that name."""
        return self._found.get(name)
