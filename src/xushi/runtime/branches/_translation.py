"""What commands do to the model of a plant: the one translation that branches, comparisons and plans are made with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from xushi.kernel import XushiError
from xushi.runtime._planned_times import Stop
from xushi.runtime.branches._book import ORDERS
from xushi.runtime.branches._planned import SHIFTS
from xushi.runtime.foresight import ModelChange, Plant, consequences_of_all, pause_of
from xushi.runtime.orders import StopParams, told_to

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

STOP = "maintenance.add"
Issued: TypeAlias = tuple[str, Any]  # a command and its parameters
_NS_PER_MS = 1_000_000


def model_changes(
    platform: Platform, plant: Plant, commands: Sequence[Issued], in_force: Mapping[str, float], fork_ns: int
) -> tuple[ModelChange, ...]:  # fmt: skip
    """Return what commands in this order change in the model together, from a fork on.

    Orders and job orders change what is made when, not how: nothing in the model. A planned stop pauses its machine.
    Shifts are not among them: they count in their place among the changes of the model alone, see `shifts_set`.

    Args:
        in_force: the cycle-time factors that the model was made with, by machine.

    Raises:
        XushiError: `runtime.not_modelled`, and as the commands themselves.
    """
    others = ORDERS | {STOP, SHIFTS}
    acts = [one for one in commands if one[0] not in others and told_to(platform, *one) is None]
    found = consequences_of_all(platform, plant, acts, in_force) if acts else ()
    return (*found, *_pauses(commands, fork_ns))


def _pauses(commands: Iterable[Issued], fork_ns: int) -> Iterator[ModelChange]:
    """The pause that each planned stop is.

    Raises:
        XushiError: `runtime.maintenance_times_wrong` for one that is over before the fork, or begins too far ahead.
    """
    for command, params in commands:
        if command != STOP:
            continue
        stop = msgspec.convert(params, StopParams, strict=False)
        times_ns = (round(at_ms * _NS_PER_MS) for at_ms in (stop.start_ms, stop.end_ms))
        pause = pause_of(Stop(stop.machine, *times_ns), fork_ns)
        if pause is None:
            raise XushiError("runtime.maintenance_times_wrong", machine=stop.machine)
        yield pause
