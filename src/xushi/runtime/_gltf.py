"""Checks a glTF 2.0 model of unknown origin, every index and every byte range, before a browser may load it."""

import base64
import binascii
import math
from typing import Any

import msgspec
import numpy as np

from xushi.kernel import Diagnosis
from xushi.runtime._gltf_container import refuse, split

_COMPONENT_BYTES = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
_COMPONENT_TYPES = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
_TYPE_PARTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp")
_KNOWN_EXTENSIONS = frozenset(
    {
        "KHR_materials_unlit", "KHR_materials_emissive_strength", "KHR_materials_clearcoat", "KHR_materials_ior",
        "KHR_materials_sheen", "KHR_materials_specular", "KHR_materials_transmission", "KHR_materials_volume",
        "KHR_materials_iridescence", "KHR_materials_anisotropy", "KHR_materials_dispersion", "KHR_texture_transform",
        "KHR_mesh_quantization", "KHR_lights_punctual", "EXT_mesh_gpu_instancing", "EXT_texture_webp",
    }
)  # fmt: skip
_MAX_ITEMS = 200_000
_MAX_VERTICES = 20_000_000


class GltfSummary(msgspec.Struct, frozen=True):
    """What a model holds. ``low``/``high``: bounds in metres of all meshes before node transforms."""

    media_type: str
    nodes: int
    meshes: int
    materials: int
    animations: int
    triangles: int
    node_names: tuple[str, ...]
    clip_names: tuple[str, ...]
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    diagnoses: tuple[Diagnosis, ...] = ()


def check_gltf(data: bytes, name: str) -> GltfSummary:
    """Check a .glb or .gltf file as hostile input and say what is in it.

    Nothing outside the file is ever read: buffers and images come from the binary chunk or from ``data:`` URIs.
    Raises ``runtime.gltf_invalid`` naming the first offending place. Source: glTF 2.0, clauses 3.5 to 3.11.
    """
    document, binary, is_binary = split(data, name)
    return _Model(document, binary, is_binary, name).check()


