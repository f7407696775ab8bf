"""What the tree is told of a shell: its submodels with their names in every language."""

from pathlib import Path

import pytest

from xushi.demo.shells import ensure_assets
from xushi.testing import served

pytestmark = pytest.mark.xdist_group("demo")


def test_a_submodel_is_told_with_its_names_in_every_language(tmp_path: Path) -> None:
    with served(tmp_path / "data") as one:
        one.remote.import_files([ensure_assets()])
        station = next(twin for twin in one.remote.get("/api/twins") if twin["idShort"] == "OP40")
        named = {submodel["idShort"]: submodel["name"] for submodel in station["submodels"]}
    assert named["Nameplate"] == {"en": "Nameplate", "zh-CN": "数字铭牌"}
    assert named["TimeSeries"] == {"en": "Time series", "zh-CN": "时序数据"}
