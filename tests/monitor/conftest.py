"""A monitor over real stores, with a clock that is moved by hand; opened again, it is a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from alarm_bench import T0, Bench

from xushi.kernel import ManualClock
from xushi.signals import Kind


@pytest.fixture
def bench(tmp_path: Path) -> Callable[[], AbstractContextManager[Bench]]:
    """`with bench() as one`: signals 0 and 1 are numbers, 2 is a state."""
    clock = ManualClock(T0)

    @contextmanager
    def open_bench() -> Iterator[Bench]:
        one = Bench(tmp_path, clock, [Kind.DOUBLE, Kind.DOUBLE, Kind.ENUM])
        try:
            yield one
        finally:
            one.close()

    return open_bench
