"""Hours of the demo plant, recorded once for all tests of this folder."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from xushi.demo._physics import PlantModel
from xushi.demo._rules import kpis, rules
from xushi.kernel import ManualClock
from xushi.runtime import SYSTEM, Platform
from xushi.testing import import_plant, record_plant

S = 1_000_000_000
START_NS = 1_800_000_000 * S
HOUR = 3600 * S
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


@pytest.fixture(scope="session")
def recorded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two hours of the plant on the disk, with its KPI definitions and rules; to be copied before it is opened."""
    folder: Path = tmp_path_factory.mktemp("branches") / "data"

    async def bring(platform: Platform) -> None:
        await import_plant(platform)
        for kpi in kpis():
            await platform.bus.run("kpi.put", {"kpi": msgspec.to_builtins(kpi)}, SYSTEM)
        for rule in rules():
            await platform.bus.run("rule.put", {"rule": msgspec.to_builtins(rule)}, SYSTEM)

    with Platform.open(folder, ManualClock(START_NS)) as platform:
        asyncio.run(bring(platform))
        record_plant(platform, PlantModel(1, START_NS), 2 * 3600.0)
    return folder


@pytest.fixture
def plant(recorded_folder: Path, tmp_path: Path) -> Iterator[Platform]:
    """A copy of it, two hours after its begin."""
    shutil.copytree(recorded_folder, tmp_path / "data")
    with Platform.open(tmp_path / "data", ManualClock(START_NS + 2 * HOUR)) as platform:
        yield platform
