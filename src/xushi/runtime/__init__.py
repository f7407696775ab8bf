"""The runtime: one data folder opened as a running platform, the floor below the doors."""

from xushi.runtime._gltf import GltfSummary, check_gltf
from xushi.runtime._lock import FolderLock, holder_of

__all__ = ["FolderLock", "GltfSummary", "check_gltf", "holder_of"]
