"""A grade is earned: every claim of ours names a test that is there, and nothing is exempt without a reason."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from xushi.connectors import GRADES, RULES, RuleResult, connector_cards, read_claims
from xushi.connectors._quality import grade_of

ROOT = Path(__file__).parents[2]
OURS = ("http", "modbus", "mqtt", "opcua")
QUALITY = ROOT / "src" / "xushi" / "connectors" / "quality"


@cache
def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("protocol", OURS)
def test_every_rule_is_proven_by_a_test_that_exists_or_exempt_with_a_reason_in_both_languages(protocol: str) -> None:
    for one in read_claims((QUALITY / f"{protocol}.yaml").read_text("utf-8")):
        if one.state == "done":
            path, _, name = one.reason["en"].partition("::")
            assert name in functions_of(path), f"{protocol}: {one.rule}"
        elif one.state == "exempt":
            assert one.reason["en"]
            assert one.reason["zh-CN"]


def test_every_connector_of_ours_has_the_grade_it_claims() -> None:
    cards = {card.protocol: card for card in connector_cards()}
    assert {name: cards[name].grade for name in OURS} == {
        "http": "silver",
        "modbus": "silver",
        "mqtt": "gold",
        "opcua": "gold",
    }
    assert all(not cards[name].error for name in OURS)


def test_a_grade_needs_every_rule_of_its_own_and_of_those_below() -> None:
    everything = [RuleResult(rule, {}, "done", {"en": "x"}) for rule in RULES]
    assert grade_of(everything) == "gold"
    for index, one in enumerate(everything):
        needed = RULES[one.rule][0]
        without = [*everything[:index], RuleResult(one.rule, {}, "open", {}), *everything[index + 1 :]]
        lower = GRADES.index(needed) - 1
        assert grade_of(without) == ("none" if lower < 0 else GRADES[lower])
    assert grade_of([]) == "none"
    assert grade_of(read_claims("rules: {}")) == "none"
