"""Alarms that are suppressed by design: put away while a guard holds, in the journal, and back when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from alarm_bench import PERSON, T0, Bench, S, rule

from xushi.kernel import XushiError
from xushi.monitor import Engine, Guard, Occurred, Rule
from xushi.signals import BAD_NO_COMMUNICATION, LOOKING_AGAIN, NOBODY_LOOKED, Frame, Kind, SignalDef, SignalRegistry

OpenBench = Callable[[], AbstractContextManager[Bench]]
FLOW, PUMP = 0, 2  # signals of the bench
OFF, RUNNING = 1, 3
LOW_FLOW = rule("low", "below", 10.0, suppress_while=Guard("urn:t#2", [0, OFF]))


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> SignalRegistry:
    one = SignalRegistry(tmp_path_factory.mktemp("signals") / "signals.sqlite")
    one.define([SignalDef(key=f"urn:t#{i}", kind=kind) for i, kind in enumerate([Kind.DOUBLE, Kind.DOUBLE, Kind.ENUM])])
    return one


def happened(registry: SignalRegistry, one: Rule, rows: list[tuple[float, int, Any]]) -> list[tuple[float, str]]:
    """(s, event) for rows (s, signal, value), one frame each; None is a Bad value."""
    engine = Engine([one], registry)
    found = []
    for at_s, handle, value in rows:
        quality = BAD_NO_COMMUNICATION if value is None else 0
        found += engine.push([Frame.from_rows(registry, [(handle, T0 + round(at_s * S), value, quality)])])
    found += engine.advance(T0 + 20 * S)
    return [((one.at_ns - T0) / S, one.event) for one in found]


CASES: list[tuple[str, dict[str, Any], list[tuple[float, int, Any]], list[tuple[float, str]]]] = [
    ("nothing is raised while the guard holds", {}, [(0, PUMP, OFF), (1, FLOW, 0), (2, FLOW, 20)], [(0, "suppressed")]),
    ("what still holds is raised when the guard ends", {}, [(0, PUMP, OFF), (1, FLOW, 0), (3, PUMP, RUNNING)],
     [(0, "suppressed"), (3, "unsuppressed"), (3, "raised")]),
    ("the on-delay begins when the guard ends", {"on_delay_s": 5},
     [(0, PUMP, OFF), (1, FLOW, 0), (9, PUMP, RUNNING), (12, FLOW, 20)], [(0, "suppressed"), (9, "unsuppressed")]),
    ("an on-delay that runs when the guard begins runs no more", {"on_delay_s": 5}, [(0, FLOW, 0), (3, PUMP, OFF)],
     [(3, "suppressed")]),
    ("an alarm that is there is put away", {}, [(0, FLOW, 0), (1, PUMP, OFF), (2, FLOW, 20), (3, PUMP, RUNNING)],
     [(0, "raised"), (1, "suppressed"), (3, "unsuppressed")]),
    ("each of the states counts, a change between them does not", {}, [(0, PUMP, OFF), (1, PUMP, 0), (2, PUMP, 2)],
     [(0, "suppressed"), (2, "unsuppressed")]),
    ("a guard of bad quality hides nothing", {}, [(0, PUMP, OFF), (1, FLOW, 0), (2, PUMP, None)],
     [(0, "suppressed"), (2, "unsuppressed"), (2, "raised")]),
    ("a guard that has never had a value hides nothing", {}, [(0, FLOW, 0)], [(0, "raised")]),
    ("a guard and its alarm in the same instant are one suppression", {}, [(1, PUMP, OFF), (1, FLOW, 0)],
     [(1, "suppressed")]),
]  # fmt: skip


def test_that_nobody_looked_ends_no_guard(registry: SignalRegistry) -> None:
    engine = Engine([LOW_FLOW], registry)
    rows = [(PUMP, T0, OFF, 0), (FLOW, T0 + S, 0.0, 0)]
    found = engine.push([Frame.from_rows(registry, rows)])
    for at_s, mark in ((5, NOBODY_LOOKED), (9, LOOKING_AGAIN)):
        found += engine.push([Frame.gap([FLOW, PUMP], T0 + at_s * S, mark, T0 + at_s * S)])
    assert [one.event for one in found] == ["suppressed"]


@pytest.mark.parametrize(("more", "rows", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_guard(registry: SignalRegistry, more: Any, rows: Any, expected: Any) -> None:
    assert happened(registry, msgspec.structs.replace(LOW_FLOW, **more), rows) == expected


def test_a_value_is_compared_with_another_signal_whichever_moves(registry: SignalRegistry) -> None:
    one = rule("r", "deviation", 5.0, target_signal="urn:t#1", deadband=2)
    rows = [(0, 0, 50), (1, 1, 52), (2, 1, 44), (3, 0, 48), (4, 0, 47), (5, 1, None), (6, 0, 60), (7, 1, 60)]
    assert happened(registry, one, rows) == [(2, "raised"), (4, "cleared"), (6, "raised"), (7, "cleared")]


def test_a_guard_that_comes_late_takes_nothing_back(registry: SignalRegistry) -> None:
    rows = [(5, FLOW, 0), (4, PUMP, OFF)]
    assert happened(registry, LOW_FLOW, rows) == [(5, "raised"), (5, "suppressed")]


def test_one_guard_of_thousands_of_rules_suppresses_them_all_and_no_other(tmp_path: Path) -> None:
    registry = SignalRegistry(tmp_path / "signals.sqlite")
    registry.define([SignalDef(key=f"urn:t#{i}", kind=Kind.INT if i == 0 else Kind.DOUBLE) for i in range(5_001)])
    guards = [Guard("urn:t#0", [7]), Guard("urn:t#0", [7, 8]), None]
    rules = [rule(f"r{i}", signal=f"urn:t#{i + 1}", suppress_while=guards[i % 3]) for i in range(5_000)]
    engine = Engine(rules, registry)
    found = engine.push([Frame.from_rows(registry, [(0, T0, 8, 0)])])
    assert {one.rule for one in found} == {f"r{i}" for i in range(1, 5_000, 3)}
    assert {one.event for one in found} == {"suppressed"}


def test_the_alarm_is_shown_as_suppressed_and_comes_back_unacknowledged(bench: OpenBench) -> None:
    with bench() as one:
        asyncio.run(one.run("rule.put", rule=msgspec.to_builtins(LOW_FLOW)))
        one.see(0)
        asyncio.run(one.run("alarm.acknowledge", alarms=["low"]))
        assert one.state("low") == "acknowledged"
        one.clock.advance(S)
        one.see(OFF, PUMP)
        view = one.monitor.view("low")
        assert (view.state, view.since_ns, view.handled.suppressed) == ("suppressed", T0 + S, None)
        assert [each.rule.id for each in one.monitor.alarms()] == ["low"]
        one.clock.advance(S)
        one.see(RUNNING, PUMP)
        assert one.state("low") == "unacknowledged"
        events = [(entry.at_ns - T0, entry.event, entry.by) for entry in one.journal()]
        assert events[-3:] == [(S, "suppressed", ""), (2 * S, "unsuppressed", ""), (2 * S, "raised", "")]
        at = one.monitor.alarms_at(one.timeline, T0 + S, T0, T0 + 9 * S)
        assert [(each.rule.id, each.state) for each in at] == [("low", "suppressed")]


def test_a_restart_neither_forgets_nor_repeats_a_suppression(bench: OpenBench) -> None:
    with bench() as one:
        asyncio.run(one.run("rule.put", rule=msgspec.to_builtins(LOW_FLOW)))
        one.see(OFF, PUMP)
        one.clock.advance(S)
        one.see(0)
    with bench() as one:
        assert one.state("low") == "suppressed"
        assert [entry.event for entry in one.journal() if entry.event != "rule_changed"] == ["suppressed"]
        one.clock.advance(S)
        one.see(RUNNING, PUMP)
        assert one.state("low") == "unacknowledged"


def test_a_suppression_that_ended_while_nobody_looked_has_ended_after_the_restart(
    bench: OpenBench, tmp_path: Path
) -> None:
    with bench() as one:
        asyncio.run(one.run("rule.put", rule=msgspec.to_builtins(LOW_FLOW)))
        one.see(OFF, PUMP)
        one.clock.advance(S)
        one.ingest.watchers.clear()
        one.see(RUNNING, PUMP)
        one.see(0)
    with bench() as one:
        assert one.state("low") == "unacknowledged"


def test_a_changed_guard_counts_at_once(bench: OpenBench) -> None:
    with bench() as one:
        one.see(0)
        one.see(OFF, PUMP)
        asyncio.run(one.run("rule.put", rule=msgspec.to_builtins(LOW_FLOW)))
        assert one.state("low") == "suppressed"
        assert [entry.event for entry in one.journal()] == ["suppressed", "rule_changed"]
        bare = msgspec.structs.replace(LOW_FLOW, suppress_while=None)
        outcome = asyncio.run(one.run("rule.put", rule=msgspec.to_builtins(bare)))
        assert one.state("low") == "unacknowledged"
        asyncio.run(one.bus.undo(outcome.command_id, PERSON))
        assert one.state("low") == "suppressed"
        other = msgspec.structs.replace(LOW_FLOW, suppress_while=Guard("urn:t#2", [RUNNING]))
        asyncio.run(one.run("rule.put", rule=msgspec.to_builtins(other)))
        assert one.state("low") == "unacknowledged"
        one.clock.advance(S)
        one.see(RUNNING, PUMP)
        assert one.state("low") == "suppressed"


def test_a_latched_alarm_waits_for_its_reset_behind_the_suppression(bench: OpenBench) -> None:
    with bench() as one:
        latching = msgspec.structs.replace(LOW_FLOW, is_latched=True)
        asyncio.run(one.run("rule.put", rule=msgspec.to_builtins(latching)))
        for value, handle in ((0, FLOW), (20, FLOW), (OFF, PUMP)):
            one.clock.advance(S)
            one.see(value, handle)
        assert one.state("low") == "suppressed"
        one.clock.advance(S)
        one.see(RUNNING, PUMP)
        assert one.state("low") == "latched"


def test_what_a_person_suppressed_stays_so_when_the_guard_ends(bench: OpenBench) -> None:
    with bench() as one:
        asyncio.run(one.run("rule.put", rule=msgspec.to_builtins(LOW_FLOW)))
        one.see(OFF, PUMP)
        asyncio.run(one.run("alarm.suppress", alarms=["low"], reason="pump is being changed"))
        one.clock.advance(S)
        one.see(RUNNING, PUMP)
        one.see(0)
        assert one.state("low") == "suppressed"
        asyncio.run(one.run("alarm.unsuppress", alarms=["low"]))
        assert one.state("low") == "unacknowledged"


def test_more_guards_of_a_signal_than_can_be_met_quickly_are_refused(bench: OpenBench) -> None:
    rules = [
        {"id": f"r{i}", "signal": f"urn:t#{i % 2}", "condition": "above", "limit": 1, "title": {"en": "r"},
         "suppress_while": {"signal": "urn:t#2", "states": [i]}}
        for i in range(33)
    ]  # fmt: skip
    text = msgspec.json.encode({"format": "xushi-rules/1", "rules": rules}).decode()
    with bench() as one, pytest.raises(XushiError, match=r"were not saved") as refused:
        asyncio.run(one.run("rules.import", text=text))
    assert refused.value.code == "monitor.too_many_rules_of_signal"


def test_a_journal_from_before_there_were_guards_is_read() -> None:
    before = b'{"is_active":true,"count":3,"settled":0,"raised_ns":5,"cleared_ns":0,"value":1.5}'
    assert msgspec.json.decode(before, type=Occurred) == Occurred(True, 3, 0, 5, 0, 1.5)
