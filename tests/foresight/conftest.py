"""Four hours of the demo plant, recorded once for all tests of this folder."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from xushi.demo._physics import PlantModel
from xushi.kernel import ManualClock
from xushi.runtime import Platform
from xushi.testing import import_plant, record_plant

S = 1_000_000_000
START_NS = 1_800_000_000 * S
HOURS = 4


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform whose clock stands at the end of the recorded hours."""
    clock = ManualClock(START_NS)
    folder: Path = tmp_path_factory.mktemp("foresight") / "data"
    with Platform.open(folder, clock) as platform:
        asyncio.run(import_plant(platform))
        record_plant(platform, PlantModel(1, START_NS), HOURS * 3600.0)
        clock.advance(HOURS * 3600 * S)
        yield platform
