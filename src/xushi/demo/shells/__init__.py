"""The demo plant's Asset Administration Shells, written as one AASX package."""

from ._assets import ASSET, ensure_assets, write_plant
from ._plant import build_plant

__all__ = ["ASSET", "build_plant", "ensure_assets", "write_plant"]
