"""Planned stops of machines on a branch: a maintenance that is planned there pauses the machine in the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from xushi.kernel import XushiError
from xushi.runtime.branches._record import LONGEST_H, Branch, Edit
from xushi.runtime.foresight import ModelChange
from xushi.runtime.orders import StopParams

STOP = "maintenance.add"
_MS_PER_MIN = 60_000.0


def pauses_of(branch: Branch, edits: Iterable[Edit]) -> Iterator[ModelChange]:
    """Yield the pause that each planned stop among edits is, from the fork of the branch on.

    Raises:
        XushiError: `runtime.maintenance_times_wrong` for one that is over before the fork.
    """
    fork_ms = branch.fork_ns / 1e6
    for edit in edits:
        if edit.command != STOP:
            continue
        stop = msgspec.convert(edit.params, StopParams, strict=False)
        from_min, to_min = ((at_ms - fork_ms) / _MS_PER_MIN for at_ms in (stop.start_ms, stop.end_ms))
        if to_min <= 0:
            raise XushiError("runtime.maintenance_times_wrong", machine=stop.machine)
        longest_min = LONGEST_H * 60
        yield ModelChange(
            element=stop.machine, figure="pause", from_min=min(max(0.0, from_min), longest_min),
            to_min=min(to_min, longest_min),
        )  # fmt: skip
