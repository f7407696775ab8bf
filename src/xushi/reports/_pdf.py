"""Writes a report as PDF: A4 pages with a head, sections, vector charts, embedded fonts and page numbers."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from xushi.reports._calendar import zone_of
from xushi.reports._content import Bars, Block, Figures, FloorPlan, Lanes, Report, Section, Table, Trend, said
from xushi.reports._fonts import REGULAR, fitted, font_for, marked, register_fonts
from xushi.reports._pdf_style import ACCENT, HEAD, INK, LINE, MARGIN, MM, PAGE, SMALL, SOFT, TINY, TITLE, WIDTH
from xushi.reports._texts import period_text, time_text
from xushi.reports._words import word

_FOOT = 16 * MM


def write_pdf(report: Report, language: str, tell: Callable[[float], None] = lambda share: None) -> bytes:
    """Return the report as a PDF 1.4 file; equal reports give equal bytes.

    Args:
        tell: called with the share done, 0…1; an exception it raises stops the work.

    Raises:
        XushiError: `reports.writer_missing` where the extra `report` is not installed.
    """
    register_fonts()
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    zone = zone_of(report.zone)
    target = io.BytesIO()
    document = BaseDocTemplate(
        target, pagesize=PAGE, title=said(report.title, language), author="Xushi",
        subject=said(report.subject, language),
        creator="Xushi", lang=language, invariant=1, initialFontName=REGULAR, pageCompression=1,
    )  # fmt: skip
    first = Frame(MARGIN, _FOOT, WIDTH, PAGE[1] - _FOOT - 50 * MM, 0, 0, 0, 0, id="first")
    later = Frame(MARGIN, _FOOT, WIDTH, PAGE[1] - _FOOT - 20 * MM, 0, 0, 0, 0, id="later")
    pages = _Pages(report, language, zone)
    document.addPageTemplates(
        [
            PageTemplate("first", [first], onPage=pages.draw_first, autoNextPageTemplate="later"),
            PageTemplate("later", [later], onPage=pages.draw_later),
        ]
    )
    story: list[Any] = []
    for number, section in enumerate(report.sections):
        tell(0.5 * number / max(1, len(report.sections)))
        story += _section_flow(section, language, zone)
    document.build(story, canvasmaker=_numbered(pages))
    tell(1.0)
    return target.getvalue()


def _section_flow(section: Section, language: str, zone: ZoneInfo) -> list[Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import CondPageBreak, KeepTogether, Paragraph, Spacer

    from xushi.reports._pdf_blocks import BASE, NOTE

    head = ParagraphStyle("head", BASE, fontSize=HEAD, leading=HEAD * 1.35, spaceBefore=7, spaceAfter=2)
    sub = ParagraphStyle("sub", BASE, fontSize=SMALL, leading=SMALL * 1.5, textColor=HexColor(INK), spaceBefore=3)
    title = Paragraph(marked(said(section.title, language), is_bold=True), head)
    note = [Paragraph(marked(said(section.note, language)), NOTE)] if section.note else []
    flow: list[Any] = [CondPageBreak(38 * MM), title, *note, Spacer(0, 3)]
    for place, block in enumerate(section.blocks):
        drawn = _block_flow(block, language, zone)
        caption = said(block.title, language)
        if caption and isinstance(block, Table | Lanes | Figures):
            drawn = [Paragraph(marked(caption), sub), *drawn]
        if place == 0 and not isinstance(block, Table):
            flow[1:] = [KeepTogether([*flow[1:], *drawn])]
        elif isinstance(block, Table):
            flow += drawn
        else:
            flow.append(KeepTogether(drawn))
        flow.append(Spacer(0, 5))
    return flow


def _block_flow(block: Block, language: str, zone: ZoneInfo) -> list[Any]:
    from xushi.reports._pdf_blocks import figure_rows, picture_flow, table_flow
    from xushi.reports._pdf_charts import BarsChart, LanesChart, TrendChart
    from xushi.reports._pdf_plan import FloorPlanChart

    if isinstance(block, Figures):
        return list(figure_rows(block, language, zone))
    if isinstance(block, Table):
        return list(table_flow(block, language, zone))
    if isinstance(block, Lanes):
        return [LanesChart(block, language, zone)]
    if isinstance(block, Trend):
        return [TrendChart(block, language, zone)]
    if isinstance(block, Bars):
        return [BarsChart(block, language, zone)]
    if isinstance(block, FloorPlan):
        return [FloorPlanChart(block, language, zone)]
    return list(picture_flow(block))


class _Pages:
    """Draws what is the same on every page: head, foot, page number."""

    def __init__(self, report: Report, language: str, zone: ZoneInfo) -> None:
        self._report, self._language, self._zone = report, language, zone

    def draw_first(self, canvas: Any, document: Any) -> None:
        """The title page's head: title, subject, time, particulars."""
        report, language = self._report, self._language
        top = PAGE[1] - 15 * MM
        canvas.bookmarkPage("top")
        self._rule(canvas, top + 4 * MM, ACCENT, 2.2)
        title = said(report.title, language)
        self._text(canvas, MARGIN, top - 6 * MM, title, TITLE, INK, WIDTH, is_bold=True)
        self._text(canvas, MARGIN, top - 13 * MM, said(report.subject, language), HEAD, SOFT, WIDTH)
        period = period_text(report.start_ns, report.end_ns, self._zone, language)
        self._text(canvas, MARGIN, top - 19.5 * MM, f"{period}   {report.zone}", 10, INK, WIDTH)
        facts = "   ·   ".join(f"{said(label, language)} {said(value, language)}" for label, value in report.facts)
        self._text(canvas, MARGIN, top - 25.5 * MM, facts, SMALL, SOFT, WIDTH)
        self._rule(canvas, top - 29 * MM, LINE, 0.8)

    def draw_later(self, canvas: Any, document: Any) -> None:
        """The small head of the other pages."""
        report, language = self._report, self._language
        y = PAGE[1] - 13 * MM
        period = period_text(report.start_ns, report.end_ns, self._zone, language)
        text = f"{said(report.title, language)}   ·   {said(report.subject, language)}   ·   {period}"
        self._text(canvas, MARGIN, y, text, SMALL, SOFT, WIDTH)
        self._rule(canvas, y - 2.5 * MM, LINE, 0.8)

    def draw_foot(self, canvas: Any, page: int, pages: int) -> None:
        """Number, maker, key and page."""
        report, language = self._report, self._language
        self._rule(canvas, 12.5 * MM, LINE, 0.8)
        made = word("made", language, at=time_text(report.made_ns, self._zone))
        left = f"{word('number', language, id=report.id)}   ·   {made}   ·   Xushi"
        self._text(canvas, MARGIN, 9 * MM, left, TINY, SOFT, WIDTH * 0.8)
        if report.fingerprint:
            short = report.fingerprint[:19] + " …"
            key = f"{word('key', language, key=short)}   ·   {word('verify', language)}"
            self._text(canvas, MARGIN, 5.8 * MM, key, TINY, SOFT, WIDTH * 0.8)
        canvas.setFont(REGULAR, TINY)
        canvas.drawRightString(PAGE[0] - MARGIN, 9 * MM, word("page", language, page=page, pages=pages))

    def _rule(self, canvas: Any, y: float, colour: str, width: float) -> None:
        from reportlab.lib.colors import HexColor

        canvas.setStrokeColor(HexColor(colour))
        canvas.setLineWidth(width)
        canvas.line(MARGIN, y, PAGE[0] - MARGIN, y)

    def _text(
        self,
        canvas: Any,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: str,
        width: float,
        *,
        is_bold: bool = False,
    ) -> None:
        from reportlab.lib.colors import HexColor

        font = font_for(text, is_bold=is_bold)
        canvas.setFillColor(HexColor(colour))
        canvas.setFont(font, size)
        canvas.drawString(x, y, fitted(text, width, font, size))


def _numbered(pages: _Pages) -> type[Any]:
    """A canvas that writes "page 2 of 6" once it knows that there are six."""
    from reportlab.pdfgen.canvas import Canvas

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **{**options, "initialFontName": REGULAR})
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, state in enumerate(self._kept, start=1):
                self.__dict__.update(state)
                pages.draw_foot(self, number, len(self._kept))
                super().showPage()
            super().save()

    return Numbered
