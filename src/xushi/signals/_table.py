"""Writes out recorded values as a table that other programs open: CSV, XLSX and Parquet, of any length."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

import msgspec
import numpy as np
import xlsxwriter

from xushi.kernel import XushiError, nearest_language
from xushi.signals._frame import Int64s
from xushi.signals._kinds import Kind, decode_value
from xushi.signals._points import Points
from xushi.signals._quality import quality_name
from xushi.signals._registry import SignalDef, SignalRegistry
from xushi.signals._units import unit_display

COLUMNS = ("time", "signal", "name", "value", "unit", "quality")
_SHEET_ROWS = 1_048_576  # the most rows that a worksheet of an XLSX file may have
_BAD = 0x8000_0000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_EXACT_DOUBLE = 2**53  # whole numbers up to here are exact as float64


class PointSource(Protocol):
    """What a table is made from: a history or any timeline."""

    @property
    def registry(self) -> SignalRegistry:
        """What the handles mean."""
        ...

    def pieces(self, handle: int, start_ns: int, end_ns: int) -> Iterator[Points]:
        """Yield the points of a signal in a span piece by piece, in time order."""
        ...


def csv_parts(
    source: PointSource, handles: Sequence[int], start_ns: int, end_ns: int, language: str = "en"
) -> Iterator[bytes]:
    """Yield a CSV file (RFC 4180, UTF-8 with the mark that spreadsheets look for) piece by piece.

    Rows are ordered by signal, then time. A value of Bad quality is an empty field. A text that a
    spreadsheet would take for a formula, because it begins with = + - @, tab or return, is given a leading
    apostrophe, which spreadsheets do not show (OWASP, CSV injection); numbers stay as they are.
    """
    yield "\ufeff".encode() + _csv_lines([COLUMNS])
    for handle in handles:
        definition = source.registry.get(handle)
        key, name, unit = (safe_text(text) for text in _captions(definition, language))
        is_text = definition.kind.is_object
        for piece in source.pieces(handle, start_ns, end_ns):
            values = [safe_text(value) if is_text else value for value in table_values(piece, definition.kind)]
            rows = zip(iso_times(piece.times), values, quality_names(piece), strict=True)
            yield _csv_lines([(time, key, name, value, unit, quality) for time, value, quality in rows])


def export_csv(
    source: PointSource,
    target: Path | str | IO[bytes],
    handles: Sequence[int],
    start_ns: int,
    end_ns: int,
    language: str = "en",
) -> int:
    """Write a CSV file, see `csv_parts`; return its length in bytes."""
    if isinstance(target, Path | str):
        with Path(target).open("wb") as file:
            return export_csv(source, file, handles, start_ns, end_ns, language)
    return sum(target.write(part) for part in csv_parts(source, handles, start_ns, end_ns, language))


def export_xlsx(
    source: PointSource,
    target: Path | str | IO[bytes],
    handles: Sequence[int],
    start_ns: int,
    end_ns: int,
    language: str = "en",
) -> int:
    """Write an XLSX file in constant memory, sheet after sheet, and return the number of values.

    Texts are written as texts: a spreadsheet takes none of them for a formula.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
    count, row, sheet = 0, _SHEET_ROWS, None
    try:
        for handle in handles:
            definition = source.registry.get(handle)
            key, name, unit = _captions(definition, language)
            for piece in source.pieces(handle, start_ns, end_ns):
                values = table_values(piece, definition.kind)
                for time, value, quality in zip(iso_times(piece.times), values, quality_names(piece), strict=True):
                    if row == _SHEET_ROWS or sheet is None:
                        sheet, row = book.add_worksheet(), 1
                        sheet.write_row(0, 0, COLUMNS)
                    sheet.write_row(row, 0, (time, key, name, _cell(value), unit, quality))
                    row += 1
                    count += 1
        if sheet is None:
            book.add_worksheet().write_row(0, 0, COLUMNS)
    finally:
        book.close()
    return count


