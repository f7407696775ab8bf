"""Exported tables hold every value, open in the programs people use, and carry no formula into them."""

from __future__ import annotations

import csv
import io
import math
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest

from xushi.kernel import ManualClock, XushiError
from xushi.signals import Frame, History, Kind, SignalDef, SignalRegistry, csv_parts

T0 = 1_780_000_000_000_000_000
ALL = (0, 2**62)


@pytest.fixture
def history(tmp_path: Path) -> History:
    registry = SignalRegistry(tmp_path / "signals.sqlite")
    registry.define(
        [
            SignalDef(key="urn:x#Temp", unit="CEL", name={"en": "Oil temperature", "zh-CN": "机油温度"}),
            SignalDef(key="urn:x#Count", kind=Kind.INT, path="Count"),
            SignalDef(key="urn:x#Part", kind=Kind.STRING, name={"en": "=cmd"}),
            SignalDef(key="urn:x#Trace", kind=Kind.ARRAY),
            SignalDef(key="urn:x#On", kind=Kind.BOOL),
            SignalDef(key="urn:x#Made", kind=Kind.TIME),
        ]
    )
    history = History(tmp_path, registry, ManualClock())
    history.append(
        Frame.from_rows(
            registry,
            [
                (0, T0 + 1, -12.5, 0), (0, T0 + 2, math.inf, 0), (0, T0 + 3, None, 0x8031_0000),
                (1, T0, 2**60 + 1, 0), (1, T0 + 1, -7, 0x4090_0000),
                (2, T0, "=HYPERLINK(1)", 0), (2, T0 + 1, "ok, \"fine\"\n", 0), (2, T0 + 2, "@x", 0),
                (3, T0, [1.5, 2], 0), (4, T0, True, 0), (5, T0, T0, 0),
            ],
        )
    )  # fmt: skip
    yield history
    history.close()


def rows_of(data: bytes) -> list[list[str]]:
    assert data.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_csv_file_has_every_value_and_no_formula(history: History) -> None:
    rows = rows_of(b"".join(csv_parts(history, range(6), *ALL, "zh-CN")))
    assert rows[0] == ["time", "signal", "name", "value", "unit", "quality"]
    stamp = "2026-05-28T20:26:40.00000000"
    assert rows[1] == [f"{stamp}1Z", "urn:x#Temp", "机油温度", "-12.5", "°C", "Good"]
    assert [row[3] for row in rows[2:]] == [
        "inf", "", "1152921504606846977", "-7", "'=HYPERLINK(1)", "ok, \"fine\"\n", "'@x", "[1.5,2]", "true",
        f"{stamp}0Z",
    ]  # fmt: skip
    assert rows[3][5] == "BadNoCommunication"
    assert rows[5][5] == "UncertainLastUsableValue"
    assert rows[6][2] == "'=cmd"


def test_an_xlsx_file_has_numbers_as_numbers_and_texts_as_texts(history: History, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    assert history.export_xlsx(path, list(range(6)), *ALL) == 11
    sheet = openpyxl.load_workbook(path).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][1:] == ("urn:x#Temp", "Oil temperature", -12.5, "°C", "Good")
    assert [row[3] for row in rows[2:]] == [
        "inf", None, "1152921504606846977", -7, "=HYPERLINK(1)", "ok, \"fine\"\n", "@x", "[1.5,2]", "true",
        rows[-1][3],
    ]  # fmt: skip
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_full_worksheet_is_followed_by_another(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xushi.signals._table._SHEET_ROWS", 5)
    path = tmp_path / "out.xlsx"
    history.export_xlsx(path, list(range(6)), *ALL)
    book = openpyxl.load_workbook(path)
    assert [sheet.max_row for sheet in book.worksheets] == [5, 5, 4]
    history.export_xlsx(path, [], *ALL)
    assert openpyxl.load_workbook(path).active.max_row == 1


def test_a_parquet_file_keeps_times_and_numbers_exactly(history: History, tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    assert history.export_parquet(path, list(range(6)), *ALL) == 11
    table = pq.read_table(path)
    assert table["time"].cast("int64").to_pylist()[:3] == [T0 + 1, T0 + 2, T0 + 3]
    assert table["value"].to_pylist() == [
        -12.5,
        math.inf,
        None,
        None,
        -7.0,
        None,
        None,
        None,
        None,
        1.0,
        None,
    ]
    assert table["text"].to_pylist()[3] == str(2**60 + 1)
    assert table["text"].to_pylist()[5] == "=HYPERLINK(1)"
    assert table["quality"].to_pylist()[2] == "BadNoCommunication"


def test_without_pyarrow_the_person_is_told_what_to_install(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(XushiError) as refused:
        history.export_parquet(tmp_path / "out.parquet", [0], *ALL)
    assert refused.value.code == "signals.parquet_missing"
    assert "xushi[parquet]" in refused.value.text("zh-CN").next


def test_a_long_export_is_streamed_chunk_by_chunk(tmp_path: Path) -> None:
    registry = SignalRegistry(tmp_path / "signals.sqlite")
    registry.define([SignalDef(key="n")])
    history = History(tmp_path, registry, ManualClock())
    n = 50_000
    history.append(Frame.doubles(np.zeros(n, np.int32), np.arange(n), np.arange(float(n))))
    history.flush()
    parts = list(csv_parts(history, [0], 0, n))
    assert max(map(len, parts)) < sum(map(len, parts)) / 10
    assert [float(row[3]) for row in rows_of(b"".join(parts))[1:]] == list(range(n))
    history.close()
