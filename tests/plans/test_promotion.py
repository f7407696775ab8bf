"""What a schedule sends to the line now: as many pieces of each order as are left to release, in its sequence."""

from __future__ import annotations

import pytest

from xushi.runtime.orders import Book, Order
from xushi.runtime.plans._from_schedule import trimmed

ORDERS = tuple(Order(id=name, product="urn:x:P", quantity=10) for name in ("a", "b", "c"))


@pytest.mark.parametrize(
    ("runs", "made", "on_line", "wanted"),
    [
        ([("b", 10), ("a", 10)], {}, {}, [("b", 10), ("a", 10)]),
        # what was released since the schedule was made is taken from the front
        ([("a", 4), ("b", 10), ("a", 6)], {"a": 3}, {"a": 2}, [("b", 10), ("a", 5)]),
        ([("a", 4), ("b", 10), ("a", 6)], {}, {"b": 10}, [("a", 4), ("a", 6)]),
        # what the schedule has too few of comes with the first run of its order
        ([("a", 4), ("b", 10)], {}, {}, [("a", 10), ("b", 10)]),
        ([("a", 4)], {"a": 10}, {}, []),
        ([("gone", 4), ("c", 1)], {}, {"c": 9}, [("c", 1)]),
    ],
)
def test_runs_are_trimmed_to_what_is_left(
    runs: list[tuple[str, int]], made: dict[str, int], on_line: dict[str, int], wanted: list[tuple[str, int]]
) -> None:
    found = trimmed(runs, Book(ORDERS, made), on_line)
    assert found == wanted
