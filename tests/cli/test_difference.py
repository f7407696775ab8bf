"""Rules of the difference that `xushi connect` prints: what leaves the key of its history is told with both keys."""

from __future__ import annotations

from typing import Any

import pytest

from xushi.cli._connect import _plan_lines


def plan(moves: int) -> dict[str, Any]:
    moved = [{"from": f"OperationalData.P{number}", "to": f"TechnicalData.P{number}"} for number in range(moves)]
    names = {"added": [one["to"] for one in moved], "changed": [], "removed": [one["from"] for one in moved]}
    machine = {"state": "changed", "name": {"en": "Pump"}, "moved": moved, **names}
    return {"machines": [machine], "signals": moves, "actions": 0, "added": moves, "changed": 0, "removed": moves}


@pytest.mark.parametrize(("language", "said"), [("en", "history and rules stay"), ("zh-CN", "历史数据和规则仍留")])
def test_a_value_that_moves_is_told_with_both_keys_and_what_that_means(language: str, said: str) -> None:
    (line,) = [line for line in _plan_lines(plan(1), language) if "→" in line]
    assert "OperationalData.P0 → TechnicalData.P0" in line
    assert said in line
    assert not any("→" in line for line in _plan_lines(plan(0), language))


def test_many_moves_are_counted() -> None:
    lines = list(_plan_lines(plan(25), "en"))
    assert sum("→" in line for line in lines) == 20
    assert any("5 more values move" in line for line in lines)
