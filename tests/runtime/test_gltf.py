"""Rules of the check of 3D models of unknown origin."""

import base64
import json
import random
import struct
import time

import pytest

from xushi.kernel import XushiError
from xushi.runtime import check_gltf
from xushi.testing import TRIANGLE, triangle_document, triangle_glb


def test_a_sound_glb_is_summarised() -> None:
    summary = check_gltf(triangle_glb(), "machine.glb")
    assert (summary.nodes, summary.meshes, summary.triangles) == (2, 1, 1)
    assert summary.node_names == ("Body", "Arm")
    assert summary.clip_names == ("cycle",)
    assert summary.high == (1.0, 2.0, 0.0)
    assert summary.media_type == "model/gltf-binary"


def test_a_gltf_with_embedded_data_is_accepted() -> None:
    uri = "data:application/octet-stream;base64," + base64.b64encode(TRIANGLE).decode()
    assert check_gltf(json.dumps(triangle_document(uri)).encode(), "m.gltf").media_type == "model/gltf+json"


@pytest.mark.parametrize("uri", ["machine.bin", "http://example.com/a.bin", "file:///etc/passwd", "../../x"])
def test_nothing_outside_the_file_is_fetched(uri: str) -> None:
    with pytest.raises(XushiError) as caught:
        check_gltf(json.dumps(triangle_document(uri)).encode(), "m.gltf")
    assert caught.value.code == "runtime.gltf_invalid"
    assert caught.value.params["place"] == "/buffers/0/uri"


def _changed(path: str, value: object) -> dict:
    doc = triangle_document()
    *parents, last = path.split("/")
    target: object = doc
    for key in parents:
        target = target[int(key)] if isinstance(target, list) else target[key]  # type: ignore[index]
    target[int(last) if isinstance(target, list) else last] = value  # type: ignore[index]
    return doc


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("asset/version", "1.0"),
        ("accessors/0/count", 4),
        ("accessors/0/count", 10**12),
        ("accessors/0/count", -1),
        ("accessors/0/type", "VEC9"),
        ("accessors/0/componentType", 1),
        ("accessors/0/byteOffset", 2**62),
        ("bufferViews/0/byteLength", 10**9),
        ("bufferViews/0/buffer", 7),
        ("buffers/0/byteLength", 10**9),
        ("nodes/0/children", [0]),
        ("nodes/1/children", [0]),
        ("nodes/0/mesh", 9),
        ("nodes/1/translation", [0, 1]),
        ("nodes/1/translation", [0, 1, "2"]),
        ("meshes/0/primitives", []),
        ("meshes/0/primitives/0/material", 3),
        ("scenes/0/nodes", [5]),
        ("animations/0/channels/0/sampler", 4),
        ("nodes", {"0": 1}),
        ("nodes", [1]),
    ],
)
def test_a_broken_rule_is_named_with_its_place(path: str, value: object) -> None:
    with pytest.raises(XushiError) as caught:
        check_gltf(triangle_glb(_changed(path, value)), "machine.glb")
    assert caught.value.code == "runtime.gltf_invalid"
    for language in ("en", "zh-CN"):
        assert "machine.glb" in caught.value.text(language).what


def test_indices_beyond_the_vertices_are_refused() -> None:
    with pytest.raises(XushiError):
        check_gltf(triangle_glb(binary=TRIANGLE[:36] + struct.pack("<3H", 0, 1, 3) + b"\0\0"), "m.glb")


def test_an_unknown_required_extension_is_refused_by_name() -> None:
    doc = triangle_document() | {"extensionsRequired": ["KHR_draco_mesh_compression"]}
    with pytest.raises(XushiError) as caught:
        check_gltf(triangle_glb(doc), "m.glb")
    assert "KHR_draco_mesh_compression" in str(caught.value)


def test_a_large_model_is_checked_in_linear_time() -> None:
    doc = triangle_document()
    doc["nodes"] = [{"mesh": 0} for _ in range(100_000)]
    doc["nodes"][0]["children"] = list(range(1, 100_000))
    doc["animations"] = []
    start = time.process_time()
    check_gltf(triangle_glb(doc), "m.glb")
    assert time.process_time() - start < 5


def _mutated(data: bytes, chance: random.Random) -> bytes:
    kind = chance.randrange(5)
    if kind == 0:
        return data[: chance.randrange(len(data))]
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 12)):
        place = chance.randrange(len(changed))
        if kind == 1:
            changed[place] = chance.randrange(256)
        elif kind == 2:
            changed[place] ^= 1 << chance.randrange(8)
        elif kind == 3:
            del changed[place : place + chance.randrange(1, 30)]
        else:
            other = chance.randrange(len(changed))
            changed[place:place] = changed[other : other + chance.randrange(60)]
        if not changed:
            break
    return bytes(changed)


def _mutated_values(chance: random.Random) -> bytes:
    """Replace random values inside the JSON by values of other types: deeper than byte damage reaches."""
    odd = [None, True, -1, 0, 2**31, 2**63, 1e308, "", "x", [], {}, [[]], [None], {"a": 1}, "data:,", 5126]
    doc = triangle_document()
    for _ in range(chance.randrange(1, 4)):
        target: object = doc
        while True:
            keys = list(target) if isinstance(target, dict) else list(range(len(target)))  # type: ignore[arg-type]
            if not keys:
                break
            key = chance.choice(keys)
            below = target[key]  # type: ignore[index]
            if isinstance(below, dict | list) and chance.random() < 0.85:
                target = below
                continue
            target[key] = chance.choice(odd)  # type: ignore[index]
            break
    return triangle_glb(doc)


def test_500_damaged_models_end_in_a_clear_error_or_a_summary() -> None:
    chance = random.Random(20261121)
    refused = 0
    codes = set()
    for number in range(500):
        data = _mutated(triangle_glb(), chance) if number % 2 else _mutated_values(chance)
        start = time.process_time()
        try:
            check_gltf(data, "m.glb")
        except XushiError as error:
            refused += error.code == "runtime.gltf_invalid"
            codes.add(error.code)
        assert time.process_time() - start < 2
    assert refused > 250
    assert codes == {"runtime.gltf_invalid"}
