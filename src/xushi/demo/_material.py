"""Parts at the line: trays with their batches, the stock at a station, and wrong parts among them."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from xushi.demo._engines import Engine, PartNumbers
from xushi.demo._line import PARTS, TRAY_SIZE, Part, parts_of

_PART_BY_NUMBER = {part.number: part for part in PARTS}


@dataclass
class Tray:
    """A kit tray or container: parts of one station for `left` engines, and which unit holds a wrong part."""

    id: str
    station: str
    kind: int  # 1 container from the store, 2 kit from the rack
    left: int
    batches: dict[str, str]
    wrong: dict[int, tuple[str, str]] = field(default_factory=dict)  # unit left -> (expected, found)


@dataclass(frozen=True)
class WrongPart:
    expected: str
    found: str


def make_tray(id: str, station: str, kind: int, numbers: PartNumbers, left: int = TRAY_SIZE) -> Tray:
    """A tray with one batch per part."""
    return Tray(id, station, kind, left, {part.number: numbers.batch(part) for part in parts_of(station)})


def mislay(tray: Tray, rng: random.Random, chance_per_unit: float) -> int:
    """Now and then a part of another kind lies in the tray; returns how many."""
    placed = 0
    for unit in range(1, tray.left + 1):
        if rng.random() < chance_per_unit:
            tray.wrong[unit] = _mistaken(tray.station, rng)
            placed += 1
    return placed


def _mistaken(station: str, rng: random.Random) -> tuple[str, str]:
    """A part of the station, and one of another station that lies in its place."""
    own = [part.number for part in parts_of(station)]
    others = [part.number for part in PARTS if part.station != station]
    return rng.choice(own), rng.choice(others)


class LineStock:
    """What stands at one station; asks for a new tray when one tray or less is left."""

    def __init__(self, station: str, numbers: PartNumbers, order: Callable[[str], None]) -> None:
        self.station = station
        self.parts: tuple[Part, ...] = parts_of(station)
        self.on_arrival: Callable[[], None] = lambda: None
        self._numbers = numbers
        self._order = order
        self.trays: deque[Tray] = deque()
        self._is_ordered = False

    @property
    def units(self) -> int:
        """For how many engines the parts last."""
        return sum(tray.left for tray in self.trays)

    def receive(self, tray: Tray) -> None:
        self.trays.append(tray)
        self._is_ordered = False
        self.on_arrival()
        self.reorder_when_low()

    def reorder_when_low(self) -> None:
        if not self._is_ordered and self.units <= TRAY_SIZE:
            self._is_ordered = True
            self._order(self.station)

    def next_wrong(self) -> WrongPart | None:
        """The scanner's verdict on the parts for the next engine: None when all are right."""
        if not self.trays:
            return None
        tray = self.trays[0]
        found = tray.wrong.get(tray.left)
        return WrongPart(*found) if found else None

    def mislay_next(self, rng: random.Random, is_in_use: bool) -> None:
        """A wrong part lies among those for the next engine; `is_in_use`: the first unit is being fitted already."""
        units = [(tray, unit) for tray in self.trays for unit in range(tray.left, 0, -1)]
        for tray, unit in units[is_in_use : is_in_use + 1]:
            tray.wrong[unit] = _mistaken(self.station, rng)

    def replace_wrong(self) -> None:
        """Somebody took the wrong part away and put the right one in its place."""
        self.trays[0].wrong.pop(self.trays[0].left, None)

    def fit(self, engine: Engine) -> list[str]:
        """Uses up the parts for one engine; returns what was fitted as `number|identity|supplier`."""
        tray = self.trays[0]
        wrong = self.next_wrong()
        fitted = []
        for part in self.parts:
            if wrong is not None and wrong.expected == part.number:
                fitted.append(self._identity(_PART_BY_NUMBER[wrong.found], tray))
            else:
                fitted.extend(
                    self._identity(part, tray) for _ in range(part.quantity if part.tracing == "serial" else 1)
                )
        tray.left -= 1
        if tray.left == 0:
            self.trays.popleft()
        engine.parts.extend(fitted)
        self.reorder_when_low()
        return fitted

    def _identity(self, part: Part, tray: Tray) -> str:
        is_serial = part.tracing == "serial"
        identity = self._numbers.serial(part) if is_serial else tray.batches.get(part.number, "unknown")
        return f"{part.number}|{identity}|{part.supplier}"
