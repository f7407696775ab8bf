"""Where a value of an interface lies, in a connector's own words."""

from __future__ import annotations

from typing import Any

import msgspec


class Placement(msgspec.Struct, frozen=True, gc=False):
    """Where a value of an interface lies, in a connector's own words: `Point.address` and `Point.options`."""

    address: str
    options: dict[str, Any] = {}
