"""Writes a report as XLSX: a sheet a section, numbers as numbers with formats and units, and native charts."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from xushi.reports._calendar import zone_of
from xushi.reports._content import (
    Bars,
    CellKind,
    Figure,
    Figures,
    FloorPlan,
    Lanes,
    Picture,
    Report,
    Section,
    Table,
    Trend,
    said,
)
from xushi.reports._pdf_style import LINE, SOFT, TONES
from xushi.reports._texts import local_time, period_text, time_text
from xushi.reports._words import unit_text, word

_CHART_ROWS = 16
_PLAN_PX = (1_000, 500)  # the most that a plan takes
_ROW_PX = 20
_LONGEST_TEXT = 32_000


def write_xlsx(report: Report, language: str) -> bytes:
    """Return the report as an XLSX workbook. Times are local, without a zone, as Excel knows no other."""
    target = io.BytesIO()
    # Values come from machines: none of them may be taken as a formula or a link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    book = xlsxwriter.Workbook(target, options)
    made = local_time(report.made_ns, zone_of(report.zone)).replace(tzinfo=None)
    book.set_properties({"title": said(report.title, language), "author": "Xushi", "created": made})
    writer = _Book(book, language, zone_of(report.zone))
    writer.overview(report)
    for section in report.sections:
        writer.section(section)
    book.close()
    return target.getvalue()


def _number_format(kind: CellKind, digits: int) -> str:
    places = "." + "0" * digits if digits else ""
    return {
        "text": "@", "integer": "#,##0", "number": f"#,##0{places}", "percent": f"0{places}%",
        "time": "yyyy-mm-dd hh:mm:ss", "duration": "[h]:mm:ss",
    }[kind]  # fmt: skip


class _Book:
    """The workbook while it is written; a sheet is filled from the top down."""

    def __init__(self, book: Any, language: str, zone: ZoneInfo) -> None:
        self._book, self._language, self._zone = book, language, zone
        self._formats: dict[tuple[str, bool], Any] = {}
        self._title = book.add_format({"bold": True, "font_size": 16})
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._caption = book.add_format({"bold": True})
        self._note = book.add_format({"font_color": "#5b6773", "text_wrap": False})
        self._names: set[str] = set()

    def overview(self, report: Report) -> None:
        """The first sheet: what, when, and by whom."""
        language = self._language
        sheet = self._sheet(word("overview", language))
        sheet.write_string(0, 0, said(report.title, language), self._title)
        sheet.write_string(1, 0, said(report.subject, language))
        sheet.write_string(2, 0, f"{period_text(report.start_ns, report.end_ns, self._zone, language)}  {report.zone}")
        lines = [word("number", language, id=report.id)]
        lines.append(word("made", language, at=time_text(report.made_ns, self._zone)))
        lines += [f"{said(label, language)} {said(value, language)}" for label, value in report.facts]
        if report.fingerprint:
            lines += [word("key", language, key=report.fingerprint), word("verify", language)]
        for row, line in enumerate(lines, start=4):
            sheet.write_string(row, 0, line[:_LONGEST_TEXT], self._note)
        sheet.set_column(0, 0, 60)

    def section(self, section: Section) -> None:
        """A sheet of its own."""
        sheet = self._sheet(said(section.title, self._language))
        sheet.write_string(0, 0, said(section.title, self._language), self._title)
        row = 1
        if section.note:
            sheet.write_string(row, 0, said(section.note, self._language), self._note)
            row += 1
        row += 1
        widest: dict[int, int] = {}
        for block in section.blocks:
            row = self._block(sheet, row, block, widest) + 1
        for column, width in widest.items():
            sheet.set_column(column, column, min(48, max(10, width + 2)))

    def _block(self, sheet: Any, row: int, block: Any, widest: dict[int, int]) -> int:
        caption = said(block.title, self._language)
        if caption:
            unit = unit_text(getattr(block, "unit", ""), self._language)
            sheet.write_string(row, 0, f"{caption} [{unit}]" if unit else caption, self._caption)
            row += 1
        if isinstance(block, Figures):
            return self._figures(sheet, row, block.figures, widest)
        if isinstance(block, Table):
            return self._table(sheet, row, block, widest)
        if isinstance(block, Lanes):
            return self._lanes(sheet, row, block, widest)
        if isinstance(block, Trend):
            return self._trend(sheet, row, block, widest)
        if isinstance(block, Bars):
            return self._bars(sheet, row, block, widest)
        if isinstance(block, FloorPlan):
            return self._plan(sheet, row, block)
        return self._picture(sheet, row, block)

    def _figures(self, sheet: Any, row: int, figures: tuple[Figure, ...], widest: dict[int, int]) -> int:
        heads = [word(name, self._language) for name in ("figure", "value", "unit", "note")]
        row = self._heads(sheet, row, heads, widest)
        for figure in figures:
            self._write(sheet, row, 0, figure.label, "text", 0, widest)
            self._write(sheet, row, 1, figure.value, figure.kind, figure.digits, widest)
            self._write(sheet, row, 2, unit_text(figure.unit, self._language), "text", 0, widest)
            self._write(sheet, row, 3, figure.note, "text", 0, widest)
            row += 1
        return row

    def _table(self, sheet: Any, row: int, table: Table, widest: dict[int, int]) -> int:
        heads = [
            said(one.title, self._language) + (f" [{unit_text(one.unit, self._language)}]" if one.unit else "")
            for one in table.columns
        ]
        first = row
        row = self._heads(sheet, row, heads, widest)
        for cells in table.rows:
            for column, (about, value) in enumerate(zip(table.columns, cells, strict=True)):
                self._write(sheet, row, column, value, about.kind, about.digits, widest)
            row += 1
        if table.rows:
            sheet.autofilter(first, 0, row - 1, len(heads) - 1)
        if table.total is not None:
            for column, (about, value) in enumerate(zip(table.columns, table.total, strict=True)):
                self._write(sheet, row, column, value, about.kind, about.digits, widest, is_bold=True)
            row += 1
        return row

    def _lanes(self, sheet: Any, row: int, lanes: Lanes, widest: dict[int, int]) -> int:
        heads = [word(name, self._language) for name in ("machine", "state", "start", "end", "duration")]
        first = row
        row = self._heads(sheet, row, heads, widest)
        for lane in lanes.lanes:
            for start_ns, end_ns, state in lane.spans:
                values: list[tuple[Any, CellKind]] = [
                    (lane.label, "text"), (lanes.states[state].label, "text"), (start_ns, "time"), (end_ns, "time"),
                    ((end_ns - start_ns) / 1e9, "duration"),
                ]  # fmt: skip
                for column, (value, kind) in enumerate(values):
                    self._write(sheet, row, column, value, kind, 0, widest)
                row += 1
        if row > first + 1:
            sheet.autofilter(first, 0, row - 1, len(heads) - 1)
        return row

    def _trend(self, sheet: Any, row: int, trend: Trend, widest: dict[int, int]) -> int:
        heads = [word(name, self._language) for name in ("time", "low", "mean", "high")]
        first = self._heads(sheet, row, heads, widest)
        row = first
        for at_ns, *values in zip(trend.starts_ns, trend.low, trend.mean, trend.high, strict=True):
            self._write(sheet, row, 0, at_ns, "time", 0, widest)
            for column, value in enumerate(values, start=1):
                self._write(sheet, row, column, value, "number", 3, widest)
            row += 1
        chart = self._book.add_chart({"type": "scatter", "subtype": "straight"})
        for column, colour in ((1, "#c9d8e6"), (2, "#1f5fa8"), (3, "#c9d8e6")):
            chart.add_series(
                {
                    "name": [sheet.name, first - 1, column],
                    "categories": [sheet.name, first, 0, row - 1, 0],
                    "values": [sheet.name, first, column, row - 1, column],
                    "line": {"color": colour, "width": 1.5},
                }
            )
        chart.set_title({"name": said(trend.title, self._language), "name_font": {"size": 11}})
        chart.set_x_axis({"num_format": "hh:mm", "min": self._serial(trend.starts_ns[0]),
                          "max": self._serial(trend.starts_ns[-1] + trend.step_ns)})  # fmt: skip
        chart.set_y_axis(
            {
                "name": unit_text(trend.unit, self._language),
                "major_gridlines": {"visible": True, "line": {"color": "#d5dbe1"}},
            }
        )
        chart.set_legend({"position": "bottom"})
        sheet.insert_chart(first - 1, 5, chart, {"x_scale": 1.4})
        return max(row, first + _CHART_ROWS)

    def _bars(self, sheet: Any, row: int, bars: Bars, widest: dict[int, int]) -> int:
        heads = [word("label", self._language), *(said(one.label, self._language) for one in bars.series)]
        first = self._heads(sheet, row, heads, widest)
        row = first
        for index, label in enumerate(bars.labels):
            self._write(sheet, row, 0, label, "text", 0, widest)
            for column, series in enumerate(bars.series, start=1):
                self._write(sheet, row, column, series.values[index], "number", bars.digits, widest)
            row += 1
        if bars.labels:
            chart = self._book.add_chart({"type": "column", "subtype": "stacked"})
            for column, series in enumerate(bars.series, start=1):
                chart.add_series(
                    {
                        "name": [sheet.name, first - 1, column],
                        "categories": [sheet.name, first, 0, row - 1, 0],
                        "values": [sheet.name, first, column, row - 1, column],
                        "fill": {"color": TONES[series.tone]},
                    }
                )
            chart.set_title({"name": said(bars.title, self._language), "name_font": {"size": 11}})
            chart.set_y_axis(
                {
                    "name": unit_text(bars.unit, self._language),
                    "major_gridlines": {"visible": True, "line": {"color": "#d5dbe1"}},
                }
            )
            chart.set_legend({"position": "bottom"} if len(bars.series) > 1 else {"none": True})
            sheet.insert_chart(first - 1, len(heads) + 2, chart, {"x_scale": 1.3})
        return max(row, first + _CHART_ROWS)

    def _picture(self, sheet: Any, row: int, picture: Picture) -> int:
        sheet.insert_image(
            row, 0, "picture.png", {"image_data": io.BytesIO(picture.content), "x_scale": 0.5, "y_scale": 0.5}
        )
        return row + 2 * _CHART_ROWS

    def _plan(self, sheet: Any, row: int, plan: FloorPlan) -> int:
        """The floor as shapes, north up, each machine in the colour of its state and with its name and state in it."""
        west, south, east, north = plan.extent()
        scale = min(_PLAN_PX[0] / max(1.0, east - west), _PLAN_PX[1] / max(1.0, north - south))
        for thing in sorted(plan.things, key=lambda one: one.state is not None):
            state = None if thing.state is None else plan.states[thing.state]
            text = "" if state is None else f"{said(thing.label, self._language)}: {said(state.label, self._language)}"
            sheet.insert_textbox(row, 0, text, {
                "x_offset": (thing.west - west) * scale, "y_offset": (north - thing.north) * scale,
                "width": max(4, (thing.east - thing.west) * scale),
                "height": max(4, (thing.north - thing.south) * scale),
                "fill": {"none": True} if state is None else {"color": TONES[state.tone]},
                "line": {"color": LINE if state is None else SOFT, "width": 0.5}, "font": {"size": 7},
            })  # fmt: skip
        return row + round((north - south) * scale / _ROW_PX) + 1

    def _heads(self, sheet: Any, row: int, heads: list[str], widest: dict[int, int]) -> int:
        for column, head in enumerate(heads):
            sheet.write_string(row, column, head, self._head)
            widest[column] = max(widest.get(column, 0), _width(head))
        return row + 1

    def _write(
        self, sheet: Any, row: int, column: int, value: Any, kind: CellKind, digits: int, widest: dict[int, int],
        *, is_bold: bool = False,
    ) -> None:  # fmt: skip
        shape = self._shape(_number_format(kind, digits), is_bold)
        if value is None or value == "" or value == {}:
            sheet.write_blank(row, column, None, shape)
            return
        if isinstance(value, (dict, str)):
            text = said(value, self._language)[:_LONGEST_TEXT]
            sheet.write_string(row, column, text, self._shape("@", is_bold))
            widest[column] = max(widest.get(column, 0), _width(text))
            return
        if kind == "time":
            sheet.write_datetime(row, column, local_time(int(value), self._zone).replace(tzinfo=None), shape)
            widest[column] = max(widest.get(column, 0), 19)
            return
        sheet.write_number(row, column, value / 86_400 if kind == "duration" else value, shape)

    def _shape(self, number_format: str, is_bold: bool) -> Any:
        key = (number_format, is_bold)
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"num_format": number_format, "bold": is_bold})
        return self._formats[key]

    def _serial(self, at_ns: int) -> float:
        """Days since 1899-12-30, as Excel counts."""
        return (local_time(at_ns, self._zone).replace(tzinfo=None) - datetime(1899, 12, 30)).total_seconds() / 86_400  # noqa: DTZ001

    def _sheet(self, title: str) -> Any:
        """A sheet whose name Excel accepts: 31 characters, none of []:*?/\\, and its own."""
        base = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:28] or "Sheet"
        name, number = base, 1
        while name.lower() in self._names:
            number += 1
            name = f"{base} {number}"
        self._names.add(name.lower())
        sheet = self._book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet


def _width(text: str) -> int:
    """Columns a text takes; a Chinese character takes two."""
    return sum(2 if ord(letter) >= 0x2E80 else 1 for letter in text)
