"""The smallest honest 3D model, and a way to break it on purpose."""

from __future__ import annotations

import json
import struct
from typing import Any

TRIANGLE = struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 2, 0) + struct.pack("<3H", 0, 1, 2) + b"\0\0"


def triangle_document(uri: str | None = None) -> dict[str, Any]:
    """Return the glTF JSON of one triangle: two nodes, a material, an animation; `uri` holds its 44 bytes."""
    buffer: dict[str, Any] = {"byteLength": len(TRIANGLE)}
    if uri:
        buffer["uri"] = uri
    return {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": "Body", "mesh": 0, "children": [1]}, {"name": "Arm", "translation": [0, 1, 0]}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
        "materials": [{"pbrMetallicRoughness": {"baseColorFactor": [0.5, 0.5, 0.5, 1]}}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "type": "VEC3", "count": 3, "min": [0, 0, 0], "max": [1, 2, 0]},
            {"bufferView": 1, "componentType": 5123, "type": "SCALAR", "count": 3},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": 36},
            {"buffer": 0, "byteOffset": 36, "byteLength": 6},
        ],
        "buffers": [buffer],
        "animations": [
            {
                "name": "cycle",
                "samplers": [{"input": 1, "output": 0}],
                "channels": [{"sampler": 0, "target": {"node": 1, "path": "translation"}}],
            }
        ],
    }


def triangle_glb(document: dict[str, Any] | None = None, binary: bytes = TRIANGLE) -> bytes:
    """Return a GLB (glTF 2.0, 4.4) of `document` and `binary`, by default one sound triangle."""
    text = json.dumps(triangle_document() if document is None else document).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    return struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks
