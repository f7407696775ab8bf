"""The board shows the newest value of every signal, whatever order the values come in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xushi.kernel import XushiError
from xushi.signals import BAD_NO_COMMUNICATION, Board, Frame, Ingest, Kind, SignalDef, SignalRegistry

KINDS = [Kind.DOUBLE, Kind.INT, Kind.BOOL, Kind.STRING, Kind.ARRAY]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> SignalRegistry:
    path: Path = tmp_path_factory.mktemp("board") / "signals.sqlite"
    made = SignalRegistry(path)
    made.define([SignalDef(key=f"urn:s#{kind.name}", kind=kind) for kind in KINDS])
    return made


def value_of(kind: Kind, seed: int) -> Any:
    match kind:
        case Kind.DOUBLE:
            return seed / 7
        case Kind.BOOL:
            return bool(seed % 2)
        case Kind.STRING:
            return f"text {seed}"
        case Kind.ARRAY:
            return [seed, seed + 1]
        case _:
            return seed


rows = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 20), st.integers(0, 9)), min_size=1, max_size=12)


@given(st.lists(rows, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_board_holds_the_newest_source_time_and_of_equals_the_last(
    registry: SignalRegistry, frames: list[list[tuple[int, int, int]]]
) -> None:
    board, model = Board(registry), {}
    for frame in frames:
        table = [(handle, time, value_of(KINDS[handle], seed), 0) for handle, time, seed in frame]
        board.apply(Frame.from_rows(registry, table))
        for handle, time, value, _ in table:
            if handle not in model or time >= model[handle][0]:
                model[handle] = (time, value)
    shown = {handle: (time, value) for handle, time, value, _ in board.read().rows(registry)}
    assert shown == model


@given(st.lists(rows, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_viewers_that_ask_for_changes_end_with_what_the_board_has(
    registry: SignalRegistry, frames: list[list[tuple[int, int, int]]]
) -> None:
    board, sequence, view = Board(registry), 0, {}
    for count, frame in enumerate(frames):
        table = [(handle, time, value_of(KINDS[handle], seed), 0) for handle, time, seed in frame]
        board.apply(Frame.from_rows(registry, table))
        if count % 2:
            handles, sequence = board.changed_since(sequence)
            view.update({row[0]: row[1:] for row in board.read(handles).rows(registry)})
    handles, sequence = board.changed_since(sequence)
    view.update({row[0]: row[1:] for row in board.read(handles).rows(registry)})
    assert view == {row[0]: row[1:] for row in board.read().rows(registry)}
    assert len(board.changed_since(sequence)[0]) == 0


def test_a_lost_connection_takes_the_value_away_and_names_the_quality(registry: SignalRegistry) -> None:
    board = Board(registry)
    board.apply(Frame.from_rows(registry, [(0, 10, 1.5, 0), (3, 10, "a", 0)], received_ns=11))
    board.apply(Frame.gap([0, 3], 20, BAD_NO_COMMUNICATION, 21))
    for handle in (0, 3):
        sample = board.value(handle)
        assert sample is not None
        assert (sample.time_ns, sample.value, sample.quality, sample.received_ns) == (
            20, None, BAD_NO_COMMUNICATION, 21,
        )  # fmt: skip


def test_a_signal_without_value_is_not_in_a_read_and_has_no_sample(registry: SignalRegistry) -> None:
    board = Board(registry)
    assert board.value(2) is None
    assert len(board.read([0, 1, 2])) == 0


def test_signals_defined_after_the_board_was_made_find_their_place(tmp_path: Path) -> None:
    registry = SignalRegistry(tmp_path / "signals.sqlite")
    board = Board(registry)
    for start in range(0, 1000, 100):
        handles = registry.define([SignalDef(key=f"k{i}", kind=Kind.INT) for i in range(start, start + 100)])
        board.apply(Frame(handles, 5, handles.astype(np.int64) * 3))
    assert board.read().bits.tolist() == [3 * i for i in range(1000)]


def test_a_handle_nobody_defined_is_refused_and_changes_nothing(registry: SignalRegistry) -> None:
    board = Board(registry)
    with pytest.raises(IndexError):
        board.apply(Frame.doubles([0, 5], 1, [1.0, 2.0]))
    assert len(board.read()) == 0


def test_a_history_that_cannot_record_does_not_stop_the_live_picture(registry: SignalRegistry) -> None:
    class Full:
        def append(self, frame: Frame) -> None:
            raise XushiError("signals.unknown_key", key="x")

    ingest = Ingest(Board(registry), Full())
    ingest.push(Frame.doubles([0], 1, [2.5]))
    sample = ingest.board.value(0)
    assert sample is not None
    assert sample.value == 2.5
    assert ingest.unrecorded == 1
    assert ingest.failure is not None


@given(rows, st.integers(1, 5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_pieces_are_the_whole_and_carry_no_object_of_another(
    registry: SignalRegistry, entries: list[tuple[int, int, int]], length: int
) -> None:
    told = [(signal, at, value_of(KINDS[signal], seed), 0) for signal, at, seed in entries]
    whole = Frame.from_rows(registry, told)
    pieces = list(whole.pieces(length, registry.kinds))
    assert [row for piece in pieces for row in piece.rows(registry)] == list(whole.rows(registry))
    assert all(len(piece) <= length for piece in pieces)
    assert sum(len(piece.objects) for piece in pieces) == len(whole.objects)
