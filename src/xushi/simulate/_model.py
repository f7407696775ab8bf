"""The model of a plant as data: what flows, over which machines, buffers and vehicles, and what interrupts it.

All times are seconds, lengths metres, powers kilowatts. The same structs are JSON (`read_model`, `write_model`).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from xushi.kernel import XushiError

from ._distributions import Constant, Distribution


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The base of every part of a model: frozen, and strict about the names of fields."""


class Product(_Data, frozen=True, kw_only=True):
    """A kind of part. In a buffer of discipline `priority` the higher number goes first."""

    id: str
    priority: int = 0


class Route(_Data, frozen=True, kw_only=True):
    """Where a finished part goes: a buffer or a sink.

    Among the routes that accept the part's product one is drawn in proportion to `share` (rework, scrap, splits).
    """

    to: str
    share: float = 1.0
    product: str | None = None


class Order(_Data, frozen=True, kw_only=True):
    """So many parts of a product, released at an instant and due at another (seconds from the start)."""

    id: str
    product: str
    quantity: int
    release_s: float = 0.0
    due_s: float | None = None


class Source(_Data, frozen=True, kw_only=True):
    """Brings parts into the plant: at random intervals, or order by order from an order book.

    Attributes:
        to: where the parts go.
        interval: time between arrivals; absent where `orders` are given.
        products: kinds of part with their shares of the arrivals.
        quantity: parts that arrive at once.
        when_full: `wait` holds the next arrival back, `lose` sends it away.
        orders: released one after the other, in this sequence.
        calendar: when arrivals come; always, where absent.
    """

    id: str
    to: tuple[Route, ...]
    interval: Distribution | None = None
    products: dict[str, float] = {}
    quantity: int = 1
    when_full: Literal["wait", "lose"] = "wait"
    orders: tuple[Order, ...] = ()
    calendar: str | None = None


class Buffer(_Data, frozen=True, kw_only=True):
    """Where parts wait. Capacity 0 hands over directly, None holds any number."""

    id: str
    capacity: int | None = None
    discipline: Literal["fifo", "priority"] = "fifo"


class Sink(_Data, frozen=True, kw_only=True):
    """Where parts leave; a sink of scrap is not good."""

    id: str
    is_good: bool = True


class Input(_Data, frozen=True, kw_only=True):
    """Parts that an operation takes from a buffer: exactly `quantity`, or a batch from that many up to `up_to`."""

    buffer: str
    quantity: int = 1
    up_to: int | None = None
    product: str | None = None


class Make(_Data, frozen=True, kw_only=True):
    """Parts that come out of an operation in place of those that went in: assembly and disassembly.

    Without a product they are of that of the first part taken.
    """

    product: str | None = None
    quantity: int = 1
    to: tuple[Route, ...] = ()


class Operation(_Data, frozen=True, kw_only=True):
    """One thing a machine can do. It starts when all inputs are there, and takes them at once.

    Attributes:
        inputs: nothing is taken from a buffer where empty: the machine never starves.
        duration: for the whole operation, whatever the number of parts.
        durations: in place of `duration` for these products (of the first part taken).
        to: routes of the parts that come out. The parts that went in come out again (a batch of n as n parts),
            unless `makes` says otherwise.
        makes: with one `Make` of quantity 1 an assembly; with more a disassembly. A made part without routes of its
            own takes `to`. The first part taken lends it order and age.
        product: of a part made from nothing, where `inputs` is empty.
        begins: the first part taken begins its life here: its age counts from now (material that becomes a workpiece).
    """

    duration: Distribution
    to: tuple[Route, ...] = ()
    inputs: tuple[Input, ...] = ()
    durations: dict[str, Distribution] = {}
    makes: tuple[Make, ...] = ()
    product: str | None = None
    begins: bool = False


class Failure(_Data, frozen=True, kw_only=True):
    """What stops a machine, and how long.

    Attributes:
        counts: what the time to failure counts: `busy` seconds of processing (operation-dependent), `time` (clock time
            from the end of the last repair; a failure that falls into another stop follows it), or `parts`
            (tool change, cleaning after so many parts).
        after: the time to failure in seconds, or the number of parts.
        repair: how long the repair takes once it begins.
        crew: whose hands it needs; none where absent.
        evidence: how many observed failures the scale of `after` is known from. Each replication then draws a scale of
            its own, so that what is not known about it is in the spread of the results; known exactly where absent.
    """

    id: str
    after: Distribution
    repair: Distribution
    counts: Literal["busy", "time", "parts"] = "busy"
    crew: str | None = None
    evidence: float | None = None


