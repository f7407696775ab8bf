"""Rules on frames: each condition, hysteresis, delays, staleness; and however frames are cut, the same comes out."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from alarm_bench import T0, S, rule
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xushi.kernel import ManualClock, XushiError
from xushi.monitor import Engine, Guard, Rule, check_rule, replay, try_rule
from xushi.signals import BAD_NO_COMMUNICATION, Board, Frame, History, Kind, LiveTimeline, SignalDef, SignalRegistry


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> SignalRegistry:
    one = SignalRegistry(tmp_path_factory.mktemp("signals") / "signals.sqlite")
    kinds = [Kind.DOUBLE, Kind.DOUBLE, Kind.ENUM, Kind.BOOL, Kind.STRING]
    one.define([SignalDef(key=f"urn:t#{i}", kind=kind) for i, kind in enumerate(kinds)])
    return one


def happened(registry: SignalRegistry, one: Rule, rows: list[tuple[float, Any, int]], until_s: float) -> list[Any]:
    """(s, raised) for rows (s, value, quality), one frame each."""
    engine = Engine([one], registry)
    handle = registry.handle(one.signal)
    found = []
    for at_s, value, quality in rows:
        found += engine.push([Frame.from_rows(registry, [(handle, T0 + round(at_s * S), value, quality)])])
    found += engine.advance(T0 + round(until_s * S))
    return [((one.at_ns - T0) / S, one.is_raised) for one in found]


def good(*pairs: tuple[float, Any]) -> list[tuple[float, Any, int]]:
    return [(at_s, value, 0) for at_s, value in pairs]


CASES: list[tuple[str, Rule, list[tuple[float, Any, int]], list[tuple[float, bool]]]] = [
    ("above begins beyond the limit", rule("r"), good((0, 80), (1, 80.1), (2, 80)), [(1, True), (2, False)]),
    ("the dead-band holds it", rule("r", deadband=5), good((0, 81), (1, 76), (2, 75)), [(0, True), (2, False)]),
    ("below", rule("r", "below", 3, deadband=1), good((0, 2), (1, 3.5), (2, 4)), [(0, True), (2, False)]),
    ("deviation from the target on either side", rule("r", "deviation", 5, target=50, deadband=2),
     good((0, 56), (1, 54), (2, 53), (3, 44)), [(0, True), (2, False), (3, True)]),
    ("rate of change in units a second", rule("r", "rate", 2), good((0, 0), (1, 5), (2, 6), (4, 0)),
     [(1, True), (2, False), (4, True)]),
    ("a state", rule("r", "equal", 2, signal="urn:t#2"), good((0, 1), (1, 2), (2, 3)), [(1, True), (2, False)]),
    ("not a state", rule("r", "not_equal", 2, signal="urn:t#2"), good((0, 1), (1, 2), (2, 3)),
     [(0, True), (1, False), (2, True)]),
    ("true", rule("r", "is_true", None, signal="urn:t#3"), good((0, False), (1, True), (2, False)),
     [(1, True), (2, False)]),
    ("false", rule("r", "is_false", None, signal="urn:t#3"), good((0, True), (1, False)), [(1, True)]),
    ("bad quality", rule("r", "bad_quality", None), [(0, 1, 0), (1, None, BAD_NO_COMMUNICATION), (2, 1, 0)],
     [(1, True), (2, False)]),
    ("bad quality of a text", rule("r", "bad_quality", None, signal="urn:t#4"),
     [(0, "a", 0), (1, None, BAD_NO_COMMUNICATION)], [(1, True)]),
    ("a value of bad quality changes nothing", rule("r"), [(0, 90, 0), (1, None, BAD_NO_COMMUNICATION), (2, 1, 0)],
     [(0, True), (2, False)]),
    ("an on-delay that is not filled raises nothing", rule("r", on_delay_s=2), good((0, 90), (1.5, 10), (4.5, 90)), []),
    ("an on-delay counts from the first value beyond", rule("r", on_delay_s=2), good((0, 90), (1, 95), (5, 10)),
     [(2, True), (5, False)]),
    ("a delay runs out by itself on a silent signal", rule("r", on_delay_s=2), good((0, 90)), [(2, True)]),
    ("an off-delay bridges a short return", rule("r", off_delay_s=2), good((0, 90), (1, 10), (2, 90), (3, 10), (6, 1)),
     [(0, True), (5, False)]),
    ("stale after the limit, until the next value", rule("r", "stale", 2), good((0, 1), (1, 1), (4, 1)),
     [(3, True), (4, False)]),
    ("stale at the end", rule("r", "stale", 2), good((0, 1)), [(2, True)]),
    ("a late value changes nothing", rule("r"), good((5, 10), (3, 90), (6, 10)), []),
]  # fmt: skip


@pytest.mark.parametrize(("one", "rows", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_condition(registry: SignalRegistry, one: Rule, rows: Any, expected: Any) -> None:
    assert happened(registry, one, rows, until_s=6) == expected


VALUES = st.sampled_from([0.0, 49.0, 74.0, 79.0, 80.0, 81.0, 99.0, None])
STEPS = st.sampled_from([1, 200, 500, 1000, 3000])
ROWS = st.lists(st.tuples(st.integers(0, 2), STEPS, VALUES), min_size=1, max_size=60)
ALL_KINDS = [
    rule("above", deadband=5), rule("below", "below", 50, signal="urn:t#1", on_delay_s=0.7),
    rule("off", off_delay_s=1.2), rule("both", on_delay_s=0.3, off_delay_s=0.6, signal="urn:t#1"),
    rule("deviation", "deviation", 20, target=70), rule("rate", "rate", 30, on_delay_s=0.2),
    rule("equal", "equal", 80, signal="urn:t#2"), rule("quality", "bad_quality", None, on_delay_s=0.5),
    rule("stale", "stale", 1.1), rule("stale2", "stale", 0.5, signal="urn:t#2", on_delay_s=0.4),
    rule("pair", "deviation", 6, target_signal="urn:t#1", deadband=2),
    rule("pair2", "deviation", 20, signal="urn:t#2", target_signal="urn:t#0", on_delay_s=0.4, off_delay_s=0.3),
    rule("guarded", suppress_while=Guard("urn:t#2", [0, 49, 80])),
    rule("guarded2", on_delay_s=0.7, off_delay_s=1.2, suppress_while=Guard("urn:t#2", [74, 81])),
    rule("guarded3", "below", 75, signal="urn:t#1", deadband=4, suppress_while=Guard("urn:t#0", [49, 74])),
    rule("guarded4", "deviation", 6, target_signal="urn:t#1", suppress_while=Guard("urn:t#2", [0, 49, 80])),
    rule("guarded5", "stale", 1.1, suppress_while=Guard("urn:t#2", [0, 49, 80])),
    rule("guarded6", "equal", 80, signal="urn:t#2", suppress_while=Guard("urn:t#2", [80])),
]  # fmt: skip


def frames_of(registry: SignalRegistry, rows: Any) -> tuple[Frame, int]:
    at_ms, entries = 0, []
    for handle, step_ms, value in rows:
        at_ms += step_ms
        quality = 0 if value is not None else BAD_NO_COMMUNICATION
        entries.append((handle, T0 + at_ms * 1_000_000, value, quality))
    return Frame.from_rows(registry, entries), T0 + (at_ms + 2_500) * 1_000_000


def key_of(found: Any) -> Any:
    return sorted((one.at_ns, one.rule, one.event, one.value) for one in found)


@settings(deadline=None)
@given(rows=ROWS, cuts=st.lists(st.integers(0, 60), max_size=8), ticks=st.booleans())
def test_the_way_frames_are_cut_changes_nothing(registry: SignalRegistry, rows: Any, cuts: Any, ticks: bool) -> None:
    frame, end_ns = frames_of(registry, rows)
    whole, cut = Engine(ALL_KINDS, registry), Engine(ALL_KINDS, registry)
    expected = whole.push([frame]) + whole.advance(end_ns)
    edges = sorted({0, len(frame), *(edge for edge in cuts if edge < len(frame))})
    found = []
    for low, high in itertools.pairwise(edges):
        part = frame.take(slice(low, high))
        if ticks and low:  # time passes for silent signals, never beyond what has been seen
            found += cut.advance(int(frame.times_ns[low - 1]))
        found += cut.push([part])
    found += cut.advance(end_ns)
    assert key_of(found) == key_of(expected)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=ROWS, cuts=st.lists(st.integers(0, 60), max_size=8))
def test_the_replay_of_a_history_gives_what_was_seen_live(
    registry: SignalRegistry, tmp_path: Path, rows: Any, cuts: Any
) -> None:
    frame, end_ns = frames_of(registry, rows)
    clock = ManualClock(T0)
    board = Board(registry)
    with_history = History(tmp_path / f"h{np.random.default_rng().integers(2**62)}", registry, clock)
    live = Engine(ALL_KINDS, registry)
    edges = sorted({0, len(frame), *(edge for edge in cuts if edge < len(frame))})
    seen = []
    for low, high in itertools.pairwise(edges):
        part = frame.take(slice(low, high))
        with_history.append(part)
        seen += live.push([part])
    seen += live.advance(end_ns - 1)
    replayed = replay(ALL_KINDS, LiveTimeline(board, with_history, clock), T0, end_ns)
    with_history.close()
    assert key_of(replayed) == key_of(seen)


def test_ten_thousand_rules_find_exactly_what_one_rule_at_a_time_finds(tmp_path: Path) -> None:
    registry = SignalRegistry(tmp_path / "signals.sqlite")
    registry.define([SignalDef(key=f"urn:t#{i}") for i in range(200)])
    random = np.random.default_rng(3)
    rules = [
        rule(f"r{i}", str(random.choice(["above", "below"])), float(random.normal(50, 20)), signal=f"urn:t#{i % 200}",
             deadband=float(random.integers(0, 5)))
        for i in range(1_000)
    ]  # fmt: skip
    frames = [
        Frame.doubles(np.arange(200), T0 + k * S + random.integers(0, S, 200), random.normal(50, 15, 200))
        for k in range(50)
    ]
    engine = Engine(rules, registry)
    together = [one for frame in frames for one in engine.push([frame])]
    apart = []
    for one in rules[::50]:
        alone = Engine([one], registry)
        apart += [found for frame in frames for found in alone.push([frame])]
    chosen = {one.id for one in rules[::50]}
    assert key_of(one for one in together if one.rule in chosen) == key_of(apart)
    assert len(together) > 1_000


def test_a_trial_tells_episodes_with_their_peaks(registry: SignalRegistry, tmp_path: Path) -> None:
    clock = ManualClock(T0)
    history = History(tmp_path / "h", registry, clock)
    values = [70, 85, 99, 70, 70, 82, 83]
    history.append(Frame.doubles([0] * 7, [T0 + i * S for i in range(7)], values))
    found = try_rule(rule("r", is_enabled=False), LiveTimeline(Board(registry), history, clock), T0, T0 + 7 * S)
    history.close()
    assert (found.raised, found.sampled) == (2, 7)
    assert [(one.start_ns - T0, one.end_ns, one.peak) for one in found.episodes] == [
        (S, T0 + 3 * S, 99.0),
        (5 * S, None, 83.0),
    ]


def test_a_trial_counts_no_time_that_is_suppressed_and_measures_from_the_other_signal(
    registry: SignalRegistry, tmp_path: Path
) -> None:
    clock = ManualClock(T0)
    history = History(tmp_path / "h", registry, clock)
    rows = [(1, 0, 60.0), (0, 1, 70.0), (2, 2, 1), (2, 4, 2), (0, 5, 73.0), (1, 6, 90.0), (0, 7, 90.0)]
    history.append(Frame.from_rows(registry, [(handle, T0 + at_s * S, value, 0) for handle, at_s, value in rows]))
    one = rule("r", "deviation", 6, target_signal="urn:t#1", suppress_while=Guard("urn:t#2", [1]))
    found = try_rule(one, LiveTimeline(Board(registry), history, clock), T0, T0 + 9 * S)
    history.close()
    assert [((one.start_ns - T0) / S, one.end_ns and (one.end_ns - T0) / S, one.peak) for one in found.episodes] == [
        (1, 2, 70.0),
        (4, 7, 73.0),
    ]


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (rule("r", limit=None), "monitor.limit_missing"),
        (rule("r", "rate", 0), "monitor.limit_missing"),
        (rule("r", "deviation", 3), "monitor.limit_missing"),
        (rule("r", "deviation", 3, target=1, target_signal="urn:t#1"), "monitor.target_unclear"),
        (rule("r", "deviation", 3, target_signal="urn:t#0"), "monitor.target_unclear"),
        (rule("r", target_signal="urn:t#1"), "monitor.target_unclear"),
        (rule("r", "deviation", 3, target_signal="urn:nowhere"), "monitor.signal_missing"),
        (rule("r", "deviation", 3, target_signal="urn:t#4"), "monitor.signal_not_a_number"),
        (rule("r", suppress_while=Guard("urn:nowhere", [1])), "monitor.signal_missing"),
        (rule("r", "stale", 3, suppress_while=Guard("urn:t#4", [1])), "monitor.signal_not_a_number"),
        (rule("r", limit=float("nan")), "monitor.limit_missing"),
        (rule("r", signal="urn:nowhere"), "monitor.signal_missing"),
        (rule("r", signal="urn:t#4"), "monitor.signal_not_a_number"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(registry: SignalRegistry, one: Rule, code: str) -> None:
    with pytest.raises(XushiError) as refused:
        check_rule(one, registry)
    assert refused.value.code == code
