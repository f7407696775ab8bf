"""The engines on the line: who they are, what went into them, and how many came and went."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from xushi.demo._line import Part


@dataclass
class Engine:
    """One engine on its way: job order and product, stage of assembly, open faults, parts, attempts by station."""

    serial: str
    job_order: str = ""
    product: str = ""
    stage: int = 0
    faults: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)  # defects that only a test will find
    parts: list[str] = field(default_factory=list)  # number|identity|supplier
    attempts: dict[str, int] = field(default_factory=dict)
    repairs: int = 0


class Orders(Protocol):
    """Who says what the engines are made for."""

    def release(self) -> tuple[str, str]:
        """The job order of the next engine, and its product."""
        ...

    def finish(self, engine: Engine) -> None:
        """An engine left the line."""
        ...

    def scrap(self, engine: Engine) -> None:
        """An engine was scrapped."""
        ...


class EngineBook:
    """Counts engines: started = finished + scrapped + in process, always; stamps each with its job order.

    Args:
        first: number of the first engine, so that a plant started later does not repeat serial numbers.
    """

    def __init__(self, orders: Orders, prefix: str = "E15-", first: int = 1) -> None:
        self._orders = orders
        self._prefix = prefix
        self._first = first
        self.started = 0
        self.finished = 0
        self.scrapped = 0
        self.last_finished = ""
        self.in_process: dict[str, Engine] = {}

    def start(self) -> Engine:
        engine = Engine(f"{self._prefix}{self._first + self.started:07d}", *self._orders.release())
        self.started += 1
        self.in_process[engine.serial] = engine
        return engine

    def finish(self, engine: Engine) -> None:
        del self.in_process[engine.serial]
        self.finished += 1
        self.last_finished = engine.serial
        self._orders.finish(engine)

    def scrap(self, engine: Engine) -> None:
        del self.in_process[engine.serial]
        self.scrapped += 1
        self._orders.scrap(engine)


class PartNumbers:
    """Gives out serial numbers and batch numbers; a batch is used up after `batch_size` draws.

    Args:
        mark: what sets the numbers of this run apart from those of other runs.
    """

    def __init__(self, batch_size: int = 20, mark: str = "") -> None:
        self._batch_size = batch_size
        self._mark = mark
        self._drawn: dict[str, int] = {}

    def batch(self, part: Part) -> str:
        drawn = self._drawn.get(part.number, 0)
        self._drawn[part.number] = drawn + 1
        return f"{part.number[4:]}-L{self._mark}{1 + drawn // self._batch_size:04d}"

    def serial(self, part: Part) -> str:
        drawn = self._drawn.get(part.number + "#", 0) + 1
        self._drawn[part.number + "#"] = drawn
        return f"{part.number[4:]}-S{self._mark}{drawn:05d}"
