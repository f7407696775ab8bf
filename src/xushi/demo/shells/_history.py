"""Time Series Data 1.1 (IDTA 02008): what is recorded of a machine, as a segment linked to the platform's history."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from xushi.demo._line_types import Signal, Text
from xushi.twins import Submodel

from ._concepts import Concepts
from ._elements import group, outside, submodel_id, text, texts, words
from ._operational import NAME as OPERATIONAL

NAME = "TimeSeries"
SEMANTIC = "https://admin-shell.io/idta/TimeSeries/1/1"
PLATFORM = "http://127.0.0.1:8600"
_BASE = "https://admin-shell.io/idta/TimeSeries"
_RECORDED = 12


def time_series(machine: str, signals: Sequence[Signal], concepts: Concepts) -> Submodel | None:
    """None for a machine without numbers. The linked segment asks for at most twelve of them, fast sensors first."""
    numbers = [signal for signal in signals if signal.type == "double"]
    chosen = sorted(numbers, key=lambda signal: signal.protocol != "sparkplug")[:_RECORDED]
    if not chosen:
        return None
    name = Text(f"Recorded values of {machine}", f"{machine} 历史数据")
    record = [text("Time", None, f"{_BASE}/UtcTime/1/1", "xs:dateTime")]
    record += [
        text(signal.path.replace(".", "_"), None, concepts.of_signal(signal), "xs:double", signal.name)
        for signal in chosen
    ]
    keys = ",".join(f"{submodel_id(machine, OPERATIONAL)}#{signal.path}" for signal in chosen)
    linked = (
        words("Name", name, f"{_BASE}/Segment/Name/1/1"),
        text("State", "in progress", f"{_BASE}/Segment/State/1/1"),
        text("Endpoint", f"{PLATFORM}/api/timelines/live/export", f"{_BASE}/Endpoint/1/1"),
        text("Query", urlencode({"format": "csv", "signals": keys}), f"{_BASE}/Query/1/1"),
    )
    segment = group("LinkedSegment", linked, f"{_BASE}/Segments/LinkedSegment/1/1")
    elements = (
        group(
            "Metadata",
            (
                words("Name", name, f"{_BASE}/Metadata/Name/1/1"),
                group("Record", record, f"{_BASE}/Record/1/1"),
            ),
            f"{_BASE}/Metadata/1/1",
        ),
        group("Segments", (segment,), f"{_BASE}/Segments/1/1"),
    )
    return Submodel(
        id=submodel_id(machine, NAME), id_short=NAME, semantic_id=outside(SEMANTIC), kind="Instance",
        display_name=texts(Text("Time series", "时序数据")), submodel_elements=elements,
    )  # fmt: skip
