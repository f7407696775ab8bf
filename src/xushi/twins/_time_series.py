"""Reads Time Series Data (IDTA 02008-1-1): what is recorded, and where the records are."""

from __future__ import annotations

import msgspec

from ._elements import Element
from ._environment import Submodel
from ._meaning import means, name_of, named, text_of, texts_of
from ._walk import children

_BASE = "https://admin-shell.io/idta/TimeSeries"
_TIMES = ("UtcTime", "TaiTime", "RelativePointInTime", "RelativeTimeDuration")


class Column(msgspec.Struct, frozen=True):
    """One recorded quantity: its idShort in a record, names by language, XSD type, and whether it is time."""

    id_short: str
    name: dict[str, str]
    value_type: str
    is_time: bool


class Segment(msgspec.Struct, frozen=True):
    """One stretch of records.

    Attributes:
        kind: "internal" (rows are here), "external" (file) or "linked" (endpoint and query).
        start, end, interval, count: as stated, in their lexical form; empty where not stated.
        rows: one dict idShort → lexical value for each record of an internal segment.
    """

    path: str
    kind: str
    name: dict[str, str]
    start: str
    end: str
    interval: str
    count: str
    state: str
    file: str
    endpoint: str
    query: str
    rows: tuple[dict[str, str], ...]


class TimeSeries(msgspec.Struct, frozen=True):
    """What a time-series submodel holds."""

    name: dict[str, str]
    description: dict[str, str]
    columns: tuple[Column, ...]
    segments: tuple[Segment, ...]


def read_time_series(submodel: Submodel) -> TimeSeries:
    """Return the content of a submodel that `topic_of` calls `time_series`."""
    metadata = named(submodel, "Metadata")
    record = named(metadata, "Record")
    segments = named(submodel, "Segments")
    return TimeSeries(
        name=texts_of(named(metadata, "Name")),
        description=texts_of(named(metadata, "Description")),
        columns=tuple(_column(item) for item in (children(record) if record is not None else ())),
        segments=tuple(_segment(item) for item in (children(segments) if segments is not None else ())),
    )


def _column(item: Element) -> Column:
    is_time = means(item, *(f"{_BASE}/{name}/1/1" for name in _TIMES))
    return Column(
        id_short=item.id_short or "",
        name=name_of(item),
        value_type=getattr(item, "value_type", ""),
        is_time=is_time or (item.id_short or "").casefold() in ("time", "timestamp"),
    )


def _segment(item: Element) -> Segment:
    def text(*names: str) -> str:
        return text_of(named(item, *names))

    records = named(item, "Records")
    kind = "internal" if records is not None or _is(item, "Internal") else "linked"
    if kind == "linked" and (named(item, "File", "Blob") is not None or _is(item, "External")):
        kind = "external"
    return Segment(
        path=f"Segments.{item.id_short}" if item.id_short else "Segments",
        kind=kind,
        name=texts_of(named(item, "Name")),
        start=text("StartTime"),
        end=text("EndTime"),
        interval=text("SamplingInterval"),
        count=text("RecordCount"),
        state=text("State"),
        file=text("File"),
        endpoint=text("Endpoint"),
        query=text("Query"),
        rows=tuple(_row(record) for record in (children(records) if records is not None else ())),
    )


def _is(item: Element, kind: str) -> bool:
    return means(item, f"{_BASE}/Segments/{kind}Segment/1/1") or kind.casefold() in (item.id_short or "").casefold()


def _row(record: Element) -> dict[str, str]:
    return {child.id_short or str(index): text_of(child) for index, child in enumerate(children(record))}
