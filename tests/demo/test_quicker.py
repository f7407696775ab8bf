"""The package of a plant that runs several times as fast states the times and speeds it has then."""

from __future__ import annotations

from pathlib import Path

from xushi.demo._quicker import write_quicker
from xushi.demo.shells import ensure_assets
from xushi.twins import Package, read_file, walk


def _values(package: Package, submodel_id_short: str, element_id_short: str) -> list[float]:
    return [
        float(element.value)
        for submodel in package.environment.submodels
        if submodel.id_short == submodel_id_short
        for _, element in walk(submodel)
        if element.id_short == element_id_short
    ]


def test_times_are_divided_speeds_multiplied_and_nothing_else_changes(tmp_path: Path) -> None:
    asset = ensure_assets()
    plant, quicker = read_file(asset), read_file(write_quicker(asset, 4.0, tmp_path / "quicker.aasx"))
    for submodel, name, factor in (
        ("TechnicalData", "NominalCycleTime", 1 / 4), ("TechnicalData", "LoadTime", 1 / 4),
        ("HierarchicalStructures", "PreparationTime", 1 / 4), ("TechnicalData", "SpeedMax", 4.0),
        ("TechnicalData", "TurnSpeed", 4.0), ("TechnicalData", "Range", 1.0), ("TechnicalData", "WeibullShape", 1.0),
    ):  # fmt: skip
        described = _values(plant, submodel, name)
        assert described
        assert _values(quicker, submodel, name) == [value * factor for value in described], name
    assert quicker.files.keys() == plant.files.keys()
    assert not quicker.diagnoses
    again = write_quicker(asset, 4.0, tmp_path / "again.aasx")
    assert again.read_bytes() == (tmp_path / "quicker.aasx").read_bytes()
