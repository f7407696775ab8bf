"""The demo plant's 3D models: parametric geometry, written as binary glTF 2.0."""

from ._catalogue import CATALOGUE
from ._write import model_bytes, write_models

__all__ = ["CATALOGUE", "model_bytes", "write_models"]
