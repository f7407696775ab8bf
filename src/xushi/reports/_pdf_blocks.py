"""Turns figures, tables and pictures into what flows over the pages of a PDF."""

from __future__ import annotations

import io
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, Image, Paragraph, Table

from xushi.reports._content import Column, Figure, Figures, Picture, said
from xushi.reports._content import Table as TableBlock
from xushi.reports._fonts import REGULAR, fitted, font_for, marked
from xushi.reports._pdf_style import ALARM, BODY, FAINT, INK, LINE, MM, SMALL, SOFT, TINY, WIDTH
from xushi.reports._texts import cell_text
from xushi.reports._words import unit_text, word

_PER_ROW = 4
_PAD_LEFT, _PAD_RIGHT = 5.0, 3.0
_NUMBERS = ("integer", "number", "percent", "duration")

BASE = ParagraphStyle(
    "base", fontName=REGULAR, fontSize=BODY, leading=BODY * 1.4, textColor=HexColor(INK), wordWrap="CJK"
)
NOTE = ParagraphStyle("note", BASE, fontSize=SMALL, leading=SMALL * 1.4, textColor=HexColor(SOFT))
CELL = ParagraphStyle("cell", BASE, fontSize=SMALL, leading=SMALL * 1.3)
CELL_RIGHT = ParagraphStyle("cell-right", CELL, alignment=TA_RIGHT)
CELL_HEAD = ParagraphStyle("cell-head", CELL, textColor=HexColor(SOFT))
CELL_HEAD_RIGHT = ParagraphStyle("cell-head-right", CELL_HEAD, alignment=TA_RIGHT)


class FigureRow(Flowable):  # type: ignore[misc]
    """Up to four figures side by side, each large with its label above and its note below."""

    def __init__(self, figures: tuple[Figure, ...], language: str, zone: ZoneInfo) -> None:
        super().__init__()
        self._figures, self._language, self._zone = figures, language, zone
        self.width, self.height = WIDTH, 21 * MM

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """The size that is needed."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw it."""
        canvas: Any = self.canv
        gap = 3 * MM
        wide = (WIDTH - gap * (_PER_ROW - 1)) / _PER_ROW
        for index, figure in enumerate(self._figures):
            x = index * (wide + gap)
            canvas.setFillColor(HexColor(FAINT))
            canvas.roundRect(x, 0, wide, self.height - 2 * MM, 2, stroke=0, fill=1)
            if figure.is_abnormal:
                canvas.setFillColor(HexColor(ALARM))
                canvas.rect(x, 0, 2, self.height - 2 * MM, stroke=0, fill=1)
            self._label(x + 8, said(figure.label, self._language), wide - 12)
            value = cell_text(figure.value, figure.kind, figure.digits, self._zone, self._language)
            end = self._line(x + 8, 5.4 * MM, value, 17, ALARM if figure.is_abnormal else INK, wide - 12, is_bold=True)
            self._line(end + 4, 5.4 * MM, unit_text(figure.unit, self._language), SMALL, SOFT, x + wide - end - 8)
            self._line(x + 8, 1.8 * MM, said(figure.note, self._language), TINY, SOFT, wide - 12)

    def _label(self, x: float, text: str, width: float) -> None:
        """Write what the figure is of, on two lines where one is too short."""
        from reportlab.lib.utils import simpleSplit

        first, *rest = simpleSplit(text, font_for(text), SMALL, width) or [""]
        self._line(x, (15.0 if rest else 13.2) * MM, first, SMALL, SOFT, width)
        self._line(x, 11.6 * MM, text.removeprefix(first).strip(), SMALL, SOFT, width)

    def _line(
        self, x: float, y: float, text: str, size: float, colour: str, width: float, *, is_bold: bool = False
    ) -> float:
        from reportlab.pdfbase.pdfmetrics import stringWidth

        canvas: Any = self.canv
        font = font_for(text, is_bold=is_bold)
        while is_bold and size > SMALL and stringWidth(text, font, size) > width:
            size -= 1
        text = fitted(text, max(4.0, width), font, size)
        canvas.setFillColor(HexColor(colour))
        canvas.setFont(font, size)
        canvas.drawString(x, y, text)
        return float(x + stringWidth(text, font, size))


