"""Sizes and colours of the printed report: grey for what is as it should be, colour only for what is not."""

from __future__ import annotations

from xushi.reports._content import Tone

MM = 72 / 25.4
PAGE = (210 * MM, 297 * MM)
MARGIN = 15 * MM
WIDTH = PAGE[0] - 2 * MARGIN
INK = "#16202b"
SOFT = "#5b6773"
LINE = "#d5dbe1"
FAINT = "#f1f4f7"
ACCENT = "#1f5fa8"
ALARM = "#c62828"

# ISA-101: work is calm, waiting is pale, a stop is amber, a failure is red.
TONES: dict[Tone, str] = {"run": "#7f9bb5", "wait": "#dbe3ea", "stop": "#e3a008", "fault": "#c62828", "off": "#f4f6f8"}

TITLE, HEAD, BODY, SMALL, TINY = 20.0, 12.5, 9.0, 8.0, 7.0
