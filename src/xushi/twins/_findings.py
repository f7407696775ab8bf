"""Gathers diagnoses while a file is read, and keeps a thousand equal ones from burying the rest."""

from __future__ import annotations

import json
from typing import Any

from ..kernel import Diagnosis

SHOWN_PER_CODE = 50
"""Diagnoses kept of one code; the others are counted."""

LONGEST_VALUE = 120
"""Characters of a foreign value shown in a diagnosis."""


def shown(value: Any) -> str:
    """Return a foreign value as text short enough for a diagnosis."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


class Findings:
    """The diagnoses of one file, in the order of discovery."""

    def __init__(self) -> None:
        self._kept: list[Diagnosis] = []
        self._counts: dict[str, int] = {}
        self._tallies: dict[str, tuple[int, str]] = {}

    def add(self, code: str, place: str, **params: Any) -> None:
        """Note a finding; foreign values are shortened."""
        count = self._counts.get(code, 0) + 1
        self._counts[code] = count
        if count <= SHOWN_PER_CODE:
            short = {key: shown(value) for key, value in params.items()}
            self._kept.append(Diagnosis(code, place or "/", short))

    def tally(self, code: str, place: str) -> None:
        """Count a finding that is told once, with its number and first place."""
        count, first = self._tallies.get(code, (0, place))
        self._tallies[code] = (count + 1, first)

    def __len__(self) -> int:
        return sum(self._counts.values())

    def diagnoses(self) -> list[Diagnosis]:
        """Return what was kept, the tallies, and one line for each code that had more."""
        tallies = [
            Diagnosis(code, place or "/", {"count": str(count)}) for code, (count, place) in self._tallies.items()
        ]
        more = [
            Diagnosis("twins.more_of_same", "/", {"code": code, "count": str(count - SHOWN_PER_CODE)})
            for code, count in self._counts.items()
            if count > SHOWN_PER_CODE
        ]
        return [*self._kept, *tallies, *more]
