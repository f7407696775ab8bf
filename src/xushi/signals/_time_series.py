"""Serves recorded values as an IDTA Time Series Data submodel (IDTA 02008-1-1), made anew at each request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
import numpy as np

from xushi.signals._frame import Int64s
from xushi.signals._kinds import Kind, decode_value
from xushi.signals._points import Points, merge
from xushi.signals._registry import SignalDef
from xushi.signals._table import PointSource, iso_times

_BASE = "https://admin-shell.io/idta/TimeSeries"
_TYPES = {
    Kind.DOUBLE: "xs:double", Kind.INT: "xs:long", Kind.BOOL: "xs:boolean", Kind.ENUM: "xs:long",
    Kind.TIME: "xs:dateTime", Kind.STRING: "xs:string", Kind.ARRAY: "xs:string",
}  # fmt: skip
MAX_RECORDS = 10_000

Element = dict[str, Any]


def timeseries_submodel(
    submodel_id: str,
    source: PointSource,
    handles: Sequence[int],
    start_ns: int,
    end_ns: int,
    *,
    endpoint: str = "",
    timeline: str = "live",
    max_records: int = 1_000,
    name: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Return the submodel as AAS JSON: Metadata, one InternalSegment, and with `endpoint` one LinkedSegment.

    A record has a time and the values of those signals that have a point at that instant; values of Bad
    quality are left out. The internal segment holds the first `max_records` records of
    start_ns <= time < end_ns; its State says whether that is all. The linked segment names the whole span
    at this platform's own export, as CSV.

    Args:
        endpoint: base address of this platform, as `http://127.0.0.1:8600`.
        timeline: which timeline the linked segment asks.
        max_records: 0 to 10,000.
    """
    definitions = {handle: source.registry.get(handle) for handle in handles}
    columns = _id_shorts(definitions)
    span = (start_ns, end_ns)
    times, lanes = _first_records(source, handles, span, max(0, min(max_records, MAX_RECORDS)))
    is_whole = _is_whole(source, handles, times, end_ns)
    segments = [_internal_segment(definitions, columns, times, lanes, is_whole, span)]
    if endpoint:
        segments.append(_linked_segment(handles, span, endpoint, timeline))
    record = [
        _property("Time", "xs:dateTime", None, f"{_BASE}/UtcTime/1/1"),
        *(_value(definitions[handle], columns[handle], None) for handle in handles),
    ]
    names = name or {"en": "Recorded values", "zh-CN": "记录的数值"}
    metadata = [
        _texts("Name", names, f"{_BASE}/Metadata/Name/1/1"),
        _collection("Record", record, f"{_BASE}/Record/1/1"),
    ]
    return {
        "modelType": "Submodel",
        "id": submodel_id,
        "idShort": "TimeSeries",
        "kind": "Instance",
        "semanticId": _model_reference("Submodel", f"{_BASE}/1/1"),
        "submodelElements": [
            _collection("Metadata", metadata, f"{_BASE}/Metadata/1/1"),
            _collection("Segments", segments, f"{_BASE}/Segments/1/1"),
        ],
    }


def _first_records(
    source: PointSource, handles: Sequence[int], span: tuple[int, int], limit: int
) -> tuple[Int64s, dict[int, Points]]:
    """Return (the first `limit` instants of all, each signal's points at least up to the last of them)."""
    if not limit:
        return np.empty(0, np.int64), {}
    lanes = {handle: _first_points(source.pieces(handle, *span), limit) for handle in handles}
    times = [points.times for points in lanes.values()]
    instants = np.unique(np.concatenate(times))[:limit] if times else np.empty(0, np.int64)
    return instants, lanes


def _first_points(pieces: Iterator[Points], limit: int) -> Points:
    taken: list[Points] = []
    count = 0
    for piece in pieces:
        taken.append(piece)
        count += len(piece)
        if count >= limit:
            break
    return merge(taken).slice(0, limit)


def _is_whole(source: PointSource, handles: Sequence[int], times: Int64s, end_ns: int) -> bool:
    """Whether nothing follows the last record."""
    if not len(times):
        return False
    after = int(times[-1]) + 1
    return all(next(source.pieces(handle, after, end_ns), None) is None for handle in handles)


