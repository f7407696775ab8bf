"""Draws state lanes, trends and bars into a PDF as vectors."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from reportlab.lib.colors import HexColor
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from xushi.reports._axis import number_marks, number_text, time_marks
from xushi.reports._content import Bars, Lanes, LaneState, Text, Tone, Trend, said
from xushi.reports._fonts import REGULAR, fitted, font_for
from xushi.reports._pdf_style import ACCENT, FAINT, INK, LINE, MM, SMALL, SOFT, TINY, TONES, WIDTH
from xushi.reports._words import unit_text, word

_LONGEST_LABEL = 52 * MM
_ROW = 6.2 * MM


class Chart(Flowable):  # type: ignore[misc]
    """A drawing of the page's width and a height of its own."""

    def __init__(self, height: float, language: str, zone: ZoneInfo, width: float = WIDTH) -> None:
        super().__init__()
        self.width, self.height = width, height
        self.language, self.zone = language, zone

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """The size that is needed."""
        return self.width, self.height

    def text(self, x: float, y: float, text: str, size: float = TINY, colour: str = SOFT, align: str = "l") -> None:
        """Write one line; `align` is l, c or r."""
        canvas: Any = self.canv
        canvas.setFillColor(HexColor(colour))
        canvas.setFont(font_for(text), size)
        {"l": canvas.drawString, "c": canvas.drawCentredString, "r": canvas.drawRightString}[align](x, y, text)

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str = LINE, width: float = 0.5) -> None:
        """Draw a straight line."""
        canvas: Any = self.canv
        canvas.setStrokeColor(HexColor(colour))
        canvas.setLineWidth(width)
        canvas.line(x1, y1, x2, y2)

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fill a rectangle."""
        canvas: Any = self.canv
        canvas.setFillColor(HexColor(colour))
        canvas.rect(x, y, width, height, stroke=0, fill=1)

    def time_axis(self, left: float, bottom: float, top: float, start_ns: int, end_ns: int) -> None:
        """Draw vertical lines and their local times below."""
        scale = (self.width - left) / max(1, end_ns - start_ns)
        for at_ns, text in time_marks(start_ns, end_ns, self.zone):
            x = left + (at_ns - start_ns) * scale
            self.line(x, bottom, x, top)
            edge = "l" if x < left + 10 else "r" if x > self.width - 10 else "c"
            self.text(x, bottom - 9, text, align=edge)

    def legend(self, labels: dict[Tone, list[Text]], x: float) -> None:
        """Draw what the colours of states mean, along the lower edge from `x` on."""
        for tone, texts in labels.items():
            text = " / ".join(said(label, self.language) for label in texts)
            wide = stringWidth(text, font_for(text), TINY) + 20
            if x + wide > self.width:
                break
            self.box(x, 2, 8, 6, TONES[tone])
            self.text(x + 11, 2, text)
            x += wide


def legend_of(states: tuple[LaneState, ...], used: set[int]) -> dict[Tone, list[Text]]:
    """The labels of the states that occur, by their colour."""
    labels: dict[Tone, list[Text]] = {}
    for index, state in enumerate(states):
        if index in used:
            labels.setdefault(state.tone, []).append(state.label)
    return labels


class LanesChart(Chart):
    """One lane a machine, coloured by state, with a legend of the states that occur."""

    def __init__(self, lanes: Lanes, language: str, zone: ZoneInfo) -> None:
        self._legend = legend_of(lanes.states, {index for lane in lanes.lanes for _, _, index in lane.spans})
        self._lanes = lanes
        self._names = [fitted(said(lane.label, language), _LONGEST_LABEL, REGULAR, SMALL) for lane in lanes.lanes]
        self._left = 6 + max((stringWidth(name, REGULAR, SMALL) for name in self._names), default=0.0)
        super().__init__(len(lanes.lanes) * _ROW + 30, language, zone)

    def draw(self) -> None:
        """Draw it."""
        lanes, left = self._lanes, self._left
        bottom, top = 28.0, 28.0 + len(lanes.lanes) * _ROW
        scale = (self.width - left) / max(1, lanes.end_ns - lanes.start_ns)
        for number, lane in enumerate(lanes.lanes):
            y = top - (number + 1) * _ROW
            self.text(0, y + 5.2, self._names[number], SMALL, INK)
            self.box(left, y + 2, self.width - left, _ROW - 4, FAINT)
            for start_ns, end_ns, state in lane.spans:
                x = left + (start_ns - lanes.start_ns) * scale
                wide = max(0.25, (end_ns - start_ns) * scale)
                self.box(x, y + 2, wide, _ROW - 4, TONES[lanes.states[state].tone])
        self.time_axis(left, bottom, top, lanes.start_ns, lanes.end_ns)
        self.legend(self._legend, left)


class TrendChart(Chart):
    """A line of means in a band from minimum to maximum, with the expected range where there is one."""

    def __init__(self, trend: Trend, language: str, zone: ZoneInfo, width: float = WIDTH) -> None:
        self._trend = trend
        super().__init__(36 * MM, language, zone, width)

    def draw(self) -> None:
        """Draw it."""
        trend = self._trend
        left, bottom, top = 13 * MM, 13.0, self.height - 18
        title = said(trend.title, self.language)
        unit = f"  {unit_text(trend.unit, self.language)}" if trend.unit else ""
        self.text(0, self.height - 8, fitted(title + unit, self.width, REGULAR, SMALL), SMALL, INK)
        known = [(low, high) for low, high in zip(trend.low, trend.high, strict=True) if low is not None]
        if not known:
            self.text(left, (bottom + top) / 2, word("no_data", self.language), SMALL)
            return
        lowest, highest = min(low for low, _ in known if low is not None), max(h for _, h in known if h is not None)
        marks = number_marks(lowest, highest, 3)
        start_ns, end_ns = trend.starts_ns[0], trend.starts_ns[-1] + trend.step_ns
        x_scale = (self.width - left) / max(1, end_ns - start_ns)
        y_scale = (top - bottom) / (marks[-1] - marks[0])
        for mark in marks:
            y = bottom + (mark - marks[0]) * y_scale
            self.line(left, y, self.width, y)
            self.text(left - 3, y - 2.4, number_text(mark, marks), align="r")
        self.time_axis(left, bottom, top, start_ns, end_ns)
        for limit in trend.expected:
            if limit is not None and marks[0] <= limit <= marks[-1]:
                y = bottom + (limit - marks[0]) * y_scale
                self.canv.setDash(3, 2)
                self.line(left, y, self.width, y, SOFT, 0.7)
                self.canv.setDash()
        points = [
            (left + (at - start_ns + trend.step_ns / 2) * x_scale, *(
                None if value is None else bottom + (value - marks[0]) * y_scale for value in values
            ))
            for at, *values in zip(trend.starts_ns, trend.low, trend.mean, trend.high, strict=True)
        ]  # fmt: skip
        self._draw_curve(points)

    def _draw_curve(self, points: list[Any]) -> None:
        canvas: Any = self.canv
        for run in _runs(points):
            band = canvas.beginPath()
            band.moveTo(run[0][0], run[0][3])
            for x, _, _, high in run[1:]:
                band.lineTo(x, high)
            for x, low, _, _ in reversed(run):
                band.lineTo(x, low)
            band.close()
            canvas.setFillColor(HexColor("#c9d8e6"))
            canvas.drawPath(band, stroke=0, fill=1)
            curve = canvas.beginPath()
            curve.moveTo(run[0][0], run[0][2])
            for x, _, mean, _ in run[1:]:
                curve.lineTo(x, mean)
            canvas.setStrokeColor(HexColor(ACCENT))
            canvas.setLineWidth(0.9)
            canvas.drawPath(curve, stroke=1, fill=0)


def _runs(points: list[Any]) -> list[list[Any]]:
    """Split a curve where nothing was recorded."""
    runs: list[list[Any]] = [[]]
    for point in points:
        if point[2] is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


class BarsChart(Chart):
    """Standing bars over labels, stacked where there is more than one series."""

    def __init__(self, bars: Bars, language: str, zone: ZoneInfo, width: float = WIDTH) -> None:
        self._bars = bars
        super().__init__(44 * MM, language, zone, width)

    def draw(self) -> None:
        """Draw it."""
        bars = self._bars
        left, bottom, top = 13 * MM, 24.0, self.height - 20
        unit = f"  {unit_text(bars.unit, self.language)}" if bars.unit else ""
        title = said(bars.title, self.language)
        self.text(0, self.height - 8, fitted(title + unit, self.width, REGULAR, SMALL), SMALL, INK)
        totals = [sum(one.values[index] for one in bars.series) for index in range(len(bars.labels))]
        marks = number_marks(0.0, (max(totals, default=0.0) or 1.0) * 1.12, 3)
        scale = (top - bottom) / marks[-1]
        for mark in marks:
            self.line(left, bottom + mark * scale, self.width, bottom + mark * scale)
            self.text(left - 3, bottom + mark * scale - 2.4, number_text(mark, marks), align="r")
        step = (self.width - left) / max(1, len(bars.labels))
        wide = min(step * 0.62, 14 * MM)
        for index, label in enumerate(bars.labels):
            x, y = left + (index + 0.5) * step, bottom
            for series in bars.series:
                tall = series.values[index] * scale
                if tall:  # a box of no height would still be drawn, as a line
                    self.box(x - wide / 2, y, wide, tall, TONES[series.tone])
                y += tall
            if step > 14:
                self.text(x, y + 3, f"{totals[index]:,.{bars.digits}f}", align="c", colour=INK)
            text = fitted(said(label, self.language), step - 2, REGULAR, TINY)
            self.text(x, bottom - 9, text, align="c")
        self._draw_legend(left)

    def _draw_legend(self, left: float) -> None:
        if len(self._bars.series) < 2:
            return
        x = left
        for series in self._bars.series:
            text = said(series.label, self.language)
            from reportlab.pdfbase.pdfmetrics import stringWidth

            self.box(x, 2, 8, 6, TONES[series.tone])
            self.text(x + 11, 2, text)
            x += stringWidth(text, font_for(text), TINY) + 24
