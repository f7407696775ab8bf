"""Draws the floor from above into a PDF: each machine in the colour of its state, its name beside it."""

from __future__ import annotations

from typing import NamedTuple
from zoneinfo import ZoneInfo

from reportlab.lib.colors import HexColor
from reportlab.pdfbase.pdfmetrics import stringWidth

from xushi.reports._content import FloorPlan, PlanThing, said
from xushi.reports._fonts import fitted, font_for
from xushi.reports._pdf_charts import Chart, legend_of
from xushi.reports._pdf_style import INK, LINE, MM, SOFT, TINY, TONES, WIDTH

_HIGHEST = 95 * MM
_BELOW = 12.0  # room of the legend
_NAME = TINY + 2.5
_LONGEST_NAME = 32 * MM
_APART = 2.0  # points between two names


class _Rectangle(NamedTuple):
    """Points on the page."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: _Rectangle) -> bool:
        return (
            self.x < other.x + other.width and other.x < self.x + self.width
            and self.y < other.y + other.height and other.y < self.y + self.height
        )  # fmt: skip


class FloorPlanChart(Chart):
    """The floor, north up, to one scale in both directions."""

    def __init__(self, plan: FloorPlan, language: str, zone: ZoneInfo) -> None:
        self._plan = plan
        west, south, east, north = plan.extent()
        wide, high = max(1.0, east - west), max(1.0, north - south)
        self._scale = min((WIDTH - _LONGEST_NAME) / wide, (_HIGHEST - 2 * _NAME) / high)
        self._left = (WIDTH - wide * self._scale) / 2
        self._corner = (west, south)
        super().__init__(high * self._scale + 2 * _NAME + _BELOW, language, zone)

    def draw(self) -> None:
        """Draw it: what has no state first, so that no machine is covered."""
        things = sorted(self._plan.things, key=lambda thing: thing.state is not None)
        for thing in things:
            self._draw_thing(thing)
        taken = [self._rectangle(thing) for thing in things if thing.state is not None]
        for thing in things:
            if thing.state is not None:
                self._draw_name(thing, taken)
        used = {thing.state for thing in things if thing.state is not None}
        self.legend(legend_of(self._plan.states, used), 0)

    def _rectangle(self, thing: PlanThing) -> _Rectangle:
        west, south = self._corner
        return _Rectangle(
            self._left + (thing.west - west) * self._scale, _BELOW + _NAME + (thing.south - south) * self._scale,
            max(1.5, (thing.east - thing.west) * self._scale), max(1.5, (thing.north - thing.south) * self._scale),
        )  # fmt: skip

    def _draw_thing(self, thing: PlanThing) -> None:
        tone = None if thing.state is None else TONES[self._plan.states[thing.state].tone]
        self.canv.setStrokeColor(HexColor(LINE if tone is None else SOFT))
        self.canv.setLineWidth(0.5)
        if tone is not None:
            self.canv.setFillColor(HexColor(tone))
        self.canv.rect(*self._rectangle(thing), stroke=1, fill=int(tone is not None))

    def _draw_name(self, thing: PlanThing, taken: list[_Rectangle]) -> None:
        """Write a name where it covers nothing: below the machine, else above it, else its first word there."""
        name = said(thing.label, self.language)
        own = self._rectangle(thing)
        for text in (name, *name.split()[:1]):
            font = font_for(text)
            text = fitted(text, _LONGEST_NAME, font, TINY)
            wide = stringWidth(text, font, TINY)
            x = min(max(0.0, own.x + own.width / 2 - wide / 2), self.width - wide)
            for y in (own.y - _NAME, own.y + own.height + 1):
                place = _Rectangle(x - _APART, y, wide + 2 * _APART, _NAME - 1)
                if not any(place.meets(other) for other in taken):
                    taken.append(place)
                    self.text(x, y + 2, text, TINY, INK)
                    return
