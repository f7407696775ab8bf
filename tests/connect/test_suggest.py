"""The suggestion: the same found twice is suggested the same, names stay apart, and size is no trouble."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xushi.connectors import FoundNode, connector_class
from xushi.connectors.mapping import check, suggest
from xushi.connectors.mapping._words import free_name, id_short

ENDPOINT = "opc.tcp://h:4840"
_name = st.sampled_from(
    ["Value", "value", "温度", "Motor Speed", "1", "", "Robot", "Telemetry", "a.b", "Pump"]
) | st.text(max_size=8)


@st.composite
def trees(draw: st.DrawFn) -> list[FoundNode]:
    """Folders and values, parents first, with names of every sort."""
    nodes: list[FoundNode] = []
    for number in range(draw(st.integers(1, 25))):
        above = draw(st.sampled_from([None, *(node for node in nodes if not node.is_value)]))
        name = draw(_name)
        nodes.append(FoundNode(
            f"nsu=urn:x;s=N{number}", name, above.address if above else "", (*(above.path if above else ()), name),
            is_value=draw(st.booleans()),
            type=draw(st.sampled_from(["number", "integer", "boolean", "string", "array"])),
            role=draw(st.sampled_from(["", "", "machine", "identification"])), data_type="Double",
        ))  # fmt: skip
    return nodes


@given(nodes=trees())
@settings(max_examples=200, deadline=None)
def test_whatever_was_found_the_suggestion_has_no_fault_and_is_the_same_again(nodes: list[FoundNode]) -> None:
    mapping = suggest(nodes, ENDPOINT)
    assert mapping == suggest(nodes, ENDPOINT)
    opcua = connector_class("opcua")
    assert check(mapping, ENDPOINT, opcua.form, opcua.place) == []  # type: ignore[attr-defined]
    values = {node.address for node in nodes if node.is_value}
    assert {row.address for row in mapping.rows} <= values
    assert all(row.reasons and row.machine in mapping.machines for row in mapping.rows)


def test_thirty_thousand_values_of_one_name_in_one_folder_stay_apart() -> None:
    folder = FoundNode("nsu=urn:x;s=F", "Folder", path=("Folder",))
    values = [
        FoundNode(f"nsu=urn:x;s={n}", "Value", folder.address, ("Folder", "Value"), is_value=True, type="number")
        for n in range(30_000)
    ]
    rows = suggest([folder, *values], ENDPOINT).rows
    assert len({row.property.lower() for row in rows}) == 30_000
    assert (rows[0].property, rows[1].property, rows[-1].property) == ("Value", "Value_2", "Value_30000")


@given(wanted=st.lists(st.sampled_from(["a", "A", "a_2", "a_3", "b"]), max_size=12))
def test_names_stay_apart_whatever_their_capitals_and_numbers(wanted: list[str]) -> None:
    taken: dict[str, int] = {}
    found = [free_name(name, taken) for name in wanted]
    assert len({name.lower() for name in found}) == len(wanted)
    assert all(name.startswith(asked) for name, asked in zip(found, wanted, strict=True))


@given(text=st.text(max_size=200))
def test_any_text_gives_an_id_short(text: str) -> None:
    found = id_short(text)
    assert found[0].isascii()
    assert found[0].isalpha()
    assert 2 <= len(found) <= 100
    assert all(sign.isascii() and (sign.isalnum() or sign == "_") for sign in found)


@pytest.mark.parametrize(
    ("found", "unit", "english", "chinese"),
    [
        ("oil_temperature_c", "°C", "Oil temperature", "油温度"),
        ("speed_rpm", "r/min", "Speed", "速度"),
        ("Speed_m_s", "m/s", "Speed", "速度"),
        ("OvenTemp_degC", "°C", "Oven temp", "烘箱温度"),
        ("SaunaTemp_degC", "°C", "Sauna temp", "SaunaTemp"),
        ("rpm", "", "rpm", "rpm"),
        ("Position_X", "", "Position x", "Position_X"),
    ],
)
def test_a_name_is_shown_without_the_unit_that_stands_beside_it(
    found: str, unit: str, english: str, chinese: str
) -> None:
    node = FoundNode(f"nsu=urn:x;s={found}", found, path=(found,), is_value=True, type="number")
    (row,) = suggest([node], ENDPOINT).rows
    assert (row.unit, row.name) == (unit, {"en": english, "zh-CN": chinese})


def test_a_value_above_which_nothing_is_found_belongs_to_a_machine_named_as_its_server_is() -> None:
    loose = FoundNode("1/Coil/0", "Heating", "", ("Heating",), is_value=True, type="boolean", data_type="bool")
    (machine,) = suggest([loose], "modbus+tcp://192.168.7.12:502").machines.values()
    assert machine.name == {"en": "192.168.7.12", "zh-CN": "192.168.7.12"}
