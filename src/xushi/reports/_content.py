"""What a report holds, as plain data: sections of figures, tables, state lanes, trends, bars, pictures, plans.

Whoever gathers a report knows nothing of paper or of spreadsheets, and whoever draws it knows nothing of plants.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

Text: TypeAlias = dict[str, str]
Tone: TypeAlias = Literal["run", "wait", "stop", "fault", "off"]
CellKind: TypeAlias = Literal["text", "integer", "number", "percent", "time", "duration"]


class Figure(msgspec.Struct, frozen=True):
    """One figure that matters. `value` is None where it cannot be told; `note` then says why.

    Attributes:
        kind: `percent` takes a share 0…1, `duration` seconds.
        is_abnormal: shown in the one colour that asks for a look.
    """

    label: Text
    value: float | int | str | None
    unit: str = ""
    kind: CellKind = "number"
    digits: int = 1
    note: Text = {}
    is_abnormal: bool = False


class Figures(msgspec.Struct, frozen=True, tag="figures"):
    """A row of figures."""

    title: Text
    figures: tuple[Figure, ...]


class Column(msgspec.Struct, frozen=True):
    """A column of a table; `share` is its part of the width."""

    title: Text
    kind: CellKind = "text"
    unit: str = ""
    digits: int = 1
    share: float = 1.0


class Table(msgspec.Struct, frozen=True, tag="table"):
    """Rows of cells: a str, a Text, a number, or None. Times are ns since 1970, durations s, percentages 0…1.

    Attributes:
        more: rows that there are besides those given.
        on_paper: so many rows are printed; a spreadsheet has all.
        total: a last row that sums up.
    """

    title: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    more: int = 0
    on_paper: int = 60
    total: tuple[Any, ...] | None = None
    empty: Text = {}


class LaneState(msgspec.Struct, frozen=True):
    """A state that a lane can be in, and how much it asks for attention."""

    label: Text
    tone: Tone


class Lane(msgspec.Struct, frozen=True):
    """One machine's time: (start_ns, end_ns, index of the state), in order, never overlapping."""

    label: Text
    spans: tuple[tuple[int, int, int], ...]


class Lanes(msgspec.Struct, frozen=True, tag="lanes"):
    """States of machines along one time axis."""

    title: Text
    start_ns: int
    end_ns: int
    states: tuple[LaneState, ...]
    lanes: tuple[Lane, ...]


class Trend(msgspec.Struct, frozen=True, tag="trend"):
    """A signal over time in equal steps: mean within min and max; None where nothing was recorded.

    Attributes:
        expected: (low, high) of the signal's expected range, either may be None.
    """

    title: Text
    unit: str
    starts_ns: tuple[int, ...]
    step_ns: int
    low: tuple[float | None, ...]
    mean: tuple[float | None, ...]
    high: tuple[float | None, ...]
    expected: tuple[float | None, float | None] = (None, None)


class Series(msgspec.Struct, frozen=True):
    """One kind of bar."""

    label: Text
    values: tuple[float, ...]
    tone: Tone = "run"


class Bars(msgspec.Struct, frozen=True, tag="bars"):
    """Bars over labels; more than one series is stacked."""

    title: Text
    unit: str
    labels: tuple[Text, ...]
    series: tuple[Series, ...]
    digits: int = 0


class Picture(msgspec.Struct, frozen=True, tag="picture"):
    """A PNG or JPEG picture."""

    title: Text
    content: bytes


class PlanThing(msgspec.Struct, frozen=True):
    """Something that stands on the floor: a rectangle in m, x east and y north.

    Attributes:
        state: index of its state; None for what has none, which is drawn without colour and name.
    """

    label: Text
    west: float
    south: float
    east: float
    north: float
    state: int | None = None


class FloorPlan(msgspec.Struct, frozen=True, tag="floor_plan"):
    """The floor from above, each thing in the colour of its state."""

    title: Text
    states: tuple[LaneState, ...]
    things: tuple[PlanThing, ...]

    def extent(self) -> tuple[float, float, float, float]:
        """West, south, east and north end of all things, in m."""
        return (
            min(thing.west for thing in self.things), min(thing.south for thing in self.things),
            max(thing.east for thing in self.things), max(thing.north for thing in self.things),
        )  # fmt: skip


Block: TypeAlias = Figures | Table | Lanes | Trend | Bars | Picture | FloorPlan


class Section(msgspec.Struct, frozen=True):
    """One chapter. `note` says in a sentence how its figures come about, or why there are none."""

    id: str
    title: Text
    blocks: tuple[Block, ...] = ()
    note: Text = {}


class Report(msgspec.Struct, frozen=True):
    """A whole report: what it is about, the span of time (ns since 1970), and its sections in order.

    Attributes:
        zone: IANA name of the time zone in which all times are shown.
        facts: label and value for the box of particulars, e.g. who asked for it.
    """

    id: str
    title: Text
    subject: Text
    start_ns: int
    end_ns: int
    zone: str
    made_ns: int
    sections: tuple[Section, ...]
    facts: tuple[tuple[Text, Text], ...] = ()
    fingerprint: str = ""


def said(text: Text | str, language: str) -> str:
    """Return a text in a language, in English where it lacks it, else in whatever it has."""
    if isinstance(text, str):
        return text
    return text.get(language) or text.get("en") or next(iter(text.values()), "")
