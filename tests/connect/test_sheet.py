"""The sheet: what is exported comes back the same, every fault is told with its place, and nothing hostile gets in."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xushi.connectors import INPUT_TYPES, ActionInput, connector_class
from xushi.connectors.mapping import (
    COLUMNS,
    KINDS,
    Machine,
    Mapping,
    Row,
    check,
    read_sheet,
    read_table,
    table,
    to_csv,
    to_xlsx,
)
from xushi.kernel import LANGUAGES, XushiError, message

ENDPOINT = "opc.tcp://h:4840"
_letter = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
_text = st.text(_letter, max_size=30).map(str.strip)
_name = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{1,10}", fullmatch=True)
_number = st.none() | st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 3))

_options = st.dictionaries(
    _name, _text | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.none(), max_size=3
)
_inputs = st.lists(
    st.builds(ActionInput, st.text(_letter, min_size=1, max_size=30), st.sampled_from(INPUT_TYPES), unit=_text),
    max_size=3, unique_by=lambda one: one.name,
).map(tuple)  # fmt: skip


@st.composite
def mappings(draw: Any) -> Mapping:
    rows = []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        rows.append(Row(
            number, f"nsu=urn:x;s={draw(_name)}.{number}", draw(st.sampled_from(["Alpha", "Beta"])),
            f"{draw(_name)}.P{number}", {"en": draw(_text) or "n", "zh-CN": draw(_text) or "名"},
            draw(st.sampled_from(KINDS)), source=draw(_text), unit=draw(_text), low=draw(_number), high=draw(_number),
            is_writable=draw(st.booleans()), is_included=draw(st.booleans()), semantic_id=draw(_text),
            options=draw(_options), inputs=draw(_inputs), inverse=draw(_text),
        ))  # fmt: skip
    machines = {row.machine: Machine(row.machine, {"en": row.machine}) for row in rows}
    return Mapping(machines, tuple(rows))


@pytest.mark.parametrize("write", [to_csv, to_xlsx])
@given(mapping=mappings())
@settings(max_examples=60, deadline=None)
def test_what_is_exported_comes_back_the_same(write: Any, mapping: Mapping) -> None:
    found, faults = read_table(read_sheet(write(table(mapping))), mapping)
    assert faults == []
    assert found == mapping


@given(content=st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_faults_or_a_clear_error(content: bytes) -> None:
    assert _refusal(content) in (None, "connectors.sheet_unreadable")


@given(seed=st.integers(0, 2**32), cut=st.integers(0, 3000))
@settings(max_examples=150, deadline=None)
def test_a_damaged_workbook_is_refused_clearly(seed: int, cut: int) -> None:
    good = bytearray(to_xlsx(table(_two())))
    at = seed % len(good)
    good[at] ^= 1 + seed % 255
    assert _refusal(bytes(good[: max(30, len(good) - cut)])) in (None, "connectors.sheet_unreadable")


def _refusal(content: bytes) -> str | None:
    """The code of the error that a sheet is refused with; None where it is read."""
    try:
        read_table(read_sheet(content), Mapping())
    except XushiError as error:
        return error.code
    return None


def _two() -> Mapping:
    rows = (
        Row(1, "nsu=urn:x;s=A", "Press", "Motor.Speed", {"en": "Speed"}, "double", unit="r/min", low=0.0, high=3000.0),
        Row(2, "nsu=urn:x;s=B", "Press", "State", {"en": "State"}, "enum", labels={"0": "Idle"}),
    )
    return Mapping({"Press": Machine("Press", {"en": "Press"})}, rows)


def test_a_spreadsheet_library_reads_the_workbook_and_what_it_writes_is_read_back() -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(table(_two()))))
    sheet = book.active
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0] == COLUMNS
    assert lines[1][COLUMNS.index("Property")] == "Motor.Speed"
    sheet.cell(2, COLUMNS.index("Unit") + 1, "1/min")
    sheet.cell(2, COLUMNS.index("High") + 1, 4000)
    sheet.cell(3, COLUMNS.index("Include") + 1, "no")
    saved = io.BytesIO()
    book.save(saved)
    mapping, faults = read_table(read_sheet(saved.getvalue()), _two())
    assert faults == []
    assert (mapping.rows[0].unit, mapping.rows[0].high) == ("1/min", 4000.0)
    assert not mapping.rows[1].is_included
    assert mapping.rows[1].labels == {"0": "Idle"}


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\tx", "=1"])
@pytest.mark.parametrize("write", [to_csv, to_xlsx])
def test_no_cell_is_a_formula_for_a_spreadsheet_and_the_text_survives(text: str, write: Any) -> None:
    (first, second) = _two().rows
    row = Row(first.number, first.address, first.machine, first.property, {"en": f"{text}"}, "double", unit="bar")
    mapping = Mapping(_two().machines, (row, second))
    content = write(table(mapping))
    if write is to_xlsx:
        for line in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows():
            assert all(cell.data_type != "f" and not str(cell.value or "").startswith("=") for cell in line)
    else:
        assert f",{text}," not in content.decode("utf-8-sig")
    assert read_table(read_sheet(content), mapping)[0].rows[0].name["en"] == text.strip()


def test_every_fault_is_told_with_row_column_what_and_repair_and_nothing_is_taken() -> None:
    lines = [list(line) for line in table(_two())]
    at = {column: COLUMNS.index(column) for column in COLUMNS}
    lines[1][at["Kind"]] = "numbers"
    lines[1][at["Low"]] = "ten"
    lines[2][at["Writable"]] = "maybe"
    lines[2][at["Property"]] = "1 bad name"
    before = _two()
    mapping, faults = read_table(lines, before)
    opcua = connector_class("opcua")
    faults += check(mapping, ENDPOINT, opcua.form, opcua.place)  # type: ignore[attr-defined]
    places = {(fault.row, fault.column) for fault in faults}
    assert places == {(2, "Kind"), (2, "Low"), (3, "Writable"), (3, "Property")}
    for fault in faults:
        for language in LANGUAGES:
            text = message(fault.code, fault.params, language)
            assert text.what != fault.code
            assert text.next


def test_two_rows_may_not_fill_one_property_nor_a_value_be_a_group() -> None:
    first, second = _two().rows
    same = Mapping(_two().machines, (first, Row(2, second.address, "Press", "Motor.Speed", {"en": "x"}, "int")))
    assert [(fault.row, fault.column) for fault in check(same, ENDPOINT, None, None)] == [(3, "Property")]
    group = Mapping(_two().machines, (first, Row(2, second.address, "Press", "Motor", {"en": "x"}, "int")))
    assert [fault.code for fault in check(group, ENDPOINT, None, None)] == ["connectors.sheet_property_group"]


def test_a_column_that_is_needed_and_missing_is_named() -> None:
    _, faults = read_table([["Address", "Machine", "Kind"], ["a", "b", "double"]], Mapping())
    assert [(fault.row, fault.column) for fault in faults] == [(1, "Property")]


def test_a_bomb_an_entity_and_a_huge_row_number_are_refused() -> None:
    def book(sheet: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", sheet)
        return out.getvalue()

    bomb = book(b"<worksheet><sheetData>" + b" " * (600 << 20) + b"</sheetData></worksheet>")
    entity = book(b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>')
    far = book(b'<worksheet><sheetData><row r="99999999"><c r="A1"><v>1</v></c></row></sheetData></worksheet>')
    wide = book(b'<worksheet><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>')
    for content in (bomb, entity, far, wide):
        with pytest.raises(XushiError) as told:
            list(read_sheet(content))
        assert told.value.code == "connectors.sheet_unreadable"


def test_a_sheet_saved_by_chinese_excel_is_read() -> None:
    text = to_csv(table(_two())).decode("utf-8-sig").replace("Speed", "转速", 1)
    for content in (text.encode("gb18030"), text.encode("utf-16"), text.replace(",", ";").encode("utf-8")):
        lines = list(read_sheet(content))
        assert "转速" in str(lines)
