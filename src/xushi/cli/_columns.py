"""Lines up texts in columns on a terminal: Chinese counts double, and nothing a device said controls the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

LONGEST = 60


def plain(text: str) -> str:
    """Return a text without control characters (CWE-150)."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)


def width(text: str) -> int:
    """Return how many columns a text takes (Unicode Standard Annex 11)."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else not unicodedata.combining(sign) for sign in text)


def columns(lines: Sequence[Sequence[str]], longest: int = LONGEST) -> Iterator[str]:
    """Yield one line of text per line of cells; cells but the last are cut to `longest` columns."""
    shown = [[_cut(plain(cell), longest) for cell in line[:-1]] + [plain(line[-1])] for line in lines]
    wide = [max(map(width, cells)) for cells in zip(*shown, strict=True)]
    for line in shown:
        padded = (cell + " " * (size - width(cell)) for cell, size in zip(line, wide, strict=True))
        yield "  ".join(padded).rstrip()


def _cut(text: str, longest: int) -> str:
    while width(text) > longest:
        text = text[:-2] + "…"
    return text
