"""The trace of a run is its course: it agrees with the untraced kernel to the last part, and says why it ended."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xushi.kernel import XushiError
from xushi.simulate import (
    SEEN,
    Buffer,
    Cancellation,
    Constant,
    Input,
    Machine,
    Model,
    Operation,
    Route,
    Simulation,
    Sink,
    Source,
    Trace,
    trace,
)

from .plants import cell, serial, step

MACHINE, BUFFER, SINK = range(3)


def last(told: Trace, kind: int, column: Any) -> dict[str, int]:
    """The last value of a column of every element of a kind."""
    return {
        name: int(column[(told.kind == kind) & (told.index == index)][-1])
        for index, name in enumerate(told.names[kind])
    }  # fmt: skip


def test_a_traced_run_has_the_very_numbers_of_an_untraced_one() -> None:
    model = serial(5, 3)
    told = trace(model, until_s=5_000.0, seed=11)
    plain = Simulation(model, seed=11)
    plain.advance(5_000.0)
    assert last(told, SINK, told.count) == plain.finished()
    assert last(told, BUFFER, told.count) == plain.levels()
    assert told.stopped is None
    assert told.until_s == 5_000.0


def test_times_never_fall_and_the_first_rows_tell_the_start_of_every_element() -> None:
    told = trace(serial(3, 2), until_s=100.0)
    assert (np.diff(told.at_s) >= 0).all()
    first = told.at_s == 0
    assert {(kind, index) for kind, index in zip(told.kind[first], told.index[first], strict=True)} == {
        *((MACHINE, k) for k in range(3)), *((BUFFER, k) for k in range(2)), (SINK, 0)
    }  # fmt: skip


def test_the_time_in_each_state_is_what_the_kernel_books() -> None:
    model = serial(3, 2)
    told = trace(model, until_s=2_000.0, seed=3)
    rows = (told.kind == MACHINE) & (told.index == 1)
    spent = np.diff(np.append(told.at_s[rows], told.until_s))
    run = Simulation(model, seed=3)
    run.advance(2_000.0)
    for number, seen in enumerate(SEEN):
        found = spent[told.state[rows] == number].sum()
        assert found == pytest.approx(run._run.world.state_s[1, number], abs=1e-6), seen


def test_each_part_goes_from_machine_to_machine_and_is_never_at_two_places() -> None:
    told = trace(serial(3, 1), until_s=500.0, seed=5)
    ways: dict[int, list[int]] = {}
    for kind, index, part in zip(told.kind.tolist(), told.index.tolist(), told.part.tolist(), strict=True):
        if kind == MACHINE and part >= 0 and (not ways.get(part) or ways[part][-1] != index):
            ways.setdefault(part, []).append(index)
    assert len(ways) > 100
    assert all(way == sorted(set(way)) and way[0] == 0 for way in ways.values())


def test_a_trace_grows_with_its_run() -> None:
    told = trace(serial(4, 3), until_s=20_000.0)
    assert len(told.at_s) > 50_000


@pytest.mark.parametrize(("most_changes", "code"), [(20_000, "simulate.trace_too_long"), (10**9, "simulate.diverges")])
def test_a_plant_that_fills_up_without_end_is_stopped_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, most_changes: int, code: str
) -> None:
    monkeypatch.setattr("xushi.simulate._trace.MOST_CHANGES", most_changes)
    monkeypatch.setattr("xushi.simulate._simulation.MOST_PARTS", 50_000)
    slow = Machine(id="M", operations=(step(1e6, "a", "out"),))
    source = Source(id="in", interval=Constant(value_s=0.001), to=(Route(to="a"),))
    model = cell(slow, buffers=(Buffer(id="a"),), sources=(source,))
    told = trace(model, until_s=1e6)
    assert told.stopped is not None
    assert told.stopped.code == code
    assert 0 < told.until_s < 1e6


def test_a_plant_that_locks_itself_is_stopped_with_the_machines_named() -> None:
    def turn(take: str, to: str) -> Operation:
        return Operation(
            duration=Constant(value_s=1.0), inputs=(Input(buffer=take),), to=(Route(to=to, share=9), Route(to="out"))
        )

    model = Model(
        name="circle",
        machines=(
            Machine(id="M1", operations=(turn("a", "b"),)), Machine(id="M2", operations=(turn("b", "a"),)),
            Machine(id="M0", operations=(step(0.5, None, "a"),)),
        ),
        buffers=(Buffer(id="a", capacity=1), Buffer(id="b", capacity=1)),
        sinks=(Sink(id="out"),),
    )  # fmt: skip
    told = trace(model, until_s=10_000.0)
    assert told.stopped is not None
    assert told.stopped.code == "simulate.deadlock"
    assert told.until_s < 10_000.0


def test_a_plant_without_time_is_stopped() -> None:
    machine = Machine(id="M", operations=(step(0.0, None, "out"),))
    told = trace(Model(name="instant", machines=(machine,), sinks=(Sink(id="out"),)), until_s=1.0)
    assert told.stopped is not None
    assert told.stopped.code == "simulate.endless"


def test_a_trace_is_cancelled() -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(XushiError) as refused:
        trace(serial(4, 3), until_s=1e7, cancellation=cancellation)
    assert refused.value.code == "simulate.cancelled"
