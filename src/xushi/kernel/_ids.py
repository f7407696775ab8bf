"""Makes identifiers that sort by the time they were made, and one canonical JSON text for a record."""

from __future__ import annotations

import os
import time
import uuid
from typing import Any

import msgspec

_CANONICAL = msgspec.json.Encoder(order="sorted")


def new_id(now_ns: int | None = None) -> str:
    """Return a UUID version 7 as text (RFC 9562, 5.7): sortable by its millisecond of creation."""
    milliseconds = (time.time_ns() if now_ns is None else now_ns) // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | (random >> 62 & 0xFFF) << 64
    value |= 0b10 << 62 | random & 0x3FFF_FFFF_FFFF_FFFF
    return str(uuid.UUID(int=value))


def canonical_json(value: Any) -> bytes:
    """Return `value` as JSON with sorted keys and no white space: equal records give equal bytes."""
    return _CANONICAL.encode(value)
