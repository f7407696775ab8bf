"""Builds models of the catalogue as files."""

from __future__ import annotations

from pathlib import Path

from ._catalogue import CATALOGUE
from ._glb import write_glb


def model_bytes(name: str) -> bytes:
    """The binary glTF of one model; KeyError when the catalogue has no such name."""
    return write_glb(CATALOGUE[name]())


def write_models(folder: Path) -> dict[str, int]:
    """Write every model as NAME.glb; returns the sizes in bytes by name."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = {}
    for name in CATALOGUE:
        data = model_bytes(name)
        (folder / f"{name}.glb").write_bytes(data)
        sizes[name] = len(data)
    return sizes
