"""Draws a small shaded picture of a model with numpy alone, for the preview file that IDTA 02026 asks for."""

from __future__ import annotations

import math
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from xushi.scene.modelling import GLASS, Node, Part, Points, primitives

_WIDTH, _HEIGHT = 384, 288  # drawn at twice the size, then averaged
_SAMPLES = 350_000
_PAPER = 236.0


def preview_png(root: Part) -> bytes:
    """A PNG of 192 by 144 points: isometric view, one light; triangles are scattered with samples and depth-sorted."""
    corners, colours = triangles_of(root.node, np.eye(3), np.zeros(3))
    view = _view()
    flat = corners @ view.T
    low, high = flat.reshape(-1, 3).min(axis=0), flat.reshape(-1, 3).max(axis=0)
    scale = 0.92 * min(_WIDTH / (high[0] - low[0]), _HEIGHT / (high[1] - low[1]))
    middle = (low + high) / 2
    flat = (flat - middle) * scale
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(normal, axis=1)
    keep = length > 1e-12
    flat, normal, colours = flat[keep], normal[keep] / length[keep][:, None], colours[keep]
    light = np.array([0.35, 0.8, 0.5])
    shade = 0.5 + 0.5 * np.abs(normal @ (light / np.linalg.norm(light)))
    return _png(_scatter(flat, colours * shade[:, None]))


def _view() -> Points:
    turn, tilt = math.radians(-32), math.radians(24)
    c, s = math.cos(turn), math.sin(turn)
    about = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
    c, s = math.cos(tilt), math.sin(tilt)
    tilted: Points = np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]]) @ about
    return tilted


def triangles_of(node: Node, matrix: Points, offset: Points) -> tuple[Points, Points]:
    """(n, 3, 3) corners in the model's frame and (n, 3) sRGB colours; clear panes are left out."""
    turn, place = matrix @ node.matrix, matrix @ node.offset + offset
    corners, colours = [np.zeros((0, 3, 3))], [np.zeros((0, 3))]
    for part in primitives(node.solids):
        if part.material == GLASS.material:
            continue
        index = part.indices.reshape(-1, 3)
        corners.append((part.positions.astype(float) @ turn.T + place)[index])
        linear = part.colours[index[:, 0], :3] / 255.0
        colours.append(255.0 * np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055))
    for child in node.children:
        below = triangles_of(child, turn, place)
        corners.append(below[0])
        colours.append(below[1])
    return np.concatenate(corners), np.concatenate(colours)


def _scatter(flat: Points, colours: Points) -> NDArray[np.uint8]:
    """Samples spread evenly over each triangle; of those that fall on one point of the picture the nearest wins."""
    p, q = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    area = (p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]) / 2
    is_front = area > 0  # what looks away is hidden by what looks here: all solids are closed
    flat, colours, area = flat[is_front], colours[is_front], area[is_front]
    share = area * min(5.0, _SAMPLES / max(1.0, float(area.sum())))
    count = np.ceil(share).astype(int) + 1
    owner = np.repeat(np.arange(len(flat)), count)
    first = np.repeat(np.cumsum(count) - count, count)
    k = np.arange(len(owner)) - first + 1.0
    u, v = (k * 0.7548776662) % 1.0, (k * 0.5698402910) % 1.0  # the R2 low-discrepancy sequence
    over = u + v > 1
    u, v = np.where(over, 1 - u, u), np.where(over, 1 - v, v)
    corners = flat.astype(np.float32)
    a, along, across = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    u, v = u.astype(np.float32)[:, None], v.astype(np.float32)[:, None]
    points = a[owner] + along[owner] * u + across[owner] * v
    column = (points[:, 0] + _WIDTH / 2).astype(int).clip(0, _WIDTH - 1)
    row = (_HEIGHT / 2 - points[:, 1]).astype(int).clip(0, _HEIGHT - 1)
    order = np.argsort(points[:, 2], kind="stable")
    picture = np.full((_HEIGHT, _WIDTH, 3), _PAPER)
    picture[row[order], column[order]] = colours[owner[order]]
    soft = picture.reshape(_HEIGHT // 2, 2, _WIDTH // 2, 2, 3).mean(axis=(1, 3))
    out: NDArray[np.uint8] = soft.clip(0, 255).astype(np.uint8)
    return out


def _png(picture: NDArray[np.uint8]) -> bytes:
    rows = np.concatenate([np.zeros((len(picture), 1), np.uint8), picture.reshape(len(picture), -1)], axis=1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", picture.shape[1], picture.shape[0], 8, 2, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
