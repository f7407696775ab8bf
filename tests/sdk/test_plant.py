"""Rules of the Python client: ten lines from nothing to a live twin."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import xushi
from xushi.signals import Frame
from xushi.testing import Served, served


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "data") as one:
        yield one


def plant_file(folder: Path) -> Path:
    key = {"type": "ModelReference", "keys": [{"type": "Submodel", "value": "urn:m:data"}]}
    speed = {"modelType": "Property", "idShort": "Speed", "valueType": "xs:double"}
    mode = {"modelType": "Property", "idShort": "Mode", "valueType": "xs:string"}
    content = {
        "assetAdministrationShells": [
            {
                "modelType": "AssetAdministrationShell", "id": "urn:m", "idShort": "Mill", "submodels": [key],
                "assetInformation": {"assetKind": "Instance", "globalAssetId": "urn:m:asset"},
            }
        ],
        "submodels": [
            {
                "modelType": "Submodel", "id": "urn:m:data", "idShort": "OperationalData",
                "submodelElements": [speed, mode],
            }
        ],
    }  # fmt: skip
    path = folder / "mill.json"
    path.write_text(json.dumps(content))
    return path


def test_from_nothing_to_a_live_twin(tmp_path: Path, running: Served) -> None:
    plant = xushi.connect(running.running.base_url, running.remote.token)
    outcome = plant.open_files([plant_file(tmp_path)])
    mill = plant.shell("Mill")
    rows = [(mill["Speed"].handle, time.time_ns(), 12.5, 0), (mill["Mode"].handle, time.time_ns(), "auto", 0)]
    running.push(Frame.from_rows(running.platform.registry, rows))
    value = mill["Speed"].value
    assert value is not None
    assert (value.value, value.is_good) == (12.5, True)
    assert plant.signal("Mode").value.value == "auto"  # type: ignore[union-attr]
    shown = mill._repr_html_()
    assert "12.5" in shown
    assert "auto" in shown
    plant.undo(outcome["command_id"])
    assert plant.shells() == []


def test_history_comes_as_arrays_and_rows(tmp_path: Path, running: Served) -> None:
    plant = xushi.connect(running.running.base_url, running.remote.token)
    plant.open_files([plant_file(tmp_path)])
    speed = plant.signal("Speed")
    times = time.time_ns() - np.arange(10, 0, -1, dtype=np.int64) * 1_000_000_000
    running.push(Frame.doubles(np.full(10, speed.handle, np.int32), times, np.arange(10.0)))
    samples = speed.history(minutes=1)
    assert samples.values.tolist() == list(map(float, range(10)))
    assert samples.times.dtype == np.dtype("datetime64[ns]")
    assert [value for _, value, _ in samples.rows()][-1] == 9.0


def test_watch_yields_what_changes(tmp_path: Path, running: Served) -> None:
    plant = xushi.connect(running.running.base_url, running.remote.token)
    plant.open_files([plant_file(tmp_path)])
    speed = plant.signal("Speed")
    running.push(Frame.doubles([speed.handle], [time.time_ns()], [1.0]))
    changes = plant.watch([speed])
    assert next(changes)[speed.key].value == 1.0
    running.push(Frame.doubles([speed.handle], [time.time_ns()], [2.0]))
    assert next(changes)[speed.key].value == 2.0
    changes.close()  # type: ignore[attr-defined]


def test_mistakes_are_told_plainly(running: Served) -> None:
    with pytest.raises(xushi.XushiError) as caught:
        xushi.connect(running.running.base_url, "0.wrong", language="zh-CN")
    assert "登录" in str(caught.value.text("zh-CN").what)
    with pytest.raises(xushi.XushiError) as caught:
        xushi.connect("http://127.0.0.1:9", "0.wrong")
    assert caught.value.code == "remote.unreachable"
    with pytest.raises(xushi.XushiError) as caught:
        xushi.connect(running.running.base_url, running.remote.token).signal("nothing")
    assert caught.value.code == "sdk.signal_unknown"


def test_a_folder_opens_in_this_process(tmp_path: Path) -> None:
    with xushi.open(tmp_path / "data", connect=False) as plant:
        outcome = plant.open_files([plant_file(tmp_path)])
        assert outcome.summary["shells"] == 1
        now_ns = time.time_ns()
        plant.platform.ingest.push(Frame.doubles([0], [now_ns], [3.5]))
        assert plant.value("urn:m:data#Speed").value == 3.5  # type: ignore[union-attr]
        times, values = plant.history("urn:m:data#Speed", now_ns - 1, now_ns + 1)
        assert (times.tolist(), values.tolist()) == ([now_ns], [3.5])
    with xushi.open(tmp_path / "data") as plant:
        assert len(plant.platform.registry) == 2
