"""KPIs after ISO 22400-2 from a history: times, counts and results, whole and in parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import numpy as np
import pytest
from alarm_bench import T0, Bench, S
from hypothesis import given, settings
from hypothesis import strategies as st

from xushi.kernel import ManualClock, XushiError
from xushi.monitor import Band, KpiDefinition, StateTest, check_definition, figure_of, figures, parts
from xushi.monitor._kpi_inputs import Intervals
from xushi.signals import BAD_NO_COMMUNICATION, Frame, History, Kind, RecordedTimeline

Open: TypeAlias = Callable[[], AbstractContextManager[Bench]]
GOOD, REJECT, STATE = "urn:t#0", "urn:t#1", "urn:t#2"


def unit(**more: Any) -> KpiDefinition:
    fields: dict[str, Any] = {
        "id": "u", "title": {"en": "unit"}, "producing": StateTest(STATE, [3]), "failed": StateTest(STATE, [1]),
        "good": GOOD, "reject": REJECT, "cycle_s": 10.0,
        "figures": dict.fromkeys(
            ("oee", "availability", "performance", "quality", "mtbf", "mttr", "throughput"), Band()
        ),
    }  # fmt: skip
    return KpiDefinition(**{**fields, **more})


def record(one: Bench, rows: list[tuple[int, float, Any]], quality: int = 0) -> None:
    one.history.append(
        Frame.from_rows(one.registry, [(handle, T0 + round(at_s * S), value, quality) for handle, at_s, value in rows])
    )


def values(one: Bench, definition: KpiDefinition, start_s: float, end_s: float, until_s: float = 1e4) -> dict[str, Any]:
    span = (T0 + round(start_s * S), T0 + round(end_s * S))
    return {figure.kind: figure.value for figure in figures([definition], one.timeline, span, T0 + round(until_s * S))}


def a_shift(one: Bench) -> None:
    """1,000 s: runs 0-500, down 500-600, runs 600-900, idle 900-1000; 60 good and 4 rejected."""
    record(one, [(2, 0, 3), (2, 500, 1), (2, 600, 3), (2, 900, 2)])
    record(one, [(0, 0, 100), (0, 400, 140), (0, 900, 160), (1, 0, 7), (1, 300, 11)])


def test_the_figures_follow_their_formulas(bench: Open) -> None:
    with bench() as one:
        a_shift(one)
        found = values(one, unit(), 0, 1000)
    assert found["availability"] == pytest.approx(800 / 1000)
    assert found["performance"] == pytest.approx(10 * 64 / 800)
    assert found["quality"] == pytest.approx(60 / 64)
    assert found["oee"] == pytest.approx(0.8 * 0.8 * 60 / 64)
    assert found["mtbf"] == pytest.approx(800)
    assert found["mttr"] == pytest.approx(100)
    assert found["throughput"] == pytest.approx(64 / (1000 / 3600))


@pytest.mark.parametrize(("kind", "by_one_more"), [("mtbf", "400.0"), ("mttr", "50.0")])
def test_a_figure_by_failures_says_what_divides_it_and_what_the_standard_would_give(
    bench: Open, kind: str, by_one_more: str
) -> None:
    with bench() as one:
        a_shift(one)  # one failure: 800 s and 100 s over FE = 1, half of it over FE + 1
        why = figure_of({"u": unit()}, f"u.{kind}", one.timeline, (T0, T0 + 1000 * S), T0 + 10_000 * S).why
    assert "IEC 60050-192" in why.clause
    assert f"FE + 1 below the line, which would give {by_one_more} s" in why.note["en"]
    assert f"以 FE + 1 为分母，结果为 {by_one_more} s" in why.note["zh-CN"]


def test_energy_per_piece_is_what_the_meter_rose_by_over_the_pieces_of_that_time(bench: Open) -> None:
    with bench() as one:
        # 60 pieces from 100 to 160, good and rejected alike; the meter goes from 500 to 531.5 kWh: 31.5 / 60
        record(one, [(0, 0, 100), (0, 400, 140), (0, 900, 160), (1, 0, 500.0), (1, 450, 512.5), (1, 900, 531.5)])
        definition = unit(energy=REJECT, reject=None, figures={"energy_per_piece": Band()})
        assert values(one, definition, 0, 1000)["energy_per_piece"] == pytest.approx(0.525)
        # after 500 s 20 pieces, and the 19 kWh that the meter rose by since it was read at 450 s
        assert values(one, definition, 500, 1000)["energy_per_piece"] == pytest.approx(19 / 20)


def any_shift(one: Bench) -> Iterator[Frame]:
    """1,000 s in which states, counts and gaps come as chance has it; the clock goes along."""
    chance = Random(22400)
    good, reject = 0, 0
    for at_s in range(0, 1000, 5):
        good, reject = good + chance.randint(0, 2), reject + chance.randint(0, 1)
        state = chance.choice((1, 2, 3, 3, 3))
        quality = BAD_NO_COMMUNICATION if chance.random() < 0.05 else 0
        at_ns = T0 + at_s * S + chance.randrange(S)
        one.clock.advance(5 * S)
        yield Frame.from_rows(one.registry, [(0, at_ns, good, 0), (1, at_ns, reject, 0), (2, at_ns, state, quality)])


EVERY_KIND = [
    unit(),
    unit(id="energy", energy=REJECT, reject=None, figures={"energy_per_piece": Band(), "throughput": Band()}),
    unit(id="yield", verdict=StateTest(STATE, [3]), attempt=None, figures={"fpy": Band()}),
]


def test_every_figure_of_a_stretch_is_the_same_live_as_in_its_recording(bench: Open, tmp_path: Path) -> None:
    """The same values, once as they come through the ingest, once read back from a recording of another folder."""
    span = (T0 + 150 * S, T0 + 850 * S)
    with bench() as one:
        recording = History(tmp_path / "recording", one.registry, one.clock)
        for frame in any_shift(one):
            one.ingest.push(frame)
            recording.append(frame)
        recording.close()
        live = figures(EVERY_KIND, one.timeline, span, one.clock.now_ns())
        replayed_from = RecordedTimeline(tmp_path / "recording", "Recording", one.clock, registry=one.registry)
        replayed = figures(EVERY_KIND, replayed_from, span, one.clock.now_ns())
        replayed_from.close()
    assert live == replayed
    assert {figure.kind for figure in live if figure.value} >= {"oee", "mtbf", "mttr", "energy_per_piece", "fpy"}


def test_a_part_of_a_trend_is_the_figure_of_that_part_alone(bench: Open) -> None:
    """But for what counts pieces in work: of these a part of a span knows more than the part alone."""
    span, count = (T0 + 150 * S, T0 + 1200 * S), 9
    with bench() as one:
        for frame in any_shift(one):
            one.ingest.push(frame)
        until_ns = one.clock.now_ns()
        shown = {figure.id: figure.trend for figure in figures(EVERY_KIND, one.timeline, span, until_ns, count)}
        alone = [figures(EVERY_KIND, one.timeline, part, until_ns) for part in parts(*span, count)]
    for id, trend in shown.items():
        if not id.endswith((".oee", ".performance")):
            assert trend == [next(figure.value for figure in one if figure.id == id) for one in alone], id


def test_times_and_counts_of_parts_add_up_to_the_whole(bench: Open) -> None:
    with bench() as one:
        a_shift(one)
        whole = figure_of({"u": unit()}, "u.availability", one.timeline, (T0, T0 + 1000 * S), T0 + 1000 * S, trend=8)
        assert whole.value is not None
        assert np.mean([part for part in whole.trend if part is not None]) == pytest.approx(whole.value)


def test_time_that_is_not_known_counts_neither_way(bench: Open) -> None:
    with bench() as one:
        record(one, [(2, 100, 3)])
        record(one, [(2, 300, None)], BAD_NO_COMMUNICATION)
        record(one, [(2, 400, 2)])
        assert values(one, unit(), 0, 500)["availability"] == pytest.approx(200 / 300)


def test_the_future_is_not_known(bench: Open) -> None:
    with bench() as one:
        record(one, [(2, 0, 3), (2, 50, 2)])
        assert values(one, unit(), 0, 1000, until_s=100)["availability"] == pytest.approx(0.5)


def test_a_counter_that_starts_again_goes_on_counting_from_what_it_shows_first(bench: Open) -> None:
    with bench() as one:
        record(one, [(0, 0, 98), (0, 10, 100), (0, 20, 50), (0, 30, 53)])
        definition = unit(figures={"throughput": Band()}, reject=None)
        (figure,) = figures([definition], one.timeline, (T0, T0 + 3600 * S), T0 + 3600 * S)
        assert figure.value == pytest.approx(5)
        assert "began again 1 times" in figure.why.children[0].note["en"]


@pytest.mark.parametrize("counted", [205, 41], ids=["counted on", "began again"])
def test_what_was_made_while_nobody_looked_counts_for_no_part_of_a_figure(bench: Open, counted: int) -> None:
    with bench() as one:
        record(one, [(2, 0, 3), (0, 0, 100), (1, 0, 0)] + [(0, 10 * i, 100 + i) for i in range(1, 31)])
        record(one, [(handle, 301, None) for handle in range(3)], BAD_NO_COMMUNICATION)
        record(one, [(2, 480, 3), (0, 480, counted), (1, 480, 0)])
        record(one, [(0, 480 + 10 * i, counted + i) for i in range(1, 13)])
        found = {f.kind: f for f in figures([unit()], one.timeline, (T0, T0 + 600 * S), T0 + 600 * S)}
        assert found["oee"].value == pytest.approx(1.0)
        assert found["throughput"].value == pytest.approx(41 / (421 / 3600))
        assert "No data for 2 min 59 s" in found["oee"].why.note["en"]
        assert "2 分 59 秒" in found["oee"].why.note["zh-CN"]


def test_time_in_which_one_input_is_not_known_counts_for_none(bench: Open) -> None:
    with bench() as one:
        record(one, [(2, 0, 3), (1, 0, 0), (0, 0, 0), (0, 10, 1), (0, 20, 2)])
        record(one, [(2, 25, None)], BAD_NO_COMMUNICATION)
        record(one, [(0, 30, 3), (0, 40, 4), (2, 45, 3), (0, 50, 5), (0, 60, 6)])
        assert values(one, unit(), 0, 60.5, until_s=60.5)["performance"] == pytest.approx(1.0)


EDGES = st.tuples(st.integers(0, 400), st.integers(1, 200))


@settings(max_examples=40, deadline=None)
@given(
    cycles=st.lists(st.tuples(st.integers(10, 30), st.integers(0, 40)), min_size=1, max_size=20),
    window=EDGES,
    trend=st.integers(1, 9),
)
def test_no_span_shows_more_than_what_a_machine_can_make(
    tmp_path_factory: pytest.TempPathFactory, cycles: list[tuple[int, int]], window: tuple[int, int], trend: int
) -> None:
    """A machine that never needs less than its planned run time is never above 100 %, wherever a span is cut."""
    one = Bench(tmp_path_factory.mktemp("kpi"), ManualClock(T0), [Kind.DOUBLE, Kind.DOUBLE, Kind.ENUM])
    try:
        rows: list[tuple[int, float, Any]] = [(0, 0, 0), (1, 0, 0), (2, 0, 3)]
        at_s = 0
        for count, (work_s, pause_s) in enumerate(cycles, start=1):
            at_s += work_s
            rows += [(0, at_s, count), (2, at_s, 2)] if pause_s else [(0, at_s, count)]
            at_s += pause_s
            rows += [(2, at_s, 3)] if pause_s else []
        record(one, rows)
        start_ns, end_ns = T0 + window[0] * S, T0 + sum(window) * S
        found = figure_of({"u": unit()}, "u.performance", one.timeline, (start_ns, end_ns), T0 + 2000 * S, trend)
        shown = [part for part in (found.value, *found.trend) if part is not None]
        assert all(-1e-9 <= part <= 1 + 1e-9 for part in shown)
    finally:
        one.close()


def test_a_machine_that_has_just_been_seen_is_not_above_its_pace(bench: Open) -> None:
    with bench() as one:
        record(one, [(2, 0, 3), (1, 0, 0), (0, 0, 50), (0, 2, 51), (0, 14.5, 52)])
        assert values(one, unit(), -570, 30, until_s=16)["performance"] == pytest.approx(10 / 12.5)
        assert values(one, unit(), -570, 12, until_s=12)["performance"] is None


def test_a_piece_that_is_a_little_late_is_no_loss_yet(bench: Open) -> None:
    """Its planned run time is 10 s; right after a start there is nothing else that could be told."""
    with bench() as one:
        record(one, [(2, 0, 3), (1, 0, 0), (0, 0, 50), (0, 2, 51)])
        assert values(one, unit(), 0, 21, until_s=21)["performance"] is None
        assert values(one, unit(), 0, 40, until_s=40)["performance"] == 0.0


def test_planned_time_bounds_production_time(bench: Open) -> None:
    with bench() as one:
        record(one, [(2, 0, 3), (1, 0, 1), (1, 60, 0)])
        definition = unit(planned=StateTest(REJECT, [1]), figures={"availability": Band()})
        assert values(one, definition, 0, 100)["availability"] == pytest.approx(1.0)


def test_only_first_attempts_count_for_first_pass_yield(bench: Open) -> None:
    with bench() as one:
        # verdict (good is 1) and attempt of five results; equal values are results of their own
        verdicts, attempts = [1, 1, 2, 1, 1], [1, 1, 1, 2, 1]
        record(one, [(2, i, v) for i, v in enumerate(verdicts)] + [(0, i, a) for i, a in enumerate(attempts)])
        definition = unit(verdict=StateTest(STATE, [1]), attempt=GOOD, figures={"fpy": Band(low=0.9)})
        (figure,) = figures([definition], one.timeline, (T0, T0 + 10 * S), T0 + 10 * S)
        assert figure.value == pytest.approx(3 / 4)
        assert figure.is_abnormal


def test_a_figure_without_data_says_why(bench: Open) -> None:
    with bench() as one:
        for figure in figures([unit()], one.timeline, (T0, T0 + S), T0 + S):
            assert figure.value is None
            assert figure.why_not is not None
            assert set(figure.why_not) == {"en", "zh-CN"}
        with pytest.raises(XushiError):
            figure_of({"u": unit()}, "u.fpy", one.timeline, (T0, T0 + S), T0 + S)


def test_a_figure_without_its_inputs_is_refused(bench: Open) -> None:
    with bench() as one:
        with pytest.raises(XushiError, match="has no cycle_s"):
            check_definition(unit(cycle_s=None), one.registry)
        with pytest.raises(XushiError, match="does not exist"):
            check_definition(unit(good="urn:nowhere"), one.registry)
        check_definition(unit(), one.registry)
        assert one.registry.get(2).kind is Kind.ENUM


SPANS = st.lists(st.integers(0, 60), max_size=8, unique=True).map(sorted)


@given(SPANS, SPANS)
def test_the_time_in_both_is_that_of_each_second(first: list[int], second: list[int]) -> None:
    def intervals(edges: list[int]) -> Intervals:
        even = np.array(edges[: len(edges) // 2 * 2], np.int64)
        return Intervals(even[::2], even[1::2])

    def seconds(of: Intervals) -> set[int]:
        return {s for start, end in zip(of.starts.tolist(), of.ends.tolist(), strict=True) for s in range(start, end)}

    a, b = intervals(first), intervals(second)
    assert seconds(a & b) == seconds(a) & seconds(b)
