"""Xushi (虚实): a factory's descriptions and live data as a shared 3D world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xushi.kernel import XushiError
    from xushi.sdk import connect
    from xushi.sdk import open_folder as open

__all__ = ["XushiError", "connect", "open"]


def __getattr__(name: str) -> Any:
    """Load the Python client only when it is used: importing a room must not import the doors."""
    if name == "connect":
        from xushi.sdk import connect

        return connect
    if name == "open":
        from xushi.sdk import open_folder

        return open_folder
    if name == "XushiError":
        from xushi.kernel import XushiError

        return XushiError
    raise AttributeError(f"module 'xushi' has no attribute {name!r}")
