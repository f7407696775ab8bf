"""A state of a machine has one Chinese name: in the page, in the reports, in the terminal."""

import re
from pathlib import Path

import pytest

from xushi.signals import state_text

CATALOGUE = Path(__file__).parents[2] / "web" / "src" / "i18n" / "zh-CN.ts"
TERMS = dict(re.findall(r'^  "term\.(\w+)": "(.+)",$', CATALOGUE.read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize(
    ("label", "term"),
    [
        ("Executing", "executing"),
        ("Not executing", "notExecuting"),
        ("Processing", "processing"),
        ("Running", "running"),
        ("Starved", "starved"),
        ("Blocked", "blocked"),
        ("Stopped", "stopped"),
        ("Failed", "failed"),
        ("Setup", "setup"),
        ("Idle", "idle"),
        ("Maintenance", "maintenance"),
        ("Not available", "notAvailable"),
        ("Out of service", "outOfService"),
    ],
)
def test_a_state_is_called_as_the_page_calls_it(label: str, term: str) -> None:
    assert state_text(label) == {"en": label, "zh-CN": TERMS[term]}


def test_a_word_of_the_device_that_nobody_knows_stays() -> None:
    assert state_text("Waltzing") == {"en": "Waltzing", "zh-CN": "Waltzing"}
