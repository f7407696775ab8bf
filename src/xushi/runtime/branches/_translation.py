"""What commands do to the model of a plant: the one translation that branches, comparisons and plans are made with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from xushi.runtime.branches._book import ORDERS
from xushi.runtime.branches._material import MATERIAL_COMMANDS
from xushi.runtime.branches._planned import NO_STOP, SHIFTS, STOP, BranchStop, changes_of_stops, stops_after
from xushi.runtime.foresight import ModelChange, Plant, consequences_of_all
from xushi.runtime.orders import told_to

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

Issued: TypeAlias = tuple[str, Any]  # a command and its parameters
_OTHERS = ORDERS | MATERIAL_COMMANDS | {STOP, NO_STOP, SHIFTS}


def model_changes(
    platform: Platform, plant: Plant, commands: Sequence[Issued], in_force: Mapping[str, float], fork_ns: int,
    stops: Mapping[str, BranchStop],
) -> tuple[ModelChange, ...]:  # fmt: skip
    """Return what commands in this order change in the model together, from a fork on.

    Orders, job orders and receipts of material change what is made when, not how: nothing in the model. A planned stop
    pauses its machine. Shifts are not among them: they count in their place among the changes of the model alone, see
    `shifts_set`.

    Args:
        in_force: the cycle-time factors that the model was made with, by machine.
        stops: the planned stops that it was made with.

    Raises:
        XushiError: `runtime.not_modelled`; `runtime.maintenance_unknown`, `runtime.maintenance_times_wrong`; and as
            the commands themselves.
    """
    acts = [one for one in commands if one[0] not in _OTHERS and told_to(platform, *one) is None]
    found = consequences_of_all(platform, plant, acts, in_force) if acts else ()
    return (*found, *changes_of_stops(plant, stops, stops_after(platform, stops, commands), fork_ns))
