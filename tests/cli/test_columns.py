"""Columns on a terminal line up in Chinese too, and no text of a device reaches the terminal as a control sequence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from xushi.cli._columns import columns, plain, width

_lines = st.lists(st.tuples(st.text(max_size=90), st.text(max_size=5)), min_size=1, max_size=5)


@given(lines=_lines)
def test_every_text_is_shown_on_its_own_line_without_control_characters(lines: list[tuple[str, str]]) -> None:
    shown = list(columns(lines))
    assert len(shown) == len(lines)
    assert all(line.isprintable() for line in shown)


def test_columns_stand_where_chinese_takes_two_places() -> None:
    assert list(columns([("泵", "a"), ("pump", "b")])) == ["泵    a", "pump  b"]
    assert width("泵\u0301") == 2


def test_a_terminal_is_not_controlled_by_a_name() -> None:
    assert plain("\x1b[2J\u202epump") == "�[2J�pump"