class Setup(_Data, frozen=True, kw_only=True):
    """The change from one product to another; None stands for any. The first that fits counts."""

    duration: Distribution
    before: str | None = None
    after: str | None = None


class Power(_Data, frozen=True, kw_only=True):
    """Electric power by state, in kW."""

    busy_kw: float = 0.0
    idle_kw: float = 0.0
    setup_kw: float = 0.0
    blocked_kw: float = 0.0
    down_kw: float = 0.0
    off_kw: float = 0.0


class Machine(_Data, frozen=True, kw_only=True):
    """A machine, or `count` equal ones beside each other (`M-1`, `M-2`, … in results).

    It tries its operations in their order and starts the first it can. A finished part stays on the machine until
    there is room for it (blocking after service). A part under a failure or beyond the end of a shift waits on the
    machine and is then finished.
    """

    id: str
    operations: tuple[Operation, ...]
    count: int = 1
    failures: tuple[Failure, ...] = ()
    setups: tuple[Setup, ...] = ()
    calendar: str | None = None
    repair_priority: int = 0
    power: Power = Power()


class Crew(_Data, frozen=True, kw_only=True):
    """So many people who repair, one machine each; higher `repair_priority` first, then first come."""

    id: str
    count: int = 1
    calendar: str | None = None


class Calendar(_Data, frozen=True, kw_only=True):
    """Working times as a repeating pattern.

    Attributes:
        period_s: a day (86,400) or a week (604,800), usually.
        working_s: from-to pairs within the period, ascending.
        offset_s: where in the period the simulation starts.
    """

    id: str
    period_s: float
    working_s: tuple[tuple[float, float], ...]
    offset_s: float = 0.0


class Road(_Data, frozen=True, kw_only=True):
    """A stretch from one point to another, one way.

    Roads of the same `zone` share its capacity: name both directions of a single track alike, or a crossing. One that
    is not open is on the map, but nobody drives on it. `delay_s` is lost on it at any speed (a bend, a gate).
    """

    start: str
    end: str
    length_m: float
    zone: str | None = None
    id: str | None = None
    is_open: bool = True
    delay_s: float = 0.0

    @property
    def name(self) -> str:
        """What people call it: its own id, or both points."""
        return self.id or f"{self.start}-{self.end}"


class Zone(_Data, frozen=True, kw_only=True):
    """A part of the road network that holds only so many vehicles at a time."""

    id: str
    capacity: int = 1


class Fleet(_Data, frozen=True, kw_only=True):
    """Vehicles of one kind, each for one part: speed on every road, points where they stand at the start."""

    id: str
    count: int
    speed_m_s: float
    home: tuple[str, ...]
    busy_kw: float = 0.0
    idle_kw: float = 0.0


class Transport(_Data, frozen=True, kw_only=True):
    """A task of a fleet: parts from one buffer to another, over the shortest way between two points.

    The place in the destination is reserved before the vehicle sets out, so no loaded vehicle waits at a full buffer.
    """

    id: str
    fleet: str
    source: str
    destination: str
    start: str
    end: str
    load: Distribution = Constant(0.0)
    unload: Distribution = Constant(0.0)
    priority: int = 0


class Model(_Data, frozen=True, kw_only=True):
    """A plant to simulate. Ids are unique over all its elements."""

    name: str
    products: tuple[Product, ...] = (Product(id="part"),)
    sources: tuple[Source, ...] = ()
    machines: tuple[Machine, ...] = ()
    buffers: tuple[Buffer, ...] = ()
    sinks: tuple[Sink, ...] = ()
    crews: tuple[Crew, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    roads: tuple[Road, ...] = ()
    zones: tuple[Zone, ...] = ()
    fleets: tuple[Fleet, ...] = ()
    transports: tuple[Transport, ...] = ()


# Whatever has an id.
Element: TypeAlias = Product | Source | Order | Machine | Buffer | Sink | Crew | Calendar | Zone | Fleet | Transport


def unit_names(machine: Machine) -> list[str]:
    """Return how results call a machine, or each of several equal ones."""
    if machine.count == 1:
        return [machine.id]
    return [f"{machine.id}-{number}" for number in range(1, machine.count + 1)]


def read_model(text: bytes | str) -> Model:
    """Read a model from JSON.

    Raises:
        XushiError: `simulate.model_invalid`, with the path of the wrong field.
    """
    try:
        return msgspec.json.decode(text, type=Model)
    except msgspec.DecodeError as error:
        raise XushiError("simulate.model_invalid", reason=str(error)) from None


def write_model(model: Model) -> bytes:
    """Return the model as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(model), indent=2)
