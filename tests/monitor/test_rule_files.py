"""Rule files: whatever is written in one, it is read whole or refused with a reason."""

from __future__ import annotations

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from xushi.kernel import XushiError
from xushi.monitor import Band, Guard, KpiDefinition, Rule, StateTest, read_rule_file, write_rule_file

NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
WORDS = st.dictionaries(st.sampled_from(["en", "zh-CN"]), st.text(max_size=30).filter(str.isprintable))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)
RULES = st.builds(
    Rule, id=NAMES, signal=st.text(min_size=1, max_size=40).filter(str.isprintable), title=WORDS, text=WORDS,
    condition=st.sampled_from(["above", "below", "equal", "is_true", "stale"]), limit=st.none() | NUMBERS,
    deadband=st.floats(0, 1e6), priority=st.sampled_from(["critical", "high", "medium", "low"]),
    is_latched=st.booleans(), on_delay_s=st.floats(0, 3600), target_signal=st.none() | NAMES,
    suppress_while=st.none() | st.builds(Guard, NAMES, st.lists(st.integers(-9, 9), min_size=1, max_size=4)),
)  # fmt: skip
KPIS = st.builds(
    KpiDefinition, id=NAMES, title=WORDS, good=st.none() | NAMES, cycle_s=st.none() | st.floats(0.1, 1e4),
    producing=st.none() | st.builds(StateTest, NAMES, st.lists(st.integers(0, 9), min_size=1, max_size=4)),
    figures=st.dictionaries(st.sampled_from(["oee", "quality"]), st.builds(Band, low=st.none() | NUMBERS)),
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
        ["format", "rules", "kpis", "id", "signal", "condition", "limit", "title", "figures"]), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@given(
    st.lists(RULES, max_size=4, unique_by=lambda one: one.id), st.lists(KPIS, max_size=3, unique_by=lambda one: one.id)
)
def test_what_is_written_is_read_again(rules: list[Rule], kpis: list[KpiDefinition]) -> None:
    for form in ("yaml", "json"):
        file = read_rule_file(write_rule_file(rules, kpis, form))  # type: ignore[arg-type]
        assert (file.rules, file.kpis) == (rules, kpis)


def read_or_refuse(text: str) -> None:
    """Anything but a file or a reason is raised and fails the test."""
    try:
        read_rule_file(text)
    except XushiError as error:
        if error.code != "monitor.file_invalid" or not error.params["reason"]:
            raise


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refuse(text)


@given(JSON)
def test_any_json_is_read_or_refused(value: object) -> None:
    read_or_refuse(json.dumps({"format": "xushi-rules/1", "rules": value, "kpis": value}))
    read_or_refuse(json.dumps(value))


@given(RULES, st.data())
def test_a_file_with_one_character_changed_is_read_or_refused(one: Rule, data: st.DataObject) -> None:
    text = write_rule_file([one], [], "yaml")
    place = data.draw(st.integers(0, len(text) - 1))
    read_or_refuse(text[:place] + data.draw(st.characters()) + text[place + 1 :])


def test_ten_thousand_rules_fit_into_a_file() -> None:
    rules = [
        Rule(id=f"r{i}", signal=f"urn:t#{i}", condition="above", limit=1.0, title={"en": "r"}) for i in range(10_000)
    ]
    assert msgspec.json.encode(read_rule_file(write_rule_file(rules, [], "yaml")).rules) == msgspec.json.encode(rules)


def test_a_guard_is_written_as_a_person_writes_it() -> None:
    one = Rule(id="r", signal="urn:flow", condition="below", limit=1.0, title={}, suppress_while=Guard("urn:pump", [0]))
    text = write_rule_file([one], [], "yaml")
    assert "suppress_while:\n    signal: urn:pump\n    states:\n    - 0\n" in text
    assert "target_signal" not in text


def test_deep_nesting_is_refused() -> None:
    read_or_refuse("[" * 100_000)
    read_or_refuse("{a: " * 5_000)
