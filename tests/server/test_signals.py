"""Signals of a large plant are read in parts: first, by words, by machine, in order; elements level by level."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from xushi.remote import RemoteError
from xushi.server import _signals
from xushi.signals import Frame, SignalDef, SourceRef
from xushi.testing import Served
from xushi.testing import served as serving

COUNT = 5_200  # more than a page is given at once


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    signals = [
        SignalDef(
            key=f"urn:m{at % 4}:data#Group.V{at}", submodel=f"urn:m{at % 4}:data",
            shell=f"urn:m{at % 4}", path=f"Group.V{at}", name={"en": f"Value {at}", "zh-CN": f"数值 {at}"},
            unit="bar" if at % 2 else "°C",
            source=SourceRef("l", "opc.tcp://h", f"ns=1;s=V{at}", "opcua"),
        )
        for at in range(COUNT)
    ]  # fmt: skip
    with serving(tmp_path_factory.mktemp("data"), signals) as one:
        yield one


def _ask(served: Served, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = served.remote.get("/api/signals", **query)
    return found


def _paths(answer: dict[str, Any]) -> list[str]:
    return [one["path"] for one in answer["signals"]]


def test_without_a_question_every_signal_is_told(served: Served) -> None:
    answer = _ask(served)
    assert (len(answer["signals"]), answer["total"], answer["registered"]) == (COUNT, COUNT, COUNT)


def test_a_page_of_a_large_plant_is_first_given_only_what_the_scene_shows(served: Served) -> None:
    assert _signals.FIRST_MOST < COUNT
    answer = _ask(served, scope="first")
    assert (answer["signals"], answer["registered"]) == ([], COUNT)


def test_every_word_must_occur_and_what_is_named_so_comes_first(served: Served) -> None:
    answer = _ask(served, q="v500", limit=3)
    assert _paths(answer)[0] == "Group.V500"
    assert answer["total"] == 11  # V500, V5000 … V5009
    assert _paths(_ask(served, q="数值 5199")) == ["Group.V5199"]
    assert _paths(_ask(served, q="s=v17 bar")) == [
        f"Group.V{at}" for at in (17, *range(171, 180, 2), *range(1701, 1800, 2))
    ]
    assert _ask(served, q="nowhere")["total"] == 0


def test_the_signals_of_a_machine_are_told_page_by_page(served: Served) -> None:
    first = _ask(served, shell="urn:m1", limit=2)
    assert (_paths(first), first["total"]) == (["Group.V1", "Group.V5"], COUNT // 4)
    assert _paths(_ask(served, submodel="urn:m1:data", offset=2, limit=1)) == ["Group.V9"]
    assert _ask(served, shell="urn:m1", offset=COUNT, limit=5)["signals"] == []


@pytest.mark.parametrize(
    ("sort", "first"), [("name", "Group.V0"), ("owner", "Group.V0"), ("unit", "Group.V1"), ("source", "Group.V0")]
)
def test_the_order_of_a_column_is_natural_and_goes_both_ways(served: Served, sort: str, first: str) -> None:
    up, down = _ask(served, sort=sort), _ask(served, sort=sort, is_down=True)
    assert _paths(up)[0] == first
    assert _paths(down) == _paths(up)[::-1]
    if sort == "name":
        assert _paths(up)[8:12] == ["Group.V8", "Group.V9", "Group.V10", "Group.V11"]


def test_values_order_with_what_has_none_at_the_end_and_bad_ones_can_be_picked(served: Served) -> None:
    now_ns = served.platform.clock.now_ns()
    frame = Frame([7, 8, 9], [now_ns] * 3, np.array([3.0, 1.0, 2.0]).view(np.int64))
    served.push(frame)
    assert _paths(_ask(served, sort="value", limit=3)) == ["Group.V8", "Group.V9", "Group.V7"]
    assert _paths(_ask(served, sort="value", is_down=True, limit=3)) == ["Group.V7", "Group.V9", "Group.V8"]
    assert _ask(served, is_not_good=True)["total"] == COUNT - 3


def test_signals_are_told_by_key_and_handle_and_unknown_ones_left_out(served: Served) -> None:
    answer = served.remote.post(
        "/api/signals/named", {"keys": ["urn:m1:data#Group.V1", "no"], "handles": [3, -1, COUNT]}
    )
    assert _paths(answer) == ["Group.V1", "Group.V3"]


def _elements(served: Served, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = served.remote.request("GET", "/api/elements", query=query)
    return found


def _submodel(served: Served) -> str:
    elements = [{"modelType": "Property", "idShort": f"P{at}", "valueType": "xs:int"} for at in range(450)]
    group = {"modelType": "SubmodelElementCollection", "idShort": "Group", "value": elements}
    things = {"modelType": "SubmodelElementList", "idShort": "Things", "typeValueListElement": "Property",
              "valueTypeListElement": "xs:int",
              "value": [{"modelType": "Property", "valueType": "xs:int"}] * 3}  # fmt: skip
    record = {"modelType": "Submodel", "id": "urn:m0:long", "idShort": "Long", "kind": "Instance",
              "submodelElements": [group, things]}  # fmt: skip
    served.platform.twins.records["submodel"]["urn:m0:long"] = record
    return "urn:m0:long"


def test_elements_are_told_level_by_level_with_their_number_and_path(served: Served) -> None:
    submodel = _submodel(served)
    top = served.remote.get("/api/elements", submodel=submodel)
    assert [(one["path"], one["children"]) for one in top["elements"]] == [("Group", 450), ("Things", 3)]
    page = _elements(served, submodel=submodel, path="Group", offset=400, limit=200)
    assert ([one["path"] for one in page["elements"]][::49], page["offset"], page["total"]) == (
        ["Group.P400", "Group.P449"], 400, 450,
    )  # fmt: skip
    listed = _elements(served, submodel=submodel, path="Things")
    assert [one["path"] for one in listed["elements"]] == ["Things[0]", "Things[1]", "Things[2]"]


def test_the_page_that_leads_to_an_element_is_told(served: Served) -> None:
    submodel = _submodel(served)
    page = _elements(served, submodel=submodel, path="Group", to="Group.P333", limit=100)
    assert (page["offset"], page["elements"][33]["path"]) == (300, "Group.P333")


def test_an_unknown_submodel_or_element_is_refused(served: Served) -> None:
    for query in ({"submodel": "urn:none"}, {"submodel": _submodel(served), "path": "Nothing"}):
        with pytest.raises(RemoteError) as told:
            _elements(served, **query)
        assert told.value.status == 404
