"""The history keeps what it was given: exact numbers, whole chunks, honest gaps, one writer at a time."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xushi.kernel import ManualClock, XushiError
from xushi.signals import (
    BAD_DATA_LOST,
    BAD_NO_COMMUNICATION,
    Board,
    Frame,
    History,
    HistoryLimits,
    Kind,
    SignalDef,
    SignalRegistry,
    quality_name,
    seed_board,
)
from xushi.signals._chunks import ChunkStore

STEP_NS = 100_000_000
T0 = 1_780_000_000_000_000_000


@pytest.fixture
def registry(tmp_path: Path) -> SignalRegistry:
    made = SignalRegistry(tmp_path / "signals.sqlite")
    made.define([SignalDef(key=f"d{i}") for i in range(4)] + [SignalDef(key="s", kind=Kind.STRING)])
    return made


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(T0)


def wave(n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return (times, values) of a slowly wandering signal."""
    random = np.random.default_rng(seed)
    jitter = random.integers(0, 3, n) * 1_000_000
    return T0 + np.arange(n) * STEP_NS + jitter, np.round(20 + np.cumsum(random.normal(0, 0.1, n)), 2)


def test_buckets_of_a_dense_signal_are_exact_for_the_intervals_they_state(
    tmp_path: Path, registry: SignalRegistry, clock: ManualClock
) -> None:
    times, values = wave(300_000)
    qualities = np.zeros(len(times), np.uint32)
    qualities[1000:1500] = BAD_NO_COMMUNICATION
    history = History(tmp_path, registry, clock)
    history.append(Frame.doubles(np.zeros(len(times), np.int32), times, values, qualities))
    history.flush()
    late = np.arange(times[50_000] + 5_000_000, times[60_000], 777 * STEP_NS)
    history.append(Frame.doubles(np.zeros(len(late), np.int32), late, np.full(len(late), 99.0)))
    every = np.concatenate([times, late])
    order = np.argsort(every)
    every, numbers = every[order], np.concatenate([values, np.full(len(late), 99.0)])[order]
    usable = np.concatenate([qualities == 0, np.full(len(late), True)])[order]
    for start, end, n, is_even in [
        (T0, int(times[-1]) + 1, 100, False), (T0 + 12_345, int(times[-1]) - 98_765, 37, False),
        (T0, int(times[-1]) + 1, 100, True), (T0 - 10**15, int(times[-1]) + 10**15, 20, False),
        (T0, int(times[-1]) + 1, 5000, False),
    ]:  # fmt: skip
        buckets = history.buckets(0, start, end, n, is_even=is_even)
        edges = np.append(buckets.start_ns, buckets.end_ns)
        even = start + (end - start) * np.arange(n + 1) / n
        assert edges[0] == start
        assert edges[-1] == end
        assert (np.abs(edges - even) <= (1000 if is_even else (end - start) / n / 2 + 1000)).all()
        cuts = np.searchsorted(every, edges)
        for i, (low, high) in enumerate(itertools.pairwise(cuts)):
            inside = numbers[low:high][usable[low:high]]
            assert buckets.count[i] == len(inside)
            if len(inside):
                assert buckets.min[i] == inside.min()
                assert buckets.max[i] == inside.max()
                assert buckets.last[i] == inside[-1]
                assert abs(buckets.mean[i] - inside.mean()) < 1e-9
    history.close()


def test_a_gap_far_longer_than_a_bucket_stays_empty(
    tmp_path: Path, registry: SignalRegistry, clock: ManualClock
) -> None:
    times, values = wave(40_000)
    times[20_100:] += 10**15
    history = History(tmp_path, registry, clock)
    history.append(Frame.doubles(np.zeros(len(times), np.int32), times, values))
    history.flush()
    buckets = history.buckets(0, int(times[0]), int(times[-1]) + 1, 10)
    assert buckets.count.sum() == len(times)
    assert buckets.count[5] == 0
    history.close()


