"""The order book of a branch: that of the line at the fork, with the order commands that were run on the branch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from xushi.runtime.orders import Book, edited

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

ORDERS = frozenset({"order.add", "order.change", "order.remove", "order.sequence"})


def book_after(platform: Platform, book: Book, commands: Iterable[tuple[str, Any]]) -> Book:
    """Return a book with the order commands among others, in their sequence.

    Raises:
        XushiError: see `xushi.runtime.orders.edited`.
    """
    for command, params in commands:
        if command in ORDERS:
            book = edited(platform.store, book, platform.commands.parse(command, params))
    return book
