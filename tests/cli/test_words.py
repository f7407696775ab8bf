"""The words of the verbs: what a server may say stands there in both languages."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest

from xushi.cli._words import words
from xushi.server._connect_messages import FoundMachine, MappingRow


@pytest.mark.parametrize("told", [FoundMachine, MappingRow])
def test_every_kind_of_a_mapping_has_its_words(told: type) -> None:
    for kind in get_args(get_type_hints(told)["kind"]):
        assert words(f"kind.{kind}", "en")
        assert words(f"kind.{kind}", "zh-CN").isascii() is False