def test_demo_like_signals_take_less_than_two_bytes_a_value(
    tmp_path: Path, registry: SignalRegistry, clock: ManualClock
) -> None:
    history = History(tmp_path, registry, clock)
    for handle in range(4):
        times, values = wave(20_000, handle)
        history.append(Frame.doubles(np.full(len(times), handle, np.int32), times, values))
    history.close()
    assert (tmp_path / "history.sqlite").stat().st_size / 80_000 < 2


def test_the_log_is_gone_once_its_values_are_in_chunks(
    tmp_path: Path, registry: SignalRegistry, clock: ManualClock
) -> None:
    limits = HistoryLimits(segment_bytes=10_000, log_bytes=30_000, gather_s=0.001, tick_s=3600)
    history = History(tmp_path, registry, clock, limits)
    times, values = wave(20_000)
    for low in range(0, 20_000, 100):
        handles = np.array([0] * 99 + [1], np.int32)
        history.append(Frame.doubles(handles, times[low : low + 100], values[low : low + 100]))
    history.sync()
    history._write_due()
    assert history.state().log_bytes <= 50_000
    history.close()
    assert list((tmp_path / "log").iterdir()) == []
    again = History(tmp_path, registry, clock, limits)
    assert len(again.range(0, 0, 2**62)) + len(again.range(1, 0, 2**62)) == 20_000
    again.close()


def test_retention_removes_old_chunks_but_keeps_the_value_in_force(
    tmp_path: Path, registry: SignalRegistry, clock: ManualClock
) -> None:
    history = History(tmp_path, registry, clock)
    times, values = wave(20_000)
    history.append(Frame.doubles(np.zeros(len(times), np.int32), times, values))
    history.append(Frame.doubles([1], T0, [5.0]))
    history.flush()
    clock.advance(int(times[-1]) - T0)
    cutoff = int(times[-1]) - 5_000 * STEP_NS
    before = history.value_as_of([0, 1], cutoff)
    kept = 20_001 - history.retention(5_000 * STEP_NS)
    assert 5_000 <= kept <= 5_000 + 2 * 2048
    assert history.bounds() == (T0, int(times[-1]))  # the other signal's only value is still in force
    after = history.value_as_of([0, 1], cutoff)
    assert after.bits.tolist() == before.bits.tolist()
    assert after.times_ns.tolist() == before.times_ns.tolist()
    history.close()
    again = History(tmp_path, registry, clock)
    assert again.state().stored_points == kept
    again.close()


