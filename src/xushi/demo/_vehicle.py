"""One AGV: drives an order point by point, picks and drops loads, waits for others, drains, charges."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from xushi.demo._events import EventLoop
from xushi.demo._line import (
    BATTERY_USE_PERCENT_PER_M,
    CHARGE_PERCENT_PER_S,
    HANDLING_S,
    TURN_RAD_PER_S,
    VEHICLE_SPEED_MPS,
    Machine,
)
from xushi.demo._material import Tray
from xushi.demo._panel import BLOCKED, IDLE, RUNNING, STOPPED
from xushi.demo._power import PowerAccount
from xushi.demo._roads import RoadMap
from xushi.demo._values import Values

IDLE_DRAIN_PERCENT_PER_S = 0.0004
CHARGE_KW = 3.2
_MOST_ERRORS = 20


class Action(msgspec.Struct, frozen=True):
    """One action of an order: `pick`, `drop` or `startCharging`."""

    id: str
    type: str
    parameters: dict[str, Any] = {}


class Stop(msgspec.Struct, frozen=True):
    node: str
    actions: tuple[Action, ...] = ()


class Order(msgspec.Struct, frozen=True):
    """A VDA 5050 order reduced to what a vehicle needs: its points in driving order."""

    id: str
    update: int
    stops: tuple[Stop, ...]


class Yard(Protocol):
    """The world in which loads are picked up and set down."""

    def pick(self, machine: str, load: str) -> Tray | None: ...
    def drop(self, machine: str, tray: Tray) -> bool: ...


@dataclass
class Leg:
    """A straight drive in progress: turn first, then run."""

    start: str
    end: str
    began_s: float
    turn_s: float
    drive_s: float
    from_rad: float
    to_rad: float


@dataclass
class Pose:
    x: float
    y: float
    theta: float  # radians, −π … π
    speed_mps: float = 0.0


@dataclass
class ActionState:
    action: Action
    status: str = "WAITING"
    result: str = ""


@dataclass
class Errand:
    """The order in hand and how far it is."""

    order: Order
    ahead: deque[Stop]


class Vehicle:
    """A vehicle. `on_done(vehicle, completed)` tells the fleet control that an order ended."""

    def __init__(
        self, spec: Machine, loop: EventLoop, values: Values, rng: random.Random, roads: RoadMap, yard: Yard
    ) -> None:
        self.spec = spec
        self.id = spec.id
        self.power = PowerAccount(loop)
        self.errand: Errand | None = None
        self.last_order: tuple[str, int] = ("", 0)
        self.action_states: list[ActionState] = []  # of the last order, kept until the next (6.10.2)
        self.load: Tray | None = None
        self.is_paused = False
        self.errors: list[dict[str, Any]] = []
        self.on_done: Callable[[Vehicle, bool], None] = lambda vehicle, completed: None
        self.on_event: Callable[[], None] = lambda: None  # something that a state message must tell
        self.distance_m = 0.0
        self.trips = 0
        self._loop, self._rng, self._roads, self._yard = loop, rng, roads, yard
        self._put = values.writer(spec.id)
        self.node = roads.stop_of(spec.id)
        self.last_sequence = 0
        self._heading = math.pi
        self._leg: Leg | None = None
        self._acts = False
        self._waits = False
        self._is_cancelled = False
        self.cancelled_s = -math.inf
        self._battery = rng.uniform(62.0, 94.0)
        self._battery_at_s = loop.now_s
        self.is_charging = False
        roads.claim(self.node, self.id, lambda: None)
        self._set_charging(True)
        self._show()

    # -- what others see
    @property
    def is_idle(self) -> bool:
        return self.errand is None

    @property
    def is_driving(self) -> bool:
        return self._leg is not None

    @property
    def battery_percent(self) -> float:
        elapsed_s = self._loop.now_s - self._battery_at_s
        rate = CHARGE_PERCENT_PER_S if self.is_charging else -IDLE_DRAIN_PERCENT_PER_S
        return min(100.0, max(0.0, self._battery + rate * elapsed_s))

    def pose(self) -> Pose:
        """Where the vehicle is now, plant frame."""
        node = self._roads.nodes[self.node]
        leg = self._leg
        if leg is None:
            return Pose(node.x, node.y, wrap(self._heading))
        end = self._roads.nodes[leg.end]
        elapsed_s = self._loop.now_s - leg.began_s
        if elapsed_s < leg.turn_s:
            share = elapsed_s / leg.turn_s
            return Pose(node.x, node.y, wrap(leg.from_rad + wrap(leg.to_rad - leg.from_rad) * share))
        share = min(1.0, (elapsed_s - leg.turn_s) / leg.drive_s)
        x, y = node.x + (end.x - node.x) * share, node.y + (end.y - node.y) * share
        return Pose(x, y, wrap(leg.to_rad), VEHICLE_SPEED_MPS)

    # -- orders
    def accept(self, order: Order) -> str:
        """Takes an order; returns "" or the VDA 5050 error type why not (6.6, order and order update)."""
        if (order.id, order.update) == self.last_order:
            return ""  # a repeated message changes nothing
        if self.errand is not None:
            return "orderUpdateError"
        if not order.stops or any(stop.node not in self._roads.nodes for stop in order.stops):
            return "validationError"
        if order.stops[0].node != self.node:
            return "noRouteError"
        pairs = zip(order.stops, order.stops[1:], strict=False)
        if not all(self._roads.has_edge(a.node, b.node) for a, b in pairs):
            return "noRouteError"
        self.errand = Errand(order, deque(order.stops))
        self.action_states = [ActionState(action) for stop in order.stops for action in stop.actions]
        self.last_order = (order.id, order.update)
        self.last_sequence = 0
        self.errors.clear()
        self._is_cancelled, self.cancelled_s = False, -math.inf
        self._set_charging(False)
        self._arrive()
        return ""

    def cancel(self) -> bool:
        """Ends the order at the next point; False when there is none."""
        if self.errand is None:
            return False
        self._is_cancelled, self.cancelled_s = True, self._loop.now_s
        if self._leg is None and not self._acts:
            self._end(completed=False)
        return True

    def pause(self) -> None:
        """Stops at the next point."""
        self.is_paused = True
        self._tell()

    def resume(self) -> None:
        self.is_paused = False
        self._go_on()
        self._tell()

    # -- driving
    def _arrive(self) -> None:
        """Stands at the first of the points ahead: do its actions, then go on."""
        assert self.errand is not None
        stop = self.errand.ahead[0]
        states = [s for s in self.action_states if s.action in stop.actions and s.status == "WAITING"]
        self._tell()
        if states and not self._is_cancelled:
            self._act(states[0])
            return
        self._go_on()

    def _go_on(self) -> None:
        if self.errand is None or self._leg is not None or self._acts:
            return
        if self._is_cancelled or len(self.errand.ahead) == 1:
            self._end(completed=not self._is_cancelled)
            return
        if self.is_paused:
            self._show()
            return
        target = self.errand.ahead[1].node
        self._waits = not self._roads.claim(target, self.id, self._go_on)
        if self._waits:
            self._show()
            return
        self._depart(target)

    def _depart(self, target: str) -> None:
        here, there = self._roads.nodes[self.node], self._roads.nodes[target]
        to_rad = math.atan2(there.y - here.y, there.x - here.x)
        turn_s = abs(wrap(to_rad - self._heading)) / TURN_RAD_PER_S
        drive_s = self._roads.distance_m(self.node, target) / VEHICLE_SPEED_MPS
        self._leg = Leg(self.node, target, self._loop.now_s, turn_s, drive_s, self._heading, to_rad)
        self._tell()
        self._loop.after(turn_s + drive_s, self._reach)

    def _reach(self) -> None:
        leg = self._leg
        assert leg is not None
        assert self.errand is not None
        length_m = self._roads.distance_m(leg.start, leg.end)
        self.distance_m += length_m
        self._drain(BATTERY_USE_PERCENT_PER_M * length_m)
        left = self.node
        self.node, self._heading, self._leg = leg.end, leg.to_rad, None
        self.errand.ahead.popleft()
        self.last_sequence = 2 * (len(self.errand.order.stops) - len(self.errand.ahead))
        self._put("Distance", round(self.distance_m, 1))
        self._roads.free(left, self.id)
        self._arrive()

    def _act(self, state: ActionState) -> None:
        state.status = "RUNNING"
        self._acts = True
        self._tell()
        duration_s = 1.0 if state.action.type == "startCharging" else HANDLING_S
        self._loop.after(duration_s, lambda: self._acted(state))

    def _acted(self, state: ActionState) -> None:
        self._acts = False
        is_done = self._do(state.action)
        state.status = "FINISHED" if is_done else "FAILED"
        if not is_done:
            self._is_cancelled = True
            self.add_error("orderError", f"{state.action.type} failed")
        self._arrive()

    def _do(self, action: Action) -> bool:
        node = self._roads.nodes[self.node]
        if action.type == "startCharging" and node.use == "charge":
            self._set_charging(True)
            return True
        if action.type == "pick" and self.load is None:
            self.load = self._yard.pick(node.serves, str(action.parameters.get("loadId", "")))
            return self.load is not None
        if action.type == "drop" and self.load is not None and self._yard.drop(node.serves, self.load):
            self.load = None
            self.trips += 1
            self._put("Trips", self.trips)
            return True
        return False

    def _end(self, completed: bool) -> None:
        self.errand = None
        self._tell()
        self.on_done(self, completed)

    def add_error(self, kind: str, text: str, **concerns: str) -> None:
        """Notes an error for the state message (VDA 5050 errors, level WARNING) and what it concerns."""
        references = [{"referenceKey": key, "referenceValue": value} for key, value in concerns.items()]
        self.errors.append(
            {"errorType": kind, "errorReferences": references, "errorDescription": text, "errorLevel": "WARNING"}
        )
        del self.errors[:-_MOST_ERRORS]
        self._tell()

    # -- battery and what is shown
    def _drain(self, percent: float) -> None:
        self._battery = max(0.0, self.battery_percent - percent)
        self._battery_at_s = self._loop.now_s

    def _set_charging(self, is_charging: bool) -> None:
        self._drain(0.0)
        self.is_charging = is_charging
        self.power.set(CHARGE_KW if is_charging else 0.0)

    def charge_power_now(self) -> None:
        """Ends the charging power once the battery is full."""
        if self.is_charging and self.battery_percent >= 100.0 and self.power.power_kw > 0.0:
            self.power.set(0.0)

    def _tell(self) -> None:
        self._show()
        self.on_event()

    def _show(self) -> None:
        is_busy = self.errand is not None
        detail = STOPPED if self.is_paused else BLOCKED if is_busy and self._waits else RUNNING if is_busy else IDLE
        self._put("State", 3 if is_busy and not self.is_paused else 2)
        self._put("Detail", detail)
        self._put("Load", self.load.id if self.load is not None else "")
        self._put("LoadKind", self.load.kind if self.load is not None else 0)
        self._put("Target", self._roads.nodes[self.errand.order.stops[-1].node].serves if self.errand else "")


def wrap(angle_rad: float) -> float:
    """The same angle within −π … π."""
    return math.remainder(angle_rad, 2.0 * math.pi)
