"""Writes a part tree as binary glTF 2.0 (Khronos, 2021), the same bytes every time."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._compile import Primitive, primitives
from ._palette import MATERIALS
from ._part import Node, Part, Track, quaternion

_FLOAT, _SIGNED_BYTE, _BYTE, _SHORT = 5126, 5120, 5121, 5123
_ARRAY, _ELEMENT = 34962, 34963
# Buffer views by role: bytes per element and GPU target; animations have neither.
_VIEWS: dict[str, tuple[int | None, int | None]] = {
    "position": (12, _ARRAY),
    "normal": (4, _ARRAY),
    "colour": (4, _ARRAY),
    "index": (None, _ELEMENT),
    "animation": (None, None),
}


# Normals as signed bytes: half a degree is enough for light, and a file is a fifth smaller.
_QUANTIZED = "KHR_mesh_quantization"


class _Writer:
    def __init__(self) -> None:
        self.bytes: dict[str, bytearray] = {role: bytearray() for role in _VIEWS}
        self.accessors: list[dict[str, Any]] = []
        self.meshes: list[dict[str, Any]] = []
        self.nodes: list[dict[str, Any]] = []
        self.materials: list[str] = []
        self.mesh_of: dict[bytes, int] = {}
        self.node_of: dict[str, int] = {}

    def accessor(self, role: str, data: NDArray[Any], kind: str, component: int, **more: Any) -> int:
        entry = {
            "bufferView": role,
            "byteOffset": len(self.bytes[role]),
            "componentType": component,
            "count": len(data),
            "type": kind,
            **more,
        }
        self.bytes[role] += data.tobytes()
        if role == "index":
            self.bytes[role] += b"\0" * (-len(self.bytes[role]) % 4)
        self.accessors.append(entry)
        return len(self.accessors) - 1

    def primitive(self, p: Primitive) -> dict[str, Any]:
        if p.material not in self.materials:
            self.materials.append(p.material)
        low, high = p.positions.min(axis=0), p.positions.max(axis=0)
        return {
            "attributes": {
                "POSITION": self.accessor(
                    "position", p.positions, "VEC3", _FLOAT, min=[float(v) for v in low], max=[float(v) for v in high]
                ),
                "NORMAL": self.accessor("normal", _as_bytes(p.normals), "VEC3", _SIGNED_BYTE, normalized=True),
                "COLOR_0": self.accessor("colour", p.colours, "VEC4", _BYTE, normalized=True),
            },
            "indices": self.accessor("index", p.indices, "SCALAR", _SHORT),
            "material": self.materials.index(p.material),
        }

    def node(self, node: Node) -> int:
        """Write a node after its place in the list is reserved, so that parents come before children."""
        number = len(self.nodes)
        entry: dict[str, Any] = {"name": node.name}
        self.nodes.append(entry)
        if node.name in self.node_of:
            raise ValueError(f"two nodes are called {node.name}")
        self.node_of[node.name] = number
        if np.any(node.offset):
            entry["translation"] = [round(float(v), 5) for v in node.offset]
        turn = quaternion(node.matrix)
        if turn != (0.0, 0.0, 0.0, 1.0):
            entry["rotation"] = [float(np.float32(v)) for v in turn]
        if node.solids:
            entry["mesh"] = self.mesh(node)
        if node.children:
            entry["children"] = [self.node(child) for child in node.children]
        return number

    def mesh(self, node: Node) -> int:
        parts = primitives(node.solids)
        key = b"".join(
            b"".join((p.material.encode(), p.positions.tobytes(), p.colours.tobytes(), p.indices.tobytes()))
            for p in parts
        )
        if key not in self.mesh_of:
            self.mesh_of[key] = len(self.meshes)
            self.meshes.append({"name": node.name, "primitives": [self.primitive(p) for p in parts]})
        return self.mesh_of[key]

    def animation(self, tracks: list[Track]) -> dict[str, Any]:
        channels: list[dict[str, Any]] = []
        samplers: list[dict[str, int]] = []
        inputs: dict[tuple[float, ...], int] = {}
        for track in tracks:
            times = tuple(round(t, 5) for t in track.times_s)
            if times not in inputs:
                inputs[times] = self.accessor(
                    "animation",
                    np.array(times, dtype="<f4"),
                    "SCALAR",
                    _FLOAT,
                    min=[float(np.float32(times[0]))],
                    max=[float(np.float32(times[-1]))],
                )
            values = np.array(track.values, dtype=float)
            if track.path == "rotation":
                values /= np.linalg.norm(values, axis=1)[:, None]
            output = self.accessor(
                "animation", np.round(values, 7).astype("<f4"), "VEC4" if track.path == "rotation" else "VEC3", _FLOAT
            )
            channels.append(
                {"sampler": len(samplers), "target": {"node": self.node_of[track.node], "path": track.path}}
            )
            samplers.append({"input": inputs[times], "output": output})
        return {"name": "cycle", "channels": channels, "samplers": samplers}


def _as_bytes(normals: NDArray[np.float32]) -> NDArray[np.int8]:
    """(n, 4) signed bytes of unit normals; the fourth is padding to a multiple of four."""
    out = np.zeros((len(normals), 4), np.int8)
    out[:, :3] = np.rint(normals.astype(float) * 127)
    return out


def write_glb(root: Part) -> bytes:
    """One scene with the part as its only root; the clip `cycle` runs from 0 to 1 s."""
    writer = _Writer()
    writer.node(root.node)
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "Xushi demo models"},
        "scene": 0,
        "scenes": [{"name": root.node.name, "nodes": [0]}],
        "nodes": writer.nodes,
        "meshes": writer.meshes,
    }
    if root.tracks:
        document["animations"] = [writer.animation(root.tracks)]
    document["extensionsUsed"] = document["extensionsRequired"] = [_QUANTIZED]
    document["materials"] = [MATERIALS[name] for name in writer.materials]
    body = bytearray()
    views: list[dict[str, Any]] = []
    place: dict[str, int] = {}
    for role, (stride, target) in _VIEWS.items():
        data = writer.bytes[role]
        if not data:
            continue
        view: dict[str, Any] = {"buffer": 0, "byteOffset": len(body), "byteLength": len(data)}
        if stride is not None:
            view["byteStride"] = stride
        if target is not None:
            view["target"] = target
        place[role] = len(views)
        views.append(view)
        body += data
    for accessor in writer.accessors:
        accessor["bufferView"] = place[accessor["bufferView"]]
    document |= {"accessors": writer.accessors, "bufferViews": views, "buffers": [{"byteLength": len(body)}]}
    return _container(json.dumps(document, separators=(",", ":")).encode(), bytes(body))


def _container(text: bytes, body: bytes) -> bytes:
    text += b" " * (-len(text) % 4)
    body += b"\0" * (-len(body) % 4)
    total = 12 + 8 + len(text) + 8 + len(body)
    return b"".join(
        (
            struct.pack("<4sII", b"glTF", 2, total),
            struct.pack("<I4s", len(text), b"JSON"),
            text,
            struct.pack("<I4s", len(body), b"BIN\0"),
            body,
        )
    )


Builder = Callable[[], Part]