def test_a_damaged_chunk_is_a_gap_with_a_diagnosis(
    tmp_path: Path, registry: SignalRegistry, clock: ManualClock
) -> None:
    history = History(tmp_path, registry, clock)
    times, values = wave(8_000)
    history.append(Frame.doubles(np.zeros(len(times), np.int32), times, values))
    history.close()
    with sqlite3.connect(tmp_path / "history.sqlite") as file:
        (data,) = file.execute("SELECT data FROM chunk_data WHERE id = 2").fetchone()
        broken = bytearray(data)
        broken[len(broken) // 2] ^= 1
        file.execute("UPDATE chunk_data SET data = ? WHERE id = 2", (bytes(broken),))
    file.close()
    again = History(tmp_path, registry, clock)
    found = again.range(0, 0, 2**62)
    assert 5_000 < len(found) < 8_000
    lost = found.qualities == BAD_DATA_LOST
    assert lost.sum() == 1
    assert quality_name(BAD_DATA_LOST) == "BadDataLost"
    assert [diagnosis.code for diagnosis in again.diagnoses] == ["signals.chunk_damaged"]
    again.close()


def test_one_process_at_a_time_writes_to_a_folder(tmp_path: Path, registry: SignalRegistry, clock: ManualClock) -> None:
    history = History(tmp_path, registry, clock)
    code = (
        "import sys; from xushi.kernel import *; from xushi.signals import *\n"
        "try: History(sys.argv[1], SignalRegistry(sys.argv[1] + '/signals.sqlite'), SystemClock())\n"
        "except XushiError as error: print(error.code)"
    )
    told = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "signals.history_in_use"
    history.close()
    told = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""


def test_a_damaged_file_is_told_plainly(tmp_path: Path, registry: SignalRegistry, clock: ManualClock) -> None:
    (tmp_path / "history.sqlite").write_bytes(b"not a database at all, just some words" * 50)
    with pytest.raises(XushiError) as refused:
        History(tmp_path, registry, clock)
    assert refused.value.code == "signals.history_unreadable"


def test_a_copy_that_may_not_be_written_to_can_still_be_read(
    tmp_path: Path, registry: SignalRegistry, clock: ManualClock
) -> None:
    history = History(tmp_path / "a", registry, clock)
    history.append(Frame.doubles([0, 1], T0, [1.0, 2.0]))
    history.flush()
    history.append(Frame.doubles([0], T0 + 1, [3.0]))
    history.sync()
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    history.close()
    before = sorted((path.name, path.stat().st_size) for path in (tmp_path / "b" / "log").iterdir())
    read_only = History(tmp_path / "b", registry, clock, is_read_only=True)
    assert read_only.value_as_of([0, 1], T0 + 1).numbers(registry.kinds).tolist() == [3.0, 2.0]
    with pytest.raises(XushiError) as refused:
        read_only.append(Frame.doubles([0], T0 + 2, [4.0]))
    assert refused.value.code == "signals.history_read_only"
    read_only.close()
    assert before == sorted((path.name, path.stat().st_size) for path in (tmp_path / "b" / "log").iterdir())


def test_questions_are_right_while_values_come_in_and_chunks_are_rewritten(
    tmp_path: Path, registry: SignalRegistry, clock: ManualClock
) -> None:
    limits = HistoryLimits(chunk_points=64, segment_bytes=5_000, log_bytes=20_000, gather_s=0.0005, tick_s=0.001)
    history = History(tmp_path, registry, clock, limits)
    total, is_done, wrong = 6_000, threading.Event(), []

    def ask() -> None:
        while not is_done.is_set():
            found = history.range(0, 0, total)
            # Even instants come first, in order; odd ones late: what is there must always be a whole prefix.
            even = found.times_ns[found.times_ns % 2 == 0]
            if even.tolist() != list(range(0, 2 * len(even), 2)):
                wrong.append(even)
            newest = history.value_as_of([0], total)
            if len(newest) and newest.times_ns[0] < (found.times_ns[-1] if len(found) else 0):
                wrong.append(newest)
            if history.buckets(0, 0, total, 7).count.sum() < len(found):
                wrong.append(found)

    askers = [threading.Thread(target=ask) for _ in range(2)]
    for asker in askers:
        asker.start()
    for start in (0, 1):
        for low in range(start, total, 40):
            stamps = np.arange(low, min(low + 40, total), 2)
            history.append(Frame.doubles(np.zeros(len(stamps), np.int32), stamps, stamps.astype(float)))
            if low % 1000 < 40:
                history.sync()
    is_done.set()
    for asker in askers:
        asker.join()
    assert not wrong
    assert history.range(0, 0, total).numbers(registry.kinds).tolist() == list(range(total))
    history.close()


def test_after_a_restart_the_board_shows_the_last_values_as_uncertain(
    tmp_path: Path, registry: SignalRegistry, clock: ManualClock
) -> None:
    history = History(tmp_path, registry, clock)
    history.append(Frame.from_rows(registry, [(0, T0, 1.5, 0), (4, T0, "abc", 0), (1, T0, 2.0, 0x8031_0000)]))
    board = Board(registry)
    assert seed_board(board, history, T0 + 10) == 3
    shown = {row[0]: (row[2], quality_name(row[3])) for row in board.read().rows(registry)}
    assert shown == {
        0: (1.5, "UncertainNoCommunicationLastUsableValue"),
        1: (None, "BadNoCommunication"),
        4: ("abc", "UncertainNoCommunicationLastUsableValue"),
    }
    board.apply(Frame.doubles([0], T0, [1.5]))
    assert board.qualities([0]).tolist() == [0]
    history.close()


def test_spans_and_counts_that_make_no_sense_are_refused(
    tmp_path: Path, registry: SignalRegistry, clock: ManualClock
) -> None:
    history = History(tmp_path, registry, clock)
    assert history.bounds() is None
    assert len(history.range(0, 5, 5)) == 0
    for start, end, n in [(5, 5, 10), (0, 5, 0), (0, 5, 100_001)]:
        with pytest.raises(XushiError) as refused:
            history.buckets(0, start, end, n)
        assert refused.value.code == "signals.span_refused"
    with pytest.raises(XushiError):
        history.range(99, 0, 5)
    with pytest.raises(IndexError):
        history.append(Frame.doubles([99], 0, [1.0]))
    history.close()


def test_the_value_as_of_every_instant_is_right_at_the_edges_of_chunks_too(
    tmp_path: Path, registry: SignalRegistry, clock: ManualClock
) -> None:
    history = History(tmp_path, registry, clock, HistoryLimits(chunk_points=16))
    stamps = np.arange(0, 200, 2)
    rows = [(4, int(t), f"t{t}", 0) for t in stamps]
    history.append(Frame.from_rows(registry, rows))
    history.append(Frame.doubles(np.zeros(100, np.int32), stamps, stamps.astype(float)))
    for is_flushed in (False, True):
        if is_flushed:
            history.flush()
            assert history.state().chunks > 6
        for _ in range(2):  # a chunk is searched the first time and decoded the second
            for at in range(-1, 202):
                newest = min(at // 2 * 2, 198)
                found = {row[0]: row[1:3] for row in history.value_as_of([0, 4, 1], at).rows(registry)}
                assert found == ({} if at < 0 else {0: (newest, newest), 4: (newest, f"t{newest}")})
    history.close()


def test_late_values_find_their_place_in_full_chunks_and_replace_their_equals(
    tmp_path: Path, registry: SignalRegistry, clock: ManualClock
) -> None:
    history = History(tmp_path, registry, clock, HistoryLimits(chunk_points=16))
    stamps = np.arange(0, 200, 2)
    history.append(Frame.doubles(np.zeros(100, np.int32), stamps, stamps.astype(float)))
    history.flush()
    late = np.array([199, 51, 50, 3, 51, 120, 120, -5, 300])
    history.append(Frame.doubles(np.zeros(9, np.int32), late, -np.arange(9.0)))
    expected = dict(zip(stamps.tolist(), stamps.astype(float).tolist(), strict=True))
    expected.update(zip(late.tolist(), (-np.arange(9.0)).tolist(), strict=True))
    for _ in range(3):
        found = history.range(0, -100, 1000)
        values = found.numbers(registry.kinds).tolist()
        assert dict(zip(found.times_ns.tolist(), values, strict=True)) == dict(sorted(expected.items()))
        history.flush()
        index = history._memory.view(0)[0]
        assert (index.starts[1:] > index.ends[:-1]).all()
        assert history.state().stored_points == len(expected)
    history.close()


def test_what_could_not_be_written_to_a_chunk_is_tried_again_without_new_values(
    tmp_path: Path, registry: SignalRegistry, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [sqlite3.OperationalError("disk I/O error")] * 3
    write = ChunkStore.write

    def write_later(self: ChunkStore, *arguments: Any) -> None:
        if refusals:
            raise refusals.pop()
        write(self, *arguments)

    monkeypatch.setattr(ChunkStore, "write", write_later)
    limits = HistoryLimits(chunk_points=64, step_chunks=1, gather_s=0.001, tick_s=0.01)
    history = History(tmp_path, registry, clock, limits)
    times, values = wave(64)
    for handle in range(4):
        history.append(Frame.doubles(np.full(64, handle, np.int32), times, values))
    deadline_s = time.monotonic() + 10
    while history.state().open_points and time.monotonic() < deadline_s:
        time.sleep(0.02)
    state = history.state()
    history.close()
    assert (state.open_points, state.stored_points, refusals) == (0, 256, [])
