"""For which orders the pieces on the line are: those stamped for their own, all others for the first in sequence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from xushi.runtime.orders._book import Book, order_of
from xushi.runtime.orders._job_control import JobOrder

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform


def pieces_on_line(
    platform: Platform, book: Book, job_orders: Sequence[JobOrder], now_ns: int
) -> Counter[str]:  # fmt: skip
    """Return the pieces on the line by order.

    Args:
        book: with what was made until now.

    Raises:
        XushiError: `runtime.forecast_no_plant`, `runtime.forecast_blind`.
    """
    shop, _ = platform.orders.shop(now_ns)
    found: Counter[str] = Counter()
    for one in job_orders:
        found[order_of(one.id)] += max(0, one.released - one.finished)
    spare = max(0, sum(shop.on_line) - found.total())
    for order in book.orders:
        taken = min(spare, max(0, order.quantity - book.made.get(order.id, 0) - found[order.id]))
        found[order.id] += taken
        spare -= taken
    return found
