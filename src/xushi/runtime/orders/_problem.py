"""Turns the order book into a problem of scheduling on the real stations.

Orders are cut into lots that go from station to station together; pieces that are on the line already are lots of
their own that lack the steps behind them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from xushi.kernel import XushiError
from xushi.reports import ShiftCalendar
from xushi.runtime._materials import Material
from xushi.runtime._planned_times import Stop, between_shifts, joined
from xushi.runtime.orders._book import Book, Order
from xushi.runtime.orders._requirements import Coming
from xushi.runtime.orders._route import Pace, Step
from xushi.schedule import Choice, Closed, Frozen, Job, Operation, Problem, Resource, Setup, Transport

MOST_OPERATIONS = 1_200  # lots are made larger until there are no more
_S = 1_000_000_000
_MOST_LOTS = 4_000


class Lot(msgspec.Struct, frozen=True):
    """The pieces of one job: `order` and how many."""

    order: str
    quantity: int


class Plan(msgspec.Struct, frozen=True):
    """A problem with what its jobs stand for; its second 0 is `start_ns`."""

    problem: Problem
    lots: dict[str, Lot]
    start_ns: int
    lot_size: int


class Shop(msgspec.Struct, frozen=True, kw_only=True):
    """All that does not depend on the orders.

    Attributes:
        steps: the way of a piece, and `paces`, `transfers_s`, `stand_in_factor` of the machines on it.
        setup_s: of a machine, between two families.
        on_line: pieces that come to each step next.
    """

    steps: list[Step]
    paces: dict[str, Pace]
    transfers_s: Mapping[tuple[str, str], int]
    setup_s: dict[str, float]
    stand_in_factor: dict[str, float]
    on_line: list[int]


def make_plan(
    shop: Shop, book: Book, done: Mapping[str, int], materials: Mapping[str, Material], calendar: ShiftCalendar,
    stops: Sequence[Stop], now_ns: int, *,
    coming: Mapping[str, Coming] | None = None, lot_size: int = 0, keep_sequence: bool = False,
    kept: Plan | None = None, frozen: Sequence[Frozen] = (),
) -> Plan:  # fmt: skip
    """Return the problem of all that is left to make.

    Args:
        done: pieces of each order that are finished.
        coming: when how much of each material is there; what is not named is never missing.
        lot_size: pieces that go on together; chosen by the size of the problem where 0.
        keep_sequence: lots begin in the sequence of the book; otherwise the solver chooses.
        kept: the plan that is running, of which `frozen` stays as it is; its lots that have frozen operations go on.

    Raises:
        XushiError: `runtime.schedule_nothing` where nothing is left, `schedule.too_large`.
    """
    base_ns = kept.start_ns if kept is not None and frozen else now_ns
    maker = _Maker(shop, materials, coming or {}, base_ns, now_ns)
    lots, jobs = _going_on(kept, frozen, maker.now_s) if kept is not None and frozen else ({}, [])
    waiting = _left(book, done, lots)
    if not jobs:
        maker.take_line(waiting, lots, jobs)
    size = lot_size or _size(waiting, len(shop.steps), max(pace.batch for pace in shop.paces.values()))
    for order, count in waiting:
        maker.cut(order, count, size, lots, jobs)
        if len(jobs) > _MOST_LOTS:
            raise XushiError("runtime.schedule_lots_many", lots=len(jobs), most=_MOST_LOTS)
    if not jobs:
        raise XushiError("runtime.schedule_nothing")
    jobs = list(_in_sequence(jobs, lots, {one.operation for one in frozen}, keep_sequence))
    going = {one.id for job in jobs for one in job.operations}
    facts = tuple(one for one in frozen if one.operation in going)
    families = {str(one.family) for job in jobs for one in job.operations}
    horizon_s = maker.now_s + _horizon_s(shop, jobs)
    resources = tuple(_resources(shop, calendar, stops, base_ns, maker.now_s, horizon_s))
    problem = Problem(
        name="order book", resources=resources, jobs=tuple(jobs), setups=tuple(_setups(shop, families)),
        transports=tuple(
            Transport(start=start, end=end, duration_s=seconds)
            for (start, end), seconds in shop.transfers_s.items()
        ),
        frozen=facts, start_s=maker.now_s,
        objective="tardiness" if any(job.due_s is not None for job in jobs) else "makespan",
    )  # fmt: skip
    return Plan(problem, lots, base_ns, size)


class _Maker:
    """Makes jobs of lots."""

    def __init__(
        self, shop: Shop, materials: Mapping[str, Material], coming: Mapping[str, Coming], base_ns: int, now_ns: int
    ) -> None:  # fmt: skip
        self._shop, self._materials, self._coming, self._base_ns = shop, materials, coming, base_ns
        self.now_s = max(0, math.ceil((now_ns - base_ns) / _S))
        self._used: dict[str, float] = {}

    def family(self, order: Order) -> str:
        """What a station must be set up for."""
        material = self._materials.get(order.product)
        return order.product if material is None else material.family

    def take_line(self, waiting: list[tuple[Order, int]], lots: dict[str, Lot], jobs: list[Job]) -> None:
        """Give the pieces on the line to the first orders, the foremost piece first."""
        for place in range(len(self._shop.steps) - 1, -1, -1):
            count = self._shop.on_line[place]
            while count and waiting:
                order, left = waiting[0]
                taken = min(count, left)
                count -= taken
                waiting[0] = (order, left - taken)
                if not waiting[0][1]:
                    waiting.pop(0)
                self._add(order, f"{order.id}.line{place + 1}", taken, place, lots, jobs)

    def cut(self, order: Order, count: int, size: int, lots: dict[str, Lot], jobs: list[Job]) -> None:
        """Cut what is left of an order into lots."""
        first = order.quantity - count
        while count > 0:
            taken = min(size, count)
            count -= taken
            self._add(order, f"{order.id}.{first + 1}-{first + taken}", taken, 0, lots, jobs)
            first += taken

    def _add(self, order: Order, name: str, quantity: int, first: int, lots: dict[str, Lot], jobs: list[Job]) -> None:
        while name in lots:
            name += "+"
        lots[name] = Lot(order.id, quantity)
        family = self.family(order)
        operations = []
        for place in range(first, len(self._shop.steps)):
            step = self._shop.steps[place]
            operations.append(
                Operation(
                    id=f"{name}/{place + 1}", choices=tuple(self._choices(order, step, quantity)), family=family,
                    material_s=self._material_s(order, step, quantity),
                )
            )  # fmt: skip
        release_s = None if first else self._second(order.release_ms, least=0)
        jobs.append(
            Job(
                id=name, operations=tuple(operations), weight=1 + order.priority, release_s=release_s or 0,
                due_s=self._second(order.due_ms),
            )
        )  # fmt: skip

    def _second(self, at_ms: float | None, least: int = -(10**9)) -> int | None:
        return None if at_ms is None else min(10**9, max(least, round(at_ms / 1e3 - self._base_ns / _S)))

    def _choices(self, order: Order, step: Step, quantity: int) -> Iterator[Choice]:
        material = self._materials.get(order.product)
        factor = material.work.get(step.machines[0], 1.0) if material is not None else 1.0
        for machine in step.machines:
            pace = self._shop.paces[machine]
            seconds = pace.batches(quantity) * factor * pace.through_s
            yield Choice(resource=machine, duration_s=max(1, round(seconds)))
        usual = self._shop.paces[step.machines[0]]
        for machine in step.stand_ins:
            seconds = usual.batches(quantity) * factor * usual.work_s * self._shop.stand_in_factor.get(machine, 1.0)
            yield Choice(resource=machine, duration_s=max(1, round(seconds)))

    def _material_s(self, order: Order, step: Step, quantity: int) -> int:
        """When the parts are there that this step mounts, by the requirements of the book; 0 for at once."""
        material = self._materials.get(order.product)
        found_s = 0
        for used in material.parts if material is not None else ():
            if used.station not in step.machines or used.material not in self._coming:
                continue
            in_all = self._used.get(used.material, 0.0) + used.quantity * quantity
            self._used[used.material] = in_all
            at_ms = self._coming[used.material].when(in_all)
            # More than was planned for comes with the last of it.
            at_s = self._second(self._coming[used.material].at_ms[-1] if at_ms is None else at_ms, least=0) or 0
            found_s = max(found_s, at_s)
        return found_s if found_s > self.now_s else 0


def _going_on(kept: Plan, frozen: Sequence[Frozen], now_s: int) -> tuple[dict[str, Lot], list[Job]]:
    """The lots of a plan that are under way or to stay as they are."""
    held = {one.operation for one in frozen}
    ends_s = {one.operation: one.end_s for one in frozen}
    jobs = []
    for job in kept.problem.jobs:
        if not any(operation.id in held for operation in job.operations):
            continue
        if all(ends_s.get(operation.id, now_s + 1) <= now_s for operation in job.operations):
            continue
        jobs.append(msgspec.structs.replace(job, operations=tuple(_alone(one) for one in job.operations)))
    return {job.id: kept.lots[job.id] for job in jobs}, jobs


def _alone(operation: Operation) -> Operation:
    return msgspec.structs.replace(operation, after=())


def _left(book: Book, done: Mapping[str, int], lots: Mapping[str, Lot]) -> list[tuple[Order, int]]:
    """What is left of each order in sequence, less what the lots that go on will make."""
    found = []
    for order in book.orders:
        going = sum(lot.quantity for lot in lots.values() if lot.order == order.id)
        count = order.quantity - done.get(order.id, 0) - going
        if count > 0:
            found.append((order, count))
    return found


def _size(waiting: Sequence[tuple[Order, int]], steps: int, batch: int) -> int:
    """How many pieces go on together: as few as can be planned, and whole batches."""
    size = batch
    while sum(math.ceil(count / size) for _, count in waiting) * steps > MOST_OPERATIONS:
        size += batch
        if size >= max(count for _, count in waiting):
            break
    return size


def _in_sequence(jobs: Sequence[Job], lots: Mapping[str, Lot], frozen: set[str], keep_sequence: bool) -> Iterator[Job]:
    """Let the lots of an order begin one after the other; those of all orders where the sequence is to be kept."""
    before: dict[str, str] = {}
    for job in jobs:
        chain = "" if keep_sequence else lots[job.id].order
        first = job.operations[0]
        if first.id.endswith("/1"):
            after = (before[chain],) if chain in before and first.id not in frozen else ()
            before[chain] = first.id
            job = msgspec.structs.replace(
                job, operations=(msgspec.structs.replace(first, after=after), *job.operations[1:])
            )
        yield job


def _horizon_s(shop: Shop, jobs: Sequence[Job]) -> int:
    """Far enough for all work done one after the other, and all that is waited for."""
    work_s = sum(max(choice.duration_s for choice in one.choices) for job in jobs for one in job.operations)
    waits_s = max(
        [0, *(job.release_s for job in jobs), *(one.material_s for job in jobs for one in job.operations)]
    )  # fmt: skip
    return min(14 * 86_400, 4 * work_s // max(1, len(shop.steps)) + waits_s + 86_400)


def _resources(
    shop: Shop, calendar: ShiftCalendar, stops: Sequence[Stop], base_ns: int, now_s: int, horizon_s: int
) -> Iterator[Resource]:
    names = dict.fromkeys(one for step in shop.steps for one in (*step.machines, *step.stand_ins))
    off = list(between_shifts(calendar, base_ns, base_ns + horizon_s * _S))
    for name in names:
        own = [(one.start_ns, one.end_ns) for one in stops if one.machine == name]
        spans = [
            (math.floor((start - base_ns) / _S), math.ceil((end - base_ns) / _S)) for start, end in (*off, *own)
        ]  # fmt: skip
        closed = [Closed(start_s=start, end_s=end) for start, end in joined(spans) if end > now_s]
        yield Resource(id=name, closed=tuple(closed))


def _setups(shop: Shop, families: set[str]) -> Iterator[Setup]:
    for machine in dict.fromkeys(one for step in shop.steps for one in step.machines):
        seconds = round(shop.setup_s.get(machine, 0.0))
        for before in sorted(families) if seconds else ():
            for after in sorted(families):
                if before != after:
                    yield Setup(before=before, after=after, duration_s=seconds, resource=machine)
