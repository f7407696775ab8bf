"""Every error code of the platform and its doors has its three sentences in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import xushi
from xushi.kernel import LANGUAGES
from xushi.runtime import Platform

ROOT = Path(xushi.__file__).parent
ROOMS = ("runtime", "monitor", "server", "cli", "sdk", "remote", "demo")
CODE = re.compile(
    r'(?:XushiError|Diagnosis|LinkStatus)\([^"\n]*?"([a-z]+\.[a-z_]+)"|"((?:runtime|monitor|server|cli|sdk|remote|demo)\.[a-z]+_[a-z_]+)"'
)


def used_codes() -> set[str]:
    found = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for groups in CODE.findall(path.read_text("utf-8")):
                found |= {code for code in groups if code.split(".")[0] in ROOMS}
    return found


def catalogue(room: str) -> dict[str, dict[str, dict[str, str]]]:
    return json.loads((ROOT / room / "messages.json").read_text("utf-8"))


@pytest.mark.parametrize("code", sorted(used_codes()))
def test_a_code_that_is_used_is_catalogued(code: str) -> None:
    assert code in catalogue(code.split(".")[0])


@pytest.mark.parametrize("room", ROOMS)
def test_both_languages_say_what_why_and_next_with_the_same_gaps(room: str) -> None:
    for code, texts in catalogue(room).items():
        assert set(texts) == {"en", "zh-CN"}, code
        gaps = []
        for text in texts.values():
            assert set(text) == {"what", "why", "next"}, code
            assert all(text.values()), code
            gaps.append(set(re.findall(r"{(\w+)}", " ".join(text.values()))))
        assert gaps[0] == gaps[1], code


def test_forms_have_a_word_in_both_languages_for_each_parameter_of_a_command(tmp_path: Path) -> None:
    with Platform.open(tmp_path / "data") as platform:
        nameless = [
            f"{command.name}: {name}"
            for command in platform.commands.all()
            for name in command.params.__struct_encode_fields__
            if not all(command.label(name).get(language) for language in LANGUAGES)
        ]
    assert nameless == []