class _Model:
    """One model under check; each method checks one kind of object of the specification."""

    def __init__(self, document: dict[str, Any], binary: bytes | None, is_binary: bool, name: str) -> None:
        self.document, self.binary, self.is_binary, self.name = document, binary, is_binary, name
        self.buffers: list[memoryview] = []
        self.checked: dict[str, list[dict[str, Any]]] = {}
        self.vertices = 0
        self.triangles = 0
        self.low = np.full(3, np.inf)
        self.high = np.full(3, -np.inf)
        self.diagnoses: list[Diagnosis] = []

    def check(self) -> GltfSummary:
        self.asset()
        for step in (self.load_buffers, self.views, self.accessors, self.images, self.textures, self.materials):
            step()
        self.meshes()
        self.nodes()
        self.scenes()
        self.skins()
        self.animations()
        if not np.all(np.isfinite(self.low)):
            self.low, self.high = np.zeros(3), np.zeros(3)
            self.diagnoses.append(Diagnosis("runtime.gltf_empty", self.name))
        low, high = self.low.tolist(), self.high.tolist()
        return GltfSummary(
            media_type="model/gltf-binary" if self.is_binary else "model/gltf+json",
            nodes=len(self.items("nodes")),
            meshes=len(self.items("meshes")),
            materials=len(self.items("materials")),
            animations=len(self.items("animations")),
            triangles=self.triangles,
            node_names=tuple(self.names("nodes")),
            clip_names=tuple(self.names("animations")),
            low=(low[0], low[1], low[2]),
            high=(high[0], high[1], high[2]),
            diagnoses=tuple(self.diagnoses),
        )

    # ---- reading fields
    def fail(self, place: str, reason: str) -> Exception:
        return refuse(self.name, place, reason)

    def items(self, key: str) -> list[dict[str, Any]]:
        known = self.checked.get(key)
        if known is not None:
            return known
        value = self.document.get(key, [])
        if not isinstance(value, list) or len(value) > _MAX_ITEMS:
            raise self.fail(f"/{key}", f"must be a list of at most {_MAX_ITEMS} objects")
        for index, item in enumerate(value):
            if not isinstance(item, dict):
                raise self.fail(f"/{key}/{index}", "must be an object")
        self.checked[key] = value
        return value

    def names(self, key: str) -> list[str]:
        return [item["name"] for item in self.items(key) if isinstance(item.get("name"), str)]

    def whole(self, item: dict[str, Any], key: str, place: str, default: int | None = None) -> int:
        value = item.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.fail(f"{place}/{key}", "must be a whole number from 0 up")
        return value

    def index(self, value: Any, kind: str, place: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < len(self.items(kind)):
            raise self.fail(place, f"points to a missing entry of {kind}")
        return value

    def numbers(self, item: dict[str, Any], key: str, size: int, place: str) -> list[float] | None:
        value = item.get(key)
        if value is None:
            return None
        is_list = isinstance(value, list) and len(value) == size
        if not is_list or not all(_is_number(part) for part in value):
            raise self.fail(f"{place}/{key}", f"must be {size} finite numbers")
        return [float(part) for part in value]

    def part(self, item: dict[str, Any], key: str, place: str) -> dict[str, Any]:
        value = item.get(key, {})
        if not isinstance(value, dict):
            raise self.fail(f"{place}/{key}", "must be an object")
        return value

    def sequence(self, item: dict[str, Any], key: str, place: str) -> list[Any]:
        value = item.get(key, [])
        if not isinstance(value, list) or len(value) > _MAX_ITEMS:
            raise self.fail(f"{place}/{key}", "must be a list")
        return value

    # ---- objects of the specification
    def asset(self) -> None:
        version = self.part(self.document, "asset", "").get("version")
        if not isinstance(version, str) or not version.startswith("2."):
            raise self.fail("/asset/version", "must be 2.0")
        required = self.sequence(self.document, "extensionsRequired", "")
        for extension in required:
            if not isinstance(extension, str) or extension not in _KNOWN_EXTENSIONS:
                raise self.fail(
                    "/extensionsRequired", f"needs the extension {str(extension)[:60]}, which is not supported"
                )

    def load_buffers(self) -> None:
        for index, buffer in enumerate(self.items("buffers")):
            place = f"/buffers/{index}"
            length = self.whole(buffer, "byteLength", place)
            uri = buffer.get("uri")
            if uri is None:
                if index or self.binary is None:
                    raise self.fail(place, "has no data")
                content = self.binary
            else:
                content = self.data_uri(uri, f"{place}/uri")
            if len(content) < length:
                raise self.fail(f"{place}/byteLength", f"announces {length} bytes but has {len(content)}")
            self.buffers.append(memoryview(content)[:length])

    def data_uri(self, uri: Any, place: str) -> bytes:
        if not isinstance(uri, str) or not uri.startswith("data:"):
            raise self.fail(place, "points outside the file; only embedded data is accepted (export as .glb)")
        head, comma, body = uri.partition(",")
        if not comma or not head.endswith(";base64"):
            raise self.fail(place, "is not base64 data")
        try:
            return base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError) as error:
            raise self.fail(place, "is not base64 data") from error

    def views(self) -> None:
        for index, view in enumerate(self.items("bufferViews")):
            place = f"/bufferViews/{index}"
            buffer = self.index(view.get("buffer"), "buffers", f"{place}/buffer")
            end = self.whole(view, "byteOffset", place, 0) + self.whole(view, "byteLength", place)
            if end > len(self.buffers[buffer]):
                raise self.fail(place, "reaches beyond its buffer")
            stride = view.get("byteStride")
            if stride is not None and (not isinstance(stride, int) or not 4 <= stride <= 252 or stride % 4):
                raise self.fail(f"{place}/byteStride", "must be a multiple of 4 from 4 to 252")

    def accessors(self) -> None:
        for index, accessor in enumerate(self.items("accessors")):
            place = f"/accessors/{index}"
            component, parts = accessor.get("componentType"), accessor.get("type")
            if not isinstance(component, int) or component not in _COMPONENT_BYTES:
                raise self.fail(f"{place}/componentType", "is unknown")
            if not isinstance(parts, str) or parts not in _TYPE_PARTS:
                raise self.fail(f"{place}/type", "is unknown")
            count = self.whole(accessor, "count", place)
            if not 1 <= count <= _MAX_VERTICES:
                raise self.fail(f"{place}/count", f"must be from 1 to {_MAX_VERTICES}")
            if "bufferView" in accessor:
                self.span(accessor, place, count, _element_bytes(component, parts))
            sparse = accessor.get("sparse")
            if sparse is not None:
                self.sparse(self.part(accessor, "sparse", place), f"{place}/sparse", count, component, parts)

    def span(self, item: dict[str, Any], place: str, count: int, element_bytes: int) -> None:
        view = self.items("bufferViews")[self.index(item["bufferView"], "bufferViews", f"{place}/bufferView")]
        stride = view.get("byteStride") or element_bytes
        if stride < element_bytes:
            raise self.fail(place, "has elements larger than the stride of its view")
        offset = self.whole(item, "byteOffset", place, 0)
        component = item.get("componentType")
        if isinstance(component, int) and (view.get("byteOffset", 0) + offset) % _COMPONENT_BYTES.get(component, 1):
            raise self.fail(place, "is not aligned to its component size")
        if offset + stride * (count - 1) + element_bytes > view["byteLength"]:
            raise self.fail(place, "reaches beyond its buffer view")

    def sparse(self, sparse: dict[str, Any], place: str, total: int, component: int, parts: str) -> None:
        count = self.whole(sparse, "count", place)
        if not 1 <= count <= total:
            raise self.fail(f"{place}/count", "must be from 1 to the accessor's count")
        indices, values = self.part(sparse, "indices", place), self.part(sparse, "values", place)
        kind = indices.get("componentType")
        if kind not in (5121, 5123, 5125):
            raise self.fail(f"{place}/indices/componentType", "must be unsigned")
        for part, size in ((indices, _COMPONENT_BYTES[kind]), (values, _element_bytes(component, parts))):
            if "bufferView" not in part:
                raise self.fail(place, "has no buffer view")
            self.span(part, place, count, size)
        if self.array({**indices, "count": count, "type": "SCALAR"}).max() >= total:
            raise self.fail(f"{place}/indices", "point beyond the accessor")

    def array(self, accessor: dict[str, Any]) -> np.ndarray:
        """Elements of a checked accessor as an array [count, parts]; zeros where it has no view."""
        parts = _TYPE_PARTS[accessor["type"]]
        dtype = np.dtype(_COMPONENT_TYPES[accessor["componentType"]]).newbyteorder("<")
        count = accessor["count"]
        if "bufferView" not in accessor:
            return np.zeros((count, parts), dtype)
        view = self.items("bufferViews")[accessor["bufferView"]]
        start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
        size = dtype.itemsize
        stride = view.get("byteStride") or size * parts
        return np.ndarray((count, parts), dtype, self.buffers[view["buffer"]], start, (stride, size))

    def images(self) -> None:
        for index, image in enumerate(self.items("images")):
            place = f"/images/{index}"
            if "bufferView" in image:
                self.index(image["bufferView"], "bufferViews", f"{place}/bufferView")
                kind = image.get("mimeType")
            else:
                uri = image.get("uri")
                self.data_uri(uri, f"{place}/uri")
                kind = str(uri)[5:].partition(";")[0]
            if kind not in _IMAGE_TYPES:
                raise self.fail(place, f"must be one of {', '.join(_IMAGE_TYPES)}")

    def textures(self) -> None:
        for index, texture in enumerate(self.items("textures")):
            for key, kind in (("source", "images"), ("sampler", "samplers")):
                if key in texture:
                    self.index(texture[key], kind, f"/textures/{index}/{key}")

    def materials(self) -> None:
        for index, material in enumerate(self.items("materials")):
            place = f"/materials/{index}"
            surface = self.part(material, "pbrMetallicRoughness", place)
            self.numbers(surface, "baseColorFactor", 4, place)
            self.numbers(material, "emissiveFactor", 3, place)
            slots = ((surface, "baseColorTexture"), (surface, "metallicRoughnessTexture"), (material, "normalTexture"),
                     (material, "occlusionTexture"), (material, "emissiveTexture"))  # fmt: skip
            for owner, key in slots:
                if key in owner:
                    self.index(self.part(owner, key, place).get("index"), "textures", f"{place}/{key}")

    def meshes(self) -> None:
        for index, mesh in enumerate(self.items("meshes")):
            primitives = self.sequence(mesh, "primitives", f"/meshes/{index}")
            if not primitives:
                raise self.fail(f"/meshes/{index}/primitives", "must not be empty")
            for number, primitive in enumerate(primitives):
                place = f"/meshes/{index}/primitives/{number}"
                if not isinstance(primitive, dict):
                    raise self.fail(place, "must be an object")
                self.primitive(primitive, place)

    def primitive(self, primitive: dict[str, Any], place: str) -> None:
        if not 0 <= self.whole(primitive, "mode", place, 4) <= 6:
            raise self.fail(f"{place}/mode", "is unknown")
        if "material" in primitive:
            self.index(primitive["material"], "materials", f"{place}/material")
        accessors = self.items("accessors")
        attributes = self.part(primitive, "attributes", place)
        targets = self.sequence(primitive, "targets", place)
        counts = set()
        for owner in (attributes, *targets):
            if not isinstance(owner, dict):
                raise self.fail(f"{place}/targets", "must hold objects")
            for key, value in owner.items():
                counts.add(accessors[self.index(value, "accessors", f"{place}/{key}")]["count"])
        if len(counts) > 1:
            raise self.fail(f"{place}/attributes", "differ in their count")
        vertices = counts.pop() if counts else 0
        self.vertices += vertices
        if self.vertices > _MAX_VERTICES:
            raise self.fail(place, f"more than {_MAX_VERTICES} vertices in one file")
        if "POSITION" in attributes:
            self.positions(accessors[attributes["POSITION"]], f"{place}/attributes/POSITION")
        drawn = vertices
        if "indices" in primitive:
            accessor = accessors[self.index(primitive["indices"], "accessors", f"{place}/indices")]
            if accessor["type"] != "SCALAR" or accessor["componentType"] not in (5121, 5123, 5125):
                raise self.fail(f"{place}/indices", "must be unsigned scalars")
            if self.array(accessor).max() >= max(vertices, 1):
                raise self.fail(f"{place}/indices", "point beyond the vertices")
            drawn = accessor["count"]
        if primitive.get("mode", 4) == 4:
            self.triangles += drawn // 3

    def positions(self, accessor: dict[str, Any], place: str) -> None:
        if accessor["type"] != "VEC3":
            raise self.fail(place, "must be VEC3")
        values = self.array(accessor)
        if accessor["componentType"] == 5126 and not np.all(np.isfinite(values)):
            raise self.fail(place, "holds values which are not finite")
        self.low = np.minimum(self.low, values.min(axis=0))
        self.high = np.maximum(self.high, values.max(axis=0))

    def nodes(self) -> None:
        nodes = self.items("nodes")
        parents = [-1] * len(nodes)
        for index, node in enumerate(nodes):
            place = f"/nodes/{index}"
            for key, size in (("matrix", 16), ("translation", 3), ("rotation", 4), ("scale", 3)):
                self.numbers(node, key, size, place)
            for key, kind in (("mesh", "meshes"), ("skin", "skins"), ("camera", "cameras")):
                if key in node:
                    self.index(node[key], kind, f"{place}/{key}")
            for child in self.sequence(node, "children", place):
                self.index(child, "nodes", f"{place}/children")
                if parents[child] >= 0:
                    raise self.fail(f"{place}/children", f"node {child} has two parents")
                parents[child] = index
        self.acyclic(parents)

    def acyclic(self, parents: list[int]) -> None:
        is_safe = [False] * len(parents)
        for start in range(len(parents)):
            trail = []
            node = start
            while node >= 0 and not is_safe[node]:
                trail.append(node)
                if len(trail) > len(parents):
                    raise self.fail(f"/nodes/{start}", "is its own ancestor")
                node = parents[node]
            if len(trail) > 1000:
                raise self.fail(f"/nodes/{start}", "is nested more than 1000 deep")
            for seen in trail:
                is_safe[seen] = True

    def scenes(self) -> None:
        for index, scene in enumerate(self.items("scenes")):
            for node in self.sequence(scene, "nodes", f"/scenes/{index}"):
                self.index(node, "nodes", f"/scenes/{index}/nodes")
        if "scene" in self.document:
            self.index(self.document["scene"], "scenes", "/scene")

    def skins(self) -> None:
        for index, skin in enumerate(self.items("skins")):
            place = f"/skins/{index}"
            for joint in self.sequence(skin, "joints", place):
                self.index(joint, "nodes", f"{place}/joints")
            if "inverseBindMatrices" in skin:
                self.index(skin["inverseBindMatrices"], "accessors", f"{place}/inverseBindMatrices")

    def animations(self) -> None:
        for index, animation in enumerate(self.items("animations")):
            place = f"/animations/{index}"
            samplers = self.sequence(animation, "samplers", place)
            for sampler in samplers:
                if not isinstance(sampler, dict):
                    raise self.fail(f"{place}/samplers", "must hold objects")
                for key in ("input", "output"):
                    self.index(sampler.get(key), "accessors", f"{place}/samplers/{key}")
            for channel in self.sequence(animation, "channels", place):
                if not isinstance(channel, dict):
                    raise self.fail(f"{place}/channels", "must hold objects")
                number = channel.get("sampler")
                if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(samplers):
                    raise self.fail(f"{place}/channels", "point to a missing sampler")
                target = self.part(channel, "target", f"{place}/channels")
                if "node" in target:
                    self.index(target["node"], "nodes", f"{place}/channels/target/node")


def _element_bytes(component: int, parts: str) -> int:
    return _COMPONENT_BYTES[component] * _TYPE_PARTS[parts]


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 10**15
