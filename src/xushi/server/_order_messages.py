"""The JSON messages of orders, their schedule and their material."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Text = dict[str, str]


class OrderInfo(msgspec.Struct, frozen=True):
    """One order of the book, in its sequence; ``done`` pieces of it are made. Times in ms since 1970."""

    id: str
    product: str
    quantity: int
    done: int
    release_ms: float | None
    due_ms: float | None
    priority: int
    customer: str


class OrderedProduct(msgspec.Struct, frozen=True):
    """A product that can be ordered."""

    id: str
    name: Text


class StopInfo(msgspec.Struct, frozen=True):
    """A planned stop of a machine."""

    id: str
    machine: str
    start_ms: float
    end_ms: float
    reason: str


class OrderBook(msgspec.Struct, frozen=True):
    """The order book, the products that can be ordered, the machines of the line and their planned stops.

    ``is_told``: the line's controller takes job orders, and makes those that it was told rather than the book.
    """

    now_ms: float
    orders: list[OrderInfo]
    products: list[OrderedProduct]
    machines: list[str]
    stops: list[StopInfo]
    is_told: bool


class GanttMachine(msgspec.Struct, frozen=True):
    """A machine of the schedule; ``closed`` are the times in which it does not work."""

    id: str
    shell: str | None
    closed: list[tuple[float, float]]


class GanttBar(msgspec.Struct, frozen=True):
    """What an order does on a machine without a break. ``machines`` could do it, ``setup_ms`` lies before it."""

    id: str
    order: str
    machine: str
    start_ms: float
    end_ms: float
    quantity: int
    setup_ms: float
    operations: list[str]
    is_frozen: bool
    machines: list[str]


class GanttOrder(msgspec.Struct, frozen=True):
    """When an order ends by the schedule."""

    id: str
    end_ms: float
    due_ms: float | None


class GanttInfo(msgspec.Struct, frozen=True):
    """The schedule in force. ``value_s`` of the objective; no schedule is better than ``bound_s``; ``gap`` is their share."""  # noqa: E501

    made_ms: float
    made_by: str
    start_ms: float
    end_ms: float
    now_ms: float
    objective: str
    value_s: int
    bound_s: int | None
    gap: float | None
    engine: str
    lot_size: int
    operations: int
    frozen_until_ms: float | None
    machines: list[GanttMachine]
    bars: list[GanttBar]
    orders: list[GanttOrder]


class ScheduleAnswer(msgspec.Struct, frozen=True):
    """The schedule in force; null before one was made."""

    schedule: GanttInfo | None


class MaterialItem(msgspec.Struct, frozen=True):
    """A product or part: gross and net need and what must be ordered, by period; what is left, and ordered already.

    From ``short_ms`` on its supplier, with that capacity, cannot deliver what is needed in time; null where it can.
    """

    id: str
    name: Text
    is_made: bool
    stock: float
    to_come: float
    lead_time_h: float
    lots: str
    capacity_per_day: float | None
    supplier: str
    short_ms: float | None
    gross: list[float]
    net: list[float]
    orders: list[float]
    overdue: float


class MaterialOrder(msgspec.Struct, frozen=True):
    """What must be ordered by when; an overdue one would have had to go out before now."""

    item: str
    name: Text
    quantity: float
    order_ms: float
    arrives_ms: float
    is_overdue: bool


class ReceiptInfo(msgspec.Struct, frozen=True):
    """So many pieces of a material come, or came: somebody stated it."""

    id: str
    material: str
    quantity: float
    at_ms: float
    note: str


class MaterialPlan(msgspec.Struct, frozen=True):
    """Material requirements of the order book, in periods of ``period_h`` from ``now_ms``."""

    now_ms: float
    period_h: float
    periods: int
    items: list[MaterialItem]
    orders: list[MaterialOrder]
    receipts: list[ReceiptInfo]


class ContingencyOption(msgspec.Struct, frozen=True):
    """One way to answer a breakdown, with its figures and their differences to waiting.

    ``steps`` are commands (``command``, ``params``) or what a person does (``text`` by language). ``locks``: how many
    of its futures lock, and who waits for whom; None where none does, and in plans of a version that refused them.
    """

    id: str
    title: Text
    steps: list[dict[str, Any]]
    late_min: dict[str, float | None] | None
    good: dict[str, float | None]
    late_less: dict[str, Any] | None
    good_more: dict[str, Any]
    locks: dict[str, Any] | None = None


class AssumedFigure(msgspec.Struct, frozen=True):
    """A figure that options are made with: stated by a person, as recorded, or as is usually assumed."""

    value: float
    source: Literal["given", "recorded", "assumed"]


class ContingencyInfo(msgspec.Struct, frozen=True):
    """Contingency plans for a machine, ranked, the best first; over once the machine is back.

    ``handled_by``: who said that it is seen to; empty while nobody has. ``minutes``: how long it was supposed to stand;
    ``evidence``: model, seed and span of the records that the futures come from. ``timeline``: ``live``, or the branch
    on which they were rehearsed, from its fork on.
    """

    id: str
    timeline: str
    machine: str
    shell: str | None
    made_ms: float
    at_ms: float
    until_ms: float
    replications: int
    repair_min: dict[str, float | None]
    by: str
    is_live: bool
    over_ms: float | None
    handled_by: str
    minutes: float | None
    assumptions: dict[str, AssumedFigure]
    evidence: dict[str, Any]
    options: list[ContingencyOption]
