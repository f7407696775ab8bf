"""Finds out of the twins which machines work on several pieces at once: an oven, a washer.

`urn:xushi:Process:1:0/BatchSize` tells how many a machine takes at most, and `…/LeastBatch` with how many it begins
already; where that is left out, it waits for a whole batch. The cycle time is that of a batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from xushi.kernel import Diagnosis
from xushi.runtime.foresight._crews import counted
from xushi.runtime.foresight._twin_facts import Node, stated
from xushi.twins import Submodel

_MOST_PIECES = 1_000


class Batch(msgspec.Struct, frozen=True):
    """So many pieces at once: at least, and at most."""

    least: int
    size: int


def find_batches(
    nodes: Sequence[Node], submodels_of: Mapping[str, list[Submodel]]
) -> tuple[dict[str, Batch], list[Diagnosis]]:  # fmt: skip
    """Return the batches of the machines that take several pieces at once, and what of it cannot be counted with.

    A machine of which the size is not known takes single pieces.

    Args:
        nodes: the machines.
        submodels_of: by shell.
    """
    told: list[Diagnosis] = []
    found = {}
    for node in nodes:
        own = stated(submodels_of.get(node.shell, ()))
        size = counted(node.id, "BatchSize", own, 1, _MOST_PIECES, told)
        if size is not None and size > 1:
            least = counted(node.id, "LeastBatch", own, 1, size, told)
            found[node.id] = Batch(size if least is None else least, size)
    return found, told
