"""How much floor a 3D model covers: the bounds of its meshes seen from above, worked out once for each file."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xushi.kernel import BlobStore, XushiError
from xushi.runtime._gltf_container import split

_DEEPEST = 64
_MOST_NODES = 50_000


class Box(NamedTuple):
    """A rectangle on the floor, in m, in the plant's frame: x east, y north."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, other: Box) -> bool:
        """Whether another lies within."""
        return (
            self.west <= other.west and self.south <= other.south
            and other.east <= self.east and other.north <= self.north
        )  # fmt: skip

    def meets(self, other: Box) -> bool:
        """Whether both cover some of the same floor."""
        return (
            self.west < other.east and other.west < self.east
            and self.south < other.north and other.south < self.north
        )  # fmt: skip

    def moved(self, x_m: float, y_m: float) -> Box:
        """The same rectangle elsewhere."""
        return Box(self.west + x_m, self.south + y_m, self.east + x_m, self.north + y_m)

    def grown(self, by_m: float) -> Box:
        """A larger one around it."""
        return Box(self.west - by_m, self.south - by_m, self.east + by_m, self.north + by_m)

    def joined(self, other: Box) -> Box:
        """The smallest that holds both."""
        return Box(
            min(self.west, other.west), min(self.south, other.south),
            max(self.east, other.east), max(self.north, other.north),
        )  # fmt: skip


class Footprints:
    """The footprints of models by the SHA-256 of their files."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs
        self._known: dict[str, Box | None] = {}

    def of(self, sha256: str | None) -> Box | None:
        """The footprint around a model's own origin; None where there is no model or it cannot be told."""
        if sha256 is None:
            return None
        if sha256 not in self._known:
            try:
                self._known[sha256] = footprint(self._blobs.get(sha256))
            except XushiError:
                self._known[sha256] = None
        return self._known[sha256]


def footprint(content: bytes) -> Box | None:
    """The bounds of a model's meshes on the floor (glTF 2.0: Y up; its z is the plant's south); None without any.

    Raises:
        XushiError: `runtime.gltf_invalid`.
    """
    document, _, _ = split(content, "model")
    try:
        bounds = _bounds(document)
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    if bounds is None:
        return None
    low, high = bounds
    return Box(float(low[0]), float(-high[2]), float(high[0]), float(-low[2]))


def _bounds(document: dict[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    nodes = document.get("nodes", [])
    scenes = document.get("scenes", [])
    roots = scenes[document.get("scene", 0)].get("nodes", []) if scenes else range(len(nodes))
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    waiting = [(at, np.eye(4), 0) for at in roots]
    seen = 0
    while waiting and seen < _MOST_NODES:
        at, above, depth = waiting.pop()
        seen += 1
        node = nodes[at]
        matrix = above @ _matrix(node)
        if depth < _DEEPEST:
            waiting.extend((child, matrix, depth + 1) for child in node.get("children", []))
        if "mesh" not in node:
            continue
        for primitive in document["meshes"][node["mesh"]]["primitives"]:
            accessor = document["accessors"][primitive["attributes"]["POSITION"]]
            ends = np.array([accessor["min"], accessor["max"]], float)
            corners = np.array(
                [[ends[i, 0], ends[j, 1], ends[k, 2], 1.0] for i in (0, 1) for j in (0, 1) for k in (0, 1)]
            )
            placed = (corners @ matrix.T)[:, :3]
            low, high = np.minimum(low, placed.min(axis=0)), np.maximum(high, placed.max(axis=0))
    return (low, high) if np.all(np.isfinite(low)) else None


def _matrix(node: dict[str, Any]) -> NDArray[np.float64]:
    if "matrix" in node:
        return np.array(node["matrix"], float).reshape(4, 4).T
    x, y, z, w = node.get("rotation", (0.0, 0.0, 0.0, 1.0))
    turn = np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])  # fmt: skip
    made = np.eye(4)
    made[:3, :3] = turn * np.array(node.get("scale", (1.0, 1.0, 1.0)), float)
    made[:3, 3] = node.get("translation", (0.0, 0.0, 0.0))
    return made
