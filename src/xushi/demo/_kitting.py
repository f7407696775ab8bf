"""The kitting rack: lights show the bin, a picker takes parts, most wrong picks are caught here."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable

from xushi.demo._engines import PartNumbers
from xushi.demo._events import EventLoop, lognormal
from xushi.demo._line import BIN_PARTS, KITTING_TOPIC, PARTS, PICK_S, TRAY_SIZE, Machine, Part
from xushi.demo._material import Tray, make_tray
from xushi.demo._panel import IDLE, RUNNING, STOPPED
from xushi.demo._power import PowerAccount
from xushi.demo._values import Values

_PART = {part.number: part for part in PARTS}
WRONG_PICK = 0.02  # chance that the picker's hand goes to another bin
CAUGHT_AT_RACK = 0.7  # share that the rack's light curtain notices; the rest only the station's scanner
BIN_FULL = 400
REFILL_BELOW = 120


class KittingRack:
    """Builds kit trays in the order in which they were asked for."""

    def __init__(
        self,
        spec: Machine,
        loop: EventLoop,
        values: Values,
        rng: random.Random,
        numbers: PartNumbers,
        on_kit: Callable[[Tray], None],
        on_refill: Callable[[Part, int], None],
        operators_answer: bool,
    ) -> None:
        self.spec = spec
        self.power = PowerAccount(loop)
        self.kits_done = 0
        self.wrong_picked = 0
        self.wrong_stopped = 0
        self._loop, self._values, self._rng, self._numbers = loop, values, rng, numbers
        self._put = values.writer(spec.id)
        self._on_kit, self._on_refill, self.has_operator = on_kit, on_refill, operators_answer
        self._orders: deque[str] = deque()
        self.tray: Tray | None = None
        self._lines: deque[Part] = deque()
        self._asks_poka_yoke = False
        self._sequence = 0
        self._levels = {number: rng.randint(200, BIN_FULL) for number in BIN_PARTS}
        self._refilling: set[str] = set()
        for path in ("PokaYoke.Expected", "PokaYoke.Found", "KitFor"):
            self._put(path, "")
        self._put("PokaYoke.Stopped", False)
        self._put("PokaYoke.Count", 0)
        self._put("Confirmed", False)
        self._light(None)
        self._show(IDLE)

    def order(self, station: str) -> None:
        """Asks for one kit tray for a station."""
        self._orders.append(station)
        self._next_kit()

    def answer_poka_yoke(self) -> bool:
        """The wrongly picked part went back to its bin; False when nothing was asked."""
        if not self._asks_poka_yoke:
            return False
        self._asks_poka_yoke = False
        self._put("PokaYoke.Stopped", False)
        self._next_pick()
        return True

    def _next_kit(self) -> None:
        if self.tray is not None or not self._orders:
            return
        station = self._orders.popleft()
        self.kits_done += 1
        self.tray = make_tray(f"KIT-{self.kits_done:05d}", station, 2, self._numbers)
        self._lines = deque(_PART[number] for number in BIN_PARTS if _PART[number].station == station)
        self._put("KitFor", station)
        self._next_pick()

    def _next_pick(self) -> None:
        if not self._lines:
            self._finish_kit()
            return
        part = self._lines[0]
        self._light(part)
        self._show(RUNNING)
        self._put("Confirmed", False)
        self._loop.after(lognormal(self._rng, PICK_S, 0.3), lambda: self._pick(part))

    def _pick(self, part: Part) -> None:
        assert self.tray is not None
        is_wrong = self._rng.random() < WRONG_PICK
        found = self._rng.choice([number for number in BIN_PARTS if number != part.number]) if is_wrong else part.number
        is_caught = is_wrong and self._rng.random() < CAUGHT_AT_RACK
        self._sequence += 1
        batch = self.tray.batches[part.number]
        self._values.say(
            KITTING_TOPIC,
            {
                "kit": self.tray.id,
                "station": self.tray.station,
                "part": found if is_caught else part.number,
                "batch": batch,
                "correct": not is_caught,
                "sequence": self._sequence,
            },
        )
        self.wrong_picked += is_wrong
        if is_caught:
            self._stop_for_wrong_part(part.number, found)
            return
        if is_wrong:
            self.tray.wrong[self._rng.randint(1, self.tray.left)] = (part.number, found)
        self._put("Confirmed", True)
        self._take_from_bin(part)
        self._lines.popleft()
        self._next_pick()

    def _stop_for_wrong_part(self, expected: str, found: str) -> None:
        self._asks_poka_yoke = True
        self.wrong_stopped += 1
        self._put("PokaYoke.Stopped", True)
        self._put("PokaYoke.Expected", expected)
        self._put("PokaYoke.Found", found)
        self._put("PokaYoke.Count", self.wrong_stopped)
        self._show(STOPPED)
        if self.has_operator:
            asked = self.wrong_stopped
            self._loop.after(lognormal(self._rng, 25.0, 0.4), lambda: self._answer_if_still(asked))

    def _answer_if_still(self, asked: int) -> None:
        if self.wrong_stopped == asked:
            self.answer_poka_yoke()

    def _take_from_bin(self, part: Part) -> None:
        self._levels[part.number] = max(0, self._levels[part.number] - part.quantity * TRAY_SIZE)
        if self._levels[part.number] < REFILL_BELOW and part.number not in self._refilling:
            self._refilling.add(part.number)
            self._loop.after(lognormal(self._rng, 90.0, 0.3), lambda: self._refill(part))
        self._put("BinLevels", list(self._levels.values()))

    def _refill(self, part: Part) -> None:
        self._on_refill(part, BIN_FULL - self._levels[part.number])
        self._levels[part.number] = BIN_FULL
        self._refilling.discard(part.number)
        self._put("BinLevels", list(self._levels.values()))

    def _finish_kit(self) -> None:
        tray, self.tray = self.tray, None
        assert tray is not None
        self._put("KitsDone", self.kits_done)
        self._put("KitFor", "")
        self._light(None)
        self._show(IDLE)
        self._on_kit(tray)
        self._next_kit()

    def _light(self, part: Part | None) -> None:
        lit = part.bin if part is not None else -1
        for index in range(len(BIN_PARTS)):
            self._put(f"Lights.Bin{index + 1:02d}", index == lit)
        self._put("PickBin", lit + 1)
        self._put("PickPart", part.number if part is not None else "")
        self._put("PickQuantity", part.quantity * TRAY_SIZE if part is not None else 0)
        self._put("BinLevels", list(self._levels.values()))

    def _show(self, detail: int) -> None:
        self._put("State", 3 if detail == RUNNING else 2)
        self._put("Detail", detail)
        self.power.set(self.spec.power.busy_kw if detail == RUNNING else self.spec.power.idle_kw)

    def sample(self) -> None:
        self._put("Energy.Total", round(self.power.energy_kwh, 3))