def _internal_segment(
    definitions: dict[int, SignalDef],
    columns: dict[int, str],
    times: Int64s,
    lanes: dict[int, Points],
    is_whole: bool,
    span: tuple[int, int],
) -> Element:
    stamps = iso_times(times)
    rows: list[list[Element]] = [[_property("Time", "xs:dateTime", stamp, f"{_BASE}/UtcTime/1/1")] for stamp in stamps]
    for handle, points in lanes.items():
        definition = definitions[handle]
        places = np.searchsorted(times, points.times)
        columns_of = zip(
            places.tolist(),
            points.times.tolist(),
            points.bits.tolist(),
            points.qualities.tolist(),
            strict=True,
        )
        for place, time_ns, bits, quality in columns_of:
            if place >= len(times) or times[place] != time_ns or quality >= 0x8000_0000:
                continue
            text = _xs_text(definition.kind, decode_value(definition.kind, bits, points.objects))
            if text is not None:
                rows[place].append(_value(definition, columns[handle], text))
    records = [_collection(f"Record{place:05d}", row, f"{_BASE}/Record/1/1") for place, row in enumerate(rows)]
    # An empty segment says which span was asked for, a filled one which it covers.
    first, last = (int(times[0]), int(times[-1])) if len(times) else span
    details = [
        _property("RecordCount", "xs:long", str(len(records)), f"{_BASE}/Segment/RecordCount/1/1"),
        *_span_details(first, last),
        _property("State", "xs:string", "completed" if is_whole else "in progress", f"{_BASE}/Segment/State/1/1"),
        _collection("Records", records, f"{_BASE}/Records/1/1"),
    ]
    return _collection("InternalSegment", details, f"{_BASE}/Segments/InternalSegment/1/1")


def _linked_segment(handles: Sequence[int], span: tuple[int, int], endpoint: str, timeline: str) -> Element:
    query = urlencode(
        {
            "format": "csv", "signals": ",".join(str(handle) for handle in handles),
            "start_ms": repr(span[0] / 1e6), "end_ms": repr(span[1] / 1e6),
        }
    )  # fmt: skip
    address = f"{endpoint.rstrip('/')}/api/timelines/{timeline}/export"
    details = [
        *_span_details(*span),
        _property("Endpoint", "xs:string", address, f"{_BASE}/Endpoint/1/1"),
        _property("Query", "xs:string", query, f"{_BASE}/Query/1/1"),
    ]
    return _collection("LinkedSegment", details, f"{_BASE}/Segments/LinkedSegment/1/1")


def _span_details(first_ns: int, last_ns: int) -> list[Element]:
    start, end = iso_times(np.array([first_ns, last_ns], np.int64))
    return [
        _property("StartTime", "xs:string", start, f"{_BASE}/Segment/StartTime/1/1"),
        _property("EndTime", "xs:string", end, f"{_BASE}/Segment/EndTime/1/1"),
    ]


def _id_shorts(definitions: dict[int, SignalDef]) -> dict[int, str]:
    """Return for each signal an idShort of its own (AAS metamodel 3.1, constraint AASd-002)."""
    used: set[str] = {"Time"}
    names: dict[int, str] = {}
    for handle, definition in definitions.items():
        path = definition.path or definition.key.rpartition("#")[2]
        plain = re.sub(r"[^A-Za-z0-9]+", "_", path).strip("_")
        if len(plain) < 2 or not plain[0].isalpha():
            plain = "Value_" + plain if plain else "Value"
        name = plain[:120] if plain[:120] not in used else f"{plain[:110]}_{handle}"
        used.add(name)
        names[handle] = name
    return names


def _xs_text(kind: Kind, value: Any) -> str | None:
    """Return the value in its XML Schema form, or None where there is none."""
    if value is None:
        return None
    if kind is Kind.DOUBLE:
        return {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(repr(value), repr(value))
    if kind is Kind.BOOL:
        return "true" if value else "false"
    if kind is Kind.TIME:
        return iso_times(np.array([value], np.int64))[0]
    return msgspec.json.encode(value).decode() if kind is Kind.ARRAY else str(value)


def _value(definition: SignalDef, id_short: str, text: str | None) -> Element:
    return _property(id_short, _TYPES[definition.kind], text, definition.key)


def _property(id_short: str, value_type: str, value: str | None, semantic_id: str) -> Element:
    element: Element = {
        "modelType": "Property", "idShort": id_short, "valueType": value_type,
        "semanticId": _reference(semantic_id),
    }  # fmt: skip
    if value is not None:
        element["value"] = value
    return element


def _texts(id_short: str, texts: dict[str, str], semantic_id: str) -> Element:
    return {
        "modelType": "MultiLanguageProperty", "idShort": id_short, "semanticId": _reference(semantic_id),
        "value": [{"language": language, "text": text} for language, text in texts.items()],
    }  # fmt: skip


def _collection(id_short: str, value: list[Element], semantic_id: str) -> Element:
    element: Element = {
        "modelType": "SubmodelElementCollection", "idShort": id_short, "semanticId": _reference(semantic_id),
    }  # fmt: skip
    if value:  # the metamodel knows no empty list
        element["value"] = value
    return element


def _reference(value: str) -> dict[str, Any]:
    return {"type": "ExternalReference", "keys": [{"type": "GlobalReference", "value": value}]}


def _model_reference(kind: str, value: str) -> dict[str, Any]:
    return {"type": "ModelReference", "keys": [{"type": kind, "value": value}]}
