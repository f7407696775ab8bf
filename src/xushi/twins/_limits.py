"""How much a foreign file may demand before it is refused."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on a file somebody else made. The defaults open every honest package we know.

    Attributes:
        file_bytes: size of the file as it lies on disk.
        payload_bytes: size of one JSON or XML document, unpacked.
        unpacked_bytes: size of all parts of a package together, unpacked.
        entries: number of parts in a package.
        ratio: unpacked by packed size of one part, counted beyond `ratio_free_bytes`.
        ratio_free_bytes: a part smaller than this may have any ratio.
        depth: levels of nesting in JSON or XML.
        nodes: elements and attributes of one XML document.
    """

    file_bytes: int = 1 << 30
    payload_bytes: int = 256 << 20
    unpacked_bytes: int = 2 << 30
    entries: int = 20_000
    ratio: int = 300
    ratio_free_bytes: int = 4 << 20
    depth: int = 200
    nodes: int = 5_000_000
