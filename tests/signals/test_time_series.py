"""Recorded values are served as a valid IDTA Time Series submodel, told apart by its semantic ids."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import aas_core3_1.jsonization as aas_json
import aas_core3_1.verification as aas_verification
import pytest
from samples import IDTA, needs_samples

from xushi.kernel import ManualClock
from xushi.signals import Frame, History, Kind, SignalDef, SignalRegistry, timeseries_submodel

T0 = 1_780_000_000_000_000_000
TEMPLATE = IDTA / "IDTA 02008-1-1-1_Template_TimeSeriesData_forAASMetamodelV3.1.json"


@pytest.fixture
def history(tmp_path: Path) -> History:
    registry = SignalRegistry(tmp_path / "signals.sqlite")
    registry.define(
        [
            SignalDef(key="urn:x#Oil.Temp", path="Oil.Temp", unit="CEL"),
            SignalDef(key="urn:x#Oil_Temp", path="Oil_Temp", kind=Kind.INT),
            SignalDef(key="urn:x#9", path="Parts[9]", kind=Kind.STRING),
            SignalDef(key="urn:x#t", kind=Kind.TIME),
            SignalDef(key="urn:x#b", kind=Kind.BOOL),
            SignalDef(key="urn:x#a", kind=Kind.ARRAY),
        ]
    )
    history = History(tmp_path, registry, ManualClock())
    history.append(
        Frame.from_rows(
            registry,
            [
                (0, T0, 1.5, 0), (0, T0 + 5, -math.inf, 0), (0, T0 + 9, None, 0x8031_0000), (1, T0, 7, 0),
                (2, T0 + 5, "<a & b>", 0), (3, T0, T0, 0), (4, T0, True, 0), (5, T0 + 5, [1, 2.5], 0),
            ],
        )
    )  # fmt: skip
    yield history
    history.close()


def found(element: dict[str, Any], *path: str) -> Any:
    for id_short in path:
        children = element.get("submodelElements", element.get("value", []))
        element = next(child for child in children if child["idShort"] == id_short)
    return element


def semantic_ids(element: Any) -> set[str]:
    if isinstance(element, list):
        return set().union(*map(semantic_ids, element))
    if not isinstance(element, dict):
        return set()
    own = {key["value"] for key in element.get("semanticId", {}).get("keys", [])}
    return own.union(*map(semantic_ids, element.values()))


def test_the_submodel_passes_the_metamodels_own_rules_and_holds_the_records(history: History) -> None:
    submodel = timeseries_submodel("urn:ts", history, range(6), T0, T0 + 100, endpoint="http://127.0.0.1:8600/")
    parsed = aas_json.submodel_from_jsonable(json.loads(json.dumps(submodel)))
    assert list(map(str, aas_verification.verify(parsed))) == []
    segment = found(submodel, "Segments", "InternalSegment")
    assert found(segment, "RecordCount")["value"] == "3"
    assert found(segment, "State")["value"] == "completed"
    first, second, third = found(segment, "Records")["value"]
    assert {field["idShort"]: field["value"] for field in first["value"]} == {
        "Time": "2026-05-28T20:26:40.000000000Z", "Oil_Temp": "1.5", "Oil_Temp_1": "7",
        "Value_t": "2026-05-28T20:26:40.000000000Z", "Value_b": "true",
    }  # fmt: skip
    assert {field["idShort"]: field["value"] for field in second["value"]} == {
        "Time": "2026-05-28T20:26:40.000000005Z", "Oil_Temp": "-INF", "Parts_9": "<a & b>",
        "Value_a": "[1,2.5]",
    }  # fmt: skip
    assert [field["idShort"] for field in third["value"]] == ["Time"]
    linked = found(submodel, "Segments", "LinkedSegment")
    assert found(linked, "Endpoint")["value"] == "http://127.0.0.1:8600/api/timelines/live/export"
    assert "signals=0%2C1%2C2" in found(linked, "Query")["value"]


def test_a_long_span_is_bounded_and_says_so(history: History) -> None:
    submodel = timeseries_submodel("urn:ts", history, range(6), T0, T0 + 100, max_records=1)
    segment = found(submodel, "Segments", "InternalSegment")
    assert len(found(segment, "Records")["value"]) == 1
    assert found(segment, "State")["value"] == "in progress"
    empty = timeseries_submodel("urn:ts", history, range(6), 5, 10)
    assert "value" not in found(empty, "Segments", "InternalSegment", "Records")
    parsed = aas_json.submodel_from_jsonable(json.loads(json.dumps(empty)))
    assert list(map(str, aas_verification.verify(parsed))) == []


@needs_samples
def test_its_semantic_ids_are_those_of_the_published_template(history: History) -> None:
    template = semantic_ids(json.loads(TEMPLATE.read_text("utf-8")))
    submodel = timeseries_submodel("urn:ts", history, [0], T0, T0 + 100, endpoint="http://h")
    ours = {word for word in semantic_ids(submodel) if "admin-shell.io" in word}
    # The template's example counts time from a start; ours are instants (IDTA 02008-1-1, UtcTime).
    assert ours - template == {"https://admin-shell.io/idta/TimeSeries/UtcTime/1/1"}
