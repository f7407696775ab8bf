"""Builds models of the catalogue as files."""

from __future__ import annotations

from pathlib import Path

from xushi.scene.modelling import write_glb

from ._catalogue import CATALOGUE
from ._preview import preview_png


def model_bytes(name: str) -> bytes:
    """The binary glTF of one model; KeyError when the catalogue has no such name."""
    return write_glb(CATALOGUE[name]())


def model_and_preview(name: str) -> tuple[bytes, bytes]:
    """A model as binary glTF and its picture as PNG, built once."""
    root = CATALOGUE[name]()
    return write_glb(root), preview_png(root)


def write_models(folder: Path) -> dict[str, int]:
    """Write every model as NAME.glb; returns the sizes in bytes by name."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = {}
    for name in CATALOGUE:
        data = model_bytes(name)
        (folder / f"{name}.glb").write_bytes(data)
        sizes[name] = len(data)
    return sizes
