"""Gives the PDF its fonts: Noto Sans SC, in the package, of which each file embeds only the characters it uses."""

from __future__ import annotations

import importlib.resources
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from xushi.kernel import XushiError

REGULAR = "NotoSansSC"
BOLD = "NotoSansSC-Bold"


@cache
def register_fonts() -> None:
    """Make both weights known to reportlab; done once a process.

    Raises:
        XushiError: `reports.writer_missing` where the extra `report` is not installed.
    """
    try:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont
    except ImportError as error:
        raise XushiError("reports.writer_missing") from error
    folder = importlib.resources.files("xushi.reports") / "fonts"
    for name, file in ((REGULAR, "NotoSansSC-Regular.ttf"), (BOLD, "NotoSansSC-Bold.ttf")):
        with importlib.resources.as_file(folder / file) as path:
            pdfmetrics.registerFont(TTFont(name, str(path)))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


@cache
def _known(font: str) -> frozenset[int]:
    from reportlab.pdfbase import pdfmetrics

    face: Any = pdfmetrics.getFont(font).face
    return frozenset(face.charToGlyph)


def font_for(text: str, *, is_bold: bool = False) -> str:
    """The bold font where it has every character of the text, else the regular one, which has the rare ones too."""
    return BOLD if is_bold and all(ord(letter) in _known(BOLD) for letter in text) else REGULAR


def shown(text: str) -> str:
    """The text with a white box in place of what no font of ours has."""
    known = _known(REGULAR)
    return "".join(letter if ord(letter) in known or letter == "\n" else "\u25a1" for letter in text)


def marked(text: str, *, is_bold: bool = False) -> str:
    """The text as reportlab's paragraph mark-up, nothing of it taken as mark-up."""
    plain = escape(shown(text))
    return f'<font name="{font_for(text, is_bold=True)}">{plain}</font>' if is_bold else plain


def fitted(text: str, width: float, font: str, size: float) -> str:
    """The text cut to a width, with an ellipsis where it was cut."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    text = shown(text)
    if stringWidth(text, font, size) <= width:
        return text
    while text and stringWidth(text + "…", font, size) > width:
        text = text[:-1]
    return text + "…"
