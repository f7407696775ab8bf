"""Planned stops of machines on a branch: a maintenance that is planned there pauses the machine in the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from xushi.kernel import XushiError
from xushi.runtime._planned_times import Stop
from xushi.runtime.branches._record import Branch, Edit
from xushi.runtime.foresight import ModelChange, pause_of
from xushi.runtime.orders import StopParams

STOP = "maintenance.add"
_NS_PER_MS = 1_000_000


def pauses_of(branch: Branch, edits: Iterable[Edit]) -> Iterator[ModelChange]:
    """Yield the pause that each planned stop among edits is, from the fork of the branch on.

    Raises:
        XushiError: `runtime.maintenance_times_wrong` for one that is over before the fork, or begins a week later.
    """
    for edit in edits:
        if edit.command != STOP:
            continue
        stop = msgspec.convert(edit.params, StopParams, strict=False)
        pause = pause_of(Stop(stop.machine, *(round(at_ms * _NS_PER_MS) for at_ms in (stop.start_ms, stop.end_ms))),
                         branch.fork_ns)  # fmt: skip
        if pause is None:
            raise XushiError("runtime.maintenance_times_wrong", machine=stop.machine)
        yield pause
