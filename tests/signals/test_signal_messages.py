"""Every code that the room raises has its three sentences in both languages, and no text is left over."""

from __future__ import annotations

import json
import re
from pathlib import Path

import xushi.signals

ROOM = Path(xushi.signals.__file__).parent


def test_codes_and_texts_are_the_same_set() -> None:
    catalogue = json.loads((ROOM / "messages.json").read_text("utf-8"))
    used = {
        code
        for path in ROOM.glob("*.py")
        for code in re.findall(r'(?:XushiError|Diagnosis)\(\s*"(signals\.[a-z_]+)"', path.read_text("utf-8"))
    }
    assert used == set(catalogue)
    for texts in catalogue.values():
        assert set(texts) == {"en", "zh-CN"}
        gaps = [sorted(re.findall(r"{(\w+)}", " ".join(text.values()))) for text in texts.values()]
        assert gaps[0] == gaps[1]
        for text in texts.values():
            assert set(text) == {"what", "why", "next"}
            assert all(text.values())
