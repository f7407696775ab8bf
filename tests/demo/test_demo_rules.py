"""The demo's file of rules and KPIs is what its description says, and fits its shells."""

from __future__ import annotations

from pathlib import Path

import pytest

from xushi.demo import _rules
from xushi.demo._line import LINE
from xushi.demo._physics import PlantModel
from xushi.demo._runner import WARM_UP_S, PlantRunner
from xushi.demo.shells import ensure_assets
from xushi.demo.verb import RULES
from xushi.kernel import ManualClock
from xushi.monitor import figures
from xushi.runtime import SYSTEM, Platform
from xushi.signals import Board, Frame, History, Kind, LiveTimeline, SignalDef, SignalRegistry


def test_the_file_is_not_stale() -> None:
    assert RULES.read_text("utf-8") == _rules.text(), "run: python -m xushi.demo._rules > src/xushi/demo/rules.yaml"


async def test_the_file_imports_after_the_shells(tmp_path: Path) -> None:
    package = ensure_assets()
    with Platform.open(tmp_path / "data") as platform:
        sha256 = platform.blobs.put(package.read_bytes())
        files = [{"name": package.name, "sha256": sha256}]
        await platform.bus.run("import.files", {"files": files}, SYSTEM)
        outcome = await platform.bus.run("rules.import", {"text": RULES.read_text("utf-8")}, SYSTEM)
        assert outcome.summary["added"] == len(_rules.rules()) + len(_rules.kpis())
        assert len(platform.monitor.rules) == len(_rules.rules())


@pytest.mark.parametrize("seed", [1, 2])
def test_no_span_of_the_plant_shows_more_than_its_machines_can_make(tmp_path: Path, seed: int) -> None:
    """The counters of the physics against the planned run times of the definitions, in spans of 1 and 10 min."""
    start_ns, hours = 1_790_000_000_000_000_000, 2
    definitions = _rules.kpis()
    tests = [test for one in definitions for test in (one.producing, one.planned) if test is not None]
    keys = {test.signal for test in tests} | {key for one in definitions for key in (one.good, one.reject) if key}
    registry = SignalRegistry(tmp_path / "signals.sqlite")
    registry.define([SignalDef(key=key, kind=Kind.INT) for key in sorted(keys)])
    handles = {f"{machine.id}.{path}": registry.handle(_rules._key(machine.id, path))
               for machine in LINE.machines for path in ("State", "OperationMode", "Counters.Good", "Counters.Reject",
                                                         "Engines.Finished", "Engines.Scrapped")
               if _rules._key(machine.id, path) in keys}  # fmt: skip
    model = PlantModel(seed, start_ns)
    model.run_until(hours * 3600.0)
    rows = [(handles[key], at_ns, value, 0) for key, at_ns, value in model.values.take_changes() if key in handles]
    clock = ManualClock(start_ns)
    history = History(tmp_path / "history", registry, clock)
    history.append(Frame.from_rows(registry, rows))
    timeline = LiveTimeline(Board(registry), history, clock)
    until_ns = start_ns + hours * 3600 * 1_000_000_000
    for minutes in (1, 10):
        span = start_ns + 1500 * 1_000_000_000, until_ns
        count = (hours * 60 - 25) // minutes
        for figure in figures(definitions, timeline, span, until_ns, trend=count):
            if figure.kind in ("oee", "performance", "availability", "quality"):
                assert figure.value is not None
                assert 0.0 < figure.value <= 1.0, figure.id
                is_exact = not (figure.id.startswith("LINE1.") and minutes == 1)  # its buffers may empty for a minute
                assert all(part is None or part <= 1.0 + 1e-9 for part in figure.trend if is_exact), figure.id
    history.close()
    registry.close()


@pytest.mark.parametrize("is_wall_time", [True, False])
def test_a_plant_that_runs_fast_says_nothing_with_a_time_to_come(tmp_path: Path, is_wall_time: bool) -> None:
    start_ns, s = 1_790_000_000_000_000_000, 1_000_000_000
    runner = PlantRunner(seed=1, speed=10.0, start_ns=start_ns, host="127.0.0.1", opcua_port=0, mqtt_port=0,
                         data=tmp_path, is_wall_time=is_wall_time)  # fmt: skip
    runner.model.run_until(WARM_UP_S + 600.0)
    stamps = [at_ns for _, at_ns, _ in runner.model.values.take_changes()]
    assert stamps == sorted(stamps)
    assert start_ns + 50 * s < max(stamps) <= start_ns + (60 if is_wall_time else 600) * s
    by_id = {one.id: one for one in _rules.kpis(10.0)}
    assert by_id["OP40"].cycle_s == pytest.approx(2.7)
