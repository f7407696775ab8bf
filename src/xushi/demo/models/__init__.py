"""The demo plant's 3D models: parametric geometry, written as binary glTF 2.0."""

from ._catalogue import CATALOGUE, model_of_buffer, route_of
from ._routes import rounded_route
from ._write import model_and_preview, model_bytes, write_models

__all__ = [
    "CATALOGUE",
    "model_and_preview",
    "model_bytes",
    "model_of_buffer",
    "rounded_route",
    "route_of",
    "write_models",
]