def export_parquet(
    source: PointSource,
    target: Path | str | IO[bytes],
    handles: Sequence[int],
    start_ns: int,
    end_ns: int,
    language: str = "en",
) -> int:
    """Write a Parquet file and return the number of values.

    Columns as in CSV, with `value` a nullable double; what is no double (texts, arrays as JSON, whole numbers
    beyond 2^53) stands in a further column `text`.

    Raises:
        XushiError: `signals.parquet_missing` when pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise XushiError("signals.parquet_missing") from error
    word = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema(
        [
            ("time", pa.timestamp("ns", tz="UTC")), ("signal", word), ("name", word), ("value", pa.float64()),
            ("text", pa.string()), ("unit", word), ("quality", word),
        ]
    )  # fmt: skip
    count = 0
    with pq.ParquetWriter(str(target) if isinstance(target, Path) else target, schema) as writer:
        for handle in handles:
            definition = source.registry.get(handle)
            captions = _captions(definition, language)
            for piece in source.pieces(handle, start_ns, end_ns):
                n = len(piece)
                key, name, unit = (
                    pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([caption]))
                    for caption in captions
                )
                numbers, texts = _numbers_and_texts(piece, definition.kind)
                columns = [
                    pa.array(piece.times, pa.timestamp("ns", tz="UTC")), key, name,
                    pa.array(numbers, pa.float64(), mask=np.array([number is None for number in numbers])),
                    pa.array(texts, pa.string()), unit, pa.array(quality_names(piece)).dictionary_encode(),
                ]  # fmt: skip
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))
                count += n
    return count


def safe_text(value: Any) -> Any:
    """Return text that no spreadsheet takes for a formula; anything but text is returned as it is."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def iso_times(times_ns: Int64s) -> list[str]:
    """Return the instants as ISO 8601 in UTC, exact to the nanosecond."""
    words: list[str] = np.datetime_as_string(times_ns.view("datetime64[ns]"), unit="ns").tolist()
    return [word + "Z" for word in words]


def quality_names(points: Points) -> list[str]:
    """Return the symbolic name of each quality."""
    names = {quality: quality_name(quality) for quality in np.unique(points.qualities).tolist()}
    return [names[quality] for quality in points.qualities.tolist()]


def table_values(points: Points, kind: Kind) -> list[Any]:
    """Return what stands in the table: numbers, true or false, text, ISO times, JSON arrays; "" where Bad."""
    is_bad = (points.qualities >= _BAD).tolist()
    if kind is Kind.DOUBLE:
        found: list[Any] = points.numbers(kind).tolist()
    elif kind is Kind.TIME:
        found = iso_times(points.bits)
    elif kind is Kind.BOOL:
        found = ["true" if bits else "false" for bits in points.bits.tolist()]
    elif kind is Kind.ARRAY:
        arrays = (decode_value(kind, bits, points.objects) for bits in points.bits.tolist())
        found = ["" if array is None else msgspec.json.encode(array).decode() for array in arrays]
    else:
        found = [decode_value(kind, bits, points.objects) for bits in points.bits.tolist()]
    return ["" if bad or value is None else value for bad, value in zip(is_bad, found, strict=True)]


def _numbers_and_texts(points: Points, kind: Kind) -> tuple[list[float | None], list[str | None]]:
    numbers: list[float | None] = []
    texts: list[str | None] = []
    for bits, quality in zip(points.bits.tolist(), points.qualities.tolist(), strict=True):
        value = None if quality >= _BAD else decode_value(kind, bits, points.objects)
        is_text = kind.is_object or (kind is not Kind.DOUBLE and abs(bits) > _EXACT_DOUBLE)
        if kind is Kind.ARRAY and value is not None:
            value = msgspec.json.encode(value).decode()
        numbers.append(None if value is None or is_text else float(value))
        texts.append(str(value) if value is not None and is_text else None)
    return numbers, texts


def _cell(value: Any) -> Any:
    """Return what a worksheet can hold: it knows neither NaN nor infinity, nor whole numbers beyond 2^53."""
    is_endless = isinstance(value, float) and not math.isfinite(value)
    is_rounded = isinstance(value, int) and abs(value) > _EXACT_DOUBLE
    return str(value) if is_endless or is_rounded else value


def _captions(definition: SignalDef, language: str) -> tuple[str, str, str]:
    name = definition.name.get(nearest_language(language)) or next(iter(definition.name.values()), "")
    return definition.key, name or definition.path, unit_display(definition.unit)


def _csv_lines(rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8")
