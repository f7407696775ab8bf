"""The shared finishes of all models: calm greys, so that colour stays free for the abnormal (ISA-101).

A finish is one of five materials and a colour. The colour travels per vertex (glTF COLOR_0, linear), so a whole machine
needs one draw call per material and not one per shade.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Finish(NamedTuple):
    """material: a key of MATERIALS; colour: linear RGB bytes (0..255)."""

    material: str
    colour: tuple[int, int, int]


def srgb(code: str) -> tuple[int, int, int]:
    """Turn "#RRGGBB" as a designer writes it into the linear bytes that glTF wants."""
    out = []
    for k in (1, 3, 5):
        value = int(code[k : k + 2], 16) / 255
        linear = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        out.append(round(linear * 255))
    return (out[0], out[1], out[2])


def _material(name: str, metallic: float, roughness: float, **more: Any) -> dict[str, Any]:
    pbr = {"metallicFactor": metallic, "roughnessFactor": roughness}
    pbr.update(more.pop("pbr", {}))
    return {"name": name, "pbrMetallicRoughness": pbr, **more}


MATERIALS: dict[str, dict[str, Any]] = {
    "paint": _material("paint", 0.0, 0.62),
    "metal": _material("metal", 0.6, 0.36),
    "floor": _material("floor", 0.0, 0.9),
    "glass": _material(
        "glass", 0.0, 0.12, alphaMode="BLEND", doubleSided=True, pbr={"baseColorFactor": [1.0, 1.0, 1.0, 0.16]}
    ),
    "lamp": _material("lamp", 0.0, 0.4, emissiveFactor=[0.0, 0.0, 0.0]),
}

WHITE = Finish("paint", srgb("#E9EAEB"))
LIGHT = Finish("paint", srgb("#CFD3D6"))
PANEL = Finish("paint", srgb("#B7BDC2"))
GREY = Finish("paint", srgb("#959CA3"))
DARK = Finish("paint", srgb("#59616A"))
BLACK = Finish("paint", srgb("#2F343A"))
ACCENT = Finish("paint", srgb("#78848F"))
ACCENT_LIGHT = Finish("paint", srgb("#A5B0BA"))
ACCENT_DARK = Finish("paint", srgb("#556270"))
SCREEN = Finish("paint", srgb("#27313B"))
SCREEN_LINE = Finish("paint", srgb("#8FA6B8"))
CARD = Finish("paint", srgb("#B5ADA2"))
WOOD = Finish("paint", srgb("#A79E91"))
SKIN = Finish("paint", srgb("#C6BDB6"))

STEEL = Finish("metal", srgb("#B9BEC3"))
BRIGHT = Finish("metal", srgb("#D8DBDE"))
CAST = Finish("metal", srgb("#A7ABAE"))
IRON = Finish("metal", srgb("#7C8186"))
GUNMETAL = Finish("metal", srgb("#5A6067"))

GLASS = Finish("glass", srgb("#C4D2DC"))
LAMP = Finish("lamp", srgb("#D5D8DA"))
SLAB = Finish("floor", srgb("#A6ABAF"))
SLAB_JOINT = Finish("floor", srgb("#9BA0A4"))
WALKWAY = Finish("floor", srgb("#BAC4CB"))
MARKING = Finish("floor", srgb("#E2E4E5"))
