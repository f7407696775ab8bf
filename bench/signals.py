"""Measures the history: values in, bytes kept, and questions answered, beside the plain way of doing each."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from xushi.kernel import SystemClock
from xushi.signals import Board, Frame, History, Ingest, Kind, SignalDef, SignalRegistry

SIGNALS = 1_000
FRAMES = 3_000  # of one value a signal, at 10 Hz
DENSE_POINTS = 10_000_000
STEP_NS = 100_000_000
T0 = 1_780_000_000_000_000_000


def run() -> Iterator[dict[str, Any]]:
    """Yield the figures of the signals room; `ratio` says how many times better than the baseline."""
    with tempfile.TemporaryDirectory(prefix="xushi-bench-") as folder:
        yield from mixed_signals(Path(folder))
    with tempfile.TemporaryDirectory(prefix="xushi-bench-") as folder:
        yield from dense_signal(Path(folder))


def figure(name: str, value: float, unit: str, baseline: float, *, is_more_better: bool) -> dict[str, Any]:
    """Return one figure with its ratio, above 1 where the product is better."""
    ratio = value / baseline if is_more_better else baseline / value
    return {"name": name, "value": round(value, 3), "unit": unit, "baseline": round(baseline, 3),
            "ratio": round(ratio, 2)}  # fmt: skip


def median_ms(action: Callable[[int], object], times: int = 9) -> float:
    """Return the median duration of an action that is given the number of the run."""
    spent: list[float] = []
    for number in range(times):
        began = time.perf_counter()
        action(number)
        spent.append((time.perf_counter() - began) * 1e3)
    return statistics.median(spent)


def plant(registry: SignalRegistry) -> list[Frame]:
    """Return frames like the demo plant's: in each, every signal once, with times to the millisecond.

    A third are measured values of two decimals, a third of three, the rest energy counters, machine states,
    part counters and switches.
    """
    random = np.random.default_rng(11)
    kinds = [Kind.DOUBLE] * 7 + [Kind.ENUM, Kind.INT, Kind.BOOL]
    registry.define([SignalDef(key=f"urn:bench#{i}", kind=kinds[i % 10]) for i in range(SIGNALS)])
    lanes = np.empty((FRAMES, SIGNALS), np.int64)
    for i in range(SIGNALS):
        place = i % 10
        if place < 3:
            column = np.round(60 + np.cumsum(random.normal(0, 0.05, FRAMES)), 2).view(np.int64)
        elif place < 6:
            column = np.round(np.abs(random.normal(0.3, 0.02, FRAMES)), 3).view(np.int64)
        elif place == 6:
            column = np.round(np.cumsum(random.uniform(0.001, 0.003, FRAMES)), 3).view(np.int64)
        elif place == 7:
            column = np.repeat(random.integers(0, 4, FRAMES // 50 + 1), 50)[:FRAMES]
        elif place == 8:
            column = np.arange(FRAMES) // 300
        else:
            column = (np.arange(FRAMES) // 70) % 2
        lanes[:, i] = column
    handles = np.arange(SIGNALS, dtype=np.int32)
    jitter = random.integers(0, 3, (FRAMES, SIGNALS)) * 1_000_000
    return [Frame(handles, T0 + n * STEP_NS + jitter[n], lanes[n]) for n in range(FRAMES)]


def mixed_signals(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield ingest, bytes a value, and questions over 1,000 signals like the demo's."""
    registry = SignalRegistry(folder / "signals.sqlite")
    frames = plant(registry)
    rows = folder / "rows.sqlite"
    plain_rate = fill_rows(rows, frames[:200])

    history = History(folder, registry, SystemClock())
    ingest = Ingest(Board(registry), history)
    began, cpu = time.perf_counter(), time.process_time()
    for frame in frames:
        ingest.push(frame)
    history.sync()
    rate = FRAMES * SIGNALS / (time.perf_counter() - began)
    yield figure("signals.ingest_until_durable", rate, "values/s", plain_rate, is_more_better=True)
    history.flush()
    spent_us = (time.process_time() - cpu) / (FRAMES * SIGNALS) * 1e6
    yield figure("signals.cpu_until_compressed", spent_us, "µs/value", 1e6 / plain_rate, is_more_better=False)
    yield figure("signals.sustained_on_one_core", 1e6 / spent_us, "values/s", plain_rate, is_more_better=True)
    size = history.state().file_bytes / (FRAMES * SIGNALS)
    yield {**figure("signals.bytes_per_value", size, "B/value", 16, is_more_better=False), "goal": 2}

    # the plain table holds a fifteenth of the values, which favours it
    with sqlite3.connect(rows) as table:
        plain_ms = median_ms(lambda number: plain_as_of(table, T0 + (60 + number) * STEP_NS), 3)
    every = np.arange(SIGNALS)
    instants = np.random.default_rng(3).integers(T0 + STEP_NS, T0 + FRAMES * STEP_NS, 100)
    warm_ms = median_ms(lambda number: history.value_as_of(every, int(instants[number])))
    history.close()
    first = [first_question_ms(folder, registry, every, int(at)) for at in instants[:5]]
    first_ms = statistics.median(first)
    yield figure("signals.as_of_1000_signals_after_start", first_ms, "ms", plain_ms, is_more_better=False)
    yield figure("signals.as_of_1000_signals", warm_ms, "ms", plain_ms, is_more_better=False)
    reopen_ms = median_ms(lambda number: History(folder, registry, SystemClock()).close(), 3)
    opening = figure("signals.open_and_close", reopen_ms, "ms", 1000, is_more_better=False)
    yield {**opening, "goal": 1000, "baseline": "target 1000 ms"}
    table.close()


