"""Two hours of the demo plant and its order book, for the tests of orders."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from xushi.demo._line import CUSTOMER_ORDERS
from xushi.demo._physics import PlantModel
from xushi.kernel import ManualClock
from xushi.runtime import SYSTEM, Platform
from xushi.testing import import_plant, record_plant

S = 1_000_000_000
START_NS = 1_800_000_000 * S
NOW_NS = START_NS + 2 * 3600 * S
NOW_MS = NOW_NS / 1e6


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, ManualClock]]:
    clock = ManualClock(START_NS)
    folder: Path = tmp_path_factory.mktemp("orders") / "data"
    with Platform.open(folder, clock) as platform:
        asyncio.run(import_plant(platform))
        record_plant(platform, PlantModel(1, START_NS), 2 * 3600.0)
        clock.advance(2 * 3600 * S)
        yield platform, clock


async def fill(platform: Platform) -> None:
    """Put the sample orders in an empty book, due from now on."""
    for one in CUSTOMER_ORDERS:
        params = {
            "id": one.id, "product": f"urn:xushi:demo:shell:{one.product}", "quantity": one.quantity,
            "due_ms": NOW_MS + one.due_h * 3.6e6, "priority": one.priority, "customer": one.customer,
        }  # fmt: skip
        if one.release_h:
            params["release_ms"] = NOW_MS + one.release_h * 3.6e6
        await platform.bus.run("order.add", params, SYSTEM)


@pytest.fixture
async def book(recorded: tuple[Platform, ManualClock]) -> Platform:
    """The platform with exactly the sample orders in its book, and no schedule."""
    platform, _ = recorded
    records = platform.store
    from xushi.kernel import Diff, diff_key

    removed = {
        diff_key(kind, key): record
        for kind in ("order", "order_book", "production_schedule", "maintenance", "contingency", "receipt", "lot_rule")
        for key, record in list(records.list(kind))
    }
    records.commit(Diff(removed=removed))
    await fill(platform)
    return platform
