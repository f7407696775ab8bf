"""Where a plant stands at one instant, as data: a simulation starts from it, and tells it."""

from __future__ import annotations

from typing import Literal

from ._model import _Data

# What a machine is seen doing; a sample of a machine is a place in this list.
SEEN = ("idle", "busy", "setup", "blocked", "down", "waits_for_crew", "off")


class PartState(_Data, frozen=True, kw_only=True):
    """Equal parts at one place, first in line first."""

    product: str
    quantity: int = 1
    age_s: float = 0.0
    order: str | None = None


class MachineState(_Data, frozen=True, kw_only=True):
    """What one machine is doing.

    Attributes:
        parts: what it works on.
        operation: number of the operation in the model, from 0.
        held: finished parts that wait for room, by the buffer they wait for (the machine is blocked).
        setup_left_s: of a set-up under way, until the work begins.
        work_left_s: of the work on these parts; where None drawn, on condition that `work_done_s` are done.
        product: what it is set up for.
        down: the failure it is stopped by; `down_left_s` until it is repaired (where None drawn, on condition that the
            repair has taken `down_done_s` already).
        waits_for_crew: the repair has not begun, for `waited_s`.
        wear: for each failure, what is left until it strikes (seconds or parts); where absent drawn, on condition that
            it has not struck within `used` (seconds or parts since its last repair).
    """

    parts: tuple[PartState, ...] = ()
    operation: int = 0
    held: dict[str, tuple[PartState, ...]] = {}
    setup_left_s: float = 0.0
    work_left_s: float | None = None
    work_done_s: float = 0.0
    product: str | None = None
    down: str | None = None
    down_left_s: float | None = None
    down_done_s: float = 0.0
    waits_for_crew: bool = False
    waited_s: float = 0.0
    wear: dict[str, float] = {}
    used: dict[str, float] = {}


class VehicleState(_Data, frozen=True, kw_only=True):
    """What one vehicle is doing; one under way is told with the point it comes to next.

    Attributes:
        at: the point where it stands, or comes to in `left_s`.
        transport: the task it has, if any.
        phase: `to_pickup` empty, `loading`, `to_drop` loaded, `unloading`.
        left_s: until the point is reached, or the loading or unloading is done.
        part: what it carries.
    """

    at: str
    transport: str | None = None
    phase: Literal["idle", "to_pickup", "loading", "to_drop", "unloading"] = "idle"
    left_s: float = 0.0
    part: PartState | None = None


class OrderState(_Data, frozen=True, kw_only=True):
    """How many parts of an order were released, and how many have left the plant."""

    released: int = 0
    finished: int = 0


class PlantState(_Data, frozen=True, kw_only=True):
    """The start of a simulation; what is not named is empty, idle, up and new.

    Attributes:
        calendar_s: added to every calendar's offset (the time of day of the fork).
    """

    calendar_s: float = 0.0
    buffers: dict[str, tuple[PartState, ...]] = {}
    machines: dict[str, MachineState] = {}
    sources_left_s: dict[str, float] = {}
    vehicles: dict[str, VehicleState] = {}
    orders: dict[str, OrderState] = {}