def first_question_ms(folder: Path, registry: SignalRegistry, handles: np.ndarray, at_ns: int) -> float:
    """Open the history and return how long its first question takes."""
    history = History(folder, registry, SystemClock())
    spent = median_ms(lambda _: history.value_as_of(handles, at_ns), 1)
    history.close()
    return spent


def fill_rows(path: Path, frames: list[Frame]) -> float:
    """Do it the plain way, a dict of newest values and a row a value; return values/s."""
    table = sqlite3.connect(path)
    table.execute("PRAGMA journal_mode=WAL")
    table.execute("PRAGMA synchronous=NORMAL")
    table.execute("CREATE TABLE value(signal INTEGER, time_ns INTEGER, value REAL, quality INTEGER)")
    table.execute("CREATE INDEX by_signal ON value(signal, time_ns)")
    newest: dict[int, tuple[int, float, int]] = {}
    began = time.perf_counter()
    for frame in frames:
        columns = (frame.signals, frame.times_ns, frame.bits.view(np.float64), frame.qualities)
        values = list(zip(*(column.tolist() for column in columns), strict=True))
        for signal, time_ns, value, quality in values:
            if signal not in newest or newest[signal][0] <= time_ns:
                newest[signal] = (time_ns, value, quality)
        with table:
            table.executemany("INSERT INTO value VALUES (?, ?, ?, ?)", values)
    rate = sum(map(len, frames)) / (time.perf_counter() - began)
    table.close()
    return rate


def plain_as_of(table: sqlite3.Connection, at_ns: int) -> list[Any]:
    """Ask the plain table for each signal's newest row."""
    question = "SELECT * FROM value WHERE signal = ? AND time_ns <= ? ORDER BY time_ns DESC LIMIT 1"
    return [table.execute(question, (signal, at_ns)).fetchone() for signal in range(SIGNALS)]


def dense_signal(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield a range and the buckets of one signal of 10 million points."""
    registry = SignalRegistry(folder / "signals.sqlite")
    registry.define([SignalDef(key="urn:bench#dense")])
    random = np.random.default_rng(5)
    times = T0 + np.arange(DENSE_POINTS) * STEP_NS
    values = np.round(20 + np.cumsum(random.normal(0, 0.1, DENSE_POINTS)), 2)
    history = History(folder, registry, SystemClock())
    for low in range(0, DENSE_POINTS, 100_000):
        some = slice(low, low + 100_000)
        history.append(Frame.doubles(np.zeros(100_000, np.int32), times[some], values[some]))
    history.flush()

    rows = sqlite3.connect(folder / "rows.sqlite")
    rows.execute("CREATE TABLE value(time_ns INTEGER PRIMARY KEY, value REAL)")
    with rows:
        rows.executemany(
            "INSERT INTO value VALUES (?, ?)",
            zip(times[:100_000].tolist(), values[:100_000].tolist(), strict=True),
        )
    question = "SELECT time_ns, value FROM value WHERE time_ns >= ? AND time_ns < ?"
    span = 10_000 * STEP_NS

    def plain_range(number: int) -> object:
        return rows.execute(question, (T0 + number * span, T0 + (number + 1) * span)).fetchall()

    def own_range(number: int) -> object:
        start = T0 + (100 + number) * span
        return history.range(0, start, start + span)

    yield figure("signals.range_10k_points", median_ms(own_range), "ms", median_ms(plain_range), is_more_better=False)
    rows.close()
    end = int(times[-1]) + 1

    def scan(number: int) -> object:
        cuts = np.searchsorted(times, np.linspace(T0, end, 1001)[:-1])
        counts = np.diff(np.append(cuts, DENSE_POINTS))
        lows, highs = np.minimum.reduceat(values, cuts), np.maximum.reduceat(values, cuts)
        return lows, highs, np.add.reduceat(values, cuts) / counts

    plain_ms = median_ms(scan, 3)
    first_ms = median_ms(lambda number: history.buckets(0, T0, end, 1000), 1)
    own_ms = median_ms(lambda number: history.buckets(0, T0, end, 1000), 15)
    yield figure("signals.buckets_1000_of_10M_first", first_ms, "ms", plain_ms, is_more_better=False)
    yield figure("signals.buckets_1000_of_10M", own_ms, "ms", plain_ms, is_more_better=False)
    history.close()
