"""Finds what looks at a signal, by its handle and without a loop over values: one by one in layers, or all at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xushi.monitor._transitions import Numbers


def make_layers(handles: Numbers, numbers: Iterable[int], total: int) -> list[Numbers]:
    """Layer k gives, by handle, the k-th of the `numbers` whose `handles` has it; -1 for none."""
    by_depth: dict[int, list[int]] = defaultdict(list)
    depth: dict[int, int] = defaultdict(int)
    for number in numbers:
        handle = int(handles[number])
        by_depth[depth[handle]].append(number)
        depth[handle] += 1
    layers = []
    for level in sorted(by_depth):
        layer = np.full(total, -1, np.int32)
        layer[handles[by_depth[level]]] = by_depth[level]
        layers.append(layer)
    return layers


class Followers:
    """The members of numbered groups, for groups that many share."""

    def __init__(self, groups: ArrayLike, members: ArrayLike, total: int) -> None:
        """Member `members[i]` belongs to group `groups[i]`, one of `total`."""
        of = np.asarray(groups, np.int64)
        order = np.argsort(of, kind="stable")
        self._members = np.asarray(members, np.int32)[order]
        self._counts = np.bincount(of, minlength=total).astype(np.int64)
        self._starts = np.cumsum(self._counts) - self._counts

    def has(self, groups: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Whether each group has a member."""
        found: NDArray[np.bool_] = self._counts[groups] > 0
        return found

    def of(self, groups: NDArray[np.integer]) -> tuple[NDArray[np.intp], Numbers]:
        """(places, members): every member of the group at each place, in the order of places."""
        counts = self._counts[groups]
        places = np.repeat(np.arange(len(groups)), counts)
        within = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
        return places, self._members[self._starts[groups][places] + within]