def figure_rows(block: Figures, language: str, zone: ZoneInfo) -> list[Flowable]:
    """The figures, four a row."""
    figures = block.figures
    return [FigureRow(figures[index : index + _PER_ROW], language, zone) for index in range(0, len(figures), _PER_ROW)]


def table_flow(block: TableBlock, language: str, zone: ZoneInfo) -> list[Flowable]:
    """A table with its head repeated on every page; a long one is cut and says so."""
    if not block.rows:
        return [Paragraph(marked(said(block.empty, language) or word("no_data", language)), NOTE)]
    rows = [[_head(column, language) for column in block.columns]]
    rows += [_row(block.columns, row, language, zone) for row in block.rows[: block.on_paper]]
    if block.total is not None:
        rows.append(_row(block.columns, block.total, language, zone, is_bold=True))
    widths = _widths(block.columns, language)
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, HexColor(SOFT)),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, HexColor(LINE)),
        ("LEFTPADDING", (0, 0), (-1, -1), _PAD_LEFT),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PAD_RIGHT),
        ("TOPPADDING", (0, 0), (-1, -1), 2.2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.8),
    ]
    if block.total is not None:
        style.append(("LINEABOVE", (0, -1), (-1, -1), 0.8, HexColor(SOFT)))
    flow: list[Flowable] = [Table(rows, colWidths=widths, repeatRows=1, style=style)]
    more = block.more + max(0, len(block.rows) - block.on_paper)
    if more:
        flow.append(Paragraph(marked(word("more", language, count=more)), NOTE))
    return flow


def _widths(columns: tuple[Column, ...], language: str) -> list[float]:
    """The width of each column in points: its share, but no word of a head is broken where the page has room for it."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    least = [
        max((stringWidth(part, REGULAR, SMALL) for part in _unbroken(column, language)), default=0.0)
        + _PAD_LEFT + _PAD_RIGHT + 0.5
        for column in columns
    ]  # fmt: skip
    shares = [column.share for column in columns]
    widths = [WIDTH * share / sum(shares) for share in shares]
    lacking = sum(max(0.0, need - width) for need, width in zip(least, widths, strict=True))
    spare = sum(max(0.0, width - need) for need, width in zip(least, widths, strict=True))
    if lacking > spare:
        return widths
    taken = lacking / spare if spare else 0.0
    return [need if width < need else width - taken * (width - need) for need, width in zip(least, widths, strict=True)]


def _unbroken(column: Column, language: str) -> list[str]:
    """The parts of a head between which a line may end; Chinese may end a line anywhere."""
    words = said(column.title, language).split()
    return [part for part in words if not _is_chinese(part)] + [f"[{unit_text(column.unit, language)}]"] * bool(
        column.unit
    )


def _head(column: Column, language: str) -> Paragraph:
    text = marked(said(column.title, language)) + (
        f"<br/>{marked(f'[{unit_text(column.unit, language)}]')}" if column.unit else ""
    )
    return Paragraph(text, _wrapped(CELL_HEAD_RIGHT if column.kind in _NUMBERS else CELL_HEAD, text))


@cache
def _words_kept(style: ParagraphStyle) -> ParagraphStyle:
    return ParagraphStyle(f"{style.name}-words", style, wordWrap=None)


def _wrapped(style: ParagraphStyle, text: str) -> ParagraphStyle:
    """Chinese breaks between any two characters; in other scripts words stay whole."""
    return style if _is_chinese(text) else _words_kept(style)


def _is_chinese(text: str) -> bool:
    return any(ord(letter) >= 0x2E80 for letter in text)


def _row(
    columns: tuple[Column, ...], row: tuple[Any, ...], language: str, zone: ZoneInfo, *, is_bold: bool = False
) -> list[Paragraph]:
    cells = []
    for column, value in zip(columns, row, strict=True):
        text = cell_text(value, column.kind, column.digits, zone, language)
        style = CELL_RIGHT if column.kind in _NUMBERS else CELL
        cells.append(Paragraph(marked(text, is_bold=is_bold), _wrapped(style, text)))
    return cells


def picture_flow(block: Picture) -> list[Flowable]:
    """A picture of the page's width, not higher than a third of a page."""
    reader = ImageReader(io.BytesIO(block.content))
    wide, high = reader.getSize()
    scale = min(WIDTH / wide, 95 * MM / high)
    return [Image(io.BytesIO(block.content), wide * scale, high * scale)]
