"""The job orders of the line controller: for which of them the next engine is released, and how far each one is.

Shaped after OPC 10031-4 (OPC UA for ISA-95, job control), 6.2.1 and its states. `start` stands for Start and Resume
there, `stop` for RevokeStart and Pause, `clear` for Cancel, Stop and Clear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xushi.demo._engines import Engine

NOT_ALLOWED_TO_START, ALLOWED_TO_START, RUNNING, INTERRUPTED, ENDED = range(1, 6)
MOST_JOB_ORDERS = 100
MOST_ENGINES = 100_000
_LONGEST_ID = 64


@dataclass
class JobOrder:
    """So many good engines of a product; `released` are those on the line and those finished."""

    id: str
    product: str
    quantity: int
    state: int
    released: int = 0
    finished: int = 0


class JobOrders:
    """The list in the sequence in which it is worked off; what it refuses, it answers with False."""

    def __init__(self, put: Callable[[str, Any], None]) -> None:
        self._put = put
        self._list: list[JobOrder] = []
        self._last_stored = ""
        self.show()

    def call(self, method: str, arguments: tuple[Any, ...]) -> bool:
        """Do a method by the first word of its name."""
        match method, arguments:
            case "Store", (str(id), str(product), int(quantity)):
                is_done = self._store(id, product, quantity, NOT_ALLOWED_TO_START)
            case "StoreAndStart", (str(id), str(product), int(quantity)):
                is_done = self._store(id, product, quantity, ALLOWED_TO_START)
            case "Start", (str(id),):
                is_done = self._turn(id, {NOT_ALLOWED_TO_START: ALLOWED_TO_START, INTERRUPTED: RUNNING})
            case "Stop", (str(id),):
                is_done = self._turn(id, {ALLOWED_TO_START: NOT_ALLOWED_TO_START, RUNNING: INTERRUPTED})
            case "Clear", (str(id),):
                is_done = self._clear(id)
            case _:
                is_done = False
        self.show()
        return is_done

    # ---- the way of an engine
    def release(self) -> tuple[str, str]:
        """The job order that the next engine is made for, and its product; empty where there is none to start."""
        one = self._next()
        if one is None:
            return "", ""
        one.state = RUNNING
        one.released += 1
        self.show()
        return one.id, one.product

    def finish(self, engine: Engine) -> None:
        """Count an engine that left the line; with the last one its job order ends."""
        one = self._find(engine.job_order)
        if one is not None:
            one.finished += 1
            if one.finished >= one.quantity:
                one.state = ENDED
            self.show()

    def scrap(self, engine: Engine) -> None:
        """An engine that was scrapped is made again."""
        one = self._find(engine.job_order)
        if one is not None:
            one.released -= 1
            self.show()

    def show(self) -> None:
        """Put the list out, and what is released next."""
        one = self._next()
        put, every = self._put, self._list
        put("JobOrders.Current", one.id if one is not None else "")
        put("JobOrders.Remaining", one.quantity - one.released if one is not None else 0)
        put("JobOrders.LastStored", self._last_stored)
        put("JobOrders.List", [each.id for each in every])
        put("JobOrders.Quantities", [each.quantity for each in every])
        put("JobOrders.Released", [each.released for each in every])
        put("JobOrders.Finished", [each.finished for each in every])
        put("JobOrders.States", [each.state for each in every])

    # ---- the list
    def _find(self, id: str) -> JobOrder | None:
        return next((one for one in self._list if one.id == id), None)

    def _next(self) -> JobOrder | None:
        can = (one for one in self._list if one.state in (ALLOWED_TO_START, RUNNING) and one.released < one.quantity)
        return next(can, None)

    def _store(self, id: str, product: str, quantity: int, state: int) -> bool:
        if not 1 <= len(id) <= _LONGEST_ID or not product or not 1 <= quantity <= MOST_ENGINES:
            return False
        if self._find(id) is not None:
            return False
        if len(self._list) >= MOST_JOB_ORDERS:
            ended = next((one for one in self._list if one.state == ENDED), None)
            if ended is None:
                return False
            self._list.remove(ended)
        self._list.append(JobOrder(id, product, quantity, state))
        self._last_stored = id
        return True

    def _turn(self, id: str, becomes: dict[int, int]) -> bool:
        one = self._find(id)
        if one is None or one.state not in becomes:
            return False
        one.state = becomes[one.state]
        return True

    def _clear(self, id: str) -> bool:
        one = self._find(id)
        if one is None:
            return False
        self._list.remove(one)
        return True
