"""A written value is known when it comes back, as far as a device can keep it, and no other is taken for it."""

from __future__ import annotations

from typing import Any

import pytest

from xushi.connectors import Point
from xushi.connectors._columns import Columns
from xushi.connectors._readback import Readbacks
from xushi.signals import Kind

NOW = 1_795_248_000_123_456_789


@pytest.mark.parametrize(
    ("kind", "written", "back", "is_it"),
    [
        (Kind.DOUBLE, 0.1, 0.10000000149011612, True),  # as 32 bits hold it
        (Kind.DOUBLE, 0.1, 0.1001, False),
        (Kind.DOUBLE, 0.0, 0.0, True),
        (Kind.DOUBLE, 0.0, 1e-9, False),
        (Kind.DOUBLE, 1.0, None, False),
        (Kind.INT, 7, 7, True),
        (Kind.INT, 7, 8, False),
        (Kind.BOOL, True, True, True),
        (Kind.BOOL, True, False, False),
        (Kind.ENUM, 3, 3, True),
        (Kind.STRING, "曲轴", "曲轴", True),
        (Kind.STRING, "a", "b", False),
        (Kind.ARRAY, [0.1, 2.0], [0.10000000149011612, 2.0], True),
        (Kind.ARRAY, [0.1, 2.0], [0.1], False),
        (Kind.ARRAY, ["a"], ["b"], False),
        (Kind.TIME, NOW, NOW // 1_000_000 * 1_000_000, True),  # in milliseconds
        (Kind.TIME, NOW, NOW + 5_000_000, False),
    ],
)
async def test_what_comes_back(kind: Kind, written: Any, back: Any, is_it: bool) -> None:
    readbacks = Readbacks()
    for signal, quality, expected in ((1, 0, False), (0, 0x8031_0000, False), (0, 0x4090_0000, False), (0, 0, is_it)):
        with readbacks.expecting(Point(0, "", "a", kind), written) as came:
            columns = Columns()
            columns.add(kind, signal, NOW, back, quality)
            readbacks.look(columns.take(NOW))
            assert came.done() is expected, (signal, quality)
