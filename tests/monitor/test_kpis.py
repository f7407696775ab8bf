"""KPIs after ISO 22400-2 from a history: times, counts and results, whole and in parts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeAlias

import numpy as np
import pytest
from alarm_bench import T0, Bench, S
from hypothesis import given
from hypothesis import strategies as st

from xushi.kernel import XushiError
from xushi.monitor import Band, KpiDefinition, StateTest, check_definition, figure_of, figures
from xushi.monitor._kpi_inputs import Intervals
from xushi.signals import BAD_NO_COMMUNICATION, Frame, Kind

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
    record(one, [(0, 0, 100), (0, 400, 140), (0, 800, 160), (1, 0, 7), (1, 300, 11)])


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


def test_a_counter_that_starts_again_goes_on_counting(bench: Open) -> None:
    with bench() as one:
        record(one, [(0, 0, 98), (0, 10, 100), (0, 20, 3), (0, 30, 5)])
        definition = unit(figures={"throughput": Band()}, reject=None)
        assert values(one, definition, 0, 3600)["throughput"] == pytest.approx(7)


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
