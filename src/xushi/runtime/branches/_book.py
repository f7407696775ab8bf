"""The order book of a branch: that of the line at the fork, with the order commands that were run on the branch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from xushi.runtime.branches._record import Edit
from xushi.runtime.orders import Book, edited

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

ORDERS = frozenset({"order.add", "order.change", "order.remove", "order.sequence"})


def book_after(platform: Platform, book: Book, edits: Iterable[Edit]) -> Book:
    """Return a book with the order commands among edits, in their sequence.

    Raises:
        XushiError: see `xushi.runtime.orders.edited`.
    """
    for edit in edits:
        if edit.command is not None and edit.command in ORDERS:
            book = edited(platform.store, book, platform.commands.parse(edit.command, edit.params))
    return book
