"""Every code the room uses has its texts in both languages, and stands on the reference page."""

from __future__ import annotations

import json
import re
import string

import pytest
from diagnoses_page import CATALOGUE, PAGE, ROOT, render

TEXTS = json.loads(CATALOGUE.read_text("utf-8"))
SOURCES = sorted((ROOT / "src" / "xushi" / "twins").glob("*.py"))
USE = re.compile(r'"(twins\.[a-z0-9_]+)"')


def used_codes() -> set[str]:
    return {match.group(1) for path in SOURCES for match in USE.finditer(path.read_text("utf-8"))}


def test_every_code_in_the_source_has_texts() -> None:
    assert used_codes() - TEXTS.keys() == set()


def test_no_text_is_left_without_a_use() -> None:
    assert TEXTS.keys() - used_codes() == set()


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_code_says_what_why_and_next_in_both_languages(code: str) -> None:
    entry = TEXTS[code]
    assert entry.keys() == {"en", "zh-CN"}
    gaps = []
    for language in ("en", "zh-CN"):
        text = entry[language]
        assert text.keys() == {"what", "why", "next"}
        assert all(text.values())
        parsed = string.Formatter().parse(" ".join(text.values()))
        gaps.append({name for _, name, _, _ in parsed if name})
    assert gaps[0] == gaps[1]
    assert not re.search(r"[一-鿿]", " ".join(entry["en"].values()))
    assert all(re.search(r"[一-鿿]", part) for part in entry["zh-CN"].values())


def test_the_reference_page_is_up_to_date() -> None:
    """Run `python tests/twins/diagnoses_page.py` where this fails."""
    assert PAGE.read_text("utf-8") == render()
