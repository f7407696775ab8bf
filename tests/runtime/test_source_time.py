"""What sources say is never ahead of our clock, and what is recorded tells when the platform was off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest

from xushi.kernel import ManualClock
from xushi.runtime._source_time import AHEAD_NS, SourceTime
from xushi.signals import LOOKING_AGAIN, NOBODY_LOOKED, Board, Frame, History, Ingest, SignalDef, SignalRegistry

S = 1_000_000_000
T0 = 1_790_000_000 * S
LINKS = {"plc": [0, 1], "meter": [2]}


@dataclass
class Run:
    """One run of a platform's storage; what it records is read from the history."""

    times: SourceTime
    history: History
    board: Board
    clock: ManualClock

    def begin(self) -> None:
        self.times.look_again(LINKS, self.history.value_as_of(np.arange(3), 2**62))

    def see(self, handle: int, value: float, at_ns: int | None = None) -> None:
        at_ns = self.clock.now_ns() if at_ns is None else at_ns
        self.times.take("plc" if handle < 2 else "meter", Frame.doubles([handle], at_ns, [value]))

    def recorded(self, handle: int) -> list[tuple[float, float | str]]:
        """(s, value, or which mark)."""
        frame = self.history.range(handle, 0, 2**62)
        marks = {NOBODY_LOOKED: "off", LOOKING_AGAIN: "on"}
        values = [marks.get(q, v) for q, v in zip(frame.qualities.tolist(), frame.bits.view(np.float64), strict=True)]
        return [(round((at - T0) / S, 3), v) for at, v in zip(frame.times_ns.tolist(), values, strict=True)]


Open: TypeAlias = Callable[..., AbstractContextManager[Run]]


@pytest.fixture
def running(tmp_path: Path) -> Open:
    """`with running(alive_s) as run`: a start of the platform, last alive so many s after T0."""
    clock = ManualClock(T0)
    registry = SignalRegistry(tmp_path / "signals.sqlite")
    registry.define([SignalDef(key=f"urn:t#{i}") for i in range(3)])

    @contextmanager
    def run(alive_s: float = 0) -> Iterator[Run]:
        history = History(tmp_path / "history", registry, clock)
        board = Board(registry)
        alive_ns = T0 + round(alive_s * S) if alive_s else 0
        one = Run(SourceTime(registry, Ingest(board, history), clock, alive_ns), history, board, clock)
        one.begin()
        try:
            yield one
        finally:
            history.close()

    return run


def test_a_source_time_far_ahead_of_our_clock_is_replaced_by_the_time_of_arrival(running: Open) -> None:
    with running() as run:
        for second in range(5):
            run.see(0, float(second), run.clock.now_ns() + 3600 * S)
            run.see(1, float(second), run.clock.now_ns() + AHEAD_NS // 2)
            run.clock.advance(S)
        assert [at_s for at_s, _ in run.recorded(0)] == [0, 1, 2, 3, 4]
        assert [at_s for at_s, _ in run.recorded(1)] == [5, 6, 7, 8, 9]


def test_nothing_is_lost_while_a_clock_runs_away(running: Open) -> None:
    with running() as run:
        for step in range(100):  # five times as fast as ours: beyond the limit from the 26th on
            run.see(0, float(step), T0 + step * S // 2)
            run.clock.advance(S // 10)
            assert run.board.read([0]).bits.view(np.float64).tolist() == [float(step)]
        assert [value for _, value in run.recorded(0)] == [float(step) for step in range(100)]


@pytest.mark.parametrize("is_killed", [False, True])
def test_the_time_in_which_the_platform_was_off_is_marked_in_every_signal(running: Open, is_killed: bool) -> None:
    with running() as run:
        run.see(1, 7.0)  # never changes again
        for second in range(10):
            run.see(0, float(second))
            run.clock.advance(S)
        if not is_killed:
            run.times.look_away(LINKS)
    run.clock.advance(180 * S)
    with running(alive_s=10) as run:
        run.clock.advance(2 * S)
        run.see(1, 7.0, T0)  # the source states what it last said, with the time of then
        run.see(0, 3.0)
        off_s = 9 if is_killed else 10
        assert run.recorded(1) == [(0, 7), (off_s, "off"), (off_s + 180, "on"), (off_s + 180, 7)]
        assert run.recorded(0)[-3:] == [(off_s, "off"), (off_s + 180, "on"), (192, 3)]
        assert run.recorded(2) == []


def test_a_device_whose_clock_is_behind_is_marked_by_its_own_clock(running: Open) -> None:
    with running() as run:
        run.see(0, 1.0, T0 - 3600 * S)
        run.times.look_away(LINKS)
    run.clock.advance(60 * S)
    with running(alive_s=0.000001) as run:
        for second in range(1, 4):
            run.clock.advance(S)
            run.see(0, float(second), run.clock.now_ns() - 3600 * S)
        assert [at_s for at_s, _ in run.recorded(0)][-3:] == [-3539, -3538, -3537]
        assert run.board.read([0]).bits.view(np.float64).tolist() == [3.0]


def test_only_the_first_value_behind_a_mark_is_moved(running: Open) -> None:
    with running() as run:
        run.see(0, 1.0)
        run.times.look_away(LINKS)
    run.clock.advance(60 * S)
    with running(alive_s=1) as run:
        run.see(0, 2.0, T0 + 5 * S)
        run.see(0, 3.0, T0 + 6 * S)  # a late one: it is of then
        assert [(at_s, v) for at_s, v in run.recorded(0) if not isinstance(v, str)] == [(0, 1), (6, 3), (59, 2)]
