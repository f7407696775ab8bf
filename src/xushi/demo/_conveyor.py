"""A conveyor between two machines: a finite first-in-first-out buffer whose pallets have positions."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from xushi.demo._engines import Engine
from xushi.demo._events import EventLoop
from xushi.demo._line import Machine
from xushi.demo._power import PowerAccount
from xushi.demo._values import Values

SPEED_MPS = 0.25


def path_length_m(machine: Machine) -> float:
    """Length of the conveyor's path in metres."""
    return sum(math.dist(a, b) for a, b in zip(machine.path, machine.path[1:], strict=False))


class Conveyor:
    """Pallets run at constant speed, close up behind each other at the outlet, and keep their spacing.

    `on_ready` is called when a pallet reaches the outlet, `on_room` when a place becomes free.
    """

    def __init__(self, machine: Machine, loop: EventLoop, values: Values) -> None:
        self.id = machine.id
        self.capacity = machine.capacity
        self.power = PowerAccount(loop)
        self.on_ready: Callable[[], None] = lambda: None
        self.on_room: Callable[[], None] = lambda: None
        self._kw = machine.power
        self._loop = loop
        self._put = values.writer(machine.id)
        self._length_m = path_length_m(machine)
        self._spacing_m = self._length_m / machine.capacity
        self._items: deque[tuple[Engine, float]] = deque()  # engine, time of entry
        self._head_ready_s = 0.0
        self._last_left_s = -1e9
        self._settles_at_s = 0.0
        self._set_running()

    def __len__(self) -> int:
        return len(self._items)

    @property
    def engines(self) -> list[Engine]:
        return [engine for engine, _ in self._items]

    def has_room(self) -> bool:
        return len(self._items) < self.capacity

    def enter(self, engine: Engine) -> None:
        """Takes one engine in at the inlet; the caller has asked `has_room`."""
        if not self.has_room():
            raise ValueError(f"{self.id} is full")
        self._items.append((engine, self._loop.now_s))
        if len(self._items) == 1:
            self._await_head()
        self._settle()
        self._publish()

    def is_ready(self) -> bool:
        """An engine stands at the outlet."""
        return bool(self._items) and self._loop.now_s >= self._head_ready_s - 1e-9

    def leave(self) -> Engine:
        """Gives the engine at the outlet away; the caller has asked `is_ready`."""
        engine, _ = self._items.popleft()
        self._last_left_s = self._loop.now_s
        if self._items:
            self._await_head()
        self._settle()
        self._publish()
        self.on_room()
        return engine

    def positions(self) -> list[float]:
        """Where each pallet is now, 0 at the inlet to 1 at the outlet, the foremost first."""
        now, length, spacing = self._loop.now_s, self._length_m, self._spacing_m
        limit = min(length, length - spacing + (now - self._last_left_s) * SPEED_MPS)
        found = []
        for _, entered_s in self._items:
            place = max(0.0, min((now - entered_s) * SPEED_MPS, limit))
            found.append(round(place / length, 4))
            limit = place - spacing
        return found

    def sample(self) -> None:
        """Puts the positions out; called at the rate at which the face publishes."""
        self._put("Positions", self.positions())
        self._set_running()

    def _await_head(self) -> None:
        entered_s = self._items[0][1]
        self._head_ready_s = max(
            entered_s + self._length_m / SPEED_MPS,
            self._last_left_s + self._spacing_m / SPEED_MPS,
            self._loop.now_s,
        )
        self._loop.after(self._head_ready_s - self._loop.now_s, lambda: self.on_ready())

    def _settle(self) -> None:
        """Remembers until when pallets still move, and switches the drive off then."""
        last_in_s = self._items[-1][1] if self._items else 0.0
        self._settles_at_s = max(
            last_in_s + self._length_m / SPEED_MPS, self._last_left_s + self._spacing_m / SPEED_MPS
        )
        self._set_running()
        self._loop.after(self._settles_at_s - self._loop.now_s, self._set_running)

    def _set_running(self) -> None:
        is_running = bool(self._items) and self._loop.now_s < self._settles_at_s - 1e-9
        power_kw = self._kw.busy_kw if is_running else self._kw.idle_kw
        if power_kw != self.power.power_kw:
            self.power.set(power_kw)
        self._put("Running", is_running)

    def _publish(self) -> None:
        self._put("Count", len(self._items))
        self._put("Stages", [engine.stage for engine, _ in self._items])
        self._put("Engines", [engine.serial for engine, _ in self._items])
        self._put("Positions", self.positions())
