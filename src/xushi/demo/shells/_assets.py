"""Writes the plant's package, and keeps the copy that ships with the product up to date."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from xushi.twins import write_aasx

from ._plant import build_plant

_DEMO = Path(__file__).resolve().parent.parent
ASSET = _DEMO / "assets" / "demo-plant.aasx"
# What the package is made from: a change in any of these makes the shipped copy outdated.
_SOURCES = ("_line*.py", "models/*.py", "shells/*.py", "../twins/*.py")


def write_plant(path: Path) -> None:
    """Build the plant and write its AASX; the bytes depend on the sources alone.

    JSON is the payload: it is allowed by IDTA-01005 like XML, and a fifth of the time to open.
    """
    environment, files = build_plant()
    write_aasx(path, environment, files, payload="json", thumbnail="/aasx/previews/hall.png")


def ensure_assets(asset: Path = ASSET, build: Callable[[Path], None] = write_plant) -> Path:
    """The path of the demo plant's AASX; built first where it is missing or made from other sources.

    A mark beside it names the sources by their digest, so a copy that came with a wheel is used as it is.
    """
    mark = asset.with_suffix(".sources")
    if asset.exists() and mark.exists() and mark.read_text(encoding="ascii") == _fingerprint():
        return asset
    refresh_assets(asset, build)
    return asset


def refresh_assets(asset: Path = ASSET, build: Callable[[Path], None] = write_plant) -> None:
    """Build the package and its mark anew."""
    asset.parent.mkdir(parents=True, exist_ok=True)
    build(asset)
    mark = asset.with_suffix(".sources")
    draft = mark.with_name(f".{mark.name}.{os.getpid()}")
    draft.write_text(_fingerprint(), encoding="ascii")
    draft.replace(mark)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for pattern in _SOURCES:
        for source in sorted(_DEMO.glob(pattern)):
            digest.update(source.name.encode())
            digest.update(source.read_bytes())
    return digest.hexdigest()
