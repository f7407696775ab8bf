"""The main line of a plant is given as a model that runs by the recursion, and a plant without one is told so."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from xushi import simulate
from xushi.demo._physics import PlantModel
from xushi.kernel import ManualClock, XushiError
from xushi.runtime import Platform
from xushi.runtime.foresight import Calibration, Flow, Fork, fork, main_line, plant_of
from xushi.testing import import_plant, record_plant

S = 1_000_000_000
START_NS = 1_800_000_000 * S
AT_NS = START_NS + 3600 * S


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fork]:
    clock = ManualClock(START_NS)
    with Platform.open(tmp_path_factory.mktemp("line") / "data", clock, compute="threads") as platform:
        asyncio.run(import_plant(platform))
        record_plant(platform, PlantModel(1, START_NS), 3600.0)
        clock.advance(3600 * S)
        yield fork(plant_of(platform), platform.timelines.get("live"), START_NS, AT_NS)


def test_the_main_line_runs_by_the_recursion_from_where_it_stands(forked: Fork) -> None:
    line = main_line(forked)
    assert [machine.id for machine in line.model.machines] == [f"OP{n}0" for n in range(1, 11)]
    assert [buffer.id for buffer in line.model.buffers] == [f"B{n}0" for n in range(1, 10)]
    model = simulate.read_model(simulate.write_model(line.model))
    state = msgspec.convert(json.loads(msgspec.json.encode(line.state)), simulate.PlantState)
    outcome = simulate.run(model, simulate.Experiment(horizon_s=3600.0, replications=20), state)
    assert outcome.engine == "recursion"
    assert 60 < outcome.interval("finished.count").mean < 121  # a takt of 30 s


def test_what_of_the_plant_is_not_in_the_line_is_told(forked: Fork) -> None:
    told = {(one.code, one.place) for one in main_line(forked).left_out}
    assert ("runtime.line_leaves_out", "RWK1") in told
    assert any(code == "runtime.line_without_transfer" for code, _ in told)
    assert any(code == "runtime.line_without_products" for code, _ in told)
    for one in main_line(forked).left_out:
        assert one.text("en")
        assert one.text("zh-CN")


def test_a_plant_whose_parts_go_two_ways_has_no_main_line(forked: Fork) -> None:
    flows = tuple(flow for flow in forked.plant.flows if flow.before != "OP30")
    two = (Flow("OP30", "B30", 0.5), Flow("OP30", "B91", 0.5))
    calibration = msgspec.structs.replace(
        forked.calibration, shares={**forked.calibration.shares, ("OP30", "B30"): 0.5, ("OP30", "B91"): 0.5}
    )
    assert isinstance(calibration, Calibration)
    plant = msgspec.structs.replace(forked.plant, flows=(*flows, *two))
    with pytest.raises(XushiError) as caught:
        main_line(msgspec.structs.replace(forked, plant=plant, calibration=calibration))
    assert caught.value.code == "runtime.line_none"
    assert caught.value.params["machine"] == "OP30"


@pytest.mark.parametrize("setting", ["nowhere", "threads:0"])
def test_a_platform_that_is_to_compute_nowhere_is_not_opened(tmp_path: Path, setting: str) -> None:
    with pytest.raises(XushiError) as caught, Platform.open(tmp_path / "data", compute=setting):
        pass
    assert caught.value.code == "simulate.compute_unknown"
