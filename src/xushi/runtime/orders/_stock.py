"""What is left in stock of each material, and what is on its way.

A stock is live where its Property is mapped to a signal. Elsewhere the Property tells what there was at first: finished
pieces have used it since, and receipts that have come in were added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec

from xushi.runtime._materials import Material
from xushi.runtime.orders._book import Book
from xushi.runtime.orders._receipts import Receipt


class Stock(msgspec.Struct, frozen=True):
    """Pieces that are there, and what comes: instants in ms since 1970 with pieces, the first first."""

    left: float = 0.0
    to_come: tuple[tuple[float, float], ...] = ()


def made_of_products(book: Book, done: Mapping[str, int]) -> Counter[str]:
    """Return the pieces made of each product, with those of orders that are in the book no more."""
    found = Counter(book.gone)
    for order in book.orders:
        found[order.product] += done.get(order.id, 0)
    return found


def stocks_of(
    materials: Mapping[str, Material], made: Mapping[str, int], receipts: Sequence[Receipt], now_ms: float,
    live: Callable[[str], float | None],
) -> dict[str, Stock]:  # fmt: skip
    """Return the stock of every material that has one.

    Args:
        made: pieces by product.
        live: the value of a signal by its key; None where it has none.
    """
    used: Counter[str] = Counter()
    for product, pieces in made.items():
        for name, quantity in _used_in(materials, product).items():
            used[name] += quantity * pieces  # type: ignore[assignment]  # pieces of bulk goods are no whole numbers
    found = {}
    for name, material in materials.items():
        own = sorted((one.at_ms, one.quantity) for one in receipts if one.material == name)
        to_come = tuple(one for one in own if one[0] > now_ms)
        seen = live(material.stock_key) if material.stock_key else None
        if seen is None:
            came = sum(quantity for at_ms, quantity in own if at_ms <= now_ms)
            seen = material.number("Stock") + came - used[name]
        if "Stock" in material.facts or own:
            found[name] = Stock(max(0.0, seen), to_come)
    return found


def _used_in(materials: Mapping[str, Material], product: str) -> dict[str, float]:
    """What one piece takes from stocks: a part that has a stock from its own, any other from those of its parts."""
    found: dict[str, float] = {}

    def take(name: str, quantity: float, way: tuple[str, ...]) -> None:
        for used in materials[name].parts if name in materials and name not in way else ():
            part = materials.get(used.material)
            if part is not None and part.parts and "Stock" not in part.facts:
                take(used.material, quantity * used.quantity, (*way, name))
            else:
                found[used.material] = found.get(used.material, 0.0) + quantity * used.quantity

    take(product, 1.0, ())
    return found
